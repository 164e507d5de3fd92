//! The forwarder's counter window: addresses go to the event loop, the answer waits until they are
//! open.

use std::net::IpAddr;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::model::NetworkId;

/// How long an answer waits for the kernel.
const PATIENCE: Duration = Duration::from_secs(2);

/// Addresses on their way to `core`.
#[derive(Debug)]
pub struct Resolved {
    /// The network whose station asked.
    pub network: NetworkId,
    /// TCP ports that the garden opens for the name.
    pub ports: Vec<u16>,
    /// Where the name leads, and for how long, seconds.
    pub addresses: Vec<(IpAddr, u32)>,
    /// Whether the answer may go to the station.
    pub reply: oneshot::Sender<bool>,
}

/// The forwarder's end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Gate(mpsc::Sender<Resolved>);

impl Gate {
    /// A gate and the event loop's end of it, with room for `waiting` answers.
    #[must_use]
    pub fn new(waiting: usize) -> (Self, mpsc::Receiver<Resolved>) {
        let (sender, receiver) = mpsc::channel(waiting);
        (Self(sender), receiver)
    }

    /// Hands addresses in and waits; whether the answer that leads to them may go out.
    pub(super) async fn pass(
        &self,
        network: NetworkId,
        ports: Vec<u16>,
        addresses: Vec<(IpAddr, u32)>,
    ) -> bool {
        let (reply, may) = oneshot::channel();
        let resolved = Resolved {
            network,
            ports,
            addresses,
            reply,
        };
        let passed = async {
            self.0.send(resolved).await.ok()?;
            may.await.ok()
        };
        timeout(PATIENCE, passed).await.ok().flatten().unwrap_or(false)
    }
}
