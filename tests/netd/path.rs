//! Packets of a phone through the real ruleset: captive, granted, revoked.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::config::GardenEntry;
use portico::net::ruleset::{self, Backstop};

use crate::world::{Namespace, config, network};

/// Long enough for anything that answers at all; only silence waits for it.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long silence must last.
const SILENCE: Duration = Duration::from_millis(800);
const STATION: &str = "02:00:5e:10:00:01";
const NEIGHBOUR: &str = "02:00:5e:10:01:01";
const BLOCKED: &str = "02:00:5e:10:00:66";
const SERVERS: [&str; 2] = ["198.51.100.9", "2001:db8:2::9"];

/// A phone, a gateway with two networks, and the Internet.
struct Town {
    phone: Namespace,
    neighbour: Namespace,
    gateway: Namespace,
    internet: Namespace,
    /// What `portico-netd` holds.
    backstop: Mutex<Option<Backstop>>,
}

impl Town {
    fn new() -> Self {
        let town = Self {
            phone: Namespace::new(),
            neighbour: Namespace::new(),
            gateway: Namespace::new(),
            internet: Namespace::new(),
            backstop: Mutex::new(None),
        };
        let gateway = &town.gateway;
        gateway.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        gateway
            .output("sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0");
        for (index, phone) in [(0, &town.phone), (1, &town.neighbour)] {
            gateway.run(&format!(
                "ip link add br{index} type bridge; ip link set br{index} up"
            ));
            phone.cable("eth0", gateway, &format!("port{index}"));
            gateway.run(&format!(
                "ip link set port{index} master br{index}
                 ip address add 192.0.{}.1/24 dev br{index}
                 ip address add 2001:db8:1{index}::1/64 dev br{index} nodad",
                index + 2
            ));
            phone.run(&format!(
                "ip link set eth0 address 02:00:5e:10:0{index}:01
                 ip address add 192.0.{}.9/24 dev eth0
                 ip address add 2001:db8:1{index}::9/64 dev eth0 nodad
                 ip route add default via 192.0.{}.1
                 ip route add default via 2001:db8:1{index}::1",
                index + 2,
                index + 2
            ));
        }
        gateway.cable("wan0", &town.internet, "up0");
        gateway
            .run("ip address add 198.51.100.1/24 dev wan0; ip address add 2001:db8:2::1/64 dev wan0 nodad");
        town.internet.run(
            "ip address add 198.51.100.9/24 dev up0; ip address add 2001:db8:2::9/64 dev up0 nodad
             ip route add 2001:db8:10::/44 via 2001:db8:2::1
             nft 'add table inet seen
                  add chain inet seen in { type filter hook prerouting priority -300; }
                  add rule inet seen in icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, mld2-listener-report, mld-listener-report } accept
                  add rule inet seen in counter'",
        );
        town
    }

    fn load(&self) {
        let mut first = network("piazza", "br0");
        first.policy.blocked.insert(BLOCKED.parse().unwrap());
        first.garden = SERVERS
            .map(|server| GardenEntry {
                to: format!("{server}/{}", if server.contains(':') { 128 } else { 32 })
                    .parse()
                    .unwrap(),
                ports: vec![4_443],
                reason: None,
            })
            .to_vec();
        let config = config(vec![first, network("molini", "br1")]);
        self.gateway.block_on(ruleset::load(&config)).unwrap();
        self.gateway.inside(|| {
            let mut backstop = self.backstop.lock().unwrap();
            let backstop = backstop.get_or_insert_with(|| Backstop::open().unwrap());
            backstop.put(&config).unwrap();
        });
    }

    /// Lets both phones online.
    fn grant(&self) {
        for (network, mac) in [("piazza", STATION), ("molini", NEIGHBOUR)] {
            self.gateway.run(&format!(
                "nft 'add element netdev portico auth_{network} {{ {mac} timeout 1h }}
                      add element netdev portico up_{network} {{ {mac} limit rate 625000 bytes/second burst 131072 bytes counter timeout 1h }}
                      add element netdev portico down_{network} {{ {mac} limit rate 1250000 bytes/second burst 131072 bytes counter timeout 1h }}'"
            ));
        }
    }

    fn revoke(&self) {
        let delete = ["auth", "up", "down"]
            .map(|set| format!("delete element netdev portico {set}_piazza {{ {STATION} }}"))
            .join("\n");
        self.gateway.run(&format!("nft '{delete}'"));
    }

    /// Packets that have reached the Internet, neighbour discovery apart.
    fn leaked(&self) -> u64 {
        let rules = self.internet.run("nft list chain inet seen in");
        let count = rules.split("counter packets ").nth(1).unwrap();
        count.split(' ').next().unwrap().parse().unwrap()
    }

    fn dial(&self, to: &str, port: u16) -> std::io::Result<TcpStream> {
        let address = SocketAddr::new(to.parse().unwrap(), port);
        self.phone
            .inside(move || TcpStream::connect_timeout(&address, PATIENCE))
    }

    fn pings(&self, to: &str) -> bool {
        self.phone.succeeds(&format!("ping -c 1 -W 2 {to}"))
    }
}

fn listen(place: &Namespace, port: u16) -> TcpListener {
    let listener = place.inside(move || TcpListener::bind(("::", port))).unwrap();
    listener.set_nonblocking(true).unwrap();
    listener
}

/// The connection that the listener has got.
fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    for _ in 0..100 {
        if let Ok((stream, peer)) = listener.accept() {
            stream.set_nonblocking(false).unwrap();
            return (stream, peer);
        }
        std::thread::sleep(PATIENCE / 100);
    }
    panic!("nobody connected");
}

#[test]
fn nothing_of_a_captive_phone_leaves_and_it_is_told_at_once() {
    let town = Town::new();
    town.load();
    let (portal, secure) = (listen(&town.gateway, 8_080), listen(&town.gateway, 8_443));
    let dns = town.gateway.inside(|| UdpSocket::bind(("::", 53))).unwrap();
    dns.set_read_timeout(Some(PATIENCE)).unwrap();
    for server in SERVERS {
        assert!(!town.pings(server), "{server}");
        for port in [443, 853, 8_080] {
            let refused = town.dial(server, port).unwrap_err();
            assert_eq!(
                refused.kind(),
                ErrorKind::ConnectionRefused,
                "{server} port {port}"
            );
        }
        town.dial(server, 80).unwrap();
        accept(&portal);
        let query = town.phone.inside(move || {
            let socket = UdpSocket::bind(("::", 0)).unwrap();
            let server: std::net::IpAddr = server.parse().unwrap();
            let mapped = match server {
                std::net::IpAddr::V4(four) => four.to_ipv6_mapped(),
                std::net::IpAddr::V6(six) => six,
            };
            socket.send_to(b"query", (mapped, 53)).unwrap();
            socket.send_to(b"quic", (mapped, 443)).unwrap();
            socket
        });
        let (_, asker) = dns.recv_from(&mut [0; 16]).unwrap();
        dns.send_to(b"answer", asker).unwrap();
        query.set_read_timeout(Some(PATIENCE)).unwrap();
        // The refusal of the other packet may come first, as an error.
        let answered = (0..3).any(|_| query.recv_from(&mut [0; 16]).is_ok());
        assert!(answered, "the gateway answers for {server}");
    }
    for own in ["192.0.2.1", "198.51.100.1", "2001:db8:10::1"] {
        assert!(town.pings(own), "{own}");
        town.dial(own, 443).unwrap();
        accept(&secure);
        let refused = town.dial(own, 22).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{own}");
    }
    assert_eq!(town.leaked(), 0);
}

#[test]
fn a_granted_phone_is_online_until_it_is_revoked() {
    let town = Town::new();
    town.load();
    town.grant();
    let servers = [listen(&town.internet, 443), listen(&town.internet, 80)];
    let mut talks = Vec::new();
    for (server, seen_as) in SERVERS.iter().zip(["::ffff:198.51.100.1", "2001:db8:10::9"]) {
        assert!(town.pings(server), "{server}");
        for (listener, port) in servers.iter().zip([443, 80]) {
            let mut phone = town.dial(server, port).unwrap();
            let (mut remote, peer) = accept(listener);
            assert_eq!(peer.ip().to_string(), seen_as, "port {port}");
            phone.write_all(b"up").unwrap();
            remote.write_all(b"dn").unwrap();
            remote.read_exact(&mut [0; 2]).unwrap();
            phone.read_exact(&mut [0; 2]).unwrap();
            talks.push((phone, remote));
        }
    }
    for other in ["192.0.3.9", "2001:db8:11::9"] {
        assert!(!town.pings(other), "another network: {other}");
    }
    town.revoke();
    let before = town.leaked();
    for (mut phone, mut remote) in talks {
        let _ = phone.write_all(b"more");
        phone.set_read_timeout(Some(PATIENCE)).unwrap();
        let cut = phone.read(&mut [0; 4]).unwrap_err();
        assert_eq!(cut.kind(), ErrorKind::ConnectionReset, "told at once");
        remote.set_read_timeout(Some(SILENCE)).unwrap();
        assert!(remote.read(&mut [0; 4]).is_err(), "nothing more arrives");
    }
    assert!(SERVERS.iter().all(|server| !town.pings(server)));
    assert_eq!(town.leaked(), before);
}

#[test]
fn the_walled_garden_is_open_before_the_grant_but_not_to_the_blocked() {
    let town = Town::new();
    town.load();
    let garden = listen(&town.internet, 4_443);
    for server in SERVERS {
        let mut phone = town.dial(server, 4_443).unwrap();
        let (mut remote, _) = accept(&garden);
        remote.write_all(b"open").unwrap();
        phone.read_exact(&mut [0; 4]).unwrap();
    }
    let before = town.leaked();
    town.phone.run(&format!(
        "ip link set eth0 address {BLOCKED}; ip neigh flush dev eth0"
    ));
    town.phone
        .output("ip route add default via 192.0.2.1; ip route add default via 2001:db8:10::1");
    for server in SERVERS {
        let refused = town.dial(server, 4_443).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{server}");
    }
    assert_eq!(town.leaked(), before);
}

#[test]
fn nothing_from_outside_reaches_a_phone_unasked() {
    let town = Town::new();
    town.load();
    let phone = listen(&town.phone, 7_000);
    let arrives = || {
        let address = SocketAddr::new("2001:db8:10::9".parse().unwrap(), 7_000);
        let dialled = town
            .internet
            .inside(move || TcpStream::connect_timeout(&address, SILENCE));
        dialled.is_ok() || phone.accept().is_ok()
    };
    assert!(!arrives(), "captive");
    town.grant();
    assert!(!arrives(), "granted");
}

#[test]
fn a_granted_phone_does_not_reach_the_comunes_own_networks() {
    let town = Town::new();
    town.load();
    town.grant();
    let inside = ["10.1.2.3", "192.168.7.7", "100.64.0.1", "fd00:1::7"];
    for own in inside {
        let length = if own.contains(':') { 128 } else { 32 };
        town.internet
            .run(&format!("ip address add {own}/{length} dev up0"));
    }
    town.gateway
        .run("ip route add default via 198.51.100.9; ip route add default via 2001:db8:2::9");
    let servers = listen(&town.internet, 443);
    for own in inside {
        let refused = town.dial(own, 443).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused, "{own}");
        assert!(!town.pings(own), "{own}");
    }
    assert_eq!(town.leaked(), 0);
    let mut open = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    open.gateway.protected.clear();
    town.gateway.block_on(ruleset::load(&open)).unwrap();
    for own in inside {
        town.dial(own, 443).unwrap();
        accept(&servers);
    }
}

/// Whatever of the tables is gone.
const HOLES: [&str; 5] = [
    "nft flush ruleset",
    "nft delete table netdev portico",
    "nft delete table inet portico",
    "nft flush table netdev portico",
    "nft flush table inet portico",
];

#[test]
fn without_tables_the_backstop_lets_nothing_of_a_phone_leave() {
    let town = Town::new();
    for hole in HOLES {
        town.load();
        town.grant();
        town.revoke();
        town.gateway.run(hole);
        for server in SERVERS {
            assert!(!town.pings(server), "{hole}: {server}");
            assert!(town.dial(server, 443).is_err(), "{hole}: {server}");
        }
        assert_eq!(town.leaked(), 0, "{hole}");
    }
    town.gateway.run("nft flush ruleset");
    for own in ["192.0.2.1", "2001:db8:10::1"] {
        assert!(!town.pings(own), "the gateway itself: {own}");
    }
    town.backstop.lock().unwrap().take();
    town.gateway.block_on(ruleset::remove()).unwrap();
    town.pings(SERVERS[0]);
    assert_ne!(town.leaked(), 0, "an open network after the removal");
}

#[test]
fn without_tables_the_backstop_lets_nothing_reach_a_phone_also_when_nobody_holds_it() {
    let town = Town::new();
    let phone = ["192.0.2.9", "2001:db8:10::9"];
    // What cannot be found would not arrive either.
    for address in phone {
        town.gateway.run(&format!(
            "ip neigh replace {address} lladdr {STATION} dev br0 nud permanent"
        ));
    }
    town.internet.run("ip route add 192.0.2.0/24 via 198.51.100.1");
    let socket = town.phone.inside(|| UdpSocket::bind(("::", 7_000))).unwrap();
    socket.set_read_timeout(Some(SILENCE)).unwrap();
    let heard = || {
        for from in [&town.internet, &town.gateway] {
            from.inside(|| {
                for (any, to) in ["0.0.0.0", "::"].into_iter().zip(phone) {
                    // What is dropped on its way out is an error.
                    let _ = UdpSocket::bind((any, 0))
                        .unwrap()
                        .send_to(b"unasked", (to, 7_000));
                }
            });
        }
        (0..4).filter(|_| socket.recv(&mut [0; 16]).is_ok()).count()
    };
    assert_eq!(heard(), 4, "a gateway without any of it");
    town.load();
    assert_eq!(heard(), 2, "only the gateway's own");
    town.gateway.run("nft flush ruleset");
    assert_eq!(heard(), 0, "flushed");
    town.backstop.lock().unwrap().take();
    assert_eq!(heard(), 0, "and the helper is gone");
    assert!(!town.pings("192.0.2.1"), "and answers nobody");
    let gateway = town.gateway.inside(|| UdpSocket::bind(("::", 7_000))).unwrap();
    gateway.set_read_timeout(Some(SILENCE)).unwrap();
    let takes = || {
        let sender = town.phone.inside(|| UdpSocket::bind(("0.0.0.0", 0))).unwrap();
        sender.send_to(b"anybody", ("192.0.2.1", 7_000)).unwrap();
        gateway.recv(&mut [0; 16]).is_ok()
    };
    assert!(!takes(), "nothing of a phone is taken");
    town.gateway.block_on(ruleset::remove()).unwrap();
    assert!(takes(), "a gateway without any of it");
}

#[test]
fn a_flush_under_fire_lets_no_packet_through() {
    let town = Town::new();
    town.load();
    let done = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| {
        let phone = scope.spawn(|| town.phone.inside(|| fire(&done)));
        for _ in 0..5 {
            for hole in HOLES {
                town.gateway.run(hole);
                std::thread::sleep(Duration::from_millis(20));
                town.load();
            }
        }
        done.store(true, Ordering::Relaxed);
        phone.join().unwrap()
    });
    assert!(sent > 1_000, "only {sent} packets");
    assert_eq!(town.leaked(), 0, "of {sent}");
}

/// Sends to the Internet until it is told to stop; how many packets.
fn fire(done: &AtomicBool) -> usize {
    let sockets = SERVERS.map(|server| {
        let any = if server.contains(':') { "::" } else { "0.0.0.0" };
        (UdpSocket::bind((any, 0)).unwrap(), server)
    });
    let mut sent = 0;
    while !done.load(Ordering::Relaxed) && sent < 10_000_000 {
        for (socket, server) in &sockets {
            sent += usize::from(socket.send_to(b"out", (*server, 4_433)).is_ok());
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    sent
}
