//! Queues of stations: how a scarce line is shared by the kernel itself, packet by packet.
//!
//! All packets to stations pass one tree of queues, and all from them another: what all may have together,
//! under it the networks, under each its active stations. Whoever is below his assured rate goes first, and
//! what nobody uses of his is shared by the others in turn, up to each one's ceiling.

use serde::{Deserialize, Serialize};

use super::{Mac, NetworkId};

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the stations.
    Down,
    /// From the stations.
    Up,
}

impl Direction {
    /// Both, in the order of every pair of figures.
    pub const BOTH: [Self; 2] = [Self::Down, Self::Up];
}

/// Most stations with queues of their own at once.
pub const MOST_QUEUED: usize = 4_096;

/// A change of the trees. Rates are bytes per second, pairs of them down and up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueOp {
    /// How much there is.
    Room {
        /// Of which tree.
        way: Direction,
        /// What passes at most, offices of the comune and the gateway included where they pass it.
        whole: u64,
        /// What stations have of it together.
        stations: u64,
    },
    /// A network's part.
    Network {
        /// Network.
        network: NetworkId,
        /// Of which tree.
        way: Direction,
        /// What its stations together have for sure.
        assured: u64,
    },
    /// A station has queues of its own, or they change.
    Station {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// What it has for sure.
        assured: [u64; 2],
        /// What it has at most: its plan.
        ceiling: [u64; 2],
    },
    /// A station has none any more, and shares one with all others that have none.
    Gone {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
    },
}
