//! The database of figures on a real disk.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{CopyError, Enclosed, FILE, FigureStore, FigureWriter, SqliteLedger, back_up, enclosed, restore};
use crate::model::figures::{
    Day, DayFigures, DayRecord, Figure, Heartbeat, Hour, HourFigures, KeyNumber, Ledger, MonthFigures,
    Period, Sketch,
};
use crate::model::{BootId, NetworkId, TimeZone};
use crate::store::StoreError;

pub(super) fn network(id: &str) -> NetworkId {
    id.parse().unwrap()
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn november() -> Period {
    Period::new(day("2026-11-01"), day("2026-11-30")).unwrap()
}

pub(super) fn views(id: &str, at: &str, views: u64) -> Figure {
    let hour = Hour::containing(at.parse().unwrap());
    let figures = HourFigures {
        views,
        ..HourFigures::default()
    };
    Figure::Hour {
        network: network(id),
        day: hour.day(&TimeZone::rome()),
        hour,
        figures: Box::new(figures),
    }
}

pub(super) fn sketch(of: impl IntoIterator<Item = u64>) -> Sketch {
    let mut sketch = Sketch::default();
    for number in of {
        sketch.insert(KeyNumber(1), number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    }
    sketch
}

pub(super) fn beat(minutes: i64, stopped: bool) -> Heartbeat {
    let start: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
    Heartbeat {
        at: start + SignedDuration::from_mins(minutes),
        boot_id: BootId("first".into()),
        stopped,
    }
}

/// What a ledger tells of a network. It brings a runtime of its own, so it needs a thread of its own here.
pub(super) fn read(path: &Path, id: &str, period: Period) -> Vec<DayRecord> {
    let (path, network) = (path.to_owned(), network(id));
    let reading = std::thread::spawn(move || {
        let mut ledger = SqliteLedger::open(&path).unwrap();
        ledger
            .days(network, period)
            .map(Result::unwrap)
            .collect::<Vec<DayRecord>>()
    });
    reading.join().unwrap()
}

pub(super) fn directory() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE);
    (dir, path)
}

#[tokio::test]
async fn figures_add_up_and_days_that_are_over_are_packed() {
    let (_dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let first = [
        views("piazza", "2026-11-20T10:00:00Z", 3),
        // Midnight in Rome: the next day.
        views("piazza", "2026-11-20T23:00:00Z", 5),
        views("molini", "2026-11-20T10:00:00Z", 7),
    ];
    store.write(&first, Some(&beat(0, false))).await.unwrap();
    let devices = |of| Figure::Day {
        network: network("piazza"),
        day: day("2026-11-20"),
        figures: DayFigures { devices: sketch(of) },
    };
    let month = Figure::Month {
        network: network("piazza"),
        month: day("2026-11-20").month(),
        figures: MonthFigures {
            devices: sketch(0..9),
        },
    };
    store
        .write(&[devices(0..4), devices(2..6), month.clone(), month], None)
        .await
        .unwrap();
    // An hour of a day that was packed before, and one more of the running day.
    let late = [
        views("piazza", "2026-11-20T10:00:00Z", 10),
        views("piazza", "2026-11-22T10:00:00Z", 1),
    ];
    store.write(&late, Some(&beat(5, true))).await.unwrap();
    assert_eq!(store.last_beat().await.unwrap(), Some(beat(5, true)));
    store.close().await;

    let days = read(&path, "piazza", november());
    let told: Vec<(String, u64, usize)> = days
        .iter()
        .map(|record| (record.day.to_string(), record.total().views, record.hours.len()))
        .collect();
    let expected = [("2026-11-20", 13, 1), ("2026-11-21", 5, 1), ("2026-11-22", 1, 1)];
    assert_eq!(
        told,
        expected.map(|(day, views, hours)| (day.to_owned(), views, hours))
    );
    assert_eq!(days[0].figures.devices, sketch(0..6));
    assert_eq!(read(&path, "molini", november())[0].total().views, 7);
    let thread = path.clone();
    let ledger = std::thread::spawn(move || {
        let mut ledger = SqliteLedger::open(&thread).unwrap();
        let span = ledger.span(network("piazza")).unwrap();
        assert_eq!(ledger.span(network("nowhere")).unwrap(), None);
        let week = Period::new(day("2026-11-20"), day("2026-11-26")).unwrap();
        (span, ledger.months(network("piazza"), week).unwrap())
    });
    let (span, months) = ledger.join().unwrap();
    assert_eq!(
        span,
        Some(Period::new(day("2026-11-20"), day("2026-11-22")).unwrap())
    );
    assert_eq!(
        months,
        vec![(
            day("2026-11-01").month(),
            MonthFigures {
                devices: sketch(0..9)
            }
        )]
    );
}

#[tokio::test]
async fn years_are_read_page_by_page_and_no_day_is_lost() {
    let (_dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let period = Period::new(day("2026-01-01"), day("2026-09-13")).unwrap();
    assert_eq!(period.days().count(), 256, "whole pages");
    let zone = TimeZone::rome();
    for day in period.days() {
        let figures: Vec<Figure> = day
            .hours(&zone)
            .take(2)
            .map(|hour| views("piazza", &hour.to_string(), 1))
            .collect();
        store.write(&figures, None).await.unwrap();
    }
    store.close().await;
    for period in [period, Period::new(day("2026-02-03"), day("2026-04-08")).unwrap()] {
        let days = read(&path, "piazza", period);
        assert!(days.iter().map(|record| record.day).eq(period.days()));
        assert!(days.iter().all(|record| record.total().views == 2));
    }
}

/// The schema of a later release.
fn later() -> Migrator {
    let mut all: Vec<Migration> = super::sqlite::migrator().iter().cloned().collect();
    let text = SqlStr::from_static("ALTER TABLE days ADD COLUMN weather TEXT");
    all.push(Migration::new(
        2,
        "weather".into(),
        MigrationType::Simple,
        text,
        false,
    ));
    Migrator::with_migrations(all)
}

#[tokio::test]
async fn a_migration_leaves_a_copy_and_the_way_back_is_refused() {
    let (dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    store
        .write(&[views("piazza", "2026-11-20T10:00:00Z", 3)], None)
        .await
        .unwrap();
    store.close().await;
    let copy = dir.path().join("figures.db.schema-1");
    FigureStore::open(&path).await.unwrap().close().await;
    assert!(!copy.exists(), "nothing was to be migrated");
    FigureStore::open_with(&path, &later())
        .await
        .unwrap()
        .close()
        .await;
    assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
    assert_eq!(read(&copy, "piazza", november())[0].total().views, 3);
    assert_eq!(
        std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
        0o600
    );

    let error = FigureStore::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { version: 2, .. }), "{error}");
    assert!(error.to_string().contains("newer Portico"), "{error}");
    // The copy is of the release that is running.
    FigureStore::open(&copy).await.unwrap().close().await;
}

/// A store with an hour of three views, and a backup of it.
async fn backed_up(dir: &Path) -> (FigureStore, PathBuf) {
    let (path, backup) = (dir.join(FILE), dir.join("away.db"));
    let mut store = FigureStore::open(&path).await.unwrap();
    store
        .write(&[views("piazza", "2026-11-20T10:00:00Z", 3)], None)
        .await
        .unwrap();
    back_up(&path, &backup, None).await.unwrap();
    (store, backup)
}

#[tokio::test]
async fn a_backup_is_made_while_the_daemon_writes_and_put_back() {
    let (dir, path) = directory();
    let (mut store, backup) = backed_up(dir.path()).await;
    store
        .write(&[views("piazza", "2026-11-20T10:00:00Z", 4)], None)
        .await
        .unwrap();
    assert!(matches!(
        back_up(&path, &backup, None).await,
        Err(CopyError::Exists(_))
    ));
    let (other, own) = (dir.path().join("other.db"), dir.path().join("other.db.partial"));
    std::fs::write(&own, "somebody's").unwrap();
    let error = back_up(&path, &other, None).await.unwrap_err();
    assert!(matches!(error, CopyError::Exists(taken) if taken == own));
    assert_eq!(std::fs::read(&own).unwrap(), b"somebody's");
    assert_eq!(
        std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
    store.close().await;

    let kept = restore(&backup, &path).await.unwrap().unwrap();
    assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
    assert_eq!(read(&kept, "piazza", november())[0].total().views, 7);
    // Into an empty directory, as on a new machine.
    let anew = dir.path().join("new.db");
    assert_eq!(restore(&backup, &anew).await.unwrap(), None);
    assert_eq!(read(&anew, "piazza", november())[0].total().views, 3);
}

#[tokio::test]
async fn a_file_goes_along_and_is_not_put_into_the_database() {
    let (dir, path) = directory();
    let (store, alone) = backed_up(dir.path()).await;
    assert_eq!(enclosed(&alone, "works").await.unwrap(), None, "as older ones");
    let backup = dir.path().join("with.db");
    let works = Enclosed {
        name: "works",
        bytes: b"{\0}",
    };
    back_up(&path, &backup, Some(works)).await.unwrap();
    store.close().await;
    assert_eq!(enclosed(&backup, "works").await.unwrap().unwrap(), works.bytes);
    assert_eq!(enclosed(&backup, "other").await.unwrap(), None);
    assert_eq!(
        std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Twice: a second backup of what was restored has no table of the first in its way.
    for round in 1..=2 {
        restore(&backup, &path).await.unwrap();
        assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
        let again = dir.path().join(format!("again-{round}.db"));
        back_up(&path, &again, None).await.unwrap();
        assert_eq!(enclosed(&again, "works").await.unwrap(), None);
    }
    let left = std::fs::read_dir(dir.path()).unwrap();
    let left = left.map(|file| file.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with("with.db")).collect();
    assert_eq!(left, ["with.db"], "one file");
}

#[tokio::test]
async fn what_was_put_back_tells_no_outage_since_the_backup() {
    let (dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let figures = [views("piazza", "2026-11-20T10:00:00Z", 3)];
    store.write(&figures, Some(&beat(0, false))).await.unwrap();
    let backup = dir.path().join("away.db");
    back_up(&path, &backup, None).await.unwrap();
    store.write(&[], Some(&beat(600, true))).await.unwrap();
    store.close().await;
    restore(&backup, &path).await.unwrap();
    let mut store = FigureStore::open(&path).await.unwrap();
    assert_eq!(store.last_beat().await.unwrap(), None);
    store.close().await;
    assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
}

#[tokio::test]
async fn nothing_that_a_backup_replaced_is_lost() {
    let (dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let backup = dir.path().join("away.db");
    back_up(&path, &backup, None).await.unwrap();
    store
        .write(&[views("piazza", "2026-11-20T10:00:00Z", 3)], None)
        .await
        .unwrap();
    store.close().await;
    let first = restore(&backup, &path).await.unwrap().unwrap();
    // A log that SQLite cannot put into its database.
    let unread = std::fs::read(&path).unwrap();
    let log = dir.path().join("figures.db-wal");
    std::fs::create_dir(&log).unwrap();
    let second = restore(&backup, &path).await.unwrap().unwrap();
    assert_eq!(first, dir.path().join("figures.db.before-restore-1"));
    assert_eq!(second, dir.path().join("figures.db.before-restore-2"));
    assert_eq!(read(&first, "piazza", november())[0].total().views, 3);
    assert_eq!(std::fs::read(second).unwrap(), unread);
    assert!(dir.path().join("figures.db.before-restore-2-wal").exists());
    assert!(!log.exists(), "it would be taken for one of the backup");
    assert_eq!(read(&path, "piazza", november()), Vec::new());
}

#[tokio::test]
async fn what_is_no_backup_of_figures_is_not_put_back() {
    let (dir, path) = directory();
    let (store, backup) = backed_up(dir.path()).await;
    store.close().await;
    let empty = dir.path().join("empty");
    std::fs::write(&empty, "").unwrap();
    let changed = async |name: &str, statement: &'static str| {
        let other = dir.path().join(name);
        std::fs::copy(&backup, &other).unwrap();
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&other);
        let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
        sqlx::query(statement).execute(&mut connection).await.unwrap();
        sqlx::Connection::close(connection).await.unwrap();
        other
    };
    let others = [
        empty,
        changed("another", "CREATE TABLE visits (url TEXT)").await,
        changed("less", "DROP TABLE hours").await,
        changed("nothing", "DELETE FROM _sqlx_migrations").await,
        changed("foreign", "UPDATE _sqlx_migrations SET checksum = x'00'").await,
        changed(
            "busy",
            "CREATE TRIGGER t AFTER INSERT ON hours BEGIN SELECT 1; END",
        )
        .await,
    ];
    for other in others {
        let error = restore(&other, &path).await.unwrap_err().to_string();
        assert!(error.contains("no backup of Portico's figures"), "{error}");
        assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
    }
    restore(&backup, &path).await.unwrap();
}

#[tokio::test]
async fn a_damaged_or_newer_backup_is_not_put_back() {
    let (dir, path) = directory();
    let (store, backup) = backed_up(dir.path()).await;
    store.close().await;
    let mut bytes = std::fs::read(&backup).unwrap();
    let end = bytes.len();
    bytes[4_096..end].fill(0x55);
    std::fs::write(dir.path().join("bad.db"), bytes).unwrap();
    restore(&dir.path().join("bad.db"), &path).await.unwrap_err();
    std::fs::write(
        dir.path().join("text"),
        "no database at all, but longer than a header".repeat(9),
    )
    .unwrap();
    restore(&dir.path().join("text"), &path).await.unwrap_err();
    restore(&dir.path().join("absent"), &path).await.unwrap_err();
    FigureStore::open_with(&backup, &later())
        .await
        .unwrap()
        .close()
        .await;
    let error = restore(&backup, &path).await.unwrap_err();
    assert!(error.to_string().contains("newer Portico"), "{error}");
    assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
    let left: Vec<String> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("restor") || name.contains("partial"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

pub(super) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{what}");
}

pub(super) const SOON: Duration = Duration::from_millis(20);
pub(super) const NEVER: Duration = Duration::from_hours(1);

#[tokio::test]
async fn figures_wait_in_memory_while_the_disk_is_full() {
    let (_dir, path) = directory();
    let store = FigureStore::open(&path).await.unwrap();
    let store = store.limited_to(1).await;
    let writer = FigureWriter::start_at(NEVER, 5_000, &path, Ok(store));
    for number in 0..1_000 {
        let at = Timestamp::from_second(1_795_000_000 + number * 3_600).unwrap();
        writer.record(vec![views("piazza", &at.to_string(), 1_000)]);
    }
    until("a fault", || writer.health().fault.is_some()).await;
    let health = writer.health();
    let fault = health.fault.unwrap();
    assert!(fault.contains("make room"), "{fault}");
    writer.flush().await;
    // The next connection has room again.
    let health = writer.health();
    assert_eq!((health.fault, health.waiting, health.lost), (None, 0, 0));
    let days = read(
        &path,
        "piazza",
        Period::new(day("2026-11-01"), day("2027-02-28")).unwrap(),
    );
    assert_eq!(
        days.iter().map(|record| record.total().views).sum::<u64>(),
        1_000_000
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_opened_is_tried_again_and_nothing_is_lost() {
    let (dir, _) = directory();
    let path = dir.path().join("not yet").join(FILE);
    let writer = FigureWriter::start_at(SOON, 100, &path, FigureStore::open(&path).await);
    writer.record(vec![views("piazza", "2026-11-20T10:00:00Z", 3)]);
    writer.record(vec![views("piazza", "2026-11-20T10:30:00Z", 4)]);
    writer.beat(beat(1, false));
    until("it waits", || writer.health().waiting == 1).await;
    assert!(writer.health().fault.is_some());
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    until("it is written", || writer.health().fault.is_none()).await;
    assert_eq!(writer.health().waiting, 0);
    assert_eq!(read(&path, "piazza", november())[0].total().views, 7);
}
