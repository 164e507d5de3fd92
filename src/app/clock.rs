//! The only place that reads clocks.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

use crate::model::{Boot, BootId, Now};

/// Both clocks, read together.
#[must_use]
pub fn now() -> Now {
    Now {
        boot: boot(),
        wall: wall(),
    }
}

/// Milliseconds since boot, suspended time included.
#[must_use]
pub fn boot() -> Boot {
    let time = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let millis = u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000;
    Boot(seconds.saturating_mul(1_000).saturating_add(millis))
}

/// Civil time; the epoch if the clock stands before it.
#[must_use]
pub fn wall() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the civil clock"
    )]
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    let millis = i64::try_from(since_epoch.as_millis()).unwrap_or(0);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The kernel's name of this boot; empty if it cannot be read, which makes every stored monotonic
/// time void and civil time decide.
#[must_use]
pub fn boot_id() -> BootId {
    let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    BootId(text.trim().to_owned())
}
