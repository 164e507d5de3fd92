//! Carries commands out: one arm per command.

use std::collections::HashMap;

use tokio::sync::oneshot;

use super::helper_link::HelperLink;
use crate::core::{Answer, Command, RequestId};
use crate::net::ipc::Request;
use crate::store::{Change, StoreWriter};

/// What commands act on.
pub(super) struct Hands {
    pub(super) helper: HelperLink,
    pub(super) store: StoreWriter,
    /// Requests that wait for their answer.
    pub(super) waiting: HashMap<RequestId, oneshot::Sender<Answer>>,
    /// DNS answers that wait for their release.
    pub(super) resolving: HashMap<RequestId, oneshot::Sender<bool>>,
}

impl Hands {
    pub(super) fn perform(&mut self, command: Command) {
        match command {
            Command::Apply { id, ops } => self.helper.send(Request::Apply { id: id.0, ops }),
            Command::FlushFlows { network, addresses } => {
                self.helper.send(Request::FlushFlows { network, addresses });
            }
            Command::Open {
                id,
                network,
                openings,
            } => self.helper.send(Request::Open {
                id: id.0,
                network,
                openings,
            }),
            Command::Release { id, may } => {
                // The forwarder may have lost its patience meanwhile.
                let _ = self.resolving.remove(&id).map(|reply| reply.send(may));
            }
            Command::ReadCounters { network, macs } => {
                self.helper.send(Request::ReadCounters { network, macs });
            }
            Command::ListKernel => self.helper.send(Request::ListSessions),
            Command::Queue(ops) => self.helper.send(Request::Queue(ops)),
            Command::Answer { id, answer } => {
                // The browser may have gone meanwhile.
                let _ = self.waiting.remove(&id).map(|reply| reply.send(answer));
            }
            Command::Record(_) | Command::Beat(_) | Command::DrawKey(_) => {}
            Command::Keep(session) => self.store.change(Change::Keep(session)),
            Command::Forget { network, mac, end } => {
                tracing::debug!(%network, ?end, "a session ended");
                self.store.change(Change::Forget { network, mac });
            }
        }
    }
}
