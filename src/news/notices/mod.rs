//! Urgent notices: bytes of alert feeds → [`Notice`]s. Pure; the service fetches.
//!
//! ```text
//! begin(feed) ─► addresses ─► read(feed, documents) ─┬─► Notices
//!                                                    └─► Follow(addresses) ─► follow(feed, documents) ─► notices
//! ```

use jiff::Timestamp;

use super::{Document, ParseError};
use crate::config::Feed;
use crate::model::Notice;

/// Most addresses that are followed from an index.
pub const MOST_FOLLOWED: usize = 20;

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
    vec![feed.url.clone()]
}

/// Reads what [`begin`]'s addresses answered, in their order.
///
/// # Errors
/// The documents are not what the feed's kind says.
pub fn read(_feed: &Feed, _documents: &[Document], _now: Timestamp) -> Result<Step, ParseError> {
    Ok(Step::Notices(Vec::new()))
}

/// Reads what the addresses of an index answered; those that did not answer are missing.
///
/// # Errors
/// The documents are not what the feed's kind says.
pub fn follow(_feed: &Feed, _documents: &[Document], _now: Timestamp) -> Result<Vec<Notice>, ParseError> {
    Ok(Vec::new())
}
