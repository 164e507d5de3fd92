//! The document as it was read, with the bytes that each part takes.

use std::ops::Range;

use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, Value};

use super::{Place, Step};

/// A part of the document.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node<'d> {
    /// The file, a section, or what dotted keys make.
    Table(&'d Table),
    /// `[[…]]`
    Tables(&'d ArrayOfTables),
    /// `{ … }`
    Inline(&'d InlineTable),
    /// `[ … ]`
    Array(&'d Array),
    /// Anything else.
    Value(&'d Value),
}

impl<'d> Node<'d> {
    pub(super) fn of_value(value: &'d Value) -> Self {
        match value {
            Value::InlineTable(table) => Self::Inline(table),
            Value::Array(array) => Self::Array(array),
            other => Self::Value(other),
        }
    }

    pub(super) fn of_item(item: &'d Item) -> Option<Self> {
        match item {
            Item::None => None,
            Item::Value(value) => Some(Self::of_value(value)),
            Item::Table(table) => Some(Self::Table(table)),
            Item::ArrayOfTables(tables) => Some(Self::Tables(tables)),
        }
    }

    /// What is one step further.
    pub(super) fn child(self, step: &Step) -> Option<Self> {
        match (self, step) {
            (Self::Table(table), Step::Key(key)) => Self::of_item(table.get(key)?),
            (Self::Inline(table), Step::Key(key)) => Some(Self::of_value(table.get(key)?)),
            (Self::Tables(tables), Step::Index(index)) => tables.get(*index).map(Self::Table),
            (Self::Array(array), Step::Index(index)) => array.get(*index).map(Self::of_value),
            _ => None,
        }
    }

    /// Its bytes: of a value all of them, of a section those of its header.
    pub(super) fn span(self) -> Option<Range<usize>> {
        match self {
            Self::Table(table) => table.span(),
            Self::Tables(_) => None,
            Self::Inline(table) => table.span(),
            Self::Array(array) => array.span(),
            Self::Value(value) => value.span(),
        }
    }

    /// How many entries it has, if it is one of many.
    pub(super) fn entries(self) -> usize {
        match self {
            Self::Tables(tables) => tables.len(),
            Self::Array(array) => array.len(),
            Self::Table(_) | Self::Inline(_) | Self::Value(_) => 0,
        }
    }

    /// What is in it, by the step there, with the bytes of the key.
    fn children(self) -> Vec<(Step, Self, Option<Range<usize>>)> {
        let by_key = |key: &str| Step::Key(key.to_owned());
        match self {
            Self::Table(table) => table
                .iter()
                .filter_map(|(key, item)| {
                    let span = table.key(key).and_then(toml_edit::Key::span);
                    Some((by_key(key), Self::of_item(item)?, span))
                })
                .collect(),
            Self::Inline(table) => table
                .iter()
                .map(|(key, value)| {
                    let span = table.key(key).and_then(toml_edit::Key::span);
                    (by_key(key), Self::of_value(value), span)
                })
                .collect(),
            Self::Tables(tables) => tables
                .iter()
                .enumerate()
                .map(|(index, table)| (Step::Index(index), Self::Table(table), None))
                .collect(),
            Self::Array(array) => array
                .iter()
                .enumerate()
                .map(|(index, value)| (Step::Index(index), Self::of_value(value), None))
                .collect(),
            Self::Value(_) => Vec::new(),
        }
    }

    /// The bytes of the values that stand under its own header: in it, or in what dotted keys make of it.
    pub(super) fn own_values(self) -> Vec<Range<usize>> {
        let children = self.children().into_iter();
        let spans = children.map(|(_, child, _)| match child {
            Self::Table(table) if table.is_dotted() => child.own_values(),
            Self::Table(_) | Self::Tables(_) => Vec::new(),
            Self::Inline(_) | Self::Array(_) | Self::Value(_) => child.span().into_iter().collect(),
        });
        spans.flatten().collect()
    }

    /// Itself, where it has a header of its own, and every section in it.
    pub(super) fn sections(self) -> Vec<Self> {
        let is_section = matches!(self, Self::Table(table) if !table.is_dotted() && !table.is_implicit());
        let own = is_section.then_some(self);
        let children = self.children().into_iter();
        own.into_iter()
            .chain(children.flat_map(|(_, child, _)| child.sections()))
            .collect()
    }
}

/// What is at a place.
pub(super) fn find<'d>(root: &'d Table, steps: &[Step]) -> Option<Node<'d>> {
    let mut steps = steps.iter();
    steps.try_fold(Node::Table(root), Node::child)
}

/// What a byte of the text belongs to: the innermost value, key or header around it.
pub(super) fn place_of(root: &Table, byte: usize) -> Place {
    way(Node::Table(root), byte).unwrap_or_default().into()
}

fn way(node: Node<'_>, byte: usize) -> Option<Vec<Step>> {
    node.children().into_iter().find_map(|(step, child, key)| {
        let is_at = |span: &Range<usize>| span.contains(&byte);
        let inner = way(child, byte);
        let here = child.span().as_ref().is_some_and(is_at) || key.as_ref().is_some_and(is_at);
        let rest = inner.or_else(|| here.then(Vec::new))?;
        Some([step].into_iter().chain(rest).collect())
    })
}
