//! The writer's side of the database of figures.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Row, SqlStr};

use super::super::sqlite::{create_private, migration_error, release};
use super::super::{StoreError, with_suffix};
use super::codec::{self, CodecError};
use super::copy::copy_into;
use crate::model::figures::{Day, Figure, Heartbeat, Hour, HourFigures, Month, Sketch};
use crate::model::{BootId, NetworkId};

const READ_HOUR: &str = "SELECT figures FROM hours WHERE hour = $1 AND network = $2";
const WRITE_HOUR: &str = "INSERT INTO hours (hour, network, day, figures) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (hour, network) DO UPDATE SET figures = excluded.figures";
const READ_DAY: &str = "SELECT hours, devices FROM days WHERE network = $1 AND day = $2";
const WRITE_DAY_DEVICES: &str = "INSERT INTO days (network, day, devices) VALUES ($1, $2, $3) \
    ON CONFLICT (network, day) DO UPDATE SET devices = excluded.devices";
const WRITE_DAY_HOURS: &str = "INSERT INTO days (network, day, hours) VALUES ($1, $2, $3) \
    ON CONFLICT (network, day) DO UPDATE SET hours = excluded.hours";
const READ_MONTH: &str = "SELECT devices FROM months WHERE network = $1 AND month = $2";
const WRITE_MONTH: &str = "INSERT INTO months (network, month, devices) VALUES ($1, $2, $3) \
    ON CONFLICT (network, month) DO UPDATE SET devices = excluded.devices";
const WRITE_BEAT: &str = "INSERT INTO heartbeat (one, at, boot_id, stopped) VALUES (1, $1, $2, $3) \
    ON CONFLICT (one) DO UPDATE SET at = excluded.at, boot_id = excluded.boot_id, stopped = excluded.stopped";
const OVER: &str = "SELECT DISTINCT network, day FROM hours WHERE day < (SELECT MAX(day) FROM hours) \
    AND network NOT LIKE 'unreadable:%'";
const HOURS_OF_DAY: &str = "SELECT hour, figures FROM hours WHERE network = $1 AND day = $2 ORDER BY hour";
const FORGET_HOURS: &str = "DELETE FROM hours WHERE network = $1 AND day = $2";
/// A row that cannot be read goes to a network that no network can be, for somebody who can read it.
const HIDE_HOUR: &str = "UPDATE OR REPLACE hours SET network = 'unreadable:' || network \
    WHERE network = $1 AND hour = $2";
const HIDE_DAY: &str = "UPDATE OR REPLACE days SET network = 'unreadable:' || network \
    WHERE network = $1 AND day = $2";
const HIDE_MONTH: &str = "UPDATE OR REPLACE months SET network = 'unreadable:' || network \
    WHERE network = $1 AND month = $2";

/// One database file, one connection, one writer.
#[derive(Debug)]
pub struct FigureStore {
    connection: SqliteConnection,
    path: PathBuf,
}

impl FigureStore {
    /// Opens or creates the database, readable by its owner alone, and brings its schema up to date. Before
    /// that a copy is made beside it, named by the schema it has.
    ///
    /// # Errors
    /// [`StoreError`]; the file of a newer release stays as it is.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &migrator()).await
    }

    pub(super) async fn open_with(path: &Path, migrator: &Migrator) -> Result<Self, StoreError> {
        create_private(path)?;
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut loses the last saves at most, and never the file.
            .synchronous(SqliteSynchronous::Normal)
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-512")
            .statement_cache_capacity(16)
            .disable_statement_logging()
            .connect()
            .await
            .map_err(|source| StoreError::database(path, source))?;
        if let Err(error) = bring_up_to_date(&mut connection, path, migrator).await {
            release(connection).await;
            return Err(error);
        }
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// The last sign of life.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_beat(&mut self) -> Result<Option<Heartbeat>, StoreError> {
        let row = sqlx::query("SELECT at, boot_id, stopped FROM heartbeat")
            .fetch_optional(&mut self.connection)
            .await;
        let read = |row: sqlx::sqlite::SqliteRow| -> Result<Option<Heartbeat>, sqlx::Error> {
            let at = Timestamp::from_millisecond(row.try_get(0)?).ok();
            let (boot_id, stopped) = (BootId(row.try_get(1)?), row.try_get::<i64, _>(2)? != 0);
            Ok(at.map(|at| Heartbeat { at, boot_id, stopped }))
        };
        let beat = row.and_then(|row| row.map_or(Ok(None), read));
        beat.map_err(|source| StoreError::database(&self.path, source))
    }

    /// Networks that something is recorded of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn networks(&mut self) -> Result<BTreeSet<NetworkId>, StoreError> {
        let rows = sqlx::query(super::ledger::NETWORKS)
            .fetch_all(&mut self.connection)
            .await;
        let rows = rows.map_err(|source| StoreError::database(&self.path, source))?;
        let names = rows.iter().filter_map(|row| row.try_get::<&str, _>(0).ok());
        Ok(names.filter_map(|name| name.parse().ok()).collect())
    }

    /// Forgets the last sign of life: what follows is no outage.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn forget_beat(&mut self) -> Result<(), StoreError> {
        let outcome = sqlx::query("DELETE FROM heartbeat")
            .execute(&mut self.connection)
            .await;
        outcome
            .map(drop)
            .map_err(|source| StoreError::database(&self.path, source))
    }

    /// Adds figures, and keeps the sign of life, in one transaction. Days that are over are packed.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed.
    pub async fn write(&mut self, figures: &[Figure], beat: Option<&Heartbeat>) -> Result<(), StoreError> {
        let outcome = self.write_all(figures, beat).await;
        outcome.map_err(|source| fault(&self.path, source))
    }

    /// Lets the file grow no further, as a full disk would.
    #[cfg(test)]
    pub(super) async fn limited_to(mut self, pages: u32) -> Self {
        let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(limit).execute(&mut self.connection).await.unwrap();
        self
    }

    /// Closes the database and waits for it.
    pub async fn close(self) {
        release(self.connection).await;
    }

    async fn write_all(&mut self, figures: &[Figure], beat: Option<&Heartbeat>) -> Result<(), sqlx::Error> {
        use sqlx::Connection as _;
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        for figure in figures {
            add(&mut transaction, figure).await?;
        }
        if let Some(beat) = beat {
            sqlx::query(WRITE_BEAT)
                .bind(beat.at.as_millisecond())
                .bind(beat.boot_id.0.as_str())
                .bind(i64::from(beat.stopped))
                .execute(&mut *transaction)
                .await?;
        }
        pack(&mut transaction).await?;
        transaction.commit().await
    }
}

async fn add(connection: &mut SqliteConnection, figure: &Figure) -> Result<(), sqlx::Error> {
    match figure {
        Figure::Hour {
            network,
            day,
            hour,
            figures,
        } => add_hour(connection, (*network, *day, *hour), figures).await,
        Figure::Day {
            network,
            day,
            figures,
        } => {
            let key = (network.as_str(), day.to_string());
            let stored = stored(connection, READ_DAY, (key.0, &key.1), 1).await?;
            let stored = stored.map(|bytes| codec::sketch_from_bytes(&bytes));
            let stored = readable(connection, stored, HIDE_DAY, (key.0, &key.1)).await?;
            sqlx::query(WRITE_DAY_DEVICES)
                .bind(key.0)
                .bind(key.1.as_str())
                .bind(joined(stored, &figures.devices)?)
                .execute(connection)
                .await
                .map(drop)
        }
        Figure::Month {
            network,
            month,
            figures,
        } => add_month(connection, *network, *month, &figures.devices).await,
    }
}

async fn add_hour(
    connection: &mut SqliteConnection,
    (network, day, hour): (NetworkId, Day, Hour),
    figures: &HourFigures,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query(READ_HOUR)
        .bind(hour.number())
        .bind(network.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let mut sum = figures.clone();
    let stored: Option<Vec<u8>> = row.map_or(Ok(None), |row| row.try_get(0))?;
    let stored = stored.map(|bytes| codec::hour_from_bytes(&bytes));
    let key = (network.as_str(), hour.number().to_string());
    if let Some(stored) = readable(connection, stored, HIDE_HOUR, (key.0, &key.1)).await? {
        sum.merge(&stored);
    }
    sqlx::query(WRITE_HOUR)
        .bind(hour.number())
        .bind(network.as_str())
        .bind(day.to_string())
        .bind(codec::hour_to_bytes(&sum).map_err(decoding)?)
        .execute(connection)
        .await
        .map(drop)
}

async fn add_month(
    connection: &mut SqliteConnection,
    network: NetworkId,
    month: Month,
    devices: &Sketch,
) -> Result<(), sqlx::Error> {
    let month = month.first().to_string();
    let key = (network.as_str(), month.as_str());
    let stored = stored(connection, READ_MONTH, key, 0).await?;
    let stored = stored.map(|bytes| codec::sketch_from_bytes(&bytes));
    let stored = readable(connection, stored, HIDE_MONTH, key).await?;
    sqlx::query(WRITE_MONTH)
        .bind(network.as_str())
        .bind(month.as_str())
        .bind(joined(stored, devices)?)
        .execute(connection)
        .await
        .map(drop)
}

/// Puts the hours of days that are over into the days.
async fn pack(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let over = sqlx::query(OVER).fetch_all(&mut *connection).await?;
    for row in over {
        let (network, day): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let key = (network.as_str(), day.as_str());
        let packed = stored(connection, READ_DAY, key, 0).await?;
        let packed = packed.map(|bytes| codec::hours_from_bytes(&bytes));
        let mut hours = readable(connection, packed, HIDE_DAY, key)
            .await?
            .unwrap_or_default();
        let fresh = sqlx::query(HOURS_OF_DAY)
            .bind(network.as_str())
            .bind(day.as_str())
            .fetch_all(&mut *connection)
            .await?;
        for row in fresh {
            let (number, bytes): (i64, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?);
            let figures = Some(codec::hour_from_bytes(&bytes));
            let key = (network.as_str(), number.to_string());
            if let Some(figures) = readable(connection, figures, HIDE_HOUR, (key.0, &key.1)).await? {
                join_hour(&mut hours, Hour::from_number(number), figures);
            }
        }
        sqlx::query(WRITE_DAY_HOURS)
            .bind(network.as_str())
            .bind(day.as_str())
            .bind(codec::hours_to_bytes(&hours).map_err(decoding)?)
            .execute(&mut *connection)
            .await?;
        sqlx::query(FORGET_HOURS)
            .bind(network.as_str())
            .bind(day.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Adds an hour to those of its day, which are in order.
pub(super) fn join_hour(hours: &mut Vec<(Hour, HourFigures)>, hour: Hour, figures: HourFigures) {
    match hours.binary_search_by_key(&hour, |(known, _)| *known) {
        Ok(place) => {
            if let Some((_, known)) = hours.get_mut(place) {
                known.merge(&figures);
            }
        }
        Err(place) => hours.insert(place, (hour, figures)),
    }
}

/// A value of a row that is known by its network and another key.
async fn stored(
    connection: &mut SqliteConnection,
    query: &'static str,
    (network, key): (&str, &str),
    column: usize,
) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let query = sqlx::query(query).bind(network).bind(key);
    let row = query.fetch_optional(connection).await?;
    row.map_or(Ok(None), |row| row.try_get(column))
}

/// What was stored, if it can be read. A damaged value is no reason to lose years: its row is put aside.
/// One that a later release wrote stays, and nothing is written beside it.
async fn readable<T>(
    connection: &mut SqliteConnection,
    stored: Option<Result<T, CodecError>>,
    hide: &'static str,
    (network, key): (&str, &str),
) -> Result<Option<T>, sqlx::Error> {
    match stored {
        None => Ok(None),
        Some(Ok(value)) => Ok(Some(value)),
        Some(Err(error @ CodecError::Format(_))) => Err(decoding(error)),
        Some(Err(error)) => {
            tracing::error!(%error, network, key, "stored figures cannot be read; they are put aside");
            let query = sqlx::query(hide).bind(network).bind(key);
            query.execute(connection).await?;
            Ok(None)
        }
    }
}

/// A stored sketch with what came.
fn joined(stored: Option<Sketch>, fresh: &Sketch) -> Result<Vec<u8>, sqlx::Error> {
    let mut sketch = fresh.clone();
    if let Some(stored) = stored {
        sketch.merge(&stored);
    }
    codec::sketch_to_bytes(&sketch).map_err(decoding)
}

/// Why it was not done: figures in a format of a later release are no damage.
pub(super) fn fault(path: &Path, source: sqlx::Error) -> StoreError {
    if let sqlx::Error::Decode(inner) = &source
        && let Some(CodecError::Format(format)) = inner.downcast_ref()
    {
        return StoreError::Newer {
            path: path.to_owned(),
            version: i64::from(*format),
        };
    }
    StoreError::database(path, source)
}

pub(super) fn decoding(error: CodecError) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// Migrates, after a copy has been made.
async fn bring_up_to_date(
    connection: &mut SqliteConnection,
    path: &Path,
    migrator: &Migrator,
) -> Result<(), StoreError> {
    let failed = |source| migration_error(path, source);
    let table = migrator.table_name.as_ref();
    connection.ensure_migrations_table(table).await.map_err(failed)?;
    let applied = connection.list_applied_migrations(table).await.map_err(failed)?;
    let newest = applied.iter().map(|migration| migration.version).max();
    let known = migrator.iter().map(|migration| migration.version).max();
    if let Some(version) = newest
        && newest < known
    {
        copy_into(
            connection,
            path,
            &with_suffix(path, &format!(".schema-{version}")),
            None,
        )
        .await?;
    }
    migrator.run_direct(None, connection, false).await.map_err(failed)
}

/// The schema's history, oldest first. A file once released is never edited.
pub(super) fn migrator() -> Migrator {
    let text = SqlStr::from_static(include_str!("../migrations/sqlite/figures/0001_figures.sql"));
    Migrator::with_migrations(vec![Migration::new(
        1,
        "figures".into(),
        MigrationType::Simple,
        text,
        false,
    )])
}
