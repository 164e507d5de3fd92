//! With the gateway's own help: what it answers, it must not answer to the world outside.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::attempt::{Attempt, OUT4, OUT6, Shot, Way, attempt, bare};
use crate::packet::{IPV4, IPV6, UDP, V4, V6, frame};

const BROADCAST: [u8; 6] = [0xff; 6];
/// Frames to it are handed to the stack of the bridge's port, past the bridge.
const NEAREST_BRIDGE: [u8; 6] = [0x01, 0x80, 0xc2, 0, 0, 0x0e];

/// Echo requests and a datagram to a closed port in the name of the outside: the gateway's answers
/// would carry their content there.
fn reflected(shot: &Shot<'_>, to_mac: [u8; 6], v4: Ipv4Addr, v6: Ipv6Addr) -> Vec<Vec<u8>> {
    let (v4, v6) = (V4::new(OUT4, v4), V6::new(OUT6, v6));
    let ports = shot.to_port(33_434);
    vec![
        frame(
            to_mac,
            shot.me.mac,
            IPV4,
            &v4.icmp(8, 0, [0, 9, 0, 1], &shot.data()),
        ),
        frame(to_mac, shot.me.mac, IPV4, &v4.udp(ports, &shot.data())),
        frame(
            to_mac,
            shot.me.mac,
            IPV6,
            &v6.icmp(128, 0, [0, 9, 0, 1], &shot.data()),
        ),
        frame(to_mac, shot.me.mac, IPV6, &v6.udp(ports, &shot.data())),
    ]
}

/// A BOOTP message (RFC 2131, 2) with options; the marker is in the client's hardware address.
struct Bootp {
    client: Ipv4Addr,
    relay: Ipv4Addr,
    kind: u8,
    options: Vec<u8>,
}

impl Bootp {
    fn bytes(&self, shot: &Shot<'_>) -> Vec<u8> {
        let mut message = vec![1, 1, 6, 0];
        message.extend(&shot.marker.bytes()[4..]);
        message.extend([0, 0, 0, 0]);
        message.extend(self.client.octets());
        message.extend([0; 8]);
        message.extend(self.relay.octets());
        message.extend(shot.me.mac.octets());
        message.extend([0, 0]);
        message.extend(shot.marker.bytes());
        message.extend([0; 192]);
        message.extend([0x63, 0x82, 0x53, 0x63, 53, 1, self.kind]);
        message.extend(&self.options);
        message.push(255);
        message.resize(message.len().max(300), 0);
        message
    }
}

/// "Choose me a lease of this network" (RFC 3011), so that a server takes a made-up relay's word.
fn subnet_selection(shot: &Shot<'_>) -> Vec<u8> {
    let [a, b, c, _] = shot.scene.gateway.v4.octets();
    vec![118, 4, a, b, c, 0]
}

/// The same by a relay (RFC 3046, RFC 3527), with the marker as the circuit's name.
fn relay_information(shot: &Shot<'_>) -> Vec<u8> {
    let [a, b, c, _] = shot.scene.gateway.v4.octets();
    let marker = shot.data();
    let length = u8::try_from(marker.len()).unwrap();
    let mut option = vec![82, length + 8, 5, 4, a, b, c, 0, 1, length];
    option.extend(marker);
    option
}

fn dhcp(shot: &Shot<'_>, from: Ipv4Addr, port: u16, message: &Bootp) -> Vec<Vec<u8>> {
    let bytes = message.bytes(shot);
    let everybody = V4::new(from, Ipv4Addr::BROADCAST).udp((port, 67), &bytes);
    let server = V4::new(from, shot.scene.gateway.v4).udp((port, 67), &bytes);
    vec![
        frame(BROADCAST, shot.me.mac, IPV4, &everybody),
        shot.to_gateway(IPV4, &server),
    ]
}

const DISCOVER: u8 = 1;
const REQUEST: u8 = 3;
const INFORM: u8 = 8;

pub(crate) const ATTEMPTS: &[Attempt] = &[
    bare("the gateway's answers sent to a forged outside source", |s| {
        reflected(
            s,
            s.scene.gateway.mac.octets(),
            s.scene.gateway.v4,
            s.scene.gateway.v6,
        )
    }),
    bare("the same by the uplink's address", |s| {
        reflected(s, s.scene.gateway.mac.octets(), s.scene.wan.v4, s.scene.wan.v6)
    }),
    bare("the same in frames to the LLDP address, past the bridge", |s| {
        reflected(s, NEAREST_BRIDGE, s.scene.gateway.v4, s.scene.gateway.v6)
    })
    .by(Way::Cable),
    bare("the same in frames to every reserved group address", |s| {
        (2..16)
            .flat_map(|last| {
                let group = [0x01, 0x80, 0xc2, 0, 0, last];
                reflected(s, group, s.scene.gateway.v4, s.scene.gateway.v6)
            })
            .collect()
    })
    .by(Way::Cable),
    bare("the same in a broadcast frame", |s| {
        reflected(s, BROADCAST, s.scene.gateway.v4, s.scene.gateway.v6)
    }),
    attempt("IPv6 echo to all nodes from a forged outside source", |s| {
        let all: Ipv6Addr = "ff02::1".parse().unwrap();
        let packet = V6::new(OUT6, all).icmp(128, 0, [0, 9, 0, 1], &s.data());
        let group = [0x33, 0x33, 0, 0, 0, 1];
        vec![
            frame(group, s.me.mac, IPV6, &packet),
            frame(group, s.me.mac, IPV6, &packet),
        ]
    }),
    bare("IPv6 errors provoked from a forged outside source", |s| {
        // An unknown option that asks for an error even by multicast (RFC 8200, 4.2), and an
        // unknown protocol.
        let me = s.scene.gateway.v6;
        let odd = V6::new(OUT6, me).extension(60, &[0, 0x9e, 4, 1, 2, 3, 4]);
        [
            s.routed6(&odd.udp(s.to_port(9), &s.data())),
            s.routed6(&V6::new(OUT6, me).packet(253, &s.data())),
        ]
        .concat()
    }),
    bare("life time exceeded from a forged outside source", |s| {
        let four = V4::new(OUT4, Ipv4Addr::new(198, 51, 100, 1)).ttl(1);
        let six = V6::new(OUT6, portico::app::lab::plan::ROUTER_V6).hops(1);
        [
            s.routed4(&four.udp(s.to_port(9), &s.data())),
            s.routed6(&six.udp(s.to_port(9), &s.data())),
        ]
        .concat()
    }),
    bare("DHCP: a made-up relay outside, by subnet selection", |s| {
        let message = Bootp {
            client: Ipv4Addr::UNSPECIFIED,
            relay: OUT4,
            kind: DISCOVER,
            options: subnet_selection(s),
        };
        dhcp(s, s.me.v4, 67, &message)
    }),
    bare("DHCP: a made-up relay outside, with its own information", |s| {
        let message = Bootp {
            client: Ipv4Addr::UNSPECIFIED,
            relay: OUT4,
            kind: DISCOVER,
            options: relay_information(s),
        };
        dhcp(s, Ipv4Addr::UNSPECIFIED, 68, &message)
    }),
    bare("DHCP: inform in the name of an outside client", |s| {
        let message = Bootp {
            client: OUT4,
            relay: Ipv4Addr::UNSPECIFIED,
            kind: INFORM,
            options: subnet_selection(s),
        };
        dhcp(s, Ipv4Addr::UNSPECIFIED, 68, &message)
    }),
    attempt("DHCP: discover in the name of an outside client", |s| {
        let message = Bootp {
            client: OUT4,
            relay: Ipv4Addr::UNSPECIFIED,
            kind: DISCOVER,
            options: subnet_selection(s),
        };
        dhcp(s, s.me.v4, 68, &message)
    }),
    attempt("DHCP: request in the name of an outside client", |s| {
        let message = Bootp {
            client: OUT4,
            relay: Ipv4Addr::UNSPECIFIED,
            kind: REQUEST,
            options: subnet_selection(s),
        };
        dhcp(s, s.me.v4, 68, &message)
    }),
    attempt("DHCP: option fragments that lead the server on", |s| {
        let packet = V4::new(Ipv4Addr::UNSPECIFIED, Ipv4Addr::BROADCAST).fragment(s.port, 0, true);
        vec![frame(BROADCAST, s.me.mac, IPV4, &packet.packet(UDP, &s.data()))]
    }),
    attempt("DHCPv6: a made-up relay outside", |s| {
        // Relay-forward (RFC 8415, 9.1) with an information request inside.
        let inside = [&[11, 1, 2, 3, 0, 1, 0, 10, 0, 3, 0, 1][..], &s.me.mac.octets()].concat();
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        let mut message = vec![12, 0];
        message.extend(s.scene.gateway.v6.octets());
        message.extend(OUT6.octets());
        message.extend([0, 18, 0, 8]);
        message.extend(s.marker.bytes());
        message.extend([0, 9]);
        message.extend(length);
        message.extend(inside);
        let all: Ipv6Addr = "ff02::1:2".parse().unwrap();
        let packet = V6::new(s.me.v6, all).udp((547, 547), &message);
        vec![frame([0x33, 0x33, 0, 1, 0, 2], s.me.mac, IPV6, &packet)]
    }),
    bare("DHCPv6: from a forged outside source", |s| {
        let message = [&[11, 1, 2, 3, 0, 1, 0, 18, 0, 2][..], &[0; 8], &s.marker.bytes()].concat();
        let all: Ipv6Addr = "ff02::1:2".parse().unwrap();
        let packet = V6::new(OUT6, all).udp((546, 547), &message);
        vec![frame([0x33, 0x33, 0, 1, 0, 2], s.me.mac, IPV6, &packet)]
    }),
    attempt("DNS: a query from a forged outside source", |s| {
        let v4 = V4::new(OUT4, s.scene.gateway.v4);
        let v6 = V6::new(OUT6, s.scene.gateway.v6);
        // A name of the gateway's own, so that nothing is asked outside.
        let mut query =
            portico::app::lab::dns::query(7, "one.wifi.example", portico::app::lab::dns::Family::V4);
        query.extend(s.data());
        [
            s.routed4(&v4.udp(s.to_port(53), &query)),
            s.routed6(&v6.udp(s.to_port(53), &query)),
        ]
        .concat()
    }),
];
