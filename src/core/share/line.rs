//! What the line carries, what stations may have of it, and how much of that is asked for.

use std::collections::{BTreeMap, VecDeque};

use super::Pair;
use crate::model::{Boot, Capacity, Line, NetworkId, Way};

/// What stations may have together of what the line carries, per cent: a line that is not quite full has
/// no queue.
const FULL: u64 = 95;
/// What the comune's exempt devices use is taken from the stations' part, down to one in so many.
const LEAST_PART: u64 = 4;
/// What the limits themselves drop has come through the line before: it is taken from the stations' part, but
/// no more than one in so many, since those who drop most would otherwise set the pace for all.
const WASTE: u64 = 5;
/// An Ethernet packet, for those of which only the number is known.
const PACKET: u64 = 1_500;
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
    /// What everybody uses.
    pub(in crate::core) used: u64,
    /// What came through it in vain.
    waste: u64,
    /// What limited stations use.
    load: u64,
    /// The best that has been seen for ten seconds.
    best: u64,
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

    /// Takes the load in: of stations that can be limited, and of others.
    pub(super) fn weigh(&mut self, line: &Line, load: Pair, unlimited: Pair, peak: Option<Boot>, now: Boot) {
        let used = [0, 1].map(|way: usize| load[way].saturating_add(unlimited[way]));
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
            state.best = state.best.max(sustained[index]);
            state.shared = way.is_some();
            state.waste = waste[index];
            (state.load, state.used) = (load[index], used[index]);
            if let Some(way) = way {
                state.measure(way, unlimited[index], peak, now);
            }
        }
    }

    /// So many packets to stations were dropped by their limits since the report before.
    pub(super) fn report_waste(&mut self, network: NetworkId, packets: u64, now: Boot) {
        let before = self.waste.get(&network).map(|(told, _)| now.since(*told));
        let passed = before.unwrap_or(REPORT_MS).clamp(1_000, REPORT_MS);
        let rate = packets.saturating_mul(PACKET).saturating_mul(1_000) / passed;
        let before = self.waste.get(&network).map_or(rate, |(_, rate)| *rate);
        self.waste.insert(network, (now, before / 4 * 3 + rate / 4));
    }

    /// Whether all that may be used of it is used, so that one sees of nobody how little he wants.
    pub(super) const fn is_full(&self, way: usize) -> bool {
        let way = &self.both[way];
        way.is_limited() && way.used >= way.room
    }

    /// The mean of the last ten seconds; nothing before they have passed.
    fn sustained(&self, now: Boot) -> Pair {
        let long = self
            .samples
            .front()
            .is_some_and(|(at, _)| now.since(*at) >= SUSTAINED_MS / 10 * 8);
        let count = u64::try_from(self.samples.len()).unwrap_or(u64::MAX);
        let mean = |way: usize| {
            let sum = self.samples.iter().map(|(_, used)| used[way]);
            sum.fold(0, u64::saturating_add) / count.max(1)
        };
        if long { [mean(0), mean(1)] } else { [0; 2] }
    }

    /// The load of the fuller direction, per mille of what stations may have.
    pub(super) fn load(&self) -> u64 {
        let shared = self.both.iter().filter(|way| way.shared);
        let loads = shared.map(|way| way.load.saturating_mul(1_000) / way.room.max(1));
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
            self.capacity / 100 * FULL
        }
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
                self.best.max(least.bytes_per_second())
            }
        };
        let all = if self.probes { self.whole() } else { self.capacity };
        let left = all.saturating_sub(way.reserve.of(all));
        let part = left.min(self.whole());
        let part = part - self.waste.min(part / WASTE);
        // In a full queue they would have no more than this leaves them, and it is to grow with them.
        let unlimited = if self.queued { unlimited / 4 * 5 } else { unlimited };
        self.room = part.saturating_sub(unlimited).max(part / LEAST_PART);
    }
}
