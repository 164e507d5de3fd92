//! Hands figures to the database, and keeps them in memory while it cannot take them: a full or
//! read-only disk, a damaged file. The portal goes on meanwhile, and administrators see the fault.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::super::StoreError;
use super::copy::put_aside;
use super::sqlite::FigureStore;
use crate::model::NetworkId;
use crate::model::figures::{Day, DayFigures, Figure, Heartbeat, Hour, HourFigures, Month, MonthFigures};

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_mins(1);
/// Hours that wait in memory at most: a month of twenty networks, some megabytes.
const MOST_HOURS: usize = 15_000;

/// How the store of figures does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FiguresHealth {
    /// What is wrong now.
    pub fault: Option<String>,
    /// Hours that wait in memory to be written.
    pub waiting: usize,
    /// Hours that were lost because too many waited.
    pub lost: u64,
    /// Where a damaged database was put aside since the start.
    pub set_aside: Option<PathBuf>,
}

/// The event loop's end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct FigureWriter {
    orders: mpsc::UnboundedSender<Order>,
    health: watch::Receiver<FiguresHealth>,
}

#[derive(Debug)]
enum Order {
    Record(Vec<Figure>),
    Beat(Heartbeat),
    Flush(oneshot::Sender<()>),
}

/// What waits, joined by what it is about.
#[derive(Debug, Default)]
struct Waiting {
    hours: BTreeMap<(Hour, NetworkId), (Day, HourFigures)>,
    days: BTreeMap<(Day, NetworkId), DayFigures>,
    months: BTreeMap<(Month, NetworkId), MonthFigures>,
    beat: Option<Heartbeat>,
}

impl FigureWriter {
    /// Starts the writer's task on a database that was opened, or could not be: then it is tried again
    /// every minute. Must be called within a tokio runtime.
    #[must_use]
    pub fn start(path: &Path, opened: Result<FigureStore, StoreError>) -> Self {
        Self::start_at(RETRY, MOST_HOURS, path, opened)
    }

    pub(super) fn start_at(
        retry: Duration,
        most: usize,
        path: &Path,
        opened: Result<FigureStore, StoreError>,
    ) -> Self {
        let (orders, receiver) = mpsc::unbounded_channel();
        let (report, health) = watch::channel(FiguresHealth::default());
        let mut task = Task {
            retry,
            most,
            path: path.to_owned(),
            store: None,
            waiting: Waiting::default(),
            again: None,
            report,
        };
        match opened {
            Ok(store) => task.store = Some(store),
            Err(error) => task.fail(&error),
        }
        tokio::spawn(task.run(receiver));
        Self { orders, health }
    }

    /// Takes figures in; they are written soon.
    pub fn record(&self, figures: Vec<Figure>) {
        // A stopped writer takes nothing more: the process is ending.
        let _ = self.orders.send(Order::Record(figures));
    }

    /// Takes a sign of life in; it is written with the figures before it.
    pub fn beat(&self, beat: Heartbeat) {
        let _ = self.orders.send(Order::Beat(beat));
    }

    /// Writes what waits, if the disk lets it.
    pub async fn flush(&self) {
        let (done, flushed) = oneshot::channel();
        if self.orders.send(Order::Flush(done)).is_ok() {
            let _ = flushed.await;
        }
    }

    /// How the store does.
    #[must_use]
    pub fn health(&self) -> FiguresHealth {
        self.health.borrow().clone()
    }
}

struct Task {
    retry: Duration,
    most: usize,
    path: PathBuf,
    store: Option<FigureStore>,
    waiting: Waiting,
    /// When to try again after a failure.
    again: Option<Instant>,
    report: watch::Sender<FiguresHealth>,
}

impl Task {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        loop {
            let again = self.again;
            let timer = async {
                match again {
                    Some(at) => tokio::time::sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                order = orders.recv() => match order {
                    Some(Order::Flush(done)) => {
                        self.write().await;
                        let _ = done.send(());
                    }
                    Some(order) => {
                        self.take(order);
                        while let Ok(order) = orders.try_recv() {
                            if let Some(Order::Flush(done)) = self.take(order) {
                                self.write().await;
                                let _ = done.send(());
                            }
                        }
                        if self.again.is_none() {
                            self.write().await;
                        }
                    }
                    None => break,
                },
                () = timer => self.write().await,
            }
        }
        self.write().await;
        if let Some(store) = self.store {
            store.close().await;
        }
    }

    /// Lets it wait; a flush is given back.
    fn take(&mut self, order: Order) -> Option<Order> {
        match order {
            Order::Record(figures) => {
                for figure in figures {
                    self.waiting.join(figure);
                }
                self.make_room();
            }
            Order::Beat(beat) => self.waiting.beat = Some(beat),
            Order::Flush(_) => return Some(order),
        }
        None
    }

    /// Loses the oldest hours when too many wait, and of days and months as many as they have hours.
    fn make_room(&mut self) {
        while self.waiting.hours.len() > self.most {
            self.waiting.hours.pop_first();
            self.report.send_modify(|health| health.lost += 1);
        }
        let days = self.most.div_ceil(24);
        while self.waiting.days.len() > days {
            self.waiting.days.pop_first();
        }
        while self.waiting.months.len() > days {
            self.waiting.months.pop_first();
        }
        let waiting = self.waiting.hours.len();
        self.report.send_modify(|health| health.waiting = waiting);
    }

    /// Writes what waits; keeps it when that fails.
    async fn write(&mut self) {
        self.again = None;
        let outcome = self.try_to_write().await;
        match outcome {
            Ok(()) => {
                let before = self.report.borrow().fault.is_some();
                if before {
                    tracing::info!("the figures are written again");
                }
                self.report.send_modify(|health| {
                    health.fault = None;
                    health.waiting = 0;
                });
            }
            Err(error) => {
                // A full disk ends a transaction by itself, of which sqlx's count of them learns nothing:
                // the next attempt begins with a connection of its own.
                if let Some(store) = self.store.take() {
                    store.close().await;
                }
                if error.is_damage() {
                    self.set_aside();
                }
                self.fail(&error);
            }
        }
    }

    async fn try_to_write(&mut self) -> Result<(), StoreError> {
        if self.store.is_none() {
            self.store = Some(FigureStore::open(&self.path).await?);
        }
        let Some(store) = &mut self.store else {
            return Ok(());
        };
        let (figures, beat) = std::mem::take(&mut self.waiting).into_figures();
        if figures.is_empty() && beat.is_none() {
            return Ok(());
        }
        let outcome = store.write(&figures, beat.as_ref()).await;
        if outcome.is_err() {
            for figure in figures {
                self.waiting.join(figure);
            }
            self.waiting.beat = beat;
        }
        outcome
    }

    /// Told once in the log, and to administrators as long as it lasts.
    fn fail(&mut self, error: &StoreError) {
        self.again = Some(Instant::now() + self.retry);
        let text = error.to_string();
        if self.report.borrow().fault.is_none() {
            tracing::error!(%error, "figures cannot be written; they are kept in memory and tried again");
        }
        self.report.send_modify(|health| health.fault = Some(text));
    }

    /// A damaged database goes aside and stays there, for somebody who can read it; a new one is begun.
    fn set_aside(&mut self) {
        let aside = match put_aside(&self.path, "damaged") {
            Ok(aside) => aside,
            Err(error) => {
                tracing::error!(%error, "the damaged database of figures cannot be put aside");
                return;
            }
        };
        tracing::error!(kept_as = %aside.display(), "the database of figures is damaged; a new one is begun");
        self.report.send_modify(|health| health.set_aside = Some(aside));
    }
}

impl Waiting {
    fn join(&mut self, figure: Figure) {
        match figure {
            Figure::Hour {
                network,
                day,
                hour,
                figures,
            } => {
                let waiting = self
                    .hours
                    .entry((hour, network))
                    .or_insert((day, HourFigures::default()));
                waiting.1.merge(&figures);
            }
            Figure::Day {
                network,
                day,
                figures,
            } => self.days.entry((day, network)).or_default().merge(&figures),
            Figure::Month {
                network,
                month,
                figures,
            } => self.months.entry((month, network)).or_default().merge(&figures),
        }
    }

    fn into_figures(self) -> (Vec<Figure>, Option<Heartbeat>) {
        let hours = self
            .hours
            .into_iter()
            .map(|((hour, network), (day, figures))| Figure::Hour {
                network,
                day,
                hour,
                figures: Box::new(figures),
            });
        let days = self
            .days
            .into_iter()
            .map(|((day, network), figures)| Figure::Day {
                network,
                day,
                figures,
            });
        let months = self
            .months
            .into_iter()
            .map(|((month, network), figures)| Figure::Month {
                network,
                month,
                figures,
            });
        (hours.chain(days).chain(months).collect(), self.beat)
    }
}
