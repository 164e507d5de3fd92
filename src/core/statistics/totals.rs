//! Totals of each network since the daemon started, for administrators.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Counters, Drops, NetworkId, SessionEnd};

/// Totals of one network since the daemon started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Sessions granted.
    pub grants: u64,
    /// Grants refused because the station is blocked.
    pub refused: u64,
    /// Grants that the kernel could not carry out.
    pub failed: u64,
    /// Grants put off because the station had tapped too often.
    #[serde(default)]
    pub hasty: u64,
    /// Sessions that ended with their period.
    pub expired: u64,
    /// Sessions ended by the person.
    pub disconnected: u64,
    /// Sessions ended by an administrator, a block or a removed network.
    pub revoked: u64,
    /// Two stations with one address, or one MAC on two ports.
    pub conflicts: u64,
    /// Malformed packets dropped.
    pub malformed: u64,
    /// Usage of all stations.
    pub usage: Counters,
    /// The same at the end of the last minute in which five stations at least moved data: what may be told
    /// elsewhere.
    #[serde(default)]
    pub usage_of_many: Counters,
}

/// By network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::core) struct Statistics {
    networks: BTreeMap<NetworkId, Totals>,
    drops: BTreeMap<NetworkId, Drops>,
}

impl Statistics {
    pub(in crate::core) fn of(&mut self, network: NetworkId) -> &mut Totals {
        self.networks.entry(network).or_default()
    }

    /// In the minute that is over so many stations moved data on these that their usage tells nobody's own.
    pub(in crate::core) fn moved_by_many(&mut self, networks: &[NetworkId]) {
        for network in networks {
            let totals = self.of(*network);
            totals.usage_of_many = totals.usage;
        }
    }

    pub(in crate::core) fn read(&self, network: NetworkId) -> Totals {
        self.networks.get(&network).copied().unwrap_or_default()
    }

    pub(in crate::core) fn dropped(&mut self, network: NetworkId, fresh: Drops) {
        let sums = self.drops.entry(network).or_default();
        for (cause, count) in fresh {
            let sum = sums.entry(cause).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    pub(in crate::core) fn drops(&self, network: NetworkId) -> Drops {
        self.drops.get(&network).cloned().unwrap_or_default()
    }

    pub(in crate::core) fn ended(&mut self, network: NetworkId, end: SessionEnd) {
        let totals = self.of(network);
        match end {
            SessionEnd::Expired => totals.expired += 1,
            SessionEnd::Disconnected => totals.disconnected += 1,
            SessionEnd::Exempted => {}
            SessionEnd::Revoked | SessionEnd::Blocked | SessionEnd::NetworkRemoved => totals.revoked += 1,
        }
    }
}
