//! Under somebody else's address.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::attempt::{Attempt, OUT4, OUT6, Shot, attempt, bare, granted};
use crate::packet::{SYN, V4, V6};

fn from4(shot: &Shot<'_>, from: Ipv4Addr) -> Vec<Vec<u8>> {
    let header = V4::new(from, OUT4);
    [
        shot.routed4(&header.udp(shot.to_port(9), &shot.data())),
        shot.routed4(&header.tcp(shot.to_port(443), SYN, &shot.data())),
        shot.routed4(&header.icmp(8, 0, [0, 9, 0, 1], &shot.data())),
    ]
    .concat()
}

fn from6(shot: &Shot<'_>, from: Ipv6Addr) -> Vec<Vec<u8>> {
    let header = V6::new(from, OUT6);
    [
        shot.routed6(&header.udp(shot.to_port(9), &shot.data())),
        shot.routed6(&header.tcp(shot.to_port(443), SYN, &shot.data())),
        shot.routed6(&header.icmp(128, 0, [0, 9, 0, 1], &shot.data())),
    ]
    .concat()
}

/// An address of the network's IPv4 prefix by its last octet.
fn of_network(shot: &Shot<'_>, last: u8) -> Ipv4Addr {
    let [a, b, c, _] = shot.scene.gateway.v4.octets();
    Ipv4Addr::new(a, b, c, last)
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("a granted station's IPv4 address", |s| {
        from4(s, s.scene.neighbour.v4)
    }),
    granted("a granted station's IPv6 address", |s| {
        from6(s, s.scene.neighbour.v6)
    }),
    granted("an unused address of the network", |s| {
        from4(s, of_network(s, 251))
    }),
    granted("an unused IPv6 address of the network", |s| {
        let [a, b, c, d, ..] = s.me.v6.segments();
        from6(s, Ipv6Addr::new(a, b, c, d, 0xdead, 0, 0, 0xbeef))
    }),
    bare("another network's station, IPv4", |s| {
        from4(s, s.scene.stranger.v4)
    }),
    bare("another network's station, IPv6", |s| {
        from6(s, s.scene.stranger.v6)
    }),
    attempt("the gateway's address, IPv4", |s| from4(s, s.scene.gateway.v4)),
    bare("the gateway's address, IPv6", |s| from6(s, s.scene.gateway.v6)),
    attempt("the other network's gateway, IPv4", |s| {
        from4(s, s.scene.other_gateway.v4)
    }),
    bare("the other network's gateway, IPv6", |s| {
        from6(s, s.scene.other_gateway.v6)
    }),
    attempt("the uplink's address, IPv4", |s| from4(s, s.scene.wan.v4)),
    bare("the uplink's address, IPv6", |s| from6(s, s.scene.wan.v6)),
    bare("an outside address, IPv4", |s| {
        from4(s, Ipv4Addr::new(198, 51, 100, 200))
    }),
    bare("an outside address, IPv6", |s| {
        from6(s, Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0x200))
    }),
    bare("the target's own address", |s| {
        [from4(s, OUT4), from6(s, OUT6)].concat()
    }),
    bare("private and link-local addresses", |s| {
        [
            [192, 168, 1, 7],
            [172, 16, 0, 7],
            [169, 254, 7, 7],
            [100, 64, 0, 7],
        ]
        .into_iter()
        .flat_map(|octets| from4(s, octets.into()))
        .collect()
    }),
    bare("unique local and documentation addresses, IPv6", |s| {
        [
            "fd00::7",
            "2001:db8:1::7",
            "2002:c633:6450::7",
            "64:ff9b::c633:6450",
        ]
        .into_iter()
        .flat_map(|address| from6(s, address.parse().unwrap()))
        .collect()
    }),
    bare("martians: loopback, zero, broadcast, multicast", |s| {
        [
            [127, 0, 0, 1],
            [0, 0, 0, 0],
            [0, 1, 2, 3],
            [255; 4],
            [224, 0, 0, 9],
        ]
        .into_iter()
        .flat_map(|octets| from4(s, octets.into()))
        .collect()
    }),
    bare("reserved addresses (class E)", |s| {
        from4(s, Ipv4Addr::new(240, 0, 0, 7))
    }),
    granted("the network's own and broadcast address", |s| {
        [from4(s, of_network(s, 255)), from4(s, of_network(s, 0))].concat()
    }),
    attempt("martians: loopback, unspecified, multicast, IPv6", |s| {
        ["::1", "::", "ff02::1", "ff0e::7"]
            .into_iter()
            .flat_map(|address| from6(s, address.parse().unwrap()))
            .collect()
    }),
    attempt("a link-local address, IPv6", |s| {
        from6(s, "fe80::7".parse().unwrap())
    }),
];
