//! The two clocks, read together by `app::clock` and handed to `core`.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Milliseconds since the machine booted, suspended time included (`CLOCK_BOOTTIME`).
///
/// Never steps, so it measures periods; means nothing across a reboot (see [`BootId`]).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Boot(pub u64);

/// The kernel's random name of this boot (`/proc/sys/kernel/random/boot_id`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootId(pub String);

/// One reading of both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// Monotonic, for periods and time-outs.
    pub boot: Boot,
    /// Civil time, for midnights and people; may step.
    pub wall: Timestamp,
}

/// How an edge reads both clocks; `app` hands it in, a test its own.
pub type Clock = Arc<dyn Fn() -> Now + Send + Sync>;

/// 2025-01-01T00:00:00Z, before this program was: a civil clock that stands before it is not set yet.
const SET: i64 = 1_735_689_600;

/// Whether an instant can be the time of something, and is not that of a clock which was never set.
#[must_use]
pub fn is_dated(at: Timestamp) -> bool {
    at.as_second() >= SET
}

impl Boot {
    /// This instant and `ms` milliseconds more.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
