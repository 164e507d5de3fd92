//! What `core` hands to the store, and what the store hands back at the next start.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use zeroize::ZeroizeOnDrop;

use super::hour::{DayFigures, HourFigures, MonthFigures};
use super::time::{Day, Hour, Month};
use crate::model::{BootId, NetworkId};

/// Figures to be added to what the store has: joined, so that none replaces another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// Of an hour.
    Hour {
        /// Network.
        network: NetworkId,
        /// The local day that the hour begins in.
        day: Day,
        /// Hour.
        hour: Hour,
        /// What came.
        figures: Box<HourFigures>,
    },
    /// Of a day.
    Day {
        /// Network.
        network: NetworkId,
        /// Day.
        day: Day,
        /// What came.
        figures: DayFigures,
    },
    /// Of a month.
    Month {
        /// Network.
        network: NetworkId,
        /// Month.
        month: Month,
        /// What came.
        figures: MonthFigures,
    },
}

/// A sign of life: what lies between the last one and a start was an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// When.
    pub at: Timestamp,
    /// In which boot.
    pub boot_id: BootId,
    /// Whether it is the last one of an orderly stop.
    pub stopped: bool,
}

/// What a key of the devices is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPeriod {
    /// A local day.
    Day(Day),
    /// A local month.
    Month(Month),
}

/// A key of the devices. Its memory is wiped when it is dropped, and it is serialised as zeros: a
/// recording of events outlives the day.
#[derive(Clone, PartialEq, Eq, Deserialize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct DeviceKey([u8; 32]);

impl DeviceKey {
    /// A key of 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Serialize for DeviceKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [0_u8; 32].serialize(serializer)
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(…)")
    }
}
