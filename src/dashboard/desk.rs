//! The dashboard's counter window: handlers put a question to the event loop and wait for its answer.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot};

pub use crate::core::{Acted, StationAct, StationLook, StationState};
use crate::core::{GardenFigures, Snapshot};
use crate::doors::certificate::CertificateState;
use crate::model::{Mac, NetworkId};

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
}

/// Every station; shared by all who ask at the same time.
pub type Stations = Arc<Vec<StationLook>>;

/// How everything stands, without any station in it.
#[derive(Debug, Clone)]
pub struct Look {
    /// Networks, line, queues.
    pub figures: Snapshot,
    /// Whether the uplink leads to the Internet, as far as is known.
    pub uplink: bool,
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
    /// This one and the helper, as far as they can be seen.
    pub processes: Vec<ProcessLook>,
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
}
