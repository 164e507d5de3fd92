use super::{AtLeast, LEAST, Measure, PublicMonth, fold_small, is_small};
use crate::model::TimeZone;
use crate::model::figures::{
    Day, DayFigures, DayRecord, HourFigures, KeyNumber, MonthFigures, Sketch, Tally,
};
use proptest::collection::vec;
use proptest::prelude::{Strategy, prop_assert, prop_assert_eq, proptest};

/// Hours of a small place: mostly few people, their traffic and what follows from it.
fn hour() -> impl Strategy<Value = HourFigures> {
    (0_u64..9, 0_u64..9, 0_u64..7, 0_u64..4).prop_map(|(views, sessions, returning, refused)| {
        let mut figures = HourFigures {
            views,
            grants: sessions,
            sessions,
            returning,
            online: sessions + returning,
            peak: sessions,
            session_seconds: 700 * sessions,
            bytes_down: 1_000_003 * (sessions + returning),
            refused,
            ..HourFigures::default()
        };
        for _ in 0..sessions {
            figures.session_length.record(60);
        }
        figures
    })
}

fn record(day: Day, hours: Vec<HourFigures>) -> DayRecord {
    let mut figures = DayFigures::default();
    let devices: u64 = hours.iter().map(|hour| hour.sessions).sum();
    (0..devices).for_each(|device| {
        figures
            .devices
            .insert(KeyNumber(1), device.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    });
    DayRecord {
        day,
        hours: day.hours(&TimeZone::rome()).zip(hours).collect(),
        figures,
    }
}

fn month(days: Vec<Vec<HourFigures>>) -> (PublicMonth, Vec<DayRecord>) {
    let first: Day = "2026-11-01".parse().unwrap();
    let records: Vec<DayRecord> = first
        .month()
        .period()
        .days()
        .zip(days)
        .map(|(day, hours)| record(day, hours))
        .collect();
    (
        PublicMonth::new(
            first.month(),
            &records,
            &MonthFigures {
                devices: Sketch::default(),
            },
            true,
        ),
        records,
    )
}

proptest! {
    /// Every sum that a reader can take away from a total: whatever remains is of five people at least.
    #[test]
    fn what_is_left_of_a_total_is_never_of_few(days in vec(vec(hour(), 0..6), 0..5)) {
        let (public, records) = month(days);
        for measure in [Measure::Views, Measure::Sessions, Measure::Returning, Measure::Refused] {
            let rest_of = |total: Option<u64>, told: AtLeast| total.map(|total| total - told.value);
            let mut told_days = AtLeast::default();
            for (day, raw) in public.days.iter().zip(&records) {
                let hours: AtLeast = day.hours.iter().filter_map(|(_, hour)| hour.get(measure)).map(AtLeast::exactly).sum();
                for ((_, told), (_, raw)) in day.hours.iter().zip(&raw.hours) {
                    prop_assert!(told.get(measure).is_none_or(|told| !is_small(told) && told == measure.of(raw)));
                }
                let rest = rest_of(day.total.get(measure), hours);
                prop_assert!(rest.is_none_or(|rest| !is_small(rest)), "{measure:?}: {rest:?} is left of {}", day.day);
                prop_assert!(day.total.get(measure).is_none_or(|total| !is_small(total)));
                told_days = [told_days, day.told(measure)].into_iter().sum();
            }
            let rest = rest_of(public.total.get(measure), told_days);
            prop_assert!(rest.is_none_or(|rest| !is_small(rest)), "{measure:?}: {rest:?} is left of the month");
            prop_assert!(public.told(measure).value <= records.iter().map(|day| measure.of(&day.total())).sum());
        }
    }

    /// Traffic and time are told only of five people's sessions at least, also after subtraction.
    #[test]
    fn traffic_is_never_that_of_few(days in vec(vec(hour(), 0..6), 0..5)) {
        let (public, records) = month(days);
        for (day, raw) in public.days.iter().zip(&records) {
            let mut hidden = (0, 0);
            for ((_, told), (_, raw)) in day.hours.iter().zip(&raw.hours) {
                prop_assert_eq!(told.get(Measure::BytesDown).is_some(), told.get(Measure::Sessions).is_some());
                if told.get(Measure::BytesDown).is_some() {
                    prop_assert!(raw.bytes_down == 0 || raw.online >= LEAST);
                } else {
                    hidden = (hidden.0 + raw.online, hidden.1 + raw.bytes_down);
                }
                prop_assert!(told.session_length.quantile(500).is_none() || raw.sessions >= LEAST);
            }
            if day.total.get(Measure::BytesDown).is_some() {
                prop_assert!(hidden.1 == 0 || hidden.0 >= LEAST, "{hidden:?}");
            }
            prop_assert!(day.devices.is_none_or(|devices| !is_small(devices)));
        }
    }

    #[test]
    fn kinds_are_told_five_at_a_time(counts in vec((0_u8..9, 0_u64..12), 0..9)) {
        let tally: Tally<u8> = counts.into_iter().collect();
        let told = fold_small(&tally);
        prop_assert!(told.iter().all(|(_, count)| *count >= LEAST));
        let all: u64 = told.iter().map(|(_, count)| count).sum();
        prop_assert!(all == tally.total() || (told.is_empty() && is_small(tally.total())));
    }
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
        ..HourFigures::default()
    }
}

#[test]
fn one_quiet_hour_hides_another_and_not_the_day() {
    let quiet = HourFigures {
        views: 1,
        online: 1,
        ..HourFigures::default()
    };
    let (public, _) = month(vec![vec![busy(), quiet, busy(), HourFigures::default()]]);
    let views: Vec<Option<u64>> = public.days[0]
        .hours
        .iter()
        .map(|(_, hour)| hour.get(Measure::Views))
        .collect();
    assert_eq!(views, [Some(40), None, None, Some(0)]);
    assert_eq!(public.days[0].total.get(Measure::Views), Some(81));
    assert_eq!(public.days[0].total.mean_concurrent(86_400), Some(83));
    assert_eq!(public.total.get(Measure::Views), Some(81));
    assert_eq!(public.days[0].total.peak, Some(40));
}

#[test]
fn traffic_without_a_session_is_somebody_s() {
    let late = HourFigures {
        bytes_up: 5_000,
        ..HourFigures::default()
    };
    let (public, _) = month(vec![vec![late]]);
    assert_eq!(public.days[0].hours[0].1.get(Measure::BytesUp), None);
    assert_eq!(
        public.told(Measure::BytesUp),
        AtLeast {
            value: 0,
            is_partial: true
        }
    );
}

#[test]
fn small_days_make_a_month_and_the_running_month_has_no_total() {
    let few = HourFigures {
        views: 3,
        online: 1,
        ..HourFigures::default()
    };
    let days: Vec<Vec<HourFigures>> = (0..30).map(|_| vec![few.clone()]).collect();
    let (public, records) = month(days);
    assert!(
        public
            .days
            .iter()
            .all(|day| day.total.get(Measure::Views).is_none())
    );
    // Thirty days of one: each would be known.
    assert_eq!(public.total.get(Measure::Views), None);
    let (public, _) = month(
        (0..30)
            .map(|_| {
                vec![HourFigures {
                    online: 2,
                    ..few.clone()
                }]
            })
            .collect(),
    );
    assert_eq!(public.total.get(Measure::Views), Some(90));
    let running = PublicMonth::new(public.month, &records, &MonthFigures::default(), false);
    assert_eq!(running.total.get(Measure::Views), None);
    assert!(running.languages.is_empty());
}
