//! A server of feeds that answers as a test tells it, byte by byte.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// The server's name.
pub(crate) const HOST: &str = "feeds.example";

/// What it answers with.
#[derive(Clone)]
pub(crate) enum Reply {
    /// These bytes, then the end.
    Bytes(Vec<u8>),
    /// The first bytes, then the second again and again, until the client goes.
    Endless(Vec<u8>, Vec<u8>),
    /// One byte now and then, until the client goes.
    Drip(Vec<u8>),
    /// Nothing, until the client goes.
    Silence,
    /// Nothing, not even TLS.
    Close,
}

impl Reply {
    /// A whole answer.
    pub(crate) fn whole(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(
            format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes(),
        )
    }

    pub(crate) fn ok(body: &str) -> Self {
        Self::whole("200 OK", "", body)
    }

    pub(crate) fn redirect(to: &str) -> Self {
        Self::whole("302 Found", &format!("Location: {to}\r\n"), "")
    }
}

/// Signs servers' certificates.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// TLS for a name, good from 2020 until a year.
    pub(crate) fn acceptor(&self, name: &str, until: i32) -> TlsAcceptor {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate: CertificateDer<'static> =
            params.signed_by(&key, &self.issuer).unwrap().der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Answers the request of a path.
type Answering = Box<dyn Fn(&str) -> Reply + Send>;

/// What the server does now, and has seen.
#[derive(Default)]
struct Doing {
    answer: Option<Answering>,
    tls: Option<TlsAcceptor>,
    heads: Vec<String>,
    connections: usize,
}

/// Listens on a port of its own until it is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    doing: Arc<Mutex<Doing>>,
    _task: JoinSet<()>,
}

impl Server {
    /// With TLS if there is an acceptor.
    pub(crate) async fn start(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let doing = Arc::new(Mutex::new(Doing {
            tls,
            ..Doing::default()
        }));
        let mut task = JoinSet::new();
        task.spawn(listen(listener, Arc::clone(&doing)));
        Self {
            address,
            doing,
            _task: task,
        }
    }

    pub(crate) fn answer(&self, answer: impl Fn(&str) -> Reply + Send + 'static) {
        self.doing.lock().unwrap().answer = Some(Box::new(answer));
    }

    pub(crate) fn answer_always(&self, reply: Reply) {
        self.answer(move |_| reply.clone());
    }

    pub(crate) fn use_tls(&self, tls: TlsAcceptor) {
        self.doing.lock().unwrap().tls = Some(tls);
    }

    /// Heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.doing.lock().unwrap().heads.clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.doing.lock().unwrap().connections
    }
}

async fn listen(listener: TcpListener, doing: Arc<Mutex<Doing>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        doing.lock().unwrap().connections += 1;
        connections.spawn(serve(stream, Arc::clone(&doing)));
    }
}

async fn serve(stream: TcpStream, doing: Arc<Mutex<Doing>>) {
    let tls = doing.lock().unwrap().tls.clone();
    match tls {
        None => converse(stream, &doing).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                converse(stream, &doing).await;
            }
        }
    }
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, doing: &Mutex<Doing>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let reply = {
        let mut doing = doing.lock().unwrap();
        doing.heads.push(head.clone());
        doing.answer.as_ref().map_or(Reply::Close, |answer| answer(&head))
    };
    match reply {
        Reply::Close => {}
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless(first, again) => {
            let mut next = stream.write_all(&first).await;
            while next.is_ok() {
                next = stream.write_all(&again).await;
            }
        }
        Reply::Drip(bytes) => {
            for byte in bytes.into_iter().chain(std::iter::repeat(b' ')) {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if stream.write_all(&[byte]).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        }
        Reply::Silence => {
            let _ = stream.read(&mut [0]).await;
        }
    }
}
