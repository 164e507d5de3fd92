//! How exports read figures: day by day, so that three years of twenty networks pass through little
//! memory.

use std::collections::BTreeMap;

use super::hour::{DayFigures, HourFigures, MonthFigures};
use super::time::{Day, Hour, Month, Period};
use crate::model::NetworkId;

/// A network's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRecord {
    /// Which.
    pub day: Day,
    /// Its hours, in order. Hours of which nothing is known are absent: nobody was counted, and nothing
    /// was out of service.
    pub hours: Vec<(Hour, HourFigures)>,
    /// The rest.
    pub figures: DayFigures,
}

impl DayRecord {
    /// All hours joined.
    #[must_use]
    pub fn total(&self) -> HourFigures {
        let mut total = HourFigures::default();
        for (_, hour) in &self.hours {
            total.merge(hour);
        }
        total
    }
}

/// Why figures cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the figures cannot be read: {0}")]
pub struct LedgerError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What [`Ledger::days`] gives.
pub type Days<'a> = Box<dyn Iterator<Item = Result<DayRecord, LedgerError>> + 'a>;

/// Stored figures, for reading. They are raw: whatever leaves the gateway goes through
/// [`suppress`](super::suppress) first.
pub trait Ledger {
    /// The first and the last day of which something is known; `None` when nothing is.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn span(&mut self, network: NetworkId) -> Result<Option<Period>, LedgerError>;

    /// A network's days within a period, in order, a few in memory at a time. Days of which nothing is
    /// known are absent. The iterator ends after its first error.
    fn days(&mut self, network: NetworkId, period: Period) -> Days<'_>;

    /// The devices of a network's days within a period, in order; days without any may be absent.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn devices(&mut self, network: NetworkId, period: Period) -> Result<Vec<(Day, DayFigures)>, LedgerError> {
        let days = self.days(network, period);
        days.map(|record| record.map(|record| (record.day, record.figures)))
            .collect()
    }

    /// A network's months that begin within a period or before it and reach into it, in order.
    ///
    /// # Errors
    /// [`LedgerError`].
    fn months(
        &mut self,
        network: NetworkId,
        period: Period,
    ) -> Result<Vec<(Month, MonthFigures)>, LedgerError>;
}

/// A ledger in memory.
#[derive(Debug, Clone, Default)]
pub struct Book {
    days: BTreeMap<(NetworkId, Day), DayRecord>,
    months: BTreeMap<(NetworkId, Month), MonthFigures>,
}

impl Book {
    /// Puts a day in; replaces what was there.
    pub fn put_day(&mut self, network: NetworkId, record: DayRecord) {
        self.days.insert((network, record.day), record);
    }

    /// Puts a month in; replaces what was there.
    pub fn put_month(&mut self, network: NetworkId, month: Month, figures: MonthFigures) {
        self.months.insert((network, month), figures);
    }
}

impl Ledger for Book {
    fn span(&mut self, network: NetworkId) -> Result<Option<Period>, LedgerError> {
        let mut days = self
            .days
            .keys()
            .filter(|(of, _)| *of == network)
            .map(|(_, day)| *day);
        let first = days.next();
        let last = days.next_back().or(first);
        Ok(first
            .zip(last)
            .and_then(|(first, last)| Period::new(first, last).ok()))
    }

    fn days(&mut self, network: NetworkId, period: Period) -> Days<'_> {
        let range = (network, period.from())..=(network, period.to());
        Box::new(self.days.range(range).map(|(_, record)| Ok(record.clone())))
    }

    fn months(
        &mut self,
        network: NetworkId,
        period: Period,
    ) -> Result<Vec<(Month, MonthFigures)>, LedgerError> {
        let range = (network, period.from().month())..=(network, period.to().month());
        let months = self.months.range(range);
        Ok(months
            .map(|((_, month), figures)| (*month, figures.clone()))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Book, DayRecord, Ledger};
    use crate::model::figures::{Day, DayFigures, Hour, HourFigures, MonthFigures, Period};
    use crate::model::{NetworkId, TimeZone};

    #[test]
    fn a_book_tells_the_days_of_a_period_in_order() {
        let piazza: NetworkId = "piazza".parse().unwrap();
        let mut book = Book::default();
        let day = |text: &str| text.parse::<Day>().unwrap();
        for text in ["2026-11-22", "2026-11-20", "2026-11-25"] {
            let hours: Vec<(Hour, HourFigures)> = day(text)
                .hours(&TimeZone::rome())
                .map(|hour| {
                    (
                        hour,
                        HourFigures {
                            views: 2,
                            ..HourFigures::default()
                        },
                    )
                })
                .collect();
            book.put_day(
                piazza,
                DayRecord {
                    day: day(text),
                    hours,
                    figures: DayFigures::default(),
                },
            );
        }
        book.put_month(piazza, day("2026-11-01").month(), MonthFigures::default());
        let span = book.span(piazza).unwrap().unwrap();
        assert_eq!((span.from(), span.to()), (day("2026-11-20"), day("2026-11-25")));
        assert_eq!(book.span("molini".parse().unwrap()).unwrap(), None);
        let period = Period::new(day("2026-11-21"), day("2026-11-25")).unwrap();
        let days: Vec<DayRecord> = book.days(piazza, period).map(Result::unwrap).collect();
        assert_eq!(
            days.iter().map(|record| record.day).collect::<Vec<_>>(),
            [day("2026-11-22"), day("2026-11-25")]
        );
        assert_eq!(days[0].total().views, 48);
        assert_eq!(book.months(piazza, period).unwrap().len(), 1);
    }
}
