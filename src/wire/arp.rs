//! ARP (RFC 826) over Ethernet and IPv4, with address conflict detection (RFC 5227).

use std::net::Ipv4Addr;

use pnet_packet::arp::{ArpHardwareTypes, ArpOperations, ArpPacket};
use pnet_packet::ethernet::EtherTypes;

use super::{Addresses, FrameError, Notice, Protocol};
use crate::model::Mac;

/// The kinds of ARP packet (RFC 5227, section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Asks who has the target address.
    Request,
    /// Asks on behalf of nobody whether the target address is free; the asker has no address yet.
    Probe,
    /// Tells everybody that the sender has the address.
    Announcement,
    /// Answers a request.
    Reply,
}

/// An ARP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arp {
    /// Which kind.
    pub kind: Kind,
    /// The sender's MAC as the packet tells it.
    pub sender_mac: [u8; 6],
    /// The sender's address; unspecified in a probe.
    pub sender: Ipv4Addr,
    /// The address asked for or answered to.
    pub target: Ipv4Addr,
}

/// Reads the payload of an ARP frame; `None` for other operations (RARP, InARP).
///
/// # Errors
/// [`FrameError::Truncated`]; [`FrameError::Field`] for another hardware or protocol type.
pub fn parse(bytes: &[u8]) -> Result<Option<Arp>, FrameError> {
    let packet = ArpPacket::new(bytes).ok_or(FrameError::Truncated("the ARP packet"))?;
    let types = (packet.get_hardware_type(), packet.get_protocol_type());
    if types != (ArpHardwareTypes::Ethernet, EtherTypes::Ipv4) {
        return Err(FrameError::Field("an ARP type"));
    }
    if (packet.get_hw_addr_len(), packet.get_proto_addr_len()) != (6, 4) {
        return Err(FrameError::Field("an ARP length"));
    }
    let (sender, target) = (packet.get_sender_proto_addr(), packet.get_target_proto_addr());
    let kind = match packet.get_operation() {
        ArpOperations::Request if sender.is_unspecified() => Kind::Probe,
        ArpOperations::Request | ArpOperations::Reply if sender == target => Kind::Announcement,
        ArpOperations::Request => Kind::Request,
        ArpOperations::Reply => Kind::Reply,
        _ => return Ok(None),
    };
    Ok(Some(Arp {
        kind,
        sender_mac: packet.get_sender_hw_addr().octets(),
        sender,
        target,
    }))
}

/// What the payload of an ARP frame from `source` tells of it.
///
/// # Errors
/// Those of [`parse`]; [`FrameError::OtherMac`]; [`FrameError::Address`].
pub fn notice(source: Mac, bytes: &[u8]) -> Result<Option<Notice>, FrameError> {
    let Some(arp) = parse(bytes)? else {
        return Ok(None);
    };
    if arp.sender_mac != source.octets() {
        return Err(FrameError::OtherMac("ARP"));
    }
    let uses = match arp.kind {
        Kind::Probe => Addresses::NONE,
        Kind::Request | Kind::Announcement | Kind::Reply => Addresses::one(arp.sender)?,
    };
    Ok(Some(Notice {
        mac: source,
        by: Protocol::Arp,
        uses,
        leaves: Addresses::NONE,
    }))
}
