//! [`Store`] on SQLite: write-ahead log, one connection, every commit synced, deleted bytes
//! overwritten.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteRow, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Row, SqlStr};

use super::{Change, Store, StoreError};
use crate::model::{Boot, BootId, Counter, Counters, Mac, NetworkId, StoredSession};

/// One database file, one connection, one writer.
#[derive(Debug)]
pub struct SqliteStore {
    connection: SqliteConnection,
    path: PathBuf,
}

const SELECT: &str = "SELECT network, mac, granted_at, ends_at, ends_boot, boot_id, \
    up_packets, up_bytes, down_packets, down_bytes, \
    seen_up_packets, seen_up_bytes, seen_down_packets, seen_down_bytes FROM session";
const UPSERT: &str = "INSERT OR REPLACE INTO session (network, mac, granted_at, ends_at, ends_boot, boot_id, \
    up_packets, up_bytes, down_packets, down_bytes, \
    seen_up_packets, seen_up_bytes, seen_down_packets, seen_down_bytes) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
const DELETE: &str = "DELETE FROM session WHERE network = $1 AND mac = $2";

impl SqliteStore {
    /// Opens or creates the database, readable by its owner alone, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path)?;
        let database = |source| StoreError::Database {
            path: path.to_owned(),
            source,
        };
        let mut connection = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the medium when it returns; commits are few, see `StoreWriter`.
            .synchronous(SqliteSynchronous::Full)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("cache_size", "-512")
            .statement_cache_capacity(8)
            .disable_statement_logging()
            .connect()
            .await
            .map_err(database)?;
        migrator()
            .run(&mut connection)
            .await
            .map_err(|source| StoreError::Migration {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self {
            connection,
            path: path.to_owned(),
        })
    }

    /// Opens the database; one that cannot be used is set aside under another name and a new one is
    /// begun, since the kernel's sets are the truth about who has access. The second value tells the
    /// name it was set aside under, and why.
    ///
    /// # Errors
    /// [`StoreError`] when a new one cannot be made either.
    pub async fn open_or_begin_anew(
        path: &Path,
    ) -> Result<(Self, Option<(PathBuf, StoreError)>), StoreError> {
        let error = match Self::open_checked(path).await {
            Ok(store) => return Ok((store, None)),
            Err(error @ StoreError::File { .. }) => return Err(error),
            Err(error) => error,
        };
        let aside = path.with_extension("db.unusable");
        for suffix in ["", "-wal", "-shm"] {
            let from = with_suffix(path, suffix);
            let to = with_suffix(&aside, suffix);
            if from.exists() {
                std::fs::rename(&from, &to).map_err(|source| StoreError::File { path: from, source })?;
            }
        }
        Ok((Self::open(path).await?, Some((aside, error))))
    }

    async fn open_checked(path: &Path) -> Result<Self, StoreError> {
        let mut store = Self::open(path).await?;
        store.sessions().await?;
        Ok(store)
    }

    fn error(&self, source: sqlx::Error) -> StoreError {
        StoreError::Database {
            path: self.path.clone(),
            source,
        }
    }

    async fn write_all(&mut self, changes: &[Change]) -> Result<(), sqlx::Error> {
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        for change in changes {
            match change {
                Change::Keep(session) => {
                    let StoredSession { usage, seen, .. } = session;
                    let mut query = sqlx::query(UPSERT)
                        .bind(session.network.as_str())
                        .bind(session.mac.octets().to_vec())
                        .bind(session.granted_at.as_millisecond())
                        .bind(session.ends_at.as_millisecond())
                        .bind(signed(session.ends_boot.0))
                        .bind(session.boot_id.0.as_str());
                    for counter in [usage.up, usage.down, seen.up, seen.down] {
                        query = query.bind(signed(counter.packets)).bind(signed(counter.bytes));
                    }
                    query.execute(&mut *transaction).await?;
                }
                Change::Forget { network, mac } => {
                    let query = sqlx::query(DELETE)
                        .bind(network.as_str())
                        .bind(mac.octets().to_vec());
                    query.execute(&mut *transaction).await?;
                }
            }
        }
        transaction.commit().await
    }
}

impl Store for SqliteStore {
    async fn sessions(&mut self) -> Result<Vec<StoredSession>, StoreError> {
        let rows = sqlx::query(SELECT).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|source| self.error(source))?;
        Ok(rows
            .iter()
            .filter_map(|row| session(row).ok().flatten())
            .collect())
    }

    async fn write(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        let outcome = self.write_all(changes).await;
        outcome.map_err(|source| self.error(source))
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
        let value: Vec<u8> = row.try_get(0).map_err(|source| self.error(source))?;
        value
            .try_into()
            .map_err(|_| self.error(sqlx::Error::Decode("a secret has 32 bytes".into())))
    }
}

/// The schema's history, oldest first. A file once released is never edited.
fn migrator() -> Migrator {
    let state = SqlStr::from_static(include_str!("migrations/sqlite/0001_state.sql"));
    Migrator::with_migrations(vec![Migration::new(
        1,
        "state".into(),
        MigrationType::Simple,
        state,
        false,
    )])
}

/// Makes sure that the file exists with mode 0600 before SQLite opens it.
fn create_private(path: &Path) -> Result<(), StoreError> {
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

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// A row as a session; `None` if a value is not what it should be.
fn session(row: &SqliteRow) -> Result<Option<StoredSession>, sqlx::Error> {
    let network: Result<NetworkId, _> = row.try_get::<&str, _>(0)?.parse();
    let mac = <[u8; 6]>::try_from(row.try_get::<&[u8], _>(1)?)
        .ok()
        .and_then(|octets| Mac::new(octets).ok());
    let granted_at = Timestamp::from_millisecond(row.try_get(2)?);
    let ends_at = Timestamp::from_millisecond(row.try_get(3)?);
    let (Ok(network), Some(mac), Ok(granted_at), Ok(ends_at)) = (network, mac, granted_at, ends_at) else {
        return Ok(None);
    };
    let counter = |at: usize| -> Result<Counter, sqlx::Error> {
        Ok(Counter {
            packets: unsigned(row.try_get(at)?),
            bytes: unsigned(row.try_get(at + 1)?),
        })
    };
    Ok(Some(StoredSession {
        network,
        mac,
        granted_at,
        ends_at,
        ends_boot: Boot(unsigned(row.try_get(4)?)),
        boot_id: BootId(row.try_get(5)?),
        usage: Counters {
            up: counter(6)?,
            down: counter(8)?,
        },
        seen: Counters {
            up: counter(10)?,
            down: counter(12)?,
        },
    }))
}

/// SQLite's integers are signed; nothing we count reaches 2^63.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::SqliteStore;
    use crate::model::{Boot, BootId, Counter, Counters, StoredSession};
    use crate::store::{Change, Store};
    use std::os::unix::fs::PermissionsExt;

    fn sample(last: u8) -> StoredSession {
        let counter = |bytes| Counter {
            packets: bytes / 1_000,
            bytes,
        };
        StoredSession {
            network: "piazza".parse().unwrap(),
            mac: crate::model::Mac::new([0x9e, 0xfe, 0xdc, 0xba, 0x98, last]).unwrap(),
            granted_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            ends_at: "2026-11-22T23:00:00Z".parse().unwrap(),
            ends_boot: Boot(5_000_000),
            boot_id: BootId("0b1c".into()),
            usage: Counters {
                up: counter(5_000),
                down: counter(90_000),
            },
            seen: Counters {
                up: counter(4_000),
                down: counter(80_000),
            },
        }
    }

    fn forget(session: &StoredSession) -> Change {
        Change::Forget {
            network: session.network,
            mac: session.mac,
        }
    }

    #[tokio::test]
    async fn what_was_kept_is_there_after_a_reopening_and_what_was_forgotten_is_nowhere() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.db");
        let (stays, goes) = (sample(1), sample(2));
        let mut store = SqliteStore::open(&path).await.unwrap();
        store
            .write(&[Change::Keep(stays.clone()), Change::Keep(goes.clone())])
            .await
            .unwrap();
        store.write(&[forget(&goes)]).await.unwrap();
        let secret = store.secret("form").await.unwrap();
        drop(store);

        let mut store = SqliteStore::open(&path).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), vec![stays.clone()]);
        assert_eq!(store.secret("form").await.unwrap(), secret);
        store.write(&[forget(&stays)]).await.unwrap();
        sqlx::Connection::close(store.connection).await.unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for mac in [stays.mac, goes.mac] {
            assert!(
                !bytes.windows(6).any(|window| window == mac.octets()),
                "a forgotten MAC is still on disk"
            );
        }
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[tokio::test]
    async fn a_broken_database_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state.db");
        std::fs::write(&path, vec![0x55; 8_192]).unwrap();
        let (mut store, aside) = SqliteStore::open_or_begin_anew(&path).await.unwrap();
        assert_eq!(store.sessions().await.unwrap(), vec![]);
        assert!(aside.unwrap().0.exists());
    }
}
