//! What is wished of the file.

use toml_edit::{Array, InlineTable};

use super::Place;
use super::tree::Node;

/// Longest list that stands in one line, bytes.
const ONE_LINE: usize = 90;

/// A value as it is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `"text"`
    Text(String),
    /// `5`
    Whole(i64),
    /// `true`
    Truth(bool),
    /// `["a", "b"]`
    List(Vec<Value>),
    /// `{ it = "…", en = "…" }`
    Table(Vec<(String, Value)>),
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Gives a key this value, whether it has one or not. Sections that are missing on the way are made.
    Set(Place, Value),
    /// Takes a key away, so that its default holds; a key may also be a section, with all that is in it.
    Unset(Place),
    /// Adds an entry, as the last one, to an array of tables that need not be there yet.
    Add(Place, Vec<(String, Value)>),
    /// Removes the entry of an array; its place ends with an index.
    Remove(Place),
    /// Puts the first entries of an array into another order: which one stands first, which second, and so on.
    Order(Place, Vec<usize>),
}

impl Change {
    /// What it is about.
    #[must_use]
    pub const fn place(&self) -> &Place {
        match self {
            Self::Set(place, _)
            | Self::Unset(place)
            | Self::Add(place, _)
            | Self::Remove(place)
            | Self::Order(place, _) => place,
        }
    }
}

impl Value {
    /// As it stands in a file; `None` for what no form writes: other kinds of numbers, dates, sections with entries.
    pub(super) fn of(node: Node<'_>) -> Option<Self> {
        match node {
            Node::Value(value) => value
                .as_str()
                .map(|text| Self::Text(text.to_owned()))
                .or_else(|| value.as_integer().map(Self::Whole))
                .or_else(|| value.as_bool().map(Self::Truth)),
            Node::Array(array) => {
                let values = array.iter().map(|value| Self::of(Node::of_value(value)));
                values.collect::<Option<_>>().map(Self::List)
            }
            Node::Inline(table) => {
                let pairs = table.iter();
                let pairs =
                    pairs.map(|(key, value)| Some((key.to_owned(), Self::of(Node::of_value(value))?)));
                pairs.collect::<Option<_>>().map(Self::Table)
            }
            Node::Table(table) => {
                let pairs = table.iter();
                let pairs = pairs.map(|(key, item)| Some((key.to_owned(), Self::of(Node::of_item(item)?)?)));
                pairs.collect::<Option<_>>().map(Self::Table)
            }
            Node::Tables(_) => None,
        }
    }

    /// As it is written, with the file's kind of line end.
    pub(super) fn written(&self, newline: &str) -> String {
        let plain = self.plain().to_string().trim().to_owned();
        match self {
            Self::List(values) if plain.len() > ONE_LINE => {
                let lines = values
                    .iter()
                    .map(|value| format!("    {},{newline}", value.plain().to_string().trim()));
                format!("[{newline}{}]", lines.collect::<String>())
            }
            _ => plain,
        }
    }

    fn plain(&self) -> toml_edit::Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Whole(number) => (*number).into(),
            Self::Truth(truth) => (*truth).into(),
            Self::List(values) => values.iter().map(Self::plain).collect::<Array>().into(),
            Self::Table(pairs) => {
                let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.plain()));
                pairs.collect::<InlineTable>().into()
            }
        }
    }
}
