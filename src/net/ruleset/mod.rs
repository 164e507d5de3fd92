//! The base ruleset: tables, chains, rules and empty sets, as nft text written from the
//! configuration; loading, checking and removing it; and what else on the machine stands in its way.
//!
//! # Who may do what
//! A station is its MAC address. Its first matching line counts; IPv4 and IPv6 are alike.
//!
//! | from | to | outcome |
//! |---|---|---|
//! | any station | anything but ARP, IPv4, IPv6; VLAN-tagged frames; from a group address | dropped |
//! | any station | as a router, a DHCP server or relay, or by source route (RA, redirect, `lsrr`, routing header) | dropped |
//! | any station | gateway: ARP, neighbour and router discovery, MLD, DHCP | allowed, 50 packets/s each |
//! | any station | gateway (any address of it): DNS, portal, echo | allowed; ports 80 and 443 are the portal's |
//! | any station | gateway: all else | refused |
//! | any station | from an address that is not of its network | dropped |
//! | any station | IP in frames to a reserved group address, which pass the bridge by | dropped |
//! | any station | another network, another interface than the uplink, multicast | refused |
//! | any station | protected destinations (private networks behind the uplink, unless configured otherwise) | refused |
//! | granted, exempt | Internet, within the rate | allowed; over the rate dropped |
//! | granted, exempt | more new connections a second, or connections at once, than one station may have; more than 20 broadcasts a second | dropped |
//! | granted, exempt | gateway: more than 100 packets a second of DNS | dropped |
//! | captive, blocked | any fragment | dropped |
//! | captive | walled garden (address and TCP port; by name: what the gateway's resolver just gave for it) | allowed, 300 packets/s each |
//! | captive, blocked | DNS anywhere | answered by the gateway, 20 packets/s each; where the garden has names, by Portico's forwarder |
//! | captive, blocked | TCP port 80 anywhere | answered by the portal, 20 new connections/s each |
//! | captive, blocked | all else | refused, 40 packets/s each |
//! | gateway | any station | allowed, outside the limits |
//! | Internet | granted, exempt | answers only, within the rate |
//! | Internet | captive | answers from the walled garden only |
//! | Internet | blocked | nothing |
//! | Internet | the portal's ports | dropped |
//! | Internet | gateway, in the name of a station | dropped |
//! | gateway | Internet, as a DHCP server | dropped |
//! | any station | anything, while a table of ours is missing | dropped by the backstop |
//! | Internet | any station, while a table of ours is missing | dropped by the backstop |
//!
//! *Refused* is a TCP reset, or ICMP "administratively prohibited", rate-limited over all stations.
//! TLS is never intercepted. Interfaces that are neither a network nor the uplink are left alone,
//! except that no station can reach them nor be reached from them.
//!
//! With `[forward] flowtable`, connections of granted stations are entered into a flow table once they
//! are answered, and then skip routing and the `inet` chains. Its hook comes after the `netdev` chains,
//! so that marks, limits and counters hold; it takes no packet whose hops are used up, so the `netdev`
//! chain leaves one hop to what has no access: its packets take the plain way, where they are refused.
//!
//! # How
//! `netdev` chains at the LAN interface look the MAC up and write the skb mark; `inet` chains act on
//! the mark, and refuse what has none. Should a table be missing (`nft flush ruleset`), the
//! [backstop](Backstop) drops all that was not judged; nobody but the helper can remove it. So a station
//! without access gets nowhere, whatever part is missing. The shares of
//! stations without access are sets with a bound; a station that finds no room (somebody invents
//! addresses) lives on a share of the crowd, and those already known keep their own.

mod backstop;
mod conflicts;
mod flowtable;
mod load;
mod nft;
mod standing;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use askama::Template;
use ipnet::IpNet;

use super::trunk;
use crate::config::{Config, InterfaceName, Network};
use crate::model::MOST_QUEUED;

pub use backstop::{BACKSTOP, Backstop, Held};
pub use conflicts::{Conflict, ConflictKind, find_conflicts};
pub use load::{Standing, check, close, fingerprint, load, remove, verify};
pub use nft::RulesetError;

/// The name of both tables, `netdev` and `inet`.
pub const TABLE: &str = "portico";

/// Marks of the packets of stations; the whole skb mark is overwritten.
pub mod mark {
    /// From a station without access. A packet without any mark has met no ruleset.
    pub const CAPTIVE: u32 = 0x8;
    /// From a granted or exempt station.
    pub const GRANTED: u32 = 0x1;
    /// From the Internet to a station, let through.
    pub const ANSWER: u32 = 0x21;
    /// From a captive station to the walled garden, or back; also the ct mark of such connections.
    pub const GARDEN: u32 = 0x2;
    /// From the gateway itself.
    pub const LOCAL: u32 = 0x4;
}

/// Zone of connection tracking in which the questions to DNS of stations without access begin, so that
/// none of their redirections outlives the grant. Any number that others on the gateway do not use.
const CAPTIVE_ZONE: u16 = 0x504f;

/// Connection marks of flows of granted stations whose addresses have been checked: these bits tell by
/// which rules, the others of which network.
const CHECKED_MASK: u32 = 0xffff_f000;
/// Keeps them apart from [`mark::GARDEN`] and from small numbers of other programs.
const CHECKED: u32 = 0x8000_0000;

/// What tells the packets of granted stations that no check of the `netdev` chain could apply to, cheapest
/// comparison first: IPv4 without options that is not ICMP; TCP and UDP over IPv6.
const QUICK: [&str; 3] = [
    "@nh,0,8 0x45 @nh,72,8 != 1 @th,16,16 & 0xfd98 != 0 @ll,96,16 0x0800",
    "@nh,48,8 6 @ll,96,16 0x86dd",
    "@nh,48,8 17 @th,16,16 & 0xfd98 != 0 @ll,96,16 0x86dd",
];

/// Smallest size of the sets `auth_ID`, `up_ID` and `down_ID`, elements.
const MIN_SET_SIZE: usize = 1_024;
/// Most stations without access that have a share of their own, by network: the kernel keeps some
/// 200 bytes for each in up to five sets.
const MAX_KNOWN: usize = 8_192;

/// Size of `named4_ID` and `named6_ID`, elements: twice what `core` opens at once, for those that have
/// run out and are not yet removed.
const NAMED_SIZE: usize = 8_192;

/// How many elements the access sets of a network may hold: twice the stations remembered (an element
/// outlives its station by the fail-safe's minute), at least 1,024, a power of two.
#[must_use]
pub fn set_size(network: &Network) -> usize {
    let wanted = network.policy.max_stations.saturating_mul(2);
    wanted
        .max(MIN_SET_SIZE)
        .checked_next_power_of_two()
        .unwrap_or(wanted)
}

/// The whole ruleset as nft text, every network attached to its interface.
///
/// # Errors
/// [`RulesetError::Render`].
pub fn render(config: &Config) -> Result<String, RulesetError> {
    render_with(config, |_| true, |_| None, config.forward.flowtable, &[])
}

/// [`render`] with only the interfaces attached that exist, what every packet meets comparing an interface
/// by its `index` where it has one, with a flow table or not, and with `stale` commands that run after all
/// rules were flushed.
fn render_with(
    config: &Config,
    attached: impl Fn(&InterfaceName) -> bool,
    index: impl Fn(&InterfaceName) -> Option<u32>,
    flowtable: bool,
    stale: &[String],
) -> Result<String, RulesetError> {
    let ports = |list: &[u16]| {
        let unique: std::collections::BTreeSet<u16> = list.iter().copied().collect();
        join(unique.iter())
    };
    let (http, https) = (config.portal.http_port, config.portal.https_port);
    // Merged: an anonymous set refuses prefixes that overlap.
    let protected = IpNet::aggregate(&config.gateway.protected);
    let shortened = config
        .networks
        .iter()
        .map(|network| &network.interface)
        .chain([&config.gateway.uplink])
        .filter(|interface| flowtable && attached(interface));
    let checked = checked(config, &protected);
    let queued = config.queued_ways();
    let text = RulesetText {
        shortened: join(shortened.map(quoted)),
        stale,
        networks: config
            .networks
            .iter()
            .zip(1..)
            .map(|(network, number)| NetworkText {
                checked: hex(checked | number),
                queue_down: waking(number).filter(|_| queued[0]),
                queue_up: waking(number).filter(|_| queued[1]),
                port: Port::new(&network.interface, &index),
                ..NetworkText::new(network, attached(&network.interface))
            })
            .collect(),
        uplink_port: Port::new(&config.gateway.uplink, &index),
        quick: QUICK,
        checked: hex(checked),
        checked_mask: hex(CHECKED_MASK),
        lans: quoted_lans(config),
        named_lans: join(
            config
                .networks
                .iter()
                .filter(|network| is_named(network))
                .map(|network| quoted(&network.interface)),
        ),
        named_size: NAMED_SIZE,
        queues_up: if queued[1] {
            jumps(config, "queue")
        } else {
            String::new()
        },
        queued_size: 2 * MOST_QUEUED,
        others: class(trunk::OTHERS),
        connections: jumps(config, "connections"),
        groups: jumps(config, "groups"),
        resolving: jumps(config, "resolving"),
        dns_port: config.portal.dns_port,
        uplink: quoted(&config.gateway.uplink),
        masquerade: config.gateway.masquerade,
        http_port: http,
        https_port: https,
        protected4: join(protected.iter().filter(|net| net.addr().is_ipv4())),
        protected6: join(protected.iter().filter(|net| net.addr().is_ipv6())),
        portal_ports: ports(&[http, https]),
        web_ports: ports(&[80, 443, http, https]),
        captive: hex(mark::CAPTIVE),
        captive_zone: CAPTIVE_ZONE,
        granted: hex(mark::GRANTED),
        answer: hex(mark::ANSWER),
        garden: hex(mark::GARDEN),
        local: hex(mark::LOCAL),
    };
    Ok(text.render()?)
}

/// Another number whenever something changes on which a flow that was let through depends.
fn checked(config: &Config, protected: &[IpNet]) -> u32 {
    let mut hasher = DefaultHasher::new();
    protected.hash(&mut hasher);
    config.gateway.uplink.as_str().hash(&mut hasher);
    for network in &config.networks {
        network.interface.as_str().hash(&mut hasher);
    }
    let [a, b, c, d, ..] = hasher.finish().to_be_bytes();
    CHECKED | (u32::from_be_bytes([a, b, c, d]) & CHECKED_MASK)
}

/// The connection marks of flows of granted stations whose addresses have been checked, by network in the order of the
/// configuration.
pub fn checked_marks(config: &Config) -> impl Iterator<Item = u32> {
    let checked = checked(config, &IpNet::aggregate(&config.gateway.protected));
    (1..).map(move |number: u32| checked | number)
}

/// A ruleset that lets nothing pass between the LANs and anything else, or nothing at all between any
/// interfaces when the configuration cannot be read.
fn render_closed(
    config: Option<&Config>,
    attached: impl Fn(&InterfaceName) -> bool,
) -> Result<String, RulesetError> {
    let networks = config.map_or(&[] as &[Network], |config| &config.networks);
    let text = ClosedText {
        networks: networks
            .iter()
            .map(|network| NetworkText::new(network, attached(&network.interface)))
            .collect(),
        lans: config.map(quoted_lans).unwrap_or_default(),
    };
    Ok(text.render()?)
}

#[derive(Template)]
#[template(path = "ruleset.nft", escape = "none")]
struct RulesetText<'a> {
    shortened: String,
    checked: String,
    checked_mask: String,
    named_lans: String,
    named_size: usize,
    queues_up: String,
    queued_size: usize,
    others: String,
    connections: String,
    groups: String,
    resolving: String,
    dns_port: u16,
    stale: &'a [String],
    networks: Vec<NetworkText<'a>>,
    lans: String,
    uplink: String,
    uplink_port: Port,
    quick: [&'static str; 3],
    masquerade: bool,
    http_port: u16,
    https_port: u16,
    protected4: String,
    protected6: String,
    portal_ports: String,
    web_ports: String,
    captive: String,
    captive_zone: u16,
    granted: String,
    answer: String,
    garden: String,
    local: String,
}

#[derive(Template)]
#[template(path = "closed.nft", escape = "none")]
struct ClosedText<'a> {
    networks: Vec<NetworkText<'a>>,
    lans: String,
}

/// An interface as the rules of every packet tell it: `iif 3`, or `iifname "br0"`, which costs as much as
/// entering two more chains. Should the interface be made anew, the number fits none until the helper has
/// loaded the ruleset again; what is not quick goes by names.
#[derive(Default)]
struct Port {
    /// `name` or nothing, to follow `iif` or `oif`.
    by: &'static str,
    key: String,
}

impl Port {
    fn new(interface: &InterfaceName, index: impl Fn(&InterfaceName) -> Option<u32>) -> Self {
        index(interface).map_or_else(
            || Self {
                by: "name",
                key: quoted(interface),
            },
            |index| Self {
                by: "",
                key: index.to_string(),
            },
        )
    }
}

struct NetworkText<'a> {
    checked: String,
    port: Port,
    id: &'a str,
    interface: &'a str,
    attached: bool,
    size: usize,
    known: usize,
    new_connections: usize,
    connections: usize,
    blocked: Vec<String>,
    garden4: Vec<String>,
    garden6: Vec<String>,
    named: bool,
    /// Exempt stations.
    exempt: Vec<String>,
    /// The class of stations without a queue of their own, where there are queues.
    queue_down: Option<String>,
    queue_up: Option<String>,
}

impl<'a> NetworkText<'a> {
    fn new(network: &'a Network, attached: bool) -> Self {
        let size = set_size(network);
        let (garden4, garden6) = garden_elements(network);
        Self {
            checked: String::new(),
            port: Port::default(),
            id: network.id.as_str(),
            interface: network.interface.as_str(),
            attached,
            size,
            known: size.min(MAX_KNOWN),
            new_connections: network.guards.new_connections,
            connections: network.guards.connections,
            blocked: network.policy.blocked.iter().map(ToString::to_string).collect(),
            garden4,
            garden6,
            named: is_named(network),
            exempt: network.policy.exempt.iter().map(ToString::to_string).collect(),
            queue_down: None,
            queue_up: None,
        }
    }
}

/// Whether the network's garden has names, so that its captive stations are answered by the forwarder.
const fn is_named(network: &Network) -> bool {
    !network.garden_names.is_empty()
}

/// `address . port` elements, IPv4 and IPv6. Prefixes are merged per port: an interval set refuses
/// elements that overlap.
fn garden_elements(network: &Network) -> (Vec<String>, Vec<String>) {
    let mut by_port: BTreeMap<u16, Vec<IpNet>> = BTreeMap::new();
    for entry in &network.garden {
        for port in &entry.ports {
            by_port.entry(*port).or_default().push(entry.to.trunc());
        }
    }
    let (mut four, mut six) = (Vec::new(), Vec::new());
    for (port, nets) in &by_port {
        for net in IpNet::aggregate(nets) {
            let element = format!("{net} . {port}");
            match net {
                IpNet::V4(_) => four.push(element),
                IpNet::V6(_) => six.push(element),
            }
        }
    }
    (four, six)
}

/// A verdict map's elements: from the interface of each network to its chain of this kind.
fn jumps(config: &Config, kind: &str) -> String {
    let jump = |network: &Network| format!("{} : jump {kind}_{}", quoted(&network.interface), network.id);
    join(config.networks.iter().map(jump))
}

/// The class of the stations of the network of this number (from 1) that have no queue of their own.
fn waking(number: u32) -> Option<String> {
    let place = usize::try_from(number).ok()?.checked_sub(1)?;
    trunk::waking_class(place).map(class)
}

/// As nft writes it.
fn class(class: u32) -> String {
    format!("{:x}:{:x}", class >> 16, class & 0xffff)
}

fn quoted(name: &InterfaceName) -> String {
    format!("\"{}\"", name.as_str())
}

fn quoted_lans(config: &Config) -> String {
    join(config.networks.iter().map(|network| quoted(&network.interface)))
}

fn hex(mark: u32) -> String {
    format!("{mark:#x}")
}

fn join<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(in crate::net) mod tests;
