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
#[path = "writer_tests.rs"]
mod tests;
