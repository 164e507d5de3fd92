//! `portico settings`: the word about changed settings, where no browser gets in to say it.

use std::process::ExitCode;

use super::control::Where;
use crate::app::control::{self, ControlRequest, SettingsWish};

const EXAMPLES: &str = "Examples:
  portico settings status     who has changed settings, and when they are undone
  portico settings confirm    they stay
  portico settings undo       the former ones come back at once";

/// Confirms or undoes changed settings that wait for a word, as after a change of the dashboard's own port or name.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Where,
    /// Tell of them, let them stay, or bring the former ones back.
    #[arg(value_enum)]
    wish: Wish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Wish {
    Status,
    Confirm,
    Undo,
}

/// Asks the daemon and prints what became of it.
///
/// # Errors
/// The daemon cannot be reached, or said no.
#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let wish = match args.wish {
        Wish::Status => SettingsWish::Status,
        Wish::Confirm => SettingsWish::Confirm,
        Wish::Undo => SettingsWish::Undo,
    };
    let told = control::ask(&args.place.run_dir, &ControlRequest::Settings { wish })?;
    match args.wish {
        Wish::Confirm => println!("the changed settings stay"),
        Wish::Undo => println!("the former settings are back"),
        Wish::Status if told.is_null() => println!("no changed settings wait for a word"),
        Wish::Status => println!(
            "changed by {}, undone at {} unless confirmed",
            told["who"].as_str().unwrap_or("nobody known"),
            told["until"].as_str().unwrap_or("a time unknown")
        ),
    }
    Ok(ExitCode::SUCCESS)
}
