//! May this station in? One pure function, its answers named.

use crate::model::{Mac, NetworkPolicy, Treatment};

/// The verdict on a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Needs no grant.
    Exempt,
    /// May be granted.
    May,
    /// On the network's list of blocked stations, or blocked by an order.
    Listed,
    /// In an address conflict that the network's policy blocks.
    InConflict,
}

/// Decides by the network's rules and what was ordered about the station. Whoever is both exempt and
/// blocked is blocked.
pub(super) fn decide(
    policy: &NetworkPolicy,
    mac: Mac,
    order: Option<Treatment>,
    in_conflict: bool,
) -> Verdict {
    if policy.blocked.contains(&mac) || order == Some(Treatment::Block) {
        Verdict::Listed
    } else if policy.exempt.contains(&mac) || order == Some(Treatment::Exempt) {
        Verdict::Exempt
    } else if in_conflict {
        Verdict::InConflict
    } else {
        Verdict::May
    }
}
