//! The codec against bytes that nft 1.0.6 and ip 6.1 sent and that Linux 6.18 answered (`tests/golden/netlink`,
//! taken on a little-endian machine), and against itself.

use std::net::IpAddr;

use proptest::prelude::{Strategy, any, prop, proptest};

use super::chain;
use super::conntrack::decode_flow;
use super::elements::{Element, Limit, Role, SetName, decode_element, decode_elements, removes};
use super::message::{Message, Writer, flag, messages};
use super::nft_events::{NftEvent, decode_event};
use super::route::{RouteEvent, decode_route};
use super::{Family, conntrack, elements, route};
use crate::model::{Counter, Mac, NetworkId};

macro_rules! golden {
    ($name:literal) => {
        unhex(include_str!(concat!(
            "../../../tests/golden/netlink/",
            $name,
            ".hex"
        )))
    };
}

pub(super) fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0, 0, 0, last]).unwrap()
}

fn set(role: Role) -> SetName {
    SetName::new(role, "piazza".parse().unwrap())
}

const LIMITED: Element = Element {
    mac: match Mac::new([2, 0, 0, 0, 0, 1]) {
        Ok(mac) => mac,
        Err(_) => panic!(),
    },
    limit: Some(Limit {
        rate: 625_000,
        burst: 131_072,
    }),
    counter: Some(Counter {
        packets: 5,
        bytes: 500,
    }),
    timeout_ms: Some(3_600_000),
    expires_ms: None,
};

/// Family header, table, set and elements of a message: what the two writers must agree on. (nft also
/// sends a set number, and its own choice of flags.)
fn parts<'a>(message: &Message<'a>) -> Vec<(u16, &'a [u8])> {
    let attributes = message.attributes(4).filter(|attribute| attribute.kind != 4);
    std::iter::once((message.kind, &message.payload[..4]))
        .chain(attributes.map(|attribute| (attribute.kind, attribute.payload)))
        .collect()
}

fn assert_same_batch(theirs: &[u8], write: impl FnOnce(&mut Writer)) {
    let mut ours = Writer::new();
    elements::batch_begin(&mut ours, 0);
    write(&mut ours);
    elements::batch_end(&mut ours, 1);
    let theirs: Vec<_> = messages(theirs).map(|message| parts(&message)).collect();
    let ours: Vec<_> = messages(ours.bytes()).map(|message| parts(&message)).collect();
    assert_eq!(theirs.len(), 3);
    assert_eq!(theirs, ours);
}

#[cfg(target_endian = "little")]
#[test]
fn elements_are_written_as_nft_writes_them() {
    let auth = Element {
        limit: None,
        counter: None,
        ..LIMITED
    };
    let exempt = Element {
        mac: mac(2),
        limit: None,
        counter: Some(Counter {
            packets: 7,
            bytes: 900,
        }),
        timeout_ms: None,
        ..LIMITED
    };
    assert_same_batch(&golden!("nft-add-auth"), |out| {
        elements::add(out, 0, 0, &set(Role::Auth), &auth);
    });
    assert_same_batch(&golden!("nft-add-limited"), |out| {
        elements::add(out, 0, 0, &set(Role::Up), &LIMITED);
    });
    assert_same_batch(&golden!("nft-add-exempt"), |out| {
        elements::add(out, 0, 0, &set(Role::Up), &exempt);
    });
    assert_same_batch(&golden!("nft-delete"), |out| {
        elements::delete(out, 0, 0, &set(Role::Up), mac(1));
    });
}

#[cfg(target_endian = "little")]
#[test]
fn the_kernels_dump_is_read() {
    let dump = golden!("kernel-dump");
    let found: Vec<_> = messages(&dump)
        .filter(|message| removes(message) == Some(false))
        .flat_map(|message| decode_elements(&message))
        .collect();
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0],
        Element {
            expires_ms: Some(3_599_996),
            ..LIMITED
        }
    );
    assert_eq!(
        (found[1].mac, found[1].limit, found[1].timeout_ms),
        (mac(2), None, None)
    );
    assert_eq!(
        found[1].counter,
        Some(Counter {
            packets: 7,
            bytes: 900
        })
    );
}

#[cfg(target_endian = "little")]
#[test]
fn a_removal_tells_the_final_counters_and_a_flush_is_seen() {
    let events = golden!("kernel-events");
    let removal = messages(&events).next().unwrap();
    assert_eq!(removes(&removal), Some(true));
    let last = decode_elements(&removal).next().unwrap();
    assert_eq!((last.mac, last.counter), (mac(1), LIMITED.counter));
    let seen: Vec<_> = messages(&events)
        .filter_map(|message| decode_event(&message))
        .collect();
    assert_eq!(
        seen,
        [
            NftEvent::Elements,
            NftEvent::Generation {
                id: 6,
                thread: 0x4070,
                port: 0x4070
            },
            NftEvent::Removed,
            NftEvent::Removed,
            NftEvent::Removed,
            NftEvent::Removed,
            NftEvent::Generation {
                id: 7,
                thread: 0x4072,
                port: 0x4072
            },
        ]
    );
}

#[cfg(target_endian = "little")]
#[test]
fn flows_are_read_and_their_deletion_names_them() {
    let dump = golden!("kernel-flows");
    let flows: Vec<_> = messages(&dump)
        .filter_map(|message| decode_flow(&message))
        .collect();
    let told: Vec<_> = flows
        .iter()
        .map(|flow| {
            (
                flow.source.to_string(),
                flow.reply_source.to_string(),
                flow.redirected,
            )
        })
        .collect();
    let text = |a: &str, b: &str, c| (a.to_owned(), b.to_owned(), c);
    assert_eq!(
        told,
        [
            text("fd00::1", "fd00::1", false),
            text("127.0.0.1", "127.0.0.2", false),
            text("127.0.0.1", "127.0.0.1", true),
        ]
    );
    let mut out = Writer::new();
    conntrack::delete(&mut out, 3, flag::ACK, &flows[1]);
    let request = messages(out.bytes()).next().unwrap();
    let ours: Vec<_> = request
        .attributes(4)
        .map(|part| (part.kind, part.payload))
        .collect();
    let theirs = messages(&dump)
        .filter(|message| decode_flow(message).is_some())
        .nth(1)
        .unwrap();
    let theirs: Vec<_> = theirs
        .attributes(4)
        .filter(|part| part.kind == 1 || part.kind == 12)
        .map(|part| (part.kind, part.payload))
        .collect();
    assert_eq!(ours, theirs, "original tuple and number of the flow");
}

#[cfg(target_endian = "little")]
#[test]
fn neighbours_and_bridge_entries_are_read() {
    let heard = golden!("kernel-neighbours");
    let events: Vec<_> = messages(&heard)
        .filter_map(|message| decode_route(&message))
        .collect();
    let told: Vec<String> = events
        .iter()
        .map(|event| match event {
            RouteEvent::Neighbour(n) => format!("+ {} {} {:?}", n.interface, n.address, n.mac),
            RouteEvent::NeighbourGone(n) => format!("- {} {} {:?}", n.interface, n.address, n.mac),
            RouteEvent::Bridge(b) => format!("+ {}@{:?} {}", b.port, b.bridge, b.mac),
            RouteEvent::BridgeGone(b) => format!("- {}@{:?} {}", b.port, b.bridge, b.mac),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            "+ 3@Some(4) 02:7b:ee:df:9f:d8",
            "+ 4 10.0.0.7 Some(02:00:00:00:00:07)",
            "+ 3@Some(4) 02:00:00:00:00:09",
            "+ 4 10.0.0.7 None",
            "- 4 10.0.0.7 None",
            "+ 4 fd01::7 Some(02:00:00:00:00:08)",
            "- 3@Some(4) 02:00:00:00:00:09",
            "- 3@Some(4) 02:7b:ee:df:9f:d8",
            "- 4 fd01::7 Some(02:00:00:00:00:08)",
        ]
    );
}

#[cfg(target_endian = "little")]
#[test]
fn a_port_that_leaves_its_bridge_is_not_a_link_that_is_gone() {
    let heard = golden!("kernel-links");
    let events: Vec<_> = messages(&heard)
        .filter_map(|message| decode_route(&message))
        .collect();
    let Some(RouteEvent::Link(port)) = events.first() else {
        panic!("{events:?}")
    };
    assert_eq!((port.name.as_str(), port.up, port.master), ("p0", true, Some(4)));
    let gone: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            RouteEvent::LinkGone(link) => Some(link.name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(gone, ["p0"]);
}

#[test]
fn set_names_fit_their_longest_network() {
    let network: NetworkId = "a2345678901234_".parse().unwrap();
    let mut out = Writer::new();
    elements::get_set(&mut out, 1, &SetName::new(Role::Down, network));
    let request = messages(out.bytes()).next().unwrap();
    let name = request.attributes(4).find(|part| part.kind == 2).unwrap();
    assert_eq!(name.payload, b"down_a2345678901234_\0");
}

#[test]
fn requests_name_what_they_ask_for() {
    let mut out = Writer::new();
    route::get_neighbour(&mut out, 1, 7, IpAddr::from([10, 0, 0, 8]));
    conntrack::dump(&mut out, 2, Family::V6);
    let requests: Vec<_> = messages(out.bytes()).collect();
    assert_eq!(requests[0].payload.len(), 12 + 8);
    assert_eq!(requests[1].payload, [10, 0, 0, 0], "AF_INET6");
}

fn any_element() -> impl Strategy<Value = Element> {
    let mac = any::<[u8; 6]>().prop_filter_map("a station's", |octets| Mac::new(octets).ok());
    let limit = (1..u64::MAX, any::<u32>()).prop_map(|(rate, burst)| Limit { rate, burst });
    let counter = (any::<u64>(), any::<u64>()).prop_map(|(packets, bytes)| Counter { packets, bytes });
    (
        mac,
        prop::option::of(limit),
        prop::option::of(counter),
        any::<Option<u64>>(),
        any::<Option<u64>>(),
    )
        .prop_map(|(mac, limit, counter, timeout_ms, expires_ms)| Element {
            mac,
            limit,
            counter,
            timeout_ms,
            expires_ms,
        })
}

proptest! {
    #[test]
    fn an_element_comes_back_as_it_was_written(element in any_element()) {
        let mut out = Writer::new();
        elements::add(&mut out, 1, 0, &set(Role::Up), &element);
        let message = messages(out.bytes()).next().unwrap();
        assert_eq!(decode_elements(&message).collect::<Vec<_>>(), [element]);
    }

    #[test]
    fn no_bytes_upset_the_readers(bytes: Vec<u8>, kind: u16) {
        let _ = decode_element(&bytes);
        let message = Message { kind, flags: 0, seq: 0, port: 0, payload: &bytes };
        let _ = (decode_event(&message), decode_flow(&message), decode_route(&message));
        let _ = chain::decode_flags(&message);
        let _ = decode_elements(&message).count();
    }

    #[test]
    fn a_damaged_answer_upsets_nobody(at in 0_usize..8_000, value: u8) {
        for mut bytes in [golden!("kernel-dump"), golden!("kernel-events"), golden!("kernel-flows"), golden!("kernel-links")] {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            for message in messages(&bytes) {
                let _ = (decode_event(&message), decode_flow(&message), decode_route(&message));
                let _ = chain::decode_flags(&message);
                let _ = decode_elements(&message).count();
            }
        }
    }
}
