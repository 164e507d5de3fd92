//! How many different devices all networks had together: who was on two is one. It is told where all networks that
//! figures are known of are asked for, and nowhere else.

use std::collections::BTreeMap;

use super::Order;
use super::table::{Cell, PLACE};
use crate::model::figures::suppress::{joined_devices, tells_of_few};
use crate::model::figures::{Day, Ledger, LedgerError, Month, Period, Sketch};

/// What stands for all networks in the column of their names: none has such a name.
pub(super) const ALL: &str = "*";

/// Whether it may be told.
pub(super) const fn is_told(order: &Order) -> bool {
    order.is_everything && order.sites.len() > 1
}

/// What stands in the columns of [`PLACE`] for all networks.
pub(super) fn place<'a>(name: &'a str, comuni: &'a str) -> [Cell<'a>; PLACE.len()] {
    [
        Cell::Text(ALL),
        Cell::Empty,
        Cell::Text(name),
        Cell::Text(comuni),
        Cell::Empty,
    ]
}

/// Of each day of a period on which somebody was online; nothing where it is not told.
///
/// # Errors
/// The figures cannot be read.
pub(super) fn days(
    order: &Order,
    ledger: &mut dyn Ledger,
    period: Period,
) -> Result<BTreeMap<Day, Option<u64>>, LedgerError> {
    let mut networks: BTreeMap<Day, Vec<Sketch>> = BTreeMap::new();
    for site in &order.sites {
        for (day, figures) in ledger.devices(site.id, period)? {
            networks.entry(day).or_default().push(figures.devices);
        }
    }
    let days = networks.into_iter();
    Ok(days
        .map(|(day, sketches)| (day, joined_devices(&sketches)))
        .collect())
}

/// Of a month that is over; nothing where it is not told.
///
/// # Errors
/// The figures cannot be read.
pub(super) fn month(
    order: &Order,
    ledger: &mut dyn Ledger,
    month: Month,
) -> Result<Option<u64>, LedgerError> {
    if order.today <= month.last() {
        return Ok(None);
    }
    let mut networks = Vec::new();
    for site in &order.sites {
        let months = ledger.months(site.id, month.period())?;
        let found = months.into_iter().find(|(of, _)| *of == month);
        networks.extend(found.map(|(_, figures)| figures.devices));
    }
    let of_days = days(order, ledger, month.period())?.into_values().flatten();
    let of_days: Vec<u64> = of_days.filter(|devices| *devices > 0).collect();
    Ok(joined_devices(&networks).filter(|month| !tells_of_few(*month, &of_days)))
}

/// The busiest day and the busiest whole month of a period.
///
/// # Errors
/// The figures cannot be read.
pub(super) fn busiest(
    order: &Order,
    ledger: &mut dyn Ledger,
    period: Period,
) -> Result<[Option<u64>; 2], LedgerError> {
    let [mut of_day, mut of_month] = [None; 2];
    for part in period.months() {
        let whole = part.period();
        let (from, to) = (whole.from().max(period.from()), whole.to().min(period.to()));
        if let Ok(within) = Period::new(from, to) {
            let told = days(order, ledger, within)?.into_values().flatten();
            of_day = of_day.max(told.max());
        }
        if period.contains(whole.from()) && period.contains(whole.to()) {
            of_month = of_month.max(month(order, ledger, part)?);
        }
    }
    Ok([of_day, of_month])
}
