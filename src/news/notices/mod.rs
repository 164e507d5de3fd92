//! Urgent notices: bytes of alert feeds → [`Notice`]s. Pure; the service fetches.
//!
//! ```text
//! begin(feed) ─► addresses ─► read(feed, documents) ─┬─► Notices
//!                                                    └─► Follow(addresses) ─► follow(feed, documents) ─► notices
//! ```
//!
//! A document that cannot be read is an error, and the notices of before stay; one that says nothing
//! for the comune's area gives none. An alert without an end ends a day after it was sent: no feed that
//! died leaves the town under a red bar.

mod allertalom;
mod bulletin;
mod cap;
mod cap_notices;
mod index;
mod text;
mod xml;
mod zip;

use jiff::Timestamp;

use super::{Document, MOST_NOTICES, ParseError};
use crate::config::{Feed, FeedKind};
use crate::model::Notice;
use index::Index;
use xml::XmlError;

/// Most addresses that are followed from an index.
pub const MOST_FOLLOWED: usize = 20;

/// Longest answer of a feed's address, bytes. The Protezione Civile's archive, the only form of its
/// bulletin at an address that does not change, holds maps beside the bulletin.
#[must_use]
pub const fn most_bytes(kind: FeedKind) -> usize {
    match kind {
        FeedKind::ProtezioneCivile => 8 << 20,
        _ => 1 << 20,
    }
}

/// What the first documents of an alert feed say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The notices themselves.
    Notices(Vec<Notice>),
    /// An index: the alerts are at these addresses (absolute; at most [`MOST_FOLLOWED`]).
    Follow(Vec<String>),
}

/// The addresses to ask first, usually the feed's own; all must answer. With exactly one the request
/// is conditional, and an unchanged answer keeps the notices of before.
#[must_use]
pub fn begin(feed: &Feed, _now: Timestamp) -> Vec<String> {
    match feed.kind {
        FeedKind::Allertalom => allertalom::addresses(&feed.url, feed.istat.as_deref()),
        _ => vec![feed.url.clone()],
    }
}

/// Reads what [`begin`]'s addresses answered, in their order.
///
/// # Errors
/// The documents are not what the feed's kind says.
pub fn read(feed: &Feed, documents: &[Document], now: Timestamp) -> Result<Step, ParseError> {
    match feed.kind {
        FeedKind::Allertalom => allertalom::read(feed, documents, now)
            .map(finish)
            .map(Step::Notices),
        FeedKind::ProtezioneCivile => bulletin::read(feed, documents, now)
            .map(finish)
            .map(Step::Notices),
        _ => read_cap(feed, documents, now),
    }
}

/// Reads what the addresses of an index answered; those that did not answer are missing.
///
/// # Errors
/// None of the documents holds an alert.
pub fn follow(feed: &Feed, documents: &[Document], now: Timestamp) -> Result<Vec<Notice>, ParseError> {
    let mut alerts = Vec::new();
    let mut failure = None;
    for document in documents {
        // One that cannot be read does not keep the others from being shown.
        match xml::read(&document.bytes) {
            Ok(root) => alerts.extend(index::alerts(&root)),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(error) if alerts.is_empty() => Err(error.into()),
        _ => Ok(finish(cap_notices::notices(&alerts, feed, now))),
    }
}

fn read_cap(feed: &Feed, documents: &[Document], now: Timestamp) -> Result<Step, ParseError> {
    let mut alerts = Vec::new();
    let mut links = Vec::new();
    for document in documents {
        match index::read(&xml::read(&document.bytes)?, now)? {
            Index::Alerts(found) => alerts.extend(found),
            Index::Links(found) => links.extend(found),
        }
    }
    if alerts.is_empty() && !links.is_empty() {
        links.truncate(MOST_FOLLOWED);
        return Ok(Step::Follow(links));
    }
    Ok(Step::Notices(finish(cap_notices::notices(&alerts, feed, now))))
}

/// The most urgent first, then the one that ends first; each once.
fn finish(mut notices: Vec<Notice>) -> Vec<Notice> {
    notices.sort_by(|a, b| {
        let key = |notice: &Notice| (notice.color, notice.ends, notice.id.clone());
        key(a).cmp(&key(b))
    });
    notices.dedup_by(|a, b| a.id == b.id || (a.text == b.text && a.lang == b.lang && a.ends == b.ends));
    notices.truncate(MOST_NOTICES);
    notices
}

impl From<XmlError> for ParseError {
    fn from(error: XmlError) -> Self {
        match error {
            XmlError::Empty => Self::Kind("XML"),
            XmlError::Form(what) => Self::Malformed(what),
            XmlError::Long => Self::Refused("too much XML"),
            XmlError::Large => Self::Refused("too many elements of XML"),
            XmlError::Deep => Self::Refused("XML nested too deeply"),
        }
    }
}

#[cfg(test)]
mod tests;
