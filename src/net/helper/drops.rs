//! What the packet path dropped, read from the ruleset's counters every two seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::peers::Peers;
use crate::model::{DropCause, Drops, NetworkId};
use crate::net::ipc::Reply;
use crate::net::nftables::Nftables;

/// Between two readings: the counters of twenty networks are read in under a millisecond.
const EVERY: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct DropWatch {
    /// What the subscriber knows of.
    told: BTreeMap<(NetworkId, DropCause), u64>,
    due: Instant,
}

impl DropWatch {
    /// Tells nothing of what was dropped before now.
    pub(super) fn start(kernel: &mut Nftables) -> Self {
        Self {
            told: kernel.drops().unwrap_or_default(),
            due: Instant::now() + EVERY,
        }
    }

    /// When to read next.
    pub(super) const fn due(&self) -> Instant {
        self.due
    }

    /// Reads, and tells what is new; what could not be told is told with the next.
    pub(super) fn read(&mut self, kernel: &mut Nftables, peers: &Peers) {
        self.due = Instant::now() + EVERY;
        let counted = match kernel.drops() {
            Ok(counted) => counted,
            Err(error) => {
                tracing::debug!(%error, "dropped packets are not counted now");
                return;
            }
        };
        for (network, drops) in news(&self.told, &counted) {
            if peers.tell(Reply::Dropped { network, drops }) {
                let told = counted.iter().filter(|((of, _), _)| *of == network);
                self.told.extend(told.map(|(key, count)| (*key, *count)));
            }
        }
    }
}

/// What was counted since it was told. A counter that is behind was made anew.
fn news(
    told: &BTreeMap<(NetworkId, DropCause), u64>,
    counted: &BTreeMap<(NetworkId, DropCause), u64>,
) -> BTreeMap<NetworkId, Drops> {
    let mut news: BTreeMap<NetworkId, Drops> = BTreeMap::new();
    for (key, &count) in counted {
        let before = told.get(key).copied().unwrap_or(0);
        let fresh = count.checked_sub(before).unwrap_or(count);
        if fresh > 0 {
            news.entry(key.0).or_default().insert(key.1, fresh);
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::news;
    use crate::model::DropCause::{Flooding, Forged, Hurried};

    #[test]
    fn news_are_what_was_counted_since_and_all_of_a_counter_made_anew() {
        let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
        let told = BTreeMap::from([((one, Flooding), 5), ((one, Forged), 9), ((two, Flooding), 7)]);
        let counted = BTreeMap::from([
            ((one, Flooding), 8),
            ((one, Forged), 2),
            ((one, Hurried), 1),
            ((two, Flooding), 7),
        ]);
        let expected = BTreeMap::from([(one, BTreeMap::from([(Flooding, 3), (Forged, 2), (Hurried, 1)]))]);
        assert_eq!(news(&told, &counted), expected);
    }
}
