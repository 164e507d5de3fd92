//! `portico register`: the optional access register, read with the comune's key, and only with a reason.

mod ask;
mod show;

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use age::secrecy::ExposeSecret as _;
use anyhow::Context as _;

use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::audit::More;
use crate::model::figures::Day;
use crate::register;

/// Exit status when what was asked for cannot be done as it was written.
const REFUSED: u8 = 2;
/// Exit status when there is nothing of what was asked for.
const NOTHING: u8 = 3;
/// Exit status when not everything could be read.
const IN_PART: u8 = 4;

/// The optional access register: who was online when, with which MAC and addresses. Off unless the
/// configuration names a key; no law asks a comune for it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Keygen(KeygenArgs),
    Read(ask::Args),
    Purge(PurgeArgs),
}

/// Makes a pair of keys: the public half goes into the configuration, the secret half into a file that
/// belongs off the gateway. Run it on the computer of whoever may read the register.
#[derive(Debug, clap::Args)]
struct KeygenArgs {
    /// File for the secret half; must not exist yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Deletes the days that are older than the configuration allows. The running service does it too, every
/// ten minutes.
#[derive(Debug, clap::Args)]
struct PurgeArgs {
    /// Delete every day, today's too: with the register switched off for good.
    #[arg(long)]
    all: bool,
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// What was asked for could not be done; the text tells what to do.
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Keygen(args) => keygen(&args.file),
        Command::Read(args) => ask::read(&args),
        Command::Purge(args) => purge(&args),
    }
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn keygen(path: &Path) -> anyhow::Result<ExitCode> {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("{} cannot be made", path.display()))?;
    let secret = identity.to_string();
    let text = zeroize::Zeroizing::new(format!(
        "# created: {}\n# public key: {recipient}\n{}\n",
        clock::wall().strftime("%Y-%m-%dT%H:%M:%SZ"),
        secret.expose_secret()
    ));
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written {
        // Half a key is none.
        drop(std::fs::remove_file(path));
        return Err(error).with_context(|| format!("{} cannot be written", path.display()));
    }
    println!(
        "The secret key is in {file}. It alone opens the register: keep it, and a copy, where the gateway is not;\n\
         if this is the gateway, move it away now. Who has lost it cannot read anything that was closed with its\n\
         other half, and nobody else can.\n\n\
         For the gateway's configuration:\n\n[register]\nrecipient = \"{recipient}\"\ndays = {days}",
        file = path.display(),
        days = crate::config::DEFAULT_REGISTER_DAYS
    );
    Ok(ExitCode::SUCCESS)
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
fn purge(args: &PurgeArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    if args.all && config.register.is_on() {
        eprintln!(
            "portico: the register is kept: take its recipient out of the configuration and reload first"
        );
        return Ok(ExitCode::from(REFUSED));
    }
    let today = Day::containing(clock::wall(), &config.gateway.time_zone);
    let kept = register::first_kept(today, config.register.days);
    let is_over = |day: &Day| args.all || *day < kept;
    let places = register::Places::of(&config.gateway.state_dir).all(&config.register.dir);
    let mut over = 0;
    for dir in &places {
        over += register::days(dir)?.into_iter().filter(is_over).count();
    }
    if over > 0 {
        let what = format!("{over} days");
        audit::record_command(&config.gateway.state_dir, "register-purge", what, More::new())
            .with_context(|| not_noted(&config))?;
    }
    // A day that is yet to come was written by a wrong clock.
    let first = if args.all {
        Day::new(jiff::civil::Date::MAX)
    } else {
        kept
    };
    let mut deleted = 0;
    for dir in &places {
        deleted += register::purge(dir, first)?.len();
    }
    println!("{deleted} days of the access register are deleted");
    Ok(ExitCode::SUCCESS)
}

/// Why nothing is done: the audit log comes first.
fn not_noted(config: &Config) -> String {
    let path = config.gateway.state_dir.join(audit::FILE);
    format!("nothing was done, since it cannot be noted in {}", path.display())
}
