//! The gateway's machine, before Portico: its namespace, bridges with isolated ports, the access
//! points behind them, and a real dnsmasq.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use super::daemon::Daemon;
use super::isolation::Namespace;
use super::plan::{self, Lan};
use super::settings;

/// Makes the gateway's bridges and the access points behind their ports.
///
/// # Errors
/// `ip` refuses something.
pub fn build_lans(gateway: &Namespace, air: &Namespace, lans: &[Lan]) -> Result<()> {
    settings::apply_sysctls(gateway)?;
    gateway.ip(&["link set lo up".to_owned()])?;
    // Access points are bridges, not hosts: they must not ask for addresses themselves.
    air.sysctl("net/ipv6/conf/all/disable_ipv6", "1")?;
    air.sysctl("net/ipv6/conf/default/disable_ipv6", "1")?;
    for lan in lans {
        build_lan(gateway, air, lan)?;
    }
    Ok(())
}

fn build_lan(gateway: &Namespace, air: &Namespace, lan: &Lan) -> Result<()> {
    let bridge = &lan.interface;
    gateway.ip(&[
        format!("link add {bridge} type bridge"),
        format!("address add {}/24 dev {bridge}", lan.gateway_v4()),
        format!("address add {}/64 dev {bridge} nodad", lan.gateway_v6()),
        format!("link set {bridge} up"),
    ])?;
    for number in 0..plan::ACCESS_POINTS {
        let port = lan.gateway_port(number);
        let point = lan.access_point(number);
        air.ip(&[
            format!("link add {point} type bridge mcast_snooping 0"),
            format!(
                "link add {point}up type veth peer name {port} netns {}",
                gateway.path()
            ),
            format!("link set {point}up master {point}"),
            format!("link set {point}up up"),
            format!("link set {point} up"),
        ])?;
        gateway.ip(&[
            format!("link set {port} master {bridge}"),
            format!("link set {port} type bridge_slave isolated on"),
            format!("link set {port} up"),
        ])?;
        for (namespace, interface) in [(air, format!("{point}up")), (air, point), (gateway, port)] {
            namespace.wait_for_carrier(&interface)?;
        }
    }
    gateway.wait_for_carrier(bridge)
}

/// Gives the gateway its addresses towards the Internet.
///
/// # Errors
/// `ip` refuses something.
pub fn address_uplink(gateway: &Namespace, interface: &str) -> Result<()> {
    gateway.ip(&[
        format!(
            "address add {}/{} dev {interface}",
            plan::WAN_V4,
            plan::UPLINK_PREFIX_V4
        ),
        format!(
            "address add {}/{} dev {interface} nodad",
            plan::WAN_V6,
            plan::UPLINK_PREFIX_V6
        ),
        format!("link set {interface} up"),
        format!("route add default via {}", plan::ROUTER_V4),
        format!("route add default via {}", plan::ROUTER_V6),
    ])
}

/// Starts dnsmasq: DHCPv4, router advertisements, stateless DHCPv6 and DNS on every LAN, with the
/// portals' names and with the option files that Portico writes into `options` (read anew at SIGHUP).
///
/// # Errors
/// It does not start, or ends at once.
pub fn start_dnsmasq(gateway: &Namespace, lans: &[Lan], directory: &Path, options: &Path) -> Result<Daemon> {
    let config = directory.join("dnsmasq.conf");
    let leases = directory.join("dnsmasq.leases");
    std::fs::write(&config, settings::dnsmasq(lans, &leases, options)?)?;
    let mut command = gateway.command("dnsmasq");
    // As the user that started it: a change of user would drop the signal that ends it with the lab, and
    // a user namespace has no other user. Not `--no-daemon`: one station's TCP would keep all others
    // waiting, which it does on no gateway.
    command.args([
        "--keep-in-foreground",
        "--user=root",
        "--group=",
        "--pid-file=",
        "--log-facility=-",
    ]);
    command.arg(format!("--conf-file={}", config.display()));
    let mut dnsmasq = Daemon::start("dnsmasq", command, &directory.join("logs/dnsmasq.log"))?;
    let first = lans
        .first()
        .map(|lan| std::net::SocketAddr::new(lan.gateway_v4().into(), 53));
    dnsmasq.wait_until(Duration::from_secs(5), "open DNS port", || {
        first.is_none_or(|address| {
            gateway
                .within(|| std::net::TcpStream::connect(address))
                .is_ok_and(|connected| connected.is_ok())
        })
    })?;
    Ok(dnsmasq)
}
