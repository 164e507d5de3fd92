//! The walled garden by name: a small DNS forwarder for stations without access.
//!
//! ```text
//!  captive station's port 53 ──► dns_port ──► the gateway's resolver (dnsmasq)
//!                                                  │ answer
//!                      a name of the garden? ◄─────┤
//!                          │ yes                   │ no
//!              addresses ──► core ──► kernel       │
//!                          │ acknowledged          │
//!                          └──► station ◄──────────┘
//! ```
//!
//! The ruleset sends the DNS of captive stations here on networks whose garden has names, whatever
//! resolver they ask; granted stations keep the resolver itself. What a name of the garden leads to is
//! open before the station learns of it. Its answers may be kept for half a minute only, so that no
//! cache outlives the opening. Names that somebody asks for are neither kept nor logged; for how long and why addresses
//! are open is known by the names of the configuration.
//!
//! *HTTPS and SVCB records* (RFC 9460) of the garden's names are answered as not there. Their hints and
//! targets would lead browsers to ports and hosts that are not in the garden; without the record they
//! fall back on addresses, as they must (section 3).
//!
//! *Without an uplink* the resolver fails or is silent. Then every name leads to the gateway for some
//! seconds, so that phones send their probes and the portal appears; it says that there is no Internet.
//!
//! | file | holds |
//! |---|---|
//! | `forward` | one query to its answer |
//! | `listener`, `packet_info` | UDP and TCP of one network |
//! | `upstream` | the resolver |
//! | `limits` | what one station may cost |
//! | `gate` | waiting for `core` |
//! | `reasons` | which names led to open addresses |

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::config::{Config, InterfaceName, Network};
use crate::model::{Clock, Mac, NetworkId};

mod forward;
pub mod gate;
mod limits;
mod listener;
mod packet_info;
mod reasons;
mod upstream;

pub use forward::{Figures, probe};
pub use reasons::{Learnt, Reason};

/// The station behind an address of a network. Called for each query.
pub type Lookup = Arc<dyn Fn(NetworkId, IpAddr) -> Option<Mac> + Send + Sync>;

/// How often rate limits forget quiet stations.
const TIDY: Duration = Duration::from_secs(30);

/// What the forwarder is built from.
pub struct ForwarderContext {
    /// Configuration in force.
    pub config: Arc<Config>,
    /// Where addresses are handed in.
    pub gate: gate::Gate,
    /// Whose address it is.
    pub lookup: Lookup,
    /// What time it is.
    pub clock: Clock,
}

/// What all queries share.
struct Shared {
    config: ArcSwap<Config>,
    gate: gate::Gate,
    lookup: Lookup,
    budget: limits::Budget,
    under_way: limits::UnderWay,
    counters: forward::Counters,
    reasons: reasons::Reasons,
    clock: Clock,
}

/// A network's listeners.
struct Room {
    interface: InterfaceName,
    port: u16,
    stop: watch::Sender<bool>,
}

/// The running forwarder.
pub struct Forwarder {
    shared: Arc<Shared>,
    rooms: Mutex<BTreeMap<NetworkId, Room>>,
    housekeeping: JoinHandle<()>,
}

impl Forwarder {
    /// Opens the listeners of every network whose garden has names. One whose interface or port is not
    /// there yet is tried again every second. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(context: ForwarderContext) -> Self {
        let shared = Arc::new(Shared {
            config: ArcSwap::from(Arc::clone(&context.config)),
            gate: context.gate,
            lookup: context.lookup,
            budget: limits::Budget::new(Arc::clone(&context.clock)),
            reasons: reasons::Reasons::default(),
            clock: context.clock,
            under_way: limits::UnderWay::default(),
            counters: forward::Counters::default(),
        });
        let forwarder = Self {
            housekeeping: tokio::spawn(keep_house(Arc::clone(&shared))),
            shared,
            rooms: Mutex::default(),
        };
        forwarder.reconfigure(&context.config);
        forwarder
    }

    /// Puts a changed configuration in force.
    pub fn reconfigure(&self, config: &Arc<Config>) {
        self.shared.config.store(Arc::clone(config));
        self.shared.reasons.keep(|network, name| {
            let names = config
                .network(network)
                .map(|network| network.garden_names.as_slice());
            names.unwrap_or_default().iter().any(|known| known.name == *name)
        });
        let port = config.portal.dns_port;
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|id, room| {
            let network = config.network(*id).filter(|network| has_names(network));
            let stays =
                network.is_some_and(|network| network.interface == room.interface && port == room.port);
            if !stays {
                room.stop.send_replace(true);
            }
            stays
        });
        for network in config.networks.iter().filter(|network| has_names(network)) {
            rooms
                .entry(network.id)
                .or_insert_with(|| self.open(network, port));
        }
    }

    /// What was forwarded since the start.
    #[must_use]
    pub fn figures(&self) -> Figures {
        self.shared.counters.read()
    }

    /// Which names of the configuration led to addresses that may be open now.
    #[must_use]
    pub fn learnt(&self) -> Learnt {
        self.shared.reasons.read((self.shared.clock)().boot)
    }

    /// Closes the listeners; queries under way are dropped, and their stations ask again.
    pub fn stop(&self) {
        self.housekeeping.abort();
        for room in self.rooms.lock().unwrap_or_else(PoisonError::into_inner).values() {
            room.stop.send_replace(true);
        }
    }

    fn open(&self, network: &Network, port: u16) -> Room {
        let room = Room {
            interface: network.interface.clone(),
            port,
            stop: watch::Sender::new(false),
        };
        listener::open(&self.shared, network, port, &room.stop);
        room
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Who answers for a network: the configured resolver, or the gateway's own address there.
#[must_use]
pub fn resolver_of(config: &Config, network: &Network) -> Option<SocketAddr> {
    let own = || listener::own_address(&network.interface).map(forward::resolver_at);
    config.gateway.resolver.or_else(own)
}

/// Whether the network's captive stations are answered here.
const fn has_names(network: &Network) -> bool {
    !network.garden_names.is_empty()
}

async fn keep_house(shared: Arc<Shared>) {
    let mut tidy = interval(TIDY);
    tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tidy.tick().await;
        shared.budget.tidy();
    }
}
