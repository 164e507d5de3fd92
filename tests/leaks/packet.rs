//! Packets byte by byte, right or wrong as wanted: no library would build most of these.

use std::net::{Ipv4Addr, Ipv6Addr};

use portico::model::Mac;

/// EtherTypes (IEEE registration authority).
pub(crate) const IPV4: u16 = 0x0800;
pub(crate) const ARP: u16 = 0x0806;
pub(crate) const IPV6: u16 = 0x86dd;
/// IP protocol numbers (IANA).
pub(crate) const ICMP: u8 = 1;
pub(crate) const TCP: u8 = 6;
pub(crate) const UDP: u8 = 17;
pub(crate) const ICMPV6: u8 = 58;
/// TCP flags (RFC 9293, 3.1).
pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const RST: u8 = 0x04;
pub(crate) const PSH: u8 = 0x08;
pub(crate) const ACK: u8 = 0x10;
pub(crate) const URG: u8 = 0x20;
/// IPv4 "more fragments" (RFC 791, 3.1).
pub(crate) const MORE: u16 = 0x2000;
/// A hop limit that carries far; also what Linux gives its own packets.
pub(crate) const HOPS: u8 = 64;

/// An Ethernet frame, filled up to the 60 bytes that hardware would.
pub(crate) fn frame(to: [u8; 6], from: Mac, ether_type: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = short_frame(to, from, ether_type, payload);
    frame.resize(frame.len().max(60), 0);
    frame
}

/// An Ethernet frame without filling.
pub(crate) fn short_frame(to: [u8; 6], from: Mac, ether_type: u16, payload: &[u8]) -> Vec<u8> {
    [&to[..], &from.octets(), &ether_type.to_be_bytes(), payload].concat()
}

/// An IPv4 packet.
#[derive(Debug, Clone)]
pub(crate) struct V4 {
    pub(crate) from: Ipv4Addr,
    pub(crate) to: Ipv4Addr,
    pub(crate) ttl: u8,
    /// Padded to a multiple of four.
    pub(crate) options: Vec<u8>,
    pub(crate) identification: u16,
    /// Flags and offset, as in the header.
    pub(crate) fragment: u16,
}

impl V4 {
    pub(crate) const fn new(from: Ipv4Addr, to: Ipv4Addr) -> Self {
        Self {
            from,
            to,
            ttl: HOPS,
            options: Vec::new(),
            identification: 0x1eaf,
            fragment: 0,
        }
    }

    pub(crate) const fn ttl(mut self, ttl: u8) -> Self {
        self.ttl = ttl;
        self
    }

    pub(crate) fn options(mut self, options: &[u8]) -> Self {
        self.options = options.to_vec();
        self.options.resize(options.len().next_multiple_of(4), 0);
        self
    }

    /// `offset` in units of eight bytes.
    pub(crate) const fn fragment(mut self, identification: u16, offset: u16, more: bool) -> Self {
        self.identification = identification;
        self.fragment = if more { offset | MORE } else { offset };
        self
    }

    pub(crate) fn packet(&self, protocol: u8, payload: &[u8]) -> Vec<u8> {
        let header = 20 + self.options.len();
        let words = u8::try_from(header / 4).unwrap();
        let total = u16::try_from(header + payload.len()).unwrap();
        let mut packet = vec![0x40 | words, 0];
        packet.extend(total.to_be_bytes());
        packet.extend(self.identification.to_be_bytes());
        packet.extend(self.fragment.to_be_bytes());
        packet.extend([self.ttl, protocol, 0, 0]);
        packet.extend(self.from.octets());
        packet.extend(self.to.octets());
        packet.extend(&self.options);
        let sum = checksum(&packet);
        packet[10..12].copy_from_slice(&sum.to_be_bytes());
        packet.extend(payload);
        packet
    }

    fn pseudo(&self, protocol: u8, length: usize) -> Vec<u8> {
        let length = u16::try_from(length).unwrap().to_be_bytes();
        let head = [0, protocol, length[0], length[1]];
        [&self.from.octets()[..], &self.to.octets(), &head].concat()
    }

    pub(crate) fn udp(&self, ports: (u16, u16), data: &[u8]) -> Vec<u8> {
        let pseudo = self.pseudo(UDP, data.len() + 8);
        self.packet(UDP, &udp(&pseudo, ports, data))
    }

    pub(crate) fn tcp(&self, ports: (u16, u16), flags: u8, data: &[u8]) -> Vec<u8> {
        let pseudo = self.pseudo(TCP, data.len() + 20);
        self.packet(TCP, &tcp(&pseudo, ports, flags, data))
    }

    pub(crate) fn icmp(&self, kind: u8, code: u8, rest: [u8; 4], data: &[u8]) -> Vec<u8> {
        self.packet(ICMP, &icmp(&[], kind, code, rest, data))
    }
}

/// An IPv6 packet.
#[derive(Debug, Clone)]
pub(crate) struct V6 {
    pub(crate) from: Ipv6Addr,
    pub(crate) to: Ipv6Addr,
    pub(crate) hops: u8,
    /// Extension headers between the fixed header and the payload: number and bytes, whose first
    /// byte is set to the next number.
    pub(crate) extensions: Vec<(u8, Vec<u8>)>,
}

impl V6 {
    pub(crate) const fn new(from: Ipv6Addr, to: Ipv6Addr) -> Self {
        Self {
            from,
            to,
            hops: HOPS,
            extensions: Vec::new(),
        }
    }

    pub(crate) const fn hops(mut self, hops: u8) -> Self {
        self.hops = hops;
        self
    }

    /// A header of eight bytes and more (RFC 8200, 4): its own bytes after the first.
    pub(crate) fn extension(mut self, number: u8, after_next: &[u8]) -> Self {
        let mut bytes = vec![0];
        bytes.extend(after_next);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        self.extensions.push((number, bytes));
        self
    }

    /// A hop-by-hop (0) or destination (60) header that holds nothing but padding.
    pub(crate) fn padded(self, number: u8) -> Self {
        self.extension(number, &[0, 1, 4, 0, 0, 0, 0])
    }

    /// A fragment header; `offset` in units of eight bytes.
    pub(crate) fn fragment(self, identification: u32, offset: u16, more: bool) -> Self {
        let mut bytes = vec![0];
        bytes.extend((offset << 3 | u16::from(more)).to_be_bytes());
        bytes.extend(identification.to_be_bytes());
        self.extension(44, &bytes)
    }

    pub(crate) fn packet(&self, protocol: u8, payload: &[u8]) -> Vec<u8> {
        let mut headers = Vec::new();
        let mut next = protocol;
        for (number, bytes) in self.extensions.iter().rev() {
            let mut bytes = bytes.clone();
            bytes[0] = next;
            headers.splice(0..0, bytes);
            next = *number;
        }
        let length = u16::try_from(headers.len() + payload.len()).unwrap();
        let mut packet = vec![0x60, 0, 0, 0];
        packet.extend(length.to_be_bytes());
        packet.extend([next, self.hops]);
        packet.extend(self.from.octets());
        packet.extend(self.to.octets());
        packet.extend(headers);
        packet.extend(payload);
        packet
    }

    fn pseudo(&self, protocol: u8, length: usize) -> Vec<u8> {
        let length = u32::try_from(length).unwrap().to_be_bytes();
        [
            &self.from.octets()[..],
            &self.to.octets(),
            &length,
            &[0, 0, 0, protocol],
        ]
        .concat()
    }

    pub(crate) fn udp(&self, ports: (u16, u16), data: &[u8]) -> Vec<u8> {
        self.packet(UDP, &self.udp_payload(ports, data))
    }

    /// The UDP part alone, for cutting into fragments.
    pub(crate) fn udp_payload(&self, ports: (u16, u16), data: &[u8]) -> Vec<u8> {
        udp(&self.pseudo(UDP, data.len() + 8), ports, data)
    }

    pub(crate) fn tcp(&self, ports: (u16, u16), flags: u8, data: &[u8]) -> Vec<u8> {
        let pseudo = self.pseudo(TCP, data.len() + 20);
        self.packet(TCP, &tcp(&pseudo, ports, flags, data))
    }

    pub(crate) fn icmp(&self, kind: u8, code: u8, rest: [u8; 4], data: &[u8]) -> Vec<u8> {
        let pseudo = self.pseudo(ICMPV6, data.len() + 8);
        self.packet(ICMPV6, &icmp(&pseudo, kind, code, rest, data))
    }
}

fn udp(pseudo: &[u8], (from, to): (u16, u16), data: &[u8]) -> Vec<u8> {
    let mut segment = [from.to_be_bytes(), to.to_be_bytes()].concat();
    segment.extend(u16::try_from(data.len() + 8).unwrap().to_be_bytes());
    segment.extend([0, 0]);
    segment.extend(data);
    let sum = checksum(&[pseudo, &segment].concat());
    // Zero would mean "none" (RFC 768).
    let sum = if sum == 0 { 0xffff } else { sum };
    segment[6..8].copy_from_slice(&sum.to_be_bytes());
    segment
}

fn tcp(pseudo: &[u8], (from, to): (u16, u16), flags: u8, data: &[u8]) -> Vec<u8> {
    let mut segment = [from.to_be_bytes(), to.to_be_bytes()].concat();
    segment.extend([
        0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0,
    ]);
    segment.extend(data);
    let sum = checksum(&[pseudo, &segment].concat());
    segment[16..18].copy_from_slice(&sum.to_be_bytes());
    segment
}

fn icmp(pseudo: &[u8], kind: u8, code: u8, rest: [u8; 4], data: &[u8]) -> Vec<u8> {
    let mut message = vec![kind, code, 0, 0];
    message.extend(rest);
    message.extend(data);
    let sum = checksum(&[pseudo, &message].concat());
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    message
}

/// The Internet checksum (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = bytes
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | pair.get(1).map_or(0, |low| u32::from(*low)))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap()
}

/// An ARP packet (RFC 826) with a tail after it.
pub(crate) fn arp(
    operation: u16,
    sender: (Mac, Ipv4Addr),
    target: ([u8; 6], Ipv4Addr),
    tail: &[u8],
) -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4];
    packet.extend(operation.to_be_bytes());
    packet.extend(sender.0.octets());
    packet.extend(sender.1.octets());
    packet.extend(target.0);
    packet.extend(target.1.octets());
    packet.extend(tail);
    packet
}
