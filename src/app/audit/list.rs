//! Entries for people, and how they are written.

use std::io::{self, Write};
use std::path::Path;

use super::{AuditError, read};
use crate::model::TimeZone;
use crate::model::audit::{Entry, Filter};
use crate::report::{FileError, push_csv};

/// Columns of the CSV form.
const COLUMNS: [&str; 7] = ["number", "at", "who", "from", "did", "what", "more"];

/// Why entries were not written.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] AuditError),
    /// The file cannot be made.
    #[error(transparent)]
    File(#[from] FileError),
    /// They cannot be written.
    #[error("the entries cannot be written: {0}")]
    Output(#[source] io::Error),
}

/// Writes the entries that a filter lets through, oldest first; `go_on` is asked at each of them.
///
/// # Errors
/// [`ListError`], or what `go_on` said.
pub fn write_list(
    state_dir: &Path,
    filter: &Filter,
    (form, zone): (Form, &TimeZone),
    go_on: &mut dyn FnMut() -> io::Result<()>,
    out: &mut dyn Write,
) -> Result<(), ListError> {
    form.begin(out).map_err(ListError::Output)?;
    let mut refused = None;
    let outcome = read(state_dir, filter, &mut |found| {
        let written = go_on().and_then(|()| form.write(&found.entry, found.bytes, zone, out));
        written.map_err(|error| io::Error::from(refused.insert(error).kind()))
    });
    match refused {
        Some(error) => Err(ListError::Output(error)),
        None => Ok(outcome?),
    }
}

/// How entries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line for people.
    Text,
    /// Comma-separated values.
    Csv,
    /// The lines as they are in the log, so that they can be verified elsewhere.
    Json,
}

impl Form {
    /// Writes what stands before the entries.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(self, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Csv => write_csv(&COLUMNS, out),
            Self::Text | Self::Json => Ok(()),
        }
    }

    /// Writes an entry, of which `line` are the bytes in the log.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(self, entry: &Entry, line: &[u8], zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
        let more = if entry.more.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&entry.more)?
        };
        match self {
            Self::Text => {
                let at = entry.at.to_zoned(zone.jiff().clone());
                let at = at.strftime("%Y-%m-%d %H:%M:%S%:z");
                let Entry {
                    n,
                    who,
                    from,
                    did,
                    what,
                    ..
                } = entry;
                let text = format!("{n:>6}  {at}  {who}  ({from})  {did}  {what}  {more}");
                writeln!(out, "{}", plain(text.trim_end()))
            }
            Self::Csv => {
                let (n, at) = (entry.n.to_string(), entry.at.to_string());
                let Entry {
                    who, from, did, what, ..
                } = entry;
                write_csv(&[&n, &at, who, from, did, what, &more], out)
            }
            Self::Json => {
                out.write_all(line)?;
                out.write_all(b"\n")
            }
        }
    }
}

fn write_csv(texts: &[&str], out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    push_csv(texts, &mut line);
    out.write_all(&line)
}

/// Names come from outside: what would steer a terminal, or turn the direction of writing, is shown as a sign.
fn plain(text: &str) -> String {
    let steers = |sign: char| {
        sign.is_control()
            || matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|sign| if steers(sign) { '\u{fffd}' } else { sign })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Form;
    use crate::model::TimeZone;
    use crate::model::audit::{Entry, More};

    fn entry() -> Entry {
        let mut more = More::new();
        more.insert("days".to_owned(), 3.into());
        Entry {
            n: 7,
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            who: "user anna".to_owned(),
            from: "192.0.2.7".to_owned(),
            did: "export".to_owned(),
            what: "=usage\u{1b}[2J\u{202e}".to_owned(),
            more,
        }
    }

    fn written(form: Form) -> String {
        let mut out = Vec::new();
        form.begin(&mut out).unwrap();
        form.write(&entry(), b"{}", &TimeZone::rome(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn entries_are_written_in_three_forms() {
        assert_eq!(
            written(Form::Text),
            "     7  2026-11-22 11:00:00+01:00  user anna  (192.0.2.7)  export  =usage\u{fffd}[2J\u{fffd}  {\"days\":3}\n"
        );
        assert_eq!(
            written(Form::Csv),
            "number,at,who,from,did,what,more\r\n\
             7,2026-11-22T10:00:00Z,user anna,192.0.2.7,export,'=usage\u{1b}[2J\u{202e},\"{\"\"days\"\":3}\"\r\n"
        );
        assert_eq!(written(Form::Json), "{}\n");
    }
}
