//! Draws "il Wi-Fi in numeri" for the portal, where the comune wants it (`[open_data] page`).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::clock;
use super::export::Known;
use super::town::Town;
use crate::config::Config;
use crate::model::figures::{Day, Ledger, LedgerError};
use crate::model::{NetworkId, Now};
use crate::portal::{Numbers, NumbersText};
use crate::report::{
    self, Format, Kind, Order, PublicPage, PublicText, ReportError, Site, Step, Tongue, twelve_months,
};
use crate::store::figures::{self, SqliteLedger};

/// Whole months change once a month; what the page says of its own day, once a day.
const EVERY: Duration = Duration::from_hours(1);

/// Draws now and then, until it is dropped.
pub(super) struct Publisher(Option<JoinHandle<()>>);

impl Publisher {
    /// Begins, or takes away what was shown. Inside a tokio runtime.
    pub(super) fn start(config: &Arc<Config>, town: &Town) -> Self {
        if !config.open_data.page {
            town.numbers.store(Arc::default());
            return Self(None);
        }
        Self(Some(tokio::spawn(publish(Arc::clone(config), town.clone()))))
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

async fn publish(config: Arc<Config>, town: Town) {
    loop {
        let wanted = Arc::clone(&config);
        let drawn = tokio::task::spawn_blocking(move || draw(&wanted, clock::now())).await;
        match drawn {
            Ok(Ok(pages)) => town.numbers.store(Arc::new(pages)),
            Ok(Err(error)) => tracing::warn!(%error, "the page of figures could not be drawn"),
            Err(error) => tracing::error!(%error, "the page of figures could not be drawn"),
        }
        sleep(EVERY).await;
    }
}

/// A page for each comune of which a whole month is known, under each of its networks.
fn draw(config: &Config, now: Now) -> Result<BTreeMap<NetworkId, Arc<Numbers>>, ReportError> {
    let mut comuni: BTreeMap<&str, Vec<Site>> = BTreeMap::new();
    for network in &config.networks {
        comuni.entry(&network.comune).or_default().push(Site::of(network));
    }
    let database = config.gateway.state_dir.join(figures::FILE);
    // What was told of a month stays: nothing of it is told before the daemon has written all of it.
    let today = Known::read(&database)?.today(config, now.wall);
    let mut pages = BTreeMap::new();
    for sites in comuni.into_values() {
        let networks: Vec<NetworkId> = sites.iter().map(|site| site.id).collect();
        match report::public_page(&order(config, sites, today, now), &|| open(&database)) {
            Ok(page) => {
                let numbers = Arc::new(numbers(page));
                pages.extend(
                    networks
                        .into_iter()
                        .map(|network| (network, Arc::clone(&numbers))),
                );
            }
            // The first month is not over.
            Err(ReportError::NoData(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(pages)
}

/// The figures on disk, for reading.
pub(super) fn open(database: &Path) -> Result<Box<dyn Ledger>, LedgerError> {
    let ledger = SqliteLedger::open(database).map_err(|error| LedgerError(Box::new(error)))?;
    Ok(Box::new(ledger))
}

fn order(config: &Config, sites: Vec<Site>, today: Day, now: Now) -> Order {
    Order {
        kind: Kind::Page,
        format: Format::Html,
        period: twelve_months(today),
        step: Step::Month,
        sites,
        is_everything: false,
        works: Arc::default(),
        tongue: Tongue::It,
        zone: config.gateway.time_zone.clone(),
        today,
        now: now.wall,
        published_at: config.open_data.url.clone(),
    }
}

fn numbers(page: PublicPage) -> Numbers {
    let text = |text: PublicText| NumbersText {
        title: text.title,
        captive: text.plain,
        online: text.linked,
    };
    Numbers {
        italian: text(page.italian),
        english: text(page.english),
        style: page.style,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Config, Now, draw};
    use crate::model::figures::{Day, Figure, Heartbeat, HourFigures, Period};
    use crate::model::{Boot, BootId, TimeZone};
    use crate::store::figures::{FILE, FigureStore};

    /// A gateway whose network was in service in all of September and October, and has last written at `beat`.
    fn leave(folder: &Path, beat: &str) -> Config {
        let network = "piazza".parse().unwrap();
        let text = format!(
            "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
             comune = \"Comune\"\ninterface = \"br0\"\nhost = \"wifi.example.org\"\n[open_data]\npage = true\n",
            folder.display()
        );
        let days = Period::new("2026-09-01".parse().unwrap(), "2026-10-31".parse().unwrap()).unwrap();
        let hours_of = |day: Day| {
            let hours = day.hours(&TimeZone::rome());
            hours.map(move |hour| Figure::Hour {
                network,
                day,
                hour,
                figures: Box::new(HourFigures {
                    observed: 3_600,
                    ..HourFigures::default()
                }),
            })
        };
        let figures: Vec<Figure> = days.days().flat_map(hours_of).collect();
        let beat = Heartbeat {
            at: beat.parse().unwrap(),
            boot_id: BootId("first".into()),
            stopped: false,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut store = FigureStore::open(&folder.join(FILE)).await.unwrap();
            store.write(&figures, Some(&beat)).await.unwrap();
            store.close().await;
        });
        Config::parse(&text, "portico.toml").unwrap()
    }

    /// What the page says of its months and its day, drawn at a time at which everything was written.
    fn lead_at(now: &str, beat: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let config = leave(folder.path(), beat);
        let now = Now {
            boot: Boot(9_000),
            wall: now.parse().unwrap(),
        };
        let pages = draw(&config, now).unwrap();
        let page = &pages[&"piazza".parse().unwrap()].english.captive;
        let lead = page.lines().find(|line| line.contains("month by month from"));
        lead.unwrap_or(page).to_owned()
    }

    #[test]
    fn after_a_local_midnight_the_page_is_of_the_new_day() {
        // Clocks in Rome are an hour ahead of UTC.
        let before = lead_at("2026-11-12T22:59:00Z", "2026-11-12T22:59:00Z");
        assert!(before.contains("updated on 12 November 2026"), "{before}");
        let after = lead_at("2026-11-12T23:00:00Z", "2026-11-12T23:00:00Z");
        assert!(after.contains("updated on 13 November 2026"), "{after}");
    }

    #[test]
    fn after_a_month_s_last_midnight_the_page_has_that_month() {
        let (evening, night) = ("2026-10-31T22:59:00Z", "2026-10-31T23:10:00Z");
        let september = "to 30 September 2026";
        for (now, beat, until) in [
            (evening, evening, september),
            (night, night, "to 31 October 2026"),
            // Its last hour is not written yet.
            (night, evening, september),
        ] {
            let lead = lead_at(now, beat);
            assert!(lead.contains(until), "{now} {beat}: {lead}");
        }
    }
}
