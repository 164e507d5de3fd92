//! The kernel's edge: `trait Kernel`, nftables and conntrack over netlink, rtnetlink, AF_PACKET
//! capture, and the socket between the two processes.

pub mod capture;
pub mod client;
pub mod conntrack;
pub mod dnsmasq;
pub mod fake;
pub mod frame;
pub mod helper;
pub mod ipc;
pub mod neighbours;
pub mod netlink;
pub mod nft_events;
pub mod nftables;
pub mod ruleset;
pub mod tool;

use crate::model::{AccessOp, Applied, Counters, KernelSession, Mac, NetworkId, OpError, Opening};

/// What `portico-netd` does with the packet path. Two implementations: nftables, and an in-memory
/// one for tests.
pub trait Kernel {
    /// One transaction: every operation or none. One [`Applied`] per operation, in order.
    ///
    /// # Errors
    /// [`OpError`]; nothing was changed.
    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError>;

    /// Opens destinations of the walled garden, or moves their end; one transaction.
    ///
    /// # Errors
    /// [`OpError`]; nothing was changed.
    fn open(&mut self, network: NetworkId, openings: &[Opening]) -> Result<(), OpError>;

    /// Shuts every destination that [`Kernel::open`] opened on the network, if it has such.
    ///
    /// # Errors
    /// [`OpError::Kernel`].
    fn shut(&mut self, network: NetworkId) -> Result<(), OpError>;

    /// Reads the counters of the given stations (normalised to IP bytes) into `out`; the ones the
    /// kernel does not hold into `missing`. Linear in `macs`, whatever the size of the sets.
    ///
    /// # Errors
    /// [`OpError::Kernel`].
    fn counters(
        &mut self,
        network: NetworkId,
        macs: &[Mac],
        out: &mut Vec<(Mac, Counters)>,
        missing: &mut Vec<Mac>,
    ) -> Result<(), OpError>;

    /// Everything the sets of the network hold.
    ///
    /// # Errors
    /// [`OpError::Kernel`].
    fn sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, OpError>;
}
