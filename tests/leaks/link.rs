//! Below IP: EtherTypes, tags, frame lengths and destination MACs.

use portico::model::Mac;

use crate::attempt::{Attempt, OUT4, Shot, Way, attempt, bare, granted};
use crate::packet::{ARP, IPV4, IPV6, arp, frame, short_frame};

const BROADCAST: [u8; 6] = [0xff; 6];
/// LLDP's group address; a bridge hands such frames to the stack of the *port* (IEEE 802.1Q, 8.6.3).
const NEAREST_BRIDGE: [u8; 6] = [0x01, 0x80, 0xc2, 0, 0, 0x0e];
/// 802.1X's.
const PAE_GROUP: [u8; 6] = [0x01, 0x80, 0xc2, 0, 0, 0x03];
/// Spanning tree's.
const BRIDGE_GROUP: [u8; 6] = [0x01, 0x80, 0xc2, 0, 0, 0];

/// A tag before the EtherType.
fn tagged(shot: &Shot<'_>, tags: &[(u16, u16)], ether_type: u16, packet: &[u8]) -> Vec<Vec<u8>> {
    let mut payload = Vec::new();
    let types: Vec<u16> = tags
        .iter()
        .skip(1)
        .map(|(kind, _)| *kind)
        .chain([ether_type])
        .collect();
    for ((_, tag), next) in tags.iter().zip(types) {
        payload.extend(tag.to_be_bytes());
        payload.extend(next.to_be_bytes());
    }
    payload.extend(packet);
    vec![shot.to_gateway(tags[0].0, &payload)]
}

/// An IPv4 packet behind some other header.
fn behind(shot: &Shot<'_>, ether_type: u16, header: &[u8]) -> Vec<Vec<u8>> {
    vec![shot.to_gateway(ether_type, &[header, &shot.plain4()].concat())]
}

/// A message of a link protocol to its group address.
fn control(shot: &Shot<'_>, group: [u8; 6], ether_type: u16) -> Vec<Vec<u8>> {
    vec![frame(group, shot.me.mac, ether_type, &shot.data())]
}

fn both_to(shot: &Shot<'_>, to: [u8; 6]) -> Vec<Vec<u8>> {
    vec![
        frame(to, shot.me.mac, IPV4, &shot.plain4()),
        frame(to, shot.me.mac, IPV6, &shot.plain6()),
    ]
}

pub(crate) const ATTEMPTS: &[Attempt] = &[
    granted("plain IPv4 frame", |s| s.routed4(&s.plain4())),
    granted("plain IPv6 frame", |s| s.routed6(&s.plain6())),
    attempt("ARP request for an outside address, with a tail", |s| {
        vec![frame(
            BROADCAST,
            s.me.mac,
            ARP,
            &arp(1, (s.me.mac, s.me.v4), ([0; 6], OUT4), &s.data()),
        )]
    }),
    bare("802.1Q tag 0 (priority)", |s| {
        tagged(s, &[(0x8100, 0xe000)], IPV4, &s.plain4())
    }),
    attempt("802.1Q tag 1, IPv4", |s| {
        tagged(s, &[(0x8100, 1)], IPV4, &s.plain4())
    }),
    attempt("802.1Q tag 1, IPv6", |s| {
        tagged(s, &[(0x8100, 1)], IPV6, &s.plain6())
    }),
    attempt("802.1Q tag 4094", |s| {
        tagged(s, &[(0x8100, 4_094)], IPV4, &s.plain4())
    }),
    attempt("802.1ad tag", |s| tagged(s, &[(0x88a8, 1)], IPV4, &s.plain4())),
    attempt("two tags", |s| {
        tagged(s, &[(0x88a8, 1), (0x8100, 2)], IPV6, &s.plain6())
    }),
    bare("two priority tags", |s| {
        tagged(s, &[(0x8100, 0), (0x8100, 0)], IPV4, &s.plain4())
    }),
    attempt("PPPoE discovery", |s| control(s, BROADCAST, 0x8863)),
    attempt("PPPoE session with IPv4", |s| {
        behind(s, 0x8864, &[0x11, 0, 0, 1, 0, 70, 0, 0x21])
    }),
    attempt("MPLS with IPv4", |s| behind(s, 0x8847, &[0, 1, 0x01, 0x40])),
    attempt("LLDP", |s| control(s, NEAREST_BRIDGE, 0x88cc)).by(Way::Cable),
    attempt("EAPOL", |s| control(s, PAE_GROUP, 0x888e)).by(Way::Cable),
    attempt("spanning tree", |s| control(s, BRIDGE_GROUP, 38)),
    attempt("slow protocols (LACP)", |s| {
        control(s, [0x01, 0x80, 0xc2, 0, 0, 0x02], 0x8809)
    })
    .by(Way::Cable),
    attempt("wake on LAN", |s| control(s, BROADCAST, 0x0842)),
    attempt("AVB, PTP and MACsec", |s| {
        [0x22f0, 0x88f7, 0x88e5]
            .into_iter()
            .flat_map(|kind| control(s, BROADCAST, kind))
            .collect()
    }),
    attempt("Ethernet in Ethernet (TEB)", |s| behind(s, 0x6558, &[0; 14])),
    attempt("RARP and InARP", |s| {
        let tail = s.data();
        vec![
            frame(
                BROADCAST,
                s.me.mac,
                0x8035,
                &arp(3, (s.me.mac, s.me.v4), ([0; 6], OUT4), &tail),
            ),
            frame(
                BROADCAST,
                s.me.mac,
                ARP,
                &arp(8, (s.me.mac, s.me.v4), ([0; 6], OUT4), &tail),
            ),
        ]
    }),
    attempt("Novell raw 802.3", |s| {
        let body = [&[0xff, 0xff][..], &s.data()].concat();
        let length = u16::try_from(body.len()).unwrap();
        vec![frame(BROADCAST, s.me.mac, length, &body)]
    }),
    attempt("802.2 LLC with SNAP and IPv4", |s| {
        let body = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &s.plain4()].concat();
        let length = u16::try_from(body.len()).unwrap();
        vec![s.to_gateway(length, &body)]
    }),
    attempt("local experimental EtherTypes", |s| {
        [0x88b5, 0x88b6, 0x88b7, 0xffff]
            .into_iter()
            .flat_map(|kind| control(s, BROADCAST, kind))
            .collect()
    }),
    attempt("runt of 22 bytes", |s| {
        vec![short_frame(
            s.scene.gateway.mac.octets(),
            s.me.mac,
            IPV4,
            &s.marker.bytes(),
        )]
    }),
    attempt("runt: IPv4 header cut short", |s| {
        let packet = [&s.plain4()[..16], &s.marker.bytes()].concat();
        vec![short_frame(s.scene.gateway.mac.octets(), s.me.mac, IPV4, &packet)]
    }),
    granted("jumbo frame, IPv4", |s| {
        s.routed4(&s.v4().udp(s.to_port(9), &s.long_data(8_000)))
    })
    .by(Way::Cable),
    attempt("jumbo frame, IPv6", |s| {
        s.routed6(&s.v6().udp(s.to_port(9), &s.long_data(8_000)))
    })
    .by(Way::Cable),
    attempt("EtherType IPv4, content IPv6", |s| {
        vec![s.to_gateway(IPV4, &s.plain6())]
    }),
    attempt("EtherType IPv6, content IPv4", |s| {
        vec![s.to_gateway(IPV6, &s.plain4())]
    }),
    attempt("unicast packets in a broadcast frame", |s| both_to(s, BROADCAST)),
    attempt("unicast packets in a multicast frame", |s| {
        both_to(s, [0x33, 0x33, 0, 0, 0, 1])
    }),
    attempt("unicast packets to the uplink's MAC", |s| {
        both_to(s, s.scene.wan.mac.octets())
    }),
    attempt("unicast packets to the router's MAC", |s| {
        both_to(s, s.scene.router.octets())
    }),
    attempt("unicast packets to the other network's gateway MAC", |s| {
        both_to(s, s.scene.other_gateway.mac.octets())
    }),
    attempt("unicast packets to the bridge group address", |s| {
        both_to(s, BRIDGE_GROUP)
    }),
    attempt("unicast packets to the LLDP address", |s| {
        both_to(s, NEAREST_BRIDGE)
    })
    .by(Way::Cable),
    attempt("unicast packets to the 802.1X address", |s| both_to(s, PAE_GROUP)).by(Way::Cable),
    // By the cable: an access point would learn it and keep the rest to itself.
    bare("from the gateway's own MAC", |s| from_mac(s, s.scene.gateway.mac)).by(Way::Cable),
    attempt("from the all-zero MAC", |s| {
        let gateway = s.scene.gateway.mac.octets();
        let mut frame = frame(gateway, s.me.mac, IPV4, &s.plain4());
        frame[6..12].fill(0);
        vec![frame]
    })
    .by(Way::Cable),
    attempt("from a group MAC", |s| {
        let gateway = s.scene.gateway.mac.octets();
        let mut frame = frame(gateway, s.me.mac, IPV4, &s.plain4());
        frame[6] |= 1;
        vec![frame]
    })
    .by(Way::Cable),
    bare("from the MAC of a station granted on the other network", |s| {
        from_mac(s, s.scene.stranger.mac)
    })
    .by(Way::Cable),
];

fn from_mac(shot: &Shot<'_>, mac: Mac) -> Vec<Vec<u8>> {
    let gateway = shot.scene.gateway.mac.octets();
    vec![
        frame(gateway, mac, IPV4, &shot.plain4()),
        frame(gateway, mac, IPV6, &shot.plain6()),
    ]
}
