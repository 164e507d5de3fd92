//! [`Store`] on SQLite: write-ahead log, one connection, every commit synced, deleted bytes
//! overwritten.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlStr};
use zeroize::Zeroizing;

use super::{Change, SetAside, Store, StoreError, aside, orders, sessions};
use crate::model::figures::{Day, DeviceKey, KeyPeriod};
use crate::model::{StationOrder, StoredSession};

/// One database file, one connection, one writer.
#[derive(Debug)]
pub struct SqliteStore {
    connection: SqliteConnection,
    path: PathBuf,
    /// What the check at the start has read, for the first who asks.
    checked: Option<Vec<StoredSession>>,
}

impl SqliteStore {
    /// Opens or creates the database, readable by its owner alone, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path)?;
        let mut connection = connect(path).await?;
        if let Err(source) = migrator().run_direct(None, &mut connection, false).await {
            release(connection).await;
            return Err(migration_error(path, source));
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
            checked: None,
        })
    }

    /// Opens the database. A damaged one is set aside under another name and a new one is begun, since
    /// the kernel's sets are the truth about who has access; orders about stations are in no other place, so
    /// those that can still be read go into the new one. An older one set aside goes then, and a day later at the
    /// latest start.
    ///
    /// # Errors
    /// [`StoreError`]; a database that is merely out of reach (full disk, newer schema) stays where it
    /// is.
    pub async fn open_or_begin_anew(path: &Path) -> Result<(Self, Option<SetAside>), StoreError> {
        create_private(path)?;
        aside::remove_old(path)?;
        let error = match Self::open_checked(path).await {
            Ok(store) => return Ok((store, None)),
            Err(error) if error.is_damage() => error,
            Err(error) => return Err(error),
        };
        let kept_as = aside::set_aside(path)?;
        let mut store = Self::open(path).await?;
        let orders = store.rescue(&kept_as).await;
        let set_aside = SetAside {
            kept_as,
            error,
            orders,
        };
        Ok((store, Some(set_aside)))
    }

    /// Takes over the orders of a damaged database, all of them or none; how many they were.
    async fn rescue(&mut self, damaged: &Path) -> Option<usize> {
        let options = SqliteConnectOptions::new()
            .filename(damaged)
            .read_only(true)
            .disable_statement_logging();
        let mut source = options.connect().await.ok()?;
        let read = orders::read(&mut source).await;
        release(source).await;
        // What no administrator could have given is not one's any more.
        let is_sound = |order: &StationOrder| {
            order.since < order.until && order.until.duration_since(order.since) <= StationOrder::LONGEST
        };
        let found = read.ok()?.into_iter().filter(is_sound).take(StationOrder::MOST);
        let changes: Vec<Change> = found.map(Change::KeepOrder).collect();
        self.write(&changes).await.ok()?;
        Some(changes.len())
    }

    /// Opens it, reads every row, and leaves in the log nothing that a killed process had to forget.
    async fn open_checked(path: &Path) -> Result<Self, StoreError> {
        let mut store = Self::open(path).await?;
        match store.check().await {
            Ok(()) => Ok(store),
            Err(error) => {
                release(store.connection).await;
                Err(error)
            }
        }
    }

    async fn check(&mut self) -> Result<(), StoreError> {
        self.checked = Some(self.sessions().await?);
        let secrets = sqlx::query("SELECT value FROM secret")
            .fetch_all(&mut self.connection)
            .await;
        for row in secrets.map_err(|source| self.error(source))? {
            key(&row).map_err(|source| self.error(source))?;
        }
        match self.wipe().await {
            Err(error) if error.is_damage() => return Err(error),
            // Another reader, a full disk: the next end of a session tries again.
            Err(error) => tracing::warn!(%error, "the log of the state database could not be emptied"),
            Ok(()) => {}
        }
        Ok(())
    }

    /// Forgets every session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn forget_sessions(&mut self) -> Result<(), StoreError> {
        self.checked = None;
        let query = sqlx::query("DELETE FROM session");
        let outcome = query.execute(&mut self.connection).await;
        outcome.map(drop).map_err(|source| self.error(source))
    }

    fn error(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database {
            path: self.path.clone(),
            source,
        }
    }

    async fn write_all(&mut self, changes: &[Change]) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        let mut ended = sessions::Ended::default();
        for change in changes {
            match change {
                Change::Keep(session) => sessions::keep(&mut transaction, session).await?,
                Change::Forget { network, mac } => ended.add(*network, *mac),
                Change::KeepOrder(order) => orders::keep(&mut transaction, order).await?,
                Change::ForgetOrder { network, mac } => {
                    orders::forget(&mut transaction, *network, *mac).await?;
                }
                Change::DeviceKey { period, key } => {
                    let (like, name) = key_names(*period);
                    sqlx::query("DELETE FROM secret WHERE name LIKE $1")
                        .bind(like)
                        .execute(&mut *transaction)
                        .await?;
                    sqlx::query("INSERT INTO secret (name, value) VALUES ($1, $2)")
                        .bind(name)
                        .bind(key.bytes().to_vec())
                        .execute(&mut *transaction)
                        .await?;
                }
            }
        }
        ended.forget(&mut transaction).await?;
        transaction.commit().await
    }
}

impl Store for SqliteStore {
    async fn sessions(&mut self) -> Result<Vec<StoredSession>, StoreError> {
        if let Some(checked) = self.checked.take() {
            return Ok(checked);
        }
        let sessions = sessions::read(&mut self.connection).await;
        sessions.map_err(|source| self.error(source))
    }

    async fn orders(&mut self) -> Result<Vec<StationOrder>, StoreError> {
        let orders = orders::read(&mut self.connection).await;
        orders.map_err(|source| self.error(source))
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.checked = None;
        let outcome = self.write_all(changes).await;
        if outcome.is_err() {
            // A full disk ends a transaction by itself, of which sqlx's count of them learns nothing: no
            // other could begin on this connection.
            let fresh = connect(&self.path).await?;
            release(std::mem::replace(&mut self.connection, fresh)).await;
        }
        outcome.map_err(|source| self.error(source))
    }

    async fn device_keys(&mut self) -> Result<Vec<(KeyPeriod, DeviceKey)>, StoreError> {
        let rows = sqlx::query("SELECT value, name FROM secret WHERE name LIKE 'devices-%'")
            .fetch_all(&mut self.connection)
            .await
            .map_err(|source| self.error(source))?;
        let mut keys = Vec::new();
        for row in rows {
            let value = Zeroizing::new(key(&row).map_err(|source| self.error(source))?);
            let name: &str = row.try_get(1).map_err(|source| self.error(source))?;
            keys.extend(key_period(name).map(|period| (period, DeviceKey::new(*value))));
        }
        Ok(keys)
    }

    async fn secret(&mut self, name: &'static str) -> Result<[u8; 32], StoreError> {
        let mut fresh = [0_u8; 32];
        getrandom::fill(&mut fresh)?;
        let insert = sqlx::query("INSERT OR IGNORE INTO secret (name, value) VALUES ($1, $2)");
        let inserted = insert
            .bind(name)
            .bind(fresh.to_vec())
            .execute(&mut self.connection)
            .await;
        inserted.map_err(|source| self.error(source))?;
        let select = sqlx::query("SELECT value FROM secret WHERE name = $1").bind(name);
        let row = select
            .fetch_one(&mut self.connection)
            .await
            .map_err(|source| self.error(source))?;
        key(&row).map_err(|source| self.error(source))
    }

    async fn wipe(&mut self) -> Result<(), StoreError> {
        let row = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.connection)
            .await
            .map_err(|source| self.error(source))?;
        let is_held: i64 = row.try_get(0).map_err(|source| self.error(source))?;
        if is_held != 0 {
            return Err(self.error(sqlx::Error::Protocol(
                "its log could not be emptied: another process reads it".into(),
            )));
        }
        Ok(())
    }
}

async fn connect(path: &Path) -> Result<SqliteConnection, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A commit is on the medium when it returns; commits are few, see `StoreWriter`.
        .synchronous(SqliteSynchronous::Full)
        .pragma("secure_delete", "ON")
        // A grant changes one page: a small one spares the flash. Databases that are there keep theirs.
        .page_size(1_024)
        // The log is emptied at four megabytes.
        .pragma("wal_autocheckpoint", "4000")
        // A log that begins again leaves none of its old pages behind its new end.
        .pragma("journal_size_limit", "0")
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-512")
        .statement_cache_capacity(8)
        // The rows of a page cross from SQLite's thread without waiting for each other.
        .row_buffer_size(sessions::PAGE)
        .disable_statement_logging();
    let connected = options.connect().await;
    connected.map_err(|source| StoreError::database(path, source))
}

/// Closes a connection of no use and waits for it: one that is merely dropped is closed some time
/// later, and may then delete the log of the database that has taken the place of its own.
pub(super) async fn release(connection: SqliteConnection) {
    if let Err(error) = connection.close().await {
        tracing::debug!(%error, "the state database was not closed in order");
    }
}

const DAY_KEY: &str = "devices-day-";
const MONTH_KEY: &str = "devices-month-";

/// The pattern of the keys that another replaces, and its own name.
fn key_names(period: KeyPeriod) -> (&'static str, String) {
    match period {
        KeyPeriod::Day(day) => ("devices-day-%", format!("{DAY_KEY}{day}")),
        KeyPeriod::Month(month) => ("devices-month-%", format!("{MONTH_KEY}{}", month.first())),
    }
}

/// See [`key_names`].
fn key_period(name: &str) -> Option<KeyPeriod> {
    if let Some(day) = name.strip_prefix(DAY_KEY) {
        return day.parse().ok().map(KeyPeriod::Day);
    }
    let first: Day = name.strip_prefix(MONTH_KEY)?.parse().ok()?;
    Some(KeyPeriod::Month(first.month()))
}

fn key(row: &SqliteRow) -> Result<[u8; 32], sqlx::Error> {
    let value: Vec<u8> = row.try_get(0)?;
    value
        .try_into()
        .map_err(|_| sqlx::Error::Decode("a secret has 32 bytes".into()))
}

/// A schema that this program does not know was made by a newer one.
pub(super) fn migration_error(path: &Path, source: MigrateError) -> StoreError {
    let path = path.to_owned();
    match source {
        MigrateError::VersionMissing(version) | MigrateError::VersionTooNew(version, _) => {
            StoreError::Newer { path, version }
        }
        MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
            StoreError::Database { path, source }
        }
        source => StoreError::Migration { path, source },
    }
}

/// The schema's history, oldest first. A file once released is never edited.
fn migrator() -> Migrator {
    let migration = |version, name: &'static str, text| {
        let text = SqlStr::from_static(text);
        Migration::new(version, name.into(), MigrationType::Simple, text, false)
    };
    Migrator::with_migrations(vec![
        migration(1, "state", include_str!("migrations/sqlite/0001_state.sql")),
        migration(2, "day", include_str!("migrations/sqlite/0002_day.sql")),
        migration(3, "register", include_str!("migrations/sqlite/0003_register.sql")),
        migration(4, "orders", include_str!("migrations/sqlite/0004_orders.sql")),
    ])
}

/// Makes sure that the file exists with mode 0600 before SQLite opens it.
pub(super) fn create_private(path: &Path) -> Result<(), StoreError> {
    let file_error = |source| StoreError::File {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(file_error)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))
        .map_err(file_error)
}

#[cfg(test)]
#[path = "sqlite_tests.rs"]
mod tests;
