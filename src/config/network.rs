//! `[[network]]`: one WiFi4EU network.

use std::path::Path;

use toml::de::DeValue;

use super::garden::{self, GardenEntry, GardenName};
use super::guards::{self, Guards};
use super::host;
use super::interface::InterfaceName;
use super::inventory::{self, Administration};
use super::look::{self, Look};
use super::nearest::{meant, nearest};
use super::rate::{self, Told};
use super::reader::{Complaint, Located, Report, Section};
use super::schedule;
use super::service::Service;
use super::stations;
use super::tls::{self, TlsFiles};
use super::values;
use super::words::{Explain as _, words};
use crate::model::{AccessPoint, Mac, NetworkId, NetworkPolicy, OnConflict, Recognition, RecognitionError};

/// Of the two policies that the programme allows, the one that asks people least often.
pub const DEFAULT_RECOGNITION: &str = "midnight";
/// Count conflicts of addresses and show them, without touching anybody's session.
pub const DEFAULT_ON_CONFLICT: &str = "count";
/// Fifty stations on each of forty access points.
pub const DEFAULT_MAX_STATIONS: usize = 2_048;
/// All networks weigh the same.
pub const DEFAULT_WEIGHT: usize = 1;
/// The heaviest network.
const MOST_WEIGHT: usize = 100;
/// Fewest stations that may be configured.
const LEAST_STATIONS: usize = 16;
/// Most stations that may be configured: twice as many elements still fit the kernel's sets well.
const MOST_STATIONS: usize = 200_000;
/// Longest name of a place: the field of the Commission's portal.
const MAX_NAME: usize = 75;
/// Longest name of an administration.
const MAX_COMUNE: usize = 100;
/// Longest identifier of the Commission's portal.
const MAX_WIFI4EU_ID: usize = 75;
/// Hosts of the Commission's snippet.
pub const COLLECTOR: [&str; 2] = [
    "collection.wifi4eu.ec.europa.eu",
    "wifi4eucollectorprod.azurewebsites.net",
];
/// Where the Commission's script is.
const HTTPS: u16 = 443;
/// Of services without TLS.
const HTTP: u16 = 80;
/// Most entries of a network's garden.
const MOST_GARDEN: usize = 512;

/// `[[network]]`: one WiFi4EU network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// `id`
    pub id: NetworkId,
    /// `name`: what people call the place, at most 75 characters (the Commission's field).
    pub name: String,
    /// `comune`: the administration, as its page names it.
    pub comune: String,
    /// `interface`: LAN interface, usually a bridge with isolated ports.
    pub interface: InterfaceName,
    /// `host`: portal host name; lower-case, non-IDN, no IP (grant agreement, Annex I, 2.1.1).
    pub host: String,
    /// `wifi4eu_id`: network identifier of the Commission's portal, `[A-Za-z0-9-]{1,75}`.
    pub wifi4eu_id: Option<String>,
    /// `certificate`: PEM chain; with `key`.
    pub tls: Option<TlsFiles>,
    /// `[network.rate]`, `[[network.schedule]]`, `[network.fair_use]`, `weight`, `recognition`, `exempt`,
    /// `blocked`, `on_conflict`, `max_stations`.
    pub policy: NetworkPolicy,
    /// `[[network.garden]]`: destinations open before the grant.
    pub garden: Vec<GardenEntry>,
    /// `[[network.garden]]` by name; beside what is written there, the Commission's collector where
    /// there is a `wifi4eu_id`, and the hosts of services with `before_tap`.
    pub garden_names: Vec<GardenName>,
    /// `[network.guards]`
    pub guards: Guards,
    /// `[network.look]`
    pub look: Look,
    /// `contact`: mail address for questions and accessibility; shown on the legal pages.
    pub contact: Option<String>,
    /// `dpo`: mail address of the data protection officer (art. 13 GDPR).
    pub dpo: Option<String>,
    /// `terms_url`, `privacy_url`: the comune's own texts; Portico's built-in ones without them.
    pub terms_url: Option<String>,
    /// See `terms_url`.
    pub privacy_url: Option<String>,
    /// `istat`, `ipa`: the administration in public registers.
    pub administration: Administration,
    /// `[[network.access_point]]`, in file order.
    pub access_points: Vec<AccessPoint>,
}

impl Network {
    /// The portal's own address for people, with `https` when a certificate is configured.
    #[must_use]
    pub fn portal_url(&self, secure: bool) -> String {
        let scheme = if secure { "https" } else { "http" };
        format!("{scheme}://{}/", self.host)
    }

    /// Whether the server of this address is in the garden by name.
    fn opens(&self, url: &str) -> bool {
        let authority = url.split_once("://").and_then(|(_, rest)| rest.split('/').next());
        let host = authority.and_then(|authority| authority.split(':').next());
        host.is_some_and(|host| self.garden_names.iter().any(|garden| garden.name.matches(host)))
    }

    /// Puts the hosts of services that open before the tap into the garden.
    fn open_services(&mut self, services: &[Service]) {
        let open = services
            .iter()
            .filter(|service| service.before_tap && service.scope.includes(self.id));
        for service in open {
            let name = service.host().and_then(|host| host.parse().ok());
            self.garden_names.extend(name.map(|name| GardenName {
                name,
                ports: vec![if service.is_secure() { HTTPS } else { HTTP }],
                reason: None,
            }));
        }
    }
}

/// A network, with the place of what it must not share with another one.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: Option<Located<NetworkId>>,
    pub(super) interface: Option<Located<InterfaceName>>,
    pub(super) host: Option<Located<String>>,
    pub(super) wifi4eu_id: Option<Located<String>>,
    /// Of its access points.
    pub(super) macs: Vec<Located<Mac>>,
    pub(super) network: Option<Network>,
    /// Where its section stands.
    pub(super) span: std::ops::Range<usize>,
    /// The rates of its plans.
    pub(super) rates: Vec<Told>,
    /// `terms_url`, `privacy_url`.
    pub(super) texts: Vec<(&'static str, Located<String>)>,
}

impl Draft {
    /// The network, with the hosts of services that open before the tap in its garden. The comune's own
    /// texts are to be read before the tap, so their servers must be there too.
    pub(super) fn finish(self, report: &Report<'_>, services: &[Service]) -> Option<Network> {
        let mut network = self.network?;
        network.open_services(services);
        // A server that the garden names by its address cannot be told here.
        let texts = self.texts.iter().filter(|_| network.garden.is_empty());
        for (key, url) in texts.filter(|(_, url)| !network.opens(&url.value)) {
            report.warn(
                &url.span,
                Complaint::new(
                    words!(
                        "{key}: this page cannot be read before the tap, for its server is not in the garden",
                        "{key}: questa pagina non si può leggere prima del tocco, perché il suo server non è nel giardino recintato"
                    ),
                    words!(
                        "open its server with a [[network.garden]] entry, or leave the key out to use the built-in text",
                        "aprire il server con una voce [[network.garden]], o lasciare vuoto per usare il testo incluso"
                    ),
                ),
            );
        }
        Some(network)
    }
}

/// Reads one network; `base` is the directory of the file.
pub(super) fn read(mut section: Section<'_, '_>, base: &Path) -> Draft {
    let id = section.required("id", "\"piazza\"", values::parsed::<NetworkId>);
    let name = section.required("name", "\"Piazza Vittorio Emanuele\"", |value| {
        values::line_of(value, MAX_NAME)
    });
    let comune = section.required("comune", "\"Comune di Busto Arsizio\"", |value| {
        values::line_of(value, MAX_COMUNE)
    });
    let interface = section.required("interface", "\"br-piazza\"", values::interface);
    let host = section.required("host", "\"wifi.comune.bustoarsizio.va.it\"", host::host);
    let wifi4eu_id = section.optional("wifi4eu_id", wifi4eu_id);
    let tls = tls::read(&mut section, base);
    let span = section.span().clone();
    let (policy, rates) = read_policy(&mut section);
    let (garden, mut garden_names) = read_garden(&mut section);
    let guards = guards::read(section.table("guards", "[network.guards]"));
    let look = look::read(section.table("look", "[network.look]"), base);
    let contact = section.optional("contact", values::mail);
    let dpo = section.optional("dpo", values::mail);
    let terms_url = section.optional("terms_url", values::url);
    let privacy_url = section.optional("privacy_url", values::url);
    let administration = inventory::administration(&mut section);
    let (access_points, macs) = inventory::read(section.tables("access_point", "[[network.access_point]]"));

    warn_missing_id(&section, wifi4eu_id.as_ref());
    warn_private_host(&section, host.as_ref());
    if wifi4eu_id.is_some() {
        garden_names.extend(collector());
    }
    section.finish();
    let texts = [
        ("terms_url", terms_url.clone()),
        ("privacy_url", privacy_url.clone()),
    ];

    let build = || {
        Some(Network {
            id: id.as_ref()?.value,
            name: name?.value,
            comune: comune?.value,
            interface: interface.as_ref()?.value.clone(),
            host: host.as_ref()?.value.clone(),
            wifi4eu_id: wifi4eu_id.as_ref().map(|id| id.value.clone()),
            tls,
            policy: policy?,
            garden,
            garden_names,
            guards,
            look,
            contact: contact.map(|mail| mail.value),
            dpo: dpo.map(|mail| mail.value),
            terms_url: terms_url.map(|url| url.value),
            privacy_url: privacy_url.map(|url| url.value),
            administration,
            access_points,
        })
    };
    let network = build();
    Draft {
        id,
        interface,
        host,
        wifi4eu_id,
        macs,
        network,
        span,
        rates,
        texts: texts
            .into_iter()
            .filter_map(|(key, url)| Some((key, url?)))
            .collect(),
    }
}

/// The rules that `core` applies, `None` after a mistake in the rates; and the rates of all plans.
fn read_policy(section: &mut Section<'_, '_>) -> (Option<NetworkPolicy>, Vec<Told>) {
    let recognition = section.or("recognition", Recognition::Midnight, recognition);
    let lists = stations::read(section);
    let on_conflict = section.or("on_conflict", OnConflict::Count, on_conflict);
    let max_stations = section.or("max_stations", DEFAULT_MAX_STATIONS, |value| {
        values::integer(value, LEAST_STATIONS, MOST_STATIONS)
    });
    let weight = section.or("weight", DEFAULT_WEIGHT, |value| {
        values::integer(value, 1, MOST_WEIGHT)
    });
    let base = rate::read(section.table("rate", "[network.rate]"));
    let entries = section.tables("schedule", "[[network.schedule]]");
    let fair_use = section.table("fair_use", "[network.fair_use]");
    // The other sections are read also after a mistake in the first.
    let Some(plan) = base.as_ref().map(|base| base.plan).or_else(rate::default_plan) else {
        return (None, Vec::new());
    };
    let (schedule, mut rates) = schedule::read(entries, plan);
    let (fair_use, slow) = schedule::read_fair_use(fair_use, plan);
    rates.extend(slow);
    let Some(base) = base else {
        return (None, rates);
    };
    let policy = NetworkPolicy {
        plan: base.plan,
        schedule,
        fair_use,
        weight: u32::try_from(weight).unwrap_or(1),
        recognition,
        exempt: lists.exempt,
        blocked: lists.blocked,
        on_conflict,
        max_stations,
    };
    rates.extend(base.all());
    (Some(policy), rates)
}

fn read_garden(section: &mut Section<'_, '_>) -> (Vec<GardenEntry>, Vec<GardenName>) {
    let entries = section.tables("garden", "[[network.garden]]");
    if let Some(one_too_many) = entries.get(MOST_GARDEN) {
        section.report().error(
            one_too_many.span(),
            Complaint::new(
                words!(
                    "a network's garden has at most {MOST_GARDEN} entries",
                    "il giardino di una rete ha al massimo {MOST_GARDEN} voci"
                ),
                words!(
                    "join neighbouring addresses to prefixes, names to a wildcard",
                    "riunire indirizzi vicini in prefissi, nomi in uno con l'asterisco"
                ),
            ),
        );
    }
    let (mut addresses, mut names) = (Vec::new(), Vec::new());
    for entry in entries.into_iter().filter_map(garden::read) {
        match entry {
            garden::Entry::Address(entry) => addresses.push(entry),
            garden::Entry::Name(entry) => names.push(entry),
        }
    }
    (addresses, names)
}

fn recognition(value: &DeValue<'_>) -> Result<Recognition, Complaint> {
    let text = values::text(value)?;
    text.parse().map_err(|error| match error {
        RecognitionError::Range => Complaint::new(
            words!(
                "{text:?} is not a period that WiFi4EU allows",
                "{text:?} non è un periodo ammesso da WiFi4EU"
            ),
            words!(
                "{error}; or write \"midnight\"",
                "{error}; oppure scrivere midnight (mezzanotte)";
                error = error.words(),
            ),
        ),
        RecognitionError::Format => Complaint::new(
            words!("{text:?} is not a period", "{text:?} non è un periodo"),
            error.words(),
        ),
    })
}

fn on_conflict(value: &DeValue<'_>) -> Result<OnConflict, Complaint> {
    match values::text(value)? {
        "count" => Ok(OnConflict::Count),
        "block" => Ok(OnConflict::Block),
        other => {
            let near = nearest(other, ["count", "block"].into_iter());
            Err(Complaint::new(
                words!(
                    "{other:?} is neither \"count\" nor \"block\"",
                    "{other:?} non è né \"count\" né \"block\""
                ),
                near.map_or_else(
                    || words!(
                        "\"count\" counts and shows a conflict, \"block\" also ends the claimant's session",
                        "\"count\" conta e mostra un conflitto, \"block\" chiude anche la sessione di chi lo pretende"
                    ),
                    meant,
                ),
            ))
        }
    }
}

fn wifi4eu_id(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = values::text(value)?;
    let legal = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !legal || text.is_empty() || text.len() > MAX_WIFI4EU_ID {
        return Err(Complaint::new(
            words!(
                "{text:?} is not a network identifier of the WiFi4EU portal",
                "{text:?} non è un identificativo di rete del portale WiFi4EU"
            ),
            words!(
                "1 to {MAX_WIFI4EU_ID} letters, digits and hyphens, as the installation report shows it",
                "da 1 a {MAX_WIFI4EU_ID} lettere, cifre e trattini, come nel rapporto di installazione"
            ),
        ));
    }
    Ok(text.to_owned())
}

fn warn_missing_id(section: &Section<'_, '_>, id: Option<&Located<String>>) {
    if id.is_none() {
        section.report().warn(
            section.span(),
            Complaint::new(
                words!(
                    "no wifi4eu_id: the Commission counts no users and sees no banner of this network",
                    "manca l'identificativo di rete WiFi4EU (wifi4eu_id): la Commissione non conta gli utenti di questa rete e non ne vede il logo"
                ),
                words!(
                    "copy the network identifier from the WiFi4EU portal (grant agreement, Annex I, 2.1.1)",
                    "copiarlo dal portale WiFi4EU (convenzione di sovvenzione, allegato I, 2.1.1)"
                ),
            ),
        );
    }
}

/// The Commission's script and where it reports to (wifi4eu tracking snippet guideline).
fn collector() -> impl Iterator<Item = GardenName> {
    COLLECTOR.iter().filter_map(|name| {
        Some(GardenName {
            name: name.parse().ok()?,
            ports: vec![HTTPS],
            reason: None,
        })
    })
}

fn warn_private_host(section: &Section<'_, '_>, host: Option<&Located<String>>) {
    if let Some(host) = host.filter(|host| !host::is_public(&host.value)) {
        section.report().warn(
            &host.span,
            Complaint::new(
                words!(
                    "no public authority gives a certificate for this name",
                    "nessuna autorità pubblica rilascia un certificato per questo nome"
                ),
                words!(
                    "use a name under the comune's own domain",
                    "usare un nome sotto il dominio del comune"
                ),
            ),
        );
    }
}
