//! Rows, files and disks that are damaged, and what waits meanwhile.

use std::path::Path;

use super::tests::{NEVER, SOON, beat, day, directory, network, november, read, sketch, until, views};
use super::{FILE, FigureStore, FigureWriter, SqliteLedger};
use crate::model::figures::{DayFigures, DayRecord, Figure, Hour, Ledger as _};
use crate::store::StoreError;

/// Changes a stored value behind the store's back.
async fn overwrite(path: &Path, statement: &'static str, bytes: &[u8]) {
    use sqlx::{ConnectOptions as _, Connection as _};
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let mut connection = options.connect().await.unwrap();
    let query = sqlx::query(statement).bind(bytes.to_vec());
    assert!(query.execute(&mut connection).await.unwrap().rows_affected() > 0);
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_row_that_cannot_be_read_costs_no_other() {
    let (_dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let device = |number| Figure::Day {
        network: network("piazza"),
        day: day("2026-11-22"),
        figures: DayFigures {
            devices: sketch(number..number + 3),
        },
    };
    let hour = |at| views("piazza", at, 3);
    let first = [
        hour("2026-11-20T10:00:00Z"),
        hour("2026-11-22T10:00:00Z"),
        hour("2026-11-22T11:00:00Z"),
        device(0),
    ];
    store.write(&first, None).await.unwrap();
    let at = Hour::containing("2026-11-22T10:00:00Z".parse().unwrap()).number();
    assert_eq!(at, 498_706);
    overwrite(
        &path,
        "UPDATE hours SET figures = $1 WHERE hour = 498706",
        &[1, 0xff],
    )
    .await;
    overwrite(
        &path,
        "UPDATE days SET devices = $1 WHERE day = '2026-11-22'",
        &[1, 0xff, 0xff],
    )
    .await;
    store
        .write(&[hour("2026-11-22T10:00:00Z"), device(7)], None)
        .await
        .unwrap();
    // The day is over, and packed.
    store.write(&[hour("2026-11-23T10:00:00Z")], None).await.unwrap();
    store.close().await;
    let days = read(&path, "piazza", november());
    let told: Vec<u64> = days.iter().map(|record| record.total().views).collect();
    assert_eq!(told, [3, 6, 3]);
    assert_eq!(days[1].figures.devices, sketch(7..10));
}

#[tokio::test]
async fn figures_of_a_later_release_are_no_damage() {
    let (dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let figures = [views("piazza", "2026-11-20T10:00:00Z", 3)];
    store.write(&figures, None).await.unwrap();
    overwrite(&path, "UPDATE hours SET figures = $1", &[200, 0]).await;
    let error = store.write(&figures, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { version: 200, .. }), "{error}");
    let writer = FigureWriter::start_at(SOON, 100, &path, Ok(store));
    writer.record(figures.to_vec());
    until("a fault", || writer.health().fault.is_some()).await;
    assert_eq!(writer.health().set_aside, None);
    assert_eq!(writer.health().waiting, 1, "kept until that release is back");
    assert!(!dir.path().join("figures.db.damaged-1").exists());
}

#[tokio::test]
async fn a_reader_sees_one_moment_while_days_are_packed() {
    let (_dir, path) = directory();
    let mut store = FigureStore::open(&path).await.unwrap();
    let hour = |at| views("piazza", at, 3);
    store
        .write(&[hour("2026-11-20T10:00:00Z")], Some(&beat(0, false)))
        .await
        .unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let (reader, go_on) = (path.clone(), receiver);
    let (ready, opened) = tokio::sync::oneshot::channel();
    let reading = std::thread::spawn(move || {
        let mut ledger = SqliteLedger::open(&reader).unwrap();
        let networks = ledger.networks().unwrap();
        ready.send(()).unwrap();
        go_on.recv().unwrap();
        let days: Vec<DayRecord> = ledger
            .days(network("piazza"), november())
            .map(Result::unwrap)
            .collect();
        (networks, days, ledger.last_beat().unwrap())
    });
    opened.await.unwrap();
    store
        .write(&[hour("2026-11-21T10:00:00Z")], Some(&beat(9, false)))
        .await
        .unwrap();
    sender.send(()).unwrap();
    let (networks, days, last) = reading.join().unwrap();
    assert_eq!(networks, [network("piazza")]);
    assert_eq!(
        (days.len(), days[0].total().views),
        (1, 3),
        "as when it was opened"
    );
    assert_eq!(last, Some(beat(0, false).at));
    store.close().await;
}

#[tokio::test]
async fn what_waits_is_bounded_and_the_oldest_goes_first() {
    let (dir, _) = directory();
    let path = dir.path().join("never").join(FILE);
    let writer = FigureWriter::start_at(NEVER, 10, &path, FigureStore::open(&path).await);
    for hour in 0..24 {
        writer.record(vec![views("piazza", &format!("2026-11-20T{hour:02}:00:00Z"), 1)]);
    }
    until("all were taken in", || writer.health().lost == 14).await;
    for number in 10..20 {
        writer.record(vec![Figure::Day {
            network: network("piazza"),
            day: day(&format!("2026-11-{number}")),
            figures: DayFigures {
                devices: sketch(0..3),
            },
        }]);
    }
    assert_eq!(writer.health().waiting, 10);
    std::fs::create_dir(path.parent().unwrap()).unwrap();
    writer.flush().await;
    let days = read(&path, "piazza", november());
    let first = &days[1].hours[0].0;
    assert_eq!(first.to_string(), "2026-11-20T14:00:00Z");
    assert_eq!(
        days[0].day,
        day("2026-11-19"),
        "of ten hours one day's sketch, the last one's"
    );
}

#[tokio::test]
async fn a_damaged_database_is_put_aside_while_running_and_stays() {
    let (dir, path) = directory();
    std::fs::write(&path, vec![0x55; 8_192]).unwrap();
    let writer = FigureWriter::start_at(SOON, 100, &path, FigureStore::open(&path).await);
    writer.record(vec![views("piazza", "2026-11-20T10:00:00Z", 3)]);
    until("it is written anew", || {
        writer.health().set_aside.is_some() && writer.health().fault.is_none()
    })
    .await;
    let aside = dir.path().join("figures.db.damaged-1");
    assert_eq!(writer.health().set_aside, Some(aside.clone()));
    assert_eq!(std::fs::read(aside).unwrap(), vec![0x55; 8_192]);
    writer.flush().await;
    assert_eq!(read(&path, "piazza", november())[0].total().views, 3);
}
