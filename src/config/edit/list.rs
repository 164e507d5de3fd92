//! Lists with comments in them: what stands at an element stays as long as the element does.
//!
//! ```text
//!  servers = [ # opening
//!      # head
//!      "one", # tail
//!      # closing
//!  ]
//! ```

use toml_edit::{Array, Document};

use super::Value;
use super::difference::{Sign, script};
use super::tree::Node;

/// What an element is put before with where no other tells.
const INDENT: &str = "    ";
/// Longest list that is compared with another, elements.
const MOST: usize = 2_000;

/// An element of a list as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// One that stands there, by its place.
    Old(usize),
    /// Another, as it is written.
    New(String),
}

/// What stands around an element.
#[derive(Debug, Clone, Copy)]
struct Around<'t> {
    /// The lines above it, and what is before it in its own.
    head: &'t str,
    /// Itself.
    own: &'t str,
    /// What follows in its line, the comma and a comment.
    tail: &'t str,
    has_comma: bool,
}

/// A list with these values, in brackets; `None` where there is no comment to be kept.
pub(super) fn with_values(text: &str, array: &Array, values: &[Value], newline: &str) -> Option<String> {
    let old = array.iter().map(|value| Value::of(Node::of_value(value)));
    let old: Vec<Option<Value>> = old.collect();
    let new: Vec<Option<Value>> = values.iter().cloned().map(Some).collect();
    if old.len().max(new.len()) > MOST {
        return None;
    }
    let (mut at, mut pieces) = (0, Vec::new());
    for (sign, index) in script(&old, &new) {
        match sign {
            Sign::Same => pieces.push(Piece::Old(at)),
            Sign::New => pieces.push(Piece::New(values.get(index)?.written(newline))),
            Sign::Gone => {}
        }
        at += usize::from(sign != Sign::New);
    }
    with_pieces(text, array, &pieces, newline)
}

/// A list of these pieces, in brackets; `None` where there is no comment to be kept.
pub(super) fn with_pieces(text: &str, array: &Array, pieces: &[Piece], newline: &str) -> Option<String> {
    let (opening, elements, closing) = take_apart(text, array)?;
    let gaps = elements.iter().flat_map(|element| [element.head, element.tail]);
    if ![opening, closing]
        .into_iter()
        .chain(gaps)
        .any(|gap| gap.contains('#'))
    {
        return None;
    }
    let indent = indent_of(opening, &elements);
    let mut inner = opening.to_owned();
    for (place, piece) in pieces.iter().enumerate() {
        let is_at_start = inner.ends_with('\n');
        match piece {
            Piece::Old(at) => {
                let element = elements.get(*at)?;
                let is_blank = element.head.trim().is_empty();
                match (is_at_start, element.head.contains('\n')) {
                    (true, false) if is_blank => inner.push_str(indent),
                    (false, _) if element.head.contains('#') => {
                        inner.push_str(newline);
                        inner.push_str(element.head);
                    }
                    (false, false) if is_blank && !inner.is_empty() => inner.push(' '),
                    _ => inner.push_str(element.head),
                }
                inner.push_str(element.own);
                if !element.has_comma && place + 1 < pieces.len() {
                    inner.push(',');
                }
                inner.push_str(element.tail);
            }
            Piece::New(written) if is_at_start => {
                inner.push_str(indent);
                inner.push_str(written);
                inner.push(',');
                inner.push_str(newline);
            }
            Piece::New(written) => {
                let gap = if inner.is_empty() { "" } else { " " };
                inner = format!("{inner}{gap}{written},");
            }
        }
    }
    if closing.contains('#') && !inner.ends_with('\n') {
        inner.push_str(newline);
    }
    let list = format!("[{inner}{closing}]");
    // Whatever was not thought of is written anew by the caller.
    (length(&list) == Some(pieces.len())).then_some(list)
}

/// What stands behind the bracket, the elements, and what stands before the other bracket.
fn take_apart<'t>(text: &'t str, array: &Array) -> Option<(&'t str, Vec<Around<'t>>, &'t str)> {
    let span = array.span()?;
    let (start, end) = (span.start + 1, span.end.checked_sub(1)?);
    let spans = array.iter().map(|value| Node::of_value(value).span());
    let spans: Vec<_> = spans.collect::<Option<_>>()?;
    let first = spans.first().map_or(end, |span| span.start);
    let (opening, mut head) = after_line(text.get(start..first)?);
    let mut elements = Vec::new();
    for (place, span) in spans.iter().enumerate() {
        let next = spans.get(place + 1).map_or(end, |next| next.start);
        let gap = text.get(span.end..next)?;
        let comma = comma_in(gap);
        let behind = comma.map_or(0, |comma| comma + 1);
        let (line, rest) = after_line(gap.get(behind..)?);
        elements.push(Around {
            head,
            own: text.get(span.clone())?,
            tail: gap.get(..behind + line.len())?,
            has_comma: comma.is_some(),
        });
        head = rest;
    }
    Some((opening, elements, head))
}

/// What is left of a line with its end, and what comes after; the first is empty where the line does not end.
fn after_line(gap: &str) -> (&str, &str) {
    gap.split_at(gap.find('\n').map_or(0, |at| at + 1))
}

/// The comma behind an element, which a comment may stand before.
fn comma_in(gap: &str) -> Option<usize> {
    let mut is_comment = false;
    gap.bytes().position(|byte| {
        is_comment = match byte {
            b'#' => true,
            b'\n' => false,
            _ => is_comment,
        };
        byte == b',' && !is_comment
    })
}

/// What the first element that begins a line is put before with.
fn indent_of<'t>(opening: &str, elements: &[Around<'t>]) -> &'t str {
    let mut before = opening;
    for element in elements {
        if before.ends_with('\n') {
            return element.head.rsplit('\n').next().unwrap_or(INDENT);
        }
        before = element.tail;
    }
    INDENT
}

fn length(list: &str) -> Option<usize> {
    let text = format!("list = {list}\n");
    let document = Document::parse(text.as_str()).ok()?;
    Some(document.as_table().get("list")?.as_array()?.len())
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Place, Value, edit, value};

    const TEXT: &str = "[uplink]\ncheck = [ # asked\n  # the first\n  \"a\", # one\n  \"b\", \"c\",\n  # about d\n  \"d\" # four\n  \
                        # the end\n] # behind\n";

    fn place() -> Place {
        "uplink.check".parse().unwrap()
    }

    fn list(elements: &str) -> Value {
        Value::List(
            elements
                .split_whitespace()
                .map(|one| Value::Text(one.to_owned()))
                .collect(),
        )
    }

    /// The list after it was set to these.
    fn set(elements: &str) -> String {
        let new = edit(TEXT, &[Change::Set(place(), list(elements))]).unwrap();
        assert_eq!(value(&new, &place()), Some(list(elements)), "{new}");
        let new = new.strip_prefix("[uplink]\ncheck = [").unwrap();
        new.strip_suffix("] # behind\n").unwrap().to_owned()
    }

    #[test]
    fn comments_stay_where_their_elements_stay() {
        assert_eq!(
            set("a b c d e"),
            " # asked\n  # the first\n  \"a\", # one\n  \"b\", \"c\",\n  # about d\n  \"d\", # four\n  \"e\",\n  # the end\n"
        );
        assert_eq!(
            set("a c d"),
            " # asked\n  # the first\n  \"a\", # one\n  \"c\",\n  # about d\n  \"d\" # four\n  # the end\n"
        );
        assert_eq!(
            set("x b d"),
            " # asked\n  \"x\",\n  \"b\",\n  # about d\n  \"d\" # four\n  # the end\n"
        );
        assert_eq!(set("b x"), " # asked\n  \"b\", \"x\",\n  # the end\n");
        assert_eq!(set(""), " # asked\n  # the end\n");
        assert_eq!(
            set("d a"),
            " # asked\n  # about d\n  \"d\", # four\n  \"a\",\n  # the end\n"
        );
    }

    #[test]
    fn entries_come_and_go_by_themselves() {
        let text = "[[network]]\nid = \"a\"\ngarden = [\n  { name = \"x\" }, # the school\n  { name = \"y\" }, # the library\n]\n";
        let garden: Place = "network.0.garden".parse().unwrap();
        let gone = edit(text, &[Change::Remove(garden.index(0))]).unwrap();
        assert!(gone.contains("[\n  { name = \"y\" }, # the library\n]"), "{gone}");
        let more = vec![("name".to_owned(), Value::Text("z".to_owned()))];
        let new = edit(text, &[Change::Add(garden, more)]).unwrap();
        assert!(
            new.contains("# the school\n  { name = \"y\" }, # the library\n  { name = \"z\" },\n]"),
            "{new}"
        );
    }
}
