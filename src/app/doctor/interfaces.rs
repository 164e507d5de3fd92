//! The uplink and the networks' interfaces: there, up, addressed, and their bridge ports isolated.

use serde::Deserialize;

use super::Group;
use super::tool::{self, Outcome};
use crate::config::Config;

/// One interface as `ip -d -j addr` tells it.
#[derive(Debug, Clone, Deserialize)]
struct Link {
    ifname: String,
    #[serde(default)]
    flags: Vec<String>,
    master: Option<String>,
    #[serde(default)]
    linkinfo: LinkInfo,
    #[serde(default)]
    addr_info: Vec<Address>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct LinkInfo {
    info_kind: Option<String>,
    #[serde(default)]
    info_slave_data: SlaveData,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct SlaveData {
    #[serde(default)]
    isolated: bool,
}

/// An address of the interface.
#[derive(Debug, Clone, Deserialize)]
struct Address {
    family: String,
    scope: String,
}

impl Link {
    fn is_up(&self) -> bool {
        self.flags.iter().any(|flag| flag == "UP")
    }

    fn has(&self, family: &str, scope: &str) -> bool {
        self.addr_info
            .iter()
            .any(|address| address.family == family && address.scope == scope)
    }
}

/// Examines all of them.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    let links = match tool::run("ip", &["-d", "-j", "addr", "show"], "").await {
        Outcome::Done(text) => serde_json::from_str::<Vec<Link>>(&text).unwrap_or_default(),
        Outcome::Missing | Outcome::Refused(_) => Vec::new(),
    };
    if links.is_empty() {
        group.fail("ip does not tell the interfaces", "apt install iproute2");
        return;
    }
    let uplink = config.gateway.uplink.as_str();
    if let Some(link) = present(group, &links, uplink, "uplink")
        && !link.has("inet", "global")
    {
        group.warn(
            format!("uplink {uplink} has no IPv4 address"),
            "let it get one from the provider",
        );
    }
    examine_route(group, uplink).await;
    for network in &config.networks {
        let name = network.interface.as_str();
        let label = format!("{}:", network.id);
        let Some(link) = present(group, &links, name, &label) else {
            continue;
        };
        examine_addresses(group, link, &label);
        if link.linkinfo.info_kind.as_deref() == Some("bridge") {
            examine_ports(group, &links, name, &label);
        }
    }
}

fn present<'l>(group: &mut Group<'_>, links: &'l [Link], name: &str, label: &str) -> Option<&'l Link> {
    let link = links.iter().find(|link| link.ifname == name);
    match link {
        None => group.fail(
            format!("{label} {name} does not exist"),
            "create it (firmware-config/network/), or write the name that `ip link` shows",
        ),
        Some(link) if !link.is_up() => {
            group.fail(
                format!("{label} {name} is down"),
                format!("ip link set {name} up"),
            );
        }
        Some(_) => group.ok(format!("{label} {name} is up")),
    }
    link
}

fn examine_addresses(group: &mut Group<'_>, link: &Link, label: &str) {
    let name = &link.ifname;
    if !link.has("inet", "global") {
        group.fail(
            format!("{label} {name} has no IPv4 address"),
            "give the gateway an address there: stations reach the portal by it",
        );
    }
    if !link.has("inet6", "global") {
        group.warn(
            format!("{label} {name} has no IPv6 address besides the link's own"),
            "give it a /64 of the provider's prefix, or live with IPv4 only",
        );
    }
}

fn examine_ports(group: &mut Group<'_>, links: &[Link], bridge: &str, label: &str) {
    let ports: Vec<&Link> = links
        .iter()
        .filter(|link| link.master.as_deref() == Some(bridge))
        .collect();
    let open: Vec<&str> = ports
        .iter()
        .filter(|port| !port.linkinfo.info_slave_data.isolated)
        .map(|port| port.ifname.as_str())
        .collect();
    if open.is_empty() {
        group.ok(format!(
            "{label} all {} ports of {bridge} are isolated",
            ports.len()
        ));
    } else {
        group.fail(
            format!(
                "{label} ports not isolated, stations there see each other: {}",
                open.join(", ")
            ),
            "bridge link set dev PORT isolated on (and in its configuration: firmware-config/network/)",
        );
    }
}

async fn examine_route(group: &mut Group<'_>, uplink: &str) {
    for (family, name) in [("-4", "IPv4"), ("-6", "IPv6")] {
        let asked = tool::run("ip", &[family, "route", "show", "default", "dev", uplink], "").await;
        match asked {
            Outcome::Done(routes) if !routes.trim().is_empty() => {
                group.ok(format!("{name} leaves by {uplink}"));
            }
            _ => group.warn(
                format!("no {name} default route by {uplink}"),
                "people reach nothing over it until the provider's route is there",
            ),
        }
    }
}
