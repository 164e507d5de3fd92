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
use super::nearest::{meant, nearest};
use super::words::{Words, words};

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// What is wrong.
    pub(super) what: Words,
    /// What to do.
    pub(super) hint: Option<Words>,
}

impl Complaint {
    /// A complaint with a hint.
    pub(super) const fn new(what: Words, hint: Words) -> Self {
        Self {
            what,
            hint: Some(hint),
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
                    what: words!(
                        "there is no key \"{key}\" {place}",
                        "non c'è un parametro \"{key}\" {place}";
                        key = Words::same(unknown.key.as_str()),
                        place = place,
                    ),
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
    fn home_of(&self, section: &'static str, key: &str) -> Words {
        let keys = self.keys.borrow();
        let own = keys.get(section).into_iter().flatten().copied();
        if let Some(near) = nearest(key, own) {
            return meant(near);
        }
        let elsewhere = keys.iter().filter(|(_, names)| names.contains(key));
        let homes: Vec<Words> = elsewhere.map(|(home, _)| place(home)).collect();
        if !homes.is_empty() {
            return words!(
                "\"{key}\" belongs {homes}",
                "\"{key}\" va {homes}";
                key = Words::same(key),
                homes = either(&homes),
            );
        }
        let names: Vec<&str> = keys.get(section).into_iter().flatten().copied().collect();
        words!(
            "keys {place}: {names}",
            "parametri {place}: {names}";
            place = place(section),
            names = Words::same(names.join(", ")),
        )
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
                    words!(
                        "the key \"{key}\" is missing {place}",
                        "manca il parametro \"{key}\" {place}";
                        key = Words::same(key),
                        place = place(self.name),
                    ),
                    words!(
                        "add a line like: {key} = {example}",
                        "indicarlo, come nella riga: {key} = {example}"
                    ),
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
            let complaint = wrong_type(
                key,
                &words!("a list like [ ... ]", "un elenco come [ ... ]"),
                found.get_ref(),
            );
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
            let complaint = wrong_type(
                key,
                &words!("a section {name}", "una sezione {name}"),
                found.get_ref(),
            );
            self.report.error(&found.span(), complaint);
        }
        Self::new(self.report, name, table, found.span())
    }

    /// The tables of an array of tables, in file order.
    pub(super) fn tables(&mut self, key: &'static str, name: &'static str) -> Vec<Section<'r, 't>> {
        let Some(found) = self.find(key) else {
            return Vec::new();
        };
        let many = || words!("sections {name}", "sezioni {name}");
        let Some(array) = found.get_ref().as_array() else {
            let complaint = wrong_type(key, &many(), found.get_ref());
            self.report.error(&found.span(), complaint);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for element in array {
            let table = element.get_ref().as_table();
            if table.is_none() {
                let complaint = wrong_type(key, &many(), element.get_ref());
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
            let what = words!(
                "{key}: {what}",
                "{key}: {what}";
                key = Words::same(key),
                what = complaint.what,
            );
            report.error(&span, Complaint { what, ..complaint });
            None
        }
    }
}

/// A value of another type than wanted.
fn wrong_type(key: &str, wanted: &Words, found: &DeValue<'_>) -> Complaint {
    Complaint {
        what: words!(
            "{key}: {wanted} is wanted here, not {kind}",
            "{key}: qui ci vuole {wanted}, non {kind}";
            key = Words::same(key),
            wanted = wanted,
            kind = kind(found),
        ),
        hint: None,
    }
}

/// The type of a value, for a sentence.
pub(super) fn kind(value: &DeValue<'_>) -> Words {
    match value {
        DeValue::String(_) => words!("a string", "un testo"),
        DeValue::Integer(_) => words!("an integer", "un numero intero"),
        DeValue::Float(_) => words!("a float", "un numero con decimali"),
        DeValue::Boolean(_) => words!("a boolean", "un sì o no (true, false)"),
        DeValue::Datetime(_) => words!("a datetime", "una data"),
        DeValue::Array(_) => words!("an array", "un elenco"),
        DeValue::Table(_) => words!("a table", "una tabella"),
    }
}

fn place(section: &str) -> Words {
    if section.is_empty() {
        words!("at the top of the file", "all'inizio del file")
    } else {
        Words::same(format!("in {section}"))
    }
}

/// One of several places.
fn either(places: &[Words]) -> Words {
    let [others @ .., last] = places else {
        return Words::same("");
    };
    if others.is_empty() {
        return last.clone();
    }
    let join = |told: fn(&Words) -> &str| others.iter().map(told).collect::<Vec<_>>().join(", ");
    words!(
        "{others} or {last}",
        "{others} o {last}";
        others = Words::new(join(Words::english), join(Words::italian)),
        last = last,
    )
}
