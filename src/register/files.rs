//! The files of the days: names, appending, reading, deleting.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::ToSpan as _;
use rustix::fs::{FlockOperation, flock};

use super::RegisterError;
use crate::model::figures::Day;

/// Behind the day.
const SUFFIX: &str = ".register";

/// The file of a day.
pub(super) fn path(dir: &Path, day: Day) -> PathBuf {
    dir.join(format!("{}{SUFFIX}", day.date()))
}

/// The days that have a file, in order; none where there is no directory.
///
/// # Errors
/// The directory cannot be read.
pub fn days(dir: &Path) -> Result<Vec<Day>, RegisterError> {
    let listed = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(|error| RegisterError::at(dir, error))?,
    };
    let mut days = Vec::new();
    for file in listed {
        let name = file.map_err(|error| RegisterError::at(dir, error))?.file_name();
        days.extend(name.to_str().and_then(day_of));
    }
    days.sort_unstable();
    Ok(days)
}

fn day_of(name: &str) -> Option<Day> {
    let day: Day = name.strip_suffix(SUFFIX)?.parse().ok()?;
    // Not another spelling of it: the file is looked for by its name.
    (path(Path::new(""), day) == Path::new(name)).then_some(day)
}

/// Puts bytes at the end of a day's file, all of them or none, on the disk when it returns.
pub(super) fn append(dir: &Path, day: Day, bytes: &[u8]) -> Result<(), RegisterError> {
    if !dir.is_dir() {
        let made = DirBuilder::new().mode(0o700).create(dir);
        made.map_err(|error| RegisterError::at(dir, error))?;
    }
    let path = path(dir, day);
    let fault = |error: io::Error| RegisterError::at(&path, error);
    let is_new = !path.exists();
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(&path)
        .map_err(fault)?;
    // Readers see it before or after.
    flock(&file, FlockOperation::LockExclusive).map_err(|error| fault(error.into()))?;
    let before = file.metadata().map_err(fault)?.len();
    let written = file.write_all(bytes).and_then(|()| file.sync_data());
    if let Err(error) = written {
        // What is left of it where this fails too counts as broken, and the next piece is found behind it.
        drop(file.set_len(before));
        return Err(fault(error));
    }
    if is_new {
        sync(dir)?;
    }
    Ok(())
}

/// A day's file as it is; nothing if it has none.
pub(super) fn load(dir: &Path, day: Day) -> Result<Vec<u8>, RegisterError> {
    let path = path(dir, day);
    let fault = |error: io::Error| RegisterError::at(&path, error);
    let mut file = match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        file => file.map_err(fault)?,
    };
    flock(&file, FlockOperation::LockShared).map_err(|error| fault(error.into()))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(fault)?;
    Ok(bytes)
}

/// Deletes the files of the days before one; gives them back.
///
/// # Errors
/// One cannot be deleted; others may be.
pub fn purge(dir: &Path, first_kept: Day) -> Result<Vec<Day>, RegisterError> {
    let old: Vec<Day> = days(dir)?.into_iter().filter(|day| *day < first_kept).collect();
    for day in &old {
        let path = path(dir, *day);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(RegisterError::at(&path, error));
            }
            _ => {}
        }
    }
    if !old.is_empty() {
        sync(dir)?;
    }
    Ok(old)
}

fn sync(dir: &Path) -> Result<(), RegisterError> {
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(|error| RegisterError::at(dir, error))
}

/// The first day that is kept where entries are kept for so many days after their own.
#[must_use]
pub fn first_kept(today: Day, days: u16) -> Day {
    let date = today.date().checked_sub(i32::from(days).days());
    date.map_or(today, Day::new)
}
