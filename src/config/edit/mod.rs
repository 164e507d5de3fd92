//! Changes of the configuration file by a program: what is not changed stays as it stands, byte by byte, with
//! comments, order and form.
//!
//! | file | holds |
//! |---|---|
//! | `place` | where something stands: `network.0.rate.down` |
//! | `change` | what is wished |
//! | `tree` | the document, with the bytes that each part takes |
//! | `splice` | a wish as bytes that are replaced |
//! | `list` | lists with comments in them |
//! | `difference` | two texts, line by line |

mod change;
mod difference;
mod list;
mod place;
mod splice;
mod tree;

use toml_edit::Document;

use super::errors::Finding;
use super::words::{Words, words};
use super::{Checked, Config};

pub use change::{Change, Value};
pub use difference::{Line, Sign, difference};
pub use place::{NoPlace, Place, Step};

/// Why a text cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text is not TOML.
    #[error("the file has a mistake of form (TOML): {0}")]
    Form(String),
    /// There is nothing to remove or to add to, or it is not of that kind.
    #[error("{0}: there is no such place in the file")]
    Nowhere(Place),
}

impl EditError {
    /// Why, in both languages.
    #[must_use]
    pub fn words(&self) -> Words {
        match self {
            // The parser speaks English alone.
            Self::Form(why) => words!(
                "the file has a mistake of form (TOML): {why}",
                "il file ha un errore di forma (TOML); il lettore dice, in inglese: {why}"
            ),
            Self::Nowhere(place) => words!(
                "{place}: there is no such place in the file",
                "{place}: nel file non c'è un posto simile"
            ),
        }
    }
}

/// A mistake of a text, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The value; the section where a mistake is about several; the empty place where it is about the file.
    pub place: Place,
    /// What is wrong.
    pub what: Words,
    /// What to do.
    pub hint: Option<Words>,
}

/// The text with these changes, one after the other: each is told of the text that the one before has left, so
/// that an entry that is removed makes the indices of those behind it smaller. What does not change anything
/// leaves the text as it is.
///
/// # Errors
/// [`EditError`]. Whether the outcome is a configuration is for [`check`] to say.
pub fn edit(text: &str, changes: &[Change]) -> Result<String, EditError> {
    let (mark, body) = text
        .strip_prefix('\u{feff}')
        .map_or(("", text), |body| ("\u{feff}", body));
    let mut edited = body.to_owned();
    for change in changes {
        edited = splice::change(&edited, change)?;
    }
    Ok(format!("{mark}{edited}"))
}

/// The value at a place, if there is one that [`Value`] can hold.
#[must_use]
pub fn value(text: &str, place: &Place) -> Option<Value> {
    let document = Document::parse(text).ok()?;
    let found = tree::find(document.as_table(), place.steps())?;
    if let tree::Node::Value(number @ toml_edit::Value::Float(_)) = &found {
        // As it is written: of a coordinate every digit counts.
        return Some(Value::Text(text.get(number.span()?)?.to_owned()));
    }
    Value::of(found)
}

/// How many entries there are at a place of many.
#[must_use]
pub fn entries(text: &str, place: &Place) -> usize {
    let Ok(document) = Document::parse(text) else {
        return 0;
    };
    tree::find(document.as_table(), place.steps()).map_or(0, tree::Node::entries)
}

/// [`Config::check`], with the place of each mistake.
///
/// # Errors
/// Every mistake, in file order.
pub fn check(text: &str, name: &str) -> Result<Checked, Vec<Fault>> {
    Config::check(text, name).map_err(|errors| faults(text, errors.findings()))
}

/// What findings of a text are about.
#[must_use]
pub fn faults(text: &str, findings: &[Finding]) -> Vec<Fault> {
    let document = Document::parse(text).ok();
    let place = |finding: &Finding| {
        let (Some(document), Some(at)) = (&document, &finding.position) else {
            return Place::default();
        };
        // What is about the whole file has no bytes.
        if at.bytes.is_empty() {
            return Place::default();
        }
        let place = tree::place_of(document.as_table(), at.bytes.start);
        match finding.missing {
            Some(key) => place.key(key),
            None => place,
        }
    };
    let fault = |finding: &Finding| {
        let place = place(finding);
        let named = place.last_key().map(|key| format!("{key}: "));
        Fault {
            what: named.map_or_else(|| finding.what.clone(), |named| finding.what.without(&named)),
            hint: finding.hint.clone(),
            place,
        }
    };
    findings.iter().map(fault).collect()
}

#[cfg(test)]
mod tests;
