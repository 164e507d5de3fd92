//! Every field of every request is checked again here, whoever sent it: the process that parses HTTP
//! is not believed. Pure functions.
//!
//! What the types already guarantee is not repeated: a [`Mac`] is unicast, a rate and a burst are in
//! range, or the frame does not decode and the connection ends.

use std::net::IpAddr;

use crate::config::may_be_opened;
use crate::config::{Config, Network};
use crate::model::{
    AccessOp, Counter, Counters, Entry, Mac, NetworkId, OpError, Opening, Pace, QueueOp, Rate,
};
use crate::net::ipc::{MAX_OPENINGS, MAX_OPS, MAX_PACES, MAX_QUEUE_OPS, MAX_READ};

/// Most addresses in one request to remove flows; a station has a handful.
pub(super) const MAX_FLUSH: usize = 1_024;
/// Shortest time-out of an element, milliseconds.
pub(super) const MIN_TIMEOUT_MS: u64 = 1;
/// The highest rate of a queue, bytes per second: of the fastest line, and the quarter more that a measured one
/// is tried for.
const MAX_QUEUE_RATE: u64 = Rate::MAX / 4 * 5;
/// Counters begin below this (2^56), so that no later sum overflows.
const MAX_SEED: u64 = 1 << 56;

/// What a request is checked against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The configuration in force.
    pub(super) config: &'a Config,
    /// The MACs of the gateway's own interfaces.
    pub(super) own_macs: &'a std::collections::BTreeSet<Mac>,
}

/// Why a request other than `Apply` is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// Not in the configuration.
    #[error("unknown network")]
    UnknownNetwork,
    /// Over the limit of the message.
    #[error("too many entries in one request")]
    TooMany,
    /// No line is that fast.
    #[error("a rate is out of range")]
    OutOfRange,
    /// The peer may not ask for it.
    #[error("only root may ask for this")]
    RootOnly,
}

/// Checks a whole batch; the first operation that is wrong refuses it.
///
/// # Errors
/// [`OpError::Refused`].
pub(super) fn check_ops(rules: Rules<'_>, ops: &[AccessOp]) -> Result<(), OpError> {
    if ops.len() > MAX_OPS {
        return Err(refused(MAX_OPS, "too many operations in one batch"));
    }
    for (index, op) in ops.iter().enumerate() {
        check_op(rules, op).map_err(|reason| refused(index, reason))?;
    }
    Ok(())
}

/// Checks changes of queues.
///
/// # Errors
/// [`Refusal`].
pub(super) fn check_queue_ops(rules: Rules<'_>, ops: &[QueueOp]) -> Result<(), Refusal> {
    if ops.len() > MAX_QUEUE_OPS {
        return Err(Refusal::TooMany);
    }
    for op in ops {
        let (network, rates) = match *op {
            QueueOp::Room { whole, stations, .. } => (None, [whole, stations, whole, stations]),
            QueueOp::Network { network, assured, .. } => (Some(network), [assured; 4]),
            QueueOp::Station {
                network,
                assured: [down, up],
                ceiling: [most_down, most_up],
                ..
            } => (Some(network), [down, up, most_down, most_up]),
            // What should not be there may always be removed.
            QueueOp::Gone { .. } => (None, [0; 4]),
        };
        if let Some(network) = network {
            known(rules, network)?;
        }
        if rates.iter().any(|rate| *rate > MAX_QUEUE_RATE) {
            return Err(Refusal::OutOfRange);
        }
    }
    Ok(())
}

/// Checks limits told ahead. Whose station it is need not be checked: nobody is let in by them.
///
/// # Errors
/// [`Refusal`].
pub(super) fn check_paces(rules: Rules<'_>, paces: &[Pace]) -> Result<(), Refusal> {
    if paces.len() > MAX_PACES {
        return Err(Refusal::TooMany);
    }
    paces.iter().try_for_each(|pace| known(rules, pace.network))
}

/// Checks a request for counters.
///
/// # Errors
/// [`Refusal`].
pub(super) fn check_read(rules: Rules<'_>, network: NetworkId, macs: &[Mac]) -> Result<(), Refusal> {
    if macs.len() > MAX_READ {
        return Err(Refusal::TooMany);
    }
    known(rules, network)
}

/// Checks a request to remove flows; the addresses that may be flushed, as `is_stations` tells for the
/// network. The others are left out and do not refuse the request: stations announce what they like,
/// and one that claims the gateway's address must not keep its own flows by that.
///
/// # Errors
/// [`Refusal`].
pub(super) fn check_flush(
    rules: Rules<'_>,
    network: NetworkId,
    addresses: &[IpAddr],
    is_stations: impl Fn(IpAddr) -> bool,
) -> Result<Vec<IpAddr>, Refusal> {
    if addresses.len() > MAX_FLUSH {
        return Err(Refusal::TooMany);
    }
    known(rules, network)?;
    let odd = |address: &IpAddr| address.is_loopback() || address.is_multicast() || address.is_unspecified();
    Ok(addresses
        .iter()
        .map(IpAddr::to_canonical)
        .filter(|address| !odd(address) && is_stations(*address))
        .collect())
}

/// Checks a request to open destinations of the walled garden; the positions of those that are not
/// opened because `is_near` says so: the gateway's own addresses and the uplink's neighbours, of which
/// the peer knows nothing. Everything else that is wrong refuses the request.
///
/// # Errors
/// [`OpError::Refused`].
pub(super) fn check_openings(
    rules: Rules<'_>,
    network: NetworkId,
    openings: &[Opening],
    is_near: impl Fn(IpAddr) -> bool,
) -> Result<Vec<u32>, OpError> {
    if openings.len() > MAX_OPENINGS {
        return Err(refused(MAX_OPENINGS, "too many destinations in one request"));
    }
    let network = rules
        .config
        .network(network)
        .ok_or_else(|| refused(0, "unknown network"))?;
    let mut near = Vec::new();
    for (index, opening) in openings.iter().enumerate() {
        check_opening(rules, network, opening).map_err(|reason| refused(index, reason))?;
        if is_near(opening.address) {
            near.extend(u32::try_from(index));
        }
    }
    Ok(near)
}

fn check_opening(rules: Rules<'_>, network: &Network, opening: &Opening) -> Result<(), &'static str> {
    let address = opening.address;
    if address != address.to_canonical() || !may_be_opened(address) {
        return Err("a special address");
    }
    let protected = &rules.config.gateway.protected;
    if protected.iter().any(|net| net.contains(&address)) {
        return Err("a protected destination");
    }
    let mut ports = network.garden_names.iter().flat_map(|name| &name.ports);
    if !ports.any(|port| *port == opening.port) {
        return Err("a port that no name of the garden opens");
    }
    if !(Opening::MIN_TIMEOUT_MS..=Opening::MAX_TIMEOUT_MS).contains(&opening.timeout_ms) {
        return Err("the time-out is out of range");
    }
    Ok(())
}

fn known(rules: Rules<'_>, network: NetworkId) -> Result<(), Refusal> {
    match rules.config.network(network) {
        Some(_) => Ok(()),
        None => Err(Refusal::UnknownNetwork),
    }
}

fn check_op(rules: Rules<'_>, op: &AccessOp) -> Result<(), &'static str> {
    let (id, mac) = op.key();
    let network = rules.config.network(id).ok_or("unknown network")?;
    match op {
        // What should not be there may always be removed.
        AccessOp::Revoke { .. } => Ok(()),
        AccessOp::Renew { entry, .. } | AccessOp::Limit { entry, .. } | AccessOp::Change { entry, .. } => {
            check_entry(rules, network, mac, entry)
        }
        AccessOp::Grant { entry, seed, .. } => {
            check_entry(rules, network, mac, entry)?;
            check_seed(seed)
        }
    }
}

fn check_entry(rules: Rules<'_>, network: &Network, mac: Mac, entry: &Entry) -> Result<(), &'static str> {
    if rules.own_macs.contains(&mac) {
        return Err("the gateway's own MAC address");
    }
    if network.policy.blocked.contains(&mac) {
        return Err("the station is blocked by the configuration");
    }
    // An administrator's order exempts others too, but nobody for longer than a day unless it is given again.
    match entry.timeout_ms {
        None if network.policy.exempt.contains(&mac) => Ok(()),
        None => Err("only an exempt station has no time-out"),
        Some(ms) if (MIN_TIMEOUT_MS..=Entry::MAX_TIMEOUT_MS).contains(&ms) => Ok(()),
        Some(_) => Err("the time-out is out of range"),
    }
}

fn check_seed(seed: &Counters) -> Result<(), &'static str> {
    let small = |counter: Counter| counter.bytes < MAX_SEED && counter.packets < MAX_SEED;
    if small(seed.up) && small(seed.down) {
        return Ok(());
    }
    Err("the counters begin out of range")
}

fn refused(index: usize, reason: &str) -> OpError {
    OpError::Refused {
        index: u32::try_from(index).unwrap_or(u32::MAX),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
#[path = "validate_tests.rs"]
mod tests;
