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
mod document;
pub mod editor;
pub mod feed;
pub mod fetch;
pub mod notices;
pub mod picture;
pub mod sanitise;
pub mod service;

use sha2::{Digest, Sha256};

pub use self::document::{
    Document, MOST_KEPT, MOST_NOTICES, MOST_SUMMARY, MOST_TITLE, ParseError, directory,
};
use crate::model::ItemId;

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
