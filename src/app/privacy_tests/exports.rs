//! Up to four devices are planted, with many sessions each, until their month is over. Then everything that
//! leaves the gateway is made, as real files, and searched: for what names a device, and for whether there was one
//! or were four.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::{FILE, Town, find, piazza, traces};
use crate::app::recorder::Recorder;
use crate::core::{Event, Note, Question};
use crate::model::figures::{DeviceKey, KeyPeriod, Ledger, LedgerError, Period};
use crate::model::{Counter, Counters, Mac, Recognition, TimeZone};
use crate::report::{Format, Kind, Order, Site, Step, Tongue};
use crate::store::Store as _;
use crate::store::figures::{SqliteLedger, back_up};

/// Everything that can be asked for and tells of use.
const ORDERS: [(Kind, Format, Step); 14] = [
    (Kind::Usage, Format::Csv, Step::Hour),
    (Kind::Usage, Format::Csv, Step::Day),
    (Kind::Usage, Format::Csv, Step::Month),
    (Kind::Usage, Format::Xlsx, Step::Hour),
    (Kind::Usage, Format::Xlsx, Step::Day),
    (Kind::Usage, Format::Xlsx, Step::Month),
    (Kind::Usage, Format::Json, Step::Hour),
    (Kind::Usage, Format::Json, Step::Day),
    (Kind::Usage, Format::Json, Step::Month),
    (Kind::Availability, Format::Csv, Step::Day),
    (Kind::Summary, Format::Pdf, Step::Day),
    (Kind::Summary, Format::Csv, Step::Day),
    (Kind::Summary, Format::Json, Step::Day),
    (Kind::Page, Format::Html, Step::Month),
];

/// What was told of a month, by file.
type Told = Vec<(PathBuf, Vec<u8>)>;

/// What a month with these devices leaves behind.
struct Left {
    dir: tempfile::TempDir,
    keys: Vec<(KeyPeriod, DeviceKey)>,
    told: Told,
}

fn device(number: u8) -> Mac {
    Mac::new([0x02, 0x5e, 0xa1, 0xc7, 0x93, 0x40 | number]).unwrap()
}

/// A writer of the log into memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Town {
    /// A device sees the page, gets in, moves something, and leaves.
    async fn stay(&mut self, mac: Mac, bytes: u64) {
        for note in [
            Note::Viewed("it".parse().unwrap()),
            Note::Loaded {
                ms: 431,
                banner: Some(true),
            },
        ] {
            let network = piazza();
            self.tell(Event::Noted { network, mac, note }).await;
        }
        self.moved.insert(mac, Counters::default());
        self.visit(mac).await;
        self.pass(1).await;
        let counter = Counter { packets: 9, bytes };
        let moved = Counters {
            up: counter,
            down: counter,
        };
        self.moved.insert(mac, moved);
        self.pass(1).await;
        self.ask(mac, [Question::Disconnect]).await;
    }
}

/// The last day of November with so many devices that come so often, and what is told of it in December.
fn month_of(devices: u8, stays: u64) -> Left {
    let dir = tempfile::tempdir().unwrap();
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::INFO)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let keys = tracing::subscriber::with_default(subscriber, || {
        runtime.unwrap().block_on(live(dir.path(), devices, stays))
    });
    std::fs::write(dir.path().join("log"), &*log.0.lock().unwrap()).unwrap();
    let told = export(dir.path());
    Left { dir, keys, told }
}

async fn live(dir: &Path, devices: u8, stays: u64) -> Vec<(KeyPeriod, DeviceKey)> {
    let key = age::x25519::Identity::generate();
    let mut town = Town::open(dir, &key.to_public(), "2026-11-30T09:00:00Z").await;
    std::fs::create_dir(dir.join("recording")).unwrap();
    town.recorder = Some(Recorder::create(&dir.join("recording/events")).unwrap());
    for stay in 0..stays {
        for number in 1..=devices {
            town.stay(device(number), 7_654_321 * (stay + u64::from(number)))
                .await;
        }
        town.pass(40).await;
    }
    let keys = town.state.device_keys().await.unwrap();
    // Into the next day and month, until everything is over and written.
    town.pass(16 * 60).await;
    town.gateway.keep_all(town.now);
    town.carry_out().await;
    town.state.wipe().await.unwrap();
    town.register.flush().await;
    town.figures.close().await;
    back_up(&dir.join(FILE), &dir.join("backup"), None).await.unwrap();
    keys
}

/// All orders, written as the command writes them.
fn export(dir: &Path) -> Told {
    let figures = dir.join(FILE);
    let exports = dir.join("exports");
    std::fs::create_dir(&exports).unwrap();
    let ledgers =
        || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(SqliteLedger::open(&figures).unwrap())) };
    for (place, (kind, format, step)) in ORDERS.into_iter().enumerate() {
        let order = Order {
            kind,
            format,
            step,
            period: Period::new("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap()).unwrap(),
            sites: vec![site()],
            is_everything: true,
            works: std::sync::Arc::default(),
            tongue: Tongue::It,
            zone: TimeZone::rome(),
            today: "2026-12-01".parse().unwrap(),
            now: "2026-12-01T10:00:00Z".parse().unwrap(),
            published_at: Some("https://dati.comune.example.it/wifi/".to_owned()),
        };
        let path = exports.join(format!("{place}-{}", order.file_name()));
        order
            .write(&ledgers, &path, &mut |_, _| Ok(()), &mut |_| Ok(()))
            .unwrap();
    }
    let files = std::fs::read_dir(&exports).unwrap();
    let mut told: Told = files
        .map(|file| {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            (PathBuf::from(path.file_name().unwrap()), bytes)
        })
        .collect();
    told.sort();
    told
}

fn site() -> Site {
    Site {
        id: piazza(),
        name: "Piazza".to_owned(),
        comune: "Comune di Busto Arsizio".to_owned(),
        istat: Some("012026".to_owned()),
        ipa: Some("c_b300".to_owned()),
        wifi4eu_id: None,
        host: "wifi.comune.example.it".to_owned(),
        url: "https://wifi.comune.example.it/".to_owned(),
        recognition: Some(Recognition::Midnight),
        access_points: Vec::new(),
    }
}

/// The parts of an archive, unpacked: so that what is compressed is searched too.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    let starts = bytes
        .windows(4)
        .enumerate()
        .filter(|(_, sign)| sign == b"PK\x03\x04");
    for (at, _) in starts {
        let length = |from: usize| usize::from(u16::from_le_bytes([bytes[at + from], bytes[at + from + 1]]));
        let begins = at + 30 + length(26) + length(28);
        // Until the stream's own end.
        let _ = flate2::read::DeflateDecoder::new(&bytes[begins..]).read_to_end(&mut all);
    }
    all
}

#[test]
fn whoever_has_every_file_finds_no_device_in_it() {
    let left = month_of(3, 6);
    let exports = left.dir.path().join("exports");
    for (name, bytes) in &left.told {
        std::fs::write(exports.join(name).with_extension("unpacked"), unpacked(bytes)).unwrap();
    }
    let sheet = left
        .told
        .iter()
        .find(|(name, _)| name.ends_with("3-usage-2026-11-01_2026-11-30.xlsx"));
    let sheet = unpacked(&sheet.unwrap().1);
    assert!(
        sheet.windows(10).any(|text| text == b"2026-11-30"),
        "what is packed is searched"
    );
    let recording = left.dir.path().join("recording");
    for number in 1..=3 {
        let traces = traces(device(number), &left.keys);
        let kept: Vec<String> = find(left.dir.path(), &traces)
            .into_iter()
            .filter(|place| !place.contains("recording"))
            .collect();
        assert_eq!(kept, Vec::<String>::new());
        // A recording is made on purpose and holds MACs; nothing that leads into the sketches.
        let hashes: Vec<_> = traces
            .into_iter()
            .filter(|(name, _)| name.contains("hash of"))
            .collect();
        assert_eq!(hashes.len(), 4, "of the day and of the month");
        assert_eq!(find(&recording, &hashes), Vec::<String>::new());
    }
    // Without the keys nobody can try a MAC that he knows; both periods are over.
    for (period, key) in &left.keys {
        let key = (format!("the key of {period:?}"), key.bytes().to_vec());
        assert_eq!(find(left.dir.path(), &[key]), Vec::<String>::new());
    }
}

#[test]
fn nobody_can_tell_one_device_from_four() {
    let one = month_of(1, 1);
    let names = |told: &Told| told.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    for (devices, stays) in [(1, 9), (2, 7), (3, 5), (4, 6)] {
        let more = month_of(devices, stays);
        assert_eq!(names(&one.told), names(&more.told));
        for ((name, few), (_, many)) in one.told.iter().zip(&more.told) {
            assert!(
                few == many,
                "{} tells {devices} devices with {stays} stays each",
                name.display()
            );
        }
    }
    let nine = month_of(9, 3);
    let differing = one
        .told
        .iter()
        .zip(&nine.told)
        .filter(|(few, many)| few.1 != many.1)
        .count();
    assert!(differing >= 10, "nine devices are told: {differing}");
}
