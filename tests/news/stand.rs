//! What every test stands on: a server, a state directory, a service that asks every few
//! milliseconds, its log and its boards.

use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use portico::config::{Feed, FeedKind};
use portico::model::{Board, Boot, Now};
use portico::news::fetch::{Fetcher, Resolving};
use portico::news::service::{Context, Pace, Service, Settings};
use tempfile::TempDir;
use tracing::subscriber::DefaultGuard;

use crate::server::{Authority, HOST, Reply, Server};

/// The name of a server that does not belong to the feed.
pub(crate) const OTHER_HOST: &str = "other.example";

pub(crate) struct Stand {
    pub(crate) authority: Authority,
    pub(crate) server: Server,
    pub(crate) place: TempDir,
    pub(crate) log: Log,
    pub(crate) boards: Arc<Mutex<Vec<Arc<Board>>>>,
    /// How often a name was resolved.
    pub(crate) resolved: Arc<AtomicUsize>,
    /// What names resolve to; nothing: they do not.
    pub(crate) addresses: Arc<Mutex<Vec<IpAddr>>>,
    pub(crate) patience: Duration,
    _guard: DefaultGuard,
}

impl Stand {
    pub(crate) async fn new() -> Self {
        let authority = Authority::new("the comune's provider");
        let server = Server::start(Some(authority.acceptor(HOST, 2030))).await;
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("ca.pem"), &authority.pem).unwrap();
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || writer.clone())
            .finish();
        Self {
            authority,
            server,
            place,
            log,
            boards: Arc::default(),
            resolved: Arc::default(),
            addresses: Arc::new(Mutex::new(vec![IpAddr::from([127, 0, 0, 1])])),
            patience: Duration::from_secs(5),
            _guard: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}{path}", self.server.address.port())
    }

    pub(crate) fn feed(&self) -> Feed {
        Feed {
            ca: Some(self.place.path().join("ca.pem")),
            private: true,
            ..Feed::new(FeedKind::News, &self.url("/feed?key=secret"), "Comune di Prova")
        }
    }

    pub(crate) fn settings(&self, feeds: Vec<Feed>) -> Settings {
        Settings {
            feeds,
            refresh: Duration::from_millis(20),
            most_items: 6,
            pictures: true,
            networks: vec!["piazza".parse().unwrap()],
            directory: self.place.path().join("news"),
            editor: self.place.path().join("news/editor.json"),
        }
    }

    /// A service that asks the feed.
    pub(crate) fn serve(&self, feed: Feed) -> Service {
        Service::start(self.settings(vec![feed]), self.context())
    }

    /// The feed has been read and kept once; the service is gone.
    pub(crate) async fn read_once(&self) {
        self.server.answer_always(Reply::ok(&rss(&["Buona"])));
        let service = self.serve(self.feed());
        self.until_titles(&["Buona"]).await;
        self.until_copied().await;
        service.stop().await;
    }

    pub(crate) fn context(&self) -> Context {
        let (resolved, addresses) = (Arc::clone(&self.resolved), Arc::clone(&self.addresses));
        let resolve = move |_name: String| -> Resolving {
            resolved.fetch_add(1, Ordering::SeqCst);
            let found = addresses.lock().unwrap().clone();
            Box::pin(async move {
                if found.is_empty() {
                    return Err(std::io::Error::other("temporary failure in name resolution"));
                }
                Ok(found)
            })
        };
        let boards = Arc::clone(&self.boards);
        let short = Duration::from_millis(20);
        Context {
            fetcher: Fetcher {
                addresses: Arc::new(resolve),
                clock: Arc::new(|| Now {
                    boot: Boot(0),
                    wall: "2026-11-22T12:00:00Z".parse().unwrap(),
                }),
                patience: self.patience,
            },
            publish: Arc::new(move |board| boards.lock().unwrap().push(board)),
            pace: Pace {
                first_retry: short,
                most_news: short,
                most_urgent: short,
            },
            retry: Arc::default(),
            seed: 7,
        }
    }

    /// Titles on the last board.
    pub(crate) fn titles(&self) -> Vec<String> {
        let boards = self.boards.lock().unwrap();
        let board = boards.last().cloned().unwrap_or_default();
        board.items.iter().map(|item| item.title.clone()).collect()
    }

    pub(crate) async fn until_titles(&self, expected: &[&str]) {
        until(&format!("the board has {expected:?}"), || {
            self.titles() == expected
        })
        .await;
    }

    /// The files of kept feeds.
    pub(crate) fn copies(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.place.path().join("news"))
            .into_iter()
            .flatten();
        let files = files.flatten().map(|file| file.path());
        files
            .filter(|path| path.extension().is_some_and(|kind| kind == "feed"))
            .collect()
    }

    pub(crate) async fn until_copied(&self) {
        until("there is a copy", || self.copies().len() == 1).await;
    }

    /// Waits for some more names to be resolved: each request begins with that.
    pub(crate) async fn until_asked_again(&self, times: usize) {
        let before = self.resolved.load(Ordering::SeqCst);
        let asked = || self.resolved.load(Ordering::SeqCst) > before + times;
        until("the feed is asked again", asked).await;
    }
}

/// An RSS document with items of these titles, the first the newest.
pub(crate) fn rss(titles: &[&str]) -> String {
    let items: Vec<String> = titles
        .iter()
        .enumerate()
        .map(|(index, title)| {
            let hour = 20 - index;
            format!(
                "<item><title>{title}</title><pubDate>Fri, 20 Nov 2026 {hour:02}:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    let items = items.concat();
    format!("<rss version='2.0'><channel><title>x</title>{items}</channel></rss>")
}

/// Waits for something, for half a minute at most.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

/// What was logged on this thread.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap();
        String::from_utf8(bytes.clone())
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
