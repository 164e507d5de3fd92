//! What one station may cost: connections at once, connections per second, presses of the button.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Clock;
use crate::model::{Mac, NetworkId};

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
    /// Connections opened per second.
    pub connections_per_second: NonZeroU32,
}

impl Default for StationRates {
    fn default() -> Self {
        Self {
            forms_per_minute: NonZeroU32::MIN.saturating_add(19),
            connections_per_second: NonZeroU32::MIN.saturating_add(49),
        }
    }
}

/// A station, or all strangers of a network together.
pub(super) type Key = (NetworkId, Option<Mac>);

/// The gateway's monotonic clock in the shape `governor` wants.
#[derive(Clone)]
struct BootClock(Clock);

impl governor::clock::Clock for BootClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::new((self.0)().boot.0.saturating_mul(1_000_000))
    }
}

type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, BootClock, NoOpMiddleware<Nanos>>;

/// A rate limit per station that remembers a bounded number of them.
pub(super) struct RateLimit {
    each: Keyed<Key>,
    /// For everybody at once while more stations than [`MAX_KEYS`] are remembered.
    crowd: Keyed<NetworkId>,
    clock: BootClock,
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
        let clock = BootClock(clock);
        let crowd = Quota::per_second(NonZeroU32::MIN.saturating_add(999));
        Self {
            each: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            crowd: RateLimiter::new(crowd, HashMapStateStore::default(), clock.clone()),
            clock,
        }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// How long to wait when it is one too many.
    pub(super) fn attempt(&self, key: Key) -> Result<(), Duration> {
        let full = self.each.len() >= MAX_KEYS;
        let outcome = if full {
            self.crowd.check_key(&key.0)
        } else {
            self.each.check_key(&key)
        };
        outcome.map_err(|refusal| refusal.wait_time_from(self.clock.now()))
    }

    /// Forgets the stations that have been quiet; called now and then.
    pub(super) fn tidy(&self) {
        self.each.retain_recent();
        self.each.shrink_to_fit();
    }
}

/// Why a connection is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The station has enough.
    Station,
    /// All stations together have enough.
    All,
}

#[derive(Default)]
struct Counts {
    by_station: HashMap<Key, usize>,
    all: usize,
}

/// Connections open now.
#[derive(Clone, Default)]
pub(super) struct Connections(Arc<Mutex<Counts>>);

/// One open connection; dropping it gives the place back.
pub(super) struct Place {
    connections: Connections,
    key: Key,
}

impl Connections {
    /// Takes a place if there is one.
    pub(super) fn enter(&self, key: Key, per_station: usize, all: usize) -> Result<Place, Full> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.by_station.get(&key).copied().unwrap_or(0);
        if own >= per_station {
            return Err(Full::Station);
        }
        if counts.all >= all {
            return Err(Full::All);
        }
        counts.all += 1;
        counts.by_station.insert(key, own + 1);
        drop(counts);
        Ok(Place {
            connections: self.clone(),
            key,
        })
    }
}

impl Connections {
    /// Whether none is open.
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all == 0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.connections.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        let left = counts
            .by_station
            .get(&self.key)
            .map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            counts.by_station.remove(&self.key);
        } else {
            counts.by_station.insert(self.key, left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Connections, Full, Key, RateLimit};
    use crate::model::{Boot, Now};

    fn station(last: u8) -> Key {
        let mac = crate::model::Mac::new([2, 0, 0, 0, 0, last]).unwrap();
        ("piazza".parse().unwrap(), Some(mac))
    }

    fn clock(boot: &Arc<AtomicU64>) -> crate::portal::Clock {
        let boot = Arc::clone(boot);
        Arc::new(move || Now {
            boot: Boot(boot.load(Ordering::Relaxed)),
            wall: jiff::Timestamp::UNIX_EPOCH,
        })
    }

    #[test]
    fn one_station_cannot_take_the_places_of_others() {
        let connections = Connections::default();
        let first = connections.enter(station(1), 2, 3).unwrap();
        let _second = connections.enter(station(1), 2, 3).unwrap();
        assert_eq!(connections.enter(station(1), 2, 3).err(), Some(Full::Station));
        let _other = connections.enter(station(2), 2, 3).unwrap();
        assert_eq!(connections.enter(station(3), 2, 3).err(), Some(Full::All));
        drop(first);
        assert!(connections.enter(station(1), 2, 3).is_ok());
    }

    #[test]
    fn places_leave_no_trace() {
        let connections = Connections::default();
        for last in 0..50 {
            drop(connections.enter(station(last), 2, 3).unwrap());
        }
        let counts = connections.0.lock().unwrap();
        assert_eq!((counts.all, counts.by_station.len()), (0, 0));
    }

    #[test]
    fn attempts_come_back_with_time_and_are_counted_per_station() {
        let boot = Arc::new(AtomicU64::new(1_000));
        let limit = RateLimit::per_minute(NonZeroU32::new(3).unwrap(), clock(&boot));
        for _ in 0..3 {
            assert_eq!(limit.attempt(station(1)), Ok(()));
        }
        let wait = limit.attempt(station(1)).unwrap_err();
        assert!(wait.as_secs() <= 20 && !wait.is_zero(), "{wait:?}");
        assert_eq!(limit.attempt(station(2)), Ok(()));
        boot.fetch_add(20_000, Ordering::Relaxed);
        assert_eq!(limit.attempt(station(1)), Ok(()));
    }

    #[test]
    fn quiet_stations_are_forgotten() {
        let boot = Arc::new(AtomicU64::new(1_000));
        let limit = RateLimit::per_second(NonZeroU32::new(5).unwrap(), clock(&boot));
        for last in 0..100 {
            assert_eq!(limit.attempt(station(last)), Ok(()));
        }
        assert_eq!(limit.each.len(), 100);
        boot.fetch_add(60_000, Ordering::Relaxed);
        limit.tidy();
        assert_eq!(limit.each.len(), 0);
    }
}
