//! What the line was seen to carry: bytes of whole rounds of readings over the time they really took.
//!
//! A rate that is signed must not be better than the truth. So only bytes count that were moved within
//! the time that is divided by; a reading that reaches further back (the first one of this process, of
//! a station that is looked at now and then, after the helper was away) is left out, and so is a time that
//! came out longer than a minute and a half. A network counts only in a minute in which five stations
//! at least moved data on it: the best rate of a lonely guest is nobody's business.

use std::collections::BTreeMap;

use crate::model::figures::suppress::LEAST;
use crate::model::{Boot, Counters, NetworkId};

/// How long is measured at least.
const SPAN_MS: u64 = 60_000;
/// A longer time says little about a minute.
const LONGEST_MS: u64 = 90_000;
/// Readings of a round come one after the other: so much before the end of the last one they may begin.
const ROUND_MS: u64 = 5_000;

/// A minute that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Measured {
    /// Bytes per second, down and up.
    pub(super) rates: [u64; 2],
    /// Where five stations at least moved data.
    pub(super) many: Vec<NetworkId>,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Since when it is measured.
    from: Option<Boot>,
    /// Since when the bytes are that were counted, which may be a little earlier.
    earliest: Boot,
    networks: BTreeMap<NetworkId, Moved>,
    /// Which measurement it is: a session remembers in which it was counted last.
    serial: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Moved {
    down: u64,
    up: u64,
    stations: u64,
}

impl Line {
    /// A station moved so much since an earlier reading. `counted` is the measurement that it was
    /// counted in last.
    pub(super) fn take(&mut self, network: NetworkId, fresh: Counters, since: Boot, counted: &mut u32) {
        let Some(from) = self.from else { return };
        if since.plus_ms(ROUND_MS) < from {
            return;
        }
        self.earliest = self.earliest.min(since);
        let moved = self.networks.entry(network).or_default();
        moved.down = moved.down.saturating_add(fresh.down.bytes);
        moved.up = moved.up.saturating_add(fresh.up.bytes);
        if std::mem::replace(counted, self.serial) != self.serial {
            moved.stations += 1;
        }
    }

    /// A round of readings is over: what the line carried, when a minute has passed.
    pub(super) fn end_round(&mut self, now: Boot) -> Option<Measured> {
        let span = self.from.map(|_| now.since(self.earliest));
        if span.is_some_and(|span| span < SPAN_MS) {
            return None;
        }
        let mut networks = std::mem::take(&mut self.networks);
        self.from = Some(now);
        self.earliest = now;
        self.serial = self.serial.wrapping_add(1).max(1);
        let span = span.filter(|span| *span <= LONGEST_MS)?;
        let rate = |bytes: u64| bytes.saturating_mul(1_000) / span;
        networks.retain(|_, moved| moved.stations >= LEAST);
        let sums = networks.values().fold([0_u64; 2], |[down, up], moved| {
            [down.saturating_add(moved.down), up.saturating_add(moved.up)]
        });
        Some(Measured {
            rates: sums.map(rate),
            many: networks.into_keys().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Measured};
    use crate::model::{Boot, Counter, Counters, NetworkId};

    const SECOND: u64 = 1_000;

    fn bytes(bytes: u64) -> Counters {
        let counter = Counter { packets: 1, bytes };
        Counters {
            down: counter,
            up: Counter::default(),
        }
    }

    fn piazza() -> NetworkId {
        "piazza".parse().unwrap()
    }

    /// So many stations move a megabyte each second, and are read every so many seconds.
    fn best(stations: usize, every: u64) -> u64 {
        let mut line = Line::default();
        let mut counted = vec![0; stations];
        let mut best = 0;
        line.end_round(Boot(0));
        for round in 1..=600 / every {
            let now = Boot(round * every * SECOND);
            for counted in &mut counted {
                let since = Boot(now.0 - every * SECOND);
                line.take(piazza(), bytes(every * 1_000_000), since, counted);
            }
            best = best.max(line.end_round(now).map_or(0, |measured| measured.rates[0]));
        }
        best
    }

    #[test]
    fn the_rate_is_the_true_one_however_often_it_is_read() {
        for every in [1, 5, 7, 30] {
            assert_eq!(best(6, every), 6_000_000, "every {every} s");
        }
        assert_eq!(best(6, 100), 0, "too seldom to tell of a minute");
    }

    #[test]
    fn fewer_than_five_are_not_measured() {
        assert_eq!((best(4, 5), best(5, 5)), (0, 5_000_000));
    }

    #[test]
    fn what_was_moved_before_does_not_count() {
        let mut line = Line::default();
        let mut counted = [0; 5];
        line.end_round(Boot(1_000 * SECOND));
        for counted in &mut counted {
            // An hour's worth, read after a minute.
            line.take(piazza(), bytes(1_000_000_000), Boot(0), counted);
            line.take(piazza(), bytes(6_000_000), Boot(1_000 * SECOND), counted);
        }
        let measured = Measured {
            rates: [500_000, 0],
            many: vec![piazza()],
        };
        assert_eq!(line.end_round(Boot(1_060 * SECOND)), Some(measured));
        assert_eq!(
            line.end_round(Boot(9_000 * SECOND)),
            None,
            "nobody was read for hours"
        );
    }
}
