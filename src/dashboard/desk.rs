//! The dashboard's counter window: handlers put a question to the event loop and wait for its answer.

use tokio::sync::{mpsc, oneshot};

use crate::core::Snapshot;

/// A question on its way to the event loop.
#[derive(Debug)]
pub enum Ask {
    /// How everything stands.
    Look {
        /// Where the answer goes.
        reply: oneshot::Sender<Box<Look>>,
    },
}

/// How everything stands, without any station in it.
#[derive(Debug, Clone)]
pub struct Look {
    /// Networks, line, queues.
    pub figures: Snapshot,
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
}
