//! Connections: who may speak, and queues that a slow peer fills for itself alone.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use crate::net::frame::{self, FrameReader};
use crate::net::ipc::{Reply, Request};

/// Most connections at once: the daemon, and a few commands of an administrator.
const MAX_PEERS: usize = 16;
/// Replies that may wait for a peer: over 100,000 sessions at 4,096 each, and more.
const QUEUE: usize = 256;
/// Of these, what unasked messages leave free.
const RESERVED: usize = 128;
/// How long a peer may take to say hello, or to take one message.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection's number.
pub(super) type PeerId = u64;

/// What a connection has brought.
#[derive(Debug)]
pub(super) enum FromPeer {
    /// A request.
    Asked(Request),
    /// It has ended.
    Gone,
}

#[derive(Debug)]
struct Peer {
    root: bool,
    welcomed: bool,
    replies: mpsc::Sender<Reply>,
    tasks: [AbortHandle; 2],
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The writer ends by itself when what was queued has been sent.
        self.tasks[0].abort();
    }
}

/// Everybody who is connected.
#[derive(Debug)]
pub(super) struct Peers {
    next: PeerId,
    connected: BTreeMap<PeerId, Peer>,
    subscriber: Option<PeerId>,
    requests: mpsc::Sender<(PeerId, FromPeer)>,
}

impl Peers {
    /// Nobody yet; their requests go to `requests`.
    pub(super) const fn new(requests: mpsc::Sender<(PeerId, FromPeer)>) -> Self {
        Self {
            next: 0,
            connected: BTreeMap::new(),
            subscriber: None,
            requests,
        }
    }

    /// Takes a connection of this user in.
    pub(super) fn add(&mut self, stream: UnixStream, uid: u32) {
        if self.connected.len() >= MAX_PEERS {
            tracing::warn!(most = MAX_PEERS, "connection refused: too many");
            return;
        }
        let id = self.next;
        self.next += 1;
        let (read, write) = stream.into_split();
        let (replies, queue) = mpsc::channel(QUEUE);
        let reader = tokio::spawn(read_requests(id, FrameReader::new(read), self.requests.clone()));
        let writer = tokio::spawn(write_replies(id, write, queue, self.requests.clone()));
        let peer = Peer {
            root: uid == 0,
            welcomed: false,
            replies,
            tasks: [reader.abort_handle(), writer.abort_handle()],
        };
        self.connected.insert(id, peer);
    }

    /// The peer has said hello, perhaps as the subscriber.
    pub(super) fn welcome(&mut self, id: PeerId, subscribe: bool) {
        if let Some(peer) = self.connected.get_mut(&id) {
            peer.welcomed = true;
        }
        if subscribe {
            self.subscriber = Some(id);
        }
    }

    /// Whether the peer has said hello.
    pub(super) fn is_welcome(&self, id: PeerId) -> bool {
        self.connected.get(&id).is_some_and(|peer| peer.welcomed)
    }

    /// Whether the peer is root.
    pub(super) fn is_root(&self, id: PeerId) -> bool {
        self.connected.get(&id).is_some_and(|peer| peer.root)
    }

    /// Queues an answer; a peer that does not take its answers is disconnected.
    pub(super) fn answer(&mut self, id: PeerId, reply: Reply) {
        let full = self
            .connected
            .get(&id)
            .is_some_and(|peer| peer.replies.try_send(reply).is_err());
        if full {
            tracing::warn!(peer = id, "disconnected: does not take its answers");
            if let Some(peer) = self.connected.get(&id) {
                peer.tasks[1].abort();
            }
            self.remove(id);
        }
    }

    /// Queues an unasked message for the subscriber if there is room; whether there was.
    pub(super) fn tell(&self, reply: Reply) -> bool {
        let Some(peer) = self.subscriber.and_then(|id| self.connected.get(&id)) else {
            return false;
        };
        peer.replies.capacity() > RESERVED && peer.replies.try_send(reply).is_ok()
    }

    /// Queues an unasked message that must not be lost; a subscriber without room is disconnected and
    /// will ask for everything when it comes back.
    pub(super) fn tell_surely(&mut self, reply: Reply) {
        if let Some(id) = self.subscriber {
            self.answer(id, reply);
        }
    }

    /// Ends a connection after what is queued for it.
    pub(super) fn remove(&mut self, id: PeerId) {
        self.connected.remove(&id);
        if self.subscriber == Some(id) {
            self.subscriber = None;
        }
    }

    /// Ends every connection and waits, a bounded time, until what is queued has been sent.
    pub(super) async fn farewell(&mut self) {
        let writers: Vec<AbortHandle> = self
            .connected
            .values()
            .map(|peer| peer.tasks[1].clone())
            .collect();
        self.connected.clear();
        for _ in 0..100 {
            if writers.iter().all(AbortHandle::is_finished) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn read_requests(
    id: PeerId,
    mut frames: FrameReader<OwnedReadHalf>,
    requests: mpsc::Sender<(PeerId, FromPeer)>,
) {
    let mut first = true;
    loop {
        let next = frames.next::<Request>();
        let outcome = if first {
            tokio::time::timeout(PATIENCE, next).await.unwrap_or(Ok(None))
        } else {
            next.await
        };
        first = false;
        let message = match outcome {
            Ok(Some(request)) => FromPeer::Asked(request),
            Ok(None) => break,
            Err(error) => {
                tracing::warn!(peer = id, %error, "connection ended");
                break;
            }
        };
        if requests.send((id, message)).await.is_err() {
            return;
        }
    }
    let _ = requests.send((id, FromPeer::Gone)).await;
}

async fn write_replies(
    id: PeerId,
    mut stream: OwnedWriteHalf,
    mut queue: mpsc::Receiver<Reply>,
    requests: mpsc::Sender<(PeerId, FromPeer)>,
) {
    while let Some(reply) = queue.recv().await {
        let written = tokio::time::timeout(PATIENCE, frame::write(&mut stream, &reply)).await;
        if !matches!(written, Ok(Ok(()))) {
            let _ = requests.send((id, FromPeer::Gone)).await;
            return;
        }
    }
    let _ = stream.shutdown().await;
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::UnixStream;
    use tokio::sync::mpsc;

    use super::{Peers, QUEUE, RESERVED};
    use crate::net::ipc::Reply;

    fn large() -> Reply {
        Reply::Done(Err("x".repeat(100_000)))
    }

    #[tokio::test]
    async fn a_subscriber_that_does_not_read_blocks_nobody_and_is_let_go() {
        let (sender, _requests) = mpsc::channel(8);
        let mut peers = Peers::new(sender);
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        peers.add(ours, 0);
        assert!(!peers.tell(large()), "nobody has subscribed");
        peers.welcome(0, true);
        let told = (0..QUEUE).filter(|_| peers.tell(large())).count();
        assert_eq!(told, QUEUE - RESERVED, "room is kept for answers");
        for _ in 0..RESERVED {
            peers.answer(0, large());
        }
        assert!(peers.is_welcome(0));
        peers.answer(0, large());
        assert!(!peers.is_welcome(0), "disconnected");
        let mut rest = Vec::new();
        assert!(theirs.read_to_end(&mut rest).await.is_ok(), "and told so");
    }
}
