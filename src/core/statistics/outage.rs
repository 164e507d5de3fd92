//! Time out of service: while the gateway runs, by what it knows; and while nothing ran, by the last
//! sign of life that the store holds.

use jiff::{SignedDuration, Timestamp};

use crate::model::figures::{Day, Figure, Heartbeat, Hour, HourFigures, Outage};
use crate::model::{Boot, BootId, NetworkId, TimeZone, WorksBook};

/// A longer silence is a clock that was wrong, not an outage.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 400);
/// So long an orderly stop is planned, as for an update; whoever needs longer announces works.
const ORDERLY: SignedDuration = SignedDuration::from_hours(1);
/// Hours of a silence that are told at once.
const AT_ONCE: usize = 24 * 7;

/// What is wrong now, and since when.
#[derive(Debug, Clone, Default)]
pub(super) struct Troubles {
    is_offline: bool,
    is_unlinked: bool,
    since: Boot,
    /// Milliseconds that make no whole second yet.
    rest: u64,
}

impl Troubles {
    /// Nothing is counted before this instant.
    pub(super) const fn begin(&mut self, now: Boot) {
        self.since = now;
    }

    /// Whether there is an Internet; what was before is given back.
    pub(super) fn set_offline(&mut self, is_offline: bool, now: Boot) -> Option<(Outage, u64)> {
        let before = self.settle(now);
        self.is_offline = is_offline;
        before
    }

    /// Whether the packet path can be changed; what was before is given back.
    pub(super) fn set_unlinked(&mut self, is_unlinked: bool, now: Boot) -> Option<(Outage, u64)> {
        let before = self.settle(now);
        self.is_unlinked = is_unlinked;
        before
    }

    /// Seconds out of service since the last time this was asked.
    pub(super) fn settle(&mut self, now: Boot) -> Option<(Outage, u64)> {
        let passed = now.since(std::mem::replace(&mut self.since, now));
        let cause = match (self.is_unlinked, self.is_offline) {
            (true, _) => Outage::Daemon,
            (false, true) => Outage::Uplink,
            (false, false) => {
                self.rest = 0;
                return None;
            }
        };
        let ms = self.rest.saturating_add(passed);
        self.rest = ms % 1_000;
        Some((cause, ms / 1_000))
    }
}

/// A silence before the start that is still to be told.
#[derive(Debug, Clone)]
pub(super) struct Silence {
    /// The last sign of life, and later how far it is told.
    last: Heartbeat,
    /// Until when it is planned.
    planned: Timestamp,
    /// What it is after that.
    cause: Outage,
}

impl Silence {
    /// The silence after a last sign of life. Whoever stopped the gateway in order meant it, for a while; another
    /// boot is a power cut; else it was the daemon.
    pub(super) fn after(last: &Heartbeat, boot_id: &BootId) -> Self {
        let (planned, cause) = if last.stopped {
            (last.at.saturating_add(ORDERLY).unwrap_or(last.at), Outage::Daemon)
        } else if last.boot_id == *boot_id {
            (last.at, Outage::Daemon)
        } else {
            (last.at, Outage::Power)
        };
        Self {
            last: last.clone(),
            planned,
            cause,
        }
    }

    /// The sign of life up to which it is told: what remains comes after it, for the same cause.
    pub(super) const fn told_until(&self) -> &Heartbeat {
        &self.last
    }

    /// The next hours of it up to its end, for all networks; and what remains. What works were announced for is
    /// planned, whatever the cause. The clock is set: a sign
    /// of life in the future was made when it was not, and of the time since nothing is known.
    pub(super) fn tell(
        mut self,
        until: Timestamp,
        (networks, works): (&[NetworkId], &WorksBook),
        zone: &TimeZone,
    ) -> (Vec<Figure>, Option<Self>) {
        let length = until.duration_since(self.last.at);
        if length.is_negative() || length > LONGEST {
            return (Vec::new(), None);
        }
        let (mut figures, mut from) = (Vec::new(), self.last.at);
        for _ in 0..AT_ONCE {
            if from >= until {
                break;
            }
            let hour = Hour::containing(from);
            let mut end = hour.next().begins().min(until);
            let cause = if from < self.planned {
                end = end.min(self.planned);
                Outage::Planned
            } else {
                self.cause
            };
            let seconds = u64::try_from(end.duration_since(from).as_secs()).unwrap_or(0);
            figures.extend(networks.iter().map(|&network| {
                let planned = planned_seconds(works, network, from, end).min(seconds);
                let mut told = HourFigures {
                    observed: seconds,
                    ..HourFigures::default()
                };
                told.outages.add(Outage::Planned, planned);
                told.outages.add(cause, seconds - planned);
                Figure::Hour {
                    network,
                    day: hour.day(zone),
                    hour,
                    figures: Box::new(told),
                }
            }));
            from = end;
        }
        // A start that is cut short goes on from here: no other hour is planned then.
        self.last.stopped &= from < self.planned;
        self.last.at = from;
        let rest = (from < until).then_some(self);
        (figures, rest)
    }
}

/// Seconds of a time for which works were announced, the nearest whole number: times are looked at a moment after
/// the full minute.
pub(super) fn planned_seconds(
    works: &WorksBook,
    network: NetworkId,
    from: Timestamp,
    until: Timestamp,
) -> u64 {
    works.planned_ms(network, from, until).saturating_add(500) / 1_000
}

/// The day an instant is in, and its hour.
pub(super) fn place(at: Timestamp, zone: &TimeZone) -> (Day, Hour) {
    let hour = Hour::containing(at);
    (hour.day(zone), hour)
}
