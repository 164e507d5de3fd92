//! The portal over TLS, certificates that change under it, configurations that change under it.

use std::sync::Arc;
use std::time::Duration;

use portico::doors::certificate::CertificateState;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::lab::{HOST, Lab, config, id, mac, on_kept, token_of, write_pair};

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn connect(
    lab: &Lab,
    station: u8,
    trust: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<TcpStream>> {
    shake_hands(lab.connect_to(lab.https(), station).await, trust).await
}

/// TLS over a connection, as a browser that trusts one certificate.
pub(crate) async fn shake_hands<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    trust: &CertificateDer<'static>,
) -> std::io::Result<TlsStream<S>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(trust.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(client))
        .connect(ServerName::try_from(HOST).unwrap(), stream)
        .await
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
}

#[tokio::test]
async fn http_is_a_stepping_stone_and_a_kept_connection_carries_the_whole_journey() {
    let dir = tempfile::tempdir().unwrap();
    let (files, trust) = write_pair(dir.path());
    let lab = Lab::open(config(Some(files)));
    let step = lab.get(2, HOST, "/terms?lang=en").await;
    assert_eq!(
        (step.status, step.header("location")),
        (307, "https://wifi.comune.example.it/terms?lang=en")
    );
    let probe = lab.get(2, "captive.apple.com", "/hotspot-detect.html").await;
    assert_eq!(probe.header("location"), "https://wifi.comune.example.it/");
    let token = lab.post(2, "/grant", "token=in-clear-text", "").await;
    assert_eq!((token.status, lab.grants()), (303, 0));

    let mut stream = connect(&lab, 2, &trust).await.unwrap();
    let login = on_kept(&mut stream, &get("/")).await;
    let form = format!("token={}", token_of(&login.body));
    let post = format!(
        "POST /grant HTTP/1.1\r\nHost: {HOST}\r\nOrigin: https://{HOST}\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    assert_eq!(on_kept(&mut stream, &post).await.status, 303);
    assert_eq!(on_kept(&mut stream, &get("/online")).await.status, 200);
    assert_eq!(lab.world.lock().unwrap().asked.last().unwrap().0, mac(2));
    let api = on_kept(&mut stream, &get("/captive-portal/api")).await;
    assert!(
        api.body.contains("\"https://wifi.comune.example.it/venue\""),
        "{}",
        api.body
    );
    let other = on_kept(&mut stream, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await;
    assert_eq!(
        (other.status, other.header("location")),
        (302, "https://wifi.comune.example.it/")
    );
}

#[tokio::test]
async fn a_renewed_certificate_takes_over_and_drops_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (files, old) = write_pair(dir.path());
    let lab = Lab::open(config(Some(files)));
    assert!(lab.portal.certificate(id()).unwrap().borrow().is_announceable());
    let mut kept = connect(&lab, 2, &old).await.unwrap();
    assert_eq!(on_kept(&mut kept, &get("/")).await.status, 200);

    let (_, new) = write_pair(dir.path());
    let renewed = async {
        while connect(&lab, 3, &new).await.is_err() {
            // The kept connection is used meanwhile, as a person would.
            assert_eq!(on_kept(&mut kept, &get("/")).await.status, 200);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, renewed)
        .await
        .expect("the new certificate is served");
    assert!(connect(&lab, 4, &old).await.is_err(), "the old one is gone");
    assert_eq!(
        on_kept(&mut kept, &get("/")).await.status,
        200,
        "the connection lives on"
    );
}

#[tokio::test]
async fn without_a_usable_certificate_the_portal_works_over_http() {
    let dir = tempfile::tempdir().unwrap();
    let (files, trust) = write_pair(dir.path());
    let mut config = config(Some(files));
    config.networks[0].host = "other.comune.example.it".to_owned();
    let lab = Lab::open(config);
    let state = lab.portal.certificate(id()).unwrap();
    assert!(matches!(*state.borrow(), CertificateState::Invalid(_)));
    let page = lab.get(2, "other.comune.example.it", "/").await;
    assert_eq!(page.status, 200);
    let probe = lab.get(2, "captive.apple.com", "/").await;
    assert_eq!(probe.header("location"), "http://other.comune.example.it/");
    drop(trust);
}

#[tokio::test]
async fn a_changed_configuration_drops_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let (files, trust) = write_pair(dir.path());
    let lab = Lab::open(config(Some(files)));
    let mut state = lab.portal.certificate(id()).unwrap();
    let mut kept = connect(&lab, 2, &trust).await.unwrap();
    assert_eq!(on_kept(&mut kept, &get("/")).await.status, 200);

    let mut changed = (*lab.config).clone();
    changed.networks[0].name = "Molini Marzoli".to_owned();
    lab.portal.reconfigure(&Arc::new(changed.clone())).unwrap();
    let page = on_kept(&mut kept, &get("/")).await;
    assert!(page.body.contains("Molini Marzoli"));

    changed.networks[0].tls = None;
    lab.portal.reconfigure(&Arc::new(changed.clone())).unwrap();
    assert_eq!(*state.borrow_and_update(), CertificateState::Absent);
    assert_eq!(on_kept(&mut kept, &get("/")).await.status, 200);
    assert_eq!(lab.get(2, HOST, "/").await.status, 200, "over http from now on");

    let http = lab.http();
    changed.networks.clear();
    lab.portal.reconfigure(&Arc::new(changed)).unwrap();
    assert!(lab.portal.addresses(id()).is_none() && lab.portal.certificate(id()).is_none());
    let closed = async {
        while TcpStream::connect(("127.0.0.1", http.port())).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, closed).await.expect("the listener closes");
}

#[tokio::test]
async fn a_stop_waits_for_answers_under_way() {
    let lab = Lab::open(config(None));
    let http = lab.http();
    let mut kept = lab.connect(2).await;
    assert_eq!(on_kept(&mut kept, &get("/")).await.status, 200);
    timeout(PATIENCE, lab.portal.stop(PATIENCE))
        .await
        .expect("idle connections do not delay it");
    assert!(TcpStream::connect(("127.0.0.1", http.port())).await.is_err());
}
