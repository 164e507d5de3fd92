//! Figures in words.

use crate::charts::Signs;
use crate::dashboard::words::Tongue;
use crate::model::TimeZone;
use crate::model::figures::suppress::AtLeast;
use crate::model::figures::{Day, Month, Outage, Outages, Period};

use super::span::{Slot, Span};

const MEGA: u64 = 1_000_000;
const GIGA: u64 = 1_000 * MEGA;
const TERA: u64 = 1_000 * GIGA;
/// What stands where nothing is told.
pub(super) const SILENT: &str = "—";

/// Writes in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen(pub(super) Tongue);

impl Pen {
    const fn signs(self) -> Signs {
        match self.0 {
            Tongue::It => Signs::ITALIAN,
            Tongue::En => Signs::ENGLISH,
        }
    }

    pub(super) fn count(self, count: u64) -> String {
        self.signs().count(count)
    }

    pub(super) fn bytes(self, bytes: u64) -> String {
        let (unit, name) = match bytes {
            TERA.. => (TERA, "TB"),
            GIGA.. => (GIGA, "GB"),
            _ => (MEGA, "MB"),
        };
        format!("{} {name}", self.signs().tenths(bytes / (unit / 10)))
    }

    /// Bytes per second, as lines are sold.
    pub(super) fn rate(self, bytes: u64) -> String {
        format!(
            "{} Mbit/s",
            self.signs().tenths(bytes.saturating_mul(8) / (MEGA / 10))
        )
    }

    pub(super) fn per_cent(self, per_mille: u64) -> String {
        format!("{} %", self.signs().tenths(per_mille))
    }

    /// Hours and minutes.
    pub(super) fn time(self, seconds: u64) -> String {
        let minutes = (seconds + 30) / 60;
        match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, 0) => format!("{} h", self.count(hours)),
            (hours, minutes) => format!("{} h {minutes} min", self.count(hours)),
        }
    }

    /// A sum that may lack something.
    pub(super) fn at_least(self, sum: AtLeast, write: impl Fn(u64) -> String) -> String {
        match (sum.value, sum.is_partial) {
            (0, true) => SILENT.to_owned(),
            (value, true) => format!("{} {}", self.0.say("figures-at-least"), write(value)),
            (value, false) => write(value),
        }
    }

    pub(super) fn month(self, month: Month) -> String {
        let date = month.first().date();
        let number = u64::from(date.month().unsigned_abs());
        format!("{} {}", self.0.count("figures-month-name", number), date.year())
    }

    pub(super) fn day(self, day: Day) -> String {
        let number = day.date().day();
        format!("{number} {}", self.month(day.month()))
    }

    /// The span that a day is in.
    pub(super) fn span(self, span: Span, day: Day) -> String {
        let period: Period = span.period(day);
        match span {
            Span::Day => self.day(day),
            Span::Week => format!("{} – {}", self.day(period.from()), self.day(period.to())),
            Span::Month => self.month(day.month()),
            Span::Year => day.date().year().to_string(),
        }
    }

    /// A bar, in full.
    pub(super) fn slot(self, slot: Slot, zone: &TimeZone) -> String {
        match slot {
            // The offset tells the two hours of a night in October apart.
            Slot::Hour(hour) => hour.local(zone).strftime("%H:%M (%:z)").to_string(),
            Slot::Day(day) => self.day(day),
            Slot::Month(month) => self.month(month),
        }
    }

    /// A bar, in short.
    pub(super) fn short(slot: Slot, zone: &TimeZone) -> String {
        match slot {
            Slot::Hour(hour) => hour.local(zone).strftime("%H").to_string(),
            Slot::Day(day) => day.date().day().to_string(),
            Slot::Month(month) => month.first().date().month().to_string(),
        }
    }

    /// What cost most time; nothing when nothing did.
    pub(super) fn cause(self, outages: &Outages) -> String {
        let worst = Outage::ALL.into_iter().max_by_key(|cause| outages.of(*cause));
        worst
            .filter(|cause| outages.of(*cause) > 0)
            .map_or_else(|| SILENT.to_owned(), |cause| self.0.say(cause_key(cause)))
    }
}

/// The word of a cause.
pub(super) const fn cause_key(cause: Outage) -> &'static str {
    match cause {
        Outage::Uplink => "figures-cause-uplink",
        Outage::Power => "figures-cause-power",
        Outage::Daemon => "figures-cause-daemon",
        Outage::Planned => "figures-cause-planned",
    }
}

#[cfg(test)]
mod tests {
    use super::{Pen, SILENT};
    use crate::dashboard::words::Tongue;
    use crate::model::figures::suppress::AtLeast;

    #[test]
    fn figures_are_written_as_people_of_the_place_do() {
        let (it, en) = (Pen(Tongue::It), Pen(Tongue::En));
        assert_eq!(it.count(1_234_567), "1.234.567");
        assert_eq!(en.bytes(1_234_567_890), "1.2 GB");
        assert_eq!(it.bytes(90_000_000), "90,0 MB");
        assert_eq!(it.bytes(7_300_000_000_000), "7,3 TB");
        assert_eq!(it.per_cent(999), "99,9 %");
        assert_eq!(en.rate(3_750_000), "30.0 Mbit/s");
        assert_eq!(
            (en.time(0), en.time(7_200)),
            ("0 min".to_owned(), "2 h".to_owned())
        );
        assert_eq!(en.time(5_399), "1 h 30 min");
        assert_eq!(it.day("2026-11-02".parse().unwrap()), "2 novembre 2026");
        assert_eq!(en.day("2026-11-02".parse().unwrap()), "2 November 2026");
        let partial = |value| AtLeast {
            value,
            is_partial: true,
        };
        let write = |sum| it.at_least(sum, |value| it.count(value));
        assert_eq!(write(partial(7)), "almeno 7");
        assert_eq!(write(partial(0)), SILENT);
        assert_eq!(write(AtLeast::exactly(0)), "0");
    }
}
