//! `portico run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use crate::app::daemon::{self, RunOptions};
use crate::app::settings;

/// Runs the portal and the decisions; `portico-netd` must run beside it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// Record every event with its time into this file, to replay a fault. It will hold the MAC and IP
    /// addresses of stations, when each was seen and pressed the button, how much it moved, the addresses
    /// that names of the walled garden lead to, and the rules in force; no other destination, and no key.
    /// Readable by its owner alone: delete it afterwards.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// How long somebody has to confirm settings that were changed in the dashboard, before the former ones
    /// come back.
    #[arg(long, value_name = "SECONDS", default_value_t = settings::PATIENCE.as_secs(), value_parser = clap::value_parser!(u64).range(5..=3600))]
    confirm_within: u64,
}

/// Runs until a signal ends it.
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    daemon::run(&RunOptions {
        config: args.config,
        record: args.record,
        patience: Duration::from_secs(args.confirm_within),
    })?;
    Ok(ExitCode::SUCCESS)
}
