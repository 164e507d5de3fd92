//! What stands beside a CSV file and tells machines what its columns are: CSV on the Web (W3C, "Metadata
//! Vocabulary for Tabular Data", 2015), at the place where readers look for it (section 5.3 of the model).

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::file::Draft;
use super::json::LICENCE;
use super::table::{ColumnKind, Rows};
use super::text::Words;
use super::{Kind, Order, ReportError};

/// Writes the description of the file at `path`.
pub(super) fn write(
    order: &Order,
    rows: &dyn Rows,
    words: &Words,
    path: &Path,
) -> Result<Draft, ReportError> {
    let key = rows.key();
    let columns: Vec<serde_json::Value> = rows
        .columns()
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "titles": column.name,
                "datatype": datatype(column.kind),
                "required": key.contains(&column.name),
                "dc:title": words.title(column.name),
                "dc:description": words.about(column.name),
            })
        })
        .collect();
    let mut metadata = json!({
        "@context": ["http://www.w3.org/ns/csvw", {"@language": order.tongue.code()}],
        "url": encoded(&name_of(path)),
        "dc:title": words.say(&format!("{}-title", order.kind.name())),
        "dc:description": words.say("method-short"),
        "dc:modified": {"@value": order.now.to_string(), "@type": "xsd:dateTime"},
        "dialect": {"encoding": "utf-8", "header": true},
        "tableSchema": {"columns": columns, "primaryKey": key},
    });
    if order.kind != Kind::Installation {
        metadata["dc:license"] = json!({"@id": LICENCE});
    }
    let mut draft = Draft::new(&beside(path, "-metadata.json"))?;
    let text = format!("{metadata:#}\n");
    draft
        .write_all(text.as_bytes())
        .map_err(|error| draft.fault(error))?;
    Ok(draft)
}

/// The name of a file.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// A name as a part of an address (RFC 3986, section 2.1).
pub(super) fn encoded(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A file whose name is longer by an ending.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    path.with_file_name(format!("{}{ending}", name_of(path)))
}

const fn datatype(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "string",
        ColumnKind::Count => "nonNegativeInteger",
        ColumnKind::Decimal => "decimal",
        ColumnKind::Date => "date",
        ColumnKind::Instant => "dateTimeStamp",
        ColumnKind::Flag => "boolean",
    }
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_name_is_written_as_addresses_want_it() {
        assert_eq!(encoded("usage-2026_a.csv"), "usage-2026_a.csv");
        assert_eq!(encoded("uso città #1.csv"), "uso%20citt%C3%A0%20%231.csv");
    }
}
