//! Which plan holds for whom and when: the network's own, one of its schedule, or the slower one after
//! the day's volume. A change reaches every session of the network at once, in batches.
//!
//! Of a schedule the first entry that is on holds; the configuration has put those for dates before
//! those for days of the week. A window that ends not later than it begins ends on the day after.
//! Times are civil: on the day that summer time begins, what lies in the missing hour is skipped.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::AmbiguousOffset;

use super::access::Key;
use super::gateway::Gateway;
use super::lifecycle;
use super::session::Session;
use crate::model::{
    AccessOp, Boot, Counters, DayUsage, DayVolume, NetworkId, NetworkPolicy, Now, RatePlan, ScheduledPlan,
    TimeZone,
};

/// Minutes of an hour.
const HOUR: u16 = 60;
/// Minutes of a day.
const DAY: u16 = 24 * HOUR;
/// Most stations without a session whose day's volume is remembered.
const MOST_LEFT: usize = 65_536;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Plans {
    /// The entry of each network's schedule that is on.
    on: BTreeMap<NetworkId, usize>,
    /// When the calendar is looked at next.
    pub(super) next_look: Option<Boot>,
    /// The local day that usage is counted for.
    day: Option<Date>,
    /// What stations used today whose session is over. In memory alone, until midnight.
    left: BTreeMap<Key, u64>,
}

impl Gateway {
    /// Follows the calendar: the day, the plans, and when to look again.
    pub(super) fn look_at_calendar(&mut self, now: Now) {
        self.begin_day(now);
        for network in self.policy.networks.keys().copied().collect::<Vec<_>>() {
            let on = self
                .rules(network)
                .and_then(|rules| decide_on(rules, &self.policy.time_zone, now.wall));
            let before = match on {
                Some(on) => self.plans.on.insert(network, on),
                None => self.plans.on.remove(&network),
            };
            if before != on {
                self.relimit_network(network, now);
            }
        }
        let next = next_look(self.policy.networks.values(), &self.policy.time_zone, now.wall);
        let wait = u64::try_from(next.as_millisecond().saturating_sub(now.wall.as_millisecond()));
        self.plans.next_look = Some(now.boot.plus_ms(wait.unwrap_or(0).max(1)));
    }

    /// A new local day: everybody has the whole volume again.
    fn begin_day(&mut self, now: Now) {
        let day = now.wall.to_zoned(self.policy.time_zone.jiff().clone()).date();
        if self.plans.day.replace(day) == Some(day) {
            return;
        }
        self.plans.left.clear();
        for session in self.sessions.values_mut() {
            session.today = 0;
        }
        let networks = self.policy.networks.iter();
        let with_volume = networks.filter(|(_, rules)| rules.fair_use.is_some());
        for network in with_volume.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.relimit_network(network, now);
        }
    }

    /// The plan of a network's stations now.
    pub(super) fn plan_in_force(&self, network: NetworkId, rules: &NetworkPolicy) -> RatePlan {
        self.scheduled(network, rules)
            .map_or(rules.plan, |entry| entry.plan)
    }

    /// The entry of the schedule that is on.
    pub(super) fn scheduled<'r>(
        &self,
        network: NetworkId,
        rules: &'r NetworkPolicy,
    ) -> Option<&'r ScheduledPlan> {
        rules.schedule.get(*self.plans.on.get(&network)?)
    }

    /// The plan of one station: what was ordered for it, or slower after its volume.
    pub(super) fn plan_of(&self, network: NetworkId, rules: &NetworkPolicy, session: &Session) -> RatePlan {
        if let Some(plan) = session.ordered.plan {
            return plan;
        }
        let plan = self.plan_in_force(network, rules);
        match rules.fair_use {
            Some(fair_use) if session.today >= fair_use.volume => fair_use.slow(plan),
            _ => plan,
        }
    }

    /// What the kernel should hold a station to: its plan, and its share at peak times.
    pub(super) fn limit_of(&self, network: NetworkId, rules: &NetworkPolicy, session: &Session) -> RatePlan {
        let plan = self.plan_of(network, rules, session);
        session
            .share
            .map_or(plan, |share| plan.at_most(share.down, share.up))
    }

    /// How a station stands with its volume.
    pub(super) fn volume_of(rules: &NetworkPolicy, session: &Session) -> Option<DayVolume> {
        rules.fair_use.map(|fair_use| DayVolume {
            used: session.today,
            volume: fair_use.volume,
        })
    }

    /// Brings the limits of all sessions of a network up to date.
    pub(super) fn relimit_network(&mut self, network: NetworkId, now: Now) {
        for key in self.by_activity(Some(network)) {
            self.relimit(key, now);
        }
    }

    /// Sessions, of one network or of all, in the order in which they were heard of last: what is done about everybody
    /// takes the kernel a while, and those who are there feel it.
    pub(super) fn by_activity(&self, network: Option<NetworkId>) -> Vec<Key> {
        let sessions = self.sessions.iter();
        let wanted = sessions.filter(|(key, _)| network.is_none_or(|network| key.0 == network));
        let mut keys: Vec<(Reverse<Boot>, Key)> = wanted
            .map(|(key, session)| (Reverse(session.active), *key))
            .collect();
        keys.sort_unstable();
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Brings the limit of a session up to date; whether it changed. A change refills the kernel's
    /// bucket, so nothing that a station does at will may lead here often.
    pub(super) fn relimit(&mut self, key: Key, now: Now) -> bool {
        let (network, mac) = key;
        if !self.decide_limit(key) {
            return false;
        }
        if let Some(entry) = self.entry_of(key, now) {
            self.outbox.push_op(AccessOp::Limit { network, mac, entry });
        }
        true
    }

    /// The same without telling the kernel: an inventory follows.
    pub(super) fn decide_limit(&mut self, key: Key) -> bool {
        let Some((rules, session)) = self.rules(key.0).zip(self.sessions.get(&key)) else {
            return false;
        };
        let limit = self.limit_of(key.0, rules, session);
        if limit == session.limit {
            return false;
        }
        if let Some(session) = self.sessions.get_mut(&key) {
            session.limit = limit;
        }
        true
    }

    /// Counts towards the day's volume of a session; whether that has just been used up.
    pub(super) fn count_day(&mut self, key: Key, fresh: Counters) -> bool {
        let volume = self
            .rules(key.0)
            .and_then(|rules| rules.fair_use)
            .map(|fair_use| fair_use.volume);
        let Some(session) = self.sessions.get_mut(&key) else {
            return false;
        };
        let before = session.today;
        session.today = before.saturating_add(bytes(fresh));
        volume.is_some_and(|volume| before < volume && volume <= session.today)
    }

    /// Remembers what a station used today after its session, so that a new one does not begin anew.
    pub(super) fn leave_day(&mut self, key: Key, used: u64) {
        if used == 0 || self.rules(key.0).is_none_or(|rules| rules.fair_use.is_none()) {
            return;
        }
        let left = &mut self.plans.left;
        if left.len() >= MOST_LEFT && !left.contains_key(&key) {
            let least = left.iter().min_by_key(|(_, used)| **used).map(|(key, _)| *key);
            least.and_then(|least| left.remove(&least));
        }
        let total = left.entry(key).or_default();
        *total = total.saturating_add(used);
    }

    /// What a station used today before the session that begins now.
    pub(super) fn resume_day(&mut self, key: Key) -> u64 {
        self.plans.left.remove(&key).unwrap_or(0)
    }

    /// What was stored counts on the day it was counted.
    pub(super) fn restore_day(&self, stored: Option<DayUsage>) -> u64 {
        stored
            .filter(|usage| self.plans.day == Some(usage.day))
            .map_or(0, |usage| usage.bytes)
    }

    /// For the store.
    pub(super) fn day_usage(&self, key: Key) -> Option<DayUsage> {
        self.rules(key.0)?.fair_use?;
        Some(DayUsage {
            day: self.plans.day?,
            bytes: self.sessions.get(&key)?.today,
        })
    }
}

/// Bytes of both directions.
pub(super) const fn bytes(counters: Counters) -> u64 {
    counters.up.bytes.saturating_add(counters.down.bytes)
}

/// The entry of a schedule that is on.
fn decide_on(rules: &NetworkPolicy, zone: &TimeZone, at: Timestamp) -> Option<usize> {
    let today = at.to_zoned(zone.jiff().clone()).date();
    let days = [today.yesterday().unwrap_or(today), today];
    rules.schedule.iter().position(|entry| {
        days.into_iter()
            .filter(|day| entry.begins_on(*day))
            .filter_map(|day| window(entry, zone, day))
            .any(|(begin, end)| begin <= at && at < end)
    })
}

/// The next instant at which a plan may change: an end of a window, or midnight, before which
/// no window of tomorrow begins.
fn next_look<'p>(
    networks: impl Iterator<Item = &'p NetworkPolicy>,
    zone: &TimeZone,
    at: Timestamp,
) -> Timestamp {
    let today = at.to_zoned(zone.jiff().clone()).date();
    let days = [today.yesterday(), Ok(today)];
    let windows = networks.flat_map(|rules| &rules.schedule).flat_map(|entry| {
        let days = days.iter().flatten().filter(|day| entry.begins_on(**day));
        days.filter_map(|day| window(entry, zone, *day))
    });
    windows
        .flat_map(|(begin, end)| [begin, end])
        .chain([lifecycle::next_midnight(zone, at)])
        .filter(|instant| *instant > at)
        .min()
        .unwrap_or(at)
}

/// When an entry is on that begins on a day.
fn window(entry: &ScheduledPlan, zone: &TimeZone, day: Date) -> Option<(Timestamp, Timestamp)> {
    let last = if entry.to <= entry.from {
        day.tomorrow().ok()?
    } else {
        day
    };
    Some((instant(zone, day, entry.from)?, instant(zone, last, entry.to)?))
}

/// A minute of a local day. One that the clocks skip is the first one after the gap; of one that comes
/// twice it is the first.
fn instant(zone: &TimeZone, day: Date, minute: u16) -> Option<Timestamp> {
    let (day, minute) = if minute >= DAY {
        (day.tomorrow().ok()?, minute - DAY)
    } else {
        (day, minute)
    };
    let hour = i8::try_from(minute / HOUR).ok()?;
    let minute = i8::try_from(minute % HOUR).ok()?;
    let local = day.at(hour, minute, 0, 0);
    let found = zone.jiff().to_ambiguous_timestamp(local);
    if let AmbiguousOffset::Gap { after, .. } = found.offset() {
        // Read by the clock that holds after the gap, it is a moment before it.
        let before = after.to_timestamp(local).ok()?;
        return Some(zone.jiff().following(before).next()?.timestamp());
    }
    found.compatible().ok()
}

#[cfg(test)]
#[path = "plans_tests.rs"]
mod tests;
#[cfg(test)]
#[path = "volume_tests.rs"]
mod volume_tests;
