//! The daemon's `core` with a clock that is wound by hand: a model of the kernel, and what is to be stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use portico::core::{Command, Event, Gateway, Question, RequestId};
use portico::model::figures::{DeviceKey, Figure, Heartbeat};
use portico::model::{
    AccessOp, Applied, Boot, BootId, Burst, Counter, Counters, Mac, NetworkId, NetworkPolicy, Now,
    OnConflict, Policy, Rate, RatePlan, Recognition, TimeZone,
};
use portico::store::Change;
use rustix::time::{ClockId, clock_gettime};

/// A station's traffic between two readings.
const PACKETS: u64 = 40;
const BYTES: u64 = 30_000;

type Key = (NetworkId, Mac);

/// See the module.
pub(crate) struct World {
    gateway: Gateway,
    pub(crate) now: Now,
    kernel: BTreeMap<Key, Counters>,
    /// Until when a station moves something at each reading.
    busy: BTreeMap<Key, Boot>,
    /// For the state database.
    pub(crate) changes: Vec<Change>,
    /// For the figures.
    pub(crate) figures: Vec<Figure>,
    pub(crate) beat: Option<Heartbeat>,
    /// Processor time that `core` has used.
    pub(crate) cost: Duration,
    requests: u64,
    keys: u8,
}

impl World {
    /// A running gateway with these networks as they are without any settings, and nobody online.
    pub(crate) fn new(networks: &[NetworkId], begins: Timestamp) -> Result<Self> {
        let rate = Rate::from_bytes_per_second(1_250_000)?;
        let rules = NetworkPolicy {
            plan: RatePlan {
                down: rate,
                up: rate,
                burst: Burst::from_bytes(131_072)?,
            },
            schedule: Vec::new(),
            fair_use: None,
            weight: 1,
            recognition: Recognition::Midnight,
            exempt: [].into(),
            blocked: [].into(),
            on_conflict: OnConflict::Count,
            max_stations: 100_000,
        };
        let policy = Policy {
            closed: Vec::new(),
            time_zone: TimeZone::rome(),
            networks: networks.iter().map(|id| (*id, rules.clone())).collect(),
            line: None,
            register: false,
            contract: [0; 2],
            unwatched: false,
        };
        let mut world = Self {
            gateway: Gateway::new(),
            now: Now {
                boot: Boot(60_000),
                wall: begins,
            },
            kernel: BTreeMap::new(),
            busy: BTreeMap::new(),
            changes: Vec::new(),
            figures: Vec::new(),
            beat: None,
            cost: Duration::ZERO,
            requests: 0,
            keys: 0,
        };
        world.tell(Event::Started {
            policy: Arc::new(policy),
            stored: Vec::new(),
            orders: Vec::new(),
            boot_id: BootId("bench".into()),
        });
        world.tell(Event::FiguresKept {
            last: None,
            keys: Vec::new(),
            networks: None,
        });
        world.tell(Event::KernelHolds(Vec::new()));
        Ok(world)
    }

    /// A station presses the button, and moves data for so long.
    pub(crate) fn arrive(&mut self, network: NetworkId, mac: Mac, stays: Duration) {
        self.requests += 1;
        let until = self.now.boot.plus_ms(millis(stays));
        self.busy.insert((network, mac), until);
        self.tell(Event::Asked {
            id: RequestId(self.requests),
            network,
            mac,
            address: std::net::Ipv4Addr::new(10, 0, 0, 2).into(),
            question: Question::Grant,
        });
    }

    /// One event, and everything that follows from it.
    pub(crate) fn tell(&mut self, event: Event) {
        let now = self.now;
        self.timed(|gateway| gateway.handle(event, now));
        self.carry_out();
    }

    /// When something is due next.
    pub(crate) fn due(&self) -> Boot {
        self.gateway
            .poll_timeout()
            .unwrap_or(self.now.boot.plus_ms(1_000))
    }

    /// Goes on to an instant, and does what is due then.
    pub(crate) fn advance(&mut self, to: Boot) {
        let passed = to.since(self.now.boot);
        self.now.boot = self.now.boot.plus_ms(passed);
        self.now.wall += SignedDuration::from_millis(i64::try_from(passed).unwrap_or(i64::MAX));
        let now = self.now;
        self.timed(|gateway| gateway.handle_timeout(now));
        self.carry_out();
    }

    fn timed<T>(&mut self, work: impl FnOnce(&mut Gateway) -> T) -> T {
        let before = on_cpu();
        let done = work(&mut self.gateway);
        self.cost += on_cpu().saturating_sub(before);
        done
    }

    fn carry_out(&mut self) {
        while let Some(command) = self.timed(Gateway::next_command) {
            let now = self.now;
            let answer = match command {
                Command::Apply { id, ops } => {
                    let applied = ops.iter().map(|op| self.apply(op)).collect();
                    let outcome = Ok(applied);
                    Some(Event::Applied { id, outcome })
                }
                Command::ReadCounters { network, macs } => Some(self.read(network, &macs)),
                Command::ListKernel => Some(Event::KernelHolds(Vec::new())),
                Command::DrawKey(period) => {
                    self.keys = self.keys.wrapping_add(1);
                    let key = DeviceKey::new([self.keys; 32]);
                    self.changes.push(Change::DeviceKey {
                        period,
                        key: key.clone(),
                    });
                    Some(Event::KeyDrawn { period, key })
                }
                Command::Keep(session) => {
                    self.changes.push(Change::Keep(session));
                    None
                }
                Command::Forget { network, mac, .. } => {
                    self.changes.push(Change::Forget { network, mac });
                    None
                }
                Command::Record(figures) => {
                    self.figures.extend(figures);
                    None
                }
                Command::Beat(beat) => {
                    self.beat = Some(beat);
                    None
                }
                Command::Answer { .. }
                | Command::KeepOrder(_)
                | Command::ForgetOrder { .. }
                | Command::FlushFlows { .. }
                | Command::Open { .. }
                | Command::Release { .. }
                | Command::Pace(_)
                | Command::Queue(_)
                | Command::Register { .. } => None,
            };
            if let Some(event) = answer {
                self.timed(|gateway| gateway.handle(event, now));
            }
        }
    }

    fn apply(&mut self, op: &AccessOp) -> Applied {
        let key = op.key();
        let last = self.kernel.get(&key).copied();
        match *op {
            AccessOp::Grant { seed, .. } => {
                self.kernel.insert(key, seed);
            }
            AccessOp::Limit { .. } | AccessOp::Change { .. } => {
                self.kernel.insert(key, Counters::default());
            }
            AccessOp::Renew { .. } => return Applied::default(),
            AccessOp::Revoke { .. } => {
                self.kernel.remove(&key);
                self.busy.remove(&key);
            }
        }
        Applied { last }
    }

    /// What the kernel answers; who is there has moved something since the last time.
    fn read(&mut self, network: NetworkId, macs: &[Mac]) -> Event {
        let (mut readings, mut missing) = (Vec::with_capacity(macs.len()), Vec::new());
        let moved = Counter {
            packets: PACKETS,
            bytes: BYTES,
        };
        for mac in macs {
            let key = (network, *mac);
            let Some(counters) = self.kernel.get_mut(&key) else {
                missing.push(*mac);
                continue;
            };
            if self.busy.get(&key).is_some_and(|until| *until > self.now.boot) {
                *counters = counters.plus(Counters {
                    up: moved,
                    down: moved,
                });
            }
            readings.push((*mac, *counters));
        }
        Event::Counted {
            network,
            readings,
            missing,
        }
    }
}

/// The networks of a town.
pub(crate) fn networks(count: u32) -> Result<Vec<NetworkId>> {
    (0..count)
        .map(|number| Ok(format!("net{number}").parse()?))
        .collect()
}

/// A station's MAC.
pub(crate) fn mac(station: u32) -> Result<Mac> {
    let [a, b, c, d] = station.to_be_bytes();
    Ok(Mac::new([2, 0, a, b, c, d])?)
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Processor time of this thread.
fn on_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
