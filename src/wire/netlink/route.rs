//! Neighbours, bridge forwarding entries, links and their addresses (`NETLINK_ROUTE`,
//! <linux/rtnetlink.h>, <linux/neighbour.h>, <linux/if_addr.h>). All in host byte order except addresses.

use std::net::IpAddr;

use ipnet::IpNet;

use super::message::{Message, Writer, flag};
use crate::model::Mac;

/// The socket groups of [`RouteEvent`]s: `RTNLGRP_LINK`, `RTNLGRP_NEIGH` (which carries the bridges'
/// forwarding entries too), `RTNLGRP_IPV4_IFADDR`, `RTNLGRP_IPV6_IFADDR`.
pub const GROUPS: u32 = 1 | 1 << 2 | 1 << 4 | 1 << 8;

/// `RTM_*`.
const NEW_LINK: u16 = 16;
const DELETE_LINK: u16 = 17;
const GET_LINK: u16 = 18;
const NEW_ADDRESS: u16 = 20;
const DELETE_ADDRESS: u16 = 21;
const GET_ADDRESS: u16 = 22;
const NEW_NEIGHBOUR: u16 = 28;
const DELETE_NEIGHBOUR: u16 = 29;
const GET_NEIGHBOUR: u16 = 30;
/// Bytes of `struct ndmsg`.
const NDMSG: usize = 12;
/// Bytes of `struct ifinfomsg`.
const IFINFOMSG: usize = 16;
/// Bytes of `struct ifaddrmsg`.
const IFADDRMSG: usize = 8;
/// `IFA_*`.
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
/// `NDA_*`.
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;
const NDA_MASTER: u16 = 9;
/// `IFLA_*`.
const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MASTER: u16 = 10;
/// `IFF_UP`.
const IFF_UP: u32 = 1;
/// `NUD_INCOMPLETE | NUD_FAILED`: the kernel knows no (longer a) MAC.
const NUD_UNKNOWN: u16 = 0x01 | 0x20;
/// `NUD_NOARP`: needs no look-up (multicast, loopback), so it is not a station.
const NUD_NOARP: u16 = 0x40;
/// `NUD_PERMANENT`: of a bridge's own ports, not of a station.
const NUD_PERMANENT: u16 = 0x80;
/// `AF_UNSPEC`.
const AF_UNSPEC: u8 = 0;
/// `AF_INET`.
const AF_INET: u8 = 2;
/// `AF_BRIDGE`.
const AF_BRIDGE: u8 = 7;
/// `AF_INET6`.
const AF_INET6: u8 = 10;

/// An address that the kernel has tied to a MAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Neighbour {
    /// Interface index.
    pub interface: u32,
    /// The address.
    pub address: IpAddr,
    /// Its MAC; none while the kernel is asking, and after nobody answered.
    pub mac: Option<Mac>,
}

/// A MAC that a bridge has learned on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgeEntry {
    /// Interface index of the port.
    pub port: u32,
    /// Interface index of the bridge, where told.
    pub bridge: Option<u32>,
    /// The MAC.
    pub mac: Mac,
}

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Interface index.
    pub index: u32,
    /// Name.
    pub name: String,
    /// Administratively up.
    pub up: bool,
    /// Index of the bridge (or bond) that it is a port of.
    pub master: Option<u32>,
    /// Its own MAC, where it has one.
    pub mac: Option<Mac>,
}

/// An address of one of the machine's own interfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnAddress {
    /// Interface index.
    pub interface: u32,
    /// The address.
    pub address: IpAddr,
    /// What is reached directly by it.
    pub prefix: IpNet,
}

/// A change that the kernel announced, or an entry of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteEvent {
    /// New or changed.
    Neighbour(Neighbour),
    /// Removed.
    NeighbourGone(Neighbour),
    /// A station seen on a port for the first time, or on another one, or again.
    Bridge(BridgeEntry),
    /// Aged out or removed.
    BridgeGone(BridgeEntry),
    /// New or changed.
    Link(Link),
    /// Removed.
    LinkGone(Link),
    /// New or changed.
    Address(OwnAddress),
    /// Removed.
    AddressGone(OwnAddress),
}

/// What can be dumped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// All interfaces.
    Links,
    /// Own addresses of both families.
    Addresses,
    /// IPv4 neighbours.
    Neighbours4,
    /// IPv6 neighbours.
    Neighbours6,
    /// Bridges' forwarding entries.
    Bridges,
}

impl Table {
    /// All of them, in the order in which a listener wants them.
    pub const ALL: [Self; 5] = [
        Self::Links,
        Self::Addresses,
        Self::Bridges,
        Self::Neighbours4,
        Self::Neighbours6,
    ];
}

/// Asks for the MAC of one address on one interface; `ENOENT` when the kernel does not know it.
pub fn get_neighbour(out: &mut Writer, seq: u32, interface: u32, address: IpAddr) {
    out.message(GET_NEIGHBOUR, 0, seq, |out| match address {
        IpAddr::V4(ip) => {
            neighbour_header(out, AF_INET, interface);
            out.attribute(NDA_DST, &ip.octets());
        }
        IpAddr::V6(ip) => {
            neighbour_header(out, AF_INET6, interface);
            out.attribute(NDA_DST, &ip.octets());
        }
    });
}

/// Asks for everything in a table.
pub fn dump(out: &mut Writer, seq: u32, table: Table) {
    let kind = match table {
        Table::Links => GET_LINK,
        Table::Addresses => GET_ADDRESS,
        Table::Neighbours4 | Table::Neighbours6 | Table::Bridges => GET_NEIGHBOUR,
    };
    out.message(kind, flag::DUMP, seq, |out| match table {
        Table::Links => out.raw(&[0; IFINFOMSG]),
        Table::Addresses => out.raw(&[0; IFADDRMSG]),
        Table::Neighbours4 => neighbour_header(out, AF_INET, 0),
        Table::Neighbours6 => neighbour_header(out, AF_INET6, 0),
        Table::Bridges => neighbour_header(out, AF_BRIDGE, 0),
    });
}

fn neighbour_header(out: &mut Writer, family: u8, interface: u32) {
    out.raw(&[family, 0, 0, 0]);
    out.raw(&interface.to_ne_bytes());
    out.raw(&[0; 4]);
}

/// Reads one message; `None` is something else.
#[must_use]
pub fn decode_route(message: &Message<'_>) -> Option<RouteEvent> {
    match message.kind {
        NEW_NEIGHBOUR | DELETE_NEIGHBOUR => decode_neighbour(message, message.kind == DELETE_NEIGHBOUR),
        NEW_LINK => Some(RouteEvent::Link(decode_link(message)?)),
        DELETE_LINK => Some(RouteEvent::LinkGone(decode_link(message)?)),
        NEW_ADDRESS => Some(RouteEvent::Address(decode_own(message)?)),
        DELETE_ADDRESS => Some(RouteEvent::AddressGone(decode_own(message)?)),
        _ => None,
    }
}

fn decode_own(message: &Message<'_>) -> Option<OwnAddress> {
    let (header, _) = message.payload.split_first_chunk::<IFADDRMSG>()?;
    let (family, length) = (header[0], header[1]);
    let (mut address, mut local) = (None, None);
    for attribute in message.attributes(IFADDRMSG) {
        match attribute.kind {
            IFA_ADDRESS => address = decode_address(family, attribute.payload),
            IFA_LOCAL => local = decode_address(family, attribute.payload),
            _ => {}
        }
    }
    // Between two ends of a line the first is the other end's.
    let on_link = address.or(local)?;
    Some(OwnAddress {
        interface: number_at(header, 4)?,
        address: local.unwrap_or(on_link),
        prefix: IpNet::new(on_link, length).ok()?.trunc(),
    })
}

fn decode_neighbour(message: &Message<'_>, gone: bool) -> Option<RouteEvent> {
    let (header, _) = message.payload.split_first_chunk::<NDMSG>()?;
    let family = header[0];
    let interface = number_at(header, 4)?;
    let state = u16::from_ne_bytes([header[8], header[9]]);
    let (mut address, mut mac, mut master) = (None, None, None);
    for attribute in message.attributes(NDMSG) {
        match attribute.kind {
            NDA_DST => address = decode_address(family, attribute.payload),
            NDA_LLADDR => mac = decode_mac(attribute.payload),
            NDA_MASTER => master = attribute.ne32(),
            _ => {}
        }
    }
    if family == AF_BRIDGE {
        // The bridge's and its ports' own addresses are permanent entries.
        let mac = mac.filter(|_| state & NUD_PERMANENT == 0)?;
        let entry = BridgeEntry {
            port: interface,
            bridge: master,
            mac,
        };
        return Some(if gone {
            RouteEvent::BridgeGone(entry)
        } else {
            RouteEvent::Bridge(entry)
        });
    }
    if state & NUD_NOARP != 0 {
        return None;
    }
    let neighbour = Neighbour {
        interface,
        address: address?,
        mac: mac.filter(|_| state & NUD_UNKNOWN == 0),
    };
    Some(if gone {
        RouteEvent::NeighbourGone(neighbour)
    } else {
        RouteEvent::Neighbour(neighbour)
    })
}

fn decode_link(message: &Message<'_>) -> Option<Link> {
    let (header, _) = message.payload.split_first_chunk::<IFINFOMSG>()?;
    // A link message of the bridge family is about the port's membership, not about the link: a
    // "deleted" one means that the port left the bridge.
    if header[0] != AF_UNSPEC {
        return None;
    }
    let (mut name, mut master, mut mac) = (None, None, None);
    for attribute in message.attributes(IFINFOMSG) {
        match attribute.kind {
            IFLA_IFNAME => name = attribute.text(),
            IFLA_MASTER => master = attribute.ne32(),
            IFLA_ADDRESS => mac = decode_mac(attribute.payload),
            _ => {}
        }
    }
    Some(Link {
        index: number_at(header, 4)?,
        name: name?.to_owned(),
        up: number_at(header, 8)? & IFF_UP != 0,
        master,
        mac,
    })
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    let number = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*number))
}

fn decode_mac(bytes: &[u8]) -> Option<Mac> {
    Mac::new(bytes.try_into().ok()?).ok()
}

fn decode_address(family: u8, bytes: &[u8]) -> Option<IpAddr> {
    match family {
        AF_INET => Some(IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        AF_INET6 => Some(IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        _ => None,
    }
}
