//! The second line of defence: routing rules that drop whatever comes from a network without the
//! mark of somebody who has access. `nft flush ruleset` does not remove them, so a gateway whose
//! tables are gone forwards nothing of any station.

use std::collections::BTreeSet;

use rustix::io::Errno;

use super::{RulesetError, mark};
use crate::config::Config;
use crate::net::netlink::{NetlinkError, Socket};
use crate::wire::netlink::Family;
use crate::wire::netlink::rule::{self, Prohibition};

/// Where the rules stand: right behind the look-up of the machine's own addresses (0), before
/// everything that could lead elsewhere.
pub const PRIORITY: u32 = 10;
/// By which our rules are known (`RTPROT_*`, of the numbers free for use).
pub const PROTOCOL: u8 = 80;

/// Puts the rules of these networks in place, and removes those of networks that left; how many were
/// missing.
///
/// # Errors
/// [`RulesetError::Routing`].
pub fn keep_prohibitions(config: &Config) -> Result<usize, RulesetError> {
    let mut socket = Socket::open(None)?;
    let mut missing = 0;
    for family in Family::ALL {
        let Some(standing) = standing(&mut socket, family)? else {
            continue;
        };
        let wanted = wanted(config, family);
        for rule in wanted.difference(&standing) {
            change(&mut socket, rule, rule::add)?;
            missing += 1;
        }
        for rule in standing.difference(&wanted) {
            change(&mut socket, rule, rule::delete)?;
        }
    }
    Ok(missing)
}

/// How many rules of these networks are missing; needs no privilege.
///
/// # Errors
/// [`RulesetError::Routing`].
pub fn missing_prohibitions(config: &Config) -> Result<usize, RulesetError> {
    let mut socket = Socket::open(None)?;
    let mut missing = 0;
    for family in Family::ALL {
        if let Some(standing) = standing(&mut socket, family)? {
            missing += wanted(config, family).difference(&standing).count();
        }
    }
    Ok(missing)
}

/// Removes all rules of ours.
///
/// # Errors
/// [`RulesetError::Routing`].
pub(super) fn remove_prohibitions() -> Result<(), RulesetError> {
    let mut socket = Socket::open(None)?;
    for family in Family::ALL {
        for rule in standing(&mut socket, family)?.unwrap_or_default() {
            change(&mut socket, &rule, rule::delete)?;
        }
    }
    Ok(())
}

/// Whether the kernel's reverse path filter looks at what comes in by the uplink (the larger of the
/// two settings counts).
///
/// Its look-up of the way back is like a station's packet without a mark, so our rule would make it
/// drop every answer from the Internet: with the filter on there can be no rule for IPv4. IPv6 has no
/// such filter. On a network's own interface it does no harm: that look-up begins at the uplink.
#[must_use]
pub fn reverse_path_filtered(config: &Config) -> bool {
    ["all", config.gateway.uplink.as_str()].into_iter().any(|place| {
        let setting = std::fs::read_to_string(format!("/proc/sys/net/ipv4/conf/{place}/rp_filter"));
        setting.is_ok_and(|value| value.trim() != "0")
    })
}

fn wanted(config: &Config, family: Family) -> BTreeSet<Prohibition> {
    if family == Family::V4 && reverse_path_filtered(config) {
        return BTreeSet::new();
    }
    let interfaces = config.networks.iter().map(|network| &network.interface);
    interfaces
        .map(|interface| Prohibition {
            family,
            interface: interface.as_str().to_owned(),
            // Not "mark 0": marks of other programs open nothing either.
            mask: mark::GRANTED | mark::GARDEN,
            mark: 0,
            priority: PRIORITY,
            protocol: PROTOCOL,
        })
        .collect()
}

/// The rules of ours that stand; `None` where the kernel has no such family (no IPv6) to route.
fn standing(socket: &mut Socket, family: Family) -> Result<Option<BTreeSet<Prohibition>>, NetlinkError> {
    let mut found = BTreeSet::new();
    let dumped = socket.dump(
        &mut found,
        |out, seq| rule::dump(out, seq, family),
        BTreeSet::clear,
        |found, message| found.extend(rule::decode(message).filter(is_ours)),
    );
    match dumped {
        Ok(()) => Ok(Some(found)),
        Err(NetlinkError::Refused(Errno::AFNOSUPPORT | Errno::OPNOTSUPP)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether a rule was made by us, for whatever configuration.
pub(in crate::net) fn is_ours(rule: &Prohibition) -> bool {
    rule.protocol == PROTOCOL && rule.priority == PRIORITY
}

fn change(
    socket: &mut Socket,
    rule: &Prohibition,
    request: fn(&mut crate::wire::netlink::message::Writer, u32, &Prohibition),
) -> Result<(), NetlinkError> {
    match socket.ask(|out, seq| request(out, seq, rule), |_| ()) {
        // Somebody was faster.
        Err(NetlinkError::Refused(Errno::EXIST | Errno::NOENT)) => Ok(()),
        outcome => outcome,
    }
}
