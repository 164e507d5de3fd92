//! Figures that somebody signs: nothing is counted twice, nothing is better than the truth, and what is not
//! known is not told.

use super::tests::{HOUR, LOADED, MINUTE, day, note, of, sleep, town};
use crate::core::world::{World, mac, network};
use crate::core::{Note, Question};
use crate::model::figures::{Hour, Role};
use crate::model::{BootId, NetworkId};

#[test]
fn one_phone_is_one_person_however_often_it_taps() {
    let mut world = town();
    let piazza = network("piazza");
    for _ in 0..6 {
        world.grant(piazza, mac(1));
        world.traffic(piazza, mac(1), 1_000);
        world.pass(MINUTE);
        world.grant(piazza, mac(1));
        world.grant(piazza, mac(201));
        world.ask(piazza, mac(1), Question::Disconnect);
        world.pass(MINUTE);
    }
    // What was saved before a restart is not another person's.
    restart(&mut world);
    world.grant(piazza, mac(1));
    world.pass(HOUR);
    let told = of(&world, "piazza", "2026-11-22T10:00:00Z");
    assert_eq!(
        (told.sessions, told.grants, told.blocked),
        (6, 6, 5),
        "a press while online is no grant"
    );
    for role in [
        Role::Granted,
        Role::Online,
        Role::Moved,
        Role::Ended,
        Role::Blocked,
    ] {
        assert_eq!(told.stations.of(role), 1, "{role:?}");
    }
    assert_eq!(told.family_stations.total(), 1);
    let next = of(&world, "piazza", "2026-11-22T11:00:00Z");
    assert_eq!(
        (next.stations.of(Role::Online), next.stations.of(Role::Granted)),
        (1, 0)
    );
}

#[test]
fn a_station_cannot_make_the_portal_s_figures() {
    let mut world = town();
    let italian = Note::Viewed("it".parse().unwrap());
    note(&mut world, 1, LOADED);
    for _ in 0..50 {
        note(&mut world, 1, italian);
        note(&mut world, 1, LOADED);
    }
    world.pass(MINUTE);
    note(&mut world, 1, italian);
    note(&mut world, 2, italian);
    world.pass(HOUR);
    let told = of(&world, "piazza", "2026-11-22T10:00:00Z");
    assert_eq!(
        (told.views, told.load_time.total()),
        (3, 1),
        "one in a minute, and one measure of it"
    );
    assert_eq!(
        (told.stations.of(Role::Viewed), told.language_stations.total()),
        (2, 2)
    );
}

/// kill -9 and start, as the daemon starts: what the store holds comes before what the kernel holds.
fn restart(world: &mut World) {
    world.restart_without_helper();
    world.count();
    world.link();
}

/// Six stations that move 5 MB each in five seconds, for some minutes.
fn busy(world: &mut World, minutes: u64) {
    for _ in 0..minutes * 12 {
        for station in 1..=6 {
            world.traffic(network("molini"), mac(station), 5_000_000);
        }
        world.pass(5_000);
    }
}

fn best(world: &World) -> u64 {
    world.hours.values().map(|hour| hour.best_down).max().unwrap_or(0)
}

#[test]
fn the_line_s_best_rate_is_never_better_than_the_truth() {
    let mut world = town();
    let molini = network("molini");
    for station in 1..=6 {
        world.grant(molini, mac(station));
    }
    busy(&mut world, 5);
    assert!(best(&world).abs_diff(6_000_000) < 60_000, "{}", best(&world));

    // The helper is away for twenty minutes in which people go on: the first reading has it all.
    world.unlink();
    for station in 1..=6 {
        world.traffic(molini, mac(station), 3_000_000_000);
    }
    world.pass(20 * MINUTE);
    world.link();
    busy(&mut world, 3);
    assert!(best(&world) < 6_060_000, "{}", best(&world));

    // The daemon starts anew and the clock is not set for half an hour: one long minute for the figures.
    for station in 1..=6 {
        world.traffic(molini, mac(station), 3_000_000_000);
    }
    sleep(&mut world, 10);
    let wall = world.now.wall;
    world.now.wall = jiff::Timestamp::UNIX_EPOCH;
    world.restart();
    world.count();
    busy(&mut world, 30);
    world.now.wall = wall + jiff::SignedDuration::from_mins(30);
    busy(&mut world, 3);
    assert!(best(&world) < 6_060_000, "{}", best(&world));
}

#[test]
fn an_outage_is_told_once_however_often_the_start_is_cut_short() {
    let mut world = town();
    world.pass(6 * MINUTE);
    // The last sign of life was at five past ten.
    world.boot_id = BootId("second".into());
    sleep(&mut world, 30);
    for _ in 0..3 {
        world.restart();
        world.count();
        world.pass(2 * MINUTE);
        sleep(&mut world, 1);
    }
    world.restart();
    world.count();
    world.pass(HOUR);
    let told = of(&world, "molini", "2026-11-22T10:00:00Z").outages;
    // The two minutes before a kill had no sign of life yet, but at twenty to eleven.
    assert_eq!((told.power, told.daemon), (31 * 60, 8 * 60));

    // Of a silence that is told in parts, each part is told once too.
    let begins: jiff::Timestamp = "2026-11-22T11:00:00Z".parse().unwrap();
    let last = world.last_beat.clone().unwrap();
    assert!(last.at > begins);
    world.boot_id = BootId("third".into());
    sleep(&mut world, 30 * 24 * 60);
    let all = |world: &World| world.hours.values().map(|hour| hour.outages.power).sum::<u64>();
    let before = all(&world);
    world.restart();
    world.count();
    world.pass(250);
    assert!(all(&world) - before < 2 * 30 * 86_400, "not all of it yet");
    let silent = world.now.wall.duration_since(last.at).as_secs();
    world.restart();
    world.count();
    world.pass(MINUTE);
    let told = all(&world) - before;
    assert!(
        told.abs_diff(2 * u64::try_from(silent).unwrap()) <= 2,
        "{told} for {silent}"
    );
}

#[test]
fn a_network_that_was_not_there_yet_was_not_out_of_service() {
    let mut world = town();
    world.pass(6 * MINUTE);
    world.boot_id = BootId("second".into());
    sleep(&mut world, 90 * 24 * 60);
    world.recorded = Some([network("piazza")].into());
    world.restart();
    world.count();
    world.pass(HOUR);
    let power = |id: &str| {
        let of = |(known, _): &(NetworkId, Hour)| *known == network(id);
        let hours = world.hours.iter().filter(|(key, _)| of(key));
        hours.map(|(_, hour)| hour.outages.power).sum::<u64>()
    };
    assert!(power("piazza") > 89 * 86_400, "{}", power("piazza"));
    assert_eq!(power("molini"), 0);
}

#[test]
fn a_sign_of_life_in_the_future_invents_no_outage_and_does_not_stop_the_next() {
    let mut world = town();
    world.pass(6 * MINUTE);
    world.now.wall += jiff::SignedDuration::from_hours(2_000);
    world.pass(6 * MINUTE);
    world.now.wall -= jiff::SignedDuration::from_hours(2_000);
    world.restart();
    world.count();
    world.pass(6 * MINUTE);
    let last = world.last_beat.clone().unwrap();
    assert!(last.at <= world.now.wall, "{last:?}");
    let next = world.gateway.poll_timeout().unwrap();
    assert!(
        next.since(world.now.boot) > 1_000,
        "it does not wake all the time"
    );
    sleep(&mut world, 10);
    world.restart();
    world.count();
    world.pass(MINUTE);
    let out: u64 = world.hours.values().map(|hour| hour.outages.total()).sum();
    assert!((2 * 600..2 * 1_000).contains(&out), "{out}");
}

#[test]
fn at_midnight_the_evening_stays_in_its_day() {
    let mut world = town();
    let piazza = network("piazza");
    for station in 1..=40 {
        world.grant(piazza, mac(station));
    }
    // Midnight in Rome is eleven in the evening, UTC; three seconds of traffic come after the last reading.
    world.pass(13 * HOUR - 3_000);
    for station in 1..=40 {
        world.traffic(piazza, mac(station), 1_000);
    }
    world.pass(3_000 + 10 * MINUTE);
    let (evening, night) = (
        of(&world, "piazza", "2026-11-22T22:00:00Z"),
        of(&world, "piazza", "2026-11-22T23:00:00Z"),
    );
    assert_eq!(
        (night.peak, night.online, night.session_length.total()),
        (0, 0, 0)
    );
    assert_eq!((night.bytes_down, night.session_seconds), (0, 0));
    assert_eq!((evening.peak, evening.session_length.total()), (40, 40));
    assert_eq!(
        (evening.stations.of(Role::Ended), evening.bytes_down),
        (40, 40_000)
    );
    assert_eq!(evening.session_seconds, 40 * 3_600);
    world.grant(piazza, mac(1));
    world.pass(10 * MINUTE);
    assert_eq!(of(&world, "piazza", "2026-11-22T23:00:00Z").sessions, 1);
}

#[test]
fn sessions_that_the_store_lost_are_not_counted_again() {
    let mut world = town();
    let molini = network("molini");
    for station in 1..=3 {
        world.grant(molini, mac(station));
        world.traffic(molini, mac(station), 50_000);
    }
    world.pass(6 * MINUTE);
    world.store.clear();
    restart(&mut world);
    world.traffic(molini, mac(1), 7);
    world.pass(6 * MINUTE);
    let told = of(&world, "molini", "2026-11-22T10:00:00Z");
    assert_eq!((told.sessions, told.grants, told.online), (3, 3, 3));
    assert_eq!(told.bytes_down, 150_007);
    assert_eq!(told.stations.of(Role::Granted), 3);
}

#[test]
fn devices_under_a_lost_key_are_not_added_to_those_under_the_next() {
    let mut world = town();
    let molini = network("molini");
    for station in 1..=9 {
        world.grant(molini, mac(station));
    }
    world.pass(HOUR);
    world.keys.clear();
    restart(&mut world);
    world.pass(HOUR);
    let sunday = day("2026-11-22");
    for devices in [
        &world.days[&(molini, sunday)].devices,
        &world.months[&(molini, sunday.month())].devices,
    ] {
        assert_eq!(
            (devices.estimate(), devices.at_least()),
            (None, 9),
            "not eighteen"
        );
    }
}

#[test]
fn time_is_observed_while_it_runs_or_is_known_to_have_been_off() {
    let mut world = town();
    world.pass(90 * MINUTE);
    // A database without a sign of life: nobody knows what was.
    world.last_beat = None;
    sleep(&mut world, 90);
    world.restart();
    world.count();
    world.pass(2 * HOUR);
    let observed: Vec<u64> = [10, 11, 12, 13]
        .into_iter()
        .map(|at| of(&world, "molini", &format!("2026-11-22T{at}:00:00Z")).observed)
        .collect();
    assert_eq!(observed, [3_600, 1_800, 0, 3_600]);
    world.stop();
    sleep(&mut world, 60);
    world.restart();
    world.count();
    world.pass(HOUR);
    let told = of(&world, "molini", "2026-11-22T15:00:00Z");
    assert_eq!((told.observed, told.outages.planned), (3_600, 3_600));
}
