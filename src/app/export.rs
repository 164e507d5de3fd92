//! What somebody wants exported, from a command or the dashboard: one way to an order, and one to its file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::{clock, works};
use crate::config::{Config, Words, is_enough, words};
use crate::core::SAVE_EVERY;
use crate::model::figures::{Book, Day, Ledger, LedgerError, Period};
use crate::model::{NetworkId, Placement, WorksBook};
use crate::report::{
    Export, Format, Kind, Notary, Order, Progress, ReportError, Site, Step, Tongue, twelve_months,
};
use crate::store::figures::{self, SqliteLedger};

/// From the end of a day until its figures change no more: a save, and a minute for it to be written.
const SETTLES: SignedDuration = SignedDuration::from_mins(SAVE_EVERY + 1);

/// What is wanted.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) what: What,
    /// First day; without it the first of last month, or of the last twelve for the page.
    pub(super) from: Option<Day>,
    /// Last day, included; without it the end of last month, or of the month of `from`.
    pub(super) to: Option<Day>,
    /// All of them when empty.
    pub(super) networks: Vec<String>,
    /// Without it the one that suits.
    pub(super) format: Option<Shape>,
    pub(super) by: By,
    pub(super) lang: Lang,
}

/// See [`Kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    Usage,
    Availability,
    Installation,
    Summary,
    Page,
}

/// See [`Format`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    Csv,
    Xlsx,
    Json,
    Pdf,
    Html,
}

/// See [`Step`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    Hour,
    Day,
    Month,
}

/// See [`Tongue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    It,
    En,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// Which part of it, by its name in [`Request`].
    pub(super) field: &'static str,
    /// In words.
    pub(super) words: Words,
}

/// What the database of figures knows besides figures.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) networks: Vec<NetworkId>,
    /// When the daemon last wrote everything that it knew.
    beat: Option<Timestamp>,
}

/// Where the figures of a configuration are.
pub(super) fn database(config: &Config) -> PathBuf {
    config.gateway.state_dir.join(figures::FILE)
}

/// Opens the figures for reading.
pub(super) fn open(database: &Path) -> Result<SqliteLedger, LedgerError> {
    SqliteLedger::open(database).map_err(|error| LedgerError(Box::new(error)))
}

impl Known {
    pub(super) fn read(database: &Path) -> Result<Self, LedgerError> {
        if !database.exists() {
            return Ok(Self::default());
        }
        let mut ledger = open(database)?;
        Ok(Self {
            networks: ledger.networks()?,
            beat: ledger.last_beat()?,
        })
    }

    /// The running day. Of a day that the daemon has not outlived more may follow, and what was told before would
    /// no longer agree with it: the last readings of sessions that end at midnight come with the next save.
    pub(super) fn today(&self, config: &Config, now: Timestamp) -> Day {
        let written = self.beat.map_or(now, |beat| beat.min(now));
        let settled = written.checked_sub(SETTLES).unwrap_or(written);
        Day::containing(settled, &config.gateway.time_zone)
    }

    /// The networks of the configuration, and those that once were: their figures are the comune's too.
    pub(super) fn sites(&self, config: &Config) -> Vec<Site> {
        let former = self.networks.iter().filter(|id| config.network(**id).is_none());
        let former = former.map(|id| former_site(*id));
        config.networks.iter().map(Site::of).chain(former).collect()
    }
}

impl Request {
    /// What is asked for, or what is wrong with it.
    pub(super) fn order(&self, config: &Config, known: &Known) -> Result<Order, Complaint> {
        let zone = config.gateway.time_zone.clone();
        let now = clock::wall();
        let today = known.today(config, now);
        let kind = match self.what {
            What::Usage => Kind::Usage,
            What::Availability => Kind::Availability,
            What::Installation => Kind::Installation,
            What::Summary => Kind::Summary,
            What::Page => Kind::Page,
        };
        let format = match (self.format, kind) {
            (Some(Shape::Xlsx), _) => Format::Xlsx,
            (Some(Shape::Json), _) => Format::Json,
            (Some(Shape::Html), _) | (None, Kind::Page) => Format::Html,
            (Some(Shape::Pdf), _) | (None, Kind::Summary) => Format::Pdf,
            (Some(Shape::Csv) | None, _) => Format::Csv,
        };
        let sites = sites(&self.networks, kind, config, known)?;
        Ok(Order {
            kind,
            format,
            period: match (self.from, self.to, kind) {
                (None, None, Kind::Page) => twelve_months(today),
                (from, to, _) => period(from, to, Day::containing(now, &zone))?,
            },
            step: match self.by {
                By::Hour => Step::Hour,
                By::Day => Step::Day,
                By::Month => Step::Month,
            },
            is_everything: sites.len() == known.sites(config).len(),
            sites,
            works: Arc::new(announced(kind, config)?),
            tongue: match self.lang {
                Lang::It => Tongue::It,
                Lang::En => Tongue::En,
            },
            zone,
            today,
            now,
            published_at: config.open_data.url.clone(),
        })
    }
}

/// Works, where the report tells of them.
fn announced(kind: Kind, config: &Config) -> Result<WorksBook, Complaint> {
    if kind != Kind::Availability {
        return Ok(WorksBook::default());
    }
    works::read(&config.gateway.state_dir).map_err(|error| Complaint {
        field: "make",
        words: words!(
            "the announced works cannot be read: {error}",
            "i lavori annunciati non si possono leggere: {error}"
        ),
    })
}

/// Writes the file of an order, and those beside it.
pub(super) fn write(
    order: &Order,
    database: &Path,
    path: &Path,
    progress: &mut Progress<'_>,
    note: &mut Notary<'_>,
) -> Result<Export, ReportError> {
    // The inventory is in the configuration.
    if order.kind == Kind::Installation {
        let empty = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(Book::default())) };
        let export = order.write(&empty, path, progress, note)?;
        return Ok(Export {
            notes: [export.notes, inventory_notes(order)].concat(),
            ..export
        });
    }
    if !database.exists() {
        let what = words!(
            "nothing is known yet: there is no {}",
            "non si sa ancora niente: non c'è {}",
            database.display()
        );
        return Err(ReportError::NoData(what));
    }
    let ledgers = || -> Result<Box<dyn Ledger>, LedgerError> { Ok(Box::new(open(database)?)) };
    order.write(&ledgers, path, progress, note)
}

/// The days asked for; last month when nobody says.
fn period(from: Option<Day>, to: Option<Day>, today: Day) -> Result<Period, Complaint> {
    let last_month = today.month().first().previous().month();
    let (from, to) = match (from, to) {
        (None, None) => (last_month.first(), last_month.last()),
        (Some(from), None) => (from, from.month().last()),
        (None, Some(to)) => (to.month().first(), to),
        (Some(from), Some(to)) => (from, to),
    };
    Period::new(from, to).map_err(|error| Complaint {
        field: "to",
        words: words!(
            "the days are reversed: {error}",
            "i giorni sono invertiti: {from} viene dopo {to}"
        ),
    })
}

/// A day, `2026-10-31`.
pub(super) fn day(text: &str) -> Result<Day, String> {
    let whole = text.len() == "2026-10-31".len();
    let day = text.parse::<Day>().ok().filter(|_| whole);
    let day = day.filter(|day| day.date().checked_add(1.day()).is_ok());
    day.ok_or_else(|| "write a day like 2026-10-31".to_owned())
}

fn sites(wanted: &[String], kind: Kind, config: &Config, known: &Known) -> Result<Vec<Site>, Complaint> {
    let all: Vec<Site> = if matches!(kind, Kind::Installation | Kind::Page) {
        config.networks.iter().map(Site::of).collect()
    } else {
        known.sites(config)
    };
    if wanted.is_empty() {
        return Ok(all);
    }
    let mut sites: Vec<Site> = Vec::new();
    for name in wanted {
        let Some(site) = all.iter().find(|site| site.id.as_str() == name) else {
            let names: Vec<&str> = all.iter().map(|site| site.id.as_str()).collect();
            let names = names.join(", ");
            return Err(Complaint {
                field: "network",
                words: words!(
                    "there is no network {name:?} in the configuration or among the figures; there are: {names}",
                    "non c'è nessuna rete {name:?} nella configurazione o tra le statistiche; ci sono: {names}"
                ),
            });
        };
        if sites.iter().all(|known| known.id != site.id) {
            sites.push(site.clone());
        }
    }
    Ok(sites)
}

/// A network that is in the configuration no more: of it only the figures are known, and not whose it was.
fn former_site(id: NetworkId) -> Site {
    Site {
        id,
        name: id.to_string(),
        comune: String::new(),
        istat: None,
        ipa: None,
        wifi4eu_id: None,
        host: String::new(),
        url: String::new(),
        recognition: None,
        access_points: Vec::new(),
    }
}

/// What of the declaration is legal and yet not enough for a voucher.
fn inventory_notes(order: &Order) -> Vec<String> {
    let points = || order.sites.iter().flat_map(|site| &site.access_points);
    let outdoor = points()
        .filter(|point| point.placement == Placement::Outdoor)
        .count();
    let indoor = points().count() - outdoor;
    let mut notes = Vec::new();
    if !is_enough(outdoor, indoor) {
        notes.push(words!(
            "{outdoor} access points outside and {indoor} inside are fewer than a voucher wants, as 10 and 0, 6 and 6, \
             or 0 and 15 (grant agreement, Annex I, 2.2)",
            "{outdoor} punti di accesso fuori e {indoor} dentro sono meno di quanti ne vuole un buono, come 10 e 0, 6 e 6, \
             o 0 e 15 (convenzione, allegato I, 2.2)"
        ));
    }
    for site in order.sites.iter().filter(|site| site.wifi4eu_id.is_none()) {
        notes.push(words!(
            "{}: no wifi4eu_id yet; the portal gives it when the network is declared",
            "{}: manca ancora wifi4eu_id; lo dà il portale quando si dichiara la rete",
            site.id
        ));
    }
    let said = notes.iter().map(|note| match order.tongue {
        Tongue::It => note.italian(),
        Tongue::En => note.english(),
    });
    said.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::{Known, day, period};
    use crate::config::Config;

    const CONFIG: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                          interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n";

    #[test]
    fn a_day_is_over_when_its_last_save_is_written() {
        let config = Config::parse(CONFIG, "p.toml").unwrap();
        let today = |beat: Option<&str>, now: &str| {
            let known = Known {
                networks: Vec::new(),
                beat: beat.map(|beat| beat.parse().unwrap()),
            };
            known.today(&config, now.parse().unwrap()).to_string()
        };
        // Rome is an hour ahead in November.
        let morning = "2026-11-21T09:00:00Z";
        assert_eq!(
            today(Some("2026-11-20T23:00:00Z"), morning),
            "2026-11-20",
            "at midnight"
        );
        assert_eq!(
            today(Some("2026-11-20T23:05:00Z"), morning),
            "2026-11-20",
            "as it is saved"
        );
        assert_eq!(today(Some("2026-11-20T23:06:00Z"), morning), "2026-11-21");
        assert_eq!(
            today(Some("2026-11-18T12:00:00Z"), morning),
            "2026-11-18",
            "it stands still since"
        );
        assert_eq!(today(None, morning), "2026-11-21");
        assert_eq!(today(None, "2026-11-20T23:01:00Z"), "2026-11-20");
    }

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
        let reversed = told("2025-11-15", "2025-11-14").unwrap_err();
        assert!(reversed.field == "to" && reversed.words.english().contains("reversed"));
        for bad in ["", "2025-02-30", "15/11/2025", "2025-11-15T10:00", "9999-12-31"] {
            assert!(day(bad).is_err(), "{bad}");
        }
    }
}
