//! Fair sharing of a scarce line: who gets how much while stations want more than it carries.
//!
//! Once a second near the peak every station that moves data is measured. A station that uses up its
//! limit wants its whole plan; of any other it is known what it wants. The line is filled with that
//! max-min fairly: first between networks by their weights, then inside each (see [`fill`]). All who
//! want more than the level are held to it. The sum stays five per cent under what the line carries (four, where queues hold it), so
//! that no queue builds up in the router.
//!
//! Every change refills the kernel's bucket of a station, which holds a second's worth of its limit. So a
//! limit moves only by more than [`MOVED`], unless the sum of all would leave its band, no station's
//! more often than every [`HOLD_MS`], and limits of stations that would use the fresh bucket at once are
//! raised no faster than the line has room for it.
//!
//! Pure: readings in, limits out. Idle stations are not in here at all.

mod belief;
mod entry;
pub(super) mod fill;
mod line;
mod station;

use std::collections::BTreeMap;

use super::access::Key;
use crate::model::{Boot, Line, NetworkId};

use entry::Entry;
use line::Load;
pub(super) use line::Ways;
pub(super) use station::{Station, moves};

/// Bytes per second to the stations and from them.
pub(super) type Pair = [u64; 2];

/// No station is held to less, bytes per second (half a Mbit/s): a page still loads, and the kernel's
/// limit is still exact. Where so many want something that not even this fits the line, the floor sinks until
/// it does, though not under [`LEAST`].
const FLOOR: u64 = 62_500;
/// Bytes per second that nobody ever goes without (64 kbit/s).
pub(super) const LEAST: u64 = 8_000;
/// Whoever moves less is idle, bytes per second.
pub(super) const IDLE: u64 = 4_000;
/// A limit moves when it would by more than so much, per mille of itself.
const MOVED: u64 = 100;
/// When the sum leaves its band, limits move that would by more than so much.
const MOVED_LITTLE: u64 = 20;
/// The sum's band, per mille of what stations may have together.
const BAND: (u64, u64) = (970, 1_000);
/// A peak is over when the load has been low for so long.
const CALM_MS: u64 = 10_000;
/// Load at which it is looked at every second, at which a peak begins, and under which it ends, per
/// mille of what stations may have together.
const NEAR: u64 = 600;
const BEGINS: u64 = 850;
const ENDS: u64 = 700;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Sharing {
    stations: BTreeMap<Key, Station>,
    ways: Ways,
    /// Bytes of exempt devices since the last round.
    exempt: Pair,
    /// The same of stations that move next to nothing.
    idle: Pair,
    last_round: Option<Boot>,
    /// When this peak began.
    peak: Option<Boot>,
    /// Since when the load has been low.
    calm: Option<Boot>,
    /// When it was near the peak last.
    near: Option<Boot>,
    /// What newcomers to a network get while the line is scarce.
    entry: BTreeMap<NetworkId, [Entry; 2]>,
    /// The floor now.
    floor: Pair,
    /// Everybody's part while the line is full.
    tight: [Option<u64>; 2],
}

fn add(sum: &mut Pair, bytes: Pair) {
    for (sum, bytes) in sum.iter_mut().zip(bytes) {
        *sum = sum.saturating_add(bytes);
    }
}

/// What each network gets of a line, in their order: by weight, but no less than the floors of its own
/// stations, which then go off the others' parts.
fn parts(
    wants: &BTreeMap<NetworkId, Vec<(u64, u64)>>,
    weight: &impl Fn(NetworkId) -> u64,
    (room, floor): (u64, u64),
) -> Vec<u64> {
    let sum = |wants: &[(u64, u64)], most: u64| {
        let wants = wants.iter().map(|(want, _)| (*want).min(most));
        wants.fold(0, u64::saturating_add)
    };
    let floors: Vec<u64> = wants.values().map(|wants| sum(wants, floor)).collect();
    let wants: Vec<(u64, u64)> = wants
        .iter()
        .map(|(network, wants)| (sum(wants, u64::MAX), weight(*network).max(1)))
        .collect();
    let mut at_floor = vec![false; wants.len()];
    loop {
        let free = |index: &usize| !at_floor[*index];
        let fixed = floors.iter().zip(&at_floor).filter(|(_, at_floor)| **at_floor);
        let taken = fixed.map(|(floor, _)| *floor).fold(0, u64::saturating_add);
        let mut rest: Vec<(u64, u64)> = (0..wants.len()).filter(free).map(|index| wants[index]).collect();
        let level = fill::level(&mut rest, room.saturating_sub(taken));
        let part = |index: usize| fill::portion(wants[index].0, wants[index].1, level);
        let low = (0..wants.len())
            .filter(free)
            .find(|index| part(*index) < floors[*index]);
        let Some(low) = low else {
            let floor_or_part = |index| {
                if at_floor[index] {
                    floors[index]
                } else {
                    part(index)
                }
            };
            return (0..wants.len()).map(floor_or_part).collect();
        };
        at_floor[low] = true;
    }
}

impl Sharing {
    /// A reading of a station: its plan and limit, bytes since the last one, and a second.
    pub(super) fn measure(
        &mut self,
        key: Key,
        (plan, limit): (Pair, Pair),
        (moved, rate): (Pair, Pair),
        now: Boot,
    ) {
        let idle = rate.iter().all(|rate| *rate < IDLE);
        if idle && !self.stations.contains_key(&key) {
            // Many idle ones together are a load too.
            add(&mut self.idle, moved);
            return;
        }
        // Until one knows better it wants its whole plan, but only the way it mostly moves data: a change of
        // either limit fills both buckets anew.
        let most = rate[0].max(rate[1]);
        let want = [0, 1].map(|way| if rate[way] >= most / 4 { limit[way] } else { 0 });
        let fresh = Station {
            want,
            ..Station::new(plan, limit)
        };
        let station = self.stations.entry(key).or_insert(fresh);
        (station.plan, station.limit) = (plan, limit);
        let tight = self.tight;
        station.measure(rate, tight, now);
        let is_done = !station.has_share() && !station.rests(now);
        if idle && is_done && station.want.iter().all(|want| *want < IDLE) {
            self.stations.remove(&key);
        }
    }

    /// Bytes of exempt devices, which have no limits.
    pub(super) fn add_exempt(&mut self, bytes: Pair) {
        add(&mut self.exempt, bytes);
    }

    /// So many bytes to stations have come through the line only to be dropped by their limits.
    pub(super) fn report_waste(&mut self, network: NetworkId, bytes: u64, now: Boot) {
        self.ways.report_waste(network, bytes, now);
    }

    /// Which directions the kernel shares by queues.
    pub(super) fn set_queued(&mut self, queued: [bool; 2]) {
        self.ways.set_queued(queued);
    }

    /// A station is gone.
    pub(super) fn forget(&mut self, key: Key) {
        self.stations.remove(&key);
    }

    /// A station begins; what it is held to at first, if not to its plan. Until one knows better it wants
    /// its whole plan, so the others make room at the next round.
    pub(super) fn begin(&mut self, key: Key, plan: Pair, now: Boot) -> Option<Pair> {
        let entries = self.entry.get_mut(&key.0).filter(|_| self.peak.is_some())?;
        let [down, up] = entries;
        let limit = [plan[0].min(down.take()), plan[1].min(up.take())];
        let station = Station {
            want: plan,
            changed: Some(now),
            ..Station::new(plan, limit)
        };
        self.stations.insert(key, station);
        (limit != plan).then_some(limit)
    }

    /// A station that the kernel holds to less than its plan since before a restart.
    pub(super) fn resume(&mut self, key: Key, plan: Pair, limit: Pair, now: Boot) {
        let station = Station {
            changed: Some(now),
            ..Station::new(plan, limit)
        };
        self.stations.insert(key, station);
    }

    /// Stations to be read each time, in order.
    pub(super) fn active(&self) -> impl Iterator<Item = (&Key, &Station)> {
        self.stations.iter()
    }

    /// Whether readings are wanted every second.
    pub(super) fn is_near(&self) -> bool {
        self.peak.is_some() || self.ways.load() >= NEAR || self.stations.values().any(Station::has_share)
    }

    /// Whether it is near the peak, or was a moment ago.
    pub(super) fn was_near(&self, now: Boot) -> bool {
        self.peak.is_some() || self.near.is_some_and(|at| now.since(at) < CALM_MS)
    }

    /// Whether the line is scarce.
    pub(super) const fn is_peak(&self) -> bool {
        self.peak.is_some()
    }

    /// What the line carries and is asked for.
    pub(super) const fn ways(&self) -> &Ways {
        &self.ways
    }

    /// After all have been measured: the stations whose limit moves, and where to.
    pub(super) fn round(
        &mut self,
        line: &Line,
        weight: impl Fn(NetworkId) -> u64,
        now: Boot,
    ) -> Vec<(Key, Pair)> {
        self.weigh(line, now);
        self.follow_load(now);
        self.tight = [0, 1].map(|way| self.part_of_each(way));
        if self.peak.is_none() {
            self.entry.clear();
            let over = self.calm.is_none_or(|since| now.since(since) >= CALM_MS);
            return if over { self.release(now) } else { Vec::new() };
        }
        self.floor = [0, 1].map(|way| self.floor(way));
        let levels = self.levels(&weight);
        self.entry = self.entries(&levels);
        self.decide(&levels, now)
    }

    /// Adds the load up.
    fn weigh(&mut self, line: &Line, now: Boot) {
        let passed = self.last_round.replace(now).map_or(1_000, |last| now.since(last));
        let rates = |bytes: Pair| bytes.map(|bytes| bytes.saturating_mul(1_000) / passed.max(1));
        let mut load = Load {
            exempt: rates(std::mem::take(&mut self.exempt)),
            idle: rates(std::mem::take(&mut self.idle)),
            passed,
            ..Load::default()
        };
        for station in self.stations.values() {
            for way in [0, 1] {
                let rate = station.rate[way];
                load.stations[way] = load.stations[way].saturating_add(rate);
                load.moving[way] += usize::from(rate >= IDLE);
                if station.is_held_back(way) {
                    load.held_back[way] = load.held_back[way].saturating_add(rate);
                }
            }
        }
        self.ways.weigh(line, &load, self.peak, now);
    }

    /// Whether a peak begins or ends.
    fn follow_load(&mut self, now: Boot) {
        let load = self.ways.load();
        if load >= NEAR {
            self.near = Some(now);
        }
        if load >= BEGINS {
            self.peak.get_or_insert(now);
        }
        if load >= ENDS {
            self.calm = None;
        } else if now.since(*self.calm.get_or_insert(now)) >= CALM_MS {
            self.peak = None;
        }
    }

    /// Everybody has the plan again.
    fn release(&mut self, now: Boot) -> Vec<(Key, Pair)> {
        let mut released = Vec::new();
        for (key, station) in &mut self.stations {
            if station.has_share() && !station.rests(now) {
                station.limit = station.plan;
                station.changed = Some(now);
                released.push((*key, station.plan));
            }
        }
        released
    }

    /// Of those that move data, where all that may be used is used.
    fn part_of_each(&self, way: usize) -> Option<u64> {
        let moving = self.stations.values().filter(|station| station.rate[way] >= IDLE);
        let moving = u64::try_from(moving.count()).unwrap_or(u64::MAX);
        let full = self.ways.is_full(way);
        full.then(|| self.ways.room(way) / moving.max(1))
    }

    /// As much as fits the line for all who want something.
    fn floor(&self, way: usize) -> u64 {
        let wanting = self.stations.values().filter(|station| station.want[way] >= IDLE);
        let wanting = u64::try_from(wanting.count()).unwrap_or(u64::MAX);
        (self.ways.room(way) / wanting.max(1)).clamp(LEAST, FLOOR)
    }

    /// The level of each network, in both directions.
    fn levels(&self, weight: &impl Fn(NetworkId) -> u64) -> BTreeMap<NetworkId, Pair> {
        let mut levels: BTreeMap<NetworkId, Pair> = BTreeMap::new();
        for way in [0, 1] {
            let mut wants: BTreeMap<NetworkId, Vec<(u64, u64)>> = BTreeMap::new();
            for (key, station) in &self.stations {
                wants.entry(key.0).or_default().push((station.want[way], 1));
            }
            let parts = parts(&wants, weight, (self.ways.room(way), self.floor[way]));
            for ((network, mut wants), part) in wants.into_iter().zip(parts) {
                let level = fill::level(&mut wants, part);
                levels.entry(network).or_insert([u64::MAX; 2])[way] = level;
            }
        }
        levels
    }

    /// What newcomers find.
    fn entries(&self, levels: &BTreeMap<NetworkId, Pair>) -> BTreeMap<NetworkId, [Entry; 2]> {
        let entries = levels.iter().map(|(network, levels)| {
            let entry = |way: usize| {
                let level = levels[way];
                let all = self.stations.iter();
                let sharing = all.filter(|(key, station)| key.0 == *network && station.want[way] >= level);
                let sharing = u64::try_from(sharing.count()).unwrap_or(u64::MAX);
                let floor = self.floor[way];
                Entry {
                    level,
                    sharing,
                    floor,
                }
            };
            (*network, [entry(0), entry(1)])
        });
        entries.collect()
    }

    /// Moves limits towards the levels: first what must sink, then what may rise.
    fn decide(&mut self, levels: &BTreeMap<NetworkId, Pair>, now: Boot) -> Vec<(Key, Pair)> {
        let mut goals: Vec<(u64, Key, Pair)> = Vec::new();
        for (key, station) in &self.stations {
            let levels = levels.get(&key.0).copied().unwrap_or([u64::MAX; 2]);
            let goal = station.goal(levels, self.floor, now);
            let by = moves(station.limit[0], goal[0]).max(moves(station.limit[1], goal[1]));
            if by > MOVED_LITTLE && !station.rests(now) {
                goals.push((by, *key, goal));
            }
        }
        goals.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut changes = Vec::new();
        let mut sum = self.sum();
        let mut spare = self.ways.spare();
        for sinking in [true, false] {
            for &(by, key, goal) in &goals {
                let Some(station) = self.stations.get_mut(&key) else {
                    continue;
                };
                let sinks = (0..2).any(|way| goal[way] < station.limit[way]);
                let wanted = |(way, sum): (usize, &u64)| {
                    let band = self.ways.band(way, BAND);
                    let helps = if sinking {
                        *sum > band.1 && goal[way] < station.limit[way]
                    } else {
                        *sum < band.0 && goal[way] > station.limit[way]
                    };
                    by > MOVED || helps
                };
                if station.rests(now) || sinks != sinking || !sum.iter().enumerate().any(wanted) {
                    continue;
                }
                let goal = if sinking {
                    station.at_first(goal, self.floor)
                } else {
                    station.affordable(goal, spare)
                };
                if station.limit == goal {
                    continue;
                }
                let cost = [0, 1].map(|way| if station.is_held_back(way) { goal[way] } else { 0 });
                for way in [0, 1] {
                    spare[way] = spare[way].saturating_sub(cost[way]);
                    sum[way] = sum[way]
                        .saturating_sub(station.limit[way].min(station.want[way]))
                        .saturating_add(goal[way].min(station.want[way]));
                }
                station.limit = goal;
                station.changed = Some(now);
                changes.push((key, goal));
            }
        }
        changes
    }

    /// What all are allowed and want together.
    fn sum(&self) -> Pair {
        let sum = |way: usize| {
            let allowed = |station: &Station| station.limit[way].min(station.want[way]);
            self.stations.values().map(allowed).fold(0, u64::saturating_add)
        };
        [sum(0), sum(1)]
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

#[cfg(test)]
#[path = "measured_tests.rs"]
mod measured_tests;

#[cfg(test)]
#[path = "properties_tests.rs"]
mod properties_tests;
