//! What the line carries, what stations may have of it, and how much of that is asked for.

use std::collections::{BTreeMap, VecDeque};

use super::Pair;
use super::belief::Belief;
use crate::model::{Boot, Capacity, Line, NetworkId, Way};

/// What stations may have together of what the line carries, per cent: a line that is not quite full has
/// no queue.
const FULL: u64 = 95;
/// The same where the kernel shares it: queues let out so much and no more, while limits are off by a little.
const QUEUED_FULL: u64 = 96;
/// What the comune's exempt devices use is taken from the stations' part, down to one in so many.
const LEAST_PART: u64 = 4;
/// What the limits themselves drop has come through the line before: it is taken from the stations' part, but
/// no more than one in so many, since those who drop most would otherwise set the pace for all.
const WASTE: u64 = 5;
/// For so long a report of dropped packets holds.
const REPORT_MS: u64 = 6_000;
/// How long a rate must last to be believed.
const SUSTAINED_MS: u64 = 10_000;
/// How often a measured line is tried for more, for how long, and for how much, per cent.
const PROBE_EVERY_MS: u64 = 60_000;
const PROBE_MS: u64 = 10_000;
const PROBE: u64 = 125;
/// What a fresh bucket may take of the line even when it is full, one in so many.
const ALWAYS_SPARE: u64 = 40;
/// So many stations at once are a crowd: what so many want is not the same all the time.
const CROWD: usize = 5;
/// In a peak a direction is scarce that is used so far, per cent.
const SCARCE: u64 = 70;

/// One direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::core) struct WayLoad {
    /// Whether it is shared.
    pub(in crate::core) shared: bool,
    /// Whether the kernel shares it, by queues: then nobody is held to less than the plan here.
    pub(in crate::core) queued: bool,
    /// Whether it is tried for more just now.
    probes: bool,
    /// What it carries.
    pub(in crate::core) capacity: u64,
    /// What stations may have together.
    pub(in crate::core) room: u64,
    /// The same while it is not tried for more.
    plain: u64,
    /// What everybody uses.
    pub(in crate::core) used: u64,
    /// What came through it in vain.
    waste: u64,
    /// What limited stations use.
    load: u64,
    /// What is believed of it, where nobody has told.
    belief: Belief,
}

/// What moves, at a look at all stations.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Load {
    /// Of stations that can be limited, bytes per second.
    pub(super) stations: Pair,
    /// Of exempt devices.
    pub(super) exempt: Pair,
    /// Of stations that move next to nothing, all together.
    pub(super) idle: Pair,
    /// Of stations that use up what they may.
    pub(super) held_back: Pair,
    /// Stations that move data.
    pub(super) moving: [usize; 2],
    /// How long ago one looked before, milliseconds.
    pub(super) passed: u64,
}

/// Both directions.
#[derive(Debug, Default)]
pub(in crate::core) struct Ways {
    both: [WayLoad; 2],
    /// What was used lately.
    samples: VecDeque<(Boot, Pair)>,
    /// What came down the line in vain, bytes per second until the last report of each network.
    waste: BTreeMap<NetworkId, (Boot, u64)>,
}

impl Ways {
    /// Which directions the kernel shares.
    pub(super) fn set_queued(&mut self, queued: [bool; 2]) {
        for (state, queued) in self.both.iter_mut().zip(queued) {
            state.queued = queued;
        }
    }

    /// Takes the load in.
    pub(super) fn weigh(&mut self, line: &Line, load: &Load, peak: Option<Boot>, now: Boot) {
        let used = [0, 1].map(|way: usize| {
            let others = load.exempt[way].saturating_add(load.idle[way]);
            load.stations[way].saturating_add(others)
        });
        self.waste.retain(|_, (told, _)| now.since(*told) < REPORT_MS);
        let waste = self.waste.values().map(|(_, rate)| *rate);
        let waste = [waste.fold(0, u64::saturating_add), 0];
        self.samples.push_back((now, used));
        while let Some((at, _)) = self.samples.front() {
            if now.since(*at) <= SUSTAINED_MS {
                break;
            }
            self.samples.pop_front();
        }
        let sustained = self.sustained(now);
        for (index, way) in [line.down, line.up].into_iter().enumerate() {
            let state = &mut self.both[index];
            state.shared = way.is_some();
            state.waste = waste[index];
            (state.load, state.used) = (load.stations[index], used[index]);
            if let Some(sustained) = sustained {
                let is_wanted = state.is_wanted(index, load, peak.is_some());
                state.belief.learn(sustained[index], is_wanted, load.passed);
            }
            if let Some(way) = way {
                // In queues of theirs, the idle ones are among those who share.
                let idle = if state.queued { 0 } else { load.idle[index] };
                state.measure(way, load.exempt[index].saturating_add(idle), peak, now);
            }
        }
    }

    /// So many bytes to stations were dropped by their limits since the report before.
    pub(super) fn report_waste(&mut self, network: NetworkId, bytes: u64, now: Boot) {
        let before = self.waste.get(&network).map(|(told, _)| now.since(*told));
        let passed = before.unwrap_or(REPORT_MS).clamp(1_000, REPORT_MS);
        let rate = bytes.saturating_mul(1_000) / passed;
        let before = self.waste.get(&network).map_or(rate, |(_, rate)| *rate);
        self.waste.insert(network, (now, before / 4 * 3 + rate / 4));
    }

    /// Whether all that may be used of it is used, so that one sees of nobody how little he wants.
    pub(super) const fn is_full(&self, way: usize) -> bool {
        let way = &self.both[way];
        way.is_limited() && way.used >= way.room
    }

    /// The mean of the last ten seconds; nothing before they have passed.
    fn sustained(&self, now: Boot) -> Option<Pair> {
        let long = self
            .samples
            .front()
            .is_some_and(|(at, _)| now.since(*at) >= SUSTAINED_MS / 10 * 8);
        let count = u64::try_from(self.samples.len()).unwrap_or(u64::MAX);
        let mean = |way: usize| {
            let sum = self.samples.iter().map(|(_, used)| used[way]);
            sum.fold(0, u64::saturating_add) / count.max(1)
        };
        long.then(|| [mean(0), mean(1)])
    }

    /// The load of the fuller direction, per mille of what stations may have while
    /// it is not tried for more.
    pub(super) fn load(&self) -> u64 {
        let shared = self.both.iter().filter(|way| way.shared);
        let loads = shared.map(|way| way.load.saturating_mul(1_000) / way.plain.max(1));
        loads.max().unwrap_or(0)
    }

    /// What the limits of stations may come to together.
    pub(super) const fn room(&self, way: usize) -> u64 {
        let way = &self.both[way];
        if way.is_limited() { way.room } else { u64::MAX }
    }

    /// The bounds of what they are allowed together.
    pub(super) const fn band(&self, way: usize, (low, high): (u64, u64)) -> (u64, u64) {
        let way = &self.both[way];
        if way.is_limited() {
            let part = way.room / 1_000;
            (part.saturating_mul(low), part.saturating_mul(high))
        } else {
            (0, u64::MAX)
        }
    }

    /// What fresh buckets may take in the next second.
    pub(super) fn spare(&self) -> Pair {
        self.both.map(|way| {
            let unused = way.capacity.saturating_sub(way.used.saturating_add(way.waste));
            if way.is_limited() && !way.probes {
                unused.max(way.capacity / ALWAYS_SPARE)
            } else {
                u64::MAX
            }
        })
    }

    /// To the stations, and from them.
    pub(in crate::core) const fn both(&self) -> &[WayLoad; 2] {
        &self.both
    }
}

impl WayLoad {
    /// Whether stations are held to less than their plan while it is scarce.
    const fn is_limited(&self) -> bool {
        self.shared && !self.queued
    }

    /// Bytes per second that pass at most, the comune's own included.
    pub(in crate::core) const fn whole(&self) -> u64 {
        if self.probes {
            self.capacity / 100 * PROBE
        } else {
            self.full()
        }
    }

    /// What passes while it is not tried for more.
    const fn full(&self) -> u64 {
        self.capacity / 100 * if self.queued { QUEUED_FULL } else { FULL }
    }

    fn measure(&mut self, way: Way, unlimited: u64, peak: Option<Boot>, now: Boot) {
        self.capacity = match way.capacity {
            Capacity::Known(rate) => {
                self.probes = false;
                rate.bytes_per_second()
            }
            Capacity::Measured { least } => {
                let in_turn = |since: Boot| now.since(since) % PROBE_EVERY_MS < PROBE_MS;
                self.probes = peak.is_none_or(in_turn);
                self.belief.best(least.bytes_per_second())
            }
        };
        self.plain = self.left(way, unlimited, self.full(), self.capacity);
        self.room = if self.probes {
            self.left(way, unlimited, self.whole(), self.whole())
        } else {
            self.plain
        };
    }

    /// What is left to stations of what passes.
    fn left(&self, way: Way, unlimited: u64, whole: u64, all: u64) -> u64 {
        let part = all.saturating_sub(way.reserve.of(all)).min(whole);
        let part = part - self.waste.min(part / WASTE);
        // In a full queue they would have no more than this leaves them, and it is to grow with them.
        let unlimited = if self.queued { unlimited / 4 * 5 } else { unlimited };
        part.saturating_sub(unlimited).max(part / LEAST_PART)
    }

    /// Whether stations seem to want more than passes: many move data, what they move makes up most of it,
    /// and their own limits do not hold them back. In a peak limits do that to many, and are tried for more.
    fn is_wanted(&self, way: usize, load: &Load, is_peak: bool) -> bool {
        let crowded = load.moving[way] >= CROWD && self.load >= self.used / 2;
        let held_back = load.held_back[way] >= self.used / 2;
        let scarce = is_peak && self.load >= self.plain / 100 * SCARCE;
        scarce || (crowded && !held_back)
    }
}
