use proptest::prelude::{Just, any, prop, prop_oneof, proptest};

use super::{LAST_STATION, Room, STATIONS, Shape, Wish, network_number};
use crate::model::{Capacity, Direction, Mac, NetworkId, QueueOp, Reserve, Way};

fn networks() -> [NetworkId; 2] {
    ["piazza", "molini"].map(|id| id.parse().unwrap())
}

fn mac(number: u32) -> Mac {
    let [a, b, c, d] = number.to_be_bytes();
    Mac::new([2, 0, a, b, c, d]).unwrap()
}

fn station(number: u32, assured: u64) -> QueueOp {
    QueueOp::Station {
        network: networks()[0],
        mac: mac(number),
        assured: [assured, assured / 5],
        ceiling: [1_250_000, 625_000],
    }
}

fn wish() -> Wish {
    let mut wish = Wish::default();
    wish.set_networks(networks().into_iter());
    let (whole, stations) = (12_000_000, 10_000_000);
    wish.note(&QueueOp::Room {
        way: Direction::Down,
        whole,
        stations,
    });
    wish
}

#[test]
fn the_tree_is_what_there_is() {
    let wish = wish();
    let shape = |parent, rate, ceil| Shape { parent, rate, ceil };
    assert_eq!(
        wish.frame(Direction::Down),
        [
            (1, shape(0, 12_000_000, 12_000_000)),
            (2, shape(1, 2_000_000, 12_000_000)),
            (3, shape(1, 10_000_000, 10_000_000)),
            (0x10, shape(3, 4_950_000, 10_000_000)),
            (0x11, shape(0x10, 500_000, 10_000_000)),
            (0x12, shape(3, 4_950_000, 10_000_000)),
            (0x13, shape(0x12, 500_000, 10_000_000)),
        ]
    );
    assert_eq!(wish.frame(Direction::Up), [], "nothing is known of it");
}

#[test]
fn before_the_first_word_the_configuration_tells() {
    let rate = "100 Mbit/s".parse().unwrap();
    let reserve = Reserve::Percent(20);
    let known = Way {
        capacity: Capacity::Known(rate),
        reserve,
    };
    let told = Room {
        whole: 12_000_000,
        stations: 9_500_000,
    };
    assert_eq!(Room::of(&known), told);
    let measured = Way {
        capacity: Capacity::Measured { least: rate },
        reserve,
    };
    assert_eq!(
        Room::of(&measured),
        Room {
            whole: 12_500_000,
            stations: 10_000_000
        }
    );
    let mut wish = wish();
    wish.suppose(Direction::Down, told);
    assert_eq!(wish.frame(Direction::Down)[2].1.ceil, 10_000_000, "somebody told");
}

#[test]
fn another_line_in_the_configuration_holds_at_once() {
    let line = |rate: &str, known: bool| {
        let rate = rate.parse().unwrap();
        Way {
            capacity: if known {
                Capacity::Known(rate)
            } else {
                Capacity::Measured { least: rate }
            },
            reserve: Reserve::Percent(0),
        }
    };
    let mut wish = wish();
    let stations = |wish: &Wish| wish.frame(Direction::Down)[2].1.ceil;
    wish.follow_line(Direction::Down, &line("100 Mbit/s", true));
    assert_eq!(
        stations(&wish),
        10_000_000,
        "the same line: what was told of it stays"
    );
    wish.follow_line(Direction::Down, &line("4 Mbit/s", true));
    assert_eq!(stations(&wish), 480_000);
    wish.follow_line(Direction::Down, &line("1 Mbit/s", false));
    assert_eq!(stations(&wish), 480_000, "a measured one is told by who measures");
}

#[test]
fn a_station_keeps_its_number_and_a_freed_one_rests() {
    let mut wish = wish();
    let number = |wish: &Wish, who| wish.station(Direction::Down, (networks()[0], mac(who)));
    wish.note(&station(1, 1_000_000));
    let first = number(&wish, 1).unwrap();
    assert_eq!(
        first.1,
        Shape {
            parent: 0x10,
            rate: 890_000,
            ceil: 1_250_000
        }
    );
    wish.note(&station(1, 2_000_000));
    let again = number(&wish, 1).unwrap();
    assert_eq!(
        (again.0, again.1.rate, again.1.ceil),
        (first.0, 1_780_000, 1_780_000)
    );
    wish.note(&QueueOp::Gone {
        network: networks()[0],
        mac: mac(1),
    });
    assert_eq!(number(&wish, 1), None);
    wish.note(&station(2, 1_000_000));
    assert_ne!(number(&wish, 2).unwrap().0, first.0);
}

#[test]
fn with_all_numbers_in_use_nobody_loses_his() {
    let mut wish = wish();
    for who in 0..33_000 {
        wish.note(&station(who, 1_000));
    }
    let taken: std::collections::BTreeSet<u16> = (0..33_000)
        .filter_map(|who| wish.station(Direction::Up, (networks()[0], mac(who))))
        .map(|(number, _)| number)
        .collect();
    // One of them would have the handle of the tree.
    assert_eq!(taken.len(), usize::from(LAST_STATION) - 0x200);
    assert!(!taken.contains(&0x504f) && wish.stations().count() == taken.len());
}

#[test]
fn what_stands_is_adopted_where_it_belongs() {
    let mut wish = wish();
    let (here, there) = (networks()[0], networks()[1]);
    let shape = Shape {
        parent: 0x10,
        rate: 5_000,
        ceil: 6_000,
    };
    assert!(wish.adopt(Direction::Down, (here, mac(1)), 0x300, shape));
    assert!(wish.adopt(Direction::Up, (here, mac(1)), 0x300, shape));
    assert_eq!(wish.station(Direction::Up, (here, mac(1))), Some((0x300, shape)));
    for (who, number) in [
        ((here, mac(2)), 0x300),
        ((here, mac(1)), 0x301),
        ((there, mac(3)), 0x302),
        ((here, mac(3)), 0x11),
    ] {
        assert!(
            !wish.adopt(Direction::Down, who, number, shape),
            "{who:?} {number:x}"
        );
    }
    wish.set_networks([there].into_iter());
    assert_eq!(wish.stations().count(), 0);
}

#[test]
fn networks_end_before_stations_begin() {
    assert_eq!(network_number(247), Some(0x1fe));
    assert_eq!(network_number(248), None);
}

proptest! {
    /// Or those below their rate would send more than there is.
    #[test]
    fn no_sum_is_beyond_its_whole(
        whole in 1_000_000_u64..10_000_000_000,
        percent in 10_u64..=100,
        parts in prop::collection::vec(1_u64..1_000, 1..60),
        other_way: bool,
        first in any::<bool>(),
        shrunk in prop_oneof![Just(100_u64), 50_u64..100],
    ) {
        let way = if other_way { Direction::Up } else { Direction::Down };
        let stations = whole / 100 * percent;
        let mut wish = wish();
        wish.note(&QueueOp::Room { way, whole, stations });
        let (large, small) = (stations / 4 * 3, stations / 4);
        let [here, there] = networks();
        for (network, assured) in [(here, if first { large } else { small }), (there, if first { small } else { large })] {
            wish.note(&QueueOp::Network { network, way, assured });
        }
        let (all, mine) = (parts.iter().sum::<u64>(), if first { large } else { small });
        for (who, part) in (0_u32..).zip(&parts) {
            let assured = (mine / all).saturating_mul(*part).max(1);
            let op = QueueOp::Station { network: here, mac: mac(who), assured: [assured; 2], ceiling: [whole; 2] };
            wish.note(&op);
        }
        // And it may have shrunk since networks were told theirs.
        let stations = stations / 100 * shrunk;
        wish.note(&QueueOp::Room { way, whole, stations });
        let mut classes = wish.frame(way);
        let networks: u64 = classes.iter().filter(|(_, shape)| shape.parent == STATIONS).map(|(_, shape)| shape.rate).sum();
        assert!(networks <= stations, "{networks} of {stations}");
        if shrunk < 100 {
            return Ok(());
        }
        classes.extend((0_u32..).zip(&parts).filter_map(|(who, _)| wish.station(way, (here, mac(who)))));
        for (parent, above) in &classes {
            let below = classes.iter().filter(|(_, shape)| shape.parent == *parent);
            let sum: u64 = below.map(|(_, shape)| shape.rate).sum();
            // Below 1 kB/s each nobody is held.
            let slack = 1_000 * u64::try_from(parts.len()).unwrap();
            // What all stations are promised and the hundredth of others overlap by less than that.
            let slack = if *parent == STATIONS { slack + whole / 100 } else { slack };
            assert!(sum <= above.rate + slack, "{parent:x}: {sum} of {}", above.rate);
        }
    }
}
