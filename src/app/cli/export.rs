//! `portico export`: figures for the EU, an auditor, the council and the citizens.

mod bar;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use jiff::{Timestamp, ToSpan as _};

use crate::app::{audit, clock};
use crate::config::{Config, is_enough};
use crate::model::figures::{Day, Ledger, LedgerError, Period};
use crate::model::{NetworkId, Placement, Recognition};
use crate::report::{
    Export, Format, Kind, Notary, Order, Progress, ReportError, Site, Step, Tongue, Written, twelve_months,
};
use crate::store::figures::{self, SqliteLedger};

/// Exit status when what was asked for cannot be done as it was written.
const REFUSED: u8 = 2;
/// Exit status when nothing is known of what was asked for.
const NOTHING: u8 = 3;

const EXAMPLES: &str = "Examples:
  portico export usage                                        last month, by the hour, as CSV
  portico export usage --by day --from 2026-01-01 --to 2026-06-30 --format xlsx
  portico export availability --network piazza --output /srv/open-data/
  portico export installation --format csv                    what the WiFi4EU portal wants declared
  portico export usage --by month --format pdf                the same on paper, as PDF/UA
  portico export summary --lang en --output report.pdf        two pages to sign
  portico export page --output /srv/www/wifi.html             the Wi-Fi in numbers, for the comune's site

Exit status: 0 written; 2 refused as it was asked for; 3 nothing is known; 1 anything else, as a full disk.
The file stands there whole or not at all. Its SHA-256 is printed and kept in the audit log (portico audit).
Values of one to four, and those that they would follow from, are left empty.";

/// Writes figures to a file: how the networks are used, whether they were in service, what is installed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// usage, availability, installation, summary or page.
    what: What,
    /// First day; without it the first of last month, or of the last twelve for page.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Day>,
    /// Last day, included; without it the end of last month, or of the month of --from.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<Day>,
    /// Only this network; may be said again for others.
    #[arg(long = "network", value_name = "ID")]
    networks: Vec<String>,
    /// csv, xlsx, json, pdf or html; without it pdf for summary, html for page, csv for the others.
    #[arg(long)]
    format: Option<Shape>,
    /// What a row of usage is about.
    #[arg(long, default_value = "hour")]
    by: By,
    /// Language of titles and of the summary.
    #[arg(long, default_value = "it")]
    lang: Lang,
    /// File, or folder for a file named by what it holds.
    #[arg(long, value_name = "PATH", default_value = ".")]
    output: PathBuf,
    /// Configuration file.
    #[arg(long, default_value = "/etc/portico/portico.toml")]
    config: PathBuf,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Usage,
    Availability,
    Installation,
    Summary,
    Page,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shape {
    Csv,
    Xlsx,
    Json,
    Pdf,
    Html,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum By {
    Hour,
    Day,
    Month,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    It,
    En,
}

/// Runs the command.
///
/// # Errors
/// The configuration or the figures cannot be read, or the file cannot be written.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let database = config.gateway.state_dir.join(figures::FILE);
    let known = Known::read(&database)?;
    let order = match order(args, &config, &known) {
        Ok(order) => order,
        Err(complaint) => {
            eprintln!("portico: {complaint}");
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let path = if args.output.is_dir() {
        args.output.join(order.file_name())
    } else {
        args.output.clone()
    };
    let mut bar = bar::Bar::new();
    let state_dir = &config.gateway.state_dir;
    let mut note = |files: &[Written]| {
        audit::record_export(state_dir, order.kind.name(), files)?;
        Ok(())
    };
    let mut progress = |done, all| bar.show(done, all);
    let written = write(&order, &database, &path, &mut progress, &mut note);
    bar.clear();
    match written {
        Ok(export) => {
            for note in &export.notes {
                eprintln!("portico: {note}");
            }
            for note in inventory_notes(&order) {
                eprintln!("portico: {note}");
            }
            for file in &export.files {
                println!("{}  {}", file.sha256, file.path.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (ReportError::Refused(_) | ReportError::NoData(_))) => {
            eprintln!("portico: {error}");
            let is_refused = matches!(error, ReportError::Refused(_));
            Ok(ExitCode::from(if is_refused { REFUSED } else { NOTHING }))
        }
        Err(error) => Err(error.into()),
    }
}

fn write(
    order: &Order,
    database: &Path,
    path: &Path,
    progress: &mut Progress<'_>,
    note: &mut Notary<'_>,
) -> Result<Export, ReportError> {
    // The inventory is in the configuration.
    if order.kind == Kind::Installation {
        let empty = || -> Result<Box<dyn Ledger>, LedgerError> {
            Ok(Box::new(crate::model::figures::Book::default()))
        };
        return order.write(&empty, path, progress, note);
    }
    if !database.exists() {
        let what = format!("nothing is known yet: there is no {}", database.display());
        return Err(ReportError::NoData(what));
    }
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> {
        let ledger = SqliteLedger::open(database).map_err(|error| LedgerError(Box::new(error)))?;
        Ok(Box::new(ledger))
    };
    order.write(&ledgers, path, progress, note)
}

/// What the database of figures knows besides figures.
#[derive(Debug, Default)]
struct Known {
    networks: Vec<NetworkId>,
    /// When the daemon last wrote everything that it knew.
    beat: Option<Timestamp>,
}

impl Known {
    fn read(database: &Path) -> anyhow::Result<Self> {
        if !database.exists() {
            return Ok(Self::default());
        }
        let mut ledger = SqliteLedger::open(database)?;
        Ok(Self {
            networks: ledger.networks()?,
            beat: ledger.last_beat()?,
        })
    }
}

/// What is asked for, or what is wrong with it.
fn order(args: &Args, config: &Config, known: &Known) -> Result<Order, String> {
    let zone = config.gateway.time_zone.clone();
    let now = clock::wall();
    // Of a day that the daemon has not outlived more may follow, and what was told before would no longer
    // agree with it.
    let written = known.beat.map_or(now, |beat| beat.min(now));
    let today = Day::containing(written, &zone);
    let kind = match args.what {
        What::Usage => Kind::Usage,
        What::Availability => Kind::Availability,
        What::Installation => Kind::Installation,
        What::Summary => Kind::Summary,
        What::Page => Kind::Page,
    };
    let format = match (args.format, kind) {
        (Some(Shape::Xlsx), _) => Format::Xlsx,
        (Some(Shape::Json), _) => Format::Json,
        (Some(Shape::Html), _) | (None, Kind::Page) => Format::Html,
        (Some(Shape::Pdf), _) | (None, Kind::Summary) => Format::Pdf,
        (Some(Shape::Csv) | None, _) => Format::Csv,
    };
    Ok(Order {
        kind,
        format,
        period: match (args.from, args.to, kind) {
            (None, None, Kind::Page) => twelve_months(today),
            (from, to, _) => period(from, to, Day::containing(now, &zone))?,
        },
        step: match args.by {
            By::Hour => Step::Hour,
            By::Day => Step::Day,
            By::Month => Step::Month,
        },
        sites: sites(&args.networks, kind, config, known)?,
        tongue: match args.lang {
            Lang::It => Tongue::It,
            Lang::En => Tongue::En,
        },
        zone,
        today,
        now,
        capacity: config.uplink.capacity(),
        published_at: config.open_data.url.clone(),
    })
}

/// The days asked for; last month when nobody says.
fn period(from: Option<Day>, to: Option<Day>, today: Day) -> Result<Period, String> {
    let last_month = today.month().first().previous().month();
    let (from, to) = match (from, to) {
        (None, None) => (last_month.first(), last_month.last()),
        (Some(from), None) => (from, from.month().last()),
        (None, Some(to)) => (to.month().first(), to),
        (Some(from), Some(to)) => (from, to),
    };
    Period::new(from, to).map_err(|error| format!("the days are reversed: {error}"))
}

/// A day, `2026-10-31`.
fn day(text: &str) -> Result<Day, String> {
    let whole = text.len() == "2026-10-31".len();
    let day = text.parse::<Day>().ok().filter(|_| whole);
    let day = day.filter(|day| day.date().checked_add(1.day()).is_ok());
    day.ok_or_else(|| "write a day like 2026-10-31".to_owned())
}

/// The networks of the configuration, and those that once were: their figures are the comune's too.
fn sites(wanted: &[String], kind: Kind, config: &Config, known: &Known) -> Result<Vec<Site>, String> {
    let mut all: Vec<Site> = config.networks.iter().map(Site::of).collect();
    if !matches!(kind, Kind::Installation | Kind::Page) {
        let former = known.networks.iter().filter(|id| config.network(**id).is_none());
        all.extend(former.map(|id| former_site(*id, config)));
    }
    if wanted.is_empty() {
        return Ok(all);
    }
    let mut sites: Vec<Site> = Vec::new();
    for name in wanted {
        let Some(site) = all.iter().find(|site| site.id.as_str() == name) else {
            let names: Vec<&str> = all.iter().map(|site| site.id.as_str()).collect();
            let names = names.join(", ");
            return Err(format!(
                "there is no network {name:?} in the configuration or among the figures; there are: {names}"
            ));
        };
        if sites.iter().all(|known| known.id != site.id) {
            sites.push(site.clone());
        }
    }
    Ok(sites)
}

/// A network that is in the configuration no more: of it only the figures are known.
fn former_site(id: NetworkId, config: &Config) -> Site {
    let first = config.networks.first();
    Site {
        id,
        name: id.to_string(),
        comune: first.map(|network| network.comune.clone()).unwrap_or_default(),
        istat: None,
        ipa: first.and_then(|network| network.administration.ipa.clone()),
        wifi4eu_id: None,
        host: String::new(),
        url: String::new(),
        recognition: Recognition::Midnight,
        access_points: Vec::new(),
    }
}

/// What of the declaration is legal and yet not enough for a voucher.
fn inventory_notes(order: &Order) -> Vec<String> {
    if order.kind != Kind::Installation {
        return Vec::new();
    }
    let points = || order.sites.iter().flat_map(|site| &site.access_points);
    let outdoor = points()
        .filter(|point| point.placement == Placement::Outdoor)
        .count();
    let indoor = points().count() - outdoor;
    let mut notes = Vec::new();
    if !is_enough(outdoor, indoor) {
        notes.push(format!(
            "{outdoor} access points outside and {indoor} inside are fewer than a voucher wants, as 10 and 0, 6 and 6, \
             or 0 and 15 (grant agreement, Annex I, 2.2)"
        ));
    }
    for site in order.sites.iter().filter(|site| site.wifi4eu_id.is_none()) {
        notes.push(format!(
            "{}: no wifi4eu_id yet; the portal gives it when the network is declared",
            site.id
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::{day, period};

    #[test]
    fn last_month_is_meant_when_nobody_says() {
        let told = |from: &str, to: &str| {
            let read = |text: &str| (!text.is_empty()).then(|| day(text).unwrap());
            let today = day("2026-01-09").unwrap();
            period(read(from), read(to), today).map(|period| format!("{} {}", period.from(), period.to()))
        };
        assert_eq!(told("", "").unwrap(), "2025-12-01 2025-12-31");
        assert_eq!(told("2024-02-10", "").unwrap(), "2024-02-10 2024-02-29");
        assert_eq!(told("", "2025-11-15").unwrap(), "2025-11-01 2025-11-15");
        assert_eq!(told("2025-11-15", "2025-11-15").unwrap(), "2025-11-15 2025-11-15");
        assert!(told("2025-11-15", "2025-11-14").unwrap_err().contains("reversed"));
        for bad in ["", "2025-02-30", "15/11/2025", "2025-11-15T10:00", "9999-12-31"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
