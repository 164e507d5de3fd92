//! What is known at a moment, behind one lock that is never held while something waits.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use super::board::{self, Parts};
use super::refresh::{FeedError, Outcome};
use super::{Settings, name_of};
use crate::config::Feed;
use crate::model::{Board, ItemId, Picture};
use crate::news::cache::Copy;
use crate::news::editor::Local;
use crate::news::feed::PictureSource;
use crate::news::fetch::Validators;
use crate::news::sanitise::line;

/// Longest reason in log and status, characters.
const MOST_REASON: usize = 240;

/// How a feed stands, for administrators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedStatus {
    /// Who says it.
    pub source: String,
    /// `kind` of the file.
    pub kind: &'static str,
    /// Host that is asked.
    pub host: String,
    /// When it last answered well; before a restart, when its copy was made.
    pub last_success: Option<Timestamp>,
    /// Why it cannot be used, if so.
    pub trouble: Option<Trouble>,
    /// News of it at hand.
    pub items: usize,
    /// Notices of it at hand.
    pub notices: usize,
}

/// Why a feed cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// See [`FeedError::kind`].
    pub kind: &'static str,
    /// For people.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    feeds: BTreeMap<ItemId, FeedState>,
    local: Local,
    pictures: BTreeMap<ItemId, Arc<Picture>>,
    /// Pictures that could not be fetched, and how often.
    failed: BTreeMap<ItemId, u32>,
    published: Arc<Board>,
    /// Another state has taken over; a task of the past must not publish.
    handed_over: bool,
}

#[derive(Debug, Default)]
struct FeedState {
    copy: Copy,
    last_success: Option<Timestamp>,
    trouble: Option<Trouble>,
    failures: u32,
}

/// What became of a request.
pub(super) struct Settled {
    /// A copy that says something new.
    pub(super) keep: Option<Copy>,
    /// In a row.
    pub(super) failures: u32,
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything, for a state that takes over from here.
    pub(super) fn hand_over(&self) -> Self {
        let mut known = self.lock();
        let taken = std::mem::take(&mut *known);
        known.handed_over = true;
        known.published = Arc::clone(&taken.published);
        Self(Mutex::new(taken))
    }

    pub(super) fn knows(&self, name: &ItemId) -> bool {
        self.lock().feeds.contains_key(name)
    }

    /// Takes a feed in, with a copy from disk or the one that is known, under the names and the scope
    /// that the configuration gives it now.
    pub(super) fn adopt(&self, feed: &Feed, name: &ItemId, copy: Option<Copy>) {
        let mut known = self.lock();
        let state = known.feeds.entry(name.clone()).or_default();
        if let Some(copy) = copy {
            state.last_success = copy.made;
            state.copy = copy;
        }
        for entry in &mut state.copy.entries {
            entry.item.source.clone_from(&feed.source);
            entry.item.lang.clone_from(&feed.lang);
            entry.item.scope.clone_from(&feed.scope);
        }
        for notice in &mut state.copy.notices {
            notice.source.clone_from(&feed.source);
            notice.scope.clone_from(&feed.scope);
        }
    }

    /// Forgets other feeds.
    pub(super) fn retain(&self, feeds: &BTreeSet<ItemId>) {
        self.lock().feeds.retain(|name, _| feeds.contains(name));
    }

    pub(super) fn set_local(&self, local: Local) {
        self.lock().local = local;
    }

    pub(super) fn published(&self) -> Arc<Board> {
        Arc::clone(&self.lock().published)
    }

    pub(super) fn validators(&self, name: &ItemId) -> Validators {
        let known = self.lock();
        let state = known.feeds.get(name);
        state
            .map(|state| state.copy.validators.clone())
            .unwrap_or_default()
    }

    /// Makes a board, and publishes it if it differs from the last one.
    pub(super) fn publish(&self, settings: &Settings, now: Timestamp, publish: &dyn Fn(Arc<Board>)) {
        let mut known = self.lock();
        if known.handed_over {
            return;
        }
        let feeds = settings.feeds.iter().map(name_of);
        let board = board::build(
            &Parts {
                feeds: feeds
                    .filter_map(|name| known.feeds.get(&name))
                    .map(|state| &state.copy)
                    .collect(),
                local: &known.local,
                pictures: &known.pictures,
                networks: &settings.networks,
                most_items: settings.most_items,
            },
            now,
        );
        if board == *known.published {
            return;
        }
        let board = Arc::new(board);
        known.published = Arc::clone(&board);
        known.pictures.retain(|name, _| board.pictures.contains_key(name));
        // Under the lock, so that an older board never comes after a newer one.
        publish(board);
    }

    /// Takes in what became of a request, and says so in the log if it is news.
    pub(super) fn settle(
        &self,
        feed: &Feed,
        name: &ItemId,
        outcome: Result<Outcome, FeedError>,
        now: Timestamp,
    ) -> Settled {
        let mut known = self.lock();
        let state = known.feeds.entry(name.clone()).or_default();
        let mut keep = None;
        let trouble = match outcome {
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                Some(error)
            }
            Ok(outcome) => {
                state.failures = 0;
                state.last_success = Some(now);
                match outcome {
                    Outcome::Unchanged => None,
                    Outcome::Read {
                        entries,
                        notices,
                        validators,
                        trouble,
                    } => {
                        let copy = Copy {
                            entries,
                            notices,
                            validators,
                            made: Some(now),
                        };
                        keep = (!copy.says_the_same(&state.copy)).then(|| copy.clone());
                        state.copy = copy;
                        trouble
                    }
                }
            }
        };
        state.note(feed, trouble.as_ref(), now);
        Settled {
            keep,
            failures: state.failures,
        }
    }

    /// How the feeds stand, in the order of the file.
    pub(super) fn feeds(&self, feeds: &[Feed]) -> Vec<FeedStatus> {
        let known = self.lock();
        let status = |feed: &Feed| {
            let state = known.feeds.get(&name_of(feed));
            FeedStatus {
                source: feed.source.clone(),
                kind: feed.kind.name(),
                host: host(feed),
                last_success: state.and_then(|state| state.last_success),
                trouble: state.and_then(|state| state.trouble.clone()),
                items: state.map_or(0, |state| state.copy.entries.len()),
                notices: state.map_or(0, |state| state.copy.notices.len()),
            }
        };
        feeds.iter().map(status).collect()
    }

    /// The names of all pictures that the feeds have.
    pub(super) fn pictures_named(&self) -> BTreeSet<ItemId> {
        let known = self.lock();
        let entries = known.feeds.values().flat_map(|state| &state.copy.entries);
        entries
            .filter_map(|entry| Some(entry.picture.as_ref()?.id.clone()))
            .collect()
    }

    /// The pictures that the board lacks: of one feed, or of all.
    pub(super) fn pictures_lacking(&self, feed: Option<&ItemId>, most_failures: u32) -> Vec<PictureSource> {
        let known = self.lock();
        let shown: BTreeSet<&ItemId> = known.published.items.iter().map(|item| &item.id).collect();
        let feeds = known
            .feeds
            .iter()
            .filter(|(name, _)| feed.is_none_or(|feed| feed == *name));
        let entries = feeds.flat_map(|(_, state)| &state.copy.entries);
        entries
            .filter(|entry| shown.contains(&entry.item.id))
            .filter_map(|entry| entry.picture.clone())
            .filter(|picture| !known.pictures.contains_key(&picture.id))
            .filter(|picture| {
                known
                    .failed
                    .get(&picture.id)
                    .is_none_or(|times| *times < most_failures)
            })
            .collect()
    }

    pub(super) fn add_picture(&self, name: ItemId, picture: Picture) {
        let mut known = self.lock();
        known.failed.remove(&name);
        known.pictures.insert(name, Arc::new(picture));
    }

    pub(super) fn picture_failed(&self, name: ItemId) {
        let mut known = self.lock();
        // Only of pictures that are still wanted.
        let named: BTreeSet<ItemId> = known
            .feeds
            .values()
            .flat_map(|state| &state.copy.entries)
            .filter_map(|entry| Some(entry.picture.as_ref()?.id.clone()))
            .collect();
        known.failed.retain(|name, _| named.contains(name));
        *known.failed.entry(name).or_default() += 1;
    }
}

impl FeedState {
    /// One line in the log when a feed begins to fail, fails in another way, or is good again.
    fn note(&mut self, feed: &Feed, error: Option<&FeedError>, now: Timestamp) {
        let before = self.trouble.as_ref().map(|trouble| trouble.kind);
        let Some(error) = error else {
            if self.trouble.take().is_some() {
                tracing::info!(
                    feed = host(feed),
                    source = feed.source,
                    "the news feed is good again"
                );
            }
            return;
        };
        // Parts of it are a stranger's words.
        let reason = line(&error.to_string(), MOST_REASON);
        if before == Some(error.kind()) {
            if let Some(trouble) = &mut self.trouble {
                trouble.reason = reason;
            }
            return;
        }
        let has_copy = self.last_success.is_some();
        tracing::warn!(
            feed = host(feed),
            source = feed.source,
            kind = error.kind(),
            "{} cannot be used: {reason}; {}",
            if matches!(error, FeedError::Part { .. }) {
                "part of a news feed"
            } else {
                "a news feed"
            },
            if has_copy {
                "what it said last stays"
            } else {
                "there is no copy of it yet"
            },
        );
        self.trouble = Some(Trouble {
            kind: error.kind(),
            reason,
            since: now,
        });
    }
}

/// What stands for a feed in the log: the rest of an address may hold a key.
fn host(feed: &Feed) -> String {
    let url = Url::parse(&feed.url).ok();
    url.and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;

    use super::{Copy, State, name_of};
    use crate::config::{Feed, FeedKind};
    use crate::model::{ItemId, NewsItem, Notice, NoticeColor, Scope};
    use crate::news::feed::Entry;

    #[test]
    fn what_a_feed_said_is_shown_where_the_file_says_now() {
        let id = ItemId::from_bytes([1; 8]);
        let copy = Copy {
            entries: vec![Entry {
                item: NewsItem {
                    id: id.clone(),
                    title: "Mercato".to_owned(),
                    summary: String::new(),
                    body: Vec::new(),
                    link: None,
                    published: None,
                    starts: None,
                    expires: None,
                    lang: "it".to_owned(),
                    source: "Prima".to_owned(),
                    picture: None,
                    pinned: false,
                    scope: Scope::All,
                },
                picture: None,
            }],
            notices: vec![Notice {
                id,
                text: "Vento".to_owned(),
                color: NoticeColor::Red,
                starts: None,
                ends: Some(Timestamp::MAX),
                link: None,
                lang: "it".to_owned(),
                source: "Prima".to_owned(),
                scope: Scope::All,
            }],
            ..Copy::default()
        };
        let mut feed = Feed::new(FeedKind::News, "https://a.example/", "Prima");
        let (state, name) = (State::default(), name_of(&feed));
        state.adopt(&feed, &name, Some(copy));
        feed.scope = Scope::Only(BTreeSet::from(["molini".parse().unwrap()]));
        "Dopo".clone_into(&mut feed.source);
        state.adopt(&feed, &name, None);
        let known = state.lock();
        let copy = &known.feeds[&name].copy;
        let (item, notice) = (&copy.entries[0].item, &copy.notices[0]);
        assert_eq!((&item.scope, &notice.scope), (&feed.scope, &feed.scope));
        assert_eq!((item.source.as_str(), notice.source.as_str()), ("Dopo", "Dopo"));
    }
}
