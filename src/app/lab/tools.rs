//! The programs of other projects that the lab runs, and the Debian packages they come from.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Program and Debian package.
const NEEDED: [(&str, &str); 4] = [
    ("ip", "iproute2"),
    ("nft", "nftables"),
    ("dnsmasq", "dnsmasq-base"),
    ("busybox", "busybox"),
];
/// Where programs are, whatever `PATH` an ordinary user has.
const PLACES: [&str; 5] = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"];

/// The Debian packages whose programs are not here.
#[must_use]
pub fn missing() -> Vec<&'static str> {
    let absent = |program: &str| !PLACES.iter().any(|place| Path::new(place).join(program).exists());
    NEEDED
        .iter()
        .filter(|(program, _)| absent(program))
        .map(|(_, package)| *package)
        .collect()
}

/// Whether everything is here.
///
/// # Errors
/// Something is missing; the message has the command that installs it.
pub fn check() -> Result<()> {
    let missing = missing();
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "the lab needs programs that are not here; install them by: apt-get install {}",
        missing.join(" ")
    )
}

/// Installs packages; for root on Debian.
///
/// # Errors
/// `apt-get` failed.
pub fn install(packages: &[&str]) -> Result<()> {
    for arguments in [&["update"][..], &["install", "--yes", "--no-install-recommends"]] {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        if arguments[0] == "install" {
            command.args(packages);
        }
        let status = command.status().context("cannot run apt-get")?;
        if !status.success() {
            bail!("apt-get {} failed ({status})", arguments[0]);
        }
    }
    Ok(())
}
