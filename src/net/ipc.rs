//! The closed set of messages between `portico` and `portico-netd`.
//!
//! A stream of frames: a little-endian `u32` length, then one postcard-encoded [`Request`] or
//! [`Reply`]. A frame over [`MAX_FRAME`] or one that does not decode ends the connection.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::core::Sighting;
use crate::model::{
    AccessOp, Applied, Counters, Drops, KernelSession, Mac, NetworkId, OpError, Opening, Pace, QueueOp,
};

/// Version of this protocol; both sides must agree.
pub const VERSION: u32 = 7;
/// Longest frame, bytes.
pub const MAX_FRAME: usize = 1 << 20;
/// Most operations in one [`Request::Apply`].
pub const MAX_OPS: usize = 4_096;
/// Most changes in one [`Request::Queue`].
pub const MAX_QUEUE_OPS: usize = 10_000;
/// Most stations in one [`Request::Pace`].
pub const MAX_PACES: usize = 4_096;
/// Most stations in one [`Request::ReadCounters`].
pub const MAX_READ: usize = 1_024;

/// Most destinations in one [`Request::Open`].
pub const MAX_OPENINGS: usize = 2_048;

/// From `portico` (or an administrator's command) to the helper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// First message of a connection.
    Hello {
        /// [`VERSION`].
        version: u32,
        /// Whether the peer wants [`Reply::Seen`] and the other unasked messages. One subscriber at
        /// a time: a newer one replaces the older.
        subscribe: bool,
    },
    /// Carry out a batch; answered by [`Reply::Applied`].
    Apply {
        /// For the answer.
        id: u64,
        /// At most [`MAX_OPS`].
        ops: Vec<AccessOp>,
    },
    /// Hold what passes on the fast path to limits whose batches follow; not answered. At most [`MAX_PACES`].
    Pace(Vec<Pace>),
    /// Remove flows; not answered.
    FlushFlows {
        /// Network whose stations they are.
        network: NetworkId,
        /// Addresses.
        addresses: Vec<IpAddr>,
    },
    /// Open destinations of the walled garden for a while; answered by [`Reply::Opened`].
    Open {
        /// For the answer.
        id: u64,
        /// Whose stations may go there.
        network: NetworkId,
        /// At most [`MAX_OPENINGS`]; each to a port that the configuration opens for some name.
        openings: Vec<Opening>,
    },
    /// Change the queues of stations; not answered. What cannot be done leads to [`Reply::Queued`].
    Queue(Vec<QueueOp>),
    /// Read counters; answered by [`Reply::Counters`].
    ReadCounters {
        /// Network.
        network: NetworkId,
        /// At most [`MAX_READ`].
        macs: Vec<Mac>,
    },
    /// Send everything the sets hold; answered by [`Reply::Sessions`] … `last: true`.
    ListSessions,
    /// Read the configuration file again and load its ruleset; answered by [`Reply::Done`].
    Reload,
    /// Remove every table of Portico and stop; answered by [`Reply::Done`]. Root only.
    TearDown,
}

/// From the helper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reply {
    /// Answer to [`Request::Hello`].
    Welcome {
        /// [`VERSION`] of the helper.
        version: u32,
        /// Networks of the helper's configuration.
        networks: Vec<NetworkId>,
    },
    /// Answer to [`Request::Apply`].
    Applied {
        /// Of the request.
        id: u64,
        /// Outcome.
        outcome: Result<Vec<Applied>, OpError>,
    },
    /// Answer to [`Request::Open`].
    Opened {
        /// Of the request.
        id: u64,
        /// The positions of those that were not opened, because they are the gateway's own or the
        /// uplink's neighbours; or why none was.
        outcome: Result<Vec<u32>, OpError>,
    },
    /// Answer to [`Request::ReadCounters`].
    Counters {
        /// Network.
        network: NetworkId,
        /// Readings.
        readings: Vec<(Mac, Counters)>,
        /// Asked for, but not in the sets.
        missing: Vec<Mac>,
    },
    /// Answer to [`Request::ListSessions`], in as many frames as needed.
    Sessions {
        /// A part.
        sessions: Vec<KernelSession>,
        /// Whether it is the last.
        last: bool,
    },
    /// Unasked: which directions have queues for stations, down and up, and who has own ones. After
    /// [`Reply::Welcome`], and whenever that is no longer what the peer was told.
    Queued {
        /// Down and up.
        ways: [bool; 2],
        /// How many stations can have own ones.
        most: usize,
        /// Who has.
        stations: Vec<(NetworkId, Mac)>,
    },
    /// Unasked: stations seen, batched.
    Seen(Vec<Sighting>),
    /// Unasked: an address is no longer a station's.
    AddressGone {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// Address.
        address: IpAddr,
    },
    /// Unasked: malformed packets were dropped.
    Malformed {
        /// Network.
        network: NetworkId,
        /// Since the last report.
        count: u64,
    },
    /// Unasked: the packet path dropped packets.
    Dropped {
        /// Network.
        network: NetworkId,
        /// Since the last report.
        drops: Drops,
        /// Bytes of those over their downstream limits, which have come through the line.
        wasted: u64,
    },
    /// Unasked: somebody else removed the ruleset or a part of it; it has been loaded again with
    /// empty sets. The peer asks [`Request::ListSessions`] and sends the difference.
    RulesetRebuilt,
    /// Answer to [`Request::Reload`] and [`Request::TearDown`].
    Done(Result<(), String>),
}
