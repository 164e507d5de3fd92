use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use crate::core::world::{World, mac, network, plan};
use crate::core::{Event, Question, StationAct};
use crate::model::{Capacity, Direction, Line, MOST_QUEUED, Mac, NetworkId, QueueOp, Rate, Reserve, Way};

const MBIT: u64 = 125_000;

fn way(mbit: u64) -> Way {
    Way {
        capacity: Capacity::Known(Rate::from_bytes_per_second(mbit * MBIT).unwrap()),
        reserve: Reserve::Percent(10),
    }
}

/// A gateway on a line of so many Mbit/s, with queues these ways.
fn world(mbit: u64, ways: [bool; 2]) -> World {
    let mut world = World::new();
    world.policy.line = Some(Line {
        down: Some(way(mbit)),
        up: Some(way(mbit)),
    });
    world.tell(Event::Configured(world.policy.clone().into()));
    world.tell(Event::Queued {
        ways,
        most: MOST_QUEUED,
        stations: Vec::new(),
    });
    world
}

/// So many seconds in which the first stations move so many bytes each way.
fn load(world: &mut World, id: NetworkId, stations: u8, bytes: u64, seconds: usize) {
    for _ in 0..seconds {
        for last in 1..=stations {
            world.traffic(id, mac(last), bytes);
        }
        world.pass(1_000);
    }
}

/// What the kernel holds after all that was told.
#[derive(Debug, Default)]
struct Trees {
    rooms: BTreeMap<Direction, (u64, u64)>,
    networks: BTreeMap<(NetworkId, Direction), u64>,
    stations: BTreeMap<(NetworkId, Mac), ([u64; 2], [u64; 2])>,
}

impl Trees {
    fn take(&mut self, ops: &mut Vec<QueueOp>) {
        for op in ops.drain(..) {
            match op {
                QueueOp::Room { way, whole, stations } => {
                    self.rooms.insert(way, (whole, stations));
                }
                QueueOp::Network {
                    network,
                    way,
                    assured,
                } => {
                    self.networks.insert((network, way), assured);
                }
                QueueOp::Station {
                    network,
                    mac,
                    assured,
                    ceiling,
                } => {
                    self.stations.insert((network, mac), (assured, ceiling));
                }
                QueueOp::Gone { network, mac } => {
                    assert!(self.stations.remove(&(network, mac)).is_some(), "it was there");
                }
            }
        }
    }

    /// What has been promised never exceeds what there is.
    fn check(&self) {
        for (index, way) in Direction::BOTH.into_iter().enumerate() {
            let Some(&(whole, room)) = self.rooms.get(&way) else {
                continue;
            };
            assert!(room <= whole);
            let parts = self.networks.iter().filter(|((_, of), _)| *of == way);
            let parts: u64 = parts.map(|(_, part)| part).sum();
            assert!(parts <= room / 10 * 11, "{parts} of {room}");
            for (id, part) in self.networks.iter().filter(|((_, of), _)| *of == way) {
                let members = self.stations.iter().filter(|((of, _), _)| *of == id.0);
                let assured: u64 = members.map(|(_, (assured, _))| assured[index]).sum();
                assert!(assured <= part / 10 * 11, "{assured} of {part}");
            }
        }
    }
}

#[test]
fn near_the_peak_active_stations_have_queues_and_all_keep_their_plans() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=20 {
        world.grant(piazza, mac(last));
    }
    let mut trees = Trees::default();
    load(&mut world, piazza, 8, 300_000, 12);
    trees.take(&mut world.queue_ops);
    assert!(
        trees.stations.is_empty(),
        "a fifth of the line: one queue will do"
    );
    assert_eq!(trees.rooms[&Direction::Down], (96 * MBIT, 90 * MBIT));
    load(&mut world, piazza, 8, 1_250_000, 12);
    trees.take(&mut world.queue_ops);
    trees.check();
    assert_eq!(trees.stations.len(), 8);
    let part = trees.networks[&(piazza, Direction::Up)];
    assert!(part > 80 * MBIT, "nobody else is active: {part}");
    let (assured, ceiling) = trees.stations[&(piazza, mac(1))];
    assert_eq!(ceiling, [10 * MBIT; 2]);
    let fair = (part / 8).min(10 * MBIT);
    assert!(assured[1].abs_diff(fair) <= fair / 10, "{assured:?} of {fair}");
    let held = world.kernel[&(piazza, mac(1))].0.entry.plan;
    assert_eq!(held, Some(plan(10)), "the kernel's limit stays the plan");
    let snapshot = world.gateway.snapshot();
    assert!(snapshot.line.unwrap().down.unwrap().queued);
    let told = snapshot.networks[&piazza].share;
    assert_eq!((told.queued, told.held), (8, 0));

    world.ask(piazza, mac(1), Question::Disconnect);
    trees.take(&mut world.queue_ops);
    assert!(!trees.stations.contains_key(&(piazza, mac(1))), "at once");
    load(&mut world, piazza, 0, 0, 60);
    trees.take(&mut world.queue_ops);
    assert!(trees.stations.is_empty(), "the peak is over");
}

#[test]
fn each_network_has_its_part_by_weight_and_a_new_plan_is_a_new_ceiling() {
    let (mut world, piazza, molini) = (world(100, [true, true]), network("piazza"), network("molini"));
    world.policy.networks.get_mut(&molini).unwrap().weight = 3;
    world.tell(Event::Configured(world.policy.clone().into()));
    for last in 1..=6 {
        world.grant(piazza, mac(last));
        world.grant(molini, mac(last));
    }
    let mut trees = Trees::default();
    for _ in 0..15 {
        load(&mut world, molini, 6, 1_250_000, 0);
        for last in 1..=6 {
            world.traffic(molini, mac(last), 1_250_000);
        }
        load(&mut world, piazza, 6, 1_250_000, 1);
    }
    trees.take(&mut world.queue_ops);
    trees.check();
    let part = |id| trees.networks[&(id, Direction::Down)];
    assert!(
        part(molini).abs_diff(part(piazza) * 3) < MBIT,
        "{:?}",
        trees.networks
    );
    assert_eq!(trees.stations.len(), 12);

    world.policy.networks.get_mut(&piazza).unwrap().plan = plan(2);
    world.tell(Event::Configured(world.policy.clone().into()));
    load(&mut world, piazza, 6, 250_000, 6);
    trees.take(&mut world.queue_ops);
    let (assured, ceiling) = trees.stations[&(piazza, mac(2))];
    assert_eq!(ceiling, [2 * MBIT; 2]);
    assert!(assured[0] <= ceiling[0], "no more than the plan for sure");
}

#[test]
fn one_way_may_have_queues_and_the_other_limits() {
    let (mut world, piazza) = (world(40, [true, false]), network("piazza"));
    for last in 1..=8 {
        world.grant(piazza, mac(last));
    }
    load(&mut world, piazza, 8, 625_000, 20);
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    assert!(!trees.rooms.contains_key(&Direction::Up) && trees.rooms.contains_key(&Direction::Down));
    let held = world.kernel[&(piazza, mac(1))].0.entry.plan.unwrap();
    assert_eq!(held.down, plan(10).down);
    assert!(held.up < plan(5).up, "{held:?}");
    // The queues go: limits take their place. And they come back.
    world.tell(Event::Queued {
        ways: [false; 2],
        most: MOST_QUEUED,
        stations: Vec::new(),
    });
    load(&mut world, piazza, 8, 625_000, 10);
    let held = world.kernel[&(piazza, mac(1))].0.entry.plan.unwrap();
    assert!(held.down < plan(5).down, "{held:?}");
    world.tell(Event::Queued {
        ways: [true; 2],
        most: MOST_QUEUED,
        stations: Vec::new(),
    });
    load(&mut world, piazza, 8, 625_000, 30);
    let held = world.kernel[&(piazza, mac(1))].0.entry.plan.unwrap();
    assert_eq!(held, plan(10));
}

#[test]
fn an_evening_around_the_threshold_builds_no_queues_anew_and_few_have_them_where_few_can() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=16 {
        world.grant(piazza, mac(last));
    }
    world.tell(Event::Queued {
        ways: [true; 2],
        most: 8,
        stations: Vec::new(),
    });
    load(&mut world, piazza, 16, 550_000, 7);
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    let first = trees.stations.len();
    assert!((2..8).contains(&first), "not all at once: {first}");
    for _ in 0..10 {
        load(&mut world, piazza, 16, 550_000, 2);
        load(&mut world, piazza, 16, 470_000, 2);
    }
    let gone = |op: &QueueOp| matches!(op, QueueOp::Gone { .. });
    assert!(!world.queue_ops.iter().any(gone));
    trees.take(&mut world.queue_ops);
    assert_eq!(trees.stations.len(), 8);
}

#[test]
fn where_few_can_have_queues_they_go_over_to_who_moves_much_more() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=16 {
        world.grant(piazza, mac(last));
    }
    world.tell(Event::Queued {
        ways: [true; 2],
        most: 8,
        stations: Vec::new(),
    });
    load(&mut world, piazza, 8, 1_250_000, 10);
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    assert_eq!(trees.stations.len(), 8, "those that were there first");
    // They only chat now, and the others download.
    for _ in 0..10 {
        for last in 1..=16 {
            world.traffic(piazza, mac(last), if last <= 8 { 60_000 } else { 1_250_000 });
        }
        world.pass(1_000);
        trees.take(&mut world.queue_ops);
        assert!(
            (6..=8).contains(&trees.stations.len()),
            "{}",
            trees.stations.len()
        );
    }
    trees.check();
    let have = trees.stations.keys().map(|(_, mac)| *mac);
    assert!(have.eq((9..=16).map(mac)), "{:?}", trees.stations.keys());
}

#[test]
fn after_a_restart_it_is_told_anew_and_who_has_ended_loses_the_queue() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=10 {
        world.grant(piazza, mac(last));
    }
    load(&mut world, piazza, 10, 1_250_000, 12);
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    assert_eq!(trees.stations.len(), 10);
    world.restart();
    // One more stands there, whose session is over.
    trees.stations.insert((piazza, mac(99)), ([0; 2], [0; 2]));
    let stations = trees.stations.keys().copied().collect();
    world.tell(Event::Queued {
        ways: [true; 2],
        most: MOST_QUEUED,
        stations,
    });
    load(&mut world, piazza, 10, 1_250_000, 12);
    trees.take(&mut world.queue_ops);
    trees.check();
    assert_eq!(trees.stations.len(), 10);
    assert!(!trees.stations.contains_key(&(piazza, mac(99))));
}

#[test]
fn who_has_ended_loses_the_queue_when_the_helper_tells_of_it_also_without_a_line() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    world.policy.line = None;
    world.tell(Event::Configured(world.policy.clone().into()));
    world.grant(piazza, mac(1));
    world.queue_ops.clear();
    world.tell(Event::Queued {
        ways: [false; 2],
        most: 0,
        stations: vec![(piazza, mac(1)), (piazza, mac(99))],
    });
    let gone = QueueOp::Gone {
        network: piazza,
        mac: mac(99),
    };
    assert_eq!(world.queue_ops, [gone]);
}

#[test]
fn a_thin_line_has_no_more_queues_than_it_can_promise_something() {
    let (mut world, piazza) = (world(1, [true, true]), network("piazza"));
    for last in 1..=40 {
        world.grant(piazza, mac(last));
    }
    load(&mut world, piazza, 40, 6_000, 30);
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    trees.check();
    // 64 kbit/s each, of nine tenths and a bit.
    assert!(
        (10..=14).contains(&trees.stations.len()),
        "{}",
        trees.stations.len()
    );
}

#[test]
fn stations_that_move_next_to_nothing_share_the_room_and_take_nothing_off_it() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=120 {
        world.grant(piazza, mac(last));
    }
    for _ in 0..30 {
        for last in 11..=120 {
            world.traffic(piazza, mac(last), 3_500);
        }
        load(&mut world, piazza, 10, 1_250_000, 1);
    }
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    assert_eq!(trees.rooms[&Direction::Down], (96 * MBIT, 90 * MBIT));
}

#[test]
fn exempt_devices_have_what_they_use_and_room_to_grow() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    for last in 1..=10 {
        world.grant(piazza, mac(last));
    }
    for _ in 0..15 {
        world.traffic(piazza, mac(200), 40 * MBIT);
        load(&mut world, piazza, 10, 6 * MBIT, 1);
    }
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    let (whole, room) = trees.rooms[&Direction::Down];
    assert!(whole == 96 * MBIT && room.abs_diff(40 * MBIT) <= MBIT, "{room}");
}

#[test]
fn a_device_that_an_order_exempts_takes_nothing_off_the_room_it_is_in() {
    let (mut world, piazza) = (world(100, [true, true]), network("piazza"));
    let until = world.now.wall + jiff::SignedDuration::from_hours(1);
    let act = StationAct::Exempt { until, reason: None };
    world.tell(Event::Act {
        network: piazza,
        mac: mac(150),
        act,
    });
    world.grant(piazza, mac(1));
    for _ in 0..15 {
        world.traffic(piazza, mac(150), 40 * MBIT);
        load(&mut world, piazza, 1, 6 * MBIT, 1);
    }
    let mut trees = Trees::default();
    trees.take(&mut world.queue_ops);
    let (_, room) = trees.rooms[&Direction::Down];
    assert!(room >= 85 * MBIT, "{room}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Whatever happens: no more is promised than there is, few changes, and only of those who are there.
    #[test]
    fn promises_fit_the_line(
        mbit in 5_u64..1_000,
        turns in proptest::collection::vec((0_u8..40, 0_u64..3_000_000, any::<bool>()), 1..12),
    ) {
        let (mut world, piazza) = (world(mbit, [true, true]), network("piazza"));
        let mut trees = Trees::default();
        for last in 1..=40 {
            world.grant(piazza, mac(last));
        }
        for (active, bytes, leaves) in turns {
            load(&mut world, piazza, active, bytes, 4);
            if leaves {
                world.ask(piazza, mac(active.max(1)), Question::Disconnect);
            }
            let told = world.queue_ops.len();
            prop_assert!(told <= 4 * (40 + 6), "{} changes in four seconds", told);
            trees.take(&mut world.queue_ops);
            trees.check();
            prop_assert!(trees.stations.len() <= MOST_QUEUED);
        }
    }
}
