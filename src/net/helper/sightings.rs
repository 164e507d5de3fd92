//! What is told of stations, on its way to the subscriber: gathered for a moment, and dropped, but
//! counted, when nobody listens or the listener is slow.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::peers::Peers;
use crate::core::Sighting;
use crate::model::NetworkId;
use crate::net::ipc::Reply;

/// How long a sighting may wait for others.
const DELAY: Duration = Duration::from_millis(20);
/// Most sightings in one message.
const MOST: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Sightings {
    waiting: Vec<Sighting>,
    malformed: BTreeMap<NetworkId, u64>,
    since: Option<Instant>,
    dropped: u64,
}

impl Sightings {
    /// Adds one.
    pub(super) fn add(&mut self, sighting: Sighting, peers: &Peers) {
        // The same station by the same way twice in a moment tells nothing new.
        if !self.waiting.contains(&sighting) {
            self.waiting.push(sighting);
        }
        self.since.get_or_insert_with(Instant::now);
        if self.waiting.len() >= MOST {
            self.flush(peers);
        }
    }

    /// Adds packets that no parser accepted.
    pub(super) fn add_malformed(&mut self, network: NetworkId, count: u64) {
        if count > 0 {
            let sum = self.malformed.entry(network).or_default();
            *sum = sum.saturating_add(count);
            self.since.get_or_insert_with(Instant::now);
        }
    }

    /// Ends when [`Sightings::flush`] is due; never while nothing waits.
    pub(super) fn flush_time(&self) -> impl Future<Output = ()> + use<> {
        let since = self.since;
        async move {
            match since {
                Some(since) => sleep_until(since + DELAY).await,
                None => std::future::pending().await,
            }
        }
    }

    /// Sends what waits.
    pub(super) fn flush(&mut self, peers: &Peers) {
        self.since = None;
        let batch = std::mem::take(&mut self.waiting);
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        if count > 0 && !peers.tell(Reply::Seen(batch)) {
            self.dropped = self.dropped.saturating_add(count);
            tracing::debug!(dropped = self.dropped, "sightings without a listener");
        }
        // Counts that could not be told are told with the next.
        self.malformed.retain(|network, count| {
            !peers.tell(Reply::Malformed {
                network: *network,
                count: *count,
            })
        });
    }
}
