//! `portico-netd`: the privileged helper. All of it is in [`portico::net::helper`].

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use portico::app::clock;
use portico::config::Config;
use portico::net::{helper, ruleset};

/// The helper that alone may touch the packet path: loads the ruleset, keeps it standing, and carries
/// out what `portico` asks after checking it again.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "\
Examples:
  portico-netd --config /etc/portico/portico.toml          serve until SIGTERM; SIGHUP reloads
  portico-netd --config /etc/portico/portico.toml --check  would the ruleset load?
  portico-netd --config /etc/portico/portico.toml --close  early boot: close the networks until it serves

The ruleset stays when it ends; `portico net down` removes it."
)]
struct Args {
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// Close the networks (everything, if the file cannot be read) unless a ruleset stands, and end.
    #[arg(long, conflicts_with = "check")]
    close: bool,
    /// Check the file and whether the kernel would take its ruleset, change nothing, and end.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("PORTICO_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    match start(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(args: &Args) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the runtime does not start")?;
    runtime.block_on(async {
        if args.close {
            return close(&args.config).await;
        }
        if args.check {
            return Ok(ruleset::check(&Config::load(&args.config)?).await?);
        }
        let options = helper::Options {
            config: args.config.clone(),
            clock: clock::boot,
        };
        Ok(helper::run(&options).await?)
    })
}

async fn close(path: &Path) -> anyhow::Result<()> {
    let config = Config::load(path);
    if let Err(error) = &config {
        tracing::error!("nothing at all is forwarded until this is mended: {error}");
    }
    let closed = ruleset::close(config.as_ref().ok()).await?;
    tracing::info!(closed, "early boot");
    Ok(())
}
