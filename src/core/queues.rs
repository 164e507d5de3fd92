//! Where the kernel has queues for stations, it shares a scarce line itself, packet by packet; what is
//! decided here is which stations have queues of their own, and what each has for sure.
//!
//! While a line is far from full nobody needs one: all are in one queue that is fair among connections. Near
//! the peak every station that moves data gets its own. What a station has for sure is an equal part of the
//! network's, and that is by weight; what one leaves another uses at once. What is kept of each part for those
//! without a queue of their own, `netd` takes off where it builds them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::access::Key;
use super::command::Command;
use super::gateway::Gateway;
use super::share::{LEAST, Pair, moves};
use super::sharing::pair;
use crate::model::{Boot, Direction, MOST_QUEUED, NetworkId, Policy, QueueOp};

/// One in so many of all that can have queues gets them at a time.
const AT_ONCE: usize = 4;
/// A station gives its queue up to one that moves so many times as much.
const CLINGS: u64 = 4;
/// A network's or a station's part is told again when it has moved by more than so much, per mille.
const MOVED: u64 = 100;
/// The same for what all have together.
const ROOM_MOVED: u64 = 10;

/// What stands in the kernel, as far as it has been told.
#[derive(Debug, Default)]
pub(super) struct Queues {
    /// Which directions have queues.
    ways: [bool; 2],
    /// How many stations can have own ones.
    most: usize,
    /// What passes, and what stations have of it.
    rooms: [Option<(u64, u64)>; 2],
    networks: BTreeMap<(NetworkId, Direction), u64>,
    /// What each has for sure and at most; nothing is known of those from before a restart.
    stations: BTreeMap<Key, Option<(Pair, Pair)>>,
}

impl Queues {
    /// Stations of a network that have queues of their own.
    pub(super) fn count(&self, network: NetworkId) -> usize {
        self.stations.keys().filter(|key| key.0 == network).count()
    }

    /// How many stations can have own ones.
    pub(super) const fn most(&self) -> usize {
        self.most
    }

    /// What has changed: first how much there is, then who has gone, then what each has.
    fn follow(
        &mut self,
        rooms: [Option<(u64, u64)>; 2],
        networks: &BTreeMap<(NetworkId, Direction), u64>,
        stations: &BTreeMap<Key, (Pair, Pair)>,
    ) -> Vec<QueueOp> {
        let mut ops = Vec::new();
        for (index, way) in Direction::BOTH.into_iter().enumerate() {
            let Some(room) = rooms[index] else { continue };
            let stays = |before: (u64, u64)| {
                moves(before.0, room.0) <= ROOM_MOVED && moves(before.1, room.1) <= ROOM_MOVED
            };
            if !self.rooms[index].is_some_and(stays) {
                self.rooms[index] = Some(room);
                let (whole, stations) = room;
                ops.push(QueueOp::Room { way, whole, stations });
            }
        }
        self.stations.retain(|key, _| {
            let stays = stations.contains_key(key);
            if !stays {
                ops.push(gone(*key));
            }
            stays
        });
        for (&(network, way), &assured) in networks {
            let before = self.networks.get(&(network, way));
            if before.is_none_or(|before| moves(*before, assured) > MOVED) {
                self.networks.insert((network, way), assured);
                ops.push(QueueOp::Network {
                    network,
                    way,
                    assured,
                });
            }
        }
        for (&key, &(assured, ceiling)) in stations {
            let stays = |(before, most): (Pair, Pair)| {
                most == ceiling && (0..2).all(|way| moves(before[way], assured[way]) <= MOVED)
            };
            if !self.stations.get(&key).copied().flatten().is_some_and(stays) {
                self.stations.insert(key, Some((assured, ceiling)));
                let (network, mac) = key;
                ops.push(QueueOp::Station {
                    network,
                    mac,
                    assured,
                    ceiling,
                });
            }
        }
        ops
    }
}

impl Gateway {
    /// These directions have queues now, and these stations own ones.
    pub(super) fn take_queues(&mut self, ways: [bool; 2], most: usize, stations: &[Key]) {
        self.queues = Queues {
            ways,
            most: most.min(MOST_QUEUED),
            stations: stations.iter().map(|key| (*key, None)).collect(),
            ..Queues::default()
        };
        self.sharing.set_queued(ways);
        // Those whose sessions ended meanwhile: nothing else would ever tell.
        for &key in stations {
            if !self.sessions.contains_key(&key) {
                self.leave_queue(key);
            }
        }
    }

    /// The line has been looked at: the kernel's queues follow.
    pub(super) fn follow_queues(&mut self, now: Boot) {
        if self.queues.ways == [false; 2] || !self.outbox.is_linked() {
            return;
        }
        let policy = Arc::clone(&self.policy);
        let mut rooms = [None; 2];
        for (index, state) in self.sharing.ways().both().iter().enumerate() {
            rooms[index] = (state.shared && state.queued).then(|| (state.whole(), state.room));
        }
        let most = most_on(rooms).min(self.queues.most);
        let stations = self.queued_stations(most, now);
        let networks = parts(&policy, rooms, &stations);
        let each = |network: NetworkId| {
            let count = stations.keys().filter(|key| key.0 == network).count();
            let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
            [Direction::Down, Direction::Up].map(|way| {
                let part = networks.get(&(network, way)).copied().unwrap_or(0);
                part / count
            })
        };
        let each: BTreeMap<NetworkId, Pair> = policy.networks.keys().map(|id| (*id, each(*id))).collect();
        let stations = stations.into_iter().map(|(key, ceiling)| {
            let assured = each.get(&key.0).copied().unwrap_or_default();
            (key, ([0, 1].map(|way| assured[way].min(ceiling[way])), ceiling))
        });
        let ops = self.queues.follow(rooms, &networks, &stations.collect());
        if !ops.is_empty() {
            self.outbox.push(Command::Queue(ops));
        }
    }

    /// A session has ended.
    pub(super) fn leave_queue(&mut self, key: Key) {
        if self.queues.stations.remove(&key).is_some() && self.outbox.is_linked() {
            self.outbox.push(Command::Queue(vec![gone(key)]));
        }
    }

    /// Near the peak, those that move data, with their plans: those that have queues, then who moves most, a part
    /// of them at a time, so that grants come between. Where there are more than can have one, it goes over from
    /// those that move least.
    fn queued_stations(&self, most: usize, now: Boot) -> BTreeMap<Key, Pair> {
        if !self.sharing.was_near(now) {
            return BTreeMap::new();
        }
        let has = |key: &Key| self.queues.stations.contains_key(key);
        let mut present: Vec<_> = self
            .sharing
            .active()
            .filter(|(_, station)| station.is_present(now))
            .map(|(key, station)| {
                let clings = if has(key) { CLINGS } else { 1 };
                (*key, station.moved_most().saturating_mul(clings))
            })
            .collect();
        present.sort_by_key(|(_, moved)| Reverse(*moved));
        let (first, last) = present.split_at(most.min(present.len()));
        let (keep, new): (Vec<&Key>, Vec<&Key>) = first.iter().map(|(key, _)| key).partition(|key| has(key));
        let new = new.into_iter().take(most.div_ceil(AT_ONCE));
        // Not before somebody takes its place.
        let stay = last.iter().map(|(key, _)| key).filter(|key| has(key));
        let planned = keep
            .into_iter()
            .chain(new)
            .chain(stay)
            .take(most)
            .filter_map(|key| {
                let (rules, session) = self.rules(key.0).zip(self.sessions.get(key))?;
                Some((*key, pair(self.plan_of(key.0, rules, session))))
            });
        planned.collect()
    }
}

/// So many stations find something for sure on the narrowest way.
fn most_on(rooms: [Option<(u64, u64)>; 2]) -> usize {
    let narrowest = rooms.iter().flatten().map(|(_, room)| room / LEAST).min();
    usize::try_from(narrowest.unwrap_or(0)).unwrap_or(usize::MAX)
}

/// What each network has for sure: by weight among those with active stations; the others a least part, so that
/// whoever begins there gets through.
fn parts(
    policy: &Policy,
    rooms: [Option<(u64, u64)>; 2],
    stations: &BTreeMap<Key, Pair>,
) -> BTreeMap<(NetworkId, Direction), u64> {
    let weights: BTreeMap<NetworkId, u64> = policy
        .networks
        .iter()
        .map(|(&id, rules)| {
            let is_active = stations.keys().any(|key| key.0 == id);
            (
                id,
                if is_active {
                    u64::from(rules.weight).max(1) * 16
                } else {
                    1
                },
            )
        })
        .collect();
    let sum = weights
        .values()
        .fold(0, |sum: u64, weight| sum.saturating_add(*weight));
    let mut parts = BTreeMap::new();
    for (way, room) in Direction::BOTH.into_iter().zip(rooms) {
        let Some((_, room)) = room else { continue };
        for (&network, weight) in &weights {
            parts.insert((network, way), room / sum.max(1) * weight);
        }
    }
    parts
}

const fn gone((network, mac): Key) -> QueueOp {
    QueueOp::Gone { network, mac }
}

#[cfg(test)]
#[path = "queues_tests.rs"]
mod tests;
