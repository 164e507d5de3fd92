//! Tables: what a report gives and a format takes.

use super::Site;
use crate::model::NetworkId;
use crate::model::figures::{Day, DayRecord, Ledger, LedgerError, Period};

/// The columns that say which network a row is about.
pub(super) const PLACE: [Column; 5] = [
    column("network", ColumnKind::Text),
    column("network_id", ColumnKind::Text),
    column("network_name", ColumnKind::Text),
    column("comune", ColumnKind::Text),
    column("istat_code", ColumnKind::Text),
];

/// A column.
pub(super) const fn column(name: &'static str, kind: ColumnKind) -> Column {
    Column { name, kind }
}

/// What stands in the columns of [`PLACE`].
pub(super) fn place(site: &Site) -> [Cell<'_>; PLACE.len()] {
    [
        Cell::Text(site.id.as_str()),
        Cell::text(site.wifi4eu_id.as_deref().unwrap_or_default()),
        Cell::Text(&site.name),
        Cell::Text(&site.comune),
        Cell::text(site.istat.as_deref().unwrap_or_default()),
    ]
}

/// A network's days, each with its record, or none where nothing was recorded.
///
/// # Errors
/// The figures cannot be read.
pub(super) fn days_and_gaps(
    ledger: &mut dyn Ledger,
    network: NetworkId,
    period: Period,
    tell: &mut dyn FnMut(Day, Option<DayRecord>),
) -> Result<(), LedgerError> {
    let mut found = ledger.days(network, period).peekable();
    for day in period.days() {
        let record = match found.peek() {
            Some(Ok(record)) if record.day > day => None,
            _ => found.next().transpose()?,
        };
        tell(day, record);
    }
    Ok(())
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in CSV and JSON; also the key of its title and explanation.
    pub name: &'static str,
    /// What stands in it.
    pub kind: ColumnKind,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Count,
    /// A number with digits behind the point.
    Decimal,
    /// A calendar date.
    Date,
    /// An instant with its offset.
    Instant,
    /// Yes or no.
    Flag,
}

/// What stands in a cell. A figure that is not told, or not known, is [`Cell::Empty`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Count(u64),
    /// A number in hundredths.
    Hundredths(u64),
    /// A number in thousandths.
    Thousandths(u64),
    /// A number as it is written.
    Number(&'a str),
    /// A date, `2026-11-22`.
    Date(&'a str),
    /// An instant, RFC 3339.
    Instant(&'a str),
    /// Yes or no.
    Flag(bool),
}

impl<'a> Cell<'a> {
    /// A text, or nothing.
    pub(super) const fn text(text: &'a str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

impl From<Option<u64>> for Cell<'_> {
    fn from(count: Option<u64>) -> Self {
        count.map_or(Self::Empty, Self::Count)
    }
}

/// Takes rows.
pub(super) type Take<'a> = dyn FnMut(&[Cell<'_>]) + 'a;

/// A report as a table, made in parts that need not know of each other.
pub(super) trait Rows: Sync {
    /// Its columns.
    fn columns(&self) -> &[Column];

    /// The columns that tell rows apart.
    fn key(&self) -> &[&'static str];

    /// How many columns at the beginning are the same in all rows of a network, and how many behind them name
    /// a row within it.
    fn layout(&self) -> (usize, usize) {
        (PLACE.len(), 1)
    }

    /// How many parts there are.
    fn parts(&self) -> usize;

    /// Makes the rows of a part, in order.
    ///
    /// # Errors
    /// The figures cannot be read.
    fn part(&self, part: usize, ledger: &mut dyn Ledger, take: &mut Take<'_>) -> Result<(), LedgerError>;
}

/// Appends a whole number in decimal digits.
pub(super) fn push_count(out: &mut Vec<u8>, mut count: u64) {
    let mut digits = [0_u8; 20];
    let mut from = digits.len();
    loop {
        from -= 1;
        // A digit always fits.
        digits[from] = b'0' + u8::try_from(count % 10).unwrap_or(0);
        count /= 10;
        if count == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[from..]);
}

/// Appends a number of so many digits behind the point, a power of ten each.
pub(super) fn push_fraction(out: &mut Vec<u8>, value: u64, per_one: u64) {
    push_count(out, value / per_one);
    out.push(b'.');
    let (mut rest, mut place) = (value % per_one, per_one / 10);
    while place > 0 {
        out.push(b'0' + u8::try_from(rest / place).unwrap_or(0));
        rest %= place;
        place /= 10;
    }
}

/// Appends a cell that is a number, a date or an instant; `false` for the others.
pub(super) fn push_plain(out: &mut Vec<u8>, cell: Cell<'_>) -> bool {
    match cell {
        Cell::Count(count) => push_count(out, count),
        Cell::Hundredths(value) => push_fraction(out, value, 100),
        Cell::Thousandths(value) => push_fraction(out, value, 1_000),
        Cell::Number(text) | Cell::Date(text) | Cell::Instant(text) => out.extend_from_slice(text.as_bytes()),
        Cell::Flag(flag) => out.extend_from_slice(if flag { b"true" } else { b"false" }),
        Cell::Empty | Cell::Text(_) => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{push_count, push_fraction};
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        #[test]
        fn digits_are_those_of_the_library(count in any::<u64>()) {
            let mut out = Vec::new();
            push_count(&mut out, count);
            prop_assert_eq!(out, count.to_string().into_bytes());
            let mut out = Vec::new();
            push_fraction(&mut out, count, 100);
            prop_assert_eq!(out, format!("{}.{:02}", count / 100, count % 100).into_bytes());
        }
    }
}
