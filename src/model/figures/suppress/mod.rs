//! What may leave the gateway: nothing that tells of fewer than five people, and nothing from which
//! such a figure could be computed.
//!
//! - Of a day, hours and the total are decided on together, once the day is over, see `cover`. An hour
//!   is told as a whole or not at all, since its figures follow from each other nearly.
//! - The total of a month is told, once it is over, if it gives nothing away of its days; the days stay
//!   as they were told before. Only these three are ever told: the total of any other period, or of many
//!   networks, is a sum of what was told, and so gives away nothing more (see [`AtLeast`]).
//! - Languages and kinds of devices are told of whole months alone, small ones together.
//!
//! The functions here know nothing of what was told earlier: they come to the same result for the same
//! figures, and figures of a day that is over do not change.

mod cover;

use super::histogram::Histogram;
use super::hour::{DeviceFamily, HourFigures, Language, MonthFigures};
use super::ledger::DayRecord;
use super::outage::Outages;
use super::tally::Tally;
use super::time::{Day, Hour, Month};
pub use cover::LEAST;
use cover::{Cover, Region, decide, is_small, is_total_hidden};

/// A figure that adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// See [`HourFigures`] for these.
    Views,
    /// Grants.
    Grants,
    /// Sessions that began.
    Sessions,
    /// Stations that came back.
    Returning,
    /// Seconds of sessions.
    SessionSeconds,
    /// IP bytes to stations.
    BytesDown,
    /// IP bytes from stations.
    BytesUp,
    /// Blocked stations that pressed the button.
    Blocked,
    /// Presses in vain.
    Refused,
}

/// A distribution of which quantiles are told, and never the counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution(Histogram);

/// What may be told of an hour, a day or a month of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFigures {
    counts: [Option<u64>; Measure::ALL.len()],
    /// Most sessions at the same time; of a day, in the hours that are told.
    pub peak: Option<u64>,
    /// How long sessions that ended had lasted, seconds.
    pub session_length: Distribution,
    /// How long the page took to load, milliseconds.
    pub load_time: Distribution,
    /// From the first probe to being online, milliseconds.
    pub to_online: Distribution,
    /// Of a thousand pages that told, on how many the visual identity was drawn.
    pub snippet_per_mille: Option<u64>,
    /// Best rate over a minute, bytes per second, of all networks on the line together.
    pub best_down: u64,
    /// Time out of service.
    pub outages: Outages,
}

/// What may be told of a network's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicDay {
    /// Which.
    pub day: Day,
    /// Its hours.
    pub hours: Vec<(Hour, PublicFigures)>,
    /// All of it.
    pub total: PublicFigures,
    /// About how many different devices.
    pub devices: Option<u64>,
    guests: Cover<GUESTS>,
    asides: [Cover<1>; ASIDES.len()],
}

/// What may be told of a network's month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicMonth {
    /// Which.
    pub month: Month,
    /// Its days.
    pub days: Vec<PublicDay>,
    /// All of it; of a month that is not over, nothing that counts people.
    pub total: PublicFigures,
    /// About how many different devices.
    pub devices: Option<u64>,
    /// Views by language; those too few to be told together as `None`. Empty where not told.
    pub languages: Vec<(Option<Language>, u64)>,
    /// Sessions by kind of device, in the same way.
    pub families: Vec<(Option<DeviceFamily>, u64)>,
}

/// A sum of what is told: not more than the truth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AtLeast {
    /// The sum.
    pub value: u64,
    /// Whether something is missing in it.
    pub is_partial: bool,
}

/// Counts that are told or hidden together.
const GUESTS: usize = 4;
/// Counts that are small where others are not, each told or hidden for itself.
const ASIDES: [Measure; 3] = [Measure::Returning, Measure::Blocked, Measure::Refused];

impl Measure {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Views,
        Self::Grants,
        Self::Sessions,
        Self::Returning,
        Self::SessionSeconds,
        Self::BytesDown,
        Self::BytesUp,
        Self::Blocked,
        Self::Refused,
    ];

    /// The raw figure.
    #[must_use]
    pub const fn of(self, figures: &HourFigures) -> u64 {
        match self {
            Self::Views => figures.views,
            Self::Grants => figures.grants,
            Self::Sessions => figures.sessions,
            Self::Returning => figures.returning,
            Self::SessionSeconds => figures.session_seconds,
            Self::BytesDown => figures.bytes_down,
            Self::BytesUp => figures.bytes_up,
            Self::Blocked => figures.blocked,
            Self::Refused => figures.refused,
        }
    }
}

impl Distribution {
    /// The value that so many thousandths do not exceed; `None` below five values.
    #[must_use]
    pub fn quantile(&self, per_mille: u16) -> Option<u64> {
        (self.0.total() >= LEAST)
            .then(|| self.0.quantile(per_mille))
            .flatten()
    }

    /// Joins another.
    pub fn merge(&mut self, other: &Self) {
        self.0.merge(&other.0);
    }
}

impl PublicFigures {
    /// A figure; `None` where it is not told.
    #[must_use]
    pub fn get(&self, measure: Measure) -> Option<u64> {
        let place = Measure::ALL.iter().position(|known| *known == measure)?;
        self.counts.get(place).copied().flatten()
    }

    /// Sessions at the same time on average over so many seconds, in hundredths.
    #[must_use]
    pub fn mean_concurrent(&self, seconds: u64) -> Option<u64> {
        let all = self.get(Measure::SessionSeconds)?.saturating_mul(100);
        all.checked_div(seconds)
    }

    fn new(figures: &HourFigures, hides: impl Fn(Measure) -> bool) -> Self {
        let hidden = hides(Measure::Views);
        let distribution = |histogram: &Histogram| {
            Distribution(if hidden {
                Histogram::default()
            } else {
                histogram.clone()
            })
        };
        let snippet = figures.snippet;
        let share = snippet.shown.saturating_mul(1_000).checked_div(snippet.told);
        Self {
            counts: Measure::ALL.map(|measure| (!hides(measure)).then(|| measure.of(figures))),
            peak: (!hidden && !is_small(figures.peak)).then_some(figures.peak),
            session_length: distribution(&figures.session_length),
            load_time: distribution(&figures.load_time),
            to_online: distribution(&figures.to_online),
            snippet_per_mille: share.filter(|_| !hidden && snippet.told >= LEAST),
            best_down: figures.best_down,
            outages: figures.outages,
        }
    }
}

impl PublicDay {
    /// What may be told of a day that is over.
    #[must_use]
    pub fn new(record: &DayRecord) -> Self {
        let parts: Vec<[u64; GUESTS]> = record.hours.iter().map(|(_, hour)| guests(hour)).collect();
        let guests = decide(&parts, &vec![false; parts.len()]);
        let asides = ASIDES.map(|measure| {
            let parts: Vec<[u64; 1]> = record.hours.iter().map(|(_, hour)| [measure.of(hour)]).collect();
            decide(&parts, &guests.parts)
        });
        let hours: Vec<(Hour, PublicFigures)> = record
            .hours
            .iter()
            .enumerate()
            .map(|(place, (hour, figures))| {
                let hides = |measure| match aside(measure) {
                    Some(column) => asides[column].parts[place],
                    None => guests.parts[place],
                };
                (*hour, PublicFigures::new(figures, hides))
            })
            .collect();
        let sum = record.total();
        let mut total = PublicFigures::new(&sum, |measure| match aside(measure) {
            Some(column) => asides[column].total || guests.total,
            None => guests.total,
        });
        // The greatest of all would tell of an hour that is not told.
        total.peak = total
            .peak
            .and(hours.iter().filter_map(|(_, hour)| hour.peak).max());
        let devices = record.figures.devices.estimate();
        Self {
            day: record.day,
            hours,
            devices: devices.filter(|devices| !guests.total && !is_small(*devices)),
            total,
            guests,
            asides,
        }
    }
}

impl PublicMonth {
    /// What may be told of a month by its days that are over.
    #[must_use]
    pub fn new(month: Month, records: &[DayRecord], figures: &MonthFigures, is_over: bool) -> Self {
        let days: Vec<PublicDay> = records.iter().map(PublicDay::new).collect();
        let mut sum = HourFigures::default();
        for record in records {
            sum.merge(&record.total());
        }
        let hides_guests =
            !is_over || is_total_hidden(&guests(&sum), &regions(&days, |day| &day.guests, |_| false));
        let hides = |measure| match aside(measure) {
            None => hides_guests,
            Some(column) => {
                let regions = regions(&days, |day| &day.asides[column], |day| day.guests.total);
                hides_guests || is_total_hidden(&[measure.of(&sum)], &regions)
            }
        };
        let mut total = PublicFigures::new(&sum, hides);
        total.peak = total.peak.and(days.iter().filter_map(|day| day.total.peak).max());
        let devices = figures.devices.estimate();
        Self {
            month,
            devices: devices.filter(|devices| !hides_guests && !is_small(*devices)),
            languages: if hides_guests {
                Vec::new()
            } else {
                fold_small(&sum.languages)
            },
            families: if hides_guests {
                Vec::new()
            } else {
                fold_small(&sum.families)
            },
            days,
            total,
        }
    }

    /// What the month comes to by what is told: its total, or else its days, or else their hours.
    #[must_use]
    pub fn told(&self, measure: Measure) -> AtLeast {
        self.total.get(measure).map_or_else(
            || self.days.iter().map(|day| day.told(measure)).sum(),
            AtLeast::exactly,
        )
    }
}

impl PublicDay {
    /// What the day comes to by what is told: its total, or else its hours.
    #[must_use]
    pub fn told(&self, measure: Measure) -> AtLeast {
        let hour =
            |(_, hour): &(Hour, PublicFigures)| hour.get(measure).map_or(AtLeast::NOTHING, AtLeast::exactly);
        self.total
            .get(measure)
            .map_or_else(|| self.hours.iter().map(hour).sum(), AtLeast::exactly)
    }
}

impl AtLeast {
    /// Something is hidden.
    const NOTHING: Self = Self {
        value: 0,
        is_partial: true,
    };

    /// A figure that is told.
    #[must_use]
    pub const fn exactly(value: u64) -> Self {
        Self {
            value,
            is_partial: false,
        }
    }
}

impl std::iter::Sum for AtLeast {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self {
            value: sum.value.saturating_add(part.value),
            is_partial: sum.is_partial || part.is_partial,
        })
    }
}

/// The place of a measure that is told for itself.
fn aside(measure: Measure) -> Option<usize> {
    ASIDES.iter().position(|known| *known == measure)
}

/// The people behind an hour. Traffic or the end of a session that began before is somebody too.
fn guests(hour: &HourFigures) -> [u64; GUESTS] {
    let is_used = hour.bytes_down > 0
        || hour.bytes_up > 0
        || hour.session_seconds > 0
        || hour.session_length.total() > 0
        || hour.to_online.total() > 0
        || hour.peak > 0;
    [
        hour.views,
        hour.grants,
        hour.sessions,
        hour.online.max(u64::from(is_used)),
    ]
}

/// The hidden hours under days whose total is hidden.
fn regions<const N: usize>(
    days: &[PublicDay],
    cover: impl Fn(&PublicDay) -> &Cover<N>,
    also: impl Fn(&PublicDay) -> bool,
) -> Vec<Region<N>> {
    let hidden = days.iter().filter(|day| cover(day).total || also(day));
    hidden.map(|day| cover(day).region).collect()
}

/// Kinds that are too few are told together; and with them the first of the others where they would be
/// too few even so.
fn fold_small<K: Ord + Copy>(tally: &Tally<K>) -> Vec<(Option<K>, u64)> {
    let (mut told, mut others) = (Vec::new(), 0_u64);
    for (kind, count) in tally.iter() {
        if is_small(count) {
            others += count;
        } else {
            told.push((Some(kind), count));
        }
    }
    if is_small(others) && !told.is_empty() {
        others = others.saturating_add(told.remove(0).1);
    }
    // Too few in all: the total is not told either.
    if others >= LEAST {
        told.push((None, others));
    }
    told
}

#[cfg(test)]
mod tests;
