//! What the trees are to be: their classes by number, from what was asked for. Pure.
//!
//! ```text
//! root ── others (offices of the comune, the gateway itself: what no rule has given a class)
//!      └─ stations ── network ── those without a queue of their own
//!                             ├─ station
//!                             └─ station …
//! ```

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Capacity, Direction, Mac, NetworkId, QueueOp, Way};

pub(super) const ROOT: u16 = 1;
pub(super) const OTHERS: u16 = 2;
pub(super) const STATIONS: u16 = 3;
/// Of a network the number is this and twice its place; the next one is that of its stations without a
/// queue of their own.
const NETWORKS: u16 = 0x10;
/// Networks that find a number below the stations'.
const MOST_NETWORKS: usize = 248;
/// Stations' numbers. The halves of handles from 0x8000 on are the kernel's.
const FIRST_STATION: u16 = 0x200;
const LAST_STATION: u16 = 0x7fff;
/// Per cent of a line of which the capacity is known that packets may fill before the first word about
/// it: see [`queue`](crate::net::queue).
const FULL: u64 = 95;
/// What a station has for sure of what it is assured, per cent: the rest goes to those without a queue of
/// their own (a tenth) and to those beside all stations (a hundredth), so that no sum is beyond its whole.
const OWN: u64 = 89;
const NETWORK: u64 = 99;
const WAKING: u64 = 10;
/// Bounds of rates, bytes per second: nobody waits for ever, and 100 Gbit/s.
const LEAST: u64 = 1_000;
const MOST: u64 = 12_500_000_000;

/// A class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    /// The one above it; 0 is the tree.
    pub(super) parent: u16,
    /// Bytes per second that it has for sure.
    pub(super) rate: u64,
    /// Bytes per second that it has at most.
    pub(super) ceil: u64,
}

/// How much there is, bytes per second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) whole: u64,
    pub(super) stations: u64,
}

/// A station's class in each tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Station {
    number: u16,
    /// Rate and ceiling; `None` until somebody tells.
    shares: [Option<(u64, u64)>; 2],
}

/// Everything that is asked for.
#[derive(Debug, Default)]
pub(super) struct Wish {
    networks: Vec<NetworkId>,
    room: [Option<Room>; 2],
    assured: BTreeMap<(NetworkId, Direction), u64>,
    stations: BTreeMap<(NetworkId, Mac), Station>,
    numbers: BTreeSet<u16>,
    last: u16,
}

/// Down or up in every pair.
pub(super) const fn place_of(way: Direction) -> usize {
    match way {
        Direction::Down => 0,
        Direction::Up => 1,
    }
}

/// The number of a network by its place in the configuration.
pub(super) fn network_number(place: usize) -> Option<u16> {
    let place = u16::try_from(place).ok();
    place
        .filter(|place| usize::from(*place) < MOST_NETWORKS)
        .map(|place| NETWORKS + 2 * place)
}

/// Whether packets wait in the class of this number itself.
pub(super) const fn is_leaf(number: u16) -> bool {
    match number {
        OTHERS | FIRST_STATION..=u16::MAX => true,
        ROOT | STATIONS => false,
        _ => number % 2 == 1,
    }
}

/// Whether it is the class of a single station.
pub(super) const fn is_station(number: u16) -> bool {
    number >= FIRST_STATION
}

impl Room {
    /// What the configuration alone tells.
    pub(super) fn of(way: &Way) -> Self {
        let (Capacity::Known(capacity) | Capacity::Measured { least: capacity }) = way.capacity;
        let capacity = capacity.bytes_per_second();
        let whole = match way.capacity {
            Capacity::Known(_) => capacity / 100 * FULL,
            Capacity::Measured { .. } => capacity,
        };
        Self {
            whole,
            stations: whole.saturating_sub(way.reserve.of(capacity)),
        }
    }
}

impl Wish {
    /// The networks that there are, in the order of the configuration. Forgets stations of all others.
    pub(super) fn set_networks(&mut self, networks: impl Iterator<Item = NetworkId>) {
        self.networks.clear();
        self.networks.extend(networks);
        let Self {
            networks,
            assured,
            stations,
            numbers,
            ..
        } = self;
        assured.retain(|(network, _), _| networks.contains(network));
        stations.retain(|(network, _), station| {
            let stays = networks.contains(network);
            if !stays {
                numbers.remove(&station.number);
            }
            stays
        });
    }

    /// What there is, unless somebody told already.
    pub(super) fn suppose(&mut self, way: Direction, room: Room) {
        if let Some(known) = self.room.get_mut(place_of(way)) {
            known.get_or_insert(room);
        }
    }

    /// Takes one change in.
    pub(super) fn note(&mut self, op: &QueueOp) {
        match *op {
            QueueOp::Room { way, whole, stations } => {
                if let Some(room) = self.room.get_mut(place_of(way)) {
                    *room = Some(Room { whole, stations });
                }
            }
            QueueOp::Network {
                network,
                way,
                assured,
            } => {
                self.assured.insert((network, way), assured);
            }
            QueueOp::Station {
                network,
                mac,
                assured,
                ceiling,
            } => {
                let [down, up] = assured;
                let [most_down, most_up] = ceiling;
                let shares = [(down, most_down), (up, most_up)].map(|(assured, ceiling)| {
                    let rate = bounded(assured / 100 * OWN);
                    Some((rate, bounded(ceiling).max(rate)))
                });
                self.put(network, mac, shares);
            }
            QueueOp::Gone { network, mac } => {
                if let Some(gone) = self.stations.remove(&(network, mac)) {
                    self.numbers.remove(&gone.number);
                }
            }
        }
    }

    fn put(&mut self, network: NetworkId, mac: Mac, shares: [Option<(u64, u64)>; 2]) {
        if let Some(station) = self.stations.get_mut(&(network, mac)) {
            station.shares = shares;
            return;
        }
        // With all numbers in use it stays with those that have no queue of their own.
        if let Some(number) = self.free_number().filter(|_| self.networks.contains(&network)) {
            self.numbers.insert(number);
            self.last = number;
            self.stations.insert((network, mac), Station { number, shares });
        }
    }

    /// The one that has not been in use for the longest time: nothing of the station before waits there.
    fn free_number(&self) -> Option<u16> {
        if self.numbers.len() >= usize::from(LAST_STATION - FIRST_STATION) {
            return None;
        }
        let begin = self.last.saturating_add(1).clamp(FIRST_STATION, LAST_STATION);
        let mut numbers = (begin..=LAST_STATION).chain(FIRST_STATION..begin);
        numbers.find(|number| !self.numbers.contains(number) && u32::from(*number) << 16 != super::HANDLE)
    }

    /// Takes a class over that stands already, if that is where the station's would stand; whether so.
    pub(super) fn adopt(
        &mut self,
        way: Direction,
        (network, mac): (NetworkId, Mac),
        number: u16,
        shape: Shape,
    ) -> bool {
        let legal = (FIRST_STATION..=LAST_STATION).contains(&number);
        if !legal || self.network(network) != Some(shape.parent) {
            return false;
        }
        let free = !self.numbers.contains(&number);
        if free && !self.stations.contains_key(&(network, mac)) {
            self.numbers.insert(number);
            self.last = self.last.max(number);
            let shares = [None, None];
            self.stations.insert((network, mac), Station { number, shares });
        }
        match self.stations.get_mut(&(network, mac)) {
            Some(station) if station.number == number => {
                if let Some(share) = station.shares.get_mut(place_of(way)) {
                    share.get_or_insert((shape.rate, shape.ceil));
                }
                true
            }
            _ => false,
        }
    }

    /// The networks, in the order of the configuration.
    pub(super) fn networks(&self) -> &[NetworkId] {
        &self.networks
    }

    /// The number of a station's classes.
    pub(super) fn number(&self, (network, mac): (NetworkId, Mac)) -> Option<u16> {
        self.stations.get(&(network, mac)).map(|station| station.number)
    }

    /// Who has queues.
    pub(super) fn stations(&self) -> impl Iterator<Item = (NetworkId, Mac)> {
        self.stations.keys().copied()
    }

    /// The class of a station.
    pub(super) fn station(&self, way: Direction, (network, mac): (NetworkId, Mac)) -> Option<(u16, Shape)> {
        let station = self.stations.get(&(network, mac))?;
        let (rate, ceil) = (*station.shares.get(place_of(way))?)?;
        let parent = self.network(network)?;
        Some((station.number, Shape { parent, rate, ceil }))
    }

    /// All classes that are not a station's, each after the one above it.
    pub(super) fn frame(&self, way: Direction) -> Vec<(u16, Shape)> {
        let Some(room) = self.room.get(place_of(way)).copied().flatten() else {
            return Vec::new();
        };
        let whole = bounded(room.whole);
        let stations = bounded(room.stations).min(whole);
        let others = bounded((whole - stations).max(whole / 100));
        let shape = |parent, rate, ceil| Shape { parent, rate, ceil };
        let mut classes = vec![
            (ROOT, shape(0, whole, whole)),
            (OTHERS, shape(ROOT, others, whole)),
            (
                STATIONS,
                shape(
                    ROOT,
                    bounded(stations.min(whole.saturating_sub(others))),
                    stations,
                ),
            ),
        ];
        let even = stations / u64::try_from(self.networks.len().max(1)).unwrap_or(1);
        for (place, network) in self.networks.iter().enumerate() {
            let Some(number) = network_number(place) else {
                break;
            };
            let told = self.assured.get(&(*network, way)).copied();
            let assured = told.unwrap_or(even).min(stations);
            classes.push((
                number,
                shape(STATIONS, bounded(assured / 100 * NETWORK), stations),
            ));
            classes.push((
                number + 1,
                shape(number, bounded(assured / 100 * WAKING), stations),
            ));
        }
        classes
    }

    fn network(&self, network: NetworkId) -> Option<u16> {
        let place = self.networks.iter().position(|known| *known == network)?;
        network_number(place)
    }
}

fn bounded(rate: u64) -> u64 {
    rate.clamp(LEAST, MOST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

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
        let (whole, stations) = (11_875_000, 10_000_000);
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
                (1, shape(0, 11_875_000, 11_875_000)),
                (2, shape(1, 1_875_000, 11_875_000)),
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
            whole: 11_875_000,
            stations: 9_375_000,
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
            let mut classes = wish.frame(way);
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
}
