//! What runs beside the event loop: listeners, forwarder, feeds, whoever watches the line and the machine.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::announce::Announcer;
use super::clock;
use super::control::SelfTestWish;
use super::machine::Machine;
use super::publisher::Publisher;
use super::settings::{FileKeeper, InForce};
use super::town::Town;
use super::uplink::Lookout;
use crate::accounts::Accounts;
use crate::config::{Config, ConfigErrors};
use crate::dashboard::{self, Dashboard, DashboardContext, Ledgers, MachineLook};
use crate::doors::certificate::CertificateState;
use crate::garden::gate::Gate;
use crate::garden::{Forwarder, ForwarderContext};
use crate::model::{Mac, NetworkId};
use crate::net::neighbours::Neighbours;
use crate::news::fetch::Fetcher;
use crate::news::service as news;
use crate::portal::desk::Desk;
use crate::portal::limits::StationRates;
use crate::portal::token::TokenKey;
use crate::portal::{Lookup, Portal, PortalContext};
use crate::store::figures;

/// How long requests under way may take at the stop.
const GRACE: Duration = Duration::from_secs(3);

/// Everything that a changed configuration changes, besides `core`.
pub(super) struct Services {
    file: PathBuf,
    /// The text of `config`.
    in_force: InForce,
    pub(super) config: Arc<Config>,
    portal: Portal,
    pub(super) dashboard: Dashboard,
    admins: Option<Arc<Accounts>>,
    forwarder: Forwarder,
    announcer: Announcer,
    news: news::Service,
    interfaces: Arc<Mutex<BTreeMap<NetworkId, String>>>,
    town: Town,
    lookout: Lookout,
    machine: Machine,
    publisher: Publisher,
}

impl Services {
    pub(super) fn start(
        (file, in_force): (PathBuf, InForce),
        config: Arc<Config>,
        (desk, office, login, keeper): (Desk, dashboard::Desk, dashboard::Login, FileKeeper),
        gate: Gate,
        token_key: TokenKey,
        town: &Town,
    ) -> anyhow::Result<Self> {
        let interfaces = Arc::new(Mutex::new(interfaces_of(&config)));
        let lookup = lookup(Arc::clone(&interfaces))?;
        let forwarder = Forwarder::start(ForwarderContext {
            config: Arc::clone(&config),
            gate,
            lookup: Arc::clone(&lookup),
            clock: Arc::new(clock::now),
        });
        let portal = Portal::start(PortalContext {
            config: Arc::clone(&config),
            desk,
            lookup,
            clock: Arc::new(clock::now),
            bulletin: town.bulletin(),
            uplink: town.uplink(),
            self_test: town.self_test(),
            numbers: town.numbers(),
            token_key,
            rates: StationRates::default(),
        })?;
        let dashboard = Dashboard::start(DashboardContext {
            config: Arc::clone(&config),
            desk: office,
            clock: Arc::new(clock::now),
            login: login.clone(),
            records: super::records::open(&config),
            ledgers: ledgers(&config),
            keeper: Arc::new(keeper),
            page: super::page::open(config.gateway.state_dir.clone(), town.bulletin(), town.numbers()),
        })?;
        let announcer = Announcer::start(&config, &portal);
        let news = start_news(&config, town)?;
        Ok(Self {
            publisher: Publisher::start(&config, town),
            lookout: Lookout::start(config.uplink.check.clone(), town.clone()),
            machine: Machine::start(Arc::clone(&config)),
            town: town.clone(),
            file,
            in_force,
            config,
            portal,
            dashboard,
            admins: login.accounts,
            forwarder,
            announcer,
            news,
            interfaces,
        })
    }

    /// The configuration file as it is now, with its text.
    pub(super) fn read_config(&self) -> Result<(Config, String), String> {
        let (config, text) = load(&self.file).map_err(|errors| errors.to_string())?;
        let (old, new) = (&self.config.gateway, &config.gateway);
        if old.state_dir != new.state_dir || old.run_dir != new.run_dir {
            return Err("state_dir and run_dir are changed by a restart, not by a reload".into());
        }
        Ok((config, text))
    }

    /// Puts a configuration in force that has been checked and that the helper has loaded.
    pub(super) fn reconfigure(&mut self, config: Arc<Config>, text: String) {
        self.in_force.set(text);
        *self.interfaces.lock().unwrap_or_else(PoisonError::into_inner) = interfaces_of(&config);
        if let Err(error) = self.portal.reconfigure(&config) {
            tracing::error!(%error, "a network's portal could not be opened");
        }
        if let Err(error) = self.dashboard.reconfigure(&config) {
            tracing::error!(%error, "the management could not be opened");
        }
        if let Some(admins) = &self.admins {
            admins.ask_second_factor_of(&config.management.second_factor);
        }
        self.forwarder.reconfigure(&config);
        self.announcer = Announcer::start(&config, &self.portal);
        self.news.reconfigure(news::Settings::of(&config));
        self.lookout.reconfigure(&config.uplink.check);
        self.machine.reconfigure(&config);
        self.publisher = Publisher::start(&config, &self.town);
        self.config = config;
    }

    /// Begins, ends or only tells of the self-test of a network's snippet: seconds left.
    pub(super) fn self_test(&self, network: NetworkId, wish: SelfTestWish) -> Result<u64, String> {
        let Some(found) = self.config.network(network) else {
            return Err(format!("there is no network {network}"));
        };
        match wish {
            SelfTestWish::On if found.wifi4eu_id.is_none() => {
                return Err(format!(
                    "{network} has no wifi4eu_id, so its page has no snippet to test"
                ));
            }
            SelfTestWish::On => self.town.begin_self_test(network),
            SelfTestWish::Off => {
                self.town.end_self_test(network);
            }
            SelfTestWish::Status => {}
        }
        Ok(self.town.self_test_left(network))
    }

    /// Whether there is an Internet, as far as is known.
    pub(super) fn has_uplink(&self) -> bool {
        self.town.uplink.load(Ordering::Relaxed)
    }

    /// The same as it is told; `None` where nobody looks (`[uplink] check = []`).
    pub(super) fn uplink_seen(&self) -> Option<bool> {
        (!self.config.uplink.check.is_empty()).then(|| self.has_uplink())
    }

    /// Wakes when [`Self::has_uplink`] has changed.
    pub(super) fn uplink_turned(&self) -> Arc<Notify> {
        Arc::clone(&self.town.uplink_turned)
    }

    /// What the forwarder has done.
    pub(super) fn forwarded(&self) -> crate::garden::Figures {
        self.forwarder.figures()
    }

    /// Which names of the configuration led to open addresses.
    pub(super) fn learnt(&self) -> crate::garden::Learnt {
        self.forwarder.learnt()
    }

    /// Certificates and listeners, for administrators.
    pub(super) fn status(&self) -> Value {
        let networks = self.config.networks.iter().map(|network| {
            let certificate = self
                .portal
                .certificate(network.id)
                .map(|state| state.borrow().to_string());
            let addresses = self.portal.addresses(network.id).unwrap_or_default();
            let state = json!({
                "name": network.name,
                "host": network.host,
                "certificate": certificate,
                "http": addresses.http,
                "https": addresses.https,
                "self_test_seconds": self.town.self_test_left(network.id),
            });
            (network.id.to_string(), state)
        });
        Value::Object(networks.collect())
    }

    /// Of every host name that is served by TLS.
    pub(super) fn certificates(&self) -> Vec<(String, CertificateState)> {
        let networks = self.config.networks.iter().filter_map(|network| {
            let state = self.portal.certificate(network.id)?.borrow().clone();
            Some((network.host.clone(), state))
        });
        let lan = self.config.management.lan.as_ref();
        let own = lan.and_then(|lan| Some((lan.host.clone(), self.dashboard.certificate()?)));
        networks.chain(own).collect()
    }

    /// Seconds left of the snippet's self-test of each network.
    pub(super) fn self_tests(&self) -> BTreeMap<NetworkId, u64> {
        let networks = self.config.networks.iter();
        networks
            .map(|network| (network.id, self.town.self_test_left(network.id)))
            .collect()
    }

    /// The machine below.
    pub(super) fn machine(&self) -> MachineLook {
        self.machine.look()
    }

    /// News and notices, for administrators.
    pub(super) fn news(&self) -> news::Status {
        self.news.status()
    }

    pub(super) async fn stop(self) {
        self.forwarder.stop();
        drop((self.announcer, self.publisher));
        self.news.stop().await;
        tokio::join!(self.portal.stop(GRACE), self.dashboard.stop(GRACE));
    }
}

/// How the dashboard reads the figures on disk. The state directory is changed by a restart alone.
fn ledgers(config: &Config) -> Ledgers {
    let database = config.gateway.state_dir.join(figures::FILE);
    Arc::new(move || super::publisher::open(&database))
}

/// Fills the board from the last good copies, and keeps it up to date.
fn start_news(config: &Config, town: &Town) -> anyhow::Result<news::Service> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).context("no random numbers")?;
    let board = Arc::clone(&town.board);
    let context = news::Context {
        fetcher: Fetcher::new(Arc::new(clock::now)),
        publish: Arc::new(move |new| board.store(new)),
        retry: Arc::clone(&town.uplink_back),
        pace: news::Pace::default(),
        seed: u64::from_ne_bytes(seed),
    };
    Ok(news::Service::start(news::Settings::of(config), context))
}

/// A configuration file and its text.
pub(super) fn load(file: &Path) -> Result<(Config, String), ConfigErrors> {
    let text = Config::read(file)?;
    let config = Config::parse(&text, &file.display().to_string())?;
    Ok((config, text))
}

fn interfaces_of(config: &Config) -> BTreeMap<NetworkId, String> {
    config
        .networks
        .iter()
        .map(|network| (network.id, network.interface.as_str().to_owned()))
        .collect()
}

/// Ties an address to a station by the kernel's neighbour table: whoever holds a TCP connection with
/// us has an entry there.
fn lookup(interfaces: Arc<Mutex<BTreeMap<NetworkId, String>>>) -> anyhow::Result<Lookup> {
    let neighbours = Mutex::new(Neighbours::open()?);
    let socket = rustix::net::socket(
        rustix::net::AddressFamily::UNIX,
        rustix::net::SocketType::DGRAM,
        None,
    )?;
    Ok(Arc::new(
        move |network: NetworkId, address: IpAddr| -> Option<Mac> {
            let interfaces = interfaces.lock().unwrap_or_else(PoisonError::into_inner);
            let index = rustix::net::netdevice::name_to_index(&socket, interfaces.get(&network)?).ok()?;
            drop(interfaces);
            let mut neighbours = neighbours.lock().unwrap_or_else(PoisonError::into_inner);
            neighbours.mac_of(index, address).ok().flatten()
        },
    ))
}
