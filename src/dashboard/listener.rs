//! The doors of the dashboard: one on the machine itself, one on the network of management if there is
//! one, each tied to its interface; limits on everything.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::anew;
use super::gate::{self, Peer};
use super::live::Hub;
use super::metrics::{self, Metrics};
use super::room::Room;
use super::stations::Handles;
use super::{DashboardContext, router};
use crate::config::{Config, ManagementLan};
use crate::doors::certificate::CertificateState;
use crate::doors::listener::{Post, Spot, turn_away};
use crate::doors::stopped;
use crate::doors::tls::{self, Keeper};
use crate::limits::{Place, Places, source};
use crate::model::{Mac, NetworkId};

/// Most connections at once by one door; a browser with live pages holds a few.
const MOST: usize = 256;
/// Most of one source: many administrators may come by one tunnel or proxy.
const MOST_OF_ONE: usize = 96;
/// Longest TLS handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);
/// Longest time for a request's head, and longest silence between two requests.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Longest time from a request's head to the head of its answer, its body included. What it has begun by then goes on.
const REQUEST_TIME: Duration = Duration::from_mins(1);
/// Read buffer of one connection, and so the longest request head, in bytes.
const HEAD_BYTES: usize = 16 * 1_024;
/// Most header fields of a request.
const MAX_HEADERS: usize = 64;
/// Longest time that a peer takes nothing of what is sent to it (RFC 5482).
const DEAF_TIME: Duration = Duration::from_secs(90);
/// How long an answer under way may take when the door closes.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// What all connections share.
struct Shared {
    router: Router,
    config: Arc<ArcSwap<Config>>,
    /// How often settings were put in force.
    generation: AtomicU64,
    /// Of the machine's own door, and of the network of management: whoever fills one does not close the other.
    places: [Places<IpAddr>; 2],
}

/// An open door.
struct Door {
    spot: Spot,
    stop: watch::Sender<bool>,
    address: watch::Receiver<Option<SocketAddr>>,
}

/// The certificate of the network of management.
struct Lock {
    keeper: Keeper,
    /// Another one for every configuration: what a browser kept of a connection under the former one (a ticket, RFC
    /// 8446, section 2.2) spares it no look at the certificate.
    tls: Arc<ArcSwap<ServerConfig>>,
}

#[derive(Default)]
struct Doors {
    own: Option<Door>,
    lan: Option<Door>,
    lock: Option<Lock>,
}

/// The running dashboard.
pub struct Dashboard {
    context: DashboardContext,
    shared: Arc<Shared>,
    doors: Arc<Mutex<Doors>>,
    /// What stations are called.
    handles: Handles,
    /// Watches certificates, and the gateway's pulse.
    housekeeping: [JoinHandle<()>; 2],
}

impl Dashboard {
    /// Opens the doors. One whose interface or port is not there yet is tried again every second. Must
    /// be called within a tokio runtime.
    ///
    /// # Errors
    /// TLS cannot be set up, or the system has no randomness to give.
    pub fn start(context: DashboardContext) -> Result<Self, rustls::Error> {
        let doors = Arc::new(Mutex::new(Doors::default()));
        let config = Arc::new(ArcSwap::from(Arc::clone(&context.config)));
        let handles = Handles::random().map_err(|_| rustls::Error::FailedToGetRandomBytes)?;
        let metrics = Metrics::new(&context, Arc::clone(&config));
        let housekeeping = keep_house(context.clone(), Arc::clone(&doors), metrics.clone());
        let (hub, pulse) = Hub::new(&context, Arc::clone(&config));
        let dashboard = Self {
            shared: Arc::new(Shared {
                router: router(
                    &context,
                    metrics,
                    Room::new(&context, Arc::clone(&config), handles.clone(), hub),
                ),
                config,
                generation: AtomicU64::default(),
                places: Default::default(),
            }),
            handles,
            housekeeping: [tokio::spawn(housekeeping), tokio::spawn(pulse.keep())],
            doors,
            context,
        };
        dashboard.reconfigure(&dashboard.context.config)?;
        Ok(dashboard)
    }

    /// Puts a changed configuration in force. Connections by a door that is gone finish what they are
    /// doing.
    ///
    /// # Errors
    /// TLS cannot be set up; the door on the machine itself is in force.
    pub fn reconfigure(&self, config: &Arc<Config>) -> Result<(), rustls::Error> {
        self.shared.config.store(Arc::clone(config));
        let management = &config.management;
        let mut doors = self.doors();
        let own = management.enabled.then(|| Spot {
            interface: "lo".to_owned(),
            address: Some(Ipv4Addr::LOCALHOST.into()),
            port: management.port,
        });
        self.put(&mut doors.own, own, None);
        let lan = management.lan.as_ref().filter(|_| management.enabled);
        let spot = lan.map(|lan| Spot {
            interface: lan.interface.as_str().to_owned(),
            address: None,
            port: management.port,
        });
        self.put_lock(&mut doors.lock, lan)?;
        let tls = doors.lock.as_ref().map(|lock| Arc::clone(&lock.tls));
        self.put(&mut doors.lan, spot, tls);
        // Last: whoever comes in from here on has met what is in force.
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// How the certificate of the network of management stands; `None` where there is no such network.
    #[must_use]
    pub fn certificate(&self) -> Option<CertificateState> {
        let doors = self.doors();
        doors
            .lock
            .as_ref()
            .map(|lock| lock.keeper.subscribe().borrow().clone())
    }

    /// What a line of the audit log calls a station, so that lines of one run can be told to be about the same.
    #[must_use]
    pub fn name_of(&self, network: NetworkId, mac: Mac) -> String {
        self.handles.name(network, mac)
    }

    /// Where it listens now: on the machine itself, and on the network of management.
    #[must_use]
    pub fn addresses(&self) -> [Option<SocketAddr>; 2] {
        let doors = self.doors();
        [&doors.own, &doors.lan].map(|door| *door.as_ref()?.address.borrow())
    }

    /// Closes the doors, lets requests under way finish for at most `grace`, then returns.
    pub async fn stop(self, grace: Duration) {
        self.housekeeping.iter().for_each(JoinHandle::abort);
        {
            let mut doors = self.doors();
            for door in [doors.own.take(), doors.lan.take()].into_iter().flatten() {
                door.stop.send_replace(true);
            }
        }
        let quiet = async {
            while !self.shared.places.iter().all(Places::is_empty) {
                sleep(Duration::from_millis(10)).await;
            }
        };
        // Whoever is left after the grace period is dropped with the runtime.
        let _ = timeout(grace, quiet).await;
    }

    fn doors(&self) -> MutexGuard<'_, Doors> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The certificate, made or brought up to date.
    fn put_lock(&self, lock: &mut Option<Lock>, lan: Option<&ManagementLan>) -> Result<(), rustls::Error> {
        let now = (self.context.clock)().wall;
        match (lan, lock.as_mut()) {
            (None, _) => *lock = None,
            (Some(lan), Some(lock)) => {
                lock.keeper
                    .configure(Some(lan.tls.clone()), lan.host.clone(), now);
                lock.tls.store(tls::server_config(lock.keeper.resolver())?);
            }
            (Some(lan), None) => {
                let mut keeper = Keeper::new(Some(lan.tls.clone()), lan.host.clone());
                keeper.poll(now);
                let tls = Arc::new(ArcSwap::from(tls::server_config(keeper.resolver())?));
                *lock = Some(Lock { keeper, tls });
            }
        }
        Ok(())
    }

    /// Opens, moves or closes a door.
    fn put(&self, door: &mut Option<Door>, spot: Option<Spot>, tls: Option<Arc<ArcSwap<ServerConfig>>>) {
        if door.as_ref().map(|door| &door.spot) == spot.as_ref() {
            return;
        }
        if let Some(old) = door.take() {
            old.stop.send_replace(true);
        }
        *door = spot.map(|spot| self.open(spot, tls));
    }

    fn open(&self, spot: Spot, tls: Option<Arc<ArcSwap<ServerConfig>>>) -> Door {
        let (stop, address) = (watch::Sender::new(false), watch::Sender::new(None));
        let door = Door {
            spot: spot.clone(),
            address: address.subscribe(),
            stop,
        };
        let shared = Arc::clone(&self.shared);
        let stopping = door.stop.subscribe();
        let admit = move |stream: TcpStream, peer: SocketAddr| {
            let peer = Peer {
                address: peer.ip().to_canonical(),
                secure: tls.is_some(),
            };
            let places = &shared.places[usize::from(peer.secure)];
            let Ok(place) = places.enter(source(peer.address), MOST_OF_ONE, MOST) else {
                return turn_away(&stream);
            };
            // Before the certificate is chosen.
            let generation = shared.generation.load(Ordering::Acquire);
            let guest = Guest {
                shared: Arc::clone(&shared),
                peer,
                generation,
                stop: stopping.clone(),
                _place: place,
            };
            tokio::spawn(guest.meet(stream, tls.as_ref().map(|tls| tls.load_full())));
        };
        let post = Post {
            spot,
            name: "the management".to_owned(),
            stop: door.stop.subscribe(),
            admit,
            publish: move |at| {
                address.send_replace(at);
            },
        };
        let first = post.bind();
        tokio::spawn(post.run(first));
        door
    }
}

/// A connection that has a place.
struct Guest {
    shared: Arc<Shared>,
    peer: Peer,
    /// Of the settings that it came in over.
    generation: u64,
    stop: watch::Receiver<bool>,
    /// Given back when the connection ends.
    _place: Place<IpAddr>,
}

impl Guest {
    async fn meet(self, stream: TcpStream, tls: Option<Arc<ServerConfig>>) {
        // Answers are one small write.
        let _ = stream.set_nodelay(true);
        // Whoever takes nothing for so long is gone, though the page may be one that never ends.
        let _ = SockRef::from(&stream).set_tcp_user_timeout(Some(DEAF_TIME));
        let Some(tls) = tls else {
            return self.serve(TokioIo::new(stream)).await;
        };
        let handshake = TlsAcceptor::from(tls).accept(stream);
        if let Ok(Ok(stream)) = timeout(HANDSHAKE_TIME, handshake).await {
            self.serve(TokioIo::new(stream)).await;
        }
    }

    async fn serve<S: Read + Write + Unpin>(self, stream: S) {
        let guest = &self;
        let service = service_fn(async |request| Ok::<_, Infallible>(guest.answer(request).await));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIME)
            .max_buf_size(HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stopped(self.stop.clone()) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = timeout(LAST_WORDS, connection).await;
    }

    async fn answer(&self, mut request: Request<Incoming>) -> Response<Body> {
        let config = self.shared.config.load_full();
        let host = config.management.lan.as_ref().map(|lan| lan.host.as_str());
        let is_of_now = self.generation == self.shared.generation.load(Ordering::Acquire);
        let again = || anew::ask_again(&request).filter(|_| !is_of_now);
        let mut response = if !gate::is_for_us(&request, self.peer, host) {
            gate::misdirected()
        } else if let Some(again) = again() {
            again
        } else {
            request.extensions_mut().insert(self.peer);
            self.ask_router(request).await
        };
        gate::harden(&mut response, self.peer.secure);
        response
    }

    /// The handler runs in a task of its own: a browser that goes away in the middle ends it at no half-way.
    async fn ask_router(&self, request: Request<Incoming>) -> Response<Body> {
        let is_safe = request.method().is_safe();
        let asked = self.shared.router.clone().oneshot(request);
        let answered = async {
            if is_safe {
                return Ok(asked.await);
            }
            // To its end, whether or not the browser waits for the answer: what is done is in the audit log too.
            tokio::spawn(asked).await
        };
        match timeout(REQUEST_TIME, answered).await {
            Ok(Ok(Ok(response))) => response,
            Ok(Ok(Err(impossible))) => match impossible {},
            Ok(Err(error)) => {
                tracing::error!(%error, "a request did not come to its end");
                brief(StatusCode::INTERNAL_SERVER_ERROR, "Fault\n")
            }
            Err(_) => brief(StatusCode::REQUEST_TIMEOUT, "Too late\n"),
        }
    }
}

/// An answer of a word or two.
fn brief(status: StatusCode, words: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(words));
    *response.status_mut() = status;
    response
}

/// Watches the certificate and tidies the rate limit.
async fn keep_house(context: DashboardContext, doors: Arc<Mutex<Doors>>, metrics: Metrics) {
    let mut poll = interval(tls::POLL);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        poll.tick().await;
        metrics::tidy(&metrics);
        let (clock, doors) = (Arc::clone(&context.clock), Arc::clone(&doors));
        let look = move || {
            let mut doors = doors.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(lock) = &mut doors.lock {
                lock.keeper.poll(clock().wall);
            }
        };
        if let Err(error) = tokio::task::spawn_blocking(look).await {
            tracing::error!(%error, "certificate check failed");
        }
    }
}
