use jiff::Timestamp;
use jiff::civil::{Weekday, date};

use super::{decide_on, next_look};
use crate::core::world::{World, mac, network, plan, rules};
use crate::core::{Answer, Event, Question, Standing};
use crate::model::{Dates, NetworkPolicy, Recognition, ScheduledPlan, TimeZone, Week};

const HOUR: u64 = 3_600_000;

fn entry(name: &str, week: Week, (from, to): (u16, u16), mbit: u64) -> ScheduledPlan {
    ScheduledPlan {
        name: name.into(),
        week,
        dates: Vec::new(),
        from: from * 60,
        to: to * 60,
        plan: plan(mbit),
    }
}

/// Market on Thursdays from 7 to 14; a feast on 8 December until 2 at night; two days in January; quiet nights.
fn busto() -> NetworkPolicy {
    let thursdays = Week::NONE.with(Weekday::Thursday);
    let on = |year, month, day| {
        let only = date(year, month, day);
        vec![Dates {
            first: only,
            last: only,
        }]
    };
    NetworkPolicy {
        schedule: vec![
            ScheduledPlan {
                dates: on(2026, 12, 8),
                ..entry("feast", Week::ALL, (18, 2), 2)
            },
            ScheduledPlan {
                dates: on(2027, 1, 1),
                ..entry("a day and a night", Week::ALL, (9, 9), 3)
            },
            ScheduledPlan {
                dates: on(2027, 1, 5),
                ..entry("to the end of the day", Week::ALL, (22, 24), 3)
            },
            entry("market", thursdays, (7, 14), 4),
            entry("night", Week::ALL, (23, 6), 1),
        ],
        ..rules(Recognition::Midnight)
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn on(local: &str) -> Option<String> {
    let rules = busto();
    let at = at(&format!("{local}:00+01:00"));
    decide_on(&rules, &TimeZone::rome(), at).map(|index| rules.schedule[index].name.clone())
}

#[test]
fn the_first_entry_that_is_on_holds() {
    for (local, name) in [
        ("2026-11-26T06:59", None),
        ("2026-11-26T07:00", Some("market")),
        ("2026-11-26T13:59", Some("market")),
        ("2026-11-26T14:00", None),
        ("2026-11-27T10:00", None),
        ("2026-12-08T17:59", None),
        ("2026-12-08T23:30", Some("feast")),
        ("2026-12-09T01:59", Some("feast")),
        ("2026-12-09T02:00", Some("night")),
        ("2026-12-09T06:00", None),
        ("2026-12-10T01:30", Some("night")),
        ("2027-01-01T08:59", None),
        ("2027-01-01T09:00", Some("a day and a night")),
        ("2027-01-02T08:59", Some("a day and a night")),
        ("2027-01-02T09:00", None),
        ("2027-01-05T21:59", None),
        ("2027-01-05T22:59", Some("to the end of the day")),
        ("2027-01-06T00:00", Some("night")),
    ] {
        assert_eq!(on(local).as_deref(), name, "{local}");
    }
}

#[test]
fn the_calendar_is_looked_at_when_a_window_begins_or_ends_and_at_midnight() {
    let rules = [busto()];
    let mut now = at("2026-11-25T23:30:00Z");
    let mut looks = Vec::new();
    for _ in 0..6 {
        now = next_look(rules.iter(), &TimeZone::rome(), now);
        looks.push(now.to_string());
    }
    assert_eq!(
        looks,
        [
            "2026-11-26T05:00:00Z", // the night ends
            "2026-11-26T06:00:00Z", // market
            "2026-11-26T13:00:00Z",
            "2026-11-26T22:00:00Z", // night
            "2026-11-26T23:00:00Z", // midnight
            "2026-11-27T05:00:00Z",
        ]
    );
}

#[test]
fn summer_time_skips_and_repeats_an_hour_of_the_clock() {
    let mut rules = rules(Recognition::Midnight);
    rules.schedule = vec![entry("before dawn", Week::ALL, (2, 4), 1)];
    let zone = TimeZone::rome();
    let lasts = |mut from: Timestamp| {
        let begin = loop {
            if decide_on(&rules, &zone, from).is_some() {
                break from;
            }
            from = next_look([&rules].into_iter(), &zone, from);
        };
        let end = next_look([&rules].into_iter(), &zone, begin);
        assert!(decide_on(&rules, &zone, end).is_none());
        (begin.to_string(), end.as_second() - begin.as_second())
    };
    let hours = 3_600;
    assert_eq!(
        lasts(at("2026-03-27T23:00:00Z")),
        ("2026-03-28T01:00:00Z".into(), 2 * hours)
    );
    // 02:00 to 03:00 does not exist; 02:00 to 03:00 comes twice.
    assert_eq!(
        lasts(at("2026-03-28T23:00:00Z")),
        ("2026-03-29T01:00:00Z".into(), hours)
    );
    assert_eq!(
        lasts(at("2026-10-24T22:00:00Z")),
        ("2026-10-25T00:00:00Z".into(), 3 * hours)
    );
}

#[test]
fn what_begins_or_ends_in_the_hour_that_is_skipped_does_so_at_its_end() {
    let mut rules = rules(Recognition::Midnight);
    let zone = TimeZone::rome();
    let within = |from, to| ScheduledPlan {
        from,
        to,
        ..entry("", Week::ALL, (0, 0), 1)
    };
    let is_on = |rules: &NetworkPolicy, when: &str| decide_on(rules, &zone, at(when)).is_some();
    // Summer time begins at 01:00 UTC. From 02:15 to 02:45 there is nothing of this day.
    rules.schedule = vec![within(135, 165)];
    for when in [
        "2026-03-29T00:59:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:20:00Z",
    ] {
        assert!(!is_on(&rules, when), "{when}");
    }
    assert!(is_on(&rules, "2026-03-28T01:20:00Z"));
    // Until 02:30, and from it.
    rules.schedule = vec![within(60, 150)];
    assert!(is_on(&rules, "2026-03-29T00:59:00Z") && !is_on(&rules, "2026-03-29T01:00:00Z"));
    rules.schedule = vec![within(150, 300)];
    assert!(!is_on(&rules, "2026-03-29T00:59:00Z") && is_on(&rules, "2026-03-29T01:00:00Z"));
}

#[test]
fn a_scheduled_plan_reaches_every_session_when_it_begins_and_ends() {
    let (mut world, piazza) = (World::new(), network("piazza"));
    let rules = world.policy.networks.get_mut(&piazza).unwrap();
    // It is Sunday, 11:00 in Rome.
    rules.schedule = vec![entry("event", Week::NONE.with(Weekday::Sunday), (12, 13), 2)];
    world.tell(Event::Configured(world.policy.clone().into()));
    for last in 1..=90 {
        world.grant(piazza, mac(last));
        world.traffic(piazza, mac(last), 1_000);
    }
    let (batches, held) = (world.batches, |world: &World, last| {
        world.kernel[&(piazza, mac(last))].0.entry.plan
    });
    world.pass(HOUR - 1);
    assert_eq!((held(&world, 1), world.batches), (Some(plan(10)), batches));
    world.pass(1);
    assert!((1..=90).all(|last| held(&world, last) == Some(plan(2))));
    assert_eq!(world.batches, batches + 1, "one transaction");
    assert!(world.grant(piazza, mac(91)).is_some() && held(&world, 91) == Some(plan(2)));
    assert_eq!(
        world.gateway.snapshot().networks[&piazza].schedule.as_deref(),
        Some("event")
    );
    world.restart();
    assert_eq!(held(&world, 1), Some(plan(2)), "a restart changes nothing");
    world.pass(HOUR);
    assert!((1..=91).all(|last| held(&world, last) == Some(plan(10))));
    let Standing::Granted {
        usage, plan: told, ..
    } = world.standing(piazza, mac(7))
    else {
        panic!("still online")
    };
    assert_eq!((usage.up.bytes, told), (1_000, plan(10)), "usage is kept");
    assert_eq!(held(&world, 200), None, "the exempt station has no plan");
}

#[test]
fn a_clock_that_steps_into_a_window_brings_its_plan() {
    let (mut world, piazza) = (World::new(), network("piazza"));
    let rules = world.policy.networks.get_mut(&piazza).unwrap();
    rules.schedule = vec![entry("event", Week::ALL, (12, 13), 2)];
    world.tell(Event::Configured(world.policy.clone().into()));
    world.grant(piazza, mac(1));
    world.now.wall += jiff::SignedDuration::from_mins(70);
    world.pass(1_000);
    assert_eq!(world.kernel[&(piazza, mac(1))].0.entry.plan, Some(plan(2)));
}

#[test]
fn tapping_in_a_loop_gains_nothing_to_speak_of() {
    let (mut world, piazza) = (World::new(), network("piazza"));
    let mut granted = 0;
    for _ in 0..600 {
        if matches!(
            world.grant(piazza, mac(1)),
            Some(Answer::Is(Standing::Granted { .. }))
        ) {
            granted += 1;
        }
        world.ask(piazza, mac(1), Question::Disconnect);
        world.pass(1_000);
    }
    assert!(granted <= 32, "{granted} fresh buckets in ten minutes");
    let totals = world.gateway.snapshot().networks[&piazza].totals;
    assert_eq!(totals.grants + totals.hasty, 600);
    world.pass(HOUR);
    assert!(world.grant(piazza, mac(1)).is_some());
    assert!(world.is_online(piazza, mac(1)), "nobody is punished for long");
}
