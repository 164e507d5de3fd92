//! Workbooks of SpreadsheetML (ECMA-376, part 1, section 18): the rows, and a sheet that explains the columns.
//!
//! Written as the rows come, and compressed by the threads that make them. Of the format little is needed:
//! numbers, texts within the cells, four styles. A text is never taken for a formula, since a cell says
//! what it is.

use std::fmt::Write as _;

use super::file::Draft;
use super::pipeline::{self, Chunk, Encode};
use super::table::{Cell, Column, ColumnKind, Rows, push_count, push_plain};
use super::text::Words;
use super::zip::{self, Zip};
use super::{Ledgers, Order, Progress, ReportError};

/// Most rows of a sheet, the line of titles with them (Excel's own limit).
const MOST_ROWS: u64 = 1_048_576;
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPES: &str = "application/vnd.openxmlformats";
const TITLE: &[u8] = b"<c s=\"2\" t=\"inlineStr\"><is><t>";
const TEXT: &[u8] = b"<c t=\"inlineStr\"><is><t>";
const TEXT_END: &[u8] = b"</t></is></c>";
const SHEET_END: &str = "</sheetData></worksheet>";
/// A date (style 1), a title in bold (2), two and three digits behind the point (3, 4).
const STYLES: &str = "<numFmts count=\"2\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>\
    <numFmt numFmtId=\"165\" formatCode=\"0.000\"/></numFmts>\
    <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
    <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
    <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
    <cellXfs count=\"5\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
    <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
    <xf numFmtId=\"2\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"165\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>\
    <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

struct Sheet;

/// Writes a table; returns the number of rows.
pub(super) fn write(
    order: &Order,
    rows: &dyn Rows,
    ledgers: &Ledgers<'_>,
    words: &Words,
    draft: &mut Draft,
    progress: &mut Progress<'_>,
) -> Result<u64, ReportError> {
    let mut zip = Zip::new(draft);
    let head = head(rows.columns(), words);
    let (mut sheets, mut on_sheet) = (1, 1);
    zip.begin(&sheet_file(sheets))?;
    zip.plain(&head)?;
    let count = pipeline::run(rows, ledgers, &Sheet, progress, &mut |chunk: Chunk| {
        if on_sheet + chunk.rows > MOST_ROWS {
            zip.plain(SHEET_END)?;
            zip.end()?;
            (sheets, on_sheet) = (sheets + 1, 1);
            zip.begin(&sheet_file(sheets))?;
            zip.plain(&head)?;
        }
        on_sheet += chunk.rows;
        zip.packed(&chunk)
    })?;
    zip.plain(SHEET_END)?;
    zip.end()?;
    let name = words.say(&format!("{}-sheet", order.kind.name()));
    let mut names: Vec<String> = (1..=sheets)
        .map(|sheet| {
            if sheets == 1 {
                name.clone()
            } else {
                format!("{name} {sheet}")
            }
        })
        .collect();
    names.push(words.say("columns-sheet"));
    zip.member(&sheet_file(names.len()), &explanation(rows.columns(), words))?;
    for (file, text) in frame(order, &names, words) {
        zip.member(file, &text)?;
    }
    zip.finish()?;
    Ok(count)
}

impl Encode for Sheet {
    fn row(&self, cells: &[Cell<'_>], out: &mut Vec<u8>) {
        out.extend_from_slice(b"<row>");
        for cell in cells {
            push_cell(*cell, out);
        }
        out.extend_from_slice(b"</row>");
    }

    fn finish(&self, part: &mut Chunk) {
        zip::deflate(part);
    }
}

fn push_cell(cell: Cell<'_>, out: &mut Vec<u8>) {
    let open: &[u8] = match cell {
        Cell::Empty => return out.extend_from_slice(b"<c/>"),
        Cell::Text(text) | Cell::Instant(text) => return push_text(TEXT, text, out),
        Cell::Date(date) => {
            if let Some(number) = serial(date) {
                out.extend_from_slice(b"<c s=\"1\"><v>");
                push_count(out, number);
                return out.extend_from_slice(b"</v></c>");
            }
            return push_text(TEXT, date, out);
        }
        Cell::Flag(flag) => {
            let text: &[u8] = if flag {
                b"<c t=\"b\"><v>1</v></c>"
            } else {
                b"<c t=\"b\"><v>0</v></c>"
            };
            return out.extend_from_slice(text);
        }
        Cell::Count(_) | Cell::Number(_) => b"<c><v>",
        Cell::Hundredths(_) => b"<c s=\"3\"><v>",
        Cell::Thousandths(_) => b"<c s=\"4\"><v>",
    };
    out.extend_from_slice(open);
    push_plain(out, cell);
    out.extend_from_slice(b"</v></c>");
}

fn push_text(open: &[u8], text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(open);
    out.extend_from_slice(escape(text).as_bytes());
    out.extend_from_slice(TEXT_END);
}

/// Text for XML 1.0, which has no place for most control characters (section 2.2).
fn escape(text: &str) -> std::borrow::Cow<'_, str> {
    let is_plain = |ch: char| {
        !matches!(
            ch,
            '&' | '<' | '>' | '"' | '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}'
        )
    };
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for ch in text.chars() {
        match ch {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(ch),
            other if is_plain(other) => out.push(other),
            _ => out.push('\u{fffd}'),
        }
    }
    out.into()
}

/// Days since the last day of 1899, as spreadsheets count dates (ECMA-376, part 1, section 18.17.4.1), of
/// dates since March 1900.
fn serial(date: &str) -> Option<u64> {
    let bytes = date.as_bytes();
    let number = |from: usize, to: usize| -> Option<u64> { date.get(from..to)?.parse().ok() };
    if bytes.len() != 10 {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    // Years from March, so that the leap day is the last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year.checked_sub(1)?, month + 9)
    };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1;
    days.checked_sub(693_899)
}

fn sheet_file(number: usize) -> String {
    format!("xl/worksheets/sheet{number}.xml")
}

/// Everything before the first row: the line of titles stays in sight.
fn head(columns: &[Column], words: &Words) -> String {
    let mut text = format!(
        "{XML}<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">\
         <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>"
    );
    for (place, column) in (1..).zip(columns) {
        let width = match column.kind {
            ColumnKind::Text => 28,
            ColumnKind::Instant => 26,
            ColumnKind::Date | ColumnKind::Count | ColumnKind::Decimal | ColumnKind::Flag => 14,
        };
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "<col min=\"{place}\" max=\"{place}\" width=\"{width}\" customWidth=\"1\"/>"
        );
    }
    text.push_str("</cols><sheetData>");
    text.push_str(&titles(columns.iter().map(|column| words.title(column.name))));
    text
}

fn titles(titles: impl Iterator<Item = String>) -> String {
    let mut row = b"<row>".to_vec();
    titles.for_each(|title| push_text(TITLE, &title, &mut row));
    row.extend_from_slice(b"</row>");
    String::from_utf8_lossy(&row).into_owned()
}

/// The sheet that says what the columns are, and how they were counted.
fn explanation(columns: &[Column], words: &Words) -> String {
    let mut rows = Vec::new();
    for column in columns {
        let (title, about) = (words.title(column.name), words.about(column.name));
        Sheet.row(
            &[Cell::Text(&title), Cell::Text(column.name), Cell::Text(&about)],
            &mut rows,
        );
    }
    Sheet.row(
        &[
            Cell::Text(&words.say("method")),
            Cell::Empty,
            Cell::Text(&words.say("method-short")),
        ],
        &mut rows,
    );
    let head = titles(
        ["column-title", "column-name", "column-about"]
            .map(|key| words.say(key))
            .into_iter(),
    );
    format!(
        "{XML}<worksheet xmlns=\"{MAIN}\"><cols><col min=\"1\" max=\"2\" width=\"34\" customWidth=\"1\"/>\
         <col min=\"3\" max=\"3\" width=\"110\" customWidth=\"1\"/></cols><sheetData>{head}{}{SHEET_END}",
        String::from_utf8_lossy(&rows)
    )
}

/// The members that hold the sheets together.
fn frame(order: &Order, names: &[String], words: &Words) -> [(&'static str, String); 6] {
    let (mut sheets, mut relations, mut types) = (String::new(), String::new(), String::new());
    for (number, name) in (1..).zip(names) {
        let name = escape(name);
        let _ = write!(
            sheets,
            "<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"
        );
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
        let _ = write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{TYPES}-officedocument.spreadsheetml.worksheet+xml\"/>"
        );
    }
    let title = words.say(&format!("{}-title", order.kind.name()));
    let (title, language, now) = (
        escape(&title),
        order.tongue.code(),
        order.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    );
    [
        (
            "xl/workbook.xml",
            format!(
                "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{sheets}</sheets></workbook>"
            ),
        ),
        (
            "xl/styles.xml",
            format!("{XML}<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}\
                 <Relationship Id=\"rId0\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "docProps/core.xml",
            format!(
                "{XML}<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
                 xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
                 <dcterms:created xsi:type=\"dcterms:W3CDTF\">{now}</dcterms:created><dc:creator>Portico</dc:creator>\
                 <dc:language>{language}</dc:language><dc:title>{title}</dc:title></cp:coreProperties>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">\
                 <Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/>\
                 <Relationship Id=\"rId2\" Type=\"{PACKAGE}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>\
                 </Relationships>"
            ),
        ),
        (
            "[Content_Types].xml",
            format!(
                "{XML}<Types xmlns=\"{PACKAGE}/content-types\">\
                 <Default Extension=\"rels\" ContentType=\"{TYPES}-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{TYPES}-officedocument.spreadsheetml.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{TYPES}-officedocument.spreadsheetml.styles+xml\"/>\
                 <Override PartName=\"/docProps/core.xml\" ContentType=\"{TYPES}-package.core-properties+xml\"/>{types}</Types>"
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::{Sheet, escape, serial};
    use crate::report::pipeline::Encode as _;
    use crate::report::table::Cell;

    #[test]
    fn dates_are_what_spreadsheets_count() {
        // The days that the standard gives as examples, and those of Excel.
        for (date, number) in [
            ("1900-03-01", 61),
            ("2000-02-29", 36_585),
            ("2008-01-01", 39_448),
            ("2026-11-22", 46_348),
        ] {
            assert_eq!(serial(date), Some(number), "{date}");
        }
        assert_eq!(serial("yesterday!"), None);
    }

    #[test]
    fn a_text_stays_a_text() {
        let mut out = Vec::new();
        Sheet.row(
            &[
                Cell::Text("=1+1"),
                Cell::Count(5),
                Cell::Empty,
                Cell::Thousandths(990),
            ],
            &mut out,
        );
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "<row><c t=\"inlineStr\"><is><t>=1+1</t></is></c><c><v>5</v></c><c/><c s=\"4\"><v>0.990</v></c></row>"
        );
        assert_eq!(escape("a<b>&\"\u{1}"), "a&lt;b&gt;&amp;&quot;\u{fffd}");
    }
}
