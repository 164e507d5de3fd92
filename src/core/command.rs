//! Everything `core` wants done, as data.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::event::{BatchId, RequestId};
use crate::model::figures::{Figure, Heartbeat, KeyPeriod};
use crate::model::{
    AccessOp, Counters, DayVolume, Mac, NetworkId, Opening, Pace, QueueOp, RatePlan, RegisterEntry,
    SessionEnd, StationOrder, StoredSession,
};

/// Something to do. Carried out in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// One nftables transaction; answered by [`Event::Applied`](super::Event::Applied).
    Apply {
        /// For the answer.
        id: BatchId,
        /// All or nothing.
        ops: Vec<AccessOp>,
    },
    /// Hold these stations' flows on the fast path to limits whose [`Command::Apply`] comes later: so many move at
    /// once that the kernel takes seconds for their elements.
    Pace(Vec<Pace>),
    /// Remove the flows of these addresses from conntrack, so that nothing of a station that lost
    /// its access goes on.
    FlushFlows {
        /// Network.
        network: NetworkId,
        /// Addresses of the station.
        addresses: Vec<IpAddr>,
    },
    /// Read these stations' counters; answered by [`Event::Counted`](super::Event::Counted).
    ReadCounters {
        /// Network.
        network: NetworkId,
        /// Stations.
        macs: Vec<Mac>,
    },
    /// Ask for everything that the kernel holds; answered by
    /// [`Event::KernelHolds`](super::Event::KernelHolds).
    ListKernel,
    /// Open destinations of the walled garden; answered by
    /// [`Event::Opened`](super::Event::Opened).
    Open {
        /// For the answer.
        id: RequestId,
        /// Whose stations may go there.
        network: NetworkId,
        /// Where to.
        openings: Vec<Opening>,
    },
    /// The DNS answer that waits may go to the station: what it leads to is open. Or not now, and the
    /// station asks again.
    Release {
        /// Which [`Event::Resolved`](super::Event::Resolved).
        id: RequestId,
        /// Whether it may.
        may: bool,
    },
    /// Change the queues of stations. If that fails, [`Event::Queued`](super::Event::Queued) tells what stands.
    Queue(Vec<QueueOp>),
    /// Answer a request.
    Answer {
        /// Which request.
        id: RequestId,
        /// The answer.
        answer: Answer,
    },
    /// Keep this session; replaces what was kept of it before.
    Keep(StoredSession),
    /// Forget the session: its MAC is no longer at rest anywhere.
    Forget {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// Why it ended.
        end: SessionEnd,
    },
    /// Keep this block or exemption; replaces what was kept about the station before.
    KeepOrder(StationOrder),
    /// A block or an exemption is over: nothing of it is at rest anywhere any more.
    ForgetOrder {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
    },
    /// Add figures to those that are kept.
    Record(Vec<Figure>),
    /// Keep this sign of life instead of the last one.
    Beat(Heartbeat),
    /// Tell the access register, which is read with the comune's key alone.
    Register {
        /// What happened.
        entries: Vec<RegisterEntry>,
        /// How many entries were lost before: too many waited for the clock.
        lost: u64,
    },
    /// Draw a key for the devices of a period, keep it instead of the one before, which is destroyed;
    /// answered by [`Event::KeyDrawn`](super::Event::KeyDrawn).
    DrawKey(KeyPeriod),
}

/// How a station stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not granted; may press the button.
    Captive,
    /// Online until then.
    Granted {
        /// Since when.
        granted_at: Timestamp,
        /// Until when, civil time.
        ends_at: Timestamp,
        /// Seconds left.
        seconds_left: u64,
        /// Usage of this session.
        usage: Counters,
        /// The plan in force; at peak times a fair share may be less.
        plan: RatePlan,
        /// The day's volume, where the network has one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        volume: Option<DayVolume>,
    },
    /// Needs no grant.
    Exempt,
    /// Will not be granted.
    Blocked,
}

/// The reply to a [`Question`](super::Question).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// How the station stands now. After a `Grant`: `Granted` is said only when the kernel has
    /// acknowledged it; `Blocked` when the station is refused.
    Is(Standing),
    /// The kernel could not do it now; the person may try again.
    TryAgain,
}
