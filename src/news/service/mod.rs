//! Keeps the board up to date: each feed at its own pace, the editor's file when it changes, pictures
//! for what is shown. What cannot be read leaves what was read last.

mod board;
mod pace;
mod pictures;
mod refresh;
mod state;

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Serialize;
use tokio::sync::{Mutex, Notify, Semaphore};
use tokio::task::JoinSet;

pub use pace::Pace;
pub use refresh::FeedError;
pub use state::{FeedStatus, Trouble};

use super::cache::Cache;
use super::fetch::{Answer, Ask, FetchError, Fetcher};
use super::{editor, id_of};
use crate::config::{Config, Feed};
use crate::model::{Board, ItemId, NetworkId};
use pace::Dice;
use state::State;

/// Most requests at once: what a gateway asks for itself leaves the uplink to people.
const MOST_REQUESTS: usize = 2;
/// How often the editor's file is looked at.
const LOOK: Duration = Duration::from_secs(5);
/// Looks between two boards that are made whether or not something was heard: notices begin and end.
const LOOKS_PER_BOARD: u32 = 6;

/// When a file was changed, its length, its number.
type Signature = (SystemTime, u64, u64);

/// Takes a new board.
pub type Publish = Arc<dyn Fn(Arc<Board>) + Send + Sync>;

/// What the configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Feeds.
    pub feeds: Vec<Feed>,
    /// Pause between two requests to a feed of news.
    pub refresh: Duration,
    /// Items of a page.
    pub most_items: usize,
    /// Whether pictures are fetched.
    pub pictures: bool,
    /// Networks with a page.
    pub networks: Vec<NetworkId>,
    /// Where the last good copies are.
    pub directory: PathBuf,
    /// The local editor's file.
    pub editor: PathBuf,
}

impl Settings {
    /// Of a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        Self {
            feeds: config.news.feeds.clone(),
            refresh: config.news.refresh,
            most_items: config.news.most_items,
            pictures: config.news.pictures,
            networks: config.networks.iter().map(|network| network.id).collect(),
            directory: super::directory(&config.gateway.state_dir),
            editor: editor::file(&config.gateway.state_dir),
        }
    }
}

/// What the service works with.
#[derive(Clone)]
pub struct Context {
    /// Asks the servers; has the clock.
    pub fetcher: Fetcher,
    /// Takes new boards; called only when something has changed.
    pub publish: Publish,
    /// When failures are tried again.
    pub pace: Pace,
    /// Wakes the feeds that failed: the uplink is back.
    pub retry: Arc<Notify>,
    /// Makes this gateway's pauses differ from others'.
    pub seed: u64,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// The running service; its tasks end when it is dropped.
#[derive(Debug)]
pub struct Service {
    context: Context,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

/// What the tasks share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    context: Context,
    cache: Cache,
    requests: Semaphore,
    /// Held while a picture is decoded: one at a time is what a small gateway's memory allows.
    decoding: Mutex<()>,
    state: State,
}

/// How everything stands, for administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Items that the pages show now.
    pub items: usize,
    /// Notices that they show.
    pub notices: usize,
    /// Pictures at hand.
    pub pictures: usize,
    /// Every feed.
    pub feeds: Vec<FeedStatus>,
}

impl Service {
    /// Reads the last good copies, publishes them, and begins to ask. Inside a tokio runtime.
    #[must_use]
    pub fn start(settings: Settings, context: Context) -> Self {
        let state = State::default();
        let (shared, tasks) = begin(settings, context.clone(), state);
        Self {
            context,
            shared,
            tasks,
        }
    }

    /// Goes over to other settings; feeds that stay keep what they said and are asked anew.
    pub fn reconfigure(&mut self, settings: Settings) {
        if settings == self.shared.settings {
            return;
        }
        self.tasks.abort_all();
        let state = self.shared.state.hand_over();
        (self.shared, self.tasks) = begin(settings, self.context.clone(), state);
    }

    /// How everything stands.
    #[must_use]
    pub fn status(&self) -> Status {
        let board = self.shared.state.published();
        Status {
            items: board.items.len(),
            notices: board.notices.len(),
            pictures: board.pictures.len(),
            feeds: self.shared.state.feeds(&self.shared.settings.feeds),
        }
    }

    /// Ends every task.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

/// The name of a feed's copy: whatever decides what the feed says.
fn name_of(feed: &Feed) -> ItemId {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
    id_of(&[
        feed.kind.name(),
        &feed.url,
        &or_none(&feed.istat),
        &or_none(&feed.zone),
    ])
}

fn begin(settings: Settings, context: Context, known: State) -> (Arc<Shared>, JoinSet<()>) {
    let shared = Arc::new(Shared {
        cache: Cache::new(settings.directory.clone()),
        settings,
        context,
        requests: Semaphore::new(MOST_REQUESTS),
        decoding: Mutex::new(()),
        state: known,
    });
    let seen = signature(&shared.settings.editor);
    shared.restore();
    let mut tasks = JoinSet::new();
    for (index, feed) in shared.settings.feeds.iter().enumerate() {
        let number = u64::try_from(index).unwrap_or(0).rotate_left(32);
        let dice = Dice::new(shared.context.seed ^ number);
        tasks.spawn(keep_fresh(Arc::clone(&shared), feed.clone(), dice));
    }
    tasks.spawn(watch_editor(Arc::clone(&shared), seen));
    (shared, tasks)
}

/// Asks a feed again and again.
async fn keep_fresh(shared: Arc<Shared>, feed: Feed, mut dice: Dice) {
    let name = name_of(&feed);
    loop {
        let now = shared.now();
        let outcome = refresh::ask(&shared, &feed, shared.state.validators(&name), now).await;
        let failures = shared.settle(&feed, &name, outcome).await;
        if shared.settings.pictures {
            pictures::fetch(&shared, &feed, &name).await;
        }
        let pace = shared.context.pace;
        let pause = dice.spread(pace.pause(&feed, shared.settings.refresh, failures));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.context.retry.notified(), if failures > 0 => {}
        }
    }
}

/// Reads the editor's file when it changes, and makes a board now and then.
async fn watch_editor(shared: Arc<Shared>, mut seen: Option<Signature>) {
    loop {
        for _ in 0..LOOKS_PER_BOARD {
            tokio::time::sleep(LOOK).await;
            let latest = signature(&shared.settings.editor);
            if latest != seen {
                seen = latest;
                shared.read_editor();
            }
        }
        shared.publish();
    }
}

/// What tells one state of a file from another; nothing for no file.
fn signature(path: &Path) -> Option<Signature> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len(), metadata.ino()))
}

impl Shared {
    fn now(&self) -> jiff::Timestamp {
        (self.context.fetcher.clock)().wall
    }

    /// One request, when it is its turn.
    async fn get(&self, ask: &Ask) -> Result<Answer, FetchError> {
        // Never closed.
        let _turn = self.requests.acquire().await;
        self.context.fetcher.get(ask).await
    }

    /// What is on disk, for feeds that have said nothing yet.
    fn restore(&self) {
        for feed in &self.settings.feeds {
            let name = name_of(feed);
            if self.state.knows(&name) {
                self.state.adopt(feed, &name, None);
                continue;
            }
            let copy = self.cache.feed(&name).unwrap_or_else(|error| {
                tracing::warn!(%error, "a kept copy of a news feed is not used");
                None
            });
            self.state.adopt(feed, &name, copy);
        }
        let feeds: BTreeSet<ItemId> = self.settings.feeds.iter().map(name_of).collect();
        self.state.retain(&feeds);
        if let Err(error) = self.cache.retain(&feeds, &self.state.pictures_named()) {
            tracing::warn!(%error, "old copies of news feeds cannot be deleted");
        }
        self.read_editor();
        if self.settings.pictures {
            pictures::restore(self);
        }
    }

    /// Takes over what the editor's file says.
    fn read_editor(&self) {
        match editor::read(&self.settings.editor) {
            Ok(local) => self.state.set_local(local),
            Err(error) => {
                tracing::warn!(%error, "the local editor's file is not used; what it said before stays");
            }
        }
        self.publish();
    }

    /// Makes a board, and publishes it if it differs from the last one.
    fn publish(&self) {
        self.state
            .publish(&self.settings, self.now(), &*self.context.publish);
    }

    /// Takes in what became of a request; the number of failures in a row.
    async fn settle(
        self: &Arc<Self>,
        feed: &Feed,
        name: &ItemId,
        outcome: Result<refresh::Outcome, FeedError>,
    ) -> u32 {
        let settled = self.state.settle(feed, name, outcome, self.now());
        self.publish();
        if let Some(copy) = settled.keep {
            let (shared, name) = (Arc::clone(self), name.clone());
            let kept = tokio::task::spawn_blocking(move || {
                let kept = shared.cache.keep_feed(&name, &copy);
                let feeds = shared.settings.feeds.iter().map(name_of).collect();
                kept.and_then(|()| shared.cache.retain(&feeds, &shared.state.pictures_named()))
            });
            if let Ok(Err(error)) = kept.await {
                tracing::error!(%error, "the copy of a news feed cannot be kept");
            }
        }
        settled.failures
    }
}
