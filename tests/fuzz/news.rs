//! What the gateway reads of feeds, alerts, pictures and the editor's file, and of the HTML in them.

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

use std::path::{Path, PathBuf};

use crate::model::ItemId;

pub const MOST_KEPT: usize = 50;
pub const MOST_NOTICES: usize = 20;
pub const MOST_SUMMARY: usize = 300;
pub const MOST_TITLE: usize = 160;

/// As in the gateway, without the fetching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub url: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("this is not {0}")]
    Kind(&'static str),
    #[error("malformed: {0}")]
    Malformed(String),
    #[error("refused: {0}")]
    Refused(&'static str),
}

pub fn directory(state_dir: &Path) -> PathBuf {
    state_dir.join("news")
}

pub fn id_of(parts: &[&str]) -> ItemId {
    let mut bytes = [0; 8];
    for (place, byte) in parts.iter().flat_map(|part| part.bytes()).enumerate() {
        bytes[place % 8] ^= byte.rotate_left(u32::try_from(place % 8).unwrap_or(0));
    }
    ItemId::from_bytes(bytes)
}
