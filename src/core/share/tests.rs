use std::collections::BTreeMap;

use super::station::AT_FIRST;
use super::{FLOOR, LEAST, Pair, Sharing};
use crate::core::access::Key;
use crate::model::{Boot, Capacity, Line, Mac, NetworkId, Rate, Reserve, Way};

pub(super) const MBIT: u64 = 125_000;

pub(super) fn way(mbit: u64, reserve: u8) -> Way {
    Way {
        capacity: Capacity::Known(Rate::from_bytes_per_second(mbit * MBIT).unwrap()),
        reserve: Reserve::Percent(reserve),
    }
}

pub(super) fn key(network: &str, number: u16) -> Key {
    let [high, low] = number.to_be_bytes();
    (
        network.parse().unwrap(),
        Mac::new([2, 0, 0, 0, high, low]).unwrap(),
    )
}

/// A line and stations that take what they want, as far as they may and it carries.
pub(super) struct Town {
    pub(super) sharing: Sharing,
    pub(super) line: Line,
    pub(super) now: Boot,
    /// What each wants of the way down, and is held to.
    pub(super) stations: BTreeMap<Key, (u64, Pair)>,
    /// What some want of the way up; the others nothing.
    pub(super) upwards: BTreeMap<Key, u64>,
    plan: Pair,
    pub(super) weights: BTreeMap<NetworkId, u64>,
    pub(super) changed: BTreeMap<Key, Vec<Boot>>,
}

impl Town {
    pub(super) fn new(mbit: u64, plan: u64) -> Self {
        Self {
            sharing: Sharing::default(),
            line: Line {
                down: Some(way(mbit, 0)),
                up: None,
            },
            now: Boot(1_000_000),
            stations: BTreeMap::new(),
            upwards: BTreeMap::new(),
            plan: [plan * MBIT, plan * MBIT],
            weights: BTreeMap::new(),
            changed: BTreeMap::new(),
        }
    }

    pub(super) fn join(&mut self, key: Key, want: u64) {
        let share = self.sharing.begin(key, self.plan, self.now);
        self.stations.insert(key, (want, share.unwrap_or(self.plan)));
    }

    pub(super) fn second(&mut self) {
        self.now = self.now.plus_ms(1_000);
        let passed = [0, 1].map(|way| self.passed(way));
        for (key, station) in &self.stations {
            let rate = [0, 1].map(|way| passed[way][key]);
            self.sharing
                .measure(*key, (self.plan, station.1), (rate, rate), self.now);
        }
        let weights = &self.weights;
        let weight = |network| weights.get(&network).copied().unwrap_or(1);
        for (key, limit) in self.sharing.round(&self.line, weight, self.now) {
            self.stations.get_mut(&key).unwrap().1 = limit;
            self.changed.entry(key).or_default().push(self.now);
        }
    }

    /// What everybody takes of one way while it carries no more than it does.
    fn passed(&self, way: usize) -> BTreeMap<Key, u64> {
        let (asked, sum) = (self.asked(way), self.sum_of(way));
        let told = [self.line.down, self.line.up][way];
        let Some(Capacity::Known(capacity)) = told.map(|way| way.capacity) else {
            return asked;
        };
        let carried = capacity.bytes_per_second();
        let passes = |asked: u64| {
            if sum > carried {
                asked * (carried / 1_000) / (sum / 1_000)
            } else {
                asked
            }
        };
        asked
            .into_iter()
            .map(|(key, asked)| (key, passes(asked)))
            .collect()
    }

    /// What everybody is allowed and wants of one way.
    pub(super) fn asked(&self, way: usize) -> BTreeMap<Key, u64> {
        let stations = self.stations.iter();
        let asked = stations.map(|(key, (down, limit))| {
            let up = self.upwards.get(key).copied().unwrap_or(0);
            (*key, [*down, up][way].min(limit[way]))
        });
        asked.collect()
    }

    pub(super) fn sum_of(&self, way: usize) -> u64 {
        self.asked(way).values().sum()
    }

    pub(super) fn seconds(&mut self, count: usize) {
        for _ in 0..count {
            self.second();
        }
    }

    fn limit(&self, network: &str, number: u16) -> u64 {
        self.stations[&key(network, number)].1[0]
    }

    /// What they are allowed and want.
    pub(super) fn sum(&self) -> u64 {
        self.sum_of(0)
    }

    pub(super) fn changes(&self) -> usize {
        self.changed.values().map(Vec::len).sum()
    }
}

#[test]
fn while_there_is_enough_everybody_has_the_plan() {
    let mut town = Town::new(100, 10);
    for number in 0..8 {
        town.join(key("piazza", number), 10 * MBIT);
    }
    town.seconds(30);
    assert_eq!(town.changes(), 0);
    assert!(!town.sharing.is_peak());
}

#[test]
fn at_the_peak_all_get_the_same_and_the_line_is_nearly_full() {
    let mut town = Town::new(100, 10);
    for number in 0..20 {
        town.join(key("piazza", number), 10 * MBIT);
    }
    town.seconds(3);
    for number in 0..20 {
        let limit = town.limit("piazza", number);
        assert_eq!(limit, 95 * MBIT / 20 / 1_000 * AT_FIRST, "{number}");
    }
    town.seconds(30);
    assert!(town.changes() < 40, "once each, and some a second time");
    // Most go: the others have the plan again, and at last everybody.
    for number in 0..17 {
        town.stations.get_mut(&key("piazza", number)).unwrap().0 = 0;
    }
    town.seconds(40);
    assert!((0..20).all(|number| town.limit("piazza", number) == 10 * MBIT));
    assert!(!town.sharing.is_peak() && !town.sharing.is_near());
}

#[test]
fn whoever_wants_little_gets_it_and_the_rest_is_shared() {
    let mut town = Town::new(50, 10);
    for number in 0..10 {
        town.join(key("piazza", number), 10 * MBIT);
    }
    for number in 10..40 {
        town.join(key("piazza", number), MBIT / 4);
    }
    town.seconds(20);
    let rest = (95 * 50 * MBIT / 100 - 30 * MBIT / 4) / 10;
    let limit = town.limit("piazza", 3);
    assert!(limit.abs_diff(rest) < rest / 8, "{limit} and not about {rest}");
    assert!(town.limit("piazza", 20) >= MBIT / 4);
}

#[test]
fn a_newcomer_has_its_share_at_once_and_the_others_make_room() {
    let mut town = Town::new(30, 20);
    for number in 0..2 {
        town.join(key("piazza", number), 20 * MBIT);
    }
    town.seconds(10);
    town.join(key("piazza", 2), 20 * MBIT);
    let fair = 95 * 30 * MBIT / 100 / 3;
    assert!(
        town.limit("piazza", 2).abs_diff(fair) < fair / 10,
        "{}",
        town.limit("piazza", 2)
    );
    town.seconds(2);
    for number in 0..3 {
        let limit = town.limit("piazza", number);
        assert!(
            limit.abs_diff(fair) < fair / 10,
            "{number}: {limit} and not about {fair}"
        );
    }
    // One that was idle and has the plan is held to its share within two seconds.
    town.join(key("piazza", 3), 0);
    town.seconds(30);
    town.stations.get_mut(&key("piazza", 3)).unwrap().0 = 20 * MBIT;
    town.seconds(2);
    assert!(town.limit("piazza", 3) < 9 * MBIT, "{}", town.limit("piazza", 3));
}

#[test]
fn networks_share_by_weight_and_what_one_leaves_flows_to_the_other() {
    let mut town = Town::new(90, 20);
    town.weights = [("piazza".parse().unwrap(), 2), ("molini".parse().unwrap(), 1)].into();
    for number in 0..10 {
        town.join(key("piazza", number), 20 * MBIT);
        town.join(key("molini", number), 20 * MBIT);
    }
    town.seconds(10);
    let room = 95 * 90 * MBIT / 100;
    let about = |limit: u64, fair: u64| assert!(limit.abs_diff(fair) <= fair / 10, "{limit}, not {fair}");
    about(town.limit("piazza", 0), room / 3 * 2 / 10);
    about(town.limit("molini", 0), room / 3 / 10);
    for number in 0..10 {
        town.stations.get_mut(&key("piazza", number)).unwrap().0 = MBIT;
    }
    town.seconds(25);
    assert!(town.limit("molini", 0) > 6 * MBIT, "{}", town.limit("molini", 0));
}

#[test]
fn the_offices_part_is_never_given_away() {
    let mut town = Town::new(100, 20);
    town.line.down = Some(way(100, 40));
    for number in 0..10 {
        town.join(key("piazza", number), 20 * MBIT);
    }
    town.seconds(10);
    assert!(town.sum() <= 61 * MBIT, "{}", town.sum());
    assert!(town.sum() >= 57 * MBIT, "{}", town.sum());
}

#[test]
fn where_not_even_the_floor_fits_it_sinks_until_it_does() {
    let mut town = Town::new(4, 10);
    for number in 0..40 {
        town.join(key("piazza", number), 10 * MBIT);
    }
    town.seconds(30);
    assert!(town.sum() <= 4 * MBIT && town.sum() >= 3 * MBIT, "{}", town.sum());
    assert!((0..40).all(|number| (LEAST..FLOOR).contains(&town.limit("piazza", number))));
    // Far more than it carries at all: nobody goes without.
    let mut town = Town::new(1, 10);
    for number in 0..25 {
        town.join(key("piazza", number), 10 * MBIT);
    }
    town.seconds(30);
    assert!((0..25).all(|number| town.limit("piazza", number) == LEAST));
}

#[test]
fn a_limit_that_sinks_begins_lower_for_its_bucket_is_full() {
    let mut town = Town::new(100, 50);
    for number in 0..10 {
        town.join(key("piazza", number), 50 * MBIT);
    }
    town.seconds(2);
    let first = town.limit("piazza", 0);
    let level = 95 * 100 * MBIT / 100 / 10;
    assert!(first.abs_diff(level / 1_000 * AT_FIRST) <= 1_000, "{first}");
    // Not all rise again: only until nearly the whole is given away.
    town.seconds(30);
    let room = 95 * 100 * MBIT / 100;
    assert!((room * 93 / 100..=room).contains(&town.sum()), "{}", town.sum());
    assert!(town.changes() < 20, "{}", town.changes());
}

#[test]
fn what_the_limits_drop_came_through_the_line_before() {
    let piazza = "piazza".parse().unwrap();
    let mut town = Town::new(100, 50);
    for number in 0..10 {
        town.join(key("piazza", number), 50 * MBIT);
    }
    let room = |town: &Town| town.sharing.ways().both()[0].room;
    town.seconds(4);
    assert_eq!(room(&town), 95 * MBIT);
    for _ in 0..30 {
        // 6 Mbit/s in vain.
        town.sharing.report_waste(piazza, 1_500_000, town.now);
        town.seconds(2);
    }
    assert!(room(&town).abs_diff(89 * MBIT) < 1_000, "{}", room(&town));
    assert!(town.sum() <= 89 * MBIT, "{}", town.sum());
    for _ in 0..30 {
        town.sharing.report_waste(piazza, 150_000_000, town.now);
        town.seconds(2);
    }
    assert_eq!(room(&town), 95 * MBIT / 5 * 4, "but a fifth at most");
    town.seconds(10);
    assert_eq!(room(&town), 95 * MBIT, "an old report is none");
}

#[test]
fn a_loaded_way_down_moves_nobodys_limit_up() {
    let mut town = Town::new(100, 50);
    town.line.up = Some(way(20, 0));
    for number in 0..10 {
        town.join(key("piazza", number), 50 * MBIT);
    }
    for _ in 0..20 {
        town.second();
        assert!(town.stations.values().all(|(_, limit)| limit[1] == 50 * MBIT));
    }
}

#[test]
fn a_pause_moves_nobodys_limit() {
    let mut town = Town::new(100, 50);
    for number in 0..10 {
        town.join(key("piazza", number), 50 * MBIT);
    }
    town.seconds(40);
    let level = 95 * MBIT / 10;
    let near = |limit: u64| limit.abs_diff(level) <= level / 10;
    for pause in [1, 3, 10] {
        // One that reads what it loaded.
        town.stations.get_mut(&key("piazza", 0)).unwrap().0 = 0;
        town.seconds(pause);
        assert!(
            near(town.limit("piazza", 0)),
            "{pause} s: {}",
            town.limit("piazza", 0)
        );
        town.stations.get_mut(&key("piazza", 0)).unwrap().0 = 50 * MBIT;
        town.seconds(20);
    }
    // Everybody for a second.
    let want = |town: &mut Town, want| town.stations.values_mut().for_each(|station| station.0 = want);
    want(&mut town, 0);
    town.second();
    want(&mut town, 50 * MBIT);
    for _ in 0..10 {
        town.second();
        assert!(
            town.stations.values().all(|(_, limit)| near(limit[0])),
            "{:?}",
            town.stations
        );
    }
}

#[test]
fn limits_rise_no_faster_than_the_line_has_room_for_their_buckets() {
    let mut town = Town::new(100, 50);
    for number in 0..20 {
        town.join(key("piazza", number), 50 * MBIT);
    }
    town.seconds(40);
    for number in 10..20 {
        town.stations.get_mut(&key("piazza", number)).unwrap().0 = 0;
    }
    for _ in 0..20 {
        let before = town.stations.clone();
        town.second();
        let rose = town
            .stations
            .iter()
            .filter(|(key, (want, limit))| *want > 0 && limit[0] > before[*key].1[0]);
        let buckets: u64 = rose.map(|(_, (_, limit))| limit[0]).sum();
        assert!(buckets <= 60 * MBIT, "{} Mbit at once", buckets / MBIT);
    }
    assert!(town.sum() > 80 * MBIT, "{}", town.sum());
}

#[test]
fn after_a_restart_shares_go_on_until_the_line_is_known_to_be_free() {
    let mut town = Town::new(100, 50);
    let one = key("piazza", 0);
    town.stations.insert(one, (0, [5 * MBIT, 50 * MBIT]));
    town.sharing
        .resume(one, town.plan, [5 * MBIT, 50 * MBIT], town.now);
    town.seconds(8);
    assert_eq!(town.limit("piazza", 0), 5 * MBIT);
    town.seconds(5);
    assert_eq!(town.limit("piazza", 0), 50 * MBIT);
}

#[test]
fn many_that_move_next_to_nothing_are_a_load_too_and_stations_keep_a_quarter_whatever_others_use() {
    let mut town = Town::new(10, 10);
    town.seconds(1);
    for number in 0..200 {
        let rate = [3_000, 0];
        town.sharing.measure(
            key("piazza", number),
            (town.plan, town.plan),
            (rate, rate),
            town.now,
        );
    }
    town.seconds(1);
    let way = town.sharing.ways().both()[0];
    assert_eq!((way.used, way.room), (600_000, 95 * 10 * MBIT / 100 - 600_000));
    town.sharing.add_exempt([20 * MBIT, 0]);
    town.seconds(1);
    assert_eq!(town.sharing.ways().both()[0].room, 95 * 10 * MBIT / 100 / 4);
}

#[test]
fn what_came_in_vain_is_no_spare() {
    let mut town = Town::new(30, 10);
    town.seconds(1);
    assert_eq!(town.sharing.ways().spare()[0], 30 * MBIT);
    for bytes in [3_750_000, 0] {
        // 10 Mbit/s in vain for three seconds, of which three quarters are still believed then.
        town.sharing
            .report_waste("piazza".parse().unwrap(), bytes, town.now);
        town.seconds(1);
    }
    let spare = town.sharing.ways().spare()[0];
    assert!(
        spare.abs_diff(30 * MBIT - 3_750_000 / 6 / 4 * 3) < 1_000,
        "{spare}"
    );
}

#[test]
fn while_the_line_is_full_nobody_loses_a_share_that_it_does_not_let_him_use() {
    let mut sharing = Sharing::default();
    let line = Line {
        down: Some(way(100, 0)),
        up: None,
    };
    let mut limits: BTreeMap<Key, Pair> = (0..10)
        .map(|number| (key("piazza", number), [50 * MBIT; 2]))
        .collect();
    let mut now = Boot(0);
    for _ in 0..30 {
        now = now.plus_ms(1_000);
        for (key, limit) in &limits {
            // Half of them are slow to take what they may, the others take all there is.
            let slow = key.1.octets()[5] < 5;
            let rate = if slow {
                limit[0].min(6 * MBIT)
            } else {
                27 * MBIT / 2
            };
            sharing.measure(*key, ([50 * MBIT; 2], *limit), ([rate, 0], [rate, 0]), now);
        }
        limits.extend(sharing.round(&line, |_| 1, now));
    }
    let level = 95 * MBIT / 10;
    for (key, limit) in &limits {
        assert!(
            limit[0] <= level / 100 * 103 && limit[0] >= level / 10 * 9,
            "{key:?}: {limit:?}"
        );
    }
}

#[test]
fn when_one_goes_the_rest_of_the_line_is_soon_used() {
    let mut town = Town::new(100, 100);
    town.join(key("piazza", 0), 100 * MBIT);
    town.join(key("piazza", 1), 100 * MBIT);
    town.seconds(20);
    town.stations.get_mut(&key("piazza", 1)).unwrap().0 = 0;
    town.seconds(6);
    assert!(town.limit("piazza", 0) > 70 * MBIT, "{}", town.limit("piazza", 0));
}

#[test]
fn what_exempt_devices_use_is_not_given_twice() {
    let mut town = Town::new(100, 20);
    for number in 0..10 {
        town.join(key("piazza", number), 20 * MBIT);
    }
    for _ in 0..10 {
        town.sharing.add_exempt([40 * MBIT, 0]);
        town.second();
    }
    assert!(town.sum() <= 56 * MBIT, "{}", town.sum());
}
