//! The configuration file: TOML → checked values, one file per section; every mistake is reported
//! at once with file, line, column and a hint, and unknown keys are refused.
//!
//! `firmware-config/portico.toml` documents every key and its default.

pub mod edit;
mod errors;
mod forward;
mod garden;
mod gateway;
mod guards;
mod host;
mod interface;
mod inventory;
mod look;
mod management;
mod nearest;
mod network;
mod news;
mod open_data;
mod phrases;
mod portal;
mod rate;
mod reader;
mod register;
mod schedule;
mod service;
mod stations;
mod tls;
mod unique;
mod uplink;
mod values;
mod words;

use std::path::Path;

use toml::Spanned;
use toml::de::DeTable;

pub use errors::{ConfigErrors, Finding, Position, Severity};
pub use forward::{DEFAULT_FLOWTABLE, Forward};
pub use garden::{GardenEntry, GardenName, may_be_opened};
pub use gateway::{
    DEFAULT_MASQUERADE, DEFAULT_PROTECTED, DEFAULT_RUN_DIR, DEFAULT_STATE_DIR, DEFAULT_TIME_ZONE,
    DEFAULT_USER, Gateway, default_protected,
};
pub use guards::{DEFAULT_CONNECTIONS, DEFAULT_NEW_CONNECTIONS, Guards};
pub use interface::InterfaceName;
pub use inventory::{Administration, is_enough};
pub use look::{Color, DEFAULT_COLOR, Look};
pub use management::{DEFAULT_ENABLED, DEFAULT_MANAGEMENT_PORT, Management, ManagementLan, is_open_to_all};
pub use network::{
    COLLECTOR, DEFAULT_MAX_STATIONS, DEFAULT_ON_CONFLICT, DEFAULT_RECOGNITION, DEFAULT_WEIGHT, Network,
};
pub use news::{DEFAULT_MOST_ITEMS, DEFAULT_REFRESH_MINUTES, Feed, FeedKind, News};
pub use open_data::{DEFAULT_PAGE, OpenData};
pub use phrases::Phrases;
pub use portal::{
    DEFAULT_DNS_PORT, DEFAULT_HTTP_PORT, DEFAULT_HTTPS_PORT, DEFAULT_MAX_CONNECTIONS,
    DEFAULT_MAX_CONNECTIONS_PER_STATION, MOST_CONNECTIONS, Portal,
};
pub use rate::{DEFAULT_BURST, DEFAULT_DOWN, DEFAULT_UP};
pub use register::{DEFAULT_REGISTER_DAYS, MOST_REGISTER_DAYS, Register};
pub use service::{Service, ServiceKind};
pub use tls::TlsFiles;
pub use uplink::{DEFAULT_CHECK, DEFAULT_FAIR_SHARE, DEFAULT_QUEUE, DEFAULT_RESERVE, QueueWish, Uplink};

use crate::model::{NetworkId, Policy, Rate};
use reader::{Complaint, Report, Section};
pub use words::Words;
use words::unopened;
pub(crate) use words::words;

/// Longest file that is read, bytes: a configuration of hundreds of networks is far smaller.
const MAX_FILE: u64 = 1 << 20;

/// A whole, checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `[gateway]`
    pub gateway: Gateway,
    /// `[portal]`
    pub portal: Portal,
    /// `[uplink]`
    pub uplink: Uplink,
    /// `[forward]`
    pub forward: Forward,
    /// `[[network]]`, in file order; at least one, identifiers, interfaces and hosts unique.
    pub networks: Vec<Network>,
    /// `[news]`
    pub news: News,
    /// `[[service]]`, in file order.
    pub services: Vec<Service>,
    /// `[open_data]`
    pub open_data: OpenData,
    /// `[management]`
    pub management: Management,
    /// `[register]`
    pub register: Register,
}

/// A configuration and what is doubtful in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The configuration.
    pub config: Config,
    /// Legal, but probably not wanted; in file order.
    pub warnings: Vec<Finding>,
}

impl Config {
    /// Whether stations' packets down and up are to wait in queues of their own where the kernel has them: while
    /// it is known what the line carries, and how the uplink's packets leave is nobody else's decision. Flows
    /// that take the short cut of a flow table pass no rule that could tell their queue upwards.
    #[must_use]
    pub fn queued_ways(&self) -> [bool; 2] {
        let line = self.uplink.line;
        let is_free = self.uplink.queue == QueueWish::Auto && !self.forward.flowtable;
        [
            line.is_some_and(|line| line.down.is_some()),
            is_free && line.is_some_and(|line| line.up.is_some()),
        ]
    }

    /// Reads and checks a file.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn load(path: &Path) -> Result<Self, ConfigErrors> {
        Self::check_file(path).map(|checked| checked.config)
    }

    /// Checks a text; `name` stands in the messages, and relative paths in the text are relative to
    /// its directory.
    ///
    /// # Errors
    /// Every mistake of the text.
    pub fn parse(text: &str, name: &str) -> Result<Self, ConfigErrors> {
        Self::check(text, name).map(|checked| checked.config)
    }

    /// [`Config::load`] with the warnings, among them those about the files that it names.
    ///
    /// # Errors
    /// Every mistake of the file.
    pub fn check_file(path: &Path) -> Result<Checked, ConfigErrors> {
        let name = path.display().to_string();
        let mut checked = Self::check(&Self::read(path)?, &name)?;
        let doubts = checked.config.doubts_of_files(&name);
        checked.warnings.extend(doubts);
        Ok(checked)
    }

    /// What is doubtful about the files that it names, which are read for it: the gateway starts without them.
    #[must_use]
    pub fn doubts_of_files(&self, name: &str) -> Vec<Finding> {
        let networks = self.networks.iter();
        let doubts = networks.flat_map(|network| {
            tls::doubts(network.id, network.tls.as_ref())
                .into_iter()
                .chain(network.look.doubt(network.id))
        });
        let doubts = doubts.chain(management::doubts(&self.management));
        doubts.map(|doubt| Finding::warning(name, doubt)).collect()
    }

    /// The text of a file.
    ///
    /// # Errors
    /// It cannot be read, is too long or no text.
    pub fn read(path: &Path) -> Result<String, ConfigErrors> {
        let name = path.display().to_string();
        let unreadable = |what: Words, hint: Words| ConfigErrors::unreadable(&name, what, hint);
        let length = std::fs::metadata(path)
            .map_err(|error| {
                unreadable(
                    unread(&error),
                    words!("name a file that exists", "indicare un file che c'è"),
                )
            })?
            .len();
        if length > MAX_FILE {
            return Err(unreadable(
                words!("is over 1 MiB", "supera 1 MiB"),
                words!("is this the right file?", "è il file giusto?"),
            ));
        }
        let bytes = std::fs::read(path).map_err(|error| {
            unreadable(
                unread(&error),
                words!(
                    "run it as root or as the user portico",
                    "eseguirlo come root o come utente portico"
                ),
            )
        })?;
        String::from_utf8(bytes).map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let newlines = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n');
            let line = newlines.count() + 1;
            unreadable(
                words!("line {line} is not UTF-8", "la riga {line} non è in UTF-8"),
                words!("save the file as UTF-8", "salvare il file in UTF-8"),
            )
        })
    }

    /// [`Config::parse`] with the warnings.
    ///
    /// # Errors
    /// Every mistake of the text.
    pub fn check(text: &str, name: &str) -> Result<Checked, ConfigErrors> {
        let report = Report::new(text, name);
        let config = read_document(&report, text, name);
        let (errors, warnings) = report.finish();
        match (config, ConfigErrors::new(errors)) {
            (Some(config), None) => Ok(Checked { config, warnings }),
            (_, Some(errors)) => Err(errors),
            (None, None) => Err(ConfigErrors::unreadable(
                name,
                words!("is not a configuration", "non è una configurazione"),
                words!(
                    "start from the example of the documentation",
                    "partire dall'esempio della documentazione"
                ),
            )),
        }
    }

    /// The network of an identifier.
    #[must_use]
    pub fn network(&self, id: NetworkId) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// The services shown on a network, in file order.
    pub fn services_of(&self, network: NetworkId) -> impl Iterator<Item = &Service> {
        self.services
            .iter()
            .filter(move |service| service.scope.includes(network))
    }

    /// What `core` needs of it.
    #[must_use]
    pub fn policy(&self) -> Policy {
        Policy {
            time_zone: self.gateway.time_zone.clone(),
            closed: garden::closed()
                .chain(self.gateway.protected.iter().copied())
                .collect(),
            networks: self
                .networks
                .iter()
                .map(|network| (network.id, network.policy.clone()))
                .collect(),
            line: self.uplink.line,
            register: self.register.is_on(),
            contract: self
                .uplink
                .capacity()
                .map(|told| told.map_or(0, Rate::bytes_per_second)),
            unwatched: self.uplink.check.is_empty(),
        }
    }
}

/// The file could not be read.
fn unread(error: &std::io::Error) -> Words {
    words!("cannot be read: {why}", "non si può leggere: {why}"; why = unopened(error))
}

/// Reads every section, whatever is wrong with the ones before it.
fn read_document(report: &Report<'_>, text: &str, name: &str) -> Option<Config> {
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let hint = words!(
                "this is a mistake of form (TOML): the rest is checked when it is mended",
                "questo è un errore di forma (TOML): il resto viene controllato quando è corretto"
            );
            // The parser speaks English alone.
            let what = words!(
                "{}",
                "il file non è TOML corretto; il lettore dice, in inglese: {}",
                error.message()
            );
            report.error(&span, Complaint::new(what, hint));
            return None;
        }
    };
    read_sections(report, &document, name)
}

fn read_sections<'t>(report: &Report<'t>, document: &Spanned<DeTable<'t>>, name: &str) -> Option<Config> {
    let base = Path::new(name).parent().unwrap_or(Path::new(""));
    let mut root = Section::new(report, "", Some(document.get_ref()), 0..0);

    let section = root.table("gateway", "[gateway]");
    let gateway = gateway::read(section);
    let portal = portal::read(root.table("portal", "[portal]"));
    let (uplink, line) = uplink::read(root.table("uplink", "[uplink]"));
    let forward = forward::read(root.table("forward", "[forward]"));
    let sections = root.tables("network", "[[network]]");
    if sections.is_empty() {
        report.error(
            root.span(),
            Complaint::new(
                words!("there is no network", "non c'è nessuna rete"),
                words!(
                    "add a section [[network]] for each WiFi4EU network",
                    "aggiungere una sezione [[network]] per ogni rete WiFi4EU"
                ),
            ),
        );
    }
    let drafts: Vec<network::Draft> = sections
        .into_iter()
        .map(|section| network::read(section, base))
        .collect();
    for draft in &drafts {
        for told in &draft.rates {
            told.compare(report, &draft.span, &line);
        }
    }
    unique::check(report, gateway.uplink.as_ref(), &drafts);
    let known = drafts
        .iter()
        .filter_map(|draft| Some(draft.id.as_ref()?.value))
        .collect();
    let news = news::read(root.table("news", "[news]"), base, &known);
    let services = root.tables("service", "[[service]]");
    let services: Vec<Service> = services
        .into_iter()
        .filter_map(|service| service::read(service, &known))
        .collect();
    let open_data = open_data::read(root.table("open_data", "[open_data]"));
    let neighbours = management::Neighbours {
        portal: &portal,
        uplink: gateway.uplink.as_ref().map(|uplink| &uplink.value),
        lans: drafts
            .iter()
            .filter_map(|draft| Some(&draft.interface.as_ref()?.value))
            .collect(),
    };
    let management = management::read(root.table("management", "[management]"), base, &neighbours);
    let section = root.table("register", "[register]");
    let register = register::read(section, report, gateway.gateway.as_ref());
    root.finish();

    Some(Config {
        gateway: gateway.gateway?,
        portal,
        uplink,
        forward,
        networks: drafts
            .into_iter()
            .map(|draft| draft.finish(report, &services))
            .collect::<Option<Vec<_>>>()?,
        news,
        services,
        open_data,
        management,
        register,
    })
}

#[cfg(test)]
mod plans_tests;
#[cfg(test)]
mod tests;
