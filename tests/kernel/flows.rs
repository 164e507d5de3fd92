//! Conntrack: the flows of a station go, all others and the redirected ones stay.

use std::collections::BTreeSet;
use std::net::IpAddr;

use portico::net::conntrack::{Flows, Flushed};

use crate::bed::{Station, enter_namespace, mac, nft, run};

/// The flows that the kernel holds, as `source>destination:port`.
fn held(station: &str) -> Vec<String> {
    let mut found: Vec<String> = ["ipv4", "ipv6"]
        .iter()
        .flat_map(|family| {
            run(&format!("conntrack -L -f {family} 2>/dev/null"))
                .lines()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|line| line.contains(station))
        .map(|line| {
            let field = |name: &str| {
                let mut fields = line.split_whitespace();
                fields
                    .find_map(|field| field.strip_prefix(name))
                    .unwrap_or("")
                    .to_owned()
            };
            format!("{}>{}:{}", field("src="), field("dst="), field("dport="))
        })
        .collect();
    found.sort();
    found
}

fn gateway() -> Station {
    enter_namespace();
    let station = Station::join(mac(1));
    station.run("ip addr add 10.9.0.3/24 dev sta0");
    run("ip addr add 10.9.0.9/24 dev gw0");
    nft("table inet test {
 chain redirect_dns { type nat hook prerouting priority -100; udp dport 53 redirect to :5353
 }
 chain track { type filter hook input priority 0; ct state new accept
 }
 chain track_out { type filter hook output priority 0; ct state new accept
 }
}
");
    station
}

fn flush(flows: &mut Flows, addresses: &[&str]) -> Flushed {
    let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
    flows.flush(&addresses).unwrap()
}

fn done(flows: usize, walks: usize) -> Flushed {
    Flushed { flows, walks }
}

fn talk(station: &Station) {
    station.run(
        "echo a > /dev/udp/10.9.0.1/7001; echo a > /dev/udp/10.9.0.1/7002; echo a > /dev/udp/fd09::1/7003",
    );
    station.run("echo a > /dev/udp/10.9.0.9/53");
    station.run("ping -q -c 1 -I 10.9.0.3 10.9.0.1");
    run("echo a > /dev/udp/10.9.0.2/7004");
}

#[test]
fn one_stations_flows_go_in_both_directions_and_the_rest_stays() {
    let station = gateway();
    talk(&station);
    assert_eq!(held("10.9.0.2").len(), 4, "{:?}", held("10.9.0.2"));
    let mut flows = Flows::open().unwrap();
    assert_eq!(flush(&mut flows, &["10.9.0.2"]), done(3, 1));
    assert_eq!(
        held("10.9.0.2"),
        ["10.9.0.2>10.9.0.9:53"],
        "the redirected one stays"
    );
    assert_eq!(held("10.9.0.3").len(), 1, "another station's");
    assert_eq!(held("fd09::2").len(), 1);
    assert_eq!(flush(&mut flows, &["fd09::2"]), done(1, 1));
    assert_eq!(held("fd09::2").len(), 0);
    assert_eq!(flush(&mut flows, &["fd09::2"]), done(0, 1));
    assert_eq!(flush(&mut flows, &[]), done(0, 0));
}

#[test]
fn many_addresses_go_in_one_walk_per_family() {
    let station = gateway();
    talk(&station);
    let addresses: BTreeSet<IpAddr> = (2..200)
        .map(|last| IpAddr::from([10, 9, 0, last]))
        .chain(["fd09::2".parse().unwrap()])
        .filter(|address| *address != IpAddr::from([10, 9, 0, 9]))
        .collect();
    assert_eq!(Flows::open().unwrap().flush(&addresses).unwrap(), done(5, 2));
    assert_eq!(held("10.9.0.2"), ["10.9.0.2>10.9.0.9:53"]);
    assert_eq!((held("10.9.0.3").len(), held("fd09::2").len()), (0, 0));
}

#[test]
fn a_thousand_flows_of_one_station_go_at_once() {
    let station = gateway();
    station.run("for port in {10000..10999}; do echo a > /dev/udp/10.9.0.1/$port; done");
    assert_eq!(flush(&mut Flows::open().unwrap(), &["10.9.0.2"]), done(1_000, 1));
    assert_eq!(held("10.9.0.2"), Vec::<String>::new());
}
