//! Carries commands out: one arm per command.

use std::collections::HashMap;

use tokio::sync::{oneshot, watch};
use zeroize::Zeroizing;

use super::helper_link::HelperLink;
use crate::core::{Answer, Command, Event, RequestId};
use crate::model::figures::{DeviceKey, KeyPeriod};
use crate::net::ipc::Request;
use crate::register::RegisterWriter;
use crate::store::figures::FigureWriter;
use crate::store::{Change, StoreWriter};

/// What commands act on.
pub(super) struct Hands {
    pub(super) helper: HelperLink,
    pub(super) store: StoreWriter,
    /// What is wrong with the state database now.
    pub(super) state_fault: watch::Receiver<Option<String>>,
    pub(super) figures: FigureWriter,
    pub(super) register: RegisterWriter,
    /// Requests that wait for their answer.
    pub(super) waiting: HashMap<RequestId, oneshot::Sender<Answer>>,
    /// DNS answers that wait for their release.
    pub(super) resolving: HashMap<RequestId, oneshot::Sender<bool>>,
}

impl Hands {
    /// Carries it out; an event where the answer is there at once.
    pub(super) fn perform(&mut self, command: Command) -> Option<Event> {
        match command {
            Command::DrawKey(period) => return self.draw_key(period),
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
            Command::Pace(paces) => self.helper.send(Request::Pace(paces)),
            Command::Queue(ops) => self.helper.send(Request::Queue(ops)),
            Command::Answer { id, answer } => {
                // The browser may have gone meanwhile.
                let _ = self.waiting.remove(&id).map(|reply| reply.send(answer));
            }
            Command::Record(figures) => self.figures.record(figures),
            Command::Beat(beat) => self.figures.beat(beat),
            Command::Register { entries, lost } => self.register.record(entries, lost),
            Command::KeepOrder(order) => self.store.change(Change::KeepOrder(order)),
            Command::ForgetOrder { network, mac } => {
                self.store.change(Change::ForgetOrder { network, mac });
            }
            Command::Keep(session) => self.store.change(Change::Keep(session)),
            Command::Forget { network, mac, end } => {
                tracing::debug!(%network, ?end, "a session ended");
                self.store.change(Change::Forget { network, mac });
            }
        }
        None
    }

    /// Without randomness there is no key, and nobody is counted until the next period.
    fn draw_key(&self, period: KeyPeriod) -> Option<Event> {
        let mut bytes = Zeroizing::new([0; 32]);
        if let Err(error) = getrandom::fill(&mut *bytes) {
            tracing::error!(%error, "no key for the devices: they are not counted");
            return None;
        }
        let key = DeviceKey::new(*bytes);
        self.store.change(Change::DeviceKey {
            period,
            key: key.clone(),
        });
        Some(Event::KeyDrawn { period, key })
    }
}
