//! Figures of a town with a model kernel and store.

use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use crate::core::world::{World, mac, network};
use crate::core::{Event, Note, Question};
use crate::model::BootId;
use crate::model::figures::{Day, DeviceFamily, Hour, HourFigures, Outages, Role};

pub(super) const MINUTE: u64 = 60_000;
pub(super) const HOUR: u64 = 3_600_000;

fn hour(text: &str) -> Hour {
    Hour::containing(text.parse().unwrap())
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) const LOADED: Note = Note::Loaded {
    ms: 700,
    banner: Some(true),
};

/// The portal tells something of a page that a station was shown.
pub(super) fn note(world: &mut World, station: u8, note: Note) {
    world.tell(Event::Noted {
        network: network("piazza"),
        mac: mac(station),
        note,
    });
}

/// The gateway is off for so long, or its daemon is not running.
pub(super) fn sleep(world: &mut World, minutes: i64) {
    world.now.wall += jiff::SignedDuration::from_mins(minutes);
    let minutes: u64 = minutes.try_into().unwrap();
    world.now.boot = world.now.boot.plus_ms(minutes * MINUTE);
}

/// A counting town at ten in the morning, UTC.
pub(super) fn town() -> World {
    let mut world = World::new();
    world.count();
    world
}

pub(super) fn of(world: &World, id: &str, at: &str) -> HourFigures {
    world
        .hours
        .get(&(network(id), hour(at)))
        .cloned()
        .unwrap_or_default()
}

#[test]
fn an_hour_tells_what_happened_in_it() {
    let mut world = town();
    let piazza = network("piazza");
    world.ask(piazza, mac(1), Question::Probe(DeviceFamily::Apple));
    world.pass(20_000);
    note(&mut world, 1, Note::Viewed("de".parse().unwrap()));
    note(&mut world, 1, LOADED);
    world.grant(piazza, mac(1));
    world.pass(MINUTE);
    world.grant(piazza, mac(2));
    world.grant(piazza, mac(201));
    world.traffic(piazza, mac(1), 6_000_000);
    world.pass(30 * MINUTE);
    world.ask(piazza, mac(2), Question::Disconnect);
    world.pass(HOUR);
    let told = of(&world, "piazza", "2026-11-22T10:00:00Z");
    assert_eq!(
        (told.views, told.grants, told.sessions, told.online, told.peak),
        (1, 2, 2, 2, 2)
    );
    assert_eq!((told.blocked, told.refused), (1, 0));
    assert_eq!((told.bytes_down, told.bytes_up), (6_000_000, 6_000_000));
    assert_eq!(told.best_down, 0, "two stations prove nothing");
    assert_eq!(told.observed, 3_600);
    let people = [
        Role::Viewed,
        Role::Granted,
        Role::Online,
        Role::Moved,
        Role::Ended,
        Role::Blocked,
    ];
    assert_eq!(people.map(|role| told.stations.of(role)), [1, 2, 2, 1, 1, 1]);
    assert_eq!(
        told.to_online.median(),
        Some(19_455),
        "twenty seconds, in its bucket"
    );
    assert_eq!(told.load_time.total(), 1);
    assert_eq!((told.snippet.told, told.snippet.shown), (1, 1));
    assert_eq!(told.languages.of("de".parse().unwrap()), 1);
    assert_eq!(
        (
            told.families.of(DeviceFamily::Apple),
            told.families.of(DeviceFamily::Other)
        ),
        (1, 1)
    );
    assert_eq!(told.session_length.total(), 1);
    // One from second 20 to the full hour, one for thirty minutes.
    assert_eq!(told.session_seconds, 3_580 + 1_800);
    let next = of(&world, "piazza", "2026-11-22T11:00:00Z");
    assert_eq!(
        (next.sessions, next.online, next.peak),
        (0, 1, 1),
        "who stays is online in the next hour too"
    );
    assert_eq!(of(&world, "molini", "2026-11-22T10:00:00Z").online, 0);
}

#[test]
fn who_comes_back_within_the_period_returns_once() {
    let mut world = town();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.pass(15 * MINUTE);
    for _ in 0..3 {
        world.standing(piazza, mac(1));
        world.pass(MINUTE);
    }
    // Traffic is a sign of life too.
    for _ in 0..15 {
        world.traffic(piazza, mac(1), 1_000);
        world.pass(MINUTE);
    }
    world.standing(piazza, mac(1));
    world.pass(HOUR);
    let told = of(&world, "piazza", "2026-11-22T10:00:00Z");
    assert_eq!((told.sessions, told.returning), (1, 1));
}

#[test]
fn devices_are_counted_once_a_day_and_once_on_two_networks() {
    let mut world = town();
    let (piazza, molini) = (network("piazza"), network("molini"));
    for number in 1..=6 {
        world.grant(piazza, mac(number));
    }
    for number in 4..=9 {
        world.grant(molini, mac(number));
    }
    world.grant(piazza, mac(1));
    world.pass(4 * HOUR + MINUTE);
    world.grant(molini, mac(9));
    world.pass(10 * MINUTE);
    let sunday = day("2026-11-22");
    let (a, b) = (&world.days[&(piazza, sunday)], &world.days[&(molini, sunday)]);
    assert_eq!((a.devices.estimate(), b.devices.estimate()), (Some(6), Some(6)));
    let mut both = a.clone();
    both.merge(b);
    assert_eq!(both.devices.estimate().unwrap(), 9);
    let november = sunday.month();
    assert_eq!(world.months[&(piazza, november)].devices.estimate().unwrap(), 6);
}

#[test]
fn the_key_of_the_day_is_another_at_midnight_and_the_same_after_a_restart() {
    let mut world = town();
    let molini = network("molini");
    assert_eq!(world.keys.len(), 2);
    world.grant(molini, mac(1));
    world.pass(6 * MINUTE);
    let before = world.keys.clone();
    world.crash();
    world.pass(HOUR);
    assert_eq!(world.keys, before);
    assert_eq!(
        world.days[&(molini, day("2026-11-22"))]
            .devices
            .estimate()
            .unwrap(),
        1,
        "known again in the same day"
    );
    // Eleven in the evening UTC is midnight in Rome. The session goes on in the new day.
    world.pass(11 * HOUR);
    world.grant(molini, mac(1));
    world.pass(3 * HOUR);
    world.traffic(molini, mac(1), 100);
    world.pass(HOUR);
    assert_ne!(world.keys[1].1, before[0].1);
    assert!(world.keys.contains(&before[1]), "the month's key stays");
    let (sunday, monday) = (
        &world.days[&(molini, day("2026-11-22"))],
        &world.days[&(molini, day("2026-11-23"))],
    );
    assert_eq!(monday.devices.estimate().unwrap(), 1);
    let mut joined = sunday.clone();
    joined.merge(monday);
    assert_eq!(
        (joined.devices.estimate(), joined.devices.at_least()),
        (None, 1),
        "the same device or another, nobody can tell"
    );
}

#[test]
fn who_comes_after_a_restart_within_the_day_is_counted_too() {
    let mut world = town();
    let molini = network("molini");
    world.grant(molini, mac(1));
    world.pass(6 * MINUTE);
    world.crash();
    world.grant(molini, mac(2));
    world.pass(HOUR);
    let sunday = day("2026-11-22");
    assert_eq!(world.days[&(molini, sunday)].devices.estimate().unwrap(), 2);
    assert_eq!(
        world.months[&(molini, sunday.month())]
            .devices
            .estimate()
            .unwrap(),
        2
    );
}

#[test]
fn keys_wait_for_a_clock_that_is_not_set_at_the_start() {
    let mut world = town();
    let molini = network("molini");
    world.grant(molini, mac(1));
    world.pass(6 * MINUTE);
    let before = world.keys.clone();
    let start_without_clock = |world: &mut World, then: &str| {
        world.now.wall = jiff::Timestamp::UNIX_EPOCH;
        world.restart();
        world.count();
        world.pass(2 * MINUTE);
        world.now.wall = then.parse().unwrap();
        world.pass(MINUTE);
    };
    start_without_clock(&mut world, "2026-11-22T10:30:00Z");
    assert_eq!(world.keys, before, "those of the day and month that run");
    world.traffic(molini, mac(1), 100);
    world.grant(molini, mac(2));
    world.pass(30 * MINUTE);
    let sunday = day("2026-11-22");
    assert_eq!(
        world.days[&(molini, sunday)].devices.estimate().unwrap(),
        2,
        "by the next full hour"
    );

    start_without_clock(&mut world, "2026-11-23T10:10:00Z");
    assert!(
        !world.keys.contains(&before[0]),
        "yesterday's is destroyed at once"
    );
    assert!(world.keys.contains(&before[1]), "the month's key stays");
    world.grant(molini, mac(3));
    world.pass(HOUR);
    assert_eq!(
        world.days[&(molini, day("2026-11-23"))]
            .devices
            .estimate()
            .unwrap(),
        1
    );
    assert_eq!(
        world.months[&(molini, sunday.month())]
            .devices
            .estimate()
            .unwrap(),
        3
    );
}

#[test]
fn where_nobody_looks_whether_there_is_an_internet_no_time_is_known_to_be_in_service() {
    let mut world = town();
    world.pass(10 * MINUTE);
    world.policy.unwatched = true;
    world.tell(Event::Configured(world.policy.clone().into()));
    world.pass(20 * MINUTE);
    // What is known all the same.
    world.unlink();
    world.pass(5 * MINUTE);
    world.link();
    world.policy.unwatched = false;
    world.tell(Event::Configured(world.policy.clone().into()));
    world.pass(26 * MINUTE);
    let told = of(&world, "molini", "2026-11-22T10:00:00Z");
    assert_eq!((told.observed, told.outages.daemon), ((10 + 5 + 25) * 60, 300));
}

#[test]
fn outages_are_told_with_their_cause_also_those_while_nothing_ran() {
    let mut world = town();
    world.tell(Event::Uplink(false));
    world.pass(10 * MINUTE);
    world.tell(Event::Uplink(true));
    world.unlink();
    world.pass(5 * MINUTE);
    world.link();
    world.pass(15 * MINUTE);
    // It crashed at half past ten.
    world.now.wall += jiff::SignedDuration::from_mins(20);
    world.now.boot = world.now.boot.plus_ms(20 * MINUTE);
    world.restart();
    world.count();
    world.pass(20 * MINUTE);
    let told = of(&world, "molini", "2026-11-22T10:00:00Z").outages;
    assert_eq!(
        told,
        Outages {
            uplink: 600,
            daemon: 300 + 1_200,
            ..Outages::default()
        }
    );

    // It was stopped in order at ten past eleven, for two hours.
    world.stop();
    world.now.wall += jiff::SignedDuration::from_hours(2);
    world.now.boot = world.now.boot.plus_ms(2 * HOUR);
    world.restart();
    world.count();
    world.pass(10 * MINUTE);
    assert_eq!(
        of(&world, "molini", "2026-11-22T11:00:00Z").outages.planned,
        3_000
    );
    // After an hour it is no update any more, and nobody has announced works.
    let after = of(&world, "piazza", "2026-11-22T12:00:00Z").outages;
    assert_eq!((after.planned, after.daemon), (600, 3_000));
    let last = of(&world, "piazza", "2026-11-22T13:00:00Z").outages;
    assert_eq!((last.planned, last.daemon), (0, 600));

    // The power went for a month, and the clock was in 1970 at first.
    world.pass(10 * MINUTE);
    world.boot_id = BootId("second".into());
    let back = "2026-12-22T13:00:00Z".parse().unwrap();
    world.now.wall = jiff::Timestamp::UNIX_EPOCH;
    world.restart();
    world.count();
    world.pass(2 * MINUTE);
    assert_eq!(
        of(&world, "piazza", "2026-12-01T00:00:00Z"),
        HourFigures::default()
    );
    world.now.wall = back;
    world.pass(2 * MINUTE);
    let dark: u64 = world.hours.values().map(|hour| hour.outages.power).sum();
    let from = world
        .hours
        .iter()
        .find(|(_, hour)| hour.outages.power > 0)
        .unwrap()
        .0
        .1;
    assert_eq!(from, hour("2026-11-22T13:00:00Z"));
    // From the last sign of life to two minutes before the clock was set, on two networks.
    assert_eq!(dark, 2 * (30 * 86_400 - 30 * 60 - 120));
    assert_eq!(of(&world, "piazza", "2026-12-01T00:00:00Z").outages.power, 3_600);
    assert!(
        world
            .hours
            .keys()
            .all(|(_, told)| *told >= hour("2026-11-22T10:00:00Z")),
        "nothing was in 1970"
    );
}

#[test]
fn what_was_moved_before_a_crash_is_counted_once_and_before_an_orderly_stop_too() {
    let molini = network("molini");
    for is_crash in [true, false] {
        let mut world = town();
        world.grant(molini, mac(1));
        world.traffic(molini, mac(1), 1_000_000);
        world.pass(6 * MINUTE);
        if !is_crash {
            world.stop();
        }
        // The kernel goes on counting.
        world.traffic(molini, mac(1), 500_000);
        world.crash();
        world.traffic(molini, mac(1), 40_000);
        world.pass(10 * MINUTE);
        world.stop();
        let told = of(&world, "molini", "2026-11-22T10:00:00Z").bytes_down;
        assert_eq!(told, if is_crash { 1_040_000 } else { 1_540_000 });
        let session = &world.store[&(molini, mac(1))];
        assert_eq!(session.usage.down.bytes, 1_540_000, "the session's is whole");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the hours do, seconds of sessions and their bytes are counted once.
    #[test]
    fn nothing_is_lost_or_counted_twice_between_hours(start in 0_i64..400 * 86_400, minutes in proptest::collection::vec(1_u64..90, 1..8)) {
        let mut world = World::new();
        world.now.wall = jiff::Timestamp::from_second(1_767_225_600 + start).unwrap();
        world.restart();
        world.count();
        let molini = network("molini");
        let (mut bytes, mut seconds) = (0, 0);
        for (number, length) in (1_u8..).zip(minutes) {
            // Sessions end after four hours.
            world.grant(molini, mac(number));
            bytes += 1_000_000;
            world.traffic(molini, mac(number), 1_000_000);
            world.pass(length * MINUTE);
            world.ask(molini, mac(number), Question::Disconnect);
            seconds += length * 60;
        }
        world.stop();
        let total = world.hours.values().fold(HourFigures::default(), |mut sum, hour| { sum.merge(hour); sum });
        prop_assert_eq!(total.bytes_down, bytes);
        prop_assert_eq!(total.session_seconds, seconds);
        prop_assert_eq!(total.session_length.total(), total.sessions);
        prop_assert_eq!(total.peak, 1);
        let zone = crate::model::TimeZone::rome();
        for (_, hour) in world.hours.keys() {
            prop_assert_eq!(hour.local(&zone).minute(), 0);
        }
    }
}
