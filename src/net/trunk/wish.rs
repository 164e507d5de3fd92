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
/// it: as `core` will say.
const FULL: u64 = 96;
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

    /// A line of which the configuration tells something else now than when the room was told: what it says
    /// holds until the next word.
    pub(super) fn follow_line(&mut self, way: Direction, told: &Way) {
        let room = Room::of(told);
        let is_known = matches!(told.capacity, Capacity::Known(_));
        if let Some(known) = self.room.get_mut(place_of(way)).and_then(Option::as_mut)
            && is_known
            && known.whole != room.whole
        {
            *known = room;
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
        let parts = self.parts(way, stations);
        for (place, assured) in parts.into_iter().enumerate() {
            let Some(number) = network_number(place) else {
                break;
            };
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

    /// What each network has for sure, in their order: as told, but together no more than stations have. The room
    /// may have shrunk since, and what is below its rate passes whatever the class above it may.
    fn parts(&self, way: Direction, stations: u64) -> Vec<u64> {
        let even = stations / u64::try_from(self.networks.len().max(1)).unwrap_or(1);
        let told = |network: &NetworkId| self.assured.get(&(*network, way)).copied();
        let parts = self.networks.iter().map(|network| told(network).unwrap_or(even));
        let parts: Vec<u64> = parts.collect();
        let sum: u128 = parts.iter().copied().map(u128::from).sum();
        let fits = |part: u64| {
            let scaled = u128::from(part) * u128::from(stations) / sum.max(1);
            part.min(u64::try_from(scaled).unwrap_or(u64::MAX))
        };
        parts.into_iter().map(fits).collect()
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
#[path = "wish_tests.rs"]
mod tests;
