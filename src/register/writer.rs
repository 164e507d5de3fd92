//! Gathers entries for some seconds, closes them with the recipient's key and puts them on the disk. While
//! the disk does not take them they wait in memory, and administrators see the fault; people go online all
//! the same. Deletes the files whose days are over, also while the register is off.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::{Places, RegisterError, files, pieces, seal};
use crate::config::Config;
use crate::model::figures::Day;
use crate::model::{Clock, Recipient, RegisterEntry, TimeZone, is_dated};

/// How things are paced and bounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// How long an entry waits for others: a piece costs some 200 bytes besides its entries. A loss of
    /// power forgets at most this.
    pub(super) gather: Duration,
    /// How long after a failure it is tried again.
    pub(super) retry: Duration,
    /// Between two looks for files whose days are over.
    pub(super) purge: Duration,
    /// Entries in a piece; as many are written without waiting for others.
    pub(super) piece: usize,
    /// Entries that wait in memory at most, some 200 bytes each.
    pub(super) most: usize,
}

const PACE: Pace = Pace {
    gather: Duration::from_secs(10),
    retry: Duration::from_secs(30),
    purge: Duration::from_mins(10),
    piece: 4_096,
    most: 50_000,
};

/// What the configuration says of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Who can read it; nothing is collected without.
    pub recipient: Option<Recipient>,
    /// How many days after its own an entry is kept.
    pub days: u16,
    /// Where.
    pub dir: PathBuf,
    /// Where else it was kept.
    pub places: Places,
    /// Whose days.
    pub zone: TimeZone,
}

impl Settings {
    /// Those of a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            recipient: config.register.recipient.clone(),
            days: config.register.days,
            dir: config.register.dir.clone(),
            places: Places::of(&config.gateway.state_dir),
            zone: config.gateway.time_zone.clone(),
        }
    }
}

/// How the register does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RegisterHealth {
    /// Whether it is kept.
    pub is_on: bool,
    /// What is wrong now.
    pub fault: Option<String>,
    /// Entries that wait in memory to be written.
    pub waiting: usize,
    /// Entries that were lost since the start: too many waited, or nobody knew their time.
    pub lost: u64,
}

/// The event loop's end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RegisterWriter {
    orders: mpsc::UnboundedSender<Order>,
    health: watch::Receiver<RegisterHealth>,
}

#[derive(Debug)]
enum Order {
    Record(Vec<RegisterEntry>, u64),
    Reconfigure(Settings),
    Flush(oneshot::Sender<()>),
}

impl RegisterWriter {
    /// Starts the writer's task. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(settings: Settings, clock: Clock) -> Self {
        Self::start_at(PACE, settings, clock)
    }

    pub(super) fn start_at(pace: Pace, settings: Settings, clock: Clock) -> Self {
        let (orders, receiver) = mpsc::unbounded_channel();
        let (report, health) = watch::channel(RegisterHealth {
            is_on: settings.recipient.is_some(),
            ..RegisterHealth::default()
        });
        let task = Task {
            pace,
            settings,
            clock,
            waiting: Vec::new(),
            due: None,
            next_purge: Instant::now(),
            fault: Fault::default(),
            tells_of_loss: false,
            report,
        };
        tokio::spawn(task.run(receiver));
        Self { orders, health }
    }

    /// Takes entries in; they are written soon. `lost` before them are only counted.
    pub fn record(&self, entries: Vec<RegisterEntry>, lost: u64) {
        // A stopped writer takes nothing more: the process is ending.
        let _ = self.orders.send(Order::Record(entries, lost));
    }

    /// Puts a changed configuration in force. What waits is still closed with the key before, if the disk
    /// lets it; where the register is off then, what cannot be written is forgotten.
    pub fn reconfigure(&self, settings: Settings) {
        let _ = self.orders.send(Order::Reconfigure(settings));
    }

    /// Writes what waits, if the disk lets it.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.orders.send(Order::Flush(done)).is_ok() {
            let _ = flushed.await;
        }
    }

    /// How the register does.
    #[must_use]
    pub fn health(&self) -> RegisterHealth {
        self.health.borrow().clone()
    }
}

/// What went wrong last, of both things that can.
#[derive(Debug, Default)]
struct Fault {
    writing: Option<String>,
    purging: Option<String>,
}

struct Task {
    pace: Pace,
    settings: Settings,
    clock: Clock,
    /// In the order they came.
    waiting: Vec<RegisterEntry>,
    /// When to write what waits.
    due: Option<Instant>,
    next_purge: Instant,
    fault: Fault,
    /// Whether the log says that entries are lost, until they are written again.
    tells_of_loss: bool,
    report: watch::Sender<RegisterHealth>,
}

impl Task {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let next = self.due.map_or(self.next_purge, |due| due.min(self.next_purge));
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Record(entries, lost)) => self.take(entries, lost).await,
                    Some(Order::Reconfigure(settings)) => self.reconfigure(settings).await,
                    Some(Order::Flush(done)) => {
                        self.write().await;
                        let _ = done.send(());
                    }
                    None => break,
                },
                () = tokio::time::sleep_until(next) => self.work().await,
            }
        }
        self.write().await;
    }

    async fn take(&mut self, entries: Vec<RegisterEntry>, lost: u64) {
        self.lose(lost);
        if self.settings.recipient.is_none() {
            return;
        }
        self.waiting.extend(entries);
        let is_failing = self.fault.writing.is_some();
        if self.waiting.len() >= self.pace.piece && !is_failing {
            self.write().await;
        } else if !self.waiting.is_empty() && self.due.is_none() {
            self.due = Some(Instant::now() + self.pace.gather);
        }
        let over = self.waiting.len().saturating_sub(self.pace.most);
        self.waiting.drain(..over);
        self.lose(u64::try_from(over).unwrap_or(u64::MAX));
        self.tell();
    }

    async fn reconfigure(&mut self, settings: Settings) {
        self.write().await;
        self.settings = settings;
        if self.settings.recipient.is_none() {
            let forgotten = std::mem::take(&mut self.waiting);
            self.lose(u64::try_from(forgotten.len()).unwrap_or(u64::MAX));
            self.due = None;
            self.fault.writing = None;
        }
        self.next_purge = Instant::now();
        self.tell();
    }

    async fn work(&mut self) {
        let now = Instant::now();
        if self.due.is_some_and(|due| due <= now) {
            self.write().await;
        }
        if self.next_purge <= now {
            self.purge().await;
        }
    }

    /// Writes what waits, a piece at a time; keeps what is left when one fails.
    async fn write(&mut self) {
        self.due = None;
        let Some(recipient) = self.settings.recipient.clone() else {
            return;
        };
        let mut days: BTreeMap<Day, Vec<RegisterEntry>> = BTreeMap::new();
        let first_kept = self.first_kept();
        for entry in std::mem::take(&mut self.waiting) {
            let day = Day::containing(entry.at, &self.settings.zone);
            // Whatever waited so long has had its days.
            if first_kept.is_none_or(|first| first <= day) {
                days.entry(day).or_default().push(entry);
            }
        }
        let (piece, dir) = (self.pace.piece, self.settings.dir.clone());
        let places = self.settings.places.clone();
        let written = blocking(move || {
            let outcome = if days.is_empty() {
                Ok(())
            } else {
                places.note(&dir)
            };
            let outcome = outcome.and_then(|()| write_days(&mut days, piece, &dir, &recipient));
            (outcome, days.into_values().flatten().collect())
        });
        let Some((outcome, left)) = written.await else {
            return;
        };
        self.waiting = left;
        if outcome.is_err() {
            self.due = Some(Instant::now() + self.pace.retry);
        }
        let before = std::mem::replace(
            &mut self.fault.writing,
            outcome.as_ref().err().map(ToString::to_string),
        );
        match outcome {
            Err(error) if before.is_none() => {
                tracing::error!(%error, "the access register cannot be written; its entries wait in memory");
            }
            Ok(()) => {
                self.tells_of_loss = false;
                if before.is_some() {
                    tracing::info!("the access register is written again");
                }
            }
            Err(_) => {}
        }
        self.tell();
    }

    /// Deletes what is older than the days say. Nobody knows that before the clock is set.
    async fn purge(&mut self) {
        self.next_purge = Instant::now() + self.pace.purge;
        let Some(first_kept) = self.first_kept() else {
            self.next_purge = Instant::now() + self.pace.retry;
            return;
        };
        let (dir, places) = (self.settings.dir.clone(), self.settings.places.clone());
        let purged = blocking(move || purge_all(&places, &dir, first_kept));
        let Some(outcome) = purged.await else {
            return;
        };
        let is_new = self.fault.purging.is_none();
        self.fault.purging = None;
        match outcome {
            Ok(deleted) if deleted.is_empty() => {}
            Ok(deleted) => tracing::info!(
                days = deleted.len(),
                "old days of the access register are deleted"
            ),
            Err(error) => {
                if is_new {
                    tracing::error!(%error, "old days of the access register cannot be deleted");
                }
                self.fault.purging = Some(format!("old days cannot be deleted: {error}"));
            }
        }
        self.tell();
    }

    fn first_kept(&self) -> Option<Day> {
        let now = (self.clock)().wall;
        let today = Day::containing(now, &self.settings.zone);
        is_dated(now).then(|| files::first_kept(today, self.settings.days))
    }

    fn lose(&mut self, lost: u64) {
        if lost > 0 {
            if !std::mem::replace(&mut self.tells_of_loss, true) {
                tracing::error!("entries of the access register are lost; portico status counts them");
            }
            self.report
                .send_modify(|health| health.lost = health.lost.saturating_add(lost));
        }
    }

    fn tell(&self) {
        let fault = self.fault.writing.as_ref().or(self.fault.purging.as_ref());
        self.report.send_modify(|health| {
            health.is_on = self.settings.recipient.is_some();
            health.fault = fault.cloned();
            health.waiting = self.waiting.len();
        });
    }
}

/// Writes the entries of days, and takes out what is on the disk.
fn write_days(
    days: &mut BTreeMap<Day, Vec<RegisterEntry>>,
    piece: usize,
    dir: &std::path::Path,
    recipient: &Recipient,
) -> Result<(), RegisterError> {
    while let Some(mut of) = days.first_entry() {
        let count = of.get().len().min(piece);
        let sealed = seal::seal(of.get().get(..count).unwrap_or_default(), recipient)?;
        if let Some(framed) = pieces::frame(&sealed) {
            files::append(dir, *of.key(), &framed)?;
        }
        of.get_mut().drain(..count);
        if of.get().is_empty() {
            of.remove();
        }
    }
    Ok(())
}

/// Off the threads of the event loop; nothing if the runtime is going down.
/// Deletes what is over wherever the register has been kept, and forgets where nothing of it is left.
fn purge_all(places: &Places, current: &Path, first_kept: Day) -> Result<Vec<Day>, RegisterError> {
    let mut deleted = Vec::new();
    for dir in places.all(current) {
        deleted.extend(files::purge(&dir, first_kept)?);
        if dir != current && files::days(&dir)?.is_empty() {
            places.forget(&dir)?;
        }
    }
    Ok(deleted)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}
