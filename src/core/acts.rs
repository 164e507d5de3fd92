//! What administrators may order about a station, and what may become of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::model::{Rate, Reason};

/// What an administrator wants of a station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationAct {
    /// End its session.
    End,
    /// Let its session last longer: to the next local midnight or to 12 hours after the grant at most, as
    /// the network has it.
    Extend {
        /// By how much.
        minutes: u32,
    },
    /// Other limits until its session ends.
    Plan {
        /// To the station.
        down: Rate,
        /// From the station.
        up: Rate,
    },
    /// The network's own limits again.
    UsualPlan,
    /// Refuse it.
    Block {
        /// Until then.
        until: Timestamp,
        /// Why, for other administrators.
        reason: Reason,
    },
    /// Let it in without a tap and without a limit.
    Exempt {
        /// Until then.
        until: Timestamp,
        /// Why, for other administrators.
        reason: Option<Reason>,
    },
    /// Lift a block or an exemption before its end.
    Lift,
}

impl StationAct {
    /// What the audit log calls it.
    #[must_use]
    pub const fn deed(&self) -> &'static str {
        match self {
            Self::End => "station-end",
            Self::Extend { .. } => "station-extend",
            Self::Plan { .. } | Self::UsualPlan => "station-plan",
            Self::Block { .. } => "station-block",
            Self::Exempt { .. } => "station-exempt",
            Self::Lift => "station-lift",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Acted {
    /// It is in force, in the kernel too.
    Done,
    /// It is in force, and the kernel does not follow yet: the helper is away, or the kernel has refused. It is
    /// told again.
    Waiting,
    /// There is no such network.
    UnknownNetwork,
    /// There is no session to act on.
    NoSession,
    /// The session lasts as long as the rules allow already.
    AtLimit,
    /// The configuration blocks or exempts the station: it is changed there.
    Listed,
    /// There is no order to lift.
    NoOrder,
    /// The end has passed, or is further away than [`StationOrder::LONGEST`](crate::model::StationOrder::LONGEST).
    WrongEnd,
    /// Too many orders stand already.
    TooMany,
}

impl Acted {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Done,
        Self::Waiting,
        Self::UnknownNetwork,
        Self::NoSession,
        Self::AtLimit,
        Self::Listed,
        Self::NoOrder,
        Self::WrongEnd,
        Self::TooMany,
    ];

    /// With how many of all it is done, for the audit log.
    #[must_use]
    pub fn tally(acted: &[Self]) -> String {
        let (done, all) = (acted.iter().filter(|acted| acted.is_done()).count(), acted.len());
        match acted.iter().filter(|acted| **acted == Self::Waiting).count() {
            0 => format!("{done} of {all}"),
            waiting => format!("{done} of {all} ({waiting} not yet in the kernel)"),
        }
    }

    /// Whether it has changed something.
    #[must_use]
    pub const fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::Waiting)
    }
}
