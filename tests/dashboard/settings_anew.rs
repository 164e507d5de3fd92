//! Whoever confirms changed settings came in over them: kept connections and kept TLS sessions do not count.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use portico::model::Role;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, HandshakeKind, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::doors::lan;
use crate::people::{House, proof};
use crate::settings::{APPLY, PORTAL, field, send};
use crate::{Answer, HOST, Office, ask, config, write_pair};

/// A request that leaves the connection open.
async fn begin(stream: &mut TcpStream, request: &str) {
    let request = request.replace("Connection: close\r\n", "");
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// The head of an answer without a body, after which the connection goes on.
async fn head(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(stream.read_u8().await.unwrap());
    }
    Answer::read(&String::from_utf8(bytes).unwrap())
}

/// An answer after which the connection ends.
async fn last(stream: &mut TcpStream) -> Answer {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    Answer::read(&text)
}

#[tokio::test]
async fn a_connection_from_before_tells_and_confirms_nothing() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let connect = async || TcpStream::connect(house.office.own()).await.unwrap();
    let (mut looks, mut confirms) = (connect().await, connect().await);
    let look = anna.request("GET /settings/waiting", &[]);
    for kept in [&mut looks, &mut confirms] {
        begin(kept, &look).await;
        let nothing = head(kept).await;
        assert_eq!(
            (nothing.status, nothing.header("location")),
            (303, Some("/settings"))
        );
    }
    let applied = send(&mut anna, PORTAL, APPLY, &[("portal.http_port", "8081")]).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    let changed = config(house.folder.path(), "");
    house.office.dashboard.reconfigure(&Arc::new(changed)).unwrap();

    begin(&mut looks, &look).await;
    let again = last(&mut looks).await;
    assert_eq!(
        (again.status, again.header("location"), again.header("connection")),
        (307, Some("/settings/waiting"), Some("close"))
    );
    let page = anna.get("/settings/waiting").await;
    assert_eq!(page.status, 200, "by a new connection");
    let (form, id) = (proof(&page), field(&page, "id"));
    let word = [("form", form.as_str()), ("id", id.as_str())];
    begin(&mut confirms, &anna.request("POST /settings/confirm", &word)).await;
    let again = last(&mut confirms).await;
    assert_eq!(
        (again.status, again.header("location")),
        (307, Some("/settings/confirm"))
    );
    assert_eq!(anna.get("/settings/waiting").await.status, 200, "it still waits");
    assert_eq!(anna.post("/settings/confirm", &word).await.status, 200);
    for path in [
        "/page/waiting",
        "/api/v1/settings/waiting",
        "/api/v1/settings/confirm",
    ] {
        let mut kept = connect().await;
        begin(&mut kept, &look).await;
        head(&mut kept).await;
        let same = config(house.folder.path(), "");
        house.office.dashboard.reconfigure(&Arc::new(same)).unwrap();
        begin(&mut kept, &anna.request(&format!("GET {path}?a=b"), &[])).await;
        let again = last(&mut kept).await;
        assert_eq!(
            (again.status, again.header("location")),
            (307, Some(format!("{path}?a=b").as_str()))
        );
    }
}

#[tokio::test]
async fn a_kept_tls_session_spares_nobody_the_new_certificate() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut roots = RootCertStore::empty();
    roots.add(write_pair(first.path())).unwrap();
    roots.add(write_pair(second.path())).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    // One browser, which keeps what it is given.
    let connector = TlsConnector::from(Arc::new(client));
    let office = Office::open(lan(first.path()));
    let port = office.dashboard.addresses()[1].unwrap().port();
    let door = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port);
    let shake = async || {
        let stream = TcpStream::connect(door).await.unwrap();
        let name = ServerName::try_from(HOST).unwrap();
        let stream = connector.connect(name, stream).await.unwrap();
        let kind = stream.get_ref().1.handshake_kind();
        assert_eq!(ask(stream, HOST, "/healthz", "").await.status, 200);
        kind
    };
    assert_eq!(shake().await, Some(HandshakeKind::Full));
    assert_eq!(shake().await, Some(HandshakeKind::Resumed));
    office
        .dashboard
        .reconfigure(&Arc::new(lan(second.path())))
        .unwrap();
    assert_eq!(shake().await, Some(HandshakeKind::Full));
    assert_eq!(shake().await, Some(HandshakeKind::Resumed));
}
