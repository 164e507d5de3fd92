//! What every [`Kernel`] does: the same cases on the fake and on nf_tables.

use portico::model::{
    AccessOp, Applied, Burst, Counter, Counters, Entry, Mac, NetworkId, OpError, Rate, RatePlan,
};
use portico::net::Kernel;
use portico::net::fake::Fake;
use portico::net::nftables::Nftables;

use crate::bed::{enter_namespace, mac, nft, piazza, sets};

/// Stations that fit.
pub(crate) const SIZE: usize = 8;
pub(crate) const HOUR: u64 = 3_600_000;

pub(crate) fn live() -> Nftables {
    enter_namespace();
    nft(&sets(piazza(), SIZE));
    Nftables::open().unwrap()
}

fn both(case: fn(&mut dyn Kernel)) {
    case(&mut Fake::new(&[piazza()], SIZE));
    case(&mut live());
}

pub(crate) fn plan(kilobytes: u64) -> RatePlan {
    RatePlan {
        down: Rate::from_bytes_per_second(kilobytes * 2_000).unwrap(),
        up: Rate::from_bytes_per_second(kilobytes * 1_000).unwrap(),
        burst: Burst::from_bytes(131_072).unwrap(),
    }
}

pub(crate) fn entry(kilobytes: u64, timeout_ms: u64) -> Entry {
    Entry {
        plan: Some(plan(kilobytes)),
        timeout_ms: Some(timeout_ms),
    }
}

pub(crate) const fn counters(up: u64, down: u64) -> Counters {
    Counters {
        up: Counter {
            packets: up / 100,
            bytes: up,
        },
        down: Counter {
            packets: down / 100,
            bytes: down,
        },
    }
}

pub(crate) fn grant(mac: Mac, entry: Entry, seed: Counters) -> AccessOp {
    AccessOp::Grant {
        network: piazza(),
        mac,
        entry,
        seed,
    }
}

pub(crate) fn change(mac: Mac, entry: Entry) -> AccessOp {
    AccessOp::Change {
        network: piazza(),
        mac,
        entry,
    }
}

pub(crate) fn limit(mac: Mac, entry: Entry) -> AccessOp {
    AccessOp::Limit {
        network: piazza(),
        mac,
        entry,
    }
}

pub(crate) fn renew(mac: Mac, entry: Entry) -> AccessOp {
    AccessOp::Renew {
        network: piazza(),
        mac,
        entry,
    }
}

pub(crate) fn revoke(mac: Mac) -> AccessOp {
    AccessOp::Revoke {
        network: piazza(),
        mac,
    }
}

pub(crate) fn read(kernel: &mut dyn Kernel, macs: &[Mac]) -> (Vec<(Mac, Counters)>, Vec<Mac>) {
    let (mut out, mut missing) = (Vec::new(), Vec::new());
    kernel.counters(piazza(), macs, &mut out, &mut missing).unwrap();
    (out, missing)
}

/// What the kernel holds; the remaining time is rounded up to whole minutes, because it runs.
pub(crate) fn held(kernel: &mut dyn Kernel) -> Vec<(Mac, Entry, Counters)> {
    let mut sessions = kernel.sessions(piazza()).unwrap();
    sessions.sort_by_key(|session| session.mac);
    let minutes = |entry: Entry| Entry {
        timeout_ms: entry.timeout_ms.map(|ms| ms.div_ceil(60_000) * 60_000),
        ..entry
    };
    sessions
        .into_iter()
        .map(|session| (session.mac, minutes(session.entry), session.counters))
        .collect()
}

pub(crate) const NOTHING: Applied = Applied { last: None };

#[test]
fn a_grant_is_held_with_its_limits_its_time_and_its_seed() {
    both(|kernel| {
        let seed = counters(1_500, 90_000);
        let applied = kernel.apply(&[grant(mac(1), entry(100, HOUR), seed)]).unwrap();
        assert_eq!(applied, [NOTHING]);
        assert_eq!(held(kernel), [(mac(1), entry(100, HOUR), seed)]);
        assert_eq!(read(kernel, &[mac(1)]), (vec![(mac(1), seed)], vec![]));
    });
}

#[test]
fn an_exempt_station_has_no_limit_and_no_time() {
    both(|kernel| {
        let exempt = Entry {
            plan: None,
            timeout_ms: None,
        };
        kernel
            .apply(&[grant(mac(1), exempt, counters(300, 400))])
            .unwrap();
        assert_eq!(held(kernel), [(mac(1), exempt, counters(300, 400))]);
        assert_eq!(
            kernel.apply(&[revoke(mac(1))]).unwrap(),
            [Applied {
                last: Some(counters(300, 400))
            }]
        );
    });
}

#[test]
fn a_grant_replaces_what_is_there_and_tells_its_last_reading() {
    both(|kernel| {
        kernel
            .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
            .unwrap();
        let ops = [
            grant(mac(2), entry(50, HOUR), Counters::default()),
            grant(mac(1), entry(200, 2 * HOUR), counters(700, 800)),
        ];
        assert_eq!(
            kernel.apply(&ops).unwrap(),
            [
                NOTHING,
                Applied {
                    last: Some(counters(500, 600))
                }
            ]
        );
        assert_eq!(
            held(kernel),
            [
                (mac(1), entry(200, 2 * HOUR), counters(700, 800)),
                (mac(2), entry(50, HOUR), Counters::default()),
            ]
        );
    });
}

#[test]
fn a_change_has_new_limits_begins_at_zero_and_tells_the_last_reading() {
    both(|kernel| begins_anew(kernel, change));
}

#[test]
fn new_limits_alone_begin_at_zero_and_tell_the_last_reading_as_well() {
    both(|kernel| begins_anew(kernel, limit));
}

fn begins_anew(kernel: &mut dyn Kernel, op: fn(Mac, Entry) -> AccessOp) {
    kernel
        .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
        .unwrap();
    let applied = kernel
        .apply(&[op(mac(1), entry(300, 2 * HOUR)), op(mac(2), entry(5, HOUR))])
        .unwrap();
    assert_eq!(
        applied,
        [
            Applied {
                last: Some(counters(500, 600))
            },
            NOTHING
        ]
    );
    assert_eq!(
        held(kernel),
        [
            (mac(1), entry(300, 2 * HOUR), Counters::default()),
            (mac(2), entry(5, HOUR), Counters::default()),
        ]
    );
}

#[test]
fn a_renewal_moves_the_time_both_ways_and_nothing_else() {
    both(|kernel| {
        kernel
            .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
            .unwrap();
        for hours in [3, 3, 1] {
            let applied = kernel.apply(&[renew(mac(1), entry(999, hours * HOUR))]).unwrap();
            assert_eq!(applied, [NOTHING]);
            assert_eq!(
                held(kernel),
                [(mac(1), entry(100, hours * HOUR), counters(500, 600))]
            );
        }
    });
}

#[test]
fn a_renewal_of_a_station_that_is_gone_grants_it() {
    both(|kernel| {
        kernel.apply(&[renew(mac(1), entry(100, HOUR))]).unwrap();
        assert_eq!(held(kernel), [(mac(1), entry(100, HOUR), Counters::default())]);
    });
}

#[test]
fn a_revocation_tells_the_last_reading_and_of_a_stranger_is_no_error() {
    both(|kernel| {
        kernel
            .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
            .unwrap();
        assert_eq!(kernel.apply(&[revoke(mac(2))]).unwrap(), [NOTHING]);
        let applied = kernel
            .apply(&[revoke(mac(2)), revoke(mac(1)), revoke(mac(1))])
            .unwrap();
        assert_eq!(
            applied,
            [
                NOTHING,
                Applied {
                    last: Some(counters(500, 600))
                },
                NOTHING
            ]
        );
        assert_eq!(held(kernel), []);
        assert_eq!(kernel.apply(&[]).unwrap(), []);
    });
}

#[test]
fn operations_on_one_station_follow_each_other() {
    both(|kernel| {
        let ops = [
            grant(mac(1), entry(100, HOUR), counters(500, 600)),
            change(mac(1), entry(200, HOUR)),
            revoke(mac(1)),
            grant(mac(1), entry(300, HOUR), counters(100, 200)),
        ];
        let applied = kernel.apply(&ops).unwrap();
        assert_eq!(
            applied,
            [
                NOTHING,
                Applied {
                    last: Some(counters(500, 600))
                },
                Applied {
                    last: Some(Counters::default())
                },
                NOTHING,
            ]
        );
        assert_eq!(held(kernel), [(mac(1), entry(300, HOUR), counters(100, 200))]);
    });
}

#[test]
fn a_batch_that_does_not_fit_changes_nothing() {
    both(|kernel| {
        let size = u32::try_from(SIZE).unwrap();
        let before = [
            grant(mac(100), entry(100, HOUR), counters(100, 200)),
            grant(mac(101), entry(100, HOUR), counters(300, 400)),
        ];
        kernel.apply(&before).unwrap();
        let was = held(kernel);
        let mut ops = vec![revoke(mac(100)), change(mac(101), entry(7, HOUR))];
        ops.extend((0..=size).map(|number| grant(mac(number), entry(100, HOUR), Counters::default())));
        assert_eq!(kernel.apply(&ops), Err(OpError::Full));
        assert_eq!(held(kernel), was);
    });
}

#[test]
fn readings_come_in_order_and_strangers_are_missing() {
    both(|kernel| {
        for number in [1, 3, 4] {
            kernel
                .apply(&[grant(mac(number), entry(100, HOUR), counters(100, 200))])
                .unwrap();
        }
        let asked: Vec<Mac> = [0, 1, 2, 3, 4, 5, 6].map(mac).to_vec();
        let (found, missing) = read(kernel, &asked);
        assert_eq!(found, [1, 3, 4].map(|number| (mac(number), counters(100, 200))));
        assert_eq!(missing, [0, 2, 5, 6].map(mac));
        assert_eq!(read(kernel, &[]), (vec![], vec![]));
    });
}

#[test]
fn a_network_without_sets_is_an_error_and_not_an_empty_answer() {
    both(|kernel| {
        let elsewhere: NetworkId = "elsewhere".parse().unwrap();
        let (mut out, mut missing) = (Vec::new(), Vec::new());
        let counted = kernel.counters(elsewhere, &[mac(1)], &mut out, &mut missing);
        assert!(matches!(counted, Err(OpError::Kernel(_))), "{counted:?}");
        assert!(matches!(kernel.sessions(elsewhere), Err(OpError::Kernel(_))));
        let granted = kernel.apply(&[AccessOp::Grant {
            network: elsewhere,
            mac: mac(1),
            entry: entry(100, HOUR),
            seed: Counters::default(),
        }]);
        assert!(matches!(granted, Err(OpError::Kernel(_))), "{granted:?}");
    });
}
