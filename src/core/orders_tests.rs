//! Orders of administrators, with a model kernel and store.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};
use proptest::prop_oneof;

use super::{Acted, StationAct};
use crate::core::world::{World, mac, network, plan};
use crate::core::{Answer, Event, Standing, StationState};
use crate::model::{Entry, Mac, NetworkId, Recognition, StationOrder, Treatment};

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;

impl World {
    fn act(&mut self, network: NetworkId, mac: Mac, act: StationAct) -> Acted {
        let acted = self.gateway.decide_act(network, mac, &act, self.now);
        self.tell(Event::Act { network, mac, act });
        acted
    }

    fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.now.wall + SignedDuration::from_mins(minutes)
    }

    fn left(&mut self, network: NetworkId, mac: Mac) -> u64 {
        match self.standing(network, mac) {
            Standing::Granted { seconds_left, .. } => seconds_left,
            _ => 0,
        }
    }
}

fn block(until: Timestamp) -> StationAct {
    StationAct::Block {
        until,
        reason: "Open relay".parse().unwrap(),
    }
}

const fn exempt(until: Timestamp) -> StationAct {
    StationAct::Exempt { until, reason: None }
}

#[test]
fn a_block_ends_the_session_refuses_taps_and_is_lifted_by_itself_also_across_a_restart() {
    let mut world = World::new();
    let (place, phone) = (network("piazza"), mac(1));
    world.grant(place, phone);
    let until = world.in_minutes(30);
    assert_eq!(world.act(place, phone, block(until)), Acted::Done);
    assert!(!world.kernel.contains_key(&(place, phone)) && !world.store.contains_key(&(place, phone)));
    assert_eq!(world.grant(place, phone), Some(Answer::Is(Standing::Blocked)));
    world.restart();
    assert_eq!(world.grant(place, phone), Some(Answer::Is(Standing::Blocked)));
    assert_eq!(world.orders.len(), 1);
    world.pass(30 * MINUTE - 1);
    assert_eq!(world.standing(place, phone), Standing::Blocked);
    world.pass(1);
    assert!(world.orders.is_empty(), "nothing of it is at rest");
    world.grant(place, phone);
    assert!(world.is_online(place, phone));
}

#[test]
fn an_order_that_ended_while_nothing_ran_is_forgotten_at_the_start() {
    let mut world = World::new();
    let (place, phone) = (network("piazza"), mac(1));
    let until = world.in_minutes(30);
    world.act(place, phone, block(until));
    world.act(place, mac(2), exempt(until));
    world.kernel.clear();
    world.now.boot = world.now.boot.plus_ms(31 * MINUTE);
    world.now.wall = until;
    world.restart();
    assert!(world.orders.is_empty() && world.kernel.keys().all(|key| key.1 == mac(200)));
    world.grant(place, phone);
    assert!(world.is_online(place, phone));
}

#[test]
fn an_exemption_needs_no_tap_has_no_limit_and_ends_also_in_the_kernel() {
    let mut world = World::new();
    let (place, screen) = (network("piazza"), mac(1));
    world.grant(place, screen);
    world.traffic(place, screen, 5_000);
    let until = world.in_minutes(30);
    assert_eq!(world.act(place, screen, exempt(until)), Acted::Done);
    assert_eq!(world.standing(place, screen), Standing::Exempt);
    let entry = |world: &World| world.kernel.get(&(place, screen)).map(|(held, _)| held.entry);
    let first = entry(&world).unwrap();
    assert_eq!(first.plan, None);
    assert!(first.timeout_ms.unwrap() >= 30 * MINUTE && first.timeout_ms.unwrap() < 31 * MINUTE);
    world.restart();
    assert_eq!(world.standing(place, screen), Standing::Exempt);
    let longer = world.in_minutes(60);
    world.act(place, screen, exempt(longer));
    assert!(entry(&world).unwrap().timeout_ms.unwrap() >= 60 * MINUTE);
    world.pass(60 * MINUTE);
    assert_eq!(world.standing(place, screen), Standing::Captive);
    assert_eq!(entry(&world), None);
}

#[test]
fn an_exemption_of_days_outlives_the_kernel_s_own_fail_safe() {
    let mut world = World::new();
    let (place, screen) = (network("piazza"), mac(1));
    let until = world.in_minutes(4 * 24 * 60);
    world.act(place, screen, exempt(until));
    let held = world.kernel[&(place, screen)].0.entry;
    assert_eq!(held.timeout_ms, Some(Entry::MAX_TIMEOUT_MS));
    for _ in 0..4 * 24 - 1 {
        world.pass(HOUR);
        assert!(world.kernel.contains_key(&(place, screen)));
    }
    world.pass(HOUR);
    assert!(!world.kernel.contains_key(&(place, screen)));
}

#[test]
fn the_configuration_s_lists_go_before_orders_but_what_it_exempts_may_be_blocked() {
    let mut world = World::new();
    let place = network("piazza");
    let until = world.in_minutes(30);
    let (listed_exempt, listed_blocked) = (mac(200), mac(201));
    assert_eq!(world.act(place, listed_exempt, exempt(until)), Acted::Listed);
    assert_eq!(world.act(place, listed_blocked, exempt(until)), Acted::Listed);
    assert_eq!(world.act(place, listed_blocked, block(until)), Acted::Listed);
    assert!(world.kernel.contains_key(&(place, listed_exempt)));
    assert_eq!(world.act(place, listed_exempt, block(until)), Acted::Done);
    assert!(!world.kernel.contains_key(&(place, listed_exempt)));
    world.restart();
    assert!(!world.kernel.contains_key(&(place, listed_exempt)));
    assert_eq!(world.act(place, listed_exempt, StationAct::Lift), Acted::Done);
    assert!(world.kernel.contains_key(&(place, listed_exempt)));
    assert_eq!(world.standing(place, listed_blocked), Standing::Blocked);
}

#[test]
fn what_cannot_be_is_refused_by_name_and_changes_nothing() {
    let mut world = World::new();
    let (place, phone) = (network("piazza"), mac(1));
    let (soon, far) = (world.in_minutes(1), world.now.wall + StationOrder::LONGEST);
    for (act, acted) in [
        (StationAct::End, Acted::NoSession),
        (StationAct::Extend { minutes: 5 }, Acted::NoSession),
        (StationAct::UsualPlan, Acted::NoSession),
        (StationAct::Lift, Acted::NoOrder),
        (block(world.now.wall), Acted::WrongEnd),
        (block(far + SignedDuration::from_secs(1)), Acted::WrongEnd),
    ] {
        assert_eq!(world.act(place, phone, act), acted);
    }
    assert_eq!(
        world.act(network("nowhere"), phone, block(soon)),
        Acted::UnknownNetwork
    );
    world.grant(place, phone);
    assert_eq!(
        world.act(place, phone, StationAct::Extend { minutes: 5 }),
        Acted::AtLimit,
        "midnight"
    );
    assert!(world.orders.is_empty() && world.is_online(place, phone));
    assert_eq!(world.act(place, phone, block(far)), Acted::Done);
    world.unlink();
    assert_eq!(world.act(place, phone, StationAct::Lift), Acted::Waiting);
}

#[test]
fn a_period_is_extended_to_twelve_hours_after_the_grant_and_no_further_also_across_restarts() {
    let mut world = World::new();
    let (place, phone) = (network("molini"), mac(1));
    world.grant(place, phone);
    world.pass(HOUR);
    assert_eq!(
        world.act(place, phone, StationAct::Extend { minutes: 60 }),
        Acted::Done
    );
    assert_eq!(world.left(place, phone), 4 * 3_600);
    let timeout = world.kernel[&(place, phone)].0.entry.timeout_ms.unwrap();
    assert!(timeout >= 4 * HOUR, "the kernel's fail-safe follows");
    world.act(place, phone, StationAct::Extend { minutes: 720 });
    assert_eq!(world.left(place, phone), 11 * 3_600);
    assert_eq!(
        world.act(place, phone, StationAct::Extend { minutes: 1 }),
        Acted::AtLimit
    );
    world.restart();
    assert_eq!(
        world.left(place, phone),
        11 * 3_600,
        "longer than the network's own period"
    );
    assert_eq!(
        world.act(place, phone, StationAct::Extend { minutes: 1 }),
        Acted::AtLimit
    );
    world.tell(Event::Configured(std::sync::Arc::new(world.policy.clone())));
    assert_eq!(world.left(place, phone), 11 * 3_600);
    world.pass(11 * HOUR - 1);
    assert!(world.is_online(place, phone));
    world.pass(1);
    assert!(!world.is_online(place, phone));
}

#[test]
fn another_plan_holds_until_the_session_ends_also_across_a_restart() {
    let mut world = World::new();
    let (place, phone) = (network("piazza"), mac(1));
    world.grant(place, phone);
    let slow = plan(2);
    let ordered = StationAct::Plan {
        down: slow.down,
        up: slow.up,
    };
    assert_eq!(world.act(place, phone, ordered), Acted::Done);
    let held = |world: &World| world.kernel[&(place, phone)].0.entry.plan.unwrap().down;
    assert_eq!(held(&world), slow.down);
    world.restart();
    assert_eq!(held(&world), slow.down);
    let look = |world: &World| {
        let looks = world.gateway.station_looks(world.now);
        looks.into_iter().find(|look| look.mac == phone).unwrap()
    };
    assert!(look(&world).is_own_plan && look(&world).plan.unwrap().down == slow.down);
    world.act(place, phone, StationAct::UsualPlan);
    assert_eq!(held(&world), plan(10).down);
    world.act(
        place,
        phone,
        StationAct::Plan {
            down: slow.down,
            up: slow.up,
        },
    );
    world.act(place, phone, StationAct::End);
    world.grant(place, phone);
    assert_eq!(held(&world), plan(10).down, "the next session has the usual one");
}

#[test]
fn the_list_has_every_station_once_and_those_an_order_is_about() {
    let mut world = World::new();
    let place = network("piazza");
    world.grant(place, mac(1));
    world.standing(place, mac(2));
    let until = world.in_minutes(30);
    for (place, last) in [("molini", 250), ("piazza", 2), ("piazza", 3)] {
        world.act(network(place), mac(last), block(until));
    }
    world.act(place, mac(0x10), exempt(until));
    let looks = world.gateway.station_looks(world.now);
    let seen: Vec<(String, u8, StationState)> = looks
        .iter()
        .map(|look| (look.network.to_string(), look.mac.octets()[5], look.state))
        .collect();
    let expected = [
        ("molini", 250, StationState::Blocked),
        ("piazza", 1, StationState::Granted),
        ("piazza", 2, StationState::Blocked),
        ("piazza", 3, StationState::Blocked),
        ("piazza", 0x10, StationState::Exempt),
    ];
    assert_eq!(
        seen,
        expected.map(|(place, last, state)| (place.to_owned(), last, state))
    );
    let blocked = &looks[2];
    assert_eq!(
        (blocked.ends_at, blocked.seconds_left),
        (Some(until), Some(1_800))
    );
    assert_eq!(blocked.addresses.len(), 1);
    let reason = blocked.order.as_ref().and_then(|order| order.reason.clone());
    assert_eq!(reason.unwrap().as_str(), "Open relay");
    assert_eq!(looks[1].ends_at, Some("2026-11-22T23:00:00Z".parse().unwrap()));
}

#[test]
fn an_order_waits_for_its_network_until_its_own_end() {
    let mut world = World::new();
    let molini = network("molini");
    let (soon, later) = (world.in_minutes(5), world.in_minutes(30));
    world.act(molini, mac(1), block(later));
    let exempt = |until| StationAct::Exempt { until, reason: None };
    world.act(molini, mac(2), exempt(later));
    world.act(molini, mac(3), exempt(soon));
    let rules = world.policy.networks.remove(&molini).unwrap();
    world.tell(Event::Configured(std::sync::Arc::new(world.policy.clone())));
    world.pass(6 * 60_000);
    assert_eq!(world.orders.len(), 2, "one is over");
    // As when a change of the settings is undone.
    world.policy.networks.insert(molini, rules);
    world.tell(Event::Configured(std::sync::Arc::new(world.policy.clone())));
    assert_eq!(world.standing(molini, mac(1)), Standing::Blocked);
    assert_eq!(world.standing(molini, mac(2)), Standing::Exempt);
    assert!(world.kernel.contains_key(&(molini, mac(2))));
    assert_eq!(world.standing(molini, mac(3)), Standing::Captive);
    world.pass(25 * 60_000);
    assert!(world.orders.is_empty());
}

#[test]
fn an_order_whose_network_is_gone_is_listed_outlives_a_restart_and_can_be_lifted() {
    let mut world = World::new();
    let molini = network("molini");
    let until = world.in_minutes(30);
    for last in [1, 2, 3] {
        world.act(molini, mac(last), block(until));
    }
    world.act(molini, mac(4), exempt(until));
    let rules = world.policy.networks.remove(&molini).unwrap();
    world.tell(Event::Configured(std::sync::Arc::new(world.policy.clone())));
    for restarts in [false, true] {
        if restarts {
            world.restart();
        }
        let looks = world.gateway.station_looks(world.now);
        let states: Vec<StationState> = looks.iter().map(|look| look.state).collect();
        let (blocked, exempt) = (StationState::Blocked, StationState::Exempt);
        assert_eq!(states, [blocked, blocked, blocked, exempt], "{restarts}");
        assert!(looks.iter().all(|look| look.ends_at == Some(until)));
        assert_eq!(world.orders.len(), 4);
    }
    assert_eq!(world.act(molini, mac(1), StationAct::Lift), Acted::Done);
    assert_eq!(world.act(molini, mac(1), StationAct::Lift), Acted::UnknownNetwork);
    assert_eq!(
        world.act(molini, mac(2), block(until)),
        Acted::UnknownNetwork,
        "nothing new is ordered there"
    );
    assert_eq!(world.orders.len(), 3, "in the store too");
    // What was found late waits as well.
    let late = world.orders.values().next().cloned().unwrap();
    world.act(molini, late.mac, StationAct::Lift);
    world.tell(Event::OrdersFound(vec![late.clone()]));
    assert_eq!(world.gateway.station_looks(world.now).len(), 3);
    world.policy.networks.insert(molini, rules);
    world.tell(Event::Configured(std::sync::Arc::new(world.policy.clone())));
    assert_eq!(world.standing(molini, mac(1)), Standing::Captive, "lifted");
    assert_eq!(world.standing(molini, late.mac), Standing::Blocked);
    assert_eq!(world.standing(molini, mac(4)), Standing::Exempt);
    assert!(world.kernel.contains_key(&(molini, mac(4))));
}

#[test]
fn orders_that_are_found_late_come_into_force_but_not_over_what_was_ordered_since() {
    let mut world = World::new();
    let place = network("piazza");
    let (past, soon, later) = (world.in_minutes(-1), world.in_minutes(30), world.in_minutes(60));
    let found = |last, treatment, until| StationOrder {
        network: place,
        mac: mac(last),
        treatment,
        since: past,
        until,
        reason: None,
    };
    let orders = vec![
        found(1, Treatment::Block, soon),
        found(2, Treatment::Exempt, soon),
        found(3, Treatment::Exempt, soon),
        found(4, Treatment::Block, past),
    ];
    world.orders = orders
        .iter()
        .map(|order| ((place, order.mac), order.clone()))
        .collect();
    for last in [1, 4] {
        world.grant(place, mac(last));
    }
    world.act(place, mac(2), block(later));
    world.tell(Event::OrdersFound(orders));
    assert_eq!(world.standing(place, mac(1)), Standing::Blocked);
    assert_eq!(world.standing(place, mac(2)), Standing::Blocked, "ordered since");
    assert_eq!(world.standing(place, mac(3)), Standing::Exempt);
    assert!(world.kernel.contains_key(&(place, mac(3))) && !world.kernel.contains_key(&(place, mac(1))));
    assert!(world.is_online(place, mac(4)) && !world.orders.contains_key(&(place, mac(4))));
    world.pass(30 * MINUTE);
    assert_eq!(world.standing(place, mac(1)), Standing::Captive);
    assert_eq!(world.orders.keys().collect::<Vec<_>>(), [&(place, mac(2))]);
}

/// What happens to one station.
#[derive(Debug, Clone)]
enum Step {
    Act(StationAct),
    BlockFor(u16),
    ExemptFor(u16),
    Tap,
    Pass(u32),
    Clock(i32),
    Restart,
    Away,
    Back,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (1_u32..800).prop_map(|minutes| Step::Act(StationAct::Extend { minutes })),
        1 => Just(Step::Act(StationAct::End)),
        1 => Just(Step::Act(StationAct::Lift)),
        1 => Just(Step::Act(StationAct::Plan { down: plan(2).down, up: plan(3).up })),
        1 => Just(Step::Act(StationAct::UsualPlan)),
        1 => (1_u16..3_000).prop_map(Step::BlockFor),
        1 => (1_u16..3_000).prop_map(Step::ExemptFor),
        4 => Just(Step::Tap),
        4 => (0_u32..18_000_000).prop_map(Step::Pass),
        1 => (-7_200_i32..7_200).prop_map(Step::Clock),
        1 => Just(Step::Restart),
        1 => Just(Step::Away),
        1 => Just(Step::Back),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// The kernel follows every order, and nothing that is ordered outlasts what the rules allow.
    #[test]
    fn orders_are_in_the_kernel_and_end_by_the_rules(
        steps in proptest::collection::vec(step(), 1..24), midnight in any::<bool>(),
    ) {
        let mut world = World::new();
        let (place, phone) = (network(if midnight { "piazza" } else { "molini" }), mac(1));
        let mut granted = world.now.boot;
        let mut clock_moved = false;
        for step in steps {
            match step {
                Step::Act(act) => { world.act(place, phone, act); }
                Step::BlockFor(minutes) => {
                    let until = world.in_minutes(i64::from(minutes));
                    world.act(place, phone, block(until));
                }
                Step::ExemptFor(minutes) => {
                    let until = world.in_minutes(i64::from(minutes));
                    world.act(place, phone, exempt(until));
                }
                Step::Tap => {
                    world.pass(61_000);
                    let before = world.is_online(place, phone);
                    world.grant(place, phone);
                    if !before {
                        granted = world.now.boot;
                    }
                }
                Step::Pass(ms) => world.pass(u64::from(ms)),
                Step::Clock(seconds) => {
                    world.now.wall += SignedDuration::from_secs(i64::from(seconds));
                    clock_moved = true;
                    world.pass(0);
                }
                Step::Restart => world.restart(),
                Step::Away => world.unlink(),
                Step::Back => world.link(),
            }
            if world.linked {
                let order = world.orders.get(&(place, phone)).cloned();
                prop_assert!(order.as_ref().is_none_or(|order| order.until > world.now.wall));
                let held = world.kernel.get(&(place, phone)).map(|(held, _)| held.entry);
                match order.map(|order| order.treatment) {
                    Some(Treatment::Block) => {
                        prop_assert_eq!(held, None);
                        prop_assert_eq!(world.standing(place, phone), Standing::Blocked);
                    }
                    Some(Treatment::Exempt) => {
                        let held = held.unwrap();
                        prop_assert!(held.plan.is_none() && held.timeout_ms.is_some());
                    }
                    None => prop_assert!(held.is_none_or(|held| held.plan.is_some())),
                }
                let online = world.is_online(place, phone);
                prop_assert_eq!(online, held.is_some_and(|held| held.plan.is_some()));
            }
            let (left, at) = (world.left(place, phone), world.now);
            let rules = if midnight { Recognition::Midnight } else { Recognition::Period(Duration::from_hours(12)) };
            let zone = &world.policy.time_zone;
            let longest = super::lifecycle::decide_end(rules, zone, at).boot.since(at.boot) / 1_000;
            prop_assert!(left <= longest, "{left} s left, {longest} s allowed");
            if !midnight && !clock_moved {
                let legal = granted.plus_ms(12 * HOUR).since(at.boot) / 1_000;
                prop_assert!(left <= legal, "{left} s left, {legal} s of twelve hours");
            }
        }
    }
}
