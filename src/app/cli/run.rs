//! `portico run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the portal and the decisions; `portico-netd` must run beside it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    pub config: PathBuf,
}

/// Runs until a signal ends it.
///
/// # Errors
/// What kept it from starting or made it stop.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::bail!("{}: not wired yet", args.config.display())
}
