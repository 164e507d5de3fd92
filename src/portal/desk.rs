//! The portal's counter window: handlers put a question to the event loop and wait for its answer.

use std::net::IpAddr;

use tokio::sync::{mpsc, oneshot};

use crate::core::{Answer, Note, Question};
use crate::model::{Mac, NetworkId};

/// A question on its way to `core`.
#[derive(Debug)]
pub struct Ask {
    /// The network it came in by.
    pub network: NetworkId,
    /// Who asks, by the kernel's neighbour table.
    pub mac: Mac,
    /// From where.
    pub address: IpAddr,
    /// What.
    pub question: Question,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Answer>,
}

/// The handlers' end. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Desk {
    asks: mpsc::Sender<Ask>,
    notes: Option<mpsc::Sender<(NetworkId, Mac, Note)>>,
}

impl Desk {
    /// A desk and the event loop's end of it, with room for `waiting` unanswered questions.
    #[must_use]
    pub fn new(waiting: usize) -> (Self, mpsc::Receiver<Ask>) {
        let (asks, receiver) = mpsc::channel(waiting);
        (Self { asks, notes: None }, receiver)
    }

    /// With a box for notes, and the event loop's end of it.
    #[must_use]
    pub fn with_notes(mut self, waiting: usize) -> (Self, mpsc::Receiver<(NetworkId, Mac, Note)>) {
        let (notes, receiver) = mpsc::channel(waiting);
        self.notes = Some(notes);
        (self, receiver)
    }

    /// Leaves a note for the statistics. In a crowd that fills the box some are lost: people come first.
    pub fn note(&self, network: NetworkId, mac: Mac, note: Note) {
        if let Some(notes) = &self.notes {
            let _ = notes.try_send((network, mac, note));
        }
    }

    /// Asks and waits. `None` when the gateway is stopping.
    pub async fn ask(
        &self,
        network: NetworkId,
        mac: Mac,
        address: IpAddr,
        question: Question,
    ) -> Option<Answer> {
        let (reply, answer) = oneshot::channel();
        self.asks
            .send(Ask {
                network,
                mac,
                address,
                question,
                reply,
            })
            .await
            .ok()?;
        answer.await.ok()
    }
}
