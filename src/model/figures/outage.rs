//! Time out of service, by cause.

use serde::{Deserialize, Serialize};

/// Why a network was out of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outage {
    /// No Internet behind the gateway.
    Uplink,
    /// The gateway was off: it has booted since.
    Power,
    /// The portal or the packet path was not running.
    Daemon,
    /// Somebody stopped it on purpose.
    Planned,
}

/// Seconds out of service, each second under one cause.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outages {
    /// No Internet, seconds.
    pub uplink: u64,
    /// No power, seconds.
    pub power: u64,
    /// Not running, seconds.
    pub daemon: u64,
    /// Stopped on purpose, seconds.
    pub planned: u64,
}

impl Outage {
    /// Every cause.
    pub const ALL: [Self; 4] = [Self::Uplink, Self::Power, Self::Daemon, Self::Planned];
}

const HOUR: u64 = 3_600;
/// Half a day, seconds: by so much a day is lost.
const FEW_HOURS: u64 = 12 * HOUR;

impl Outages {
    /// Seconds of a cause.
    #[must_use]
    pub const fn of(&self, cause: Outage) -> u64 {
        match cause {
            Outage::Uplink => self.uplink,
            Outage::Power => self.power,
            Outage::Daemon => self.daemon,
            Outage::Planned => self.planned,
        }
    }

    /// So many seconds more.
    pub const fn add(&mut self, cause: Outage, seconds: u64) {
        let sum = match cause {
            Outage::Uplink => &mut self.uplink,
            Outage::Power => &mut self.power,
            Outage::Daemon => &mut self.daemon,
            Outage::Planned => &mut self.planned,
        };
        *sum = sum.saturating_add(seconds);
    }

    /// At most so many seconds: longer ones are cut, each cause by its share.
    #[must_use]
    pub fn within(self, seconds: u64) -> Self {
        let total = self.total();
        if total <= seconds {
            return self;
        }
        let mut cut = Self::default();
        let (mut before, mut told) = (0_u64, 0_u64);
        for cause in Outage::ALL {
            before = before.saturating_add(self.of(cause));
            let until = u128::from(before) * u128::from(seconds) / u128::from(total);
            let until = u64::try_from(until).unwrap_or(seconds);
            cut.add(cause, until.saturating_sub(told));
            told = until;
        }
        cut
    }

    /// Seconds of all causes.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.uplink
            .saturating_add(self.power)
            .saturating_add(self.daemon)
            .saturating_add(self.planned)
    }

    /// Whether a day of so many seconds counts towards the 60 days a year that a network may be
    /// inoperable (grant agreement, Article 9): when it was out of service for half of it or more,
    /// whatever the cause.
    #[must_use]
    pub const fn is_day_lost(&self, day_seconds: u64) -> bool {
        day_seconds > 0 && self.total() >= day_seconds.div_ceil(2)
    }

    /// Whether nobody knows if the day is lost: when it would be if it had been out of service in all the
    /// time that was not observed.
    #[must_use]
    pub const fn is_day_unknown(&self, observed: u64, day_seconds: u64) -> bool {
        let unknown = day_seconds.saturating_sub(observed);
        let worst = self.total().saturating_add(unknown);
        day_seconds > 0 && !self.is_day_lost(day_seconds) && worst >= day_seconds.div_ceil(2)
    }

    /// What was in service of so many observed seconds, in thousandths, rounded down. Nothing where all that is known
    /// are parts of a few hours out of service.
    ///
    /// Where nobody looks whether there is an Internet (`[uplink] check = []`), an outage of the daemon or of the power
    /// is known all the same, and alone is observed: all of so little would be out of service, and a network that works
    /// would be told to be in service for nothing of the time. Hours on record do not say how long somebody looked, and
    /// those of earlier versions never will, so it is judged by what is observed: where somebody looks, hours are
    /// whole. Twelve of them out of service, or whole ones, are told: those are known to be bad in any case.
    #[must_use]
    pub const fn service(&self, observed: u64) -> Option<u64> {
        let up = observed.saturating_sub(self.total());
        if up == 0 && observed < FEW_HOURS && !observed.is_multiple_of(HOUR) {
            return None;
        }
        up.saturating_mul(1_000).checked_div(observed)
    }

    /// Adds the seconds of another hour, or of another network.
    pub fn merge(&mut self, other: &Self) {
        for cause in Outage::ALL {
            self.add(cause, other.of(cause));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outage, Outages};

    #[test]
    fn half_a_day_is_a_day_lost_also_when_it_has_23_hours() {
        let mut outages = Outages::default();
        outages.add(Outage::Uplink, 11 * 3_600);
        outages.add(Outage::Planned, 1_799);
        assert!(!outages.is_day_lost(23 * 3_600), "a second short");
        outages.add(Outage::Power, 1);
        assert!(outages.is_day_lost(23 * 3_600) && !outages.is_day_lost(24 * 3_600));
        assert!(!Outages::default().is_day_lost(0));
        let hours = |hours: u64| Outages {
            power: hours * 3_600,
            ..Outages::default()
        };
        let day = 24 * 3_600;
        assert!(
            hours(1).is_day_unknown(13 * 3_600, day),
            "eleven hours more and it is"
        );
        assert!(!hours(1).is_day_unknown(13 * 3_600 + 1, day));
        assert!(
            !hours(12).is_day_unknown(12 * 3_600, day),
            "it is known to be lost"
        );
    }

    #[test]
    fn what_is_known_out_of_service_alone_makes_no_share() {
        let out = |seconds| {
            let mut outages = Outages::default();
            outages.add(Outage::Daemon, seconds);
            outages
        };
        assert_eq!(out(300).service(86_400), Some(996));
        assert_eq!(out(300).service(300), None, "nobody looked at the rest");
        assert_eq!(out(3_600).service(3_600), Some(0), "a whole hour");
        assert_eq!(out(50_000).service(50_000), Some(0));
        assert_eq!(out(0).service(0), None);
    }

    #[test]
    fn what_is_too_long_is_cut_by_shares() {
        let outages = Outages {
            uplink: 3_000,
            power: 0,
            daemon: 1_500,
            planned: 1_500,
        };
        assert_eq!(outages.within(6_000), outages);
        let cut = outages.within(3_600);
        assert_eq!(
            (cut.uplink, cut.power, cut.daemon, cut.planned),
            (1_800, 0, 900, 900)
        );
    }
}
