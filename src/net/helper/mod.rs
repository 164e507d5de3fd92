//! `portico-netd`: the only process with `CAP_NET_ADMIN`. It serves a small closed set of messages on
//! a Unix socket, keeps the base ruleset standing, and tells what stations the kernel sees. It never
//! parses anything of the people's but ARP, DHCP and neighbour discovery.

mod drops;
mod fast_path;
mod flusher;
mod guard;
mod links;
mod listeners;
mod peers;
mod privileges;
mod queue;
mod refusals;
mod requests;
mod routes;
mod sightings;
mod socket;
mod trunks;
mod validate;

use std::path::PathBuf;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use self::drops::DropWatch;
use self::fast_path::FastPathWord;
use self::flusher::Flusher;
use self::guard::{Guard, Suspicion};
use self::links::{LinkNews, Links};
use self::listeners::Listeners;
use self::peers::{FromPeer, PeerId, Peers};
use self::queue::UplinkQueue;
use self::refusals::Refusals;
use self::routes::Routes;
use self::sightings::Sightings;
use self::trunks::StationQueues;
use super::Kernel;
use super::capture::Batch;
use super::conntrack::Flows;
use super::fastpath::{self, Hastened};
use super::ipc::Reply;
use super::neighbours::Watched;
use super::netlink::NetlinkError;
use super::nft_events::{RulesetChange, RulesetNews, RulesetWatch};
use super::nftables::Nftables;
use super::ruleset::{self, Backstop, RulesetError, Standing};
use crate::config::{Config, ConfigErrors, Network};
use crate::model::NetworkId;
use crate::wire::netlink::route::RouteEvent;

pub use self::listeners::Clock;

/// Requests of all peers that may wait; then their connections wait.
const REQUESTS: usize = 64;

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The configuration file; read again on reload.
    pub config: PathBuf,
    /// The time since boot, milliseconds.
    pub clock: Clock,
}

/// Why the helper cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum HelperError {
    /// The configuration has mistakes.
    #[error("{0}")]
    Config(#[from] ConfigErrors),
    /// The ruleset cannot be loaded.
    #[error(transparent)]
    Ruleset(#[from] RulesetError),
    /// Netlink cannot be spoken.
    #[error(transparent)]
    Netlink(#[from] NetlinkError),
    /// Without it nothing can be done.
    #[error("CAP_NET_ADMIN is missing: start portico-netd as root or from its systemd unit")]
    NotPrivileged,
    /// Privileges cannot be given up.
    #[error("privileges cannot be given up: {0}")]
    Privileges(#[from] rustix::io::Errno),
    /// The socket cannot be made.
    #[error("cannot {what}: {error}")]
    Socket {
        /// What was tried.
        what: String,
        /// The system's word.
        #[source]
        error: std::io::Error,
    },
    /// Another helper has the run directory.
    #[error("another portico-netd is running")]
    AlreadyRunning,
}

/// Loads the ruleset, serves until SIGTERM, SIGINT or a [`TearDown`](super::ipc::Request::TearDown),
/// and leaves the ruleset standing except after the latter.
///
/// # Errors
/// [`HelperError`], at the start only; a ruleset that stood before stands still.
pub async fn run(options: &Options) -> Result<(), HelperError> {
    privileges::check_privileges()?;
    let config = Config::load(&options.config)?;
    let socket = socket::Endpoint::bind(&config.gateway).await?;
    let kernel = Nftables::open()?;
    let flows = Flows::open()?;
    let (mut listeners, heard) = Listeners::new(options.clock);
    let mut sources = Sources::open(heard)?;
    // It takes a capability that nothing else does.
    let fast_path = fastpath::load(&config);
    privileges::drop_privileges()?;
    // A thread takes the capabilities over from the one that starts it.
    let flusher = Flusher::start(flusher::conntrack(flows)).map_err(|error| HelperError::Socket {
        what: "start a thread".to_owned(),
        error,
    })?;
    let standing = ruleset::load(&config).await?;
    let backstop = Backstop::open()?;
    let (sender, mut requests) = mpsc::channel(REQUESTS);
    listeners.restart(&config);
    let guard = Guard::new(kernel.port()?);
    let (fast_path, without) = match fast_path.and_then(fastpath::Loaded::start) {
        Ok(fast_path) => (Some(fast_path), None),
        Err(why) => (None, Some(why)),
    };
    let mut kernel = Hastened::new(kernel, fast_path);
    let drops = DropWatch::start(&mut kernel);
    let mut helper = Helper {
        options: options.clone(),
        user: socket.user,
        config,
        kernel,
        standing,
        backstop,
        links: Links::default(),
        listeners,
        guard,
        peers: Peers::new(sender),
        sightings: Sightings::default(),
        flusher,
        drops,
        refusals: Refusals::default(),
        queue: UplinkQueue::default(),
        queues: StationQueues::open()?,
        fast_path: FastPathWord::new(without),
    };
    helper.shut_gardens(|_| true);
    helper.put_backstop();
    helper.guard.loaded(Instant::now());
    helper.first_look(&mut sources);
    helper.keep_queues();
    helper.keep_fast_path();
    // Without systemd there is nobody to notify.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tracing::info!(networks = helper.config.networks.len(), "the ruleset stands");
    helper.serve(&socket, &mut sources, &mut requests).await;
    helper.peers.farewell().await;
    socket.remove();
    Ok(())
}

/// Whether the loop goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Continue,
    Stop,
}

/// Everything that is not a peer and brings events.
#[derive(Debug)]
struct Sources {
    ruleset: Option<RulesetWatch>,
    routes: Routes,
    /// What there is at the start.
    there: Vec<RouteEvent>,
    heard: mpsc::Receiver<(NetworkId, Batch)>,
    reload: Signal,
    terminate: Signal,
    interrupt: Signal,
}

impl Sources {
    fn open(heard: mpsc::Receiver<(NetworkId, Batch)>) -> Result<Self, HelperError> {
        let on = |kind| {
            signal(kind).map_err(|error| HelperError::Socket {
                what: "listen to signals".to_owned(),
                error,
            })
        };
        let mut there = Vec::new();
        Ok(Self {
            ruleset: Some(RulesetWatch::open()?),
            routes: Routes::open(Instant::now(), &mut there)?,
            there,
            heard,
            reload: on(SignalKind::hangup())?,
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }
}

#[derive(Debug)]
struct Helper {
    options: Options,
    user: Option<u32>,
    config: Config,
    kernel: Hastened<Nftables>,
    standing: Standing,
    backstop: Backstop,
    links: Links,
    listeners: Listeners,
    guard: Guard,
    peers: Peers,
    sightings: Sightings,
    flusher: Flusher,
    drops: DropWatch,
    refusals: Refusals,
    queue: UplinkQueue,
    queues: StationQueues,
    fast_path: FastPathWord,
}

impl Helper {
    async fn serve(
        &mut self,
        socket: &socket::Endpoint,
        sources: &mut Sources,
        requests: &mut mpsc::Receiver<(PeerId, FromPeer)>,
    ) {
        let mut changes = Vec::new();
        let mut routes = Vec::new();
        let mut flow = Flow::Continue;
        while flow == Flow::Continue {
            let (due, suspicion) = self.guard.due(Instant::now());
            tokio::select! {
                Some((id, message)) = requests.recv() => flow = self.handle_message(id, message).await,
                accepted = socket.accept() => self.handle_connection(accepted),
                news = next_change(sources.ruleset.as_mut(), &mut changes) => {
                    self.handle_changes(&mut sources.ruleset, news, &mut changes);
                }
                news = sources.routes.next(&mut routes) => self.handle_routes(news, &mut routes),
                Some((network, batch)) = sources.heard.recv() => self.handle_heard(network, batch),
                () = sleep_until(due) => self.look(suspicion).await,
                () = sleep_until(self.drops.due()) => self.drops.read(&mut self.kernel, &self.peers),
                () = self.sightings.flush_time() => self.sightings.flush(&self.peers),
                _ = sources.reload.recv() => self.handle_hangup().await,
                _ = sources.terminate.recv() => flow = Flow::Stop,
                _ = sources.interrupt.recv() => flow = Flow::Stop,
            }
        }
    }

    /// Learns what is there already.
    fn first_look(&mut self, sources: &mut Sources) {
        for event in std::mem::take(&mut sources.there) {
            self.take_in_route(event, true);
        }
        let bridged = std::fs::read_to_string("/proc/sys/net/bridge/bridge-nf-call-iptables");
        if bridged.is_ok_and(|value| value.trim() == "1") && self.links.any_bridged(&self.config) {
            tracing::warn!(
                "net.bridge.bridge-nf-call-iptables is 1: bridged stations stay without access; set it to 0"
            );
        }
    }

    fn handle_changes(
        &mut self,
        watch: &mut Option<RulesetWatch>,
        news: Result<RulesetNews, NetlinkError>,
        changes: &mut Vec<RulesetChange>,
    ) {
        let now = Instant::now();
        match news {
            Ok(RulesetNews::Changes) => {}
            Ok(RulesetNews::Lost) => self.guard.suspect(now, Suspicion::Perhaps),
            Err(error) => {
                tracing::error!(%error, "changes of the ruleset are no longer announced; looking often instead");
                *watch = None;
                self.guard.go_blind();
                self.guard.suspect(now, Suspicion::Perhaps);
            }
        }
        for change in changes.drain(..) {
            self.guard.announced(now, change);
        }
    }

    fn handle_routes(&mut self, news: Watched, events: &mut Vec<RouteEvent>) {
        if news == Watched::Everything {
            self.links.begin_anew(events);
            if self.queues.lead_down() {
                self.keep_queues();
            }
        }
        for event in events.drain(..) {
            self.take_in_route(event, false);
        }
    }

    fn handle_heard(&mut self, network: NetworkId, batch: Batch) {
        for sighting in batch.sightings {
            if !self.links.own_macs().contains(&sighting.mac) {
                self.sightings.add(sighting, &self.peers);
            }
        }
        for (mac, address) in batch.gone {
            let gone = Reply::AddressGone {
                network,
                mac,
                address,
            };
            self.peers.tell(gone);
        }
        self.sightings.add_malformed(network, batch.malformed);
        if batch.suppressed > 0 {
            tracing::debug!(%network, sightings = batch.suppressed, "too many sightings within a second");
        }
    }

    fn take_in_route(&mut self, event: RouteEvent, at_start: bool) {
        match self.links.take_in(&self.config, event) {
            Some(LinkNews::Seen(sighting)) => self.sightings.add(sighting, &self.peers),
            Some(LinkNews::Gone(network, mac, address)) => {
                let gone = Reply::AddressGone {
                    network,
                    mac,
                    address,
                };
                self.peers.tell(gone);
            }
            Some(LinkNews::Appeared) if !at_start => {
                self.queue.begin_anew();
                self.queues.begin_anew();
                self.guard.suspect(Instant::now(), Suspicion::Certain);
            }
            // What stands does so by now; what does not is tried again at each look, and not for what that very
            // attempt has brought about.
            Some(LinkNews::TrunkTorn) if !at_start && self.queues.lead_down() => self.keep_queues(),
            Some(LinkNews::Appeared | LinkNews::TrunkTorn) | None => {}
        }
    }

    /// Looks whether the ruleset stands, and loads it again if not.
    async fn look(&mut self, suspicion: Suspicion) {
        self.keep_queues();
        self.keep_fast_path();
        if !self.backstop.stands() {
            self.put_backstop();
        }
        if suspicion < Suspicion::Certain {
            match ruleset::verify(&self.standing).await {
                Ok(true) => {
                    self.guard.looked(Instant::now());
                    if suspicion == Suspicion::Touched {
                        self.peers.tell_surely(Reply::RulesetRebuilt);
                    }
                    return;
                }
                Ok(false) => tracing::warn!("the ruleset is not as it was left; loading it again"),
                Err(error) => tracing::error!(%error, "the ruleset cannot be read"),
            }
        }
        match ruleset::load(&self.config).await {
            Ok(standing) => {
                self.standing = standing;
                self.guard.loaded(Instant::now());
                tracing::info!("the ruleset stands again");
                self.peers.tell_surely(Reply::RulesetRebuilt);
                // Its maps are empty.
                self.queues.begin_anew();
                self.keep_queues();
                self.peers.tell_surely(self.queues.told());
            }
            Err(error) => {
                tracing::error!(%error, "the ruleset cannot be loaded");
                self.guard.looked(Instant::now());
                self.guard.suspect(Instant::now(), Suspicion::Certain);
            }
        }
    }

    /// Puts the uplink's queue and those of stations in place where they do not stand.
    fn keep_queues(&mut self) {
        let wanted = self.queues.wants_uplink(&self.config);
        self.queue.keep(&self.config, wanted);
        if self.queues.keep(&self.config) {
            self.peers.tell_surely(self.queues.told());
        }
        // The kernel turned out to lack what they are made of: the uplink has its own queue again.
        if wanted && !self.queues.wants_uplink(&self.config) {
            self.queue.keep(&self.config, false);
        }
    }

    /// Has the fast path stand where it should, and its packets wait in the queues that there are.
    fn keep_fast_path(&mut self) {
        if let Some(fast_path) = self.kernel.fast() {
            fast_path.keep(&self.config);
            fast_path.set_classes(self.queues.classes(&self.config));
        }
        self.fast_path
            .tell(self.kernel.fast(), &self.config.gateway.run_dir);
    }

    /// Shuts what was learnt by names that may no longer be in the configuration; stations ask again.
    fn shut_gardens(&mut self, which: impl Fn(&Network) -> bool) {
        for network in self.config.networks.iter().filter(|network| which(network)) {
            if let Err(error) = self.kernel.shut(network.id) {
                tracing::error!(network = %network.id, %error, "the garden cannot be shut");
            }
        }
    }

    async fn handle_hangup(&mut self) {
        match self.reload().await {
            Ok(()) => tracing::info!("the configuration was loaded again"),
            Err(error) => tracing::error!(%error, "the configuration stays as it was"),
        }
    }

    /// Reads the configuration and loads its ruleset: both or neither.
    async fn reload(&mut self) -> Result<(), HelperError> {
        let config = Config::load(&self.options.config)?;
        let standing = ruleset::load(&config).await?;
        let user = socket::user_id(&config.gateway.user).await;
        let before = std::mem::take(&mut self.config.networks);
        self.listeners.restart(&config);
        (self.config, self.standing, self.user) = (config, standing, user);
        self.shut_gardens(|network| {
            let same = |other: &Network| other.id == network.id && other.garden_names == network.garden_names;
            !before.iter().any(same)
        });
        self.guard.loaded(Instant::now());
        self.queue.begin_anew();
        self.queues.begin_anew();
        self.keep_queues();
        self.keep_fast_path();
        self.peers.tell_surely(self.queues.told());
        self.put_backstop();
        Ok(())
    }

    /// Puts the second line of defence in place. The first one stands without it, so that is no reason to
    /// serve nobody; it is tried again at each look.
    fn put_backstop(&mut self) {
        if let Err(error) = self.backstop.put(&self.config) {
            tracing::error!(%error, "should another program remove nftables' rules, packets pass until they are back");
        }
    }
}

async fn next_change(
    watch: Option<&mut RulesetWatch>,
    changes: &mut Vec<RulesetChange>,
) -> Result<RulesetNews, NetlinkError> {
    match watch {
        Some(watch) => watch.next(changes).await,
        None => std::future::pending().await,
    }
}
