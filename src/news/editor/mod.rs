//! What the local editor wrote: items, notices, pins. A file that the command line and later the
//! dashboard write; the service looks at it every few seconds.
//!
//! The file is `news/local.json` below the state directory, the pictures lie beside it. It is replaced
//! whole, by one writer at a time, and belongs to the service's user, so that root and the service can
//! both read and write it, and whether the service runs does not matter.

mod book;
mod own;
mod wish;

use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use book::{Book, MOST_ITEMS, MOST_NOTICES, Removed};
pub use own::{OwnItem, OwnNotice};
pub use wish::{EditError, MOST_ALT, MOST_TEXT, PICTURE_ALT, Wish};

use super::picture;
use crate::drawer::{Drawer, DrawerError};
use crate::model::{ItemId, NewsItem, Notice, Picture};

/// The file.
const FILE: &str = "local.json";
/// Held by who writes it.
const LOCK: &str = "local.lock";
/// Longest file: a hundred long items.
const MOST_BYTES: usize = 4 << 20;

/// The editor's file below the state directory.
#[must_use]
pub fn file(state_dir: &Path) -> PathBuf {
    super::directory(state_dir).join(FILE)
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
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("{}: {what}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// Somebody else is writing for ten seconds.
    #[error("another editor is writing; try again")]
    Busy,
}

impl From<DrawerError> for EditorError {
    fn from(error: DrawerError) -> Self {
        match error {
            DrawerError::File { path, source } => Self::File { path, source },
            DrawerError::Busy => Self::Busy,
        }
    }
}

/// Reads the file; one that is missing says nothing.
///
/// # Errors
/// See [`EditorError`].
pub fn read(path: &Path) -> Result<Local, EditorError> {
    let directory = path.parent().unwrap_or(Path::new("/"));
    let Some(drawer) = Drawer::open(directory)? else {
        return Ok(Local::default());
    };
    let book = book(&drawer, path)?;
    let mut local = Local {
        items: book.items.iter().map(OwnItem::to_news).collect(),
        notices: book.notices.iter().map(OwnNotice::to_notice).collect(),
        pinned: book.pinned,
        hidden: book.hidden,
        pictures: BTreeMap::new(),
    };
    for item in &mut local.items {
        let Some((id, _)) = &item.picture else {
            continue;
        };
        // An item without its picture is better than none.
        let kept = drawer.read(&picture_name(id), picture::MOST_BYTES).ok().flatten();
        match kept.and_then(picture::from_kept) {
            Some(picture) => {
                local.pictures.insert(id.clone(), Arc::new(picture));
            }
            None => item.picture = None,
        }
    }
    Ok(local)
}

/// A writer: while there is one, no other is.
#[derive(Debug)]
pub struct Editor {
    /// What it will say. Changed at will; see [`Editor::save`].
    pub book: Book,
    drawer: Drawer,
    before: BTreeSet<ItemId>,
    pictures: Vec<(ItemId, Picture)>,
    _lock: OwnedFd,
}

impl Editor {
    /// Opens the file below the state directory, which must exist, for changes.
    ///
    /// # Errors
    /// See [`EditorError`].
    pub fn open(state_dir: &Path) -> Result<Self, EditorError> {
        let drawer = Drawer::make(&super::directory(state_dir))?;
        let lock = drawer.lock(LOCK)?;
        let book = book(&drawer, &file(state_dir))?;
        Ok(Self {
            before: with_picture(&book),
            book,
            drawer,
            pictures: Vec::new(),
            _lock: lock,
        })
    }

    /// The picture of an item, kept with the next [`Editor::save`].
    pub fn set_picture(&mut self, id: ItemId, picture: Picture) {
        self.pictures.push((id, picture));
    }

    /// Writes what was changed.
    ///
    /// # Errors
    /// See [`EditorError`]; then everything is as before.
    pub fn save(self) -> Result<(), EditorError> {
        // Pictures before the file that names them, and away only after it does so no more.
        for (id, picture) in &self.pictures {
            self.drawer.replace(&picture_name(id), &picture.bytes)?;
        }
        let mut text = serde_json::to_vec_pretty(&self.book).map_err(|error| EditorError::Form {
            path: PathBuf::from(FILE),
            what: error.to_string(),
        })?;
        text.push(b'\n');
        self.drawer.replace(FILE, &text)?;
        for gone in self.before.difference(&with_picture(&self.book)) {
            self.drawer.remove(&picture_name(gone))?;
        }
        Ok(())
    }
}

/// What the file says, for a list: no lock is needed to read it.
///
/// # Errors
/// See [`EditorError`].
pub fn read_book(state_dir: &Path) -> Result<Book, EditorError> {
    match Drawer::open(&super::directory(state_dir))? {
        Some(drawer) => book(&drawer, &file(state_dir)),
        None => Ok(Book::default()),
    }
}

fn book(drawer: &Drawer, path: &Path) -> Result<Book, EditorError> {
    let Some(bytes) = drawer.read(FILE, MOST_BYTES)? else {
        return Ok(Book::default());
    };
    parse(&bytes).map_err(|what| EditorError::Form {
        path: path.to_owned(),
        what,
    })
}

/// Bytes of the file → what they say.
///
/// # Errors
/// In words.
pub fn parse(bytes: &[u8]) -> Result<Book, String> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    let Version { version } = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if version != book::VERSION {
        return Err(format!(
            "it has the form {version}, and this program knows {}: another version of Portico wrote it",
            book::VERSION
        ));
    }
    let book: Book = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if book.items.len() > MOST_ITEMS || book.notices.len() > MOST_NOTICES {
        return Err(format!("more than {MOST_ITEMS} items or {MOST_NOTICES} notices"));
    }
    Ok(book)
}

fn with_picture(book: &Book) -> BTreeSet<ItemId> {
    let items = book.items.iter().filter(|item| item.picture.is_some());
    items.map(|item| item.id.clone()).collect()
}

fn picture_name(id: &ItemId) -> String {
    format!("local-{}.jpg", id.as_str())
}

#[cfg(test)]
mod tests;
