//! Noticing what others do to the ruleset.

use std::time::Duration;

use portico::model::Counters;
use portico::net::Kernel;
use portico::net::nft_events::{RulesetChange, RulesetNews, RulesetWatch};
use portico::net::nftables::Nftables;

use crate::bed::{enter_namespace, mac, nft, piazza, run, sets};
use crate::contract::{entry, grant};

/// The next change that touches us; ten seconds at most.
async fn next(watch: &mut RulesetWatch) -> RulesetChange {
    let mut changes = Vec::new();
    let waited = tokio::time::timeout(Duration::from_secs(10), async {
        while changes.is_empty() {
            assert_eq!(watch.next(&mut changes).await, Ok(RulesetNews::Changes));
        }
    });
    waited.await.expect("a change");
    assert_eq!(changes.len(), 1);
    changes[0]
}

#[test]
fn our_own_and_other_peoples_changes_are_told_apart() {
    enter_namespace();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut watch = RulesetWatch::open().unwrap();
        nft(&sets(piazza(), 1_024));
        let loaded = next(&mut watch).await;
        assert!(loaded.added && !loaded.removed && !loaded.elements, "{loaded:?}");

        let mut kernel = Nftables::open().unwrap();
        kernel
            .apply(&[grant(mac(1), entry(100, 60_000), Counters::default())])
            .unwrap();
        let ours = next(&mut watch).await;
        assert_eq!(ours.port, kernel.port().unwrap());
        assert!(ours.elements && !ours.removed && !ours.added, "{ours:?}");

        // Of another table, so it is not told; the next change told is the one after it.
        run("nft add table inet other");
        run(&format!(
            "nft delete element netdev portico up_piazza '{{ {} }}'",
            mac(1)
        ));
        let theirs = next(&mut watch).await;
        assert_ne!(theirs.port, kernel.port().unwrap());
        assert!(theirs.elements && !theirs.removed, "{theirs:?}");

        run("nft flush ruleset");
        let flushed = next(&mut watch).await;
        assert_ne!(flushed.port, kernel.port().unwrap());
        assert!(flushed.removed, "{flushed:?}");
    });
}
