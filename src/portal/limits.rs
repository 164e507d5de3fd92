//! What one station may cost: connections at once, connections per second, presses of the button.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::Quota;

use crate::limits::{Key, Rate};
use crate::model::{Clock, NetworkId};

/// Longest time from the first byte of a connection, or the end of the answer before, to the end of a
/// request's head.
pub const HEAD_TIME: Duration = Duration::from_secs(5);
/// The same over TLS, where a connection is kept for the button.
pub const IDLE_TIME: Duration = Duration::from_secs(15);
/// Longest life of a connection on the intercept port: one request, one answer.
pub const HTTP_LIFE: Duration = Duration::from_secs(15);
/// Longest life of a TLS connection; people read the page before they press the button.
pub const HTTPS_LIFE: Duration = Duration::from_mins(2);
/// Longest TLS handshake.
pub const HANDSHAKE_TIME: Duration = Duration::from_secs(5);
/// Longest time for a form to arrive.
pub const FORM_TIME: Duration = Duration::from_secs(5);
/// Longest form in bytes; ours has under 200.
pub const FORM_BYTES: usize = 4 * 1_024;
/// Read buffer of one connection, and so the longest request head, in bytes.
pub const HEAD_BYTES: usize = 16 * 1_024;
/// Most header fields of a request.
pub const MAX_HEADERS: usize = 64;
/// Most stations the rate limits remember one by one.
const MAX_KEYS: usize = 65_536;

/// Rates of one station. The defaults are far above what people and phones do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StationRates {
    /// Forms sent per minute.
    pub forms_per_minute: NonZeroU32,
    /// Load times told per minute, before further ones are passed over.
    pub measures_per_minute: NonZeroU32,
    /// Connections opened per second.
    pub connections_per_second: NonZeroU32,
}

impl Default for StationRates {
    fn default() -> Self {
        Self {
            forms_per_minute: NonZeroU32::MIN.saturating_add(19),
            measures_per_minute: NonZeroU32::MIN.saturating_add(3),
            connections_per_second: NonZeroU32::MIN.saturating_add(49),
        }
    }
}

/// A rate limit per station that remembers a bounded number of them.
pub(super) struct RateLimit {
    each: Rate<Key>,
    /// For everybody at once while more stations than [`MAX_KEYS`] are remembered.
    crowd: Rate<NetworkId>,
}

impl RateLimit {
    pub(super) fn per_minute(count: NonZeroU32, clock: Clock) -> Self {
        Self::new(Quota::per_minute(count), clock)
    }

    /// Allows bursts of four seconds' worth: a page that opens, a phone that wakes up.
    pub(super) fn per_second(count: NonZeroU32, clock: Clock) -> Self {
        let burst = count.saturating_mul(NonZeroU32::MIN.saturating_add(3));
        Self::new(Quota::per_second(count).allow_burst(burst), clock)
    }

    fn new(quota: Quota, clock: Clock) -> Self {
        let crowd = Quota::per_second(NonZeroU32::MIN.saturating_add(999));
        Self {
            each: Rate::new(quota, Arc::clone(&clock)),
            crowd: Rate::new(crowd, clock),
        }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// How long to wait when it is one too many.
    pub(super) fn attempt(&self, key: Key) -> Result<(), Duration> {
        if self.each.remembered() >= MAX_KEYS {
            self.crowd.attempt(&key.0, NonZeroU32::MIN)
        } else {
            self.each.attempt(&key, NonZeroU32::MIN)
        }
    }

    /// Forgets the stations that have been quiet; called now and then.
    pub(super) fn tidy(&self) {
        self.each.tidy();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{MAX_KEYS, RateLimit};
    use crate::limits::Key;
    use crate::model::{Boot, Clock, Mac, Now};

    fn station(number: usize) -> Key {
        let [.., a, b, c] = number.to_be_bytes();
        let mac = Mac::new([2, 0, 0, a, b, c]).unwrap();
        ("piazza".parse().unwrap(), Some(mac))
    }

    fn clock(boot: &Arc<AtomicU64>) -> Clock {
        let boot = Arc::clone(boot);
        Arc::new(move || Now {
            boot: Boot(boot.load(Ordering::Relaxed)),
            wall: jiff::Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_page_that_opens_may_have_what_four_seconds_give() {
        let boot = Arc::new(AtomicU64::new(1_000));
        let limit = RateLimit::per_second(NonZeroU32::new(5).unwrap(), clock(&boot));
        let passed = |station| (0..100).filter(|_| limit.attempt(station).is_ok()).count();
        assert_eq!((passed(station(1)), passed(station(2))), (20, 20));
        boot.fetch_add(1_000, Ordering::Relaxed);
        assert_eq!(passed(station(1)), 5);
    }

    #[test]
    fn more_stations_than_are_remembered_share_one_limit_until_the_quiet_are_forgotten() {
        let boot = Arc::new(AtomicU64::new(1_000));
        let limit = RateLimit::per_minute(NonZeroU32::new(1).unwrap(), clock(&boot));
        for number in 0..MAX_KEYS {
            assert_eq!(limit.attempt(station(number)), Ok(()));
        }
        let passed = |stations: std::ops::Range<usize>| {
            stations
                .filter(|number| limit.attempt(station(*number)).is_ok())
                .count()
        };
        assert_eq!(passed(MAX_KEYS..MAX_KEYS + 5_000), 1_000);
        assert_eq!(limit.each.remembered(), MAX_KEYS);
        boot.fetch_add(120_000, Ordering::Relaxed);
        limit.tidy();
        assert_eq!(limit.each.remembered(), 0);
        assert_eq!(passed(MAX_KEYS..MAX_KEYS + 5_000), 5_000);
    }
}
