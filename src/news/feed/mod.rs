//! Bytes of a feed → news items: RSS, Atom, JSON Feed, and the JSON of the app Municipium.

mod json;
#[cfg(test)]
mod tests;
mod xml;

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{MOST_KEPT, MOST_SUMMARY, MOST_TITLE, ParseError, id_of, sanitise};
use crate::config::{Feed, FeedKind};
use crate::model::{ItemId, NewsItem};

/// Most entries of a document that are looked at: those that come first.
const MOST_ENTRIES: usize = 200;
/// Longest text that says what a picture shows, characters.
const MOST_ALTERNATIVE: usize = 200;
/// A clock that is wrong by less is a clock that is wrong; more is a trick to stay on top.
const MOST_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// What is expected, in messages.
const EXPECTED: &str = "a feed (RSS, Atom or JSON Feed)";

/// An item, and the picture that its feed has for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The item, without a picture.
    pub item: NewsItem,
    /// The picture that can be fetched.
    pub picture: Option<PictureSource>,
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureSource {
    /// Its name on the board.
    pub id: ItemId,
    /// Its address; begins with `https://` or `http://`.
    pub url: String,
    /// What it shows; may be empty.
    pub shows: String,
}

/// An item as the formats give it; text is HTML.
#[derive(Debug, Default)]
struct Draft {
    guid: String,
    title: String,
    link: String,
    summary: String,
    body: Body,
    published: Option<Timestamp>,
    picture: Option<String>,
}

/// The text of an item.
#[derive(Debug)]
enum Body {
    Html(String),
    Plain(String),
}

impl Default for Body {
    fn default() -> Self {
        Self::Html(String::new())
    }
}

/// Reads a document: the newest items, at most [`MOST_KEPT`], the newest first.
///
/// # Errors
/// It is not what the feed's kind says, or has more of something than an honest one.
pub fn read(feed: &Feed, bytes: &[u8], now: Timestamp) -> Result<Vec<Entry>, ParseError> {
    let bytes = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let drafts = match (feed.kind, bytes.first()) {
        (FeedKind::Municipium, _) => json::read_municipium(bytes)?,
        (_, Some(b'{')) => json::read_feed(bytes)?,
        // UTF-16 begins with a byte order mark or a zero.
        (_, Some(b'<' | 0 | 0xfe | 0xff)) => xml::read(bytes, &feed.url)?,
        _ => return Err(ParseError::Kind(EXPECTED)),
    };
    let base = Url::parse(&feed.url).ok();
    let mut known = BTreeSet::new();
    let mut entries: Vec<Entry> = drafts
        .into_iter()
        .filter_map(|draft| entry(feed, base.as_ref(), draft, now))
        .filter(|entry| known.insert(entry.item.id.clone()))
        .collect();
    // Stable: without dates the feed's own order stays.
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.item.published));
    entries.truncate(MOST_KEPT);
    Ok(entries)
}

/// Cleans what a format gave; nothing for an item without any text.
fn entry(feed: &Feed, feed_url: Option<&Url>, draft: Draft, now: Timestamp) -> Option<Entry> {
    let link = sanitise::link(&draft.link, feed_url);
    let page = link.as_deref().and_then(|link| Url::parse(link).ok());
    let base = page.as_ref().or(feed_url);
    let (body, picture) = match &draft.body {
        Body::Plain(text) => (sanitise::paragraphs(text), None),
        Body::Html(html) if html.trim().is_empty() => (
            sanitise::blocks(&draft.summary, base),
            sanitise::picture(&draft.summary, base),
        ),
        Body::Html(html) => (sanitise::blocks(html, base), sanitise::picture(html, base)),
    };
    let mut summary = sanitise::plain(&draft.summary, MOST_SUMMARY);
    if summary.is_empty() {
        summary = sanitise::line(&sanitise::words(&body), MOST_SUMMARY);
    }
    let mut title = sanitise::plain(&draft.title, MOST_TITLE);
    if title.is_empty() {
        title = sanitise::line(&summary, MOST_TITLE / 2);
    }
    if title.is_empty() {
        return None;
    }
    let guid = [&draft.guid, &draft.link, &draft.title]
        .into_iter()
        .find(|name| !name.trim().is_empty())
        .map_or(title.as_str(), |name| name.trim());
    let named = draft.picture.and_then(|url| sanitise::link(&url, base));
    let picture = named.map(|url| (url, String::new())).or(picture);
    Some(Entry {
        picture: picture.map(|(url, shows)| PictureSource {
            id: id_of(&["picture", &url]),
            shows: sanitise::line(&shows, MOST_ALTERNATIVE),
            url,
        }),
        item: NewsItem {
            id: id_of(&[&feed.url, guid]),
            title,
            summary,
            body,
            link,
            published: draft.published.filter(|at| at.duration_since(now) < MOST_AHEAD),
            starts: None,
            expires: None,
            lang: feed.lang.clone(),
            source: feed.source.clone(),
            picture: None,
            pinned: false,
            scope: feed.scope.clone(),
        },
    })
}
