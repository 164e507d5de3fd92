use jiff::civil::date;

use super::MOST_LEFT;
use crate::core::world::{World, mac, network, plan};
use crate::core::{Event, Question, Standing};
use crate::model::{
    BootId, Burst, DayUsage, DayVolume, FairUse, Mac, NetworkId, Rate, RatePlan, ScheduledPlan, Week,
};

const HOUR: u64 = 3_600_000;

/// 10 Mbit/s for 1 MB a day, then 1 down and 2 up.
fn with_volume(world: &mut World) {
    let rate = |mbit: u64| Rate::from_bytes_per_second(mbit * 125_000).unwrap();
    for rules in world.policy.networks.values_mut() {
        rules.fair_use = Some(FairUse {
            volume: 1_000_000,
            down: rate(1),
            up: rate(2),
        });
    }
    world.tell(Event::Configured(world.policy.clone().into()));
}

fn slow() -> RatePlan {
    RatePlan {
        down: plan(1).down,
        up: plan(2).up,
        burst: Burst::from_bytes(65_536).unwrap(),
    }
}

fn held(world: &World, id: &str, last: u8) -> Option<RatePlan> {
    world.kernel[&(network(id), mac(last))].0.entry.plan
}

/// So long after noon somebody is let online and uses up the volume.
fn used_up(after: u64) -> (World, NetworkId) {
    let (mut world, molini) = (World::new(), network("molini"));
    with_volume(&mut world);
    world.pass(after);
    world.grant(molini, mac(1));
    world.traffic(molini, mac(1), 600_000);
    world.pass(5_000);
    (world, molini)
}

#[test]
fn who_has_used_up_the_volume_is_slower_until_midnight_and_a_new_tap_does_not_help() {
    let (mut world, molini) = (World::new(), network("molini"));
    with_volume(&mut world);
    world.grant(molini, mac(1));
    world.grant(molini, mac(2));
    world.traffic(molini, mac(1), 400_000);
    world.traffic(molini, mac(200), 9_000_000);
    world.pass(5_000);
    assert_eq!(
        held(&world, "molini", 1),
        Some(plan(10)),
        "800 kB of both directions"
    );
    let batches = world.batches;
    world.traffic(molini, mac(1), 100_000);
    world.pass(5_000);
    assert_eq!(held(&world, "molini", 1), Some(slow()));
    assert_eq!(held(&world, "molini", 2), Some(plan(10)), "nobody else");
    assert_eq!(held(&world, "molini", 200), None, "nor the exempt one");
    world.traffic(molini, mac(1), 100_000);
    world.pass(60_000);
    assert_eq!(
        world.batches,
        batches + 1,
        "a bucket is refilled once a day by this"
    );
    for _ in 0..2 {
        world.ask(molini, mac(1), Question::Disconnect);
        world.grant(molini, mac(1));
        assert_eq!(held(&world, "molini", 1), Some(slow()));
    }
    let Standing::Granted {
        plan: told, volume, ..
    } = world.standing(molini, mac(1))
    else {
        panic!("still online")
    };
    let used = DayVolume {
        used: 1_200_000,
        volume: 1_000_000,
    };
    assert_eq!((told, volume), (slow(), Some(used)), "the page tells it");
    world.restart();
    assert_eq!(held(&world, "molini", 1), Some(slow()), "nor does a restart");
    world.kernel.clear();
    world.boot_id = BootId("second".into());
    world.restart();
    assert_eq!(held(&world, "molini", 1), Some(slow()), "nor a reboot");
}

#[test]
fn midnight_gives_the_volume_back_also_to_a_session_that_goes_on() {
    let (mut world, molini) = used_up(10 * HOUR);
    assert_eq!(held(&world, "molini", 1), Some(slow()));
    world.pass(3 * HOUR);
    assert_eq!(held(&world, "molini", 1), Some(plan(10)), "00:00 in Rome");
    world.traffic(molini, mac(1), 400_000);
    world.pass(5_000);
    assert_eq!(
        held(&world, "molini", 1),
        Some(plan(10)),
        "yesterday is not counted"
    );
    world.traffic(molini, mac(1), 200_000);
    world.pass(5_000);
    assert_eq!(held(&world, "molini", 1), Some(slow()));
}

#[test]
fn the_slower_plan_is_never_faster_than_the_scheduled_one() {
    let (mut world, piazza) = (World::new(), network("piazza"));
    let rules = world.policy.networks.get_mut(&piazza).unwrap();
    let mut crawl = ScheduledPlan {
        name: "event".into(),
        week: Week::ALL,
        dates: Vec::new(),
        from: 12 * 60,
        to: 13 * 60,
        plan: plan(1),
    };
    crawl.plan.up = Rate::from_bytes_per_second(1_000).unwrap();
    rules.schedule = vec![crawl.clone()];
    with_volume(&mut world);
    world.grant(piazza, mac(1));
    world.traffic(piazza, mac(1), 600_000);
    world.pass(HOUR);
    let held = held(&world, "piazza", 1).unwrap();
    assert_eq!((held.down, held.up), (slow().down, crawl.plan.up));
}

#[test]
fn who_left_yesterday_begins_today_with_the_whole_volume() {
    let (mut world, molini) = used_up(0);
    world.ask(molini, mac(1), Question::Disconnect);
    world.pass(14 * HOUR);
    world.grant(molini, mac(1));
    assert_eq!(held(&world, "molini", 1), Some(plan(10)));
}

#[test]
fn what_is_counted_last_at_a_disconnect_is_remembered_too() {
    let (mut world, molini) = (World::new(), network("molini"));
    with_volume(&mut world);
    world.grant(molini, mac(1));
    world.traffic(molini, mac(1), 300_000);
    world.pass(5_000);
    world.traffic(molini, mac(1), 300_000);
    world.ask(molini, mac(1), Question::Disconnect);
    world.grant(molini, mac(1));
    assert_eq!(held(&world, "molini", 1), Some(slow()));
}

#[test]
fn a_grant_that_the_kernel_refuses_does_not_give_the_volume_back() {
    let (mut world, molini) = used_up(0);
    world.ask(molini, mac(1), Question::Disconnect);
    world.full = true;
    world.grant(molini, mac(1));
    assert!(!world.is_online(molini, mac(1)));
    world.full = false;
    world.grant(molini, mac(1));
    assert_eq!(held(&world, "molini", 1), Some(slow()));
}

#[test]
fn what_was_stored_before_midnight_does_not_count_after_it() {
    let (mut world, molini) = used_up(10 * HOUR);
    let key = (molini, mac(1));
    let stored = world.store[&key].today;
    let today = date(2026, 11, 22);
    assert_eq!(
        stored,
        Some(DayUsage {
            day: today,
            bytes: 1_200_000
        })
    );
    // Down from before midnight until after it.
    world.now.boot = world.now.boot.plus_ms(3 * HOUR);
    world.now.wall += jiff::SignedDuration::from_hours(3);
    world.restart();
    assert!(world.is_online(molini, mac(1)));
    assert_eq!(held(&world, "molini", 1), Some(plan(10)));
}

#[test]
fn without_a_volume_nothing_is_remembered_of_anybody() {
    let (mut world, molini) = (World::new(), network("molini"));
    world.grant(molini, mac(1));
    world.traffic(molini, mac(1), 600_000);
    world.pass(5 * 60_000);
    assert_eq!(world.store[&(molini, mac(1))].today, None);
    world.ask(molini, mac(1), Question::Disconnect);
    assert!(world.gateway.plans.left.is_empty());
}

#[test]
fn of_too_many_who_left_those_are_forgotten_who_used_least() {
    let (mut world, molini) = (World::new(), network("molini"));
    with_volume(&mut world);
    let station = |number: usize| {
        let [.., a, b, c, d] = number.to_be_bytes();
        (molini, Mac::new([2, 0, a, b, c, d]).unwrap())
    };
    for number in 1..=MOST_LEFT + 1 {
        let used = if number == 7 { 1 } else { 5_000_000 };
        world.gateway.leave_day(station(number), used);
    }
    assert_eq!(world.gateway.plans.left.len(), MOST_LEFT);
    assert_eq!(world.gateway.resume_day(station(7)), 0);
    assert_eq!(world.gateway.resume_day(station(MOST_LEFT + 1)), 5_000_000);
}
