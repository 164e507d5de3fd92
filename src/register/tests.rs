//! The register on a real disk, and what is found there without the key.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use age::secrecy::ExposeSecret as _;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::writer::Pace;
use super::{Key, Places, RegisterError, RegisterWriter, Row, Search, Settings, days, files, purge, read};
use crate::model::figures::{Day, Period};
use crate::model::{Boot, Clock, Mac, Now, RegisterEntry, RegisterEvent, TimeZone};

/// Nothing is written or tried again by itself: `flush` does.
const SLOW: Pace = Pace {
    gather: Duration::from_hours(1),
    retry: Duration::from_hours(1),
    purge: Duration::from_hours(1),
    piece: 100,
    most: 1_000,
};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn mac(last: u8) -> Mac {
    Mac::new([2, 0, 0x5e, 0x10, 0xfe, last]).unwrap()
}

fn entry(last: u8, when: &str, what: RegisterEvent) -> RegisterEntry {
    RegisterEntry {
        at: at(when),
        network: "piazza".parse().unwrap(),
        mac: mac(last),
        session: at("2026-11-22T10:00:00Z"),
        what,
        addresses: vec![format!("10.20.0.{last}").parse().unwrap()],
    }
}

struct Pair {
    settings: Settings,
    key: Key,
}

fn pair(dir: &Path) -> Pair {
    let identity = age::x25519::Identity::generate();
    Pair {
        settings: Settings {
            recipient: Some(identity.to_public().to_string().parse().unwrap()),
            days: 7,
            dir: dir.join("register"),
            places: Places::of(dir),
            zone: TimeZone::rome(),
        },
        key: Key::read(identity.to_string().expose_secret()).unwrap(),
    }
}

impl Pair {
    fn off(&self) -> Settings {
        Settings {
            recipient: None,
            ..self.settings.clone()
        }
    }

    fn rows(&self, search: &Search) -> Vec<Row> {
        read(&self.settings.dir, &TimeZone::rome(), search, &self.key)
            .unwrap()
            .rows
    }
}

/// A clock that stands until it is moved.
fn clock(seconds: &Arc<AtomicI64>) -> Clock {
    let seconds = Arc::clone(seconds);
    Arc::new(move || Now {
        boot: Boot(1),
        wall: Timestamp::from_second(seconds.load(Ordering::SeqCst)).unwrap(),
    })
}

fn noon() -> Clock {
    clock(&Arc::new(AtomicI64::new(at("2026-11-22T12:00:00Z").as_second())))
}

/// Every file below a directory.
fn bytes_of(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(dir).into_iter().flatten() {
        let path = file.unwrap().path();
        all.extend(path.to_str().unwrap().as_bytes());
        all.extend(if path.is_dir() {
            bytes_of(&path)
        } else {
            std::fs::read(path).unwrap()
        });
    }
    all
}

#[tokio::test]
async fn a_session_is_a_row_again() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    let writer = RegisterWriter::start_at(SLOW, pair.settings.clone(), noon());
    let further = RegisterEntry {
        addresses: vec!["2001:db8::7".parse().unwrap()],
        ..entry(7, "2026-11-22T10:05:00Z", RegisterEvent::Addressed)
    };
    writer.record(
        vec![entry(7, "2026-11-22T10:00:01Z", RegisterEvent::Connected)],
        0,
    );
    writer.flush().await;
    // It ends behind midnight in Rome, in the next day's file.
    writer.record(
        vec![
            further,
            entry(7, "2026-11-22T23:30:00Z", RegisterEvent::Disconnected),
        ],
        0,
    );
    writer.record(
        vec![entry(8, "2026-11-22T11:00:00Z", RegisterEvent::Connected)],
        3,
    );
    writer.flush().await;
    assert_eq!(
        days(&pair.settings.dir).unwrap(),
        [day("2026-11-22"), day("2026-11-23")]
    );
    let health = writer.health();
    assert_eq!(
        (health.is_on, health.fault, health.waiting, health.lost),
        (true, None, 0, 3)
    );
    let rows = pair.rows(&Search::default());
    assert_eq!(rows.len(), 2);
    let row = &rows[0];
    assert_eq!(row.mac, mac(7));
    assert_eq!(row.connected, Some(at("2026-11-22T10:00:01Z")));
    assert_eq!(row.disconnected, Some(at("2026-11-22T23:30:00Z")));
    let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["10.20.0.7", "2001:db8::7"]);
    assert_eq!((rows[1].mac, rows[1].disconnected), (mac(8), None));
}

#[tokio::test]
async fn what_is_asked_for_is_found_and_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    let writer = RegisterWriter::start_at(SLOW, pair.settings.clone(), noon());
    writer.record(
        vec![
            entry(1, "2026-11-22T10:00:00Z", RegisterEvent::Connected),
            entry(1, "2026-11-22T12:00:00Z", RegisterEvent::Disconnected),
            entry(2, "2026-11-22T11:00:00Z", RegisterEvent::Connected),
        ],
        0,
    );
    writer.flush().await;
    let found = |search: Search| -> Vec<Mac> { pair.rows(&search).into_iter().map(|row| row.mac).collect() };
    let all = Search::default;
    let (one, other) = (mac(1), mac(2));
    let online = |text| {
        found(Search {
            at: Some(at(text)),
            ..all()
        })
    };
    assert_eq!(online("2026-11-22T11:30:00Z"), [one, other]);
    assert_eq!(online("2026-11-22T10:30:00Z"), [one]);
    assert_eq!(
        online("2026-11-22T22:59:00Z"),
        [other],
        "one without an end may still be there"
    );
    assert_eq!(
        online("2026-11-22T23:01:00Z"),
        [],
        "but not for longer than twelve hours"
    );
    assert_eq!(
        found(Search {
            mac: Some(other),
            ..all()
        }),
        [other]
    );
    let address = Some("10.20.0.1".parse().unwrap());
    assert_eq!(found(Search { address, ..all() }), [one]);
    let network = Some("molini".parse().unwrap());
    assert_eq!(found(Search { network, ..all() }), []);
    let period = |from, to| Some(Period::new(day(from), day(to)).unwrap());
    assert_eq!(
        found(Search {
            period: period("2026-11-22", "2026-11-22"),
            ..all()
        }),
        [one, other]
    );
    assert_eq!(
        found(Search {
            period: period("2026-11-23", "2026-12-01"),
            ..all()
        }),
        [other]
    );
    assert_eq!(
        found(Search {
            period: period("2026-11-24", "2026-12-01"),
            ..all()
        }),
        []
    );
    assert_eq!(
        found(Search {
            period: period("2026-11-01", "2026-11-21"),
            ..all()
        }),
        []
    );
}

#[tokio::test]
async fn a_full_disk_makes_entries_wait_and_too_many_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    std::fs::create_dir(&pair.settings.dir).unwrap();
    let path = files::path(&pair.settings.dir, day("2026-11-22"));
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let pace = Pace { most: 10, ..SLOW };
    let writer = RegisterWriter::start_at(pace, pair.settings.clone(), noon());
    for last in 1..=12 {
        writer.record(
            vec![entry(last, "2026-11-22T10:00:00Z", RegisterEvent::Connected)],
            0,
        );
    }
    writer.flush().await;
    let health = writer.health();
    assert!(health.fault.unwrap().contains("No space left"));
    assert_eq!((health.waiting, health.lost), (10, 2));
    std::fs::remove_file(&path).unwrap();
    writer.flush().await;
    let health = writer.health();
    assert_eq!((health.fault, health.waiting, health.lost), (None, 0, 2));
    let macs: Vec<Mac> = pair
        .rows(&Search::default())
        .into_iter()
        .map(|row| row.mac)
        .collect();
    assert_eq!(
        macs,
        (3..=12).map(mac).collect::<Vec<_>>(),
        "the oldest were lost"
    );
}

#[tokio::test]
async fn off_nothing_is_written_and_no_directory_made() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    let writer = RegisterWriter::start_at(SLOW, pair.off(), noon());
    let one = || vec![entry(1, "2026-11-22T10:00:00Z", RegisterEvent::Connected)];
    writer.record(one(), 0);
    writer.flush().await;
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(!writer.health().is_on);
    // On, with a disk that refuses; then off again: what waited is forgotten, not written later.
    std::fs::write(&pair.settings.dir, "in the way").unwrap();
    writer.reconfigure(pair.settings.clone());
    writer.record(one(), 0);
    writer.flush().await;
    assert!(writer.health().is_on && writer.health().fault.is_some());
    writer.reconfigure(pair.off());
    writer.flush().await;
    let health = writer.health();
    assert_eq!((health.is_on, health.waiting, health.lost), (false, 0, 1));
    std::fs::remove_file(&pair.settings.dir).unwrap();
    writer.reconfigure(pair.settings.clone());
    writer.flush().await;
    assert!(pair.rows(&Search::default()).is_empty());
}

#[tokio::test]
async fn days_go_when_their_time_is_over_also_while_it_is_off() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    let seconds = Arc::new(AtomicI64::new(0));
    let folder = &pair.settings.dir;
    std::fs::create_dir(folder).unwrap();
    for name in ["2026-11-14", "2026-11-15", "2026-11-22", "2027-01-01"] {
        std::fs::write(files::path(folder, day(name)), "x").unwrap();
    }
    for other in ["2026-11-01.txt", "20261101.register", "notes"] {
        std::fs::write(folder.join(other), "not ours").unwrap();
    }
    let count = || days(folder).unwrap().len();
    // A clock that is not set yet deletes nothing.
    let pace = Pace {
        retry: Duration::from_millis(1),
        ..SLOW
    };
    let writer = RegisterWriter::start_at(pace, pair.off(), clock(&seconds));
    writer.flush().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(count(), 4);
    seconds.store(at("2026-11-22T22:59:00Z").as_second(), Ordering::SeqCst);
    while count() == 4 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let left = ["2026-11-15", "2026-11-22", "2027-01-01"].map(day);
    assert_eq!(days(folder).unwrap(), left, "seven days after its own it is gone");
    assert_eq!(purge(folder, Day::new(jiff::civil::Date::MAX)).unwrap(), left);
    assert_eq!(
        std::fs::read_dir(folder).unwrap().count(),
        3,
        "what is not ours stays"
    );
}

#[tokio::test]
async fn days_in_a_directory_of_before_go_too_and_then_it_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let pair = pair(dir.path());
    let seconds = Arc::new(AtomicI64::new(at("2026-11-22T10:00:00Z").as_second()));
    let writer = RegisterWriter::start_at(SLOW, pair.settings.clone(), clock(&seconds));
    writer.record(
        vec![entry(1, "2026-11-22T10:00:00Z", RegisterEvent::Connected)],
        0,
    );
    writer.flush().await;
    let (former, places) = (pair.settings.dir.clone(), Places::of(dir.path()));
    assert_eq!(days(&former).unwrap().len(), 1);
    let later = dir.path().join("elsewhere");
    assert_eq!(places.all(&later), [later.clone(), former.clone()]);
    let moved = Settings {
        dir: later.clone(),
        ..pair.settings.clone()
    };
    // A start of later, by whose configuration the first directory stands nowhere.
    drop(writer);
    seconds.store(at("2026-12-01T10:00:00Z").as_second(), Ordering::SeqCst);
    let _writer = RegisterWriter::start_at(SLOW, moved, clock(&seconds));
    while !days(&former).unwrap().is_empty() || places.all(&later).len() > 1 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn damage_hides_one_piece_and_another_key_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (pair, stranger) = (pair(dir.path()), pair(dir.path()));
    let writer = RegisterWriter::start_at(SLOW, pair.settings.clone(), noon());
    let path = files::path(&pair.settings.dir, day("2026-11-22"));
    let mut lengths = Vec::new();
    for last in 1..=3 {
        writer.record(
            vec![entry(last, "2026-11-22T10:00:00Z", RegisterEvent::Connected)],
            0,
        );
        writer.flush().await;
        lengths.push(usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap());
    }
    let whole = std::fs::read(&path).unwrap();
    let zone = TimeZone::rome();
    let all = Search::default();
    let outcome = read(&pair.settings.dir, &zone, &all, &stranger.key);
    assert!(matches!(outcome, Err(RegisterError::WrongKey(3))), "{outcome:?}");
    // Each byte of the second piece, and each place where a loss of power may have cut the last one off.
    for broken in (lengths[0]..lengths[1]).step_by(7) {
        let mut bytes = whole.clone();
        bytes[broken] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let found = read(&pair.settings.dir, &zone, &all, &pair.key).unwrap();
        let macs: Vec<Mac> = found.rows.iter().map(|row| row.mac).collect();
        assert_eq!(macs, [mac(1), mac(3)], "byte {broken}");
        assert_eq!(found.broken, [(day("2026-11-22"), 1)]);
    }
    std::fs::write(&path, &whole[..lengths[1] + 40]).unwrap();
    writer.record(
        vec![entry(4, "2026-11-22T10:00:00Z", RegisterEvent::Connected)],
        0,
    );
    writer.flush().await;
    let found = read(&pair.settings.dir, &zone, &all, &pair.key).unwrap();
    assert_eq!(
        (found.rows.len(), found.broken.len()),
        (3, 1),
        "what is written behind it is found"
    );
    // Another key from now on.
    writer.reconfigure(stranger.settings.clone());
    writer.record(
        vec![entry(5, "2026-11-22T10:00:00Z", RegisterEvent::Connected)],
        0,
    );
    writer.flush().await;
    let found = read(&pair.settings.dir, &zone, &all, &pair.key).unwrap();
    assert_eq!((found.rows.len(), found.foreign), (3, 1));
    assert_eq!(stranger.rows(&all).len(), 1);
}

#[test]
fn a_key_is_read_from_the_file_of_an_identity() {
    let identity = age::x25519::Identity::generate();
    let secret = identity.to_string();
    let file = format!(
        "# created: 2026-11-22\n# public key: {}\n\n  {}  \r\n",
        identity.to_public(),
        secret.expose_secret()
    );
    assert!(Key::read(&file).is_ok());
    assert_eq!(format!("{:?}", Key::read(&file).unwrap()), "Key");
    let public = identity.to_public().to_string();
    for text in ["", "# AGE-SECRET-KEY-1", &public] {
        assert!(matches!(Key::read(text), Err(RegisterError::Identity)), "{text}");
    }
}

/// A MAC as people and programs write it.
fn spellings(mac: Mac) -> Vec<Vec<u8>> {
    let hex = mac.octets().map(|octet| format!("{octet:02x}"));
    let mut dotted = hex.concat();
    dotted.insert(8, '.');
    dotted.insert(4, '.');
    let mut all = vec![mac.octets().to_vec()];
    for text in [hex.join(":"), hex.join("-"), hex.concat(), dotted] {
        all.push(text.to_uppercase().into_bytes());
        all.push(text.into_bytes());
    }
    let mut backwards = mac.octets().to_vec();
    backwards.reverse();
    all.push(backwards);
    all
}

fn any_entry() -> impl Strategy<Value = RegisterEntry> {
    let addresses = proptest::collection::vec(any::<std::net::IpAddr>(), 0..4);
    (any::<[u8; 6]>(), 0_i64..3 * 86_400, addresses).prop_map(|(octets, seconds, addresses)| {
        let mut octets = octets;
        octets[0] = octets[0] & 0xfe | 2;
        let at = at("2026-11-20T00:00:00Z") + SignedDuration::from_secs(seconds);
        RegisterEntry {
            at,
            network: "piazza".parse().unwrap(),
            mac: Mac::new(octets).unwrap(),
            session: at,
            what: RegisterEvent::Connected,
            addresses,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What is written is read back with the key, whole and in order, and nothing of it is on the disk in plain.
    #[test]
    fn what_is_written_is_read_with_the_key_and_with_nothing_else(
        batches in proptest::collection::vec(proptest::collection::vec(any_entry(), 1..20), 1..4),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let pair = pair(dir.path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let pace = Pace { piece: 7, ..SLOW };
            let writer = RegisterWriter::start_at(pace, pair.settings.clone(), noon());
            for batch in &batches {
                writer.record(batch.clone(), 0);
                writer.flush().await;
            }
            assert_eq!(writer.health().waiting, 0);
        });
        let mut wanted: Vec<Row> = batches.iter().flatten().map(|entry| Row {
            connected: Some(entry.at),
            disconnected: None,
            network: entry.network,
            mac: entry.mac,
            addresses: entry.addresses.iter().copied().collect(),
        }).collect();
        wanted.sort();
        wanted.dedup();
        prop_assert_eq!(pair.rows(&Search::default()), wanted.clone());
        let disk = bytes_of(dir.path());
        for row in &wanted {
            for trace in spellings(row.mac) {
                // Six bytes may be there by chance, once in a long while; the texts may not.
                let chance = trace.len() == 6;
                let found = disk.windows(trace.len()).any(|window| window == trace);
                prop_assert!(!found || chance, "{}", row.mac);
            }
            for address in &row.addresses {
                let trace = address.to_string();
                let found = trace.len() > 6 && disk.windows(trace.len()).any(|window| window == trace.as_bytes());
                prop_assert!(!found, "{address}");
            }
        }
        prop_assert!(!disk.windows(6).any(|window| window == b"piazza"), "not even the network");
        let other = Key::read(age::x25519::Identity::generate().to_string().expose_secret()).unwrap();
        let outcome = read(&pair.settings.dir, &TimeZone::rome(), &Search::default(), &other);
        prop_assert!(matches!(outcome, Err(RegisterError::WrongKey(_))));
    }
}
