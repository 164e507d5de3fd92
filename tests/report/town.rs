//! A town whose figures are made up, always the same: what the tests read and the benchmark exports.

#![allow(
    clippy::unwrap_used,
    reason = "the dates and numbers here are known to be right"
)]
#![allow(
    dead_code,
    reason = "shared by tests and benchmarks, each of which needs its part"
)]

use std::collections::BTreeMap;

use portico::model::figures::{
    Day, DayFigures, DayRecord, Days, DeviceFamily, Figure, Histogram, Hour, HourFigures, KeyNumber, Ledger,
    LedgerError, Month, MonthFigures, Outage, Outages, Period, Sketch, Snippet, Stations, Tally,
};
use portico::model::{NetworkId, TimeZone};

/// Numbers that look like chance, and come again with the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }
}

/// How many sessions an hour of the day has on a busy network.
const HOURLY: [u64; 24] = [
    2, 1, 0, 0, 0, 1, 3, 8, 14, 18, 20, 24, 28, 22, 18, 20, 26, 34, 40, 36, 28, 20, 12, 6,
];

/// The made-up figures of some networks from one day to another.
#[derive(Debug, Clone)]
pub(crate) struct Town {
    networks: Vec<NetworkId>,
    period: Period,
    zone: TimeZone,
}

impl Town {
    pub(crate) fn new(networks: Vec<NetworkId>, period: Period) -> Self {
        Self {
            networks,
            period,
            zone: TimeZone::rome(),
        }
    }

    fn size(&self, network: NetworkId) -> u64 {
        let place = self.networks.iter().position(|known| *known == network);
        u64::try_from(place.unwrap_or(0)).unwrap()
    }

    /// A network's day.
    pub(crate) fn day(&self, network: NetworkId, day: Day) -> DayRecord {
        let size = self.size(network);
        let seed = u64::try_from(
            day.date()
                .since(jiff::civil::date(1970, 1, 1))
                .unwrap()
                .get_days(),
        )
        .unwrap();
        let mut dice = Dice(seed * 1_000 + size);
        // Every third network is of a quiet place; every fourth day is a quiet one.
        let busy = if size % 3 == 2 { 1 } else { 8 } * if seed % 4 == 3 { 1 } else { 4 };
        let mut devices = Sketch::default();
        let hours = day.hours(&self.zone).map(|hour| {
            let of_day = usize::try_from(hour.local(&self.zone).hour()).unwrap();
            let figures = hour_of(&mut dice, HOURLY[of_day] * busy / 32, &mut devices);
            (hour, figures)
        });
        let mut hours: Vec<(Hour, HourFigures)> = hours.collect();
        if seed % 90 == size % 90 {
            for (_, figures) in hours.iter_mut().skip(6).take(14) {
                figures
                    .outages
                    .add(Outage::ALL[usize::try_from(seed % 4).unwrap()], 3_600);
            }
        } else if seed % 20 == size {
            hours[9].1.outages = Outages {
                uplink: 1_234,
                ..Outages::default()
            };
        }
        DayRecord {
            day,
            hours,
            figures: DayFigures { devices },
        }
    }

    /// Everything of some days, as `core` hands it to the store.
    pub(crate) fn figures(&self, network: NetworkId, period: Period) -> Vec<Figure> {
        let months = period.months().map(|month| Figure::Month {
            network,
            month,
            figures: self.month(network, month),
        });
        let days = period.days().flat_map(|day| {
            let record = self.day(network, day);
            let of_day = Figure::Day {
                network,
                day,
                figures: record.figures,
            };
            let hours = record.hours.into_iter().map(move |(hour, figures)| Figure::Hour {
                network,
                day,
                hour,
                figures: Box::new(figures),
            });
            hours.chain([of_day])
        });
        months.chain(days).collect()
    }

    pub(crate) fn month(&self, network: NetworkId, month: Month) -> MonthFigures {
        let mut dice = Dice(u64::try_from(month.first().date().year()).unwrap() * 100 + self.size(network));
        let mut devices = Sketch::default();
        (0..400 + dice.below(2_000)).for_each(|_| devices.insert(KeyNumber(1), dice.next()));
        MonthFigures { devices }
    }
}

fn hour_of(dice: &mut Dice, scale: u64, devices: &mut Sketch) -> HourFigures {
    let sessions = scale / 2 + dice.below(scale + 1);
    let mut lengths = Histogram::default();
    let (mut loads, mut waits) = (Histogram::default(), Histogram::default());
    for _ in 0..sessions {
        lengths.record(60 + dice.below(5_000));
        loads.record(80 + dice.below(900));
        waits.record(2_000 + dice.below(9_000));
        devices.insert(KeyNumber(1), dice.next());
    }
    let languages: Tally<_> = [("it", sessions), ("en", sessions / 4)]
        .into_iter()
        .map(|(code, count)| (code.parse().unwrap(), count))
        .collect();
    let android = sessions / 2;
    let families: Tally<_> = [
        (DeviceFamily::Android, android),
        (DeviceFamily::Apple, sessions - android),
    ]
    .into_iter()
    .collect();
    let returning = sessions / 3;
    HourFigures {
        views: languages.total(),
        grants: sessions,
        sessions,
        returning,
        online: sessions + returning,
        peak: sessions / 2 + u64::from(sessions > 0),
        session_seconds: sessions * 1_500,
        bytes_down: sessions * (30_000_000 + dice.below(50_000_000)),
        bytes_up: sessions * (2_000_000 + dice.below(5_000_000)),
        session_length: lengths,
        load_time: loads,
        to_online: waits,
        languages: languages.clone(),
        families: families.clone(),
        snippet: Snippet {
            told: sessions,
            shown: sessions - sessions / 20,
        },
        blocked: 0,
        refused: dice.below(40) / 39,
        best_down: if sessions > 10 {
            3_000_000 + dice.below(2_000_000)
        } else {
            100_000 * sessions
        },
        best_up: 25_000 * sessions,
        line: [12_500_000, 0],
        outages: Outages::default(),
        observed: 3_600,
        stations: Stations::all(sessions),
        language_stations: languages,
        family_stations: families,
    }
}

impl Ledger for Town {
    fn span(&mut self, network: NetworkId) -> Result<Option<Period>, LedgerError> {
        Ok(self.networks.contains(&network).then_some(self.period))
    }

    fn days(&mut self, network: NetworkId, period: Period) -> Days<'_> {
        let from = self.period.from().max(period.from());
        let known = Period::new(from, self.period.to().min(period.to())).ok();
        let known = known.filter(|_| self.networks.contains(&network));
        let days = known.into_iter().flat_map(Period::days);
        Box::new(days.map(move |day| Ok(self.day(network, day))))
    }

    fn months(
        &mut self,
        network: NetworkId,
        period: Period,
    ) -> Result<Vec<(Month, MonthFigures)>, LedgerError> {
        if !self.networks.contains(&network) {
            return Ok(Vec::new());
        }
        let months: BTreeMap<Month, MonthFigures> = period
            .months()
            .map(|month| (month, self.month(network, month)))
            .collect();
        Ok(months.into_iter().collect())
    }
}
