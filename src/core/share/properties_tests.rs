//! Properties of the shares of whole towns.

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::station::HOLD_MS;
use super::tests::{MBIT, Town, key};
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
}
