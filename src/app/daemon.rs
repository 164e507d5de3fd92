//! `portico run`: starts the services, restores the state, runs the event loop, stops cleanly.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, watch};

use super::announce::Announcer;
use super::control::SelfTestWish;
use super::event_loop::{EventLoop, Reloads, Sources};
use super::helper_link::HelperLink;
use super::machine::Machine;
use super::perform::Hands;
use super::publisher::Publisher;
use super::recorder::Recorder;
use super::settings::{self, FileKeeper, LeftBehind};
use super::stations::Looks;
use super::town::Town;
use super::uplink::Lookout;
use super::{clock, control, memory};
use crate::accounts::Accounts;
use crate::config::{Config, ConfigErrors};
use crate::core::{Event, Gateway};
use crate::dashboard::{self, Dashboard, DashboardContext, Ledgers, MachineLook};
use crate::doors::certificate::CertificateState;
use crate::garden::gate::Gate;
use crate::garden::{Forwarder, ForwarderContext};
use crate::model::figures::Heartbeat;
use crate::model::{Mac, NetworkId};
use crate::net::client::SOCKET;
use crate::net::neighbours::Neighbours;
use crate::news::fetch::Fetcher;
use crate::news::service as news;
use crate::portal::desk::Desk;
use crate::portal::limits::StationRates;
use crate::portal::token::TokenKey;
use crate::portal::{Lookup, Portal, PortalContext};
use crate::register::{self, RegisterWriter};
use crate::store::figures::{self, FigureStore, FigureWriter};
use crate::store::{Opened, StateStore, Store as _, StoreError, StoreWriter};

/// Most questions and helper events that wait for the event loop.
const QUEUE: usize = 4_096;
/// Most questions of administrators and monitoring that wait for the event loop.
const OFFICE_QUEUE: usize = 64;
/// How long pages wait at the start for the kernel's inventory.
const SETTLE: Duration = Duration::from_secs(2);
/// How long requests under way may take at the stop.
const GRACE: Duration = Duration::from_secs(3);

/// What the command line says.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Configuration file.
    pub config: PathBuf,
    /// Where to record every event.
    pub record: Option<PathBuf>,
    /// How long somebody has to confirm changed settings.
    pub patience: Duration,
}

/// Everything that a changed configuration changes, besides `core`.
pub(super) struct Services {
    file: PathBuf,
    pub(super) config: Arc<Config>,
    portal: Portal,
    dashboard: Dashboard,
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

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// What kept it from starting.
pub fn run(options: &RunOptions) -> anyhow::Result<()> {
    super::logging::start();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config::load(&options.config)?;
    let left = undo_left_behind(&options.config, &config);
    if left == LeftBehind::PutBack {
        config = Config::load(&options.config)?;
    }
    let config = Arc::new(config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(serve(config, options, left))
}

/// Whoever keeps the configuration file for the dashboard.
fn keep_file(
    options: &RunOptions,
    config: &Config,
    login: &dashboard::Login,
    reload: &settings::Reload,
) -> FileKeeper {
    FileKeeper::new(settings::Parts {
        file: options.config.clone(),
        state_dir: config.gateway.state_dir.clone(),
        reload: Arc::clone(reload),
        audit: Arc::clone(&login.audit),
        clock: Arc::new(clock::now),
        patience: options.patience,
    })
}

/// Former settings come back where nobody had confirmed changed ones. Trouble with that keeps nobody offline.
fn undo_left_behind(file: &Path, config: &Config) -> LeftBehind {
    let audit = super::admins::audit(&config.gateway.state_dir);
    settings::undo_left_behind(file, &config.gateway.state_dir, &audit).unwrap_or_else(|error| {
        tracing::error!(%error, "changed settings were not confirmed, and the former ones cannot be put back");
        LeftBehind::Kept
    })
}

async fn serve(config: Arc<Config>, options: &RunOptions, left: LeftBehind) -> anyhow::Result<()> {
    let path = config.gateway.state_dir.join("state.db");
    let Opened {
        mut store,
        aside,
        fault,
    } = StateStore::open(&path).await?;
    if let Some((aside, error)) = aside {
        tracing::error!(%error, kept_as = %aside.display(), "the state database could not be used; a new one is begun");
    }
    if let Some(error) = &fault {
        tracing::error!(%error, "the state database cannot be opened; everything is kept in memory and it is tried again");
    }
    let is_failing = fault.is_some();
    let (report_fault, state_fault) = watch::channel(fault.map(|error| error.to_string()));
    let stored = store.sessions().await?;
    let orders = store.orders().await?;
    let token_key = TokenKey::new(&store.secret("form-token").await?);
    let recorder = options.record.as_deref().map(Recorder::create).transpose();
    let recorder = recorder.context("the recording cannot be written")?;

    let device_keys = store.device_keys().await?;
    let (figures, last_beat) = open_figures(&config.gateway.state_dir).await;
    let (desk, asks) = Desk::new(QUEUE);
    let (desk, notes) = desk.with_notes(QUEUE);
    let (gate, resolved) = Gate::new(QUEUE);
    let (events, helper_events) = mpsc::channel(QUEUE);
    let (control_asks, control_receiver) = mpsc::channel(16);
    let (office, admins) = dashboard::Desk::new(OFFICE_QUEUE);
    let state_faults = Arc::new(AtomicU64::new(u64::from(is_failing)));
    let hands = Hands {
        helper: HelperLink::start(config.gateway.run_dir.join(SOCKET), events),
        store: StoreWriter::start(
            store,
            is_failing,
            report_store(Arc::clone(&state_faults), report_fault),
        ),
        state_fault,
        figures,
        register: RegisterWriter::start(register::Settings::of(&config), Arc::new(clock::now)),
        waiting: HashMap::new(),
        resolving: HashMap::new(),
    };
    let (reload, stop) = watch_signals()?;
    let mut sources = Sources {
        asks,
        notes,
        resolved,
        helper: helper_events,
        control: control_receiver,
        admins,
        reload,
        stop,
    };

    let started = Event::Started {
        policy: Arc::new(config.policy()),
        stored,
        orders,
        boot_id: clock::boot_id(),
    };
    let town = Town::new();
    let reload = control::reloader(control_asks.clone());
    let login = super::admins::open(&config).await;
    let keeper = keep_file(options, &config, &login, &reload);
    let desks = (desk, office, login, keeper);
    let services = Services::start(options.config.clone(), config, desks, gate, token_key, &town)?;
    let mut event_loop = EventLoop {
        gateway: Gateway::new(),
        hands,
        services,
        recorder,
        last_request: 0,
        state_faults,
        reloads: Reloads::new(),
        looks: Looks::default(),
    };
    event_loop.take(started);
    event_loop.take(Event::FiguresKept {
        last: last_beat,
        keys: device_keys,
    });
    event_loop.settle(&mut sources, SETTLE).await;
    control::serve(&event_loop.services.config.gateway.run_dir, control_asks)
        .context("the control socket")?;
    if left == LeftBehind::PutBack {
        // The helper may have loaded what was not confirmed.
        tokio::spawn(async move { settings::reload_until_taken(&reload).await });
    }
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tracing::info!("serving");
    tokio::spawn(memory::keep_small());
    event_loop.run(&mut sources).await;
    tracing::info!("stopping; granted stations stay online");
    event_loop.stop(&mut sources).await;
    Ok(())
}

/// The figures' database and the last sign of life in it. A database that cannot be opened keeps nobody
/// from going online: the writer tries again, and administrators see the fault.
async fn open_figures(state_dir: &Path) -> (FigureWriter, Option<Heartbeat>) {
    let path = state_dir.join(figures::FILE);
    let mut opened = FigureStore::open(&path).await;
    let last = match &mut opened {
        Ok(store) => store.last_beat().await.unwrap_or_default(),
        Err(_) => None,
    };
    (FigureWriter::start(&path, opened), last)
}

/// Counts and tells what goes wrong, and when it is over.
fn report_store(
    faults: Arc<AtomicU64>,
    told: watch::Sender<Option<String>>,
) -> impl Fn(Result<(), &StoreError>) {
    move |outcome| {
        if let Err(error) = outcome {
            faults.fetch_add(1, Ordering::Relaxed);
            tracing::error!(%error, "the state could not be written; it is kept in memory and tried again");
        }
        told.send_replace(outcome.err().map(ToString::to_string));
    }
}

impl Services {
    fn start(
        file: PathBuf,
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

    /// The configuration file as it is now.
    pub(super) fn read_config(&self) -> Result<Config, String> {
        let config = Config::load(&self.file).map_err(|errors: ConfigErrors| errors.to_string())?;
        let (old, new) = (&self.config.gateway, &config.gateway);
        if old.state_dir != new.state_dir || old.run_dir != new.run_dir {
            return Err("state_dir and run_dir are changed by a restart, not by a reload".into());
        }
        Ok(config)
    }

    /// Puts a configuration in force that has been checked and that the helper has loaded.
    pub(super) fn reconfigure(&mut self, config: Arc<Config>) {
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

/// SIGHUP reloads; SIGTERM and SIGINT stop.
fn watch_signals() -> std::io::Result<(mpsc::Receiver<()>, mpsc::Receiver<()>)> {
    let (reload, reloads) = mpsc::channel(1);
    let (stop, stops) = mpsc::channel(1);
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            // One reload that waits is enough: it reads the newest file.
            let _ = reload.try_send(());
        }
    });
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let _ = stop.send(()).await;
    });
    Ok((reloads, stops))
}
