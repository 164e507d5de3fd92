//! [`Kernel`] in memory: the same contract as [`Nftables`](super::nftables::Nftables), for tests and
//! benchmarks of what stands above it. One contract test runs on both.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Kernel;
use crate::model::{AccessOp, Applied, Counters, Entry, KernelSession, Mac, NetworkId, OpError, Opening};

type Sets = BTreeMap<NetworkId, BTreeMap<Mac, Held>>;

/// The fake.
#[derive(Debug, Clone)]
pub struct Fake {
    sets: Sets,
    capacity: usize,
    garden: BTreeMap<NetworkId, BTreeMap<(IpAddr, u16), u64>>,
}

#[derive(Debug, Clone, Copy)]
struct Held {
    entry: Entry,
    counters: Counters,
}

impl Fake {
    /// Empty sets of `capacity` stations for each of the networks.
    #[must_use]
    pub fn new(networks: &[NetworkId], capacity: usize) -> Self {
        Self {
            sets: networks
                .iter()
                .map(|network| (*network, BTreeMap::new()))
                .collect(),
            capacity,
            garden: BTreeMap::new(),
        }
    }

    /// A granted station has sent and received this.
    pub fn count(&mut self, network: NetworkId, mac: Mac, traffic: Counters) {
        if let Some(held) = self.sets.get_mut(&network).and_then(|set| set.get_mut(&mac)) {
            held.counters = held.counters.plus(traffic);
        }
    }

    /// The kernel's own timeout of a station has run out.
    pub fn expire(&mut self, network: NetworkId, mac: Mac) {
        if let Some(set) = self.sets.get_mut(&network) {
            set.remove(&mac);
        }
    }

    /// Somebody else has flushed the ruleset, and it was loaded again with empty sets.
    pub fn lose_everything(&mut self) {
        self.sets.values_mut().for_each(BTreeMap::clear);
        self.garden.clear();
    }

    /// The destinations open on a network, with their time-outs.
    #[must_use]
    pub fn openings(&self, network: NetworkId) -> Vec<Opening> {
        let open = self.garden.get(&network).into_iter().flatten();
        open.map(|(&(address, port), &timeout_ms)| Opening {
            address,
            port,
            timeout_ms,
        })
        .collect()
    }

    fn undo(&mut self, before: Vec<(NetworkId, Mac, Option<Held>)>) {
        for (network, mac, held) in before.into_iter().rev() {
            let Some(set) = self.sets.get_mut(&network) else {
                continue;
            };
            match held {
                Some(held) => set.insert(mac, held),
                None => set.remove(&mac),
            };
        }
    }
}

impl Kernel for Fake {
    fn apply(&mut self, ops: &[AccessOp]) -> Result<Vec<Applied>, OpError> {
        let mut applied = Vec::with_capacity(ops.len());
        let mut before = Vec::with_capacity(ops.len());
        for op in ops {
            let (network, mac) = op.key();
            before.push((
                network,
                mac,
                self.sets.get(&network).and_then(|set| set.get(&mac)).copied(),
            ));
            match apply_one(&mut self.sets, self.capacity, op) {
                Ok(one) => applied.push(one),
                Err(error) => {
                    self.undo(before);
                    return Err(error);
                }
            }
        }
        Ok(applied)
    }

    fn open(&mut self, network: NetworkId, openings: &[Opening]) -> Result<(), OpError> {
        if !self.sets.contains_key(&network) {
            return Err(no_set());
        }
        let open = self.garden.entry(network).or_default();
        open.extend(
            openings
                .iter()
                .map(|opening| ((opening.address, opening.port), opening.timeout_ms)),
        );
        Ok(())
    }

    fn shut(&mut self, network: NetworkId) -> Result<(), OpError> {
        self.garden.remove(&network);
        Ok(())
    }

    fn counters(
        &mut self,
        network: NetworkId,
        macs: &[Mac],
        out: &mut Vec<(Mac, Counters)>,
        missing: &mut Vec<Mac>,
    ) -> Result<(), OpError> {
        let set = self.sets.get(&network).ok_or_else(no_set)?;
        for mac in macs {
            match set.get(mac) {
                Some(held) => out.push((*mac, held.counters)),
                None => missing.push(*mac),
            }
        }
        Ok(())
    }

    fn sessions(&mut self, network: NetworkId) -> Result<Vec<KernelSession>, OpError> {
        let set = self.sets.get(&network).ok_or_else(no_set)?;
        Ok(set
            .iter()
            .map(|(mac, held)| KernelSession {
                network,
                mac: *mac,
                entry: held.entry,
                counters: held.counters,
            })
            .collect())
    }
}

fn apply_one(sets: &mut Sets, capacity: usize, op: &AccessOp) -> Result<Applied, OpError> {
    let (network, mac) = op.key();
    let set = match sets.get_mut(&network) {
        Some(set) => set,
        None if matches!(op, AccessOp::Revoke { .. }) => return Ok(Applied::default()),
        None => return Err(no_set()),
    };
    let (entry, counters) = match *op {
        AccessOp::Revoke { .. } => {
            let last = set.remove(&mac).map(|held| held.counters);
            return Ok(Applied { last });
        }
        AccessOp::Renew { entry, .. } => {
            if let Some(held) = set.get_mut(&mac) {
                held.entry.timeout_ms = entry.timeout_ms;
                return Ok(Applied::default());
            }
            (entry, Counters::default())
        }
        AccessOp::Limit { entry, .. } | AccessOp::Change { entry, .. } => (entry, Counters::default()),
        AccessOp::Grant { entry, seed, .. } => (entry, seed),
    };
    let last = set.remove(&mac).map(|held| held.counters);
    if set.len() >= capacity {
        return Err(OpError::Full);
    }
    set.insert(mac, Held { entry, counters });
    Ok(Applied { last })
}

fn no_set() -> OpError {
    OpError::Kernel("the kernel refused: No such file or directory (os error 2)".to_owned())
}
