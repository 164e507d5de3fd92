//! IPv4 (RFC 791), IPv6 (RFC 8200) and UDP (RFC 768) headers, as far as stations are noticed by what
//! they carry. Payloads are cut by hand, because every length here is the sender's to choose.

use std::net::{Ipv4Addr, Ipv6Addr};

use pnet_packet::ip::IpNextHeaderProtocol;
use pnet_packet::ipv4::{self, Ipv4Packet};
use pnet_packet::ipv6::Ipv6Packet;
use pnet_packet::udp::UdpPacket;

use super::FrameError;

/// Bytes of an IPv6 header.
const V6_HEADER: usize = 40;
/// Bytes of a UDP header.
const UDP_HEADER: usize = 8;
/// The flag "more fragments" among the three IPv4 flags.
const MORE_FRAGMENTS: u8 = 0b001;

/// A packet whose payload is as long as its header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a, A> {
    /// Sender.
    pub source: A,
    /// Receiver.
    pub destination: A,
    /// TTL or hop limit.
    pub hops: u8,
    /// What is inside; in IPv6 it may be an extension header, which is not followed.
    pub protocol: IpNextHeaderProtocol,
    /// What is inside, without Ethernet padding.
    pub payload: &'a [u8],
}

/// A UDP datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// Source port.
    pub source: u16,
    /// Destination port.
    pub destination: u16,
    /// What is inside.
    pub payload: &'a [u8],
}

/// Reads an IPv4 packet; `None` when it is a fragment.
///
/// # Errors
/// [`FrameError::Truncated`]; [`FrameError::Field`] for the version, a length or the checksum.
pub fn parse_v4(bytes: &[u8]) -> Result<Option<Packet<'_, Ipv4Addr>>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the IPv4 packet");
    let header = Ipv4Packet::new(bytes).ok_or(SHORT)?;
    if header.get_version() != 4 {
        return Err(FrameError::Field("the IPv4 version"));
    }
    let header_len = usize::from(header.get_header_length()) * 4;
    let total_len = usize::from(header.get_total_length());
    if header_len < Ipv4Packet::minimum_packet_size() || total_len < header_len {
        return Err(FrameError::Field("an IPv4 length"));
    }
    let payload = bytes.get(header_len..total_len).ok_or(SHORT)?;
    if header.get_checksum() != ipv4::checksum(&header) {
        return Err(FrameError::Field("the IPv4 checksum"));
    }
    if header.get_fragment_offset() != 0 || header.get_flags() & MORE_FRAGMENTS != 0 {
        return Ok(None);
    }
    Ok(Some(Packet {
        source: header.get_source(),
        destination: header.get_destination(),
        hops: header.get_ttl(),
        protocol: header.get_next_level_protocol(),
        payload,
    }))
}

/// Reads an IPv6 packet.
///
/// # Errors
/// [`FrameError::Truncated`]; [`FrameError::Field`] for the version.
pub fn parse_v6(bytes: &[u8]) -> Result<Packet<'_, Ipv6Addr>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the IPv6 packet");
    let header = Ipv6Packet::new(bytes).ok_or(SHORT)?;
    if header.get_version() != 6 {
        return Err(FrameError::Field("the IPv6 version"));
    }
    let end = V6_HEADER + usize::from(header.get_payload_length());
    Ok(Packet {
        source: header.get_source(),
        destination: header.get_destination(),
        hops: header.get_hop_limit(),
        protocol: header.get_next_header(),
        payload: bytes.get(V6_HEADER..end).ok_or(SHORT)?,
    })
}

/// Reads a UDP datagram. The checksum is not verified: a sender with checksum offload on the same
/// host (a virtual interface) leaves it unfinished, and the frame has a check sequence of its own.
///
/// # Errors
/// [`FrameError::Truncated`] or [`FrameError::Field`] for the length.
pub fn parse_udp(bytes: &[u8]) -> Result<Datagram<'_>, FrameError> {
    const SHORT: FrameError = FrameError::Truncated("the UDP datagram");
    let header = UdpPacket::new(bytes).ok_or(SHORT)?;
    let len = usize::from(header.get_length());
    if len < UDP_HEADER {
        return Err(FrameError::Field("the UDP length"));
    }
    Ok(Datagram {
        source: header.get_source(),
        destination: header.get_destination(),
        payload: bytes.get(UDP_HEADER..len).ok_or(SHORT)?,
    })
}
