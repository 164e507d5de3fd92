//! A look at the gateway for administrators and metrics.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::command::Standing;
use super::gateway::Gateway;
use super::policy::{self, Verdict};
use super::sharing::{LineSnapshot, NetworkShare};
use super::statistics::Totals;
use crate::model::figures::{HourFigures, Snippet};
use crate::model::{Counters, Drops, Mac, NetworkId, Now, RatePlan};

/// Figures without any station in them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Whether the packet path can be changed now.
    pub helper_linked: bool,
    /// The line, where it is shared fairly when it becomes scarce.
    pub line: Option<LineSnapshot>,
    /// Stations that can have queues of their own; 0 where the kernel has none.
    #[serde(default)]
    pub most_queued: usize,
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
    /// Known stations that have to tap first.
    #[serde(default)]
    pub captive: usize,
    /// Known stations that need no tap.
    #[serde(default)]
    pub exempt: usize,
    /// Known stations that may not, by the list or for a conflict.
    #[serde(default)]
    pub blocked: usize,
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
    /// What the statistics have counted since the daemon started.
    #[serde(default)]
    pub counted: HourFigures,
}

/// What moves all the time: asked for so often that no station is looked at for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Between two readings of the counters: usage moves in steps of this length, milliseconds.
    pub read_every_ms: u64,
    /// By network.
    pub networks: BTreeMap<NetworkId, NetworkPulse>,
}

/// Of one network, since the daemon started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NetworkPulse {
    /// Usage of all stations.
    pub usage: Counters,
    /// How the Commission's snippet fared.
    pub snippet: Snippet,
}

/// How many stations of a network stand how.
#[derive(Debug, Clone, Copy, Default)]
struct Crowd {
    granted: usize,
    slowed: usize,
    captive: usize,
    exempt: usize,
    blocked: usize,
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
        let crowds = self.crowds();
        let networks = self.policy.networks.iter().map(|(&network, rules)| {
            let crowd = crowds.get(&network).copied().unwrap_or_default();
            let figures = NetworkSnapshot {
                known: self.identity.len(network),
                granted: crowd.granted,
                captive: crowd.captive,
                exempt: crowd.exempt,
                blocked: crowd.blocked,
                in_conflict: self.quarantine.keys().filter(|key| key.0 == network).count(),
                plan: self.plan_in_force(network, rules),
                schedule: self.scheduled(network, rules).map(|entry| entry.name.clone()),
                slowed: crowd.slowed,
                share: shares.get(&network).copied().unwrap_or_default(),
                totals: self.statistics.read(network),
                drops: self.statistics.drops(network),
                counted: self.figures.since_start(network),
            };
            (network, figures)
        });
        Snapshot {
            helper_linked: self.outbox.is_linked(),
            line: self.line_snapshot(),
            most_queued: self.queues.most(),
            networks: networks.collect(),
        }
    }

    /// What moves all the time.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        let networks = self.policy.networks.keys().map(|&network| {
            let pulse = NetworkPulse {
                usage: self.statistics.read(network).usage,
                snippet: self.figures.snippet(network),
            };
            (network, pulse)
        });
        Pulse {
            read_every_ms: self.read_every(),
            networks: networks.collect(),
        }
    }

    /// Who stands how, in one walk: both maps are in the same order.
    fn crowds(&self) -> BTreeMap<NetworkId, Crowd> {
        let mut crowds: BTreeMap<NetworkId, Crowd> = BTreeMap::new();
        for (key, session) in &self.sessions {
            let crowd = crowds.entry(key.0).or_default();
            crowd.granted += usize::from(session.acknowledged);
            let volume = self.policy.networks.get(&key.0);
            let volume = volume.and_then(|rules| Self::volume_of(rules, session));
            crowd.slowed += usize::from(volume.is_some_and(|volume| volume.is_used_up()));
        }
        let mut sessions = self.sessions.iter().peekable();
        for key in self.identity.stations() {
            while sessions.next_if(|(other, _)| **other < key).is_some() {}
            let session = sessions.next_if(|(other, _)| **other == key);
            let Some(rules) = self.policy.networks.get(&key.0) else {
                continue;
            };
            let crowd = crowds.entry(key.0).or_default();
            let order = self.orders.treatment(key);
            match policy::decide(rules, key.1, order, self.quarantine.contains_key(&key)) {
                Verdict::Exempt => crowd.exempt += 1,
                Verdict::Listed | Verdict::InConflict => crowd.blocked += 1,
                Verdict::May if session.is_some_and(|(_, session)| session.acknowledged) => {}
                Verdict::May => crowd.captive += 1,
            }
        }
        crowds
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

    /// Whether the kernel's first inventory has been taken in, so that answers are the truth.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.inventoried
    }
}
