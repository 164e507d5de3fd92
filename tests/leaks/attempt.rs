//! What one attempt is, and what it may use.

use std::net::{Ipv4Addr, Ipv6Addr};

use portico::app::lab::plan;
use portico::model::Mac;

use crate::packet::{IPV4, IPV6, V4, V6, frame};

/// Every attempt of every family, in the order of the table.
pub(crate) fn all() -> Vec<&'static Attempt> {
    [
        crate::link::ATTEMPTS,
        crate::ports::ATTEMPTS,
        crate::names::ATTEMPTS,
        crate::protocols::ATTEMPTS,
        crate::ipv4::ATTEMPTS,
        crate::ipv6::ATTEMPTS,
        crate::spoof::ATTEMPTS,
        crate::lan::ATTEMPTS,
        crate::services::ATTEMPTS,
        crate::inward::ATTEMPTS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where the frames of an attempt come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From a phone, by an access point.
    Air,
    /// From the cable between an access point and the gateway.
    Cable,
    /// From the Internet, towards the station; the listener is the station.
    Internet,
}

/// Where the same attempt does get through: the proof that it could fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    /// Nowhere: this gateway's kernel has no path for it.
    Nowhere,
    /// In a gateway that forwards without Portico.
    Bare,
    /// There, and from a granted station.
    Granted,
}

/// One attempt to get something past the gateway.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) name: &'static str,
    pub(crate) frames: fn(&Shot<'_>) -> Vec<Vec<u8>>,
    pub(crate) control: Control,
    pub(crate) way: Way,
}

/// An attempt that only a missing part of the kernel stops.
pub(crate) const fn attempt(name: &'static str, frames: fn(&Shot<'_>) -> Vec<Vec<u8>>) -> Attempt {
    Attempt {
        name,
        frames,
        control: Control::Nowhere,
        way: Way::Air,
    }
}

/// An attempt that gets through a gateway without Portico.
pub(crate) const fn bare(name: &'static str, frames: fn(&Shot<'_>) -> Vec<Vec<u8>>) -> Attempt {
    Attempt {
        control: Control::Bare,
        ..attempt(name, frames)
    }
}

/// An attempt that is a granted station's good right.
pub(crate) const fn granted(name: &'static str, frames: fn(&Shot<'_>) -> Vec<Vec<u8>>) -> Attempt {
    Attempt {
        control: Control::Granted,
        ..attempt(name, frames)
    }
}

impl Attempt {
    pub(crate) const fn by(mut self, way: Way) -> Self {
        self.way = way;
        self
    }
}

/// A host on a LAN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Host {
    pub(crate) mac: Mac,
    pub(crate) v4: Ipv4Addr,
    pub(crate) v6: Ipv6Addr,
}

/// Who is there.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    /// The gateway on the attacker's network.
    pub(crate) gateway: Host,
    /// The gateway on the other network.
    pub(crate) other_gateway: Host,
    /// The gateway's uplink.
    pub(crate) wan: Host,
    /// The provider's router, the sender of all that comes from the Internet.
    pub(crate) router: Mac,
    /// A granted station of the attacker's network.
    pub(crate) neighbour: Host,
    /// A granted station of the other network.
    pub(crate) stranger: Host,
}

/// Eight bytes that are found again wherever they come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Marker {
    pub(crate) round: u8,
    pub(crate) number: u16,
}

const MAGIC: [u8; 4] = [0xa7, 0x5c, 0x1e, 0x3b];

impl Marker {
    pub(crate) fn bytes(self) -> [u8; 8] {
        let [high, low] = self.number.to_be_bytes();
        let [a, b, c, d] = MAGIC;
        [a, b, c, d, self.round, high, low, self.round ^ high ^ low]
    }

    /// The first in a frame.
    pub(crate) fn find(frame: &[u8]) -> Option<Self> {
        frame.windows(8).find_map(|window| {
            let [a, b, c, d, round, high, low, check] = *window else {
                return None;
            };
            let good = [a, b, c, d] == MAGIC && check == round ^ high ^ low;
            good.then(|| Self {
                round,
                number: u16::from_be_bytes([high, low]),
            })
        })
    }
}

/// One attempt about to be made.
#[derive(Debug)]
pub(crate) struct Shot<'a> {
    pub(crate) scene: &'a Scene,
    /// The attacker: its MAC is the attempt's own, so that no attempt lives on another's share.
    pub(crate) me: Host,
    pub(crate) marker: Marker,
    /// A source port of its own, so that no attempt meets another's connection.
    pub(crate) port: u16,
}

/// The target outside.
pub(crate) const OUT4: Ipv4Addr = plan::CITY_V4;
/// The target outside.
pub(crate) const OUT6: Ipv6Addr = plan::CITY_V6;
/// A destination in the walled garden on TCP port 443, and a closed one on all others.
pub(crate) const GARDEN4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 81);
/// See [`GARDEN4`].
pub(crate) const GARDEN6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0x81);

/// Opened by name on TCP port 443 in the attacker's network, as a DNS answer would.
pub(crate) const NAMED4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 20);
/// See [`NAMED4`].
pub(crate) const NAMED6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 0x20);
/// The same in the other network only.
pub(crate) const ELSEWHERE4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 21);
/// See [`ELSEWHERE4`].
pub(crate) const ELSEWHERE6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 0x21);

impl Shot<'_> {
    /// The marker often enough that every part of it has a whole one.
    pub(crate) fn data(&self) -> Vec<u8> {
        self.marker.bytes().repeat(6)
    }

    /// More of it, `length` bytes.
    pub(crate) fn long_data(&self, length: usize) -> Vec<u8> {
        self.marker.bytes().repeat(length / 8)
    }

    /// A header to the target outside.
    pub(crate) const fn v4(&self) -> V4 {
        V4::new(self.me.v4, OUT4)
    }

    /// See [`Shot::v4`].
    pub(crate) const fn v6(&self) -> V6 {
        V6::new(self.me.v6, OUT6)
    }

    /// Source and destination port.
    pub(crate) const fn to_port(&self, to: u16) -> (u16, u16) {
        (self.port, to)
    }

    /// An IPv4 packet as the frame that leads it to the gateway.
    pub(crate) fn routed4(&self, packet: &[u8]) -> Vec<Vec<u8>> {
        vec![self.to_gateway(IPV4, packet)]
    }

    /// See [`Shot::routed4`].
    pub(crate) fn routed6(&self, packet: &[u8]) -> Vec<Vec<u8>> {
        vec![self.to_gateway(IPV6, packet)]
    }

    pub(crate) fn to_gateway(&self, ether_type: u16, payload: &[u8]) -> Vec<u8> {
        frame(self.scene.gateway.mac.octets(), self.me.mac, ether_type, payload)
    }

    /// The plain packet that everybody's phone would send, under another Ethernet header.
    pub(crate) fn plain4(&self) -> Vec<u8> {
        self.v4().udp(self.to_port(9), &self.data())
    }

    /// See [`Shot::plain4`].
    pub(crate) fn plain6(&self) -> Vec<u8> {
        self.v6().udp(self.to_port(9), &self.data())
    }

    /// From the Internet's router to the gateway.
    pub(crate) fn inward(&self, ether_type: u16, packet: &[u8]) -> Vec<Vec<u8>> {
        vec![frame(
            self.scene.wan.mac.octets(),
            self.scene.router,
            ether_type,
            packet,
        )]
    }
}
