//! To other stations, to the other network, to groups, and lies about who has which address.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::attempt::{Attempt, Host, OUT4, OUT6, Shot, attempt, bare};
use crate::packet::{ARP, IPV4, IPV6, SYN, V4, V6, arp, frame};

const BROADCAST: [u8; 6] = [0xff; 6];

/// Through the gateway to a host of a LAN.
fn hairpin(shot: &Shot<'_>, to: Host) -> Vec<Vec<u8>> {
    let (v4, v6) = (V4::new(shot.me.v4, to.v4), V6::new(shot.me.v6, to.v6));
    let ports = shot.to_port(9);
    [
        shot.routed4(&v4.udp(ports, &shot.data())),
        shot.routed4(&v4.tcp(ports, SYN, &shot.data())),
        shot.routed4(&v4.icmp(8, 0, [0, 9, 0, 1], &shot.data())),
        shot.routed6(&v6.udp(ports, &shot.data())),
        shot.routed6(&v6.tcp(ports, SYN, &shot.data())),
        shot.routed6(&v6.icmp(128, 0, [0, 9, 0, 1], &shot.data())),
    ]
    .concat()
}

/// Straight to a host of the same LAN.
fn direct(shot: &Shot<'_>, to: [u8; 6], host: Host) -> Vec<Vec<u8>> {
    let (v4, v6) = (V4::new(shot.me.v4, host.v4), V6::new(shot.me.v6, host.v6));
    vec![
        frame(to, shot.me.mac, IPV4, &v4.udp(shot.to_port(9), &shot.data())),
        frame(to, shot.me.mac, IPV6, &v6.udp(shot.to_port(9), &shot.data())),
    ]
}

/// To an IPv4 group, in the frame that belongs to it.
fn group4(shot: &Shot<'_>, to: [u8; 4], port: u16) -> Vec<Vec<u8>> {
    let [_, b, c, d] = to;
    let packet = V4::new(shot.me.v4, Ipv4Addr::from(to)).udp((port, port), &shot.data());
    vec![
        frame([0x01, 0, 0x5e, b & 0x7f, c, d], shot.me.mac, IPV4, &packet),
        shot.to_gateway(IPV4, &packet),
    ]
}

/// To an IPv6 group, in the frame that belongs to it.
fn group6(shot: &Shot<'_>, to: &str, port: u16) -> Vec<Vec<u8>> {
    let to: Ipv6Addr = to.parse().unwrap();
    let tail = to.octets();
    let packet = V6::new(shot.me.v6, to).udp((port, port), &shot.data());
    let group = [0x33, 0x33, tail[12], tail[13], tail[14], tail[15]];
    vec![
        frame(group, shot.me.mac, IPV6, &packet),
        shot.to_gateway(IPV6, &packet),
    ]
}

fn claim4(shot: &Shot<'_>, address: Ipv4Addr) -> Vec<Vec<u8>> {
    let mac = shot.me.mac;
    let request = arp(1, (mac, address), ([0; 6], address), &shot.data());
    let reply = arp(2, (mac, address), (BROADCAST, address), &shot.data());
    vec![
        frame(BROADCAST, mac, ARP, &request),
        frame(BROADCAST, mac, ARP, &reply),
        shot.to_gateway(ARP, &reply),
    ]
}

/// An unsolicited neighbour advertisement (RFC 4861, 4.4), with the marker as an unknown option.
fn claim6(shot: &Shot<'_>, address: Ipv6Addr) -> Vec<Vec<u8>> {
    let all_nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    let mut body = address.octets().to_vec();
    body.extend([2, 1]);
    body.extend(shot.me.mac.octets());
    body.extend([253, 2, 0, 0, 0, 0, 0, 0]);
    body.extend(shot.marker.bytes());
    // Override.
    let message = V6::new(address, all_nodes)
        .hops(255)
        .icmp(136, 0, [0x20, 0, 0, 0], &body);
    vec![
        frame([0x33, 0x33, 0, 0, 0, 1], shot.me.mac, IPV6, &message),
        shot.to_gateway(IPV6, &message),
    ]
}

/// A message of the router's (RFC 4861, 4.2 and 4.5).
fn as_router(shot: &Shot<'_>, kind: u8, body: &[u8]) -> Vec<Vec<u8>> {
    let all_nodes = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
    let body = [body, &shot.data()].concat();
    let from = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x66);
    let message = V6::new(from, all_nodes)
        .hops(255)
        .icmp(kind, 0, [64, 0, 0, 30], &body);
    vec![
        frame([0x33, 0x33, 0, 0, 0, 1], shot.me.mac, IPV6, &message),
        shot.to_gateway(IPV6, &message),
    ]
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    bare("through the gateway to the other network's station", |s| {
        hairpin(s, s.scene.stranger)
    }),
    bare(
        "through the gateway to a granted station of the same network",
        |s| hairpin(s, s.scene.neighbour),
    ),
    attempt("straight to a granted station at another access point", |s| {
        direct(s, s.scene.neighbour.mac.octets(), s.scene.neighbour)
    }),
    attempt("straight to it by broadcast", |s| {
        direct(s, BROADCAST, s.scene.neighbour)
    }),
    attempt("to the other network's station, its own MAC", |s| {
        direct(s, s.scene.stranger.mac.octets(), s.scene.stranger)
    }),
    attempt("to the other network's gateway address", |s| {
        let v4 = V4::new(s.me.v4, s.scene.other_gateway.v4);
        let v6 = V6::new(s.me.v6, s.scene.other_gateway.v6);
        [
            s.routed4(&v4.udp(s.to_port(9), &s.data())),
            s.routed6(&v6.udp(s.to_port(9), &s.data())),
        ]
        .concat()
    }),
    attempt("to the uplink's address, TCP and UDP", |s| {
        let v4 = V4::new(s.me.v4, s.scene.wan.v4);
        let v6 = V6::new(s.me.v6, s.scene.wan.v6);
        [
            s.routed4(&v4.udp(s.to_port(9), &s.data())),
            s.routed4(&v4.tcp(s.to_port(22), SYN, &s.data())),
            s.routed6(&v6.udp(s.to_port(9), &s.data())),
        ]
        .concat()
    }),
    attempt("broadcast to everybody", |s| {
        let packet = V4::new(s.me.v4, Ipv4Addr::BROADCAST).udp(s.to_port(9), &s.data());
        vec![frame(BROADCAST, s.me.mac, IPV4, &packet)]
    }),
    attempt("directed broadcast into the other network", |s| {
        let [a, b, c, _] = s.scene.stranger.v4.octets();
        let v4 = V4::new(s.me.v4, Ipv4Addr::new(a, b, c, 255));
        s.routed4(&v4.udp(s.to_port(9), &s.data()))
    }),
    attempt("directed broadcast onto the uplink", |s| {
        let v4 = V4::new(s.me.v4, Ipv4Addr::new(198, 51, 100, 255));
        s.routed4(&v4.udp(s.to_port(9), &s.data()))
    }),
    attempt("multicast: mDNS, LLMNR, SSDP over IPv4", |s| {
        [
            group4(s, [224, 0, 0, 251], 5_353),
            group4(s, [224, 0, 0, 252], 5_355),
            group4(s, [239, 255, 255, 250], 1_900),
        ]
        .concat()
    }),
    bare("multicast: global and class E over IPv4", |s| {
        [
            group4(s, [232, 1, 2, 3], 9),
            group4(s, [224, 0, 1, 1], 123),
            group4(s, [255, 1, 2, 3], 9),
        ]
        .concat()
    }),
    attempt("multicast: mDNS, SSDP over IPv6", |s| {
        [
            group6(s, "ff02::fb", 5_353),
            group6(s, "ff05::c", 1_900),
            group6(s, "ff02::1", 9),
        ]
        .concat()
    }),
    attempt("multicast: global and all scopes over IPv6", |s| {
        [
            group6(s, "ff0e::101", 123),
            group6(s, "ff08::7", 9),
            group6(s, "ff0f::1", 9),
            group6(s, "ff01::1", 9),
        ]
        .concat()
    }),
    attempt("multicast router messages (IGMP, MLD, PIM)", |s| {
        let all4 = V4::new(s.me.v4, Ipv4Addr::new(224, 0, 0, 1)).ttl(1);
        let all6 = V6::new("fe80::66".parse().unwrap(), "ff02::1".parse().unwrap()).hops(1);
        vec![
            frame(
                [1, 0, 0x5e, 0, 0, 1],
                s.me.mac,
                IPV4,
                &all4.packet(2, &[&[0x11, 0, 0, 0, 0, 0, 0, 0][..], &s.data()].concat()),
            ),
            frame(
                [0x33, 0x33, 0, 0, 0, 1],
                s.me.mac,
                IPV6,
                &all6.icmp(130, 0, [0; 4], &[&[0; 16][..], &s.data()].concat()),
            ),
            frame(
                [1, 0, 0x5e, 0, 0, 13],
                s.me.mac,
                IPV4,
                &all4.packet(103, &[&[0x20, 0, 0, 0][..], &s.data()].concat()),
            ),
        ]
    }),
    attempt("to a link-local address outside the link", |s| {
        let v6 = V6::new(s.me.v6, "fe80::99".parse().unwrap());
        s.routed6(&v6.udp(s.to_port(9), &s.data()))
    }),
    attempt("ARP: claim the gateway's address", |s| {
        claim4(s, s.scene.gateway.v4)
    }),
    attempt("ARP: claim a granted station's address", |s| {
        claim4(s, s.scene.neighbour.v4)
    }),
    attempt("ARP: claim an outside address (proxy)", |s| claim4(s, OUT4)),
    attempt("ARP: claim the uplink's router", |s| {
        claim4(s, portico::app::lab::plan::ROUTER_V4)
    }),
    attempt("ND: claim the gateway's address", |s| {
        claim6(s, s.scene.gateway.v6)
    }),
    attempt("ND: claim a granted station's address", |s| {
        claim6(s, s.scene.neighbour.v6)
    }),
    attempt("ND: claim an outside address (proxy)", |s| claim6(s, OUT6)),
    attempt("ND: solicitation for an outside address", |s| {
        let to: Ipv6Addr = "ff02::1:ff00:80".parse().unwrap();
        let body = [&OUT6.octets()[..], &[253, 2, 0, 0, 0, 0, 0, 0], &s.marker.bytes()].concat();
        let message = V6::new(s.me.v6, to).hops(255).icmp(135, 0, [0; 4], &body);
        vec![frame([0x33, 0x33, 0xff, 0, 0, 0x80], s.me.mac, IPV6, &message)]
    }),
    attempt("ND: router advertisement from a station", |s| {
        // Reachable time and retransmission timer, then a default route to oneself.
        as_router(s, 134, &[0; 8])
    }),
    attempt("ND: redirect from a station", |s| {
        as_router(s, 137, &[s.scene.neighbour.v6.octets(), OUT6.octets()].concat())
    }),
    attempt("ND: router advertisement behind destination options", |s| {
        let header = V6::new("fe80::66".parse().unwrap(), "ff02::1".parse().unwrap());
        let message =
            header
                .hops(255)
                .padded(60)
                .icmp(134, 0, [64, 0, 0, 30], &[&[0; 8][..], &s.data()].concat());
        vec![frame([0x33, 0x33, 0, 0, 0, 1], s.me.mac, IPV6, &message)]
    }),
];
