//! Counters and limits with real packets.

use portico::model::{AccessOp, Counter, Counters, Entry};
use portico::net::Kernel;
use portico::net::nftables::Nftables;

use crate::bed::{Station, enter_namespace, mac, nft, piazza, run, sets};
use crate::contract::{entry, grant};

const HOUR: u64 = 3_600_000;

fn gateway() -> (Station, Nftables) {
    enter_namespace();
    let station = Station::join(mac(1));
    nft(&sets(piazza(), 1_024));
    nft("table netdev portico {
 chain in_piazza {
  type filter hook ingress device gw0 priority -150; policy drop;
  ether saddr @up_piazza accept
 }
 chain out_piazza {
  type filter hook egress device gw0 priority -150; policy drop;
  ether daddr @down_piazza accept
 }
}
");
    (station, Nftables::open().unwrap())
}

fn reading(kernel: &mut Nftables) -> Counters {
    let (mut out, mut missing) = (Vec::new(), Vec::new());
    kernel
        .counters(piazza(), &[mac(1)], &mut out, &mut missing)
        .unwrap();
    out[0].1
}

#[test]
fn ip_bytes_are_exact_in_both_directions_over_ipv4_and_ipv6() {
    let (station, mut kernel) = gateway();
    let seed = Counters {
        up: Counter {
            packets: 3,
            bytes: 1_000,
        },
        down: Counter {
            packets: 4,
            bytes: 2_000,
        },
    };
    kernel.apply(&[grant(mac(1), entry(100, HOUR), seed)]).unwrap();
    // 20 + 8 + 100 bytes, and 40 + 8 + 200.
    station.run("ping -q -c 5 -i 0.02 -s 100 10.9.0.1");
    station.run("ping -q -c 2 -i 0.02 -s 200 fd09::1");
    let traffic = Counter {
        packets: 7,
        bytes: 5 * 128 + 2 * 248,
    };
    let expected = Counters {
        up: traffic,
        down: traffic,
    }
    .plus(seed);
    assert_eq!(reading(&mut kernel), expected);

    let network = piazza();
    let applied = kernel
        .apply(&[AccessOp::Change {
            network,
            mac: mac(1),
            entry: entry(50, HOUR),
        }])
        .unwrap();
    assert_eq!(applied[0].last, Some(expected));
    station.run("ping -q -c 1 -s 100 10.9.0.1");
    let one = Counter {
        packets: 1,
        bytes: 128,
    };
    assert_eq!(reading(&mut kernel), Counters { up: one, down: one });
    let applied = kernel
        .apply(&[AccessOp::Revoke { network, mac: mac(1) }])
        .unwrap();
    assert_eq!(applied[0].last, Some(Counters { up: one, down: one }));
    station.run("! ping -q -c 1 -W 1 10.9.0.1");
}

#[test]
fn what_is_over_the_limit_does_not_pass_and_is_not_counted() {
    let (station, mut kernel) = gateway();
    // 1 kB/s: the bucket is one second of it and the burst of 128 KiB.
    kernel
        .apply(&[grant(mac(1), entry(1, HOUR), Counters::default())])
        .unwrap();
    station.run("ping -q -f -c 300 -s 1400 10.9.0.1 || true");
    let limited = reading(&mut kernel).up;
    // 60 s of the rate are more than the flood takes.
    assert!(limited.bytes < 131_072 + 61_000, "{limited:?}");
    assert_eq!(limited.bytes, limited.packets * 1_428);
    assert!(limited.packets > 80, "{limited:?}");

    let exempt = Entry {
        plan: None,
        timeout_ms: None,
    };
    kernel
        .apply(&[grant(mac(1), exempt, Counters::default())])
        .unwrap();
    station.run("ping -q -f -c 300 -s 1400 10.9.0.1");
    assert_eq!(
        reading(&mut kernel).up,
        Counter {
            packets: 300,
            bytes: 300 * 1_428
        }
    );
    assert!(run("nft list set netdev portico up_piazza").contains("counter packets 300 bytes 428400"));
}
