//! What the screens ask of whoever keeps the configuration file; `app` answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;

use crate::model::audit::{Origin, Who};

/// An answer, later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Who wants something, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub who: Who,
    /// From where.
    pub from: Origin,
}

/// A change that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The text it was made from.
    pub former: String,
    /// The text it makes.
    pub new: String,
    /// What it is about, for the audit log: places, never values.
    pub places: Vec<String>,
    /// Who wants it.
    pub by: By,
    /// Whether whoever may write people's page alone may make it: they may then see it and say the word too.
    pub of_page: bool,
}

/// A change that is in force and waits for somebody's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its name, told on pages that were loaded over it and nowhere else.
    pub id: String,
    /// Who made it.
    pub who: String,
    /// Since when it is in force.
    pub since: Timestamp,
    /// When it is undone.
    pub until: Timestamp,
    /// What it is about.
    pub places: Vec<String>,
    /// See [`Wish::of_page`]; never where lines changed by hand came in force with it.
    pub of_page: bool,
    /// The text that was in force before.
    pub former: String,
    /// The text in force.
    pub new: String,
}

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// The file is not the one any more that the change was made from.
    Elsewhere,
    /// Another change waits for its word, or is on its way back.
    Busy,
    /// That change does not wait any more.
    Over,
    /// The file cannot be read or written.
    File(String),
    /// The text is no configuration.
    Wrong(String),
    /// The change could not be put in force, and the former settings are back.
    Undone(String),
    /// The former text is in the file, and will be in force when daemon and helper take it; why they do not yet.
    NotYet(String),
}

/// Keeps the configuration file.
pub trait Keeper: Send + Sync {
    /// The file's name, for messages; relative paths in it start at its directory.
    fn name(&self) -> String;

    /// The file as it is now.
    ///
    /// # Errors
    /// [`Refused::File`].
    fn text(&self) -> Result<String, Refused>;

    /// What is in force, where the file says something else: somebody has changed it by hand, and nobody has had it
    /// read since. A change that is applied over such a file puts those lines in force too, and what comes back when
    /// nobody confirms is what was in force.
    fn in_force(&self, file: &str) -> Option<String>;

    /// Where a text of the file that was changed by hand is kept when another takes its place.
    fn kept_by_hand(&self, text: &str) -> String;

    /// All those that are kept.
    fn all_kept_by_hand(&self) -> Vec<String>;

    /// The change that waits for a word.
    fn waiting(&self) -> Later<'_, Option<Waiting>>;

    /// Puts a change in force, which then waits for [`Keeper::confirm`]; nothing waits where it changes nothing.
    fn apply(&self, wish: Wish) -> Later<'_, Result<Option<Waiting>, Refused>>;

    /// Lets the change of this name stay.
    fn confirm(&self, id: String, by: By) -> Later<'_, Result<(), Refused>>;

    /// Undoes the change of this name.
    fn undo(&self, id: String, by: By) -> Later<'_, Result<(), Refused>>;
}

/// Shared by all handlers.
pub type SharedKeeper = Arc<dyn Keeper>;
