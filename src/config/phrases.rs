//! A short text in one language or several: `"Piazza"`, or `{ it = "…", en = "…" }`.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::reader::{Complaint, kind};
use super::values;
use super::words::words;

/// Language of a text given without one: the place's.
const LOCAL: &str = "it";

/// A text in at least one language, by ISO 639-1 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrases(BTreeMap<String, String>);

impl Phrases {
    /// The text for a reader of `code`, else the English, else the Italian, else any, with the
    /// language that it is in.
    #[must_use]
    pub fn get(&self, code: &str) -> (&str, &str) {
        [code, "en", LOCAL]
            .into_iter()
            .find_map(|wanted| self.0.get_key_value(wanted))
            .or_else(|| self.0.first_key_value())
            .map_or(("", LOCAL), |(code, text)| (text, code))
    }
}

/// Reads a text, or a table of texts by language, each a line of at most `most` characters.
pub(super) fn read(value: &DeValue<'_>, most: usize) -> Result<Phrases, Complaint> {
    let Some(table) = value.as_table() else {
        if value.as_str().is_none() {
            return Err(Complaint::new(
                words!(
                    "a text is wanted here, not {kind}",
                    "qui ci vuole un testo, non {kind}";
                    kind = kind(value),
                ),
                words!(
                    "write \"…\" for Italian, or {{ it = \"…\", en = \"…\" }}",
                    "scrivere \"…\" per l'italiano, o {{ it = \"…\", en = \"…\" }}"
                ),
            ));
        }
        let text = values::line_of(value, most)?;
        return Ok(Phrases(BTreeMap::from([(LOCAL.to_owned(), text)])));
    };
    let mut texts = BTreeMap::new();
    for (code, text) in table {
        let code = code.get_ref().as_ref();
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Err(Complaint::new(
                words!(
                    "{code:?} is not the code of a language",
                    "{code:?} non è il codice di una lingua"
                ),
                words!(
                    "two letters (ISO 639-1): it, en, de …",
                    "due lettere (ISO 639-1): it, en, de …"
                ),
            ));
        }
        texts.insert(code.to_owned(), values::line_of(text.get_ref(), most)?);
    }
    if texts.is_empty() {
        return Err(Complaint::new(
            words!("no text at all", "non c'è nessun testo"),
            words!(
                "write {{ it = \"…\", en = \"…\" }}",
                "scrivere {{ it = \"…\", en = \"…\" }}"
            ),
        ));
    }
    Ok(Phrases(texts))
}

impl From<&str> for Phrases {
    /// An Italian text.
    fn from(text: &str) -> Self {
        Self(BTreeMap::from([(LOCAL.to_owned(), text.to_owned())]))
    }
}
