//! What is wrong (or doubtful) in a configuration file: position, the line with a caret, a hint.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::reader::Complaint;
use super::words::Words;

/// Longest part of an offending line that is shown, characters.
const SHOWN: usize = 100;
/// How much of an over-long line is shown before the fault, characters.
const LEAD: usize = 40;

/// Whether the file is refused for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file is refused.
    Error,
    /// Legal, but probably not what is wanted.
    Warning,
}

/// Where in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Position {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// The line as shown: without control characters, cut when it is very long.
    pub shown: String,
    /// Characters of `shown` before the fault.
    before: usize,
    /// Characters of `shown` that are at fault, at least 1.
    width: usize,
    /// The bytes of the file that are at fault.
    #[serde(skip)]
    pub(super) bytes: Range<usize>,
}

/// One mistake or doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// The file as it was named by the caller.
    pub file: String,
    /// Where; `None` when the file could not be read at all.
    pub position: Option<Position>,
    /// What is wrong.
    pub what: Words,
    /// What to do.
    pub hint: Option<Words>,
    /// The key that is missing there.
    #[serde(skip)]
    pub(super) missing: Option<&'static str>,
}

impl Finding {
    /// A doubt that concerns no line alone.
    pub(super) fn warning(file: &str, complaint: Complaint) -> Self {
        Self {
            severity: Severity::Warning,
            file: file.to_owned(),
            position: None,
            what: complaint.what,
            hint: complaint.hint,
            missing: None,
        }
    }

    /// A doubt about a file that it names, of whoever has read that.
    pub(crate) fn doubt(file: &str, what: Words) -> Self {
        Self {
            severity: Severity::Warning,
            file: file.to_owned(),
            position: None,
            what,
            hint: None,
            missing: None,
        }
    }
}

/// Every mistake of a file, in file order; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ConfigErrors(Vec<Finding>);

impl ConfigErrors {
    /// `None` when there is nothing to report.
    pub(super) fn new(findings: Vec<Finding>) -> Option<Self> {
        (!findings.is_empty()).then_some(Self(findings))
    }

    /// The file could not be read.
    pub(super) fn unreadable(file: &str, what: Words, hint: Words) -> Self {
        Self(vec![Finding {
            severity: Severity::Error,
            file: file.to_owned(),
            position: None,
            what,
            hint: Some(hint),
            missing: None,
        }])
    }

    /// The mistakes.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }
}

impl std::error::Error for ConfigErrors {}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            fmt::Display::fmt(finding, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let Some(at) = &self.position else {
            write!(f, "{}: {label}: {}", self.file, self.what)?;
            return self
                .hint
                .iter()
                .try_for_each(|hint| write!(f, "\n  hint: {hint}"));
        };
        let number = at.line.to_string();
        let margin = number.len();
        writeln!(
            f,
            "{}:{}:{}: {label}: {}",
            self.file, at.line, at.column, self.what
        )?;
        writeln!(f, " {number} | {}", at.shown)?;
        write!(
            f,
            " {:margin$} | {:before$}{:^<width$}",
            "",
            "",
            "",
            before = at.before,
            width = at.width
        )?;
        self.hint
            .iter()
            .try_for_each(|hint| write!(f, "\n {:margin$} = hint: {hint}", ""))
    }
}

impl Position {
    /// The position of a byte range of `text`; ranges outside it mean its end.
    pub(super) fn of(text: &str, span: &Range<usize>) -> Self {
        let start = floor_boundary(text, span.start);
        let end = floor_boundary(text, span.end.max(start));
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let line_text = &without_secret(line_text);
        let column = text[line_start..start].chars().count();
        let width = text[start..end.min(line_end).max(start)].chars().count().max(1);

        let length = line_text.chars().count();
        let skip = if length > SHOWN {
            column.saturating_sub(LEAD)
        } else {
            0
        };
        let shown: String = line_text
            .chars()
            .skip(skip)
            .take(SHOWN)
            .map(|ch| if ch.is_control() { ' ' } else { ch })
            .collect();
        let before = column - skip;
        Self {
            line: text[..line_start].matches('\n').count() + 1,
            column: column + 1,
            width: width.min(SHOWN.saturating_sub(before)).max(1),
            before,
            shown,
            bytes: span.clone(),
        }
    }
}

/// What an age identity begins with.
const SECRET: &str = "AGE-SECRET-KEY-";

/// A line without a secret key that stands in the wrong place: messages go into the journal.
fn without_secret(line: &str) -> String {
    // Only ASCII letters change, so places stay.
    let Some(at) = line.to_ascii_uppercase().find(SECRET) else {
        return line.to_owned();
    };
    let (before, secret) = line.split_at(at + SECRET.len());
    let hide = |ch: char| if ch.is_ascii_alphanumeric() { '*' } else { ch };
    before.chars().chain(secret.chars().map(hide)).collect()
}

/// The nearest character boundary at or before a byte.
fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::{Finding, Position, Severity};
    use crate::config::words::words;

    fn shown(text: &str, needle: &str) -> String {
        let start = text.find(needle).unwrap();
        Finding {
            severity: Severity::Error,
            file: "p.toml".to_owned(),
            position: Some(Position::of(text, &(start..start + needle.len()))),
            what: words!("wrong", "sbagliato"),
            hint: Some(words!("right", "giusto")),
            missing: None,
        }
        .to_string()
    }

    #[test]
    fn the_caret_stands_under_the_fault_counted_in_characters() {
        assert_eq!(
            shown("a = 1\nname = \"città\" # bad\n", "bad"),
            "p.toml:2:18: error: wrong\n 2 | name = \"città\" # bad\n   |                  ^^^\n   = hint: right"
        );
    }

    #[test]
    fn long_lines_are_cut_and_control_characters_do_not_reach_the_terminal() {
        let text = format!("k = \"{}\u{1b}[31mbad{}\"", "x".repeat(300), "y".repeat(300));
        let out = shown(&text, "bad");
        assert!(!out.contains('\u{1b}'));
        assert!(out.lines().all(|line| line.chars().count() < 120), "{out}");
        let lines: Vec<&str> = out.lines().collect();
        let caret = lines[2].find('^').unwrap();
        assert_eq!(&lines[1][caret..caret + 3], "bad");
    }

    #[test]
    fn a_fault_at_the_end_of_the_file_has_a_position() {
        let at = Position::of("a = ", &(4..900));
        assert_eq!((at.line, at.column, at.width), (1, 5, 1));
        assert_eq!(Position::of("", &(0..0)).line, 1);
    }
}
