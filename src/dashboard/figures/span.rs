//! What a chart is of: a day by its hours, a week or a month by its days, a year by its months.

use jiff::ToSpan as _;
use jiff::civil::date;

use crate::model::TimeZone;
use crate::model::figures::{Day, Hour, Month, Period};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    Day,
    Week,
    Month,
    Year,
}

/// What a bar is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Hour(Hour),
    Day(Day),
    Month(Month),
}

impl Span {
    pub(super) const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    /// As it is written in addresses, and the end of its word's key.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.code() == text)
    }

    /// The one that a day is in; weeks begin on Monday (ISO 8601).
    pub(super) fn period(self, day: Day) -> Period {
        let on = day.date();
        let (from, to) = match self {
            Self::Day => (day, day),
            Self::Week => {
                let passed = i64::from(on.weekday().to_monday_zero_offset());
                let from = on.checked_sub(passed.days()).unwrap_or(on);
                let to = from.checked_add(6.days()).unwrap_or(on);
                (Day::new(from), Day::new(to))
            }
            Self::Month => (day.month().first(), day.month().last()),
            Self::Year => (Day::new(date(on.year(), 1, 1)), Day::new(date(on.year(), 12, 31))),
        };
        Period::new(from, to).unwrap_or_else(|_| day.month().period())
    }

    /// Its bars.
    pub(super) fn slots(self, day: Day, zone: &TimeZone) -> Vec<Slot> {
        let period = self.period(day);
        match self {
            Self::Day => day.hours(zone).map(Slot::Hour).collect(),
            Self::Week | Self::Month => period.days().map(Slot::Day).collect(),
            Self::Year => period.months().map(Slot::Month).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Span;
    use crate::model::TimeZone;
    use crate::model::figures::Day;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_is_in_one_of_each() {
        for (span, on, from, to) in [
            (Span::Day, "2026-11-22", "2026-11-22", "2026-11-22"),
            (Span::Week, "2026-11-22", "2026-11-16", "2026-11-22"),
            (Span::Week, "2026-11-23", "2026-11-23", "2026-11-29"),
            (Span::Week, "2027-01-01", "2026-12-28", "2027-01-03"),
            (Span::Month, "2028-02-29", "2028-02-01", "2028-02-29"),
            (Span::Year, "2026-11-22", "2026-01-01", "2026-12-31"),
        ] {
            let period = span.period(day(on));
            assert_eq!((period.from(), period.to()), (day(from), day(to)), "{on}");
            assert_eq!(Span::read(span.code()), Some(span));
        }
        assert_eq!(Span::read("decade"), None);
    }

    #[test]
    fn bars_are_as_many_as_there_are_hours_days_or_months() {
        let count = |span: Span, on| span.slots(day(on), &TimeZone::rome()).len();
        assert_eq!(count(Span::Day, "2026-10-25"), 25);
        assert_eq!(count(Span::Day, "2026-03-29"), 23);
        assert_eq!(count(Span::Week, "2026-10-25"), 7);
        assert_eq!(count(Span::Month, "2028-02-01"), 29);
        assert_eq!(count(Span::Year, "2026-10-25"), 12);
    }
}
