//! One short function per request.

use std::net::IpAddr;

use tokio::net::UnixStream;
use tokio::time::Instant;

use super::guard::Suspicion;
use super::peers::{FromPeer, PeerId};
use super::validate::{
    Refusal, Rules, check_flush, check_openings, check_ops, check_paces, check_queue_ops, check_read,
};
use super::{Flow, Helper};
use crate::model::{AccessOp, Applied, KernelSession, Mac, NetworkId, OpError, Opening, Pace, QueueOp};
use crate::net::ipc::{Reply, Request, VERSION};
use crate::net::{self, Kernel};

/// Sessions in one reply: a third of the longest frame.
const SESSIONS_PER_REPLY: usize = 4_096;

impl Helper {
    /// Takes a new connection in if root or the configured user made it (`SO_PEERCRED`).
    pub(super) fn handle_connection(&mut self, accepted: std::io::Result<UnixStream>) {
        let credentials = accepted.and_then(|stream| Ok((stream.peer_cred()?, stream)));
        match credentials {
            Ok((peer, stream)) if peer.uid() == 0 || self.user == Some(peer.uid()) => {
                self.peers.add(stream, peer.uid());
            }
            Ok((peer, _)) => {
                if let Some(refused) = self.refusals.count(Instant::now()) {
                    let uid = peer.uid();
                    tracing::warn!(uid, refused, "connections refused: neither root nor the user");
                }
            }
            Err(error) => tracing::warn!(%error, "a connection failed"),
        }
    }

    /// Takes what a connection has brought.
    pub(super) async fn handle_message(&mut self, id: PeerId, message: FromPeer) -> Flow {
        let request = match message {
            FromPeer::Asked(request) => request,
            FromPeer::Gone => {
                self.peers.remove(id);
                return Flow::Continue;
            }
        };
        if !self.peers.is_welcome(id) && !matches!(request, Request::Hello { .. }) {
            self.peers.remove(id);
            return Flow::Continue;
        }
        match request {
            Request::Hello { version, subscribe } => self.handle_hello(id, version, subscribe),
            Request::Apply { id: batch, ops } => {
                let outcome = self.apply(&ops);
                self.peers.answer(id, Reply::Applied { id: batch, outcome });
            }
            Request::Open {
                id: request,
                network,
                openings,
            } => {
                let outcome = self.open(network, openings);
                self.peers.answer(id, Reply::Opened { id: request, outcome });
            }
            Request::FlushFlows { network, addresses } => self.flush_flows(network, &addresses),
            Request::Pace(paces) => self.set_paces(&paces),
            Request::Queue(ops) => self.change_queues(&ops),
            Request::ReadCounters { network, macs } => self.read_counters(id, network, macs),
            Request::ListSessions => self.list_sessions(id),
            Request::Reload => {
                let outcome = self.reload().await.map_err(|error| error.to_string());
                self.peers.answer(id, Reply::Done(outcome));
            }
            Request::TearDown => return self.tear_down(id).await,
        }
        Flow::Continue
    }

    fn handle_hello(&mut self, id: PeerId, version: u32, subscribe: bool) {
        let networks = self.config.networks.iter().map(|network| network.id).collect();
        let version_agrees = version == VERSION;
        if version_agrees {
            self.peers.welcome(id, subscribe);
        }
        self.peers.answer(
            id,
            Reply::Welcome {
                version: VERSION,
                networks,
            },
        );
        if version_agrees && subscribe {
            self.peers.answer(id, self.queues.told());
        }
        if !version_agrees {
            tracing::warn!(
                theirs = version,
                ours = VERSION,
                "another version of the protocol"
            );
            self.peers.remove(id);
        }
    }

    fn rules(&self) -> Rules<'_> {
        Rules {
            config: &self.config,
            own_macs: self.links.own_macs(),
        }
    }

    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError> {
        let outcome = check_ops(self.rules(), ops).and_then(|()| self.kernel.apply(ops));
        if let Err(error) = &outcome {
            tracing::warn!(operations = ops.len(), %error, "batch not carried out");
        }
        outcome
    }

    fn open(&mut self, network: NetworkId, mut openings: Vec<Opening>) -> Result<Vec<u32>, OpError> {
        let uplink = &self.config.gateway.uplink;
        let is_near = |address| self.links.is_near(uplink, address);
        let outcome = check_openings(self.rules(), network, &openings, is_near).and_then(|near| {
            let mut index = 0_u32..;
            openings.retain(|_| index.next().is_some_and(|index| !near.contains(&index)));
            self.kernel.open(network, &openings)?;
            Ok(near)
        });
        if let Err(error) = &outcome {
            tracing::warn!(%network, destinations = openings.len(), %error, "destinations not opened");
        }
        outcome
    }

    fn flush_flows(&mut self, network: NetworkId, addresses: &[IpAddr]) {
        let is_stations = |address| self.links.is_stations(&self.config, network, address);
        match check_flush(self.rules(), network, addresses, is_stations) {
            Ok(flushed) => {
                if flushed.len() < addresses.len() {
                    let others = addresses.len() - flushed.len();
                    tracing::debug!(%network, others, "addresses that are no station's are not flushed");
                }
                self.flusher.flush(&flushed);
            }
            Err(refusal) => tracing::warn!(%refusal, "flows not removed"),
        }
    }

    fn set_paces(&mut self, paces: &[Pace]) {
        if let Err(refusal) = check_paces(self.rules(), paces) {
            return tracing::warn!(%refusal, "limits not told ahead");
        }
        if let Some(fast_path) = self.kernel.fast() {
            fast_path.set_paces(paces);
        }
    }

    fn change_queues(&mut self, ops: &[QueueOp]) {
        if let Err(refusal) = check_queue_ops(self.rules(), ops) {
            return tracing::warn!(%refusal, "queues of stations not changed");
        }
        if self.queues.apply(ops) {
            self.peers.tell_surely(self.queues.told());
        }
        if let Some(fast_path) = self.kernel.fast() {
            fast_path.set_classes(self.queues.classes(&self.config));
        }
    }

    fn read_counters(&mut self, id: PeerId, network: NetworkId, macs: Vec<Mac>) {
        let (mut readings, mut missing) = (Vec::with_capacity(macs.len()), Vec::new());
        match check_read(self.rules(), network, &macs) {
            Ok(()) => {
                let outcome = self.kernel.counters(network, &macs, &mut readings, &mut missing);
                if let Err(error) = outcome {
                    // There is no answer that says so: the peer comes back and asks for everything.
                    tracing::error!(%error, "counters cannot be read");
                    return self.peers.remove(id);
                }
            }
            // The network left with a reload that the peer has not seen yet.
            Err(Refusal::UnknownNetwork) => missing = macs,
            Err(refusal) => {
                tracing::warn!(peer = id, %refusal, "disconnected");
                return self.peers.remove(id);
            }
        }
        let reply = Reply::Counters {
            network,
            readings,
            missing,
        };
        self.peers.answer(id, reply);
    }

    fn list_sessions(&mut self, id: PeerId) {
        let mut sessions: Vec<KernelSession> = Vec::new();
        for network in &self.config.networks {
            match self.kernel.sessions(network.id) {
                Ok(held) => sessions.extend(held),
                Err(error) => {
                    tracing::error!(%error, "sessions cannot be listed");
                    return self.peers.remove(id);
                }
            }
        }
        let parts = sessions.len().div_ceil(SESSIONS_PER_REPLY).max(1);
        let mut rest = sessions.as_slice();
        for part in 1..=parts {
            let (now, later) = rest.split_at(rest.len().min(SESSIONS_PER_REPLY));
            rest = later;
            let reply = Reply::Sessions {
                sessions: now.to_vec(),
                last: part == parts,
            };
            self.peers.answer(id, reply);
        }
    }

    async fn tear_down(&mut self, id: PeerId) -> Flow {
        if !self.peers.is_root(id) {
            let refusal = Refusal::RootOnly.to_string();
            self.peers.answer(id, Reply::Done(Err(refusal)));
            return Flow::Continue;
        }
        if let Err(error) = self.backstop.remove() {
            tracing::error!(%error, "the second line of defence stands yet");
        }
        let outcome = net::take_down().await;
        let flow = if outcome.is_ok() {
            Flow::Stop
        } else {
            self.put_backstop();
            self.guard.suspect(Instant::now(), Suspicion::Certain);
            Flow::Continue
        };
        let outcome = outcome.map_err(|error| error.to_string());
        self.peers.answer(id, Reply::Done(outcome));
        flow
    }
}
