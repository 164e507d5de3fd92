//! `portico selftest`: the self-test mode of the Commission's snippet.

use std::process::ExitCode;

use anyhow::Context;

use super::control::Where;
use crate::app::control::{self, ControlRequest, SelfTestWish};
use crate::model::NetworkId;

/// Puts the WiFi4EU snippet of a network's page into self-test mode, for an hour at most: it then tells
/// on the browser's console what it does, and the Commission counts nobody.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    place: Where,
    /// The network.
    network: NetworkId,
    /// Begin it, end it, or tell how it stands.
    #[arg(value_enum)]
    wish: Wish,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Wish {
    On,
    Off,
    Status,
}

impl From<Wish> for SelfTestWish {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::On => Self::On,
            Wish::Off => Self::Off,
            Wish::Status => Self::Status,
        }
    }
}

/// Asks the daemon and prints how it stands then.
///
/// # Errors
/// The daemon cannot be reached, or said no.
#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let request = ControlRequest::SelfTest {
        network: args.network,
        wish: args.wish.into(),
    };
    let answer = control::ask(&args.place.run_dir, &request)?;
    let seconds = answer["seconds"]
        .as_u64()
        .context("the daemon's answer tells no seconds")?;
    if seconds == 0 {
        println!("{}: no self-test; the snippet counts", args.network);
    } else {
        println!(
            "{}: self-test, {} left; the Commission counts nobody meanwhile",
            args.network,
            minutes(seconds)
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// "59 min", rounded up.
pub(super) fn minutes(seconds: u64) -> String {
    format!("{} min", seconds.div_ceil(60))
}
