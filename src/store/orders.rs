//! Blocks and exemptions of single stations in the state database.

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Row, Sqlite, Transaction};

use crate::model::{Mac, NetworkId, StationOrder, Treatment};

/// Every one; rows that no longer make sense are left out.
pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Vec<StationOrder>, sqlx::Error> {
    let rows = sqlx::query("SELECT network, mac, treatment, since, until, reason FROM station_order")
        .fetch_all(connection)
        .await?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in &rows {
        orders.extend(order(row)?);
    }
    Ok(orders)
}

/// Keeps one instead of what stood about the station.
pub(super) async fn keep(
    transaction: &mut Transaction<'_, Sqlite>,
    order: &StationOrder,
) -> Result<(), sqlx::Error> {
    let treatment = match order.treatment {
        Treatment::Block => "block",
        Treatment::Exempt => "exempt",
    };
    let text = "INSERT OR REPLACE INTO station_order (network, mac, treatment, since, until, reason) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    let query = sqlx::query(text)
        .bind(order.network.as_str())
        .bind(order.mac.octets().to_vec())
        .bind(treatment)
        .bind(order.since.as_millisecond())
        .bind(order.until.as_millisecond())
        .bind(order.reason.as_ref().map(|reason| reason.as_str().to_owned()));
    query.execute(&mut **transaction).await.map(drop)
}

/// Deletes one.
pub(super) async fn forget(
    transaction: &mut Transaction<'_, Sqlite>,
    network: NetworkId,
    mac: Mac,
) -> Result<(), sqlx::Error> {
    let query = sqlx::query("DELETE FROM station_order WHERE network = $1 AND mac = $2")
        .bind(network.as_str().to_owned())
        .bind(mac.octets().to_vec());
    query.execute(&mut **transaction).await.map(drop)
}

fn order(row: &SqliteRow) -> Result<Option<StationOrder>, sqlx::Error> {
    let network: Result<NetworkId, _> = row.try_get::<&str, _>(0)?.parse();
    let mac = <[u8; 6]>::try_from(row.try_get::<&[u8], _>(1)?)
        .ok()
        .and_then(|octets| Mac::new(octets).ok());
    let treatment = match row.try_get::<&str, _>(2)? {
        "block" => Treatment::Block,
        "exempt" => Treatment::Exempt,
        _ => return Ok(None),
    };
    let since = Timestamp::from_millisecond(row.try_get(3)?);
    let until = Timestamp::from_millisecond(row.try_get(4)?);
    let reason: Option<&str> = row.try_get(5)?;
    let (Ok(network), Some(mac), Ok(since), Ok(until)) = (network, mac, since, until) else {
        return Ok(None);
    };
    Ok(Some(StationOrder {
        network,
        mac,
        treatment,
        since,
        until,
        reason: reason.and_then(|text| text.parse().ok()),
    }))
}
