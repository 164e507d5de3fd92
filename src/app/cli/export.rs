//! `portico export`: figures for the EU, an auditor, the council and the citizens.

mod bar;
mod interrupt;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app::audit;
use crate::app::export::{self, By, Known, Lang, Request, Shape, What, day};
use crate::config::Config;
use crate::model::figures::Day;
use crate::report::{ReportError, Written};

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

Exit status: 0 written; 2 refused as it was asked for; 3 nothing is known; 130 or 143 interrupted, and nothing is
written; 1 anything else, as a full disk.
Languages of pages and families of devices are told by the month alone: of a day or an hour they would tell of people.
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

impl Args {
    fn request(&self) -> Request {
        Request {
            what: self.what,
            from: self.from,
            to: self.to,
            networks: self.networks.clone(),
            format: self.format,
            by: self.by,
            lang: self.lang,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// The configuration or the figures cannot be read, or the file cannot be written.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's answer")]
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&args.config)?;
    let database = export::database(&config);
    let known = Known::read(&database)?;
    let order = match args.request().order(&config, &known) {
        Ok(order) => order,
        Err(complaint) => {
            eprintln!("portico: {}", complaint.words);
            return Ok(ExitCode::from(REFUSED));
        }
    };
    if let Err(refused) = order.check() {
        eprintln!("portico: {refused}");
        return Ok(ExitCode::from(REFUSED));
    }
    let path = if args.output.is_dir() {
        args.output.join(order.file_name())
    } else {
        args.output.clone()
    };
    let mut bar = bar::Bar::new();
    let state_dir = &config.gateway.state_dir;
    let mut note = |files: &[Written]| {
        audit::record_export(state_dir, audit::whoever_runs_this(), order.kind.name(), files)?;
        Ok(())
    };
    let interrupt = interrupt::watch()?;
    let mut progress = |done, all| {
        bar.show(done, all);
        match interrupt.status() {
            Some(_) => Err(ReportError::Stopped),
            None => Ok(()),
        }
    };
    let written = export::write(&order, &database, &path, &mut progress, &mut note);
    bar.clear();
    match written {
        Ok(export) => {
            for note in &export.notes {
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
        Err(ReportError::Stopped) => {
            eprintln!("portico: interrupted; nothing is written");
            Ok(ExitCode::from(interrupt.status().unwrap_or(1)))
        }
        Err(error) => Err(error.into()),
    }
}
