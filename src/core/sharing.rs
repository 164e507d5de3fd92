//! The gateway's part in sharing a scarce line: who is read when, what that tells [`share`], and the
//! limits that follow.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::access::Key;
use super::gateway::Gateway;
use super::session::{Session, Share};
use super::share::{LEAST, Pair};
use crate::model::{Boot, Entry, KernelSession, NetworkId, Now, Rate, RatePlan};

/// Between two readings near the peak.
const READ_NEAR_MS: u64 = 1_000;
/// A rate is taken over so long at least.
const LEAST_MS: u64 = 500;
/// Up to so many sessions all are read each time near the peak.
const FEW: usize = 2_048;
/// Of more, those that move data, and so many of the others in turn: half of them, within bounds.
const TURN: (usize, usize) = (1_024, 4_096);

/// The line as an administrator sees it. Bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSnapshot {
    /// Whether it is scarce, so that stations are held to a fair share.
    pub is_peak: bool,
    /// To the stations, where that is shared.
    pub down: Option<WaySnapshot>,
    /// From the stations.
    pub up: Option<WaySnapshot>,
}

/// One direction of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaySnapshot {
    /// What it carries.
    pub capacity: u64,
    /// What stations may have together.
    pub room: u64,
    /// What is used.
    pub used: u64,
    /// Whether the kernel shares it, by queues.
    #[serde(default)]
    pub queued: bool,
}

/// How a network shares the line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkShare {
    /// Stations that move data, as far as they were read lately.
    pub active: usize,
    /// Stations that are held to less than their plan.
    pub held: usize,
    /// Stations that have queues of their own.
    #[serde(default)]
    pub queued: usize,
    /// The least that one of them is held to, to it and from it; their plan where nobody is.
    pub least: Option<(Rate, Rate)>,
}

impl Session {
    /// What it moved since it was last looked at, and a second; nothing while that is too short to tell.
    fn take_rate(&mut self, now: Boot) -> Option<(Pair, Pair)> {
        let passed = now.since(self.metered);
        if passed < LEAST_MS {
            return None;
        }
        self.metered = now;
        let moved = std::mem::take(&mut self.moved);
        Some((moved, moved.map(|bytes| bytes.saturating_mul(1_000) / passed)))
    }
}

impl Gateway {
    /// Takes a session's reading in.
    pub(super) fn measure_share(&mut self, key: Key, now: Boot) {
        if self.policy.line.is_none() {
            return;
        }
        let Some((rules, session)) = self.rules(key.0).zip(self.sessions.get(&key)) else {
            return;
        };
        let plan = pair(self.plan_of(key.0, rules, session));
        let limit = pair(session.limit);
        let rate = self
            .sessions
            .get_mut(&key)
            .and_then(|session| session.take_rate(now));
        if let Some(rate) = rate {
            self.sharing.measure(key, (plan, limit), rate, now);
        }
    }

    /// All have been read: shares are decided, and when to read next.
    pub(super) fn end_round(&mut self, now: Now) {
        let policy = Arc::clone(&self.policy);
        let Some(line) = &policy.line else { return };
        let weight = |network: NetworkId| {
            let rules = policy.networks.get(&network);
            u64::from(rules.map_or(1, |rules| rules.weight))
        };
        let changes = self.sharing.round(line, weight, now.boot);
        for (key, limit) in changes {
            self.set_share(key, limit, now);
        }
        self.follow_queues(now.boot);
        if self.sharing.is_near() {
            self.next_read = Some(now.boot.plus_ms(READ_NEAR_MS));
        }
    }

    fn set_share(&mut self, key: Key, limit: Pair, now: Now) {
        let Some((rules, session)) = self.rules(key.0).zip(self.sessions.get(&key)) else {
            return;
        };
        let is_plan = limit == pair(self.plan_of(key.0, rules, session));
        if let Some(session) = self.sessions.get_mut(&key) {
            session.share = share_of(limit).filter(|_| !is_plan);
        }
        self.relimit(key, now);
    }

    /// What a station that begins now is held to.
    pub(super) fn share_at_first(&mut self, key: Key, plan: RatePlan, now: Boot) -> Option<Share> {
        share_of(self.sharing.begin(key, pair(plan), now)?)
    }

    /// A restart lifts nobody's share: what the kernel holds a station to goes on until it is known
    /// whether the line is still scarce.
    pub(super) fn resume_shares(&mut self, holds: &BTreeMap<Key, KernelSession>, now: Boot) {
        if self.policy.line.is_none() {
            return;
        }
        for (key, held) in holds {
            let Entry { plan: Some(held), .. } = held.entry else {
                continue;
            };
            let Some(session) = self.sessions.get_mut(key) else {
                continue;
            };
            let (plan, held) = (pair(session.limit), pair(held));
            let limit = [plan[0].min(held[0]), plan[1].min(held[1])];
            if limit != plan && limit.iter().all(|limit| *limit >= LEAST) {
                session.share = share_of(limit);
                self.sharing.resume(*key, plan, limit, now);
                self.decide_limit(*key);
            }
        }
    }

    /// Nothing is shared any more.
    pub(super) fn lift_shares(&mut self) {
        if self.policy.line.is_none() {
            self.sharing = super::share::Sharing::default();
            self.queues = super::queues::Queues::default();
            for session in self.sessions.values_mut() {
                session.share = None;
            }
        }
    }

    /// Whether not everybody is read each time, because that would take too long.
    pub(super) fn reads_in_turns(&self) -> bool {
        self.policy.line.is_some() && self.sessions.len() > FEW && self.sharing.is_near()
    }

    /// Who is read this time: those that move data, and some of the others in turn.
    pub(super) fn turn(&mut self) -> Vec<Key> {
        let others = (self.sessions.len() / 2).clamp(TURN.0, TURN.1);
        let mut keys: Vec<Key> = self.sharing.active().map(|(key, _)| *key).collect();
        let from = self.turned_to.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.sessions.range((from, Bound::Unbounded));
        let rest: Vec<Key> = rest.take(others).map(|(key, _)| *key).collect();
        // After the last comes the first.
        self.turned_to = rest.last().copied().filter(|_| rest.len() == others);
        keys.extend(rest);
        keys.sort_unstable();
        keys.dedup();
        let acknowledged = |key: &Key| self.sessions.get(key).is_some_and(|session| session.acknowledged);
        keys.retain(acknowledged);
        keys
    }

    /// The line, where it is shared.
    pub(super) fn line_snapshot(&self) -> Option<LineSnapshot> {
        self.policy.line?;
        let [down, up] = self.sharing.ways().both().map(|way| {
            way.shared.then_some(WaySnapshot {
                capacity: way.capacity,
                room: way.room,
                used: way.used,
                queued: way.queued,
            })
        });
        Some(LineSnapshot {
            is_peak: self.sharing.is_peak(),
            down,
            up,
        })
    }

    /// How each network shares it.
    pub(super) fn network_shares(&self) -> BTreeMap<NetworkId, NetworkShare> {
        let mut shares: BTreeMap<NetworkId, NetworkShare> = BTreeMap::new();
        for (key, station) in self.sharing.active() {
            let share = shares.entry(key.0).or_default();
            share.active += usize::from(station.is_moving());
            if let Some(held) = self.sessions.get(key).and_then(|session| session.share) {
                share.held += 1;
                let least = share.least.get_or_insert((held.down, held.up));
                *least = (least.0.min(held.down), least.1.min(held.up));
            }
        }
        for (network, share) in &mut shares {
            share.queued = self.queues.count(*network);
        }
        shares
    }
}

/// Bytes per second to the station and from it.
pub(super) fn pair(plan: RatePlan) -> Pair {
    [plan.down.bytes_per_second(), plan.up.bytes_per_second()]
}

/// Limits as a share; nothing where they are no rates.
fn share_of(limit: Pair) -> Option<Share> {
    let rate = |bytes: u64| Rate::from_bytes_per_second(bytes.clamp(Rate::MIN, Rate::MAX)).ok();
    Some(Share {
        down: rate(limit[0])?,
        up: rate(limit[1])?,
    })
}

#[cfg(test)]
#[path = "sharing_tests.rs"]
mod tests;
