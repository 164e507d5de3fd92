use crate::core::world::{World, mac, network, plan};
use crate::core::{Event, Question};
use crate::model::{Capacity, Line, Rate, Reserve, Way};

/// A gateway on a line of so many Mbit/s down.
fn world(mbit: u64) -> World {
    let mut world = World::new();
    let capacity = Capacity::Known(Rate::from_bytes_per_second(mbit * 125_000).unwrap());
    world.policy.line = Some(Line {
        down: Some(Way {
            capacity,
            reserve: Reserve::NONE,
        }),
        up: None,
    });
    world.tell(Event::Configured(world.policy.clone().into()));
    world
}

fn down(world: &World, last: u8) -> u64 {
    let entry = world.kernel[&(network("piazza"), mac(last))].0.entry;
    entry.plan.unwrap().down.bytes_per_second()
}

/// So many seconds in which the first stations take whatever they may.
fn load(world: &mut World, stations: u8, seconds: usize) {
    for _ in 0..seconds {
        for last in 1..=stations {
            let bytes = down(world, last);
            world.traffic(network("piazza"), mac(last), bytes);
        }
        world.pass(1_000);
    }
}

#[test]
fn a_scarce_line_is_shared_a_restart_changes_nothing_and_the_plan_comes_back() {
    let (mut world, piazza) = (world(40), network("piazza"));
    for last in 1..=20 {
        world.grant(piazza, mac(last));
    }
    load(&mut world, 8, 20);
    let share = 95 * 40 * 1_250 / 8;
    for last in 1..=8 {
        assert!(
            down(&world, last).abs_diff(share) < share / 10,
            "{}",
            down(&world, last)
        );
    }
    assert_eq!(down(&world, 9), 1_250_000, "the idle ones have the plan");
    let snapshot = world.gateway.snapshot();
    let line = snapshot.line.unwrap();
    assert!(line.is_peak && line.down.unwrap().capacity == 5_000_000 && line.up.is_none());
    let told = snapshot.networks[&piazza].share;
    assert_eq!((told.active, told.held), (8, 8));

    let before = world.kernel.clone();
    world.restart();
    assert!(before == world.kernel, "nobody gains by a restart");
    load(&mut world, 8, 15);
    assert!(
        down(&world, 1).abs_diff(share) < share / 10,
        "{}",
        down(&world, 1)
    );

    world.grant(piazza, mac(30));
    assert!(down(&world, 30) <= share, "a newcomer begins with its share");
    // Disconnecting and tapping does not get around it.
    world.ask(piazza, mac(1), Question::Disconnect);
    world.grant(piazza, mac(1));
    assert!(down(&world, 1) <= share);

    load(&mut world, 0, 60);
    assert!(
        (1..=20).all(|last| down(&world, last) == 1_250_000),
        "the peak is over"
    );
    assert!(!world.gateway.snapshot().line.unwrap().is_peak);
}

#[test]
fn shares_end_when_the_line_is_no_longer_shared_and_never_exceed_a_new_plan() {
    let (mut world, piazza) = (world(20), network("piazza"));
    for last in 1..=8 {
        world.grant(piazza, mac(last));
    }
    load(&mut world, 8, 20);
    assert!(down(&world, 1) < 400_000);
    world.policy.networks.get_mut(&piazza).unwrap().plan = plan(1);
    world.tell(Event::Configured(world.policy.clone().into()));
    assert!((1..=8).all(|last| down(&world, last) == 125_000));
    world.policy.networks.get_mut(&piazza).unwrap().plan = plan(10);
    world.policy.line = None;
    world.tell(Event::Configured(world.policy.clone().into()));
    assert!((1..=8).all(|last| down(&world, last) == 1_250_000));
}
