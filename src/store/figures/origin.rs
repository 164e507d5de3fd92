//! Whether a database is one of figures at all: an empty file and the browser's history pass SQLite's check too.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::migrate::Migrate;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Row};

use super::super::StoreError;
use super::super::sqlite::{migration_error, release};
use super::sqlite::migrator;

/// Everything in a database by kind and name, but what SQLite makes itself and what goes along with a backup.
const SCHEMA: &str = "SELECT type || ' ' || name FROM sqlite_schema \
    WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'enclosed'";

/// Whether the first page of the schema's history is ours, and what it made is there and nothing else. Of a newer
/// release that is for [`FigureStore::open`](super::FigureStore::open) to say.
pub(super) async fn is_ours(connection: &mut SqliteConnection, path: &Path) -> Result<bool, StoreError> {
    let fault = |source| StoreError::database(path, source);
    let migrator = migrator();
    let table = migrator.table_name.as_ref();
    let found = schema(connection).await.map_err(fault)?;
    if !found.contains(&format!("table {table}")) {
        return Ok(false);
    }
    // A table of that name with other columns is none of ours.
    let Ok(applied) = connection.list_applied_migrations(table).await else {
        return Ok(false);
    };
    let is_known = |version: i64| migrator.iter().find(|known| known.version == version);
    let (mut is_begun, mut newest) = (false, 0);
    for found in &applied {
        newest = newest.max(found.version);
        match is_known(found.version) {
            Some(known) if known.checksum == found.checksum => is_begun = true,
            Some(_) => return Ok(false),
            None => {}
        }
    }
    let known = migrator.iter().map(|known| known.version).max().unwrap_or(0);
    if !is_begun || newest > known {
        return Ok(is_begun);
    }
    let expected = expected(newest).await.map_err(|error| match error {
        Expected::Database(source) => fault(source),
        Expected::Migration(source) => migration_error(path, source),
    })?;
    Ok(found == expected)
}

/// Why a schema could not be made.
enum Expected {
    Database(sqlx::Error),
    Migration(sqlx::migrate::MigrateError),
}

/// What the schema's history comes to up to a version.
async fn expected(version: i64) -> Result<BTreeSet<String>, Expected> {
    let options = SqliteConnectOptions::new()
        .in_memory(true)
        .disable_statement_logging();
    let mut connection = options.connect().await.map_err(Expected::Database)?;
    let outcome = made(&mut connection, version).await;
    release(connection).await;
    outcome
}

async fn made(connection: &mut SqliteConnection, version: i64) -> Result<BTreeSet<String>, Expected> {
    let migrator = migrator();
    let until = migrator.iter().filter(|known| known.version <= version);
    let until = sqlx::migrate::Migrator::with_migrations(until.cloned().collect());
    let run = until.run_direct(None, &mut *connection, false).await;
    run.map_err(Expected::Migration)?;
    schema(connection).await.map_err(Expected::Database)
}

async fn schema(connection: &mut SqliteConnection) -> Result<BTreeSet<String>, sqlx::Error> {
    let rows = sqlx::query(SCHEMA).fetch_all(connection).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
