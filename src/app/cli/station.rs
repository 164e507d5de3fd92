//! `portico station`: what an administrator orders about single stations.

use std::process::ExitCode;

use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};

use super::control::Where;
use crate::app::clock;
use crate::app::control::{self, ControlRequest};
use crate::core::{Acted, StationAct};
use crate::model::{NetworkId, Rate, Reason};

/// Ends, extends, slows, blocks or exempts single stations now.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Where,
    /// Only on this network; on all of them without it.
    #[arg(long, global = true)]
    network: Option<NetworkId>,
    #[command(subcommand)]
    order: Order,
}

const EXAMPLES: &str = "Examples:
  portico station block 02:00:5e:10:00:01 --for 2h --reason \"Open relay\"
  portico station exempt 02:00:5e:10:00:02 --for 3d --network piazza
  portico station extend 02:00:5e:10:00:03 --minutes 60
  portico station plan 02:00:5e:10:00:03 --down \"2 Mbit/s\" --up \"1 Mbit/s\"
  portico station lift 02:00:5e:10:00:01

Blocks and exemptions end by themselves, within 90 days; what is for good belongs into the configuration.";

#[derive(Debug, clap::Subcommand)]
enum Order {
    /// Ends its session.
    End {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
    },
    /// Lets its session last longer, at most to midnight or to 12 hours after the tap, as the network has it.
    Extend {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
        /// By how many minutes.
        #[arg(long)]
        minutes: u32,
    },
    /// Other limits until its session ends.
    Plan {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
        /// To the station, like "2 Mbit/s".
        #[arg(long)]
        down: Rate,
        /// From the station.
        #[arg(long)]
        up: Rate,
    },
    /// The network's own limits again.
    UsualPlan {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
    },
    /// Refuses it for a time.
    Block {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
        /// For how long, like 30min, 2h or 3d.
        #[arg(long = "for", value_parser = length)]
        time: SignedDuration,
        /// Why, for other administrators, at most 140 characters.
        #[arg(long)]
        reason: Reason,
    },
    /// Lets it in without a tap and without a limit for a time.
    Exempt {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
        /// For how long, like 30min, 2h or 3d.
        #[arg(long = "for", value_parser = length)]
        time: SignedDuration,
        /// Why, for other administrators, at most 140 characters.
        #[arg(long)]
        reason: Option<Reason>,
    },
    /// Lifts a block or an exemption before its end.
    #[command(visible_alias = "unblock")]
    Lift {
        /// The station, like 02:00:5e:10:00:01.
        mac: String,
    },
}

impl Order {
    /// The station, and what is ordered.
    fn act(self, now: Timestamp) -> anyhow::Result<(String, StationAct)> {
        let until = |time: SignedDuration| now.checked_add(time).context("that is too long");
        Ok(match self {
            Self::End { mac } => (mac, StationAct::End),
            Self::Extend { mac, minutes } => (mac, StationAct::Extend { minutes }),
            Self::Plan { mac, down, up } => (mac, StationAct::Plan { down, up }),
            Self::UsualPlan { mac } => (mac, StationAct::UsualPlan),
            Self::Block { mac, time, reason } => {
                let until = until(time)?;
                (mac, StationAct::Block { until, reason })
            }
            Self::Exempt { mac, time, reason } => {
                let until = until(time)?;
                (mac, StationAct::Exempt { until, reason })
            }
            Self::Lift { mac } => (mac, StationAct::Lift),
        })
    }
}

/// Asks the daemon and prints what became of it on each network.
///
/// # Errors
/// The daemon cannot be reached, or it was done on no network.
#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (mac, act) = args.order.act(clock::wall())?;
    let request = ControlRequest::Act {
        network: args.network,
        mac,
        act,
    };
    let answer = control::ask(&args.place.run_dir, &request)?;
    let told: Vec<(NetworkId, Acted)> =
        serde_json::from_value(answer).context("the daemon's answer cannot be read")?;
    for (network, acted) in &told {
        println!("{network}: {}", words(*acted));
    }
    if told.iter().any(|(_, acted)| acted.is_done()) {
        return Ok(ExitCode::SUCCESS);
    }
    bail!("nothing was changed")
}

/// A time like 30min, 2h or 3d.
fn length(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "write a time like 30min, 2h or 3d".to_owned();
    let end = text.find(|ch: char| !ch.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(end);
    let minutes = match unit {
        "min" => 1,
        "h" => 60,
        "d" => 1_440,
        _ => return Err(wrong()),
    };
    let number: u32 = number.parse().map_err(|_| wrong())?;
    Ok(SignedDuration::from_mins(i64::from(number) * minutes))
}

const fn words(acted: Acted) -> &'static str {
    match acted {
        Acted::Done => "done",
        Acted::Waiting => "in force, but the packet path has not taken it yet: it is told again",
        Acted::UnknownNetwork => "there is no such network",
        Acted::NoSession => "the station has no session there",
        Acted::AtLimit => "the session lasts as long as the rules allow already",
        Acted::Listed => "the configuration blocks or exempts the station: change it there",
        Acted::NoOrder => "there is no order to lift",
        Acted::WrongEnd => "the end has passed, or is further away than 90 days",
        Acted::TooMany => "too many orders stand already",
    }
}

#[cfg(test)]
mod tests {
    use super::length;
    use jiff::SignedDuration;

    #[test]
    fn times_are_read() {
        assert_eq!(length("90min"), Ok(SignedDuration::from_mins(90)));
        assert_eq!(length("2h"), Ok(SignedDuration::from_hours(2)));
        assert_eq!(length("3d"), Ok(SignedDuration::from_hours(72)));
        for bad in ["", "2", "h", "-1h", "1w", "99999999999h"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }
}
