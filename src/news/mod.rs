//! What the comune tells people: feeds and alerts that the gateway fetches, and what the local editor
//! wrote, made into one [`Board`](crate::model::Board).
//!
//! Whatever comes from outside is taken for hostile: it is bounded in time, size and number, becomes
//! plain text and a small tree of marks, and never replaces the last good copy when it cannot be read.
//!
//! | module | does |
//! |---|---|
//! | [`fetch`] | one HTTPS request, to public addresses only |
//! | [`feed`] | bytes → news items |
//! | [`notices`] | bytes → urgent notices |
//! | [`editor`] | the local editor's file → items, notices, pins |
//! | [`picture`] | bytes → a small picture |
//! | [`sanitise`] | HTML → blocks and plain text |
//! | [`cache`] | the last good copies on disk |
//! | [`service`] | when to ask what, and what became of it |

pub mod cache;
pub mod editor;
pub mod feed;
pub mod fetch;
pub mod notices;
pub mod picture;
pub mod sanitise;
pub mod service;

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::model::ItemId;

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

/// The stable name of what is told apart by `parts`, for example the feed's address and the item's
/// identifier in it.
#[must_use]
pub fn id_of(parts: &[&str]) -> ItemId {
    let mut hash = Sha256::new();
    for part in parts {
        // The length keeps ["ab", "c"] and ["a", "bc"] apart.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    ItemId::from_bytes(first)
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn names_are_stable_and_tell_apart_where_parts_end() {
        assert_eq!(
            id_of(&["https://a.example/", "1"]),
            id_of(&["https://a.example/", "1"])
        );
        assert_ne!(id_of(&["ab", "c"]), id_of(&["a", "bc"]));
        assert_ne!(id_of(&["ab"]), id_of(&["ab", ""]));
    }
}
