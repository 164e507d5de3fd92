mod scenarios;

use std::collections::BTreeSet;

use super::{AtLeast, LEAST, Measure, PublicDay, PublicHours, PublicMonth, fold_small};
use crate::model::TimeZone;
use crate::model::figures::{
    Day, DayFigures, DayRecord, DeviceFamily, HourFigures, KeyNumber, MonthFigures, Role, Sketch, Tally,
};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

/// Somebody by a number.
type Person = u8;

/// What somebody does in an hour, and how often.
#[derive(Debug, Clone, Copy)]
struct Visit {
    who: Person,
    views: u64,
    sessions: u64,
    is_online: bool,
    bytes: u64,
    returns: u64,
    vain: u64,
}

/// The hours of some days, with everybody in them.
type Town = Vec<Vec<Vec<Visit>>>;

impl Visit {
    /// How often the person did what the measure counts.
    fn of(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Views => self.views,
            Measure::Grants | Measure::Sessions => self.sessions,
            Measure::Returning => self.returns,
            Measure::SessionSeconds => u64::from(self.is_online) * 700,
            Measure::BytesDown | Measure::BytesUp => self.bytes,
            Measure::Refused => self.vain,
            Measure::Blocked => 0,
        }
    }

    fn does(&self, role: Role) -> bool {
        match role {
            Role::Viewed | Role::Measured => self.views > 0,
            Role::Granted | Role::Ended => self.sessions > 0,
            Role::Online => self.is_online,
            Role::Moved => self.bytes > 0,
            Role::Returned => self.returns > 0,
            Role::Refused => self.vain > 0,
            Role::Blocked => false,
        }
    }

    const fn family(&self) -> DeviceFamily {
        DeviceFamily::ALL[self.who as usize % 4]
    }
}

fn visit() -> impl Strategy<Value = Visit> {
    let often = 1_u64..12;
    (0_u8..14, any::<u8>(), often).prop_map(|(who, what, often)| {
        let has = |bit: u8| what & bit != 0;
        Visit {
            who,
            views: if has(1) { often } else { 0 },
            sessions: if has(2) { often } else { 0 },
            is_online: has(2) || has(4),
            bytes: if (has(2) || has(4)) && has(8) {
                1_000 * often
            } else {
                0
            },
            returns: if has(4) && has(16) { often } else { 0 },
            vain: if has(32) && has(64) { often } else { 0 },
        }
    })
}

/// Hours of a few people who do much, and some of many.
fn town(days: usize) -> impl Strategy<Value = Town> {
    let hour = vec(visit(), 0..12).prop_flat_map(|visits| {
        let most = visits.len();
        (0..=most).prop_map(move |few| {
            // Often hardly anybody is there.
            let kept = if few % 2 == 0 { few.min(3) } else { most };
            let mut visits = visits.clone();
            visits.truncate(kept);
            visits
        })
    });
    vec(vec(hour, 0..5), 0..days)
}

fn hash(who: Person) -> u64 {
    (u64::from(who) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn figures_of(hour: &[Visit]) -> HourFigures {
    let sum = |measure: Measure| hour.iter().map(|visit| visit.of(measure)).sum();
    let mut figures = HourFigures {
        views: sum(Measure::Views),
        grants: sum(Measure::Grants),
        sessions: sum(Measure::Sessions),
        returning: sum(Measure::Returning),
        session_seconds: sum(Measure::SessionSeconds),
        bytes_down: sum(Measure::BytesDown),
        bytes_up: sum(Measure::BytesUp),
        refused: sum(Measure::Refused),
        ..HourFigures::default()
    };
    for role in Role::ALL {
        *figures.stations.of_mut(role) = count(&people(hour, role));
    }
    figures.online = figures.stations.of(Role::Online);
    figures.peak = figures.online;
    for visit in hour {
        figures.families.add(visit.family(), visit.sessions);
        (0..visit.sessions).for_each(|_| figures.session_length.record(60));
    }
    for family in DeviceFamily::ALL {
        let of = hour
            .iter()
            .filter(|visit| visit.family() == family && visit.sessions > 0);
        let who: BTreeSet<Person> = of.map(|visit| visit.who).collect();
        figures.family_stations.add(family, count(&who));
    }
    figures
}

fn people<'v>(visits: impl IntoIterator<Item = &'v Visit>, role: Role) -> BTreeSet<Person> {
    let visits = visits.into_iter().filter(|visit| visit.does(role));
    visits.map(|visit| visit.who).collect()
}

fn count(people: &BTreeSet<Person>) -> u64 {
    u64::try_from(people.len()).unwrap()
}

fn sketch(people: &BTreeSet<Person>) -> Sketch {
    let mut sketch = Sketch::default();
    for who in people {
        sketch.insert(KeyNumber(1), hash(*who));
    }
    sketch
}

fn first() -> Day {
    "2026-11-01".parse().unwrap()
}

fn records(town: &Town) -> Vec<DayRecord> {
    first()
        .month()
        .period()
        .days()
        .zip(town)
        .map(|(day, hours)| DayRecord {
            day,
            hours: day
                .hours(&TimeZone::rome())
                .zip(hours.iter().map(|hour| figures_of(hour)))
                .collect(),
            figures: DayFigures {
                devices: sketch(&people(hours.iter().flatten(), Role::Online)),
            },
        })
        .collect()
}

fn publish(town: &Town) -> PublicMonth {
    let devices = sketch(&people(town.iter().flatten().flatten(), Role::Online));
    PublicMonth::new(first().month(), records(town), &MonthFigures { devices }, true)
}

fn publish_day(record: &DayRecord) -> PublicDay {
    PublicDay::new(record.clone(), record.total())
}

const ROLES: [(Measure, Role); 8] = [
    (Measure::Views, Role::Viewed),
    (Measure::Grants, Role::Granted),
    (Measure::Sessions, Role::Granted),
    (Measure::SessionSeconds, Role::Online),
    (Measure::BytesDown, Role::Moved),
    (Measure::BytesUp, Role::Moved),
    (Measure::Returning, Role::Returned),
    (Measure::Refused, Role::Refused),
];

/// Hours that are not told though their day's total is, or the month's.
fn hidden<'t>(public: &PublicDay, hours: &'t [Vec<Visit>], measure: Measure) -> Vec<&'t Visit> {
    let all = public.hours.iter().zip(hours);
    let hidden = all.filter(|((_, told), _)| told.get(measure).is_none());
    hidden.flat_map(|(_, visits)| visits).collect()
}

/// Whom a figure of a whole day or month is of: those who did it, and nobody else.
fn all_people<'v>(visits: impl IntoIterator<Item = &'v Visit>, role: Role) -> u64 {
    count(&people(visits, role))
}

proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(600))]

    /// Whatever a reader takes away from whatever: what he holds then is of five people at least.
    #[test]
    fn every_figure_and_every_difference_is_of_five_people(town in town(6)) {
        let public = publish(&town);
        for (measure, role) in ROLES {
            let mut rest = Vec::new();
            let mut is_told = false;
            for (day, hours) in public.days.iter().zip(&town) {
                let mut told = AtLeast::default();
                for ((_, figures), visits) in day.hours.iter().zip(hours) {
                    if let Some(value) = figures.get(measure) {
                        let who = people(visits, role);
                        prop_assert!(value == 0 || count(&who) >= LEAST, "{measure:?}: {value} of {who:?}");
                        told = [told, AtLeast::exactly(value)].into_iter().sum();
                    }
                }
                let hidden = hidden(day, hours, measure);
                if let Some(total) = day.total.get(measure) {
                    let left = total - told.value;
                    let who = people(hidden, role);
                    prop_assert!(
                        left == 0 || told.value == 0 || count(&who) >= LEAST,
                        "{measure:?} of {}: {left} is left of {who:?}", day.day
                    );
                    prop_assert!(total == 0 || all_people(hours.iter().flatten(), role) >= LEAST);
                    is_told |= total > 0;
                } else {
                    rest.extend(hidden);
                    is_told |= told.value > 0;
                }
            }
            if let Some(total) = public.total.get(measure) {
                let known: AtLeast = public.days.iter().map(|day| day.told(measure)).sum();
                let left = total - known.value;
                let who = people(rest, role);
                prop_assert!(
                    left == 0 || !is_told || count(&who) >= LEAST,
                    "{measure:?}: {left} is left of the month, of {who:?}"
                );
                prop_assert!(total == 0 || all_people(town.iter().flatten().flatten(), role) >= LEAST);
            }
        }
    }

    #[test]
    fn hours_alone_are_told_as_with_their_day(town in town(2)) {
        for (day, record) in publish(&town).days.into_iter().zip(records(&town)) {
            let alone = PublicHours::new(record);
            prop_assert_eq!((alone.day, alone.hours, alone.devices), (day.day, day.hours, day.devices));
        }
    }

    /// Medians, peaks and estimates of devices are of five people too.
    #[test]
    fn what_does_not_add_up_is_of_five_people_too(town in town(4)) {
        let public = publish(&town);
        for (day, hours) in public.days.iter().zip(&town) {
            let online = people(hours.iter().flatten(), Role::Online);
            prop_assert!(day.devices.is_none_or(|devices| devices == 0 || count(&online) >= LEAST));
            for ((_, told), visits) in day.hours.iter().zip(hours) {
                let ended = people(visits, Role::Ended);
                prop_assert!(told.session_length.quantile(500).is_none() || count(&ended) >= LEAST);
                prop_assert!(told.peak.is_none_or(|peak| peak == 0 || peak >= LEAST));
            }
            let ended = people(hours.iter().flatten(), Role::Ended);
            prop_assert!(day.total.session_length.quantile(500).is_none() || count(&ended) >= LEAST);
        }
        // A month beside its days: how many were there on one of them alone, or on more than one.
        if let Some(month) = public.devices.filter(|devices| *devices > 0) {
            let days: Vec<u64> = public.days.iter().filter_map(|day| day.devices).filter(|day| *day > 0).collect();
            let few = 1..LEAST;
            prop_assert!(days.iter().all(|day| !few.contains(&month.abs_diff(*day))), "{month} of {days:?}");
            let sum: u64 = days.iter().sum();
            prop_assert!(!few.contains(&sum.saturating_sub(month)), "{month} of {days:?}");
        }
        let kinds: u64 = public.families.iter().map(|(_, count)| count).sum();
        for (family, sessions) in &public.families {
            let hidden = |visit: &&Visit| !public.families.iter().any(|(told, _)| *told == Some(visit.family()));
            let all = town.iter().flatten().flatten().filter(|visit| visit.sessions > 0);
            let who: BTreeSet<Person> = match family {
                Some(family) => all.filter(|visit| visit.family() == *family).map(|visit| visit.who).collect(),
                None => all.filter(hidden).map(|visit| visit.who).collect(),
            };
            prop_assert!(count(&who) >= LEAST, "{family:?}: {sessions} of {who:?}");
        }
        prop_assert!(public.families.is_empty() || Some(kinds) == public.total.get(Measure::Sessions));
    }

    /// Up to four people, whatever they do in a month: nothing is told of them but zeros.
    #[test]
    fn four_people_leave_nothing(town in town(30), offset in 0_u8..200) {
        let few: Town = town
            .into_iter()
            .map(|day| day.into_iter().map(|hour| hour.into_iter().map(|visit| Visit { who: offset + visit.who % 4, ..visit }).collect()).collect())
            .collect();
        let public = publish(&few);
        for measure in Measure::ALL {
            prop_assert_eq!(public.told(measure).value, 0, "{:?}", measure);
        }
        prop_assert!(public.devices.is_none_or(|devices| devices == 0));
        prop_assert!(public.days.iter().all(|day| day.devices.is_none_or(|devices| devices == 0)));
        prop_assert!(public.languages.is_empty() && public.families.is_empty());
    }

    #[test]
    fn kinds_are_told_of_five_at_a_time(counts in vec((0_u8..9, 0_u64..12, 0_u64..9), 0..9)) {
        let tally: Tally<u8> = counts.iter().map(|(kind, count, _)| (*kind, *count)).collect();
        let mut stations: Tally<u8> = Tally::default();
        for (kind, _, people) in counts {
            stations.raise(&[(kind, people.min(tally.of(kind)))].into_iter().collect());
        }
        let told = fold_small(&tally, &stations);
        prop_assert!(told.iter().all(|(_, count)| *count >= LEAST));
        for (kind, _) in &told {
            prop_assert!(kind.is_none_or(|kind| stations.of(kind) >= LEAST));
        }
        let all: u64 = told.iter().map(|(_, count)| count).sum();
        prop_assert!(all == tally.total() || told.is_empty());
    }
}
