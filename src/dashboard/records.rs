//! What screens show of what is on the disk. `app` hands it in, so that nothing here knows files. Everything here
//! may take its time, and is asked for on threads that may be blocked.

use std::error::Error;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::audit::{Entry, Verdict};

/// Why something cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RecordError(#[source] Box<dyn Error + Send + Sync>);

impl RecordError {
    /// By what went wrong.
    #[must_use]
    pub fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }
}

/// Whether the audit log is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// When it was read.
    pub at: Timestamp,
    /// What was found; `None` where there is no log yet.
    pub verdict: Option<Verdict>,
}

/// The audit log.
pub trait AuditLog: Send + Sync {
    /// Whether it is whole, as of now or of a little while ago.
    ///
    /// # Errors
    /// It cannot be read.
    fn chain(&self) -> Result<Chain, RecordError>;

    /// All entries, oldest first, each with its line.
    ///
    /// # Errors
    /// It cannot be read.
    fn entries(&self, take: &mut dyn FnMut(u64, Entry)) -> Result<(), RecordError>;
}

/// All of it. Cheap to clone.
#[derive(Clone)]
pub struct Records {
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
}
