//! Announced works in a backup, and back.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{FILE, LOCK, MOST_BYTES, WorksFault, book, parse, written};
use crate::app::audit;
use crate::drawer::{Drawer, DrawerError};
use crate::model::WorksBook;
use crate::model::audit::{Action, More, Origin, Who};
use crate::store::figures::{self, CopyError};

/// Names of files that were there before one was put back.
const MOST_ASIDE: usize = 999;

/// What was put back.
#[derive(Debug)]
pub(in crate::app) struct PutBack {
    /// How many works are announced now, with those that are over.
    pub(in crate::app) works: usize,
    /// What was there, if something was.
    pub(in crate::app) before: Option<PathBuf>,
}

/// The file as it goes along with a backup; `None` where nothing was ever announced.
///
/// # Errors
/// It cannot be read, or is none.
pub(in crate::app) fn to_enclose(state_dir: &Path) -> Result<Option<Vec<u8>>, WorksFault> {
    let Some(drawer) = Drawer::open(state_dir)? else {
        return Ok(None);
    };
    let book = book(&drawer, state_dir)?;
    if book == WorksBook::default() {
        return Ok(None);
    }
    written(book, state_dir).map(Some)
}

/// What a backup says was announced; `None` where it says nothing of it.
///
/// # Errors
/// The backup cannot be read; inside it, what is wrong with what it says.
pub(in crate::app) async fn enclosed(backup: &Path) -> Result<Option<Result<WorksBook, String>>, CopyError> {
    let bytes = figures::enclosed(backup, FILE).await?;
    Ok(bytes.map(|bytes| parse(&bytes)))
}

/// Puts a book in the place of the one that is there, which is kept beside it. Numbers that it gave are not given
/// again, for they stand in the audit log, which knows of this before it is done.
///
/// # Errors
/// [`WorksFault`]; what was there stays.
pub(in crate::app) fn put_back(
    state_dir: &Path,
    mut new: WorksBook,
    (who, from): (Who, Origin),
) -> Result<PutBack, WorksFault> {
    let drawer = Drawer::open(state_dir)?.ok_or_else(|| DrawerError::File {
        path: state_dir.to_owned(),
        source: std::io::ErrorKind::NotFound.into(),
    })?;
    let _lock = drawer.lock(LOCK)?;
    let there = drawer.read(FILE, MOST_BYTES)?;
    // One that cannot be read is kept as it is.
    if let Some(former) = there.as_deref().and_then(|bytes| parse(bytes).ok()) {
        new.count_after(&former);
    }
    let works = new.all().count();
    let text = written(new, state_dir)?;
    let mut more = More::new();
    more.insert("works".to_owned(), json!(works));
    let action = Action {
        who,
        from,
        did: "works-restore",
        what: FILE.to_owned(),
        more,
    };
    audit::record(state_dir, &action)?;
    let before = match there {
        Some(bytes) => Some(keep(&drawer, state_dir, &bytes)?),
        None => None,
    };
    drawer.replace(FILE, &text)?;
    Ok(PutBack { works, before })
}

/// Keeps what was there under the first name that is free.
fn keep(drawer: &Drawer, state_dir: &Path, bytes: &[u8]) -> Result<PathBuf, WorksFault> {
    let names = (1..=MOST_ASIDE).map(|number| format!("{FILE}.before-restore-{number}"));
    let is_free = |name: &String| std::fs::symlink_metadata(state_dir.join(name)).is_err();
    let mut free = names.filter(is_free);
    let name = free.next().ok_or_else(|| DrawerError::File {
        path: state_dir.join(FILE),
        source: std::io::ErrorKind::AlreadyExists.into(),
    })?;
    drawer.replace(&name, bytes)?;
    Ok(state_dir.join(name))
}
