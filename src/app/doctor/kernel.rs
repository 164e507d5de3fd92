//! What the kernel can do, tried in throw-away network namespaces.

use super::Group;
use super::tool::{self, Outcome};
use crate::config::Config;

/// Whether Portico works without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
    /// Works without, though the configuration asks for it by this line.
    Asked(&'static str),
}

/// How a feature is tried, inside a new network namespace.
#[derive(Debug, Clone, Copy)]
enum Trial {
    /// The ruleset loads.
    Ruleset(&'static str),
    /// The command succeeds.
    Command(&'static [&'static str]),
}

struct Feature {
    name: &'static str,
    need: Need,
    trial: Trial,
}

const FLOW_TABLES: &str = "flow tables";

const FEATURES: [Feature; 13] = [
    Feature {
        name: "nf_tables at the device's ingress",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table netdev t { chain c { type filter hook ingress device \"lo\" priority -150;\n}\n}",
        ),
    },
    Feature {
        name: "nf_tables at the device's egress (Linux 5.16)",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table netdev t { chain c { type filter hook egress device \"lo\" priority -150;\n}\n}",
        ),
    },
    Feature {
        name: "sets with a limit and counter for each element",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table netdev t { set s { type ether_addr; size 1024; flags dynamic,timeout;\n}\n}\n\
             add element netdev t s { 02:00:00:00:00:01 limit rate 1000000 bytes/second burst 65536 bytes counter timeout 1m }",
        ),
    },
    Feature {
        name: "connection tracking",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { chain c { type filter hook forward priority 0; ct state established accept;\n}\n}",
        ),
    },
    Feature {
        name: "zones of connection tracking",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { chain c { type filter hook prerouting priority -300; ct original zone set 5;\n}\n}",
        ),
    },
    Feature {
        name: "connections counted by station",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { set s { type ether_addr; size 16; flags dynamic;\n}\n\
             chain c { type filter hook forward priority 0; add @s { ether saddr ct count over 9 } drop;\n}\n}",
        ),
    },
    Feature {
        name: "redirect and masquerade",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { chain a { type nat hook prerouting priority -100; tcp dport 80 redirect to :8080;\n}\n\
             chain b { type nat hook postrouting priority 100; masquerade;\n}\n}",
        ),
    },
    Feature {
        name: "reject with TCP reset and ICMP",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { chain c { type filter hook forward priority 0; meta l4proto tcp reject with tcp reset\n\
             reject with icmpx type admin-prohibited;\n}\n}",
        ),
    },
    Feature {
        name: "local addresses in rules (fib)",
        need: Need::Required,
        trial: Trial::Ruleset(
            "table inet t { chain c { type filter hook prerouting priority 0; fib daddr type local accept;\n}\n}",
        ),
    },
    Feature {
        name: "bridges",
        need: Need::Optional,
        trial: Trial::Command(&["ip", "link", "add", "name", "b0", "type", "bridge"]),
    },
    Feature {
        name: "VLANs",
        need: Need::Optional,
        trial: Trial::Command(&[
            "sh",
            "-c",
            "ip link add name b0 type bridge && ip link add link b0 name b0.5 type vlan id 5",
        ]),
    },
    Feature {
        name: FLOW_TABLES,
        need: Need::Optional,
        trial: Trial::Ruleset(
            "table inet t { flowtable f { hook ingress priority 0; devices = { lo }; counter;\n}\n\
             chain c { type filter hook forward priority 0; meta l4proto tcp flow add @f;\n}\n}",
        ),
    },
    Feature {
        name: "network emulator netem",
        need: Need::Optional,
        trial: Trial::Command(&[
            "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "10ms",
        ]),
    },
];

/// Tries every feature.
pub(super) async fn examine(group: &mut Group<'_>, config: Option<&Config>) {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    group.ok(format!("Linux {}", release.trim()));
    match tool::run("unshare", &["-n", "true"], "").await {
        Outcome::Done(_) => {}
        Outcome::Missing => {
            group.warn("features not tried: unshare is missing", "apt install util-linux");
            return;
        }
        Outcome::Refused(_) => {
            group.warn(
                "features not tried: a throw-away network namespace needs root",
                "run portico doctor as root",
            );
            return;
        }
    }
    for mut feature in FEATURES {
        if feature.name == FLOW_TABLES && config.is_some_and(|config| config.forward.flowtable) {
            feature.need = Need::Asked("[forward] flowtable = true");
        }
        tell(group, &feature, &try_out(feature.trial).await);
    }
}

async fn try_out(trial: Trial) -> Outcome {
    match trial {
        Trial::Ruleset(text) => match tool::run("nft", &["--version"], "").await {
            Outcome::Done(_) => tool::run("unshare", &["-n", "nft", "-f", "-"], text).await,
            _ => Outcome::Missing,
        },
        Trial::Command(command) => {
            let args: Vec<&str> = ["-n"].into_iter().chain(command.iter().copied()).collect();
            tool::run("unshare", &args, "").await
        }
    }
}

fn tell(group: &mut Group<'_>, feature: &Feature, outcome: &Outcome) {
    let name = feature.name;
    match (outcome, feature.need) {
        (Outcome::Done(_), _) => group.ok(name),
        (Outcome::Missing, Need::Required) => group.fail(
            format!("{name}: not tried, nft is missing"),
            "apt install nftables",
        ),
        (Outcome::Refused(why), Need::Required) => group.fail(
            format!("{name}: missing ({why})"),
            "use a kernel with nf_tables as Debian builds it, 5.16 or newer",
        ),
        (_, Need::Asked(line)) => group.warn(
            format!("{name}: absent, so {line} changes nothing"),
            "use a kernel as Debian builds it, or take the line out",
        ),
        (_, Need::Optional) => group.ok(format!("{name}: absent, not needed unless configured")),
    }
}
