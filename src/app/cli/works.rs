//! `portico works`: works that are announced, so that what is out of service meanwhile counts as planned.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use jiff::Timestamp;

use crate::app::works::{self, WorksFault};
use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::{
    NetworkId, Reason, TimeZone, Withdrawn, Works, WorksBook, WorksError, WorksState, WorksWish,
};

/// Exit status when what was asked for cannot be done as it was written.
const REFUSED: u8 = 2;

const EXAMPLES: &str = "Examples:
  portico works add --from 2026-12-01T08:00 --to 2026-12-01T12:00 --reason \"New switch\" --network piazza
  portico works add --from 2026-12-03T22:00 --to 2026-12-04T02:00 --reason \"Provider's maintenance\" --notice
  portico works list
  portico works remove 2

Times are those of the gateway's time zone. Works are announced before they begin, at most a year ahead and for 31
days at most; minutes out of service within them count as planned, whatever the cause. What is over stays in the
record, and stands in the availability export with its reason: name nobody in it.

Exit status: 0 done; 2 refused as it was asked for; 1 anything else.";

/// Announces works: what is out of service within them counts as planned.
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct Args {
    /// Configuration file: it says where the state directory is and which networks there are.
    #[arg(long, global = true, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, clap::Subcommand)]
enum Order {
    /// Announces works and prints their number.
    Add(Add),
    /// Lists them, those that are over too.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Takes works back that have not begun; those that run end now.
    Remove {
        /// Their number, as `list` shows it.
        number: u32,
    },
}

#[derive(Debug, clap::Args)]
struct Add {
    /// Their begin, like 2026-12-01T08:00; in the hour that comes twice in autumn with its offset, like
    /// 2026-10-25T02:30+02:00.
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Their end.
    #[arg(long, value_name = "TIME")]
    to: String,
    /// Why, at most 140 characters.
    #[arg(long)]
    reason: String,
    /// Only on this network; on all of them without it.
    #[arg(long, value_name = "ID")]
    network: Option<String>,
    /// Tell people on the portal's page too, from a day before.
    #[arg(long)]
    notice: bool,
}

/// Runs the command.
///
/// # Errors
/// The configuration or the file cannot be read, or the file or the audit log cannot be written.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
pub(super) fn run(args: Args) -> Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let answer = match args.order {
        Order::Add(add) => announce(&config, &add),
        Order::List { json } => list(&config, json),
        Order::Remove { number } => withdraw(&config, number),
    };
    match answer {
        Ok(text) => {
            print!("{text}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) if error.is::<Refusal>() => {
            eprintln!("portico: {error}");
            Ok(ExitCode::from(REFUSED))
        }
        Err(error) => Err(error),
    }
}

/// What was asked for cannot be done as it was written.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Works(#[from] WorksError),
    #[error("{0}")]
    Input(String),
}

fn announce(config: &Config, add: &Add) -> Result<String> {
    let now = clock::wall();
    let wish = wish(config, add)?;
    let by = audit::whoever_runs_this();
    let works = works::announce(&config.gateway.state_dir, wish, now, by).map_err(told)?;
    if add.notice {
        works::tell_people(config, &works, now).map_err(|error| {
            anyhow::anyhow!(
                "works {} are announced, but the page of people does not tell of them: {error}",
                works.number
            )
        })?;
    }
    Ok(format!("{}\n", works.number))
}

fn wish(config: &Config, add: &Add) -> Result<WorksWish, Refusal> {
    let zone = &config.gateway.time_zone;
    let time = |name: &str, text: &str| {
        let read = zone.instant(text);
        read.map_err(|error| Refusal::Input(format!("--{name} {text:?}: {error}")))
    };
    Ok(WorksWish {
        network: add
            .network
            .as_deref()
            .map(|name| network(config, name))
            .transpose()?,
        from: time("from", &add.from)?,
        until: time("to", &add.to)?,
        reason: add
            .reason
            .parse::<Reason>()
            .map_err(|error| Refusal::Input(format!("--reason: {error}")))?,
    })
}

fn network(config: &Config, name: &str) -> Result<NetworkId, Refusal> {
    let known = config.networks.iter().map(|network| network.id);
    let found = known.clone().find(|id| id.as_str() == name);
    found.ok_or_else(|| {
        let names: Vec<String> = known.map(|id| id.to_string()).collect();
        Refusal::Input(format!(
            "there is no network {name:?} in the configuration; there are: {}",
            names.join(", ")
        ))
    })
}

fn withdraw(config: &Config, number: u32) -> Result<String> {
    let by = audit::whoever_runs_this();
    let gone = works::withdraw(&config.gateway.state_dir, number, clock::wall(), by).map_err(told)?;
    works::tell_people_no_more(config, &gone)
        .map_err(|error| anyhow::anyhow!("works {number} are taken back, but their notice stays: {error}"))?;
    Ok(match gone {
        Withdrawn::Removed(_) => format!("{number} removed\n"),
        Withdrawn::Ended(_) => format!("{number} ended: what is out of service from now on is not planned\n"),
    })
}

fn told(fault: WorksFault) -> anyhow::Error {
    match fault {
        WorksFault::Refused(error) => Refusal::from(error).into(),
        other => other.into(),
    }
}

fn list(config: &Config, json: bool) -> Result<String> {
    let book = works::read(&config.gateway.state_dir)?;
    if json {
        let all: Vec<&Works> = book.all().collect();
        return Ok(format!("{:#}\n", serde_json::json!({ "works": all })));
    }
    Ok(render(&book, &config.gateway.time_zone, clock::wall()))
}

/// A line each, the latest first.
fn render(book: &WorksBook, zone: &TimeZone, now: Timestamp) -> String {
    let local = |at: Timestamp| at.to_zoned(zone.jiff().clone()).strftime("%Y-%m-%d %H:%M");
    let lines = book.all().rev().map(|works| {
        let state = match works.state(now) {
            WorksState::Ahead => "ahead",
            WorksState::Running => "running",
            WorksState::Over => "over",
        };
        let network = works
            .network
            .map_or_else(|| "all networks".to_owned(), |id| id.to_string());
        format!(
            "{}  {} to {}  {network}  {}  ({state})\n",
            works.number,
            local(works.from),
            local(works.until),
            works.reason.as_str()
        )
    });
    let text: String = lines.collect();
    if text.is_empty() {
        return "no works are announced\n".to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;
    use crate::model::{TimeZone, WorksBook, WorksWish};

    #[test]
    fn a_list_tells_local_times_and_how_works_stand() {
        let mut book = WorksBook::default();
        let at = |text: &str| text.parse().unwrap();
        let zone = TimeZone::rome();
        assert_eq!(
            render(&book, &zone, at("2026-11-22T10:00:00Z")),
            "no works are announced\n"
        );
        for (network, from, until) in [
            (None, "2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z"),
            (Some("piazza"), "2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z"),
        ] {
            let wish = WorksWish {
                network: network.map(|id| id.parse().unwrap()),
                from: at(from),
                until: at(until),
                reason: "new switch".parse().unwrap(),
            };
            book.announce(wish, at("2026-11-22T10:00:00Z")).unwrap();
        }
        assert_eq!(
            render(&book, &zone, at("2026-11-22T12:30:00Z")),
            "2  2026-11-22 13:00 to 2026-11-22 14:00  piazza  new switch  (running)\n\
             1  2026-11-22 12:00 to 2026-11-22 13:00  all networks  new switch  (over)\n"
        );
    }
}
