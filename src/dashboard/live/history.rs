//! What moved in the last minutes: totals as they were asked for, and what they come to.

use std::collections::{BTreeMap, VecDeque};

use crate::core::NetworkPulse;
use crate::dashboard::desk::{Pulse, ResolverLook};
use crate::model::figures::Snippet;
use crate::model::{Boot, NetworkId, Now};

/// How far a chart goes back.
const SPAN_MS: u64 = 600_000;
/// The least time that a rate is taken over: counters are read every five seconds, and come in steps.
const LEAST_MS: u64 = 10_000;
/// Two readings are apart by so much at least.
const APART_MS: u64 = 1_500;
/// Between two marks.
const MARK_MS: u64 = 60_000;
/// How many marks are kept: an hour of them.
const MARKS: usize = 61;
/// How far back is lately, for the resolver.
const RESOLVER_MS: u64 = 600_000;

/// Bytes per second to stations and from them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::dashboard) struct Rates {
    pub(in crate::dashboard) down: u64,
    pub(in crate::dashboard) up: u64,
}

/// Rates at a time, seconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::dashboard) struct Point {
    pub(in crate::dashboard) at: i64,
    pub(in crate::dashboard) rates: Rates,
}

/// What came of late of what is only counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::dashboard) struct Lately {
    /// In the last ten minutes.
    pub(in crate::dashboard) resolver: ResolverLook,
    /// In the last hour.
    pub(in crate::dashboard) snippets: BTreeMap<NetworkId, Snippet>,
}

/// Totals of a network, or of all under `None`.
type Totals = BTreeMap<Option<NetworkId>, Rates>;

/// Counts at a time.
struct Mark {
    at: Boot,
    resolver: ResolverLook,
    snippets: BTreeMap<NetworkId, Snippet>,
}

/// See the module.
#[derive(Default)]
pub(super) struct History {
    readings: VecDeque<(Boot, Totals)>,
    marks: VecDeque<Mark>,
    newest: Option<Mark>,
    /// A rate is taken over so long.
    window_ms: u64,
}

impl History {
    /// Takes what was asked for.
    pub(super) fn take(&mut self, at: Boot, pulse: &Pulse) {
        let last = self.readings.back().map(|(last, _)| *last);
        if last.is_some_and(|last| at.since(last) < APART_MS) {
            return;
        }
        self.window_ms = pulse.traffic.read_every_ms.max(LEAST_MS);
        self.readings.push_back((at, totals(&pulse.traffic.networks)));
        let keep = SPAN_MS.saturating_add(self.window_ms);
        while self
            .readings
            .front()
            .is_some_and(|(old, _)| at.since(*old) > keep)
        {
            self.readings.pop_front();
        }
        let mark = || Mark {
            at,
            resolver: pulse.resolver,
            snippets: pulse
                .traffic
                .networks
                .iter()
                .map(|(id, of)| (*id, of.snippet))
                .collect(),
        };
        if self.marks.back().is_none_or(|last| at.since(last.at) >= MARK_MS) {
            self.marks.push_back(mark());
        }
        if self.marks.len() > MARKS {
            self.marks.pop_front();
        }
        self.newest = Some(mark());
    }

    /// The newest rates of each network, and of all under `None`.
    pub(super) fn rates(&self) -> BTreeMap<Option<NetworkId>, Rates> {
        let Some((_, newest)) = self.readings.back() else {
            return BTreeMap::new();
        };
        let last = self.readings.len() - 1;
        newest
            .keys()
            .filter_map(|key| Some((*key, self.rate(*key, last)?)))
            .collect()
    }

    /// Rates of the last ten minutes.
    pub(super) fn points(&self, network: Option<NetworkId>, now: Now) -> Vec<Point> {
        let point = |place: usize| {
            let (at, _) = self.readings.get(place)?;
            let ago = i64::try_from(now.boot.since(*at).div_ceil(1_000)).ok()?;
            Some(Point {
                at: now.wall.as_second().saturating_sub(ago),
                rates: self.rate(network, place)?,
            })
        };
        (0..self.readings.len())
            .filter(|place| {
                let reading = self.readings.get(*place);
                reading.is_some_and(|(at, _)| now.boot.since(*at) <= SPAN_MS)
            })
            .filter_map(point)
            .collect()
    }

    /// What came of late.
    pub(super) fn lately(&self, now: Boot) -> Lately {
        let (Some(newest), Some(oldest)) = (&self.newest, self.marks.front()) else {
            return Lately::default();
        };
        let mut marks = self.marks.iter();
        let ten_minutes = marks.find(|mark| now.since(mark.at) <= RESOLVER_MS);
        let before = ten_minutes.map_or(newest.resolver, |mark| mark.resolver);
        let snippets = newest.snippets.iter().map(|(id, snippet)| {
            let before = oldest.snippets.get(id).copied().unwrap_or_default();
            let lately = Snippet {
                told: snippet.told.saturating_sub(before.told),
                shown: snippet.shown.saturating_sub(before.shown),
            };
            (*id, lately)
        });
        Lately {
            resolver: ResolverLook {
                queries: newest.resolver.queries.saturating_sub(before.queries),
                dropped: newest.resolver.dropped.saturating_sub(before.dropped),
                failed: newest.resolver.failed.saturating_sub(before.failed),
            },
            snippets: snippets.collect(),
        }
    }

    /// The mean rate over the window that ends with a reading; over what there is, when that is less.
    fn rate(&self, network: Option<NetworkId>, place: usize) -> Option<Rates> {
        let (at, totals) = self.readings.get(place)?;
        let before = self
            .readings
            .partition_point(|(old, _)| at.since(*old) >= self.window_ms);
        let (since, old) = self.readings.get(before.saturating_sub(1).min(place))?;
        let passed = at.since(*since);
        let (new, old) = (totals.get(&network)?, old.get(&network)?);
        let rate = |new: u64, old: u64| new.saturating_sub(old).saturating_mul(1_000).checked_div(passed);
        Some(Rates {
            down: rate(new.down, old.down)?,
            up: rate(new.up, old.up)?,
        })
    }
}

fn totals(networks: &BTreeMap<NetworkId, NetworkPulse>) -> Totals {
    let mut all = Rates::default();
    let mut totals = Totals::new();
    for (id, pulse) in networks {
        let (down, up) = (pulse.usage.down.bytes, pulse.usage.up.bytes);
        all.down = all.down.saturating_add(down);
        all.up = all.up.saturating_add(up);
        totals.insert(Some(*id), Rates { down, up });
    }
    totals.insert(None, all);
    totals
}

#[cfg(test)]
mod tests {
    use super::{History, Point, Rates, SPAN_MS};
    use crate::core::NetworkPulse;
    use crate::dashboard::desk::Pulse;
    use crate::model::{Boot, NetworkId, Now};

    fn piazza() -> NetworkId {
        "piazza".parse().unwrap()
    }

    /// A pulse with these bytes to stations of two networks together, a tenth of them from stations.
    fn pulse(down: u64) -> Pulse {
        let mut pulse = Pulse::default();
        pulse.traffic.read_every_ms = 5_000;
        let mut of = NetworkPulse::default();
        of.usage.down.bytes = down / 2;
        of.usage.up.bytes = down / 20;
        of.snippet.told = down / 1_000;
        for id in ["molini", "piazza"] {
            pulse.traffic.networks.insert(id.parse().unwrap(), of);
        }
        pulse.resolver.queries = down / 1_000;
        pulse
    }

    fn now(ms: u64) -> Now {
        Now {
            boot: Boot(ms),
            wall: "2026-11-22T10:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn counters_that_are_read_in_steps_make_an_even_rate() {
        let mut history = History::default();
        assert!(history.rates().is_empty() && history.points(None, now(0)).is_empty());
        // 1,000 bytes a second, read every five seconds.
        for second in (0..=60).step_by(2) {
            history.take(Boot(second * 1_000), &pulse(second / 5 * 5_000));
        }
        let rates = history.rates();
        assert_eq!(rates[&None], Rates { down: 1_000, up: 100 });
        assert_eq!(rates[&Some(piazza())], Rates { down: 500, up: 50 });
        let points = history.points(None, now(60_000));
        assert_eq!(points.len(), 30, "the first reading is of no rate");
        let last = points[29];
        let wall = now(0).wall.as_second();
        assert_eq!((last.at, last.rates.down), (wall, 1_000));
        assert_eq!(points[28].at, wall - 2);
        let steady = |point: &Point| point.rates.down == 1_000;
        assert!(points[5..].iter().all(steady), "{points:?}");
    }

    #[test]
    fn ten_minutes_are_kept_and_no_more() {
        let mut history = History::default();
        for second in (0..7_200).step_by(2) {
            history.take(Boot(second * 1_000), &pulse(second * 1_000));
            history.take(Boot(second * 1_000 + 1), &pulse(0));
        }
        assert!(history.readings.len() <= 307, "{}", history.readings.len());
        assert!(history.marks.len() <= 61);
        let points = history.points(Some(piazza()), now(7_198_000));
        assert_eq!(u64::try_from(points.len()).unwrap(), SPAN_MS / 2_000 + 1);
        assert!(history.points(None, now(8_000_000)).is_empty(), "long ago");
    }

    #[test]
    fn lately_is_ten_minutes_of_queries_and_an_hour_of_pages() {
        let mut history = History::default();
        for second in (0..=7_200).step_by(2) {
            history.take(Boot(second * 1_000), &pulse(second * 1_000));
        }
        let lately = history.lately(Boot(7_200_000));
        assert_eq!(lately.resolver.queries, 600);
        assert_eq!(lately.snippets[&piazza()].told, 3_600);
    }
}
