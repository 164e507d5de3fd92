//! The line to the Internet that all networks of a gateway share.

use serde::{Deserialize, Serialize};

use super::Rate;

/// How much a direction of the line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity {
    /// As the contract or a speed test says.
    Known(Rate),
    /// The best rate seen over ten seconds, slowly less where a crowd gets less; never below the rate given.
    Measured {
        /// Where the measuring begins.
        least: Rate,
    },
}

/// What stations leave to the comune's own offices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reserve {
    /// Per cent of the capacity, 0 to 90.
    Percent(u8),
    /// A rate.
    Rate(Rate),
}

/// One direction of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// What it carries.
    pub capacity: Capacity,
    /// What stations never get of it.
    pub reserve: Reserve,
}

/// A line whose capacity is shared fairly when it becomes scarce.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// To the stations; `None` is not shared.
    pub down: Option<Way>,
    /// From the stations; `None` is not shared.
    pub up: Option<Way>,
}

impl Reserve {
    /// Nothing is left over.
    pub const NONE: Self = Self::Percent(0);

    /// Bytes per second of a capacity in bytes per second.
    #[must_use]
    pub fn of(self, capacity: u64) -> u64 {
        match self {
            Self::Percent(percent) => capacity / 100 * u64::from(percent),
            Self::Rate(rate) => rate.bytes_per_second(),
        }
    }
}
