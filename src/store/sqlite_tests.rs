//! The database on a real disk.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use sqlx::Connection;

use super::SqliteStore;
use crate::model::figures::{Day, DeviceKey, KeyPeriod};
use crate::model::{
    Boot, BootId, Burst, Counter, Counters, DayUsage, Ordered, Rate, RatePlan, StationOrder, StoredSession,
    Treatment,
};
use crate::store::{Change, Store, StoreError};

fn sample(last: u8) -> StoredSession {
    let counter = |bytes| Counter {
        packets: bytes / 1_000,
        bytes,
    };
    StoredSession {
        network: "piazza".parse().unwrap(),
        mac: crate::model::Mac::new([0x9e, 0xfe, 0xdc, 0xba, 0x98, last]).unwrap(),
        granted_at: "2026-11-22T10:00:00Z".parse().unwrap(),
        ends_at: "2026-11-22T23:00:00Z".parse().unwrap(),
        ends_boot: Boot(5_000_000),
        boot_id: BootId("0b1c".into()),
        usage: Counters {
            up: counter(5_000),
            down: counter(90_000),
        },
        seen: Counters {
            up: counter(4_000),
            down: counter(80_000),
        },
        today: (last % 2 == 1).then(|| DayUsage {
            day: "2026-11-22".parse().unwrap(),
            bytes: 95_000,
        }),
        registered: last % 3 == 1,
        ordered: Ordered::default(),
    }
}

fn forget(session: &StoredSession) -> Change {
    Change::Forget {
        network: session.network,
        mac: session.mac,
    }
}

#[tokio::test]
async fn what_was_kept_is_there_after_a_reopening_and_what_was_forgotten_is_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let (stays, goes) = (sample(1), sample(2));
    let mut store = SqliteStore::open(&path).await.unwrap();
    store
        .write(&[Change::Keep(stays.clone()), Change::Keep(goes.clone())])
        .await
        .unwrap();
    store.write(&[forget(&goes)]).await.unwrap();
    let secret = store.secret("form").await.unwrap();
    drop(store);

    let mut store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.sessions().await.unwrap(), vec![stays.clone()]);
    assert_eq!(store.secret("form").await.unwrap(), secret);
    store.write(&[forget(&stays)]).await.unwrap();
    sqlx::Connection::close(store.connection).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    for mac in [stays.mac, goes.mac] {
        assert!(
            !bytes.windows(6).any(|window| window == mac.octets()),
            "a forgotten MAC is still on disk"
        );
    }
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn many_sessions_are_read_page_by_page_and_none_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let mut all = Vec::new();
    // Two networks, and an end of the last page that is exactly its edge.
    for (network, count) in [("molini", 700_u16), ("piazza", 324)] {
        for number in 0..count {
            let [high, low] = number.to_be_bytes();
            all.push(StoredSession {
                network: network.parse().unwrap(),
                mac: crate::model::Mac::new([2, 0, 0, 0, high, low]).unwrap(),
                ..sample(1)
            });
        }
    }
    assert_eq!(all.len(), 2 * super::sessions::PAGE);
    let mut store = SqliteStore::open(&path).await.unwrap();
    let keep: Vec<Change> = all.iter().cloned().map(Change::Keep).collect();
    store.write(&keep).await.unwrap();
    assert_eq!(store.sessions().await.unwrap(), all);
    drop(store);

    let (mut store, _) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    store.write(&[forget(&all[0])]).await.unwrap();
    assert_eq!(
        store.sessions().await.unwrap(),
        all[1..],
        "not what the check had read before"
    );
    // As at a midnight: many of both networks by one statement, the rest one by one.
    let (gone, stay): (Vec<_>, Vec<_>) = all[1..]
        .iter()
        .cloned()
        .enumerate()
        .partition(|(at, _)| at % 5 != 0);
    let gone: Vec<Change> = gone.iter().map(|(_, session)| forget(session)).collect();
    let stay: Vec<StoredSession> = stay.into_iter().map(|(_, session)| session).collect();
    store.write(&gone).await.unwrap();
    assert_eq!(store.sessions().await.unwrap(), stay);
}

#[tokio::test]
async fn after_a_full_disk_the_next_write_succeeds() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&dir.path().join("state.db")).await.unwrap();
    // The file can grow no further, as on a full disk.
    sqlx::query("PRAGMA max_page_count = 1")
        .execute(&mut store.connection)
        .await
        .unwrap();
    let many: Vec<Change> = (0..=255).map(|last| Change::Keep(sample(last))).collect();
    let error = store.write(&many).await.unwrap_err();
    assert!(error.to_string().contains("make room"), "{error}");
    store.write(&many).await.unwrap();
    assert_eq!(store.sessions().await.unwrap().len(), 256);
}

#[tokio::test]
async fn the_key_of_yesterday_is_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = SqliteStore::open(&dir.path().join("state.db")).await.unwrap();
    let day = |text: &str| text.parse::<Day>().unwrap();
    let key = |period, byte| Change::DeviceKey {
        period,
        key: DeviceKey::new([byte; 32]),
    };
    let month = KeyPeriod::Month(day("2026-11-22").month());
    let first = [key(KeyPeriod::Day(day("2026-11-22")), 0xa1), key(month, 0xa2)];
    store.write(&first).await.unwrap();
    let next = KeyPeriod::Day(day("2026-11-23"));
    store.write(&[key(next, 0xa3)]).await.unwrap();
    store.wipe().await.unwrap();
    let on_disk = |byte: u8| {
        let mut files = std::fs::read_dir(dir.path()).unwrap();
        files.any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(16).any(|window| window == [byte; 16])
        })
    };
    assert!(!on_disk(0xa1), "destroyed");
    assert!(
        on_disk(0xa2) && on_disk(0xa3),
        "the others are there to be read at a restart"
    );
    let mut keys = store.device_keys().await.unwrap();
    keys.sort_by_key(|(period, _)| *period);
    let told = [
        (next, DeviceKey::new([0xa3; 32])),
        (month, DeviceKey::new([0xa2; 32])),
    ];
    assert_eq!(keys, told);
}

#[tokio::test]
async fn a_broken_database_is_set_aside() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    std::fs::write(&path, vec![0x55; 8_192]).unwrap();
    let (mut store, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert_eq!(store.sessions().await.unwrap(), vec![]);
    let aside = aside.unwrap();
    assert!(aside.kept_as.exists());
    assert_eq!(aside.orders, None, "nothing can be read of it");
}

#[tokio::test]
async fn orders_that_can_be_read_in_a_damaged_database_stand_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let order = |mac: &str, days: i64| {
        let since: jiff::Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        StationOrder {
            network: "piazza".parse().unwrap(),
            mac: mac.parse().unwrap(),
            treatment: Treatment::Block,
            since,
            until: since + jiff::SignedDuration::from_hours(24 * days),
            reason: "abuse".parse().ok(),
        }
    };
    let (sound, wild) = (order("02:00:00:00:00:03", 90), order("02:00:00:00:00:04", 91));
    let mut store = SqliteStore::open(&path).await.unwrap();
    let changes = [Change::KeepOrder(sound.clone()), Change::KeepOrder(wild)];
    store.write(&changes).await.unwrap();
    let short = "INSERT INTO secret (name, value) VALUES ('form', x'00')";
    sqlx::query(short).execute(&mut store.connection).await.unwrap();
    store.connection.close().await.unwrap();
    let (mut store, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert_eq!(aside.unwrap().orders, Some(1));
    assert_eq!(store.orders().await.unwrap(), [sound]);
    assert_ne!(
        store.secret("form").await.unwrap(),
        [0; 32],
        "nothing else is taken over"
    );
}

/// Whether six bytes stand in any file of the directory.
fn is_on_disk(dir: &Path, session: &StoredSession) -> bool {
    let mut files = std::fs::read_dir(dir).unwrap();
    files.any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        bytes.windows(6).any(|window| window == session.mac.octets())
    })
}

#[tokio::test]
async fn a_wipe_leaves_nothing_of_the_forgotten_while_the_database_is_open() {
    let dir = tempfile::tempdir().unwrap();
    let (stays, goes) = (sample(1), sample(2));
    let mut store = SqliteStore::open(&dir.path().join("state.db")).await.unwrap();
    for change in [
        Change::Keep(goes.clone()),
        Change::Keep(stays.clone()),
        forget(&goes),
    ] {
        store.write(&[change]).await.unwrap();
    }
    assert!(
        is_on_disk(dir.path(), &goes),
        "the log still has it: else this proves nothing"
    );
    store.wipe().await.unwrap();
    assert!(!is_on_disk(dir.path(), &goes));
    assert!(is_on_disk(dir.path(), &stays));
}

#[tokio::test]
async fn a_log_that_begins_again_keeps_nothing_behind_its_new_end() {
    let dir = tempfile::tempdir().unwrap();
    let goes = sample(0);
    let mut store = SqliteStore::open(&dir.path().join("state.db")).await.unwrap();
    for last in 1..=5 {
        store.write(&[Change::Keep(sample(last))]).await.unwrap();
    }
    store.write(&[Change::Keep(goes.clone())]).await.unwrap();
    store.write(&[forget(&goes)]).await.unwrap();
    let begin_again = sqlx::query("PRAGMA wal_checkpoint(RESTART)");
    begin_again.fetch_one(&mut store.connection).await.unwrap();
    assert!(is_on_disk(dir.path(), &goes), "else this proves nothing");
    store.write(&[Change::Keep(sample(6))]).await.unwrap();
    assert!(!is_on_disk(dir.path(), &goes));
}

#[tokio::test]
async fn a_start_wipes_what_a_killed_process_left_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let mut store = SqliteStore::open(&path).await.unwrap();
    store.write(&[Change::Keep(sample(1))]).await.unwrap();
    store.write(&[forget(&sample(1))]).await.unwrap();
    // The files as a kill leaves them.
    let killed = tempfile::tempdir().unwrap();
    for file in ["state.db", "state.db-wal"] {
        std::fs::copy(dir.path().join(file), killed.path().join(file)).unwrap();
    }
    assert!(is_on_disk(killed.path(), &sample(1)));
    let opened = SqliteStore::open_or_begin_anew(&killed.path().join("state.db")).await;
    let (_store, aside) = opened.unwrap();
    assert!(aside.is_none());
    assert!(!is_on_disk(killed.path(), &sample(1)));
}

/// A closed database with one session.
async fn closed(path: &Path) -> Vec<u8> {
    let mut store = SqliteStore::open(path).await.unwrap();
    store.write(&[Change::Keep(sample(1))]).await.unwrap();
    store.connection.close().await.unwrap();
    std::fs::read(path).unwrap()
}

#[tokio::test]
async fn a_good_database_that_cannot_be_opened_stays_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let before = closed(&path).await;
    // A log that SQLite cannot open: as good as a disk that fails.
    let log = dir.path().join("state.db-wal");
    std::fs::create_dir(&log).unwrap();
    let error = SqliteStore::open_or_begin_anew(&path).await.unwrap_err();
    assert!(error.to_string().contains("readable and writable"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    std::fs::remove_dir(&log).unwrap();
    let (mut store, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert!(aside.is_none());
    assert_eq!(store.sessions().await.unwrap(), vec![sample(1)]);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let mut store = SqliteStore::open(&path).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (5, 'more', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut store.connection).await.unwrap();
    store.connection.close().await.unwrap();
    let error = SqliteStore::open_or_begin_anew(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Newer { version: 5, .. }), "{error}");
    assert!(error.to_string().contains("newer Portico"), "{error}");
    assert!(path.exists());
    assert!(!dir.path().join("state.db.unusable").exists());
}

#[tokio::test]
async fn damage_inside_and_keys_that_are_none_count_as_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let mut bytes = closed(&path).await;
    bytes[4_096..].fill(0x55);
    std::fs::write(&path, bytes).unwrap();
    let (mut store, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert!(aside.is_some());
    let short = "INSERT INTO secret (name, value) VALUES ('form', x'00')";
    sqlx::query(short).execute(&mut store.connection).await.unwrap();
    store.connection.close().await.unwrap();
    let (_, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert!(aside.is_some());
}

#[tokio::test]
async fn what_was_set_aside_goes_with_the_next_one_and_after_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let aside = dir.path().join("state.db.unusable");
    let break_it = |fill: u8| {
        for suffix in ["-wal", "-shm"] {
            // There are none after a clean end.
            let _absent = std::fs::remove_file(dir.path().join(format!("state.db{suffix}")));
        }
        std::fs::write(&path, vec![fill; 8_192]).unwrap();
    };
    break_it(0x55);
    let backdate = |path: &Path| {
        let file = std::fs::File::options().append(true).open(path).unwrap();
        let before = file.metadata().unwrap().modified().unwrap();
        file.set_modified(before - std::time::Duration::from_hours(25))
            .unwrap();
    };
    backdate(&path);
    // What an earlier one left is not mixed with the next one.
    std::fs::write(dir.path().join("state.db.unusable-wal"), b"old").unwrap();
    let (store, _) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    drop(store.connection.close().await);
    assert_eq!(std::fs::read(&aside).unwrap()[0], 0x55);
    assert!(!dir.path().join("state.db.unusable-wal").exists());
    // It stays for a day, whatever the age of its last change was.
    let (store, _) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    store.connection.close().await.unwrap();
    assert!(aside.exists());
    break_it(0x66);
    let (store, _) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
    store.connection.close().await.unwrap();
    assert_eq!(std::fs::read(&aside).unwrap()[0], 0x66);
    backdate(&aside);
    SqliteStore::open_or_begin_anew(&path).await.unwrap();
    assert!(!aside.exists());
}

#[tokio::test]
async fn orders_are_there_after_a_reopening_and_lifted_ones_are_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let order = |last: u8, treatment, reason: Option<&str>| StationOrder {
        network: "piazza".parse().unwrap(),
        mac: sample(last).mac,
        treatment,
        since: "2026-11-22T10:00:00Z".parse().unwrap(),
        until: "2026-11-25T10:00:00Z".parse().unwrap(),
        reason: reason.map(|text| text.parse().unwrap()),
    };
    let stays = order(1, Treatment::Exempt, None);
    let goes = order(2, Treatment::Block, Some("Open relay in the square"));
    let rate = |bytes| Rate::from_bytes_per_second(bytes).unwrap();
    let session = StoredSession {
        ordered: Ordered {
            plan: Some(RatePlan {
                down: rate(250_000),
                up: rate(125_000),
                burst: Burst::from_bytes(65_536).unwrap(),
            }),
            extended: true,
        },
        ..sample(3)
    };
    let mut store = SqliteStore::open(&path).await.unwrap();
    let before = order(1, Treatment::Block, Some("Replaced"));
    for change in [
        Change::KeepOrder(before),
        Change::KeepOrder(stays.clone()),
        Change::KeepOrder(goes.clone()),
        Change::Keep(session.clone()),
    ] {
        store.write(&[change]).await.unwrap();
    }
    drop(store);

    let mut store = SqliteStore::open(&path).await.unwrap();
    assert_eq!(store.orders().await.unwrap(), [stays.clone(), goes.clone()]);
    assert_eq!(store.sessions().await.unwrap(), [session]);
    let lift = Change::ForgetOrder {
        network: goes.network,
        mac: goes.mac,
    };
    assert!(lift.forgets());
    store.write(&[lift]).await.unwrap();
    assert_eq!(store.orders().await.unwrap(), [stays]);
    sqlx::Connection::close(store.connection).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == goes.mac.octets()));
    assert!(!bytes.windows(10).any(|window| window == b"Open relay"));
}
