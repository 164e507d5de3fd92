//! Usage counters and the stored form of a session.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Boot, BootId, DayUsage, Mac, NetworkId, Ordered};

/// Packets and **IP bytes** (no Ethernet header) of one direction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Packets as the kernel counted them; a GSO super-packet is one.
    pub packets: u64,
    /// IP bytes.
    pub bytes: u64,
}

/// Both directions of one station, as read from the kernel or added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// From the station.
    pub up: Counter,
    /// To the station.
    pub down: Counter,
}

impl Counter {
    /// What was counted since `earlier`. A reading below `earlier` means that the kernel's element
    /// was made anew, so all of it is new: usage never decreases.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        if self.bytes < earlier.bytes || self.packets < earlier.packets {
            return self;
        }
        Self {
            packets: self.packets - earlier.packets,
            bytes: self.bytes - earlier.bytes,
        }
    }

    /// Sum, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            packets: self.packets.saturating_add(other.packets),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

impl Counters {
    /// [`Counter::since`] in both directions.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Self {
        Self {
            up: self.up.since(earlier.up),
            down: self.down.since(earlier.down),
        }
    }

    /// [`Counter::plus`] in both directions.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            up: self.up.plus(other.up),
            down: self.down.plus(other.down),
        }
    }
}

/// A running session as the state table keeps it; removed when the session ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSession {
    /// Where.
    pub network: NetworkId,
    /// Who.
    pub mac: Mac,
    /// When access was granted, civil time.
    pub granted_at: Timestamp,
    /// When it ends, civil time.
    pub ends_at: Timestamp,
    /// When it ends on the monotonic clock; counts only within `boot_id`.
    pub ends_boot: Boot,
    /// The boot that `ends_boot` belongs to.
    pub boot_id: BootId,
    /// Usage so far.
    pub usage: Counters,
    /// The kernel reading that `usage` already includes.
    pub seen: Counters,
    /// What counts towards the day's volume; only where the network has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<DayUsage>,
    /// Whether the access register was told of its beginning, and so is to be told of its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub registered: bool,
    /// What administrators ordered about it.
    #[serde(default, skip_serializing_if = "Ordered::is_none")]
    pub ordered: Ordered,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// The recognition period is over.
    Expired,
    /// The person pressed "disconnect".
    Disconnected,
    /// An administrator ended it.
    Revoked,
    /// The station was blocked.
    Blocked,
    /// The station became exempt: online without a session.
    Exempted,
    /// The network left the configuration.
    NetworkRemoved,
}
