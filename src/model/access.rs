//! What the kernel is told about stations, and what it answers.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{Counters, Mac, NetworkId, RatePlan};

/// One station's place in the access set of its network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Limits; `None` for exempt stations, which are counted but not limited.
    pub plan: Option<RatePlan>,
    /// Milliseconds until the kernel itself forgets the element; `None` never (exempt stations).
    ///
    /// A fail-safe a little later than the session's end, should the daemon die. At most
    /// [`Entry::MAX_TIMEOUT_MS`].
    pub timeout_ms: Option<u64>,
}

/// A station's new limits, told ahead: where many move at once, nftables' elements follow one by one, but whatever
/// passes on the fast path holds to these from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Network.
    pub network: NetworkId,
    /// Station.
    pub mac: Mac,
    /// Limits; `None`: none.
    pub plan: Option<RatePlan>,
}

impl Entry {
    /// No session lasts longer than 25 hours (a day on which summer time ends), plus the fail-safe's
    /// minute.
    pub const MAX_TIMEOUT_MS: u64 = (25 * 3_600 + 60) * 1_000;
}

/// One change of the access set. A batch of them is one nftables transaction: all or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccessOp {
    /// Adds the station with counters that begin at `seed` (zero for a new session, the last known
    /// reading when a lost ruleset is rebuilt). An element already there is replaced.
    Grant {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// Limits and fail-safe.
        entry: Entry,
        /// Where the counters begin.
        seed: Counters,
    },
    /// Moves the kernel's timeout only: counters and token bucket stay.
    Renew {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// The limits in force (needed where the kernel cannot update a timeout in place).
        entry: Entry,
    },
    /// New limits alone, of a station that has access: who may pass, and until when, stays as it is. Delete
    /// and add in one batch, counters carried over by the caller through [`Applied::last`]; the bucket
    /// refills once. One whose limits are not there is let in.
    Limit {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// New limits, and the fail-safe in force.
        entry: Entry,
    },
    /// As [`AccessOp::Limit`], with a new fail-safe as well: everything is written anew.
    Change {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// New limits and fail-safe.
        entry: Entry,
    },
    /// Removes the station. Removing one that is not there is not an error.
    Revoke {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
    },
}

impl AccessOp {
    /// The network and station the change is about.
    #[must_use]
    pub const fn key(&self) -> (NetworkId, Mac) {
        match *self {
            Self::Grant { network, mac, .. }
            | Self::Renew { network, mac, .. }
            | Self::Limit { network, mac, .. }
            | Self::Change { network, mac, .. }
            | Self::Revoke { network, mac } => (network, mac),
        }
    }
}

/// A destination of the walled garden that was learnt from a DNS answer: TCP to one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Where to.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// Until the kernel forgets it, milliseconds: [`Opening::MIN_TIMEOUT_MS`] to
    /// [`Opening::MAX_TIMEOUT_MS`].
    pub timeout_ms: u64,
}

impl Opening {
    /// The shortest that is of any use.
    pub const MIN_TIMEOUT_MS: u64 = 1_000;
    /// An hour, and what is added to a record's own time.
    pub const MAX_TIMEOUT_MS: u64 = 3_600_000 + 120_000;
}

/// The kernel's answer to one [`AccessOp`] of a batch that was carried out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The final reading of the element that the change removed, if there was one.
    pub last: Option<Counters>,
}

/// Why a batch was not carried out; nothing of it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum OpError {
    /// A field failed the helper's own check.
    #[error("operation {index} refused: {reason}")]
    Refused {
        /// Position in the batch.
        index: u32,
        /// Which check.
        reason: String,
    },
    /// The access set is full.
    #[error("the access set of the network is full")]
    Full,
    /// The kernel said no.
    #[error("the kernel refused the batch: {0}")]
    Kernel(String),
    /// The helper cannot be reached.
    #[error("portico-netd cannot be reached")]
    Unreachable,
}

/// A station that the kernel's sets hold, found when the daemon starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KernelSession {
    /// Network.
    pub network: NetworkId,
    /// Station.
    pub mac: Mac,
    /// Limits of the elements; `timeout_ms` is what remains.
    pub entry: Entry,
    /// The reading at that moment.
    pub counters: Counters,
}
