//! What administrators order about single stations.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Mac, NetworkId, RatePlan};

/// Why a station is treated differently, for other administrators: one line, never empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// Why a text is not a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing but spaces.
    #[error("write a reason")]
    Empty,
    /// Over [`Reason::MOST`].
    #[error("a reason has at most 140 characters")]
    TooLong,
    /// Line breaks and the like.
    #[error("a reason is one line, without control characters")]
    Control,
}

impl Reason {
    /// Most characters.
    pub const MOST: usize = 140;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = ReasonError;
    fn from_str(text: &str) -> Result<Self, ReasonError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(ReasonError::Empty);
        }
        if text.chars().count() > Self::MOST {
            return Err(ReasonError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(ReasonError::Control);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Reason {
    type Error = ReasonError;
    fn try_from(text: String) -> Result<Self, ReasonError> {
        text.parse()
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

/// It may tell of a person: what is logged does not say it.
impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reason(..)")
    }
}

/// How a station is treated until the end of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It is refused.
    Block,
    /// It needs no grant and has no limit.
    Exempt,
}

/// An order that stands until its end; removed from memory and disk then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationOrder {
    /// Where.
    pub network: NetworkId,
    /// Who.
    pub mac: Mac,
    /// What.
    pub treatment: Treatment,
    /// When it was given, civil time.
    pub since: Timestamp,
    /// When it is lifted, civil time.
    pub until: Timestamp,
    /// Why; a block always has a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl StationOrder {
    /// The longest that an order stands: what is for good belongs into the configuration.
    pub const LONGEST: SignedDuration = SignedDuration::from_hours(90 * 24);
    /// Most orders that stand at once on a gateway.
    pub const MOST: usize = 4_096;
}

/// What was ordered about a running session; over with it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// Limits instead of the network's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<RatePlan>,
    /// Whether it was extended, and so may last longer than the network's own period.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extended: bool,
}

impl Ordered {
    /// Whether nothing was ordered.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, ReasonError};

    #[test]
    fn a_reason_is_one_short_line() {
        let read = |text: &str| text.parse::<Reason>();
        assert_eq!(
            read("  abuse \u{e8} \u{1f6ab} ").unwrap().as_str(),
            "abuse \u{e8} \u{1f6ab}"
        );
        assert!(read(&"\u{e8}".repeat(140)).is_ok());
        assert_eq!(read(&"\u{e8}".repeat(141)), Err(ReasonError::TooLong));
        assert_eq!(read(" \t"), Err(ReasonError::Empty));
        assert_eq!(read("a\nb"), Err(ReasonError::Control));
        assert_eq!(serde_json::from_str::<Reason>("\"\"").ok(), None);
        assert_eq!(format!("{:?}", read("abuse").unwrap()), "Reason(..)");
    }
}
