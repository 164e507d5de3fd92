//! The settings beside Portico that operators are given in `firmware-config/`: the lab runs the very
//! same files, with its own addresses in place of the documented ones.

use std::path::Path;

use anyhow::{Context, Result};

use super::isolation::Namespace;
use super::plan::{self, Lan};

const DNSMASQ: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/firmware-config/dnsmasq/portico.conf"
));
const SYSCTLS: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/firmware-config/sysctl.d/90-portico.conf"
));
/// Where the block of a network begins in dnsmasq's file.
const BLOCK: &str = "# ---- network piazza";

/// Sets the kernel parameters of a gateway. Those that exist for the whole machine only, and not in a
/// network namespace, are left alone.
///
/// # Errors
/// The kernel refuses one.
pub fn apply_sysctls(gateway: &Namespace) -> Result<()> {
    for line in SYSCTLS.lines().filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, optional) = match key.trim().strip_prefix('-') {
            Some(key) => (key, true),
            None => (key.trim(), false),
        };
        let key = key.replace('.', "/");
        let file = format!("/proc/sys/{key}");
        let exists = gateway.within(|| Path::new(&file).exists())?;
        let set = gateway.sysctl(&key, value.trim());
        if exists && !optional {
            set?;
        }
    }
    Ok(())
}

/// dnsmasq's file for these networks.
///
/// # Errors
/// The documented file is not as expected.
pub fn dnsmasq(lans: &[Lan], leases: &Path, options: &Path) -> Result<String> {
    let (head, block) = DNSMASQ
        .split_once(BLOCK)
        .context("firmware-config/dnsmasq/portico.conf has no block of a network")?;
    let mut lines = vec![
        format!("server={}", plan::RESOLVER_V4),
        format!("dhcp-leasefile={}", leases.display()),
        format!("dhcp-optsfile={}", options.display()),
    ];
    let ours = ["server=", "dhcp-optsfile="];
    // dnsmasq counts the documentation prefixes, in which the lab's Internet lies, among the private
    // ones.
    let unfit = "stop-dns-rebind";
    lines.extend(settings(head).filter_map(|line| {
        let replaced = line == unfit || ours.iter().any(|key| line.starts_with(key));
        (!replaced).then(|| line.to_owned())
    }));
    for lan in lans {
        lines.extend(settings(block).map(|line| network_line(line, lan)));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// Lines that say something: neither comments nor what is left of a block's heading.
fn settings(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter(|line| line.contains('=') || !line.contains(' '))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A line of the documented network's block, said of another network.
fn network_line(line: &str, lan: &Lan) -> String {
    let [a, b, c, _] = lan.gateway_v4().octets();
    if line.starts_with("host-record=") {
        return format!(
            "host-record={},{},{}",
            lan.host,
            lan.gateway_v4(),
            lan.gateway_v6()
        );
    }
    line.replace("br-piazza", &lan.interface)
        .replace("set:piazza", &format!("set:{}", lan.id))
        .replace(
            "10.10.0.50,10.10.15.250,255.255.240.0",
            &format!("{a}.{b}.{c}.50,{a}.{b}.{c}.250,255.255.255.0"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_documented_network_is_left() {
        let lan = Lan {
            index: 3,
            id: "other".to_owned(),
            interface: "br-other".to_owned(),
            host: "other.example".to_owned(),
        };
        let text = dnsmasq(&[lan], Path::new("/l"), Path::new("/o")).unwrap();
        for foreign in ["piazza", "10.10.", "fd52:", "9.9.9.9", "2620:", "/run/portico/"] {
            assert!(!text.contains(foreign), "{foreign} in\n{text}");
        }
        for expected in [
            "interface=br-other",
            "dhcp-range=set:other,10.87.3.50,10.87.3.250,255.255.255.0,1h",
            "dhcp-range=set:other,::,constructor:br-other,ra-stateless,64,1h",
            "host-record=other.example,10.87.3.1,2001:db8:87:3::1",
            "bind-dynamic",
            "dhcp-optsfile=/o",
        ] {
            assert!(
                text.lines().any(|line| line == expected),
                "{expected} not in\n{text}"
            );
        }
    }
}
