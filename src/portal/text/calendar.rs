//! Dates and times of day as the reader writes them: "22 novembre 2026", "14.05". The forms are
//! messages of the languages' own files, with the months in the case that a date wants; the whole of
//! ICU would weigh more than the gateway.

use fluent_bundle::FluentArgs;
use jiff::civil::{Date, DateTime, Time};

use super::Text;

impl Text {
    /// A date with the month in words. Western digits in every language.
    pub(in crate::portal) fn date(self, date: Date) -> String {
        let mut arguments = FluentArgs::with_capacity(3);
        arguments.set("day", i64::from(date.day()));
        arguments.set("month", self.get(&format!("month-{}", date.month())));
        arguments.set("year", i64::from(date.year()));
        self.format("date", Some(&arguments))
    }

    /// A time of day on the 24-hour clock, to the minute.
    pub(in crate::portal) fn time(self, time: Time) -> String {
        let mut arguments = FluentArgs::with_capacity(3);
        // A language takes one of the two.
        arguments.set("hour", i64::from(time.hour()));
        arguments.set("padded-hour", format!("{:02}", time.hour()));
        arguments.set("minute", format!("{:02}", time.minute()));
        self.format("time", Some(&arguments))
    }

    /// Both.
    pub(in crate::portal) fn date_and_time(self, at: DateTime) -> String {
        let mut arguments = FluentArgs::with_capacity(2);
        arguments.set("date", self.date(at.date()));
        arguments.set("time", self.time(at.time()));
        self.format("date-and-time", Some(&arguments))
    }
}
