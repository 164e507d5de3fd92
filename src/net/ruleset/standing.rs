//! What stands of our two tables, read from a stateless listing. Text and not JSON: the JSON of nft
//! 1.0.6 leaves out the device of a chain.

use std::collections::BTreeMap;

use super::TABLE;

/// The families in which a table of ours stands.
pub(super) const FAMILIES: [&str; 2] = ["netdev", "inet"];

/// The named parts of one table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// Chain → its `type … hook …` line, empty for a chain without a hook.
    pub(super) chains: BTreeMap<String, String>,
    /// Sets.
    pub(super) sets: Vec<String>,
    /// Maps.
    pub(super) maps: Vec<String>,
    /// Counters.
    pub(super) counters: Vec<String>,
    /// Flow tables.
    pub(super) flowtables: Vec<String>,
}

impl Parts {
    /// Reads the listing (`nft -s -t list table …`) or our own rendered text.
    pub(super) fn read(listing: &str) -> Self {
        let mut parts = Self::default();
        let mut chain: Option<String> = None;
        for line in listing.lines() {
            let line = line.trim();
            if let Some(name) = opened(line, "chain") {
                parts.chains.entry(name.to_owned()).or_default();
                chain = Some(name.to_owned());
            } else if let Some(name) = opened(line, "set") {
                parts.sets.push(name.to_owned());
            } else if let Some(name) = opened(line, "map") {
                parts.maps.push(name.to_owned());
            } else if let Some(name) = opened(line, "counter") {
                parts.counters.push(name.to_owned());
            } else if let Some(name) = opened(line, "flowtable") {
                parts.flowtables.push(name.to_owned());
            } else if let (Some(name), true) = (&chain, line.starts_with("type ") && line.contains(" hook "))
            {
                parts.chains.insert(name.clone(), line.to_owned());
            } else if line.starts_with('}') {
                chain = None;
            }
        }
        parts
    }
}

/// The name in `KIND NAME {…`.
fn opened<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let (name, rest) = line.strip_prefix(kind)?.strip_prefix(' ')?.split_once(' ')?;
    rest.starts_with('{').then_some(name)
}

/// The part of a listing, or of our own text, that belongs to our table of a family.
pub(super) fn table_text(text: &str, family: &str) -> Option<String> {
    let header = format!("table {family} {TABLE} {{");
    let mut inside = false;
    let mut kept = None;
    for line in text.lines() {
        if line.trim_end() == header {
            inside = true;
            kept.get_or_insert_with(String::new);
        } else if line == "}" {
            inside = false;
        } else if let (true, Some(kept)) = (inside, &mut kept) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

/// Commands that remove what stands and is no longer wanted, or is attached elsewhere; they run after
/// every rule was flushed, so nothing refers to anything. A flow table goes in any case, to be made anew:
/// the flows in it were admitted by rules that may have changed.
pub(super) fn stale_commands(family: &str, standing: &Parts, wanted: &Parts) -> Vec<String> {
    let mut commands: Vec<String> = standing
        .flowtables
        .iter()
        .map(|name| format!("delete flowtable {family} {TABLE} {name}"))
        .collect();
    for (name, hook) in &standing.chains {
        if wanted
            .chains
            .get(name)
            .is_none_or(|wanted| !same_hook(hook, wanted))
        {
            commands.push(format!("delete chain {family} {TABLE} {name}"));
        }
    }
    for name in standing.sets.iter().filter(|name| !wanted.sets.contains(name)) {
        commands.push(format!("delete set {family} {TABLE} {name}"));
    }
    for name in standing.maps.iter().filter(|name| !wanted.maps.contains(name)) {
        commands.push(format!("delete map {family} {TABLE} {name}"));
    }
    for name in standing
        .counters
        .iter()
        .filter(|name| !wanted.counters.contains(name))
    {
        commands.push(format!("delete counter {family} {TABLE} {name}"));
    }
    commands
}

/// Whether two `type … hook …` lines mean the same; versions of nft print names for some priorities,
/// and one device as a list.
fn same_hook(standing: &str, wanted: &str) -> bool {
    let words = |line: &str| -> Vec<String> {
        line.split([' ', ';', ',', '"', '{', '}', '='])
            .filter(|word| !word.is_empty())
            .map(|word| match word {
                "devices" => "device",
                "raw" => "-300",
                "dstnat" => "-100",
                "filter" => "0",
                "srcnat" => "100",
                other => other,
            })
            .map(str::to_owned)
            .collect()
    };
    words(standing) == words(wanted)
}

#[cfg(test)]
mod tests {
    use super::{Parts, same_hook, stale_commands};

    const OLD: &str = "table netdev portico {
\tcounter foreign_a {
\t\tcomment \"x\"
\t}
\tset auth_a {
\t\ttype ether_addr
\t}
\tmap queue_down_a {
\t\ttype ether_addr : classid
\t}
\tchain from_stations_a {
\t\ttype filter hook ingress device \"br0\" priority -150; policy drop;
\t\tmeta mark set 0x00000000
\t}
\tchain captive_a {
\t}
}";

    #[test]
    fn only_what_left_or_moved_is_removed() {
        let old = Parts::read(OLD);
        assert_eq!(
            stale_commands("netdev", &old, &old),
            Vec::<String>::new(),
            "the same is kept"
        );
        let moved = Parts::read(&OLD.replace("br0", "br1"));
        assert_eq!(
            stale_commands("netdev", &old, &moved),
            ["delete chain netdev portico from_stations_a"]
        );
        let renamed = Parts::read(&OLD.replace("_a {", "_b {"));
        assert_eq!(
            stale_commands("netdev", &old, &renamed),
            [
                "delete chain netdev portico captive_a",
                "delete chain netdev portico from_stations_a",
                "delete set netdev portico auth_a",
                "delete map netdev portico queue_down_a",
                "delete counter netdev portico foreign_a",
            ]
        );
    }

    #[test]
    fn a_flow_table_is_made_anew() {
        let standing = Parts::read("\tflowtable granted_flows {\n\t\thook ingress priority filter\n\t}\n");
        assert_eq!(
            stale_commands("inet", &standing, &standing),
            ["delete flowtable inet portico granted_flows"]
        );
    }

    #[test]
    fn hooks_are_compared_by_meaning() {
        assert!(same_hook(
            "type filter hook ingress devices = { \"br0\" } priority -150; policy drop;",
            "type filter hook ingress device \"br0\" priority -150; policy drop;",
        ));
        assert!(same_hook(
            "type nat hook prerouting priority dstnat; policy accept;",
            "type nat hook prerouting priority -100; policy accept;",
        ));
        assert!(!same_hook(
            "type filter hook ingress device \"br0\" priority -150; policy drop;",
            "type filter hook ingress device \"br0\" priority -150; policy accept;",
        ));
    }
}
