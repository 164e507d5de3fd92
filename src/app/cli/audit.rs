//! `portico audit`: whether the audit log is whole, and what it says.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::app::audit::{self, Form, ListError};
use crate::config::Config;
use crate::model::audit::{EndlessDay, Filter, Head, Verdict};
use crate::report::{FileError, write_private};

const EXAMPLES: &str = "Examples:
  portico audit verify
  portico audit verify --head 12:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  portico audit list --from 2026-11-01 --did export
  portico audit export --format csv --output audit.csv

Who can write to the state directory can make the whole log anew. Write down now and then what verify prints
as the head: with --head it says later whether the log still has that line.";

/// Says whether the audit log is whole, lists and exports it.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
    /// Configuration file: it says where the state directory is.
    #[arg(long, global = true, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Reads the whole log and prints its head; exit status 1 and the first line that does not fit otherwise.
    Verify {
        /// A head that was written down before; may be said again for others.
        #[arg(long = "head", value_name = "HEAD")]
        heads: Vec<Head>,
    },
    /// Prints entries, oldest first.
    List {
        #[command(flatten)]
        which: Which,
        /// text, csv or json.
        #[arg(long, default_value = "text")]
        format: Shape,
    },
    /// Writes entries to a file, whole or not at all, which the log notes.
    Export {
        #[command(flatten)]
        which: Which,
        /// csv, or json: the log's own lines.
        #[arg(long, default_value = "csv")]
        format: Shape,
        /// The file.
        #[arg(long, value_name = "FILE")]
        output: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Which {
    /// First day, in the gateway's time zone.
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Last day, included.
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Who, as it is listed, or the name alone.
    #[arg(long)]
    who: Option<String>,
    /// What kind of thing, as "export" or "login".
    #[arg(long)]
    did: Option<String>,
    /// What stands anywhere in it, in whatever case.
    #[arg(long)]
    text: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shape {
    Text,
    Csv,
    Json,
}

/// Runs the command.
///
/// # Errors
/// The configuration or the log cannot be read, or the file cannot be written.
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    match args.command {
        Command::Verify { heads } => verify(&config, &heads),
        Command::List { which, format } => {
            let mut out = io::stdout().lock();
            match write(&config, &which, format, &mut out) {
                // Who reads has seen enough.
                Err(Failure::List(ListError::Output(error))) if error.kind() == io::ErrorKind::BrokenPipe => {
                }
                outcome => outcome?,
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Export {
            which,
            format,
            output,
        } => export(&config, &which, format, &output),
    }
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
fn verify(config: &Config, heads: &[Head]) -> anyhow::Result<ExitCode> {
    let state_dir = &config.gateway.state_dir;
    let verdict = audit::verify(state_dir, heads)?;
    let Some(verdict) = verdict else {
        let path = state_dir.join(audit::FILE);
        if heads.is_empty() {
            println!("nothing has been recorded yet: there is no {}", path.display());
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("portico: {} is gone", path.display());
        return Ok(ExitCode::FAILURE);
    };
    if let Some(first) = verdict.faults.first() {
        eprintln!("portico: {}: {first}", state_dir.join(audit::FILE).display());
        let others = verdict.faults.len() - 1;
        if others > 0 {
            eprintln!("portico: {others} more after it");
        }
        return Ok(ExitCode::FAILURE);
    }
    println!("{}", in_words(&verdict));
    Ok(ExitCode::SUCCESS)
}

fn in_words(verdict: &Verdict) -> String {
    let Some(head) = verdict.head else {
        return format!(
            "{} lines of the form before the chain, which nothing protects yet",
            verdict.old
        );
    };
    let mut words = format!("the audit log is whole: {} entries", head.number);
    if verdict.old > 0 {
        let _ = write!(words, ", after {} of the form before the chain", verdict.old);
    }
    if verdict.mended > 0 {
        let _ = write!(words, ", {} torn lines told of", verdict.mended);
    }
    format!("{words}\nhead {head}")
}

#[expect(clippy::print_stdout, reason = "a command's answer")]
fn export(
    config: &Config,
    which: &Which,
    shape: Shape,
    output: &std::path::Path,
) -> anyhow::Result<ExitCode> {
    let written = write_private(output, |out| write(config, which, shape, out))?;
    audit::record_export(
        &config.gateway.state_dir,
        audit::whoever_runs_this(),
        "audit",
        &written,
    )
    .context("written, but not noted in the audit log")?;
    for file in written {
        println!("{}  {}", file.sha256, file.path.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn write(config: &Config, which: &Which, shape: Shape, out: &mut dyn Write) -> Result<(), Failure> {
    let zone = &config.gateway.time_zone;
    let filter = Filter {
        who: which.who.clone(),
        did: which.did.clone(),
        text: which.text.clone(),
        ..Filter::within(which.from, which.to, zone)?
    };
    let form = match shape {
        Shape::Text => Form::Text,
        Shape::Csv => Form::Csv,
        Shape::Json => Form::Json,
    };
    let state_dir = &config.gateway.state_dir;
    audit::write_list(state_dir, &filter, (form, zone), &mut || Ok(()), out)?;
    Ok(())
}

/// Why entries were not written.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    List(#[from] ListError),
    #[error(transparent)]
    Day(#[from] EndlessDay),
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::List(error.into())
    }
}
