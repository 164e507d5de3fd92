//! What is gathered, when it is written, and what a failing disk does to it.

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
