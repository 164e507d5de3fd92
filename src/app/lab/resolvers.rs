//! Whom the lab's machines ask for names: a list (resolv.conf(5)) for the gateway and for each phone whose
//! programs read one, shown in the place of this machine's own.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::path;

/// Writes a list of one resolver.
pub(super) fn write(whose: &str, resolver: Ipv4Addr) -> Result<PathBuf> {
    let file = path(&format!("resolv-{whose}.conf"));
    std::fs::write(&file, format!("nameserver {resolver}\n"))?;
    Ok(file)
}

/// Where the machine's list of resolvers really lies. Some keep it in the `/run` that is no longer seen
/// here: it is made anew there, empty.
pub(super) fn file() -> Result<PathBuf> {
    let link = Path::new("/etc/resolv.conf");
    if let Ok(file) = link.canonicalize() {
        return Ok(file);
    }
    let target = link.read_link().context("there is no /etc/resolv.conf")?;
    let target = Path::new("/etc").join(target);
    std::fs::create_dir_all(target.parent().unwrap_or(&target))?;
    std::fs::write(&target, "")?;
    Ok(target.canonicalize()?)
}
