//! What one captured frame tells of a station, whichever protocol told it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use pnet_packet::ethernet::EtherTypes;
use pnet_packet::ip::IpNextHeaderProtocols;

use super::{arp, dhcp, ethernet, ip, ndp};
use crate::model::{Mac, MacError};

/// The protocol that a station was noticed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// DHCPv4 or DHCPv6.
    Dhcp,
    /// ARP.
    Arp,
    /// Neighbour or router discovery.
    Ndp,
}

/// A sign of life of a station, and what it says of its addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Notice {
    /// The Ethernet source, which the packet inside agrees with.
    pub mac: Mac,
    /// Told by.
    pub by: Protocol,
    /// Addresses the station uses, or claims by duplicate address detection. Wishes (DHCPDISCOVER,
    /// DHCPREQUEST with option 50, DHCPv6 Solicit, Request, Confirm) are not among them.
    pub uses: Addresses,
    /// Addresses the station gives back (DHCP Release and Decline).
    pub leaves: Addresses,
}

/// Up to [`Addresses::MOST`] different addresses a station may have, without allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    list: [IpAddr; Self::MOST],
    len: usize,
}

/// Why a frame was dropped. Counted; never a reason to stop reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The frame ends before its own headers or lengths say.
    #[error("{0} is cut short")]
    Truncated(&'static str),
    /// The Ethernet source is no station's address.
    #[error("the Ethernet source is wrong: {0}")]
    Source(#[from] MacError),
    /// The packet tells another MAC than the frame's source: a forged or a proxied packet.
    #[error("{0} tells another MAC than the frame's source")]
    OtherMac(&'static str),
    /// The packet tells an address that no station can have (multicast, loopback, broadcast …).
    #[error("an address that no station can have")]
    Address,
    /// A field breaks its protocol's rule.
    #[error("{0} is wrong")]
    Field(&'static str),
}

impl Addresses {
    /// More than a station tells in one packet.
    pub const MOST: usize = 8;
    /// None.
    pub const NONE: Self = Self {
        list: [IpAddr::V4(Ipv4Addr::UNSPECIFIED); Self::MOST],
        len: 0,
    };

    /// One address.
    ///
    /// # Errors
    /// [`FrameError::Address`] when no station can have it.
    pub fn one(address: impl Into<IpAddr>) -> Result<Self, FrameError> {
        let mut addresses = Self::NONE;
        addresses.add(address)?;
        Ok(addresses)
    }

    /// Adds an address that is not there yet.
    ///
    /// # Errors
    /// [`FrameError::Address`] when no station can have it; [`FrameError::Field`] when there are
    /// [`Addresses::MOST`] already.
    pub fn add(&mut self, address: impl Into<IpAddr>) -> Result<(), FrameError> {
        let address = address.into();
        if !may_be_a_stations(address) {
            return Err(FrameError::Address);
        }
        if self.as_slice().contains(&address) {
            return Ok(());
        }
        let free = self
            .list
            .get_mut(self.len)
            .ok_or(FrameError::Field("number of addresses"))?;
        *free = address;
        self.len += 1;
        Ok(())
    }

    /// The addresses in the order told.
    #[must_use]
    pub fn as_slice(&self) -> &[IpAddr] {
        self.list.get(..self.len).unwrap_or_default()
    }
}

/// Whether a station may have the address: unicast, of a scope that reaches beyond the host, and not
/// one family disguised as the other.
#[must_use]
pub const fn may_be_a_stations(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => may_be_v4(v4),
        IpAddr::V6(v6) => may_be_v6(v6),
    }
}

/// Excludes "this network" 0/8 and loopback 127/8 (RFC 1122, section 3.2.1.3), multicast, class E
/// and broadcast 224/3 (RFC 1112, section 4).
const fn may_be_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first != 0 && first != 127 && first < 224
}

/// Excludes multicast, and everything under ::/96 and ::ffff:0:0/96: unspecified, loopback and the
/// embedded IPv4 addresses (RFC 4291, section 2.5).
const fn may_be_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = matches!(segments, [0, 0, 0, 0, 0, 0 | 0xffff, _, _]);
    !embedded && segments[0] < 0xff00
}

/// Reads a captured frame, from its Ethernet destination on.
///
/// `Ok(None)` is a frame that says nothing of a station: another protocol, a server's or router's
/// message, a fragment.
///
/// # Errors
/// [`FrameError`]: malformed or forged.
pub fn notice(frame: &[u8]) -> Result<Option<Notice>, FrameError> {
    let frame = ethernet::parse(frame)?;
    match frame.ether_type {
        EtherTypes::Arp => arp::notice(frame.source, frame.payload),
        EtherTypes::Ipv4 => {
            let Some(packet) = ip::parse_v4(frame.payload)? else {
                return Ok(None);
            };
            match packet.protocol {
                IpNextHeaderProtocols::Udp => dhcp::notice_v4(frame.source, &packet),
                _ => Ok(None),
            }
        }
        EtherTypes::Ipv6 => {
            let packet = ip::parse_v6(frame.payload)?;
            match packet.protocol {
                IpNextHeaderProtocols::Udp => dhcp::notice_v6(frame.source, &packet),
                IpNextHeaderProtocols::Icmpv6 => ndp::notice(frame.source, &packet),
                _ => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests;
