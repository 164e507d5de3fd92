//! What one phone does among others, and quiet hours among busy ones.

use super::super::{Distribution, Measure, PublicDay, PublicMonth};
use super::{Town, Visit, first, publish, publish_day, sketch};
use crate::model::TimeZone;
use crate::model::figures::{Day, DayFigures, DayRecord, HourFigures, MonthFigures, Role, Stations};

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
        let median = |distribution: &Distribution| distribution.quantile(500).is_some();
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
