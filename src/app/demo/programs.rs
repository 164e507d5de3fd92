//! Where the demo's programs are, and how missing ones come to be: the helper is built by cargo when
//! cargo runs the demo, Debian packages are installed when root runs it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::app::lab::{Programs, privilege, tools};

/// Finds `portico` and `portico-netd`, building the latter first under `cargo run`. Speaks on
/// `progress`.
///
/// # Errors
/// The helper is not beside this program, or does not build.
pub fn find(progress: &mut impl Write) -> Result<Programs> {
    let portico = std::env::current_exe().context("cannot find this program")?;
    let netd = portico.with_file_name("portico-netd");
    // cargo tells the programs that it runs where it is and where the sources are.
    if let (Some(cargo), Some(sources)) = (std::env::var_os("CARGO"), std::env::var_os("CARGO_MANIFEST_DIR"))
    {
        writeln!(
            progress,
            "building portico-netd (cargo run builds only portico) …"
        )?;
        build_helper(Path::new(&cargo), Path::new(&sources), &portico)?;
    }
    if !netd.exists() {
        bail!(
            "{} is missing; build it by: cargo build --bin portico-netd",
            netd.display()
        );
    }
    Ok(Programs { portico, netd })
}

/// Checks for the Debian packages the lab needs; as root installs what is missing, after saying so.
///
/// # Errors
/// Something is missing and cannot be installed here.
pub fn ensure_packages(progress: &mut impl Write) -> Result<()> {
    let missing = tools::missing();
    if missing.is_empty() {
        return Ok(());
    }
    let may_install = rustix::process::geteuid().is_root() && privilege::maps_users();
    if may_install && Path::new("/usr/bin/apt-get").exists() {
        writeln!(progress, "installing what the lab needs: {}", missing.join(" "))?;
        tools::install(&missing)?;
    }
    tools::check()
}

/// The same profile and target directory as this program: `target/PROFILE/portico`.
fn build_helper(cargo: &Path, sources: &Path, portico: &Path) -> Result<()> {
    let directory = portico.parent().and_then(Path::file_name).context("no profile")?;
    let profile = if directory == "debug" {
        "dev".into()
    } else {
        directory.to_owned()
    };
    let target: PathBuf = portico.ancestors().skip(2).take(1).collect();
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--bin", "portico-netd", "--profile"])
        .arg(profile)
        .arg("--manifest-path")
        .arg(sources.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("portico-netd does not build ({status})");
    }
    Ok(())
}
