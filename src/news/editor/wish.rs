//! What somebody wants to tell people, and why that is refused.

use jiff::Timestamp;

use crate::model::Scope;
use crate::news::sanitise;

/// Longest text, characters: about three printed pages.
pub const MOST_TEXT: usize = 10_000;
/// What [`EditError::Long`] calls that of a picture.
pub const PICTURE_ALT: &str = "the description of the picture";
/// Longest description of a picture, characters.
pub const MOST_ALT: usize = 200;

/// Why a change is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Nothing in it.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// Too long.
    #[error("{what} has {characters} characters; {most} are allowed")]
    Long {
        /// What.
        what: &'static str,
        /// How many it has.
        characters: usize,
        /// How many it may have.
        most: usize,
    },
    /// Not an address.
    #[error("{0:?} is no address of a page: it begins with https://")]
    Link(String),
    /// Not a language.
    #[error("{0:?} is not the code of a language: two letters, like it or en")]
    Lang(String),
    /// It would never be shown.
    #[error("its end is past: it would never be shown")]
    Past,
    /// It would never be shown either.
    #[error("its end is not after its begin: it would never be shown")]
    Order,
    /// No more of them.
    #[error("there are {most} {what} already: remove one first")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many.
        most: usize,
    },
    /// No such name.
    #[error("nothing here has the name {0}: see `list`")]
    Unknown(String),
    /// More than one begin so.
    #[error("more than one name begins with {0}: write more of it")]
    Ambiguous(String),
}

/// What items and notices have in common.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Title of an item, text of a notice.
    pub line: String,
    /// More about it.
    pub link: Option<String>,
    /// Two letters.
    pub lang: String,
    /// From when on it is shown; at once without.
    pub from: Option<Timestamp>,
    /// From when on it is not shown.
    pub until: Option<Timestamp>,
    /// Where.
    pub scope: Scope,
    /// Who says so.
    pub source: String,
}

impl Wish {
    /// The wish with a clean line and address, if it can be granted.
    pub(super) fn check(self, what: &'static str, most: usize, now: Timestamp) -> Result<Self, EditError> {
        let line = sanitise::line(&self.line, usize::MAX);
        if line.is_empty() {
            return Err(EditError::Empty(what));
        }
        limit(what, &line, most)?;
        let lang = &self.lang;
        if lang.len() != 2 || !lang.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(EditError::Lang(self.lang));
        }
        let address = self
            .link
            .map(|text| sanitise::link(&text, None).ok_or(EditError::Link(text)));
        if self.until.is_some_and(|until| until <= now) {
            return Err(EditError::Past);
        }
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until <= from
        {
            return Err(EditError::Order);
        }
        Ok(Self {
            line,
            link: address.transpose()?,
            ..self
        })
    }
}

/// Whether a text is no longer than it may be.
pub(super) fn limit(what: &'static str, text: &str, most: usize) -> Result<(), EditError> {
    let characters = text.chars().count();
    if characters > most {
        return Err(EditError::Long {
            what,
            characters,
            most,
        });
    }
    Ok(())
}
