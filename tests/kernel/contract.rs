//! What every [`Kernel`] does: the same cases on the fake and on nf_tables.

use portico::model::{
    AccessOp, Applied, Burst, Counter, Counters, Entry, Mac, NetworkId, OpError, Opening, Rate, RatePlan,
};
use portico::net::Kernel;
use portico::net::fake::Fake;
use portico::net::nftables::Nftables;

use crate::bed::{enter_namespace, mac, nft, piazza, run, sets};

/// Stations that fit.
const SIZE: usize = 8;
const HOUR: u64 = 3_600_000;

fn live() -> Nftables {
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

const fn counters(up: u64, down: u64) -> Counters {
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

fn change(mac: Mac, entry: Entry) -> AccessOp {
    AccessOp::Change {
        network: piazza(),
        mac,
        entry,
    }
}

fn renew(mac: Mac, entry: Entry) -> AccessOp {
    AccessOp::Renew {
        network: piazza(),
        mac,
        entry,
    }
}

fn revoke(mac: Mac) -> AccessOp {
    AccessOp::Revoke {
        network: piazza(),
        mac,
    }
}

fn read(kernel: &mut dyn Kernel, macs: &[Mac]) -> (Vec<(Mac, Counters)>, Vec<Mac>) {
    let (mut out, mut missing) = (Vec::new(), Vec::new());
    kernel.counters(piazza(), macs, &mut out, &mut missing).unwrap();
    (out, missing)
}

/// What the kernel holds; the remaining time is rounded up to whole minutes, because it runs.
fn held(kernel: &mut dyn Kernel) -> Vec<(Mac, Entry, Counters)> {
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

const NOTHING: Applied = Applied { last: None };

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
    both(|kernel| {
        kernel
            .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
            .unwrap();
        let applied = kernel
            .apply(&[
                change(mac(1), entry(300, 2 * HOUR)),
                change(mac(2), entry(5, HOUR)),
            ])
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
    });
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

#[test]
fn an_old_kernel_renews_by_replacing_and_tells_the_last_reading() {
    drop(live());
    let mut kernel = Nftables::with_renewal(false).unwrap();
    kernel
        .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
        .unwrap();
    let applied = kernel.apply(&[renew(mac(1), entry(100, 2 * HOUR))]).unwrap();
    assert_eq!(
        applied,
        [Applied {
            last: Some(counters(500, 600))
        }]
    );
    assert_eq!(
        held(&mut kernel),
        [(mac(1), entry(100, 2 * HOUR), Counters::default())]
    );
}

#[test]
fn a_station_that_lacks_one_direction_is_told_without_a_plan() {
    let mut kernel = live();
    kernel
        .apply(&[grant(mac(1), entry(100, HOUR), counters(500, 600))])
        .unwrap();
    run(&format!(
        "nft delete element netdev portico down_piazza '{{ {} }}'",
        mac(1)
    ));
    let sessions = kernel.sessions(piazza()).unwrap();
    assert_eq!((sessions.len(), sessions[0].entry.plan), (1, None));
    assert_eq!(read(&mut kernel, &[mac(1)]).1, [mac(1)]);
    kernel.apply(&[change(mac(1), entry(100, HOUR))]).unwrap();
    assert_eq!(
        held(&mut kernel),
        [(mac(1), entry(100, HOUR), Counters::default())]
    );
}

#[test]
fn the_kernel_forgets_a_station_when_its_time_is_over() {
    let mut kernel = live();
    kernel
        .apply(&[grant(mac(1), entry(100, 200), Counters::default())])
        .unwrap();
    for _ in 0..100 {
        if read(&mut kernel, &[mac(1)]).1 == [mac(1)] {
            assert_eq!(kernel.apply(&[revoke(mac(1))]).unwrap(), [NOTHING]);
            kernel
                .apply(&[grant(mac(1), entry(100, HOUR), Counters::default())])
                .unwrap();
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("still there after five seconds");
}

#[test]
fn ten_thousand_stations_go_in_are_read_and_come_out_in_one_batch_each() {
    enter_namespace();
    nft(&sets(piazza(), 20_480));
    let mut kernel = Nftables::open().unwrap();
    let macs: Vec<Mac> = (0..10_000).map(mac).collect();
    let seed = |number: u64| counters(number * 100, number * 200);
    let grants: Vec<_> = (0..)
        .zip(&macs)
        .map(|(number, mac)| grant(*mac, entry(100, HOUR), seed(number)))
        .collect();
    kernel.apply(&grants).unwrap();
    let (found, missing) = read(&mut kernel, &macs);
    assert!(missing.is_empty());
    assert!(
        (0..)
            .zip(&found)
            .all(|(number, (_, counters))| *counters == seed(number))
    );
    assert_eq!(found.len(), macs.len());
    assert_eq!(kernel.sessions(piazza()).unwrap().len(), macs.len());
    // Every one is there already: each is replaced.
    let replaced = kernel.apply(&grants).unwrap();
    assert!(
        (0..)
            .zip(&replaced)
            .all(|(number, applied)| applied.last == Some(seed(number)))
    );
    let strangers: Vec<Mac> = (10_000..20_000).map(mac).collect();
    assert_eq!(read(&mut kernel, &strangers).1, strangers);
    let revocations: Vec<_> = macs.iter().map(|mac| revoke(*mac)).collect();
    let revoked = kernel.apply(&revocations).unwrap();
    assert!(
        (0..)
            .zip(&revoked)
            .all(|(number, applied)| applied.last == Some(seed(number)))
    );
    assert_eq!(held(&mut kernel), []);
}

fn opening(address: &str, port: u16, timeout_ms: u64) -> Opening {
    let address = address.parse().unwrap();
    Opening {
        address,
        port,
        timeout_ms,
    }
}

/// What the sets of destinations hold, one line each, as nft tells it.
fn destinations() -> String {
    ["named4_piazza", "named6_piazza"]
        .map(|set| run(&format!("nft list set netdev portico {set}")))
        .concat()
}

/// Destinations are opened, renewed and shut; on kernels that can move the end of an element in place,
/// and as on those that cannot.
#[test]
fn destinations_are_opened_renewed_and_shut() {
    for in_place in [true, false] {
        enter_namespace();
        nft(&sets(piazza(), 64));
        let mut kernel = Nftables::with_renewal(in_place).unwrap();
        let first = [
            opening("203.0.113.5", 443, 20_000),
            opening("203.0.113.5", 8_443, 20_000),
            opening("2001:db8:5::1", 443, 20_000),
        ];
        kernel.open(piazza(), &first).unwrap();
        let listed = destinations();
        for element in ["203.0.113.5 . 443", "203.0.113.5 . 8443", "2001:db8:5::1 . 443"] {
            assert!(
                listed.contains(&format!("{element} timeout 20s")),
                "{element}: {listed}"
            );
        }
        // One that is there, and one that is not; the same twice in one request.
        let second = [
            opening("203.0.113.5", 443, 600_000),
            opening("203.0.113.6", 443, 600_000),
        ];
        kernel.open(piazza(), &second).unwrap();
        let listed = destinations();
        for element in ["203.0.113.5 . 443", "203.0.113.6 . 443"] {
            // Listed within the same tick all ten minutes are left.
            let left = ["9m", "10m"].map(|left| format!("{element} timeout 10m expires {left}"));
            assert!(
                left.iter().any(|left| listed.contains(left)),
                "{element}: {listed}"
            );
        }
        assert!(listed.contains("203.0.113.5 . 8443 timeout 20s"), "{listed}");
        kernel.open(piazza(), &[]).unwrap();
        kernel.shut(piazza()).unwrap();
        assert!(!destinations().contains("timeout 20s"), "{}", destinations());
        kernel.shut(piazza()).unwrap();
        assert!(!destinations().contains("elements"), "{}", destinations());
        // A network without names has no such sets: nothing to shut, and nothing can be opened.
        let other: NetworkId = "molini".parse().unwrap();
        kernel.shut(other).unwrap();
        assert!(matches!(kernel.open(other, &first), Err(OpError::Kernel(_))));
        // The socket is of use after refusals.
        kernel.open(piazza(), &first).unwrap();
    }
}

#[test]
fn more_destinations_than_there_is_room_for_are_refused_as_a_whole() {
    let mut kernel = live();
    let many: Vec<Opening> = (0..100)
        .map(|last| opening(&format!("203.0.113.{last}"), 443, 60_000))
        .collect();
    assert_eq!(kernel.open(piazza(), &many), Err(OpError::Full));
    assert!(!destinations().contains("elements"), "{}", destinations());
    kernel.open(piazza(), &many[..SIZE]).unwrap();
}

#[test]
fn the_fake_opens_and_shuts_as_the_kernel_does() {
    let mut fake = Fake::new(&[piazza()], SIZE);
    let open = [
        opening("203.0.113.5", 443, 20_000),
        opening("2001:db8:5::1", 443, 20_000),
    ];
    fake.open(piazza(), &open).unwrap();
    assert_eq!(fake.openings(piazza()), open);
    fake.open(piazza(), &[opening("203.0.113.5", 443, 60_000)])
        .unwrap();
    assert_eq!(fake.openings(piazza())[0].timeout_ms, 60_000);
    fake.shut(piazza()).unwrap();
    assert_eq!(fake.openings(piazza()), []);
    assert!(matches!(
        fake.open("molini".parse().unwrap(), &open),
        Err(OpError::Kernel(_))
    ));
}
