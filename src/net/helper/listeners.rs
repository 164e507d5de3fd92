//! One listener per network for the frames by which stations are noticed; opened again whenever its
//! interface comes back.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::model::{Boot, NetworkId};
use crate::net::capture::{Batch, Capture, CaptureError};

/// Batches that may wait; then frames wait in the kernel's buffer, and what does not fit is lost.
const WAITING: usize = 64;
/// Between attempts to listen on an interface that is down or away.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells the time since boot.
pub type Clock = fn() -> Boot;

#[derive(Debug)]
pub(super) struct Listeners {
    clock: Clock,
    sender: mpsc::Sender<(NetworkId, Batch)>,
    tasks: JoinSet<()>,
}

impl Listeners {
    /// No listener yet; what they hear comes out of the receiver.
    pub(super) fn new(clock: Clock) -> (Self, mpsc::Receiver<(NetworkId, Batch)>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let tasks = JoinSet::new();
        (Self { clock, sender, tasks }, receiver)
    }

    /// Listens to the networks of the configuration, and to no others.
    pub(super) fn restart(&mut self, config: &Config) {
        self.tasks.abort_all();
        for network in &config.networks {
            let interface = network.interface.as_str().to_owned();
            let (clock, sender) = (self.clock, self.sender.clone());
            self.tasks.spawn(listen(network.id, interface, clock, sender));
        }
    }
}

async fn listen(
    network: NetworkId,
    interface: String,
    clock: Clock,
    sender: mpsc::Sender<(NetworkId, Batch)>,
) {
    let mut told = false;
    loop {
        match Capture::open(network, &interface) {
            Ok(mut capture) => {
                told = false;
                if hear(network, &mut capture, clock, &sender).await.is_err() {
                    return;
                }
            }
            Err(CaptureError::NoInterface { .. }) => {}
            Err(error) if !told => {
                tracing::warn!(%network, %error, "stations are noticed by the neighbour table only");
                told = true;
            }
            Err(_) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Passes on what is heard until the interface is lost; an error when nobody is there to take it.
async fn hear(
    network: NetworkId,
    capture: &mut Capture,
    clock: Clock,
    sender: &mpsc::Sender<(NetworkId, Batch)>,
) -> Result<(), mpsc::error::SendError<(NetworkId, Batch)>> {
    loop {
        let mut batch = Batch::default();
        if capture.next(clock, &mut batch).await.is_err() {
            return Ok(());
        }
        sender.send((network, batch)).await?;
    }
}
