//! The trunks with real packets. Maps and the rules that ask them are written here as the ruleset has them,
//! so that nothing else decides.

use std::io::Write;
use std::process::Stdio;

use portico::config::{Config, QueueWish};
use portico::model::{Capacity, Direction, Line, Mac, QueueOp, Reserve, Way};
use portico::net::trunk::{self, DOWN, LeafKind, Standing, Trunks, WayState};

use crate::world::{Namespace, config, network};

/// The station with a queue of its own, and one without.
pub(crate) const OWN: &str = "02:00:00:00:00:11";
pub(crate) const WAKING: &str = "02:00:00:00:00:12";

/// A gateway between two stations on `br0` and a server behind `wan0`.
pub(crate) struct Lab {
    pub(crate) gateway: Namespace,
    stations: [Namespace; 2],
    server: Namespace,
}

pub(crate) fn lab() -> Lab {
    let [gateway, own, waking, server] = std::array::from_fn(|_| Namespace::new());
    let lab = Lab {
        gateway,
        stations: [own, waking],
        server,
    };
    let gateway = &lab.gateway;
    gateway
        .run("ip link add br0 type bridge; sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
    for (place, (station, mac)) in lab.stations.iter().zip([OWN, WAKING]).enumerate() {
        gateway.cable(&format!("p{place}"), station, "eth0");
        gateway.run(&format!("ip link set p{place} master br0"));
        let host = place + 11;
        station.run(&format!(
            "ip link set eth0 address {mac}; ip addr add 10.9.0.{host}/24 dev eth0; ip route add default via 10.9.0.1; \
             ip addr add fd09::{host}/64 dev eth0 nodad; ip -6 route add default via fd09::1"
        ));
    }
    gateway.cable("wan0", &lab.server, "eth0");
    gateway.run(
        "ip link set br0 up; ip addr add 10.9.0.1/24 dev br0; ip addr add fd09::1/64 dev br0 nodad; \
         ip addr add 192.0.2.1/24 dev wan0; ip addr add fd02::1/64 dev wan0 nodad",
    );
    lab.server.run(
        "ip addr add 192.0.2.9/24 dev eth0; ip route add default via 192.0.2.1; \
         ip addr add fd02::9/64 dev eth0 nodad; ip -6 route add default via fd02::1",
    );
    load(gateway, RULES);
    lab
}

const RULES: &str = "
table netdev portico {
 map queue_down_piazza { type ether_addr : classid; size 1024; }
 chain down {
  type filter hook egress device br0 priority -150;
  meta priority set 504f:11
  meta priority set ether daddr map @queue_down_piazza
 }
}
table inet portico {
 map queue_up_piazza { type ether_addr : classid; size 1024; }
 chain up {
  type filter hook forward priority 0;
  iifname br0 meta priority set 504f:11
  iifname br0 meta priority set ether saddr map @queue_up_piazza
 }
}
";

fn load(gateway: &Namespace, rules: &str) {
    let mut nft = gateway
        .command("nft")
        .args(["-f", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("nft (Debian package nftables)");
    nft.stdin.take().unwrap().write_all(rules.as_bytes()).unwrap();
    assert!(nft.wait().unwrap().success(), "nft refused: {rules}");
}

fn way(rate: &str) -> Way {
    Way {
        capacity: Capacity::Known(rate.parse().unwrap()),
        reserve: Reserve::Percent(20),
    }
}

/// 100 Mbit/s down, 20 up, a fifth of both for offices.
pub(crate) fn told() -> Config {
    let mut config = config(vec![network("piazza", "br0")]);
    let (down, up) = (Some(way("100 Mbit/s")), Some(way("20 Mbit/s")));
    config.uplink.line = Some(Line { down, up });
    config.uplink.up = "20 Mbit/s".parse().ok();
    config.uplink.queue = QueueWish::Auto;
    config
}

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

pub(crate) fn station(assured: u64) -> QueueOp {
    QueueOp::Station {
        network: told().networks[0].id,
        mac: mac(OWN),
        assured: [assured, assured / 5],
        ceiling: [1_250_000, 625_000],
    }
}

pub(crate) fn gone() -> QueueOp {
    let network = told().networks[0].id;
    QueueOp::Gone {
        network,
        mac: mac(OWN),
    }
}

/// What this kernel can do: another has `fq_codel`.
fn leaf() -> LeafKind {
    let has = |what: &str| Namespace::new().succeeds(&format!("tc qdisc add dev lo root {what} 2>/dev/null"));
    if has("fq_codel") {
        LeafKind::FqCodel
    } else {
        LeafKind::Hashed
    }
}

pub(crate) fn stands(standing: &Standing) {
    let expected = WayState::Stands { leaf: leaf() };
    assert_eq!((&standing.down, &standing.up), (&expected, &expected));
}

/// Packets that a class has sent.
fn sent(gateway: &Namespace, device: &str, class: &str) -> u64 {
    let shown = gateway.run(&format!("tc -s class show dev {device}"));
    let mut lines = shown
        .lines()
        .skip_while(|line| !line.starts_with(&format!("class htb {class} ")));
    lines
        .next()
        .unwrap_or_else(|| panic!("{class} of {device}: {shown}"));
    let counted = lines.next().unwrap();
    let packets = counted
        .split(" bytes ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    packets.parse().unwrap()
}

pub(crate) fn shown(gateway: &Namespace, device: &str, class: &str) -> Option<String> {
    let shown = gateway.run(&format!("tc class show dev {device}"));
    let mut lines = shown
        .lines()
        .filter(|line| line.starts_with(&format!("class htb {class} ")));
    lines.next().map(str::to_owned)
}

/// Everything that traffic control shows, without our trunk: what must be as before afterwards.
pub(crate) fn everything(gateway: &Namespace) -> String {
    gateway.run("tc qdisc show; ip -o link show | cut -d: -f2; tc filter show dev br0 egress; tc filter show dev br0 ingress")
}

#[test]
fn each_packet_waits_in_the_queue_of_its_station() {
    let lab = lab();
    let gateway = &lab.gateway;
    let before = everything(gateway);
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        stands(&trunks.keep(&told()));
        trunks.apply(&[station(500_000)]).unwrap();
        assert_eq!(
            trunks.stations().collect::<Vec<_>>(),
            [(told().networks[0].id, mac(OWN))]
        );
    });
    for (place, class) in [(0, "504f:200"), (1, "504f:11")] {
        let station = &lab.stations[place];
        for server in ["192.0.2.9", "fd02::9"] {
            // Neighbours are known afterwards.
            station.run(&format!("ping -q -c 1 {server}"));
            let before = ["wan0", DOWN].map(|device| sent(gateway, device, class));
            station.run(&format!("ping -q -c 5 -i 0.02 {server}"));
            let after = ["wan0", DOWN].map(|device| sent(gateway, device, class));
            for way in 0..2 {
                assert!(
                    (5..=9).contains(&(after[way] - before[way])),
                    "{class} {server} {before:?} {after:?}"
                );
            }
        }
    }
    gateway.inside(|| {
        trunk::remove().unwrap();
        trunk::remove().unwrap();
    });
    assert_eq!(everything(gateway), before);
    lab.stations[0].run("ping -q -c 1 192.0.2.9");
}

#[test]
fn rates_change_in_place_and_a_station_that_has_gone_leaves_nothing() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        stands(&trunks.keep(&told()));
        trunks.apply(&[station(500_000)]).unwrap();
        let class = |device| shown(gateway, device, "504f:200").unwrap();
        assert!(
            class(DOWN).contains("rate 3560Kbit ceil 10Mbit"),
            "{}",
            class(DOWN)
        );
        assert!(
            class("wan0").contains("rate 712Kbit ceil 5Mbit"),
            "{}",
            class("wan0")
        );
        let leaf = class(DOWN);
        let leaf = leaf.split("leaf ").nth(1).unwrap().split(' ').next().unwrap();
        trunks
            .apply(&[
                station(1_000_000),
                QueueOp::Room {
                    way: Direction::Down,
                    whole: 5_000_000,
                    stations: 4_000_000,
                },
            ])
            .unwrap();
        assert!(
            class(DOWN).contains("rate 7120Kbit ceil 10Mbit"),
            "{}",
            class(DOWN)
        );
        assert!(
            class(DOWN).contains(&format!("leaf {leaf} ")),
            "the same queue: {}",
            class(DOWN)
        );
        let root = shown(gateway, DOWN, "504f:1").unwrap();
        assert!(root.contains("rate 40Mbit ceil 40Mbit"), "{root}");
        let stations = shown(gateway, DOWN, "504f:3").unwrap();
        assert!(stations.contains("ceil 32Mbit"), "{stations}");
        for _ in 0..2 {
            trunks.apply(&[gone()]).unwrap();
            for device in [DOWN, "wan0"] {
                assert_eq!(shown(gateway, device, "504f:200"), None);
            }
        }
        let maps = gateway.run("nft list ruleset");
        assert!(!maps.contains(OWN), "{maps}");
    });
}

#[test]
fn flows_of_a_station_find_different_queues() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        stands(&trunks.keep(&told()));
        trunks.apply(&[station(500_000)]).unwrap();
    });
    if leaf() == LeafKind::FqCodel {
        return;
    }
    let queues = || {
        let all = (1..=8).map(|queue| sent(gateway, DOWN, &format!("200:{queue}")));
        all.collect::<Vec<_>>()
    };
    lab.stations[0].run("ping -q -c 1 192.0.2.9; ping -q -c 1 fd02::9");
    for (server, to) in [("192.0.2.9", "10.9.0.11"), ("fd02::9", "fd09::11")] {
        let send = |port: u16, packets: u16| {
            let line = format!("for i in $(seq {packets}); do echo > /dev/udp/{to}/{port}; done; true");
            lab.server.run(&format!("bash -c '{line}'"));
        };
        let before = queues();
        for port in 4_000..4_040 {
            send(port, 1);
        }
        let used = queues()
            .iter()
            .zip(&before)
            .filter(|(after, before)| after > before)
            .count();
        assert!(used >= 5, "{server}: {before:?} {:?}", queues());
    }
}

#[test]
fn a_later_process_takes_over_what_stands_and_what_belongs_to_nobody_goes() {
    let lab = lab();
    let gateway = &lab.gateway;
    let classes = || {
        [DOWN, "wan0"]
            .map(|device| gateway.run(&format!("tc class show dev {device}; tc qdisc show dev {device}")))
    };
    gateway.inside(|| {
        let mut first = Trunks::open().unwrap();
        stands(&first.keep(&told()));
        let room = |way, whole| QueueOp::Room {
            way,
            whole,
            stations: whole / 2,
        };
        first
            .apply(&[
                room(Direction::Down, 6_000_000),
                room(Direction::Up, 3_000_000),
                station(500_000),
            ])
            .unwrap();
    });
    let before = classes();
    let filters = gateway.run("tc filter show dev br0 egress");
    gateway.inside(|| {
        let mut second = Trunks::open().unwrap();
        for _ in 0..3 {
            stands(&second.keep(&told()));
            assert_eq!(second.stations().count(), 1);
            assert_eq!(classes(), before);
            assert_eq!(gateway.run("tc filter show dev br0 egress"), filters);
        }
        // What the second knows it can change and remove.
        second.apply(&[gone()]).unwrap();
        assert_eq!(shown(gateway, "wan0", "504f:200"), None);
        second.apply(&[station(500_000)]).unwrap();
    });
    // A class without a station, and a station without a class.
    gateway.run("nft delete element netdev portico queue_down_piazza { 02:00:00:00:00:11 }");
    gateway.run("nft add element inet portico queue_up_piazza { 02:00:00:00:00:12 : 504f:300 }");
    gateway.inside(|| {
        let mut third = Trunks::open().unwrap();
        stands(&third.keep(&told()));
        assert_eq!(shown(gateway, DOWN, "504f:201"), None);
        assert!(shown(gateway, "wan0", "504f:201").is_some());
        assert!(!gateway.run("nft list ruleset").contains(WAKING));
        third.apply(&[station(500_000)]).unwrap();
        assert!(shown(gateway, DOWN, "504f:201").is_some());
    });
}

#[test]
fn what_is_somebody_elses_stays() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.run("tc qdisc add dev wan0 root handle 1: tbf rate 20mbit burst 10k latency 10ms; tc qdisc add dev br0 ingress");
    let before = everything(gateway);
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        let foreign = |interface: &str| WayState::Foreign { interface: interface.to_owned() };
        let standing = trunks.keep(&told());
        assert_eq!((standing.down, standing.up), (foreign("br0"), foreign("wan0")));
        assert_eq!(everything(gateway), before);
        trunks.apply(&[station(500_000)]).unwrap();
        // Who makes room gets them, with all stations.
        gateway.run("tc qdisc del dev wan0 root; tc qdisc del dev br0 ingress; tc qdisc add dev br0 clsact");
        gateway.run("tc filter add dev br0 egress pref 7 protocol ip u32 match u32 0 0 action mirred egress mirror dev lo");
        let hooks = everything(gateway);
        stands(&trunks.keep(&told()));
        assert!(shown(gateway, "wan0", "504f:200").is_some() && shown(gateway, DOWN, "504f:200").is_some());
        assert_eq!(gateway.run("nft list ruleset").matches("504f:200").count(), 2);
        trunk::remove().unwrap();
        assert_eq!(everything(gateway), hooks, "the filter of somebody else");
    });
}

#[test]
fn what_is_not_wanted_is_not_there_and_the_reason_is_told() {
    let lab = lab();
    let gateway = &lab.gateway;
    let before = everything(gateway);
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        let mut config = told();
        stands(&trunks.keep(&config));
        trunks.apply(&[station(500_000)]).unwrap();
        for wish in [QueueWish::Cake, QueueWish::FqCodel, QueueWish::Off] {
            config.uplink.queue = wish;
            trunks.begin_anew();
            let standing = trunks.keep(&config);
            assert_eq!(
                (standing.ways(), standing.up),
                ([true, false], WayState::Otherwise)
            );
            assert!(!trunks.wants_uplink(&config));
        }
        assert!(!gateway.run("tc qdisc show dev wan0").contains("504f:"));
        config.uplink.line = None;
        trunks.begin_anew();
        let standing = trunks.keep(&config);
        assert_eq!((standing.down, standing.up), (WayState::Untold, WayState::Untold));
        assert_eq!(everything(gateway), before);
        // Another network takes what is there; the station of the one before has gone with it.
        let mut other = told();
        other.networks = vec![network("molini", "br0")];
        trunks.begin_anew();
        stands(&trunks.keep(&other));
        assert_eq!(trunks.stations().count(), 0);
        assert_eq!(shown(gateway, DOWN, "504f:200"), None);
        gateway.run("ip link delete wan0");
        let away = WayState::Away {
            interface: "wan0".to_owned(),
        };
        assert_eq!(trunks.keep(&other).up, away);
    });
}

#[test]
fn what_was_torn_down_by_others_stands_again() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        stands(&trunks.keep(&told()));
        trunks.apply(&[station(500_000)]).unwrap();
        for torn in [
            "ip link delete portico-down",
            "ip link set portico-down down",
            "tc qdisc del dev portico-down root",
            "tc qdisc del dev br0 clsact",
            "tc qdisc del dev wan0 root",
        ] {
            gateway.run(torn);
            stands(&trunks.keep(&told()));
            for device in [DOWN, "wan0"] {
                assert!(shown(gateway, device, "504f:200").is_some(), "{torn}");
            }
            let before = sent(gateway, DOWN, "504f:200");
            lab.stations[0].run("ping -q -c 1 192.0.2.9");
            assert!(sent(gateway, DOWN, "504f:200") > before, "{torn}");
        }
        // Without its map nothing is forgotten, and with it everything is found again.
        gateway.run("nft flush ruleset");
        assert!(trunks.apply(&[station(500_000)]).is_err());
        load(gateway, RULES);
        trunks.begin_anew();
        stands(&trunks.keep(&told()));
        assert_eq!(gateway.run("nft list ruleset").matches("504f:200").count(), 2);
    });
}
