use std::collections::BTreeSet;

use super::{AtLeast, LEAST, Measure, PublicDay, PublicHours, PublicMonth, fold_small};
use crate::model::TimeZone;
use crate::model::figures::{
    Day, DayFigures, DayRecord, DeviceFamily, HourFigures, KeyNumber, MonthFigures, Role, Sketch, Stations,
    Tally,
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

/// One phone, and what it does in an hour.
fn phone(sessions: u64) -> Visit {
    Visit {
        who: 1,
        views: sessions,
        sessions,
        is_online: true,
        bytes: 1_234_567,
        returns: sessions,
        vain: sessions,
    }
}

#[test]
fn one_phone_is_one_however_often_it_taps() {
    let nothing = |town: &Town| {
        let public = publish(town);
        for measure in Measure::ALL {
            assert_eq!(public.told(measure).value, 0, "{measure:?}");
        }
        assert_eq!((public.days[0].devices, public.devices), (None, None));
        assert!(public.families.is_empty());
        assert_eq!(public.days[0].total.session_length.quantile(500), None);
    };
    nothing(&vec![vec![vec![phone(5)]]]);
    nothing(&vec![vec![vec![phone(2)]; 5]]);
    nothing(&vec![vec![vec![phone(33)], vec![]]; 30]);
}

#[test]
fn nor_does_it_follow_from_what_others_did() {
    let others: Vec<Visit> = (10..40).map(|who| Visit { who, ..phone(1) }).collect();
    let town = vec![
        vec![others.clone(), others.clone()],
        vec![vec![phone(9)]; 3],
        vec![others.clone(), vec![phone(9)], others],
    ];
    let public = publish(&town);
    assert_eq!(public.days[0].total.get(Measure::Sessions), Some(60));
    assert_eq!(
        public.days[1].total.get(Measure::Sessions),
        None,
        "the phone alone"
    );
    assert_eq!(
        public.total.get(Measure::Sessions),
        None,
        "it would be what is left"
    );
    let hours = &public.days[2].hours;
    assert_eq!(hours[1].1.get(Measure::BytesDown), None);
    assert_eq!(hours[2].1.get(Measure::BytesDown), None, "hidden beside it");
    assert_eq!(public.days[2].total.get(Measure::Sessions), Some(69));
}

fn busy() -> HourFigures {
    HourFigures {
        views: 40,
        grants: 30,
        sessions: 30,
        online: 50,
        peak: 40,
        session_seconds: 36_000,
        bytes_down: 7,
        stations: Stations::all(30),
        ..HourFigures::default()
    }
}

fn day_of(hours: Vec<HourFigures>) -> PublicDay {
    let day: Day = "2026-11-01".parse().unwrap();
    publish_day(&DayRecord {
        day,
        hours: day.hours(&TimeZone::rome()).zip(hours).collect(),
        figures: DayFigures::default(),
    })
}

#[test]
fn one_quiet_hour_hides_another_and_not_the_day() {
    let quiet = HourFigures {
        views: 1,
        online: 1,
        stations: Stations::all(1),
        ..HourFigures::default()
    };
    let public = day_of(vec![busy(), quiet, busy(), HourFigures::default()]);
    let views: Vec<Option<u64>> = public
        .hours
        .iter()
        .map(|(_, hour)| hour.get(Measure::Views))
        .collect();
    assert_eq!(views, [Some(40), None, None, Some(0)]);
    assert_eq!(public.total.get(Measure::Views), Some(81));
    assert_eq!(public.total.mean_concurrent(86_400), Some(83));
    assert_eq!(public.total.peak, Some(40));
}

#[test]
fn traffic_without_a_session_is_somebody_s() {
    let late = HourFigures {
        bytes_up: 5_000,
        ..HourFigures::default()
    };
    let public = day_of(vec![late]);
    assert_eq!(public.hours[0].1.get(Measure::BytesUp), None);
    assert_eq!(public.told(Measure::BytesUp).value, 0);
}

#[test]
fn hours_of_which_the_people_are_not_known_are_not_told() {
    let unknown = HourFigures {
        stations: Stations::default(),
        ..busy()
    };
    let day: Day = "2026-11-01".parse().unwrap();
    let mut record = DayRecord {
        day,
        hours: day
            .hours(&TimeZone::rome())
            .zip([unknown.clone(), unknown])
            .collect(),
        figures: DayFigures::default(),
    };
    assert_eq!(publish_day(&record).told(Measure::Sessions).value, 0);
    record.figures.devices = sketch(&(0..9).collect());
    let public = publish_day(&record);
    assert_eq!(public.told(Measure::Sessions).value, 0);
    assert_eq!(
        public.devices,
        Some(9),
        "it is known of them that they were online"
    );
}

/// Fifty devices are online in both hours of a day; `change` says what else is known of each.
fn day_of_fifty(change: impl FnOnce(&mut HourFigures)) -> PublicDay {
    let mut hour = HourFigures {
        online: 50,
        stations: Stations::all(50),
        ..busy()
    };
    (0..50).for_each(|_| {
        hour.load_time.record(900);
        hour.session_length.record(60);
        hour.to_online.record(2_000);
    });
    hour.snippet.told = 50;
    hour.snippet.shown = 50;
    change(&mut hour);
    publish_day(&DayRecord {
        day: first(),
        hours: first()
            .hours(&TimeZone::rome())
            .zip([hour.clone(), hour])
            .collect(),
        figures: DayFigures {
            devices: sketch(&(0..50).collect()),
        },
    })
}

#[test]
fn one_phone_of_fifty_online_that_returns_seven_times_is_not_told() {
    let public = day_of_fifty(|hour| {
        hour.returning = 7;
        *hour.stations.of_mut(Role::Returned) = 1;
    });
    assert_eq!(public.total.get(Measure::Sessions), Some(60));
    assert_eq!(public.total.get(Measure::Returning), None);
    assert_eq!(public.told(Measure::Returning).value, 0);
}

#[test]
fn nor_how_fast_its_pages_were() {
    let told = |public: &PublicDay| {
        let total = &public.total;
        let median = |distribution: &super::Distribution| distribution.quantile(500).is_some();
        [
            median(&total.load_time),
            total.snippet_per_mille.is_some(),
            median(&total.session_length),
            median(&total.to_online),
        ]
    };
    assert_eq!(told(&day_of_fifty(|_| ())), [true; 4]);
    let measured = day_of_fifty(|hour| *hour.stations.of_mut(Role::Measured) = 1);
    assert_eq!(told(&measured), [false, false, true, true]);
    let ended = day_of_fifty(|hour| *hour.stations.of_mut(Role::Ended) = 4);
    assert_eq!(told(&ended), [true, true, false, true]);
}

/// With a period of recognition sessions cross midnight, so those online need not have tapped that day.
#[test]
fn nor_who_tapped_while_the_sessions_of_others_went_on() {
    let tapped = day_of_fifty(|hour| {
        hour.views = 9;
        hour.grants = 9;
        hour.sessions = 9;
        for role in [Role::Viewed, Role::Granted] {
            *hour.stations.of_mut(role) = 1;
        }
    });
    for measure in [Measure::Views, Measure::Grants, Measure::Sessions] {
        assert_eq!(tapped.total.get(measure), None, "{measure:?}");
    }
    assert_eq!(tapped.total.to_online.quantile(500), None);
    let moved = day_of_fifty(|hour| *hour.stations.of_mut(Role::Moved) = 1);
    assert_eq!(
        moved.total.get(Measure::BytesDown),
        None,
        "one has moved all of it"
    );
}

#[test]
fn small_days_make_no_month_and_the_running_month_has_no_total() {
    let of = |day: u8| {
        vec![vec![
            Visit { who: day, ..phone(2) },
            Visit {
                who: day + 1,
                ..phone(2)
            },
        ]]
    };
    let public = publish(&(0..30).map(of).collect());
    assert!(
        public
            .days
            .iter()
            .all(|day| day.total.get(Measure::Views).is_none())
    );
    assert_eq!(
        public.total.get(Measure::Views),
        None,
        "thirty-one were online, and of the views no more is known than that two have seen the page"
    );
    assert_eq!(public.devices, Some(31));
    let running = PublicMonth::new(public.month, Vec::new(), &MonthFigures::default(), false);
    assert_eq!((running.total.get(Measure::Views), running.devices), (None, None));
    assert!(running.languages.is_empty());
}
