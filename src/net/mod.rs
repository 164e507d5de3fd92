//! The kernel's edge: `trait Kernel`, nftables and conntrack over netlink, rtnetlink, the uplink's
//! queue, AF_PACKET capture, and the socket between the two processes.

pub mod capture;
pub mod client;
pub mod conntrack;
pub mod dnsmasq;
pub mod fake;
pub mod fastpath;
pub mod frame;
pub mod helper;
pub mod ipc;
pub mod neighbours;
pub mod netlink;
pub mod nft_events;
pub mod nftables;
pub mod queue;
pub mod ruleset;
pub mod tool;
pub mod trunk;

use crate::config::InterfaceName;
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

/// Removes what stands in the kernel without anybody who holds it: tables, the uplink's queue discipline, trunks.
/// Removing what is not there is not an error.
///
/// # Errors
/// [`RulesetError`](ruleset::RulesetError).
pub async fn take_down() -> Result<(), ruleset::RulesetError> {
    // Packets find their way before what they were led through goes.
    trunk::remove().map_err(ruleset::RulesetError::Queue)?;
    ruleset::remove().await?;
    queue::remove().map_err(ruleset::RulesetError::Queue)
}

/// The index of an interface, if there is one of this name now.
fn index_of(interface: &InterfaceName) -> Option<u32> {
    let (family, kind) = (rustix::net::AddressFamily::UNIX, rustix::net::SocketType::DGRAM);
    let socket = rustix::net::socket(family, kind, None).ok()?;
    rustix::net::netdevice::name_to_index(&socket, interface.as_str()).ok()
}
