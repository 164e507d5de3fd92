//! Measures how fast bytes pass, leaving out the beginning, in which a full token bucket lets
//! through what it had saved up (about one second of the rate and the burst).

use std::time::Duration;

use crate::app::clock;
use crate::model::Boot;

/// A running measurement.
#[derive(Debug)]
pub struct Meter {
    began: Boot,
    skip_ms: u64,
    total: u64,
    /// When the measured part began, and what had passed by then.
    steady: Option<(u64, u64)>,
    last_ms: u64,
}

/// Its outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measured {
    /// All bytes, from the first.
    pub bytes: u64,
    /// Bytes per second after the skipped beginning.
    pub bytes_per_second: u64,
}

impl Meter {
    /// Begins now; the first `skip` does not count for the rate.
    #[must_use]
    pub fn new(skip: Duration) -> Self {
        Self {
            began: clock::boot(),
            skip_ms: u64::try_from(skip.as_millis()).unwrap_or(0),
            total: 0,
            steady: None,
            last_ms: 0,
        }
    }

    /// Bytes have passed.
    pub fn add(&mut self, bytes: usize) {
        let elapsed = self.elapsed_ms();
        self.total = self.total.saturating_add(u64::try_from(bytes).unwrap_or(0));
        self.last_ms = elapsed;
        if self.steady.is_none() && elapsed >= self.skip_ms {
            self.steady = Some((elapsed, self.total));
        }
    }

    /// Milliseconds since the beginning.
    #[must_use]
    pub fn elapsed_ms(&self) -> u64 {
        clock::boot().since(self.began)
    }

    /// The outcome so far.
    #[must_use]
    pub fn measured(&self) -> Measured {
        let (since, already) = self.steady.unwrap_or((self.last_ms, self.total));
        let span = self.last_ms.saturating_sub(since);
        Measured {
            bytes: self.total,
            bytes_per_second: ((self.total - already) * 1_000).checked_div(span).unwrap_or(0),
        }
    }
}
