//! What the configuration means to `core`: rules per network, already checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use serde::{Deserialize, Serialize};

use super::{FairUse, Line, Mac, NetworkId, RatePlan, ScheduledPlan};

/// How long a returning station skips the portal (grant agreement, Annex I, 2.1.1: "reset every day
/// at 00:00 or at least be set up for a maximum of 12 hours"; those are the only two policies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recognition {
    /// Until the next local midnight.
    Midnight,
    /// A fixed time from the grant, a minute to 12 hours.
    Period(Duration),
}

/// Why a text is not a recognition period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecognitionError {
    /// Unreadable.
    #[error("write \"midnight\", or a time like \"4h\" or \"90min\"")]
    Format,
    /// Over 12 h or under a minute.
    #[error(
        "the recognition period is at most 12h and at least 1min (WiFi4EU grant agreement, Annex I, 2.1.1)"
    )]
    Range,
}

impl Recognition {
    /// The longest fixed period the programme allows.
    pub const MAX: Duration = Duration::from_hours(12);
    /// The shortest that makes sense.
    pub const MIN: Duration = Duration::from_mins(1);

    /// # Errors
    /// [`RecognitionError::Range`].
    pub fn period(length: Duration) -> Result<Self, RecognitionError> {
        if length > Self::MAX || length < Self::MIN {
            Err(RecognitionError::Range)
        } else {
            Ok(Self::Period(length))
        }
    }
}

impl FromStr for Recognition {
    type Err = RecognitionError;
    fn from_str(text: &str) -> Result<Self, RecognitionError> {
        if text == "midnight" {
            return Ok(Self::Midnight);
        }
        let digits = text
            .find(|ch: char| !ch.is_ascii_digit())
            .ok_or(RecognitionError::Format)?;
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| RecognitionError::Format)?;
        let seconds: u64 = match unit.trim() {
            "h" => 3_600,
            "m" | "min" => 60,
            "s" => 1,
            _ => return Err(RecognitionError::Format),
        };
        Self::period(Duration::from_secs(
            number.checked_mul(seconds).ok_or(RecognitionError::Range)?,
        ))
    }
}

/// What happens when two stations claim one address, or one MAC appears on two bridge ports at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnConflict {
    /// Count it and show it.
    #[default]
    Count,
    /// Also end the claimant's session and refuse it until the conflict has been quiet for a minute.
    Block,
}

/// A civil time zone by its IANA name, compared and serialised by that name.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeZone(jiff::tz::TimeZone);

/// Why a text is not a local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LocalTimeError {
    /// Unreadable.
    #[error("write a local time like 2026-12-24T20:00")]
    Form,
    /// Clocks jump over it in spring.
    #[error("there is no such time: clocks jump over it; add the offset, as in 2026-03-29T03:30+02:00")]
    Gap,
    /// It comes twice when clocks are set back in autumn.
    #[error(
        "it is twice: clocks are set back over it; add the offset, as in 2026-10-25T02:30+02:00 for the first"
    )]
    Fold,
}

/// Which of the two of the hour that comes twice when clocks are set back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Summer time still.
    First,
    /// Summer time no more.
    Second,
}

impl TimeZone {
    /// Central European time with the EU's rules (Directive 2000/84/EC): what `Europe/Rome` means,
    /// for gateways that have no time-zone database.
    const ROME_RULES: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

    /// The zone of an IANA name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = jiff::tz::TimeZone::get(name).ok();
        let zone = match found {
            Some(zone) => zone,
            None if name == "Europe/Rome" => jiff::tz::TimeZone::posix(Self::ROME_RULES).ok()?,
            None => return None,
        };
        Some(Self(zone))
    }

    /// The zone of the comuni.
    #[must_use]
    pub fn rome() -> Self {
        Self::named("Europe/Rome").unwrap_or(Self(jiff::tz::TimeZone::UTC))
    }

    /// The instant of a local date and time, like 2026-12-24T20:00, or of one with an offset, like
    /// 2026-10-25T02:30+01:00, which tells the two of the double hour in autumn apart.
    ///
    /// # Errors
    /// [`LocalTimeError`].
    pub fn instant(&self, text: &str) -> Result<Timestamp, LocalTimeError> {
        self.instant_in(text, None)
    }

    /// The same, with a word on which of the two is meant where the hour comes twice.
    ///
    /// # Errors
    /// [`LocalTimeError`].
    pub fn instant_in(&self, text: &str, turn: Option<Turn>) -> Result<Timestamp, LocalTimeError> {
        let text = text.trim();
        if let Ok(exact) = text.parse::<Timestamp>() {
            return Ok(exact);
        }
        // The library would read a day as its midnight, and pass over an offset.
        let is_local = text.contains(['T', ' '])
            && text.bytes().filter(|byte| *byte == b'-').count() == 2
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'T' | b' '));
        let time = text.parse::<DateTime>().ok().filter(|_| is_local);
        let time = self.0.to_ambiguous_timestamp(time.ok_or(LocalTimeError::Form)?);
        match time.offset() {
            AmbiguousOffset::Unambiguous { .. } => time.unambiguous().map_err(|_| LocalTimeError::Form),
            AmbiguousOffset::Gap { .. } => Err(LocalTimeError::Gap),
            AmbiguousOffset::Fold { .. } => match turn {
                None => Err(LocalTimeError::Fold),
                Some(Turn::First) => time.earlier().map_err(|_| LocalTimeError::Form),
                Some(Turn::Second) => time.later().map_err(|_| LocalTimeError::Form),
            },
        }
    }

    /// Which of the two an instant is, where its hour comes twice.
    #[must_use]
    pub fn turn_of(&self, at: Timestamp) -> Option<Turn> {
        let local = at.to_zoned(self.0.clone()).datetime();
        let time = self.0.to_ambiguous_timestamp(local);
        let is_twice = matches!(time.offset(), AmbiguousOffset::Fold { .. });
        let is_first = time.earlier().is_ok_and(|first| first == at);
        is_twice.then_some(if is_first { Turn::First } else { Turn::Second })
    }

    /// For calendar arithmetic.
    #[must_use]
    pub const fn jiff(&self) -> &jiff::tz::TimeZone {
        &self.0
    }
}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.iana_name().unwrap_or("POSIX rules"))
    }
}

impl Serialize for TimeZone {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.iana_name().unwrap_or("Europe/Rome"))
    }
}

impl<'de> Deserialize<'de> for TimeZone {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::named(&name).ok_or_else(|| serde::de::Error::custom(format!("unknown time zone {name:?}")))
    }
}

/// The rules of one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkPolicy {
    /// Limits of every granted station.
    pub plan: RatePlan,
    /// Other limits at certain times: the first one that is on holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedule: Vec<ScheduledPlan>,
    /// After how much a station is slower for the rest of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fair_use: Option<FairUse>,
    /// Its part of a scarce line beside the other networks', 1 to 100.
    #[serde(default = "one")]
    pub weight: u32,
    /// How long a grant lasts.
    pub recognition: Recognition,
    /// Stations that need no grant and have no limit (municipal devices).
    pub exempt: BTreeSet<Mac>,
    /// Stations that are never granted (abusers).
    pub blocked: BTreeSet<Mac>,
    /// What a conflict leads to.
    pub on_conflict: OnConflict,
    /// Most stations remembered at once; beyond it the captive one unseen for longest is forgotten.
    pub max_stations: usize,
}

/// The rules of the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Destinations that no garden name opens: special addresses, and those that no station reaches.
    #[serde(default)]
    pub closed: Vec<IpNet>,
    /// Where midnight is.
    pub time_zone: TimeZone,
    /// By network.
    pub networks: BTreeMap<NetworkId, NetworkPolicy>,
    /// The line to the Internet, where it is shared fairly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<Line>,
    /// Whether the access register is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub register: bool,
    /// What the line carries by its contract, bytes per second to stations and from them; 0 where nobody told.
    #[serde(default, skip_serializing_if = "is_untold")]
    pub contract: [u64; 2],
    /// Whether nobody looks if there is an Internet, so that no time is known to be in service.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unwatched: bool,
}

fn is_untold(contract: &[u64; 2]) -> bool {
    *contract == [0; 2]
}

/// The weight of a network that tells none.
const fn one() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use super::{LocalTimeError, Recognition, RecognitionError, TimeZone, Turn};
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn only_the_two_legal_policies_exist() {
        assert_eq!("midnight".parse(), Ok(Recognition::Midnight));
        assert_eq!("12h".parse(), Ok(Recognition::Period(Duration::from_hours(12))));
        assert_eq!("90min".parse(), Ok(Recognition::Period(Duration::from_mins(90))));
        for bad in ["13h", "721min", "30s", "99999999999999999h"] {
            assert_eq!(bad.parse::<Recognition>(), Err(RecognitionError::Range), "{bad}");
        }
        for bad in ["", "12", "h", "-1h", "noon", "1d"] {
            assert_eq!(bad.parse::<Recognition>(), Err(RecognitionError::Format), "{bad}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_or_never_wants_its_offset() {
        let zone = TimeZone::rome();
        let at = |text| zone.instant(text).map(|at| at.to_string());
        assert_eq!(at("2026-10-25T01:59").as_deref(), Ok("2026-10-24T23:59:00Z"));
        assert_eq!(at("2026-10-25T02:30"), Err(LocalTimeError::Fold));
        for (turn, text) in [
            (Turn::First, "2026-10-25T00:30:00Z"),
            (Turn::Second, "2026-10-25T01:30:00Z"),
        ] {
            let exact: Timestamp = text.parse().unwrap();
            assert_eq!(zone.instant_in("2026-10-25T02:30", Some(turn)), Ok(exact));
            assert_eq!(zone.turn_of(exact), Some(turn));
            let noon = "2026-10-25T12:00";
            assert_eq!(
                zone.instant_in(noon, Some(turn)),
                zone.instant(noon),
                "where there is one"
            );
        }
        assert_eq!(zone.turn_of("2026-10-25T02:30:00Z".parse().unwrap()), None);
        assert_eq!(
            at("2026-10-25T02:30+02:00").as_deref(),
            Ok("2026-10-25T00:30:00Z")
        );
        assert_eq!(
            at("2026-10-25 02:30+01:00").as_deref(),
            Ok("2026-10-25T01:30:00Z")
        );
        assert_eq!(at("2026-03-29T02:30"), Err(LocalTimeError::Gap));
        for wrong in ["2026-10-25", "02:30", "2026-10-25T02:30+", "tomorrow"] {
            assert_eq!(at(wrong), Err(LocalTimeError::Form), "{wrong}");
        }
    }

    #[test]
    fn rome_without_a_database_has_the_same_rules() {
        let by_rule = jiff::tz::TimeZone::posix(TimeZone::ROME_RULES).unwrap();
        for text in [
            "2026-03-29T00:59:59Z",
            "2026-03-29T01:00:00Z",
            "2026-10-25T00:59:59Z",
            "2026-10-25T01:00:00Z",
        ] {
            let at: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(
                by_rule.to_offset(at),
                TimeZone::rome().jiff().to_offset(at),
                "{text}"
            );
        }
    }
}
