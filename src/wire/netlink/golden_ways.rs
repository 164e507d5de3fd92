//! The questions of the fast path against bytes that conntrack 1.4.7 and ip 6.1 sent and that Linux 6.18 answered
//! (`tests/golden/netlink`, taken on a little-endian machine).

use std::net::{IpAddr, SocketAddr};

use proptest::prelude::proptest;

use super::golden::unhex;
use super::message::{Message, Writer, messages};
use super::tracked::{self, Ends, Tracked};
use super::way::{self, Device, Question, Way};
use crate::model::Mac;

macro_rules! golden {
    ($name:literal) => {
        unhex(include_str!(concat!(
            "../../../tests/golden/netlink/",
            $name,
            ".hex"
        )))
    };
}

fn ends(from: &str, to: &str) -> Ends {
    let address = |text: &str| text.parse::<SocketAddr>().unwrap();
    Ends {
        from: address(from),
        to: address(to),
    }
}

fn only(bytes: &[u8]) -> Message<'_> {
    let mut all = messages(bytes);
    let message = all.next().unwrap();
    assert_eq!(all.count(), 0);
    message
}

/// Kind, family header up to `compared` bytes, and attributes in the order of their numbers.
fn parts<'a>(message: &Message<'a>, header: usize, compared: usize) -> Vec<(u16, &'a [u8])> {
    let mut attributes: Vec<_> = message
        .attributes(header)
        .map(|attribute| (attribute.kind, attribute.payload))
        .collect();
    attributes.sort_unstable();
    std::iter::once((message.kind, &message.payload[..compared]))
        .chain(attributes)
        .collect()
}

#[cfg(target_endian = "little")]
#[test]
fn a_flow_is_named_and_its_flags_are_written_as_conntrack_does() {
    const PROTOINFO: u16 = 4;
    let named = ends("10.9.0.2:40000", "198.51.100.7:443");
    let theirs = golden!("conntrack-get");
    let theirs = parts(&only(&theirs), 4, 4);
    // It sends flags of the connection with every request: `IP_CT_TCP_FLAG_SACK_PERM | IP_CT_TCP_FLAG_BE_LIBERAL` of both
    // sides, and these as mask.
    let flags = theirs.iter().find(|(kind, _)| *kind == PROTOINFO).unwrap();
    let ours_alone = |byte: &u8| if *byte == 0x0a { 0x08 } else { *byte };
    let flags: Vec<u8> = flags.1.iter().map(ours_alone).collect();
    let but_flags: Vec<_> = theirs.iter().filter(|(kind, _)| *kind != PROTOINFO).collect();

    let mut ours = Writer::new();
    tracked::get(&mut ours, 1, 6, &named);
    let request = only(ours.bytes());
    assert_eq!(but_flags, parts(&request, 4, 4).iter().collect::<Vec<_>>());

    let mut ours = Writer::new();
    tracked::be_liberal(&mut ours, 1, 6, &named);
    let request = only(ours.bytes());
    let request = parts(&request, 4, 4);
    assert_eq!(request[1..], [*but_flags[1], (PROTOINFO, flags.as_slice())]);
}

#[cfg(target_endian = "little")]
#[test]
fn a_way_is_asked_for_as_ip_asks() {
    let theirs = golden!("ip-route-get");
    let mut ours = Writer::new();
    let question = Question {
        from: IpAddr::from([10, 9, 0, 2]),
        to: IpAddr::from([198, 51, 100, 7]),
        arrives_at: 11,
        mark: 7,
    };
    way::get_way(&mut ours, 1, &question);
    // Behind the lengths ip has a flag by which it is told the table as well.
    assert_eq!(parts(&only(&theirs), 12, 8), parts(&only(ours.bytes()), 12, 8));
}

#[cfg(target_endian = "little")]
#[test]
fn flows_are_read() {
    let heard = golden!("kernel-tracked");
    let flows: Vec<Tracked> = messages(&heard)
        .filter_map(|message| tracked::decode(&message))
        .collect();
    let [connection, stream, redirected] = flows[..] else {
        panic!("{flows:?}")
    };
    assert_eq!(
        (connection.original, connection.reply, connection.protocol),
        (
            ends("10.9.0.2:40000", "198.51.100.7:443"),
            ends("198.51.100.7:443", "203.0.113.2:20000"),
            6
        )
    );
    assert_eq!(connection.mark, 0x8000_1001);
    assert!(connection.is_established() && connection.is_assured() && connection.is_confirmed());
    assert!(connection.is_answered() && !connection.is_dying() && !connection.has_destination_nat());
    assert_eq!(
        (stream.original, stream.reply, stream.protocol),
        (
            ends("[fd09::2]:40001", "[fd51::7]:53"),
            ends("[fd51::7]:53", "[fd13::2]:20000"),
            17
        )
    );
    assert!(stream.is_answered() && !stream.is_assured() && !stream.is_established());
    assert!(redirected.has_destination_nat() && !redirected.is_answered());
    assert_eq!(redirected.reply, ends("198.51.100.7:53", "203.0.113.2:20000"));
}

#[cfg(target_endian = "little")]
#[test]
fn ways_and_interfaces_are_read() {
    let heard = golden!("kernel-ways");
    let ways: Vec<Way> = messages(&heard)
        .filter_map(|message| way::decode_way(&message))
        .collect();
    let by = |gateway: &str, mtu| Way {
        is_unicast: true,
        leaves_by: 12,
        gateway: Some(gateway.parse().unwrap()),
        mtu,
    };
    assert_eq!(
        ways[..3],
        [
            by("203.0.113.1", Some(1_400)),
            by("fd13::1", None),
            by("fd13::1", None)
        ]
    );
    assert!(ways.len() == 4 && !ways[3].is_unicast, "to the machine itself");
    let devices: Vec<_> = messages(&heard)
        .filter_map(|message| way::decode_device(&message))
        .collect();
    let expected = Device {
        index: 12,
        mac: Some(Mac::new([2, 0, 0, 0, 0, 12]).unwrap()),
        mtu: 1_492,
        is_ethernet: true,
    };
    assert_eq!(devices[0], expected);
    assert!(devices.len() == 2 && !devices[1].is_ethernet && devices[1].mac.is_none());
}

proptest! {
    #[test]
    fn a_damaged_answer_upsets_nobody(at in 0_usize..6_000, value: u8) {
        for mut bytes in [golden!("kernel-tracked"), golden!("kernel-ways")] {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            for message in messages(&bytes) {
                let _ = (tracked::decode(&message), way::decode_way(&message), way::decode_device(&message));
            }
        }
    }
}
