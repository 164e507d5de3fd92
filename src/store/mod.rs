//! The state table: running sessions, forgotten when they end, and the keys made once.

mod sqlite;
mod writer;

use std::future::Future;
use std::path::PathBuf;

use crate::model::{Mac, NetworkId, StoredSession};

pub use sqlite::SqliteStore;
pub use writer::{StoreWriter, WriterStopped};

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
}

impl Change {
    /// The row it is about.
    #[must_use]
    pub const fn key(&self) -> (NetworkId, Mac) {
        match self {
            Self::Keep(session) => (session.network, session.mac),
            Self::Forget { network, mac } => (*network, *mac),
        }
    }
}

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database said no.
    #[error("the state database {path} failed: {source}")]
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
    /// A file operation failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The operating system gave no randomness.
    #[error("no randomness for a new key: {0}")]
    Randomness(#[from] getrandom::Error),
}

/// Where sessions survive a restart.
pub trait Store: Send {
    /// Every stored session; rows that no longer make sense are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sessions(&mut self) -> impl Future<Output = Result<Vec<StoredSession>, StoreError>> + Send;

    /// Carries out all changes in one transaction, on disk when it returns.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was changed.
    fn write(&mut self, changes: &[Change]) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The 32-byte key of that name, made at the first call.
    ///
    /// # Errors
    /// [`StoreError`].
    fn secret(&mut self, name: &'static str) -> impl Future<Output = Result<[u8; 32], StoreError>> + Send;
}
