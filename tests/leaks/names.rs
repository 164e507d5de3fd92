//! To what the garden has opened by name, otherwise than it was opened, and past the redirection of DNS.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::attempt::{Attempt, ELSEWHERE4, ELSEWHERE6, NAMED4, NAMED6, OUT4, OUT6, Shot, bare, granted};
use crate::packet::{V4, V6};

const SYN: u8 = 0x02;

fn tcp(shot: &Shot<'_>, v4: Ipv4Addr, v6: Ipv6Addr, port: u16) -> Vec<Vec<u8>> {
    let (v4, v6) = (V4::new(shot.me.v4, v4), V6::new(shot.me.v6, v6));
    [
        shot.routed4(&v4.tcp(shot.to_port(port), SYN, &shot.data())),
        shot.routed6(&v6.tcp(shot.to_port(port), SYN, &shot.data())),
    ]
    .concat()
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("TCP to another port of a host opened by name", |s| {
        tcp(s, NAMED4, NAMED6, 444)
    }),
    granted("TCP to a host opened by name in the other network", |s| {
        tcp(s, ELSEWHERE4, ELSEWHERE6, 443)
    }),
    granted("UDP to a host opened by name (QUIC)", |s| {
        let (v4, v6) = (V4::new(s.me.v4, NAMED4), V6::new(s.me.v6, NAMED6));
        [
            s.routed4(&v4.udp(s.to_port(443), &s.data())),
            s.routed6(&v6.udp(s.to_port(443), &s.data())),
        ]
        .concat()
    }),
    granted("TCP fragment to a host opened by name", |s| {
        let whole = V4::new(s.me.v4, NAMED4).tcp(s.to_port(443), SYN, &s.data());
        let (first, rest) = whole[20..].split_at(24);
        let part = |offset, more| V4::new(s.me.v4, NAMED4).fragment(s.port, offset, more);
        [
            s.routed4(&part(0, true).packet(6, first)),
            s.routed4(&part(3, false).packet(6, rest)),
        ]
        .concat()
    }),
    bare(
        "TCP to a host opened by name, from a forged outside source",
        |s| {
            let (v4, v6) = (V4::new(OUT4, NAMED4), V6::new(OUT6, NAMED6));
            [
                s.routed4(&v4.tcp(s.to_port(443), SYN, &s.data())),
                s.routed6(&v6.tcp(s.to_port(443), SYN, &s.data())),
            ]
            .concat()
        },
    ),
    bare(
        "DNS at the forwarder's own port, from a forged outside source",
        |s| {
            let (v4, v6) = (
                V4::new(OUT4, s.scene.gateway.v4),
                V6::new(OUT6, s.scene.gateway.v6),
            );
            [
                s.routed4(&v4.udp(s.to_port(5_354), &s.data())),
                s.routed6(&v6.udp(s.to_port(5_354), &s.data())),
            ]
            .concat()
        },
    ),
];
