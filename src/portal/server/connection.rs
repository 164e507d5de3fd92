//! One connection, from its first byte to its last, within its limits.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::super::limits::{
    HANDSHAKE_TIME, HEAD_BYTES, HEAD_TIME, HTTP_LIFE, HTTPS_LIFE, IDLE_TIME, MAX_HEADERS,
};
use super::super::reply::{self, Reply};
use super::super::{intercept, site};
use super::{Door, Shared};
use crate::doors::stopped;
use crate::limits::Place;

/// How long an answer under way may take after the connection's life is over.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A connection that has a place.
pub(super) struct Guest {
    pub(super) shared: Arc<Shared>,
    pub(super) door: Arc<Door>,
    pub(super) peer: IpAddr,
    pub(super) local: Option<IpAddr>,
    pub(super) stop: watch::Receiver<bool>,
    /// Given back when the connection ends.
    pub(super) _place: Place,
}

impl Guest {
    pub(super) async fn serve_plain(self, stream: TcpStream) {
        // Answers are one small write.
        let _ = stream.set_nodelay(true);
        self.serve(TokioIo::new(stream), false).await;
    }

    pub(super) async fn serve_tls(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let handshake = TlsAcceptor::from(Arc::clone(&self.door.tls)).accept(stream);
        if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, handshake).await {
            self.serve(TokioIo::new(stream), true).await;
        }
    }

    async fn serve<S: Read + Write + Unpin>(self, stream: S, secure: bool) {
        let life = if secure { HTTPS_LIFE } else { HTTP_LIFE };
        let head_time = if secure { IDLE_TIME } else { HEAD_TIME };
        let guest = &self;
        let service = service_fn(async |request| Ok::<_, Infallible>(guest.answer(request, secure).await));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_time)
            .max_buf_size(HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = sleep(life) => {}
            () = stopped(self.stop.clone()) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST_WORDS, connection).await;
    }

    async fn answer(&self, request: Request<Incoming>, secure: bool) -> Reply {
        let config = self.shared.config.load_full();
        let crests = self.shared.crests.load();
        let Some(network) = config.network(self.door.network) else {
            return reply::closing(reply::sentence(StatusCode::SERVICE_UNAVAILABLE, "Closed\n"));
        };
        let visit = site::Visit {
            context: &self.shared.context,
            config: &config,
            sheets: &self.shared.sheets,
            crests: &crests,
            forms: &self.shared.forms,
            measures: &self.shared.measures,
            network,
            peer: self.peer,
            // Asked anew for each request: an address may change hands while a connection lives.
            mac: (self.shared.context.lookup)(network.id, self.peer),
            https: self.door.certificate.borrow().is_usable(),
        };
        if secure {
            site::answer_tls(&visit, request).await
        } else {
            let local = self.local.unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
            intercept::answer(&visit, local, request).await
        }
    }
}
