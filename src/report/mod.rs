//! Figures that the comune can sign: exports for the EU, an auditor, the council and the citizens.
//!
//! ```text
//!  Ledger ──► suppression ──► rows of a report ──► CSV │ XLSX │ JSON ──► file, whole or absent
//!                        └──► summary ──► two pages of tagged PDF
//! ```
//!
//! Nothing here tells of fewer than five people: every figure passes through
//! [`figures::suppress`](crate::model::figures::suppress) before a format sees it. Rows are made month by
//! month, by as many threads as there are processors, and written in order, so that three years of twenty
//! networks pass through little memory.
//!
//! | file | holds |
//! |---|---|
//! | `usage`, `availability`, `installation`, `summary` | the reports |
//! | `page` | the public page of a comune, for its site and for the portal |
//! | `table`, `pipeline` | rows, and how they are made beside each other |
//! | `csv`, `xlsx`, `json`, `pdf` | the formats |
//! | `csvw`, `dcat` | what stands beside a CSV file |
//! | `joined` | how many devices all networks had together |
//! | `months` | what may be told of months, for pages of others |
//! | `file` | files that are whole or absent |
//! | `text` | words for people, Italian and English |

mod availability;
mod csv;
mod csvw;
mod dcat;
mod file;
mod installation;
mod joined;
mod json;
mod months;
mod page;
mod pdf;
mod pipeline;
mod printed;
mod summary;
mod table;
mod text;
mod usage;
mod xlsx;
mod zip;

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Network, Words as Said, words};
use crate::model::figures::{Day, Ledger, LedgerError, Period};
use crate::model::{AccessPoint, NetworkId, Recognition, TimeZone, WorksBook};
pub use csv::push_csv;
pub use file::{FileError, Notary, Written, write_private};
pub use months::public_months;
pub use page::{PublicPage, PublicText, public_page, twelve_months};
pub use table::Column;
pub use text::Tongue;

/// So many bytes of networks' names a file's name holds; more of them are known by their digest.
const MOST_NAMES: usize = 120;

/// Opens the stored figures; asked once for each thread.
pub type Ledgers<'a> = dyn Fn() -> Result<Box<dyn Ledger>, LedgerError> + Sync + 'a;
/// Told how many parts of how many are done; an error gives it up.
pub type Progress<'a> = dyn FnMut(usize, usize) -> Result<(), ReportError> + 'a;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// How much the networks are used.
    Usage,
    /// Whether they were in service.
    Availability,
    /// What is installed, as the Commission's portal wants it declared.
    Installation,
    /// All of it on two pages.
    Summary,
    /// Month by month, for everybody.
    Page,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, with a description beside them.
    Csv,
    /// A workbook.
    Xlsx,
    /// One JSON document.
    Json,
    /// Pages for people.
    Pdf,
    /// A page of the web.
    Html,
}

/// What a row of [`Kind::Usage`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// A network, as far as exports tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its short name.
    pub id: NetworkId,
    /// What people call it.
    pub name: String,
    /// Its administration.
    pub comune: String,
    /// ISTAT code of the comune.
    pub istat: Option<String>,
    /// The administration's code in the Index of public administrations.
    pub ipa: Option<String>,
    /// Network identifier of the Commission's portal.
    pub wifi4eu_id: Option<String>,
    /// Host name of the portal.
    pub host: String,
    /// Address of the portal.
    pub url: String,
    /// How long people are not asked again; `None` where nobody knows any more.
    pub recognition: Option<Recognition>,
    /// Its inventory.
    pub access_points: Vec<AccessPoint>,
}

/// What somebody asked for.
#[derive(Debug, Clone)]
pub struct Order {
    /// Which report.
    pub kind: Kind,
    /// In which format.
    pub format: Format,
    /// Which days.
    pub period: Period,
    /// Rows of [`Kind::Usage`].
    pub step: Step,
    /// Which networks, in this order.
    pub sites: Vec<Site>,
    /// Whether these are all networks that figures are known of: of them, and of no others, it is told how many
    /// devices they had together.
    pub is_everything: bool,
    /// Announced works.
    pub works: Arc<WorksBook>,
    /// Language of what people read.
    pub tongue: Tongue,
    /// Where midnight is.
    pub zone: TimeZone,
    /// The running day: of it and what comes after nothing is told.
    pub today: Day,
    /// Now.
    pub now: Timestamp,
    /// Where the file will be published, with a slash at the end; open data is described where it is known.
    pub published_at: Option<String>,
}

/// Why there is no export.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The figures cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// Nothing is known of the networks in the period.
    #[error("{0}")]
    NoData(Said),
    /// The portal of the Commission would refuse it, or the format does not carry the report.
    #[error("{}", lines(.0, Said::english))]
    Refused(Vec<Said>),
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file is not written, since nobody would know of it.
    #[error("nothing is written, for it cannot be noted in the audit log: {0}")]
    Unnoted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nobody wants it any more.
    #[error("the export was given up")]
    Stopped,
    /// More than the format can hold, or a fault of ours.
    #[error("{0}")]
    Format(String),
}

impl ReportError {
    /// Why there is no file, for whoever asked for it; `None` for faults of the machine or of ours.
    #[must_use]
    pub fn words(&self) -> Option<Said> {
        match self {
            Self::NoData(what) => Some(what.clone()),
            Self::Refused(all) => Some(Said::new(lines(all, Said::english), lines(all, Said::italian))),
            _ => None,
        }
    }
}

fn lines(all: &[Said], in_language: impl Fn(&Said) -> &str) -> String {
    all.iter().map(in_language).collect::<Vec<_>>().join("\n")
}

/// What was exported.
#[derive(Debug)]
pub struct Export {
    /// The file and those beside it, the file itself first.
    pub files: Vec<Written>,
    /// What the reader should know.
    pub notes: Vec<String>,
    /// Rows of a table.
    pub rows: u64,
}

impl Site {
    /// What exports tell of a network.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        Self {
            id: network.id,
            name: network.name.clone(),
            comune: network.comune.clone(),
            istat: network.administration.istat.clone(),
            ipa: network.administration.ipa.clone(),
            wifi4eu_id: network.wifi4eu_id.clone(),
            host: network.host.clone(),
            url: network.portal_url(network.tls.is_some()),
            recognition: Some(network.policy.recognition),
            access_points: network.access_points.clone(),
        }
    }
}

impl Kind {
    /// As in the file's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::Availability => "availability",
            Self::Installation => "installation",
            Self::Summary => "summary",
            Self::Page => "page",
        }
    }
}

impl Format {
    /// Ending of the file's name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Json => "json",
            Self::Pdf => "pdf",
            Self::Html => "html",
        }
    }
}

impl Order {
    /// The days of the period that are over; `None` when none is.
    #[must_use]
    pub fn over(&self) -> Option<Period> {
        let last = self.period.to().min(self.today.previous());
        Period::new(self.period.from(), last).ok()
    }

    /// The administrations, each once.
    fn administrations(&self) -> String {
        let mut comuni: Vec<&str> = Vec::new();
        for site in &self.sites {
            if !comuni.contains(&site.comune.as_str()) {
                comuni.push(&site.comune);
            }
        }
        comuni.join(", ")
    }

    /// The name of the file when nobody gives one.
    #[must_use]
    pub fn file_name(&self) -> String {
        let (kind, ending) = (self.kind.name(), self.format.ending());
        if self.kind == Kind::Installation {
            return format!("{kind}.{ending}");
        }
        let (from, to, which) = (self.period.from(), self.period.to(), self.which());
        format!("{kind}-{from}_{to}{which}.{ending}")
    }

    /// What tells it from another of the same kind and days: other rows than hours, and the networks where they
    /// are not all.
    fn which(&self) -> String {
        let step = match (self.kind, self.step) {
            (Kind::Usage, Step::Day) => "-day",
            (Kind::Usage, Step::Month) => "-month",
            _ => "",
        };
        if self.is_everything || self.kind == Kind::Page {
            return step.to_owned();
        }
        let networks: Vec<&str> = self.sites.iter().map(|site| site.id.as_str()).collect();
        let networks = networks.join("-");
        if networks.len() <= MOST_NAMES {
            format!("{step}-{networks}")
        } else {
            format!(
                "{step}-{}-networks-{}",
                self.sites.len(),
                &file::digest(&networks)[..8]
            )
        }
    }

    /// Whether the format carries the report.
    ///
    /// # Errors
    /// [`ReportError::Refused`].
    pub fn check(&self) -> Result<(), ReportError> {
        if (self.kind == Kind::Page) == (self.format == Format::Html) {
            return Ok(());
        }
        Err(ReportError::Refused(vec![words!(
            "html is the format of \"page\", and of nothing else",
            "html è il formato di \"page\" e di nient'altro"
        )]))
    }

    /// Writes the export to `path`, and what belongs beside it; `note` hears of the files just before they
    /// stand there.
    ///
    /// # Errors
    /// [`ReportError`]; then nothing new stands at `path`. Where a file and its description are two and only one of
    /// them could be put there, that one is whole.
    pub fn write(
        &self,
        ledgers: &Ledgers<'_>,
        path: &Path,
        progress: &mut Progress<'_>,
        note: &mut Notary<'_>,
    ) -> Result<Export, ReportError> {
        self.check()?;
        let words = text::Words::new(self.tongue);
        match (self.kind, self.format) {
            (Kind::Summary, Format::Pdf) => {
                let summary = summary::Summary::gather(self, ledgers, progress)?;
                let bytes = summary::pages(self, &summary, &words)?;
                file::write_one(path, &bytes, self.notes(&words), note)
            }
            (Kind::Page, _) => {
                let numbers = page::Numbers::gather(self, ledgers, progress)?;
                let html = page::standalone(self, &numbers, &words)?;
                file::write_one(path, html.as_bytes(), self.notes(&words), note)
            }
            (Kind::Usage, _) => {
                let usage = usage::Usage::new(self, self.spans(ledgers)?, &words);
                self.write_table(&usage, ledgers, (path, &words), progress, note)
            }
            (Kind::Availability, _) => {
                let availability = availability::Availability::new(self, self.spans(ledgers)?);
                self.write_table(&availability, ledgers, (path, &words), progress, note)
            }
            (Kind::Installation, _) => {
                let installation = installation::Installation::new(self)?;
                self.write_table(&installation, ledgers, (path, &words), progress, note)
            }
            (Kind::Summary, _) => {
                let summary = summary::Summary::gather(self, ledgers, progress)?;
                let rows = summary::SummaryRows::new(self, &summary, &words);
                self.write_table(&rows, ledgers, (path, &words), &mut |_, _| Ok(()), note)
            }
        }
    }

    fn write_table(
        &self,
        rows: &dyn table::Rows,
        ledgers: &Ledgers<'_>,
        (path, words): (&Path, &text::Words),
        progress: &mut Progress<'_>,
        note: &mut Notary<'_>,
    ) -> Result<Export, ReportError> {
        let mut draft = file::Draft::new(path)?;
        let count = match self.format {
            Format::Csv => csv::write(rows, ledgers, &mut draft, progress)?,
            Format::Json => json::write(self, rows, ledgers, words, &mut draft, progress)?,
            Format::Xlsx | Format::Html => xlsx::write(self, rows, ledgers, words, &mut draft, progress)?,
            Format::Pdf => {
                let (bytes, count) = printed::write(self, rows, ledgers, words, progress)?;
                draft.write_all(&bytes).map_err(|error| draft.fault(error))?;
                count
            }
        };
        if count == 0 {
            return Err(ReportError::NoData(self.nothing_known()));
        }
        let mut drafts = vec![draft];
        let mut notes = self.notes(words);
        let mut is_described = true;
        if self.format == Format::Csv {
            drafts.push(csvw::write(self, rows, words, path)?);
            match dcat::write(self, rows, words, path)? {
                dcat::Described::Yes(draft) => drafts.push(draft),
                dcat::Described::No(reason) => {
                    notes.extend(reason);
                    is_described = false;
                }
            }
        }
        let stale = (!is_described).then(|| dcat::place(path));
        let files = file::publish(drafts, stale.as_deref(), note)?;
        Ok(Export {
            files,
            notes,
            rows: count,
        })
    }

    /// From when to when something is known of each network.
    fn spans(&self, ledgers: &Ledgers<'_>) -> Result<Vec<Option<Period>>, ReportError> {
        let mut ledger = ledgers()?;
        let spans: Result<Vec<_>, LedgerError> = self.sites.iter().map(|site| ledger.span(site.id)).collect();
        Ok(spans?)
    }

    fn nothing_known(&self) -> Said {
        let names: Vec<String> = self.sites.iter().map(|site| site.id.to_string()).collect();
        let (names, from, to) = (names.join(", "), self.period.from(), self.period.to());
        words!(
            "nothing is known of {names} from {from} to {to}",
            "non si sa niente di {names} dal {from} al {to}"
        )
    }

    /// What of the period is left out.
    fn notes(&self, words: &text::Words) -> Vec<String> {
        if self.kind == Kind::Installation || self.period.to() < self.today {
            return Vec::new();
        }
        vec![words.with("note-not-over", &[("day", self.today.to_string().into())])]
    }
}
