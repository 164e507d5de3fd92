//! One JSON document: what it is about, its columns, its rows.

use std::io::Write as _;

use serde_json::json;

use super::file::Draft;
use super::pipeline::{self, Chunk, Encode};
use super::table::{Cell, Rows, push_plain};
use super::text::Words;
use super::{Kind, Ledgers, Order, Progress, ReportError};

/// The licence of open data of administrations (national guidelines on open data).
pub(super) const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

struct Json {
    /// `"name":` of each column.
    keys: Vec<Vec<u8>>,
}

/// Writes a table; returns the number of rows.
pub(super) fn write(
    order: &Order,
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    words: &Words,
    draft: &mut Draft,
    progress: &mut Progress<'_>,
) -> Result<u64, ReportError> {
    let columns: Vec<serde_json::Value> = rows
        .columns()
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "title": words.title(column.name),
                "description": words.about(column.name),
            })
        })
        .collect();
    let mut head = json!({
        "report": order.kind.name(),
        "title": words.say(&format!("{}-title", order.kind.name())),
        "language": order.tongue.code(),
        "generated": order.now.to_string(),
        "method": words.say("method-short"),
        "columns": columns,
    });
    if order.kind != Kind::Installation {
        head["period"] = json!({
            "from": order.period.from().to_string(),
            "to": order.period.to().to_string(),
            "time_zone": order.zone,
        });
        head["licence"] = json!(LICENCE);
    }
    let head = head.to_string();
    let head = head.strip_suffix('}').unwrap_or(&head);
    let mut put = |bytes: &[u8]| {
        let written = draft.write_all(bytes);
        written.map_err(|error| ReportError::from(draft.fault(error)))
    };
    put(head.as_bytes())?;
    put(b",\"rows\":[")?;
    let encode = Json {
        keys: rows
            .columns()
            .iter()
            .map(|column| format!("\"{}\":", column.name).into_bytes())
            .collect(),
    };
    let mut first = true;
    let count = pipeline::run(rows, ledgers, &encode, progress, &mut |chunk: Chunk| {
        // Each row ends with a comma; the last of all must not.
        let bytes = chunk.bytes.strip_suffix(b",").unwrap_or(&chunk.bytes);
        if bytes.is_empty() {
            return Ok(());
        }
        if !std::mem::take(&mut first) {
            put(b",")?;
        }
        put(bytes)
    })?;
    put(b"\n]}\n")?;
    Ok(count)
}

impl Encode for Json {
    fn row(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        out.extend_from_slice(b"\n{");
        for (place, (cell, key)) in cells.iter().zip(&self.keys).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key);
            match cell {
                Cell::Empty => out.extend_from_slice(b"null"),
                Cell::Text(text) => push_text(text, out),
                Cell::Date(text) | Cell::Instant(text) => {
                    out.push(b'"');
                    out.extend_from_slice(text.as_bytes());
                    out.push(b'"');
                }
                other => {
                    push_plain(out, *other);
                }
            }
        }
        out.extend_from_slice(b"},");
    }
}

fn push_text(text: &str, out: &mut Vec<u8>) {
    // Writing to memory does not fail, and a text is always JSON.
    if serde_json::to_writer(&mut *out, text).is_err() {
        out.extend_from_slice(b"null");
    }
}

#[cfg(test)]
mod tests {
    use super::Json;
    use crate::report::pipeline::Encode as _;
    use crate::report::table::Cell;

    #[test]
    fn a_row_is_an_object() {
        let encode = Json {
            keys: ["a", "b", "c", "d"]
                .map(|key| format!("\"{key}\":").into_bytes())
                .to_vec(),
        };
        let mut out = Vec::new();
        encode.row(
            &[
                Cell::Text("\"x\"\u{1}"),
                Cell::Empty,
                Cell::Flag(true),
                Cell::Thousandths(1_020),
            ],
            &mut out,
        );
        let row: serde_json::Value = serde_json::from_slice(out.strip_suffix(b",").unwrap()).unwrap();
        assert_eq!(
            row,
            serde_json::json!({"a": "\"x\"\u{1}", "b": null, "c": true, "d": 1.02})
        );
    }
}
