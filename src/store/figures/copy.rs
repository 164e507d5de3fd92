//! Copies of the database: before a migration, as a backup while the daemon writes, and back.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};

use super::super::sqlite::{create_private, release};
use super::super::{StoreError, with_suffix};
use super::sqlite::FigureStore;

/// The files of a database.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// Why a copy was not made, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A backup does not replace a file.
    #[error("{0} exists already: choose another name")]
    Exists(PathBuf),
    /// The file to restore is damaged.
    #[error("{path} is damaged and was not restored: {what}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What SQLite's check says first.
        what: String,
    },
    /// The database said no.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Copies the database at `from` into the new file `to`, readable by its owner alone: a consistent
/// state, whoever writes meanwhile. The copy is whole or absent.
///
/// # Errors
/// [`CopyError`].
pub async fn back_up(from: &Path, to: &Path) -> Result<(), CopyError> {
    if to.exists() {
        return Err(CopyError::Exists(to.to_owned()));
    }
    let mut source = open_read_only(from).await?;
    let copied = copy_into(&mut source, from, to).await;
    release(source).await;
    Ok(copied?)
}

/// Puts a backup in the place of the database at `to`, which is kept beside it under the name that is
/// returned. The daemon must not run. The backup's last sign of life is forgotten: nobody knows what was
/// between it and now.
///
/// # Errors
/// [`CopyError`]; what was there stays.
pub async fn restore(from: &Path, to: &Path) -> Result<Option<PathBuf>, CopyError> {
    let mut source = open_read_only(from).await?;
    let checked = check(&mut source, from).await;
    let fresh = with_suffix(to, ".restoring");
    let copied = match checked {
        Ok(()) => copy_into(&mut source, from, &fresh)
            .await
            .map_err(CopyError::from),
        Err(error) => Err(error),
    };
    release(source).await;
    copied?;
    // A backup of an older release is migrated now, one of a newer release refused.
    if let Err(error) = prepare(&fresh).await {
        remove(&fresh)?;
        return Err(error.into());
    }
    let kept = to.exists();
    // Closing it puts its log into it.
    if kept && let Ok(store) = FigureStore::open(to).await {
        store.close().await;
    }
    let before = put_aside(to, "before-restore")?;
    rename(&fresh, to)?;
    sync_directory(to)?;
    Ok(kept.then_some(before))
}

async fn prepare(fresh: &Path) -> Result<(), StoreError> {
    let mut store = FigureStore::open(fresh).await?;
    let forgotten = store.forget_beat().await;
    store.close().await;
    forgotten
}

/// Gives a database and its log the first name with that word that is free, and returns it.
pub(super) fn put_aside(path: &Path, word: &str) -> Result<PathBuf, StoreError> {
    let mut names = (1..1_000).map(|number| with_suffix(path, &format!(".{word}-{number}")));
    let is_free = |name: &PathBuf| SUFFIXES.iter().all(|suffix| !with_suffix(name, suffix).exists());
    let Some(aside) = names.find(is_free) else {
        return Err(file_error(path, std::io::ErrorKind::AlreadyExists.into()));
    };
    for suffix in SUFFIXES {
        let from = with_suffix(path, suffix);
        if from.exists() {
            rename(&from, &with_suffix(&aside, suffix))?;
        }
    }
    Ok(aside)
}

async fn open_read_only(path: &Path) -> Result<SqliteConnection, StoreError> {
    std::fs::metadata(path).map_err(|source| file_error(path, source))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .disable_statement_logging();
    let connected = options.connect().await;
    connected.map_err(|source| StoreError::database(path, source))
}

/// Reads everything once.
async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), CopyError> {
    let row = sqlx::query("PRAGMA integrity_check(1)")
        .fetch_one(connection)
        .await;
    let told = row.and_then(|row| row.try_get::<String, _>(0));
    match told {
        Ok(told) if told == "ok" => Ok(()),
        Ok(what) => Err(CopyError::Damaged {
            path: path.to_owned(),
            what,
        }),
        Err(source) => Err(StoreError::database(path, source).into()),
    }
}

/// Writes what a connection sees of the database at `from` into `to`, which is replaced: whole, or not at all.
pub(super) async fn copy_into(
    connection: &mut SqliteConnection,
    from: &Path,
    to: &Path,
) -> Result<(), StoreError> {
    let partial = with_suffix(to, ".partial");
    remove(&partial)?;
    // SQLite writes into an empty file that is there: so nobody else can read it from the beginning.
    create_private(&partial)?;
    let target = partial.to_string_lossy().into_owned();
    let copied = sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(connection)
        .await;
    let finished = copied
        .map_err(|source| StoreError::database(from, source))
        .and_then(|_| finish(&partial, to));
    if finished.is_err() {
        remove(&partial)?;
    }
    finished
}

fn finish(partial: &Path, to: &Path) -> Result<(), StoreError> {
    let error = |source| file_error(partial, source);
    let file = std::fs::File::open(partial).map_err(error)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
        .map_err(error)?;
    file.sync_all().map_err(error)?;
    rename(partial, to)?;
    sync_directory(to)
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    std::fs::rename(from, to).map_err(|source| file_error(from, source))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(file_error(path, source)),
        _ => Ok(()),
    }
}

/// A name is on the medium when its directory is.
fn sync_directory(path: &Path) -> Result<(), StoreError> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let directory = parent.unwrap_or_else(|| Path::new("."));
    std::fs::File::open(directory)
        .and_then(|directory| directory.sync_all())
        .map_err(|source| file_error(directory, source))
}

fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File {
        path: path.to_owned(),
        source,
    }
}
