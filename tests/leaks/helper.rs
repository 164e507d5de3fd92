//! Speaks with the helper, as `portico` does.

use std::collections::BTreeSet;
use std::net::IpAddr;

use portico::app::lab::Lab;
use portico::model::{AccessOp, Burst, Counters, Entry, Mac, NetworkId, Opening, Rate, RatePlan};
use portico::net::client::Client;
use portico::net::ipc::{MAX_OPS, Reply, Request};

/// A network of the lab, by position.
pub(crate) fn network(position: usize) -> NetworkId {
    ["one", "two"][position].parse().unwrap()
}

/// Access, wide enough that no limit stops an attempt.
pub(crate) fn granted(network: NetworkId, mac: Mac, timeout_ms: u64) -> AccessOp {
    let rate = Rate::from_bytes_per_second(12_500_000).unwrap();
    let plan = RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(1_000_000).unwrap(),
    };
    AccessOp::Grant {
        network,
        mac,
        entry: Entry {
            plan: Some(plan),
            timeout_ms: Some(timeout_ms),
        },
        seed: Counters::default(),
    }
}

/// Speaks with the helper as `portico` does; gives back when it has acknowledged.
pub(crate) fn apply(ops: Vec<AccessOp>) {
    assert!(ops.len() <= MAX_OPS);
    let reply = ask(&Request::Apply { id: 1, ops });
    let Reply::Applied { outcome, .. } = reply else {
        panic!("{reply:?}");
    };
    outcome.unwrap();
}

/// Opens destinations of the garden, as `portico` does when a name was resolved.
pub(crate) fn open(network: NetworkId, addresses: [IpAddr; 2]) {
    let openings = addresses.map(|address| Opening {
        address,
        port: 443,
        timeout_ms: Opening::MAX_TIMEOUT_MS,
    });
    let reply = ask(&Request::Open {
        id: 1,
        network,
        openings: openings.to_vec(),
    });
    let opened = Reply::Opened {
        id: 1,
        outcome: Ok(Vec::new()),
    };
    assert_eq!(reply, opened);
}

/// The MACs that the kernel's sets hold.
pub(crate) fn held() -> BTreeSet<Mac> {
    match ask(&Request::ListSessions) {
        Reply::Sessions { sessions, .. } => sessions.iter().map(|session| session.mac).collect(),
        other => panic!("{other:?}"),
    }
}

/// One request on a connection of its own.
pub(crate) fn ask(request: &Request) -> Reply {
    let socket = Lab::config_path().with_file_name("run/netd.sock");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut client = Client::connect(&socket, false).await.unwrap();
        client.requests.send(request).await.unwrap();
        client.replies.next().await.unwrap()
    })
}
