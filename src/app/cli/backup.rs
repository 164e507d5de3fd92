//! `portico backup` and `portico restore`: the figures, copied away and put back.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::app::{audit, control};
use crate::config::Config;
use crate::model::audit::More;
use crate::store::figures;

/// Copies the figures into a new file while the daemon runs. The copy holds aggregates alone: no MAC, no
/// key and no session is in it.
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    /// Configuration file, which tells where the figures are.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// The copy; must not exist yet.
    file: PathBuf,
}

/// Puts a backup of the figures in the place of those that are there, which are kept beside it. The
/// daemon must be stopped: systemctl stop portico.
#[derive(Debug, clap::Args)]
pub(super) struct RestoreArgs {
    /// Configuration file, which tells where the figures are.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// The backup.
    file: PathBuf,
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn back_up(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let database = config.gateway.state_dir.join(figures::FILE);
    runtime()?.block_on(figures::back_up(&database, &args.file))?;
    println!("the figures are in {}", args.file.display());
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn restore(args: &RestoreArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    if UnixStream::connect(control::socket_path(&config.gateway.run_dir)).is_ok() {
        bail!("the daemon is running: stop it first (systemctl stop portico), and start it afterwards");
    }
    let state_dir = &config.gateway.state_dir;
    let database = state_dir.join(figures::FILE);
    let what = args.file.display().to_string();
    audit::record_command(state_dir, "restore", what, More::new())
        .context("nothing is restored: the audit log could not be written")?;
    let before = runtime()?.block_on(figures::restore(&args.file, &database))?;
    keep_owner(&config.gateway.state_dir, &database)?;
    println!("{} is restored from {}", database.display(), args.file.display());
    if let Some(before) = before {
        println!("what was there is in {}", before.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// What root restores is the service's, like the directory it is in.
fn keep_owner(directory: &std::path::Path, database: &std::path::Path) -> anyhow::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let wanted = std::fs::metadata(directory)?;
    let found = std::fs::metadata(database)?;
    if (wanted.uid(), wanted.gid()) != (found.uid(), found.gid()) {
        std::os::unix::fs::chown(database, Some(wanted.uid()), Some(wanted.gid()))
            .with_context(|| format!("{} cannot be given to the service's user", database.display()))?;
    }
    Ok(())
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.context("no runtime")
}
