//! Which station has which addresses, and who contradicts whom.
//!
//! Addresses identify nobody: access goes by MAC. They are known so that a revoked station's flows
//! can be flushed, and so that two stations on one address, or one MAC on two bridge ports, are
//! noticed. First come, first served: a claimant gets an address only after its holder has been
//! silent about it for [`ALIVE_MS`]. Everything is bounded; when a network's table is full, the
//! unpinned station unseen for longest is forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::event::Sighting;
use crate::model::figures::DeviceFamily;
use crate::model::{Boot, Mac, NetworkId};

/// Most addresses of one station; a phone has one IPv4, one link-local and a few temporary IPv6
/// addresses per prefix (RFC 8981).
pub const MOST_ADDRESSES: usize = 32;
/// How long a claim stands without being repeated, milliseconds. Twice the base of the kernel's
/// neighbour reachable time (RFC 4861, section 10), after which a live station has been asked again.
pub const ALIVE_MS: u64 = 60_000;
/// After how long of silence a station without a session is forgotten, milliseconds.
pub const SILENT_MS: u64 = 1_800_000;
/// How many moves between the same two ports are flapping. A phone at the border of two cells may go
/// back and forth a few times; two devices with one MAC move it with every other frame.
pub const FLAPPING_MOVES: usize = 6;
/// Within how long, milliseconds.
pub const FLAPPING_MS: u64 = 10_000;

/// Two things that cannot both be true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// A station claims an address whose holder is alive. The holder keeps it.
    Address {
        /// Claimed.
        address: IpAddr,
        /// Who has it.
        holder: Mac,
        /// Who wants it.
        claimant: Mac,
    },
    /// One MAC is seen on two bridge ports in turns: two devices use it.
    Ports {
        /// The MAC.
        mac: Mac,
        /// The ports by interface index, the lower one first.
        ports: (u32, u32),
    },
}

/// What a sighting has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noticed {
    /// The station was not known before and is now.
    pub new_station: bool,
    /// The station forgotten to make room for it.
    pub evicted: Option<Mac>,
    /// What does not fit.
    pub conflict: Option<Conflict>,
}

/// What is known of one station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// When it was first seen, since it was last forgotten.
    pub since: Boot,
    /// When it was last seen.
    pub seen: Boot,
    /// Its addresses, in order.
    pub addresses: Vec<IpAddr>,
    /// What its probe told.
    pub family: Option<DeviceFamily>,
}

/// The stations of all networks.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    networks: BTreeMap<NetworkId, Table>,
}

/// The stations of one network.
///
/// `owners` and the stations' `addresses` say the same in both directions; `unpinned` holds exactly
/// the stations that are not pinned, by when they were seen last.
#[derive(Debug, Clone, Default)]
struct Table {
    most: usize,
    stations: BTreeMap<Mac, Station>,
    owners: BTreeMap<IpAddr, Mac>,
    unpinned: BTreeSet<(Boot, Mac)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Move {
    at: Boot,
    ports: (u32, u32),
}

#[derive(Debug, Clone, Default)]
struct Station {
    since: Boot,
    seen: Boot,
    pinned: bool,
    /// With the time of the last claim.
    addresses: BTreeMap<IpAddr, Boot>,
    port: Option<u32>,
    /// The last moves, the newest at the end.
    moves: [Option<Move>; FLAPPING_MOVES],
    /// When it first turned to the portal since it was last online, and what its probe told of it.
    contact: Option<Boot>,
    family: Option<DeviceFamily>,
}

impl Identity {
    /// Sets the networks there are and the most stations each remembers. Networks that are gone are
    /// forgotten; in one that shrinks, unpinned stations are, the longest unseen first.
    pub fn configure(&mut self, networks: impl IntoIterator<Item = (NetworkId, usize)>) {
        let mut old = std::mem::take(&mut self.networks);
        for (id, most) in networks {
            let mut table = old.remove(&id).unwrap_or_default();
            table.most = most;
            while table.stations.len() > most && table.evict().is_some() {}
            self.networks.insert(id, table);
        }
    }

    /// Takes note of a sighting. One of a network that is not configured changes nothing, nor does
    /// one of a new station where all remembered ones are pinned.
    pub fn seen(&mut self, sighting: &Sighting, now: Boot) -> Noticed {
        let Some(table) = self.networks.get_mut(&sighting.network) else {
            return Noticed::default();
        };
        let Some(mut noticed) = table.touch(sighting.mac, now) else {
            return Noticed::default();
        };
        let by_port = sighting
            .port
            .and_then(|port| table.on_port(sighting.mac, port, now));
        let by_address = sighting
            .address
            .and_then(|address| table.claim(sighting.mac, address, now));
        noticed.conflict = by_address.or(by_port);
        noticed
    }

    /// A pinned station (granted, exempt) is never evicted; it is made known if it was not, whatever
    /// the capacity: sessions have a bound of their own.
    pub fn pin(&mut self, network: NetworkId, mac: Mac, now: Boot) {
        if let Some(table) = self.networks.get_mut(&network) {
            let station = table.stations.entry(mac).or_insert_with(|| Station {
                since: now,
                seen: now,
                ..Station::default()
            });
            station.pinned = true;
            table.unpinned.remove(&(station.seen, mac));
        }
    }

    /// The station may be evicted again.
    pub fn unpin(&mut self, network: NetworkId, mac: Mac) {
        if let Some(table) = self.networks.get_mut(&network)
            && let Some(station) = table.stations.get_mut(&mac)
        {
            station.pinned = false;
            table.unpinned.insert((station.seen, mac));
            while table.stations.len() > table.most && table.evict().is_some() {}
        }
    }

    /// The addresses of a station, in order.
    pub fn addresses(&self, network: NetworkId, mac: Mac) -> impl Iterator<Item = IpAddr> + '_ {
        self.station(network, mac)
            .into_iter()
            .flat_map(|station| station.addresses.keys().copied())
    }

    /// The station that has the address.
    #[must_use]
    pub fn owner(&self, network: NetworkId, address: IpAddr) -> Option<Mac> {
        self.networks.get(&network)?.owners.get(&address).copied()
    }

    /// When the station was seen last; `None` when it is not known.
    #[must_use]
    pub fn last_seen(&self, network: NetworkId, mac: Mac) -> Option<Boot> {
        self.station(network, mac).map(|station| station.seen)
    }

    /// A station turns to the portal: its probe, or a page.
    pub fn contact(&mut self, network: NetworkId, mac: Mac, family: Option<DeviceFamily>, now: Boot) {
        let table = self.networks.get_mut(&network);
        if let Some(station) = table.and_then(|table| table.stations.get_mut(&mac)) {
            // One with access has made its way: what it asks now is not the beginning of another.
            if !station.pinned {
                station.contact.get_or_insert(now);
            }
            // Whoever probes as a browser too is still what its system said first.
            let better = station.family.is_none_or(|known| known == DeviceFamily::Other);
            station.family = family.filter(|_| better).or(station.family);
        }
    }

    /// When a station first turned to the portal, which is forgotten with that; and what it is.
    pub fn first_contact(&mut self, network: NetworkId, mac: Mac) -> (Option<Boot>, Option<DeviceFamily>) {
        let table = self.networks.get_mut(&network);
        let station = table.and_then(|table| table.stations.get_mut(&mac));
        station.map_or((None, None), |station| (station.contact.take(), station.family))
    }

    /// Forgets stations without a session that nobody has seen for [`SILENT_MS`].
    pub fn forget_silent(&mut self, now: Boot) {
        for table in self.networks.values_mut() {
            while let Some(&(seen, mac)) = table.unpinned.first() {
                if now.since(seen) < SILENT_MS {
                    break;
                }
                table.forget(mac);
            }
        }
    }

    /// Every station known.
    pub fn stations(&self) -> impl Iterator<Item = (NetworkId, Mac)> + '_ {
        self.networks
            .iter()
            .flat_map(|(&id, table)| table.stations.keys().map(move |&mac| (id, mac)))
    }

    /// Every station, with what is known of it, in order.
    pub fn known(&self) -> impl Iterator<Item = ((NetworkId, Mac), Known)> + '_ {
        let known = |station: &Station| Known {
            since: station.since,
            seen: station.seen,
            addresses: station.addresses.keys().copied().collect(),
            family: station.family,
        };
        self.networks.iter().flat_map(move |(&id, table)| {
            let stations = table.stations.iter();
            stations.map(move |(&mac, station)| ((id, mac), known(station)))
        })
    }

    /// How many stations of the network are known.
    #[must_use]
    pub fn len(&self, network: NetworkId) -> usize {
        self.networks
            .get(&network)
            .map_or(0, |table| table.stations.len())
    }

    /// Forgets a station and its addresses; whether it was known.
    pub fn forget(&mut self, network: NetworkId, mac: Mac) -> bool {
        self.networks
            .get_mut(&network)
            .is_some_and(|table| table.forget(mac))
    }

    /// The station no longer has the address; another's is not touched. Whether it had it.
    pub fn address_gone(&mut self, network: NetworkId, mac: Mac, address: IpAddr) -> bool {
        self.networks
            .get_mut(&network)
            .is_some_and(|table| table.release(mac, address))
    }

    fn station(&self, network: NetworkId, mac: Mac) -> Option<&Station> {
        self.networks.get(&network)?.stations.get(&mac)
    }
}

impl Table {
    /// Notes that the station is alive, making room for a new one; `None` when there is none.
    fn touch(&mut self, mac: Mac, now: Boot) -> Option<Noticed> {
        if let Some(station) = self.stations.get_mut(&mac) {
            if !station.pinned {
                self.unpinned.remove(&(station.seen, mac));
                self.unpinned.insert((now, mac));
            }
            station.seen = now;
            return Some(Noticed::default());
        }
        let evicted = if self.stations.len() >= self.most {
            Some(self.evict()?)
        } else {
            None
        };
        let station = Station {
            since: now,
            seen: now,
            ..Station::default()
        };
        self.stations.insert(mac, station);
        self.unpinned.insert((now, mac));
        Some(Noticed {
            new_station: true,
            evicted,
            conflict: None,
        })
    }

    fn evict(&mut self) -> Option<Mac> {
        let &(_, mac) = self.unpinned.first()?;
        self.forget(mac);
        Some(mac)
    }

    fn forget(&mut self, mac: Mac) -> bool {
        let Some(station) = self.stations.remove(&mac) else {
            return false;
        };
        self.unpinned.remove(&(station.seen, mac));
        for address in station.addresses.keys() {
            self.owners.remove(address);
        }
        true
    }

    fn release(&mut self, mac: Mac, address: IpAddr) -> bool {
        let Some(station) = self.stations.get_mut(&mac) else {
            return false;
        };
        let had = station.addresses.remove(&address).is_some();
        if had {
            self.owners.remove(&address);
        }
        had
    }

    /// Gives the address to the station, unless its holder is alive.
    fn claim(&mut self, claimant: Mac, address: IpAddr, now: Boot) -> Option<Conflict> {
        if let Some(&holder) = self.owners.get(&address)
            && holder != claimant
        {
            let claimed = self.stations.get(&holder)?.addresses.get(&address)?;
            if now.since(*claimed) <= ALIVE_MS {
                return Some(Conflict::Address {
                    address,
                    holder,
                    claimant,
                });
            }
            self.release(holder, address);
        }
        let station = self.stations.get_mut(&claimant)?;
        station.addresses.insert(address, now);
        self.owners.insert(address, claimant);
        if station.addresses.len() > MOST_ADDRESSES
            && let Some(oldest) = station.oldest_but(address)
        {
            self.release(claimant, oldest);
        }
        None
    }

    fn on_port(&mut self, mac: Mac, port: u32, now: Boot) -> Option<Conflict> {
        let station = self.stations.get_mut(&mac)?;
        let before = station.port.replace(port)?;
        if before == port {
            return None;
        }
        let ports = (before.min(port), before.max(port));
        station.moves.rotate_left(1);
        *station.moves.last_mut()? = Some(Move { at: now, ports });
        let flapping = station
            .moves
            .iter()
            .all(|step| step.is_some_and(|step| step.ports == ports && now.since(step.at) <= FLAPPING_MS));
        flapping.then_some(Conflict::Ports { mac, ports })
    }
}

impl Station {
    /// The address claimed longest ago, the one just claimed excepted.
    fn oldest_but(&self, kept: IpAddr) -> Option<IpAddr> {
        let others = self.addresses.iter().filter(|(address, _)| **address != kept);
        others
            .min_by_key(|(address, claimed)| (**claimed, **address))
            .map(|(address, _)| *address)
    }
}

#[cfg(test)]
mod tests;
