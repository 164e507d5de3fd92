//! What the access register is told: who came online, which addresses it used, when it was over.
//!
//! Only where the rules say that a register is kept, and only of sessions that began while they did.
//! While the civil clock is not set yet, entries wait in memory with the time of the monotonic one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;

use super::access::Key;
use super::command::Command;
use super::gateway::Gateway;
use super::lifecycle;
use crate::model::{Boot, MOST_REGISTERED, Now, RegisterEntry, RegisterEvent, StoredSession, is_dated};

/// Most entries that wait for the clock.
const MOST_WAITING: usize = 10_000;

/// Entries that wait for the clock.
#[derive(Debug, Clone, Default)]
pub(super) struct Register {
    undated: Vec<(Boot, RegisterEntry)>,
    lost: u64,
}

/// The addresses of a session that the register has been told.
pub(super) type Told = BTreeSet<IpAddr>;

impl Gateway {
    /// A new session is online.
    pub(super) fn register_beginning(&mut self, key: Key, now: Now) {
        if !self.policy.register {
            return;
        }
        let told: Told = self.traceable(key);
        let addresses = told.iter().copied().collect();
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        session.told = Some(told);
        let session = session.granted_at;
        self.tell_register(key, session, RegisterEvent::Connected, addresses, now);
    }

    /// A station with a session was seen with an address; it has it only if nobody else does.
    pub(super) fn register_address(&mut self, key: Key, address: IpAddr, now: Now) {
        if !self.policy.register || !leads_outside(address) {
            return;
        }
        let has_it = self.identity.owner(key.0, address) == Some(key.1);
        let session = self.sessions.get_mut(&key).filter(|_| has_it);
        let Some((session, told)) =
            session.and_then(|session| Some((session.granted_at, session.told.as_mut()?)))
        else {
            return;
        };
        if told.len() < MOST_REGISTERED && told.insert(address) {
            self.tell_register(key, session, RegisterEvent::Addressed, vec![address], now);
        }
    }

    /// A session, which is still there, is over: what is known of its station may be forgotten with it.
    pub(super) fn register_end(&mut self, key: Key, now: Now) {
        let session = self.sessions.get(&key).filter(|session| session.told.is_some());
        if let Some(session) = session.map(|session| session.granted_at) {
            let addresses = self.traceable(key).into_iter().collect();
            self.tell_register(key, session, RegisterEvent::Disconnected, addresses, now);
        }
    }

    /// A session that ended while nothing ran: when its time was over.
    pub(super) fn register_missed_end(&mut self, kept: &StoredSession, now: Now) {
        if !self.policy.register || !kept.registered {
            return;
        }
        let at = if is_dated(now.wall) {
            kept.ends_at.min(now.wall)
        } else {
            kept.ends_at
        };
        let then = Now { wall: at, ..now };
        let key = (kept.network, kept.mac);
        self.tell_register(
            key,
            kept.granted_at,
            RegisterEvent::Disconnected,
            Vec::new(),
            then,
        );
    }

    /// The register is no longer kept: what it was to be told is forgotten.
    pub(super) fn look_at_register(&mut self) {
        if self.policy.register {
            return;
        }
        self.register = Register::default();
        for session in self.sessions.values_mut() {
            session.told = None;
        }
    }

    /// Dates what waited for the clock, if it is set by now.
    pub(super) fn date_register(&mut self, now: Now) {
        if self.register.undated.is_empty() || !is_dated(now.wall) {
            return;
        }
        let Register { undated, lost } = std::mem::take(&mut self.register);
        let date = |(boot, entry): (Boot, RegisterEntry)| RegisterEntry {
            at: lifecycle::earlier(now.wall, now.boot.since(boot)),
            ..entry
        };
        let entries = undated.into_iter().map(date).collect();
        self.outbox.push(Command::Register { entries, lost });
    }

    /// Before a stop: what nobody can date is lost.
    pub(super) fn close_register(&mut self) {
        let Register { undated, lost } = std::mem::take(&mut self.register);
        let undated = u64::try_from(undated.len()).unwrap_or(u64::MAX);
        let lost = lost.saturating_add(undated);
        if lost > 0 {
            let entries = Vec::new();
            self.outbox.push(Command::Register { entries, lost });
        }
    }

    /// The addresses of a station by which it could be asked after.
    fn traceable(&self, (network, mac): Key) -> Told {
        let addresses = self.identity.addresses(network, mac);
        addresses.filter(|address| leads_outside(*address)).collect()
    }

    fn tell_register(
        &mut self,
        (network, mac): Key,
        session: Timestamp,
        what: RegisterEvent,
        addresses: Vec<IpAddr>,
        now: Now,
    ) {
        let entry = RegisterEntry {
            at: now.wall,
            network,
            mac,
            session,
            what,
            addresses,
        };
        if is_dated(now.wall) {
            let entries = vec![entry];
            self.outbox.push(Command::Register { entries, lost: 0 });
        } else if self.register.undated.len() < MOST_WAITING {
            self.register.undated.push((now.boot, entry));
        } else {
            self.register.lost += 1;
        }
    }
}

/// Link-local addresses are never seen beyond the LAN, so nobody asks after them; and one of IPv6 would
/// tell the MAC again.
fn leads_outside(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_link_local(),
        IpAddr::V6(address) => !address.is_unicast_link_local(),
    }
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
