//! `portico register read`: checks what is asked, notes who asks and why, and only then shows it.

use std::io::{IsTerminal as _, Read as _, stdin};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::AmbiguousOffset;
use serde_json::json;
use zeroize::Zeroizing;

use super::{IN_PART, NOTHING, REFUSED, not_noted, show};
use crate::app::{audit, clock};
use crate::config::Config;
use crate::model::audit::More;
use crate::model::figures::{Day, Period};
use crate::model::{Mac, NetworkId};
use crate::register::{self, Found, Key, Search};

/// Longest file of an identity, bytes.
const MOST_IDENTITY: u64 = 65_536;
/// Longest reason, characters.
const MOST_REASON: usize = 500;

const EXAMPLES: &str = "Examples:
  portico register read --identity key.txt --at '2026-11-22 15:04' --address 10.10.2.7 --reason 'Prot. 1234/2026'
  portico register read --identity - --mac 02:00:5e:10:00:01 --from 2026-11-20 --to 2026-11-22 \\
      --reason 'Decreto 77/2026 R.G.' --format json < key.txt

The reading is noted in the audit log of the state directory, with the reason, who asked, what for and how many
rows there are, before anything is shown. A MAC or an address asked for is not noted, nor may the reason name
one: that log is not closed with a key.

Exit status: 0 read; 2 refused as it was asked for; 3 nothing found; 4 shown, but some of it cannot be read;
1 anything else, as a wrong key.";

/// Shows who was online. Every reading is noted in the audit log.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// File of the secret key; "-" reads it from standard input, so that it never is on the gateway.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// Why, as a protocol number or the authority's request.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// First day; sessions that touch it are shown.
    #[arg(long, value_name = "DAY")]
    from: Option<String>,
    /// Last day, included.
    #[arg(long, value_name = "DAY")]
    to: Option<String>,
    /// Only this network.
    #[arg(long, value_name = "ID")]
    network: Option<String>,
    /// Only this station.
    #[arg(long)]
    mac: Option<String>,
    /// Only who was online then: local time, or with an offset.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Only who had this address.
    #[arg(long, value_name = "IP")]
    address: Option<String>,
    /// csv or json.
    #[arg(long, default_value = "csv")]
    format: Format,
    /// Configuration file, which tells where the register is.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Csv,
    Json,
}

/// Runs the command.
///
/// # Errors
/// The register, the key or the configuration cannot be read, or the audit log not be written.
#[expect(
    clippy::print_stderr,
    reason = "a command's failure is told on standard error"
)]
pub(super) fn read(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let asked = search(args, &config).and_then(|search| Ok((search, reason(&args.reason)?)));
    let (search, reason) = match asked {
        Ok(asked) => asked,
        Err(complaint) => {
            eprintln!("portico: {complaint}");
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let found = match find(args, &config, &search) {
        Ok(found) => found,
        // A try with a wrong key is somebody's too.
        Err(error) => {
            note(&config, reason, &search, None).with_context(|| not_noted(&config))?;
            return Err(error);
        }
    };
    note(&config, reason, &search, Some(found.rows.len())).with_context(|| not_noted(&config))?;
    if found.rows.is_empty() {
        eprintln!(
            "portico: nothing of what was asked for is in the register (kept for {} days)",
            config.register.days
        );
    } else {
        let zone = &config.gateway.time_zone;
        let text = match args.format {
            Format::Csv => show::csv(&found.rows, zone),
            Format::Json => show::json(&found.rows, zone)?,
        };
        show::print(&text)?;
    }
    Ok(ExitCode::from(outcome(&found)))
}

fn find(args: &Args, config: &Config, search: &Search) -> anyhow::Result<Found> {
    let key = Key::read(&identity(&args.identity)?)
        .with_context(|| format!("{} cannot be used", args.identity.display()))?;
    let zone = &config.gateway.time_zone;
    Ok(register::read(&config.register.dir, zone, search, &key)?)
}

/// Tells what could not be read; the exit status.
#[expect(clippy::print_stderr, reason = "beside the rows, not among them")]
fn outcome(found: &Found) -> u8 {
    for (day, count) in &found.broken {
        eprintln!(
            "portico: {count} pieces of {} cannot be read: damaged, or cut off by a loss of power",
            day.date()
        );
    }
    if found.foreign > 0 {
        eprintln!("portico: {} pieces were closed with another key", found.foreign);
    }
    if !found.broken.is_empty() || found.foreign > 0 {
        IN_PART
    } else if found.rows.is_empty() {
        NOTHING
    } else {
        0
    }
}

/// The audit log first: without its line nothing is shown. Without `rows` the register could not be read.
fn note(config: &Config, reason: &str, search: &Search, rows: Option<usize>) -> anyhow::Result<()> {
    let day = |day: Option<Day>| day.map(|day| day.date().to_string());
    let more = [
        ("reason", json!(reason)),
        ("from", json!(day(search.period.map(Period::from)))),
        ("to", json!(day(search.period.map(Period::to)))),
        ("network", json!(search.network)),
        ("at", json!(search.at.map(|at| at.to_string()))),
        // Whether, not which: nothing but the register holds a MAC.
        ("one_station", json!(search.mac.is_some())),
        ("one_address", json!(search.address.is_some())),
        ("rows", json!(rows)),
    ];
    let more: More = more
        .map(|(key, value)| (key.to_owned(), value))
        .into_iter()
        .collect();
    let (did, what) = match rows {
        Some(rows) => ("register-read", format!("{rows} rows")),
        None => ("register-read-failed", "nothing".to_owned()),
    };
    audit::record_register(&config.gateway.state_dir, did, what, more)?;
    Ok(())
}

fn search(args: &Args, config: &Config) -> Result<Search, String> {
    let zone = config.gateway.time_zone.jiff();
    let day = |text: &Option<String>| {
        let read = |text: &String| {
            let day = text
                .parse::<Day>()
                .ok()
                .filter(|_| text.len() == "2026-10-31".len());
            day.ok_or_else(|| format!("{text:?} is not a day: write it like 2026-10-31"))
        };
        text.as_ref().map(read).transpose()
    };
    let (from, to) = (day(&args.from)?, day(&args.to)?);
    let period = match (from, to) {
        (None, None) => None,
        (from, to) => {
            let today = Day::containing(clock::wall(), &config.gateway.time_zone);
            let first = register::first_kept(today, config.register.days);
            let period = Period::new(from.unwrap_or(first), to.unwrap_or(today));
            Some(period.map_err(|error| format!("the days are reversed: {error}"))?)
        }
    };
    let at = |text: &String| {
        if let Ok(exact) = text.parse::<Timestamp>() {
            return Ok(exact);
        }
        let no_time =
            || format!("{text:?} is not a time: write it like \"2026-10-31 15:04\", or with an offset");
        let local: DateTime = text.parse().map_err(|_| no_time())?;
        let local = zone.to_ambiguous_timestamp(local);
        // Whose session is shown must not hang on a guess.
        match local.offset() {
            AmbiguousOffset::Unambiguous { .. } => local.unambiguous().map_err(|_| no_time()),
            AmbiguousOffset::Gap { .. } => Err(format!(
                "there is no {text:?}: clocks jump over it; add the offset, as in \"2026-03-29 03:30+02:00\""
            )),
            AmbiguousOffset::Fold { .. } => Err(format!(
                "{text:?} is twice: clocks are set back over it; add the offset, as in \"2026-10-25 02:30+02:00\" \
                 for the first"
            )),
        }
    };
    let network = |name: &String| known_network(name, config);
    let mac = |text: &String| text.parse::<Mac>().map_err(|error| format!("--mac: {error}"));
    let address = |text: &String| {
        text.parse()
            .map_err(|_| "--address: this is not an IP address".to_owned())
    };
    Ok(Search {
        period,
        network: args.network.as_ref().map(network).transpose()?,
        mac: args.mac.as_ref().map(mac).transpose()?,
        at: args.at.as_ref().map(at).transpose()?,
        address: args.address.as_ref().map(address).transpose()?,
    })
}

fn known_network(name: &str, config: &Config) -> Result<NetworkId, String> {
    let id = name.parse::<NetworkId>().ok();
    let found = id.and_then(|id| config.network(id));
    found.map(|network| network.id).ok_or_else(|| {
        let names: Vec<String> = config
            .networks
            .iter()
            .map(|network| network.id.to_string())
            .collect();
        format!(
            "there is no network {name:?} in the configuration; there are: {}",
            names.join(", ")
        )
    })
}

/// A reason that says something, and names no station.
fn reason(text: &str) -> Result<&str, String> {
    let text = text.trim();
    if text.chars().filter(|ch| ch.is_alphanumeric()).count() < 3 {
        return Err("--reason: say why, as a protocol number or the authority's request".to_owned());
    }
    if text.chars().count() > MOST_REASON || text.chars().any(char::is_control) {
        return Err(format!("--reason: one line of at most {MOST_REASON} characters"));
    }
    let is_of_a_station = |word: &str| {
        let word = word.trim_matches(|ch: char| !ch.is_alphanumeric() && ch != ':');
        word.parse::<Mac>().is_ok() || word.parse::<std::net::IpAddr>().is_ok()
    };
    if text.split_whitespace().any(is_of_a_station) {
        return Err(
            "--reason: do not name the station or its address: the reason is noted in the audit log, which is not \
             closed with a key"
                .to_owned(),
        );
    }
    Ok(text)
}

/// The text of the identity file, wiped from memory when it goes.
fn identity(path: &Path) -> anyhow::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    if path == Path::new("-") {
        anyhow::ensure!(
            !stdin().is_terminal(),
            "give the key on standard input: ... < key.txt"
        );
        stdin()
            .take(MOST_IDENTITY)
            .read_to_string(&mut text)
            .context("standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| path.display().to_string())?;
        file.take(MOST_IDENTITY)
            .read_to_string(&mut text)
            .with_context(|| path.display().to_string())?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Args, Format, reason, search};
    use crate::config::Config;

    #[test]
    fn an_hour_that_is_twice_or_never_wants_its_offset() {
        let text = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                    interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n";
        let config = Config::parse(text, "p.toml").unwrap();
        let at = |time: &str| {
            let args = Args {
                identity: PathBuf::new(),
                reason: String::new(),
                from: None,
                to: None,
                network: None,
                mac: None,
                at: Some(time.to_owned()),
                address: None,
                format: Format::Csv,
                config: PathBuf::new(),
            };
            search(&args, &config).map(|search| search.at.unwrap().to_string())
        };
        assert_eq!(at("2026-10-25 03:00").unwrap(), "2026-10-25T02:00:00Z");
        assert_eq!(at("2026-10-25 02:30+02:00").unwrap(), "2026-10-25T00:30:00Z");
        assert_eq!(at("2026-10-25 02:30+01:00").unwrap(), "2026-10-25T01:30:00Z");
        for bad in ["2026-10-25 02:30", "2026-03-29 02:30"] {
            assert!(at(bad).unwrap_err().contains("add the offset"), "{bad}");
        }
        assert!(at("noon").unwrap_err().contains("is not a time"));
    }

    #[test]
    fn a_reason_says_something_and_names_nobody() {
        assert_eq!(reason("  Prot. 1234/2026 "), Ok("Prot. 1234/2026"));
        for bad in ["", "  ", "--", "a", "two\nlines", &"x".repeat(501)] {
            assert!(reason(bad).is_err(), "{bad:?}");
        }
        for bad in [
            "case of 02:00:5e:10:00:01",
            "(02-00-5E-10-00-01)",
            "was 10.10.2.7, at night",
            "2001:db8::7 asked for",
        ] {
            assert!(reason(bad).unwrap_err().contains("audit log"), "{bad}");
        }
    }
}
