//! What is believed of a line that nobody has told the capacity of. It rises at once with what has been
//! seen to pass for ten seconds, and sinks slowly where a crowd finds less: the contract has changed, or a
//! burst has shown more than the line keeps up.
//!
//! A line that is the bottleneck gives itself away: what passes is the same for a minute, whoever comes and
//! goes and also while more is let through to try it, and it is not limits that keep it there.

/// For so long it must have been crowded before the belief sinks, and by how much it then does, one in so
/// many.
const MINUTE_MS: u64 = 60_000;
const SINKS: u64 = 16;
/// As far as one remembers, in crowded minutes.
const MINUTES: usize = 5;
/// The highest and the lowest of a crowded minute differ by no more than one in so many.
const FLAT: u64 = 10;
/// What has passed is less than what is believed when it is so by more than one in so many.
const CLEARLY: u64 = 20;
/// Between two readings that lie further apart nobody knows how it was.
const GAP_MS: u64 = 10_000;

/// Bytes per second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Belief {
    best: u64,
    /// The most that was seen in the last crowded minutes and between them, the current one first.
    tops: [u64; MINUTES],
    /// The lowest and the highest since it has been crowded, and for how long it has, milliseconds.
    flat: Option<(u64, u64)>,
    crowded_ms: u64,
}

impl Belief {
    /// What is believed, but never less than this.
    pub(super) fn best(&self, least: u64) -> u64 {
        self.best.max(least)
    }

    /// Takes in what has passed for ten seconds; whether more was wanted, as far as one knows, and how long
    /// ago one looked before, milliseconds.
    pub(super) fn learn(&mut self, sustained: u64, is_wanted: bool, passed: u64) {
        self.best = self.best.max(sustained);
        self.tops[0] = self.tops[0].max(sustained);
        let (low, high) = self.flat.unwrap_or((sustained, sustained));
        let (low, high) = (low.min(sustained), high.max(sustained));
        if !is_wanted || passed > GAP_MS || high - low > high / FLAT {
            (self.flat, self.crowded_ms) = (None, 0);
            return;
        }
        self.flat = Some((low, high));
        self.crowded_ms = self.crowded_ms.saturating_add(passed);
        if self.crowded_ms >= MINUTE_MS {
            (self.flat, self.crowded_ms) = (None, 0);
            self.sink();
        }
    }

    /// A crowded minute is over.
    fn sink(&mut self) {
        let top = self.tops.iter().fold(0, |top, one| top.max(*one));
        if top < self.best - self.best / CLEARLY {
            self.best -= self.best / SINKS;
        }
        self.tops.rotate_right(1);
        self.tops[0] = 0;
    }
}
