//! `portico net`: the packet path as a whole.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::app::audit;
use crate::config::Config;
use crate::model::audit::More;
use crate::net;
use crate::net::client::{self, ClientError, SOCKET};
use crate::net::ipc::Request;

/// How long the helper may take to remove its tables.
const PATIENCE: Duration = Duration::from_secs(30);

/// Acts on the packet path as a whole. Root only.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Removes every table of Portico and the uplink's queue discipline, and stops portico-netd. The LAN is then an ordinary, open
    /// network: without another firewall everybody is online.
    Down {
        /// Configuration file, for the run directory.
        #[arg(long, default_value = "/etc/portico/portico.toml")]
        config: PathBuf,
    },
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let Action::Down { config } = &args.action;
    let config = Config::load(config)?;
    // Whoever takes it down in need is not kept from it by a full disk.
    let noted = audit::record_command(&config.gateway.state_dir, "net-down", String::new(), More::new());
    if let Err(error) = noted {
        eprintln!("portico: this is not in the audit log: {error}");
    }
    let how = take_down(&config.gateway.run_dir.join(SOCKET))?;
    println!("{how}; no table of Portico is left");
    Ok(ExitCode::SUCCESS)
}

/// Asks the helper; removes the tables itself where no helper runs.
fn take_down(socket: &Path) -> anyhow::Result<&'static str> {
    match client::ask_once(socket, &Request::TearDown, PATIENCE) {
        Ok(Ok(())) => Ok("portico-netd has removed its tables and stopped"),
        Ok(Err(refusal)) => bail!("portico-netd did not: {refusal}"),
        Err(ClientError::Connect(_)) => {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime
                .block_on(net::take_down())
                .context("the tables could not be removed; are you root?")?;
            Ok("portico-netd does not run; its tables are removed")
        }
        Err(error) => Err(error.into()),
    }
}
