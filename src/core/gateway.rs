//! The owner of all state: takes events, gives commands, keeps the timers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::access::Key;
use super::command::{Answer, Command};
use super::event::{Event, RequestId, Sighting};
use super::garden::Garden;
use super::identity::Identity;
use super::lifecycle;
use super::orders::Orders;
use super::outbox::Outbox;
use super::plans::Plans;
use super::queues::Queues;
use super::register::Register;
use super::session::{Departing, Session};
use super::share::Sharing;
use super::statistics::{Counting, Statistics};
use super::taps::Taps;
use crate::model::{
    Boot, BootId, Counters, Mac, NetworkId, NetworkPolicy, Now, OnConflict, Policy, SessionEnd,
};

/// How long a person's request waits for the kernel before it is answered "try again".
const ASK_TIMEOUT_MS: u64 = 5_000;
/// How long a station stays refused after its last conflict, where the policy blocks conflicts.
const QUARANTINE_MS: u64 = 60_000;
/// A civil clock that moves against the monotonic one by more has stepped.
const STEP_MS: u64 = 2_000;
/// Sessions that end in one step.
const EXPIRE_AT_ONCE: usize = 512;
/// From one such group to the next, milliseconds.
const EXPIRE_PAUSE_MS: u64 = 25;
/// After a disagreement with the kernel, how long until it is asked for everything it holds.
const RESYNC_MS: u64 = 1_000;
/// Between two looks for stations that have gone.
const TIDY_MS: u64 = 60_000;
/// The longest such pause, when the kernel refuses the same again and again.
const MAX_RESYNC_MS: u64 = 300_000;

/// Events in, commands out. See the [module](super).
#[derive(Debug)]
pub struct Gateway {
    pub(super) policy: Arc<Policy>,
    pub(super) boot_id: BootId,
    pub(super) sessions: BTreeMap<Key, Session>,
    /// Sessions of each network.
    pub(super) counts: BTreeMap<NetworkId, usize>,
    pub(super) expiries: BTreeSet<(Boot, Key)>,
    /// Ended sessions whose last reading is still to come.
    pub(super) departing: BTreeMap<Key, Departing>,
    pub(super) identity: Identity,
    pub(super) garden: Garden,
    pub(super) outbox: Outbox,
    pub(super) statistics: Statistics,
    pub(super) figures: Counting,
    pub(super) waiters: BTreeMap<Key, Vec<Waiter>>,
    /// Deadlines of waiting requests, soonest first.
    pub(super) deadlines: BTreeSet<(Boot, Key)>,
    pub(super) quarantine: BTreeMap<Key, Boot>,
    pub(super) plans: Plans,
    pub(super) orders: Orders,
    pub(super) taps: Taps,
    pub(super) register: Register,
    pub(super) sharing: Sharing,
    pub(super) queues: Queues,
    /// Whether a round of readings is under way, and who of the idle was read last.
    pub(super) in_round: bool,
    pub(super) turned_to: Option<Key>,
    /// Whether the kernel's first inventory has been taken in.
    pub(super) inventoried: bool,
    pub(super) next_read: Option<Boot>,
    pub(super) resync_at: Option<Boot>,
    /// When silent stations are forgotten next.
    next_tidy: Option<Boot>,
    /// When the next of many sessions that end at once are due.
    expire_again: Option<Boot>,
    pub(super) resync_pause_ms: u64,
    /// Whom the kernel has refused an operation about since its last inventory.
    pub(super) refused: BTreeSet<Key>,
    /// Readings of this round that are still to be asked for, one after the other.
    pub(super) to_read: VecDeque<(NetworkId, Vec<Mac>)>,
    /// Exempt stations, with the reading that the totals include.
    pub(super) exempt_seen: BTreeMap<Key, Counters>,
    /// Civil minus monotonic time, milliseconds, when it was last looked at.
    clock_offset: Option<i64>,
}

/// A request that waits for the kernel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiter {
    pub(super) id: RequestId,
    pub(super) deadline: Boot,
}

impl Gateway {
    /// A gateway that waits for [`Event::Started`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            policy: Arc::new(Policy {
                closed: Vec::new(),
                time_zone: crate::model::TimeZone::rome(),
                networks: BTreeMap::new(),
                line: None,
                register: false,
                contract: [0; 2],
                unwatched: false,
            }),
            boot_id: BootId(String::new()),
            sessions: BTreeMap::new(),
            counts: BTreeMap::new(),
            expiries: BTreeSet::new(),
            departing: BTreeMap::new(),
            identity: Identity::default(),
            garden: Garden::default(),
            outbox: Outbox::default(),
            statistics: Statistics::default(),
            figures: Counting::default(),
            waiters: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            quarantine: BTreeMap::new(),
            plans: Plans::default(),
            orders: Orders::default(),
            taps: Taps::default(),
            register: Register::default(),
            sharing: Sharing::default(),
            queues: Queues::default(),
            in_round: false,
            turned_to: None,
            inventoried: false,
            next_read: None,
            resync_at: None,
            next_tidy: None,
            expire_again: None,
            resync_pause_ms: RESYNC_MS,
            refused: BTreeSet::new(),
            to_read: VecDeque::new(),
            exempt_seen: BTreeMap::new(),
            clock_offset: None,
        }
    }

    /// Takes in one event. Commands that follow from it are fetched by [`Gateway::next_command`].
    pub fn handle(&mut self, event: Event, now: Now) {
        self.follow_clock(now);
        match event {
            Event::Started {
                policy,
                stored,
                orders,
                boot_id,
            } => self.start(policy, (stored, orders), boot_id, now),
            Event::Configured(policy) => {
                self.forget_openings();
                self.reconfigure(policy, now);
            }
            Event::KernelHolds(sessions) => {
                self.take_inventory(&sessions, now);
                self.note_link(now);
            }
            Event::HelperLost => {
                self.outbox.unlink();
                self.note_link(now);
                self.forget_openings();
                self.departing.clear();
                self.to_read.clear();
            }
            Event::Seen(sighting) => self.notice(&sighting, now),
            Event::AddressGone {
                network,
                mac,
                address,
            } => {
                self.identity.address_gone(network, mac, address);
            }
            Event::Asked {
                id,
                network,
                mac,
                address,
                question,
            } => {
                self.take_request(id, (network, mac), address, &question, now);
            }
            Event::Applied { id, outcome } => self.settle_batch(id, outcome, now),
            Event::Counted {
                network,
                readings,
                missing,
            } => self.account(network, &readings, &missing, now),
            Event::Resolved {
                id,
                network,
                ports,
                addresses,
            } => self.resolve(id, network, &ports, &addresses, now),
            Event::Opened { id, outcome } => self.settle_openings(id, outcome),
            Event::Act { network, mac, act } => self.act((network, mac), act, now),
            Event::OrdersFound(orders) => self.take_late_orders(orders, now),
            Event::Dropped {
                network,
                drops,
                wasted,
            } => {
                if wasted > 0 {
                    self.sharing.report_waste(network, wasted, now.boot);
                }
                self.statistics.dropped(network, drops);
            }
            Event::Queued { ways, most, stations } => self.take_queues(ways, most, &stations),
            Event::FiguresKept { last, keys, networks } => {
                self.begin_counting(last.as_ref(), (keys, networks), now);
            }
            Event::KeyDrawn { period, key } => self.take_key(period, key, now),
            Event::Uplink(is_up) => self.set_uplink(is_up, now),
            Event::Works(works) => self.take_works(works, now),
            Event::Noted { network, mac, note } => self.figures.note((network, mac), note),
            Event::Malformed { network, count } => self.statistics.of(network).malformed += count,
        }
    }

    /// The next thing to do, in order; `None` when everything has been said.
    pub fn next_command(&mut self) -> Option<Command> {
        self.outbox.next()
    }

    /// When [`Gateway::handle_timeout`] wants to be called next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Boot> {
        let expiry = self
            .expiries
            .first()
            .map(|&(at, _)| self.expire_again.map_or(at, |again| at.max(again)));
        let deadline = self.deadlines.first().map(|&(at, _)| at);
        let ours = [
            self.next_read,
            self.resync_at,
            self.next_tidy,
            self.plans.next_look,
            self.orders.next(),
            self.figures.next,
        ];
        let first = ours.into_iter().flatten().min();
        [expiry, deadline, first].into_iter().flatten().min()
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Now) {
        self.follow_clock(now);
        self.expire(now);
        if self.plans.next_look.is_some_and(|at| at <= now.boot) {
            self.look_at_calendar(now);
        }
        if self.orders.next().is_some_and(|at| at <= now.boot) {
            self.look_at_orders(now);
        }
        while let Some(&(at, key)) = self.deadlines.first() {
            if at > now.boot {
                break;
            }
            self.deadlines.remove(&(at, key));
            self.answer_waiters(key, Some(now.boot), |_| Answer::TryAgain);
        }
        if self.resync_at.is_some_and(|at| at <= now.boot) {
            self.resync_at = None;
            self.outbox.list_kernel();
        }
        if self.next_tidy.is_some_and(|at| at <= now.boot) {
            self.identity.forget_silent(now.boot);
            self.taps.tidy(now.boot);
            let known = self.identity.stations().next().is_some() || !self.taps.is_empty();
            self.next_tidy = known.then(|| now.boot.plus_ms(TIDY_MS));
        }
        if self.next_read.is_some_and(|at| at <= now.boot) {
            self.read_counters(now);
        }
    }

    /// At midnight everybody's session ends at once: a few at a time, so that people at the portal are
    /// answered in between, also where the processor is slow. Within five seconds a hundred thousand have ended, long before
    /// the kernel would see to it.
    fn expire(&mut self, now: Now) {
        if self.expire_again.is_some_and(|again| again > now.boot) {
            return;
        }
        self.expire_again = None;
        for _ in 0..EXPIRE_AT_ONCE {
            let Some(&(at, key)) = self.expiries.first() else {
                break;
            };
            if at > now.boot {
                break;
            }
            self.end(key, SessionEnd::Expired, now);
        }
        if self.expiries.first().is_some_and(|&(at, _)| at <= now.boot) {
            self.expire_again = Some(now.boot.plus_ms(EXPIRE_PAUSE_MS));
            return;
        }
        self.quarantine.retain(|_, until| *until > now.boot);
    }

    /// Looks every midnight up again when the civil clock has stepped.
    fn follow_clock(&mut self, now: Now) {
        let boot = i64::try_from(now.boot.0).unwrap_or(i64::MAX);
        let offset = now.wall.as_millisecond().saturating_sub(boot);
        let stepped = self
            .clock_offset
            .is_some_and(|before| before.abs_diff(offset) > STEP_MS);
        if self.clock_offset.is_none() || stepped {
            self.clock_offset = Some(offset);
        }
        if stepped {
            let policy = Arc::clone(&self.policy);
            self.move_ends(now, |network, session| {
                policy.networks.get(&network).map_or(session.ends, |rules| {
                    lifecycle::decide_end_after_step(session.ends, rules.recognition, &policy.time_zone, now)
                })
            });
            self.look_at_calendar(now);
            self.orders.renew_at(now.boot);
            self.look_at_orders(now);
        }
        self.keep_figures(now);
        self.date_register(now);
    }

    pub(super) fn rules(&self, network: NetworkId) -> Option<&NetworkPolicy> {
        self.policy.networks.get(&network)
    }

    fn notice(&mut self, sighting: &Sighting, now: Now) {
        let key = (sighting.network, sighting.mac);
        let Some(rules) = self.rules(key.0) else { return };
        let on_conflict = rules.on_conflict;
        self.next_tidy.get_or_insert(now.boot.plus_ms(TIDY_MS));
        let noticed = self.identity.seen(sighting, now.boot);
        self.count_sign(key, now.boot);
        if let Some(address) = sighting.address {
            self.register_address(key, address, now);
        }
        if noticed.conflict.is_none() {
            return;
        }
        self.statistics.of(key.0).conflicts += 1;
        if on_conflict == OnConflict::Block {
            self.quarantine.insert(key, now.boot.plus_ms(QUARANTINE_MS));
            self.end(key, SessionEnd::Blocked, now);
        }
    }

    /// Lets a request wait for the kernel's word on this station.
    pub(super) fn wait(&mut self, key: Key, id: RequestId, now: Now) {
        let deadline = now.boot.plus_ms(ASK_TIMEOUT_MS);
        self.waiters.entry(key).or_default().push(Waiter { id, deadline });
        self.deadlines.insert((deadline, key));
    }

    /// Answers those who wait for a station: all, or those whose time is over.
    pub(super) fn answer_waiters(
        &mut self,
        key: Key,
        overdue_at: Option<Boot>,
        answer: impl Fn(&Self) -> Answer,
    ) {
        let Some(waiters) = self.waiters.remove(&key) else {
            return;
        };
        let due = |waiter: &Waiter| overdue_at.is_none_or(|now| waiter.deadline <= now);
        let (due, rest): (Vec<Waiter>, Vec<Waiter>) = waiters.into_iter().partition(due);
        for waiter in due {
            if !rest.iter().any(|other| other.deadline == waiter.deadline) {
                self.deadlines.remove(&(waiter.deadline, key));
            }
            let answer = answer(self);
            self.outbox.push(Command::Answer {
                id: waiter.id,
                answer,
            });
        }
        if !rest.is_empty() {
            self.waiters.insert(key, rest);
        }
    }

    /// Asks the kernel for everything it holds: soon, and less and less often while it refuses what
    /// follows from that.
    pub(super) fn resync(&mut self, now: Now) {
        if self.resync_at.is_none() {
            if self.refused.is_empty() {
                self.resync_pause_ms = RESYNC_MS;
            }
            self.resync_at = Some(now.boot.plus_ms(self.resync_pause_ms));
            self.resync_pause_ms = (self.resync_pause_ms * 2).min(MAX_RESYNC_MS);
        }
    }

    /// Whether a station is refused for a conflict.
    pub(super) fn in_conflict(&self, key: Key, now: Now) -> bool {
        self.quarantine.get(&key).is_some_and(|until| *until > now.boot)
    }

    /// Sessions of a network.
    pub(super) fn count(&self, network: NetworkId) -> usize {
        self.counts.get(&network).copied().unwrap_or(0)
    }

    /// Addresses known of a station.
    pub(super) fn addresses(&self, network: NetworkId, mac: Mac) -> Vec<std::net::IpAddr> {
        self.identity.addresses(network, mac).collect()
    }
}

impl Default for Gateway {
    fn default() -> Self {
        Self::new()
    }
}
