//! Hours, days, months and periods of figures.
//!
//! An hour is known by the instant of its beginning, so the two hours between 2 and 3 of a night in
//! October are two, and the missing one of a night in March is none. Days and months are those of the
//! place. Zones whose offset is not a whole hour are possible: an hour belongs to the day it begins in.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::{Deserialize, Serialize};

use super::super::TimeZone;

const HOUR_SECONDS: i64 = 3_600;
const HOUR_NANOSECONDS: i128 = 3_600_000_000_000;

/// An hour, as whole hours since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hour(i64);

/// A local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(Date);

/// A local month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(Date);

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    from: Day,
    to: Day,
}

/// Why two days make no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{to} is before {from}")]
pub struct PeriodError {
    /// The first day given.
    pub from: Day,
    /// The last day given.
    pub to: Day,
}

impl Hour {
    /// The hour that an instant falls into.
    #[must_use]
    pub fn containing(at: Timestamp) -> Self {
        // Whole seconds would round towards 1970.
        let hours = at.as_nanosecond().div_euclid(HOUR_NANOSECONDS);
        Self(i64::try_from(hours).unwrap_or(0))
    }

    /// The hour of a stored number.
    #[must_use]
    pub const fn from_number(hours: i64) -> Self {
        Self(hours)
    }

    /// Whole hours since 1970-01-01T00:00Z.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Its first instant; the last instant there is for hours beyond the end of time.
    #[must_use]
    pub fn begins(self) -> Timestamp {
        let second = self.0.saturating_mul(HOUR_SECONDS);
        let end = if second < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        };
        Timestamp::from_second(second).unwrap_or(end)
    }

    /// The hour after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Its beginning as clocks of the place show it, with the offset that tells the two hours of an
    /// October night apart.
    #[must_use]
    pub fn local(self, zone: &TimeZone) -> Zoned {
        self.begins().to_zoned(zone.jiff().clone())
    }

    /// The local day it begins in.
    #[must_use]
    pub fn day(self, zone: &TimeZone) -> Day {
        Day(zone.jiff().to_datetime(self.begins()).date())
    }
}

impl Day {
    /// The day of a calendar date.
    #[must_use]
    pub const fn new(date: Date) -> Self {
        Self(date)
    }

    /// The local day of an instant.
    #[must_use]
    pub fn containing(at: Timestamp, zone: &TimeZone) -> Self {
        Self(zone.jiff().to_datetime(at).date())
    }

    /// Its date.
    #[must_use]
    pub const fn date(self) -> Date {
        self.0
    }

    /// The month it is in.
    #[must_use]
    pub fn month(self) -> Month {
        Month(self.0.first_of_month())
    }

    /// The day after it; itself at the end of time.
    #[must_use]
    pub fn next(self) -> Self {
        self.0.tomorrow().map_or(self, Self)
    }

    /// The day before it; itself at the beginning of time.
    #[must_use]
    pub fn previous(self) -> Self {
        self.0.yesterday().map_or(self, Self)
    }

    /// The hours that begin in it: 24, or 23 and 25 when summer time begins and ends.
    pub fn hours(self, zone: &TimeZone) -> impl Iterator<Item = Hour> + use<> {
        let (first, end) = (first_hour(self, zone), first_hour(self.next(), zone));
        (first.number()..end.number()).map(Hour)
    }

    /// How long it is, seconds.
    #[must_use]
    pub fn seconds(self, zone: &TimeZone) -> u64 {
        let hours = first_hour(self.next(), zone).number() - first_hour(self, zone).number();
        u64::try_from(hours.saturating_mul(HOUR_SECONDS)).unwrap_or(0)
    }
}

/// The first hour that begins in a day.
fn first_hour(day: Day, zone: &TimeZone) -> Hour {
    let midnight = day.0.to_zoned(zone.jiff().clone());
    let second = midnight.map_or(0, |midnight| midnight.timestamp().as_second());
    Hour(-(-second).div_euclid(HOUR_SECONDS))
}

impl Month {
    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Day {
        Day(self.0)
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Day {
        Day(self.0.last_of_month())
    }

    /// The month after it; itself at the end of time.
    #[must_use]
    pub fn next(self) -> Self {
        self.0.checked_add(1.month()).map_or(self, Self)
    }

    /// Its days.
    #[must_use]
    pub fn period(self) -> Period {
        Period {
            from: self.first(),
            to: self.last(),
        }
    }
}

impl Period {
    /// From a first to a last day.
    ///
    /// # Errors
    /// [`PeriodError`] when the last is before the first.
    pub fn new(from: Day, to: Day) -> Result<Self, PeriodError> {
        if to < from {
            return Err(PeriodError { from, to });
        }
        Ok(Self { from, to })
    }

    /// The first day.
    #[must_use]
    pub const fn from(self) -> Day {
        self.from
    }

    /// The last day.
    #[must_use]
    pub const fn to(self) -> Day {
        self.to
    }

    /// Whether a day is in it.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Day> + use<> {
        self.from
            .0
            .series(1.day())
            .map(Day)
            .take_while(move |day| *day <= self.to)
    }

    /// The months it touches, in order.
    pub fn months(self) -> impl Iterator<Item = Month> + use<> {
        let first = self.from.0.first_of_month();
        first
            .series(1.month())
            .map(Month)
            .take_while(move |month| month.first() <= self.to)
    }

    /// The same days and the rest of the months they are in: what may be told of a day is decided
    /// together with its month.
    #[must_use]
    pub fn whole_months(self) -> Self {
        Self {
            from: self.from.month().first(),
            to: self.to.month().last(),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl fmt::Display for Hour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.begins().fmt(f)
    }
}

impl FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Hour, Period};
    use crate::model::TimeZone;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_of_summer_time_have_23_and_25_hours_and_two_of_them_at_two() {
        let rome = TimeZone::rome();
        for (date, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-22", 24)] {
            let day = day(date);
            let all: Vec<Hour> = day.hours(&rome).collect();
            assert_eq!(all.len(), hours, "{date}");
            assert!(all.iter().all(|hour| hour.day(&rome) == day));
            let first = all[0].local(&rome);
            assert_eq!(
                (Day::new(first.date()), first.hour(), first.minute()),
                (day, 0, 0)
            );
            let last = all[all.len() - 1].local(&rome);
            assert_eq!((Day::new(last.date()), last.hour(), last.minute()), (day, 23, 0));
        }
        let night: Vec<String> = day("2026-10-25")
            .hours(&rome)
            .map(|hour| hour.local(&rome).strftime("%H%:z").to_string())
            .collect();
        assert_eq!(&night[1..5], ["01+02:00", "02+02:00", "02+01:00", "03+01:00"]);
        let night: Vec<String> = day("2026-03-29")
            .hours(&rome)
            .map(|hour| hour.local(&rome).strftime("%H").to_string())
            .collect();
        assert_eq!(&night[..4], ["00", "01", "03", "04"]);
    }

    #[test]
    fn every_hour_of_two_years_is_in_one_day() {
        for zone in ["Europe/Rome", "Asia/Kolkata", "Australia/Lord_Howe"] {
            let zone = TimeZone::named(zone).unwrap();
            let period = Period::new(day("2026-01-01"), day("2027-12-31")).unwrap();
            let hours: Vec<(Day, Hour)> = period
                .days()
                .flat_map(|day| day.hours(&zone).map(move |hour| (day, hour)))
                .collect();
            for pair in hours.windows(2) {
                assert_eq!(pair[0].1.next(), pair[1].1);
            }
            for (day, hour) in hours {
                assert_eq!(hour.day(&zone), day);
                assert_eq!(Hour::containing(hour.begins()), hour);
                assert_eq!(Hour::from_number(hour.number()), hour);
            }
        }
    }

    #[test]
    fn instants_before_1970_and_beyond_the_end_of_time_have_an_hour() {
        let at = "1969-12-31T23:59:59.5Z".parse().unwrap();
        assert_eq!(Hour::containing(at), Hour::from_number(-1));
        assert_eq!(Hour::from_number(i64::MAX).begins(), jiff::Timestamp::MAX);
        assert_eq!(Hour::from_number(i64::MIN).begins(), jiff::Timestamp::MIN);
    }

    #[test]
    fn periods_have_an_order_and_whole_months() {
        assert!(Period::new(day("2026-02-02"), day("2026-02-01")).is_err());
        let period = Period::new(day("2026-01-31"), day("2026-03-01")).unwrap();
        assert_eq!(period.days().count(), 30);
        let months: Vec<String> = period.months().map(|month| month.to_string()).collect();
        assert_eq!(months, ["2026-01", "2026-02", "2026-03"]);
        let whole = period.whole_months();
        assert_eq!((whole.from(), whole.to()), (day("2026-01-01"), day("2026-03-31")));
        assert!(whole.contains(day("2026-03-31")) && !period.contains(day("2026-03-31")));
        assert_eq!(day("2026-03-01").previous(), day("2026-02-28"));
    }
}
