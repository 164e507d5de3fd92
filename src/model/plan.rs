//! Rate plans that depend on the time or on the day's usage.

use std::fmt;

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use super::{Rate, RatePlan};

/// Days of the week as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Week(u8);

/// Dates from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    /// First.
    pub first: Date,
    /// Last.
    pub last: Date,
}

/// A plan that holds at certain times instead of the network's own (`[[network.schedule]]`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledPlan {
    /// As people call it, like "market day".
    pub name: String,
    /// Only on these days of the week.
    pub week: Week,
    /// Only on these dates; on all of them when empty.
    pub dates: Vec<Dates>,
    /// From this minute of the local day, 0 to 1439.
    pub from: u16,
    /// To this minute of the local day, 1 to 1440; not later than `from` means of the day after.
    pub to: u16,
    /// The limits.
    pub plan: RatePlan,
}

/// A volume a day after which a station is slower until local midnight (`[network.fair_use]`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FairUse {
    /// Bytes of both directions together.
    pub volume: u64,
    /// To the station afterwards.
    pub down: Rate,
    /// From the station afterwards.
    pub up: Rate,
}

/// How a station stands with its day's volume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayVolume {
    /// Bytes used since local midnight.
    pub used: u64,
    /// Bytes a day.
    pub volume: u64,
}

/// What a station used on one local day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayUsage {
    /// The local day.
    pub day: Date,
    /// Bytes of both directions.
    pub bytes: u64,
}

impl Week {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);
    /// No day, to begin with.
    pub const NONE: Self = Self(0);
    /// The days as they are written, Monday first.
    pub const NAMES: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];

    /// With one day more.
    #[must_use]
    pub const fn with(self, day: Weekday) -> Self {
        Self(self.0 | Self::bit(day))
    }

    /// Whether the day is among them.
    #[must_use]
    pub const fn has(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    const fn bit(day: Weekday) -> u8 {
        match day {
            Weekday::Monday => 1,
            Weekday::Tuesday => 1 << 1,
            Weekday::Wednesday => 1 << 2,
            Weekday::Thursday => 1 << 3,
            Weekday::Friday => 1 << 4,
            Weekday::Saturday => 1 << 5,
            Weekday::Sunday => 1 << 6,
        }
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = Self::NAMES.iter().filter(|(_, day)| self.has(*day));
        let names: Vec<&str> = days.map(|(name, _)| *name).collect();
        f.write_str(&names.join(" "))
    }
}

impl fmt::Display for Dates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last {
            return write!(f, "{}", self.first);
        }
        write!(f, "{}..{}", self.first, self.last)
    }
}

impl ScheduledPlan {
    /// Whether it begins on this day.
    #[must_use]
    pub fn begins_on(&self, date: Date) -> bool {
        let dated = self.dates.is_empty()
            || self
                .dates
                .iter()
                .any(|dates| dates.first <= date && date <= dates.last);
        dated && self.week.has(date.weekday())
    }

    /// How much it is about single days: what is for dates goes before what is for days of the week,
    /// and that before what is for every day. Smaller goes first.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match (self.dates.is_empty(), self.week == Week::ALL) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        }
    }
}

impl FairUse {
    /// The plan of a station whose volume is used up: never faster than the plan in force.
    #[must_use]
    pub fn slow(&self, plan: RatePlan) -> RatePlan {
        plan.at_most(self.down, self.up)
    }
}

impl DayVolume {
    /// Whether it is used up.
    #[must_use]
    pub const fn is_used_up(&self) -> bool {
        self.used >= self.volume
    }
}

#[cfg(test)]
mod tests {
    use super::{Dates, ScheduledPlan, Week};
    use crate::model::{Burst, Rate, RatePlan};
    use jiff::civil::{Weekday, date};

    #[test]
    fn a_plan_begins_on_its_days_within_its_dates() {
        let rate = Rate::from_bytes_per_second(125_000).unwrap();
        let mut sundays = ScheduledPlan {
            name: "Sundays of Advent".into(),
            week: Week::NONE.with(Weekday::Sunday),
            dates: vec![Dates {
                first: date(2026, 11, 29),
                last: date(2026, 12, 20),
            }],
            from: 0,
            to: 1_440,
            plan: RatePlan {
                down: rate,
                up: rate,
                burst: Burst::from_bytes(65_536).unwrap(),
            },
        };
        let begins = |plan: &ScheduledPlan, month, day| plan.begins_on(date(2026, month, day));
        assert!(begins(&sundays, 11, 29) && begins(&sundays, 12, 20));
        assert!(!begins(&sundays, 11, 22) && !begins(&sundays, 12, 27) && !begins(&sundays, 12, 5));
        assert_eq!(sundays.rank(), 0);
        sundays.dates.clear();
        assert!(begins(&sundays, 11, 22));
        assert_eq!(sundays.rank(), 1);
        sundays.week = Week::ALL;
        assert!(begins(&sundays, 12, 5));
        assert_eq!(sundays.rank(), 2);
    }
}
