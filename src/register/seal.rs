//! Entries ↔ a piece that only the key opens.

use std::io::Write as _;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::RegisterError;
use crate::model::{Mac, NetworkId, Recipient, RegisterEntry, RegisterEvent};

/// An entry as it stands in a piece.
#[derive(Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    did: RegisterEvent,
    network: NetworkId,
    mac: String,
    session: Timestamp,
    addresses: Vec<IpAddr>,
}

/// What a piece gave.
pub(super) enum Opened {
    /// Its entries, and how many lines are none.
    Entries(Vec<RegisterEntry>, usize),
    /// It was closed with another key.
    Foreign,
    /// It is damaged.
    Broken,
}

/// Encrypts entries. What they were in plain is wiped from memory.
pub(super) fn seal(entries: &[RegisterEntry], recipient: &Recipient) -> Result<Vec<u8>, RegisterError> {
    let recipient: age::x25519::Recipient = recipient.as_str().parse().map_err(RegisterError::Recipient)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(entries.len() * 256));
    for entry in entries {
        let line = Line {
            at: entry.at,
            did: entry.what,
            network: entry.network,
            mac: entry.mac.to_string(),
            session: entry.session,
            addresses: entry.addresses.clone(),
        };
        serde_json::to_writer(&mut *plain, &line)?;
        // Into memory, which does not refuse.
        let _ = plain.write_all(b"\n");
    }
    Ok(age::encrypt(&recipient, &plain)?)
}

/// Decrypts a piece.
pub(super) fn open(piece: &[u8], identity: &age::x25519::Identity) -> Opened {
    let plain = match age::decrypt(identity, piece) {
        Ok(plain) => Zeroizing::new(plain),
        Err(age::DecryptError::NoMatchingKeys) => return Opened::Foreign,
        Err(_) => return Opened::Broken,
    };
    let lines = plain.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let (mut entries, mut odd) = (Vec::new(), 0);
    for line in lines {
        match entry(line) {
            Some(entry) => entries.push(entry),
            None => odd += 1,
        }
    }
    Opened::Entries(entries, odd)
}

fn entry(line: &[u8]) -> Option<RegisterEntry> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let mac: Mac = line.mac.parse().ok()?;
    Some(RegisterEntry {
        at: line.at,
        network: line.network,
        mac,
        session: line.session,
        what: line.did,
        addresses: line.addresses,
    })
}
