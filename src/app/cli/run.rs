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
    /// Record every event with its time into this file, to replay a fault. It will hold MAC and IP
    /// addresses: delete it afterwards.
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
