//! A year of a network, day by day: in service or not, against the 60 days a year that the grant agreement
//! allows (Article 9).

use super::pen::Pen;
use crate::config::Config;
use crate::dashboard::records::{FigureBook, RecordError};
use crate::model::figures::suppress::PublicDay;
use crate::model::figures::{Day, Month, Outages, Period};
use crate::model::{NetworkId, TimeZone};

/// Shorter than that, a day is told as in service, seconds.
const LEAST: u64 = 60;
/// Days a year that a network may be out of service.
pub(super) const ALLOWED: u64 = 60;
/// The rate that the line must carry, bytes per second: 30 Mbit/s (Annex I, 2.3.2).
pub(super) const DUE: u64 = 30_000_000 / 8;

/// How a day was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Out of service for less than half of it.
    Partly,
    /// Out of service for half of it or more.
    Lost,
    /// Nobody observed enough of it.
    Unknown,
}

/// What is known of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DayState {
    pub(super) day: Day,
    pub(super) state: State,
    pub(super) outages: Outages,
}

/// A network's year.
#[derive(Debug, Default)]
pub(super) struct Year {
    pub(super) days: Vec<DayState>,
    pub(super) outages: Outages,
    pub(super) observed: u64,
    pub(super) lost: u64,
    /// Best rate seen, bytes per second; 0 when none was.
    pub(super) best_down: u64,
}

/// A row of the calendar.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) cells: Vec<Cell>,
}

/// A day of it; without anything where it is not over, or nothing is known.
pub(super) struct Cell {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) words: String,
}

impl State {
    fn of(outages: &Outages, observed: u64, seconds: u64) -> Self {
        if outages.is_day_lost(seconds) {
            Self::Lost
        } else if observed == 0 || outages.is_day_unknown(observed, seconds) {
            Self::Unknown
        } else if outages.total() >= LEAST {
            Self::Partly
        } else {
            Self::Good
        }
    }

    /// Its class of style, the sign in its cell, and the key of its word.
    pub(super) const fn looks(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Good => ("day-good", "✓", "figures-day-good"),
            Self::Partly => ("day-partly", "~", "figures-day-partly"),
            Self::Lost => ("day-lost", "✗", "figures-day-lost"),
            Self::Unknown => ("day-unknown", "?", "figures-day-unknown"),
        }
    }
}

impl Year {
    /// Reads it.
    pub(super) fn read(
        book: &dyn FigureBook,
        config: &Config,
        network: NetworkId,
        period: Period,
    ) -> Result<Self, RecordError> {
        let zone = &config.gateway.time_zone;
        let mut year = Self::default();
        book.months(config, network, period, &mut |month| {
            for day in &month.days {
                year.take(day, zone);
            }
        })?;
        Ok(year)
    }

    fn take(&mut self, day: &PublicDay, zone: &TimeZone) {
        let (outages, observed) = (day.total.outages, day.total.observed);
        let state = State::of(&outages, observed, day.day.seconds(zone));
        self.lost += u64::from(state == State::Lost);
        self.outages.merge(&outages);
        self.observed = self.observed.saturating_add(observed);
        self.best_down = self.best_down.max(day.total.best_down);
        self.days.push(DayState {
            day: day.day,
            state,
            outages,
        });
    }

    /// The calendar, a month in a row.
    pub(super) fn rows(&self, months: impl Iterator<Item = Month>, pen: Pen) -> Vec<Row> {
        let rows = months.map(|month| Row {
            name: pen.month(month),
            cells: (1..=31).map(|number| self.cell(month, number, pen)).collect(),
        });
        rows.collect()
    }

    fn cell(&self, month: Month, number: i8, pen: Pen) -> Cell {
        let found = self
            .days
            .iter()
            .find(|known| known.day.month() == month && known.day.date().day() == number);
        let Some(found) = found else {
            return Cell {
                class: "",
                sign: "",
                words: String::new(),
            };
        };
        let (class, sign, key) = found.state.looks();
        Cell {
            class,
            sign,
            words: format!("{}: {}", pen.day(found.day), pen.0.say(key)),
        }
    }

    /// The days on which something was wrong, newest first.
    pub(super) fn troubled(&self) -> impl Iterator<Item = &DayState> {
        let days = self.days.iter().rev();
        days.filter(|day| matches!(day.state, State::Partly | State::Lost))
    }

    /// In service, in thousandths of the time that is known of.
    pub(super) fn service(&self) -> Option<u64> {
        self.outages.service(self.observed)
    }
}

#[cfg(test)]
mod tests {
    use super::{State, Year};
    use crate::dashboard::figures::pen::Pen;
    use crate::dashboard::words::Tongue;
    use crate::model::figures::{Outage, Outages};

    fn outages(seconds: u64) -> Outages {
        let mut outages = Outages::default();
        outages.add(Outage::Uplink, seconds);
        outages
    }

    #[test]
    fn half_a_day_is_lost_and_what_nobody_saw_is_unknown() {
        let day = 24 * 3_600;
        for (out, observed, state) in [
            (0, day, State::Good),
            (59, day, State::Good),
            (60, day, State::Partly),
            (day / 2, day / 2, State::Lost),
            (day / 2 - 1, day / 2, State::Unknown),
            (0, 0, State::Unknown),
            (0, day / 2 + 1, State::Good),
        ] {
            assert_eq!(State::of(&outages(out), observed, day), state, "{out} {observed}");
        }
    }

    #[test]
    fn every_day_stands_in_its_cell_in_a_word() {
        let mut year = Year::default();
        for (day, state) in [("2026-02-01", State::Good), ("2026-02-28", State::Lost)] {
            year.days.push(super::DayState {
                day: day.parse().unwrap(),
                state,
                outages: outages(0),
            });
        }
        let month = year.days[0].day.month();
        let rows = year.rows(std::iter::once(month), Pen(Tongue::En));
        assert_eq!(rows[0].cells.len(), 31);
        assert_eq!(
            (rows[0].cells[27].sign, rows[0].cells[27].words.as_str()),
            ("✗", "28 February 2026: out of service for half the day or more")
        );
        assert_eq!(rows[0].cells[28].words, "");
        assert_eq!(year.troubled().count(), 1);
    }
}
