//! Protocols other than TCP and UDP, over IPv4 and IPv6.

use crate::attempt::{Attempt, OUT4, OUT6, Shot, attempt, bare, granted};
use crate::packet::{ICMP, V4, V6};

/// The protocol's header, and the marker as its content, over both families.
fn both(shot: &Shot<'_>, protocol: u8, header: &[u8]) -> Vec<Vec<u8>> {
    let content = [header, &shot.data()].concat();
    [
        shot.routed4(&shot.v4().packet(protocol, &content)),
        shot.routed6(&shot.v6().packet(protocol, &content)),
    ]
    .concat()
}

fn icmp(shot: &Shot<'_>, four: (u8, u8), six: (u8, u8), rest: [u8; 4], data: &[u8]) -> Vec<Vec<u8>> {
    [
        shot.routed4(&shot.v4().icmp(four.0, four.1, rest, data)),
        shot.routed6(&shot.v6().icmp(six.0, six.1, rest, data)),
    ]
    .concat()
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("ICMP echo with a payload (tunnel)", |s| {
        let [high, low] = s.port.to_be_bytes();
        icmp(s, (8, 0), (128, 0), [high, low, 0, 1], &s.data())
    }),
    granted("ICMP echo with 1,400 bytes", |s| {
        let [high, low] = s.port.to_be_bytes();
        icmp(s, (8, 0), (128, 0), [high, low, 0, 1], &s.long_data(1_400))
    }),
    bare("ICMP echo reply nobody asked for", |s| {
        icmp(s, (0, 0), (129, 0), [0, 9, 0, 1], &s.data())
    }),
    bare("ICMP unreachable quoting a made-up packet", |s| {
        let four = V4::new(OUT4, s.me.v4).udp((9, s.port), &s.data());
        let six = V6::new(OUT6, s.me.v6).udp((9, s.port), &s.data());
        [
            s.routed4(&s.v4().icmp(3, 3, [0; 4], &four)),
            s.routed6(&s.v6().icmp(1, 4, [0; 4], &six)),
        ]
        .concat()
    }),
    bare("ICMP redirect", |s| {
        let four = V4::new(OUT4, s.me.v4).udp((9, s.port), &s.data());
        s.routed4(&s.v4().icmp(5, 1, s.me.v4.octets(), &four))
    }),
    granted("ICMP timestamp and address mask requests", |s| {
        let [high, low] = s.port.to_be_bytes();
        [13, 17]
            .into_iter()
            .flat_map(|kind| s.routed4(&s.v4().icmp(kind, 0, [high, low, 0, 1], &s.data())))
            .collect()
    }),
    bare("ICMP of unknown types", |s| {
        icmp(s, (42, 0), (200, 0), [0; 4], &s.data())
    }),
    bare("ICMP time exceeded and parameter problem", |s| {
        let six = V6::new(OUT6, s.me.v6).udp((9, s.port), &s.data());
        let four = V4::new(OUT4, s.me.v4).udp((9, s.port), &s.data());
        [
            s.routed4(&s.v4().icmp(11, 0, [0; 4], &four)),
            s.routed6(&s.v6().icmp(4, 0, [0; 4], &six)),
        ]
        .concat()
    }),
    bare("ICMPv6 packet too big", |s| {
        let six = V6::new(OUT6, s.me.v6).udp((9, s.port), &s.data());
        s.routed6(&s.v6().icmp(2, 0, 1_280_u32.to_be_bytes(), &six))
    }),
    bare("ICMP inside IPv6 and ICMPv6 inside IPv4", |s| {
        [
            s.routed4(
                &s.v4()
                    .packet(58, &[&[128, 0, 0, 0, 0, 0, 0, 0][..], &s.data()].concat()),
            ),
            s.routed6(
                &s.v6()
                    .packet(ICMP, &[&[8, 0, 0, 0, 0, 0, 0, 0][..], &s.data()].concat()),
            ),
        ]
        .concat()
    }),
    granted("IGMP to a host outside", |s| {
        s.routed4(
            &s.v4()
                .packet(2, &[&[0x16, 0, 0, 0, 224, 0, 0, 9][..], &s.data()].concat()),
        )
    }),
    granted("IPv4 in IPv4 (IPIP)", |s| {
        s.routed4(&s.v4().packet(4, &s.plain4()))
    }),
    granted("IPv6 in IPv4 (6in4)", |s| {
        s.routed4(&s.v4().packet(41, &s.plain6()))
    }),
    granted("IPv4 in IPv6", |s| s.routed6(&s.v6().packet(4, &s.plain4()))),
    granted("IPv6 in IPv6", |s| s.routed6(&s.v6().packet(41, &s.plain6()))),
    attempt("tunnel packets to the gateway itself", |s| {
        let (v4, v6) = (
            V4::new(s.me.v4, s.scene.gateway.v4),
            V6::new(s.me.v6, s.scene.gateway.v6),
        );
        [
            s.routed4(&v4.packet(4, &s.plain4())),
            s.routed4(&v4.packet(41, &s.plain6())),
            s.routed6(&v6.packet(41, &s.plain6())),
            s.routed6(&v6.packet(4, &s.plain4())),
            s.routed4(&v4.packet(47, &[&[0, 0, 8, 0][..], &s.plain4()].concat())),
        ]
        .concat()
    }),
    granted("GRE", |s| both(s, 47, &[0, 0, 8, 0])),
    granted("GRE with key, version 1 (PPTP)", |s| {
        both(s, 47, &[0x20, 1, 0x88, 0x0b, 0, 48, 0, 7])
    }),
    granted("ESP", |s| both(s, 50, &[0, 0, 1, 0, 0, 0, 0, 1])),
    granted("AH before UDP", |s| {
        let udp = s.v4().udp(s.to_port(9), &s.data());
        let header = [
            17, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
        ];
        both(s, 51, &[&header, &udp[20..]].concat())
    }),
    bare("SCTP INIT", |s| both(s, 132, &sctp(s))),
    bare("UDP-Lite", |s| {
        both(s, 136, &[&s.port.to_be_bytes()[..], &[0, 9, 0, 8, 0, 0]].concat())
    }),
    granted("DCCP request", |s| both(s, 33, &dccp(s))),
    granted("L2TP over IP", |s| both(s, 115, &[0, 0, 0, 7])),
    granted("EtherIP", |s| both(s, 97, &[0x30, 0])),
    granted("OSPF, EIGRP, PIM and VRRP to a host outside", |s| {
        [89, 88, 103, 112]
            .into_iter()
            .flat_map(|protocol| both(s, protocol, &[0; 8]))
            .collect()
    }),
    granted("MPLS in IP and mobile IP", |s| {
        [both(s, 137, &[0, 1, 1, 64]), both(s, 55, &[0; 8])].concat()
    }),
    granted("IP protocol 253 and 254 (experiments)", |s| {
        [both(s, 253, &[0; 8]), both(s, 254, &[0; 8])].concat()
    }),
    granted("IP protocol 255", |s| both(s, 255, &[0; 8])),
    granted("IP protocol 0 over IPv4", |s| {
        s.routed4(&s.v4().packet(0, &s.data()))
    }),
    granted("IP protocol 59 over IPv4", |s| {
        s.routed4(&s.v4().packet(59, &s.data()))
    }),
];

/// An INIT chunk (RFC 9260, 3.3.2) in its common header; the checksum is not right.
fn sctp(shot: &Shot<'_>) -> Vec<u8> {
    let mut packet = [&shot.port.to_be_bytes()[..], &[0x13, 0xc4]].concat();
    packet.extend([0; 8]);
    packet.extend([1, 0, 0, 20, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
    packet
}

/// A DCCP request (RFC 4340, 5.1).
fn dccp(shot: &Shot<'_>) -> Vec<u8> {
    let mut packet = [&shot.port.to_be_bytes()[..], &[0, 9, 5, 0, 0, 0, 1, 0]].concat();
    packet.extend([0, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    packet
}
