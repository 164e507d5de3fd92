//! What limits on one station are made of: a rate that knows its keys apart, and places that are given
//! back. The numbers belong to the edge that sets them.
//!
//! It stands at level 1, below the edges, because several count (`portal` the connections and forms,
//! `garden` the queries, `dashboard` the administrators' connections) and edges do not import each other;
//! it is neither a word of the domain (`model`) nor bytes from the network (`wire`).

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::model::{Clock, Mac, NetworkId};

/// A station, or all strangers of a network together.
pub type Key = (NetworkId, Option<Mac>);

/// The gateway's monotonic clock in the shape `governor` wants.
#[derive(Clone)]
struct BootClock(Clock);

impl governor::clock::Clock for BootClock {
    type Instant = Nanos;
    fn now(&self) -> Nanos {
        Nanos::new((self.0)().boot.0.saturating_mul(1_000_000))
    }
}

/// A rate limit for each key alone.
pub struct Rate<K: Clone + Hash + Eq> {
    limiter: RateLimiter<K, HashMapStateStore<K>, BootClock, NoOpMiddleware<Nanos>>,
    clock: BootClock,
}

impl<K: Clone + Hash + Eq> Rate<K> {
    /// A limit under which nobody has done anything yet.
    pub fn new(quota: Quota, clock: Clock) -> Self {
        let clock = BootClock(clock);
        Self {
            limiter: RateLimiter::new(quota, HashMapStateStore::default(), clock.clone()),
            clock,
        }
    }

    /// Counts one attempt that costs `cost`; what is refused costs nothing.
    ///
    /// # Errors
    /// How long to wait when it is one too many; [`Duration::MAX`] when it costs more than there ever is.
    pub fn attempt(&self, key: &K, cost: NonZeroU32) -> Result<(), Duration> {
        match self.limiter.check_key_n(key, cost) {
            Ok(outcome) => outcome.map_err(|refusal| refusal.wait_time_from(self.clock.now())),
            Err(_) => Err(Duration::MAX),
        }
    }

    /// How many keys are remembered one by one.
    pub fn remembered(&self) -> usize {
        self.limiter.len()
    }

    /// Forgets the keys that have been quiet; called now and then.
    pub fn tidy(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// Whose an address is, for limits by source: a customer's network counts as one, which has as many IPv6
/// addresses as it likes (RFC 6177).
#[must_use]
pub fn source(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        address @ IpAddr::V4(_) => address,
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The station has enough.
    Station,
    /// All stations together have enough.
    All,
}

struct Counts<K> {
    by_station: HashMap<K, usize>,
    all: usize,
}

/// What is under way now.
pub struct Places<K: Clone + Hash + Eq = Key>(Arc<Mutex<Counts<K>>>);

/// One thing under way; dropping it gives the place back.
pub struct Place<K: Clone + Hash + Eq = Key> {
    places: Places<K>,
    key: K,
}

impl<K: Clone + Hash + Eq> Default for Places<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Counts {
            by_station: HashMap::new(),
            all: 0,
        })))
    }
}

impl<K: Clone + Hash + Eq> Clone for Places<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Clone + Hash + Eq> Places<K> {
    /// Takes a place if there is one: `per_station` of the key's own, `all` of everybody together.
    ///
    /// # Errors
    /// See [`Full`].
    pub fn enter(&self, key: K, per_station: usize, all: usize) -> Result<Place<K>, Full> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.by_station.get(&key).copied().unwrap_or(0);
        if own >= per_station {
            return Err(Full::Station);
        }
        if counts.all >= all {
            return Err(Full::All);
        }
        counts.all += 1;
        counts.by_station.insert(key.clone(), own + 1);
        drop(counts);
        Ok(Place {
            places: self.clone(),
            key,
        })
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).all == 0
    }
}

impl<K: Clone + Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut counts = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.all = counts.all.saturating_sub(1);
        let left = counts
            .by_station
            .get(&self.key)
            .map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            counts.by_station.remove(&self.key);
        } else {
            counts.by_station.insert(self.key.clone(), left);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use governor::Quota;

    use super::{Full, Key, Places, Rate, source};
    use crate::model::{Boot, Mac, Now};

    fn station(last: u8) -> Key {
        let mac = Mac::new([2, 0, 0, 0, 0, last]).unwrap();
        ("piazza".parse().unwrap(), Some(mac))
    }

    fn rate(per_minute: u32) -> (Rate<Key>, Arc<AtomicU64>) {
        let boot = Arc::new(AtomicU64::new(1_000));
        let clock = Arc::clone(&boot);
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap());
        let rate = Rate::new(
            quota,
            Arc::new(move || Now {
                boot: Boot(clock.load(Ordering::Relaxed)),
                wall: jiff::Timestamp::UNIX_EPOCH,
            }),
        );
        (rate, boot)
    }

    #[test]
    fn a_subnet_is_one_source() {
        let at = |text: &str| source(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:2"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }

    #[test]
    fn one_station_cannot_take_the_places_of_others() {
        let places = Places::default();
        let first = places.enter(station(1), 2, 3).unwrap();
        let _second = places.enter(station(1), 2, 3).unwrap();
        assert_eq!(places.enter(station(1), 2, 3).err(), Some(Full::Station));
        let _other = places.enter(station(2), 2, 3).unwrap();
        assert_eq!(places.enter(station(3), 2, 3).err(), Some(Full::All));
        drop(first);
        assert!(places.enter(station(1), 2, 3).is_ok());
    }

    #[test]
    fn places_leave_no_trace() {
        let places = Places::default();
        let taken = places.enter(station(0), 2, 3).unwrap();
        assert!(!places.is_empty());
        drop(taken);
        for last in 1..50 {
            drop(places.enter(station(last), 2, 3).unwrap());
        }
        assert!(places.is_empty());
        assert_eq!(places.0.lock().unwrap().by_station.len(), 0);
    }

    #[test]
    fn attempts_come_back_with_time_and_are_counted_per_key() {
        let (rate, boot) = rate(3);
        for _ in 0..3 {
            assert_eq!(rate.attempt(&station(1), NonZeroU32::MIN), Ok(()));
        }
        let wait = rate.attempt(&station(1), NonZeroU32::MIN).unwrap_err();
        assert!(wait.as_secs() <= 20 && !wait.is_zero(), "{wait:?}");
        assert_eq!(rate.attempt(&station(2), NonZeroU32::MIN), Ok(()));
        boot.fetch_add(20_000, Ordering::Relaxed);
        assert_eq!(rate.attempt(&station(1), NonZeroU32::MIN), Ok(()));
    }

    #[test]
    fn what_costs_more_than_there_ever_is_never_passes_and_costs_nothing() {
        let (rate, _) = rate(3);
        let cost = |points| NonZeroU32::new(points).unwrap();
        assert_eq!(rate.attempt(&station(1), cost(4)), Err(Duration::MAX));
        assert_eq!(rate.attempt(&station(1), cost(2)), Ok(()));
        assert!(rate.attempt(&station(1), cost(2)).is_err());
        assert_eq!(rate.attempt(&station(1), cost(1)), Ok(()));
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let (rate, boot) = rate(300);
        for last in 0..100 {
            assert_eq!(rate.attempt(&station(last), NonZeroU32::MIN), Ok(()));
        }
        assert_eq!(rate.remembered(), 100);
        boot.fetch_add(60_000, Ordering::Relaxed);
        rate.tidy();
        assert_eq!(rate.remembered(), 0);
    }
}
