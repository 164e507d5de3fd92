//! Trunks: while what the line carries is known, packets of all stations pass a tree of queues in the
//! kernel, one for each direction.
//!
//! The limits of the access sets say what a station may have at most; they drop what is more, also while
//! nobody else wants it. Here packets wait instead, in a queue of each active station, and what the line
//! carries is shared in the moment: whoever has little waiting goes at once. Downwards the tree stands on a
//! device of its own, [`DOWN`], through which everything to a LAN interface is led; upwards at the root of
//! the uplink. Without a trunk, whatever the reason, everything goes on as it would.

mod batch;
mod lead;
mod maps;
mod standing;
mod tree;
mod wish;

use std::collections::BTreeSet;

use rustix::net::netlink::NETFILTER;

use self::maps::Change;
pub use self::standing::{LeafKind, Part, Standing, WayState};
use self::tree::{Root, Tree};
use self::wish::{ROOT, Room, STATIONS, Wish};
use super::netlink::{NetlinkError, Socket};
use crate::config::Config;
use crate::model::{Direction, Mac, NetworkId, OpError, QueueOp, Way};

/// The device through which everything to the stations is led.
pub const DOWN: &str = "portico-down";
/// The number of the trees (`504f:` in `tc`).
pub const HANDLE: u32 = 0x504f_0000;
/// The class of everybody else's packets, and of exempt devices. The whole number.
pub const OTHERS: u32 = HANDLE | 2;

/// Both trunks. Needs `CAP_NET_ADMIN` in the network namespace.
#[derive(Debug)]
pub struct Trunks {
    route: Socket,
    nft: Socket,
    wish: Wish,
    ways: Ways,
    /// Elements may be missing in the maps.
    unmapped: bool,
}

/// Both directions.
#[derive(Debug, Default)]
struct Ways {
    down: Trunk,
    up: Trunk,
}

/// What is known of one direction.
#[derive(Debug, Default)]
struct Trunk {
    tree: Option<Tree>,
    /// What the configuration told of the line when it was looked at last.
    told: Option<Way>,
    /// What the kernel has not: it would have a module looked for at each attempt.
    lacks: Option<WayState>,
    /// Stations of an earlier process have been looked for.
    adopted: bool,
    /// The maps tell nothing that the tree has not, since it stands.
    tidy: bool,
    /// Nothing stands where nothing should.
    cleared: bool,
}

/// The class of a network's stations that have no queue of their own, by the network's place in the
/// configuration; `None` for one beyond the 248th. The whole number, of tree and class.
#[must_use]
pub fn waking_class(place: usize) -> Option<u32> {
    wish::network_number(place).map(|number| HANDLE | u32::from(number.saturating_add(1)))
}

/// Removes both trunks and all that leads to them.
///
/// # Errors
/// [`NetlinkError`].
pub fn remove() -> Result<(), NetlinkError> {
    let mut route = Socket::open(None)?;
    lead::remove(&mut route)?;
    tree::clear_roots(&mut route, None)
}

impl Trunks {
    /// Opens the sockets; changes nothing.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            route: Socket::open(None)?,
            nft: Socket::open(Some(NETFILTER))?,
            wish: Wish::default(),
            ways: Ways::default(),
            unmapped: false,
        })
    }

    /// Whether the uplink's root is for the trunk, unless cake stands there: the configuration wants it, and
    /// the kernel has what it is made of, as far as is known.
    #[must_use]
    pub fn wants_uplink(&self, config: &Config) -> bool {
        told(config, Direction::Up).is_ok() && self.ways.up.lacks.is_none()
    }

    /// Puts both trunks in place, or takes over what an earlier process has left, with the stations that
    /// have queues; removes what the configuration does not want any more. Changes nothing where all is
    /// in order. What cannot be done is told, and tried again at the next call.
    pub fn keep(&mut self, config: &Config) -> Standing {
        self.wish
            .set_networks(config.networks.iter().map(|network| network.id));
        let [down, up] = Direction::BOTH.map(|way| self.keep_way(config, way));
        if std::mem::take(&mut self.unmapped) && self.map_all().is_err() {
            // As long as the ruleset is away, or is being written.
            self.unmapped = true;
        }
        Standing { down, up }
    }

    /// The next [`Trunks::keep`] finds out anew what the kernel has, and puts all stations into the maps
    /// again: after the configuration or the ruleset was loaded.
    pub fn begin_anew(&mut self) {
        for trunk in [&mut self.ways.down, &mut self.ways.up] {
            trunk.lacks = None;
            trunk.cleared = false;
        }
        self.unmapped = true;
    }

    /// Carries changes out. Directions without a trunk are passed over; it is remembered for when there is
    /// one.
    ///
    /// The sums are the caller's: what the stations of a network are assured, at most what the network is;
    /// what the networks are, at most what all stations have together. (A tenth of each is kept for those
    /// without a queue of their own.)
    ///
    /// # Errors
    /// [`OpError`]; some of it may have been done, and the same again does no harm.
    pub fn apply(&mut self, ops: &[QueueOp]) -> Result<(), OpError> {
        let (mut stations, mut gone, mut frame) = (BTreeSet::new(), BTreeSet::new(), false);
        let mut unmap = Change::default();
        for op in ops {
            match *op {
                QueueOp::Room { .. } | QueueOp::Network { .. } => frame = true,
                QueueOp::Station { network, mac, .. } => {
                    stations.insert((network, mac));
                }
                QueueOp::Gone { network, mac } => {
                    gone.extend(self.wish.number((network, mac)));
                    // Also where there is no tree now: it would be found there by the next one.
                    for way in Direction::BOTH {
                        unmap.delete(way, network, mac);
                    }
                }
            }
            self.wish.note(op);
        }
        // Packets go elsewhere before a class goes, and to a class when it is there.
        let unmapped = unmap.carry_out(&mut self.nft);
        let shaped = self.shape(&stations, &gone, frame);
        unmapped
            .and(self.map(stations.into_iter()))
            .and(shaped.map_err(refused))
    }

    /// The class of a station's packets while it has a queue of its own; the whole number.
    #[must_use]
    pub fn class_of(&self, way: Direction, network: NetworkId, mac: Mac) -> Option<u32> {
        let (number, _) = self.wish.station(way, (network, mac))?;
        Some(HANDLE | u32::from(number))
    }

    /// Who has queues.
    pub fn stations(&self) -> impl Iterator<Item = (NetworkId, Mac)> {
        self.wish.stations()
    }

    fn keep_way(&mut self, config: &Config, way: Direction) -> WayState {
        let state = match told(config, way) {
            Err(unwanted) => unwanted,
            Ok(told) => {
                if let Some(lacks) = self.ways.of(way).lacks.clone() {
                    return lacks;
                }
                match self.raise(config, way, told) {
                    Ok(leaf) => return WayState::Stands { leaf },
                    // It may pass; what stands serves until then.
                    Err(failed @ WayState::Failed { .. }) => return failed,
                    Err(state) => state,
                }
            }
        };
        if matches!(state, WayState::Lacks { .. }) {
            self.ways.of_mut(way).lacks = Some(state.clone());
            self.ways.of_mut(way).cleared = false;
        }
        self.clear(way).unwrap_or(state)
    }

    /// Has the tree stand as it is to be, and packets led to it.
    fn raise(&mut self, config: &Config, way: Direction, told: Way) -> Result<LeafKind, WayState> {
        let lan = config.networks.iter().map(|network| &network.interface);
        let lan: BTreeSet<_> = lan.collect();
        let interface = match way {
            Direction::Down => {
                // Before anything is made: one that has no place for it takes the trunk from all.
                if let Some(interface) = lead::occupied(&mut self.route, &lan)? {
                    return Err(WayState::Foreign { interface });
                }
                self.ways.down.cleared = false;
                lead::ensure_device(&mut self.route)?
            }
            Direction::Up => {
                let uplink = &config.gateway.uplink;
                super::index_of(uplink).ok_or_else(|| WayState::Away {
                    interface: uplink.to_string(),
                })?
            }
        };
        let name = match way {
            Direction::Down => DOWN,
            Direction::Up => config.gateway.uplink.as_str(),
        };
        self.plant(way, (interface, name), told)?;
        let before = self.ways.of_mut(way).told.replace(told);
        if before.is_some_and(|before| before != told) {
            self.wish.follow_line(way, &told);
        }
        self.adopt(way)?;
        self.tend(way)?;
        match way {
            Direction::Down => {
                lead::lead(&mut self.route, interface, &lan)?;
            }
            Direction::Up if !self.ways.of(way).cleared => {
                tree::clear_roots(&mut self.route, Some(interface))?;
                self.ways.of_mut(way).cleared = true;
            }
            Direction::Up => {}
        }
        let leaf = self.ways.of(way).tree.as_ref().map(|tree| tree.leaf);
        leaf.ok_or(WayState::Untold)
    }

    /// Sees to it that there is a tree: the one that is known, one that stands, or a new one.
    fn plant(&mut self, way: Direction, (interface, name): (u32, &str), told: Way) -> Result<(), WayState> {
        let root = tree::root(&mut self.route, interface)?;
        let known = self
            .ways
            .of(way)
            .tree
            .as_ref()
            .is_some_and(|tree| tree.interface == interface);
        if root == Root::Tree && known {
            return Ok(());
        }
        let tree = match root {
            Root::Tree => {
                self.ways.of_mut(way).cleared = false;
                let tree = Tree::take_over(&mut self.route, interface)?;
                if let (Some(root), Some(stations)) =
                    (tree.classes().get(&ROOT), tree.classes().get(&STATIONS))
                {
                    let (whole, stations) = (root.rate, stations.ceil);
                    self.wish.suppose(way, Room { whole, stations });
                }
                self.wish.suppose(way, Room::of(&told));
                tree
            }
            Root::Foreign => {
                let interface = name.to_owned();
                return Err(WayState::Foreign { interface });
            }
            Root::Own { kind, .. } if kind == "cake" => return Err(WayState::Cake),
            Root::Own { .. } | Root::Free => {
                self.ways.of_mut(way).cleared = false;
                if let Root::Own { handle, .. } = root {
                    tree::delete_root(&mut self.route, interface, handle)?;
                }
                self.wish.suppose(way, Room::of(&told));
                Tree::build(&mut self.route, interface, name, &self.wish.frame(way))?
            }
        };
        let trunk = self.ways.of_mut(way);
        (trunk.tree, trunk.tidy) = (Some(tree), false);
        self.unmapped = true;
        Ok(())
    }

    /// For each tree once: removes from the maps who has no class; at the first, keeps those stations of an
    /// earlier process whose class stands.
    fn adopt(&mut self, way: Direction) -> Result<(), WayState> {
        let Some(tree) = self.ways.of(way).tree.as_ref() else {
            return Ok(());
        };
        let Trunk { adopted, tidy, .. } = *self.ways.of(way);
        if tidy {
            return Ok(());
        }
        let mut stale = Change::default();
        for network in self.wish.networks().to_vec() {
            for (mac, class) in maps::read(&mut self.nft, way, network)? {
                let number = u16::try_from(class ^ HANDLE).ok();
                let stands = number.and_then(|number| Some((number, *tree.classes().get(&number)?)));
                let is_right = if adopted {
                    number.is_some() && self.wish.number((network, mac)) == number
                } else {
                    stands.is_some_and(|(number, shape)| self.wish.adopt(way, (network, mac), number, shape))
                };
                if !is_right {
                    stale.delete(way, network, mac);
                }
            }
        }
        let cleaned = stale.carry_out(&mut self.nft);
        cleaned.map_err(|error| WayState::Failed {
            error: error.to_string(),
        })?;
        let trunk = self.ways.of_mut(way);
        (trunk.adopted, trunk.tidy) = (true, true);
        Ok(())
    }

    /// Sees to it that all classes stand that are wanted, and removes others. A station without one waits with those
    /// that have no queue of their own; everybody else's stands.
    fn tend(&mut self, way: Direction) -> Result<(), NetlinkError> {
        let frame = self.wish.frame(way);
        let stations = self.wish.stations();
        let stations = stations.filter_map(|station| self.wish.station(way, station));
        let stations: Vec<_> = stations.collect();
        let Some(tree) = &mut self.ways.of_mut(way).tree else {
            return Ok(());
        };
        let numbers: BTreeSet<u16> = frame.iter().chain(&stations).map(|(number, _)| *number).collect();
        // Those below have higher numbers.
        let stands = tree.classes().keys().rev().copied();
        let stale: Vec<u16> = stands.filter(|number| !numbers.contains(number)).collect();
        tree.put(&mut self.route, &frame)?;
        match tree.put(&mut self.route, &stations) {
            Err(NetlinkError::Refused(errno)) => {
                tracing::warn!(?way, %errno, "not all stations have queues of their own");
            }
            outcome => outcome?,
        }
        // Stations move first: a network's class does not go while one is below it.
        tree.delete(&mut self.route, stale.into_iter())
    }

    /// Removes what stands of a direction that has no trunk; why that failed.
    fn clear(&mut self, way: Direction) -> Option<WayState> {
        let trunk = self.ways.of_mut(way);
        let had_tree = trunk.tree.take().is_some();
        if trunk.cleared && !had_tree {
            return None;
        }
        let cleared = match way {
            Direction::Down => lead::remove(&mut self.route),
            Direction::Up => tree::clear_roots(&mut self.route, None),
        };
        trunk.cleared = cleared.is_ok();
        cleared.err().map(WayState::from)
    }

    /// Gives stations, and with `frame` all that is above them, the classes they are to have; removes those of
    /// gone ones.
    fn shape(
        &mut self,
        stations: &BTreeSet<(NetworkId, Mac)>,
        gone: &BTreeSet<u16>,
        frame: bool,
    ) -> Result<(), NetlinkError> {
        let mut outcome = Ok(());
        for way in Direction::BOTH {
            let mut wanted = if frame { self.wish.frame(way) } else { Vec::new() };
            wanted.extend(
                stations
                    .iter()
                    .filter_map(|station| self.wish.station(way, *station)),
            );
            if let Some(tree) = &mut self.ways.of_mut(way).tree {
                let deleted = tree.delete(&mut self.route, gone.iter().copied());
                // Whatever one refuses, the other is done.
                outcome = outcome.and(deleted).and(tree.put(&mut self.route, &wanted));
            }
        }
        outcome
    }

    /// Puts stations into the maps of the directions in which they have a class.
    fn map(&mut self, stations: impl Iterator<Item = (NetworkId, Mac)>) -> Result<(), OpError> {
        let mut change = Change::default();
        for (network, mac) in stations {
            for way in Direction::BOTH {
                let Some(tree) = &self.ways.of(way).tree else {
                    continue;
                };
                let number = self.wish.number((network, mac));
                if let Some(number) = number.filter(|number| tree.classes().contains_key(number)) {
                    change.add(way, network, mac, HANDLE | u32::from(number));
                }
            }
        }
        change.carry_out(&mut self.nft)
    }

    fn map_all(&mut self) -> Result<(), OpError> {
        let stations: Vec<_> = self.wish.stations().collect();
        self.map(stations.into_iter())
    }
}

impl Ways {
    const fn of(&self, way: Direction) -> &Trunk {
        match way {
            Direction::Down => &self.down,
            Direction::Up => &self.up,
        }
    }

    const fn of_mut(&mut self, way: Direction) -> &mut Trunk {
        match way {
            Direction::Down => &mut self.down,
            Direction::Up => &mut self.up,
        }
    }
}

/// What the configuration tells of a direction that is to have a trunk; otherwise why it is not.
fn told(config: &Config, way: Direction) -> Result<Way, WayState> {
    let (line, [down, up]) = (config.uplink.line, config.queued_ways());
    let (told, is_free) = match way {
        Direction::Down => (line.and_then(|line| line.down), down),
        Direction::Up => (line.and_then(|line| line.up), up),
    };
    match told {
        None => Err(WayState::Untold),
        Some(_) if !is_free => Err(WayState::Otherwise),
        Some(told) => Ok(told),
    }
}

fn refused(error: NetlinkError) -> OpError {
    OpError::Kernel(error.to_string())
}
