//! A connection to a checked address, with TLS verified for the name.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::{Ask, FetchError, Fetcher, address};
use crate::model::Clock;

/// How long one address may take to answer, so that the next has a chance within the whole time.
const PATIENCE: Duration = Duration::from_secs(3);

/// A stream of bytes, with or without TLS.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Connects to the host of an address that has been found fit to be asked.
pub(super) async fn connect(fetcher: &Fetcher, ask: &Ask, url: &Url) -> Result<Box<dyn Stream>, FetchError> {
    let (name, found) = match url.host() {
        Some(Host::Domain(name)) => {
            let found = (fetcher.addresses)(name.to_owned()).await;
            (name.to_owned(), found.map_err(FetchError::Resolve)?)
        }
        Some(Host::Ipv4(address)) => (address.to_string(), vec![IpAddr::V4(address)]),
        Some(Host::Ipv6(address)) => (address.to_string(), vec![IpAddr::V6(address)]),
        None => return Err(FetchError::Url("it has no host")),
    };
    let addresses = address::choose(&found, ask.private);
    if addresses.is_empty() && !found.is_empty() {
        return Err(FetchError::Private);
    }
    let port = url.port_or_known_default().unwrap_or(443);
    let stream = reach(&addresses, port).await.map_err(FetchError::Connect)?;
    if url.scheme() == "http" {
        return Ok(Box::new(stream));
    }
    let config = client_config(ask.ca.as_deref(), &fetcher.clock).await?;
    let name = ServerName::try_from(name).map_err(|_| FetchError::Url("its host has no name for TLS"))?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    Ok(Box::new(stream.map_err(FetchError::Tls)?))
}

/// The first of the addresses that answers.
async fn reach(addresses: &[IpAddr], port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for address in addresses {
        let connecting = TcpStream::connect(SocketAddr::new(*address, port));
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// Trusts the public roots, and what the file of `ca` holds besides. A server that forgets its
/// intermediate certificate is mended so, without verifying less.
async fn client_config(ca: Option<&Path>, clock: &Clock) -> Result<ClientConfig, FetchError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    if let Some(path) = ca {
        let broken = |reason: String| FetchError::Ca {
            path: path.to_owned(),
            reason,
        };
        let pem = tokio::fs::read(path)
            .await
            .map_err(|error| broken(error.to_string()))?;
        let mut certificates = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|error| broken(error.to_string()))?;
            roots
                .add(certificate)
                .map_err(|error| broken(error.to_string()))?;
            certificates += 1;
        }
        if certificates == 0 {
            return Err(broken("there is no certificate in it".to_owned()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_details(provider, Arc::new(CivilTime(Arc::clone(clock))))
        .with_safe_default_protocol_versions()
        .map_err(|error| FetchError::Tls(io::Error::other(error)))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// The clock for certificates.
struct CivilTime(Clock);

impl std::fmt::Debug for CivilTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CivilTime")
    }
}

impl TimeProvider for CivilTime {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from((self.0)().wall.as_second()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}
