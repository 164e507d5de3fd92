//! Which way the kernel sends a packet, and what the interface there is like (`NETLINK_ROUTE`, <linux/rtnetlink.h>,
//! <linux/if_link.h>). All in host byte order except addresses.

use std::net::IpAddr;

use super::Family;
use super::message::{Attribute, Message, Writer};
use crate::model::Mac;

/// The socket groups that tell of routes and rules: `RTNLGRP_IPV4_ROUTE`, `RTNLGRP_IPV4_RULE`, `RTNLGRP_IPV6_ROUTE`,
/// `RTNLGRP_IPV6_RULE`.
pub const ROUTING_GROUPS: u32 = 1 << 6 | 1 << 7 | 1 << 10 | 1 << 18;

/// `RTM_*`.
const NEW_LINK: u16 = 16;
const GET_LINK: u16 = 18;
const NEW_ROUTE: u16 = 24;
const DELETE_ROUTE: u16 = 25;
const GET_ROUTE: u16 = 26;
const NEW_RULE: u16 = 32;
const DELETE_RULE: u16 = 33;
/// Bytes of `struct rtmsg`, and of `struct ifinfomsg`.
const RTMSG: usize = 12;
const IFINFOMSG: usize = 16;
/// `RTN_UNICAST`.
const UNICAST: u8 = 1;
/// `RTA_*`.
const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_IIF: u16 = 3;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_METRICS: u16 = 8;
const RTA_MARK: u16 = 16;
const RTA_VIA: u16 = 18;
/// `RTAX_MTU`.
const RTAX_MTU: u16 = 2;
/// `IFLA_*`.
const IFLA_ADDRESS: u16 = 1;
const IFLA_MTU: u16 = 4;
/// `ARPHRD_ETHER`.
const ETHERNET: u16 = 1;

/// A packet that has to be forwarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Its source.
    pub from: IpAddr,
    /// Its destination.
    pub to: IpAddr,
    /// Index of the interface where it arrives.
    pub arrives_at: u32,
    /// Its mark.
    pub mark: u32,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Whether it goes to one host elsewhere: not here, not to many, not nowhere.
    pub is_unicast: bool,
    /// Index of the interface.
    pub leaves_by: u32,
    /// The next hop; none where the destination itself is.
    pub gateway: Option<IpAddr>,
    /// The longest packet that the route takes, bytes, where it says so.
    pub mtu: Option<u32>,
}

/// An interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its index.
    pub index: u32,
    /// Its MAC, where it has one.
    pub mac: Option<Mac>,
    /// The longest packet that it takes, bytes.
    pub mtu: u32,
    /// Whether its frames are Ethernet's.
    pub is_ethernet: bool,
}

/// Asks which way a packet would go; `ENETUNREACH` and others when none.
pub fn get_way(out: &mut Writer, seq: u32, question: &Question) {
    let Question {
        from,
        to,
        arrives_at,
        mark,
    } = *question;
    let bits = if to.is_ipv4() { 32 } else { 128 };
    out.message(GET_ROUTE, 0, seq, |out| {
        // Family, lengths of destination and source; the rest is for answers.
        out.raw(&[Family::of(to).number(), bits, bits, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for (kind, ip) in [(RTA_DST, to), (RTA_SRC, from)] {
            match ip {
                IpAddr::V4(ip) => out.attribute(kind, &ip.octets()),
                IpAddr::V6(ip) => out.attribute(kind, &ip.octets()),
            }
        }
        out.attribute(RTA_IIF, &arrives_at.to_ne_bytes());
        out.attribute(RTA_MARK, &mark.to_ne_bytes());
    });
}

/// Asks for one interface.
pub fn get_link(out: &mut Writer, seq: u32, index: u32) {
    out.message(GET_LINK, 0, seq, |out| {
        out.raw(&[0; 4]);
        out.raw(&index.to_ne_bytes());
        out.raw(&[0; 8]);
    });
}

/// Reads the answer to [`get_way`].
#[must_use]
pub fn decode_way(message: &Message<'_>) -> Option<Way> {
    if message.kind != NEW_ROUTE {
        return None;
    }
    let (header, _) = message.payload.split_first_chunk::<RTMSG>()?;
    let (mut leaves_by, mut gateway, mut mtu) = (None, None, None);
    for attribute in message.attributes(RTMSG) {
        match attribute.kind {
            RTA_OIF => leaves_by = attribute.ne32(),
            RTA_GATEWAY => gateway = decode_address(attribute.payload),
            // The family stands before the address.
            RTA_VIA => gateway = decode_address(attribute.payload.get(2..)?),
            RTA_METRICS => mtu = decode_mtu(&attribute),
            _ => {}
        }
    }
    Some(Way {
        is_unicast: header[7] == UNICAST,
        leaves_by: leaves_by?,
        gateway,
        mtu,
    })
}

/// Reads the answer to [`get_link`].
#[must_use]
pub fn decode_device(message: &Message<'_>) -> Option<Device> {
    if message.kind != NEW_LINK {
        return None;
    }
    let (header, _) = message.payload.split_first_chunk::<IFINFOMSG>()?;
    let hardware = header.get(2..)?.first_chunk()?;
    let index = header.get(4..)?.first_chunk()?;
    let (mut mac, mut mtu) = (None, None);
    for attribute in message.attributes(IFINFOMSG) {
        match attribute.kind {
            IFLA_ADDRESS => {
                mac = attribute
                    .payload
                    .try_into()
                    .ok()
                    .and_then(|mac| Mac::new(mac).ok());
            }
            IFLA_MTU => mtu = attribute.ne32(),
            _ => {}
        }
    }
    Some(Device {
        index: u32::from_ne_bytes(*index),
        mac,
        mtu: mtu?,
        is_ethernet: u16::from_ne_bytes(*hardware) == ETHERNET,
    })
}

/// Whether a message tells that a route or a rule has come or gone.
#[must_use]
pub const fn is_routing(message: &Message<'_>) -> bool {
    matches!(message.kind, NEW_ROUTE | DELETE_ROUTE | NEW_RULE | DELETE_RULE)
}

fn decode_mtu(metrics: &Attribute<'_>) -> Option<u32> {
    let mtu = metrics.nested().find(|attribute| attribute.kind == RTAX_MTU)?;
    mtu.ne32()
}

fn decode_address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::{Device, NEW_LINK, NEW_ROUTE, Way, decode_device, decode_way, is_routing};
    use crate::wire::netlink::message::{Writer, messages};

    fn read<T>(
        kind: u16,
        body: impl FnOnce(&mut Writer),
        decode: fn(&super::Message<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut out = Writer::new();
        out.message(kind, 0, 1, body);
        let message = messages(out.bytes()).next()?;
        decode(&message)
    }

    fn route(kind: u8, rest: impl FnOnce(&mut Writer)) -> Option<Way> {
        let header = [2, 32, 0, 0, 254, 0, 0, kind, 0, 0, 0, 0];
        let body = |out: &mut Writer| {
            out.raw(&header);
            out.attribute(super::RTA_OIF, &7_u32.to_ne_bytes());
            rest(out);
        };
        read(NEW_ROUTE, body, decode_way)
    }

    #[test]
    fn a_way_is_read() {
        let direct = Way {
            is_unicast: true,
            leaves_by: 7,
            gateway: None,
            mtu: None,
        };
        assert_eq!(route(1, |_| ()), Some(direct));
        let by_router = route(1, |out| {
            out.attribute(super::RTA_GATEWAY, &[203, 0, 113, 1]);
            out.nest(super::RTA_METRICS, |out| {
                out.attribute(super::RTAX_MTU, &1_400_u32.to_ne_bytes());
            });
        });
        let gateway = Some("203.0.113.1".parse().unwrap());
        let expected = Way {
            gateway,
            mtu: Some(1_400),
            ..direct
        };
        assert_eq!(by_router, Some(expected));
        // An IPv4 route by an IPv6 router (RFC 5549): family, address.
        let via = [
            &10_u16.to_ne_bytes()[..],
            &[0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ]
        .concat();
        let by_v6 = route(1, |out| out.attribute(super::RTA_VIA, &via)).unwrap();
        assert_eq!(by_v6.gateway, Some("fe80::1".parse().unwrap()));
        // `RTN_LOCAL`, `RTN_BLACKHOLE`.
        assert!(
            [2, 6]
                .into_iter()
                .all(|kind| !route(kind, |_| ()).unwrap().is_unicast)
        );
    }

    #[test]
    fn an_interface_is_read() {
        let device = |hardware: u16| {
            let body = |out: &mut Writer| {
                let mut header = Vec::from([0, 0]);
                header.extend(hardware.to_ne_bytes());
                header.extend(9_u32.to_ne_bytes());
                header.extend([0; 8]);
                out.raw(&header);
                out.attribute(super::IFLA_MTU, &1_492_u32.to_ne_bytes());
                out.attribute(super::IFLA_ADDRESS, &[2, 0, 0, 0, 0, 9]);
            };
            read(NEW_LINK, body, decode_device)
        };
        let expected = Device {
            index: 9,
            mac: Some(crate::model::Mac::new([2, 0, 0, 0, 0, 9]).unwrap()),
            mtu: 1_492,
            is_ethernet: true,
        };
        assert_eq!(device(1), Some(expected));
        assert!(!device(512).unwrap().is_ethernet, "PPP");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_left(bytes in vec(any::<u8>(), 0..128), kind in 14_u16..40) {
            let mut out = Writer::new();
            out.message(kind, 0, 1, |out| out.raw(&bytes));
            for message in messages(out.bytes()) {
                let _ = (decode_way(&message), decode_device(&message), is_routing(&message));
            }
        }
    }
}
