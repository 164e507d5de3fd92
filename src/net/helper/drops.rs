//! What the packet path dropped, read from the ruleset's counters every two seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::peers::Peers;
use crate::model::{Counter, DropCause, Drops, NetworkId};
use crate::net::fastpath::Hastened;
use crate::net::ipc::Reply;
use crate::net::nftables::Nftables;

/// Between two readings: the counters of twenty networks are read in under a millisecond.
const EVERY: Duration = Duration::from_secs(2);

/// What the counters show.
type Counted = BTreeMap<(NetworkId, DropCause), Counter>;

#[derive(Debug)]
pub(super) struct DropWatch {
    /// What the subscriber knows of.
    told: Counted,
    due: Instant,
}

impl DropWatch {
    /// Tells nothing of what was dropped before now.
    pub(super) fn start(kernel: &mut Hastened<Nftables>) -> Self {
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
    pub(super) fn read(&mut self, kernel: &mut Hastened<Nftables>, peers: &Peers) {
        self.due = Instant::now() + EVERY;
        let counted = match kernel.drops() {
            Ok(counted) => counted,
            Err(error) => {
                tracing::debug!(%error, "dropped packets are not counted now");
                return;
            }
        };
        for (network, (drops, wasted)) in news(&self.told, &counted) {
            let report = Reply::Dropped {
                network,
                drops,
                wasted,
            };
            if peers.tell(report) {
                let told = counted.iter().filter(|((of, _), _)| *of == network);
                self.told.extend(told.map(|(key, count)| (*key, *count)));
            }
        }
    }
}

/// Packets that were counted since they were told, and bytes of those over their downstream limits. A counter
/// that is behind was made anew.
fn news(told: &Counted, counted: &Counted) -> BTreeMap<NetworkId, (Drops, u64)> {
    let mut news: BTreeMap<NetworkId, (Drops, u64)> = BTreeMap::new();
    for (&(network, cause), &count) in counted {
        let before = told.get(&(network, cause)).copied().unwrap_or_default();
        let fresh = count.since(before);
        if fresh.packets > 0 {
            let (drops, wasted) = news.entry(network).or_default();
            drops.insert(cause, fresh.packets);
            if cause == DropCause::OverDown {
                *wasted = fresh.bytes;
            }
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::news;
    use crate::model::Counter;
    use crate::model::DropCause::{Flooding, Forged, OverDown};

    #[test]
    fn news_are_what_was_counted_since_and_all_of_a_counter_made_anew() {
        let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
        let count = |packets, bytes| Counter { packets, bytes };
        let told = BTreeMap::from([
            ((one, Flooding), count(5, 500)),
            ((one, Forged), count(9, 900)),
            ((two, Flooding), count(7, 700)),
        ]);
        let counted = BTreeMap::from([
            ((one, Flooding), count(8, 800)),
            ((one, Forged), count(2, 200)),
            ((one, OverDown), count(1, 64_000)),
            ((two, Flooding), count(7, 700)),
        ]);
        let drops = BTreeMap::from([(Flooding, 3), (Forged, 2), (OverDown, 1)]);
        let expected = BTreeMap::from([(one, (drops, 64_000))]);
        assert_eq!(news(&told, &counted), expected);
    }
}
