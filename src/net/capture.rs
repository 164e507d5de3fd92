//! Notices stations by what they send on a LAN interface: ARP, DHCP and neighbour discovery, which a
//! kernel filter picks out. Nothing else of anybody's traffic ever reaches this process.
//!
//! A socket serves one interface. When the interface goes down or away, reading fails and the owner
//! opens another one when it is back. What a flood can cause is bounded: the kernel's buffer, the
//! frames read at once, and the sightings passed on per second.

mod coalesce;
mod filter;
mod socket;

use std::io::{self, Read as _};
use std::net::IpAddr;

use socket2::Socket;
use tokio::io::unix::AsyncFd;

use self::coalesce::{Coalescer, News};
use crate::core::{SeenBy, Sighting};
use crate::model::{Boot, Mac, NetworkId};
use crate::wire::{self, Notice, Protocol};

/// Most frames read between two looks at the other tasks.
const FRAMES_AT_ONCE: usize = 64;

/// Why an interface is not listened to.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// There is no such interface now.
    #[error("no interface {interface:?}")]
    NoInterface {
        /// Its name.
        interface: String,
        /// The kernel's answer.
        #[source]
        source: io::Error,
    },
    /// The socket could not be set up.
    #[error("cannot {step} on {interface:?}")]
    Open {
        /// What was being done.
        step: &'static str,
        /// The interface's name.
        interface: String,
        /// The kernel's answer.
        #[source]
        source: io::Error,
    },
    /// The interface went down or away; open it again when it is back. On an interface that is still
    /// down opening succeeds, and the first read says this again: pause in between.
    #[error("lost the interface")]
    Lost(#[source] io::Error),
}

/// What came in since the batch was emptied.
#[derive(Debug, Default)]
pub struct Batch {
    /// Stations seen; a packet that tells several addresses gives several.
    pub sightings: Vec<Sighting>,
    /// Addresses that stations gave back.
    pub gone: Vec<(Mac, IpAddr)>,
    /// Frames that no parser accepted.
    pub malformed: u64,
    /// Sightings left out because there were too many within a second.
    pub suppressed: u64,
}

impl Batch {
    /// Whether there is nothing to pass on.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.sightings.is_empty() && self.gone.is_empty() && self.malformed == 0 && self.suppressed == 0
    }

    /// Empties the batch, keeping its memory.
    pub fn clear(&mut self) {
        self.sightings.clear();
        self.gone.clear();
        self.malformed = 0;
        self.suppressed = 0;
    }
}

/// A listening socket on one LAN interface.
#[derive(Debug)]
pub struct Capture {
    network: NetworkId,
    socket: AsyncFd<Socket>,
    coalescer: Coalescer,
}

impl Capture {
    /// Listens on an interface: a plain one or a bridge. Needs CAP_NET_RAW, and a tokio runtime.
    ///
    /// # Errors
    /// [`CaptureError::NoInterface`], [`CaptureError::Open`].
    pub fn open(network: NetworkId, interface: &str) -> Result<Self, CaptureError> {
        let socket = socket::watch(socket::open(interface)?, interface)?;
        Ok(Self {
            network,
            socket,
            coalescer: Coalescer::default(),
        })
    }

    /// Waits until there is something to tell and adds it to `batch`; at most
    /// [`wire::Addresses::MOST`] × 64 sightings at a time. Safe to cancel: what has been read is in the
    /// batch. `clock` tells the time after the wait.
    ///
    /// # Errors
    /// [`CaptureError::Lost`]: this socket is of no more use.
    pub async fn next(&mut self, clock: impl Fn() -> Boot, batch: &mut Batch) -> Result<(), CaptureError> {
        loop {
            let ready = self.socket.ready(socket::INTEREST).await;
            let mut ready = ready.map_err(CaptureError::Lost)?;
            let drained = drain(
                ready.get_inner(),
                self.network,
                &mut self.coalescer,
                clock(),
                batch,
            )?;
            if drained {
                ready.clear_ready();
            }
            if !batch.is_empty() {
                return Ok(());
            }
        }
    }
}

/// Reads until nothing waits (`true`) or [`FRAMES_AT_ONCE`] have been read (`false`).
fn drain(
    mut socket: &Socket,
    network: NetworkId,
    coalescer: &mut Coalescer,
    now: Boot,
    batch: &mut Batch,
) -> Result<bool, CaptureError> {
    let mut frame = [0; filter::SNAP];
    coalescer.advance(now);
    for _ in 0..FRAMES_AT_ONCE {
        let len = match socket.read(&mut frame) {
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(CaptureError::Lost(error)),
        };
        match wire::notice(&frame[..len]) {
            Ok(Some(notice)) => tell(network, &notice, coalescer, batch),
            Ok(None) => {}
            Err(error) => {
                tracing::trace!(%network, %error, "malformed frame");
                batch.malformed += 1;
            }
        }
    }
    Ok(false)
}

fn tell(network: NetworkId, notice: &Notice, coalescer: &mut Coalescer, batch: &mut Batch) {
    let mac = notice.mac;
    let by = match notice.by {
        Protocol::Dhcp => SeenBy::Dhcp,
        Protocol::Arp => SeenBy::Arp,
        Protocol::Ndp => SeenBy::Ndp,
    };
    let uses = notice.uses.as_slice();
    let alone = uses.is_empty().then_some(None);
    for address in alone.into_iter().chain(uses.iter().copied().map(Some)) {
        match coalescer.uses(mac, address) {
            News::New => batch.sightings.push(Sighting {
                network,
                mac,
                address,
                by,
                port: None,
            }),
            News::Repeated => {}
            News::TooMany => batch.suppressed += 1,
        }
    }
    for address in notice.leaves.as_slice().iter().copied() {
        match coalescer.leaves(mac, address) {
            News::New => batch.gone.push((mac, address)),
            News::Repeated => {}
            News::TooMany => batch.suppressed += 1,
        }
    }
}
