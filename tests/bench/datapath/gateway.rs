//! One gateway of each kind, all at once, so that a round can visit each in turn.
//!
//! ```text
//!  street ── sta0 === lan0 ── gateway ── wan0 === net0 ── internet
//! ```
//!
//! Between wan0 and net0 there may be a longer way. All have the same addresses, so that the same packets pass through each. Street and Internet drop the
//! generator's packets as soon as they arrive.

use std::fs::File;
use std::io::{Read, Seek};
use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use portico::app::lab::isolation::{Namespace, sender_on};
use portico::app::lab::phone::interface_index;
use portico::model::Mac;
use portico::net::fastpath::Hastened;
use portico::net::nftables::Nftables;
use portico::net::ruleset::Backstop;
use socket2::Socket;

use super::bed;
use super::packets::End;

/// The gateway on the LAN, a network of 14 bits.
pub(crate) const LAN_ADDRESS: Ipv4Addr = Ipv4Addr::new(100, 64, 0, 1);
/// The gateway's address on the Internet.
pub(crate) const WAN: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 2);
/// A server on the Internet.
pub(crate) const SERVER: Ipv4Addr = Ipv4Addr::new(198, 18, 0, 1);
/// Where the small packets go (RFC 863, discard).
const DISCARD: u16 = 9;
/// Source ports in use, so that no two flows need the same one after the translation.
const PORTS: u32 = 60_000;

/// The devices that are no station's.
#[derive(Clone, Copy)]
pub(crate) enum Device {
    /// The gateway's, towards the stations.
    Lan,
    /// The gateway's, towards the Internet.
    Wan,
    /// The server's.
    Net,
}

impl Device {
    pub(crate) fn mac(self) -> Result<Mac> {
        let last = match self {
            Self::Lan => 1,
            Self::Wan => 2,
            Self::Net => 3,
        };
        Ok(Mac::new([2, 0xee, 0, 0, 0, last])?)
    }
}

/// See the module.
pub(crate) struct Gateway {
    pub(crate) router: Namespace,
    pub(crate) street: Namespace,
    pub(crate) internet: Namespace,
    /// Send from the street and from the Internet.
    pub(crate) up: Socket,
    pub(crate) down: Socket,
    street_device: File,
    internet_device: File,
    /// Whether sources are translated on the way up.
    pub(crate) translates: bool,
    /// Portico's second line of defence.
    pub(crate) backstop: Option<Backstop>,
    /// Portico's access, and its fast path.
    pub(crate) kernel: Option<Hastened<Nftables>>,
}

/// A station's address.
pub(crate) fn address(station: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(100, 64, 1, 0).to_bits() + station)
}

/// One packet of a station to the Internet.
pub(crate) fn upward(station: u32) -> Result<(End, End)> {
    let (port, server) = flow(station)?;
    let from = End {
        mac: bed::mac(station)?,
        address: address(station),
        port,
    };
    let to = End {
        mac: Device::Lan.mac()?,
        address: server,
        port: DISCARD,
    };
    Ok((from, to))
}

/// The answer to it.
pub(crate) fn downward(station: u32, translated: bool) -> Result<(End, End)> {
    let (port, server) = flow(station)?;
    let from = End {
        mac: Device::Net.mac()?,
        address: server,
        port: DISCARD,
    };
    let to = End {
        mac: Device::Wan.mac()?,
        address: if translated { WAN } else { address(station) },
        port,
    };
    Ok((from, to))
}

fn flow(station: u32) -> Result<(u16, Ipv4Addr)> {
    let port = u16::try_from(1_024 + station % PORTS)?;
    let server = Ipv4Addr::from_bits(Ipv4Addr::new(198, 18, 1, 0).to_bits() + station / PORTS);
    Ok((port, server))
}

impl Gateway {
    /// A plain router that knows so many stations.
    pub(crate) fn new(name: &str, stations: u32) -> Result<Self> {
        Self::by_way_of(None, name, stations)
    }

    /// The same, and what goes between wan0 and net0 passes through a namespace: in at near0, out at far0.
    pub(crate) fn by_way_of(way: Option<&Namespace>, name: &str, stations: u32) -> Result<Self> {
        let router = Namespace::new(name)?;
        let street = Namespace::new("street")?;
        let internet = Namespace::new("internet")?;
        for namespace in [&router, &street, &internet] {
            namespace.sysctl("net/ipv6/conf/default/disable_ipv6", "1")?;
            namespace.sysctl("net/ipv4/conf/all/rp_filter", "0")?;
            namespace.sysctl("net/ipv4/conf/default/rp_filter", "0")?;
            namespace.ip(&["link set lo up".to_owned()])?;
        }
        router.sysctl("net/ipv4/ip_forward", "1")?;
        lay_cables(&router, &street)?;
        connect_internet(&router, way, &internet)?;
        router.wait_for_carrier("lan0")?;
        router.wait_for_carrier("wan0")?;
        settle(&router, stations)?;
        let open = |namespace: &Namespace, device: &'static str| -> Result<(Socket, File)> {
            namespace.within(|| {
                let socket = sender_on(interface_index(device)?)?;
                Ok((socket, File::open("/proc/thread-self/net/dev")?))
            })?
        };
        let (up, street_device) = open(&street, "sta0")?;
        let (down, internet_device) = open(&internet, "net0")?;
        for (namespace, device, end) in [(&street, "sta0", "sport"), (&internet, "net0", "dport")] {
            let sink = format!(
                "table netdev sink {{
 chain in {{ type filter hook ingress device {device} priority 0; udp {end} {DISCARD} drop; }}
}}\n"
            );
            bed::nft(namespace, &sink)?;
        }
        Ok(Self {
            router,
            street,
            internet,
            up,
            down,
            street_device,
            internet_device,
            translates: false,
            backstop: None,
            kernel: None,
        })
    }

    /// Connections that its fast path knows; `None` where it has none.
    pub(crate) fn known_flows(&mut self) -> Option<u64> {
        let fast_path = self.kernel.as_mut()?.fast()?;
        Some(fast_path.flows())
    }

    /// Packets that have arrived in the street, and on the Internet.
    pub(crate) fn arrived(&mut self) -> Result<(f64, f64)> {
        Ok((
            received(&mut self.street_device, "sta0:")?,
            received(&mut self.internet_device, "net0:")?,
        ))
    }
}

fn lay_cables(router: &Namespace, street: &Namespace) -> Result<()> {
    let lan = Device::Lan.mac()?;
    router.ip(&[
        format!(
            "link add lan0 address {lan} type veth peer name sta0 address {} netns {}",
            bed::mac(0)?,
            street.path()
        ),
        format!("address add {LAN_ADDRESS}/14 dev lan0"),
        "link set lan0 up".to_owned(),
    ])?;
    street.ip(&[
        format!("address add {}/14 dev sta0", address(0)),
        "link set sta0 up".to_owned(),
        format!("route add default via {LAN_ADDRESS}"),
        format!("neighbour replace {LAN_ADDRESS} lladdr {lan} dev sta0 nud permanent"),
    ])
}

fn connect_internet(router: &Namespace, way: Option<&Namespace>, internet: &Namespace) -> Result<()> {
    let (wan, net) = (Device::Wan.mac()?, Device::Net.mac()?);
    match way {
        None => router.ip(&[format!(
            "link add wan0 address {wan} type veth peer name net0 address {net} netns {}",
            internet.path()
        )])?,
        Some(way) => {
            way.sysctl("net/ipv6/conf/default/disable_ipv6", "1")?;
            for (namespace, device, mac, end) in
                [(router, "wan0", wan, "near0"), (internet, "net0", net, "far0")]
            {
                namespace.ip(&[format!(
                    "link add {device} address {mac} type veth peer name {end} netns {}",
                    way.path()
                )])?;
            }
            way.ip(&["link set near0 up".to_owned(), "link set far0 up".to_owned()])?;
        }
    }
    router.ip(&[
        format!("address add {WAN}/24 dev wan0"),
        "link set wan0 up".to_owned(),
        format!("route add default via {SERVER}"),
        format!("neighbour replace {SERVER} lladdr {net} dev wan0 nud permanent"),
    ])?;
    internet.ip(&[
        format!("address add {SERVER}/24 dev net0"),
        "link set net0 up".to_owned(),
        format!("route add default via {WAN}"),
        format!("neighbour replace {WAN} lladdr {wan} dev net0 nud permanent"),
    ])
}

/// The router knows all stations.
fn settle(router: &Namespace, stations: u32) -> Result<()> {
    let neighbours = (0..stations)
        .map(|station| {
            Ok(format!(
                "neighbour replace {} lladdr {} dev lan0 nud permanent",
                address(station),
                bed::mac(station)?
            ))
        })
        .collect::<Result<Vec<_>>>()?;
    router.ip(&neighbours)
}

/// Packets received by a device (proc_net(5), `/proc/net/dev`: bytes, then packets).
fn received(table: &mut File, device: &str) -> Result<f64> {
    let mut text = String::new();
    table.rewind()?;
    table.read_to_string(&mut text)?;
    let line = text.lines().find_map(|line| line.trim().strip_prefix(device));
    let packets = line.and_then(|values| values.split_whitespace().nth(1));
    Ok(packets.context("no such device")?.parse()?)
}
