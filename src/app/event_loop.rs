//! The one owner of `core::Gateway`: takes events from every source, carries its commands out.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::mpsc;

use super::admins::AuditHealth;
use super::clock;
use super::control::{ControlAsk, SelfTestWish};
use super::perform::Hands;
use super::recorder::Recorder;
use super::reload::Reloads;
use super::services::Services;
use super::settings::FileKeeper;
use super::stations::{Looks, Orders};
use crate::core::{Answer, Event, Gateway, Note, RequestId};
use crate::dashboard::{self, Audit, StateAside};
use crate::garden::gate::Resolved;
use crate::model::audit::{Origin, Who};
use crate::model::{Boot, Mac, NetworkId, Now, StationOrder, WorksBook};
use crate::portal::desk::Ask;

/// Most events taken in before commands are carried out: many grants at once become one transaction,
/// and none waits long.
const BATCH: usize = 256;

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
