//! `portico run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app::daemon::{self, RunOptions};

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
}

/// Runs until a signal ends it.
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    daemon::run(&RunOptions {
        config: args.config,
        record: args.record,
    })?;
    Ok(ExitCode::SUCCESS)
}
