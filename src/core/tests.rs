//! What the gateway promises, against a model of the world around it.

use std::time::Duration;

use super::world::{World, mac, network, plan};
use super::{Answer, Event, Question, Standing};
use crate::model::{BootId, Mac, Recognition};

const HOUR: u64 = 3_600_000;

#[test]
fn online_is_said_only_after_the_kernel_has_acknowledged() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.unlink();
    let waits = world.ask(piazza, mac(1), Question::Grant);
    assert_eq!(world.answer_to(waits), None);
    assert!(!world.is_online(piazza, mac(1)));
    world.link();
    assert!(matches!(
        world.answer_to(waits),
        Some(Answer::Is(Standing::Granted { .. }))
    ));
    assert!(world.kernel.contains_key(&(piazza, mac(1))));
}

#[test]
fn without_a_kernel_the_person_is_told_to_try_again() {
    let mut world = World::new();
    world.unlink();
    let waits = world.ask(network("piazza"), mac(1), Question::Grant);
    world.pass(5_000);
    assert_eq!(world.answer_to(waits), Some(Answer::TryAgain));
}

#[test]
fn a_full_set_refuses_the_newcomer_and_leaves_no_trace() {
    let mut world = World::new();
    world.full = true;
    assert_eq!(world.grant(network("piazza"), mac(1)), Some(Answer::TryAgain));
    world.full = false;
    assert!(matches!(
        world.grant(network("piazza"), mac(1)),
        Some(Answer::Is(Standing::Granted { .. }))
    ));
    assert_eq!(
        world.gateway.snapshot().networks[&network("piazza")]
            .totals
            .failed,
        1
    );
}

#[test]
fn many_grants_at_once_are_one_transaction() {
    let mut world = World::new();
    world.unlink();
    for last in 1..=60 {
        world.ask(network("piazza"), mac(last), Question::Grant);
    }
    let before = world.batches;
    world.link();
    assert_eq!(world.batches, before + 1);
    assert_eq!(
        world.kernel.len(),
        60 + 2,
        "and the exempt stations of both networks"
    );
}

#[test]
fn exempt_stations_need_no_grant_and_blocked_ones_get_none() {
    let mut world = World::new();
    let piazza = network("piazza");
    assert_eq!(world.standing(piazza, mac(200)), Standing::Exempt);
    assert_eq!(world.kernel[&(piazza, mac(200))].0.entry.plan, None);
    assert_eq!(world.grant(piazza, mac(201)), Some(Answer::Is(Standing::Blocked)));
    assert!(!world.kernel.contains_key(&(piazza, mac(201))));
}

#[test]
fn sessions_end_at_midnight_or_with_their_period_and_idleness_costs_nothing() {
    let mut world = World::new();
    let (piazza, molini) = (network("piazza"), network("molini"));
    world.grant(piazza, mac(1));
    world.grant(molini, mac(1));
    world.pass(4 * HOUR - 1);
    assert!(world.is_online(molini, mac(1)), "idle, but inside the period");
    world.pass(1);
    assert!(!world.is_online(molini, mac(1)));
    assert!(
        !world.kernel.contains_key(&(molini, mac(1))),
        "ended by the daemon, not by the kernel's fail-safe"
    );
    // 11:00 in Rome at the start, 13 hours to midnight.
    world.pass(9 * HOUR - 1);
    assert!(world.is_online(piazza, mac(1)));
    world.pass(1);
    assert!(!world.is_online(piazza, mac(1)));
    assert!(world.store.is_empty(), "no MAC at rest beyond its session");
}

#[test]
fn people_are_answered_between_the_many_sessions_that_end_at_midnight() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.policy.networks.get_mut(&piazza).unwrap().max_stations = 2_000;
    world.tell(Event::Configured(world.policy.clone().into()));
    // 11:00 in Rome at the start. They come late: every ten seconds until then their counters are read.
    world.pass(13 * HOUR - 1_000);
    let exempt = world.kernel.len();
    for number in 0..1_200_u16 {
        let [high, low] = number.to_be_bytes();
        world.grant(piazza, Mac::new([2, 0, 0, 1, high, low]).unwrap());
    }
    assert_eq!(world.kernel.len(), exempt + 1_200);
    world.pass(1_000);
    let left = world.kernel.len() - exempt;
    assert!(left > 0 && left < 1_200, "{left} of 1,200 are left");
    world.pass(100);
    assert_eq!(world.kernel.len(), exempt, "and soon all have ended");
}

#[test]
fn usage_survives_a_flushed_ruleset_a_plan_change_and_a_restart() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.traffic(piazza, mac(1), 1_000);
    world.pass(5_000);
    world.unlink();
    world.kernel.clear();
    world.link();
    assert_eq!(
        world.kernel[&(piazza, mac(1))].0.counters.up.bytes,
        1_000,
        "counters do not go backwards"
    );
    world.traffic(piazza, mac(1), 200);
    world.policy.networks.get_mut(&piazza).unwrap().plan = plan(5);
    world.tell(Event::Configured(world.policy.clone().into()));
    assert_eq!(world.kernel[&(piazza, mac(1))].0.entry.plan, Some(plan(5)));
    world.traffic(piazza, mac(1), 30);
    world.restart();
    let Standing::Granted { usage, .. } = world.standing(piazza, mac(1)) else {
        panic!("still online")
    };
    assert_eq!((usage.up.bytes, usage.down.bytes), (1_230, 1_230));
}

#[test]
fn usage_is_stored_seldom_and_of_all_sessions_at_once() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.pass(7 * 60_000);
    world.grant(piazza, mac(2));
    let stored = |world: &World| [1, 2].map(|last| world.store[&(piazza, mac(last))].usage.up.bytes);
    let (mut before, mut writes) = (stored(&world), 0);
    for _ in 0..120 {
        world.traffic(piazza, mac(1), 1_000);
        world.traffic(piazza, mac(2), 1_000);
        world.pass(60_000);
        let now = stored(&world);
        if now != before {
            assert!(now[0] > before[0] && now[1] > before[1], "both in one turn");
            (before, writes) = (now, writes + 1);
        }
    }
    assert_eq!(writes, 2, "every hour");
}

#[test]
fn a_crash_before_the_store_was_written_drops_nobody() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.store.clear();
    world.restart();
    assert!(world.is_online(piazza, mac(1)));
    assert!(
        world.store.contains_key(&(piazza, mac(1))),
        "and it is stored now"
    );
}

#[test]
fn a_station_revoked_just_before_a_crash_is_not_let_in_again() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    let store = world.store.clone();
    world.ask(piazza, mac(1), Question::Disconnect);
    world.store = store;
    world.restart();
    assert!(!world.is_online(piazza, mac(1)));
}

#[test]
fn a_power_loss_gives_every_stored_session_back_to_an_empty_kernel() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.kernel.clear();
    world.boot_id = BootId("second".into());
    world.now.boot = crate::model::Boot(9_000);
    world.restart();
    assert!(world.is_online(piazza, mac(1)));
    world.pass(13 * HOUR);
    assert!(!world.is_online(piazza, mac(1)), "midnight is midnight");
}

#[test]
fn a_disconnected_station_stays_out_even_if_the_kernel_was_away() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.unlink();
    let waits = world.ask(piazza, mac(1), Question::Disconnect);
    world.link();
    assert_eq!(world.answer_to(waits), Some(Answer::Is(Standing::Captive)));
    assert!(!world.kernel.contains_key(&(piazza, mac(1))));
}

#[test]
fn an_element_that_vanished_is_put_back() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.kernel.remove(&(piazza, mac(1)));
    world.pass(10_000);
    assert!(world.kernel.contains_key(&(piazza, mac(1))));
}

#[test]
fn a_reload_that_changes_nothing_touches_no_session() {
    let mut world = World::new();
    for last in 1..=20 {
        world.grant(network("piazza"), mac(last));
    }
    let batches = world.batches;
    // The clocks are read one after the other.
    world.now.wall += jiff::SignedDuration::from_millis(3);
    world.tell(Event::Configured(world.policy.clone().into()));
    assert_eq!(world.batches, batches);
}

#[test]
fn a_changed_configuration_drops_only_whom_it_must() {
    let mut world = World::new();
    let (piazza, molini) = (network("piazza"), network("molini"));
    for last in 1..=3 {
        world.grant(piazza, mac(last));
    }
    world.grant(molini, mac(1));
    let rules = world.policy.networks.get_mut(&piazza).unwrap();
    rules.blocked.insert(mac(2));
    rules.exempt = [mac(3)].into();
    rules.recognition = Recognition::Period(Duration::from_mins(30));
    world.policy.networks.remove(&molini);
    world.kernel.retain(|key, _| key.0 == piazza);
    world.tell(Event::Configured(world.policy.clone().into()));
    assert!(world.is_online(piazza, mac(1)));
    assert_eq!(world.standing(piazza, mac(2)), Standing::Blocked);
    assert_eq!(world.standing(piazza, mac(3)), Standing::Exempt);
    assert_eq!(
        world.kernel.keys().map(|key| key.1).collect::<Vec<_>>(),
        vec![mac(1), mac(3)]
    );
    world.pass(HOUR / 2);
    assert!(
        !world.is_online(piazza, mac(1)),
        "the shorter period holds for those who are online too"
    );
}

#[test]
fn stations_are_forgotten_when_their_session_is_over_and_nobody_sees_them() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.standing(piazza, mac(2));
    world.pass(HOUR);
    let known = |world: &World| world.gateway.snapshot().networks[&piazza].known;
    assert_eq!(
        known(&world),
        1,
        "the silent captive one is forgotten, the one online is not"
    );
    world.ask(piazza, mac(1), Question::Disconnect);
    world.pass(HOUR);
    assert_eq!(known(&world), 0);
}

#[test]
fn restored_sessions_are_not_called_captive_while_the_helper_is_away() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.restart_without_helper();
    assert!(world.is_online(piazza, mac(1)));
    assert!(!world.is_online(piazza, mac(2)));
    let waits = world.ask(piazza, mac(2), Question::Grant);
    assert_eq!(world.answer_to(waits), None, "nobody new is let in on a promise");
    assert!(!world.is_online(piazza, mac(2)), "nor told to be in");
    world.link();
    assert!(world.is_online(piazza, mac(2)));
}

#[test]
fn a_crash_while_an_empty_kernel_is_filled_again_drops_nobody() {
    let mut world = World::new();
    let piazza = network("piazza");
    for last in 1..=9 {
        world.grant(piazza, mac(last));
    }
    world.kernel.retain(|key, _| key.1 <= mac(3));
    world.boot_id = BootId("second".into());
    world.restart();
    for last in 1..=9 {
        assert!(world.is_online(piazza, mac(last)), "{last}");
    }
}

#[test]
fn sets_made_anew_while_portico_was_away_are_filled_again() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.kernel.clear();
    world.restart();
    assert!(world.is_online(piazza, mac(1)));
    assert!(world.kernel.contains_key(&(piazza, mac(1))));
}

#[test]
fn a_grant_refused_in_company_is_not_tried_again_once_its_session_is_over() {
    let mut world = World::new();
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.unlink();
    world.kernel.clear();
    world.let_in.clear();
    world.refuse_next_batch = true;
    world.end_while_under_way = Some((piazza, mac(1)));
    world.grant(piazza, mac(2));
    world.link();
    assert!(!world.is_online(piazza, mac(1)));
    assert!(
        !world.let_in.contains(&(piazza, mac(1))),
        "online without a session, if only for a moment"
    );
    assert!(world.is_online(piazza, mac(2)));
}

#[test]
fn what_the_kernel_refuses_for_ever_is_tried_less_and_less_often() {
    let mut world = World::new();
    world.full = true;
    world.unlink();
    world.kernel.clear();
    world.link();
    let before = world.batches;
    world.pass(HOUR);
    assert!(
        world.batches - before < 100,
        "{} batches in an hour",
        world.batches - before
    );
    world.full = false;
    world.pass(HOUR);
    assert_eq!(world.kernel.len(), 2, "the exempt stations are in at last");
    // Once nothing is refused, the next disagreement is mended as fast as the first.
    let piazza = network("piazza");
    world.grant(piazza, mac(1));
    world.kernel.remove(&(piazza, mac(1)));
    world.pass(10_000);
    assert!(world.kernel.contains_key(&(piazza, mac(1))));
}
