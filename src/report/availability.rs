//! `availability`: day by day, how long a network was out of service and why, against the 60 days a year that
//! the grant agreement allows (Article 9), and what its line was seen to carry, against 30 Mbit/s (Annex
//! I, 2.3.2). Nothing here is about people.

use jiff::Timestamp;

use super::Order;
use super::table::{Cell, Column, ColumnKind, PLACE, Rows, Take, column, days_and_gaps, place};
use super::usage::mbit_hundredths;
use crate::model::NetworkId;
use crate::model::figures::{Day, Ledger, LedgerError, Outage, Outages, Period};

const FIGURES: [Column; 12] = [
    column("date", ColumnKind::Date),
    column("minutes_observed", ColumnKind::Decimal),
    column("minutes_down", ColumnKind::Decimal),
    column("minutes_down_uplink", ColumnKind::Decimal),
    column("minutes_down_power", ColumnKind::Decimal),
    column("minutes_down_daemon", ColumnKind::Decimal),
    column("minutes_down_planned", ColumnKind::Decimal),
    column("main_cause", ColumnKind::Text),
    column("day_lost", ColumnKind::Flag),
    column("days_lost_year", ColumnKind::Count),
    column("best_down_mbps", ColumnKind::Decimal),
    column("works", ColumnKind::Text),
];

/// The report: a part is a network's year, since lost days are counted from its beginning.
pub(super) struct Availability<'o> {
    order: &'o Order,
    period: Option<Period>,
    /// From when to when each network is known.
    spans: Vec<Option<Period>>,
    years: Vec<i16>,
    columns: Vec<Column>,
}

impl<'o> Availability<'o> {
    pub(super) fn new(order: &'o Order, spans: Vec<Option<Period>>) -> Self {
        let period = order.over();
        let years = period.map(|period| (period.from().date().year()..=period.to().date().year()).collect());
        Self {
            order,
            period,
            spans,
            years: years.unwrap_or_default(),
            columns: [&PLACE[..], &FIGURES].concat(),
        }
    }
}

/// What is known of the service of a day.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Service {
    pub(super) outages: Outages,
    /// Seconds of which anything is known.
    pub(super) observed: u64,
    /// Best rate seen, bytes per second.
    pub(super) best_down: u64,
}

/// A network's days of a period up to the last one asked for, whether recorded or not: each with its time out of
/// service and its best rate. What was not observed is not known. Days before the first known one are left out.
pub(super) fn days_within(
    order: &Order,
    ledger: &mut dyn Ledger,
    (network, span): (NetworkId, Period),
    period: Period,
    tell: &mut dyn FnMut(Day, &Service),
) -> Result<(), LedgerError> {
    let Some(over) = order.over() else {
        return Ok(());
    };
    let from = span.from().max(period.from());
    let to = span.to().min(over.to()).min(period.to());
    let Ok(known) = Period::new(from, to) else {
        return Ok(());
    };
    days_and_gaps(ledger, network, known, &mut |day, record| {
        let mut service = Service::default();
        for (_, hour) in record.iter().flat_map(|record| &record.hours) {
            service.outages.merge(&hour.outages);
            service.observed = service.observed.saturating_add(hour.observed);
            service.best_down = service.best_down.max(hour.best_down);
        }
        tell(day, &service);
    })
}

impl Rows for Availability<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn key(&self) -> &[&'static str] {
        &["network", "date"]
    }

    fn parts(&self) -> usize {
        self.order.sites.len() * self.years.len()
    }

    fn part(&self, part: usize, ledger: &mut dyn Ledger, take: &mut Take<'_>) -> Result<(), LedgerError> {
        let years = self.years.len().max(1);
        let (Some(site), Some(Some(span)), Some(year), Some(period)) = (
            self.order.sites.get(part / years),
            self.spans.get(part / years),
            self.years.get(part % years),
            self.period,
        ) else {
            return Ok(());
        };
        let [new_year, new_years_eve] =
            [(1, 1), (12, 31)].map(|(month, day)| jiff::civil::date(*year, month, day));
        let Ok(year) = Period::new(Day::new(new_year), Day::new(new_years_eve)) else {
            return Ok(());
        };
        let (mut lost_days, mut is_known) = (0, false);
        days_within(self.order, ledger, (site.id, *span), year, &mut |day, service| {
            let (outages, seconds) = (&service.outages, day.seconds(&self.order.zone));
            let lost = outages.is_day_lost(seconds);
            lost_days += u64::from(lost);
            let is_unknown = outages.is_day_unknown(service.observed, seconds);
            is_known |= !is_unknown;
            if !period.contains(day) {
                return;
            }
            let minutes = |seconds: u64| minutes_if(service.observed > 0, seconds);
            let (date, works) = (day.to_string(), works_of(self.order, site.id, day));
            let told = [
                Cell::Date(&date),
                minutes_if(true, service.observed),
                minutes(outages.total()),
                minutes(outages.uplink),
                minutes(outages.power),
                minutes(outages.daemon),
                minutes(outages.planned),
                Cell::text(main_cause(outages)),
                if is_unknown { Cell::Empty } else { Cell::Flag(lost) },
                // Of a year of which nothing is known, this is not known either.
                if is_known {
                    Cell::Count(lost_days)
                } else {
                    Cell::Empty
                },
                best_rate(service.best_down),
                Cell::text(&works),
            ];
            take(&[&place(site)[..], &told].concat());
        })
    }
}

/// Seconds as minutes; empty where nothing is known.
pub(super) fn minutes_if<'a>(is_known: bool, seconds: u64) -> Cell<'a> {
    if is_known {
        Cell::Hundredths(seconds.saturating_mul(100) / 60)
    } else {
        Cell::Empty
    }
}

/// The best rate seen; empty when none was.
pub(super) const fn best_rate<'a>(bytes: u64) -> Cell<'a> {
    if bytes == 0 {
        return Cell::Empty;
    }
    Cell::Hundredths(mbit_hundredths(bytes))
}

/// Works that were announced for a day, each with its local time and reason.
fn works_of(order: &Order, network: NetworkId, day: Day) -> String {
    let (Some(begins), Some(ends)) = (midnight(order, day), midnight(order, day.next())) else {
        return String::new();
    };
    let time = |at: Timestamp| {
        at.to_zoned(order.zone.jiff().clone())
            .strftime("%H:%M")
            .to_string()
    };
    let concerned = order.works.all().filter(|works| works.concern(network));
    let told = concerned
        .filter(|works| works.overlap(begins, ends))
        .map(|works| {
            let until = if works.until >= ends {
                "24:00".to_owned()
            } else {
                time(works.until)
            };
            format!(
                "{}-{until} {}",
                time(works.from.max(begins)),
                works.reason.as_str()
            )
        });
    told.collect::<Vec<String>>().join("; ")
}

fn midnight(order: &Order, day: Day) -> Option<Timestamp> {
    let begins = day.date().to_zoned(order.zone.jiff().clone()).ok()?;
    Some(begins.timestamp())
}

/// What cost most time; empty when nothing did. Of two that cost the same, the one that is less flattering.
fn main_cause(outages: &Outages) -> &'static str {
    // The last of equal ones is taken, and what was planned is the last of all.
    let causes = Outage::ALL.into_iter().rev();
    let worst = causes.max_by_key(|cause| outages.of(*cause));
    match worst.filter(|cause| outages.of(*cause) > 0) {
        None => "",
        Some(Outage::Uplink) => "uplink",
        Some(Outage::Power) => "power",
        Some(Outage::Daemon) => "daemon",
        Some(Outage::Planned) => "planned",
    }
}

#[cfg(test)]
mod tests {
    use super::main_cause;
    use crate::model::figures::Outages;

    #[test]
    fn the_longest_cause_is_named() {
        assert_eq!(main_cause(&Outages::default()), "");
        let outages = Outages {
            uplink: 5,
            power: 9,
            daemon: 8,
            planned: 0,
        };
        assert_eq!(main_cause(&outages), "power");
        let outages = Outages {
            uplink: 1_800,
            planned: 1_800,
            ..Outages::default()
        };
        assert_eq!(main_cause(&outages), "uplink", "half and half is not planned");
    }
}
