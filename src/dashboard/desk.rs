//! The dashboard's counter window: handlers put a question to the event loop and wait for its answer.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

pub use crate::core::{Acted, StationAct, StationLook, StationState};
use crate::core::{GardenFigures, Snapshot};
use crate::doors::certificate::CertificateState;
use crate::model::{Mac, NamePattern, NetworkId};

/// A question on its way to the event loop.
#[derive(Debug)]
pub enum Ask {
    /// How everything stands.
    Look {
        /// Where the answer goes.
        reply: oneshot::Sender<Box<Look>>,
    },
    /// Every station, in order of networks and addresses, as it stood a second ago at most and after every
    /// order before. Personal data.
    Stations {
        /// Where the answer goes.
        reply: oneshot::Sender<Stations>,
    },
    /// An order about stations. Whoever asks has checked who may, and notes it.
    Act {
        /// Which.
        stations: Vec<(NetworkId, Mac)>,
        /// What.
        act: StationAct,
        /// Where the answer goes: what became of it, in the same order.
        reply: oneshot::Sender<Vec<Acted>>,
    },
    /// What moves all the time.
    Pulse {
        /// Where the answer goes.
        reply: oneshot::Sender<Pulse>,
    },
    /// What is open before the tap by names of the configuration.
    Openings {
        /// Where the answer goes.
        reply: oneshot::Sender<Vec<OpeningLook>>,
    },
    /// Begin the self-test of a network's snippet, for an hour, or end it.
    SelfTest {
        /// Network.
        network: NetworkId,
        /// Whether to begin.
        on: bool,
        /// Seconds left of it, or why it cannot be.
        reply: oneshot::Sender<Result<u64, String>>,
    },
}

/// What moves all the time: asked for every two seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulse {
    /// Of the networks.
    pub traffic: crate::core::Pulse,
    /// Queries of stations without access.
    pub resolver: ResolverLook,
}

/// Every station; shared by all who ask at the same time.
pub type Stations = Arc<Vec<StationLook>>;

/// A damaged state database that gave place to a new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StateAside {
    /// The name that it has now.
    pub kept_as: String,
    /// How many blocks and exemptions of stations were read from it and still stand; `None` where they are lost.
    pub orders: Option<usize>,
}

/// How everything stands, without any station in it.
#[derive(Debug, Clone)]
pub struct Look {
    /// Networks, line, queues.
    pub figures: Snapshot,
    /// Whether the uplink leads to the Internet, as far as is known; `None` where nobody looks.
    pub uplink: Option<bool>,
    /// The walled gardens by name.
    pub gardens: BTreeMap<NetworkId, GardenFigures>,
    /// Queries of stations without access.
    pub resolver: ResolverLook,
    /// Of every host name, the management's among them.
    pub certificates: Vec<(String, CertificateState)>,
    /// In file order.
    pub feeds: Vec<FeedLook>,
    /// Seconds left of the snippet's self-test.
    pub self_tests: BTreeMap<NetworkId, u64>,
    /// The figures on disk.
    pub statistics: StatisticsLook,
    /// Times that running sessions could not be written since the start.
    pub state_write_failures: u64,
    /// Why they cannot be written now.
    pub state_fault: Option<String>,
    /// The damaged database that was found at the start.
    pub state_aside: Option<StateAside>,
    /// Whether lines get into the audit log.
    pub audit: AuditLook,
    /// The machine below, as it was seconds ago.
    pub machine: MachineLook,
    /// This one and the helper, as far as they can be seen.
    pub processes: Vec<ProcessLook>,
}

/// Whether the service's lines get into the audit log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AuditLook {
    /// Whether the last one did not.
    pub is_failing: bool,
    /// How many did not since the start.
    pub failures: u64,
}

/// An address that is open before the tap, and why: no station is in it, nor what any has asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningLook {
    /// On which network.
    pub network: NetworkId,
    /// Where it leads.
    pub address: IpAddr,
    /// Its TCP ports, and for how many seconds each is open still.
    pub ports: Vec<(u16, u64)>,
    /// Names of the configuration that led to it, each with the aliases on the way.
    pub names: Vec<(NamePattern, Vec<String>)>,
}

/// What became of queries of stations without access, since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ResolverLook {
    /// Queries taken.
    pub queries: u64,
    /// Dropped: not a query, or more than a station may ask.
    pub dropped: u64,
    /// Of those taken, without an answer, or with a failure.
    pub failed: u64,
}

/// A feed of news or alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLook {
    /// `kind` of the configuration.
    pub kind: String,
    /// Host that is asked.
    pub host: String,
    /// When it last answered well.
    pub last_success: Option<Timestamp>,
    /// Whether it cannot be used now.
    pub is_in_trouble: bool,
}

/// The figures on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatisticsLook {
    /// What is wrong now.
    pub fault: Option<String>,
    /// Hours that wait in memory to be written.
    pub waiting: usize,
    /// Hours that were lost because too many waited.
    pub lost: u64,
    /// The name of a damaged database that gave place to a new one.
    pub set_aside: Option<String>,
}

/// A process of Portico's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessLook {
    /// `portico` or `portico-netd`.
    pub name: &'static str,
    /// Resident memory.
    pub resident_bytes: u64,
    /// Processor time, user and system.
    pub cpu_seconds: f64,
    /// Start, seconds since the epoch.
    pub started_at: f64,
}

/// The machine that the gateway runs on. What could not be found out is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineLook {
    /// Where the state is kept.
    pub disk: Option<StockLook>,
    /// Main memory; what could be had without swapping counts as free.
    pub memory: Option<StockLook>,
    /// What orders packets that leave by the uplink.
    pub queue: Option<QueueLook>,
    /// Whether the kernel has flow tables, where the configuration asks for one.
    pub flowtable: Option<bool>,
    /// How the fast path stands, as the helper told last; nobody knows without the helper.
    pub fast_path: Option<FastPathLook>,
}

/// Whether established connections skip the IP stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FastPathLook {
    /// They do: so many are known.
    Stands(u64),
    /// The configuration wants none.
    Unwanted,
    /// The kernel lacks something.
    Absent,
    /// The helper may not load it.
    Forbidden,
    /// It was not loaded.
    Failed,
}

/// How much there is of something, bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockLook {
    /// Left.
    pub free: u64,
    /// In all.
    pub total: u64,
}

/// The queue discipline of the uplink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLook {
    /// Its name in `tc`.
    pub kind: String,
    /// Whether somebody else put it there.
    pub is_foreign: bool,
}

/// The handlers' end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    asks: mpsc::Sender<Ask>,
}

impl Desk {
    /// A desk and the event loop's end of it, with room for `waiting` unanswered questions.
    #[must_use]
    pub fn new(waiting: usize) -> (Self, mpsc::Receiver<Ask>) {
        let (asks, receiver) = mpsc::channel(waiting);
        (Self { asks }, receiver)
    }

    /// How everything stands; `None` when the gateway is stopping.
    pub async fn look(&self) -> Option<Box<Look>> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask::Look { reply }).await.ok()?;
        answer.await.ok()
    }

    /// Every station; `None` when the gateway is stopping.
    pub async fn stations(&self) -> Option<Stations> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask::Stations { reply }).await.ok()?;
        answer.await.ok()
    }

    /// Gives an order about stations; what became of it, in the same order. `None` when the gateway is
    /// stopping.
    pub async fn act(&self, stations: Vec<(NetworkId, Mac)>, act: StationAct) -> Option<Vec<Acted>> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask::Act { stations, act, reply };
        self.asks.send(ask).await.ok()?;
        answer.await.ok()
    }

    /// What moves all the time; `None` when the gateway is stopping.
    pub async fn pulse(&self) -> Option<Pulse> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask::Pulse { reply }).await.ok()?;
        answer.await.ok()
    }

    /// What is open before the tap by names, in order of networks and addresses; `None` when the gateway is stopping.
    pub async fn openings(&self) -> Option<Vec<OpeningLook>> {
        let (reply, answer) = oneshot::channel();
        self.asks.send(Ask::Openings { reply }).await.ok()?;
        answer.await.ok()
    }

    /// Begins or ends a self-test; seconds left of it, or why it cannot be. `None` when the gateway is stopping.
    pub async fn self_test(&self, network: NetworkId, on: bool) -> Option<Result<u64, String>> {
        let (reply, answer) = oneshot::channel();
        let ask = Ask::SelfTest { network, on, reply };
        self.asks.send(ask).await.ok()?;
        answer.await.ok()
    }
}
