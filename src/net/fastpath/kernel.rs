//! [`Kernel`] with the fast path beside it: whom nftables lets online may use it, and what he moves by it is counted with
//! the rest.

use std::collections::BTreeMap;

use super::FastPath;
use crate::model::{
    AccessOp, Applied, Counter, Counters, DropCause, KernelSession, Mac, NetworkId, OpError, Opening,
};
use crate::net::Kernel;
use crate::net::netlink::NetlinkError;
use crate::net::nftables::Nftables;

/// See the module.
#[derive(Debug)]
pub struct Hastened<K> {
    kernel: K,
    fast: Option<FastPath>,
}

impl<K> Hastened<K> {
    /// Without a fast path it is the kernel alone.
    pub const fn new(kernel: K, fast: Option<FastPath>) -> Self {
        Self { kernel, fast }
    }

    /// The fast path, if there is one.
    pub const fn fast(&mut self) -> Option<&mut FastPath> {
        self.fast.as_mut()
    }
}

impl Hastened<Nftables> {
    /// See [`Nftables::drops`]; what was dropped on the fast path is in it.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn drops(&mut self) -> Result<BTreeMap<(NetworkId, DropCause), Counter>, NetlinkError> {
        let mut drops = self.kernel.drops()?;
        for (network, over) in self.fast.iter().flat_map(|fast| fast.stations.over()) {
            for (cause, over) in [(DropCause::OverUp, over.up), (DropCause::OverDown, over.down)] {
                let counter = drops.entry((network, cause)).or_default();
                *counter = counter.plus(over);
            }
        }
        Ok(drops)
    }
}

impl<K: Kernel> Kernel for Hastened<K> {
    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError> {
        let Some(fast) = &mut self.fast else {
            return self.kernel.apply(ops);
        };
        let revoked = || ops.iter().filter(|op| matches!(op, AccessOp::Revoke { .. }));
        // Nothing passes by the one way when it does no more by the other.
        for (network, mac) in revoked().map(AccessOp::key) {
            fast.stations.close(network, mac);
        }
        match self.kernel.apply(ops) {
            Ok(mut applied) => {
                for (op, applied) in ops.iter().zip(&mut applied) {
                    if let Some(moved) = fast.stations.carry_out(op) {
                        let last = applied.last.get_or_insert_default();
                        *last = last.plus(moved);
                    }
                }
                Ok(applied)
            }
            Err(error) => {
                for (network, mac) in revoked().map(AccessOp::key) {
                    fast.stations.reopen(network, mac);
                }
                Err(error)
            }
        }
    }

    fn open(&mut self, network: NetworkId, openings: &[Opening]) -> Result<(), OpError> {
        self.kernel.open(network, openings)
    }

    fn shut(&mut self, network: NetworkId) -> Result<(), OpError> {
        self.kernel.shut(network)
    }

    fn counters(
        &mut self,
        network: NetworkId,
        macs: &[Mac],
        out: &mut Vec<(Mac, Counters)>,
        missing: &mut Vec<Mac>,
    ) -> Result<(), OpError> {
        let before = out.len();
        self.kernel.counters(network, macs, out, missing)?;
        if let Some(fast) = &self.fast {
            for (mac, counters) in out.iter_mut().skip(before) {
                *counters = counters.plus(fast.stations.moved(network, *mac));
            }
        }
        Ok(())
    }

    fn sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, OpError> {
        let mut sessions = self.kernel.sessions(network)?;
        if let Some(fast) = &mut self.fast {
            for session in &mut sessions {
                // Whom an earlier process has let online.
                fast.stations.take_over(session);
                session.counters = session.counters.plus(fast.stations.moved(network, session.mac));
            }
        }
        Ok(sessions)
    }
}
