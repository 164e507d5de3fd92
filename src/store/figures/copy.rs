//! Copies of the database: before a migration, as a backup while the daemon writes, and back.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};

use super::super::sqlite::{create_private, release};
use super::super::{StoreError, with_suffix};
use super::origin::is_ours;
use super::sqlite::FigureStore;

/// The table of a backup that holds files which belong to the figures.
const ENCLOSED: &str = "CREATE TABLE enclosed (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT";

/// What the name of a copy in the making adds.
const PARTIAL: &str = ".partial";

/// The files of a database.
const SUFFIXES: [&str; 3] = ["", "-wal", "-shm"];

/// Why a copy was not made, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A backup does not replace a file.
    #[error("{0} exists already: choose another name, or take it away")]
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

/// A file that goes along with a backup.
#[derive(Debug, Clone, Copy)]
pub struct Enclosed<'a> {
    /// What it is called there.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// Copies the database at `from` into the new file `to`, readable by its owner alone: a consistent
/// state, whoever writes meanwhile, and with it the file that belongs to it, if there is one. The copy is whole
/// or absent.
///
/// # Errors
/// [`CopyError`].
pub async fn back_up(from: &Path, to: &Path, enclosed: Option<Enclosed<'_>>) -> Result<(), CopyError> {
    // The name of the copy in the making may be somebody's too.
    for taken in [to.to_owned(), with_suffix(to, PARTIAL)] {
        if taken.symlink_metadata().is_ok() {
            return Err(CopyError::Exists(taken));
        }
    }
    let mut source = open_read_only(from).await?;
    let copied = copy_into(&mut source, from, to, enclosed).await;
    release(source).await;
    Ok(copied?)
}

/// The file of this name that went along with a backup. `None` where there was none.
///
/// # Errors
/// [`CopyError`].
pub async fn enclosed(backup: &Path, name: &str) -> Result<Option<Vec<u8>>, CopyError> {
    let mut source = open_read_only(backup).await?;
    let read = read_enclosed(&mut source, name).await;
    release(source).await;
    Ok(read.map_err(|error| StoreError::database(backup, error))?)
}

async fn read_enclosed(source: &mut SqliteConnection, name: &str) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let table = sqlx::query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'enclosed'");
    // One of an older release has none.
    if table.fetch_optional(&mut *source).await?.is_none() {
        return Ok(None);
    }
    let file = sqlx::query("SELECT bytes FROM enclosed WHERE name = $1").bind(name);
    let row = file.fetch_optional(source).await?;
    row.map(|row| row.try_get(0)).transpose()
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
        Ok(()) => copy_into(&mut source, from, &fresh, None)
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
    let mut database = open_to_write(fresh).await?;
    let dropped = sqlx::query("DROP TABLE IF EXISTS enclosed")
        .execute(&mut database)
        .await;
    release(database).await;
    dropped.map_err(|source| StoreError::database(fresh, source))?;
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

async fn open_to_write(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .disable_statement_logging();
    let connected = options.connect().await;
    connected.map_err(|source| StoreError::database(path, source))
}

/// Reads everything once, and looks whether it is a database of figures.
async fn check(connection: &mut SqliteConnection, path: &Path) -> Result<(), CopyError> {
    let row = sqlx::query("PRAGMA integrity_check(1)")
        .fetch_one(&mut *connection)
        .await;
    let told = row.and_then(|row| row.try_get::<String, _>(0));
    match told {
        Ok(told) if told == "ok" => {
            if is_ours(connection, path).await? {
                return Ok(());
            }
            Err(CopyError::Damaged {
                path: path.to_owned(),
                what: "this is no backup of Portico's figures".to_owned(),
            })
        }
        Ok(what) => Err(CopyError::Damaged {
            path: path.to_owned(),
            what,
        }),
        Err(source) => Err(StoreError::database(path, source).into()),
    }
}

/// Writes what a connection sees of the database at `from` into `to`, which is replaced: whole, with the file that
/// goes along, or not at all.
pub(super) async fn copy_into(
    connection: &mut SqliteConnection,
    from: &Path,
    to: &Path,
    enclosed: Option<Enclosed<'_>>,
) -> Result<(), StoreError> {
    let partial = with_suffix(to, PARTIAL);
    remove(&partial)?;
    // SQLite writes into an empty file that is there: so nobody else can read it from the beginning.
    create_private(&partial)?;
    let target = partial.to_string_lossy().into_owned();
    let copied = sqlx::query("VACUUM INTO $1")
        .bind(target)
        .execute(connection)
        .await;
    let mut finished = copied
        .map(drop)
        .map_err(|source| StoreError::database(from, source));
    if let (Ok(()), Some(file)) = (&finished, enclosed) {
        finished = enclose(&partial, file).await;
    }
    let finished = finished.and_then(|()| finish(&partial, to));
    if finished.is_err() {
        remove(&partial)?;
    }
    finished
}

async fn enclose(partial: &Path, file: Enclosed<'_>) -> Result<(), StoreError> {
    let mut database = open_to_write(partial).await?;
    let made = sqlx::query(ENCLOSED).execute(&mut database).await;
    let put = match made {
        Ok(_) => {
            let put = sqlx::query("INSERT INTO enclosed (name, bytes) VALUES ($1, $2)");
            put.bind(file.name).bind(file.bytes).execute(&mut database).await
        }
        Err(error) => Err(error),
    };
    release(database).await;
    put.map(drop)
        .map_err(|source| StoreError::database(partial, source))
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
