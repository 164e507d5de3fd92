//! The walled garden by name: which of the addresses that a DNS answer leads to are opened, for how
//! long, and when the answer may go to the station.
//!
//! An answer waits until the kernel has acknowledged every address of it that is to be open; addresses
//! that stay open long enough anyway cost no trip to the kernel. Special addresses, those that no
//! station reaches, and (the helper knows them) the gateway's own and the uplink's are never opened;
//! the answer goes out all the same and leads nowhere.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::command::Command;
use super::event::RequestId;
use super::gateway::Gateway;
use crate::model::{Boot, NetworkId, Now, OpError, Opening};

/// Longest time that a station may keep an answer, seconds: what it has in its cache is open.
pub const RELEASED_TTL: u32 = 30;
/// A record is taken as valid for so long at least, and at most, seconds.
const SHORTEST: u32 = 60;
const LONGEST: u32 = 3_600;
/// What a destination stays open on top, so that a page which is being loaded is not cut.
const GRACE_MS: u64 = 120_000;
/// A destination that stays open for less is renewed when it is answered again: a station may begin at
/// the end of [`RELEASED_TTL`] and wants a minute for a page then.
const RENEWED_BELOW_MS: u64 = 90_000;
/// Most destinations (address and port) of one network at once; the kernel has room for twice as many.
pub(crate) const MOST_OPEN: usize = 4_096;
/// Most addresses taken of one answer.
const MOST_OF_ONE: usize = 64;
/// Most destinations of one answer: a message to the helper holds twice as many.
const MOST_AT_ONCE: usize = 1_024;
/// Most answers that wait for the kernel.
const MOST_WAITING: usize = 4_096;

/// Where a destination is: address and TCP port.
type Place = (IpAddr, u16);

/// What is counted of a network's garden since the daemon started; no name is ever kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GardenFigures {
    /// Destinations open now.
    pub open: usize,
    /// Answers for names of the garden that were released.
    pub answers: u64,
    /// Destinations opened or renewed.
    pub opened: u64,
    /// Addresses that may not be opened: private, special, the gateway's own.
    pub refused: u64,
    /// Destinations for which there was no room.
    pub no_room: u64,
    /// Answers held back because the kernel could not be told.
    pub held_back: u64,
}

/// A destination that a name opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination {
    /// Of which network.
    pub network: NetworkId,
    /// Where.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// For how long still, milliseconds.
    pub left_ms: u64,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Garden {
    open: BTreeMap<NetworkId, BTreeMap<Place, Boot>>,
    waiting: BTreeMap<RequestId, Waiting>,
    figures: BTreeMap<NetworkId, GardenFigures>,
}

/// An answer on its way through the kernel.
#[derive(Debug)]
struct Waiting {
    network: NetworkId,
    /// With the end that each has if the kernel takes it.
    places: Vec<(Place, Boot)>,
}

impl Garden {
    fn figures(&mut self, network: NetworkId) -> &mut GardenFigures {
        self.figures.entry(network).or_default()
    }

    /// Whether there is room for one more; what has run out makes some.
    fn has_room(&mut self, network: NetworkId, planned: usize, now: Boot) -> bool {
        let open = self.open.entry(network).or_default();
        if open.len().saturating_add(planned) >= MOST_OPEN {
            open.retain(|_, until| *until > now);
        }
        open.len().saturating_add(planned) < MOST_OPEN
    }

    fn until(&self, network: NetworkId, place: Place) -> Option<Boot> {
        self.open.get(&network)?.get(&place).copied()
    }
}

impl Gateway {
    /// A name of the garden was resolved.
    pub(super) fn resolve(
        &mut self,
        id: RequestId,
        network: NetworkId,
        ports: &[u16],
        addresses: &[(IpAddr, u32)],
        now: Now,
    ) {
        let ready = self.outbox.is_linked() && self.garden.waiting.len() < MOST_WAITING;
        if !ready || self.rules(network).is_none() {
            return self.release(id, network, false);
        }
        let openings = self.decide_openings(network, ports, addresses, now.boot);
        if openings.is_empty() {
            return self.release(id, network, true);
        }
        let ends = |opening: &Opening| {
            let place = (opening.address, opening.port);
            (place, now.boot.plus_ms(opening.timeout_ms))
        };
        let places = openings.iter().map(ends).collect();
        self.garden.waiting.insert(id, Waiting { network, places });
        self.outbox.push(Command::Open {
            id,
            network,
            openings,
        });
    }

    /// What of an answer must be opened or renewed.
    fn decide_openings(
        &mut self,
        network: NetworkId,
        ports: &[u16],
        addresses: &[(IpAddr, u32)],
        now: Boot,
    ) -> Vec<Opening> {
        let mut openings: Vec<Opening> = Vec::new();
        for &(address, ttl) in addresses.iter().take(MOST_OF_ONE) {
            // An IPv4 address in the clothes of an IPv6 one leads nowhere by itself.
            let mapped = address != address.to_canonical();
            if mapped || self.policy.closed.iter().any(|closed| closed.contains(&address)) {
                self.garden.figures(network).refused += 1;
                continue;
            }
            let life = u64::from(ttl.clamp(SHORTEST, LONGEST)) * 1_000 + GRACE_MS;
            for &port in ports {
                let until = self.garden.until(network, (address, port));
                let planned = openings
                    .iter()
                    .any(|other| (other.address, other.port) == (address, port));
                if planned || until.is_some_and(|until| until.since(now) >= RENEWED_BELOW_MS) {
                    continue;
                }
                let full = openings.len() >= MOST_AT_ONCE;
                if full || until.is_none() && !self.garden.has_room(network, openings.len(), now) {
                    self.garden.figures(network).no_room += 1;
                    continue;
                }
                openings.push(Opening {
                    address,
                    port,
                    timeout_ms: life,
                });
            }
        }
        openings
    }

    /// The kernel's word on destinations.
    pub(super) fn settle_openings(&mut self, id: RequestId, outcome: Result<Vec<u32>, OpError>) {
        let Some(Waiting { network, places }) = self.garden.waiting.remove(&id) else {
            return;
        };
        let Ok(refused) = outcome else {
            return self.release(id, network, false);
        };
        let open = self.garden.open.entry(network).or_default();
        let (mut opened, mut closed) = (0, 0);
        for (index, (place, until)) in (0_u32..).zip(places) {
            if refused.contains(&index) {
                closed += 1;
            } else {
                open.insert(place, until);
                opened += 1;
            }
        }
        let figures = self.garden.figures(network);
        figures.opened += opened;
        figures.refused += closed;
        self.release(id, network, true);
    }

    /// The kernel may have lost what was open, or other names are in force.
    pub(super) fn forget_openings(&mut self) {
        self.garden.open.clear();
        for (id, waiting) in std::mem::take(&mut self.garden.waiting) {
            self.release(id, waiting.network, false);
        }
    }

    fn release(&mut self, id: RequestId, network: NetworkId, may: bool) {
        if self.rules(network).is_some() {
            let figures = self.garden.figures(network);
            if may {
                figures.answers += 1;
            } else {
                figures.held_back += 1;
            }
        }
        self.outbox.push(Command::Release { id, may });
    }

    /// Destinations that are open by name, in order of networks and addresses.
    pub fn destinations(&self, now: Now) -> impl Iterator<Item = Destination> {
        let of_network = move |(network, open): (&NetworkId, &BTreeMap<Place, Boot>)| {
            let network = *network;
            let places = open.iter().filter(move |(_, until)| **until > now.boot);
            let places = places.map(move |(&(address, port), until)| Destination {
                network,
                address,
                port,
                left_ms: until.since(now.boot),
            });
            places.collect::<Vec<_>>()
        };
        self.garden.open.iter().flat_map(of_network)
    }

    /// Figures of the gardens.
    #[must_use]
    pub fn gardens(&self, now: Now) -> BTreeMap<NetworkId, GardenFigures> {
        let figures = self.policy.networks.keys().map(|network| {
            let open = self
                .garden
                .open
                .get(network)
                .map_or(0, |open| open.values().filter(|until| **until > now.boot).count());
            let counted = self.garden.figures.get(network).copied().unwrap_or_default();
            (*network, GardenFigures { open, ..counted })
        });
        figures.collect()
    }
}

#[cfg(test)]
#[path = "garden_tests.rs"]
mod tests;
