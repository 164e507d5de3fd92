use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::{any, prop, prop_assert, proptest};

use super::{GRACE_MS, MOST_OPEN, RELEASED_TTL, RENEWED_BELOW_MS};
use crate::core::world::{World, network};
use crate::core::{Command, Event, RequestId};
use crate::model::{OpError, Opening};

const PUBLIC: &str = "192.0.2.80";

impl World {
    /// An answer of the resolver; what core wants then.
    fn resolved(&mut self, id: u64, ports: &[u16], addresses: &[(IpAddr, u32)]) -> Vec<Command> {
        let event = Event::Resolved {
            id: RequestId(id),
            network: network("piazza"),
            ports: ports.to_vec(),
            addresses: addresses.to_vec(),
        };
        self.gateway.handle(event, self.now);
        std::iter::from_fn(|| self.gateway.next_command()).collect()
    }

    fn opened(&mut self, id: u64, outcome: Result<Vec<u32>, OpError>) -> Vec<Command> {
        let id = RequestId(id);
        self.gateway.handle(Event::Opened { id, outcome }, self.now);
        std::iter::from_fn(|| self.gateway.next_command()).collect()
    }

    fn open(&self) -> usize {
        self.gateway.gardens(self.now)[&network("piazza")].open
    }
}

fn release(id: u64, may: bool) -> Vec<Command> {
    let id = RequestId(id);
    vec![Command::Release { id, may }]
}

fn openings(commands: &[Command]) -> &[Opening] {
    match commands {
        [Command::Open { openings, .. }] => openings,
        other => panic!("one order to open, not {other:?}"),
    }
}

fn to(address: &str, ttl: u32) -> (IpAddr, u32) {
    (address.parse().unwrap(), ttl)
}

#[test]
fn an_answer_waits_for_the_kernel() {
    let mut world = World::new();
    let asked = world.resolved(1, &[443, 80], &[to(PUBLIC, 300), to("2001:db8::80", 5)]);
    let wanted: Vec<_> = openings(&asked)
        .iter()
        .map(|opening| (opening.address.to_string(), opening.port, opening.timeout_ms))
        .collect();
    assert_eq!(
        wanted,
        [
            (PUBLIC.to_owned(), 443, 300_000 + GRACE_MS),
            (PUBLIC.to_owned(), 80, 300_000 + GRACE_MS),
            ("2001:db8::80".to_owned(), 443, 60_000 + GRACE_MS),
            ("2001:db8::80".to_owned(), 80, 60_000 + GRACE_MS),
        ]
    );
    assert_eq!(world.open(), 0, "nothing is open before the kernel says so");
    assert_eq!(world.opened(1, Ok(vec![])), release(1, true));
    assert_eq!(world.open(), 4);
    assert_eq!(world.opened(1, Ok(vec![])), [], "only once");
}

#[test]
fn what_stays_open_long_enough_costs_no_trip() {
    let mut world = World::new();
    world.resolved(1, &[443], &[to(PUBLIC, 60)]);
    world.opened(1, Ok(vec![]));
    assert_eq!(world.resolved(2, &[443], &[to(PUBLIC, 60)]), release(2, true));
    world.pass(60_000 + GRACE_MS - RENEWED_BELOW_MS);
    assert_eq!(world.resolved(3, &[443], &[to(PUBLIC, 60)]), release(3, true));
    world.pass(1);
    assert_eq!(openings(&world.resolved(4, &[443], &[to(PUBLIC, 60)])).len(), 1);
    assert!(
        u64::from(RELEASED_TTL) * 1_000 < RENEWED_BELOW_MS,
        "whatever a station has in its cache is open"
    );
}

#[test]
fn closed_addresses_are_not_opened_and_their_answer_goes_out() {
    let mut world = World::new();
    for (id, bad) in ["10.1.2.3", "::ffff:10.1.2.3", "fe80::1"].iter().enumerate() {
        let id = u64::try_from(id).unwrap();
        assert_eq!(
            world.resolved(id, &[443], &[to(bad, 60)]),
            release(id, true),
            "{bad}"
        );
    }
    let mixed = world.resolved(9, &[443], &[to("10.0.0.1", 60), to(PUBLIC, 60)]);
    assert_eq!(openings(&mixed).len(), 1);
    // The helper knows the gateway's own addresses.
    assert_eq!(world.opened(9, Ok(vec![0])), release(9, true));
    assert_eq!(world.open(), 0);
    let figures = world.gateway.gardens(world.now)[&network("piazza")];
    assert_eq!((figures.refused, figures.answers), (5, 4));
}

#[test]
fn without_the_helper_nothing_is_released() {
    let mut world = World::new();
    world.resolved(1, &[443], &[to(PUBLIC, 60)]);
    world.gateway.handle(Event::HelperLost, world.now);
    assert_eq!(world.gateway.next_command(), Some(release(1, false).remove(0)));
    assert_eq!(world.resolved(2, &[443], &[to(PUBLIC, 60)]), release(2, false));
    let mut world = World::new();
    world.resolved(3, &[443], &[to(PUBLIC, 60)]);
    let refused = Err(OpError::Full);
    assert_eq!(world.opened(3, refused), release(3, false));
}

#[test]
fn a_lost_helper_or_new_rules_make_core_forget() {
    for event in [
        Event::HelperLost,
        Event::Configured(std::sync::Arc::new(World::new().policy)),
    ] {
        let mut world = World::new();
        world.resolved(1, &[443], &[to(PUBLIC, 600)]);
        world.opened(1, Ok(vec![]));
        world.gateway.handle(event, world.now);
        world.gateway.handle(Event::KernelHolds(vec![]), world.now);
        while world.gateway.next_command().is_some() {}
        assert_eq!(openings(&world.resolved(2, &[443], &[to(PUBLIC, 600)])).len(), 1);
    }
}

#[test]
fn the_number_of_open_destinations_is_bounded() {
    let mut world = World::new();
    for id in 0..500_u32 {
        let first = 0xc633_0000 + id * 64;
        let addresses: Vec<_> = (first..first + 64)
            .map(|bits| (IpAddr::from(Ipv4Addr::from_bits(bits)), 60))
            .collect();
        let id = u64::from(id);
        let commands = world.resolved(id, &[443], &addresses);
        if matches!(commands.as_slice(), [Command::Open { .. }]) {
            world.opened(id, Ok(vec![]));
        }
        assert!(world.open() <= MOST_OPEN);
    }
    assert_eq!(world.open(), MOST_OPEN);
    world.pass(60_000 + GRACE_MS);
    assert_eq!(world.open(), 0);
    assert_eq!(openings(&world.resolved(900, &[443], &[to(PUBLIC, 60)])).len(), 1);
}

proptest! {
    #[test]
    fn whatever_is_answered_only_what_may_be_is_opened(
        answers in prop::collection::vec(prop::collection::vec((any::<IpAddr>(), any::<u32>()), 0..90), 0..12),
        ports in prop::collection::vec(any::<u16>(), 0..5),
    ) {
        let mut world = World::new();
        let closed = world.policy.closed.clone();
        for (id, addresses) in (0_u64..).zip(answers) {
            let commands = world.resolved(id, &ports, &addresses);
            prop_assert!(commands.len() == 1, "every answer is told something");
            if let [Command::Open { openings, .. }] = commands.as_slice() {
                for opening in openings {
                    prop_assert!(!closed.iter().any(|net| net.contains(&opening.address.to_canonical())));
                    prop_assert!(ports.contains(&opening.port));
                    let range = Opening::MIN_TIMEOUT_MS..=Opening::MAX_TIMEOUT_MS;
                    prop_assert!(range.contains(&opening.timeout_ms));
                }
                world.opened(id, Ok(vec![]));
            }
        }
    }
}
