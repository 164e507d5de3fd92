//! The damaged database that was set aside: one at most, for a day, since it may hold MACs.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{Timespec, Timestamps, UTIME_NOW, futimens};

use super::{StoreError, with_suffix};

/// How long an administrator has to copy it away.
const KEPT: Duration = Duration::from_hours(24);
/// The files of a database.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// Gives the database at `path` another name, which it returns. The one set aside before is deleted.
///
/// # Errors
/// [`StoreError::File`].
pub(super) fn set_aside(path: &Path) -> Result<PathBuf, StoreError> {
    remove(path)?;
    let aside = name(path);
    for suffix in SUFFIXES {
        let from = with_suffix(path, suffix);
        present(std::fs::rename(&from, with_suffix(&aside, suffix))).map_err(|error| at(&from, error))?;
    }
    // From here on its age counts.
    touch(&aside)?;
    Ok(aside)
}

/// Deletes what was set aside more than a day ago. The existing database at `path` is touched: its
/// file system's clock is the one that dated the other.
///
/// # Errors
/// [`StoreError::File`].
pub(super) fn remove_old(path: &Path) -> Result<(), StoreError> {
    let aside = name(path);
    if !aside.exists() {
        return Ok(());
    }
    touch(path)?;
    let age = modified(path)?.duration_since(modified(&aside)?);
    if age.is_ok_and(|age| age > KEPT) {
        remove(path)?;
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in SUFFIXES {
        let file = with_suffix(&name(path), suffix);
        present(std::fs::remove_file(&file)).map_err(|error| at(&file, error))?;
    }
    Ok(())
}

/// What is absent needs no work: the log goes when its last user closes it.
fn present(outcome: std::io::Result<()>) -> std::io::Result<()> {
    match outcome {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

fn name(path: &Path) -> PathBuf {
    with_suffix(path, ".unusable")
}

fn touch(path: &Path) -> Result<(), StoreError> {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: UTIME_NOW,
    };
    let times = Timestamps {
        last_access: now,
        last_modification: now,
    };
    let file = File::options()
        .append(true)
        .open(path)
        .map_err(|error| at(path, error))?;
    futimens(file, &times).map_err(|error| at(path, error.into()))
}

fn modified(path: &Path) -> Result<std::time::SystemTime, StoreError> {
    let metadata = std::fs::metadata(path).map_err(|error| at(path, error))?;
    metadata.modified().map_err(|error| at(path, error))
}

fn at(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        source,
    }
}
