//! Usage from the kernel's counters, which restart whenever an element is made anew.

use std::collections::BTreeMap;

use super::access::Key;
use super::command::Command;
use super::gateway::Gateway;
use super::plans;
use crate::model::{Boot, Counters, Mac, NetworkId, NetworkPolicy, Now};

/// Between two readings of a station's counters.
const READ_EVERY_MS: u64 = 5_000;
/// With more sessions than so many, readings come less often, so that their cost stays bounded: a hundredth of
/// a core for ten thousand.
const FEWER_READINGS: [(usize, u64); 2] = [(10_000, 30_000), (5_000, 10_000)];
/// The most between two readings where a line is shared: until one is over nobody knows that it is full.
const SHARED_READ_MS: u64 = 10_000;
/// Stations in one reading: short enough that a grant never waits behind it for long.
const READ_CHUNK: usize = 512;
/// Between two stores of a session whose usage moved: of all sessions at once, since flash is written by
/// pages and many rows share one. Only a power loss loses what lies between: after a crash the
/// kernel still has the counters.
const KEEP_EVERY_MS: u64 = 3_600_000;

impl Gateway {
    /// Starts the clock of readings if there is something to read.
    pub(super) fn schedule_read(&mut self, now: Now) {
        if self.sessions.is_empty() && self.exempt_seen.is_empty() {
            self.next_read = None;
        } else {
            let every = self.read_every();
            self.next_read.get_or_insert(now.boot.plus_ms(every));
        }
    }

    /// Between two readings, milliseconds; near the peak of the line they come more often.
    pub(super) fn read_every(&self) -> u64 {
        // A line that is shared wants to know soon, and reads the busy ones alone.
        if self.reads_in_turns() {
            READ_EVERY_MS
        } else {
            let every = reading_period(self.sessions.len());
            let is_shared = self.policy.line.is_some();
            if is_shared {
                every.min(SHARED_READ_MS)
            } else {
                every
            }
        }
    }

    /// Begins a round of readings: of every session, and of exempt stations for the totals.
    pub(super) fn read_counters(&mut self, now: Now) {
        self.next_read = None;
        self.schedule_read(now);
        if !self.outbox.is_linked() {
            return;
        }
        self.to_read.clear();
        self.in_round = true;
        let mut by_network: BTreeMap<NetworkId, Vec<Mac>> = BTreeMap::new();
        let sessions: Vec<Key> = if self.reads_in_turns() {
            self.turn()
        } else {
            let all = self.sessions.iter();
            all.filter(|(_, session)| session.acknowledged)
                .map(|(key, _)| *key)
                .collect()
        };
        for &(network, mac) in sessions.iter().chain(self.exempt_seen.keys()) {
            by_network.entry(network).or_default().push(mac);
        }
        for (network, macs) in by_network {
            for chunk in macs.chunks(READ_CHUNK) {
                self.to_read.push_back((network, chunk.to_vec()));
            }
        }
        self.read_next(now);
    }

    /// Asks for the next part; the one after it waits for the answer, so that grants come between.
    fn read_next(&mut self, now: Now) {
        if let Some((network, macs)) = self.to_read.pop_front() {
            self.outbox.push(Command::ReadCounters { network, macs });
        } else if std::mem::take(&mut self.in_round) {
            let many = self.figures.end_round(self.policy.contract, now.boot);
            self.statistics.moved_by_many(&many);
            self.end_round(now);
        }
    }

    /// Takes readings in.
    pub(super) fn account(
        &mut self,
        network: NetworkId,
        readings: &[(Mac, Counters)],
        missing: &[Mac],
        now: Now,
    ) {
        for &(mac, reading) in readings {
            let key = (network, mac);
            let before = self.sessions.get(&key).map(|session| session.usage.up.packets);
            let used_up = self.add_reading(key, reading, now);
            if before.is_some_and(|before| {
                self.sessions
                    .get(&key)
                    .is_some_and(|session| session.usage.up.packets > before)
            }) {
                self.count_sign(key, now.boot);
            }
            if used_up {
                self.relimit(key, now);
            }
            let due = self.sessions.get(&key).is_some_and(|session| {
                session
                    .kept
                    .is_none_or(|(at, usage)| turn(at) != turn(now.boot) && usage != session.usage)
            });
            if used_up || due {
                self.keep(key, now);
            }
            self.measure_share(key, now.boot);
        }
        self.read_next(now);
        if missing.iter().any(|&mac| {
            self.sessions
                .get(&(network, mac))
                .is_some_and(|session| session.acknowledged)
        }) {
            self.resync(now);
        }
    }

    /// Adds the reading of an element that is gone: of a running session, or of one that ended.
    pub(super) fn add_last_reading(&mut self, key: Key, last: Counters, now: Now) {
        match self.departing.remove(&key) {
            Some(departing) => {
                let fresh = last.since(departing.seen);
                let totals = self.statistics.of(key.0);
                totals.usage = totals.usage.plus(fresh);
                self.figures.used(key, fresh, departing.is_late);
                self.leave_day(key, plans::bytes(fresh));
            }
            None => {
                if self.add_reading(key, last, now) {
                    self.relimit(key, now);
                }
            }
        }
    }

    /// Adds what is new in a reading; usage never decreases. Whether the day's volume has just been used
    /// up.
    pub(super) fn add_reading(&mut self, key: Key, reading: Counters, now: Now) -> bool {
        let Some(session) = self.sessions.get_mut(&key) else {
            self.add_exempt_reading(key, reading);
            return false;
        };
        let fresh = reading.since(session.seen);
        session.usage = session.usage.plus(fresh);
        session.seen = reading;
        if self.figures.is_catching_up {
            return self.count_day(key, fresh);
        }
        session.moved[0] = session.moved[0].saturating_add(fresh.down.bytes);
        session.moved[1] = session.moved[1].saturating_add(fresh.up.bytes);
        let totals = self.statistics.of(key.0);
        totals.usage = totals.usage.plus(fresh);
        self.figures
            .used(key, fresh, session.acknowledged && !session.online);
        if let Some(since) = session.read.replace(now.boot) {
            self.figures.metered(key.0, fresh, since, &mut session.metered_in);
        }
        self.count_day(key, fresh)
    }

    /// What the helper's fast path had counted is gone when the helper was started anew: a reading that is behind tells
    /// nothing new, unlike that of an element made anew.
    pub(super) fn begin_reading_at(&mut self, key: Key, reading: Counters) {
        let session = self.sessions.get_mut(&key).map(|session| &mut session.seen);
        if let Some(seen) = session.or_else(|| self.exempt_seen.get_mut(&key)) {
            for (seen, reading) in [(&mut seen.up, reading.up), (&mut seen.down, reading.down)] {
                if reading.bytes < seen.bytes {
                    *seen = reading;
                }
            }
        }
    }

    /// Exempt stations have no session; their usage goes to the totals alone.
    fn add_exempt_reading(&mut self, key: Key, reading: Counters) {
        if let Some(seen) = self.exempt_seen.get_mut(&key) {
            let fresh = reading.since(std::mem::replace(seen, reading));
            let totals = self.statistics.of(key.0);
            totals.usage = totals.usage.plus(fresh);
            let of_rules = |rules: &NetworkPolicy| rules.exempt.contains(&key.1);
            let is_apart = self.policy.networks.get(&key.0).is_some_and(of_rules);
            // One that an order exempts is in the kernel's queues with those of its network: what it moves is
            // part of what they have.
            let [down, up] = self.sharing.ways().both().each_ref();
            let left = |queued: bool, bytes| if queued && !is_apart { 0 } else { bytes };
            let bytes = [
                left(down.queued, fresh.down.bytes),
                left(up.queued, fresh.up.bytes),
            ];
            self.sharing.add_exempt(bytes);
        }
    }
}

/// The turn of storing usage that an instant belongs to.
const fn turn(at: Boot) -> u64 {
    at.0 / KEEP_EVERY_MS
}

/// From one round of readings to the next of so many sessions, milliseconds.
fn reading_period(sessions: usize) -> u64 {
    let fewer = FEWER_READINGS.iter().find(|(many, _)| sessions > *many);
    fewer.map_or(READ_EVERY_MS, |(_, every)| *every)
}

#[cfg(test)]
mod tests {
    use super::reading_period;

    #[test]
    fn the_more_sessions_the_fewer_readings() {
        let periods = [0, 5_000, 5_001, 10_000, 10_001, 100_000].map(reading_period);
        assert_eq!(periods, [5_000, 5_000, 10_000, 10_000, 30_000, 30_000]);
    }
}
