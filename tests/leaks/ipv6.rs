//! What an IPv6 header and its extensions can do.

use std::net::Ipv6Addr;

use crate::attempt::{Attempt, OUT4, OUT6, Shot, attempt, bare, granted};
use crate::packet::{SYN, UDP, V6};

/// Extension headers (RFC 8200, 4).
const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const DESTINATION: u8 = 60;

fn udp(shot: &Shot<'_>, header: &V6) -> Vec<Vec<u8>> {
    shot.routed6(&header.udp(shot.to_port(9), &shot.data()))
}

/// A routing header of a type: one segment, the target outside, left to be visited.
fn routed(shot: &Shot<'_>, kind: u8, to: Ipv6Addr) -> Vec<Vec<u8>> {
    let body = [&[2, kind, 1, 0, 0, 0, 0][..], &OUT6.octets()].concat();
    udp(shot, &V6::new(shot.me.v6, to).extension(ROUTING, &body))
}

/// The parts of one UDP packet, by offset in bytes.
fn parts(shot: &Shot<'_>, header: &V6, cuts: &[(usize, usize)]) -> Vec<Vec<u8>> {
    let whole = header.udp_payload(shot.to_port(9), &shot.long_data(160));
    cuts.iter()
        .flat_map(|(from, to)| {
            let to = (*to).min(whole.len());
            let offset = u16::try_from(from / 8).unwrap();
            let header = header
                .clone()
                .fragment(u32::from(shot.port), offset, to < whole.len());
            shot.routed6(&header.packet(UDP, &whole[*from..to]))
        })
        .collect()
}

/// Sixteen headers of one kind.
fn chain(header: V6, number: u8) -> V6 {
    (0..16).fold(header, |header, _| header.padded(number))
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("hop-by-hop options", |s| udp(s, &s.v6().padded(HOP_BY_HOP))),
    granted("hop-by-hop router alert", |s| {
        udp(s, &s.v6().extension(HOP_BY_HOP, &[0, 5, 2, 0, 0, 1, 0]))
    }),
    granted("hop-by-hop not first", |s| {
        udp(s, &s.v6().padded(DESTINATION).padded(HOP_BY_HOP))
    }),
    granted("destination options", |s| udp(s, &s.v6().padded(DESTINATION))),
    granted("destination options with an unknown one", |s| {
        udp(s, &s.v6().extension(DESTINATION, &[0, 0x1e, 4, 1, 2, 3, 4]))
    }),
    granted("destination options before TCP to port 80", |s| {
        s.routed6(&s.v6().padded(DESTINATION).tcp(s.to_port(80), SYN, &s.data()))
    }),
    granted("a chain of sixteen destination options", |s| {
        udp(s, &chain(s.v6(), DESTINATION))
    }),
    granted("hop-by-hop, destination, fragment, destination", |s| {
        let header = s.v6().padded(HOP_BY_HOP).padded(DESTINATION);
        udp(
            s,
            &header.fragment(u32::from(s.port), 0, false).padded(DESTINATION),
        )
    }),
    bare("routing header type 0, by the way", |s| routed(s, 0, OUT6)),
    attempt("routing header type 0, by the gateway", |s| {
        routed(s, 0, s.scene.gateway.v6)
    }),
    bare("routing header type 2, by the way", |s| routed(s, 2, OUT6)),
    attempt("routing header type 4 (SRv6), by the gateway", |s| {
        routed(s, 4, s.scene.gateway.v6)
    }),
    bare("routing header type 4 (SRv6), by the way", |s| routed(s, 4, OUT6)),
    bare("routing header behind destination options", |s| {
        let body = [&[2, 0, 0, 0, 0, 0, 0][..], &OUT6.octets()].concat();
        udp(s, &s.v6().padded(DESTINATION).extension(ROUTING, &body))
    }),
    granted("atomic fragment", |s| {
        udp(s, &s.v6().fragment(u32::from(s.port), 0, false))
    }),
    granted("fragments: two halves", |s| {
        parts(s, &s.v6(), &[(0, 56), (56, 9_999)])
    }),
    granted("fragments: tiny first one (8 bytes)", |s| {
        parts(s, &s.v6(), &[(0, 8), (8, 9_999)])
    }),
    bare("fragments: only a first one", |s| parts(s, &s.v6(), &[(0, 96)])),
    bare("fragments: only a second one", |s| {
        parts(s, &s.v6(), &[(96, 9_999)])
    }),
    bare("fragments: overlapping", |s| {
        parts(s, &s.v6(), &[(0, 64), (32, 96), (64, 9_999)])
    }),
    bare("fragments: the upper header only in the second", |s| {
        let header = |offset, more| s.v6().fragment(u32::from(s.port), offset, more);
        let whole = s.v6().udp_payload(s.to_port(9), &s.data());
        let first = [&[UDP, 0, 1, 4, 0, 0, 0, 0][..], &[]].concat();
        [
            s.routed6(&header(0, true).packet(DESTINATION, &[&first[..], &s.marker.bytes()].concat())),
            s.routed6(&header(1, false).packet(DESTINATION, &whole)),
        ]
        .concat()
    }),
    granted("fragment inside a fragment", |s| {
        let header = s.v6().fragment(1, 0, false).fragment(2, 0, false);
        udp(s, &header)
    }),
    bare("no next header", |s| s.routed6(&s.v6().packet(59, &s.data()))),
    granted("mobility, HIP and shim6 headers", |s| {
        [135, 139, 140]
            .into_iter()
            .flat_map(|number| {
                s.routed6(
                    &s.v6()
                        .packet(number, &[&[59, 0, 0, 0, 0, 0, 0, 0][..], &s.data()].concat()),
                )
            })
            .collect()
    }),
    granted("authentication header before TCP", |s| {
        let udp = s.v6().tcp(s.to_port(443), SYN, &s.data());
        let header = [
            6, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
        ];
        s.routed6(&s.v6().packet(51, &[&header[..], &udp[40..]].concat()))
    }),
    attempt("hop limit 0 and 1", |s| {
        [udp(s, &s.v6().hops(0)), udp(s, &s.v6().hops(1))].concat()
    }),
    granted("hop limit 255", |s| udp(s, &s.v6().hops(255))),
    granted("to an IPv4-mapped address", |s| {
        udp(s, &V6::new(s.me.v6, OUT4.to_ipv6_mapped()))
    }),
    bare("from an IPv4-mapped address", |s| {
        udp(s, &V6::new(s.me.v4.to_ipv6_mapped(), OUT6))
    }),
    granted("every bit of traffic class and flow label", |s| {
        let mut packet = s.plain6();
        packet[..4].copy_from_slice(&[0x6f, 0xff, 0xff, 0xff]);
        s.routed6(&packet)
    }),
    attempt("payload length longer than the frame", |s| {
        let mut packet = s.plain6();
        packet[4] = 0x05;
        s.routed6(&packet)
    }),
    attempt("jumbo payload option without a jumbo", |s| {
        let mut packet = s
            .v6()
            .extension(HOP_BY_HOP, &[0, 0xc2, 4, 0, 1, 0, 8])
            .udp(s.to_port(9), &s.data());
        packet[4..6].fill(0);
        s.routed6(&packet)
    }),
];
