//! `usage`: how much each network was used, by hour, day or month.

use jiff::Zoned;

use super::availability::{best_rate, minutes_if};
use super::table::{Cell, Column, ColumnKind, PLACE, Rows, Take, column, days_and_gaps, place};
use super::text::Words;
use super::{Order, Site, Step, joined};
use crate::model::figures::suppress::{Measure, PublicDay, PublicFigures, PublicHours, PublicMonth};
use crate::model::figures::{
    Day, DayFigures, DayRecord, Hour, HourFigures, Ledger, LedgerError, Month, MonthFigures, Period,
};

const HOUR_SECONDS: u64 = 3_600;

const FIGURES: [Column; 24] = [
    count("portal_views"),
    count("grants"),
    count("new_sessions"),
    count("returning_sessions"),
    count("peak_concurrent"),
    decimal("mean_concurrent"),
    count("unique_devices_day"),
    count("bytes_down"),
    count("bytes_up"),
    count("session_s_median"),
    count("session_s_p90"),
    count("portal_load_ms_p50"),
    count("portal_load_ms_p95"),
    count("online_ms_p50"),
    count("online_ms_p95"),
    decimal("snippet_ok_ratio"),
    count("refused"),
    count("blocked"),
    decimal("best_down_mbps"),
    decimal("best_up_mbps"),
    decimal("line_use_down"),
    decimal("line_use_up"),
    decimal("minutes_down"),
    decimal("minutes_observed"),
];
const UNIQUE_DEVICES: usize = 6;

const fn count(name: &'static str) -> Column {
    column(name, ColumnKind::Count)
}

const fn decimal(name: &'static str) -> Column {
    column(name, ColumnKind::Decimal)
}

/// The report: a part is a network's month.
pub(super) struct Usage<'o> {
    order: &'o Order,
    period: Option<Period>,
    /// From when to when each network is known.
    spans: Vec<Option<Period>>,
    months: Vec<Month>,
    columns: Vec<Column>,
    key: &'static [&'static str],
    /// What all networks together are called, and whose they are.
    everything: [String; 2],
}

impl<'o> Usage<'o> {
    pub(super) fn new(order: &'o Order, spans: Vec<Option<Period>>, words: &Words) -> Self {
        let period = order.over();
        let (when, key): (&[Column], &'static [&'static str]) = match order.step {
            Step::Hour => (
                &[
                    column("date", ColumnKind::Date),
                    column("hour", ColumnKind::Count),
                    column("begins", ColumnKind::Instant),
                ],
                &["network", "begins"],
            ),
            Step::Day => (&[column("date", ColumnKind::Date)], &["network", "date"]),
            Step::Month => (&[column("month", ColumnKind::Text)], &["network", "month"]),
        };
        let mut columns = [&PLACE, when, &FIGURES].concat();
        if order.step == Step::Month {
            for column in columns
                .iter_mut()
                .filter(|column| column.name == "unique_devices_day")
            {
                column.name = "unique_devices_month";
            }
        }
        Self {
            order,
            period,
            spans,
            months: period.map(|period| period.months().collect()).unwrap_or_default(),
            columns,
            key,
            everything: [words.say("all-networks"), order.administrations()],
        }
    }
}

impl Rows for Usage<'_> {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn key(&self) -> &[&'static str] {
        self.key
    }

    fn layout(&self) -> (usize, usize) {
        // By hours, the date and the hour.
        (PLACE.len(), if self.order.step == Step::Hour { 2 } else { 1 })
    }

    fn parts(&self) -> usize {
        let joined = usize::from(self.order.step != Step::Hour && joined::is_told(self.order));
        (self.order.sites.len() + joined) * self.months.len()
    }

    fn part(&self, part: usize, ledger: &mut dyn Ledger, take: &mut Take<'_>) -> Result<(), LedgerError> {
        let months = self.months.len().max(1);
        if part / months == self.order.sites.len() {
            return match self.months.get(part % months) {
                Some(month) => self.everything(*month, ledger, take),
                None => Ok(()),
            };
        }
        let (Some(site), Some(Some(span)), Some(month), Some(period)) = (
            self.order.sites.get(part / months),
            self.spans.get(part / months),
            self.months.get(part % months),
            self.period,
        ) else {
            return Ok(());
        };
        let mut row = Row::new(place(site));
        if self.order.step == Step::Hour {
            // What may be told of hours is decided day by day: the month need not be known.
            let Some(known) = within(*span, *month, period) else {
                return Ok(());
            };
            return each_day(self.order, site, known, ledger, &mut |record| {
                row.hours(&PublicHours::new(record), self.order, take);
            });
        }
        let Some(public) = month_of(self.order, site, *span, *month, ledger)? else {
            return Ok(());
        };
        if self.order.step == Step::Month {
            row.month(&public, self.order, take);
            return Ok(());
        }
        for day in public.days.iter().filter(|day| period.contains(day.day)) {
            row.day(day, self.order, take);
        }
        Ok(())
    }
}

impl Usage<'_> {
    /// All networks together: of a month or its days the devices, and nothing that is the sum of other rows.
    fn everything(
        &self,
        month: Month,
        ledger: &mut dyn Ledger,
        take: &mut Take<'_>,
    ) -> Result<(), LedgerError> {
        let (Some(period), [name, comuni]) = (self.period, &self.everything) else {
            return Ok(());
        };
        let row = Row::new(joined::place(name, comuni));
        if self.order.step == Step::Month {
            let mut known = self.spans.iter().flatten();
            if known.any(|span| within(*span, month, month.period()).is_some()) {
                let devices = joined::month(self.order, ledger, month)?;
                row.devices(Cell::Text(&month.to_string()), devices, take);
            }
            return Ok(());
        }
        if let Some(days) = within(period, month, period) {
            for (day, devices) in joined::days(self.order, ledger, days)? {
                row.devices(Cell::Date(&day.to_string()), devices, take);
            }
        }
        Ok(())
    }
}

/// The days of a month that are in both periods.
fn within(span: Period, month: Month, period: Period) -> Option<Period> {
    let from = span.from().max(month.first()).max(period.from());
    Period::new(from, span.to().min(month.last()).min(period.to())).ok()
}

/// What may be told of a network's month: all its days that are over and known of, those without a record
/// as days on which nothing happened. `None` when nothing is known.
pub(super) fn month_of(
    order: &Order,
    site: &Site,
    span: Period,
    month: Month,
    ledger: &mut dyn Ledger,
) -> Result<Option<PublicMonth>, LedgerError> {
    let last = month.last().min(order.today.previous());
    let Ok(known) = Period::new(span.from().max(month.first()), span.to().min(last)) else {
        return Ok(None);
    };
    let mut records = Vec::new();
    each_day(order, site, known, ledger, &mut |record| records.push(record))?;
    let figures = ledger.months(site.id, known)?;
    let figures = figures.into_iter().find(|(of, _)| *of == month);
    let figures = figures.map_or_else(MonthFigures::default, |(_, figures)| figures);
    let is_over = order.today > month.last();
    Ok(Some(PublicMonth::new(month, records, &figures, is_over)))
}

/// A network's days, each with all its hours: of those that are absent nobody was counted.
fn each_day(
    order: &Order,
    site: &Site,
    known: Period,
    ledger: &mut dyn Ledger,
    tell: &mut dyn FnMut(DayRecord),
) -> Result<(), LedgerError> {
    days_and_gaps(ledger, site.id, known, &mut |day, record| {
        tell(whole_day(record, day, order));
    })
}

/// A day with all its hours. A day that was recorded in another time zone stays as it was.
fn whole_day(record: Option<DayRecord>, day: Day, order: &Order) -> DayRecord {
    let mut record = record.unwrap_or_else(|| DayRecord {
        day,
        hours: Vec::new(),
        figures: DayFigures::default(),
    });
    let seconds = u64::try_from(record.hours.len()).map(|hours| hours * HOUR_SECONDS);
    let is_whole = seconds.is_ok_and(|seconds| seconds >= day.seconds(&order.zone));
    if is_whole || record.hours.iter().any(|(hour, _)| hour.day(&order.zone) != day) {
        return record;
    }
    let mut found = std::mem::take(&mut record.hours).into_iter().peekable();
    let hours = day.hours(&order.zone).map(|hour| {
        let figures = found.next_if(|(at, _)| *at == hour);
        figures.unwrap_or_else(|| (hour, HourFigures::default()))
    });
    record.hours = hours.collect();
    record
}

/// Writes rows of a network; its buffers serve them all.
struct Row<'s> {
    place: [Cell<'s>; PLACE.len()],
    date: String,
    begins: String,
}

impl<'s> Row<'s> {
    const fn new(place: [Cell<'s>; PLACE.len()]) -> Self {
        Self {
            place,
            date: String::new(),
            begins: String::new(),
        }
    }

    fn month(&self, month: &PublicMonth, order: &Order, take: &mut Take<'_>) {
        let seconds: u64 = month.days.iter().map(|day| day.day.seconds(&order.zone)).sum();
        let name = month.month.to_string();
        self.tell(&[Cell::Text(&name)], &month.total, month.devices, seconds, take);
    }

    fn day(&mut self, day: &PublicDay, order: &Order, take: &mut Take<'_>) {
        write_date(&mut self.date, day.day);
        let seconds = day.day.seconds(&order.zone);
        self.tell(&[Cell::Date(&self.date)], &day.total, day.devices, seconds, take);
    }

    fn hours(&mut self, day: &PublicHours, order: &Order, take: &mut Take<'_>) {
        write_date(&mut self.date, day.day);
        for (hour, figures) in &day.hours {
            let local = hour_of(*hour, order, (day.day, &self.date), &mut self.begins);
            let when = [
                Cell::Date(&self.date),
                Cell::Count(local),
                Cell::Instant(&self.begins),
            ];
            self.tell(&when, figures, day.devices, HOUR_SECONDS, take);
        }
    }

    /// A row of devices alone.
    fn devices(&self, when: Cell<'_>, devices: Option<u64>, take: &mut Take<'_>) {
        let mut told = [Cell::Empty; FIGURES.len()];
        told[UNIQUE_DEVICES] = devices.into();
        take(&[&self.place[..], &[when], &told].concat());
    }

    fn tell(
        &self,
        when: &[Cell<'_>],
        figures: &PublicFigures,
        devices: Option<u64>,
        seconds: u64,
        take: &mut Take<'_>,
    ) {
        let mut cells = [Cell::Empty; PLACE.len() + 3 + FIGURES.len()];
        let told = figures_of(figures, devices, seconds);
        let all = self.place.iter().chain(when).chain(&told);
        let mut count = 0;
        for (cell, value) in cells.iter_mut().zip(all) {
            *cell = *value;
            count += 1;
        }
        take(cells.get(..count).unwrap_or(&cells));
    }
}

fn figures_of<'a>(figures: &PublicFigures, devices: Option<u64>, seconds: u64) -> [Cell<'a>; FIGURES.len()] {
    let count = |measure| Cell::from(figures.get(measure));
    let mut cells = [
        count(Measure::Views),
        count(Measure::Grants),
        count(Measure::Sessions),
        count(Measure::Returning),
        figures.peak.into(),
        figures
            .mean_concurrent(seconds)
            .map_or(Cell::Empty, Cell::Hundredths),
        Cell::Empty,
        count(Measure::BytesDown),
        count(Measure::BytesUp),
        figures.session_length.quantile(500).into(),
        figures.session_length.quantile(900).into(),
        figures.load_time.quantile(500).into(),
        figures.load_time.quantile(950).into(),
        figures.to_online.quantile(500).into(),
        figures.to_online.quantile(950).into(),
        figures.snippet_per_mille.map_or(Cell::Empty, Cell::Thousandths),
        count(Measure::Refused),
        count(Measure::Blocked),
        best_rate(figures.best_down),
        best_rate(figures.best_up),
        line_use(figures.best_down, figures.line[0]),
        line_use(figures.best_up, figures.line[1]),
        minutes_if(figures.observed > 0, figures.outages.total()),
        minutes_if(true, figures.observed),
    ];
    cells[UNIQUE_DEVICES] = devices.into();
    cells
}

/// The share of the line that the best minute used; nothing where one of both is not known.
fn line_use<'a>(best: u64, line: u64) -> Cell<'a> {
    let share = best.saturating_mul(1_000).checked_div(line);
    share.filter(|_| best > 0).map_or(Cell::Empty, Cell::Thousandths)
}

/// Bytes per second as hundredths of a Mbit/s.
pub(super) const fn mbit_hundredths(bytes: u64) -> u64 {
    bytes.saturating_mul(8) / 10_000
}

fn write_date(out: &mut String, day: Day) {
    use std::fmt::Write as _;
    out.clear();
    // Writing to a text does not fail.
    let _ = write!(out, "{day}");
}

/// The local hour, and its beginning with the offset in `begins`. `date` is that of its day, in another time
/// zone perhaps.
fn hour_of(hour: Hour, order: &Order, (day, date): (Day, &str), begins: &mut String) -> u64 {
    let local: Zoned = hour.local(&order.zone);
    let number = u64::try_from(local.hour()).unwrap_or(0);
    let offset = local.offset().seconds();
    let two = |out: &mut String, value: u32| {
        out.push(char::from_digit(value / 10 % 10, 10).unwrap_or('0'));
        out.push(char::from_digit(value % 10, 10).unwrap_or('0'));
    };
    begins.clear();
    if local.date() == day.date() {
        begins.push_str(date);
    } else {
        write_date(begins, Day::new(local.date()));
    }
    begins.push('T');
    two(begins, u32::try_from(number).unwrap_or(0));
    begins.push(':');
    two(begins, u32::try_from(local.minute()).unwrap_or(0));
    begins.push_str(":00");
    begins.push(if offset < 0 { '-' } else { '+' });
    two(begins, offset.unsigned_abs() / 3_600);
    begins.push(':');
    two(begins, offset.unsigned_abs() / 60 % 60);
    number
}

#[cfg(test)]
mod tests {
    use super::{line_use, mbit_hundredths};
    use crate::report::table::Cell;

    #[test]
    fn the_use_of_a_line_is_a_share_of_what_it_carries() {
        let line = 12_500_000;
        assert_eq!(line_use(6_250_000, line), Cell::Thousandths(500));
        assert_eq!(line_use(0, line), Cell::Empty, "nothing was seen");
        assert_eq!(line_use(6_250_000, 0), Cell::Empty, "nobody told");
    }

    #[test]
    fn thirty_megabits_are_3_750_000_bytes() {
        assert_eq!(mbit_hundredths(3_750_000), 3_000);
    }
}
