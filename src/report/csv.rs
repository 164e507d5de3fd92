//! Comma-separated values: RFC 4180 in UTF-8, with a line of column names.
//!
//! A spreadsheet takes a text that begins with `=`, `+`, `-`, `@`, a tab or the end of a line for a
//! formula; before such a text stands an apostrophe. So it does within a text behind a semicolon or a
//! tab, where spreadsheets set up for Italian divide fields, and behind the end of a line. Numbers are
//! never texts here, so a coordinate keeps its sign.

use std::io::Write as _;

use super::file::Draft;
use super::pipeline::{self, Chunk, Encode};
use super::table::{Cell, Rows, push_plain};
use super::{Ledgers, Progress, ReportError};

/// End of a line (RFC 4180, section 2.1).
const END: &[u8] = b"\r\n";

struct Csv;

/// Writes a table; returns the number of rows.
pub(super) fn write(
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    draft: &mut Draft,
    progress: &mut Progress<'_>,
) -> Result<u64, ReportError> {
    let mut head = Vec::new();
    let names: Vec<Cell<'_>> = rows
        .columns()
        .iter()
        .map(|column| Cell::Text(column.name))
        .collect();
    Csv.row(&names, &mut head);
    draft.write_all(&head).map_err(|error| draft.fault(error))?;
    pipeline::run(rows, ledgers, &Csv, progress, &mut |chunk: Chunk| {
        let written = draft.write_all(&chunk.bytes);
        written.map_err(|error| draft.fault(error).into())
    })
}

impl Encode for Csv {
    fn row(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            if let Cell::Text(text) = cell {
                push_text(text, out);
            } else {
                push_plain(out, *cell);
            }
        }
        out.extend_from_slice(END);
    }
}

/// Appends a line of texts.
pub fn push_csv(texts: &[&str], out: &mut Vec<u8>) {
    let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell::Text(text)).collect();
    Csv.row(&cells, out);
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    // Names, in every row: nothing in them has a meaning, in one look at each byte.
    if text.bytes().all(is_harmless) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_with_care(text, out);
    }
}

fn push_with_care(text: &str, out: &mut Vec<u8>) {
    let needs_quotes = text.contains([',', '"', '\r', '\n']);
    if needs_quotes {
        out.push(b'"');
    }
    if text.starts_with(['\t', '\r', '\n']) {
        out.push(b'\'');
    }
    for part in text.split_inclusive([';', '\t', '\r', '\n']) {
        if begins_a_formula(part) {
            out.push(b'\'');
        }
        if part.contains('"') {
            out.extend_from_slice(part.replace('"', "\"\"").as_bytes());
        } else {
            out.extend_from_slice(part.as_bytes());
        }
    }
    if needs_quotes {
        out.push(b'"');
    }
}

/// Bytes that neither divide fields, nor end a line, nor begin a formula, wherever they stand.
const fn is_harmless(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'_' | b'/' | b':' | b'(' | b')')
}

/// Whether a spreadsheet would compute the text. Some also take the full-width signs.
fn begins_a_formula(text: &str) -> bool {
    // Behind a quotation mark that it takes for its own, too.
    let text = text.trim_start_matches('"');
    text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::{Csv, push_text, push_with_care};
    use crate::report::pipeline::Encode as _;
    use crate::report::table::Cell;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn row(cells: &[Cell<'_>]) -> String {
        let mut out = Vec::new();
        Csv.row(cells, &mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn care_is_only_spared_where_it_changes_nothing(text in "[a-c=+@;,\"\t\r\n ./:()_0-9-]{0,8}|\\PC{0,6}") {
            let (mut quick, mut careful) = (Vec::new(), Vec::new());
            push_text(&text, &mut quick);
            push_with_care(&text, &mut careful);
            prop_assert_eq!(quick, careful);
        }
    }

    #[test]
    fn fields_are_quoted_where_the_standard_wants_it() {
        let cells = [
            Cell::Text("a"),
            Cell::Empty,
            Cell::Text("b,\"c\""),
            Cell::Count(7),
            Cell::Hundredths(305),
        ];
        assert_eq!(row(&cells), "a,,\"b,\"\"c\"\"\",7,3.05\r\n");
        assert_eq!(row(&[Cell::Text("two\r\nlines")]), "\"two\r\nlines\"\r\n");
    }

    #[test]
    fn a_text_is_no_formula_and_a_number_keeps_its_sign() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"] {
            assert_eq!(row(&[Cell::Text(text)]), format!("'{text}\r\n"));
        }
        assert_eq!(
            row(&[Cell::Text("=HYPERLINK(\"a\",\"b\")")]),
            "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"\r\n"
        );
        assert_eq!(row(&[Cell::Text("Via Roma;=1+1;x")]), "Via Roma;'=1+1;x\r\n");
        assert_eq!(row(&[Cell::Text("a\t-2;\"=3\"")]), "\"a\t'-2;'\"\"=3\"\"\"\r\n");
        assert_eq!(
            row(&[Cell::Number("-8.850110"), Cell::Text("a=b")]),
            "-8.850110,a=b\r\n"
        );
    }
}
