//! Sessions in the state database.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use crate::model::{
    Boot, BootId, Burst, Counter, Counters, DayUsage, Mac, NetworkId, Ordered, Rate, RatePlan, StoredSession,
};

/// Rows in one reading: rows in hand cost several times what is made of them.
pub(super) const PAGE: usize = 512;
const SELECT: &str = "SELECT network, mac, granted_at, ends_at, ends_boot, boot_id, \
    up_packets, up_bytes, down_packets, down_bytes, \
    seen_up_packets, seen_up_bytes, seen_down_packets, seen_down_bytes, day, day_bytes, registered, \
    plan_down, plan_up, plan_burst, extended FROM session \
    WHERE (network, mac) > ($1, $2) ORDER BY network, mac LIMIT $3";
const UPSERT: &str = "INSERT OR REPLACE INTO session (network, mac, granted_at, ends_at, ends_boot, boot_id, \
    up_packets, up_bytes, down_packets, down_bytes, \
    seen_up_packets, seen_up_bytes, seen_down_packets, seen_down_bytes, day, day_bytes, registered, \
    plan_down, plan_up, plan_burst, extended) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";

/// Rows deleted by one statement, where there are so many: a statement costs ten times its row.
const AT_ONCE: usize = 64;
const DELETE: &str = "DELETE FROM session WHERE network = $1 AND mac = $2";

/// Every one; rows that no longer make sense are left out.
pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<StoredSession>, sqlx::Error> {
    let mut sessions = Vec::new();
    let mut last: (String, Vec<u8>) = (String::new(), Vec::new());
    loop {
        let rows = sqlx::query(SELECT)
            .bind(last.0)
            .bind(last.1)
            .bind(i64::try_from(PAGE).unwrap_or(i64::MAX))
            .fetch_all(&mut *connection)
            .await?;
        sessions.extend(rows.iter().filter_map(|row| session(row).ok().flatten()));
        let Some(end) = rows.last().filter(|_| rows.len() == PAGE) else {
            return Ok(sessions);
        };
        last = (end.try_get(0)?, end.try_get(1)?);
    }
}

/// Keeps one instead of what stood of the station.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    session: &StoredSession,
) -> Result<(), sqlx::Error> {
    let StoredSession { usage, seen, .. } = session;
    let mut query = sqlx::query(UPSERT)
        .bind(session.network.as_str())
        .bind(session.mac.octets().to_vec())
        .bind(session.granted_at.as_millisecond())
        .bind(session.ends_at.as_millisecond())
        .bind(signed(session.ends_boot.0))
        .bind(session.boot_id.0.as_str());
    for counter in [usage.up, usage.down, seen.up, seen.down] {
        query = query.bind(signed(counter.packets)).bind(signed(counter.bytes));
    }
    let today = session.today;
    query = query
        .bind(today.map(|usage| usage.day.to_string()))
        .bind(today.map(|usage| signed(usage.bytes)))
        .bind(session.registered);
    let plan = session.ordered.plan;
    query = query
        .bind(plan.map(|plan| signed(plan.down.bytes_per_second())))
        .bind(plan.map(|plan| signed(plan.up.bytes_per_second())))
        .bind(plan.map(|plan| i64::from(plan.burst.bytes())))
        .bind(session.ordered.extended);
    query.execute(&mut **transaction).await.map(drop)
}

/// Sessions to delete, gathered so that the many of a midnight cost few statements.
#[derive(Debug, Default)]
pub(super) struct Ended(BTreeMap<NetworkId, Vec<Mac>>);

impl Ended {
    pub(super) fn add(&mut self, network: NetworkId, mac: Mac) {
        self.0.entry(network).or_default().push(mac);
    }

    /// Deletes them.
    pub(super) async fn forget(self, transaction: &mut Transaction<'_, Sqlite>) -> Result<(), sqlx::Error> {
        for (network, macs) in self.0 {
            let (many, rest) = macs.as_chunks::<AT_ONCE>();
            let places = (2..AT_ONCE + 2).map(|place| format!("${place}"));
            let places = places.collect::<Vec<_>>().join(", ");
            let text = format!("DELETE FROM session WHERE network = $1 AND mac IN ({places})");
            for macs in many {
                let mut query = sqlx::query(AssertSqlSafe(text.as_str())).bind(network.as_str());
                for mac in macs {
                    query = query.bind(mac.octets().to_vec());
                }
                query.execute(&mut **transaction).await?;
            }
            for mac in rest {
                let query = sqlx::query(DELETE)
                    .bind(network.as_str())
                    .bind(mac.octets().to_vec());
                query.execute(&mut **transaction).await?;
            }
        }
        Ok(())
    }
}

/// A row as a session; `None` if a value is not what it should be.
fn session(row: &SqliteRow) -> Result<Option<StoredSession>, sqlx::Error> {
    let network: Result<NetworkId, _> = row.try_get::<&str, _>(0)?.parse();
    let mac = <[u8; 6]>::try_from(row.try_get::<&[u8], _>(1)?)
        .ok()
        .and_then(|octets| Mac::new(octets).ok());
    let granted_at = Timestamp::from_millisecond(row.try_get(2)?);
    let ends_at = Timestamp::from_millisecond(row.try_get(3)?);
    let (Ok(network), Some(mac), Ok(granted_at), Ok(ends_at)) = (network, mac, granted_at, ends_at) else {
        return Ok(None);
    };
    let counter = |at: usize| -> Result<Counter, sqlx::Error> {
        Ok(Counter {
            packets: unsigned(row.try_get(at)?),
            bytes: unsigned(row.try_get(at + 1)?),
        })
    };
    Ok(Some(StoredSession {
        network,
        mac,
        granted_at,
        ends_at,
        ends_boot: Boot(unsigned(row.try_get(4)?)),
        boot_id: BootId(row.try_get(5)?),
        usage: Counters {
            up: counter(6)?,
            down: counter(8)?,
        },
        seen: Counters {
            up: counter(10)?,
            down: counter(12)?,
        },
        today: today(row)?,
        registered: row.try_get(16)?,
        ordered: ordered(row)?,
    }))
}

/// What counts towards a day's volume; nothing if the day makes no sense.
fn today(row: &SqliteRow) -> Result<Option<DayUsage>, sqlx::Error> {
    let day: Option<&str> = row.try_get(14)?;
    let bytes: Option<i64> = row.try_get(15)?;
    let day = day.and_then(|day| day.parse().ok());
    Ok(day.zip(bytes).map(|(day, bytes)| DayUsage {
        day,
        bytes: unsigned(bytes),
    }))
}

/// What was ordered; the network's plan if one makes no sense.
fn ordered(row: &SqliteRow) -> Result<Ordered, sqlx::Error> {
    let rate = |at: usize| -> Result<Option<Rate>, sqlx::Error> {
        let bytes: Option<i64> = row.try_get(at)?;
        Ok(bytes.and_then(|bytes| Rate::from_bytes_per_second(unsigned(bytes)).ok()))
    };
    let burst: Option<u32> = row.try_get(19)?;
    let burst = burst.and_then(|bytes| Burst::from_bytes(bytes).ok());
    let rates = rate(17)?.zip(rate(18)?);
    Ok(Ordered {
        plan: rates
            .zip(burst)
            .map(|((down, up), burst)| RatePlan { down, up, burst }),
        extended: row.try_get(20)?,
    })
}

/// SQLite's integers are signed; nothing we count reaches 2^63.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
