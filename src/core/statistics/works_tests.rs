//! What is out of service while works were announced is planned, whatever the cause.

use std::sync::Arc;

use jiff::SignedDuration;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

use super::tests::{HOUR, MINUTE, of, sleep, town};
use crate::core::Event;
use crate::core::world::{World, network};
use crate::model::figures::Outages;
use crate::model::{BootId, WorksWish};

/// Announces works that begin and end so many minutes from now, and tells the gateway.
fn announce(world: &mut World, id: Option<&str>, from: i64, until: i64) {
    let later = |minutes| world.now.wall + SignedDuration::from_mins(minutes);
    let wish = WorksWish {
        network: id.map(network),
        from: later(from),
        until: later(until),
        reason: "new switch".parse().unwrap(),
    };
    world.works.announce(wish, world.now.wall).unwrap();
    world.tell(Event::Works(Arc::new(world.works.clone())));
}

/// Of the first two hours of the test.
fn told(world: &World, id: &str) -> Outages {
    let mut sum = of(world, id, "2026-11-22T10:00:00Z").outages;
    sum.merge(&of(world, id, "2026-11-22T11:00:00Z").outages);
    sum
}

#[test]
fn what_fails_within_announced_works_is_planned_where_they_are_and_the_rest_keeps_its_cause() {
    let mut world = town();
    announce(&mut world, Some("piazza"), 20, 50);
    world.pass(10 * MINUTE);
    world.tell(Event::Uplink(false));
    world.pass(50 * MINUTE);
    world.tell(Event::Uplink(true));
    world.pass(HOUR);
    let piazza = Outages {
        uplink: 20 * 60,
        planned: 30 * 60,
        ..Outages::default()
    };
    let molini = Outages {
        uplink: 50 * 60,
        ..Outages::default()
    };
    assert_eq!((told(&world, "piazza"), told(&world, "molini")), (piazza, molini));
}

#[test]
fn works_during_which_all_goes_well_cost_nothing() {
    let mut world = town();
    announce(&mut world, None, 5, 45);
    world.pass(2 * HOUR);
    assert_eq!(told(&world, "piazza"), Outages::default());
}

#[test]
fn an_outage_that_was_there_before_the_works_were_announced_is_not_planned() {
    let mut world = town();
    world.tell(Event::Uplink(false));
    world.pass(10 * MINUTE);
    announce(&mut world, None, 0, 20);
    world.pass(10 * MINUTE);
    // Taken back: the book without them.
    let number = world.works.all().next().unwrap().number;
    world.works.withdraw(number, world.now.wall).unwrap();
    world.tell(Event::Works(Arc::new(world.works.clone())));
    world.pass(10 * MINUTE);
    world.tell(Event::Uplink(true));
    world.pass(HOUR);
    let expected = Outages {
        uplink: 20 * 60,
        planned: 10 * 60,
        ..Outages::default()
    };
    assert_eq!(told(&world, "molini"), expected);
}

#[test]
fn a_gateway_that_is_off_during_works_was_off_as_planned() {
    for (boot, cause) in [
        (
            "second",
            Outages {
                power: 30 * 60,
                ..Outages::default()
            },
        ),
        (
            "first",
            Outages {
                daemon: 30 * 60,
                ..Outages::default()
            },
        ),
    ] {
        let mut world = town();
        announce(&mut world, Some("piazza"), 15, 45);
        // The last sign of life is of the full five minutes.
        world.pass(5 * MINUTE);
        sleep(&mut world, 60);
        world.boot_id = BootId(boot.into());
        world.crash();
        world.pass(HOUR);
        let piazza = told(&world, "piazza");
        assert_eq!(piazza.planned, 30 * 60, "{boot}");
        assert_eq!(
            (piazza.power, piazza.daemon),
            (cause.power, cause.daemon),
            "{boot}"
        );
        let molini = told(&world, "molini");
        assert_eq!((molini.planned, molini.total()), (0, 60 * 60), "{boot}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is announced, and whenever the line fails or the gateway is off: works change under which cause
    /// a second counts, never how many there are; and where none are announced nothing is planned.
    #[test]
    fn works_invent_and_hide_no_outage(
        works in proptest::collection::vec((1_i64..400, 1_i64..120, any::<bool>()), 0..4),
        steps in proptest::collection::vec((1_u64..50, 0_u8..4), 1..8),
    ) {
        let mut runs = Vec::new();
        for is_announced in [true, false] {
            let mut world = town();
            if is_announced {
                for (from, length, is_all) in &works {
                    let wish = WorksWish {
                        network: (!is_all).then(|| network("piazza")),
                        from: world.now.wall + SignedDuration::from_mins(*from),
                        until: world.now.wall + SignedDuration::from_mins(from + length),
                        reason: "switch".parse().unwrap(),
                    };
                    // One that overlaps another is refused.
                    let _ = world.works.announce(wish, world.now.wall);
                }
                world.tell(Event::Works(Arc::new(world.works.clone())));
            }
            for (minutes, what) in &steps {
                match what {
                    0 => world.tell(Event::Uplink(false)),
                    1 => world.tell(Event::Uplink(true)),
                    2 => {
                        sleep(&mut world, 7);
                        world.crash();
                    }
                    _ => world.unlink(),
                }
                world.pass(minutes * MINUTE);
                world.link();
            }
            world.pass(2 * HOUR);
            runs.push(world);
        }
        let [with, without] = runs.as_slice() else { unreachable!("two runs") };
        let is_all = with.works.all().any(|works| works.network.is_none());
        let hours: std::collections::BTreeSet<_> = with.hours.keys().chain(without.hours.keys()).collect();
        for key in hours {
            let outages = |world: &World| world.hours.get(key).map(|hour| hour.outages).unwrap_or_default();
            let (with, without) = (outages(with), outages(without));
            prop_assert_eq!(with.total(), without.total());
            prop_assert_eq!(without.planned, 0);
            prop_assert!(with.planned == 0 || is_all || key.0 == network("piazza"));
            prop_assert!(with.uplink <= without.uplink && with.daemon <= without.daemon);
        }
    }
}
