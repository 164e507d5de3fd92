use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

use super::{ALIVE_MS, Conflict, FLAPPING_MS, Identity, MOST_ADDRESSES, Noticed};
use crate::core::{SeenBy, Sighting};
use crate::model::{Boot, Mac, NetworkId};

const MOST: usize = 4;

fn network() -> NetworkId {
    "piazza".parse().unwrap()
}

fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0, 0, 0, last]).unwrap()
}

fn address(last: u8) -> IpAddr {
    Ipv4Addr::new(10, 0, 0, last).into()
}

fn identity() -> Identity {
    let mut identity = Identity::default();
    identity.configure([(network(), MOST)]);
    identity
}

fn claims(station: u8, host: u8) -> Sighting {
    Sighting {
        network: network(),
        mac: mac(station),
        address: Some(address(host)),
        by: SeenBy::Arp,
        port: None,
    }
}

fn on_port(station: u8, port: u32) -> Sighting {
    Sighting {
        address: None,
        by: SeenBy::Bridge,
        port: Some(port),
        ..claims(station, 0)
    }
}

fn addresses(identity: &Identity, station: u8) -> Vec<IpAddr> {
    identity.addresses(network(), mac(station)).collect()
}

#[test]
fn one_station_has_many_addresses() {
    let mut identity = identity();
    let first = identity.seen(&claims(1, 10), Boot(0));
    assert!(first.new_station);
    let second = identity.seen(&claims(1, 11), Boot(5));
    assert_eq!(second, Noticed::default());
    assert_eq!(addresses(&identity, 1), [address(10), address(11)]);
    assert_eq!(identity.owner(network(), address(11)), Some(mac(1)));
    assert_eq!(identity.last_seen(network(), mac(1)), Some(Boot(5)));
}

#[test]
fn the_oldest_address_makes_room() {
    let mut identity = identity();
    for host in 0..33 {
        identity.seen(&claims(1, host), Boot(u64::from(host)));
    }
    let kept = addresses(&identity, 1);
    assert_eq!(kept.len(), MOST_ADDRESSES);
    assert!(!kept.contains(&address(0)));
    assert_eq!(identity.owner(network(), address(0)), None);
    assert!(kept.contains(&address(32)));
}

#[test]
fn a_live_holder_keeps_its_address_and_the_claim_is_a_conflict() {
    let mut identity = identity();
    identity.seen(&claims(1, 10), Boot(0));
    let noticed = identity.seen(&claims(2, 10), Boot(ALIVE_MS));
    let conflict = Conflict::Address {
        address: address(10),
        holder: mac(1),
        claimant: mac(2),
    };
    assert_eq!(noticed.conflict, Some(conflict));
    assert_eq!(identity.owner(network(), address(10)), Some(mac(1)));
    assert!(addresses(&identity, 2).is_empty());
}

#[test]
fn an_address_of_a_silent_station_is_taken_over_without_conflict() {
    let mut identity = identity();
    identity.seen(&claims(1, 10), Boot(0));
    // Alive, but no longer telling this address.
    identity.seen(&claims(1, 11), Boot(ALIVE_MS));
    let noticed = identity.seen(&claims(2, 10), Boot(ALIVE_MS + 1));
    assert_eq!(noticed.conflict, None);
    assert_eq!(identity.owner(network(), address(10)), Some(mac(2)));
    assert_eq!(addresses(&identity, 1), [address(11)]);
}

#[test]
fn an_address_given_back_is_free_and_nobody_gives_back_anothers() {
    let mut identity = identity();
    identity.seen(&claims(1, 10), Boot(0));
    identity.seen(&claims(2, 11), Boot(0));
    assert!(!identity.address_gone(network(), mac(2), address(10)));
    assert_eq!(identity.owner(network(), address(10)), Some(mac(1)));
    assert!(identity.address_gone(network(), mac(1), address(10)));
    assert_eq!(identity.seen(&claims(2, 10), Boot(1)).conflict, None);
    assert_eq!(identity.owner(network(), address(10)), Some(mac(2)));
}

#[test]
fn networks_do_not_share_addresses() {
    let other: NetworkId = "molini".parse().unwrap();
    let mut identity = Identity::default();
    identity.configure([(network(), MOST), (other, MOST)]);
    identity.seen(&claims(1, 10), Boot(0));
    let elsewhere = Sighting {
        network: other,
        ..claims(2, 10)
    };
    assert_eq!(identity.seen(&elsewhere, Boot(0)).conflict, None);
    assert_eq!(identity.owner(network(), address(10)), Some(mac(1)));
    assert_eq!(identity.owner(other, address(10)), Some(mac(2)));
}

#[test]
fn roaming_is_no_conflict_flapping_is() {
    let mut identity = identity();
    let mut conflict_at = |port, at| identity.seen(&on_port(1, port), Boot(at)).conflict.is_some();
    for step in 0..6_u32 {
        assert!(!conflict_at(7 + step % 2, u64::from(step) * 1_000), "move {step}");
    }
    assert!(conflict_at(7, 6_000), "the sixth move within ten seconds");
    assert!(!conflict_at(7, 6_500), "staying is no move");
    assert!(!conflict_at(8, 17_000), "later, alone");
}

#[test]
fn a_walk_past_many_access_points_is_no_conflict() {
    let mut identity = identity();
    for port in 1..20 {
        let noticed = identity.seen(&on_port(1, port), Boot(u64::from(port) * 100));
        assert_eq!(noticed.conflict, None, "{port}");
    }
}

#[test]
fn slow_moves_are_no_conflict() {
    let mut identity = identity();
    for step in 0..20_u32 {
        let at = Boot(u64::from(step) * (FLAPPING_MS / 2 + 1));
        assert_eq!(identity.seen(&on_port(1, step % 2), at).conflict, None, "{step}");
    }
}

#[test]
fn the_longest_unseen_unpinned_station_makes_room() {
    let mut identity = identity();
    for station in 1..=4 {
        identity.seen(&claims(station, station), Boot(u64::from(station)));
    }
    identity.pin(network(), mac(1), Boot(4));
    identity.seen(&claims(2, 2), Boot(9));
    let noticed = identity.seen(&claims(5, 5), Boot(10));
    assert!(noticed.new_station);
    assert_eq!(noticed.evicted, Some(mac(3)));
    assert_eq!(identity.owner(network(), address(3)), None);
    assert_eq!(identity.owner(network(), address(1)), Some(mac(1)));
}

#[test]
fn where_all_are_pinned_nobody_new_is_remembered() {
    let mut identity = identity();
    for station in 1..=4 {
        identity.pin(network(), mac(station), Boot(0));
    }
    assert_eq!(identity.seen(&claims(5, 5), Boot(1)), Noticed::default());
    assert_eq!(identity.len(network()), MOST);
    identity.unpin(network(), mac(2));
    assert_eq!(identity.seen(&claims(5, 5), Boot(2)).evicted, Some(mac(2)));
}

#[test]
fn a_smaller_configuration_forgets_the_longest_unseen() {
    let mut identity = identity();
    for station in 1..=4 {
        identity.seen(&claims(station, station), Boot(u64::from(station)));
    }
    identity.configure([(network(), 2)]);
    assert_eq!(identity.last_seen(network(), mac(2)), None);
    assert_eq!(identity.last_seen(network(), mac(3)), Some(Boot(3)));
    identity.configure([]);
    assert_eq!(identity.len(network()), 0);
    assert_eq!(identity.seen(&claims(1, 1), Boot(9)), Noticed::default());
}

#[derive(Debug, Clone)]
enum Step {
    Seen(Sighting),
    Gone(u8, u8),
    Forget(u8),
    Pin(u8),
    Unpin(u8),
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let station = 0..8_u8;
    let sighting = (
        station.clone(),
        prop::option::of(0..40_u8),
        prop::option::of(0..3_u32),
    )
        .prop_map(|(station, host, port)| {
            Step::Seen(Sighting {
                address: host.map(address),
                port,
                ..claims(station, 0)
            })
        });
    let step = prop_oneof![
        8 => sighting,
        1 => (station.clone(), 0..40_u8).prop_map(|(station, host)| Step::Gone(station, host)),
        1 => station.clone().prop_map(Step::Forget),
        1 => (0..3_u8).prop_map(Step::Pin),
        1 => (0..3_u8).prop_map(Step::Unpin),
    ];
    let pause = prop_oneof![0..2_000_u64, 0..2 * ALIVE_MS, any::<u16>().prop_map(u64::from)];
    prop::collection::vec((pause, step), 0..200)
}

/// Both directions say the same, and nothing outgrows its bound.
fn check(identity: &Identity) {
    let table = &identity.networks[&network()];
    assert!(table.stations.len() <= MOST);
    let mut unpinned = BTreeSet::new();
    let mut owned = 0;
    for (mac, station) in &table.stations {
        assert!(station.addresses.len() <= MOST_ADDRESSES);
        owned += station.addresses.len();
        for address in station.addresses.keys() {
            assert_eq!(table.owners.get(address), Some(mac));
        }
        if !station.pinned {
            unpinned.insert((station.seen, *mac));
        }
    }
    assert_eq!(owned, table.owners.len());
    assert_eq!(unpinned, table.unpinned);
}

proptest! {
    #[test]
    fn whatever_happens_the_tables_agree(steps in steps()) {
        let mut identity = identity();
        let mut pinned = BTreeSet::new();
        let mut now = Boot(0);
        for (pause, step) in steps {
            now = now.plus_ms(pause);
            match step {
                Step::Seen(sighting) => {
                    let before = identity.clone();
                    let noticed = identity.seen(&sighting, now);
                    assert!(noticed.evicted.is_none_or(|mac| !pinned.contains(&mac)));
                    if let Some(Conflict::Address { address, holder, claimant }) = noticed.conflict {
                        assert_ne!(holder, claimant);
                        assert_eq!(before.owner(network(), address), Some(holder));
                        assert_eq!(identity.owner(network(), address), Some(holder));
                        let seen = before.last_seen(network(), holder).unwrap();
                        assert!(now.since(seen) <= ALIVE_MS);
                    } else if let Some(address) = sighting.address
                        && identity.last_seen(network(), sighting.mac).is_some()
                    {
                        assert_eq!(identity.owner(network(), address), Some(sighting.mac));
                    }
                }
                Step::Gone(station, host) => {
                    identity.address_gone(network(), mac(station), address(host));
                }
                Step::Forget(station) => {
                    identity.forget(network(), mac(station));
                    pinned.remove(&mac(station));
                }
                Step::Pin(station) if identity.last_seen(network(), mac(station)).is_some() => {
                    identity.pin(network(), mac(station), now);
                    pinned.insert(mac(station));
                }
                Step::Pin(_) => {}
                Step::Unpin(station) => {
                    identity.unpin(network(), mac(station));
                    pinned.remove(&mac(station));
                }
            }
            check(&identity);
        }
    }
}
