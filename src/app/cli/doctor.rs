//! `portico doctor`: what this machine lacks, one line each.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::app::doctor::{self, Report, State};

/// Looks at the machine and says what is missing and what to do; exit status 1 when something fails.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    /// Print for programs.
    #[arg(long)]
    json: bool,
}

/// Examines and prints.
///
/// # Errors
/// The examination could not begin.
#[expect(clippy::print_stdout, reason = "a command's answer")]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the asynchronous runtime")?;
    let report = runtime.block_on(doctor::examine(&args.config));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report).context("JSON")?);
    } else {
        print!("{}", render(&report));
    }
    let failed = report.lines.iter().any(|line| line.state == State::Fail);
    Ok(ExitCode::from(u8::from(failed)))
}

fn render(report: &Report) -> String {
    let mut text = String::new();
    for line in &report.lines {
        let state = match line.state {
            State::Ok => "ok  ",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "{state}  {:<13} {}", line.group, line.what);
        if let Some(todo) = &line.todo {
            let _ = write!(text, "\n                    -> {todo}");
        }
        text.push('\n');
    }
    text
}
