//! Sightings on their way to the subscriber: gathered for a moment, and dropped, but counted, when it
//! is slow.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::peers::Peers;
use crate::core::Sighting;
use crate::net::ipc::Reply;

/// How long a sighting may wait for others.
const DELAY: Duration = Duration::from_millis(20);
/// Most sightings in one message.
const MOST: usize = 512;

#[derive(Debug, Default)]
pub(super) struct Sightings {
    waiting: Vec<Sighting>,
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

    /// Ends when [`Sightings::flush`] is due; never without sightings.
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
        if !peers.tell(Reply::Seen(batch)) {
            self.dropped = self.dropped.saturating_add(count);
            tracing::debug!(dropped = self.dropped, "sightings without a listener");
        }
    }
}
