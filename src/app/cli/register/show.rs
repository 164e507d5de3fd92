//! Rows of the register as CSV and JSON.

use std::io::{self, Write as _};

use jiff::Timestamp;
use serde_json::json;
use zeroize::Zeroizing;

use crate::model::TimeZone;
use crate::register::Row;
use crate::report::push_csv;

const COLUMNS: [&str; 5] = ["network", "mac", "connected", "disconnected", "addresses"];

/// RFC 4180 in UTF-8, addresses with spaces between them.
pub(super) fn csv(rows: &[Row], zone: &TimeZone) -> Zeroizing<Vec<u8>> {
    let mut text = Zeroizing::new(Vec::new());
    push_csv(&COLUMNS, &mut text);
    for row in rows {
        let addresses: Vec<String> = row.addresses.iter().map(ToString::to_string).collect();
        let cells = [
            row.network.as_str(),
            &row.mac.to_string(),
            &local(row.connected, zone).unwrap_or_default(),
            &local(row.disconnected, zone).unwrap_or_default(),
            &addresses.join(" "),
        ];
        push_csv(&cells, &mut text);
    }
    text
}

/// A list of objects with the columns as keys.
pub(super) fn json(rows: &[Row], zone: &TimeZone) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    let all: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            json!({
                "network": row.network,
                "mac": row.mac.to_string(),
                "connected": local(row.connected, zone),
                "disconnected": local(row.disconnected, zone),
                "addresses": row.addresses,
            })
        })
        .collect();
    let mut text = serde_json::to_vec_pretty(&all)?;
    text.push(b'\n');
    Ok(Zeroizing::new(text))
}

/// To standard output; a reader that has seen enough is no fault.
pub(super) fn print(text: &[u8]) -> io::Result<()> {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// An instant as clocks of the place show it, with their offset.
fn local(at: Option<Timestamp>, zone: &TimeZone) -> Option<String> {
    let at = at?.to_zoned(zone.jiff().clone());
    Some(at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}
