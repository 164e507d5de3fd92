//! [`Ledger`] on SQLite: a reader beside the running daemon, a few days in memory at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Row};
use tokio::runtime::Runtime;

use super::super::StoreError;
use super::codec;
use super::sqlite::{decoding, fault, join_hour};
use crate::model::NetworkId;
use crate::model::figures::{
    Day, DayFigures, DayRecord, Days, Hour, HourFigures, Ledger, LedgerError, Month, MonthFigures, Period,
    Sketch,
};

/// Days read at once.
const PAGE: usize = 64;
const SPAN: &str = "SELECT MIN(day), MAX(day) FROM \
    (SELECT day FROM days WHERE network = $1 UNION ALL SELECT day FROM hours WHERE network = $1) AS known";
pub(super) const NETWORKS: &str = "SELECT network FROM days UNION SELECT network FROM hours ORDER BY network";
const BEAT: &str = "SELECT at FROM heartbeat";
const HOURS: &str = "SELECT day, hour, figures FROM hours \
    WHERE network = $1 AND day >= $2 AND day <= $3 ORDER BY hour";
const DAYS: &str = "SELECT day, hours, devices FROM days \
    WHERE network = $1 AND day >= $2 AND day <= $3 ORDER BY day LIMIT $4";
/// Of the same days, without their hours.
const DEVICES: &str = "SELECT day, devices FROM days \
    WHERE network = $1 AND day >= $2 AND day <= $3 AND devices IS NOT NULL ORDER BY day";
const MONTHS: &str = "SELECT month, devices FROM months \
    WHERE network = $1 AND month >= $2 AND month <= $3 ORDER BY month";

/// Figures of a database, read by a command. Not for asynchronous code: it brings a runtime of its own.
#[derive(Debug)]
pub struct SqliteLedger {
    runtime: Runtime,
    connection: SqliteConnection,
    path: PathBuf,
}

impl SqliteLedger {
    /// Opens an existing database for reading; the daemon may write beside it.
    ///
    /// # Errors
    /// [`StoreError`]; also when there is none.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let file = |source| StoreError::File {
            path: path.to_owned(),
            source,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(file)?;
        // SQLite's own words for a file that is not there are "unable to open database file".
        std::fs::metadata(path).map_err(file)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .read_only(true)
            .row_buffer_size(PAGE)
            .disable_statement_logging();
        let connected = runtime.block_on(async {
            let mut connection = options.connect().await?;
            // Everything that is read is of one moment: hours are packed into days meanwhile.
            sqlx::query("BEGIN").execute(&mut connection).await?;
            Ok(connection)
        });
        let connection = connected.map_err(|source| StoreError::database(path, source))?;
        Ok(Self {
            runtime,
            connection,
            path: path.to_owned(),
        })
    }

    /// Every network of which something is known, also those that are in no configuration any more.
    ///
    /// # Errors
    /// The figures cannot be read.
    pub fn networks(&mut self) -> Result<Vec<NetworkId>, LedgerError> {
        let rows = self
            .runtime
            .block_on(sqlx::query(NETWORKS).fetch_all(&mut self.connection));
        let read = |row: &SqliteRow| -> Result<Option<NetworkId>, sqlx::Error> {
            let name: &str = row.try_get(0)?;
            Ok(name.parse().ok())
        };
        let networks: Result<Vec<_>, _> = rows.and_then(|rows| rows.iter().map(read).collect());
        let networks = networks.map_err(|source| self.error(source))?;
        Ok(networks.into_iter().flatten().collect())
    }

    /// When the daemon last wrote everything that it knew; `None` where nobody knows, as after a restore.
    ///
    /// # Errors
    /// The figures cannot be read.
    pub fn last_beat(&mut self) -> Result<Option<Timestamp>, LedgerError> {
        let query = sqlx::query(BEAT).fetch_optional(&mut self.connection);
        let row = self.runtime.block_on(query);
        let at = row.and_then(|row| row.map(|row| row.try_get::<i64, _>(0)).transpose());
        let at = at.map_err(|source| self.error(source))?;
        Ok(at.and_then(|at| Timestamp::from_millisecond(at).ok()))
    }

    fn error(&self, source: sqlx::Error) -> LedgerError {
        LedgerError(Box::new(fault(&self.path, source)))
    }

    /// Hours that are not packed into days yet: those of a few days.
    fn loose_hours(
        &mut self,
        network: NetworkId,
        period: Period,
    ) -> Result<BTreeMap<Day, Vec<(Hour, HourFigures)>>, sqlx::Error> {
        let query = sqlx::query(HOURS)
            .bind(network.as_str())
            .bind(period.from().to_string())
            .bind(period.to().to_string());
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        let mut days: BTreeMap<Day, Vec<(Hour, HourFigures)>> = BTreeMap::new();
        for row in rows {
            let figures = codec::hour_from_bytes(row.try_get(2)?).map_err(decoding)?;
            days.entry(day(&row)?)
                .or_default()
                .push((Hour::from_number(row.try_get(1)?), figures));
        }
        Ok(days)
    }

    fn page(&mut self, network: NetworkId, period: Period) -> Result<Vec<DayRecord>, sqlx::Error> {
        let query = sqlx::query(DAYS)
            .bind(network.as_str())
            .bind(period.from().to_string())
            .bind(period.to().to_string())
            .bind(i64::try_from(PAGE).unwrap_or(i64::MAX));
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection))?;
        rows.iter().map(record).collect()
    }
}

impl Ledger for SqliteLedger {
    fn span(&mut self, network: NetworkId) -> Result<Option<Period>, LedgerError> {
        let query = sqlx::query(SPAN).bind(network.as_str());
        let row = self.runtime.block_on(query.fetch_one(&mut self.connection));
        let read = |row: SqliteRow| -> Result<Option<Period>, sqlx::Error> {
            let (first, last): (Option<&str>, Option<&str>) = (row.try_get(0)?, row.try_get(1)?);
            let first = first.and_then(|text| text.parse().ok());
            let last = last.and_then(|text| text.parse().ok());
            Ok(first
                .zip(last)
                .and_then(|(first, last)| Period::new(first, last).ok()))
        };
        row.and_then(read).map_err(|source| self.error(source))
    }

    fn days(&mut self, network: NetworkId, period: Period) -> Days<'_> {
        let loose = self.loose_hours(network, period);
        let (loose, failed) = match loose {
            Ok(loose) => (loose, None),
            Err(source) => (BTreeMap::new(), Some(self.error(source))),
        };
        Box::new(Reading {
            rest: failed.is_none().then_some(period),
            failed,
            ledger: self,
            network,
            loose,
            page: Vec::new().into_iter().peekable(),
        })
    }

    fn devices(&mut self, network: NetworkId, period: Period) -> Result<Vec<(Day, DayFigures)>, LedgerError> {
        let query = sqlx::query(DEVICES)
            .bind(network.as_str())
            .bind(period.from().to_string())
            .bind(period.to().to_string());
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection));
        let read = |row: &SqliteRow| -> Result<(Day, DayFigures), sqlx::Error> {
            let devices = sketch(row.try_get(1)?)?;
            Ok((day(row)?, DayFigures { devices }))
        };
        let days = rows.and_then(|rows| rows.iter().map(read).collect());
        days.map_err(|source| self.error(source))
    }

    fn months(
        &mut self,
        network: NetworkId,
        period: Period,
    ) -> Result<Vec<(Month, MonthFigures)>, LedgerError> {
        let query = sqlx::query(MONTHS)
            .bind(network.as_str())
            .bind(period.from().month().first().to_string())
            .bind(period.to().to_string());
        let rows = self.runtime.block_on(query.fetch_all(&mut self.connection));
        let read = |row: &SqliteRow| -> Result<(Month, MonthFigures), sqlx::Error> {
            let devices = sketch(row.try_get(1)?)?;
            Ok((day(row)?.month(), MonthFigures { devices }))
        };
        let months = rows.and_then(|rows| rows.iter().map(read).collect());
        months.map_err(|source| self.error(source))
    }
}

/// A network's days on their way: packed ones page by page, with the loose hours between them.
struct Reading<'a> {
    ledger: &'a mut SqliteLedger,
    network: NetworkId,
    /// What has still to be read.
    rest: Option<Period>,
    failed: Option<LedgerError>,
    loose: BTreeMap<Day, Vec<(Hour, HourFigures)>>,
    page: std::iter::Peekable<std::vec::IntoIter<DayRecord>>,
}

impl Reading<'_> {
    fn turn_page(&mut self) -> Result<(), LedgerError> {
        while self.page.peek().is_none()
            && let Some(rest) = self.rest.take()
        {
            let page = self.ledger.page(self.network, rest);
            let page = page.map_err(|source| self.ledger.error(source))?;
            if page.len() == PAGE {
                let after = page.last().map(|record| record.day.next());
                self.rest = after.and_then(|after| Period::new(after, rest.to()).ok());
            }
            self.page = page.into_iter().peekable();
        }
        Ok(())
    }
}

impl Iterator for Reading<'_> {
    type Item = Result<DayRecord, LedgerError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        if let Err(error) = self.turn_page() {
            return Some(Err(error));
        }
        let packed = self.page.peek().map(|record| record.day);
        let loose = self.loose.first_key_value().map(|(day, _)| *day);
        if packed.is_none() || loose.is_some_and(|loose| packed.is_some_and(|packed| loose < packed)) {
            let (day, hours) = self.loose.pop_first()?;
            let figures = DayFigures::default();
            return Some(Ok(DayRecord { day, hours, figures }));
        }
        let mut record = self.page.next()?;
        for (hour, figures) in self.loose.remove(&record.day).unwrap_or_default() {
            join_hour(&mut record.hours, hour, figures);
        }
        Some(Ok(record))
    }
}

fn record(row: &SqliteRow) -> Result<DayRecord, sqlx::Error> {
    let hours: Option<&[u8]> = row.try_get(1)?;
    let devices: Option<&[u8]> = row.try_get(2)?;
    Ok(DayRecord {
        day: day(row)?,
        hours: hours.map_or(Ok(Vec::new()), |bytes| {
            codec::hours_from_bytes(bytes).map_err(decoding)
        })?,
        figures: DayFigures {
            devices: devices.map_or(Ok(Sketch::default()), sketch)?,
        },
    })
}

fn sketch(bytes: &[u8]) -> Result<Sketch, sqlx::Error> {
    codec::sketch_from_bytes(bytes).map_err(decoding)
}

/// The day in the first column.
fn day(row: &SqliteRow) -> Result<Day, sqlx::Error> {
    let text: &str = row.try_get(0)?;
    text.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
