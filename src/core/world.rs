//! A gateway with a model kernel, store and people around it, for the tests of `core`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::access::Key;
use super::{Answer, Command, Event, Gateway, Question, RequestId, Standing, StationAct};
use crate::model::figures::{
    Day, DayFigures, DeviceKey, Figure, Heartbeat, Hour, HourFigures, KeyPeriod, Month, MonthFigures,
};
use crate::model::{
    AccessOp, Applied, Boot, BootId, Burst, Counter, Counters, KernelSession, Mac, NetworkId, NetworkPolicy,
    Now, OnConflict, OpError, Policy, QueueOp, Rate, RatePlan, Recognition, RegisterEntry, StationOrder,
    StoredSession, TimeZone, WorksBook,
};

/// See the module.
pub(super) struct World {
    pub(super) gateway: Gateway,
    pub(super) now: Now,
    pub(super) policy: Policy,
    pub(super) boot_id: BootId,
    /// The kernel's sets, with the instant each element times out.
    pub(super) kernel: BTreeMap<Key, (KernelSession, Option<Boot>)>,
    pub(super) store: BTreeMap<Key, StoredSession>,
    pub(super) orders: BTreeMap<Key, StationOrder>,
    pub(super) answers: Vec<(RequestId, Answer)>,
    pub(super) batches: usize,
    /// What has been told to the kernel's queues.
    pub(super) queue_ops: Vec<QueueOp>,
    /// Whom the kernel let in, also for a moment.
    pub(super) let_in: Vec<Key>,
    pub(super) linked: bool,
    pub(super) full: bool,
    pub(super) refuse_next_batch: bool,
    /// About whom the kernel takes nothing.
    pub(super) refused: Option<Key>,
    /// Disconnected while the next batch is under way.
    pub(super) end_while_under_way: Option<Key>,
    requests: u64,
    /// What the access register was told, and how much of it not.
    pub(super) registered: Vec<RegisterEntry>,
    pub(super) lost: u64,
    /// What the store has of the statistics.
    pub(super) hours: BTreeMap<(NetworkId, Hour), HourFigures>,
    pub(super) days: BTreeMap<(NetworkId, Day), DayFigures>,
    pub(super) months: BTreeMap<(NetworkId, Month), MonthFigures>,
    pub(super) last_beat: Option<Heartbeat>,
    /// Networks that the store knows, where it tells.
    pub(super) recorded: Option<BTreeSet<NetworkId>>,
    pub(super) keys: Vec<(KeyPeriod, DeviceKey)>,
    /// What is announced at the next start.
    pub(super) works: WorksBook,
    drawn: u8,
}

pub(super) fn network(id: &str) -> NetworkId {
    id.parse().unwrap()
}

pub(super) fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0, 0, 0, last]).unwrap()
}

pub(super) fn plan(mbit: u64) -> RatePlan {
    let rate = Rate::from_bytes_per_second(mbit * 125_000).unwrap();
    RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(65_536).unwrap(),
    }
}

pub(super) fn rules(recognition: Recognition) -> NetworkPolicy {
    NetworkPolicy {
        plan: plan(10),
        recognition,
        exempt: [mac(200)].into(),
        blocked: [mac(201)].into(),
        on_conflict: OnConflict::Count,
        max_stations: 100,
        schedule: Vec::new(),
        fair_use: None,
        weight: 1,
    }
}

impl World {
    /// A running gateway: `piazza` until midnight, `molini` for four hours.
    pub(super) fn new() -> Self {
        let four_hours = Recognition::Period(Duration::from_hours(4));
        let networks = [
            (network("piazza"), rules(Recognition::Midnight)),
            (network("molini"), rules(four_hours)),
        ];
        let policy = Policy {
            closed: vec!["10.0.0.0/8".parse().unwrap(), "fe80::/10".parse().unwrap()],
            time_zone: TimeZone::rome(),
            networks: networks.into(),
            line: None,
            register: false,
            contract: [0; 2],
            unwatched: false,
        };
        let mut world = Self {
            gateway: Gateway::new(),
            now: Now {
                boot: Boot(60_000),
                wall: "2026-11-22T10:00:00Z".parse().unwrap(),
            },
            policy,
            boot_id: BootId("first".into()),
            kernel: BTreeMap::new(),
            store: BTreeMap::new(),
            orders: BTreeMap::new(),
            answers: Vec::new(),
            batches: 0,
            queue_ops: Vec::new(),
            let_in: Vec::new(),
            linked: true,
            full: false,
            refuse_next_batch: false,
            refused: None,
            end_while_under_way: None,
            requests: 0,
            registered: Vec::new(),
            lost: 0,
            hours: BTreeMap::new(),
            days: BTreeMap::new(),
            months: BTreeMap::new(),
            last_beat: None,
            recorded: None,
            keys: Vec::new(),
            works: WorksBook::default(),
            drawn: 0,
        };
        world.restart();
        world
    }

    /// kill -9 and start of `portico`.
    pub(super) fn restart(&mut self) {
        self.restart_without_helper();
        self.link();
    }

    /// The same while the helper is away.
    pub(super) fn restart_without_helper(&mut self) {
        self.gateway = Gateway::new();
        let stored = self.store.values().cloned().collect();
        let policy = Arc::new(self.policy.clone());
        self.tell(Event::Started {
            policy,
            stored,
            orders: self.orders.values().cloned().collect(),
            boot_id: self.boot_id.clone(),
        });
    }

    /// kill -9 and start of a daemon that counts.
    pub(super) fn crash(&mut self) {
        self.restart_without_helper();
        self.count();
        self.link();
    }

    /// The helper's inventory arrives.
    pub(super) fn link(&mut self) {
        self.linked = true;
        let holds = self
            .kernel
            .values()
            .map(|(session, ends)| self.held(session, *ends))
            .collect();
        self.tell(Event::KernelHolds(holds));
    }

    pub(super) fn unlink(&mut self) {
        self.linked = false;
        self.tell(Event::HelperLost);
    }

    fn held(&self, session: &KernelSession, ends: Option<Boot>) -> KernelSession {
        let mut session = *session;
        session.entry.timeout_ms = ends.map(|ends| ends.since(self.now.boot));
        session
    }

    /// One event, and everything that follows from it.
    pub(super) fn tell(&mut self, event: Event) {
        self.gateway.handle(event, self.now);
        self.carry_out();
    }

    pub(super) fn ask(&mut self, network: NetworkId, mac: Mac, question: Question) -> RequestId {
        self.requests += 1;
        let id = RequestId(self.requests);
        let address = std::net::Ipv4Addr::new(10, 0, 0, mac.octets()[5]).into();
        self.tell(Event::Asked {
            id,
            network,
            mac,
            address,
            question,
        });
        id
    }

    pub(super) fn answer_to(&self, id: RequestId) -> Option<Answer> {
        self.answers
            .iter()
            .find(|(answered, _)| *answered == id)
            .map(|(_, answer)| *answer)
    }

    pub(super) fn grant(&mut self, network: NetworkId, mac: Mac) -> Option<Answer> {
        let id = self.ask(network, mac, Question::Grant);
        self.answer_to(id)
    }

    pub(super) fn standing(&mut self, network: NetworkId, mac: Mac) -> Standing {
        let id = self.ask(network, mac, Question::Status);
        match self.answer_to(id) {
            Some(Answer::Is(standing)) => standing,
            other => panic!("a question about the status is answered at once, not with {other:?}"),
        }
    }

    pub(super) fn is_online(&mut self, network: NetworkId, mac: Mac) -> bool {
        matches!(self.standing(network, mac), Standing::Granted { .. })
    }

    /// Time passes; timers and the kernel's own timeouts fire.
    pub(super) fn pass(&mut self, ms: u64) {
        let until = self.now.boot.plus_ms(ms);
        for _ in 0..100_000 {
            let next = self
                .gateway
                .poll_timeout()
                .filter(|at| *at <= until)
                .unwrap_or(until)
                .max(self.now.boot);
            let step = next.since(self.now.boot);
            self.now.boot = next;
            self.now.wall += jiff::SignedDuration::from_millis(step.try_into().unwrap());
            self.kernel
                .retain(|_, (_, ends)| ends.is_none_or(|ends| ends > next));
            self.gateway.handle_timeout(self.now);
            self.carry_out();
            if next == until && self.gateway.poll_timeout().is_none_or(|at| at > until) {
                return;
            }
        }
        panic!("timers fire without end");
    }

    /// Traffic of a station as the kernel counts it.
    pub(super) fn traffic(&mut self, network: NetworkId, mac: Mac, bytes: u64) {
        if let Some((session, _)) = self.kernel.get_mut(&(network, mac)) {
            let counter = Counter {
                packets: 1 + bytes / 1_500,
                bytes,
            };
            session.counters = session.counters.plus(Counters {
                up: counter,
                down: counter,
            });
        }
    }

    fn carry_out(&mut self) {
        for _ in 0..100_000 {
            let Some(command) = self.gateway.next_command() else {
                return;
            };
            match command {
                Command::Apply { id, ops } => {
                    assert!(self.linked, "nothing is sent without a link");
                    self.batches += 1;
                    if let Some((network, mac)) = self.end_while_under_way.take() {
                        let act = StationAct::End;
                        self.gateway.handle(Event::Act { network, mac, act }, self.now);
                    }
                    let outcome = self.apply(&ops);
                    self.gateway.handle(Event::Applied { id, outcome }, self.now);
                }
                Command::ReadCounters { network, macs } => {
                    let held = |mac: &Mac| self.kernel.get(&(network, *mac));
                    let readings = macs
                        .iter()
                        .filter_map(|mac| Some((*mac, held(mac)?.0.counters)))
                        .collect();
                    let missing = macs.iter().filter(|mac| held(mac).is_none()).copied().collect();
                    self.gateway.handle(
                        Event::Counted {
                            network,
                            readings,
                            missing,
                        },
                        self.now,
                    );
                }
                Command::ListKernel => {
                    let holds = self
                        .kernel
                        .values()
                        .map(|(session, ends)| self.held(session, *ends))
                        .collect();
                    self.gateway.handle(Event::KernelHolds(holds), self.now);
                }
                Command::Answer { id, answer } => self.answers.push((id, answer)),
                Command::Keep(session) => {
                    self.store.insert((session.network, session.mac), session);
                }
                Command::Forget { network, mac, .. } => {
                    self.store.remove(&(network, mac));
                }
                Command::KeepOrder(order) => {
                    self.orders.insert((order.network, order.mac), order);
                }
                Command::ForgetOrder { network, mac } => {
                    self.orders.remove(&(network, mac));
                }
                Command::Queue(ops) => self.queue_ops.extend(ops),
                Command::Register { entries, lost } => {
                    self.registered.extend(entries);
                    self.lost += lost;
                }
                Command::Record(figures) => figures.into_iter().for_each(|figure| self.record(figure)),
                Command::Beat(beat) => self.last_beat = Some(beat),
                Command::DrawKey(period) => {
                    self.drawn += 1;
                    let key = DeviceKey::new([self.drawn; 32]);
                    let same = |of: &KeyPeriod| std::mem::discriminant(of) == std::mem::discriminant(&period);
                    self.keys.retain(|(of, _)| !same(of));
                    self.keys.push((period, key.clone()));
                    self.gateway.handle(Event::KeyDrawn { period, key }, self.now);
                }
                Command::Pace(_)
                | Command::FlushFlows { .. }
                | Command::Open { .. }
                | Command::Release { .. } => {}
            }
        }
        panic!("commands come without end");
    }

    /// The store tells what it has, so that counting begins.
    pub(super) fn count(&mut self) {
        self.tell(Event::Works(Arc::new(self.works.clone())));
        self.tell(Event::FiguresKept {
            last: self.last_beat.clone(),
            keys: self.keys.clone(),
            networks: self.recorded.clone(),
        });
    }

    /// An orderly stop.
    pub(super) fn stop(&mut self) {
        self.gateway.keep_all(self.now);
        self.carry_out();
    }

    fn record(&mut self, figure: Figure) {
        match figure {
            Figure::Hour {
                network,
                hour,
                figures,
                ..
            } => self.hours.entry((network, hour)).or_default().merge(&figures),
            Figure::Day {
                network,
                day,
                figures,
            } => self.days.entry((network, day)).or_default().merge(&figures),
            Figure::Month {
                network,
                month,
                figures,
            } => self.months.entry((network, month)).or_default().merge(&figures),
        }
    }

    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError> {
        if std::mem::take(&mut self.refuse_next_batch) {
            return Err(OpError::Kernel("for the test".into()));
        }
        if ops.iter().any(|op| self.refused == Some(op.key())) {
            return Err(OpError::Kernel("for the test".into()));
        }
        if self.full && ops.iter().any(|op| matches!(op, AccessOp::Grant { .. })) {
            return Err(OpError::Full);
        }
        Ok(ops.iter().map(|op| self.apply_one(op)).collect())
    }

    fn apply_one(&mut self, op: &AccessOp) -> Applied {
        let key = op.key();
        let before = self.kernel.get(&key).map(|(session, _)| session.counters);
        let ends = |timeout: Option<u64>| timeout.map(|ms| self.now.boot.plus_ms(ms));
        let element = |entry, counters| KernelSession {
            network: key.0,
            mac: key.1,
            entry,
            counters,
        };
        match *op {
            AccessOp::Grant { entry, seed, .. } => {
                self.let_in.push(key);
                self.kernel
                    .insert(key, (element(entry, seed), ends(entry.timeout_ms)));
            }
            AccessOp::Limit { entry, .. } | AccessOp::Change { entry, .. } => {
                self.kernel
                    .insert(key, (element(entry, Counters::default()), ends(entry.timeout_ms)));
            }
            AccessOp::Renew { entry, .. } => {
                let counters = before.unwrap_or_default();
                self.kernel
                    .insert(key, (element(entry, counters), ends(entry.timeout_ms)));
                return Applied::default();
            }
            AccessOp::Revoke { .. } => {
                self.kernel.remove(&key);
            }
        }
        Applied { last: before }
    }
}
