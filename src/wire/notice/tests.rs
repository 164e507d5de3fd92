//! Frames captured from udhcpc, dhclient and the kernel's own IPv6, and what hostile hands make of
//! them.

use std::net::IpAddr;

use pnet_packet::icmpv6;
use pnet_packet::icmpv6::MutableIcmpv6Packet;
use pnet_packet::ipv4::{self, MutableIpv4Packet};
use pnet_packet::ipv6::Ipv6Packet;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::{Addresses, FrameError, Notice, Protocol, may_be_a_stations, notice};

macro_rules! captured {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/fuzz/corpus/frames/", $name))
    };
}

const STATION: [u8; 6] = [0x02, 0x5e, 0x10, 0x00, 0x00, 0x0a];
const LINK_LOCAL: &str = "fe80::5e:10ff:fe00:a";
const ETHERNET_SOURCE: usize = 6;
const INNER: usize = 14;
const DHCP4: usize = 42;
const ICMPV6: usize = 54;
const DHCP6: usize = 62;

/// Every frame that tells of a station, by whom, and the addresses it uses.
const TELLING: &[(&[u8], Protocol, &[&str])] = &[
    (captured!("arp-request"), Protocol::Arp, &["10.21.0.56"]),
    (captured!("arp-reply"), Protocol::Arp, &["10.21.0.56"]),
    (captured!("arp-announcement"), Protocol::Arp, &["10.21.0.56"]),
    (captured!("arp-probe"), Protocol::Arp, &[]),
    (captured!("dhcp4-discover"), Protocol::Dhcp, &[]),
    (captured!("dhcp4-request"), Protocol::Dhcp, &[]),
    (captured!("dhcp4-renew"), Protocol::Dhcp, &["10.21.0.56"]),
    (captured!("dhcp4-release"), Protocol::Dhcp, &[]),
    (captured!("dhcp6-solicit"), Protocol::Dhcp, &[LINK_LOCAL]),
    (captured!("dhcp6-request"), Protocol::Dhcp, &[LINK_LOCAL]),
    (captured!("dhcp6-confirm"), Protocol::Dhcp, &[LINK_LOCAL]),
    (captured!("ndp-dad"), Protocol::Ndp, &[LINK_LOCAL]),
    (captured!("ndp-rs"), Protocol::Ndp, &[LINK_LOCAL]),
    (captured!("ndp-ns"), Protocol::Ndp, &[LINK_LOCAL]),
    (captured!("ndp-na"), Protocol::Ndp, &[LINK_LOCAL]),
    (captured!("ndp-na-bare"), Protocol::Ndp, &[LINK_LOCAL]),
];

fn told(frame: &[u8]) -> Notice {
    notice(frame).expect("a valid frame").expect("a frame that tells")
}

fn list(addresses: &Addresses) -> Vec<String> {
    addresses.as_slice().iter().map(ToString::to_string).collect()
}

/// A changed copy whose IPv4 or ICMPv6 checksum fits again.
fn patched(frame: &[u8], offset: usize, bytes: &[u8]) -> Vec<u8> {
    let mut frame = frame.to_vec();
    frame[offset..offset + bytes.len()].copy_from_slice(bytes);
    match (frame[12], frame[13]) {
        (0x08, 0x00) => {
            let mut packet = MutableIpv4Packet::new(&mut frame[INNER..]).unwrap();
            let sum = ipv4::checksum(&packet.to_immutable());
            packet.set_checksum(sum);
        }
        (0x86, 0xdd) if frame[20] == 58 => {
            let (from, to) = {
                let packet = Ipv6Packet::new(&frame[INNER..]).unwrap();
                (packet.get_source(), packet.get_destination())
            };
            let mut packet = MutableIcmpv6Packet::new(&mut frame[ICMPV6..]).unwrap();
            let sum = icmpv6::checksum(&packet.to_immutable(), &from, &to);
            packet.set_checksum(sum);
        }
        _ => {}
    }
    frame
}

#[test]
fn every_captured_frame_tells_its_station() {
    for (index, (frame, by, uses)) in TELLING.iter().enumerate() {
        let notice = told(frame);
        assert_eq!(notice.mac.octets(), STATION, "{index}");
        assert_eq!(notice.by, *by, "{index}");
        assert_eq!(list(&notice.uses), *uses, "{index}");
    }
}

#[test]
fn other_traffic_tells_nothing() {
    assert_eq!(notice(captured!("mld")), Ok(None));
    assert_eq!(notice(captured!("icmp-echo")), Ok(None));
    let server_answer = patched(captured!("dhcp4-discover"), DHCP4, &[2]);
    assert_eq!(notice(&server_answer), Ok(None));
    let relayed = patched(captured!("dhcp4-discover"), DHCP4 + 24, &[10, 0, 0, 1]);
    assert_eq!(notice(&relayed), Ok(None));
    let server_answer = patched(captured!("dhcp6-solicit"), DHCP6, &[2]);
    assert_eq!(notice(&server_answer), Ok(None));
    let router = patched(captured!("ndp-rs"), ICMPV6, &[134]);
    assert_eq!(notice(&router), Ok(None));
    let fragment = patched(captured!("dhcp4-discover"), INNER + 6, &[0x20, 0]);
    assert_eq!(notice(&fragment), Ok(None));
    let reverse_arp = patched(captured!("arp-request"), 20, &[0, 3]);
    assert_eq!(notice(&reverse_arp), Ok(None));
}

#[test]
fn addresses_given_back_are_told_apart() {
    assert_eq!(list(&told(captured!("dhcp4-release")).leaves), ["10.21.0.56"]);
    let release = told(&patched(captured!("dhcp6-confirm"), DHCP6, &[8]));
    assert_eq!(list(&release.leaves), ["fd21::161"]);
    assert_eq!(list(&release.uses), [LINK_LOCAL]);
}

#[test]
fn a_renewing_client_uses_all_its_addresses() {
    for kind in [5, 6] {
        let renew = told(&patched(captured!("dhcp6-confirm"), DHCP6, &[kind]));
        assert_eq!(list(&renew.uses), [LINK_LOCAL, "fd21::161"]);
    }
}

#[test]
fn an_advertisement_tells_its_source_and_its_target() {
    let target: std::net::Ipv6Addr = "fd21::77".parse().unwrap();
    let frame = patched(captured!("ndp-na"), ICMPV6 + 8, &target.octets());
    assert_eq!(list(&told(&frame).uses), [LINK_LOCAL, "fd21::77"]);
}

#[test]
fn a_packet_that_tells_another_mac_is_forged() {
    for (frame, _, _) in TELLING {
        let tells_mac = frame[20] != 17 || (frame[12], frame[13]) != (0x86, 0xdd);
        let is_dad_or_bare = *frame == captured!("ndp-dad") || *frame == captured!("ndp-na-bare");
        let is_v6 = (frame[12], frame[13]) == (0x86, 0xdd);
        let forged = patched(frame, ETHERNET_SOURCE, &[0x02, 0xbb, 0, 0, 0, 1]);
        if tells_mac && !is_dad_or_bare {
            assert!(
                matches!(notice(&forged), Err(FrameError::OtherMac(_))),
                "{forged:?}"
            );
        } else {
            // Nothing inside contradicts the frame: the frame's source is the one believed.
            assert!(is_v6);
            assert_eq!(told(&forged).mac.octets(), [0x02, 0xbb, 0, 0, 0, 1]);
        }
    }
}

#[test]
fn no_station_gets_an_address_it_cannot_have() {
    for address in [
        [0, 0, 0, 7],
        [127, 0, 0, 1],
        [224, 0, 0, 1],
        [239, 255, 255, 250],
        [240, 0, 0, 1],
        [255, 255, 255, 255],
    ] {
        let arp = patched(captured!("arp-reply"), 28, &address);
        assert_eq!(notice(&arp), Err(FrameError::Address), "{address:?}");
    }
    let nobody = patched(captured!("arp-reply"), 28, &[0, 0, 0, 0]);
    assert_eq!(notice(&nobody), Err(FrameError::Address));
    for address in ["::1", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1"] {
        let octets = address.parse::<std::net::Ipv6Addr>().unwrap().octets();
        let advertised = patched(captured!("ndp-na"), ICMPV6 + 8, &octets);
        assert_eq!(notice(&advertised), Err(FrameError::Address), "{address}");
        let renewed = patched(captured!("dhcp6-confirm"), DHCP6, &[5]);
        let renewed = patched(&renewed, DHCP6 + 60, &octets);
        assert_eq!(notice(&renewed), Err(FrameError::Address), "{address}");
    }
}

#[test]
fn wrong_fields_of_arp_and_ndp_are_named() {
    let cases: &[(&[u8], usize, &[u8], FrameError)] = &[
        (
            captured!("ndp-ns"),
            21,
            &[254],
            FrameError::Field("the ND hop limit"),
        ),
        (
            captured!("ndp-ns"),
            ICMPV6 + 1,
            &[1],
            FrameError::Field("the ND code"),
        ),
        (
            captured!("ndp-ns"),
            ICMPV6 + 25,
            &[0],
            FrameError::Field("an ND option's length"),
        ),
        (
            captured!("ndp-ns"),
            ICMPV6 + 25,
            &[40],
            FrameError::Truncated("an ND option"),
        ),
        (
            captured!("ndp-dad"),
            38,
            &[0xfd],
            FrameError::Field("the NS destination"),
        ),
        (
            captured!("ndp-dad"),
            ICMPV6 + 24,
            &[1],
            FrameError::Field("a link-layer option without source"),
        ),
        (
            captured!("arp-reply"),
            14,
            &[0, 6],
            FrameError::Field("an ARP type"),
        ),
        (
            captured!("arp-reply"),
            18,
            &[8],
            FrameError::Field("an ARP length"),
        ),
    ];
    for (frame, offset, bytes, error) in cases {
        assert_eq!(notice(&patched(frame, *offset, bytes)), Err(*error));
    }
}

#[test]
fn wrong_fields_of_dhcp_are_named() {
    let cases: &[(&[u8], usize, &[u8], FrameError)] = &[
        (
            captured!("dhcp4-discover"),
            DHCP4 + 1,
            &[6],
            FrameError::Field("the DHCP hardware type"),
        ),
        (
            captured!("dhcp4-discover"),
            DHCP4 + 236,
            &[0],
            FrameError::Field("the DHCP cookie"),
        ),
        (
            captured!("dhcp4-discover"),
            DHCP4 + 241,
            &[2],
            FrameError::Field("a DHCP option's length"),
        ),
        (
            captured!("dhcp4-renew"),
            INNER + 15,
            &[99],
            FrameError::Field("the DHCP client address"),
        ),
        (
            captured!("dhcp4-renew"),
            INNER,
            &[0x44],
            FrameError::Field("an IPv4 length"),
        ),
        (
            captured!("dhcp4-renew"),
            INNER,
            &[0x55],
            FrameError::Field("the IPv4 version"),
        ),
        (
            captured!("dhcp4-renew"),
            38,
            &[0, 7],
            FrameError::Field("the UDP length"),
        ),
        (
            captured!("dhcp6-solicit"),
            22,
            &[0xfd, 0x21],
            FrameError::Field("the DHCPv6 source"),
        ),
        (
            captured!("dhcp6-solicit"),
            DHCP6 + 6,
            &[0xff],
            FrameError::Truncated("a DHCPv6 option"),
        ),
    ];
    for (frame, offset, bytes, error) in cases {
        assert_eq!(notice(&patched(frame, *offset, bytes)), Err(*error));
    }
    let mut broken = captured!("dhcp4-renew").to_vec();
    broken[24] ^= 1;
    assert_eq!(notice(&broken), Err(FrameError::Field("the IPv4 checksum")));
    let mut broken = captured!("ndp-dad").to_vec();
    broken[70] ^= 1;
    assert_eq!(notice(&broken), Err(FrameError::Field("the ICMPv6 checksum")));
}

#[test]
fn a_frame_cut_anywhere_is_truncated() {
    for (frame, _, _) in TELLING {
        for len in 0..frame.len() {
            let error = notice(&frame[..len]).unwrap_err();
            assert!(matches!(error, FrameError::Truncated(_)), "{len}: {error}");
        }
    }
}

#[test]
fn padding_changes_nothing() {
    for (frame, _, _) in TELLING {
        let padded = [*frame, &[0xa5; 30][..]].concat();
        assert_eq!(notice(&padded), notice(frame));
    }
}

#[test]
fn at_most_eight_addresses() {
    let mut addresses = Addresses::NONE;
    for last in 1..=8 {
        addresses.add([10, 0, 0, last]).unwrap();
        addresses.add([10, 0, 0, last]).unwrap();
    }
    assert_eq!(addresses.as_slice().len(), Addresses::MOST);
    let error = addresses.add([10, 0, 0, 9]).unwrap_err();
    assert_eq!(error, FrameError::Field("number of addresses"));
}

/// Noise, and captured frames with a few bytes changed and the checksums made to fit.
fn frames() -> impl Strategy<Value = Vec<u8>> {
    let noise = prop::collection::vec(any::<u8>(), 0..400);
    let frame = prop::sample::select(TELLING).prop_map(|(frame, _, _)| frame);
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    let mutated = (frame, changes).prop_map(|(frame, changes)| {
        changes.iter().fold(frame.to_vec(), |frame, (index, byte)| {
            patched(&frame, index.index(frame.len()), &[*byte])
        })
    });
    prop_oneof![noise, mutated, Just(Vec::new())]
}

proptest! {
    #[test]
    fn whatever_comes_only_believable_things_are_told(frame in frames()) {
        let Ok(Some(notice)) = notice(&frame) else { return Ok(()) };
        assert_eq!(&notice.mac.octets(), &frame[6..12]);
        for address in notice.uses.as_slice().iter().chain(notice.leaves.as_slice()) {
            assert!(may_be_a_stations(*address), "{address}");
            match address {
                IpAddr::V4(v4) => assert!(!v4.is_multicast() && !v4.is_loopback() && !v4.is_unspecified() && !v4.is_broadcast()),
                IpAddr::V6(v6) => assert!(!v6.is_multicast() && !v6.is_loopback() && !v6.is_unspecified()),
            }
        }
    }
}
