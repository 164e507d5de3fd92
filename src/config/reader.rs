//! A typed reader over a parsed TOML document that goes on after a mistake, so that all of them are
//! reported at once.
//!
//! A section is read key by key; every key asked for is remembered, and at the end each key that
//! nobody asked for is refused with the nearest one that exists, in its section or in another.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::errors::{Finding, Position, Severity};

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// What is wrong.
    pub(super) what: String,
    /// What to do.
    pub(super) hint: Option<String>,
}

impl Complaint {
    /// A complaint with a hint.
    pub(super) fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: Some(hint.into()),
        }
    }
}

/// A value and the bytes of the file it stands in.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) span: Range<usize>,
}

/// An unknown key, kept until the known ones of every section have been seen.
#[derive(Debug)]
struct Unknown {
    section: &'static str,
    key: String,
    span: Range<usize>,
}

/// Collects what is found in one file.
#[derive(Debug)]
pub(super) struct Report<'t> {
    text: &'t str,
    file: &'t str,
    found: RefCell<Vec<(usize, Finding)>>,
    unknown: RefCell<Vec<Unknown>>,
    keys: RefCell<BTreeMap<&'static str, BTreeSet<&'static str>>>,
}

impl<'t> Report<'t> {
    pub(super) fn new(text: &'t str, file: &'t str) -> Self {
        Self {
            text,
            file,
            found: RefCell::default(),
            unknown: RefCell::default(),
            keys: RefCell::default(),
        }
    }

    /// Notes a mistake.
    pub(super) fn error(&self, span: &Range<usize>, complaint: Complaint) {
        self.note(Severity::Error, span, complaint, None);
    }

    /// Notes that a key is missing in the section there.
    pub(super) fn missing(&self, span: &Range<usize>, complaint: Complaint, key: &'static str) {
        self.note(Severity::Error, span, complaint, Some(key));
    }

    /// Notes a doubt.
    pub(super) fn warn(&self, span: &Range<usize>, complaint: Complaint) {
        self.note(Severity::Warning, span, complaint, None);
    }

    fn note(
        &self,
        severity: Severity,
        span: &Range<usize>,
        complaint: Complaint,
        missing: Option<&'static str>,
    ) {
        let finding = Finding {
            severity,
            file: self.file.to_owned(),
            position: Some(Position::of(self.text, span)),
            what: complaint.what,
            hint: complaint.hint,
            missing,
        };
        self.found.borrow_mut().push((span.start, finding));
    }

    /// The line number of a byte, for "as in line 7".
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        Position::of(self.text, span).line
    }

    /// Every key that was asked for, by section.
    #[cfg(test)]
    pub(super) fn known_keys(&self) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        self.keys.borrow().clone()
    }

    /// Mistakes and doubts, each in file order.
    pub(super) fn finish(self) -> (Vec<Finding>, Vec<Finding>) {
        for unknown in self.unknown.take() {
            let hint = self.home_of(unknown.section, &unknown.key);
            let place = place(unknown.section);
            self.error(
                &unknown.span,
                Complaint {
                    what: format!("there is no key \"{}\" {place}", unknown.key),
                    hint: Some(hint),
                },
            );
        }
        let mut found = self.found.take();
        found.sort_by_key(|(at, _)| *at);
        found
            .into_iter()
            .map(|(_, finding)| finding)
            .partition(|finding| finding.severity == Severity::Error)
    }

    /// Where an unknown key was probably meant to be.
    fn home_of(&self, section: &'static str, key: &str) -> String {
        let keys = self.keys.borrow();
        let own = keys.get(section).into_iter().flatten().copied();
        if let Some(near) = nearest(key, own) {
            return format!("did you mean \"{near}\"?");
        }
        let elsewhere = keys.iter().filter(|(_, names)| names.contains(key));
        let homes: Vec<String> = elsewhere.map(|(home, _)| place(home)).collect();
        if let [others @ .., last] = homes.as_slice() {
            let others = match others {
                [] => String::new(),
                others => format!("{} or ", others.join(", ")),
            };
            return format!("\"{key}\" belongs {others}{last}");
        }
        let names: Vec<&str> = keys.get(section).into_iter().flatten().copied().collect();
        format!("keys {}: {}", place(section), names.join(", "))
    }
}

/// One table of the document.
#[derive(Debug)]
pub(super) struct Section<'r, 't> {
    report: &'r Report<'t>,
    name: &'static str,
    table: Option<&'r DeTable<'t>>,
    span: Range<usize>,
    asked: BTreeSet<&'static str>,
}

impl<'r, 't> Section<'r, 't> {
    /// A section named as in the file, like `[gateway]`; the empty name is the whole file.
    pub(super) fn new(
        report: &'r Report<'t>,
        name: &'static str,
        table: Option<&'r DeTable<'t>>,
        span: Range<usize>,
    ) -> Self {
        Self {
            report,
            name,
            table,
            span,
            asked: BTreeSet::new(),
        }
    }

    /// Where the section's header stands.
    pub(super) fn span(&self) -> &Range<usize> {
        &self.span
    }

    /// Where complaints go.
    pub(super) fn report(&self) -> &'r Report<'t> {
        self.report
    }

    /// Whether a key is there, right or wrong.
    pub(super) fn has(&mut self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    /// The value of a key as it stands.
    fn find(&mut self, key: &'static str) -> Option<&'r Spanned<DeValue<'t>>> {
        self.asked.insert(key);
        let entries = self.table?.iter();
        entries
            .into_iter()
            .find_map(|(name, value)| (name.get_ref() == key).then_some(value))
    }

    /// A value if the key is there and right.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Complaint>,
    ) -> Option<Located<T>> {
        let found = self.find(key)?;
        read_at(self.report, key, found, read)
    }

    /// The value, or what stands for an absent key; a wrong one is reported and also replaced, which
    /// does no harm since a file with mistakes is refused.
    pub(super) fn or<T>(
        &mut self,
        key: &'static str,
        default: T,
        read: impl Fn(&DeValue<'_>) -> Result<T, Complaint>,
    ) -> T {
        self.optional(key, read).map_or(default, |found| found.value)
    }

    /// A value that must be there.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        example: &str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Complaint>,
    ) -> Option<Located<T>> {
        if self.find(key).is_none() {
            self.report.missing(
                &self.span,
                Complaint::new(
                    format!("the key \"{key}\" is missing {}", place(self.name)),
                    format!("add a line like: {key} = {example}"),
                ),
                key,
            );
        }
        self.optional(key, read)
    }

    /// Every right element of an array; empty when the key is absent.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&DeValue<'_>) -> Result<T, Complaint>,
    ) -> Vec<Located<T>> {
        let Some(found) = self.find(key) else {
            return Vec::new();
        };
        let Some(array) = found.get_ref().as_array() else {
            let complaint = wrong_type(key, "a list like [ ... ]", found.get_ref());
            self.report.error(&found.span(), complaint);
            return Vec::new();
        };
        array
            .iter()
            .filter_map(|element| read_at(self.report, key, element, &read))
            .collect()
    }

    /// A sub-table; an absent one reads as empty.
    pub(super) fn table(&mut self, key: &'static str, name: &'static str) -> Section<'r, 't> {
        let Some(found) = self.find(key) else {
            return Self::new(self.report, name, None, self.span.clone());
        };
        let table = found.get_ref().as_table();
        if table.is_none() {
            let complaint = wrong_type(key, &format!("a section {name}"), found.get_ref());
            self.report.error(&found.span(), complaint);
        }
        Self::new(self.report, name, table, found.span())
    }

    /// The tables of an array of tables, in file order.
    pub(super) fn tables(&mut self, key: &'static str, name: &'static str) -> Vec<Section<'r, 't>> {
        let Some(found) = self.find(key) else {
            return Vec::new();
        };
        let Some(array) = found.get_ref().as_array() else {
            let complaint = wrong_type(key, &format!("sections {name}"), found.get_ref());
            self.report.error(&found.span(), complaint);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for element in array {
            let table = element.get_ref().as_table();
            if table.is_none() {
                let complaint = wrong_type(key, &format!("sections {name}"), element.get_ref());
                self.report.error(&element.span(), complaint);
            } else {
                sections.push(Self::new(self.report, name, table, element.span()));
            }
        }
        sections
    }

    /// Refuses the keys that nobody asked for.
    pub(super) fn finish(self) {
        for (key, _) in self.table.into_iter().flatten() {
            if !self.asked.contains(key.get_ref().as_ref()) {
                self.report.unknown.borrow_mut().push(Unknown {
                    section: self.name,
                    key: key.get_ref().to_string(),
                    span: key.span(),
                });
            }
        }
        let mut keys = self.report.keys.borrow_mut();
        keys.entry(self.name).or_default().extend(self.asked);
    }
}

/// Reads one value and notes the complaint.
fn read_at<T>(
    report: &Report<'_>,
    key: &str,
    found: &Spanned<DeValue<'_>>,
    read: impl Fn(&DeValue<'_>) -> Result<T, Complaint>,
) -> Option<Located<T>> {
    let span = found.span();
    match read(found.get_ref()) {
        Ok(value) => Some(Located { value, span }),
        Err(complaint) => {
            let what = format!("{key}: {}", complaint.what);
            report.error(&span, Complaint { what, ..complaint });
            None
        }
    }
}

/// A value of another type than wanted.
fn wrong_type(key: &str, wanted: &str, found: &DeValue<'_>) -> Complaint {
    Complaint {
        what: format!("{key}: {wanted} is wanted here, not {}", kind(found)),
        hint: None,
    }
}

/// The type of a value, for a sentence.
pub(super) fn kind(value: &DeValue<'_>) -> String {
    let name = value.type_str();
    let article = if name.starts_with(['a', 'i']) { "an" } else { "a" };
    format!("{article} {name}")
}

fn place(section: &str) -> String {
    if section.is_empty() {
        "at the top of the file".to_owned()
    } else {
        format!("in {section}")
    }
}

/// The candidate that differs least from a misspelt word, if it is close enough to be meant.
pub(super) fn nearest<'c>(word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let close_enough = (word.chars().count() / 3).max(1);
    candidates
        .map(|candidate| {
            (
                distance(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= close_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance: insertions, deletions, replacements and swaps of neighbours (optimal string
/// alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    let mut older: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, to) in right.iter().enumerate() {
            let replaced = above[j] + usize::from(from != to);
            let mut best = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *from == right[j - 1] && left[i - 1] == *to {
                best = best.min(older[j - 1] + 1);
            }
            row.push(best);
        }
        older = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn a_slip_of_the_finger_is_close_and_another_word_is_not() {
        assert_eq!(distance("uplink", "upilnk"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("blocked", "block"), 2);
        let keys = ["uplink", "masquerade", "user"];
        assert_eq!(nearest("upilnk", keys.into_iter()), Some("uplink"));
        assert_eq!(nearest("Masquerad", keys.into_iter()), Some("masquerade"));
        assert_eq!(nearest("colour", keys.into_iter()), None);
    }
}
