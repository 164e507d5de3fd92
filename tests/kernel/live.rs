//! What only nf_tables can show: an older kernel, half a station, time that runs, many stations.

use portico::model::{Applied, Counters, Mac};
use portico::net::Kernel;
use portico::net::nftables::Nftables;

use crate::bed::{enter_namespace, mac, nft, piazza, run, sets};
use crate::contract::{
    HOUR, NOTHING, change, counters, entry, grant, held, limit, live, read, renew, revoke,
};

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

/// The timeout of each element of a set: one that was written anew has that of the writing.
fn timeouts(set: &str) -> String {
    let text = run(&format!("nft list set netdev portico {set}_piazza"));
    let mut words = text.split_whitespace().skip_while(|word| *word != "elements");
    let mut found = Vec::new();
    while words.any(|word| word == "timeout") {
        found.extend(words.next());
    }
    found.join(" ")
}

#[test]
fn new_limits_leave_alone_who_may_pass_and_let_in_whose_limits_were_gone() {
    let mut kernel = live();
    kernel
        .apply(&[grant(mac(1), entry(100, 3 * HOUR), counters(500, 600))])
        .unwrap();
    let applied = kernel.apply(&[limit(mac(1), entry(200, 2 * HOUR))]).unwrap();
    assert_eq!(applied[0].last, Some(counters(500, 600)));
    assert_eq!(
        (timeouts("auth"), timeouts("up")),
        ("3h".to_owned(), "2h".to_owned())
    );
    for gone in [&["up"][..], &["auth"], &["up", "down"], &["auth", "up", "down"]] {
        for set in gone {
            run(&format!(
                "nft delete element netdev portico {set}_piazza '{{ {} }}'",
                mac(1)
            ));
        }
        kernel.apply(&[limit(mac(1), entry(300, 4 * HOUR))]).unwrap();
        assert_eq!(
            held(&mut kernel),
            [(mac(1), entry(300, 4 * HOUR), Counters::default())],
            "{gone:?}"
        );
        assert_eq!(
            timeouts("auth"),
            if gone == ["auth"] { "" } else { "4h" },
            "{gone:?}"
        );
        kernel.apply(&[change(mac(1), entry(300, 4 * HOUR))]).unwrap();
    }
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
