//! What the screen asks of whoever keeps news and notices and renders people's pages; `app` answers.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::model::{Board, ItemId, NetworkId, NoticeColor};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// A piece of news.
    News,
    /// An urgent notice.
    Notice,
}

/// What somebody wants to publish, and what is published already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Which.
    pub piece: Piece,
    /// The published one that it is to stand for.
    pub id: Option<ItemId>,
    /// Title of news, text of a notice.
    pub line: String,
    /// The text of news.
    pub text: String,
    /// Of a notice.
    pub color: NoticeColor,
    /// More about it.
    pub link: Option<String>,
    /// Two letters.
    pub lang: String,
    /// From when on it is shown.
    pub from: Option<Timestamp>,
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Whether news are shown first.
    pub pinned: bool,
    /// Where; empty is everywhere.
    pub networks: BTreeSet<NetworkId>,
    /// What the picture of published news shows, in words; `None` without one. Publishing leaves it as it is.
    pub picture: Option<String>,
}

/// A picture that somebody has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPicture {
    /// JPEG, PNG or WebP, perhaps.
    pub bytes: Vec<u8>,
    /// What it shows, in words.
    pub alt: String,
}

/// Why a draft is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection {
    /// Name of the field of the form; empty when it is none in particular.
    pub field: &'static str,
    /// Key of the words.
    pub key: &'static str,
    /// The number in them.
    pub count: usize,
}

/// Something that a feed sends, and what the editor makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fed {
    /// Which.
    pub piece: Piece,
    /// Its name.
    pub id: ItemId,
    /// Title of news, text of a notice.
    pub line: String,
    /// Who says so; empty where it is not shown.
    pub source: String,
    /// Whether it is shown before others.
    pub pinned: bool,
    /// Whether it is not shown.
    pub hidden: bool,
}

/// Which page of people's is to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Whose.
    pub network: NetworkId,
    /// Code of its language; empty is the place's.
    pub lang: String,
    /// Where its language switch leads.
    pub path: String,
}

/// Something that a page of people's loads besides itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// Its media type.
    pub media_type: &'static str,
    /// It.
    pub bytes: Vec<u8>,
}

/// Why something was not done.
#[derive(Debug)]
pub enum PageError {
    /// It may be done another way.
    Refused(Objection),
    /// A fault, in words for the log.
    Fault(String),
}

/// Keeps the editor's own news and notices; may take its time.
pub trait PageBook: Send + Sync {
    /// What is published, the newest first.
    ///
    /// # Errors
    /// The file cannot be read.
    fn own(&self) -> Result<Vec<Draft>, PageError>;

    /// What the feeds say now.
    ///
    /// # Errors
    /// The file cannot be read.
    fn fed(&self) -> Result<Vec<Fed>, PageError>;

    /// Shows again what was hidden.
    ///
    /// # Errors
    /// See [`PageError`].
    fn restore(&self, id: &ItemId) -> Result<(), PageError>;

    /// What people see, with what the feeds say.
    fn shown(&self) -> Arc<Board>;

    /// Publishes a draft.
    ///
    /// # Errors
    /// See [`PageError`]; then nothing is changed.
    fn publish(&self, config: &Config, draft: Draft, now: Timestamp) -> Result<ItemId, PageError>;

    /// Takes something back; what is a feed's is shown no more.
    ///
    /// # Errors
    /// See [`PageError`].
    fn withdraw(&self, piece: Piece, id: &ItemId) -> Result<(), PageError>;

    /// Gives own news a picture, small enough for the page, or takes it away.
    ///
    /// # Errors
    /// See [`PageError`]; then nothing is changed.
    fn set_picture(&self, id: &ItemId, picture: Option<SentPicture>) -> Result<(), PageError>;

    /// Shows news first, or no longer.
    ///
    /// # Errors
    /// See [`PageError`].
    fn pin(&self, id: &ItemId, first: bool) -> Result<(), PageError>;

    /// The first page of people's as HTML, as it would be with a draft.
    ///
    /// # Errors
    /// See [`PageError`].
    fn preview(
        &self,
        config: &Config,
        sight: &Sight,
        draft: Option<Draft>,
        now: Timestamp,
    ) -> Result<String, PageError>;

    /// Code and own name of every language that it exists in.
    fn languages(&self) -> Vec<(&'static str, &'static str)>;

    /// Names of the pictures of crests beside the configuration file.
    ///
    /// # Errors
    /// Their folder cannot be read.
    fn crests(&self, file: &Path) -> Result<Vec<String>, PageError>;

    /// One of them.
    ///
    /// # Errors
    /// It cannot be read.
    fn crest(&self, file: &Path, name: &str) -> Result<Option<Loaded>, PageError>;

    /// Puts a picture that somebody calls so among them; the name that it has there.
    ///
    /// # Errors
    /// See [`PageError`]; then nothing is kept.
    fn keep_crest(&self, file: &Path, name: &str, bytes: &[u8]) -> Result<String, PageError>;

    /// Names of those that nothing shows; `used` are the files that the settings name.
    ///
    /// # Errors
    /// Their folder cannot be read.
    fn unused_crests(&self, file: &Path, used: &[PathBuf]) -> Result<Vec<String>, PageError>;

    /// Deletes one that nothing shows.
    ///
    /// # Errors
    /// See [`PageError`]; then it stays.
    fn remove_crest(&self, file: &Path, name: &str, used: &[PathBuf]) -> Result<(), PageError>;

    /// What that page loads below `/assets/`.
    fn asset(&self, name: &str) -> Option<Loaded>;

    /// What it loads below `/pictures/`.
    ///
    /// # Errors
    /// The editor's file cannot be read.
    fn picture(&self, id: &ItemId) -> Result<Option<Loaded>, PageError>;
}
