//! Properties of the shares of whole towns.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::station::HOLD_MS;
use super::tests::{MBIT, Town, key, way};
use super::{FLOOR, LEAST};

fn wants() -> impl Strategy<Value = Vec<(bool, u64)>> {
    proptest::collection::vec((any::<bool>(), 0_u64..12 * MBIT), 1..80)
}

fn town_of(wants: &[(bool, u64)], mbit: u64) -> Town {
    let mut town = Town::new(mbit, 10);
    for (number, (second, want)) in (0_u16..).zip(wants) {
        town.join(key(if *second { "molini" } else { "piazza" }, number), *want);
    }
    town
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, max_shrink_iters: 64, ..ProptestConfig::default() })]

    /// With constant wants the limits come to rest: within floor and plan, the sum within the line, most
    /// of it used, and those who want more alike; also where the floor has to sink.
    #[test]
    fn constant_wants_come_to_rest(wants in wants(), mbit in 8_u64..200) {
        let mut town = town_of(&wants, mbit);
        town.seconds(60);
        let before = town.changes();
        town.seconds(60);
        prop_assert_eq!(town.changes(), before, "still moving after a minute");
        let room = 95 * mbit * MBIT / 100;
        // Limits that would move by less than a tenth stay: the sum may be a little beyond the room, never the line.
        prop_assert!(town.sum() <= room * 104 / 100, "{} of {room}", town.sum());
        let wanted: u64 = wants.iter().map(|(_, want)| (*want).min(10 * MBIT)).sum();
        prop_assert!(town.sum() >= wanted.min(room) * 80 / 100, "{} of {wanted} in {room}", town.sum());
        for second in ["piazza", "molini"] {
            let mut thirsty: Vec<u64> = Vec::new();
            for (key, (want, limit)) in &town.stations {
                prop_assert!((FLOOR.min(room / wants.len() as u64 * 9 / 10)..=10 * MBIT).contains(&limit[0]));
                prop_assert_eq!(limit[1], 10 * MBIT, "the other way is not shared");
                if key.0.as_str() == second && *want > limit[0] * 5 / 4 {
                    thirsty.push(limit[0]);
                }
            }
            let (least, most) = (thirsty.iter().min(), thirsty.iter().max());
            if let (Some(least), Some(most)) = (least, most) {
                prop_assert!(*most <= least * 3 / 2, "{least} to {most}");
            }
        }
    }

    /// However wants jump: no limit outside floor and plan, none moves more often than it may, and the
    /// same happenings give the same limits.
    #[test]
    fn jumping_wants_do_not_make_limits_swing(
        wants in wants(), mbit in 20_u64..200, jumps in proptest::collection::vec(any::<u64>(), 120),
    ) {
        let run = || {
            let mut town = town_of(&wants, mbit);
            for jump in &jumps {
                for (number, station) in town.stations.values_mut().enumerate() {
                    // A bit of the number decides whether this one bursts now.
                    if (jump >> (number % 64)) & 1 == 1 {
                        station.0 = if station.0 == 0 { 10 * MBIT } else { 0 };
                    }
                }
                town.second();
            }
            town
        };
        let town = run();
        for (key, times) in &town.changed {
            let limit = town.stations[key].1;
            prop_assert!((LEAST..=10 * MBIT).contains(&limit[0]));
            for pair in times.windows(2) {
                prop_assert!(pair[1].since(pair[0]) >= HOLD_MS, "{pair:?}");
            }
        }
        let again = run();
        prop_assert_eq!(town.changed, again.changed);
        prop_assert_eq!(town.stations, again.stations);
    }

    /// Two networks of different weights, both ways scarce, a part reserved: after twenty seconds they ask for
    /// no more than the line carries; at rest the sum is within what stations may have, each network has its part
    /// or what it wants, and what one leaves the other has.
    #[test]
    fn weights_and_reserves_hold_both_ways(
        wants in proptest::collection::vec((any::<bool>(), 0_u64..12 * MBIT, 0_u64..12 * MBIT), 2..60),
        mbit in (10_u64..200, 10_u64..100), reserves in (0_u8..40, 0_u8..40), weight in 1_u64..8,
    ) {
        let mut town = town_of(&[], mbit.0);
        town.line.down = Some(way(mbit.0, reserves.0));
        town.line.up = Some(way(mbit.1, reserves.1));
        town.weights.insert("molini".parse().unwrap(), weight);
        for (number, (second, down, up)) in (0_u16..).zip(&wants) {
            let key = key(if *second { "molini" } else { "piazza" }, number);
            town.upwards.insert(key, *up);
            town.join(key, *down);
        }
        let carried = [mbit.0, mbit.1];
        town.seconds(20);
        for index in [0, 1] {
            let (sum, carried) = (town.sum_of(index), carried[index] * MBIT);
            prop_assert!(sum <= carried, "{sum} of {carried}");
        }
        town.seconds(280);
        let before = town.changes();
        town.seconds(30);
        prop_assert_eq!(town.changes(), before, "still moving after five minutes");
        for index in [0, 1] {
            let reserve = u64::from([reserves.0, reserves.1][index]);
            let room = carried[index] * MBIT / 100 * (100 - reserve).min(95);
            prop_assert!(town.sum_of(index) <= room * 104 / 100, "{} of {room}", town.sum_of(index));
            let weights = [("piazza", 1), ("molini", weight)];
            // What each wants, and of that what nobody there goes without, whatever the weights.
            let [wanted, floors] = [10 * MBIT, FLOOR].map(|most| weights.map(|(network, _)| {
                let of_it = (0_u16..).zip(&wants).filter(|(_, (second, ..))| *second == (network == "molini"));
                let wants = of_it.map(|(_, (_, down, up))| [*down, *up][index].min(most));
                wants.sum::<u64>()
            }));
            for (place, (network, weight)) in weights.into_iter().enumerate() {
                let asked = town.asked(index).into_iter().filter(|(key, _)| key.0.as_str() == network);
                let has: u64 = asked.map(|(_, asked)| asked).sum();
                let part = room / (1 + weights[1].1) * weight;
                // Of those who are not held back a quarter more is kept.
                let left = room.saturating_sub(wanted[1 - place] / 4 * 5);
                let fair = wanted[place].min(part.max(left)).min(room.saturating_sub(floors[1 - place]));
                prop_assert!(has >= fair * 60 / 100, "{network}, way {index}: {has} of {fair} in {room}");
            }
        }
    }

    /// Newcomers, many in the same second, while the line is full: within two seconds each may have at least
    /// half an equal part, and all together ask for no more than the line carries after six.
    #[test]
    fn newcomers_have_their_part_within_two_seconds(
        there in 4_u16..60, come in 1_u16..30, mbit in 20_u64..200,
    ) {
        let mut town = Town::new(mbit, 50);
        for number in 0..there {
            town.join(key("piazza", number), 50 * MBIT);
        }
        town.seconds(40);
        if town.sharing.is_peak() {
            for number in there..there + come {
                town.join(key("piazza", number), 50 * MBIT);
            }
            let limits = town.asked(0);
            let carried = mbit * MBIT;
            let equal = carried * 95 / 100 / u64::from(there + come);
            for number in there..there + come {
                let has = limits[&key("piazza", number)];
                prop_assert!(has >= equal / 2, "at once: {has} of {equal}");
            }
            town.seconds(2);
            for number in there..there + come {
                let has = town.asked(0)[&key("piazza", number)];
                prop_assert!(has >= equal / 2, "{has} of {equal}");
            }
            town.seconds(4);
            prop_assert!(town.sum() <= carried * 101 / 100, "{} of {carried}", town.sum());
        }
    }
}
