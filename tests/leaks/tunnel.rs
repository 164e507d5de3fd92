//! The one thing that a station without access may cause outside: names looked up by the gateway's
//! resolver, for the forwarder. Whoever hides data in names gets a trickle.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use portico::app::lab::dns::{self, Family};
use portico::app::lab::frames::FrameSocket;
use portico::app::lab::plan;

use crate::world::World;

/// Names asked for, as fast as it goes.
const ASKED: u16 = 2_000;
/// A full bucket (100), and 20 a second for longer than the test asks. The shares are the ruleset's.
const TRICKLE: usize = 400;

#[test]
fn a_tunnel_of_names_is_a_trickle_and_leads_to_no_other_resolver() {
    let mut world = World::new();
    world.open();
    // The garden has names, so the forwarder asks in the stations' place.
    world.lab.start_portico().unwrap();
    let uplink = world.lab.uplink().namespace();
    let listener = FrameSocket::open(uplink, plan::INTERNET_INTERFACE).unwrap();
    let phone = &world.phones[0];
    let targets = [
        SocketAddr::new(world.range.scene.gateway.v4.into(), 53),
        SocketAddr::new(world.range.scene.gateway.v6.into(), 53),
        SocketAddr::new(plan::city(Family::V4), 53),
        SocketAddr::new(plan::city(Family::V6), 53),
    ];
    let sockets = targets.map(|target| phone.udp(target).unwrap());
    for number in 0..ASKED {
        let socket = &sockets[usize::from(number) % sockets.len()];
        let name = format!("{}.n{number:05}.tunnel.example", "x".repeat(60));
        // Over the share is refused or dropped: both are the point.
        let _refused = socket.send(&dns::query(number, &name, Family::V4));
    }
    let router = world.range.scene.router.octets();
    let mut names = BTreeSet::new();
    while let Some(frame) = listener.next(Duration::from_secs(1)).unwrap() {
        let Some(name) = frame.windows(7).find(|part| is_name(part)) else {
            continue;
        };
        if frame[6..12] == router {
            continue;
        }
        assert_eq!(
            frame.get(30..34),
            Some(&plan::RESOLVER_V4.octets()[..]),
            "asked somebody else"
        );
        names.insert(name.to_vec());
    }
    println!("{} of {ASKED} names went out", names.len());
    assert!(!names.is_empty(), "the resolver answers nobody");
    assert!(
        names.len() <= TRICKLE,
        "{} of {ASKED} names went out",
        names.len()
    );
}

/// The label's length, `n`, five digits.
fn is_name(part: &[u8]) -> bool {
    matches!(part, [6, b'n', digits @ ..] if digits.iter().all(u8::is_ascii_digit))
}
