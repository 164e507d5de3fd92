//! Everything that can happen to the gateway, as data: a field bug is a file of these that replays.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::acts::StationAct;
use crate::model::figures::{DeviceFamily, DeviceKey, Heartbeat, KeyPeriod, Language};
use crate::model::{
    Applied, Counters, Drops, KernelSession, Mac, NetworkId, OpError, Policy, StationOrder, StoredSession,
    WorksBook,
};

/// Ties a [`Question`] to its [`Answer`](super::Answer).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// Ties a [`Command::Apply`](super::Command::Apply) to its [`Event::Applied`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub u64);

/// How a station was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenBy {
    /// A DHCPv4 or DHCPv6 message of the station.
    Dhcp,
    /// An ARP packet.
    Arp,
    /// A neighbour or router discovery message.
    Ndp,
    /// The kernel's neighbour table.
    Neighbour,
    /// The bridge's forwarding table.
    Bridge,
}

/// A sign of life of one station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The network whose interface it came in by.
    pub network: NetworkId,
    /// The station.
    pub mac: Mac,
    /// An address it uses or claims, if the packet told one.
    pub address: Option<IpAddr>,
    /// How.
    pub by: SeenBy,
    /// The bridge port (its interface index), where the source tells it.
    pub port: Option<u32>,
}

/// What a person's browser or phone asks for. The portal has already tied it to a station by the
/// kernel's neighbour table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// How do I stand? (page, RFC 8908 API)
    Status,
    /// The same, by the connectivity probe of such a device.
    Probe(DeviceFamily),
    /// The button: let me in. The form token has been checked.
    Grant,
    /// The other button: let me out. The form token has been checked.
    Disconnect,
}

/// What the portal saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A page with a button was shown in that language.
    Viewed(Language),
    /// A page has measured itself.
    Loaded {
        /// How long it took to load, milliseconds.
        ms: u32,
        /// Whether the visual identity was drawn, where the Commission's snippet was asked for it.
        banner: Option<bool>,
    },
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The first event: the rules, and what the store held. The kernel is asked next.
    Started {
        /// Rules in force.
        policy: Arc<Policy>,
        /// Sessions the store held.
        stored: Vec<StoredSession>,
        /// Blocks and exemptions the store held.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<StationOrder>,
        /// The running boot.
        boot_id: crate::model::BootId,
    },
    /// Changed rules; already checked, and already loaded by the helper.
    Configured(Arc<Policy>),
    /// The helper has (re)connected, or has rebuilt a lost ruleset: this is all that the kernel
    /// holds now. `core` answers with the difference.
    KernelHolds(Vec<KernelSession>),
    /// The connection to the helper is gone; commands wait until [`Event::KernelHolds`].
    HelperLost,
    /// A station was seen.
    Seen(Sighting),
    /// The station no longer uses the address.
    AddressGone {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// Address.
        address: IpAddr,
    },
    /// A request that waits for an answer.
    Asked {
        /// For the answer.
        id: RequestId,
        /// The network it came in by.
        network: NetworkId,
        /// The station that asked.
        mac: Mac,
        /// The address it asked from.
        address: IpAddr,
        /// What it asked.
        question: Question,
    },
    /// A batch was carried out (one [`Applied`] per operation) or refused whole.
    Applied {
        /// Which batch.
        id: BatchId,
        /// Outcome.
        outcome: Result<Vec<Applied>, OpError>,
    },
    /// Readings of granted stations; stations the kernel does not hold are absent.
    Counted {
        /// Network.
        network: NetworkId,
        /// Readings.
        readings: Vec<(Mac, Counters)>,
        /// Stations that were asked for and that the kernel does not hold.
        missing: Vec<Mac>,
    },
    /// The resolver has answered for a name of the garden; the answer waits for
    /// [`Command::Release`](super::Command::Release). The name itself is nobody's business here.
    Resolved {
        /// For the answer.
        id: RequestId,
        /// The network whose station asked.
        network: NetworkId,
        /// TCP ports that the garden opens for the name.
        ports: Vec<u16>,
        /// Where the name leads, and for how long, seconds.
        addresses: Vec<(IpAddr, u32)>,
    },
    /// Destinations were opened, except the ones of these positions, which are the gateway's own or the
    /// uplink's; or none was.
    Opened {
        /// Of the [`Command::Open`](super::Command::Open).
        id: RequestId,
        /// Outcome.
        outcome: Result<Vec<u32>, OpError>,
    },
    /// An administrator orders something about a station.
    Act {
        /// Network.
        network: NetworkId,
        /// Station.
        mac: Mac,
        /// What.
        act: StationAct,
    },
    /// Orders of a store that could not be read at the start.
    OrdersFound(Vec<StationOrder>),
    /// What the store holds of the statistics; counting begins.
    FiguresKept {
        /// The last sign of life.
        last: Option<Heartbeat>,
        /// Keys of the devices.
        keys: Vec<(KeyPeriod, DeviceKey)>,
        /// Networks that something is recorded of; `None`: nobody knows.
        #[serde(default)]
        networks: Option<BTreeSet<NetworkId>>,
    },
    /// A key was drawn for [`Command::DrawKey`](super::Command::DrawKey).
    KeyDrawn {
        /// What for.
        period: KeyPeriod,
        /// The key.
        key: DeviceKey,
    },
    /// Whether there is an Internet behind the gateway, as far as is known.
    Uplink(bool),
    /// All announced works, at the start before [`Event::FiguresKept`] and whenever they have changed.
    Works(Arc<WorksBook>),
    /// The portal saw something.
    Noted {
        /// Network.
        network: NetworkId,
        /// To whom the page was shown: nobody counts twice.
        mac: Mac,
        /// What.
        note: Note,
    },
    /// The packet path dropped packets of, or to, stations; counted.
    Dropped {
        /// Network.
        network: NetworkId,
        /// Since the last report.
        drops: Drops,
        /// Bytes of those over their downstream limits, which have come through the line.
        #[serde(default)]
        wasted: u64,
    },
    /// These directions of the line have queues for stations, and these stations have own ones: the helper has
    /// (re)connected, or something about them has changed.
    Queued {
        /// Down and up.
        ways: [bool; 2],
        /// How many stations can have own ones.
        most: usize,
        /// Who has.
        stations: Vec<(NetworkId, Mac)>,
    },
    /// A wrong packet was dropped by a parser; counted.
    Malformed {
        /// Network.
        network: NetworkId,
        /// How many since the last report.
        count: u64,
    },
}
