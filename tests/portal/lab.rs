//! A portal on loopback with a played `core` behind its desk.
//!
//! Station N connects from 127.0.0.N; its MAC ends in N. 127.0.0.99 is unknown to the kernel.

use std::collections::{BTreeSet, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use portico::config::{Config, Gateway, InterfaceName, Network, Portal as PortalConfig, TlsFiles};
use portico::core::{Answer, Note, Question, Standing};
use portico::model::{
    Board, Boot, Burst, Counter, Counters, Mac, NetworkId, NetworkPolicy, Now, OnConflict, Rate, RatePlan,
    Recognition, TimeZone,
};
use portico::portal::desk::{Ask, Desk};
use portico::portal::limits::StationRates;
use portico::portal::token::TokenKey;
use portico::portal::{Numbers, Portal, PortalContext};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

pub(crate) const HOST: &str = "wifi.comune.example.it";
pub(crate) const STRANGER: u8 = 99;
/// Civil time when a lab opens.
pub(crate) const OPENING: &str = "2026-11-22T10:00:00Z";
const PATIENCE: Duration = Duration::from_secs(20);

/// How the played `core` behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// The kernel refuses.
    TryAgain,
}

#[derive(Default)]
pub(crate) struct World {
    pub(crate) standings: HashMap<Mac, Standing>,
    pub(crate) asked: Vec<(Mac, Question)>,
    pub(crate) mood: Mood,
    /// Nobody is known to the kernel.
    pub(crate) blind: bool,
}

pub(crate) struct Lab {
    pub(crate) portal: Portal,
    pub(crate) config: Arc<Config>,
    pub(crate) world: Arc<Mutex<World>>,
    pub(crate) seconds: Arc<AtomicI64>,
    pub(crate) board: Arc<Mutex<Arc<Board>>>,
    pub(crate) numbers: Arc<Mutex<Option<Arc<Numbers>>>>,
    pub(crate) uplink: Arc<AtomicBool>,
    pub(crate) self_test: Arc<AtomicBool>,
    notes: Mutex<mpsc::Receiver<(NetworkId, Mac, Note)>>,
}

pub(crate) fn id() -> NetworkId {
    "piazza".parse().unwrap()
}

pub(crate) fn mac(station: u8) -> Mac {
    Mac::new([2, 0, 0, 0, 0, station]).unwrap()
}

pub(crate) fn plan() -> RatePlan {
    let rate = Rate::from_bytes_per_second(1_250_000).unwrap();
    RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(131_072).unwrap(),
    }
}

pub(crate) fn granted() -> Standing {
    let opening: Timestamp = OPENING.parse().unwrap();
    Standing::Granted {
        granted_at: opening,
        ends_at: opening + SignedDuration::from_hours(13),
        seconds_left: 13 * 3_600,
        usage: Counters {
            up: Counter {
                packets: 1,
                bytes: 400_000,
            },
            down: Counter {
                packets: 9,
                bytes: 12_000_000,
            },
        },
        plan: plan(),
        volume: None,
    }
}

pub(crate) fn config(tls: Option<TlsFiles>) -> Config {
    let interface = |name| InterfaceName::new(name).unwrap();
    Config {
        gateway: Gateway {
            uplink: interface("up0"),
            masquerade: true,
            time_zone: TimeZone::rome(),
            state_dir: "/nonexistent".into(),
            run_dir: "/nonexistent".into(),
            user: "portico".to_owned(),
            protected: portico::config::default_protected(),
            resolver: None,
        },
        portal: PortalConfig {
            http_port: 0,
            https_port: 0,
            dns_port: 5_354,
            max_connections: 64,
            max_connections_per_station: 8,
        },
        forward: portico::config::Forward::default(),
        management: portico::config::Management::default(),
        networks: vec![Network {
            id: id(),
            name: "Piazza Vittorio Emanuele II".to_owned(),
            comune: "Comune di Busto Arsizio".to_owned(),
            interface: interface("lo"),
            host: HOST.to_owned(),
            wifi4eu_id: Some("a1b2c3d4e5f6g7h8i9j0k".to_owned()),
            tls,
            policy: NetworkPolicy {
                plan: plan(),
                recognition: Recognition::Midnight,
                exempt: BTreeSet::new(),
                blocked: BTreeSet::new(),
                on_conflict: OnConflict::Count,
                max_stations: 100,
                schedule: Vec::new(),
                fair_use: None,
                weight: 1,
            },
            garden: Vec::new(),
            guards: portico::config::Guards::default(),
            garden_names: Vec::new(),
            look: portico::config::Look::default(),
            contact: None,
            dpo: None,
            terms_url: None,
            privacy_url: None,
            administration: portico::config::Administration::default(),
            access_points: Vec::new(),
        }],
        news: portico::config::News::default(),
        services: Vec::new(),
        open_data: portico::config::OpenData::default(),
        register: portico::config::Register::default(),
        uplink: portico::config::Uplink::default(),
    }
}

/// Writes a self-signed pair for [`HOST`] and returns the certificate's DER.
pub(crate) fn write_pair(dir: &Path) -> (TlsFiles, rustls::pki_types::CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec![HOST.to_owned()]).unwrap();
    let files = TlsFiles {
        certificate: dir.join("chain.pem"),
        key: dir.join("key.pem"),
    };
    for (file, text) in [
        (&files.certificate, made.cert.pem()),
        (&files.key, made.signing_key.serialize_pem()),
    ] {
        let fresh = dir.join("fresh.pem");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(&fresh, file).unwrap();
    }
    (files, made.cert.der().clone())
}

async fn play(mut asks: mpsc::Receiver<Ask>, world: Arc<Mutex<World>>) {
    while let Some(ask) = asks.recv().await {
        let is_status = matches!(ask.question, Question::Status | Question::Probe(_));
        let mut world = world.lock().unwrap();
        world.asked.push((ask.mac, ask.question.clone()));
        let now = world
            .standings
            .get(&ask.mac)
            .copied()
            .unwrap_or(Standing::Captive);
        let then = match (&ask.question, now) {
            (Question::Grant, Standing::Captive) => granted(),
            (Question::Disconnect, Standing::Granted { .. }) => Standing::Captive,
            _ => now,
        };
        let answer = if world.mood == Mood::TryAgain && !is_status {
            Answer::TryAgain
        } else {
            world.standings.insert(ask.mac, then);
            Answer::Is(then)
        };
        let _ = ask.reply.send(answer);
    }
}

impl Lab {
    pub(crate) fn open(config: Config) -> Self {
        Self::with_rates(config, StationRates::default())
    }

    /// Must be called within a runtime.
    pub(crate) fn with_rates(config: Config, rates: StationRates) -> Self {
        let (desk, asks) = Desk::new(64);
        let (desk, notes) = desk.with_notes(64);
        let world = Arc::new(Mutex::new(World::default()));
        tokio::spawn(play(asks, Arc::clone(&world)));
        let seconds = Arc::new(AtomicI64::new(0));
        let clock = Arc::clone(&seconds);
        let seen = Arc::clone(&world);
        let config = Arc::new(config);
        let board = Arc::<Mutex<Arc<Board>>>::default();
        let (uplink, self_test) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let numbers = Arc::<Mutex<Option<Arc<Numbers>>>>::default();
        let figures = Arc::clone(&numbers);
        let (told, up, testing) = (Arc::clone(&board), Arc::clone(&uplink), Arc::clone(&self_test));
        let portal = Portal::start(PortalContext {
            config: Arc::clone(&config),
            desk,
            lookup: Arc::new(move |_, address| {
                let IpAddr::V4(v4) = address else { return None };
                let last = v4.octets()[3];
                (last != STRANGER && !seen.lock().unwrap().blind).then(|| mac(last))
            }),
            clock: Arc::new(move || {
                let passed = clock.load(Ordering::Relaxed);
                let opening: Timestamp = OPENING.parse().unwrap();
                Now {
                    boot: Boot(u64::try_from(passed).unwrap() * 1_000 + 1_000_000),
                    wall: opening + SignedDuration::from_secs(passed),
                }
            }),
            bulletin: Arc::new(move || Arc::clone(&told.lock().unwrap())),
            uplink: Arc::new(move || up.load(Ordering::Relaxed)),
            self_test: Arc::new(move |_| testing.load(Ordering::Relaxed)),
            numbers: Arc::new(move |_| figures.lock().unwrap().clone()),
            token_key: TokenKey::new(&[5; 32]),
            rates,
        })
        .unwrap();
        Self {
            portal,
            config,
            world,
            seconds,
            board,
            numbers,
            uplink,
            self_test,
            notes: Mutex::new(notes),
        }
    }

    /// What the portal has noted since the last time.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = self.notes.lock().unwrap();
        std::iter::from_fn(|| notes.try_recv().ok())
            .map(|(_, _, note)| note)
            .collect()
    }

    pub(crate) fn stand(&self, station: u8, standing: Standing) {
        self.world
            .lock()
            .unwrap()
            .standings
            .insert(mac(station), standing);
    }

    pub(crate) fn standing(&self, station: u8) -> Option<Standing> {
        self.world.lock().unwrap().standings.get(&mac(station)).copied()
    }

    pub(crate) fn grants(&self) -> usize {
        let world = self.world.lock().unwrap();
        world
            .asked
            .iter()
            .filter(|(_, question)| *question == Question::Grant)
            .count()
    }

    pub(crate) fn http(&self) -> SocketAddr {
        self.portal
            .addresses(id())
            .unwrap()
            .http
            .expect("http listener bound")
    }

    pub(crate) fn https(&self) -> SocketAddr {
        self.portal
            .addresses(id())
            .unwrap()
            .https
            .expect("https listener bound")
    }

    pub(crate) async fn connect(&self, station: u8) -> TcpStream {
        self.connect_to(self.http(), station).await
    }

    pub(crate) async fn connect_to(&self, to: SocketAddr, station: u8) -> TcpStream {
        self.try_connect(to, station).await.unwrap()
    }

    /// A connection that the server may reset even before it is made.
    pub(crate) async fn try_connect(&self, to: SocketAddr, station: u8) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::from(([127, 0, 0, station], 0))).unwrap();
        let to = SocketAddr::from(([127, 0, 0, 1], to.port()));
        timeout(PATIENCE, socket.connect(to)).await.unwrap()
    }

    /// Whether a new connection is ended without a word.
    pub(crate) async fn is_refused(&self, station: u8) -> bool {
        let Ok(mut stream) = self.try_connect(self.http(), station).await else {
            return true;
        };
        let ended = timeout(PATIENCE, stream.read(&mut [0])).await.unwrap();
        matches!(ended, Err(_) | Ok(0))
    }

    /// Sends raw bytes on a connection of its own and returns all that comes back.
    pub(crate) async fn raw(&self, station: u8, bytes: &[u8]) -> String {
        let Ok(mut stream) = self.try_connect(self.http(), station).await else {
            return String::new();
        };
        // The server may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        read_all(&mut stream).await
    }

    pub(crate) async fn get(&self, station: u8, host: &str, path: &str) -> Reply {
        self.get_with(station, host, path, "").await
    }

    /// `extra`: further header lines, each with its CRLF.
    pub(crate) async fn get_with(&self, station: u8, host: &str, path: &str, extra: &str) -> Reply {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{extra}Connection: close\r\n\r\n");
        Reply::parse(&self.raw(station, head.as_bytes()).await)
    }

    pub(crate) async fn post(&self, station: u8, path: &str, form: &str, extra: &str) -> Reply {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {HOST}\r\n{extra}Content-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{form}",
            form.len()
        );
        Reply::parse(&self.raw(station, head.as_bytes()).await)
    }

    /// The token of the form on a page.
    pub(crate) async fn token(&self, station: u8, path: &str) -> String {
        let page = self.get(station, HOST, path).await;
        assert_eq!(page.status, 200, "{page:?}");
        token_of(&page.body)
    }
}

pub(crate) fn token_of(html: &str) -> String {
    let (_, rest) = html
        .split_once("name=\"token\" value=\"")
        .expect("a form with a token");
    rest.split('"').next().unwrap().to_owned()
}

pub(crate) async fn read_all(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is as good an end as any.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .expect("the server ends the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends a request on a kept connection and reads one answer by its Content-Length.
pub(crate) async fn on_kept(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), request: &str) -> Reply {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let read = timeout(PATIENCE, stream.read(&mut chunk)).await.unwrap().unwrap();
        assert!(read > 0, "closed: {}", String::from_utf8_lossy(&bytes));
        bytes.extend_from_slice(&chunk[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if text.contains("\r\n\r\n") {
            let reply = Reply::parse(&text);
            let length: usize = reply.header("content-length").parse().unwrap();
            if reply.body.len() >= length {
                return reply;
            }
        }
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn parse(text: &str) -> Self {
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("an answer, not {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value)
    }
}
