//! Where the demo's programs are, and how missing ones come to be: the helper is built by cargo when
//! cargo runs the demo, Debian packages are installed when root runs it.

use std::ffi::OsStr;
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
    let mut build = Command::new(cargo);
    // What cargo told this program would look like another environment to the build scripts that watch it,
    // and half of all would be built anew: now, and again at the next `cargo run`.
    let told = std::env::vars_os().map(|(name, _)| name);
    for name in told.filter(|name| is_of_cargos_run(name)) {
        build.env_remove(name);
    }
    let status = build
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

/// Whether cargo sets the variable for a program that it runs (the Cargo book, "Environment variables
/// Cargo sets for crates").
fn is_of_cargos_run(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_BIN_", "CARGO_CRATE_"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
        || name == "OUT_DIR"
}

#[cfg(test)]
mod tests {
    use super::is_of_cargos_run;

    #[test]
    fn the_users_own_settings_stay() {
        for told in ["CARGO_MANIFEST_DIR", "CARGO_PKG_VERSION", "OUT_DIR"] {
            assert!(is_of_cargos_run(told.as_ref()), "{told}");
        }
        for own in [
            "CARGO_HOME",
            "CARGO_BUILD_JOBS",
            "CARGO_NET_OFFLINE",
            "RUSTFLAGS",
            "PATH",
        ] {
            assert!(!is_of_cargos_run(own.as_ref()), "{own}");
        }
    }
}
