use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{MAX_FLUSH, Refusal, Rules, check_flush, check_openings, check_ops, check_queue_ops, check_read};
use crate::config::{Config, GardenName};
use crate::model::{AccessOp, Counters, Entry, Mac, OpError, Opening, QueueOp, Rate};
use crate::net::ipc::{MAX_OPENINGS, MAX_OPS, MAX_QUEUE_OPS, MAX_READ};
use crate::net::ruleset::tests::{config, network};

const OWN: &str = "02:00:5e:10:00:fe";
const STATION: &str = "02:00:5e:10:00:01";
const EXEMPT: &str = "02:00:5e:10:00:02";
const BLOCKED: &str = "02:00:5e:10:00:03";

fn setting() -> (Config, BTreeSet<Mac>) {
    let mut piazza = network("piazza", "br0");
    piazza.garden_names.push(GardenName {
        name: "www.example.org".parse().unwrap(),
        ports: vec![443, 8_443],
        reason: None,
    });
    piazza.policy.exempt.insert(EXEMPT.parse().unwrap());
    piazza.policy.blocked.insert(BLOCKED.parse().unwrap());
    (config(vec![piazza]), BTreeSet::from([OWN.parse().unwrap()]))
}

fn grant(mac: &str, change: impl FnOnce(&mut Entry)) -> AccessOp {
    let (config, _) = setting();
    let mut entry = Entry {
        plan: Some(config.networks[0].policy.plan),
        timeout_ms: Some(60_000),
    };
    change(&mut entry);
    AccessOp::Grant {
        network: "piazza".parse().unwrap(),
        mac: mac.parse().unwrap(),
        entry,
        seed: Counters::default(),
    }
}

fn outcome(ops: &[AccessOp]) -> Result<(), OpError> {
    let (config, own_macs) = setting();
    let rules = Rules {
        config: &config,
        own_macs: &own_macs,
    };
    check_ops(rules, ops)
}

#[test]
fn queues_are_of_known_networks_and_of_rates_that_a_line_can_have() {
    let (config, own_macs) = setting();
    let rules = Rules {
        config: &config,
        own_macs: &own_macs,
    };
    let station = |network: &str, most: u64| QueueOp::Station {
        network: network.parse().unwrap(),
        mac: STATION.parse().unwrap(),
        assured: [1_000; 2],
        ceiling: [1_000_000, most],
    };
    let fast = Rate::MAX / 4 * 5;
    assert_eq!(check_queue_ops(rules, &[station("piazza", fast)]), Ok(()));
    let refused = check_queue_ops(rules, &[station("piazza", fast + 1)]);
    assert_eq!(refused, Err(Refusal::OutOfRange));
    let refused = check_queue_ops(rules, &[station("elsewhere", fast)]);
    assert_eq!(refused, Err(Refusal::UnknownNetwork));
    let gone = QueueOp::Gone {
        network: "elsewhere".parse().unwrap(),
        mac: STATION.parse().unwrap(),
    };
    assert_eq!(check_queue_ops(rules, &[gone]), Ok(()), "after a reload");
    assert_eq!(check_queue_ops(rules, &vec![gone; MAX_QUEUE_OPS]), Ok(()));
    let refused = check_queue_ops(rules, &vec![gone; MAX_QUEUE_OPS + 1]);
    assert_eq!(refused, Err(Refusal::TooMany));
}

#[test]
fn what_a_correct_peer_sends_passes() {
    let exempt = grant(EXEMPT, |entry| {
        (entry.plan, entry.timeout_ms) = (None, None);
    });
    assert_eq!(outcome(&[]), Ok(()));
    assert_eq!(outcome(&[grant(STATION, |_| {}), exempt]), Ok(()));
    let longest = grant(STATION, |entry| entry.timeout_ms = Some(Entry::MAX_TIMEOUT_MS));
    assert_eq!(outcome(&[longest]), Ok(()));
    let exempt_for_a_day = grant(STATION, |entry| {
        (entry.plan, entry.timeout_ms) = (None, Some(Entry::MAX_TIMEOUT_MS));
    });
    assert_eq!(outcome(&[exempt_for_a_day]), Ok(()));
    let stale = AccessOp::Revoke {
        network: "piazza".parse().unwrap(),
        mac: BLOCKED.parse().unwrap(),
    };
    assert_eq!(outcome(&[stale]), Ok(()), "the newly blocked can be removed");
}

#[test]
fn every_wrong_field_refuses_the_batch_and_tells_its_place() {
    let elsewhere = AccessOp::Revoke {
        network: "molini".parse().unwrap(),
        mac: STATION.parse().unwrap(),
    };
    let mut seeded = grant(STATION, |_| {});
    if let AccessOp::Grant { seed, .. } = &mut seeded {
        seed.down.bytes = u64::MAX;
    }
    let renew = |timeout_ms| match grant(STATION, |_| {}) {
        AccessOp::Grant {
            network, mac, entry, ..
        } => AccessOp::Renew {
            network,
            mac,
            entry: Entry { timeout_ms, ..entry },
        },
        other => other,
    };
    for (wrong, reason) in [
        (elsewhere, "unknown network"),
        (grant(OWN, |_| {}), "the gateway's own MAC address"),
        (
            grant(BLOCKED, |_| {}),
            "the station is blocked by the configuration",
        ),
        (
            grant(STATION, |entry| entry.timeout_ms = None),
            "only an exempt station has no time-out",
        ),
        (
            grant(STATION, |entry| (entry.plan, entry.timeout_ms) = (None, None)),
            "only an exempt station has no time-out",
        ),
        (renew(None), "only an exempt station has no time-out"),
        (renew(Some(0)), "the time-out is out of range"),
        (
            renew(Some(Entry::MAX_TIMEOUT_MS + 1)),
            "the time-out is out of range",
        ),
        (
            grant(EXEMPT, |entry| entry.timeout_ms = Some(u64::MAX)),
            "the time-out is out of range",
        ),
        (seeded, "the counters begin out of range"),
    ] {
        let expected = OpError::Refused {
            index: 1,
            reason: reason.to_owned(),
        };
        assert_eq!(outcome(&[grant(STATION, |_| {}), wrong]), Err(expected));
    }
    let many = vec![grant(STATION, |_| {}); MAX_OPS + 1];
    assert!(matches!(outcome(&many), Err(OpError::Refused { .. })));
    assert_eq!(outcome(&many[..MAX_OPS]), Ok(()));
}

#[test]
fn reads_and_flushes_are_bounded_and_for_stations_only() {
    let (config, own_macs) = setting();
    let rules = Rules {
        config: &config,
        own_macs: &own_macs,
    };
    let (piazza, molini) = ("piazza".parse().unwrap(), "molini".parse().unwrap());
    let mac: Mac = STATION.parse().unwrap();
    assert_eq!(check_read(rules, piazza, &[mac; MAX_READ]), Ok(()));
    assert_eq!(
        check_read(rules, piazza, &[mac; MAX_READ + 1]),
        Err(Refusal::TooMany)
    );
    assert_eq!(check_read(rules, molini, &[mac]), Err(Refusal::UnknownNetwork));
    let flush = |network, addresses: &[IpAddr]| {
        let stations: ipnet::IpNet = "10.0.0.0/24".parse().unwrap();
        check_flush(rules, network, addresses, |address| stations.contains(&address))
    };
    let station: IpAddr = "10.0.0.9".parse().unwrap();
    assert_eq!(
        flush(piazza, &vec![station; MAX_FLUSH]).map(|flushed| flushed.len()),
        Ok(MAX_FLUSH)
    );
    assert_eq!(
        flush(piazza, &vec![station; MAX_FLUSH + 1]),
        Err(Refusal::TooMany)
    );
    assert_eq!(flush(molini, &[station]), Err(Refusal::UnknownNetwork));
    for odd in ["127.0.0.1", "::1", "::", "0.0.0.0", "ff02::1", "224.0.0.1"] {
        let flushed = check_flush(rules, piazza, &[odd.parse().unwrap()], |_| true);
        assert_eq!(
            flushed,
            Ok(Vec::new()),
            "{odd}, whatever the prefix of the network"
        );
    }
    let mapped: IpAddr = "::ffff:10.0.0.9".parse().unwrap();
    assert_eq!(flush(piazza, &[mapped]), Ok(vec![station]));
    let with_another = ["198.51.100.1".parse().unwrap(), station];
    assert_eq!(flush(piazza, &with_another), Ok(vec![station]));
}

fn opening(address: &str) -> Opening {
    Opening {
        address: address.parse().unwrap(),
        port: 443,
        timeout_ms: 60_000,
    }
}

fn opened(network: &str, openings: &[Opening]) -> Result<Vec<u32>, OpError> {
    let (config, own_macs) = setting();
    let rules = Rules {
        config: &config,
        own_macs: &own_macs,
    };
    let near: IpAddr = "203.0.113.1".parse().unwrap();
    check_openings(rules, network.parse().unwrap(), openings, |address| {
        address == near
    })
}

#[test]
fn only_what_the_garden_may_hold_is_opened() {
    let good = [opening("203.0.113.5"), opening("2001:db8:5::1")];
    assert_eq!(opened("piazza", &good), Ok(vec![]));
    let near = [opening("203.0.113.5"), opening("203.0.113.1")];
    assert_eq!(
        opened("piazza", &near),
        Ok(vec![1]),
        "left out, the rest is opened"
    );
    assert!(opened("molini", &good).is_err(), "an unknown network");
    for bad in [
        "10.1.2.3",
        "127.0.0.1",
        "169.254.1.1",
        "0.0.0.0",
        "224.0.0.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:203.0.113.5",
    ] {
        assert!(opened("piazza", &[good[0], opening(bad)]).is_err(), "{bad}");
    }
    let with = |change: fn(&mut Opening)| {
        let mut changed = good[0];
        change(&mut changed);
        opened("piazza", &[changed])
    };
    assert_eq!(with(|opening| opening.port = 8_443), Ok(vec![]));
    assert!(with(|opening| opening.port = 80).is_err(), "a port of no name");
    assert!(with(|opening| opening.timeout_ms = 999).is_err());
    assert!(with(|opening| opening.timeout_ms = Opening::MAX_TIMEOUT_MS + 1).is_err());
    assert!(opened("piazza", &vec![good[0]; MAX_OPENINGS]).is_ok());
    assert!(opened("piazza", &vec![good[0]; MAX_OPENINGS + 1]).is_err());
}

#[test]
fn the_comunes_own_public_networks_stay_shut() {
    let (mut config, own_macs) = setting();
    config.gateway.protected.push("203.0.113.0/24".parse().unwrap());
    let rules = Rules {
        config: &config,
        own_macs: &own_macs,
    };
    let network = "piazza".parse().unwrap();
    assert!(check_openings(rules, network, &[opening("203.0.113.5")], |_| false).is_err());
    assert!(check_openings(rules, network, &[opening("203.0.114.5")], |_| false).is_ok());
}
