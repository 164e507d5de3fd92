//! Asks a feed once: the requests that it takes, and what they say.

use jiff::Timestamp;
use url::Url;

use crate::config::Feed;
use crate::model::Notice;
use crate::news::feed::{self, Entry};
use crate::news::fetch::{Answer, Ask, FetchError, Validators};
use crate::news::notices::{self, MOST_FOLLOWED, Step};
use crate::news::{Document, MOST_NOTICES, ParseError};

use super::Shared;

/// Why a feed could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// It was not fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It was not understood.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// Reading it ended with a panic: a bug.
    #[error("reading it failed inside")]
    Inside,
    /// Alerts of an index are missing; the others are shown.
    #[error("{missing} of {of} alerts cannot be fetched: {source}")]
    Part {
        /// How many.
        missing: usize,
        /// Of how many.
        of: usize,
        /// What became of the last one.
        source: FetchError,
    },
}

impl FeedError {
    /// A word for the kind of failure: the log has a line when it changes.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Fetch(error) => match error {
                FetchError::Url(_) => "url",
                FetchError::Resolve(_) => "name",
                FetchError::Private => "private-address",
                FetchError::Connect(_) => "connection",
                FetchError::Tls(_) => "tls",
                FetchError::Ca { .. } => "ca",
                FetchError::Http(_) => "http",
                FetchError::Status(_) => "status",
                FetchError::Redirect(_) => "redirect",
                FetchError::Slow(_) => "slow",
                FetchError::Long(_) => "long",
                FetchError::Compressed => "compressed",
            },
            Self::Parse(ParseError::Kind(_)) => "not-a-feed",
            Self::Parse(ParseError::Malformed(_)) => "malformed",
            Self::Parse(ParseError::Refused(_)) => "refused",
            Self::Inside => "inside",
            Self::Part { .. } => "part",
        }
    }
}

/// What a feed said.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The same as before.
    Unchanged,
    /// This.
    Read {
        entries: Vec<Entry>,
        notices: Vec<Notice>,
        validators: Validators,
        /// What is missing.
        trouble: Option<FeedError>,
    },
}

/// Asks a feed.
pub(super) async fn ask(
    shared: &Shared,
    feed: &Feed,
    validators: Validators,
    now: Timestamp,
) -> Result<Outcome, FeedError> {
    if feed.kind.is_urgent() {
        return ask_urgent(shared, feed, validators, now).await;
    }
    let request = Ask {
        validators,
        ..Ask::of(feed, feed.url.clone())
    };
    let Answer::Changed { bytes, validators } = shared.get(&request).await? else {
        return Ok(Outcome::Unchanged);
    };
    let read_as = feed.clone();
    let entries = aside(move || feed::read(&read_as, &bytes, now)).await?;
    Ok(Outcome::Read {
        entries,
        notices: Vec::new(),
        validators,
        trouble: None,
    })
}

async fn ask_urgent(
    shared: &Shared,
    feed: &Feed,
    validators: Validators,
    now: Timestamp,
) -> Result<Outcome, FeedError> {
    let urls = notices::begin(feed, now);
    let is_one = urls.len() == 1;
    let mut documents = Vec::new();
    let mut latest = Validators::default();
    for url in urls {
        let mut request = Ask {
            most: notices::most_bytes(feed.kind),
            ..ask_for(feed, url)
        };
        if is_one {
            request.validators = validators.clone();
        }
        match shared.get(&request).await? {
            Answer::Unchanged => return Ok(Outcome::Unchanged),
            Answer::Changed { bytes, validators } => {
                documents.push(Document {
                    url: request.url,
                    bytes,
                });
                latest = validators;
            }
        }
    }
    let read_as = feed.clone();
    let step = aside(move || notices::read(&read_as, &documents, now)).await?;
    let (mut found, trouble) = match step {
        Step::Notices(found) => (found, None),
        Step::Follow(urls) => follow(shared, feed, urls, now).await?,
    };
    found.truncate(MOST_NOTICES);
    Ok(Outcome::Read {
        entries: Vec::new(),
        notices: found,
        // What is missing is asked for again even if the index stays the same.
        validators: if is_one && trouble.is_none() {
            latest
        } else {
            Validators::default()
        },
        trouble,
    })
}

/// Fetches the alerts of an index: those that answer are shown, but not if none does.
async fn follow(
    shared: &Shared,
    feed: &Feed,
    mut urls: Vec<String>,
    now: Timestamp,
) -> Result<(Vec<Notice>, Option<FeedError>), FeedError> {
    urls.truncate(MOST_FOLLOWED);
    let of = urls.len();
    let mut documents = Vec::new();
    let mut trouble = None;
    for url in urls {
        let request = ask_for(feed, url);
        match shared.get(&request).await {
            Ok(Answer::Changed { bytes, .. }) => documents.push(Document {
                url: request.url,
                bytes,
            }),
            // Nothing was asked with validators.
            Ok(Answer::Unchanged) => {}
            Err(source) if documents.is_empty() && of == 1 => return Err(source.into()),
            Err(source) => trouble = Some(source),
        }
    }
    let missing = of - documents.len();
    let trouble = trouble.map(|source| FeedError::Part { missing, of, source });
    if let Some(trouble) = trouble {
        if documents.is_empty() {
            return Err(trouble);
        }
        let feed = feed.clone();
        let found = aside(move || notices::follow(&feed, &documents, now)).await?;
        return Ok((found, Some(trouble)));
    }
    let feed = feed.clone();
    let found = aside(move || notices::follow(&feed, &documents, now)).await?;
    Ok((found, None))
}

/// A request that has the feed's privileges only with the feed's own host.
pub(super) fn ask_for(feed: &Feed, url: String) -> Ask {
    let host = |url: &str| {
        Url::parse(url)
            .ok()
            .and_then(|url| url.host().map(|host| host.to_owned()))
    };
    let is_own = host(&url) == host(&feed.url);
    let ask = Ask::of(feed, url);
    Ask {
        private: ask.private && is_own,
        insecure: ask.insecure && is_own,
        ..ask
    }
}

/// Reads foreign bytes beside the async tasks: it takes long on a small gateway.
async fn aside<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, ParseError> + Send + 'static,
) -> Result<T, FeedError> {
    match tokio::task::spawn_blocking(read).await {
        Ok(read) => Ok(read?),
        Err(_) => Err(FeedError::Inside),
    }
}
