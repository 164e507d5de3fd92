//! What screens show of what is on the disk. `app` hands it in, so that nothing here knows files. Everything here
//! may take its time, and is asked for on threads that may be blocked.

use std::error::Error;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Config, Words};
use crate::model::audit::{Entry, Filter, Verdict, Who};
use crate::model::figures::suppress::PublicMonth;
use crate::model::figures::{Day, Period};
use crate::model::{NetworkId, Withdrawn, Works, WorksBook, WorksError, WorksWish};

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

/// What is known besides figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Networks and their names, those of the configuration first.
    pub networks: Vec<(NetworkId, String)>,
    /// The running day: of it and what comes after nothing is told.
    pub today: Day,
}

/// Figures, as far as they may be told.
pub trait FigureBook: Send + Sync {
    /// Of which networks, and up to when.
    ///
    /// # Errors
    /// They cannot be read.
    fn known(&self, config: &Config) -> Result<Known, RecordError>;

    /// Gives the months of a network that a period touches, as far as they are known.
    ///
    /// # Errors
    /// They cannot be read.
    fn months(
        &self,
        config: &Config,
        network: NetworkId,
        period: Period,
        tell: &mut dyn FnMut(PublicMonth),
    ) -> Result<(), RecordError>;
}

/// An export of figures, as it was typed; words are those of `portico export`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FiguresWish {
    /// Kind.
    pub what: String,
    /// Format.
    pub format: String,
    /// First day, or nothing.
    pub from: String,
    /// Last day, included, or nothing.
    pub to: String,
    /// Network, or nothing for all of them.
    pub network: String,
    /// What a row is about.
    pub by: String,
    /// Language.
    pub lang: String,
}

/// How lines of the audit log are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// Comma-separated values.
    Csv,
    /// The lines themselves.
    JsonLines,
}

/// What is wanted as a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportWish {
    /// Figures.
    Figures(FiguresWish),
    /// Lines of the audit log.
    Audit {
        /// Which.
        filter: Filter,
        /// In which form.
        format: AuditFormat,
    },
}

/// Who wants it, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// Name of the user whose it is.
    pub name: String,
    /// Who asked for it: the user, or a token of theirs.
    pub who: Who,
    /// From where.
    pub address: IpAddr,
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The file, and those beside it.
    pub files: Vec<MadeFile>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// A file that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeFile {
    /// Its name in its folder.
    pub name: String,
    /// Of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
}

/// Why there is no file.
#[derive(Debug)]
pub enum NotMade {
    /// A field of the form cannot be used.
    Complaint {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        words: Words,
    },
    /// It was refused, or nothing is known of it.
    Told(Words),
    /// Progress said that nobody wants it any more.
    Stopped,
    /// It cannot be read or written.
    Fault(RecordError),
}

/// Makes files, each whole or absent and noted in the audit log.
pub trait Exporter: Send + Sync {
    /// Whether a wish can be made true, as far as that can be said at once.
    ///
    /// # Errors
    /// [`NotMade`].
    fn check(&self, config: &Config, wish: &ExportWish) -> Result<(), NotMade>;

    /// Makes files in a folder; `progress` hears how many parts of how many are done, and says whether to go on.
    ///
    /// # Errors
    /// [`NotMade`]; there is no file then.
    fn make(
        &self,
        config: &Config,
        wish: &ExportWish,
        author: &Author,
        folder: &Path,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Made, NotMade>;
}

/// Why works are not announced, or not taken back.
#[derive(Debug)]
pub enum NotAnnounced {
    /// It cannot be done.
    Refused(WorksError),
    /// It was done, but people are not told, and why.
    Untold(String),
    /// The file or the audit log cannot be read or written; nothing was changed.
    Fault(RecordError),
}

/// Announced works, each change noted in the audit log.
pub trait WorksDesk: Send + Sync {
    /// All of them.
    ///
    /// # Errors
    /// They cannot be read.
    fn book(&self) -> Result<WorksBook, RecordError>;

    /// Announces works for somebody who asks now, and tells people where that is wanted.
    ///
    /// # Errors
    /// [`NotAnnounced`].
    fn announce(
        &self,
        config: &Config,
        wish: WorksWish,
        tells_people: bool,
        by: (&Author, Timestamp),
    ) -> Result<Works, NotAnnounced>;

    /// Takes works back, and what people were told of them.
    ///
    /// # Errors
    /// [`NotAnnounced`].
    fn withdraw(
        &self,
        config: &Config,
        number: u32,
        by: (&Author, Timestamp),
    ) -> Result<Withdrawn, NotAnnounced>;
}

/// All of it. Cheap to clone.
#[derive(Clone)]
pub struct Records {
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// The figures.
    pub figures: Arc<dyn FigureBook>,
    /// What makes files.
    pub exporter: Arc<dyn Exporter>,
    /// Where they are until they are fetched.
    pub exports: PathBuf,
    /// Announced works.
    pub works: Arc<dyn WorksDesk>,
}
