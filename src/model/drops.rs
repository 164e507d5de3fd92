//! Why the packet path drops packets of and to stations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::NetworkId;

/// A counter of the ruleset: one for each network, named `CAUSE_NETWORK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropCause {
    /// Neither ARP nor IP, tagged, or from a group address.
    Foreign,
    /// Router, redirect or DHCP server messages, source routes.
    Forged,
    /// Fragments of stations without access.
    Fragments,
    /// Over a station's own share of ARP, ND, DHCP, DNS or the portal.
    Flooding,
    /// Over the share of those without one of their own.
    Crowded,
    /// Over the upstream limit of the rate plan.
    OverUp,
    /// Over the downstream limit of the rate plan.
    OverDown,
    /// To stations without access.
    Unasked,
    /// New connections over what a station may open in a second.
    Hurried,
    /// Connections over what a station may have at once.
    Hoarding,
    /// Broadcast and multicast over a station's share.
    Shouting,
    /// DNS over a granted station's share.
    Asking,
}

/// Packets by cause; causes without any are left out.
pub type Drops = BTreeMap<DropCause, u64>;

impl DropCause {
    /// Every cause.
    pub const ALL: [Self; 12] = [
        Self::Foreign,
        Self::Forged,
        Self::Fragments,
        Self::Flooding,
        Self::Crowded,
        Self::OverUp,
        Self::OverDown,
        Self::Unasked,
        Self::Hurried,
        Self::Hoarding,
        Self::Shouting,
        Self::Asking,
    ];

    /// What the counters of the ruleset begin with.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Forged => "forged",
            Self::Fragments => "fragments",
            Self::Flooding => "flooding",
            Self::Crowded => "crowded",
            Self::OverUp => "over_up",
            Self::OverDown => "over_down",
            Self::Unasked => "unasked",
            Self::Hurried => "hurried",
            Self::Hoarding => "hoarding",
            Self::Shouting => "shouting",
            Self::Asking => "asking",
        }
    }

    /// The cause and the network of a counter; `None` for counters of another kind.
    #[must_use]
    pub fn of_counter(name: &str) -> Option<(NetworkId, Self)> {
        Self::ALL.into_iter().find_map(|cause| {
            let network = name.strip_prefix(cause.as_str())?.strip_prefix('_')?;
            Some((network.parse().ok()?, cause))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::DropCause;

    #[test]
    fn a_counters_name_tells_cause_and_network() {
        for cause in DropCause::ALL {
            let found = DropCause::of_counter(&format!("{}_piazza", cause.as_str()));
            assert_eq!(found, Some(("piazza".parse().unwrap(), cause)));
        }
        for other in [
            "refused",
            "over_piazza",
            "flooding",
            "flooding_",
            "flooding_Not An Id",
        ] {
            assert_eq!(DropCause::of_counter(other), None, "{other}");
        }
    }
}
