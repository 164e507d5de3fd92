//! `portico demo`: a whole comune on this machine.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::app::demo::{self, Wishes, journey, programs};
use crate::app::lab::{Programs, privilege};

/// Builds a lab of network namespaces with the real daemons, an Internet and phones, and lets them
/// live. Needs root, or a kernel that lets users make namespaces.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Play the scripted journey instead, print what was seen, and fail if a step does not hold.
    #[arg(long)]
    check: bool,
    /// With --check: one JSON object instead of the table.
    #[arg(long, requires = "check")]
    json: bool,
    /// Phones that live on their own.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(0..=200))]
    phones: u16,
    /// Seed of their lives.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End after that many seconds instead of at Ctrl-C.
    #[arg(long = "for", value_name = "SECONDS")]
    seconds: Option<u64>,
    /// A configuration of your own; directories, certificates and user are replaced by the lab's.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The portico-netd to run, instead of the one beside this program.
    #[arg(long, value_name = "FILE")]
    helper: Option<PathBuf>,
}

/// Runs the demo, or the journey.
///
/// # Errors
/// What kept the lab from being built.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    // With --json, standard output is for the report alone.
    let mut progress = std::io::stderr();
    programs::ensure_packages(&mut progress)?;
    let programs = match &args.helper {
        Some(helper) => Programs {
            portico: std::env::current_exe()?,
            netd: helper.clone(),
        },
        None => programs::find(&mut progress)?,
    };
    let config = match &args.config {
        Some(file) => {
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?
        }
        None => demo::EXAMPLE.to_owned(),
    };
    privilege::acquire()?;
    if args.check {
        return check(programs, &config, args.json);
    }
    let wishes = Wishes {
        phones: args.phones,
        seed: args.seed,
        limit: args.seconds.map(Duration::from_secs),
    };
    demo::run(programs, &config, wishes, &mut std::io::stdout())?;
    Ok(ExitCode::SUCCESS)
}

fn check(programs: Programs, config: &str, json: bool) -> Result<ExitCode> {
    let mut out = std::io::stdout();
    let mut shown = Ok(());
    let report = journey::play(programs, config, |played| {
        if !json && shown.is_ok() {
            shown = writeln!(out, "{played}");
        }
    })?;
    shown?;
    if json {
        writeln!(out, "{:#}", report.json())?;
    } else {
        writeln!(out, "\n{report}")?;
    }
    Ok(if report.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
