//! What the gateway reads of feeds, alerts, pictures and the editor's file, and of the HTML in them.

#[path = "../../src/news/document.rs"]
mod document;
#[path = "../../src/news/editor/mod.rs"]
pub mod editor;
#[path = "../../src/news/feed/mod.rs"]
pub mod feed;
#[path = "../../src/news/notices/mod.rs"]
pub mod notices;
#[path = "../../src/news/picture.rs"]
pub mod picture;
#[path = "../../src/news/sanitise/mod.rs"]
pub mod sanitise;

pub use self::document::{
    Document, MOST_KEPT, MOST_NOTICES, MOST_SUMMARY, MOST_TITLE, ParseError, directory,
};
use crate::model::ItemId;

/// As stable as the gateway's, and without its hash.
pub fn id_of(parts: &[&str]) -> ItemId {
    let mut bytes = [0; 8];
    for (place, byte) in parts.iter().flat_map(|part| part.bytes()).enumerate() {
        bytes[place % 8] ^= byte.rotate_left(u32::try_from(place % 8).unwrap_or(0));
    }
    ItemId::from_bytes(bytes)
}
