//! DHCPv6 messages of clients (RFC 8415).

use std::net::Ipv6Addr;

use crate::model::Mac;
use crate::wire::ip::{self, Packet};
use crate::wire::{Addresses, FrameError, Notice, Protocol};

/// Where servers and relays listen (RFC 8415, section 7.2).
const SERVER_PORT: u16 = 547;
/// Bytes of message type and transaction identifier (section 8).
const HEADER: usize = 4;
/// Option IA_NA: identifier, T1, T2, options (section 21.4).
const IA_NA: u16 = 3;
/// Where the options of an IA_NA begin.
const IA_NA_OPTIONS: usize = 12;
/// Option IA_TA: identifier, options (section 21.5).
const IA_TA: u16 = 4;
/// Where the options of an IA_TA begin.
const IA_TA_OPTIONS: usize = 4;
/// Option IA Address: address, two lifetimes, options (section 21.6).
const IA_ADDRESS: u16 = 5;

/// The message types of clients (RFC 8415, section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindV6 {
    /// Looks for servers.
    Solicit,
    /// Asks for addresses.
    Request,
    /// Asks whether its addresses still fit the link.
    Confirm,
    /// Keeps its addresses, asking the server that gave them.
    Renew,
    /// Keeps its addresses, asking any server.
    Rebind,
    /// Gives addresses back.
    Release,
    /// The addresses given are somebody else's.
    Decline,
    /// Asks for settings only.
    InformationRequest,
}

/// A client's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageV6 {
    /// Which.
    pub kind: KindV6,
    /// Addresses of its identity associations; wished, held or given back according to `kind`.
    pub addresses: Addresses,
}

/// Reads a UDP payload; `None` for the messages of servers and relays.
///
/// # Errors
/// [`FrameError::Truncated`]; [`FrameError::Address`]; [`FrameError::Field`].
pub fn parse_v6(bytes: &[u8]) -> Result<Option<MessageV6>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the DHCPv6 message");
    let kind = match bytes.first().ok_or(SHORT)? {
        1 => KindV6::Solicit,
        3 => KindV6::Request,
        4 => KindV6::Confirm,
        5 => KindV6::Renew,
        6 => KindV6::Rebind,
        8 => KindV6::Release,
        9 => KindV6::Decline,
        11 => KindV6::InformationRequest,
        _ => return Ok(None),
    };
    let mut addresses = Addresses::NONE;
    for_each_option(bytes.get(HEADER..).ok_or(SHORT)?, |code, value| match code {
        IA_NA => read_association(value, IA_NA_OPTIONS, &mut addresses),
        IA_TA => read_association(value, IA_TA_OPTIONS, &mut addresses),
        _ => Ok(()),
    })?;
    Ok(Some(MessageV6 { kind, addresses }))
}

/// Collects the addresses of an IA_NA or IA_TA. The unspecified address stands for "any" in a wish.
fn read_association(value: &[u8], options_at: usize, addresses: &mut Addresses) -> Result<(), FrameError> {
    let options = value
        .get(options_at..)
        .ok_or(FrameError::Truncated("a DHCPv6 option"))?;
    for_each_option(options, |code, value| {
        if code != IA_ADDRESS {
            return Ok(());
        }
        let octets = value
            .first_chunk::<16>()
            .ok_or(FrameError::Truncated("a DHCPv6 option"))?;
        let address = Ipv6Addr::from_octets(*octets);
        if address.is_unspecified() {
            return Ok(());
        }
        addresses.add(address)
    })
}

/// Walks options: code, length, value (RFC 8415, section 21.1).
fn for_each_option(
    mut bytes: &[u8],
    mut read: impl FnMut(u16, &[u8]) -> Result<(), FrameError>,
) -> Result<(), FrameError> {
    const SHORT: FrameError = FrameError::Truncated("a DHCPv6 option");
    while !bytes.is_empty() {
        let (header, rest) = bytes.split_first_chunk::<4>().ok_or(SHORT)?;
        let [code_high, code_low, len_high, len_low] = *header;
        let len = usize::from(u16::from_be_bytes([len_high, len_low]));
        let (value, rest) = rest.split_at_checked(len).ok_or(SHORT)?;
        read(u16::from_be_bytes([code_high, code_low]), value)?;
        bytes = rest;
    }
    Ok(())
}

/// What an IPv6 packet with UDP inside, in a frame from `source`, tells of it: its link-local source,
/// and when it renews or gives back, the addresses of its associations.
///
/// # Errors
/// Those of [`parse_v6`] and [`ip::parse_udp`]; [`FrameError::Field`] when a message to the multicast
/// group comes from an address that is not link-local (RFC 8415, section 18.2; only a message sent
/// straight to a server that allows it may come from another).
pub fn notice_v6(source: Mac, packet: &Packet<'_, Ipv6Addr>) -> Result<Option<Notice>, FrameError> {
    let datagram = ip::parse_udp(packet.payload)?;
    if datagram.destination != SERVER_PORT {
        return Ok(None);
    }
    let Some(message) = parse_v6(datagram.payload)? else {
        return Ok(None);
    };
    if packet.destination.is_multicast() && !packet.source.is_unicast_link_local() {
        return Err(FrameError::Field("the DHCPv6 source"));
    }
    let mut uses = Addresses::one(packet.source)?;
    let mut leaves = Addresses::NONE;
    match message.kind {
        KindV6::Renew | KindV6::Rebind => {
            for address in message.addresses.as_slice() {
                uses.add(*address)?;
            }
        }
        KindV6::Release | KindV6::Decline => leaves = message.addresses,
        KindV6::Solicit | KindV6::Request | KindV6::Confirm | KindV6::InformationRequest => {}
    }
    Ok(Some(Notice {
        mac: source,
        by: Protocol::Dhcp,
        uses,
        leaves,
    }))
}
