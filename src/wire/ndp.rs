//! Neighbour discovery (RFC 4861) and duplicate address detection (RFC 4862): the three messages
//! that hosts send.
//!
//! Options are walked by hand: `pnet_packet` computes their length in eight bits, which overflows
//! from 32 units on.

use std::net::Ipv6Addr;

use pnet_packet::icmpv6::ndp::{NdpOptionType, NdpOptionTypes, NeighborAdvertPacket, NeighborSolicitPacket};
use pnet_packet::icmpv6::{self, Icmpv6Packet, Icmpv6Types};

use super::ip::Packet;
use super::{Addresses, FrameError, Notice, Protocol};
use crate::model::Mac;

/// Every valid message still has the hop limit it was sent with: it crossed no router (RFC 4861,
/// section 7.1).
const HOP_LIMIT: u8 = 255;
/// Where the options of a router solicitation begin (RFC 4861, section 4.1).
const RS_OPTIONS: usize = 8;
/// Where the options of a neighbour solicitation or advertisement begin (sections 4.3 and 4.4).
const NEIGHBOUR_OPTIONS: usize = 24;
/// The flag "solicited" of a neighbour advertisement (section 4.4).
const SOLICITED: u8 = 0x40;

/// A message of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Asks for routers.
    RouterSolicitation,
    /// Asks for the link-layer address of `target`; from the unspecified address it asks whether
    /// `target` is free for the sender to use (RFC 4862, section 5.4).
    Solicitation {
        /// Asked for.
        target: Ipv6Addr,
    },
    /// Tells that the sender has `target`.
    Advertisement {
        /// Told of.
        target: Ipv6Addr,
    },
}

/// A message with the link-layer address it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ndp {
    /// Which message.
    pub message: Message,
    /// Of the source link-layer option (solicitations) or the target's (advertisements).
    pub link_layer: Option<[u8; 6]>,
}

/// Reads and validates an ICMPv6 packet (RFC 4861, sections 6.1.1, 7.1.1 and 7.1.2); `None` for the
/// messages of routers and everything that is not neighbour discovery.
///
/// # Errors
/// [`FrameError::Truncated`] or [`FrameError::Field`].
pub fn parse(packet: &Packet<'_, Ipv6Addr>) -> Result<Option<Ndp>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the ND message");
    let bytes = packet.payload;
    let header = Icmpv6Packet::new(bytes).ok_or(SHORT)?;
    let kind = header.get_icmpv6_type();
    let options_at = match kind {
        Icmpv6Types::RouterSolicit => RS_OPTIONS,
        Icmpv6Types::NeighborSolicit | Icmpv6Types::NeighborAdvert => NEIGHBOUR_OPTIONS,
        _ => return Ok(None),
    };
    if packet.hops != HOP_LIMIT {
        return Err(FrameError::Field("the ND hop limit"));
    }
    if header.get_icmpv6_code().0 != 0 {
        return Err(FrameError::Field("the ND code"));
    }
    if header.get_checksum() != icmpv6::checksum(&header, &packet.source, &packet.destination) {
        return Err(FrameError::Field("the ICMPv6 checksum"));
    }
    let options = bytes.get(options_at..).ok_or(SHORT)?;
    let (message, option) = match kind {
        Icmpv6Types::RouterSolicit => (Message::RouterSolicitation, NdpOptionTypes::SourceLLAddr),
        Icmpv6Types::NeighborSolicit => {
            let body = NeighborSolicitPacket::new(bytes).ok_or(SHORT)?;
            let target = body.get_target_addr();
            (Message::Solicitation { target }, NdpOptionTypes::SourceLLAddr)
        }
        _ => {
            let body = NeighborAdvertPacket::new(bytes).ok_or(SHORT)?;
            if packet.destination.is_multicast() && body.get_flags() & SOLICITED != 0 {
                return Err(FrameError::Field("the NA solicited flag"));
            }
            let target = body.get_target_addr();
            (Message::Advertisement { target }, NdpOptionTypes::TargetLLAddr)
        }
    };
    let link_layer = link_layer(options, option)?;
    check_source(packet, message, link_layer.is_some())?;
    Ok(Some(Ndp { message, link_layer }))
}

/// The rules on the unspecified source: it may only solicit, tells no link-layer address, and sends
/// duplicate address detection to a solicited-node address.
fn check_source(
    packet: &Packet<'_, Ipv6Addr>,
    message: Message,
    has_link_layer: bool,
) -> Result<(), FrameError> {
    if !packet.source.is_unspecified() {
        return Ok(());
    }
    let solicited_node = matches!(
        packet.destination.segments(),
        [0xff02, 0, 0, 0, 0, 1, 0xff00..=0xffff, _]
    );
    match message {
        Message::Advertisement { .. } => Err(FrameError::Field("the NA source")),
        _ if has_link_layer => Err(FrameError::Field("a link-layer option without source")),
        Message::Solicitation { .. } if !solicited_node => Err(FrameError::Field("the NS destination")),
        Message::Solicitation { .. } | Message::RouterSolicitation => Ok(()),
    }
}

/// Walks all options (section 4.6): type, length in units of eight bytes, value. A length of zero
/// makes the whole message invalid.
fn link_layer(mut options: &[u8], wanted: NdpOptionType) -> Result<Option<[u8; 6]>, FrameError> {
    let mut found = None;
    while let [kind, units, ..] = *options {
        if units == 0 {
            return Err(FrameError::Field("an ND option's length"));
        }
        let (option, rest) = options
            .split_at_checked(usize::from(units) * 8)
            .ok_or(FrameError::Truncated("an ND option"))?;
        if NdpOptionType(kind) == wanted {
            found = option.get(2..8).and_then(|mac| <[u8; 6]>::try_from(mac).ok());
        }
        options = rest;
    }
    if options.is_empty() {
        Ok(found)
    } else {
        Err(FrameError::Truncated("an ND option"))
    }
}

/// What an ICMPv6 packet in a frame from `source` tells of it.
///
/// # Errors
/// Those of [`parse`]; [`FrameError::OtherMac`]; [`FrameError::Address`].
pub fn notice(source: Mac, packet: &Packet<'_, Ipv6Addr>) -> Result<Option<Notice>, FrameError> {
    let Some(ndp) = parse(packet)? else {
        return Ok(None);
    };
    if ndp.link_layer.is_some_and(|told| told != source.octets()) {
        return Err(FrameError::OtherMac("ND"));
    }
    let mut uses = Addresses::NONE;
    if !packet.source.is_unspecified() {
        uses.add(packet.source)?;
    }
    match ndp.message {
        Message::Advertisement { target } => uses.add(target)?,
        Message::Solicitation { target } if packet.source.is_unspecified() => uses.add(target)?,
        Message::Solicitation { .. } | Message::RouterSolicitation => {}
    }
    Ok(Some(Notice {
        mac: source,
        by: Protocol::Ndp,
        uses,
        leaves: Addresses::NONE,
    }))
}
