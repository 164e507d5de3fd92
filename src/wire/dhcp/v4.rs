//! DHCPv4 messages of clients (RFC 2131, options of RFC 2132).

use std::net::Ipv4Addr;

use pnet_packet::dhcp::{DhcpHardwareTypes, DhcpOperations, DhcpPacket};

use crate::model::Mac;
use crate::wire::ip::{self, Packet};
use crate::wire::{Addresses, FrameError, Notice, Protocol};

/// Where servers listen (RFC 2131, section 4.1).
const SERVER_PORT: u16 = 67;
/// Where the options begin: behind 236 bytes of BOOTP header and the cookie (section 3).
const OPTIONS: usize = 240;
/// The first four bytes of the options field (section 3).
const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Option "pad": one byte (RFC 2132, section 3.1).
const PAD: u8 = 0;
/// Option "end": one byte (section 3.2).
const END: u8 = 255;
/// Option "requested IP address" (section 9.1).
const REQUESTED: u8 = 50;
/// Option "DHCP message type" (section 9.6).
const MESSAGE_TYPE: u8 = 53;

/// The message types of clients (RFC 2132, section 9.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindV4 {
    /// Looks for servers.
    Discover,
    /// Asks for an address, or to keep the one it has.
    Request,
    /// The address offered is somebody else's.
    Decline,
    /// Gives its address back.
    Release,
    /// Has an address, asks for the other settings.
    Inform,
}

/// A client's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageV4 {
    /// Which.
    pub kind: KindV4,
    /// The client's MAC as the message tells it.
    pub client: [u8; 6],
    /// The address the client has and answers ARP for (`ciaddr`).
    pub has: Option<Ipv4Addr>,
    /// The address the client would like (option 50).
    pub wishes: Option<Ipv4Addr>,
}

/// Reads a UDP payload; `None` for servers' messages, plain BOOTP, and what a relay passes on.
///
/// # Errors
/// [`FrameError::Truncated`]; [`FrameError::Field`].
pub fn parse_v4(bytes: &[u8]) -> Result<Option<MessageV4>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the DHCP message");
    let header = DhcpPacket::new(bytes).ok_or(SHORT)?;
    let options = bytes.get(OPTIONS..).ok_or(SHORT)?;
    if header.get_op() != DhcpOperations::Request || !header.get_giaddr().is_unspecified() {
        return Ok(None);
    }
    if (header.get_htype(), header.get_hlen()) != (DhcpHardwareTypes::Ethernet, 6) {
        return Err(FrameError::Field("the DHCP hardware type"));
    }
    if bytes.get(OPTIONS - COOKIE.len()..OPTIONS) != Some(&COOKIE) {
        return Err(FrameError::Field("the DHCP cookie"));
    }
    let Options { kind, wishes } = read_options(options)?;
    let Some(kind) = kind else {
        return Ok(None);
    };
    let has = Some(header.get_ciaddr()).filter(|address| !address.is_unspecified());
    Ok(Some(MessageV4 {
        kind,
        client: header.get_chaddr().octets(),
        has,
        wishes,
    }))
}

/// The options that matter here.
struct Options {
    kind: Option<KindV4>,
    wishes: Option<Ipv4Addr>,
}

/// Walks the options up to "end" or to the last byte. The options that overload the `file` and
/// `sname` fields (RFC 2131, section 4.1) are not looked at: clients do not put these two there.
fn read_options(mut bytes: &[u8]) -> Result<Options, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("a DHCP option");
    let mut options = Options {
        kind: None,
        wishes: None,
    };
    while let [code, rest @ ..] = bytes {
        match *code {
            PAD => {
                bytes = rest;
                continue;
            }
            END => break,
            _ => {}
        }
        let [len, rest @ ..] = rest else {
            return Err(SHORT);
        };
        let (value, rest) = rest.split_at_checked(usize::from(*len)).ok_or(SHORT)?;
        match (*code, value) {
            (MESSAGE_TYPE, &[number]) => options.kind = client_kind(number),
            (REQUESTED, &[a, b, c, d]) => options.wishes = Some(Ipv4Addr::new(a, b, c, d)),
            (MESSAGE_TYPE | REQUESTED, _) => return Err(FrameError::Field("a DHCP option's length")),
            _ => {}
        }
        bytes = rest;
    }
    Ok(options)
}

/// `None` for the types of servers and unknown ones.
const fn client_kind(number: u8) -> Option<KindV4> {
    match number {
        1 => Some(KindV4::Discover),
        3 => Some(KindV4::Request),
        4 => Some(KindV4::Decline),
        7 => Some(KindV4::Release),
        8 => Some(KindV4::Inform),
        _ => None,
    }
}

/// What an IPv4 packet with UDP inside, in a frame from `source`, tells of it.
///
/// Only `ciaddr` is believed: a client fills it in when it has the address and answers ARP for it
/// (RFC 2131, table 1), whereas option 50 is a wish that the server may refuse.
///
/// # Errors
/// Those of [`parse_v4`] and [`ip::parse_udp`]; [`FrameError::OtherMac`]; [`FrameError::Address`];
/// [`FrameError::Field`] when the packet's source is neither `ciaddr` nor unspecified.
pub fn notice_v4(source: Mac, packet: &Packet<'_, Ipv4Addr>) -> Result<Option<Notice>, FrameError> {
    let datagram = ip::parse_udp(packet.payload)?;
    if datagram.destination != SERVER_PORT {
        return Ok(None);
    }
    let Some(message) = parse_v4(datagram.payload)? else {
        return Ok(None);
    };
    if message.client != source.octets() {
        return Err(FrameError::OtherMac("DHCP"));
    }
    let mut notice = Notice {
        mac: source,
        by: Protocol::Dhcp,
        uses: Addresses::NONE,
        leaves: Addresses::NONE,
    };
    if let Some(address) = message.has {
        if !packet.source.is_unspecified() && packet.source != address {
            return Err(FrameError::Field("the DHCP client address"));
        }
        match message.kind {
            KindV4::Request | KindV4::Inform => notice.uses.add(address)?,
            KindV4::Release => notice.leaves.add(address)?,
            // Neither has an address by RFC 2131, table 5.
            KindV4::Discover | KindV4::Decline => {}
        }
    }
    Ok(Some(notice))
}
