use proptest::prelude::{Strategy, any, prop, proptest};

use super::{garden_elements, mark, render, render_closed, render_with, set_size};
use crate::config::{Config, GardenEntry, InterfaceName, Network, QueueWish};
use crate::model::{Capacity, Line, Rate, Reserve, Way};

/// One network; `tests/netd` starts from the same file.
fn sample() -> Config {
    Config::parse(include_str!("../../../tests/netd/sample.toml"), "sample.toml").unwrap()
}

pub(crate) fn network(id: &str, interface: &str) -> Network {
    Network {
        id: id.parse().unwrap(),
        interface: InterfaceName::new(interface).unwrap(),
        host: format!("{id}.example.it"),
        ..sample().networks.remove(0)
    }
}

pub(crate) fn config(networks: Vec<Network>) -> Config {
    Config { networks, ..sample() }
}

fn garden(entries: &[(&str, &[u16])]) -> Network {
    let mut network = network("piazza", "br0");
    network.garden = entries
        .iter()
        .map(|(to, ports)| GardenEntry {
            to: to.parse().unwrap(),
            ports: ports.to_vec(),
            reason: None,
        })
        .collect();
    network
}

#[test]
fn sets_are_large_enough_and_a_power_of_two() {
    for (stations, size) in [
        (0, 1_024),
        (512, 1_024),
        (513, 2_048),
        (100_000, 262_144),
        (usize::MAX, usize::MAX),
    ] {
        let mut network = network("piazza", "br0");
        network.policy.max_stations = stations;
        assert_eq!(set_size(&network), size, "{stations}");
    }
}

#[test]
fn garden_prefixes_that_overlap_become_one() {
    let (four, six) = garden_elements(&garden(&[
        ("198.51.100.0/24", &[443]),
        ("198.51.100.7/32", &[443, 80]),
        ("2001:db8::/32", &[443]),
        ("2001:db8::1/128", &[443]),
    ]));
    assert_eq!(four, ["198.51.100.7/32 . 80", "198.51.100.0/24 . 443"]);
    assert_eq!(six, ["2001:db8::/32 . 443"]);
}

#[test]
fn every_network_is_guarded_and_only_the_uplink_is_reachable() {
    let text = render(&config(vec![network("piazza", "br0"), network("molini", "br1")])).unwrap();
    assert_eq!(
        text.matches(r#"iifname != { "br0", "br1" } accept"#).count(),
        4,
        "guard, redirect, granted ones, input"
    );
    assert!(text.contains(r#"oifname != "wan0" goto refuse"#));
    for id in ["piazza", "molini"] {
        assert!(text.contains(&format!("ether saddr @up_{id} meta mark set 0x1 accept")));
    }
    let all = [mark::CAPTIVE, mark::GRANTED, mark::GARDEN, mark::LOCAL];
    assert_eq!(
        all.iter().sum::<u32>(),
        all.iter().fold(0, |sum, mark| sum | mark),
        "apart"
    );
}

#[test]
fn packets_are_told_their_queue_where_a_line_is_shared_and_only_there() {
    let mut config = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    assert!(!render(&config).unwrap().contains("priority set"));
    let way = Way {
        capacity: Capacity::Known(Rate::from_bytes_per_second(12_500_000).unwrap()),
        reserve: Reserve::NONE,
    };
    config.uplink.line = Some(Line {
        down: Some(way),
        up: Some(way),
    });
    config.networks[1]
        .policy
        .exempt
        .insert("02:00:00:00:00:09".parse().unwrap());
    let text = render(&config).unwrap();
    for (id, class) in [("piazza", "504f:11"), ("molini", "504f:13")] {
        for rule in [
            format!("meta priority set {class}\n"),
            format!("meta priority set ether saddr map @queue_up_{id}"),
            format!(
                "meta protocol {{ ip, ip6 }} meta mark != 0x4 meta priority set ether daddr map @queue_down_{id}"
            ),
        ] {
            assert!(text.contains(&rule), "{rule}");
        }
    }
    let exempt = "{ 02:00:00:00:00:09 } meta priority set 504f:2";
    assert_eq!(text.matches(exempt).count(), 2);
    // Nobody could tell the queue of a flow that skips the rules, or that another discipline orders.
    config.forward.flowtable = true;
    assert!(!render(&config).unwrap().contains("@queue_up_"));
    config.forward.flowtable = false;
    config.uplink.queue = QueueWish::Off;
    let text = render(&config).unwrap();
    assert!(!text.contains("@queue_up_") && text.contains("@queue_down_"));
}

#[test]
fn the_gateways_own_answers_cannot_be_led_elsewhere() {
    let config = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    let text = render(&config).unwrap();
    for id in ["piazza", "molini"] {
        assert!(text.contains(&format!(r#"@th,256,32 != 0 counter name "forged_{id}" drop"#)));
    }
    assert!(
        text.contains(r#"iifname "wan0" fib saddr oifname { "br0", "br1" } counter name "spoofed" drop"#)
    );
    assert!(text.contains(r#"oifname "wan0" udp sport 67 udp dport 68 drop"#));
    let closed = render_closed(Some(&config), |_| true).unwrap();
    let unreadable = render_closed(None, |_| true).unwrap();
    for text in [&text, &closed, &unreadable] {
        assert!(text.contains("ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00"));
    }
    assert!(unreadable.contains("th dport { 53, 67, 547 } drop") && unreadable.contains("oif missing drop"));
    assert!(!closed.contains("oif missing drop"), "the interfaces are known");
}

#[test]
fn masquerade_can_be_switched_off_and_blocked_stations_are_named() {
    let mut plain = config(vec![network("piazza", "br0")]);
    assert!(render(&plain).unwrap().contains("masquerade"));
    plain.gateway.masquerade = false;
    assert!(!render(&plain).unwrap().contains("masquerade"));
    let blocked = "02:00:5e:10:00:66".parse().unwrap();
    plain.networks[0].policy.blocked.insert(blocked);
    let text = render(&plain).unwrap();
    assert!(text.contains("add element netdev portico blocked_piazza { 02:00:5e:10:00:66 }"));
    assert!(text.contains("ether saddr @blocked_piazza goto without_access_piazza"));
}

#[test]
fn a_flow_table_takes_granted_flows_only_and_none_of_stations_without_access() {
    let mut config = config(vec![network("piazza", "br0")]);
    let plain = render(&config).unwrap();
    assert!(
        !plain.contains("flowtable") && !plain.contains("ttl set"),
        "{plain}"
    );
    config.forward.flowtable = true;
    let text = render(&config).unwrap();
    let hooked = text.find(r#"hook ingress priority filter; devices = { "br0", "wan0" };"#);
    let added =
        text.find("meta mark 0x1 ct state established meta l4proto { tcp, udp } flow add @granted_flows");
    assert!(hooked.is_some() && added.is_some(), "{text}");
    assert_eq!(text.matches("flow add").count(), 1);
    let without = text.split("chain without_access_piazza {").nth(1).unwrap();
    assert!(
        without.trim_start().starts_with("# a flow table passes on")
            && without.contains("meta mark 0x8 ip ttl set 1")
            && without.contains("meta mark 0x8 ip6 hoplimit set 1"),
        "{without}"
    );
    let nowhere = render_with(&config, |name| name.as_str() == "br0", |_| None, true, &[]).unwrap();
    assert!(
        nowhere.contains(r#"devices = { "br0" };"#),
        "the uplink is absent"
    );
}

#[test]
fn an_absent_interface_gets_no_hook_but_keeps_its_sets() {
    let config = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    let text = render_with(&config, |name| name.as_str() == "br0", |_| None, false, &[]).unwrap();
    assert!(text.contains(r#"device "br0""#) && !text.contains(r#"device "br1""#));
    assert!(text.contains("set auth_molini"));
}

#[test]
fn every_packets_rules_compare_numbers_of_interfaces_where_there_are_any() {
    let config = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    let named = render(&config).unwrap();
    let quick = [
        (
            "iifname != \"wan0\" goto guard_others",
            "iif != 3 goto guard_others",
        ),
        ("1 iifname \"br0\" accept", "1 iif 7 accept"),
        ("reply iifname \"wan0\" meta", "reply iif 3 meta"),
        ("oifname \"wan0\" accept", "oif 3 accept"),
    ];
    let index = |name: &InterfaceName| match name.as_str() {
        "wan0" => Some(3),
        "br0" => Some(7),
        _ => None,
    };
    let numbered = render_with(&config, |_| true, index, false, &[]).unwrap();
    let mut renamed = named.clone();
    for (name, number) in quick {
        assert_eq!(named.matches(name).count(), 1, "{name}");
        renamed = renamed.replace(name, number);
    }
    assert_eq!(numbered, renamed, "br1 is absent, and all else goes by name");
    assert!(numbered.contains("2 iifname \"br1\" accept"));
}

fn prefixes() -> impl Strategy<Value = Vec<(std::net::Ipv4Addr, u8, u16)>> {
    prop::collection::vec((any::<std::net::Ipv4Addr>(), 8_u8..=32, 1_u16..4), 0..20)
}

proptest! {
    #[test]
    fn garden_elements_never_overlap_and_lose_nothing(entries in prefixes()) {
        let mut network = network("piazza", "br0");
        network.garden = entries
            .iter()
            .map(|(address, length, port)| GardenEntry {
                to: ipnet::Ipv4Net::new(*address, *length).unwrap().into(),
                ports: vec![*port],
                reason: None,
            })
            .collect();
        let parsed: Vec<(ipnet::Ipv4Net, u16)> = garden_elements(&network)
            .0
            .iter()
            .map(|element| {
                let (net, port) = element.split_once(" . ").unwrap();
                (net.parse().unwrap(), port.parse().unwrap())
            })
            .collect();
        for (index, (net, port)) in parsed.iter().enumerate() {
            for (other, other_port) in &parsed[index + 1..] {
                assert!(port != other_port || !(net.contains(other) || other.contains(net)));
            }
        }
        for (address, _, port) in entries {
            assert!(parsed.iter().any(|(net, open)| *open == port && net.contains(&address)));
        }
    }
}
