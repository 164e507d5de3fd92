//! The register read with its key: entries joined into a row for each session.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::seal::{Opened, open};
use super::{RegisterError, files, pieces};
use crate::model::figures::{Day, Period};
use crate::model::{Mac, NetworkId, Recognition, RegisterEntry, RegisterEvent, TimeZone, is_dated};

/// The key that opens the register.
pub struct Key(age::x25519::Identity);

/// Says nothing of itself.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// The first one of an identity file, as `age-keygen` writes it.
    ///
    /// # Errors
    /// [`RegisterError::Identity`].
    pub fn read(text: &str) -> Result<Self, RegisterError> {
        let mut keys = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let key = keys.find_map(|line| line.parse().ok());
        key.map(Self).ok_or(RegisterError::Identity)
    }
}

/// What is asked for; everything by default.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Sessions that touch these days.
    pub period: Option<Period>,
    /// Of this network.
    pub network: Option<NetworkId>,
    /// Of this station.
    pub mac: Option<Mac>,
    /// That were online at this instant.
    pub at: Option<Timestamp>,
    /// That had this address.
    pub address: Option<IpAddr>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// When it began; nothing if that is not known.
    pub connected: Option<Timestamp>,
    /// Where.
    pub network: NetworkId,
    /// The station.
    pub mac: Mac,
    /// When it ended; nothing while it goes on, or if that was lost.
    pub disconnected: Option<Timestamp>,
    /// Every address it had.
    pub addresses: BTreeSet<IpAddr>,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// In the order of their beginning.
    pub rows: Vec<Row>,
    /// How many pieces of which days cannot be read, lines that are no entries among them.
    pub broken: Vec<(Day, usize)>,
    /// Pieces closed with another key.
    pub foreign: usize,
}

/// Reads what is asked for.
///
/// # Errors
/// A file cannot be read, or the key opens nothing of what there is.
pub fn read(dir: &Path, zone: &TimeZone, search: &Search, key: &Key) -> Result<Found, RegisterError> {
    let mut found = Found::default();
    let mut sessions: BTreeMap<(NetworkId, Mac, Timestamp), Row> = BTreeMap::new();
    let (mut opened, mut foreign) = (0_usize, 0);
    for day in files::days(dir)? {
        if !search.may_be_in(day, zone) {
            continue;
        }
        let bytes = files::load(dir, day)?;
        let pieces = pieces::split(&bytes);
        let mut broken = pieces.broken;
        for piece in pieces.whole {
            match open(piece, &key.0) {
                Opened::Entries(entries, odd) => {
                    opened += 1;
                    broken += odd;
                    let wanted = entries.into_iter().filter(|entry| search.may_want(entry));
                    wanted.for_each(|entry| join(&mut sessions, entry));
                }
                Opened::Foreign => foreign += 1,
                Opened::Broken => broken += 1,
            }
        }
        if broken > 0 {
            found.broken.push((day, broken));
        }
    }
    if opened == 0 && foreign > 0 {
        return Err(RegisterError::WrongKey(foreign));
    }
    found.foreign = foreign;
    found.rows = sessions
        .into_values()
        .filter(|row| search.wants(row, zone))
        .collect();
    found.rows.sort();
    Ok(found)
}

fn join(sessions: &mut BTreeMap<(NetworkId, Mac, Timestamp), Row>, entry: RegisterEntry) {
    let key = (entry.network, entry.mac, entry.session);
    let row = sessions.entry(key).or_insert_with(|| Row {
        // Where its first entry is lost, or deleted already, the session's own beginning does.
        connected: Some(entry.session).filter(|at| is_dated(*at)),
        disconnected: None,
        network: entry.network,
        mac: entry.mac,
        addresses: BTreeSet::new(),
    });
    match entry.what {
        RegisterEvent::Connected => row.connected = Some(entry.at),
        RegisterEvent::Addressed => {}
        RegisterEvent::Disconnected => row.disconnected = Some(entry.at),
    }
    row.addresses.extend(entry.addresses);
}

impl Search {
    /// Whether entries of a session that is wanted may be in the file of a day: those from the day
    /// before to the day after, since no session is longer than half a day.
    fn may_be_in(&self, day: Day, zone: &TimeZone) -> bool {
        let near = |first: Day, last: Day| first.previous() <= day && day <= last.next();
        let at = self.at.map(|at| Day::containing(at, zone));
        self.period.is_none_or(|period| near(period.from(), period.to())) && at.is_none_or(|at| near(at, at))
    }

    fn may_want(&self, entry: &RegisterEntry) -> bool {
        self.network.is_none_or(|network| network == entry.network)
            && self.mac.is_none_or(|mac| mac == entry.mac)
    }

    fn wants(&self, row: &Row, zone: &TimeZone) -> bool {
        let (from, to) = row.span();
        let touches = |period: Period| {
            Day::containing(from, zone) <= period.to() && period.from() <= Day::containing(to, zone)
        };
        self.address
            .is_none_or(|address| row.addresses.contains(&address))
            && self.at.is_none_or(|at| from <= at && at <= to)
            && self.period.is_none_or(touches)
    }
}

impl Row {
    /// From when to when it was at the longest: one without an end may have lasted as long as any may.
    fn span(&self) -> (Timestamp, Timestamp) {
        let longest = SignedDuration::try_from(Recognition::MAX).unwrap_or(SignedDuration::ZERO);
        let from = self
            .connected
            .or_else(|| self.disconnected?.checked_sub(longest).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let end = || from.checked_add(longest).unwrap_or(Timestamp::MAX);
        (from, self.disconnected.unwrap_or_else(end))
    }
}
