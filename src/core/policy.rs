//! May this station in? One pure function, its answers named.

use crate::model::{Mac, NetworkPolicy};

/// The verdict on a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Needs no grant.
    Exempt,
    /// May be granted.
    May,
    /// On the network's list of blocked stations.
    Listed,
    /// In an address conflict that the network's policy blocks.
    InConflict,
}

/// Decides by the network's rules. A station that is both exempt and blocked cannot be configured;
/// should it ever be, blocked wins.
pub(super) fn decide(policy: &NetworkPolicy, mac: Mac, in_conflict: bool) -> Verdict {
    if policy.blocked.contains(&mac) {
        Verdict::Listed
    } else if policy.exempt.contains(&mac) {
        Verdict::Exempt
    } else if in_conflict {
        Verdict::InConflict
    } else {
        Verdict::May
    }
}
