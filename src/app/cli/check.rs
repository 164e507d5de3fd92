//! `portico check`: what a configuration means, or everything that is wrong with it.

mod plans;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use ipnet::IpNet;
use serde_json::json;

use crate::config::{
    Checked, Config, ConfigErrors, Finding, Management, Network, QueueWish, Register, Uplink,
};
use crate::model::Recognition;
use crate::net::ruleset;

/// Exit status of a configuration that is refused.
const REFUSED: u8 = 2;

/// Checks a configuration file; exit status 2 when it is refused.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Configuration file.
    #[arg(default_value = "/etc/portico/portico.toml")]
    file: PathBuf,
    /// Print the nftables ruleset that the file leads to.
    #[arg(long, conflicts_with = "json")]
    ruleset: bool,
    /// Print for programs.
    #[arg(long)]
    json: bool,
}

/// Checks and prints.
///
/// # Errors
/// The ruleset cannot be written.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let outcome = Config::check_file(&args.file);
    if args.json {
        println!("{}", render_json(&outcome));
        return Ok(exit_code(&outcome));
    }
    match &outcome {
        Err(errors) => {
            let count = errors.findings().len();
            eprintln!("{errors}\n\n{count} mistake{}", if count == 1 { "" } else { "s" });
        }
        Ok(checked) if args.ruleset => {
            print!("{}", ruleset::render(&checked.config).context("the ruleset")?);
            eprint!("{}", render_warnings(&checked.warnings));
        }
        Ok(checked) => print!("{}", render_text(checked)),
    }
    Ok(exit_code(&outcome))
}

fn exit_code(outcome: &Result<Checked, ConfigErrors>) -> ExitCode {
    if outcome.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    }
}

fn render_text(checked: &Checked) -> String {
    let Config {
        gateway,
        portal,
        uplink,
        forward,
        networks,
        news,
        services,
        open_data: _,
        management,
        register,
    } = &checked.config;
    let mut text = render_warnings(&checked.warnings);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "gateway  uplink {}, IPv4 {}, midnight of {:?}",
        gateway.uplink,
        if gateway.masquerade {
            "masqueraded"
        } else {
            "routed"
        },
        gateway.time_zone
    );
    let _ = writeln!(text, "         {}", render_protected(&gateway.protected));
    let _ = writeln!(
        text,
        "portal   ports 80 -> {}, 443 -> {}; {} connections, {} of one station",
        portal.http_port, portal.https_port, portal.max_connections, portal.max_connections_per_station
    );
    let check: Vec<String> = uplink.check.iter().map(ToString::to_string).collect();
    let check = match check.as_slice() {
        [] => "not looked at, taken as up".to_owned(),
        some => format!("up while one of {} answers", some.join(", ")),
    };
    let _ = writeln!(text, "uplink   {check}");
    let _ = writeln!(text, "         {}", plans::render_line(uplink.line));
    let _ = writeln!(text, "         {}", render_queue(uplink));
    if let Some(ways) = render_ways(checked.config.queued_ways()) {
        let _ = writeln!(
            text,
            "         a queue for each station near the peak, {ways}, where the kernel has HTB; else limits"
        );
    }
    if forward.flowtable {
        let _ = writeln!(
            text,
            "forward  established connections through a flow table, where the kernel has them"
        );
    } else if forward.fast_path {
        let _ = writeln!(
            text,
            "forward  established connections past the IP stack, where the kernel can (Linux 6.6)"
        );
    }
    let _ = writeln!(text, "admin    {}", render_management(management));
    for network in networks {
        text.push_str(&render_network(network));
    }
    let _ = writeln!(
        text,
        "news     {} feeds, asked every {} min; {} services",
        news.feeds.len(),
        news.refresh.as_secs() / 60,
        services.len()
    );
    let _ = writeln!(text, "register {}", render_register(register));
    text
}

fn render_management(management: &Management) -> String {
    let port = management.port;
    match (&management.lan, management.enabled) {
        (_, false) => "no dashboard, no metrics".to_owned(),
        (None, true) => format!("http://127.0.0.1:{port}, of this machine alone"),
        (Some(lan), true) => format!(
            "http://127.0.0.1:{port}; https://{}:{port} on {}",
            lan.host, lan.interface
        ),
    }
}

fn render_register(register: &Register) -> String {
    let days = register.days;
    let dir = register.dir.display();
    register.recipient.as_ref().map_or_else(
        || "off: nothing is collected".to_owned(),
        |recipient| format!("KEPT for {days} days in {dir}, to be read with the key of {recipient}"),
    )
}

fn render_queue(uplink: &Uplink) -> String {
    let limit = uplink.up.map_or_else(
        || "as fast as the interface".to_owned(),
        |up| format!("a little below {up}"),
    );
    match uplink.queue {
        QueueWish::Auto => format!("queue: cake, {limit}; or fq_codel; where the kernel has one of them"),
        QueueWish::Cake => format!("queue: cake, {limit}; where the kernel has it"),
        QueueWish::FqCodel => "queue: fq_codel, where the kernel has it".to_owned(),
        QueueWish::Off => "queue: as it is".to_owned(),
    }
}

/// Which directions these are.
const fn render_ways(ways: [bool; 2]) -> Option<&'static str> {
    match ways {
        [true, true] => Some("down and up"),
        [true, false] => Some("down"),
        [false, true] => Some("up"),
        [false, false] => None,
    }
}

fn render_protected(protected: &[IpNet]) -> String {
    if protected.is_empty() {
        return "no destination is protected: stations reach private networks behind the uplink".to_owned();
    }
    let prefixes: Vec<String> = protected.iter().map(ToString::to_string).collect();
    format!("protected: {}", prefixes.join(", "))
}

fn render_network(network: &Network) -> String {
    let policy = &network.policy;
    let addresses = network
        .garden
        .iter()
        .map(|entry| format!("{} {:?}", entry.to, entry.ports));
    let names = network
        .garden_names
        .iter()
        .map(|entry| format!("{} {:?}", entry.name, entry.ports));
    let garden: Vec<String> = addresses.chain(names).collect();
    let wifi4eu = network.wifi4eu_id.as_deref().unwrap_or("none");
    let garden = if garden.is_empty() {
        "empty".to_owned()
    } else {
        garden.join(", ")
    };
    format!(
        "network  {}: {}, {}\n         {} on {}, WiFi4EU identifier {wifi4eu}\n         {} down, {} up, burst {} kB; {}\n{}         {} exempt, {} blocked, at most {} stations; garden {garden}\n",
        network.id,
        network.name,
        network.comune,
        network.portal_url(network.tls.is_some()),
        network.interface,
        policy.plan.down,
        policy.plan.up,
        policy.plan.burst.bytes() / 1_000,
        render_recognition(policy.recognition),
        plans::render_plans(policy),
        policy.exempt.len(),
        policy.blocked.len(),
        policy.max_stations,
    )
}

fn render_recognition(recognition: Recognition) -> String {
    match recognition {
        Recognition::Midnight => "recognised until midnight".to_owned(),
        Recognition::Period(period) => {
            let minutes = period.as_secs() / 60;
            match (minutes / 60, minutes % 60) {
                (hours, 0) => format!("recognised for {hours} h"),
                (0, minutes) => format!("recognised for {minutes} min"),
                (hours, minutes) => format!("recognised for {hours} h {minutes} min"),
            }
        }
    }
}

fn render_warnings(warnings: &[Finding]) -> String {
    warnings.iter().fold(String::new(), |mut text, warning| {
        let _ = writeln!(text, "{warning}\n");
        text
    })
}

fn render_json(outcome: &Result<Checked, ConfigErrors>) -> serde_json::Value {
    match outcome {
        Err(errors) => json!({ "ok": false, "errors": errors, "warnings": [] }),
        Ok(checked) => json!({
            "ok": true,
            "errors": [],
            "warnings": checked.warnings,
            "gateway": {
                "uplink": checked.config.gateway.uplink.as_str(),
                "masquerade": checked.config.gateway.masquerade,
                "time_zone": checked.config.gateway.time_zone,
                "protected": checked.config.gateway.protected,
                "queue": checked.config.uplink.queue.as_str(),
            },
            "line": plans::line_json(checked.config.uplink.line),
            "register": {
                "is_on": checked.config.register.is_on(),
                "days": checked.config.register.days,
                "dir": checked.config.register.dir,
            },
            "networks": checked.config.networks.iter().map(network_json).collect::<Vec<_>>(),
        }),
    }
}

fn network_json(network: &Network) -> serde_json::Value {
    let (schedule, fair_use) = plans::plans_json(&network.policy);
    json!({
        "id": network.id,
        "name": network.name,
        "comune": network.comune,
        "interface": network.interface.as_str(),
        "host": network.host,
        "wifi4eu_id": network.wifi4eu_id,
        "has_certificate": network.tls.is_some(),
        "down_bytes_per_second": network.policy.plan.down,
        "up_bytes_per_second": network.policy.plan.up,
        "burst_bytes": network.policy.plan.burst,
        "schedule": schedule,
        "fair_use": fair_use,
        "recognition_seconds": match network.policy.recognition {
            Recognition::Midnight => None,
            Recognition::Period(period) => Some(period.as_secs()),
        },
        "exempt": network.policy.exempt.len(),
        "blocked": network.policy.blocked.len(),
        "max_stations": network.policy.max_stations,
        "garden": network.garden.iter().map(|entry| json!({ "to": entry.to, "ports": entry.ports })).collect::<Vec<_>>(),
        "garden_names": network.garden_names.iter().map(|entry| json!({ "name": entry.name.to_string(), "ports": entry.ports })).collect::<Vec<_>>(),
    })
}
