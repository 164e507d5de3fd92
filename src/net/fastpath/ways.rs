//! Where packets go from here, as the kernel's routing says, remembered until it says something else.

use std::collections::HashMap;
use std::net::IpAddr;

use crate::model::Mac;
use crate::net::neighbours::Neighbours;
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::message::messages;
use crate::wire::netlink::route::{self, GROUPS, RouteEvent};
use crate::wire::netlink::way::{self, Device, Question, ROUTING_GROUPS};

/// Next hops that may be used: what changes about them has to be noticed.
const MOST_HOPS: usize = 4_096;

/// The next hop of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) mac: Mac,
    /// Bytes of IP that the way takes.
    pub(super) longest: u32,
}

/// Routing, neighbours, interfaces.
#[derive(Debug)]
pub(super) struct Ways {
    queries: Socket,
    neighbours: Neighbours,
    changes: Socket,
    devices: HashMap<u32, Device>,
    hops: HashMap<(u32, IpAddr), Mac>,
}

impl Ways {
    /// Opens the sockets.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub(super) fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            queries: Socket::open(None)?,
            neighbours: Neighbours::open()?,
            changes: Socket::listen(None, GROUPS | ROUTING_GROUPS)?,
            devices: HashMap::new(),
            hops: HashMap::new(),
        })
    }

    /// What tells changes; see [`Ways::have_changed`].
    pub(super) const fn changes(&self) -> &Socket {
        &self.changes
    }

    /// Takes in what has changed; whether anything that was told may be true no more. Only `interfaces` matter.
    pub(super) fn have_changed(&mut self, interfaces: &[u32]) -> bool {
        let mut changed = false;
        loop {
            match self.changes.receive() {
                Ok(datagram) => {
                    let hops = &self.hops;
                    changed |= messages(datagram).any(|message| match route::decode_route(&message) {
                        Some(RouteEvent::Neighbour(neighbour)) => hops
                            .get(&(neighbour.interface, neighbour.address))
                            .is_some_and(|known| Some(*known) != neighbour.mac),
                        Some(RouteEvent::NeighbourGone(neighbour)) => {
                            hops.contains_key(&(neighbour.interface, neighbour.address))
                        }
                        Some(RouteEvent::Link(link) | RouteEvent::LinkGone(link)) => {
                            interfaces.contains(&link.index)
                        }
                        Some(RouteEvent::Address(_) | RouteEvent::AddressGone(_)) => true,
                        Some(RouteEvent::Bridge(_) | RouteEvent::BridgeGone(_)) => false,
                        None => way::is_routing(&message),
                    });
                }
                Err(NetlinkError::NoAnswer) => break,
                // Lost, or worse: anything may have changed.
                Err(_) => {
                    changed = true;
                    break;
                }
            }
        }
        if changed {
            self.devices.clear();
            self.hops.clear();
        }
        changed
    }

    /// The next hop of a packet that leaves by the interface `by`; `None` where the kernel would do something else
    /// with it, or does not know the neighbour.
    pub(super) fn hop(&mut self, question: &Question, by: u32) -> Result<Option<Hop>, NetlinkError> {
        let answer = self
            .queries
            .ask(|out, seq| way::get_way(out, seq, question), way::decode_way);
        let way = match answer {
            Ok(way) => way,
            // Unreachable, prohibited.
            Err(NetlinkError::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        let Some(way) = way.filter(|way| way.is_unicast && way.leaves_by == by) else {
            return Ok(None);
        };
        let Some(device) = self.device(by)? else {
            return Ok(None);
        };
        let mac = self.router(by, way.gateway.unwrap_or(question.to))?;
        Ok(mac.map(|mac| Hop {
            mac,
            longest: way.mtu.map_or(device.mtu, |mtu| mtu.min(device.mtu)),
        }))
    }

    /// The MAC of a neighbour.
    pub(super) fn neighbour(&mut self, interface: u32, address: IpAddr) -> Result<Option<Mac>, NetlinkError> {
        self.neighbours.mac_of(interface, address)
    }

    /// The same, remembered.
    fn router(&mut self, interface: u32, address: IpAddr) -> Result<Option<Mac>, NetlinkError> {
        if let Some(mac) = self.hops.get(&(interface, address)) {
            return Ok(Some(*mac));
        }
        let mac = self.neighbour(interface, address)?;
        if self.hops.len() >= MOST_HOPS {
            return Ok(None);
        }
        self.hops.extend(mac.map(|mac| ((interface, address), mac)));
        Ok(mac)
    }

    /// An interface, if it is one of Ethernet with a MAC.
    pub(super) fn device(&mut self, index: u32) -> Result<Option<Device>, NetlinkError> {
        if let Some(device) = self.devices.get(&index) {
            return Ok(Some(*device));
        }
        let device = self
            .queries
            .ask(|out, seq| way::get_link(out, seq, index), way::decode_device)?;
        let device = device.filter(|device| device.is_ethernet && device.mac.is_some());
        self.devices.extend(device.map(|device| (index, device)));
        Ok(device)
    }
}
