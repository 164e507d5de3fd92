//! A DHCPv4 lease, taken by a real client (busybox's `udhcpc`), and what DHCPv6 tells besides
//! addresses (RFC 8415, 18.2.6).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6, UdpSocket};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::isolation::Namespace;

/// The client's script: it only writes down what it was told, and Rust does the rest.
const SCRIPT: &str = "#!/bin/sh\n[ \"$1\" = bound ] && env >\"$LEASE_FILE\"\nexit 0\n";

/// What a DHCP server gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The station's address.
    pub address: Ipv4Addr,
    /// Prefix length.
    pub prefix: u8,
    /// Default router.
    pub router: Ipv4Addr,
    /// Resolver.
    pub dns: Ipv4Addr,
    /// Option 114: where the captive portal API is (RFC 8910).
    pub captive_portal: Option<String>,
}

/// Writes the client's script.
///
/// # Errors
/// The file cannot be written.
pub fn write_script(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, SCRIPT)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}

/// Asks for a lease on an interface.
///
/// # Errors
/// No server answered within about ten seconds.
pub fn ask(namespace: &Namespace, interface: &str, script: &Path, name: &str) -> Result<Lease> {
    let file = script.with_file_name(format!("lease-{name}"));
    // A file of an earlier lease must not be taken for this one's.
    let _absent = std::fs::remove_file(&file);
    let output = namespace
        .command("busybox")
        .args(["udhcpc", "-f", "-n", "-q", "-t", "10", "-T", "1", "-O", "114"])
        .args(["-i", interface, "-x", &format!("hostname:{name}"), "-s"])
        .arg(script)
        .env("LEASE_FILE", &file)
        .output()
        .context("cannot run busybox udhcpc (Debian package busybox)")?;
    let Ok(text) = std::fs::read_to_string(&file) else {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{name} got no lease: {}", said.trim());
    };
    read(&text).with_context(|| format!("cannot read the lease of {name}:\n{text}"))
}

fn read(environment: &str) -> Option<Lease> {
    let value = |name: &str| {
        environment
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
    };
    let first = |name: &str| value(name)?.split(' ').next();
    Some(Lease {
        address: value("ip")?.parse().ok()?,
        prefix: value("mask")?.parse().ok()?,
        router: first("router")?.parse().ok()?,
        dns: first("dns")?.parse().ok()?,
        captive_portal: value("opt114").and_then(from_hex),
    })
}

fn from_hex(digits: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = (0..digits.len() / 2)
        .map(|at| u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

/// Asks the DHCPv6 server for the captive portal option (103, RFC 8910) without asking for an
/// address. `None` when the server answers without it.
///
/// # Errors
/// No server answered within three seconds.
pub fn captive_portal_v6(namespace: &Namespace, interface_index: u32) -> Result<Option<String>> {
    const INFORMATION_REQUEST: u8 = 11;
    const ALL_SERVERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, 2);
    // Transaction, client identifier (a link-layer DUID of the lab), wanted: option 103.
    let request = [
        &[INFORMATION_REQUEST, 0x4c, 0x61, 0x62][..],
        &[0, 1, 0, 10, 0, 3, 0, 1, 2, 0, 0, 0, 0, 1],
        &[0, 6, 0, 2, 0, 103],
        &[0, 8, 0, 2, 0, 0],
    ]
    .concat();
    let answered = namespace.within(|| -> std::io::Result<Vec<u8>> {
        let socket = UdpSocket::bind(SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 546, 0, 0))?;
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        let server = SocketAddrV6::new(ALL_SERVERS, 547, 0, interface_index);
        let mut answer = vec![0; 1_500];
        for attempt in 0.. {
            socket.send_to(&request, server)?;
            match socket.recv(&mut answer) {
                Ok(length) => {
                    answer.truncate(length);
                    break;
                }
                Err(error) if attempt == 2 => return Err(error),
                Err(_) => {}
            }
        }
        Ok(answer)
    })?;
    let answer = answered.context("no DHCPv6 server answered")?;
    Ok(option(answer.get(4..).unwrap_or_default(), 103))
}

fn option(mut options: &[u8], wanted: u16) -> Option<String> {
    while let [c0, c1, l0, l1, rest @ ..] = options {
        let length = usize::from(u16::from_be_bytes([*l0, *l1]));
        let value = rest.get(..length)?;
        if u16::from_be_bytes([*c0, *c1]) == wanted {
            return String::from_utf8(value.to_vec()).ok();
        }
        options = &rest[length..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lease_is_read_from_the_clients_environment() {
        let lease = read(
            "ip=10.87.0.77\nmask=24\nrouter=10.87.0.1 10.87.0.2\ndns=10.87.0.1\nopt114=68747470733a2f2f77\n",
        )
        .unwrap();
        assert_eq!(lease.address, Ipv4Addr::new(10, 87, 0, 77));
        assert_eq!(lease.router, Ipv4Addr::new(10, 87, 0, 1));
        assert_eq!(lease.captive_portal.as_deref(), Some("https://w"));
    }

    #[test]
    fn an_option_is_found_and_a_cut_one_is_not() {
        let options = [0, 1, 0, 2, 9, 9, 0, 103, 0, 2, b'o', b'k'];
        assert_eq!(option(&options, 103).as_deref(), Some("ok"));
        assert_eq!(option(&options[..11], 103), None);
    }
}
