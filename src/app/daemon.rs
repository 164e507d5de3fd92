//! `portico run`: starts the services, restores the state, runs the event loop, stops cleanly.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use super::admins::AuditHealth;
use super::event_loop::{EventLoop, Sources};
use super::helper_link::HelperLink;
use super::perform::Hands;
use super::recorder::Recorder;
use super::reload::Reloads;
use super::services::{self, Services};
use super::settings::{self, FileKeeper, InForce, LeftBehind};
use super::stations::{Looks, Orders};
use super::town::Town;
use super::{clock, control, memory, works};
use crate::config::Config;
use crate::core::{Event, Gateway};
use crate::dashboard::{self, StateAside};
use crate::garden::gate::Gate;
use crate::model::NetworkId;
use crate::model::figures::Heartbeat;
use crate::net::client::SOCKET;
use crate::portal::desk::Desk;
use crate::portal::token::TokenKey;
use crate::register::{self, RegisterWriter};
use crate::store::figures::{self, FigureStore, FigureWriter};
use crate::store::{Opened, SetAside, StateStore, Store as _, StoreError, StoreWriter};

/// Most questions and helper events that wait for the event loop.
const QUEUE: usize = 4_096;
/// Most questions of administrators and monitoring that wait for the event loop.
const OFFICE_QUEUE: usize = 64;
/// How long pages wait at the start for the kernel's inventory.
const SETTLE: Duration = Duration::from_secs(2);

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

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// What kept it from starting.
pub fn run(options: &RunOptions) -> anyhow::Result<()> {
    super::logging::start();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (state_dir, mut read) = match services::load(&options.config) {
        Ok(loaded) => (loaded.0.gateway.state_dir.clone(), Ok(loaded)),
        // Somebody may have edited it while a change waited for its confirmation, before it ended: that goes back.
        Err(errors) => match settings::state_dir_of_unread(&options.config) {
            Some(state_dir) => (state_dir, Err(errors)),
            None => return Err(errors.into()),
        },
    };
    let audit_health = Arc::default();
    let audit = super::admins::audit(&state_dir, &audit_health);
    let left = undo_left_behind(&options.config, &state_dir, &audit);
    if left == LeftBehind::PutBack {
        read = services::load(&options.config);
    }
    let (config, text) = read?;
    let config = Arc::new(config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let noting = (audit, audit_health);
    runtime.block_on(serve(config, InForce::new(text), options, left, noting))
}

/// Former settings come back where nobody had confirmed changed ones. Trouble with that keeps nobody offline: it is
/// tried again beside everything else.
fn undo_left_behind(file: &Path, state_dir: &Path, audit: &dashboard::Audit) -> LeftBehind {
    settings::undo_left_behind(file, state_dir, audit).unwrap_or_else(|error| {
        tracing::error!(%error, "changed settings were not confirmed, and the former ones cannot be put back yet");
        LeftBehind::PutBack
    })
}

/// What whoever keeps the configuration file for the dashboard is built from.
fn keeper_parts(
    options: &RunOptions,
    config: &Config,
    in_force: InForce,
    login: &dashboard::Login,
    reload: settings::Reload,
) -> settings::Parts {
    settings::Parts {
        file: options.config.clone(),
        in_force,
        state_dir: config.gateway.state_dir.clone(),
        reload,
        audit: Arc::clone(&login.audit),
        clock: Arc::new(clock::now),
        patience: options.patience,
    }
}

/// Tells the log of a damaged state database, and what the dashboard is to tell.
fn tell_of(aside: SetAside) -> StateAside {
    let SetAside {
        kept_as,
        error,
        orders,
    } = aside;
    let kept_as = kept_as.display().to_string();
    tracing::error!(%error, kept_as, ?orders, "the state database could not be used; a new one is begun");
    StateAside { kept_as, orders }
}

fn tell_of_fault(fault: Option<&StoreError>) {
    if let Some(error) = fault {
        tracing::error!(%error, "the state database cannot be opened; everything is kept in memory and it is tried again");
    }
}

async fn serve(
    config: Arc<Config>,
    in_force: InForce,
    options: &RunOptions,
    left: LeftBehind,
    (audit, audit_health): (dashboard::Audit, Arc<AuditHealth>),
) -> anyhow::Result<()> {
    let path = config.gateway.state_dir.join("state.db");
    let Opened {
        mut store,
        aside,
        fault,
        late_orders,
    } = StateStore::open(&path).await?;
    let state_aside = aside.map(tell_of);
    tell_of_fault(fault.as_ref());
    let is_failing = fault.is_some();
    let (report_fault, state_fault) = watch::channel(fault.map(|error| error.to_string()));
    let stored = store.sessions().await?;
    let orders = store.orders().await?;
    let token_key = TokenKey::new(&store.secret("form-token").await?);
    let recorder = options.record.as_deref().map(Recorder::create).transpose();
    let recorder = recorder.context("the recording cannot be written")?;

    let keys = store.device_keys().await?;
    let (figures, last, networks) = open_figures(&config.gateway.state_dir).await;
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
    let (announced, works) = works::follow(config.gateway.state_dir.clone());
    let mut sources = Sources {
        asks,
        notes,
        resolved,
        helper: helper_events,
        control: control_receiver,
        admins,
        works,
        reload,
        stop,
        late_orders,
    };

    let started = Event::Started {
        policy: Arc::new(config.policy()),
        stored,
        orders,
        boot_id: clock::boot_id(),
    };
    let town = Town::new();
    let login = super::admins::open(&config, Arc::clone(&audit)).await;
    let reload = control::reloader(control_asks.clone());
    let parts = keeper_parts(options, &config, in_force.clone(), &login, reload);
    let keeper = FileKeeper::new(parts, left);
    let desks = (desk, office, login, keeper.clone());
    let file = (options.config.clone(), in_force);
    let services = Services::start(file, config, desks, gate, token_key, &town)?;
    let mut event_loop = EventLoop {
        gateway: Gateway::new(),
        hands,
        services,
        recorder,
        last_request: 0,
        state_faults,
        state_aside,
        audit,
        audit_health,
        reloads: Reloads::new(),
        looks: Looks::default(),
        orders: Orders::default(),
        settings: keeper.clone(),
    };
    event_loop.take(started);
    event_loop.take(Event::Works(announced));
    event_loop.take(Event::FiguresKept { last, keys, networks });
    event_loop.settle(&mut sources, SETTLE).await;
    control::serve(&event_loop.services.config.gateway.run_dir, control_asks)
        .context("the control socket")?;
    // The helper may have loaded what was not confirmed.
    tokio::spawn(async move { keeper.settle().await });
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    tracing::info!("serving");
    tokio::spawn(memory::keep_small());
    event_loop.run(&mut sources).await;
    tracing::info!("stopping; granted stations stay online");
    event_loop.stop(&mut sources).await;
    Ok(())
}

/// The figures' database, the last sign of life in it, and the networks it knows. A database that cannot be opened keeps nobody
/// from going online: the writer tries again, and administrators see the fault.
async fn open_figures(state_dir: &Path) -> (FigureWriter, Option<Heartbeat>, Option<BTreeSet<NetworkId>>) {
    let path = state_dir.join(figures::FILE);
    let mut opened = FigureStore::open(&path).await;
    let (last, networks) = match &mut opened {
        Ok(store) => (
            store.last_beat().await.unwrap_or_default(),
            // In the first hour of all nothing is recorded yet.
            store.networks().await.ok().filter(|known| !known.is_empty()),
        ),
        Err(_) => (None, None),
    };
    (FigureWriter::start(&path, opened), last, networks)
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
