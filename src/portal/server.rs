//! Listeners and connections: one pair of listeners per network, limits on everything, change of
//! configuration without dropping anybody, orderly stop.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::PortalContext;
use super::assets::Crests;
use super::leaves::Key;
use super::limits::RateLimit;
use super::sheets::Sheets;
use crate::config::{Config, InterfaceName, Network};
use crate::doors::certificate::CertificateState;
use crate::doors::tls::{self, Keeper};
use crate::limits::Places;
use crate::model::NetworkId;

mod connection;
mod listener;

/// How often rate limits forget quiet stations.
const TIDY: Duration = Duration::from_secs(30);

/// Why the portal cannot start.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// rustls refused its own settings, or the system has no randomness.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// Where a network's listeners are bound; `None` while one waits for its interface or port.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Intercept port.
    pub http: Option<SocketAddr>,
    /// TLS port.
    pub https: Option<SocketAddr>,
}

/// What all connections share.
struct Shared {
    context: PortalContext,
    config: ArcSwap<Config>,
    crests: ArcSwap<Crests>,
    sheets: Sheets<Key>,
    connections: Places,
    opens: RateLimit,
    forms: RateLimit,
    measures: RateLimit,
}

/// What the connections of one network share.
struct Door {
    network: NetworkId,
    tls: Arc<ServerConfig>,
    certificate: watch::Receiver<CertificateState>,
}

/// A network's open door.
struct Room {
    interface: InterfaceName,
    ports: (u16, u16),
    stop: watch::Sender<bool>,
    addresses: watch::Sender<Addresses>,
}

type Keepers = Arc<Mutex<BTreeMap<NetworkId, (Keeper, Arc<Door>)>>>;

/// The running portal.
pub struct Portal {
    shared: Arc<Shared>,
    rooms: Mutex<BTreeMap<NetworkId, Room>>,
    keepers: Keepers,
    housekeeping: JoinHandle<()>,
}

impl Portal {
    /// Opens all listeners. A listener whose interface or port is not there yet is tried again every
    /// second. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`PortalError`].
    pub fn start(context: PortalContext) -> Result<Self, PortalError> {
        let clock = Arc::clone(&context.clock);
        let shared = Arc::new(Shared {
            config: ArcSwap::from(Arc::clone(&context.config)),
            crests: ArcSwap::default(),
            sheets: Sheets::default(),
            connections: Places::default(),
            opens: RateLimit::per_second(context.rates.connections_per_second, Arc::clone(&clock)),
            forms: RateLimit::per_minute(context.rates.forms_per_minute, Arc::clone(&clock)),
            measures: RateLimit::per_minute(context.rates.measures_per_minute, clock),
            context,
        });
        let keepers = Keepers::default();
        let portal = Self {
            housekeeping: tokio::spawn(keep_house(Arc::clone(&shared), Arc::clone(&keepers))),
            shared,
            rooms: Mutex::default(),
            keepers,
        };
        portal.reconfigure(&portal.shared.context.config)?;
        Ok(portal)
    }

    /// Puts a changed configuration in force. Connections finish what they are doing; those of a
    /// network that is gone, or has moved to another interface or port, then close.
    ///
    /// # Errors
    /// [`PortalError`] for a network that could not be added; the others are in force.
    pub fn reconfigure(&self, config: &Arc<Config>) -> Result<(), PortalError> {
        // Before the configuration, whose change begins new sheets.
        self.shared.crests.store(Arc::new(Crests::read(config)));
        self.shared.config.store(Arc::clone(config));
        let ports = (config.portal.http_port, config.portal.https_port);
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.retain(|id, room| {
            let stays = config
                .network(*id)
                .is_some_and(|network| network.interface == room.interface && ports == room.ports);
            if !stays {
                room.stop.send_replace(true);
            }
            stays
        });
        keepers.retain(|id, _| config.network(*id).is_some());
        for network in &config.networks {
            let door = self.door(&mut keepers, network)?;
            rooms
                .entry(network.id)
                .or_insert_with(|| self.open(network, ports, &door));
        }
        Ok(())
    }

    /// How a network's certificate stands, now and from now on. The receiver outlives changes of the
    /// configuration as long as the network stays.
    #[must_use]
    pub fn certificate(&self, network: NetworkId) -> Option<watch::Receiver<CertificateState>> {
        let keepers = self.keepers.lock().unwrap_or_else(PoisonError::into_inner);
        keepers.get(&network).map(|(keeper, _)| keeper.subscribe())
    }

    /// Where a network's listeners are bound.
    #[must_use]
    pub fn addresses(&self, network: NetworkId) -> Option<Addresses> {
        let rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.get(&network).map(|room| *room.addresses.borrow())
    }

    /// Closes the listeners, lets requests under way finish for at most `grace`, then returns.
    pub async fn stop(self, grace: Duration) {
        self.housekeeping.abort();
        for room in self.rooms.lock().unwrap_or_else(PoisonError::into_inner).values() {
            room.stop.send_replace(true);
        }
        let quiet = async {
            while !self.shared.connections.is_empty() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        // Whoever is left after the grace period is dropped with the runtime.
        let _ = tokio::time::timeout(grace, quiet).await;
    }

    /// The network's keeper and door, made or brought up to date.
    fn door(
        &self,
        keepers: &mut BTreeMap<NetworkId, (Keeper, Arc<Door>)>,
        network: &Network,
    ) -> Result<Arc<Door>, PortalError> {
        let now = (self.shared.context.clock)().wall;
        if let Some((keeper, door)) = keepers.get_mut(&network.id) {
            keeper.configure(network.tls.clone(), network.host.clone(), now);
            return Ok(Arc::clone(door));
        }
        let mut keeper = Keeper::new(network.tls.clone(), network.host.clone());
        keeper.poll(now);
        let door = Arc::new(Door {
            network: network.id,
            tls: tls::server_config(keeper.resolver())?,
            certificate: keeper.subscribe(),
        });
        keepers.insert(network.id, (keeper, Arc::clone(&door)));
        Ok(door)
    }

    fn open(&self, network: &Network, ports: (u16, u16), door: &Arc<Door>) -> Room {
        let room = Room {
            interface: network.interface.clone(),
            ports,
            stop: watch::Sender::new(false),
            addresses: watch::Sender::default(),
        };
        for (port, secure) in [(ports.0, false), (ports.1, true)] {
            let entrance = listener::Entrance {
                shared: Arc::clone(&self.shared),
                door: Arc::clone(door),
                interface: room.interface.clone(),
                port,
                secure,
                stop: room.stop.subscribe(),
                addresses: room.addresses.clone(),
            };
            entrance.open();
        }
        room
    }
}

/// Watches certificates and tidies the rate limits.
async fn keep_house(shared: Arc<Shared>, keepers: Keepers) {
    let mut poll = interval(tls::POLL);
    let mut tidy = interval(TIDY);
    poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tidy.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = poll.tick() => {
                let (shared, keepers) = (Arc::clone(&shared), Arc::clone(&keepers));
                let look = move || poll_certificates(&shared, &keepers);
                if let Err(error) = tokio::task::spawn_blocking(look).await {
                    tracing::error!(%error, "certificate check failed");
                }
            }
            _ = tidy.tick() => {
                shared.opens.tidy();
                shared.forms.tidy();
                shared.measures.tidy();
            }
        }
    }
}

fn poll_certificates(shared: &Shared, keepers: &Keepers) {
    let now = (shared.context.clock)().wall;
    let mut keepers = keepers.lock().unwrap_or_else(PoisonError::into_inner);
    for (keeper, _) in keepers.values_mut() {
        keeper.poll(now);
    }
}
