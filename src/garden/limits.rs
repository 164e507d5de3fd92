//! What one station may cost the forwarder: queries, long names, and answers under way at once.
//!
//! The rate is the second one, behind the kernel's 20 packets a second of each station. It is counted
//! in the length of queries and by kinds of record, so that people's phones do not meet it, and a tunnel
//! through DNS carries next to nothing: its queries are long, and it asks for records that no phone
//! wants.

use std::num::NonZeroU32;

use governor::Quota;

use crate::limits::{Key, Place, Places, Rate};
use crate::model::Clock;
use crate::wire::dns::{Query, kind};

/// Points of one station per second. An ordinary query costs one, a long one more, and one for a record
/// that browsers do not ask for still more.
const POINTS_PER_SECOND: u32 = 10;
/// Points that a station has when it comes: everything on a phone wakes up at once.
const POINTS_AT_ONCE: u32 = 300;
/// Bytes of an ordinary query.
const ORDINARY: usize = 88;
/// Bytes beyond it for one more point.
const BYTES_PER_POINT: usize = 24;
/// What a record costs that only a tunnel needs.
const ODD_RECORD: u32 = 8;
/// Most stations remembered one by one; the rest share what one has.
const MOST_STATIONS: usize = 65_536;
/// Most queries, or connections, of one station at once.
const AT_ONCE_OF_ONE: usize = 64;
/// Most queries and connections at once.
const AT_ONCE: usize = 1_024;

/// See the module.
pub(super) struct Budget(Rate<Key>);

impl Budget {
    pub(super) fn new(clock: Clock) -> Self {
        let points = |count| NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(points(POINTS_PER_SECOND)).allow_burst(points(POINTS_AT_ONCE));
        Self(Rate::new(quota, clock))
    }

    /// Counts one query; whether the station may ask it.
    pub(super) fn allows(&self, key: Key, query: &Query) -> bool {
        let key = if self.0.remembered() >= MOST_STATIONS {
            (key.0, None)
        } else {
            key
        };
        self.0.attempt(&key, cost(query)).is_ok()
    }

    /// Forgets the stations that have been quiet; called now and then.
    pub(super) fn tidy(&self) {
        self.0.tidy();
    }
}

fn cost(query: &Query) -> NonZeroU32 {
    let beyond = query.length.saturating_sub(ORDINARY).div_ceil(BYTES_PER_POINT);
    let length = u32::try_from(beyond).unwrap_or(POINTS_AT_ONCE);
    let odd = matches!(query.kind, kind::TXT | kind::NULL | kind::ANY | kind::CNAME) || query.kind > 256;
    let record = if odd { ODD_RECORD } else { 0 };
    NonZeroU32::MIN.saturating_add(length).saturating_add(record)
}

/// Queries and connections under way now.
#[derive(Default)]
pub(super) struct UnderWay(Places);

impl UnderWay {
    /// Takes a place if there is one.
    pub(super) fn enter(&self, key: Key) -> Option<Place> {
        self.0.enter(key, AT_ONCE_OF_ONE, AT_ONCE).ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{AT_ONCE, AT_ONCE_OF_ONE, Budget, MOST_STATIONS, POINTS_AT_ONCE, UnderWay};
    use crate::limits::Key;
    use crate::model::{Boot, Mac, Now};
    use crate::wire::dns::{Query, kind, read_query};

    fn station(last: u8) -> Key {
        (
            "piazza".parse().unwrap(),
            Some(Mac::new([2, 0, 0, 0, 0, last]).unwrap()),
        )
    }

    fn query(name: &str, kind: u16) -> Query {
        let mut message = vec![0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            message.push(u8::try_from(label.len()).unwrap());
            message.extend_from_slice(label.as_bytes());
        }
        message.push(0);
        message.extend_from_slice(&kind.to_be_bytes());
        message.extend_from_slice(&[0, 1]);
        read_query(&message).unwrap()
    }

    fn budget() -> (Budget, Arc<AtomicU64>) {
        let boot = Arc::new(AtomicU64::new(1_000));
        let clock = Arc::clone(&boot);
        let budget = Budget::new(Arc::new(move || Now {
            boot: Boot(clock.load(Ordering::Relaxed)),
            wall: jiff::Timestamp::UNIX_EPOCH,
        }));
        (budget, boot)
    }

    #[test]
    fn a_phone_does_not_meet_the_limit_and_a_tunnel_does() {
        let (budget, boot) = budget();
        let ordinary = query("connectivitycheck.gstatic.com", kind::A);
        // A minute of a phone on which everything wakes up.
        for second in 0..60 {
            boot.fetch_add(1_000, Ordering::Relaxed);
            for _ in 0..if second < 5 { 40 } else { 8 } {
                assert!(budget.allows(station(1), &ordinary), "second {second}");
            }
        }
        let label = "a".repeat(60);
        let tunnel = query(&format!("{label}.{label}.{label}.t.example"), kind::NULL);
        let mut passed: usize = 0;
        for _ in 0..60 {
            boot.fetch_add(1_000, Ordering::Relaxed);
            passed += (0..20).filter(|_| budget.allows(station(2), &tunnel)).count();
        }
        assert!(passed < 70, "{passed} queries of 1200");
        assert!(budget.allows(station(3), &tunnel), "each has a budget of its own");
        boot.fetch_add(600_000, Ordering::Relaxed);
        budget.tidy();
        assert_eq!(budget.0.remembered(), 0);
    }

    #[test]
    fn stations_beyond_those_that_are_remembered_share_what_one_has() {
        let (budget, _) = budget();
        let ordinary = query("connectivitycheck.gstatic.com", kind::A);
        let numbered = |number: usize| -> Key {
            let [.., a, b, c] = number.to_be_bytes();
            let mac = Mac::new([2, 0, 0, a, b, c]).unwrap();
            ("piazza".parse().unwrap(), Some(mac))
        };
        let allowed = |numbers: std::ops::Range<usize>| {
            let asks = |number: &usize| budget.allows(numbered(*number), &ordinary);
            u32::try_from(numbers.filter(asks).count()).unwrap()
        };
        assert_eq!(allowed(0..MOST_STATIONS), u32::try_from(MOST_STATIONS).unwrap());
        let beyond = MOST_STATIONS..2 * MOST_STATIONS;
        assert_eq!(allowed(beyond), POINTS_AT_ONCE);
    }

    #[test]
    fn one_station_cannot_take_the_places_of_others() {
        let under_way = UnderWay::default();
        let mut places: Vec<_> = std::iter::from_fn(|| under_way.enter(station(1))).collect();
        assert_eq!(places.len(), AT_ONCE_OF_ONE);
        for last in 2..=200 {
            places.extend(std::iter::from_fn(|| under_way.enter(station(last))));
        }
        assert_eq!(places.len(), AT_ONCE);
        drop(places);
        assert!(under_way.0.is_empty());
    }
}
