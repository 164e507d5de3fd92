//! The administrators' side: who reaches it, and what it tells.
//!
//! `reach` needs root or a kernel with user namespaces, and the Debian packages iproute2, nftables,
//! dnsmasq-base and busybox, `metrics` prometheus, `api` what tests/run installs from requirements.txt; they fail
//! without them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a whole target of tests: a failure is a panic"
)]

mod api;
mod api_actions;
mod api_networks;
mod api_stations;
mod applied;
mod audit;
mod browser;
mod command;
mod crests;
mod crowd;
mod doors;
mod exports;
mod figures;
mod garden;
mod hotspot;
mod login;
mod metrics;
mod networks;
mod now;
mod page;
mod parts;
mod people;
mod reach;
mod sample;
mod settings;
mod settings_anew;
mod settings_hand;
mod settings_lists;
mod stations;
mod stations_browser;
mod street;
mod tokens;
#[path = "../report/town.rs"]
mod town;
mod users;
mod word;
mod works;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use portico::config::Config;
use portico::dashboard::{Acted, Ask, Dashboard, DashboardContext, Desk, Login, Look, SharedKeeper};
use portico::model::figures::Book;
use portico::model::{Board, Clock, NetworkId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

/// The name of the network of management.
const HOST: &str = "gateway.comune.example.it";

/// A certificate for [`HOST`] and its key, as files; the certificate.
fn write_pair(folder: &std::path::Path) -> rustls::pki_types::CertificateDer<'static> {
    let pair = rcgen::generate_simple_self_signed([HOST.to_owned()]).unwrap();
    std::fs::write(folder.join("gateway.pem"), pair.cert.pem()).unwrap();
    std::fs::write(folder.join("gateway.key"), pair.signing_key.serialize_pem()).unwrap();
    pair.cert.der().clone()
}

/// A configuration with these lines in `[management]`; relative paths start at `folder`.
fn config(folder: &std::path::Path, lines: &str) -> Config {
    config_with(folder, "", lines)
}

/// The same with lines in `[[network]]`.
fn config_with(folder: &std::path::Path, network: &str, lines: &str) -> Config {
    let text = format!(
        "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\n\
         interface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n{network}[management]\n{lines}"
    );
    let mut config = Config::parse(&text, &folder.join("p.toml").to_string_lossy()).unwrap();
    // Whichever is free.
    config.management.port = 0;
    folder.clone_into(&mut config.gateway.state_dir);
    config
}

fn clock() -> Clock {
    Arc::new(portico::app::clock::now)
}

/// A login that nobody gets through.
fn nobody() -> Login {
    Login {
        accounts: None,
        audit: Arc::new(|_| Ok(())),
    }
}

/// Of a file that is not there.
fn no_file() -> SharedKeeper {
    people::keeper(
        std::path::Path::new("/nowhere"),
        Arc::new(|_| Ok(())),
        people::Helper::default(),
    )
}

/// A dashboard in this process, with an event loop that tells what it is told to.
struct Office {
    dashboard: Dashboard,
    /// Its stations.
    street: street::Street,
    /// How everything stands.
    look: Arc<Mutex<Look>>,
    /// How often it was asked, and self-tests that were switched.
    asked: Arc<Mutex<Asked>>,
    /// What people see of feeds.
    board: Arc<Mutex<Arc<Board>>>,
}

/// What an event loop was asked.
#[derive(Debug, Default)]
struct Asked {
    looks: usize,
    self_tests: Vec<(NetworkId, bool)>,
    /// Whether orders lie at the desk without an answer.
    is_deaf: bool,
    unanswered: Vec<oneshot::Sender<Vec<Acted>>>,
}

impl Office {
    /// With nobody who could log in.
    fn open(config: Config) -> Self {
        let login = nobody();
        Self::with(config, login)
    }

    fn with(config: Config, login: Login) -> Self {
        Self::at(config, login, clock())
    }

    /// With a clock that somebody sets.
    fn at(config: Config, login: Login, clock: Clock) -> Self {
        Self::keeping(config, login, clock, no_file())
    }

    /// Over a configuration file.
    fn keeping(config: Config, login: Login, clock: Clock, keeper: SharedKeeper) -> Self {
        let (desk, mut asks) = Desk::new(16);
        let look = Arc::new(Mutex::new(sample::look()));
        let asked: Arc<Mutex<Asked>> = Arc::default();
        let street = street::Street::default();
        let (shown, counted, told) = (Arc::clone(&look), Arc::clone(&asked), street.clone());
        tokio::spawn(async move {
            while let Some(ask) = asks.recv().await {
                answer(ask, &shown, &counted, &told);
            }
        });
        let records = portico::app::records::open(&config);
        let state = config.gateway.state_dir.clone();
        let board: Arc<Mutex<Arc<Board>>> = Arc::default();
        let pinned_up = Arc::clone(&board);
        let bulletin = Arc::new(move || Arc::clone(&pinned_up.lock().unwrap()));
        let dashboard = Dashboard::start(DashboardContext {
            config: Arc::new(config),
            desk,
            clock,
            login,
            records,
            page: portico::app::page::open(state, bulletin, Arc::new(|_| None)),
            ledgers: Arc::new(|| Ok(Box::new(Book::default()))),
            keeper,
        });
        Self {
            dashboard: dashboard.unwrap(),
            street,
            look,
            asked,
            board,
        }
    }

    /// The machine's own door.
    fn own(&self) -> SocketAddr {
        self.dashboard.addresses()[0].unwrap()
    }

    /// A request by the machine's own door.
    async fn get(&self, path: &str, more: &str) -> Answer {
        let stream = TcpStream::connect(self.own()).await.unwrap();
        ask(stream, "localhost", path, more).await
    }
}

/// Answers as the event loop does.
fn answer(ask: Ask, look: &Mutex<Look>, asked: &Mutex<Asked>, street: &street::Street) {
    let (mut look, mut asked) = (look.lock().unwrap(), asked.lock().unwrap());
    match ask {
        Ask::Look { reply } => {
            asked.looks += 1;
            let _ = reply.send(Box::new(look.clone()));
        }
        Ask::Pulse { reply } => {
            let _ = reply.send(sample::pulse(&look));
        }
        Ask::Stations { reply } => {
            let _ = reply.send(street.looks());
        }
        Ask::Act { reply, .. } if asked.is_deaf => asked.unanswered.push(reply),
        Ask::Act { stations, act, reply } => street.take(stations, act, reply),
        Ask::Openings { reply } => {
            let _ = reply.send(sample::openings());
        }
        Ask::SelfTest { network, on, reply } => {
            asked.self_tests.push((network, on));
            let seconds = if on { 3_600 } else { 0 };
            look.self_tests.insert(network, seconds);
            let _ = reply.send(Ok(seconds));
        }
    }
}

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or_default(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head.lines().skip(1).filter_map(move |line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().skip(1);
        lines.find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// One request on a connection of its own; `more` are lines of its head.
async fn ask<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, host: &str, path: &str, more: &str) -> Answer {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A TLS peer may end without saying so.
    let _ = stream.read_to_end(&mut bytes).await;
    Answer::read(&String::from_utf8(bytes).unwrap())
}
