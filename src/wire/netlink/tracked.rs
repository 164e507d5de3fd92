//! Connection tracking: one flow by its addresses and ports, and leave for it not to be seen whole
//! (`NFNL_SUBSYS_CTNETLINK`, <linux/netfilter/nfnetlink_conntrack.h>).

use std::net::{IpAddr, SocketAddr};

use super::Family;
use super::elements::NFGEN;
use super::message::{Attribute, Message, Writer, attributes, flag};

/// `NFNL_SUBSYS_CTNETLINK` and `IPCTNL_MSG_CT_NEW`, `IPCTNL_MSG_CT_GET`.
const NEW: u16 = 0x0100;
const GET: u16 = 0x0101;
/// `CTA_*`.
const TUPLE_ORIGINAL: u16 = 1;
const TUPLE_REPLY: u16 = 2;
const STATUS: u16 = 3;
const PROTOINFO: u16 = 4;
const TIMEOUT: u16 = 7;
const MARK: u16 = 8;
/// `CTA_TUPLE_*`.
const TUPLE_IP: u16 = 1;
const TUPLE_PROTO: u16 = 2;
/// `CTA_IP_*`.
const V4_FROM: u16 = 1;
const V4_TO: u16 = 2;
const V6_FROM: u16 = 3;
const V6_TO: u16 = 4;
/// `CTA_PROTO_*`.
const PROTO_NUMBER: u16 = 1;
const PROTO_FROM: u16 = 2;
const PROTO_TO: u16 = 3;
/// `CTA_PROTOINFO_TCP` and what it holds.
const TCP: u16 = 1;
const TCP_STATE: u16 = 1;
const TCP_FLAGS_ORIGINAL: u16 = 4;
const TCP_FLAGS_REPLY: u16 = 5;
/// `TCP_CONNTRACK_ESTABLISHED`.
const ESTABLISHED: u8 = 3;
/// `IP_CT_TCP_FLAG_BE_LIBERAL`.
const BE_LIBERAL: u8 = 0x08;
/// `IPS_*`.
const SEEN_REPLY: u32 = 1 << 1;
const ASSURED: u32 = 1 << 2;
const CONFIRMED: u32 = 1 << 3;
const DESTINATION_NAT: u32 = 1 << 5;
const DYING: u32 = 1 << 9;

/// From where to where the packets of one direction of a flow go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ends {
    /// Source address and port.
    pub from: SocketAddr,
    /// Destination address and port.
    pub to: SocketAddr,
}

/// A flow of TCP or UDP as connection tracking has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracked {
    /// As whoever opened it sends, before any translation.
    pub original: Ends,
    /// As the answers arrive, before any translation.
    pub reply: Ends,
    /// Protocol of IP.
    pub protocol: u8,
    /// Connection mark.
    pub mark: u32,
    status: u32,
    tcp_state: Option<u8>,
}

impl Tracked {
    /// Whether both sides have spoken.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        self.status & SEEN_REPLY != 0
    }

    /// Whether it is in the table, and not that of one packet on its way.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.status & CONFIRMED != 0
    }

    /// Whether it is kept when the table is full, and for long: a connection, or a stream.
    #[must_use]
    pub const fn is_assured(&self) -> bool {
        self.status & ASSURED != 0
    }

    /// Whether it is being removed.
    #[must_use]
    pub const fn is_dying(&self) -> bool {
        self.status & DYING != 0
    }

    /// Whether its destination is rewritten.
    #[must_use]
    pub const fn has_destination_nat(&self) -> bool {
        self.status & DESTINATION_NAT != 0
    }

    /// Whether a connection of TCP stands: opened on both sides, closed on neither.
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.tcp_state == Some(ESTABLISHED)
    }
}

/// Asks for the flow that begins so; `ENOENT` when there is none.
pub fn get(out: &mut Writer, seq: u32, protocol: u8, original: &Ends) {
    out.message(GET, 0, seq, |out| name(out, protocol, original));
}

/// Has connection tracking take every segment of a flow for good, in and out of its window: it will not see all of them.
/// `ENOENT` when there is no such flow.
pub fn be_liberal(out: &mut Writer, seq: u32, protocol: u8, original: &Ends) {
    out.message(NEW, flag::ACK, seq, |out| {
        name(out, protocol, original);
        out.nest(PROTOINFO, |out| {
            out.nest(TCP, |out| {
                // `struct nf_ct_tcp_flags`: flags, mask.
                for way in [TCP_FLAGS_ORIGINAL, TCP_FLAGS_REPLY] {
                    out.attribute(way, &[BE_LIBERAL; 2]);
                }
            });
        });
    });
}

/// Has a flow remembered for so many seconds from now. `ENOENT` when there is no such flow.
pub fn remember(out: &mut Writer, seq: u32, protocol: u8, original: &Ends, seconds: u32) {
    out.message(NEW, flag::ACK, seq, |out| {
        name(out, protocol, original);
        out.attribute(TIMEOUT, &seconds.to_be_bytes());
    });
}

/// Reads the answer to [`get`]; `None` for what is neither TCP nor UDP.
#[must_use]
pub fn decode(message: &Message<'_>) -> Option<Tracked> {
    if message.kind != NEW {
        return None;
    }
    let (mut original, mut reply, mut status, mut mark, mut tcp_state) = (None, None, 0, 0, None);
    for attribute in message.attributes(NFGEN) {
        match attribute.kind {
            TUPLE_ORIGINAL => original = decode_tuple(attribute.payload),
            TUPLE_REPLY => reply = decode_tuple(attribute.payload),
            STATUS => status = attribute.be32()?,
            MARK => mark = attribute.be32()?,
            PROTOINFO => tcp_state = decode_tcp_state(&attribute),
            _ => {}
        }
    }
    let (original, protocol) = original?;
    let (reply, _) = reply?;
    Some(Tracked {
        original,
        reply,
        protocol,
        mark,
        status,
        tcp_state,
    })
}

fn name(out: &mut Writer, protocol: u8, ends: &Ends) {
    out.raw(&[Family::of(ends.from.ip()).number(), 0, 0, 0]);
    out.nest(TUPLE_ORIGINAL, |out| {
        out.nest(TUPLE_IP, |out| {
            for (ip, v4, v6) in [(ends.from.ip(), V4_FROM, V6_FROM), (ends.to.ip(), V4_TO, V6_TO)] {
                match ip {
                    IpAddr::V4(ip) => out.attribute(v4, &ip.octets()),
                    IpAddr::V6(ip) => out.attribute(v6, &ip.octets()),
                }
            }
        });
        out.nest(TUPLE_PROTO, |out| {
            out.attribute(PROTO_NUMBER, &[protocol]);
            out.attribute(PROTO_FROM, &ends.from.port().to_be_bytes());
            out.attribute(PROTO_TO, &ends.to.port().to_be_bytes());
        });
    });
}

fn decode_tuple(tuple: &[u8]) -> Option<(Ends, u8)> {
    let (mut from, mut to) = (None, None);
    let (mut protocol, mut from_port, mut to_port) = (None, None, None);
    for part in attributes(tuple) {
        for attribute in part.nested() {
            match (part.kind, attribute.kind) {
                (TUPLE_IP, V4_FROM | V6_FROM) => from = decode_address(attribute.payload),
                (TUPLE_IP, V4_TO | V6_TO) => to = decode_address(attribute.payload),
                (TUPLE_PROTO, PROTO_NUMBER) => protocol = attribute.payload.first().copied(),
                (TUPLE_PROTO, PROTO_FROM) => from_port = decode_port(attribute.payload),
                (TUPLE_PROTO, PROTO_TO) => to_port = decode_port(attribute.payload),
                _ => {}
            }
        }
    }
    let ends = Ends {
        from: SocketAddr::new(from?, from_port?),
        to: SocketAddr::new(to?, to_port?),
    };
    Some((ends, protocol?))
}

fn decode_tcp_state(protoinfo: &Attribute<'_>) -> Option<u8> {
    let tcp = protoinfo.nested().find(|attribute| attribute.kind == TCP)?;
    let state = tcp.nested().find(|attribute| attribute.kind == TCP_STATE)?;
    state.payload.first().copied()
}

fn decode_address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

fn decode_port(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};

    use super::{Ends, NEW, Tracked, be_liberal, decode, get, remember};
    use crate::wire::netlink::message::{Writer, messages};

    fn ends(from: &str, to: &str) -> Ends {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        Ends {
            from: address(from),
            to: address(to),
        }
    }

    /// What the kernel answers is made of the same parts as what it is asked, and more.
    fn answer(original: &Ends, reply: &Ends, protocol: u8, state: Option<u8>) -> Option<Tracked> {
        let mut out = Writer::new();
        out.message(NEW, 0, 1, |out| {
            super::name(out, protocol, original);
            let mut back = Writer::new();
            super::name(&mut back, protocol, reply);
            // Behind `struct nfgenmsg`, and with the type of the other tuple.
            let (_, tuple) = back.bytes().split_at(4 + 4);
            out.attribute(super::TUPLE_REPLY, tuple);
            let status = super::SEEN_REPLY | super::CONFIRMED | super::ASSURED;
            out.attribute(super::STATUS, &status.to_be_bytes());
            out.attribute(super::MARK, &0x8000_1001_u32.to_be_bytes());
            if let Some(state) = state {
                out.nest(super::PROTOINFO, |out| {
                    out.nest(super::TCP, |out| out.attribute(super::TCP_STATE, &[state]));
                });
            }
        });
        let message = messages(out.bytes()).next()?;
        decode(&message)
    }

    #[test]
    fn a_flow_is_read_with_both_its_ends() {
        let original = ends("10.87.0.9:40000", "198.51.100.7:443");
        let reply = ends("198.51.100.7:443", "203.0.113.2:40001");
        let flow = answer(&original, &reply, 6, Some(3)).unwrap();
        assert_eq!((flow.original, flow.reply, flow.protocol), (original, reply, 6));
        assert_eq!(flow.mark, 0x8000_1001);
        assert!(flow.is_answered() && flow.is_confirmed() && flow.is_assured() && flow.is_established());
        assert!(!flow.is_dying() && !flow.has_destination_nat());
        let closing = answer(&original, &reply, 6, Some(4)).unwrap();
        assert!(!closing.is_established());
        let v6 = ends("[2001:db8::9]:5000", "[2001:db8:1::7]:53");
        let back = ends("[2001:db8:1::7]:53", "[2001:db8::9]:5000");
        let flow = answer(&v6, &back, 17, None).unwrap();
        assert_eq!(
            (flow.original, flow.reply, flow.is_established()),
            (v6, back, false)
        );
    }

    #[test]
    fn what_is_asked_names_the_flow_alone() {
        let original = ends("10.87.0.9:40000", "198.51.100.7:443");
        let mut out = Writer::new();
        get(&mut out, 7, 6, &original);
        let [message] = messages(out.bytes()).collect::<Vec<_>>()[..] else {
            panic!("one message")
        };
        assert_eq!((message.kind, message.seq), (super::GET, 7));
        let kinds = |message: &crate::wire::netlink::message::Message<'_>| {
            message
                .attributes(super::NFGEN)
                .map(|attribute| attribute.kind)
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(&message), [super::TUPLE_ORIGINAL]);
        out.clear();
        be_liberal(&mut out, 8, 6, &original);
        let [message] = messages(out.bytes()).collect::<Vec<_>>()[..] else {
            panic!("one message")
        };
        // Neither made where there is none, nor changed in anything else.
        assert_eq!((message.kind, message.flags), (NEW, 0x5));
        assert_eq!(kinds(&message), [super::TUPLE_ORIGINAL, super::PROTOINFO]);
        out.clear();
        remember(&mut out, 9, 17, &original, 120);
        let [message] = messages(out.bytes()).collect::<Vec<_>>()[..] else {
            panic!("one message")
        };
        assert_eq!((message.kind, message.flags), (NEW, 0x5));
        assert_eq!(kinds(&message), [super::TUPLE_ORIGINAL, super::TIMEOUT]);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_left(bytes in vec(any::<u8>(), 0..256)) {
            let mut out = Writer::new();
            out.message(NEW, 0, 1, |out| out.raw(&bytes));
            for message in messages(out.bytes()) {
                let _ = decode(&message);
            }
        }
    }
}
