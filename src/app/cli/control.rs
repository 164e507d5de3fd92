//! `portico status`, `reload` and `revoke`: what an administrator asks the running daemon.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

use crate::app::control::{self, ControlRequest};
use crate::model::{DropCause, NetworkId, Rate};
use crate::net::fastpath::{Report, Standing};

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
    let told = control::ask(&args.place.run_dir, &request)?;
    println!("{}", revoked(&told));
    Ok(ExitCode::SUCCESS)
}

/// What became of a revocation.
fn revoked(told: &Value) -> &'static str {
    match told["waiting"].as_u64() {
        None | Some(0) => "revoked",
        Some(_) => "revoked, but the packet path has not taken it yet: it is told again",
    }
}

/// Nothing while no announced works run.
fn render_works(running: &Value) -> String {
    let running = running.as_array().into_iter().flatten();
    let numbers: Vec<String> = running.map(ToString::to_string).collect();
    if numbers.is_empty() {
        return String::new();
    }
    format!(
        "announced works run ({}): what is out of service counts as planned\n",
        numbers.join(", ")
    )
}

/// Nothing while the state is written and nothing of it was lost.
fn render_state(state: &Value) -> String {
    let mut text = String::new();
    if let Some(fault) = state["fault"].as_str() {
        let _ = writeln!(
            text,
            "state: NOT WRITTEN, a power cut would forget who is online: {fault}"
        );
    }
    let aside = &state["set_aside"];
    if let Some(file) = aside["kept_as"].as_str() {
        let orders = aside["orders"].as_u64().map_or_else(
            || "the blocks and exemptions of stations in it are LOST: order them again".to_owned(),
            |count| format!("{count} blocks and exemptions of stations in it still stand"),
        );
        let _ = writeln!(
            text,
            "state: at the start a damaged database was put aside as {file}, for a day; {orders}"
        );
    }
    text
}

/// Nothing while the figures are written.
fn render_statistics(health: &Value) -> String {
    let mut text = String::new();
    if let Some(fault) = health["fault"].as_str() {
        let _ = writeln!(
            text,
            "statistics: NOT WRITTEN: {fault}\n  hours that wait in memory {}, lost {}",
            health["waiting"].as_u64().unwrap_or(0),
            health["lost"].as_u64().unwrap_or(0),
        );
    }
    if let Some(aside) = health["set_aside"].as_str() {
        let _ = writeln!(
            text,
            "statistics: a damaged database was put aside as {aside}; restore a backup, see portico restore --help"
        );
    }
    text
}

/// Nothing while no register is kept and nothing is wrong.
fn render_register(health: &Value) -> String {
    let count = |key: &str| health[key].as_u64().unwrap_or(0);
    let mut text = match (health["fault"].as_str(), health["is_on"].as_bool()) {
        (Some(fault), _) => format!("access register: FAULT: {fault}\n"),
        (None, Some(true)) => "access register: kept\n".to_owned(),
        (None, _) => String::new(),
    };
    if health["fault"].is_string() || count("lost") > 0 {
        let _ = writeln!(
            text,
            "  entries of the register that wait in memory {}, lost {}",
            count("waiting"),
            count("lost")
        );
    }
    text
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
        match answer["uplink"].as_bool() {
            Some(true) => "reached",
            Some(false) => "NOT REACHED: the pages say so instead of offering the tap",
            None => "not watched: [uplink] check is empty",
        }
    );
    text.push_str(&render_works(&answer["works"]));
    text.push_str(&render_state(&answer["state"]));
    text.push_str(&render_statistics(&answer["statistics"]));
    text.push_str(&render_register(&answer["register"]));
    text.push_str(&render_fast_path(&answer["fast_path"]));
    text.push_str(&render_queue(&answer["queue"]));
    text.push_str(&render_line(&figures["line"]));
    let Some(networks) = figures["networks"].as_object() else {
        return text;
    };
    for (id, network) in networks {
        let service = &answer["services"][id];
        text.push_str(&render_network(id, network, service));
        text.push_str(&render_plan(network));
        text.push_str(&render_drops(&network["drops"]));
        text.push_str("  garden by name: ");
        text.push_str(&counts(
            &answer["gardens"][id],
            &[
                ("open", " open; "),
                ("answers", " answers, "),
                ("held_back", " held back; "),
                ("refused", " addresses refused, "),
                ("no_room", " without room\n"),
            ],
        ));
        let seconds = service["self_test_seconds"].as_u64().unwrap_or(0);
        if seconds > 0 {
            let _ = writeln!(
                text,
                "  WARNING: the snippet is in self-test, the Commission counts nobody; {} left, or end it: portico selftest {id} off",
                super::selftest::minutes(seconds)
            );
        }
    }
    text.push_str("names for stations without access: ");
    text.push_str(&counts(
        &answer["forwarder"],
        &[
            ("queries", " asked, "),
            ("garden", " of the garden, "),
            ("failed", " failed, "),
            ("dropped", " dropped\n"),
        ],
    ));
    text.push_str(&render_news(&answer["news"]));
    text
}

/// Who is online on a network, and what it has carried.
fn render_network(id: &str, network: &Value, service: &Value) -> String {
    let megabytes = |way: &str| network["totals"]["usage"][way]["bytes"].as_u64().unwrap_or(0) / 1_000_000;
    format!(
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
    )
}

/// How the fast path stands, where portico-netd tells it.
fn render_fast_path(report: &Value) -> String {
    let Ok(Report { standing, flows }) = serde_json::from_value(report.clone()) else {
        return String::new();
    };
    let known = match standing {
        Standing::Stands => format!(", {flows} known"),
        _ => String::new(),
    };
    format!("fast path: {standing}{known}\n")
}

/// The queue discipline of the uplink, where there is one.
fn render_queue(queue: &Value) -> String {
    let Some(kind) = queue["kind"].as_str() else {
        return String::new();
    };
    let limit = if queue["bandwidth"].is_u64() {
        format!(" at {}", speed(&queue["bandwidth"]))
    } else {
        String::new()
    };
    let owner = match queue["owner"].as_str() {
        Some("portico") => "put there by Portico",
        Some("kernel") => "the kernel's own",
        _ => "put there by somebody else",
    };
    format!("uplink's queue: {kind}{limit}, {owner}\n")
}

/// The line, where it is shared fairly.
fn render_line(line: &Value) -> String {
    let mut text = String::new();
    for (way, words) in [("down", "to the stations"), ("up", "from the stations")] {
        let way = &line[way];
        if way.is_object() {
            let _ = writeln!(
                text,
                "line {words}: {used} of {capacity} used, {room} for stations, shared by {means}",
                used = speed(&way["used"]),
                capacity = speed(&way["capacity"]),
                room = speed(&way["room"]),
                means = if way["queued"].as_bool().unwrap_or(false) {
                    "queues"
                } else {
                    "limits"
                },
            );
        }
    }
    if line["is_peak"].as_bool().unwrap_or(false) {
        text.push_str("the line is scarce: whoever wants much gets a fair share of it\n");
    }
    text
}

/// The plan in force, and who is held to less.
fn render_plan(network: &Value) -> String {
    let plan = &network["plan"];
    let mut text = format!("  plan {} down, {} up", speed(&plan["down"]), speed(&plan["up"]));
    if let Some(name) = network["schedule"].as_str() {
        let _ = write!(text, " ({name})");
    }
    let count = |value: &Value| value.as_u64().unwrap_or(0);
    let share = &network["share"];
    let _ = write!(text, "; {} active", count(&share["active"]));
    if count(&share["held"]) > 0 {
        let least = &share["least"];
        let (down, up) = (speed(&least[0]), speed(&least[1]));
        let _ = write!(
            text,
            ", {} held to a share, the least {down} down, {up} up",
            share["held"]
        );
    }
    if count(&share["queued"]) > 0 {
        let _ = write!(text, ", {} with queues of their own", share["queued"]);
    }
    if count(&network["slowed"]) > 0 {
        let _ = write!(text, ", {} over the day's volume", network["slowed"]);
    }
    if count(&network["totals"]["hasty"]) > 0 {
        let _ = write!(text, "; {} taps put off", network["totals"]["hasty"]);
    }
    text.push('\n');
    text
}

/// Bytes per second as people write them.
fn speed(bytes: &Value) -> String {
    let bytes = bytes.as_u64().unwrap_or(0);
    Rate::from_bytes_per_second(bytes).map_or_else(|_| "nothing".to_owned(), |rate| rate.to_string())
}

/// Each number of `answer` that has a key, and the words behind it.
fn counts(answer: &Value, keys_and_words: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (key, words) in keys_and_words {
        let _ = write!(text, "{}{words}", answer[key]);
    }
    text
}

/// A line for what the packet path dropped, if it dropped anything.
fn render_drops(drops: &Value) -> String {
    let counted = |cause: &DropCause| {
        let count = drops[cause.as_str()].as_u64().filter(|count| *count > 0)?;
        Some(format!("{count} {}", meaning(*cause)))
    };
    let counted: Vec<String> = DropCause::ALL.iter().filter_map(counted).collect();
    if counted.is_empty() {
        return String::new();
    }
    format!("  packets dropped: {}\n", counted.join(", "))
}

/// What an administrator calls it.
const fn meaning(cause: DropCause) -> &'static str {
    match cause {
        DropCause::Foreign => "neither ARP nor IP",
        DropCause::Forged => "forged (router, DHCP server, source route)",
        DropCause::Fragments => "fragments without access",
        DropCause::Flooding => "floods (ARP, DHCP, DNS, portal)",
        DropCause::Crowded => "of a crowd of unknown stations",
        DropCause::OverUp => "over the rate up",
        DropCause::OverDown => "over the rate down",
        DropCause::Unasked => "to stations without access",
        DropCause::Hurried => "of new connections too fast",
        DropCause::Hoarding => "of too many connections at once",
        DropCause::Shouting => "of too many broadcasts",
        DropCause::Asking => "of too many DNS questions",
    }
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

#[cfg(test)]
mod tests;
