//! What one station may take of the gateway, on real packets: whoever floods is stopped, counted and
//! shown, and harms nobody else.
//!
//! Needs root or a kernel with user namespaces, and the Debian packages iproute2, nftables,
//! dnsmasq-base and busybox; fails without them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a whole target of tests: a failure is a panic"
)]

mod disk;
mod numbers;
mod plans;
mod register;
mod shares;
#[path = "../report/town.rs"]
mod town;
mod works;

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::phone::Phone;
use portico::app::lab::traffic::Reach;
use portico::app::lab::{Lab, Programs, plan};
use portico::model::DropCause;
use serde_json::json;

/// Connections a second of the network "fast", ten times as many in a moment.
const NEW: usize = 10;
/// Connections at once of the network "many".
const HELD: usize = 60;
/// A host of the Internet.
const HOST: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(203, 0, 112, 9)), 4_500);

/// What the tests are about.
fn programs() -> Programs {
    Programs {
        portico: env!("CARGO_BIN_EXE_portico").into(),
        netd: env!("CARGO_BIN_EXE_portico-netd").into(),
    }
}

/// The section of a network, without a plan.
fn network(id: &str) -> String {
    format!(
        "[[network]]\nid = \"{id}\"\nname = \"Network {id}\"\ncomune = \"Comune\"\n\
         interface = \"br-{id}\"\nhost = \"{id}.wifi.example\"\n"
    )
}

struct World {
    lab: Lab,
    heard: UdpSocket,
}

impl World {
    fn new() -> Self {
        let guarded = |id: &str, new: usize, held: usize| {
            let network = network(id);
            format!("{network}[network.guards]\nnew_connections = {new}\nconnections = {held}\n")
        };
        let config = format!(
            "[gateway]\nuplink = \"wan0\"\n{}{}",
            guarded("fast", NEW, 60_000),
            guarded("many", 1_000, HELD)
        );
        let mut lab = Lab::build(programs(), &config).unwrap();
        let internet = lab.uplink().namespace();
        internet
            .ip(&["route add local 203.0.112.0/24 dev lo".to_owned()])
            .unwrap();
        let heard = internet.within(|| UdpSocket::bind(HOST)).unwrap().unwrap();
        heard.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        lab.start().unwrap();
        Self { lab, heard }
    }

    fn phone(&mut self, network: usize) -> Phone {
        let mut phone = self.lab.phone(network).unwrap();
        phone.join().unwrap();
        phone
    }

    /// Waits until the daemon, which reads the kernel's counters now and then, tells at least so many packets dropped
    /// for this cause.
    fn sees_dropped(&self, network: &str, cause: DropCause, least: u64) {
        let path = format!("/ok/figures/networks/{network}/drops/{}", cause.as_str());
        let mut seen = None;
        poll(Duration::from_secs(30), || {
            let answer = self.lab.control(&json!({"do": "status"})).ok()?;
            seen = answer.pointer(&path)?.as_u64();
            seen.filter(|count| *count >= least)
        })
        .unwrap_or_else(|| panic!("{path}: {seen:?}, not {least}"));
    }

    /// Packets dropped so far for this cause, from the kernel itself.
    fn counted(&self, family: &str, counter: &str) -> u64 {
        let text = self
            .lab
            .nft(&["list", "counter", family, "portico", counter])
            .unwrap();
        let mut words = text.split_whitespace().skip_while(|word| *word != "packets");
        words.nth(1).and_then(|count| count.parse().ok()).unwrap()
    }

    /// Packets dropped so far as floods.
    fn flooded(&self) -> u64 {
        self.counted("netdev", "flooding_fast")
    }

    /// From how many connections the host hears.
    fn hears(&self) -> usize {
        let mut from = BTreeSet::new();
        let mut buffer = [0; 16];
        while let Ok((_, source)) = self.heard.recv_from(&mut buffer) {
            from.insert(source);
        }
        from.len()
    }
}

/// As many connections as there are sockets, one datagram each.
fn storm(phone: &Phone, count: usize) -> Vec<UdpSocket> {
    let open = |_| {
        let socket = phone.udp(HOST).unwrap();
        socket.send(b"hello").unwrap();
        socket
    };
    (0..count).map(open).collect()
}

#[test]
fn who_floods_is_stopped_counted_and_harms_nobody() {
    let mut world = World::new();
    let (anna, bruno, carla) = (world.phone(0), world.phone(0), world.phone(1));
    for phone in [&anna, &carla] {
        phone.tap().unwrap();
    }
    new_connections(&world, &anna, &bruno);
    a_flow_without_answers(&world, &bruno);
    connections_at_once(&world, &carla);
    knocks(&mut world, &bruno);
}

/// More connections than a station may open in a moment; the other one joins in the midst of them.
fn new_connections(world: &World, anna: &Phone, bruno: &Phone) {
    let storm = storm(anna, 60 * NEW);
    bruno.tap().unwrap();
    assert_eq!(
        bruno.tcp(SocketAddr::new(plan::CITY_V4.into(), 80)),
        Reach::Answered
    );
    let heard = world.hears();
    assert!((9 * NEW..40 * NEW).contains(&heard), "{heard} of {}", storm.len());
    let lost = u64::try_from(storm.len() - heard).unwrap();
    world.sees_dropped("fast", DropCause::Hurried, lost);
}

/// What nobody answers is one connection all the same, however many packets it sends.
fn a_flow_without_answers(world: &World, bruno: &Phone) {
    let socket = bruno.udp(HOST).unwrap();
    for _ in 0..20 * NEW {
        socket.send(b"one way").unwrap();
    }
    let mut heard = 0;
    while world.heard.recv(&mut [0; 16]).is_ok() {
        heard += 1;
    }
    assert_eq!(heard, 20 * NEW, "packets of one connection");
}

/// Slower than the first guard minds, and more than may be open at once. What is open goes on.
fn connections_at_once(world: &World, carla: &Phone) {
    let storm = storm(carla, 3 * HELD);
    let heard = world.hears();
    // Less what the phone has open to the portal.
    assert!((HELD - 5..=HELD).contains(&heard), "{heard}");
    for socket in &storm {
        socket.send(b"again").unwrap();
    }
    let again = world.hears();
    // What the phone had open to the portal may be closed by now.
    assert!((heard..=HELD).contains(&again), "{again}");
    world.sees_dropped("many", DropCause::Hoarding, 1);
}

/// A station without access that connects to port 80 as fast as it can; a newcomer gets the portal all
/// the same.
fn knocks(world: &mut World, bruno: &Phone) {
    let mut dario = world.lab.phone(0).unwrap();
    dario.join().unwrap();
    let before = world.flooded();
    std::thread::scope(|scope| {
        for part in 0..4_u8 {
            let dario = &dario;
            scope.spawn(move || {
                for number in 0..100 {
                    let host = Ipv4Addr::new(203, 0, 112, part * 50 + number % 50);
                    let _storm = dario.connect(SocketAddr::new(host.into(), 80), Duration::from_millis(5));
                }
            });
        }
    });
    let mut elena = world.lab.phone(0).unwrap();
    elena.join().unwrap();
    elena.tap().unwrap();
    assert_eq!(
        elena.tcp(SocketAddr::new(plan::CITY_V4.into(), 80)),
        Reach::Answered
    );
    assert_eq!(
        bruno.tcp(SocketAddr::new(plan::CITY_V4.into(), 80)),
        Reach::Answered
    );
    assert!(world.flooded() > before);
}
