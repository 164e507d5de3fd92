//! What may leave the gateway: nothing that tells of fewer than five people, and nothing from which
//! such a figure could be computed.
//!
//! People are counted, not what they did: an hour in which one phone pressed the button ten times is an
//! hour of one. Each hour comes with the number of different stations behind each kind of figure
//! ([`Stations`](super::Stations)), each day and month with a sketch of those that were online; both are never more than
//! the truth. Nothing of these numbers is told below five. A sketch speaks for the time online and for the number of
//! devices alone: of fifty that were online one may have come back seven times, one have moved every byte, and with a
//! session that crosses midnight none have tapped. Of all else the people of a day or month are those of its best hour.
//!
//! - Of a day, hours and the total are decided on together, once the day is over, see `cover`. An hour
//!   is told as a whole or not at all, since its figures follow from each other nearly.
//! - The total of a month is told, once it is over, if it gives nothing away of its days; the days stay
//!   as they were told before. Only these three are ever told: the total of any other period, or of many
//!   networks, is a sum of what was told, and so gives away nothing more (see [`AtLeast`]).
//! - The number of different devices on all networks together is told of days and months, see `joined`.
//! - Languages and kinds of devices are told of whole months alone, in the same way: those of few
//!   people together with others.
//!
//! The functions here know nothing of what was told earlier: they come to the same result for the same
//! figures, and figures of a day that is over do not change.

mod cover;
mod joined;
mod measure;

use super::histogram::Histogram;
use super::hour::{DayFigures, DeviceFamily, HourFigures, Language, MonthFigures};
use super::ledger::DayRecord;
use super::outage::Outages;
use super::people::Role;
use super::sketch::Sketch;
use super::tally::Tally;
use super::time::{Day, Hour, Month};
pub use cover::LEAST;
use cover::{Cover, Part, Region, decide, is_small, is_total_hidden};
pub use joined::{joined_devices, tells_of_few};
pub use measure::{AtLeast, Distribution, Measure};

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
    /// Best rate over a minute, bytes per second, of all networks on the line with five people at least
    /// in that minute; 0 when there was none.
    pub best_down: u64,
    /// The same from stations.
    pub best_up: u64,
    /// See [`HourFigures::line`].
    pub line: [u64; 2],
    /// Time out of service.
    pub outages: Outages,
    /// Seconds of which it is known whether the network was in service.
    pub observed: u64,
}

/// What may be told of the hours of a network's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicHours {
    /// Which day.
    pub day: Day,
    /// Its hours.
    pub hours: Vec<(Hour, PublicFigures)>,
    /// About how many different devices on the whole day.
    pub devices: Option<u64>,
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
    covers: Covers,
}

/// What of a day is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Covers {
    guests: Cover<GUESTS>,
    asides: [Cover<1>; ASIDES.len()],
    /// Devices that were online, at least.
    people: u64,
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

/// Counts that are told or hidden together.
const GUESTS: usize = 5;
/// The place among them of the time online, see [`guests`].
const ONLINE: usize = 3;
/// Bytes are too many for anybody to find out how they are made up: only whose they are matters.
const MANY: u64 = 1 << 32;
/// What is told or hidden with them.
const GUEST_MEASURES: [Measure; 6] = [
    Measure::Views,
    Measure::Grants,
    Measure::Sessions,
    Measure::SessionSeconds,
    Measure::BytesDown,
    Measure::BytesUp,
];
/// Counts that are small where others are not, each told or hidden for itself.
const ASIDES: [(Measure, Role); 3] = [
    (Measure::Returning, Role::Returned),
    (Measure::Blocked, Role::Blocked),
    (Measure::Refused, Role::Refused),
];

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

    fn new(figures: HourFigures, hides: impl Fn(Measure) -> bool) -> Self {
        let hidden = hides(Measure::Views);
        let counts = Measure::ALL.map(|measure| (!hides(measure)).then(|| measure.of(&figures)));
        let stations = figures.stations;
        let are_few = |role| hidden || stations.of(role) < LEAST;
        let distribution = |histogram: Histogram, role| {
            Distribution(if are_few(role) {
                Histogram::default()
            } else {
                histogram
            })
        };
        let snippet = figures.snippet;
        let share = snippet.shown.saturating_mul(1_000).checked_div(snippet.told);
        Self {
            counts,
            // As many stations as sessions at the same time.
            peak: (!hidden && !is_small(figures.peak, figures.peak)).then_some(figures.peak),
            session_length: distribution(figures.session_length, Role::Ended),
            load_time: distribution(figures.load_time, Role::Measured),
            to_online: distribution(figures.to_online, Role::Granted),
            snippet_per_mille: share.filter(|_| !are_few(Role::Measured) && snippet.told >= LEAST),
            best_down: figures.best_down,
            best_up: figures.best_up,
            line: figures.line,
            outages: figures.outages,
            observed: figures.observed,
        }
    }
}

impl Covers {
    /// Decides on the hours of a day and its total together.
    fn of(hours: &[(Hour, HourFigures)], figures: &DayFigures) -> Self {
        let people = figures.devices.at_least();
        let parts: Vec<Part<GUESTS>> = hours.iter().map(|(_, hour)| guests(hour)).collect();
        let guests = decide(&parts, &vec![false; parts.len()], &guests_known(people));
        let asides = ASIDES.map(|(measure, role)| {
            let hours = hours.iter();
            let parts: Vec<Part<1>> = hours.map(|(_, hour)| part_of(hour, measure, role)).collect();
            // Who came back, or was kept out, is not known by who was online.
            decide(&parts, &guests.parts, &[0])
        });
        Self {
            guests,
            asides,
            people,
        }
    }

    /// What may be told of the hours.
    fn hours(&self, hours: Vec<(Hour, HourFigures)>) -> Vec<(Hour, PublicFigures)> {
        let hours = hours.into_iter().enumerate();
        let told = hours.map(|(place, (hour, figures))| {
            let hides = |measure| match aside(measure) {
                Some(column) => self.asides[column].parts[place],
                None => self.guests.parts[place],
            };
            (hour, PublicFigures::new(figures, hides))
        });
        told.collect()
    }

    /// Whether the day's total is hidden.
    fn total(&self, measure: Measure) -> bool {
        self.guests.total || aside(measure).is_some_and(|column| self.asides[column].total)
    }
}

/// The number of devices, where it tells of enough or of nobody.
fn devices_of(devices: &Sketch, hours: impl Iterator<Item = u64>) -> Option<u64> {
    let people = devices.at_least();
    let is_empty = people == 0 && hours.sum::<u64>() == 0;
    devices.estimate().filter(|_| people >= LEAST || is_empty)
}

impl PublicHours {
    /// What may be told of the hours of a day that is over: the same as [`PublicDay`] tells of them.
    #[must_use]
    pub fn new(record: DayRecord) -> Self {
        let covers = Covers::of(&record.hours, &record.figures);
        let online = record.hours.iter().map(|(_, hour)| hour.online);
        Self {
            day: record.day,
            devices: devices_of(&record.figures.devices, online),
            hours: covers.hours(record.hours),
        }
    }
}

impl PublicDay {
    /// What may be told of a day that is over, which comes to `sum`.
    fn new(record: DayRecord, sum: HourFigures) -> Self {
        let covers = Covers::of(&record.hours, &record.figures);
        let devices = devices_of(&record.figures.devices, std::iter::once(sum.online));
        let hours = covers.hours(record.hours);
        let mut total = PublicFigures::new(sum, |measure| covers.total(measure));
        // The greatest of all would tell of an hour that is not told.
        total.peak = total
            .peak
            .and(hours.iter().filter_map(|(_, hour)| hour.peak).max());
        Self {
            day: record.day,
            hours,
            devices,
            total,
            covers,
        }
    }
}

impl PublicMonth {
    /// What may be told of a month by its days that are over.
    #[must_use]
    pub fn new(month: Month, records: Vec<DayRecord>, figures: &MonthFigures, is_over: bool) -> Self {
        let mut sum = HourFigures::default();
        let days = records.into_iter().map(|record| {
            let total = record.total();
            sum.merge(&total);
            PublicDay::new(record, total)
        });
        let days: Vec<PublicDay> = days.collect();
        let people = figures.devices.at_least();
        let hides_guests = {
            let mut total = guests(&sum);
            for (some, known) in total.people.iter_mut().zip(guests_known(people)) {
                *some = known.max(*some);
            }
            let people_of = |day: &PublicDay| guests_known(day.covers.people);
            let regions = regions(&days, |day| &day.covers.guests, people_of, |_| false);
            !is_over || is_total_hidden(&total, &regions, is_told(&days, &GUEST_MEASURES))
        };
        let hides = |measure: Measure| match aside(measure) {
            None => hides_guests,
            Some(column) => {
                let (_, role) = ASIDES[column];
                let total = part_of(&sum, measure, role);
                let people_of = |_: &PublicDay| [0];
                let also = |day: &PublicDay| day.covers.guests.total;
                let regions = regions(&days, |day| &day.covers.asides[column], people_of, also);
                hides_guests || is_total_hidden(&total, &regions, is_told(&days, &[measure]))
            }
        };
        let hidden = Measure::ALL.map(|measure| (measure, hides(measure)));
        let (languages, families) = if hides_guests {
            (Vec::new(), Vec::new())
        } else {
            (
                fold_small(&sum.languages, &sum.language_stations),
                fold_small(&sum.families, &sum.family_stations),
            )
        };
        let devices = devices_of(&figures.devices, std::iter::once(sum.online)).filter(|month| {
            let of_days = days.iter().filter_map(|day| day.devices);
            let of_days: Vec<u64> = of_days.filter(|devices| *devices > 0).collect();
            !tells_of_few(*month, &of_days)
        });
        let mut total = PublicFigures::new(sum, |measure| {
            hidden
                .iter()
                .any(|(known, is_hidden)| *known == measure && *is_hidden)
        });
        total.peak = total.peak.and(days.iter().filter_map(|day| day.total.peak).max());
        Self {
            month,
            devices: devices.filter(|_| is_over),
            languages,
            families,
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

/// The place of a measure that is told for itself.
fn aside(measure: Measure) -> Option<usize> {
    ASIDES.iter().position(|(known, _)| *known == measure)
}

/// The people behind an hour. Traffic or the end of a session that began before is somebody too.
fn guests(hour: &HourFigures) -> Part<GUESTS> {
    let stations = |role| hour.stations.of(role);
    let is_moved = hour.bytes_down > 0 || hour.bytes_up > 0;
    let is_used = hour.session_seconds > 0
        || hour.session_length.total() > 0
        || hour.to_online.total() > 0
        || hour.peak > 0;
    Part {
        counts: [
            hour.views,
            hour.grants,
            hour.sessions,
            hour.online.max(u64::from(is_used)),
            if is_moved { MANY } else { 0 },
        ],
        people: [
            stations(Role::Viewed),
            stations(Role::Granted),
            stations(Role::Granted),
            stations(Role::Online),
            stations(Role::Moved),
        ],
    }
}

fn part_of(hour: &HourFigures, measure: Measure, role: Role) -> Part<1> {
    Part {
        counts: [measure.of(hour)],
        people: [hour.stations.of(role)],
    }
}

/// Whom the figures of a whole day or month are of, by what is known of the devices online in it: the time
/// online is theirs, and nothing else need be.
const fn guests_known(online: u64) -> [u64; GUESTS] {
    let mut known = [0; GUESTS];
    known[ONLINE] = online;
    known
}

/// The hidden hours under days whose total is hidden, and the people of each such day.
fn regions<const N: usize>(
    days: &[PublicDay],
    cover: impl Fn(&PublicDay) -> &Cover<N>,
    people: impl Fn(&PublicDay) -> [u64; N],
    also: impl Fn(&PublicDay) -> bool,
) -> Vec<(Region<N>, [u64; N])> {
    let hidden = days.iter().filter(|day| cover(day).total || also(day));
    hidden.map(|day| (cover(day).region, people(day))).collect()
}

/// Whether the total of a day is told on which something of it happened.
fn is_told(days: &[PublicDay], measures: &[Measure]) -> bool {
    let happened = |day: &PublicDay, measure| day.total.get(measure).is_some_and(|total| total > 0);
    let any = |day: &PublicDay| measures.iter().any(|measure| happened(day, *measure));
    days.iter().any(any)
}

/// Kinds of too few people are told together, with others where they would be too few even so; nothing
/// where that is not enough.
fn fold_small<K: Ord + Copy>(tally: &Tally<K>, stations: &Tally<K>) -> Vec<(Option<K>, u64)> {
    let kinds: Vec<(K, u64)> = tally.iter().collect();
    let parts: Vec<Part<1>> = kinds
        .iter()
        .map(|(kind, count)| Part {
            counts: [*count],
            people: [stations.of(*kind)],
        })
        .collect();
    let cover = decide(&parts, &vec![false; parts.len()], &[0]);
    if cover.total {
        return Vec::new();
    }
    let (mut told, mut others) = (Vec::new(), 0_u64);
    for ((kind, count), hidden) in kinds.into_iter().zip(cover.parts) {
        if hidden {
            others = others.saturating_add(count);
        } else {
            told.push((Some(kind), count));
        }
    }
    if others > 0 {
        told.push((None, others));
    }
    told
}

#[cfg(test)]
mod tests;
