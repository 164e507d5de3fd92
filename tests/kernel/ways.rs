//! Which way a packet goes, as the kernel says and as `ip` says.

use std::net::IpAddr;

use portico::net::netlink::{NetlinkError, Socket};
use portico::wire::netlink::message::messages;
use portico::wire::netlink::way::{self, Device, Question, ROUTING_GROUPS, Way};
use serde_json::Value;

use crate::bed::run;
use crate::passage::Passage;

/// What `ip -json` prints about one thing.
fn told(line: &str) -> Value {
    let mut all: Vec<Value> = serde_json::from_str(&run(&format!("ip -json {line}"))).unwrap();
    assert_eq!(all.len(), 1, "{line}");
    all.remove(0)
}

fn number(value: &Value) -> Option<u32> {
    value.as_u64().map(|number| u32::try_from(number).unwrap())
}

fn index_of(interface: &str) -> u32 {
    number(&told(&format!("link show dev {interface}"))["ifindex"]).unwrap()
}

/// A packet of the station.
fn question(to: &str, mark: u32) -> Question {
    let to: IpAddr = to.parse().unwrap();
    let from = if to.is_ipv4() { "10.9.0.2" } else { "fd09::2" };
    Question {
        from: from.parse().unwrap(),
        to,
        arrives_at: index_of("gw0"),
        mark,
    }
}

fn ask(routing: &mut Socket, question: &Question) -> Result<Way, NetlinkError> {
    let answer = routing.ask(|out, seq| way::get_way(out, seq, question), way::decode_way);
    answer.map(|way| way.expect("a way"))
}

/// The way by `ip route get`.
fn way_by_ip(question: &Question) -> Way {
    let Question { from, to, mark, .. } = question;
    let way = told(&format!("route get {to} from {from} iif gw0 mark {mark}"));
    let gateway = way["gateway"].as_str().or_else(|| way["via"]["host"].as_str());
    Way {
        is_unicast: way["type"].is_null(),
        leaves_by: index_of(way["dev"].as_str().unwrap()),
        gateway: gateway.map(|gateway| gateway.parse().unwrap()),
        mtu: number(&way["metrics"][0]["mtu"]),
    }
}

#[test]
fn a_packet_goes_the_way_that_ip_tells() {
    let _passage = Passage::open();
    run("ip route add 192.0.2.0/24 via inet6 fd13::1 dev wan0");
    run("ip route add 192.0.3.0/24 via 203.0.113.1 mtu 1400; ip route add fd77::/64 via fd13::1 mtu 1300");
    run("ip route add 0.0.0.0/0 via 203.0.113.9 table 100; ip rule add fwmark 7 lookup 100");
    run("ip route add ::/0 via fd13::9 table 100; ip -6 rule add fwmark 7 lookup 100");
    let mut routing = Socket::open(None).unwrap();
    for (to, mark, leaves_by, gateway, mtu) in [
        ("198.51.100.7", 0, "wan0", Some("203.0.113.1"), None),
        ("203.0.113.1", 0, "wan0", None, None),
        ("10.9.0.77", 0, "gw0", None, None),
        ("192.0.2.1", 0, "wan0", Some("fd13::1"), None),
        ("192.0.3.1", 0, "wan0", Some("203.0.113.1"), Some(1_400)),
        ("198.51.100.7", 7, "wan0", Some("203.0.113.9"), None),
        ("fd51::7", 0, "wan0", Some("fd13::1"), None),
        ("fd13::1", 0, "wan0", None, None),
        ("fd09::77", 0, "gw0", None, None),
        ("fd77::1", 0, "wan0", Some("fd13::1"), Some(1_300)),
        ("fd51::7", 7, "wan0", Some("fd13::9"), None),
    ] {
        let question = question(to, mark);
        let expected = Way {
            is_unicast: true,
            leaves_by: index_of(leaves_by),
            gateway: gateway.map(|gateway| gateway.parse().unwrap()),
            mtu,
        };
        assert_eq!(ask(&mut routing, &question), Ok(expected), "{to}, mark {mark}");
        assert_eq!(way_by_ip(&question), expected, "{to}, mark {mark}");
    }
}

#[test]
fn what_goes_to_no_host_elsewhere_is_told() {
    let _passage = Passage::open();
    let mut routing = Socket::open(None).unwrap();
    for to in ["10.9.0.1", "203.0.113.2", "10.9.0.255", "fd09::1", "fd13::2"] {
        let way = ask(&mut routing, &question(to, 0)).unwrap();
        assert!(!way.is_unicast, "{to}: {way:?}");
    }
    for (kind, v4, v6) in [
        ("blackhole", "192.0.4.1", "fd84::1"),
        ("unreachable", "192.0.5.1", "fd85::1"),
        ("prohibit", "192.0.6.1", "fd86::1"),
    ] {
        for to in [v4, v6] {
            run(&format!("ip route add {kind} {to}"));
            let answer = ask(&mut routing, &question(to, 0));
            assert!(
                matches!(answer, Err(NetlinkError::Refused(_))),
                "{kind} {to}: {answer:?}"
            );
        }
    }
}

#[test]
fn an_interface_is_as_ip_shows_it() {
    let _passage = Passage::open();
    run("ip link set wan0 mtu 1492");
    let mut routing = Socket::open(None).unwrap();
    let mut ask = |index| routing.ask(|out, seq| way::get_link(out, seq, index), way::decode_device);
    for (name, mtu, is_ethernet) in [("gw0", 1_500, true), ("wan0", 1_492, true), ("lo", 65_536, false)] {
        let shown = told(&format!("link show dev {name}"));
        let expected = Device {
            index: number(&shown["ifindex"]).unwrap(),
            // Of the loopback interface it is all zeros, which is no host's.
            mac: shown["address"].as_str().unwrap().parse().ok(),
            mtu,
            is_ethernet,
        };
        assert_eq!(expected.mac.is_some(), is_ethernet);
        assert_eq!(ask(expected.index), Ok(Some(expected)), "{name}");
    }
    assert!(matches!(ask(9_999), Err(NetlinkError::Refused(_))));
}

#[test]
fn changes_of_routes_and_rules_are_heard() {
    let _passage = Passage::open();
    let mut changes = Socket::listen(None, ROUTING_GROUPS).unwrap();
    for change in [
        "route add 192.0.2.0/24 via 203.0.113.1",
        "route del 192.0.2.0/24",
        "route add fd77::/64 via fd13::1",
        "route del fd77::/64",
        "rule add fwmark 7 lookup 100",
        "rule del fwmark 7 lookup 100",
        "-6 rule add fwmark 7 lookup 100",
        "-6 rule del fwmark 7 lookup 100",
    ] {
        heard(&mut changes);
        run(&format!("ip {change}"));
        assert!(heard(&mut changes) > 0, "{change}");
    }
}

/// How many changes wait to be read; none afterwards.
fn heard(changes: &mut Socket) -> usize {
    let mut count = 0;
    loop {
        match changes.receive() {
            Ok(datagram) => count += messages(datagram).filter(way::is_routing).count(),
            Err(error) => {
                assert_eq!(error, NetlinkError::NoAnswer);
                return count;
            }
        }
    }
}
