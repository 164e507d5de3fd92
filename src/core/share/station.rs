//! One station's part in a scarce line: what it moves, what it wants, what it is held to.

use super::{IDLE, MOVED, Pair};
use crate::model::Boot;

/// A limit that sinks begins at so much of where it belongs, per mille: until the fresh bucket, which holds a
/// second's worth of it, has been used up, more passes than it says.
pub(super) const AT_FIRST: u64 = 910;
/// No station's limit moves more often.
pub(super) const HOLD_MS: u64 = 4_000;
/// A station that has become quiet keeps its limit for so long, since people read what they loaded.
const QUIET_MS: u64 = 15_000;

/// A station that moves data, or is held to a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::core) struct Station {
    /// What it may have by its plan.
    pub(in crate::core) plan: Pair,
    /// What it is held to.
    pub(in crate::core) limit: Pair,
    /// What it moved lately.
    pub(super) rate: Pair,
    /// What it wants, as far as one knows.
    pub(super) want: Pair,
    /// When its limit moved last.
    pub(super) changed: Option<Boot>,
    /// Since when it moves next to nothing.
    pub(super) quiet: Option<Boot>,
    /// What everybody's part was while the line was full when it was measured.
    pub(super) tight: [Option<u64>; 2],
}

impl Station {
    pub(super) fn new(plan: Pair, limit: Pair) -> Self {
        Self {
            plan,
            limit,
            rate: [0; 2],
            want: limit,
            changed: None,
            quiet: None,
            tight: [None; 2],
        }
    }

    /// Whether it would use more if it might: it uses most of what it may. While the line itself holds
    /// stations back, half of that will do, or of everybody's part.
    pub(super) fn is_held_back(&self, way: usize) -> bool {
        self.would_use(way, self.limit[way])
    }

    /// Whether it moves about as much as a limit would allow.
    pub(super) fn would_use(&self, way: usize, limit: u64) -> bool {
        match self.tight[way] {
            Some(part) => self.rate[way] >= limit.min(part) / 2,
            None => self.rate[way] >= limit / 5 * 4,
        }
    }

    /// Whether its limit has just moved.
    pub(super) fn rests(&self, now: Boot) -> bool {
        self.changed.is_some_and(|at| now.since(at) < HOLD_MS)
    }

    /// Whether it moves data, or has until a moment ago: whoever reads a page comes back.
    pub(in crate::core) fn is_present(&self, now: Boot) -> bool {
        self.quiet.is_none_or(|since| now.since(since) < QUIET_MS)
    }

    /// What it moves the way it moves more, bytes per second.
    pub(in crate::core) fn moved_most(&self) -> u64 {
        self.rate[0].max(self.rate[1])
    }

    /// Whether it moves data now.
    pub(in crate::core) fn is_moving(&self) -> bool {
        self.quiet.is_none()
    }

    pub(super) fn has_share(&self) -> bool {
        self.limit != self.plan
    }

    /// Takes a measurement in. What it wants sinks slowly, so that a pause between two pages moves
    /// nobody's limit.
    pub(super) fn measure(&mut self, rate: Pair, tight: [Option<u64>; 2], now: Boot) {
        (self.rate, self.tight) = (rate, tight);
        for way in [0, 1] {
            let before = self.want[way].min(self.limit[way]) / 3 * 2;
            self.want[way] = if self.is_held_back(way) {
                self.plan[way]
            } else {
                before.max(rate[way] / 4 * 5).min(self.plan[way])
            };
        }
        if rate.iter().all(|rate| *rate < IDLE) {
            self.quiet.get_or_insert(now);
        } else {
            self.quiet = None;
        }
    }

    /// As much of a rise as the line has room for, since a station that is held back uses its fresh bucket
    /// at once; where that is next to nothing, none.
    pub(super) fn affordable(&self, goal: Pair, spare: Pair) -> Pair {
        [0, 1].map(|way| {
            let (limit, spare) = (self.limit[way], spare[way]);
            let step = limit.saturating_add(spare / 4 * 3).min(goal[way]);
            if goal[way] <= spare || !self.is_held_back(way) {
                goal[way]
            } else if step > limit && moves(limit, step) > MOVED {
                step
            } else {
                limit
            }
        })
    }

    /// Where a limit begins that sinks.
    pub(super) fn at_first(&self, goal: Pair, floor: Pair) -> Pair {
        [0, 1].map(|way| {
            if goal[way] < self.limit[way] && self.would_use(way, goal[way]) {
                (goal[way] / 1_000 * AT_FIRST).max(floor[way].min(goal[way]))
            } else {
                goal[way]
            }
        })
    }

    /// Where its limit belongs. Nobody's rises who does not use what he has, for everybody may pause for a
    /// second, and the line seems to be free.
    pub(super) fn goal(&self, levels: Pair, floor: Pair, now: Boot) -> Pair {
        let is_quiet = self.quiet.is_some_and(|since| now.since(since) >= QUIET_MS);
        let goal = |way: usize| {
            let (plan, level) = (self.plan[way], levels[way].max(floor[way]));
            let modest = self.limit[way] == plan && self.want[way] <= level / 2;
            if is_quiet || modest {
                plan
            } else if self.is_held_back(way) {
                plan.min(level)
            } else {
                plan.min(level).min(self.limit[way])
            }
        };
        [goal(0), goal(1)]
    }
}

/// By how much a limit would move, per mille.
pub(in crate::core) fn moves(from: u64, to: u64) -> u64 {
    from.abs_diff(to).saturating_mul(1_000) / from.max(1)
}
