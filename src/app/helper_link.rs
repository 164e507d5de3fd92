//! The daemon's connection to `portico-netd`: made again whenever it breaks, replies turned into
//! events.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::core::{BatchId, Event, RequestId};
use crate::model::KernelSession;
use crate::net::client::{Client, ClientError, Replies, Requests};
use crate::net::ipc::{Reply, Request};

/// First pause after a failed connection; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
/// Longest pause between attempts: a restarted helper is found again within it.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);
/// How long a reload of the helper's ruleset may take.
const RELOAD_TIME: Duration = Duration::from_secs(20);

/// The event loop's end. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct HelperLink {
    orders: mpsc::UnboundedSender<Order>,
    connected: Arc<AtomicBool>,
    process: Arc<AtomicI32>,
}

#[derive(Debug)]
enum Order {
    Send(Request),
    Reload(oneshot::Sender<Result<(), String>>),
}

impl HelperLink {
    /// Starts the link's task.
    pub(super) fn start(socket: PathBuf, events: mpsc::Sender<Event>) -> Self {
        let (orders, receiver) = mpsc::unbounded_channel();
        let connected = Arc::new(AtomicBool::new(false));
        let process = Arc::new(AtomicI32::new(0));
        let told = (Arc::clone(&connected), Arc::clone(&process));
        tokio::spawn(keep_connected(socket, receiver, events, told));
        Self {
            orders,
            connected,
            process,
        }
    }

    /// The helper's process, while the link stands.
    pub(super) fn process(&self) -> Option<i32> {
        let is_linked = self.connected.load(Ordering::Relaxed);
        let process = self.process.load(Ordering::Relaxed);
        (is_linked && process > 0).then_some(process)
    }

    /// Sends a request if the link stands; drops it if not, since the inventory at the next
    /// connection leads to the same state.
    pub(super) fn send(&self, request: Request) {
        let _ = self.orders.send(Order::Send(request));
    }

    /// Has the helper read its configuration file again.
    pub(super) async fn reload(&self) -> Result<(), String> {
        const UNREACHABLE: &str = "portico-netd cannot be reached; nothing was changed";
        const SILENT: &str = "portico-netd does not answer; ask again, and look at its log";
        if !self.connected.load(Ordering::Relaxed) {
            return Err(UNREACHABLE.to_owned());
        }
        let (done, outcome) = oneshot::channel();
        self.orders
            .send(Order::Reload(done))
            .map_err(|_| UNREACHABLE.to_owned())?;
        match tokio::time::timeout(RELOAD_TIME, outcome).await {
            Ok(Ok(outcome)) => outcome,
            _ => Err(SILENT.to_owned()),
        }
    }
}

async fn keep_connected(
    socket: PathBuf,
    mut orders: mpsc::UnboundedReceiver<Order>,
    events: mpsc::Sender<Event>,
    (connected, process): (Arc<AtomicBool>, Arc<AtomicI32>),
) {
    let mut pause = FIRST_PAUSE;
    let mut reported = false;
    loop {
        match Client::connect(&socket, true).await {
            Ok(Client {
                requests,
                replies,
                helper,
                ..
            }) => {
                reported = false;
                process.store(helper.unwrap_or(0), Ordering::Relaxed);
                // What was ordered for the connection before is superseded by the inventory.
                while orders.try_recv().is_ok() {}
                connected.store(true, Ordering::Relaxed);
                let mut connection = Connection::new(requests, &events);
                let outcome = connection.run(replies, &mut orders).await;
                connected.store(false, Ordering::Relaxed);
                let Err(end) = outcome else { return };
                tracing::warn!(error = %end, "the connection to portico-netd is gone; granted stations stay online");
                if connection.had_inventory {
                    pause = FIRST_PAUSE;
                }
                if events.send(Event::HelperLost).await.is_err() {
                    return;
                }
            }
            Err(error) if !reported => {
                tracing::warn!(%error, socket = %socket.display(), "portico-netd cannot be reached yet");
                reported = true;
            }
            Err(_) => {}
        }
        // Also after a connection that broke before it was of use: a helper in trouble is not pressed.
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// One connection, from the inventory to its break.
struct Connection<'a> {
    requests: Requests,
    events: &'a mpsc::Sender<Event>,
    inventory: Vec<KernelSession>,
    had_inventory: bool,
    reloads: VecDeque<oneshot::Sender<Result<(), String>>>,
}

impl<'a> Connection<'a> {
    const fn new(requests: Requests, events: &'a mpsc::Sender<Event>) -> Self {
        Self {
            requests,
            events,
            inventory: Vec::new(),
            had_inventory: false,
            reloads: VecDeque::new(),
        }
    }

    /// Runs until the connection breaks (`Err`) or the daemon stops (`Ok`).
    async fn run(
        &mut self,
        mut replies: Replies,
        orders: &mut mpsc::UnboundedReceiver<Order>,
    ) -> Result<(), ClientError> {
        self.requests.send(&Request::ListSessions).await?;
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    None => return Ok(()),
                    Some(Order::Send(request)) => self.requests.send(&request).await?,
                    Some(Order::Reload(done)) => {
                        self.requests.send(&Request::Reload).await?;
                        self.reloads.push_back(done);
                    }
                },
                reply = replies.next() => {
                    let reply = reply?;
                    if let Some(event) = self.event_of(reply).await?
                        && self.events.send(event).await.is_err()
                    {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// What a reply means to `core`; `None` when it means nothing yet.
    async fn event_of(&mut self, reply: Reply) -> Result<Option<Event>, ClientError> {
        Ok(match reply {
            Reply::Welcome { .. } => None,
            Reply::Applied { id, outcome } => Some(Event::Applied {
                id: BatchId(id),
                outcome,
            }),
            Reply::Opened { id, outcome } => Some(Event::Opened {
                id: RequestId(id),
                outcome,
            }),
            Reply::Counters {
                network,
                readings,
                missing,
            } => Some(Event::Counted {
                network,
                readings,
                missing,
            }),
            Reply::Sessions { sessions, last } => {
                self.inventory.extend(sessions);
                self.had_inventory |= last;
                last.then(|| Event::KernelHolds(std::mem::take(&mut self.inventory)))
            }
            Reply::Queued { ways, most, stations } => Some(Event::Queued { ways, most, stations }),
            Reply::Seen(sightings) => {
                for sighting in sightings {
                    if self.events.send(Event::Seen(sighting)).await.is_err() {
                        break;
                    }
                }
                None
            }
            Reply::AddressGone {
                network,
                mac,
                address,
            } => Some(Event::AddressGone {
                network,
                mac,
                address,
            }),
            Reply::Malformed { network, count } => Some(Event::Malformed { network, count }),
            Reply::Dropped {
                network,
                drops,
                wasted,
            } => Some(Event::Dropped {
                network,
                drops,
                wasted,
            }),
            Reply::RulesetRebuilt => {
                tracing::warn!("somebody else removed the ruleset; it is loaded again, sessions follow");
                self.requests.send(&Request::ListSessions).await?;
                Some(Event::HelperLost)
            }
            Reply::Done(outcome) => {
                if let Some(done) = self.reloads.pop_front() {
                    let _ = done.send(outcome);
                }
                None
            }
        })
    }
}
