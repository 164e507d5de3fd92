//! Rulesets of other programs that could stand in the way, for `portico doctor`.

use nftables::schema::{Chain, NfListObject, Rule};
use nftables::stmt::Statement;
use nftables::types::{NfChainPolicy, NfChainType, NfFamily, NfHook};
use serde::Deserialize;

use super::{RulesetError, TABLE, nft};

/// What a foreign chain does that may hinder the stations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictKind {
    /// Drops by default what stations send to the gateway (DHCP, DNS, portal).
    DropsInput,
    /// Drops by default what is forwarded.
    DropsForward,
    /// Rewrites destinations too (port forwarding, another portal's redirect).
    RewritesDestination,
    /// Rewrites sources too; usually harmless beside ours, needless with `masquerade = true`.
    RewritesSource,
    /// Hooks at a network device: may drop or mark before us.
    HooksDevice,
    /// Moves flows past the forward hook.
    FlowTable,
    /// Sets packet marks, as ours does.
    SetsMark,
}

/// A chain of another program.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Conflict {
    /// `family table`.
    pub table: String,
    /// Chain or flow table.
    pub chain: String,
    /// What it does.
    pub kind: ConflictKind,
}

#[derive(Deserialize)]
struct Listing {
    nftables: Vec<serde_json::Value>,
}

/// Every chain on the machine that is not ours and may hinder us, sorted.
///
/// # Errors
/// [`RulesetError`].
pub async fn find_conflicts() -> Result<Vec<Conflict>, RulesetError> {
    let text = nft::run(&["-j", "-s", "-t", "list", "ruleset"], "").await?;
    conflicts_in(&text)
}

fn conflicts_in(text: &str) -> Result<Vec<Conflict>, RulesetError> {
    let listing: Listing =
        serde_json::from_str(text).map_err(|error| RulesetError::Unreadable(error.to_string()))?;
    // One at a time: a statement that the typed schema does not know must not hide the rest.
    let objects = listing
        .nftables
        .into_iter()
        .filter_map(|object| serde_json::from_value::<NfListObject<'_>>(object).ok());
    let mut found: Vec<Conflict> = objects.filter_map(|object| conflict_of(&object)).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

fn conflict_of(object: &NfListObject<'_>) -> Option<Conflict> {
    let (family, table, chain, kind) = match object {
        NfListObject::Chain(chain) => (chain.family, &chain.table, &chain.name, chain_conflict(chain)?),
        NfListObject::FlowTable(flow) => (flow.family, &flow.table, &flow.name, ConflictKind::FlowTable),
        NfListObject::Rule(rule) if sets_mark(rule) => {
            (rule.family, &rule.table, &rule.chain, ConflictKind::SetsMark)
        }
        _ => return None,
    };
    if table == TABLE {
        return None;
    }
    Some(Conflict {
        table: format!("{} {table}", family_name(family)),
        chain: chain.to_string(),
        kind,
    })
}

fn chain_conflict(chain: &Chain<'_>) -> Option<ConflictKind> {
    let drops = chain.policy == Some(NfChainPolicy::Drop);
    match (chain.hook?, chain._type?) {
        (NfHook::Ingress | NfHook::Egress, _) => Some(ConflictKind::HooksDevice),
        (NfHook::Prerouting, NfChainType::NAT) => Some(ConflictKind::RewritesDestination),
        (NfHook::Postrouting, NfChainType::NAT) => Some(ConflictKind::RewritesSource),
        (NfHook::Input, _) if drops => Some(ConflictKind::DropsInput),
        (NfHook::Forward, _) if drops => Some(ConflictKind::DropsForward),
        _ => None,
    }
}

fn sets_mark(rule: &Rule<'_>) -> bool {
    rule.expr.iter().any(|statement| {
        let Statement::Mangle(mangle) = statement else {
            return false;
        };
        serde_json::to_value(&mangle.key).is_ok_and(|key| key["meta"]["key"] == "mark")
    })
}

const fn family_name(family: NfFamily) -> &'static str {
    match family {
        NfFamily::IP => "ip",
        NfFamily::IP6 => "ip6",
        NfFamily::INet => "inet",
        NfFamily::ARP => "arp",
        NfFamily::Bridge => "bridge",
        NfFamily::NetDev => "netdev",
    }
}

#[cfg(test)]
mod tests {
    use super::{ConflictKind, conflicts_in};

    #[test]
    fn foreign_chains_are_found_and_ours_are_not() {
        let chain = |table: &str, name: &str, rest: &str| {
            format!(r#"{{"chain":{{"family":"inet","table":"{table}","name":"{name}","handle":1,{rest}}}}}"#)
        };
        let drop = r#""type":"filter","hook":"forward","prio":0,"policy":"drop""#;
        let accept = r#""type":"filter","hook":"forward","prio":0,"policy":"accept""#;
        let text = format!(
            r#"{{"nftables":[{{"metainfo":{{"version":"1.0.6","json_schema_version":1}}}},{},{},{},
            {{"rule":{{"family":"inet","table":"fw","chain":"mangle","handle":2,"expr":[
                {{"mangle":{{"key":{{"meta":{{"key":"mark"}}}},"value":1}}}}]}}}},
            {{"rule":{{"family":"inet","table":"fw","chain":"odd","handle":3,"expr":[{{"unheard of":1}}]}}}}]}}"#,
            chain("fw", "closed", drop),
            chain("fw", "open", accept),
            chain("portico", "forward_stations", drop),
        );
        let found: Vec<_> = conflicts_in(&text)
            .unwrap()
            .into_iter()
            .map(|conflict| (conflict.chain, conflict.kind))
            .collect();
        assert_eq!(
            found,
            [
                ("closed".to_owned(), ConflictKind::DropsForward),
                ("mangle".to_owned(), ConflictKind::SetsMark),
            ]
        );
    }
}
