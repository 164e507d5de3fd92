//! A wish as bytes that are replaced: everything else stays where it is.

use std::ops::Range;

use toml_edit::{Array, Document, InlineTable, Key, Table};

use super::list::{self, Piece};
use super::tree::{Node, find};
use super::{Change, EditError, Place, Step, Value};

/// The text with one change.
pub(super) fn change(text: &str, change: &Change) -> Result<String, EditError> {
    let document = Document::parse(text).map_err(|error| EditError::Form(error.message().to_owned()))?;
    let sheet = Sheet {
        text,
        root: document.as_table(),
        newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
    };
    match change {
        Change::Set(place, value) => sheet.set(place, value),
        Change::Unset(place) => sheet.unset(place),
        Change::Add(place, entry) => sheet.add(place, entry),
        Change::Remove(place) => match place.steps().last() {
            Some(Step::Index(_)) if find(sheet.root, place.steps()).is_some() => sheet.unset(place),
            _ => Err(EditError::Nowhere(place.clone())),
        },
        Change::Order(place, order) => sheet
            .order(place, order)
            .ok_or_else(|| EditError::Nowhere(place.clone())),
    }
}

/// A text and what it was read as.
struct Sheet<'t> {
    text: &'t str,
    root: &'t Table,
    newline: &'static str,
}

impl Sheet<'_> {
    fn set(&self, place: &Place, value: &Value) -> Result<String, EditError> {
        let nowhere = || EditError::Nowhere(place.clone());
        match find(self.root, place.steps()) {
            Some(Node::Table(_) | Node::Tables(_)) => {
                let without = self.unset(place)?;
                change(&without, &Change::Set(place.clone(), value.clone()))
            }
            Some(node) if Value::of(node).as_ref() == Some(value) => Ok(self.text.to_owned()),
            Some(node) => {
                let kept = match (node, value) {
                    (Node::Array(array), Value::List(values)) => {
                        list::with_values(self.text, array, values, self.newline)
                    }
                    _ => None,
                };
                let written = kept.unwrap_or_else(|| value.written(self.newline));
                Ok(self.replace(&node.span().ok_or_else(nowhere)?, &written))
            }
            None => self.insert(place, value),
        }
    }

    /// Gives a key that is not there its value.
    fn insert(&self, place: &Place, value: &Value) -> Result<String, EditError> {
        let nowhere = || EditError::Nowhere(place.clone());
        let Some((Step::Key(key), parent)) = place.steps().split_last() else {
            return Err(nowhere());
        };
        let line = |path: &str| format!("{path} = {}{}", value.written(self.newline), self.newline);
        match find(self.root, parent) {
            Some(Node::Inline(table)) => {
                let pair = format!("{} = {}", written_key(key), value.written(self.newline));
                self.insert_inline(table, &pair).ok_or_else(nowhere)
            }
            // A key of no section would have to stand before all of them: the file has none.
            Some(Node::Table(_)) if parent.is_empty() => Err(nowhere()),
            Some(node @ Node::Table(table)) if table.is_dotted() => {
                let after = node.own_values().into_iter().map(|span| span.end).max();
                let path = self.dotted_path(place.steps());
                Ok(self.insert_line(after.ok_or_else(nowhere)?, &line(&path)))
            }
            Some(node @ Node::Table(table)) if !table.is_implicit() => {
                let ends = node.own_values().into_iter().chain(node.span());
                let after = ends.map(|span| span.end).max();
                Ok(self.insert_line(after.ok_or_else(nowhere)?, &line(&written_key(key))))
            }
            None if self.is_inline(parent) => {
                let pair = vec![(key.clone(), value.clone())];
                self.insert(&parent.to_vec().into(), &Value::Table(pair))
            }
            Some(Node::Table(_)) | None => self.insert_section(parent, &line(&written_key(key))),
            Some(_) => Err(nowhere()),
        }
    }

    /// Whether what is missing there belongs into braces or dotted keys.
    fn is_inline(&self, steps: &[Step]) -> bool {
        let around = steps.split_last().and_then(|(_, around)| find(self.root, around));
        match around {
            Some(Node::Inline(_)) => true,
            Some(Node::Table(table)) => table.is_dotted(),
            _ => false,
        }
    }

    fn insert_section(&self, steps: &[Step], lines: &str) -> Result<String, EditError> {
        // The way must exist as far as indices go: an entry is never made on the way.
        let last_index = steps.iter().rposition(|step| matches!(step, Step::Index(_)));
        let home = &steps[..last_index.map_or(0, |at| at + 1)];
        let around = find(self.root, home).ok_or_else(|| EditError::Nowhere(steps.to_vec().into()))?;
        let header = format!("[{}]{}", header_path(steps), self.newline);
        let at = if home.is_empty() {
            self.text.len()
        } else {
            self.end_of(around)
        };
        Ok(self.insert_block(at, &format!("{header}{lines}")))
    }

    fn add(&self, place: &Place, entry: &[(String, Value)]) -> Result<String, EditError> {
        let nowhere = || EditError::Nowhere(place.clone());
        let (_, parent) = place.steps().split_last().ok_or_else(nowhere)?;
        let at = match find(self.root, place.steps()) {
            Some(Node::Array(array)) => {
                let braces = Value::Table(entry.to_vec()).written(self.newline);
                return self.add_inline(array, &braces).ok_or_else(nowhere);
            }
            Some(Node::Tables(tables)) => {
                let last = tables.iter().last().ok_or_else(nowhere)?;
                self.end_of(Node::Table(last))
            }
            Some(_) => return Err(nowhere()),
            None if parent.is_empty() => self.text.len(),
            None => match find(self.root, parent) {
                Some(Node::Table(table)) if !table.is_dotted() => self.end_of(Node::Table(table)),
                Some(Node::Inline(_)) => {
                    return self.insert(place, &Value::List(vec![Value::Table(entry.to_vec())]));
                }
                _ => return Err(nowhere()),
            },
        };
        let lines = entry.iter().map(|(key, value)| {
            let value = value.written(self.newline);
            format!("{} = {value}{}", written_key(key), self.newline)
        });
        let header = format!("[[{}]]{}", header_path(place.steps()), self.newline);
        Ok(self.insert_block(at, &format!("{header}{}", lines.collect::<String>())))
    }

    /// Takes away what is there; nothing where nothing is.
    fn unset(&self, place: &Place) -> Result<String, EditError> {
        let steps = place.steps();
        let (Some(node), Some((step, parent))) = (find(self.root, steps), steps.split_last()) else {
            return Ok(self.text.to_owned());
        };
        let nowhere = || EditError::Nowhere(place.clone());
        match (find(self.root, parent), node) {
            (Some(Node::Inline(table)), _) => {
                let spans = table.iter().map(|(key, value)| {
                    let key = table.key(key).and_then(Key::span)?;
                    Some(key.start..Node::of_value(value).span()?.end)
                });
                let at = table
                    .iter()
                    .position(|(key, _)| step == &Step::Key(key.to_owned()));
                self.remove_of_list(spans.collect(), at).ok_or_else(nowhere)
            }
            (Some(Node::Array(array)), _) => {
                let spans = array.iter().map(|value| Node::of_value(value).span());
                let Step::Index(at) = step else {
                    return Err(nowhere());
                };
                let others = (0..array.len()).filter(|place| place != at).map(Piece::Old);
                if let Some(kept) = self.pieces(array, others) {
                    return Ok(kept);
                }
                self.remove_of_list(spans.collect(), Some(*at))
                    .ok_or_else(nowhere)
            }
            (_, Node::Table(_) | Node::Tables(_)) => {
                let dotted = match node {
                    Node::Table(table) if table.is_dotted() => node.own_values(),
                    _ => Vec::new(),
                };
                let mut lines: Vec<Range<usize>> = dotted.iter().map(|span| self.lines_of(span)).collect();
                for section in node.sections() {
                    let header = section.span().ok_or_else(nowhere)?;
                    let end = section.own_values().into_iter().map(|span| span.end).max();
                    lines.push(self.lines_of(&(header.start..end.unwrap_or(header.end).max(header.end))));
                }
                Ok(self.without(lines))
            }
            (Some(Node::Table(table)), _) => {
                let key = place.last_key().and_then(|key| table.key(key)?.span());
                let (key, value) = key.zip(node.span()).ok_or_else(nowhere)?;
                Ok(self.without(vec![self.lines_of(&(key.start..value.end))]))
            }
            _ => Err(nowhere()),
        }
    }

    /// The entries of an array with what stands in them, each where another one was; what is between them stays.
    fn order(&self, place: &Place, order: &[usize]) -> Option<String> {
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..order.len()) {
            return None;
        }
        let spans: Option<Vec<Range<usize>>> = match find(self.root, place.steps())? {
            Node::Tables(tables) => tables
                .iter()
                .enumerate()
                .map(|(index, table)| self.block_of(table, index > 0))
                .collect(),
            Node::Array(array) => array.iter().map(|value| Node::of_value(value).span()).collect(),
            _ => None,
        };
        let spans = spans?;
        let are_apart = spans.windows(2).all(|pair| pair[0].end <= pair[1].start);
        if !are_apart || order.len() > spans.len() {
            return None;
        }
        let mut text = self.text.to_owned();
        for (span, entry) in spans.iter().zip(order).rev() {
            let block = &self.text[spans[*entry].clone()];
            // The last line of the file may have no end.
            let end = if block.ends_with('\n') || !self.text[span.clone()].ends_with('\n') {
                ""
            } else {
                self.newline
            };
            text.replace_range(span.clone(), &format!("{block}{end}"));
        }
        Some(text)
    }

    /// The lines of an entry, with those of comments right above it if they are its own: above the first one
    /// stands what is about them all.
    fn block_of(&self, table: &Table, with_comments: bool) -> Option<Range<usize>> {
        let mut start = self.lines_of(&table.span()?).start;
        while let Some(before) = self.text[..start].strip_suffix('\n').filter(|_| with_comments) {
            let above = before.rfind('\n').map_or(0, |at| at + 1);
            if !self.text[above..start].trim_start().starts_with('#') {
                break;
            }
            start = above;
        }
        Some(start..self.end_of(Node::Table(table)))
    }

    fn replace(&self, span: &Range<usize>, by: &str) -> String {
        format!("{}{by}{}", &self.text[..span.start], &self.text[span.end..])
    }

    /// A pair as the last one in braces.
    fn insert_inline(&self, table: &InlineTable, pair: &str) -> Option<String> {
        let last = table
            .iter()
            .last()
            .and_then(|(_, value)| Node::of_value(value).span());
        match last {
            Some(last) => Some(self.replace(&(last.end..last.end), &format!(", {pair}"))),
            None => Some(self.replace(&table.span()?, &format!("{{ {pair} }}"))),
        }
    }

    /// The text with these pieces in a list, where it has comments.
    fn pieces(&self, array: &Array, pieces: impl Iterator<Item = Piece>) -> Option<String> {
        let pieces: Vec<Piece> = pieces.collect();
        let list = list::with_pieces(self.text, array, &pieces, self.newline)?;
        Some(self.replace(&array.span()?, &list))
    }

    fn add_inline(&self, array: &Array, entry: &str) -> Option<String> {
        let all = (0..array.len()).map(Piece::Old);
        if let Some(kept) = self.pieces(array, all.chain([Piece::New(entry.to_owned())])) {
            return Some(kept);
        }
        let last = array.iter().last().and_then(|value| Node::of_value(value).span());
        match last {
            Some(last) => Some(self.replace(&(last.end..last.end), &format!(", {entry}"))),
            None => Some(self.replace(&array.span()?, &format!("[{entry}]"))),
        }
    }

    /// Takes one of several that are joined by commas away, with one comma.
    fn remove_of_list(&self, spans: Option<Vec<Range<usize>>>, at: Option<usize>) -> Option<String> {
        let (spans, at) = (spans?, at?);
        let own = spans.get(at)?;
        let cut = match (
            at.checked_sub(1).and_then(|before| spans.get(before)),
            spans.get(at + 1),
        ) {
            (_, Some(next)) => own.start..next.start,
            (Some(before), None) => before.end..own.end,
            (None, None) => own.clone(),
        };
        Some(self.replace(&cut, ""))
    }

    /// A line behind the one that this byte stands in.
    fn insert_line(&self, after: usize, line: &str) -> String {
        let at = self.line_end(after);
        let gap = if self.text[..at].ends_with('\n') {
            ""
        } else {
            self.newline
        };
        self.replace(&(at..at), &format!("{gap}{line}"))
    }

    /// Lines of their own, an empty one before them.
    fn insert_block(&self, at: usize, lines: &str) -> String {
        let before = &self.text[..at];
        let end = if before.is_empty() || before.ends_with('\n') {
            ""
        } else {
            self.newline
        };
        let is_apart = before.is_empty() || ends_empty(before);
        let gap = if is_apart { "" } else { self.newline };
        self.replace(&(at..at), &format!("{end}{gap}{lines}"))
    }

    /// Where the last line of a section and of all that is in it ends.
    fn end_of(&self, node: Node<'_>) -> usize {
        let sections = node.sections().into_iter();
        let spans = sections.flat_map(|section| section.own_values().into_iter().chain(section.span()));
        let last = spans.map(|span| span.end).max();
        last.map_or(self.text.len(), |end| self.line_end(end))
    }

    /// The whole lines of a span.
    fn lines_of(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        start..self.line_end(span.end)
    }

    fn line_end(&self, byte: usize) -> usize {
        self.text[byte..]
            .find('\n')
            .map_or(self.text.len(), |at| byte + at + 1)
    }

    /// The text without these lines, and without the second of two empty lines that meet.
    fn without(&self, mut lines: Vec<Range<usize>>) -> String {
        lines.sort_by_key(|range| range.start);
        let mut kept = self.text.to_owned();
        for range in lines.into_iter().rev() {
            let mut end = range.end;
            let before = &kept[..range.start];
            if before.is_empty() || ends_empty(before) {
                let rest = &kept[range.end..];
                let line = rest.split_inclusive('\n').next().unwrap_or_default();
                if line.ends_with('\n') && line.trim().is_empty() {
                    end += line.len();
                }
            }
            kept.replace_range(range.start..end, "");
            let is_last = kept.len() == range.start;
            if is_last && ends_empty(&kept) {
                kept.truncate(kept.trim_end_matches(['\r', '\n']).len());
                kept.push_str(self.newline);
            }
        }
        kept
    }

    /// The dotted keys from the section's header on.
    fn dotted_path(&self, steps: &[Step]) -> String {
        let is_header = |length: &usize| match find(self.root, &steps[..*length]) {
            Some(Node::Table(table)) => !table.is_dotted(),
            _ => false,
        };
        let header = (0..steps.len()).rev().find(is_header).unwrap_or(0);
        header_path(&steps[header..])
    }
}

fn ends_empty(text: &str) -> bool {
    let mut lines = text.split_inclusive('\n').rev();
    let last = lines.next().unwrap_or_default();
    last.ends_with('\n') && last.trim().is_empty()
}

/// The keys on the way, as a header has them: entries are told by their order.
fn header_path(steps: &[Step]) -> String {
    let keys = steps.iter().filter_map(|step| match step {
        Step::Key(key) => Some(written_key(key)),
        Step::Index(_) => None,
    });
    keys.collect::<Vec<String>>().join(".")
}

fn written_key(key: &str) -> String {
    Key::new(key).display_repr().into_owned()
}
