//! What was fetched, how much of it is kept, and why it may be of no use: the words that the readers of
//! this module share.

use std::path::{Path, PathBuf};

/// Longest title of an item, characters.
pub const MOST_TITLE: usize = 160;
/// Longest summary of an item, characters.
pub const MOST_SUMMARY: usize = 300;
/// Most news items that are kept of one feed.
pub const MOST_KEPT: usize = 50;
/// Most notices that are kept of one feed.
pub const MOST_NOTICES: usize = 20;

/// What was fetched from an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The address.
    pub url: String,
    /// The body, at most 1 MiB.
    pub bytes: Vec<u8>,
}

/// Why what was fetched is not what the feed should be. The text is for the log: it never quotes the
/// document at length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Another kind of document, for example a page of HTML.
    #[error("this is not {0}")]
    Kind(&'static str),
    /// The right kind, with a mistake of form.
    #[error("malformed: {0}")]
    Malformed(String),
    /// More of something than any honest feed has.
    #[error("refused: {0}")]
    Refused(&'static str),
}

/// Where everything of this module is kept, below the service's state directory.
#[must_use]
pub fn directory(state_dir: &Path) -> PathBuf {
    state_dir.join("news")
}
