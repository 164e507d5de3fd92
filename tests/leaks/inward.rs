//! From the Internet to a station that has no access: a one-way channel would be a leak too.

use std::net::{Ipv4Addr, Ipv6Addr};

use portico::app::lab::plan;

use crate::attempt::{Attempt, Shot, Way, attempt, bare};
use crate::packet::{ACK, IPV4, IPV6, RST, SYN, UDP, V4, V6};

/// The sender; nobody has sent anything to it.
const OUT4: Ipv4Addr = plan::RESOLVER_V4;
const OUT6: Ipv6Addr = plan::RESOLVER_V6;

fn four(shot: &Shot<'_>) -> V4 {
    V4::new(OUT4, shot.me.v4)
}

fn six(shot: &Shot<'_>) -> V6 {
    V6::new(OUT6, shot.me.v6)
}

fn both(shot: &Shot<'_>, v4: &[u8], v6: &[u8]) -> Vec<Vec<u8>> {
    [shot.inward(IPV4, v4), shot.inward(IPV6, v6)].concat()
}

fn udp(shot: &Shot<'_>, ports: (u16, u16)) -> Vec<Vec<u8>> {
    both(
        shot,
        &four(shot).udp(ports, &shot.data()),
        &six(shot).udp(ports, &shot.data()),
    )
}

fn tcp(shot: &Shot<'_>, flags: u8) -> Vec<Vec<u8>> {
    let ports = (443, shot.port);
    both(
        shot,
        &four(shot).tcp(ports, flags, &shot.data()),
        &six(shot).tcp(ports, flags, &shot.data()),
    )
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    bare("inward UDP", |s| udp(s, (9, s.port))).by(Way::Internet),
    bare("inward UDP from port 53", |s| udp(s, (53, s.port))).by(Way::Internet),
    bare("inward UDP like a DHCP answer", |s| {
        let four = four(s).udp((67, 68), &s.data());
        let six = six(s).udp((547, 546), &s.data());
        both(s, &four, &six)
    })
    .by(Way::Internet),
    bare("inward TCP SYN", |s| tcp(s, SYN)).by(Way::Internet),
    bare("inward TCP SYN, ACK", |s| tcp(s, SYN | ACK)).by(Way::Internet),
    bare("inward TCP ACK", |s| tcp(s, ACK)).by(Way::Internet),
    bare("inward TCP RST", |s| tcp(s, RST)).by(Way::Internet),
    bare("inward ICMP echo", |s| {
        let rest = [0, 9, 0, 1];
        both(
            s,
            &four(s).icmp(8, 0, rest, &s.data()),
            &six(s).icmp(128, 0, rest, &s.data()),
        )
    })
    .by(Way::Internet),
    bare("inward ICMP unreachable", |s| {
        let v4 = V4::new(s.me.v4, OUT4).udp((s.port, 9), &s.data());
        let v6 = V6::new(s.me.v6, OUT6).udp((s.port, 9), &s.data());
        both(
            s,
            &four(s).icmp(3, 3, [0; 4], &v4),
            &six(s).icmp(1, 4, [0; 4], &v6),
        )
    })
    .by(Way::Internet),
    bare("inward GRE, ESP and IPIP", |s| {
        [47, 50, 4]
            .into_iter()
            .flat_map(|protocol| {
                both(
                    s,
                    &four(s).packet(protocol, &s.data()),
                    &six(s).packet(protocol, &s.data()),
                )
            })
            .collect()
    })
    .by(Way::Internet),
    bare("inward fragments", |s| {
        let v4 = four(s).fragment(s.port, 8, false).packet(UDP, &s.data());
        let v6 = six(s)
            .fragment(u32::from(s.port), 8, false)
            .packet(UDP, &s.data());
        both(s, &v4, &v6)
    })
    .by(Way::Internet),
    bare("inward from the other network's station", |s| {
        let ports = (9, s.port);
        let v4 = V4::new(s.scene.stranger.v4, s.me.v4).udp(ports, &s.data());
        let v6 = V6::new(s.scene.stranger.v6, s.me.v6).udp(ports, &s.data());
        both(s, &v4, &v6)
    })
    .by(Way::Internet),
    bare("inward from the gateway's own address", |s| {
        let ports = (53, s.port);
        let v4 = V4::new(s.scene.gateway.v4, s.me.v4).udp(ports, &s.data());
        let v6 = V6::new(s.scene.gateway.v6, s.me.v6).udp(ports, &s.data());
        both(s, &v4, &v6)
    })
    .by(Way::Internet),
    bare(
        "the gateway's echo answers, asked for in the station's name",
        |s| {
            let rest = [0, 9, 0, 1];
            let v4 = V4::new(s.me.v4, s.scene.wan.v4).icmp(8, 0, rest, &s.data());
            let v6 = V6::new(s.me.v6, s.scene.wan.v6).icmp(128, 0, rest, &s.data());
            both(s, &v4, &v6)
        },
    )
    .by(Way::Internet),
    bare("the gateway's refusals, provoked in the station's name", |s| {
        let v4 = V4::new(s.me.v4, s.scene.wan.v4).udp(s.to_port(33_434), &s.data());
        let v6 = V6::new(s.me.v6, s.scene.wan.v6).udp(s.to_port(33_434), &s.data());
        both(s, &v4, &v6)
    })
    .by(Way::Internet),
    attempt("inward broadcast and multicast", |s| {
        let v4 = V4::new(OUT4, [10, 87, 0, 255].into()).udp((9, s.port), &s.data());
        let v6 = V6::new(OUT6, "ff05::1".parse().unwrap()).udp((9, s.port), &s.data());
        both(s, &v4, &v6)
    })
    .by(Way::Internet),
];
