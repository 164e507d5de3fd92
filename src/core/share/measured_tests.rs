//! A line whose capacity nobody has told.

use std::collections::BTreeMap;

use proptest::prelude::{ProptestConfig, prop_assert, proptest};

use super::tests::{MBIT, key};
use super::{Pair, Sharing};
use crate::core::access::Key;
use crate::model::{Boot, Capacity, Line, Rate, Reserve, Way};

/// A measured line that really carries so much, and stations that want so much each; all bytes per second.
struct Square {
    sharing: Sharing,
    line: Line,
    carries: u64,
    plan: u64,
    wants: u64,
    limits: BTreeMap<Key, u64>,
    /// Whether the kernel shares it by queues.
    queued: bool,
    now: Boot,
}

impl Square {
    fn new(least: u64, carries: u64, stations: u16) -> Self {
        let least = Rate::from_bytes_per_second(least).unwrap();
        let capacity = Capacity::Measured { least };
        Self {
            sharing: Sharing::default(),
            line: Line {
                down: Some(Way {
                    capacity,
                    reserve: Reserve::NONE,
                }),
                up: None,
            },
            carries,
            plan: 10 * MBIT,
            wants: 10 * MBIT,
            limits: (0..stations)
                .map(|number| (key("piazza", number), 10 * MBIT))
                .collect(),
            queued: false,
            now: Boot(0),
        }
    }

    fn second(&mut self) {
        self.now = self.now.plus_ms(1_000);
        self.sharing.set_queued([self.queued; 2]);
        let whole = self.sharing.ways().both()[0].whole();
        let passes = if self.queued && whole > 0 {
            self.carries.min(whole)
        } else {
            self.carries
        };
        let asked = |limit: u64| limit.min(self.wants);
        let sum: u64 = self.limits.values().map(|limit| asked(*limit)).sum();
        for (key, limit) in &self.limits {
            let rate = asked(*limit) * passes.min(sum) / sum.max(1);
            let plan: Pair = [self.plan; 2];
            self.sharing.measure(
                *key,
                (plan, [*limit, self.plan]),
                ([rate, 0], [rate, 0]),
                self.now,
            );
        }
        for (key, limit) in self.sharing.round(&self.line, |_| 1, self.now) {
            self.limits.insert(key, limit[0]);
        }
    }

    /// All but so many go.
    fn leave(&mut self, stay: u16) {
        let gone = self.limits.split_off(&key("piazza", stay));
        for key in gone.keys() {
            self.sharing.forget(*key);
        }
    }

    fn minutes(&mut self, count: usize) {
        for _ in 0..count * 60 {
            self.second();
        }
    }

    fn believed(&self) -> u64 {
        self.sharing.ways().both()[0].capacity
    }
}

#[test]
fn one_fast_second_is_not_believed() {
    let mut square = Square::new(30 * MBIT, 0, 0);
    for second in 1..=3 {
        square.sharing.add_exempt([90 * MBIT, 0]);
        square.sharing.round(&square.line, |_| 1, Boot(second * 1_000));
    }
    assert_eq!(square.believed(), 30 * MBIT);
}

#[test]
fn a_measured_line_grows_with_what_it_carries() {
    let mut square = Square::new(30 * MBIT, 80 * MBIT, 20);
    square.minutes(15);
    let believed = square.believed();
    assert!(
        (72 * MBIT..=80 * MBIT).contains(&believed),
        "{} kbit/s",
        believed / 125
    );
    let allowed: u64 = square.limits.values().sum();
    assert!(
        square.sharing.is_peak() && allowed <= believed,
        "they are held to what it carries"
    );
}

#[test]
fn the_next_peak_on_a_measured_line_begins_like_the_first() {
    let mut square = Square::new(30 * MBIT, 80 * MBIT, 20);
    square.minutes(15);
    square.wants = MBIT;
    square.minutes(2);
    assert!(!square.sharing.is_peak());
    square.wants = 10 * MBIT;
    square.minutes(1);
    assert!(square.sharing.is_peak(), "it is full");
}

#[test]
fn without_a_crowd_nothing_is_forgotten() {
    for (stations, wants) in [(20, MBIT), (20, 0), (2, 10 * MBIT), (5, 10 * MBIT)] {
        let mut square = Square::new(20 * MBIT, 100 * MBIT, 20);
        square.minutes(10);
        let before = square.believed();
        square.leave(stations);
        square.wants = wants;
        square.minutes(1);
        // What they want goes up and down as people do.
        for minute in 0_u64..60 {
            square.wants = wants * (70 + minute % 4 * 10) / 100;
            for _ in 0..15 {
                square.second();
            }
        }
        assert_eq!(square.believed(), before, "{stations} stations, {wants}");
    }
}

#[test]
fn what_few_move_and_what_plans_allow_tells_nothing_of_the_line() {
    for (stations, wants) in [(4, 5 * MBIT), (6, 10 * MBIT)] {
        let mut square = Square::new(20 * MBIT, 100 * MBIT, 20);
        square.minutes(10);
        let before = square.believed();
        square.leave(stations);
        square.wants = wants;
        square.minutes(30);
        assert!(!square.sharing.is_peak());
        assert_eq!(square.believed(), before, "{stations} stations, {wants}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// The line becomes slower, and then as fast as before: the belief goes after it, both ways.
    #[test]
    fn what_is_believed_follows_the_line(
        first in 60_u64..150, part in 30_u64..95, least in 5_u64..100, stations in 20_u16..60, queued: bool,
    ) {
        let (first, second) = (first * MBIT, first * MBIT * part / 100);
        let mut square = Square::new(least * MBIT, first, stations);
        square.queued = queued;
        let goal = |line: u64| line.max(least * MBIT);
        square.minutes(20);
        prop_assert!(square.believed() >= goal(first) / 100 * 90, "{} of {first}", square.believed());
        square.carries = second;
        for _ in 0..28 {
            square.minutes(1);
            prop_assert!(square.believed() >= least * MBIT);
        }
        prop_assert!(square.believed() <= goal(second) / 100 * 110, "{} of {second}", square.believed());
        prop_assert!(square.believed() >= goal(second) / 100 * 90, "{} of {second}", square.believed());
        square.carries = first;
        square.minutes(20);
        prop_assert!(square.believed() >= goal(first) / 100 * 90, "{} of {first} again", square.believed());
    }
}
