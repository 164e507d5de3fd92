//! A session's life in memory: the one place where sessions are made, put into the indexes, and
//! taken out again.

use jiff::Timestamp;

use super::access::{Key, Wanted};
use super::command::{Answer, Command};
use super::gateway::Gateway;
use super::lifecycle::{self, Ends};
use super::register::Told;
use super::share::Pair;
use crate::model::{
    AccessOp, Boot, Counters, NetworkId, Now, Ordered, Rate, RatePlan, Recognition, SessionEnd, StoredSession,
};

/// What a station gets of a scarce line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) down: Rate,
    pub(super) up: Rate,
}

/// A session in memory.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) granted_at: Timestamp,
    pub(super) ends: Ends,
    /// When it ends at the latest, whatever is ordered, where the network has a period.
    pub(super) latest: Boot,
    /// What administrators ordered about it.
    pub(super) ordered: Ordered,
    pub(super) usage: Counters,
    /// The kernel reading that `usage` includes.
    pub(super) seen: Counters,
    /// Whether the kernel has acknowledged it.
    pub(super) acknowledged: bool,
    /// Whether it was granted by this process, and so counts as a grant.
    pub(super) new: bool,
    /// When it was last handed to the store, and with what usage.
    pub(super) kept: Option<(Boot, Counters)>,
    /// Bytes of both directions since local midnight, earlier sessions of the day included.
    pub(super) today: u64,
    /// Its share while the line is scarce.
    pub(super) share: Option<Share>,
    /// Bytes to it and from it since its speed was last looked at, and when that was.
    pub(super) moved: Pair,
    pub(super) metered: Boot,
    /// What the kernel is to hold it to.
    pub(super) limit: RatePlan,
    /// Whether it is counted among those online.
    pub(super) online: bool,
    /// Its last sign of life.
    pub(super) active: Boot,
    /// The addresses that the access register has been told; nothing if it was not told of its beginning.
    pub(super) told: Option<Told>,
    /// The day on which its station was last counted among the different ones.
    pub(super) counted: u32,
    /// When this process last read its counters, and the measurement of the line it counted in.
    pub(super) read: Option<Boot>,
    pub(super) metered_in: u32,
}

/// A session that ended, until its last reading has come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Departing {
    /// The reading that has been counted.
    pub(super) seen: Counters,
    /// Whether it ended with the hour before the one that runs.
    pub(super) is_late: bool,
}

impl Session {
    /// A session that nothing has been counted for yet and that the kernel has still to acknowledge.
    pub(super) fn granted(ends: Ends, limit: RatePlan, now: Now) -> Self {
        Self {
            granted_at: now.wall,
            ends,
            latest: lifecycle::latest(now),
            ordered: Ordered::default(),
            usage: Counters::default(),
            seen: Counters::default(),
            acknowledged: false,
            new: true,
            kept: None,
            today: 0,
            share: None,
            moved: [0; 2],
            metered: now.boot,
            limit,
            online: false,
            active: now.boot,
            told: None,
            counted: 0,
            read: None,
            metered_in: 0,
        }
    }

    /// How long it has lasted, seconds: by the monotonic clock where that is known, since the other may
    /// have stepped.
    pub(super) fn lasted(&self, now: Now) -> u64 {
        let by_wall = now.wall.duration_since(self.granted_at).as_secs();
        self.ends
            .granted
            .map_or(u64::try_from(by_wall).unwrap_or(0), |granted| {
                now.boot.since(granted) / 1_000
            })
    }

    /// What the kernel should hold for it.
    pub(super) const fn wanted(&self) -> Wanted {
        Wanted {
            plan: Some(self.limit),
            ends: Some(self.ends.boot),
            seed: self.seen,
        }
    }
}

impl Gateway {
    /// Adds a session and its expiry; its limit is decided here.
    pub(super) fn insert(&mut self, key: Key, mut session: Session, now: Now) {
        session.today = session.today.saturating_add(self.resume_day(key));
        if let Some(rules) = self.rules(key.0) {
            let plan = self.plan_of(key.0, rules, &session);
            session.share = self.share_at_first(key, plan, now.boot);
        }
        if let Some(rules) = self.rules(key.0) {
            session.limit = self.limit_of(key.0, rules, &session);
        }
        let end = session.ends.boot;
        match self.sessions.insert(key, session) {
            Some(before) => {
                self.expiries.remove(&(before.ends.boot, key));
            }
            None => *self.counts.entry(key.0).or_default() += 1,
        }
        self.expiries.insert((end, key));
        self.identity.pin(key.0, key.1, now.boot);
    }

    /// Ends a session: the kernel is told, the store forgets, the totals remember.
    pub(super) fn end(&mut self, key: Key, end: SessionEnd, now: Now) {
        self.register_end(key, now);
        let Some(session) = self.remove(key) else { return };
        let (network, mac) = key;
        if !session.acknowledged {
            self.answer_waiters(key, None, |_| Answer::TryAgain);
        }
        self.statistics.ended(network, end);
        self.count_end(key, &session, now);
        self.leave_day(key, session.today);
        self.forget(key, end);
        // What became exempt stays in the sets; a network that left has none.
        if self.rules(network).is_none() || self.entry_of(key, now).is_some() {
            return;
        }
        if session.acknowledged && self.outbox.is_linked() {
            let departing = Departing {
                seen: session.seen,
                is_late: !session.online,
            };
            self.departing.insert(key, departing);
        }
        self.outbox.push_op(AccessOp::Revoke { network, mac });
    }

    /// Takes back a session that the kernel refused: it never was one.
    pub(super) fn take_back(&mut self, key: Key, now: Now) {
        self.register_end(key, now);
        if let Some(session) = self.remove(key) {
            self.leave_day(key, session.today);
            self.forget(key, SessionEnd::Revoked);
        }
    }

    /// Tells the store that a session is over.
    pub(super) fn forget(&mut self, key: Key, end: SessionEnd) {
        let (network, mac) = key;
        self.outbox.push(Command::Forget { network, mac, end });
    }

    /// Takes a session out of every index.
    fn remove(&mut self, key: Key) -> Option<Session> {
        let session = self.sessions.remove(&key)?;
        self.expiries.remove(&(session.ends.boot, key));
        if let Some(count) = self.counts.get_mut(&key.0) {
            *count = count.saturating_sub(1);
        }
        self.identity.unpin(key.0, key.1);
        self.sharing.forget(key);
        self.leave_queue(key);
        Some(session)
    }

    /// Moves ends of sessions, and the kernel's fail-safe with them.
    pub(super) fn move_ends(&mut self, now: Now, moved: impl Fn(NetworkId, &Session) -> Ends) {
        let keys: Vec<Key> = self.sessions.keys().copied().collect();
        for key in keys {
            if let Some(session) = self.sessions.get(&key) {
                let ends = moved(key.0, session);
                self.move_end(key, ends, now);
            }
        }
    }

    /// Moves the end of one.
    pub(super) fn move_end(&mut self, key: Key, ends: Ends, now: Now) {
        if let Some(session) = self
            .sessions
            .get_mut(&key)
            .filter(|session| session.ends.boot != ends.boot)
        {
            self.expiries.remove(&(session.ends.boot, key));
            self.expiries.insert((ends.boot, key));
            session.ends = ends;
            if let Some(entry) = self.entry_of(key, now) {
                self.outbox.push_op(AccessOp::Renew {
                    network: key.0,
                    mac: key.1,
                    entry,
                });
            }
            self.keep(key, now);
        }
    }

    /// Hands the session to the store.
    pub(super) fn keep(&mut self, key: Key, now: Now) {
        let midnight = self
            .rules(key.0)
            .is_some_and(|rules| rules.recognition == Recognition::Midnight);
        let today = self.day_usage(key);
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        if !session.acknowledged {
            return;
        }
        session.kept = Some((now.boot, session.usage));
        let ends_at = if midnight {
            session.ends.deadline
        } else {
            session.ends.at(now)
        };
        self.outbox.push(Command::Keep(StoredSession {
            network: key.0,
            mac: key.1,
            granted_at: session.granted_at,
            ends_at,
            ends_boot: session.ends.boot,
            boot_id: self.boot_id.clone(),
            usage: session.usage,
            seen: session.seen,
            today,
            registered: session.told.is_some(),
            ordered: session.ordered,
        }));
    }

    /// Hands every session to the store: called once before a stop.
    pub fn keep_all(&mut self, now: Now) {
        let keys: Vec<Key> = self.sessions.keys().copied().collect();
        for key in keys {
            self.keep(key, now);
        }
        self.stop_counting(now);
        self.close_register();
    }
}
