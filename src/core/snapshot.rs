//! A look at the gateway for administrators and metrics.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::command::Standing;
use super::gateway::Gateway;
use super::session::Session;
use super::sharing::{LineSnapshot, NetworkShare};
use super::statistics::Totals;
use crate::model::{Drops, Mac, NetworkId, Now, RatePlan};

/// Figures without any station in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whether the packet path can be changed now.
    pub helper_linked: bool,
    /// The line, where it is shared fairly when it becomes scarce.
    pub line: Option<LineSnapshot>,
    /// By network.
    pub networks: BTreeMap<NetworkId, NetworkSnapshot>,
}

/// Figures of one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkSnapshot {
    /// Stations seen lately, in any state.
    pub known: usize,
    /// Sessions that the kernel has acknowledged.
    pub granted: usize,
    /// Stations refused for a conflict at the moment.
    pub in_conflict: usize,
    /// The plan in force.
    pub plan: RatePlan,
    /// The entry of the schedule that it comes from.
    pub schedule: Option<String>,
    /// Sessions that are slower because their day's volume is used up.
    pub slowed: usize,
    /// Its part of the line, where that is shared.
    pub share: NetworkShare,
    /// Since the daemon started.
    pub totals: Totals,
    /// Packets that the packet path dropped since the daemon started.
    pub drops: Drops,
}

/// One station, for an administrator. Personal data: never logged, never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationView {
    /// Network.
    pub network: NetworkId,
    /// Station, as text.
    pub mac: String,
    /// How it stands.
    pub standing: Standing,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

impl Gateway {
    /// Figures of now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let shares = self.network_shares();
        let networks = self.policy.networks.iter().map(|(&network, rules)| {
            let is_slowed =
                |session: &Session| Self::volume_of(rules, session).is_some_and(|volume| volume.is_used_up());
            let figures = NetworkSnapshot {
                known: self.identity.len(network),
                granted: self
                    .sessions
                    .iter()
                    .filter(|(key, session)| key.0 == network && session.acknowledged)
                    .count(),
                in_conflict: self.quarantine.keys().filter(|key| key.0 == network).count(),
                plan: self.plan_in_force(network, rules),
                schedule: self.scheduled(network, rules).map(|entry| entry.name.clone()),
                slowed: self
                    .sessions
                    .iter()
                    .filter(|(key, session)| key.0 == network && is_slowed(session))
                    .count(),
                share: shares.get(&network).copied().unwrap_or_default(),
                totals: self.statistics.read(network),
                drops: self.statistics.drops(network),
            };
            (network, figures)
        });
        Snapshot {
            helper_linked: self.outbox.is_linked(),
            line: self.line_snapshot(),
            networks: networks.collect(),
        }
    }

    /// Every station known or granted.
    #[must_use]
    pub fn stations(&self, now: Now) -> Vec<StationView> {
        let mut keys: std::collections::BTreeSet<(NetworkId, Mac)> = self.sessions.keys().copied().collect();
        keys.extend(self.identity.stations());
        keys.into_iter()
            .map(|(network, mac)| StationView {
                network,
                mac: mac.to_string(),
                standing: self.standing((network, mac), now),
                addresses: self.addresses(network, mac),
            })
            .collect()
    }

    /// Whether the station has a session there.
    #[must_use]
    pub fn has_session(&self, network: NetworkId, mac: Mac) -> bool {
        self.sessions.contains_key(&(network, mac))
    }

    /// Whether the kernel's first inventory has been taken in, so that answers are the truth.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.inventoried
    }
}
