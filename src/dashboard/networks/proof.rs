//! What the figures on disk prove of the duties.

use crate::dashboard::Ledgers;
use crate::model::figures::{Day, LedgerError, Period};
use crate::model::{NetworkId, TimeZone};
use jiff::Timestamp;

/// Months that are looked at: three, this one among them.
const MONTHS: usize = 3;

/// Seen in the last months.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Proof {
    /// Different devices that were online in the busiest month, at least.
    pub(super) devices: u64,
    /// Best rate of the line to stations over a minute, bytes per second.
    pub(super) best_down: u64,
    /// Pages that told whether the banner was drawn, and those where it was.
    pub(super) told: u64,
    pub(super) shown: u64,
}

/// Reads it; takes its time.
///
/// # Errors
/// The figures cannot be read.
pub(super) fn read(
    ledgers: &Ledgers,
    network: NetworkId,
    (now, zone): (Timestamp, &TimeZone),
) -> Result<Proof, LedgerError> {
    let mut ledger = ledgers()?;
    let today = Day::containing(now, zone);
    let mut first = today.month().first();
    for _ in 1..MONTHS {
        first = first.previous().month().first();
    }
    let period = Period::new(first, today).map_err(|error| LedgerError(Box::new(error)))?;
    let mut proof = Proof::default();
    for day in ledger.days(network, period) {
        let total = day?.total();
        proof.best_down = proof.best_down.max(total.best_down);
        proof.told = proof.told.saturating_add(total.snippet.told);
        proof.shown = proof.shown.saturating_add(total.snippet.shown);
    }
    for (_, month) in ledger.months(network, period)? {
        proof.devices = proof.devices.max(month.devices.at_least());
    }
    Ok(proof)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Proof, read};
    use crate::dashboard::Ledgers;
    use crate::model::figures::{
        Book, Day, DayFigures, DayRecord, HourFigures, KeyNumber, MonthFigures, Snippet,
    };
    use crate::model::{NetworkId, TimeZone};

    #[test]
    fn three_months_are_looked_at() {
        let piazza: NetworkId = "piazza".parse().unwrap();
        let zone = TimeZone::rome();
        let mut book = Book::default();
        for (day, best_down) in [("2026-08-31", 90), ("2026-09-01", 50), ("2026-11-22", 40)] {
            let day: Day = day.parse().unwrap();
            let figures = HourFigures {
                best_down,
                snippet: Snippet { told: 5, shown: 4 },
                ..HourFigures::default()
            };
            let hour = day.hours(&zone).next().unwrap();
            let record = DayRecord {
                day,
                hours: vec![(hour, figures)],
                figures: DayFigures::default(),
            };
            book.put_day(piazza, record);
            let mut month = MonthFigures::default();
            for device in 0..best_down {
                month
                    .devices
                    .insert(KeyNumber(1), device.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            }
            book.put_month(piazza, day.month(), month);
        }
        let ledgers: Ledgers = Arc::new(move || Ok(Box::new(book.clone())));
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let proof = read(&ledgers, piazza, (now, &zone)).unwrap();
        assert!((48..=52).contains(&proof.devices), "{proof:?}");
        let expected = Proof {
            devices: proof.devices,
            best_down: 50,
            told: 10,
            shown: 8,
        };
        assert_eq!(proof, expected);
        let other = read(&ledgers, "molini".parse().unwrap(), (now, &zone)).unwrap();
        assert_eq!(other, Proof::default());
    }
}
