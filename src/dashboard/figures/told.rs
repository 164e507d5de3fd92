//! What may be told of hours, days, months and all of them together: the same as in exports, since a page is
//! copied, printed and photographed as an export is.

use super::span::{Slot, Span};
use crate::config::Config;
use crate::dashboard::records::{FigureBook, RecordError};
use crate::model::figures::suppress::{AtLeast, Measure, PublicDay, PublicFigures, PublicMonth};
use crate::model::figures::{Day, Outages};
use crate::model::{NetworkId, TimeZone};

/// What is told of a bar, or of all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) views: AtLeast,
    pub(super) sessions: AtLeast,
    pub(super) returning: AtLeast,
    /// About how many different ones; of several networks those of each. `None` where there is no such number.
    pub(super) devices: Option<AtLeast>,
    pub(super) down: AtLeast,
    pub(super) up: AtLeast,
    /// Most sessions at the same time, of one network.
    pub(super) peak: Option<u64>,
    pub(super) outages: Outages,
    /// Seconds of which it is known whether the network was in service.
    pub(super) observed: u64,
    /// Days that count towards the 60 a year.
    pub(super) lost_days: u64,
}

/// How two are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Join {
    /// One after the other: devices of two days are not the sum of both.
    Times,
    /// Two networks.
    Networks,
}

/// What is told of a span.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Each bar; `None` where nothing is known.
    pub(super) slots: Vec<(Slot, Option<Told>)>,
    pub(super) total: Option<Told>,
}

const HIDDEN: AtLeast = AtLeast {
    value: 0,
    is_partial: true,
};

impl Told {
    fn of_month(month: &PublicMonth, zone: &TimeZone) -> Self {
        Self {
            devices: Some(month.devices.map_or(HIDDEN, AtLeast::exactly)),
            lost_days: month.days.iter().map(|day| lost(day, zone)).sum(),
            ..Self::of(&month.total, |measure| month.told(measure))
        }
    }

    fn of_day(day: &PublicDay, zone: &TimeZone) -> Self {
        Self {
            devices: Some(day.devices.map_or(HIDDEN, AtLeast::exactly)),
            lost_days: lost(day, zone),
            ..Self::of(&day.total, |measure| day.told(measure))
        }
    }

    fn of_hour(hour: &PublicFigures) -> Self {
        Self::of(hour, |measure| hour.get(measure).map_or(HIDDEN, AtLeast::exactly))
    }

    fn of(figures: &PublicFigures, told: impl Fn(Measure) -> AtLeast) -> Self {
        Self {
            views: told(Measure::Views),
            sessions: told(Measure::Sessions),
            returning: told(Measure::Returning),
            devices: None,
            down: told(Measure::BytesDown),
            up: told(Measure::BytesUp),
            peak: figures.peak,
            outages: figures.outages,
            observed: figures.observed,
            lost_days: 0,
        }
    }

    fn join(&mut self, other: &Self, how: Join) {
        let add = |one: &mut AtLeast, other: AtLeast| *one = [*one, other].into_iter().sum();
        add(&mut self.views, other.views);
        add(&mut self.sessions, other.sessions);
        add(&mut self.returning, other.returning);
        add(&mut self.down, other.down);
        add(&mut self.up, other.up);
        self.devices = match (how, self.devices, other.devices) {
            (Join::Networks, Some(one), Some(other)) => Some([one, other].into_iter().sum()),
            _ => None,
        };
        self.peak = match how {
            Join::Times => self.peak.max(other.peak),
            Join::Networks => None,
        };
        self.outages.merge(&other.outages);
        self.observed = self.observed.saturating_add(other.observed);
        self.lost_days = self.lost_days.saturating_add(other.lost_days);
    }

    /// To and from devices.
    pub(super) fn bytes(&self) -> AtLeast {
        [self.down, self.up].into_iter().sum()
    }

    /// See [`Outages::service`].
    pub(super) fn service(&self) -> Option<u64> {
        self.outages.service(self.observed)
    }
}

fn lost(day: &PublicDay, zone: &TimeZone) -> u64 {
    u64::from(day.total.outages.is_day_lost(day.day.seconds(zone)))
}

fn put(into: &mut Option<Told>, told: Told, how: Join) {
    match into {
        Some(sum) => sum.join(&told, how),
        None => *into = Some(told),
    }
}

impl Sheet {
    /// What is told of the span that a day is in, of some networks together.
    pub(super) fn read(
        book: &dyn FigureBook,
        config: &Config,
        networks: &[NetworkId],
        (span, day): (Span, Day),
    ) -> Result<Self, RecordError> {
        let zone = &config.gateway.time_zone;
        let slots = span.slots(day, zone).into_iter().map(|slot| (slot, None));
        let mut sheet = Self {
            slots: slots.collect(),
            total: None,
        };
        for network in networks {
            let mut total = None;
            book.months(config, *network, span.period(day), &mut |month| {
                sheet.take(&month, (span, day), &mut total, zone);
            })?;
            if let Some(total) = total {
                put(&mut sheet.total, total, Join::Networks);
            }
        }
        Ok(sheet)
    }

    /// Takes a network's month, and adds it to the total of the network.
    fn take(
        &mut self,
        month: &PublicMonth,
        (span, day): (Span, Day),
        total: &mut Option<Told>,
        zone: &TimeZone,
    ) {
        let period = span.period(day);
        let days = || month.days.iter().filter(|day| period.contains(day.day));
        match span {
            Span::Year => {
                let told = Told::of_month(month, zone);
                self.add(Slot::Month(month.month), told.clone());
                put(total, told, Join::Times);
            }
            Span::Month => {
                for day in days() {
                    self.add(Slot::Day(day.day), Told::of_day(day, zone));
                }
                put(total, Told::of_month(month, zone), Join::Times);
            }
            Span::Week => {
                for day in days() {
                    let told = Told::of_day(day, zone);
                    self.add(Slot::Day(day.day), told.clone());
                    put(total, told, Join::Times);
                }
            }
            Span::Day => {
                for day in days() {
                    for (hour, figures) in &day.hours {
                        self.add(Slot::Hour(*hour), Told::of_hour(figures));
                    }
                    put(total, Told::of_day(day, zone), Join::Times);
                }
            }
        }
    }

    fn add(&mut self, slot: Slot, told: Told) {
        if let Some((_, known)) = self.slots.iter_mut().find(|(known, _)| *known == slot) {
            put(known, told, Join::Networks);
        }
    }
}
