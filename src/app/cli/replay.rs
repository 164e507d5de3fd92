//! `portico replay`: a recording of `portico run --record`, played again.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::core::replay;

/// Plays a recorded fault again: each event with the commands that follow from it, as JSON lines.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File that `portico run --record FILE` wrote.
    file: PathBuf,
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&args.file).with_context(|| args.file.display().to_string())?;
    for (mut line, commands) in replay::play(replay::read(&text)?) {
        line.commands = Some(commands);
        println!("{}", serde_json::to_string(&line)?);
    }
    Ok(ExitCode::SUCCESS)
}
