//! A device is planted, and looked for in everything that is kept of it when its day is over.

mod exports;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac as _};
use jiff::SignedDuration;
use proptest::prelude::{ProptestConfig, any, proptest};
use sha2::{Digest, Sha256};

use crate::app::recorder::Recorder;
use crate::core::replay;
use crate::core::{Command, Event, Gateway, Question, RequestId};
use crate::model::figures::{Day, DeviceFamily, DeviceKey, KeyPeriod};
use crate::model::{
    Applied, Boot, BootId, Burst, Counters, Mac, NetworkId, NetworkPolicy, Now, OnConflict, Policy, Rate,
    RatePlan, Recognition, TimeZone,
};
use crate::register::{self, Key, RegisterWriter, Search, Settings};
use crate::store::figures::{FILE, FigureStore};
use crate::store::{Change, SqliteStore, Store};

/// A gateway with its two databases.
struct Town {
    gateway: Gateway,
    now: Now,
    state: SqliteStore,
    figures: FigureStore,
    register: RegisterWriter,
    keys: u8,
    requests: u64,
    /// What the kernel counts of each station since its session began.
    moved: BTreeMap<Mac, Counters>,
    recorder: Option<Recorder>,
}

fn piazza() -> NetworkId {
    "piazza".parse().unwrap()
}

fn policy() -> Policy {
    let rate = Rate::from_bytes_per_second(1_000_000).unwrap();
    let rules = NetworkPolicy {
        plan: RatePlan {
            down: rate,
            up: rate,
            burst: Burst::from_bytes(65_536).unwrap(),
        },
        schedule: Vec::new(),
        fair_use: None,
        weight: 1,
        recognition: Recognition::Period(Duration::from_hours(4)),
        exempt: [].into(),
        blocked: [].into(),
        on_conflict: OnConflict::Count,
        max_stations: 100,
    };
    Policy {
        closed: Vec::new(),
        time_zone: TimeZone::rome(),
        networks: [(piazza(), rules)].into(),
        line: None,
        register: true,
        contract: [0; 2],
        unwatched: false,
    }
}

impl Town {
    async fn open(dir: &Path, recipient: &age::x25519::Recipient, wall: &'static str) -> Self {
        let settings = Settings {
            recipient: Some(recipient.to_string().parse().unwrap()),
            days: 7,
            dir: dir.join("register"),
            places: crate::register::Places::of(dir),
            zone: TimeZone::rome(),
        };
        let evening = || Now {
            boot: Boot(60_000),
            wall: wall.parse().unwrap(),
        };
        let mut town = Self {
            gateway: Gateway::new(),
            now: evening(),
            state: SqliteStore::open(&dir.join("state.db")).await.unwrap(),
            figures: FigureStore::open(&dir.join(FILE)).await.unwrap(),
            register: RegisterWriter::start(settings, Arc::new(evening)),
            keys: 0xa0,
            requests: 0,
            moved: BTreeMap::new(),
            recorder: None,
        };
        town.tell(Event::Started {
            policy: Arc::new(policy()),
            stored: Vec::new(),
            orders: Vec::new(),
            boot_id: BootId("boot".into()),
        })
        .await;
        let (last, keys) = (None, Vec::new());
        let networks = None;
        town.tell(Event::FiguresKept { last, keys, networks }).await;
        town.tell(Event::KernelHolds(Vec::new())).await;
        town
    }

    async fn tell(&mut self, event: Event) {
        if let Some(recorder) = &mut self.recorder {
            recorder.write(Some(&event), self.now).unwrap();
        }
        self.gateway.handle(event, self.now);
        self.carry_out().await;
    }

    async fn carry_out(&mut self) {
        while let Some(command) = self.gateway.next_command() {
            match command {
                Command::Apply { id, ops } => {
                    let outcome = Ok(vec![Applied::default(); ops.len()]);
                    self.gateway.handle(Event::Applied { id, outcome }, self.now);
                }
                Command::Keep(session) => self.state.write(&[Change::Keep(session)]).await.unwrap(),
                Command::Forget { network, mac, .. } => {
                    self.state
                        .write(&[Change::Forget { network, mac }])
                        .await
                        .unwrap();
                }
                Command::ReadCounters { network, macs } => {
                    let readings = macs
                        .iter()
                        .map(|mac| (*mac, self.moved.get(mac).copied().unwrap_or_default()));
                    let (readings, missing) = (readings.collect(), Vec::new());
                    let counted = Event::Counted {
                        network,
                        readings,
                        missing,
                    };
                    self.gateway.handle(counted, self.now);
                }
                Command::Register { entries, lost } => self.register.record(entries, lost),
                Command::Record(figures) => self.figures.write(&figures, None).await.unwrap(),
                Command::Beat(beat) => self.figures.write(&[], Some(&beat)).await.unwrap(),
                Command::DrawKey(period) => {
                    self.keys += 1;
                    let key = DeviceKey::new([self.keys; 32]);
                    let change = Change::DeviceKey {
                        period,
                        key: key.clone(),
                    };
                    self.state.write(&[change]).await.unwrap();
                    self.gateway.handle(Event::KeyDrawn { period, key }, self.now);
                }
                _ => {}
            }
        }
    }

    async fn visit(&mut self, mac: Mac) {
        self.ask(mac, [Question::Probe(DeviceFamily::Apple), Question::Grant])
            .await;
    }

    async fn ask<const N: usize>(&mut self, mac: Mac, questions: [Question; N]) {
        for question in questions {
            self.requests += 1;
            let [.., last] = mac.octets();
            self.tell(Event::Asked {
                id: RequestId(self.requests),
                network: piazza(),
                mac,
                address: std::net::Ipv4Addr::new(10, 0, 0, last).into(),
                question,
            })
            .await;
        }
    }

    async fn pass(&mut self, minutes: u64) {
        for _ in 0..minutes {
            self.now.boot = self.now.boot.plus_ms(60_000);
            self.now.wall += SignedDuration::from_mins(1);
            self.gateway.handle_timeout(self.now);
            self.carry_out().await;
        }
    }
}

/// What a searcher looks for: the MAC in every spelling, and its hash, plain and under the keys he found.
fn traces(mac: Mac, keys: &[(KeyPeriod, DeviceKey)]) -> Vec<(String, Vec<u8>)> {
    let octets = mac.octets();
    let hex = octets.map(|octet| format!("{octet:02x}"));
    let mut all = vec![("the MAC".to_owned(), octets.to_vec())];
    for text in [hex.join(":"), hex.join("-"), hex.concat()] {
        all.push((text.clone(), text.clone().into_bytes()));
        all.push((text.to_uppercase(), text.to_uppercase().into_bytes()));
    }
    all.push(("its SHA-256".to_owned(), Sha256::digest(octets)[..8].to_vec()));
    for (period, key) in keys {
        let mut block = [0_u8; 64];
        block[..32].copy_from_slice(key.bytes());
        let mut hmac: Hmac<Sha256> = Hmac::new(&block.into());
        hmac.update(&octets);
        let digest = hmac.finalize().into_bytes();
        let mut backwards = digest[..8].to_vec();
        backwards.reverse();
        all.push((format!("its hash of {period:?}"), digest[..8].to_vec()));
        all.push((format!("its hash of {period:?} turned round"), backwards));
    }
    all
}

fn find(dir: &Path, traces: &[(String, Vec<u8>)]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(find(&path, traces));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        for (name, trace) in traces {
            if bytes.windows(trace.len()).any(|window| window == trace) {
                found.push(format!("{name} in {}", path.display()));
            }
        }
    }
    found
}

async fn plant(planted: Mac) {
    let dir = tempfile::tempdir().unwrap();
    let key = age::x25519::Identity::generate();
    let mut town = Town::open(dir.path(), &key.to_public(), "2026-11-22T20:00:00Z").await;
    town.visit(planted).await;
    town.pass(6).await;
    let during = town.state.device_keys().await.unwrap();
    assert!(
        find(dir.path(), &traces(planted, &during))
            .iter()
            .any(|place| place.contains("state.db")),
        "the search finds what is there: a session that runs"
    );
    // Its session ends after four hours, past midnight in Rome.
    town.pass(5 * 60).await;
    town.state.wipe().await.unwrap();
    town.register.flush().await;
    let after = town.state.device_keys().await.unwrap();
    let days: Vec<KeyPeriod> = during.iter().map(|(period, _)| *period).collect();
    assert!(
        after
            .iter()
            .all(|(period, _)| matches!(period, KeyPeriod::Month(_)) || !days.contains(period))
    );
    assert_eq!(find(dir.path(), &traces(planted, &after)), Vec::<String>::new());
    // The register tells of it, with the comune's key alone.
    let key = Key::read(age::secrecy::ExposeSecret::expose_secret(&key.to_string())).unwrap();
    let told = register::read(
        &dir.path().join("register"),
        &TimeZone::rome(),
        &Search::default(),
        &key,
    );
    let rows = told.unwrap().rows;
    assert_eq!(rows.len(), 1);
    assert!(rows[0].mac == planted && rows[0].disconnected.is_some());
    // The key of its day is nowhere either, so that nobody can make its hash again.
    let yesterday = during
        .iter()
        .find(|(period, _)| matches!(period, KeyPeriod::Day(_)))
        .unwrap();
    let key = ("the key of its day".to_owned(), yesterday.1.bytes().to_vec());
    assert_eq!(find(dir.path(), &[key]), Vec::<String>::new());
}

#[test]
fn a_recording_holds_no_key_of_the_devices() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("recording");
    let day: Day = "2026-11-22".parse().unwrap();
    let key = || DeviceKey::new([0xa7; 32]);
    let (day, month) = (KeyPeriod::Day(day), KeyPeriod::Month(day.month()));
    let events = [
        Event::FiguresKept {
            last: None,
            keys: vec![(day, key()), (month, key())],
            networks: None,
        },
        Event::KeyDrawn {
            period: day,
            key: key(),
        },
    ];
    let now = Now {
        boot: Boot(60_000),
        wall: "2026-11-22T20:00:00Z".parse().unwrap(),
    };
    let mut recorder = Recorder::create(&path).unwrap();
    for event in &events {
        recorder.write(Some(event), now).unwrap();
    }
    let text = std::fs::read_to_string(path).unwrap();
    let keys: Vec<DeviceKey> = replay::read(&text)
        .unwrap()
        .into_iter()
        .flat_map(|line| match line.event {
            Some(Event::FiguresKept { keys, .. }) => keys.into_iter().map(|(_, key)| key).collect(),
            Some(Event::KeyDrawn { key, .. }) => vec![key],
            _ => Vec::new(),
        })
        .collect();
    assert_eq!(
        keys,
        vec![DeviceKey::new([0; 32]); 3],
        "it can be played all the same"
    );
    assert!(!text.contains("167"), "{text}");
    assert!(!text.contains("a7a7"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]
    #[test]
    fn a_planted_device_is_found_nowhere_when_its_day_is_over(octets in any::<[u8; 6]>()) {
        let [first, rest @ ..] = octets;
        let [b, c, d, e, f] = rest;
        let planted = Mac::new([first & 0xfe | 2, b, c, d, e, f]).unwrap();
        tokio::runtime::Runtime::new().unwrap().block_on(plant(planted));
    }
}
