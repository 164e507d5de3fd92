//! What an IPv4 header can do: options, fragments, life times, wrong lengths.

use crate::attempt::{Attempt, Shot, attempt, bare, granted};
use crate::packet::{SYN, TCP, UDP, V4};

/// Source routes (RFC 791, 3.1): the way back in, by the gateway's uplink.
fn source_routed(shot: &Shot<'_>, kind: u8) -> Vec<Vec<u8>> {
    let hop = crate::attempt::OUT4.octets();
    let [a, b, c, d] = hop;
    let option = [kind, 7, 4, a, b, c, d, 0];
    let direct = shot.v4().options(&option);
    let by_gateway = V4::new(shot.me.v4, shot.scene.gateway.v4).options(&option);
    let ports = shot.to_port(9);
    [
        shot.routed4(&direct.udp(ports, &shot.data())),
        shot.routed4(&by_gateway.udp(ports, &shot.data())),
    ]
    .concat()
}

/// The parts of one UDP packet, by offset in bytes.
fn parts(shot: &Shot<'_>, cuts: &[(usize, usize)], length: usize) -> Vec<Vec<u8>> {
    let whole = shot.v4().udp(shot.to_port(9), &shot.long_data(length));
    let whole = &whole[20..];
    cuts.iter()
        .flat_map(|(from, to)| {
            let to = (*to).min(whole.len());
            let offset = u16::try_from(from / 8).unwrap();
            let header = shot.v4().fragment(shot.port, offset, to < whole.len());
            shot.routed4(&header.packet(UDP, &whole[*from..to]))
        })
        .collect()
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("option: record route", |s| {
        let option = [&[7, 11, 4][..], &[0; 9]].concat();
        s.routed4(&s.v4().options(&option).udp(s.to_port(9), &s.data()))
    }),
    granted("option: timestamp", |s| {
        let option = [&[68, 12, 5, 0][..], &[0; 8]].concat();
        s.routed4(&s.v4().options(&option).udp(s.to_port(9), &s.data()))
    }),
    granted("option: router alert", |s| {
        s.routed4(&s.v4().options(&[148, 4, 0, 0]).udp(s.to_port(9), &s.data()))
    }),
    granted("option: unknown, and forty bytes of padding", |s| {
        let unknown = s.v4().options(&[222, 4, 1, 2]);
        let padding = s.v4().options(&[1; 40]);
        [
            s.routed4(&unknown.udp(s.to_port(9), &s.data())),
            s.routed4(&padding.tcp(s.to_port(443), SYN, &s.data())),
        ]
        .concat()
    }),
    attempt("option: loose source route", |s| source_routed(s, 131)),
    attempt("option: strict source route", |s| source_routed(s, 137)),
    attempt("option: source route cut short", |s| {
        s.routed4(&s.v4().options(&[131, 39, 4, 198]).udp(s.to_port(9), &s.data()))
    }),
    granted("fragments: two halves", |s| {
        parts(s, &[(0, 56), (56, 9_999)], 160)
    }),
    granted("fragments: tiny first one (8 bytes)", |s| {
        parts(s, &[(0, 8), (8, 9_999)], 160)
    }),
    bare("fragments: only a first one", |s| parts(s, &[(0, 96)], 160)),
    bare("fragments: only a second one", |s| parts(s, &[(96, 9_999)], 160)),
    granted("fragments: last one first", |s| {
        parts(s, &[(56, 9_999), (0, 56)], 160)
    }),
    bare("fragments: overlapping", |s| {
        parts(s, &[(0, 64), (32, 96), (64, 9_999)], 160)
    }),
    bare("fragments: TCP to port 80, then another port over it", |s| {
        let part = |port, offset, more| {
            let whole = s.v4().tcp((s.port, port), SYN, &s.data());
            let header = s.v4().fragment(s.port, offset, more);
            s.routed4(&header.packet(TCP, &whole[20..60]))
        };
        [part(80, 0, true), part(443, 0, true), part(443, 3, false)].concat()
    }),
    bare("fragments: of TCP to port 80, without the first", |s| {
        let header = s.v4().fragment(s.port, 4, true);
        s.routed4(&header.packet(TCP, &s.data()))
    }),
    granted("\"do not fragment\" and the reserved bit", |s| {
        let mut header = s.v4();
        header.fragment = 0xc000;
        s.routed4(&header.udp(s.to_port(9), &s.data()))
    }),
    attempt("life time 0", |s| {
        s.routed4(&s.v4().ttl(0).udp(s.to_port(9), &s.data()))
    }),
    attempt("life time 1", |s| {
        s.routed4(&s.v4().ttl(1).udp(s.to_port(9), &s.data()))
    }),
    granted("life time 2 and 255", |s| {
        [2, 255]
            .into_iter()
            .flat_map(|ttl| s.routed4(&s.v4().ttl(ttl).udp(s.to_port(9), &s.data())))
            .collect()
    }),
    granted("life time 1 by TCP to port 80 at another hop", |s| {
        s.routed4(&s.v4().ttl(3).tcp(s.to_port(80), SYN, &s.data()))
    }),
    attempt("wrong header checksum", |s| {
        let mut packet = s.plain4();
        packet[10] ^= 0xff;
        s.routed4(&packet)
    }),
    attempt("header length of four words", |s| {
        let mut packet = s.plain4();
        packet[0] = 0x44;
        s.routed4(&packet)
    }),
    attempt("header longer than the packet", |s| {
        let mut packet = s.v4().packet(UDP, &s.marker.bytes());
        packet[0] = 0x4f;
        s.routed4(&packet)
    }),
    attempt("total length longer than the frame", |s| {
        let mut packet = s.plain4();
        packet[2] = 0x05;
        s.routed4(&packet)
    }),
    granted("a tail after the packet's end", |s| {
        s.routed4(&[s.plain4(), s.data()].concat())
    }),
    attempt("IP version 5 and 15", |s| {
        [0x55, 0xf5]
            .into_iter()
            .flat_map(|first| {
                let mut packet = s.plain4();
                packet[0] = first;
                s.routed4(&packet)
            })
            .collect()
    }),
    granted("every bit of the type of service", |s| {
        let mut packet = s.plain4();
        packet[1] = 0xff;
        // The checksum of a header whose second byte grew by 0xff.
        let sum = u16::from_be_bytes([packet[10], packet[11]]);
        let fixed = sum.checked_sub(0xff).unwrap_or(sum.wrapping_sub(0x100));
        packet[10..12].copy_from_slice(&fixed.to_be_bytes());
        s.routed4(&packet)
    }),
];
