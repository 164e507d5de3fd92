//! Gathers changes so that flash is written seldom: a grant is on disk within three seconds, an
//! early end of a session at once, and a row that changes twice in between is written once.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Change, Store, StoreError};
use crate::model::{Mac, NetworkId};

/// How long things wait.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Longest time a change waits for others. A power loss forgets at most this and one commit.
    gather: Duration,
    /// How long an end of a session waits for others.
    gather_ends: Duration,
    /// How long after a failed write it is tried again.
    retry: Duration,
}

const PACE: Pace = Pace {
    gather: Duration::from_secs(3),
    gather_ends: Duration::from_millis(100),
    retry: Duration::from_secs(10),
};

/// The event loop's end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct StoreWriter {
    orders: mpsc::UnboundedSender<Order>,
}

/// The writer's task has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the state database's writer has stopped")]
pub struct WriterStopped;

#[derive(Debug)]
enum Order {
    Change(Change),
    Flush(oneshot::Sender<()>),
}

impl StoreWriter {
    /// Starts the writer's task. `on_outcome` hears of every write, so that a fault is shown and its
    /// end too.
    pub fn start<S, F>(store: S, on_outcome: F) -> Self
    where
        S: Store + 'static,
        F: Fn(Result<(), &StoreError>) + Send + Sync + 'static,
    {
        Self::start_at(PACE, store, on_outcome)
    }

    fn start_at<S, F>(pace: Pace, store: S, on_outcome: F) -> Self
    where
        S: Store + 'static,
        F: Fn(Result<(), &StoreError>) + Send + Sync + 'static,
    {
        let (orders, receiver) = mpsc::unbounded_channel();
        tokio::spawn(run(pace, store, receiver, on_outcome));
        Self { orders }
    }

    /// Takes a change in; it is written later. Memory is bounded by the number of stations, since
    /// changes of one row replace each other.
    pub fn change(&self, change: Change) {
        // A stopped writer is told by `flush`; changes then only matter to the kernel's truth.
        let _ = self.orders.send(Order::Change(change));
    }

    /// Writes everything now.
    ///
    /// # Errors
    /// [`WriterStopped`].
    pub async fn flush(&self) -> Result<(), WriterStopped> {
        let (done, flushed) = oneshot::channel();
        self.orders.send(Order::Flush(done)).map_err(|_| WriterStopped)?;
        flushed.await.map_err(|_| WriterStopped)
    }
}

async fn run<S: Store, F: Fn(Result<(), &StoreError>) + Sync>(
    pace: Pace,
    mut store: S,
    mut orders: mpsc::UnboundedReceiver<Order>,
    on_outcome: F,
) {
    let mut waiting: BTreeMap<(NetworkId, Mac), Change> = BTreeMap::new();
    let mut due: Option<Instant> = None;
    loop {
        let timer = async {
            match due {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let mut flushed = None;
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Change(change)) => {
                    let gather = if matches!(change, Change::Forget { .. }) { pace.gather_ends } else { pace.gather };
                    let at = Instant::now() + gather;
                    due = Some(due.map_or(at, |before| before.min(at)));
                    waiting.insert(change.key(), change);
                    continue;
                }
                Some(Order::Flush(done)) => flushed = Some(done),
                None => break,
            },
            () = timer => {}
        }
        due = if write(&mut store, &mut waiting, &on_outcome).await {
            None
        } else {
            Some(Instant::now() + pace.retry)
        };
        if let Some(done) = flushed {
            let _ = done.send(());
        }
    }
    write(&mut store, &mut waiting, &on_outcome).await;
}

/// Writes what waits; keeps it when that fails. Whether nothing waits any more.
async fn write<S: Store, F: Fn(Result<(), &StoreError>) + Sync>(
    store: &mut S,
    waiting: &mut BTreeMap<(NetworkId, Mac), Change>,
    on_outcome: &F,
) -> bool {
    if waiting.is_empty() {
        return true;
    }
    let changes: Vec<Change> = waiting.values().cloned().collect();
    let outcome = store.write(&changes).await;
    on_outcome(outcome.as_ref().copied());
    if outcome.is_ok() {
        waiting.clear();
    }
    outcome.is_ok()
}

#[cfg(test)]
mod tests {
    use super::StoreWriter;
    use crate::model::{Boot, BootId, Counters, StoredSession};
    use crate::store::{Change, SqliteStore, Store, StoreError};
    use std::sync::{Arc, Mutex};

    /// Fails the first writes, then remembers what it is told.
    struct Flaky {
        failures: usize,
        written: Arc<Mutex<Vec<Vec<Change>>>>,
    }

    impl Store for Flaky {
        async fn sessions(&mut self) -> Result<Vec<StoredSession>, StoreError> {
            Ok(Vec::new())
        }

        async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
            if self.failures > 0 {
                self.failures -= 1;
                return Err(StoreError::File {
                    path: "full".into(),
                    source: std::io::ErrorKind::StorageFull.into(),
                });
            }
            self.written.lock().unwrap().push(changes.to_vec());
            Ok(())
        }

        async fn secret(&mut self, _name: &'static str) -> Result<[u8; 32], StoreError> {
            Ok([0; 32])
        }
    }

    fn session(usage: u64) -> StoredSession {
        let mut counters = Counters::default();
        counters.up.bytes = usage;
        StoredSession {
            network: "piazza".parse().unwrap(),
            mac: "02:00:00:00:00:01".parse().unwrap(),
            granted_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            ends_at: "2026-11-22T23:00:00Z".parse().unwrap(),
            ends_boot: Boot(1),
            boot_id: BootId("b".into()),
            usage: counters,
            seen: counters,
        }
    }

    #[tokio::test]
    async fn changes_are_gathered_and_survive_a_failing_disk() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let store = Flaky {
            failures: 1,
            written: Arc::clone(&written),
        };
        let moment = std::time::Duration::from_millis(20);
        let pace = super::Pace {
            gather: moment,
            gather_ends: moment,
            retry: moment,
        };
        let (told, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
        let writer = StoreWriter::start_at(pace, store, move |outcome| told.send(outcome.is_ok()).unwrap());
        writer.change(Change::Keep(session(1)));
        writer.change(Change::Keep(session(2)));
        assert_eq!(outcomes.recv().await, Some(false), "the first write fails");
        assert_eq!(outcomes.recv().await, Some(true), "and is tried again");
        assert_eq!(*written.lock().unwrap(), vec![vec![Change::Keep(session(2))]]);
    }

    #[tokio::test]
    async fn a_flush_is_on_disk_when_it_returns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.db");
        let writer = StoreWriter::start(SqliteStore::open(&path).await.unwrap(), |_| {});
        writer.change(Change::Keep(session(7)));
        writer.flush().await.unwrap();
        let mut second = SqliteStore::open(&path).await.unwrap();
        assert_eq!(second.sessions().await.unwrap(), vec![session(7)]);
    }
}
