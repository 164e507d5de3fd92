//! The state table: running sessions, and what was ordered about stations, forgotten when it ends; and the
//! keys made once.

mod aside;
mod fallback;
pub mod figures;
mod orders;
mod sessions;
mod sqlite;
pub mod users;
mod writer;

use std::future::Future;
use std::path::{Path, PathBuf};

use crate::model::figures::{DeviceKey, KeyPeriod};
use crate::model::{Mac, NetworkId, StationOrder, StoredSession};

pub use fallback::{Opened, StateStore};
pub use sqlite::SqliteStore;
pub use writer::{Pace, StoreWriter, WriterStopped};

/// One change of the state table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Insert or replace.
    Keep(StoredSession),
    /// Delete; the row's bytes are overwritten on disk.
    Forget {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
    },
    /// Insert or replace a block or an exemption.
    KeepOrder(StationOrder),
    /// Delete it; the row's bytes are overwritten on disk.
    ForgetOrder {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
    },
    /// Keep this key of the devices instead of the one before, whose bytes are overwritten on disk.
    DeviceKey {
        /// What for.
        period: KeyPeriod,
        /// The key.
        key: DeviceKey,
    },
}

/// A damaged database that gave place to a new one.
#[derive(Debug)]
pub struct SetAside {
    /// The name that it has now.
    pub kept_as: PathBuf,
    /// What was wrong with it.
    pub error: StoreError,
    /// How many blocks and exemptions of stations could be read from it all the same and stand in the new one;
    /// `None` where they could not, and whatever there was is lost.
    pub orders: Option<usize>,
}

/// What a change is about: a later change of the same replaces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A session.
    Session(NetworkId, Mac),
    /// A block or an exemption.
    Order(NetworkId, Mac),
    /// The key of the day.
    DayKey,
    /// The key of the month.
    MonthKey,
}

impl Change {
    /// What it is about.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self {
            Self::Keep(session) => Subject::Session(session.network, session.mac),
            Self::Forget { network, mac } => Subject::Session(*network, *mac),
            Self::KeepOrder(order) => Subject::Order(order.network, order.mac),
            Self::ForgetOrder { network, mac } => Subject::Order(*network, *mac),
            Self::DeviceKey { period, .. } => match period {
                KeyPeriod::Day(_) => Subject::DayKey,
                KeyPeriod::Month(_) => Subject::MonthKey,
            },
        }
    }

    /// Whether it is to be on disk soon: an end of a session, which must not come back, and an order of an
    /// administrator, who has been told that it stands.
    #[must_use]
    pub const fn is_urgent(&self) -> bool {
        self.forgets() || matches!(self, Self::KeepOrder(_))
    }

    /// Whether the access register has the beginning of the session, and so is to be told of its end.
    #[must_use]
    pub const fn is_registered(&self) -> bool {
        matches!(self, Self::Keep(session) if session.registered)
    }

    /// Whether something is forgotten by it, of which no file may keep anything.
    #[must_use]
    pub const fn forgets(&self) -> bool {
        matches!(
            self,
            Self::Forget { .. } | Self::ForgetOrder { .. } | Self::DeviceKey { .. }
        )
    }
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the state database {path} failed: {source}{}", remedy(source))]
    Database {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The schema could not be brought up to date.
    #[error("the state database {path} cannot be migrated: {source}")]
    Migration {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: sqlx::migrate::MigrateError,
    },
    /// The schema is one of a later release.
    #[error(
        "the state database {path} was made by a newer Portico (schema {version}): install that release again, \
         or move the file away and lose what it says of running sessions"
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The first version of the schema that is not known here.
        version: i64,
    },
    /// A file operation failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key whose period is over cannot be destroyed meanwhile.
    #[error("{0}; until then a key of the devices is still on disk whose day or month is over")]
    KeyRemains(#[source] Box<StoreError>),
    /// The operating system gave no randomness.
    #[error("no randomness for a new key: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// A file's name with something after it.
fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// SQLite's primary result codes (<https://sqlite.org/rescode.html>).
mod code {
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const NOTADB: i32 = 26;
}

fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// What an administrator can do about it.
fn remedy(error: &sqlx::Error) -> &'static str {
    match primary_code(error) {
        Some(code::FULL) => "; make room on its file system",
        Some(code::IOERR) => "; look at the disk: dmesg, df, df -i",
        Some(code::READONLY | code::CANTOPEN) => {
            "; see that the directory and its files are readable and writable for the service's user"
        }
        _ => "",
    }
}

impl StoreError {
    fn database(path: &Path, source: sqlx::Error) -> Self {
        Self::Database {
            path: path.to_owned(),
            source,
        }
    }

    /// Whether the database was merely out of reach: a full or read-only disk, a missing directory.
    const fn is_passing(&self) -> bool {
        matches!(self, Self::Database { .. } | Self::File { .. })
    }

    /// Whether the file itself is broken, so that trying again cannot help.
    fn is_damage(&self) -> bool {
        let Self::Database { source, .. } = self else {
            return false;
        };
        matches!(primary_code(source), Some(code::CORRUPT | code::NOTADB))
            || matches!(
                source,
                sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } | sqlx::Error::ColumnNotFound(_)
            )
    }
}

/// Where sessions survive a restart.
pub trait Store: Send {
    /// Every stored session; rows that no longer make sense are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sessions(&mut self) -> impl Future<Output = Result<Vec<StoredSession>, StoreError>> + Send;

    /// Every block and exemption; rows that no longer make sense are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    fn orders(&mut self) -> impl Future<Output = Result<Vec<StationOrder>, StoreError>> + Send;

    /// Carries out all changes in one transaction, on disk when it returns; at most one of each
    /// [`Subject`], since their order is the store's.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed.
    fn write(&mut self, changes: &[Change]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The keys of the devices.
    ///
    /// # Errors
    /// [`StoreError`].
    fn device_keys(&mut self)
    -> impl Future<Output = Result<Vec<(KeyPeriod, DeviceKey)>, StoreError>> + Send;

    /// The 32-byte key of that name, made at the first call.
    ///
    /// # Errors
    /// [`StoreError`].
    fn secret(&mut self, name: &'static str) -> impl Future<Output = Result<[u8; 32], StoreError>> + Send;

    /// Leaves in no file anything of what was forgotten before. Writes the whole log into the database:
    /// not for every change.
    ///
    /// # Errors
    /// [`StoreError`]; then some of it may still be there.
    fn wipe(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
