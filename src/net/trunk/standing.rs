//! What has become of a trunk, and why there is none.

use std::fmt;

use serde::Serialize;

use crate::model::Direction;
use crate::net::netlink::NetlinkError;

/// What [`keep`](super::Trunks::keep) has come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// To the stations.
    pub down: WayState,
    /// From the stations.
    pub up: WayState,
}

/// Whether one direction has a trunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum WayState {
    /// It stands.
    Stands {
        /// Whether the flows of a station are kept apart.
        leaf: LeafKind,
    },
    /// `[uplink]` tells no capacity of this direction, or `fair_share = false`.
    Untold,
    /// cake orders the uplink.
    Cake,
    /// The configuration has packets leave otherwise: `[uplink] queue` names something else, or a flow table
    /// has stations' packets pass by the rules that could tell their queue.
    Otherwise,
    /// The interface has gone, or is not there yet.
    Away {
        /// Which.
        interface: String,
    },
    /// Somebody else's queue discipline stands where it would.
    Foreign {
        /// On which interface.
        interface: String,
    },
    /// The kernel lacks something.
    Lacks {
        /// What.
        what: Part,
    },
    /// The kernel did not do it, for a reason that may pass.
    Failed {
        /// Its words.
        error: String,
    },
}

/// A part of the kernel that a trunk is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// `sch_htb`.
    Htb,
    /// `ifb`.
    Ifb,
    /// `sch_ingress`, which holds clsact.
    Clsact,
    /// `cls_u32` or `act_mirred`.
    Redirect,
}

/// How the flows of one station are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LeafKind {
    /// By `fq_codel`.
    FqCodel,
    /// By a few plain queues in turn, chosen by a program of `cls_bpf`.
    Hashed,
    /// Not at all: one plain queue.
    Plain,
}

impl Standing {
    /// Of one direction.
    #[must_use]
    pub const fn of(&self, way: Direction) -> &WayState {
        match way {
            Direction::Down => &self.down,
            Direction::Up => &self.up,
        }
    }

    /// Which directions have one, down and up.
    #[must_use]
    pub const fn ways(&self) -> [bool; 2] {
        [self.down.stands(), self.up.stands()]
    }
}

impl WayState {
    /// Whether packets pass it.
    #[must_use]
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Stands { .. })
    }
}

impl From<NetlinkError> for WayState {
    fn from(error: NetlinkError) -> Self {
        Self::Failed {
            error: error.to_string(),
        }
    }
}

impl fmt::Display for WayState {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stands { leaf } => write!(out, "a queue for each station, {leaf}"),
            Self::Untold => out.write_str("none: what the line carries is not told"),
            Self::Cake => out.write_str("none: cake orders the uplink"),
            Self::Otherwise => out.write_str("none: the configuration wants another queue, or a flow table"),
            Self::Away { interface } => write!(out, "none: there is no interface {interface}"),
            Self::Foreign { interface } => {
                write!(out, "none: {interface} has a queue discipline of somebody else")
            }
            Self::Lacks { what } => write!(out, "none: this kernel has no {what}"),
            Self::Failed { error } => write!(out, "none: {error}"),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Htb => "sch_htb",
            Self::Ifb => "ifb",
            Self::Clsact => "sch_ingress",
            Self::Redirect => "cls_u32 or act_mirred",
        })
    }
}

impl fmt::Display for LeafKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::FqCodel => "its flows kept apart by fq_codel",
            Self::Hashed => "its flows kept apart in plain queues",
            Self::Plain => "its flows not kept apart",
        })
    }
}
