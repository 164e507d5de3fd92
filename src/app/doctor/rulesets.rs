//! Our own ruleset and second line of defence, and rulesets of other programs that stand in the way.

use super::Group;
use super::tool::{self, Outcome};
use crate::config::Config;
use crate::net::ruleset::{Backstop, ConflictKind, Held, RulesetError, find_conflicts};

/// How our own ruleset stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Own {
    /// Every network's sets and chains are there.
    Loaded,
    /// What early boot leaves: nothing passes.
    Closed,
    /// Some network's part is absent.
    Partial,
    /// No table of ours.
    Missing,
}

/// Lists them.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    examine_own(group, config).await;
    examine_backstop(group);
    examine_conflicts(group).await;
}

/// The second line of defence.
fn examine_backstop(group: &mut Group<'_>) {
    match Backstop::standing() {
        Ok(Held::Owned) => group.ok("the second line of defence stands; no other program can remove it"),
        Ok(Held::Orphaned) => group.warn(
            "the second line of defence stands, but no portico-netd guards it",
            "systemctl restart portico-netd",
        ),
        Ok(Held::Missing) => group.fail(
            "the second line of defence is missing: nothing holds while another program flushes nftables",
            "systemctl restart portico-netd, and see its log; Linux 5.12 or later is needed",
        ),
        Err(error) => group.warn(format!("{error}"), "run portico doctor as root"),
    }
}

async fn examine_conflicts(group: &mut Group<'_>) {
    let conflicts = match find_conflicts().await {
        Ok(conflicts) => conflicts,
        Err(RulesetError::Run(_)) => {
            group.fail("nft is missing", "apt install nftables");
            return;
        }
        Err(error) => {
            group.warn(format!("cannot be listed: {error}"), "run portico doctor as root");
            return;
        }
    };
    if conflicts.is_empty() {
        group.ok("no other ruleset stands in the way");
    }
    for conflict in conflicts {
        let place = format!("table {} chain {}", conflict.table, conflict.chain);
        match conflict.kind {
            ConflictKind::DropsInput => group.fail(
                format!("{place} drops what stations send to the gateway"),
                "let DHCP, DNS and the portal's ports in from the networks' interfaces, or remove it",
            ),
            ConflictKind::DropsForward => group.fail(
                format!("{place} drops what is forwarded"),
                "let the networks' interfaces and the uplink through, or remove it",
            ),
            ConflictKind::FlowTable => group.fail(
                format!("{place} moves flows past the forward hook"),
                "take the networks' interfaces out of it: a revoked station would stay online",
            ),
            ConflictKind::SetsMark => group.fail(
                format!("{place} sets packet marks, which tell Portico who has access"),
                "leave packets of the networks' interfaces unmarked",
            ),
            ConflictKind::RewritesDestination => group.warn(
                format!("{place} rewrites destinations"),
                "see that it leaves the networks' interfaces alone",
            ),
            ConflictKind::RewritesSource => group.warn(
                format!("{place} rewrites sources too"),
                "harmless, but one of the two is needless: remove it or set masquerade = false",
            ),
            ConflictKind::HooksDevice => group.warn(
                format!("{place} hooks at a device"),
                "see that it neither drops nor marks packets of the networks' interfaces",
            ),
        }
    }
}

async fn examine_own(group: &mut Group<'_>, config: &Config) {
    let mut listing = String::new();
    for family in ["netdev", "inet"] {
        match tool::run("nft", &["-t", "list", "table", family, "portico"], "").await {
            Outcome::Done(text) => listing.push_str(&text),
            Outcome::Refused(said) if said.contains("No such file or directory") => {}
            // The listing of the others says why.
            Outcome::Refused(_) | Outcome::Missing => return,
        }
    }
    match own(&listing, config) {
        Own::Loaded => group.ok("Portico's own ruleset is loaded"),
        Own::Closed => group.warn(
            "Portico's networks are closed, as at early boot: nobody is online, no portal answers",
            "systemctl start portico-netd",
        ),
        Own::Partial => group.fail(
            "Portico's own ruleset lacks a network or its interface: nobody there is served",
            "see that the interface exists, then systemctl restart portico-netd",
        ),
        Own::Missing => group.fail(
            "Portico's own ruleset is missing: no portal, no access; the second line of defence alone keeps stations in",
            "systemctl restart portico-lan-closed portico-netd",
        ),
    }
}

fn own(listing: &str, config: &Config) -> Own {
    if listing.is_empty() {
        return Own::Missing;
    }
    let has = |kind: &str, name: &str| {
        let wanted = format!("{kind} {name} {{");
        listing.lines().any(|line| line.trim() == wanted)
    };
    let mut networks = config.networks.iter();
    if !networks
        .clone()
        .any(|network| has("set", &format!("auth_{}", network.id)))
    {
        return Own::Closed;
    }
    let is_whole = networks.all(|network| {
        has("set", &format!("auth_{}", network.id)) && has("chain", &format!("from_stations_{}", network.id))
    });
    if is_whole { Own::Loaded } else { Own::Partial }
}
