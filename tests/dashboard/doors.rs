//! The listener by itself: hosts, headers, TLS, limits, change of configuration.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use portico::doors::certificate::CertificateState;
use portico::model::Role;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::people::House;
use crate::{HOST, Office, ask, config, write_pair};

const PATIENCE: Duration = Duration::from_secs(30);

/// TLS as somebody who trusts one certificate.
pub(crate) async fn shake_hands(stream: TcpStream, trust: &CertificateDer<'static>) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trust.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(client));
    let name = ServerName::try_from(HOST).unwrap();
    connector.connect(name, stream).await.unwrap()
}

pub(crate) fn lan(folder: &std::path::Path) -> portico::config::Config {
    let lines = format!(
        "interface = \"lo\"\nhost = \"{HOST}\"\ncertificate = \"gateway.pem\"\nkey = \"gateway.key\"\n"
    );
    // The loopback stands for the network of management; a configuration may not say so.
    let text = lines.replace("\"lo\"", "\"eth2\"");
    let mut config = config(folder, &text);
    let lan = config.management.lan.as_mut().unwrap();
    lan.interface = portico::config::InterfaceName::new("lo").unwrap();
    config
}

#[tokio::test]
async fn the_machine_itself_finds_it_and_every_answer_is_hardened() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(config(folder.path(), ""));
    assert!(office.own().ip().is_loopback());
    assert_eq!(office.dashboard.addresses()[1], None);
    let health = office.get("/healthz", "").await;
    assert_eq!((health.status, health.body.as_str()), (200, "ok\n"));
    let nothing = office.get("/nowhere", "").await;
    assert_eq!(nothing.status, 404);
    let stream = TcpStream::connect(office.own()).await.unwrap();
    let rebound = ask(stream, "evil.example", "/healthz", "").await;
    assert_eq!(rebound.status, 421);
    for answer in [health, nothing, rebound] {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

/// A door of the loopback, on whatever address it stands.
fn on_loopback(door: Option<SocketAddr>) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), door.unwrap().port())
}

#[tokio::test]
async fn a_cookie_of_one_door_is_none_at_the_other() {
    let mut trust = None;
    let house = House::open_by(|folder| {
        trust = Some(write_pair(folder));
        lan(folder)
    });
    let house = house.await;
    let trust = trust.unwrap();
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    let secret = &browser.cookies["portico"];
    let door = on_loopback(house.office.dashboard.addresses()[1]);
    let over_tls = async |path: &str, cookie: &str| {
        let stream = TcpStream::connect(door).await.unwrap();
        let more = format!("Cookie: {cookie}\r\n");
        ask(shake_hands(stream, &trust).await, HOST, path, &more).await
    };
    let plain = async |cookie: &str| {
        house
            .office
            .get("/account", &format!("Cookie: {cookie}\r\n"))
            .await
    };
    let (ours, theirs) = (format!("portico={secret}"), format!("__Host-portico={secret}"));

    assert_eq!(plain(&ours).await.status, 200);
    assert_eq!(plain(&theirs).await.status, 303);
    assert_eq!(over_tls("/account", &theirs).await.status, 200);
    let refused = over_tls("/account", &ours).await;
    assert_eq!(
        (refused.status, refused.header("location")),
        (303, Some("/login"))
    );
    let login = over_tls("/login", &ours).await;
    let set: Vec<&str> = login.headers("set-cookie").collect();
    let [cookie] = set.as_slice() else {
        panic!("{set:?}");
    };
    assert!(
        cookie.starts_with("__Host-portico-visit=")
            && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"),
        "{cookie}"
    );
}

#[tokio::test]
async fn the_network_of_management_speaks_tls_alone() {
    let folder = tempfile::tempdir().unwrap();
    let trust = write_pair(folder.path());
    let office = Office::open(lan(folder.path()));
    assert!(matches!(
        office.dashboard.certificate(),
        Some(CertificateState::Valid { .. })
    ));
    let address = on_loopback(office.dashboard.addresses()[1]);
    let connect = async || TcpStream::connect(address).await.unwrap();
    let answer = ask(shake_hands(connect().await, &trust).await, HOST, "/healthz", "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("strict-transport-security").is_some());
    let other = shake_hands(connect().await, &trust).await;
    assert_eq!(ask(other, "localhost", "/healthz", "").await.status, 421);
    let plain = ask(connect().await, HOST, "/healthz", "").await;
    assert_eq!(plain.status, 0, "{plain:?}");

    // Without the network its door closes, and the machine's own stays where it is.
    let own = office.own();
    let mut without = lan(folder.path());
    without.management.lan = None;
    office.dashboard.reconfigure(&Arc::new(without)).unwrap();
    let closed = timeout(PATIENCE, async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    closed.await.unwrap();
    assert_eq!((office.own(), office.dashboard.certificate()), (own, None));
    assert_eq!(office.get("/healthz", "").await.status, 200);
}

#[tokio::test]
async fn one_address_cannot_take_every_place() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(config(folder.path(), ""));
    let mut held = Vec::new();
    // One that is turned away is reset at once; the others wait for a request.
    let turned_away = timeout(PATIENCE, async {
        loop {
            let mut stream = TcpStream::connect(office.own()).await.unwrap();
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\n").await;
            let ended = timeout(Duration::from_millis(200), stream.read(&mut [0; 16])).await;
            if ended.is_ok() {
                return;
            }
            held.push(stream);
        }
    });
    turned_away.await.unwrap();
    assert_eq!(held.len(), 96);
    drop(held);
    let free = timeout(PATIENCE, async {
        while office.get("/healthz", "").await.status != 200 {
            tokio::task::yield_now().await;
        }
    });
    free.await.unwrap();
}

#[tokio::test]
async fn whoever_fills_the_network_of_management_leaves_the_machines_own_door_open() {
    let folder = tempfile::tempdir().unwrap();
    write_pair(folder.path());
    let office = Office::open(lan(folder.path()));
    let port = office.dashboard.addresses()[1].unwrap().port();
    let connect = async || {
        TcpStream::connect((std::net::Ipv4Addr::LOCALHOST, port))
            .await
            .unwrap()
    };
    let mut held = Vec::new();
    for _ in 0..96 {
        held.push(connect().await);
    }
    let mut one_more = connect().await;
    let turned_away = timeout(PATIENCE, one_more.read(&mut [0; 16])).await.unwrap();
    assert!(matches!(turned_away, Ok(0) | Err(_)));
    assert_eq!(office.get("/healthz", "").await.status, 200);
}

#[tokio::test]
async fn many_who_ask_for_health_are_one_question() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(folder.path(), "");
    let login = crate::nobody();
    let seconds = Arc::new(AtomicU64::new(1));
    let passed = Arc::clone(&seconds);
    let clock: portico::model::Clock = Arc::new(move || portico::model::Now {
        boot: portico::model::Boot(passed.load(Ordering::Relaxed) * 1_000),
        ..portico::app::clock::now()
    });
    let office = Office::at(config, login, clock);
    let asked = || office.asked.lock().unwrap().looks;
    let before = asked();
    for _ in 0..50 {
        assert_eq!(office.get("/healthz", "").await.body, "ok\n");
    }
    let once = asked();
    // What follows the gateway's pulse asks now and then by itself.
    assert!(once > before && once - before < 10, "{}", once - before);
    seconds.fetch_add(1, Ordering::Relaxed);
    assert_eq!(office.get("/healthz", "").await.body, "ok\n");
    assert!(asked() > once, "a second later it is asked again");
}

#[tokio::test]
async fn a_head_without_end_is_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(config(folder.path(), ""));
    let long = format!("X: {}\r\n", "y".repeat(20_000));
    let answer = office.get("/healthz", &long).await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn an_event_loop_that_is_gone_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, asks) = portico::dashboard::Desk::new(1);
    drop(asks);
    let config = config(folder.path(), "");
    let dashboard = portico::dashboard::Dashboard::start(portico::dashboard::DashboardContext {
        login: crate::nobody(),
        records: portico::app::records::open(&config),
        keeper: crate::no_file(),
        config: Arc::new(config),
        desk,
        clock: crate::clock(),
        page: portico::app::page::open(
            folder.path().to_owned(),
            std::sync::Arc::new(std::sync::Arc::default),
            std::sync::Arc::new(|_| None),
        ),
        ledgers: std::sync::Arc::new(|| Ok(Box::new(portico::model::figures::Book::default()))),
    });
    let dashboard = dashboard.unwrap();
    let stream = TcpStream::connect(dashboard.addresses()[0].unwrap())
        .await
        .unwrap();
    let answer = crate::ask(stream, "localhost", "/healthz", "").await;
    assert_eq!(answer.status, 503);
    dashboard.stop(PATIENCE).await;
}
