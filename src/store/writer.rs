//! Gathers changes so that flash is written seldom: a grant is on disk within half a minute (until then the
//! kernel alone knows of it, which a restart asks; a power cut takes both, and who tapped in the last moments taps
//! again), an early end of a session or an order at once, and a row that changes twice in between is written once.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::{Change, Store, StoreError, Subject};

/// How long things wait.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Longest time a change waits for others. A power loss forgets at most this and one commit.
    pub gather: Duration,
    /// The same for a session of which the access register has the beginning: a crash before it is written would
    /// leave it without the end.
    pub gather_registered: Duration,
    /// How long an end of a session, or an order about a station, waits for others.
    pub gather_urgent: Duration,
    /// How long after a failed write it is tried again.
    pub retry: Duration,
    /// How long what was forgotten may still stand in the log. Emptying the log writes and syncs two
    /// files: once for all ends of a minute spares the flash.
    pub wipe: Duration,
}

impl Pace {
    /// That of the daemon.
    pub const DAEMON: Self = Self {
        gather: Duration::from_secs(30),
        gather_registered: Duration::from_secs(10),
        gather_urgent: Duration::from_millis(100),
        retry: Duration::from_secs(10),
        wipe: Duration::from_mins(1),
    };

    /// How long a change waits for others.
    #[must_use]
    pub const fn of(&self, change: &Change) -> Duration {
        if change.is_urgent() {
            self.gather_urgent
        } else if change.is_registered() {
            self.gather_registered
        } else {
            self.gather
        }
    }
}

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
#[expect(clippy::large_enum_variant, reason = "nearly every order is a change")]
enum Order {
    Change(Change),
    Flush(oneshot::Sender<()>),
}

impl StoreWriter {
    /// Starts the writer's task. `on_outcome` hears of the first failure and of the first success after
    /// it, so that a fault is shown once and its end too; `is_failing` says that the first has been told.
    pub fn start<S, F>(store: S, is_failing: bool, on_outcome: F) -> Self
    where
        S: Store + 'static,
        F: Fn(Result<(), &StoreError>) + Send + Sync + 'static,
    {
        Self::start_at(Pace::DAEMON, store, is_failing, on_outcome)
    }

    fn start_at<S, F>(pace: Pace, store: S, is_failing: bool, on_outcome: F) -> Self
    where
        S: Store + 'static,
        F: Fn(Result<(), &StoreError>) + Send + Sync + 'static,
    {
        let (orders, receiver) = mpsc::unbounded_channel();
        let task = Task {
            pace,
            store,
            on_outcome,
            waiting: BTreeMap::new(),
            due: None,
            wipe_due: None,
            is_failing,
            keeps_key: false,
        };
        tokio::spawn(task.run(receiver));
        Self { orders }
    }

    /// Takes a change in; it is written later. Memory is bounded by the number of stations, since
    /// changes of one row replace each other.
    pub fn change(&self, change: Change) {
        // A stopped writer is told by `flush`; changes then only matter to the kernel's truth.
        let _ = self.orders.send(Order::Change(change));
    }

    /// Writes everything now, and leaves nothing of the forgotten in any file.
    ///
    /// # Errors
    /// [`WriterStopped`].
    pub async fn flush(&self) -> Result<(), WriterStopped> {
        let (done, flushed) = oneshot::channel();
        self.orders.send(Order::Flush(done)).map_err(|_| WriterStopped)?;
        flushed.await.map_err(|_| WriterStopped)
    }
}

struct Task<S, F> {
    pace: Pace,
    store: S,
    on_outcome: F,
    waiting: BTreeMap<Subject, Change>,
    /// When to write what waits.
    due: Option<Instant>,
    /// When to wipe what was forgotten; the first forgotten row since the last wipe sets it.
    wipe_due: Option<Instant>,
    /// Whether the last thing asked of the store went wrong.
    is_failing: bool,
    /// Whether it has been told that a key could not be destroyed.
    keeps_key: bool,
}

impl<S: Store, F: Fn(Result<(), &StoreError>) + Send + Sync> Task<S, F> {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let next = [self.due, self.wipe_due].into_iter().flatten().min();
            let timer = async {
                match next {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Change(change)) => self.take(change),
                    Some(Order::Flush(done)) => {
                        self.finish().await;
                        let _ = done.send(());
                    }
                    None => break,
                },
                () = timer => self.work().await,
            }
        }
        self.finish().await;
    }

    /// While the disk fails, changes wait for the next try and do not hasten it.
    fn take(&mut self, change: Change) {
        let at = Instant::now() + self.pace.of(&change);
        let before = self.due.filter(|before| self.is_failing || *before < at);
        self.due = Some(before.unwrap_or(at));
        self.waiting.insert(change.subject(), change);
    }

    /// Does what is due.
    async fn work(&mut self) {
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            self.write().await;
        }
        if self.wipe_due.is_some_and(|due| due <= now) {
            self.wipe().await;
        }
    }

    /// Does everything, due or not.
    async fn finish(&mut self) {
        self.write().await;
        if self.wipe_due.is_some() {
            self.wipe().await;
        }
    }

    /// Writes what waits; keeps it when that fails.
    async fn write(&mut self) {
        self.due = None;
        if self.waiting.is_empty() {
            return;
        }
        let changes: Vec<Change> = self.waiting.values().cloned().collect();
        let keeps_key = changes
            .iter()
            .any(|change| matches!(change, Change::DeviceKey { .. }));
        let told = |error| {
            if keeps_key {
                StoreError::KeyRemains(Box::new(error))
            } else {
                error
            }
        };
        let outcome = self.store.write(&changes).await.map_err(told);
        self.report(outcome.as_ref().copied());
        if outcome.is_err() {
            self.due = Some(Instant::now() + self.pace.retry);
            return;
        }
        self.waiting.clear();
        let forgets = changes.iter().any(Change::forgets);
        if forgets && self.wipe_due.is_none() {
            self.wipe_due = Some(Instant::now() + self.pace.wipe);
        }
    }

    async fn wipe(&mut self) {
        let outcome = self.store.wipe().await;
        self.report(outcome.as_ref().copied());
        self.wipe_due = outcome.is_err().then(|| Instant::now() + self.pace.wipe);
    }

    fn report(&mut self, outcome: Result<(), &StoreError>) {
        let keeps_key = matches!(outcome, Err(StoreError::KeyRemains(_)));
        let is_worse = keeps_key && !self.keeps_key;
        if self.is_failing != outcome.is_err() || is_worse {
            self.is_failing = outcome.is_err();
            self.keeps_key = keeps_key;
            if outcome.is_ok() {
                tracing::info!("the state is written again");
            }
            (self.on_outcome)(outcome);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StoreWriter;
    use crate::model::figures::{DeviceKey, KeyPeriod};
    use crate::model::{Boot, BootId, Counters, Ordered, StationOrder, StoredSession, Treatment};
    use crate::store::{Change, SqliteStore, Store, StoreError};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    /// Fails the first writes, then remembers what it is told.
    struct Flaky {
        failures: usize,
        attempts: Arc<AtomicUsize>,
        written: Arc<Mutex<Vec<Vec<Change>>>>,
    }

    impl Store for Flaky {
        async fn sessions(&mut self) -> Result<Vec<StoredSession>, StoreError> {
            Ok(Vec::new())
        }

        async fn orders(&mut self) -> Result<Vec<StationOrder>, StoreError> {
            Ok(Vec::new())
        }

        async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
            self.attempts.fetch_add(1, Ordering::SeqCst);
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

        async fn device_keys(&mut self) -> Result<Vec<(KeyPeriod, DeviceKey)>, StoreError> {
            Ok(Vec::new())
        }

        async fn secret(&mut self, _name: &'static str) -> Result<[u8; 32], StoreError> {
            Ok([0; 32])
        }

        async fn wipe(&mut self) -> Result<(), StoreError> {
            self.written.lock().unwrap().push(Vec::new());
            Ok(())
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
            today: None,
            registered: false,
            ordered: Ordered::default(),
        }
    }

    #[tokio::test]
    async fn changes_are_gathered_and_survive_a_failing_disk() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let store = Flaky {
            failures: 1,
            attempts: Arc::default(),
            written: Arc::clone(&written),
        };
        let moment = Duration::from_millis(20);
        let pace = super::Pace {
            gather: moment,
            gather_registered: moment,
            gather_urgent: moment,
            retry: moment,
            wipe: moment,
        };
        let (told, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
        let writer = StoreWriter::start_at(pace, store, false, move |outcome| {
            told.send(outcome.is_ok()).unwrap();
        });
        writer.change(Change::Keep(session(1)));
        writer.change(Change::Keep(session(2)));
        assert_eq!(outcomes.recv().await, Some(false), "the first write fails");
        assert_eq!(outcomes.recv().await, Some(true), "and is tried again");
        assert_eq!(*written.lock().unwrap(), vec![vec![Change::Keep(session(2))]]);
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_destroyed_is_told_by_name() {
        let store = Flaky {
            failures: 2,
            attempts: Arc::default(),
            written: Arc::default(),
        };
        let moment = Duration::from_millis(20);
        let pace = super::Pace {
            gather: moment,
            gather_registered: moment,
            gather_urgent: moment,
            retry: Duration::from_millis(200),
            wipe: moment,
        };
        let (told, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
        let writer = StoreWriter::start_at(pace, store, false, move |outcome| {
            told.send(outcome.err().map(ToString::to_string)).unwrap();
        });
        writer.change(Change::Keep(session(1)));
        let first = outcomes.recv().await.unwrap().unwrap();
        assert!(!first.contains("key"), "{first}");
        let day: crate::model::figures::Day = "2026-11-23".parse().unwrap();
        writer.change(Change::DeviceKey {
            period: KeyPeriod::Day(day),
            key: DeviceKey::new([7; 32]),
        });
        let second = outcomes.recv().await.unwrap().unwrap();
        assert!(
            second.contains("a key of the devices is still on disk"),
            "{second}"
        );
        assert_eq!(outcomes.recv().await.unwrap(), None, "and when it is gone");
    }

    #[tokio::test]
    async fn a_flush_is_on_disk_when_it_returns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.db");
        let writer = StoreWriter::start(SqliteStore::open(&path).await.unwrap(), false, |_| {});
        writer.change(Change::Keep(session(7)));
        writer.flush().await.unwrap();
        let mut second = SqliteStore::open(&path).await.unwrap();
        assert_eq!(second.sessions().await.unwrap(), vec![session(7)]);
    }

    /// Writes at once and does the rest never or at once.
    fn pace(retry: Duration, wipe: Duration) -> super::Pace {
        let moment = Duration::from_millis(1);
        super::Pace {
            gather: moment,
            gather_registered: moment,
            gather_urgent: moment,
            retry,
            wipe,
        }
    }

    const NEVER: Duration = Duration::from_hours(1);

    async fn until(what: &str, holds: impl Fn() -> bool) {
        for _ in 0..2_000 {
            if holds() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{what}");
    }

    fn end() -> Change {
        let StoredSession { network, mac, .. } = session(1);
        Change::Forget { network, mac }
    }

    #[tokio::test]
    async fn a_failing_disk_is_told_once_and_tried_no_faster_for_many_changes() {
        let attempts = Arc::new(AtomicUsize::new(0));
        let store = Flaky {
            failures: 2,
            attempts: Arc::clone(&attempts),
            written: Arc::default(),
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let teller = Arc::clone(&told);
        let writer = StoreWriter::start_at(pace(NEVER, NEVER), store, false, move |outcome| {
            teller.lock().unwrap().push(outcome.is_ok());
        });
        writer.change(end());
        until("a first try", || attempts.load(Ordering::SeqCst) == 1).await;
        for _ in 0..50 {
            writer.change(end());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        assert_eq!(attempts.load(Ordering::SeqCst), 1);
        writer.flush().await.unwrap();
        assert_eq!(*told.lock().unwrap(), [false], "the second failure is no news");
        writer.flush().await.unwrap();
        assert_eq!(attempts.load(Ordering::SeqCst), 3);
        assert_eq!(*told.lock().unwrap(), [false, true]);
    }

    /// A writer whose store notes what it writes, and each wipe as nothing.
    fn noting(pace: super::Pace) -> (StoreWriter, Arc<Mutex<Vec<Vec<Change>>>>) {
        let written: Arc<Mutex<Vec<Vec<Change>>>> = Arc::default();
        let store = Flaky {
            failures: 0,
            attempts: Arc::default(),
            written: Arc::clone(&written),
        };
        (StoreWriter::start_at(pace, store, false, |_| {}), written)
    }

    fn wipes(written: &Mutex<Vec<Vec<Change>>>) -> usize {
        let written = written.lock().unwrap();
        written.iter().filter(|told| told.is_empty()).count()
    }

    #[tokio::test]
    async fn what_was_forgotten_is_wiped_once_for_many_and_before_the_stop() {
        let (writer, written) = noting(pace(NEVER, NEVER));
        writer.change(Change::Keep(session(1)));
        writer.flush().await.unwrap();
        assert_eq!(wipes(&written), 0, "nothing was forgotten");
        for count in 2..5 {
            writer.change(end());
            until("a write", || written.lock().unwrap().len() == count).await;
        }
        assert_eq!(wipes(&written), 0);
        writer.flush().await.unwrap();
        assert_eq!(wipes(&written), 1);
    }

    #[tokio::test]
    async fn an_order_is_written_as_soon_as_an_end() {
        let slow = super::Pace {
            gather: NEVER,
            ..pace(NEVER, NEVER)
        };
        let (writer, written) = noting(slow);
        writer.change(Change::Keep(session(1)));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(written.lock().unwrap().is_empty());
        let StoredSession { network, mac, .. } = session(1);
        writer.change(Change::KeepOrder(StationOrder {
            network,
            mac,
            treatment: Treatment::Block,
            since: session(1).granted_at,
            until: session(1).ends_at,
            reason: None,
        }));
        until("a write", || written.lock().unwrap().len() == 1).await;
    }

    #[tokio::test]
    async fn the_last_end_is_wiped_without_a_further_change() {
        let (writer, written) = noting(pace(NEVER, Duration::from_millis(1)));
        for _ in 0..2 {
            writer.change(end());
            until("a wipe after the end", || {
                written.lock().unwrap().last().is_some_and(Vec::is_empty)
            })
            .await;
            written.lock().unwrap().clear();
        }
    }
}
