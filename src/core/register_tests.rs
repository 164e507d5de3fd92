//! What the register is told in a town with a model kernel and store.

use std::net::IpAddr;

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

use crate::core::world::{World, mac, network};
use crate::core::{Event, Question, SeenBy, Sighting};
use crate::model::{BootId, MOST_REGISTERED, Mac, NetworkId, RegisterEvent};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

/// A town that keeps a register, at ten in the morning, UTC.
fn town() -> World {
    let mut world = World::new();
    world.policy.register = true;
    world.restart();
    world.count();
    world
}

fn see(world: &mut World, network: NetworkId, mac: Mac, address: &str) {
    world.tell(Event::Seen(Sighting {
        network,
        mac,
        address: Some(address.parse().unwrap()),
        by: SeenBy::Arp,
        port: None,
    }));
}

/// What was told of a station since the last time: minutes past ten, what, addresses.
fn told(world: &mut World, mac: Mac) -> Vec<(i64, RegisterEvent, Vec<String>)> {
    let ten: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    let (of, others) = std::mem::take(&mut world.registered)
        .into_iter()
        .partition(|entry| entry.mac == mac);
    world.registered = others;
    let tell = |entry: crate::model::RegisterEntry| {
        let minutes = (entry.at.as_second() - ten.as_second()).div_euclid(60);
        let addresses = entry.addresses.iter().map(IpAddr::to_string).collect();
        (minutes, entry.what, addresses)
    };
    of.into_iter().map(tell).collect()
}

#[test]
fn a_session_is_told_with_its_addresses() {
    let mut world = town();
    let piazza = network("piazza");
    for address in ["2001:db8::1", "fe80::1", "169.254.7.7"] {
        see(&mut world, piazza, mac(1), address);
    }
    world.pass(MINUTE);
    world.grant(piazza, mac(1));
    let words = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told(&mut world, mac(1)),
        [(1, RegisterEvent::Connected, words(&["10.0.0.1", "2001:db8::1"]))],
        "what leads nowhere is not told"
    );
    world.pass(MINUTE);
    // Twice the same, and one that is another's.
    see(&mut world, piazza, mac(2), "10.0.0.9");
    for address in ["2001:db8::2", "2001:db8::2", "10.0.0.9", "fe80::2"] {
        see(&mut world, piazza, mac(1), address);
    }
    assert_eq!(
        told(&mut world, mac(1)),
        [(2, RegisterEvent::Addressed, words(&["2001:db8::2"]))]
    );
    world.tell(Event::AddressGone {
        network: piazza,
        mac: mac(1),
        address: "2001:db8::1".parse().unwrap(),
    });
    world.pass(MINUTE);
    world.ask(piazza, mac(1), Question::Disconnect);
    assert_eq!(
        told(&mut world, mac(1)),
        [(
            3,
            RegisterEvent::Disconnected,
            words(&["10.0.0.1", "2001:db8::2"])
        )]
    );
    assert!(world.registered.is_empty(), "nothing of who only looks on");
}

#[test]
fn who_is_refused_blocked_or_exempt_is_not_told() {
    let mut world = town();
    let piazza = network("piazza");
    world.full = true;
    world.grant(piazza, mac(1));
    for number in [200, 201] {
        world.grant(piazza, mac(number));
    }
    world.pass(HOUR);
    assert!(world.registered.is_empty(), "{}", world.registered.len());
}

#[test]
fn a_restored_session_connects_once_and_ends_once() {
    let mut world = town();
    let molini = network("molini");
    world.grant(molini, mac(1));
    world.grant(molini, mac(2));
    world.pass(MINUTE);
    world.restart();
    world.restart();
    world.pass(MINUTE);
    let first = world.registered.len();
    assert_eq!(first, 2, "{first}");
    // One ends while everything runs, one while nothing does.
    world.ask(molini, mac(2), Question::Disconnect);
    world.now.boot = world.now.boot.plus_ms(5 * HOUR);
    world.now.wall += jiff::SignedDuration::from_hours(5);
    world.kernel.clear();
    world.restart();
    world.pass(HOUR);
    let sessions: Vec<_> = world
        .registered
        .iter()
        .map(|entry| (entry.mac, entry.session))
        .collect();
    let mut coming_and_going = |mac| -> Vec<_> {
        let told = told(&mut world, mac).into_iter();
        // Its addresses are told again after a restart.
        let told = told.filter(|(_, what, _)| *what != RegisterEvent::Addressed);
        told.map(|(at, what, _)| (at, what)).collect()
    };
    assert_eq!(
        coming_and_going(mac(1)),
        [(0, RegisterEvent::Connected), (240, RegisterEvent::Disconnected)],
        "its end is when its four hours were over"
    );
    assert_eq!(
        coming_and_going(mac(2)),
        [(0, RegisterEvent::Connected), (2, RegisterEvent::Disconnected)]
    );
    for (mac, session) in &sessions {
        let same = sessions.iter().filter(|other| other.0 == *mac);
        assert!(same.clone().count() >= 2 && same.clone().all(|other| other.1 == *session));
    }
}

#[test]
fn entries_wait_for_a_clock_that_is_not_set() {
    let mut world = town();
    let molini = network("molini");
    world.boot_id = BootId("second".into());
    world.kernel.clear();
    world.now.wall = jiff::Timestamp::UNIX_EPOCH;
    world.restart();
    world.count();
    world.grant(molini, mac(1));
    world.pass(10 * MINUTE);
    world.ask(molini, mac(1), Question::Disconnect);
    world.pass(10 * MINUTE);
    assert!(world.registered.is_empty(), "nobody knows when that was");
    world.now.wall = "2026-11-22T11:00:00Z".parse().unwrap();
    world.pass(MINUTE);
    let what: Vec<_> = told(&mut world, mac(1))
        .into_iter()
        .map(|(at, what, _)| (at, what))
        .collect();
    assert_eq!(
        what,
        [(40, RegisterEvent::Connected), (50, RegisterEvent::Disconnected)]
    );

    world.now.wall = jiff::Timestamp::UNIX_EPOCH;
    world.grant(molini, mac(2));
    world.stop();
    assert_eq!((world.registered.len(), world.lost), (0, 1), "lost, and told so");
}

#[test]
fn only_sessions_that_begin_while_it_is_kept_are_told() {
    let mut world = World::new();
    let molini = network("molini");
    let turn = |world: &mut World, on: bool| {
        world.policy.register = on;
        let policy = std::sync::Arc::new(world.policy.clone());
        world.tell(Event::Configured(policy));
    };
    world.grant(molini, mac(1));
    turn(&mut world, true);
    world.grant(molini, mac(2));
    world.restart();
    turn(&mut world, false);
    world.grant(molini, mac(3));
    see(&mut world, molini, mac(2), "2001:db8::2");
    turn(&mut world, true);
    for number in 1..=3 {
        world.ask(molini, mac(number), Question::Disconnect);
    }
    let what: Vec<_> = world
        .registered
        .iter()
        .map(|entry| (entry.mac, entry.what))
        .collect();
    assert_eq!(what, [(mac(2), RegisterEvent::Connected)]);
}

#[test]
fn who_takes_many_addresses_is_not_told_without_end() {
    let mut world = town();
    let molini = network("molini");
    world.grant(molini, mac(1));
    for number in 0..1_000 {
        see(&mut world, molini, mac(1), &format!("2001:db8::{number:x}"));
    }
    let addresses: usize = world.registered.iter().map(|entry| entry.addresses.len()).sum();
    assert_eq!(addresses, MOST_REGISTERED);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Off, it is told nothing, whatever happens; on, nobody comes twice or goes without having come.
    #[test]
    fn each_session_comes_and_goes_once(on: bool, steps in proptest::collection::vec((0_u8..6, 1_u8..5, 0_u64..3 * HOUR), 1..40)) {
        let mut world = World::new();
        world.policy.register = on;
        world.restart();
        let molini = network("molini");
        for (what, number, ms) in steps {
            match what {
                0 | 1 => drop(world.grant(molini, mac(number))),
                2 => drop(world.ask(molini, mac(number), Question::Disconnect)),
                3 => world.restart(),
                4 => see(&mut world, molini, mac(number), &format!("10.0.1.{number}")),
                _ => world.pass(ms),
            }
        }
        world.pass(5 * HOUR);
        prop_assert!(on || world.registered.is_empty());
        prop_assert_eq!(world.lost, 0);
        let mut online = std::collections::BTreeMap::new();
        for entry in &world.registered {
            let key = (entry.network, entry.mac);
            match entry.what {
                RegisterEvent::Connected => prop_assert!(online.insert(key, entry.session).is_none(), "came twice"),
                RegisterEvent::Addressed => prop_assert_eq!(online.get(&key), Some(&entry.session)),
                RegisterEvent::Disconnected => prop_assert_eq!(online.remove(&key), Some(entry.session)),
            }
        }
        prop_assert!(online.is_empty(), "everybody has gone");
    }
}
