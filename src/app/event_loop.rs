//! The one owner of `core::Gateway`: takes events from every source, carries its commands out.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use super::admins::AuditHealth;
use super::clock;
use super::control::{ControlAsk, ControlReply, ControlRequest, SelfTestWish};
use super::noted::{console_line, reloaded, self_tested, unmasked};
use super::perform::Hands;
use super::recorder::Recorder;
use super::services::Services;
use super::settings::{self, FileKeeper};
use super::stations::{Looks, Orders};
use crate::config::Config;
use crate::core::{Acted, Answer, Event, Gateway, Note, RequestId, StationAct};
use crate::dashboard::{self, Audit, By, NotNoted, StateAside};
use crate::garden::gate::Resolved;
use crate::model::audit::{Action, Origin, Who};
use crate::model::{Boot, Mac, NetworkId, Now, StationOrder, WorksBook};
use crate::net::fastpath::Report;
use crate::net::queue;
use crate::portal::desk::Ask;
use crate::register;

/// Most events taken in before commands are carried out: many grants at once become one transaction,
/// and none waits long.
const BATCH: usize = 256;

/// What a reload is told while another one is under way.
pub(super) const UNDER_WAY: &str = "another reload is under way";

/// The sources of events.
pub(super) struct Sources {
    pub(super) asks: mpsc::Receiver<Ask>,
    pub(super) notes: mpsc::Receiver<(NetworkId, Mac, Note)>,
    pub(super) helper: mpsc::Receiver<Event>,
    pub(super) resolved: mpsc::Receiver<Resolved>,
    pub(super) control: mpsc::Receiver<ControlAsk>,
    pub(super) admins: mpsc::Receiver<dashboard::Ask>,
    pub(super) works: mpsc::Receiver<Arc<WorksBook>>,
    pub(super) reload: mpsc::Receiver<()>,
    pub(super) stop: mpsc::Receiver<()>,
    /// Orders about stations that could not be read at the start.
    pub(super) late_orders: mpsc::Receiver<Vec<StationOrder>>,
}

/// See the module.
pub(super) struct EventLoop {
    pub(super) gateway: Gateway,
    pub(super) hands: Hands,
    pub(super) services: Services,
    pub(super) recorder: Option<Recorder>,
    pub(super) last_request: u64,
    /// Times that the state could not be written.
    pub(super) state_faults: Arc<AtomicU64>,
    /// The damaged state database that was found at the start.
    pub(super) state_aside: Option<StateAside>,
    /// Writes the audit log, and whether that works.
    pub(super) audit: Audit,
    pub(super) audit_health: Arc<AuditHealth>,
    pub(super) reloads: Reloads,
    pub(super) looks: Looks,
    pub(super) orders: Orders,
    /// Of the configuration file, for words at the command line.
    pub(super) settings: FileKeeper,
}

impl EventLoop {
    /// Runs until `stop` says so.
    pub(super) async fn run(&mut self, sources: &mut Sources) {
        let uplink = self.services.uplink_turned();
        loop {
            self.give_orders();
            self.perform();
            self.tell_of_orders();
            let timer = timer(
                [self.gateway.poll_timeout(), self.orders.next()]
                    .into_iter()
                    .flatten()
                    .min(),
            );
            let has_work = self.orders.has_work();
            tokio::select! {
                biased;
                _ = sources.stop.recv() => return,
                Some(event) = sources.helper.recv() => self.take_helper_events(event, &mut sources.helper),
                () = timer => self.take_timeout(),
                Some(outcome) = self.reloads.finished.recv() => self.finish_reload(outcome),
                Some(ask) = sources.control.recv() => self.take_control(ask),
                Some(()) = sources.reload.recv() => self.begin_reload((Who::Nobody, Origin::Service), None),
                Some(resolved) = sources.resolved.recv() => self.take_resolved(resolved),
                Some(ask) = sources.asks.recv() => self.take_asks(ask, &mut sources.asks),
                () = uplink.notified() => self.take(Event::Uplink(self.services.has_uplink())),
                Some(ask) = sources.admins.recv() => self.take_admin(ask),
                Some(works) = sources.works.recv() => self.take(Event::Works(works)),
                Some(note) = sources.notes.recv() => self.take_note(note),
                Some(orders) = sources.late_orders.recv() => self.take(Event::OrdersFound(orders)),
                // Nobody else wants anything: the next stations of an order.
                () = tokio::task::yield_now(), if has_work => {}
            }
        }
    }

    /// Takes in events until the kernel's first inventory is in, or for `patience` at most.
    pub(super) async fn settle(&mut self, sources: &mut Sources, patience: Duration) {
        let settled = async {
            while !self.gateway.is_ready() {
                self.perform();
                let Some(event) = sources.helper.recv().await else {
                    return;
                };
                self.take_helper_events(event, &mut sources.helper);
            }
            self.perform();
        };
        if tokio::time::timeout(patience, settled).await.is_err() {
            tracing::warn!("portico-netd does not answer yet; serving pages all the same");
        }
    }

    pub(super) fn take(&mut self, event: Event) {
        let now = clock::now();
        self.record(Some(&event), now);
        self.gateway.handle(event, now);
    }

    fn take_timeout(&mut self) {
        let now = clock::now();
        self.record(None, now);
        self.gateway.handle_timeout(now);
    }

    fn record(&mut self, event: Option<&Event>, now: Now) {
        if let Some(recorder) = &mut self.recorder
            && let Err(error) = recorder.write(event, now)
        {
            tracing::error!(%error, "the recording ends here");
            self.recorder = None;
        }
    }

    fn perform(&mut self) {
        while let Some(command) = self.gateway.next_command() {
            if let Some(event) = self.hands.perform(command) {
                self.take(event);
            }
        }
    }

    fn take_note(&mut self, (network, mac, note): (NetworkId, Mac, Note)) {
        self.take(Event::Noted { network, mac, note });
    }

    fn take_asks(&mut self, first: Ask, more: &mut mpsc::Receiver<Ask>) {
        self.take_ask(first);
        for _ in 1..BATCH {
            let Ok(ask) = more.try_recv() else { return };
            self.take_ask(ask);
        }
    }

    fn take_ask(&mut self, ask: Ask) {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        let Ask {
            network,
            mac,
            address,
            question,
            reply,
        } = ask;
        self.hands.waiting.insert(id, reply);
        self.take(Event::Asked {
            id,
            network,
            mac,
            address,
            question,
        });
    }

    fn take_resolved(&mut self, resolved: Resolved) {
        self.last_request += 1;
        let id = RequestId(self.last_request);
        self.hands.resolving.insert(id, resolved.reply);
        self.take(Event::Resolved {
            id,
            network: resolved.network,
            ports: resolved.ports,
            addresses: resolved.addresses,
        });
    }

    fn take_helper_events(&mut self, first: Event, more: &mut mpsc::Receiver<Event>) {
        self.take(first);
        for _ in 1..BATCH {
            let Ok(event) = more.try_recv() else { return };
            self.take(event);
        }
    }

    fn take_admin(&mut self, ask: dashboard::Ask) {
        // Whoever asked may have gone meanwhile.
        match ask {
            dashboard::Ask::Look { reply } => {
                let _ = reply.send(Box::new(self.look()));
            }
            dashboard::Ask::Stations { reply } => {
                let _ = reply.send(self.station_looks());
            }
            dashboard::Ask::Act { stations, act, reply } => {
                let tell = Box::new(move |acted| drop(reply.send(acted)));
                self.order(stations, act, tell);
            }
            dashboard::Ask::Pulse { reply } => {
                let _ = reply.send(self.pulse());
            }
            dashboard::Ask::Openings { reply } => {
                let _ = reply.send(self.openings());
            }
            dashboard::Ask::SelfTest { network, on, reply } => {
                let wish = if on { SelfTestWish::On } else { SelfTestWish::Off };
                let _ = reply.send(self.services.self_test(network, wish));
            }
        }
    }

    fn take_control(&mut self, ask: ControlAsk) {
        let ControlAsk { request, by, reply } = ask;
        let answer = match request {
            ControlRequest::Status => self.status(),
            ControlRequest::Stations => {
                let told = json!(self.gateway.stations(clock::now()));
                let tell = |noted: Result<(), NotNoted>| match noted {
                    Ok(()) => ok(told),
                    Err(error) => ControlReply::Error(error.to_string()),
                };
                return note_first(Arc::clone(&self.audit), unmasked(by), tell, reply);
            }
            ControlRequest::Reload => return self.begin_reload(by, Some(reply)),
            ControlRequest::Revoke { network, mac } => {
                let tell = |told: Vec<(NetworkId, Acted)>| {
                    let count = |of: Acted| told.iter().filter(|(_, acted)| *acted == of).count();
                    match (count(Acted::Done), count(Acted::Waiting)) {
                        (0, 0) => ControlReply::Error(
                            "this station has no session there; nothing was ended".to_owned(),
                        ),
                        (ended, waiting) => ok(json!({ "ended": ended, "waiting": waiting })),
                    }
                };
                return self.act((network, &mac), StationAct::End, (by, reply), tell);
            }
            ControlRequest::Act { network, mac, act } => {
                return self.act((network, &mac), act, (by, reply), |told| ok(json!(told)));
            }
            ControlRequest::Settings { wish } => {
                let (keeper, by) = (
                    self.settings.clone(),
                    By {
                        who: by.0,
                        from: by.1,
                    },
                );
                // It may have this loop reload.
                tokio::spawn(async move {
                    let said = settings::say(&keeper, wish, by).await;
                    let _ = reply.send(said.map_or_else(ControlReply::Error, ControlReply::Ok));
                });
                return;
            }
            ControlRequest::SelfTest { network, wish } => match self.services.self_test(network, wish) {
                Ok(seconds) => {
                    let told = ok(json!({ "seconds": seconds }));
                    match self_tested(by, network, wish) {
                        Some(line) => {
                            return note_first(Arc::clone(&self.audit), line, |_| told, reply);
                        }
                        None => told,
                    }
                }
                Err(error) => ControlReply::Error(error),
            },
        };
        // The administrator may have gone meanwhile.
        let _ = reply.send(answer);
    }

    fn status(&self) -> ControlReply {
        let figures = self.gateway.snapshot();
        // The helper's word outlives the helper, and its fast path does not.
        let fast_path = figures
            .helper_linked
            .then(|| Report::read(&self.services.config.gateway.run_dir))
            .flatten();
        ok(json!({
            "figures": figures,
            "gardens": self.gateway.gardens(clock::now()),
            "forwarder": self.services.forwarded(),
            "services": self.services.status(),
            "news": self.services.news(),
            "uplink": self.services.uplink_seen(),
            "works": self.gateway.running_works(clock::now()),
            "statistics": self.hands.figures.health(),
            "register": self.hands.register.health(),
            "state": { "fault": *self.hands.state_fault.borrow(), "set_aside": self.state_aside },
            "fast_path": fast_path,
            "queue": queue::look(&self.services.config.gateway.uplink).ok().flatten(),
        }))
    }

    /// An order from the command line; what became of it on each network. It is in the audit log before that is
    /// told.
    fn act(
        &mut self,
        (network, mac): (Option<NetworkId>, &str),
        act: StationAct,
        (by, reply): ((Who, Origin), oneshot::Sender<ControlReply>),
        tell: impl FnOnce(Vec<(NetworkId, Acted)>) -> ControlReply + Send + 'static,
    ) {
        let Ok(mac) = mac.parse::<Mac>() else {
            let wrong = format!("{mac:?} is not a station's MAC address");
            // The administrator may have gone meanwhile.
            return drop(reply.send(ControlReply::Error(wrong)));
        };
        let networks = self.networks_of(network);
        let stations = networks.iter().map(|network| (*network, mac)).collect();
        let name = |network: &NetworkId| self.services.dashboard.name_of(*network, mac);
        let names: Vec<String> = networks.iter().map(name).collect();
        let audit = Arc::clone(&self.audit);
        let ordered = act.clone();
        let finish = move |acted: Vec<Acted>| {
            let line = console_line(by, &ordered, &names, &acted);
            let told = tell(networks.into_iter().zip(acted).collect());
            note_first(audit, line, |_| told, reply);
        };
        self.order(stations, act, Box::new(finish));
    }

    /// The one, or all.
    fn networks_of(&self, network: Option<NetworkId>) -> Vec<NetworkId> {
        let all = self.services.config.networks.iter().map(|network| network.id);
        network.map_or_else(|| all.collect(), |network| vec![network])
    }

    /// Reads the file again; a bad one changes nothing. The helper goes first, so that the kernel has
    /// the sets of new networks before stations are put into them; meanwhile everything goes on.
    /// Whoever orders it is noted first; the line of what settings forms change is theirs.
    fn begin_reload(&mut self, by: (Who, Origin), reply: Option<oneshot::Sender<ControlReply>>) {
        let (config, text) = match self.services.read_config() {
            Ok((config, text)) => (Arc::new(config), text),
            Err(error) => return answer_reload(reply, Err(error)),
        };
        if std::mem::replace(&mut self.reloads.under_way, true) {
            return answer_reload(reply, Err(UNDER_WAY.to_owned()));
        }
        let (helper, finish) = (self.hands.helper.clone(), self.reloads.finish.clone());
        let (audit, line) = (Arc::clone(&self.audit), reloaded(by));
        tokio::spawn(async move {
            if let Some(line) = line {
                // A disk that is full does not keep the gateway from being put right.
                let _ = tokio::task::spawn_blocking(move || audit(&line)).await;
            }
            let outcome = helper.reload().await.map(|()| (config, text));
            // The loop may have ended meanwhile.
            let _ = finish.send(Reloaded { outcome, reply }).await;
        });
    }

    fn finish_reload(&mut self, reloaded: Reloaded) {
        self.reloads.under_way = false;
        let outcome = reloaded.outcome.map(|(config, text)| {
            self.take(Event::Configured(Arc::new(config.policy())));
            self.hands.register.reconfigure(register::Settings::of(&config));
            self.services.reconfigure(config, text);
        });
        answer_reload(reloaded.reply, outcome);
    }

    /// Closes the doors, then puts everything into the store, once.
    pub(super) async fn stop(mut self, sources: &mut Sources) {
        let closing = self.services.stop();
        tokio::pin!(closing);
        loop {
            carry_out(&mut self.gateway, &mut self.hands);
            tokio::select! {
                () = &mut closing => break,
                Some(event) = sources.helper.recv() => self.gateway.handle(event, clock::now()),
                Some(ask) = sources.asks.recv() => {
                    // Whoever is still inside gets an answer; nobody new is let in at the last moment.
                    let _ = ask.reply.send(Answer::TryAgain);
                }
            }
        }
        self.gateway.keep_all(clock::now());
        carry_out(&mut self.gateway, &mut self.hands);
        self.hands.figures.flush().await;
        self.hands.register.flush().await;
        if self.hands.store.flush().await.is_err() {
            tracing::error!("the state could not be written; the kernel still holds every session");
        }
    }
}

/// Answers when the line is in the audit log, which may take its time, or cannot be.
fn note_first(
    audit: Audit,
    line: Action,
    tell: impl FnOnce(Result<(), NotNoted>) -> ControlReply + Send + 'static,
    reply: oneshot::Sender<ControlReply>,
) {
    tokio::task::spawn_blocking(move || {
        let told = tell(audit(&line));
        // The administrator may have gone meanwhile.
        reply.send(told)
    });
}

/// Carries out what is to be done before the end.
fn carry_out(gateway: &mut Gateway, hands: &mut Hands) {
    while let Some(command) = gateway.next_command() {
        if let Some(event) = hands.perform(command) {
            gateway.handle(event, clock::now());
        }
    }
}

/// Ends when `core` wants its timers looked at.
async fn timer(at: Option<Boot>) {
    match at {
        Some(at) => tokio::time::sleep(Duration::from_millis(at.since(clock::boot()))).await,
        None => std::future::pending().await,
    }
}

/// Reloads that are not finished.
pub(super) struct Reloads {
    under_way: bool,
    finish: mpsc::Sender<Reloaded>,
    finished: mpsc::Receiver<Reloaded>,
}

impl Reloads {
    pub(super) fn new() -> Self {
        let (finish, finished) = mpsc::channel(1);
        Self {
            under_way: false,
            finish,
            finished,
        }
    }
}

/// What became of a reload in the helper.
struct Reloaded {
    /// What it has loaded, and its text.
    outcome: Result<(Arc<Config>, String), String>,
    reply: Option<oneshot::Sender<ControlReply>>,
}

/// Tells whoever asked for a reload, and the log.
fn answer_reload(reply: Option<oneshot::Sender<ControlReply>>, outcome: Result<(), String>) {
    match &outcome {
        Ok(()) => tracing::info!("the changed configuration is in force"),
        Err(error) => tracing::error!("the configuration was not changed: {error}"),
    }
    let Some(reply) = reply else { return };
    let told = match outcome {
        Ok(()) => ok(json!("the configuration is in force")),
        Err(error) => ControlReply::Error(error),
    };
    // The administrator may have gone meanwhile.
    let _ = reply.send(told);
}

const fn ok(value: serde_json::Value) -> ControlReply {
    ControlReply::Ok(value)
}
