//! `portico status`, `reload` and `revoke`: what an administrator asks the running daemon.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

use crate::app::control::{self, ControlRequest};
use crate::model::NetworkId;

/// Where the daemon's socket is.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// Run directory of the service (`run_dir` in the configuration).
    #[arg(long, default_value = "/run/portico")]
    pub(super) run_dir: PathBuf,
}

/// Shows how the networks stand.
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    place: Where,
    /// List every station instead, with its addresses (personal data).
    #[arg(long)]
    stations: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Puts a changed configuration file in force without dropping anyone.
#[derive(Debug, clap::Args)]
pub(super) struct ReloadArgs {
    #[command(flatten)]
    place: Where,
}

/// Ends a station's session now.
#[derive(Debug, clap::Args)]
pub(super) struct RevokeArgs {
    #[command(flatten)]
    place: Where,
    /// Only on this network.
    #[arg(long)]
    network: Option<NetworkId>,
    /// The station, like 02:00:5e:10:00:01.
    mac: String,
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn status(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let request = if args.stations {
        ControlRequest::Stations
    } else {
        ControlRequest::Status
    };
    let answer = control::ask(&args.place.run_dir, &request)?;
    if args.json || args.stations {
        println!("{}", serde_json::to_string_pretty(&answer)?);
    } else {
        print!("{}", render_status(&answer));
    }
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn reload(args: &ReloadArgs) -> anyhow::Result<ExitCode> {
    control::ask(&args.place.run_dir, &ControlRequest::Reload)?;
    println!("the changed configuration is in force; nobody was dropped");
    Ok(ExitCode::SUCCESS)
}

#[expect(
    clippy::print_stdout,
    reason = "the answer of a command goes to standard output"
)]
pub(super) fn revoke(args: RevokeArgs) -> anyhow::Result<ExitCode> {
    let request = ControlRequest::Revoke {
        network: args.network,
        mac: args.mac,
    };
    control::ask(&args.place.run_dir, &request)?;
    println!("revoked");
    Ok(ExitCode::SUCCESS)
}

/// A few lines for people.
fn render_status(answer: &Value) -> String {
    let figures = &answer["figures"];
    let linked = figures["helper_linked"].as_bool().unwrap_or(false);
    let mut text = format!(
        "packet path: {}\nInternet: {}\n",
        if linked {
            "under control"
        } else {
            "portico-netd cannot be reached"
        },
        if answer["uplink"].as_bool().unwrap_or(true) {
            "reached"
        } else {
            "NOT REACHED: the pages say so instead of offering the tap"
        }
    );
    let Some(networks) = figures["networks"].as_object() else {
        return text;
    };
    for (id, network) in networks {
        let service = &answer["services"][id];
        let megabytes =
            |way: &str| network["totals"]["usage"][way]["bytes"].as_u64().unwrap_or(0) / 1_000_000;
        let _ = write!(
            text,
            "{id} ({name}, {host})\n  online {granted}, known {known}, refused for a conflict {conflict}\n  \
             granted {grants}, refused {refused}, failed {failed}; down {down} MB, up {up} MB\n  \
             address or port conflicts {conflicts}, malformed packets {malformed}\n  certificate: {certificate}\n",
            name = service["name"].as_str().unwrap_or("?"),
            host = service["host"].as_str().unwrap_or("?"),
            granted = network["granted"],
            known = network["known"],
            conflict = network["in_conflict"],
            grants = network["totals"]["grants"],
            refused = network["totals"]["refused"],
            failed = network["totals"]["failed"],
            conflicts = network["totals"]["conflicts"],
            malformed = network["totals"]["malformed"],
            down = megabytes("down"),
            up = megabytes("up"),
            certificate = service["certificate"].as_str().unwrap_or("?"),
        );
        let garden = &answer["gardens"][id];
        let _ = writeln!(
            text,
            "  garden by name: {open} open; {answers} answers, {held} held back; {refused} addresses refused, {no_room} without room",
            open = garden["open"],
            answers = garden["answers"],
            held = garden["held_back"],
            refused = garden["refused"],
            no_room = garden["no_room"],
        );
        let seconds = service["self_test_seconds"].as_u64().unwrap_or(0);
        if seconds > 0 {
            let _ = writeln!(
                text,
                "  WARNING: the snippet is in self-test, the Commission counts nobody; {} left, or end it: portico selftest {id} off",
                super::selftest::minutes(seconds)
            );
        }
    }
    let forwarder = &answer["forwarder"];
    let _ = writeln!(
        text,
        "names for stations without access: {queries} asked, {garden} of the garden, {failed} failed, {dropped} dropped",
        queries = forwarder["queries"],
        garden = forwarder["garden"],
        failed = forwarder["failed"],
        dropped = forwarder["dropped"],
    );
    text.push_str(&render_news(&answer["news"]));
    text
}

/// A line for the news, and one for each feed.
fn render_news(news: &Value) -> String {
    let mut text = format!(
        "news: items {}, urgent notices {}, pictures {}\n",
        news["items"], news["notices"], news["pictures"]
    );
    for feed in news["feeds"].as_array().into_iter().flatten() {
        let word = |key: &str| feed[key].as_str().unwrap_or("never");
        let _ = write!(
            text,
            "  {source} ({kind}, {host}): items {items}, notices {notices}, read {read}",
            source = word("source"),
            kind = word("kind"),
            host = word("host"),
            items = feed["items"],
            notices = feed["notices"],
            read = word("last_success"),
        );
        if let Some(reason) = feed["trouble"]["reason"].as_str() {
            let _ = write!(text, "; now: {reason}");
        }
        text.push('\n');
    }
    text
}
