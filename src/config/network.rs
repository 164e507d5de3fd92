//! `[[network]]`: one WiFi4EU network.

use std::path::Path;

use toml::de::DeValue;

use super::garden::{self, GardenEntry};
use super::host;
use super::interface::InterfaceName;
use super::rate;
use super::reader::{Complaint, Located, Section, nearest};
use super::stations;
use super::tls::{self, TlsFiles};
use super::values;
use crate::model::{NetworkId, NetworkPolicy, OnConflict, Recognition, RecognitionError};

/// Of the two policies that the programme allows, the one that asks people least often.
pub const DEFAULT_RECOGNITION: &str = "midnight";
/// Count conflicts of addresses and show them, without touching anybody's session.
pub const DEFAULT_ON_CONFLICT: &str = "count";
/// Fifty stations on each of forty access points.
pub const DEFAULT_MAX_STATIONS: usize = 2_048;
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
/// Where the Commission's script is.
const HTTPS: u16 = 443;
/// Most entries of a network's garden: each is a rule that captive packets pass.
const MOST_GARDEN: usize = 64;

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
    /// `[network.rate]`, `recognition`, `exempt`, `blocked`, `on_conflict`, `max_stations`.
    pub policy: NetworkPolicy,
    /// `[[network.garden]]`: destinations open before the grant.
    pub garden: Vec<GardenEntry>,
    /// `terms_url`, `privacy_url`: the comune's own texts; Portico's built-in ones without them.
    pub terms_url: Option<String>,
    /// See `terms_url`.
    pub privacy_url: Option<String>,
}

impl Network {
    /// The portal's own address for people, with `https` when a certificate is configured.
    #[must_use]
    pub fn portal_url(&self, secure: bool) -> String {
        let scheme = if secure { "https" } else { "http" };
        format!("{scheme}://{}/", self.host)
    }
}

/// A network, with the place of what it must not share with another one.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: Option<Located<NetworkId>>,
    pub(super) interface: Option<Located<InterfaceName>>,
    pub(super) host: Option<Located<String>>,
    pub(super) wifi4eu_id: Option<Located<String>>,
    pub(super) network: Option<Network>,
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
    let policy = read_policy(&mut section);
    let garden = read_garden(&mut section);
    let terms_url = section.optional("terms_url", values::url);
    let privacy_url = section.optional("privacy_url", values::url);

    warn_missing_id(&section, wifi4eu_id.as_ref());
    warn_private_host(&section, host.as_ref());
    warn_closed_collector(&section, wifi4eu_id.as_ref(), &garden);
    if garden.is_empty() {
        warn_unreachable(&section, terms_url.as_ref(), "terms_url");
        warn_unreachable(&section, privacy_url.as_ref(), "privacy_url");
    }
    section.finish();

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
            terms_url: terms_url.map(|url| url.value),
            privacy_url: privacy_url.map(|url| url.value),
        })
    };
    let network = build();
    Draft {
        id,
        interface,
        host,
        wifi4eu_id,
        network,
    }
}

/// The rules that `core` applies; `None` after a mistake in the rates.
fn read_policy(section: &mut Section<'_, '_>) -> Option<NetworkPolicy> {
    let recognition = section.or("recognition", Recognition::Midnight, recognition);
    let lists = stations::read(section);
    let on_conflict = section.or("on_conflict", OnConflict::Count, on_conflict);
    let max_stations = section.or("max_stations", DEFAULT_MAX_STATIONS, |value| {
        values::integer(value, LEAST_STATIONS, MOST_STATIONS)
    });
    let plan = rate::read(section.table("rate", "[network.rate]"))?;
    Some(NetworkPolicy {
        plan,
        recognition,
        exempt: lists.exempt,
        blocked: lists.blocked,
        on_conflict,
        max_stations,
    })
}

fn read_garden(section: &mut Section<'_, '_>) -> Vec<GardenEntry> {
    let entries = section.tables("garden", "[[network.garden]]");
    if let Some(one_too_many) = entries.get(MOST_GARDEN) {
        section.report().error(
            one_too_many.span(),
            Complaint::new(
                format!("a network's garden has at most {MOST_GARDEN} entries"),
                "join neighbouring addresses to prefixes",
            ),
        );
    }
    entries.into_iter().filter_map(garden::read).collect()
}

fn recognition(value: &DeValue<'_>) -> Result<Recognition, Complaint> {
    let text = values::text(value)?;
    text.parse().map_err(|error| match error {
        RecognitionError::Range => Complaint::new(
            format!("{text:?} is not a period that WiFi4EU allows"),
            format!("{error}; or write \"midnight\""),
        ),
        RecognitionError::Format => Complaint::new(format!("{text:?} is not a period"), error.to_string()),
    })
}

fn on_conflict(value: &DeValue<'_>) -> Result<OnConflict, Complaint> {
    match values::text(value)? {
        "count" => Ok(OnConflict::Count),
        "block" => Ok(OnConflict::Block),
        other => {
            let near = nearest(other, ["count", "block"].into_iter());
            Err(Complaint::new(
                format!("{other:?} is neither \"count\" nor \"block\""),
                near.map_or_else(
                    || {
                        "\"count\" counts and shows a conflict, \"block\" also ends the claimant's session"
                            .to_owned()
                    },
                    |near| format!("did you mean {near:?}?"),
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
            format!("{text:?} is not a network identifier of the WiFi4EU portal"),
            format!("1 to {MAX_WIFI4EU_ID} letters, digits and hyphens, as the installation report shows it"),
        ));
    }
    Ok(text.to_owned())
}

fn warn_missing_id(section: &Section<'_, '_>, id: Option<&Located<String>>) {
    if id.is_none() {
        section.report().warn(
            section.span(),
            Complaint::new(
                "no wifi4eu_id: the Commission counts no users and sees no banner of this network",
                "copy the network identifier from the WiFi4EU portal (grant agreement, Annex I, 2.1.1)",
            ),
        );
    }
}

/// The Commission's script comes from `collection.wifi4eu.ec.europa.eu`, by https.
fn warn_closed_collector(section: &Section<'_, '_>, id: Option<&Located<String>>, garden: &[GardenEntry]) {
    let is_open = garden.iter().any(|entry| entry.ports.contains(&HTTPS));
    if let Some(id) = id.filter(|_| !is_open) {
        section.report().warn(
            &id.span,
            Complaint::new(
                "no garden entry leads to the Commission's collector: its script cannot load before the tap",
                "open the addresses of collection.wifi4eu.ec.europa.eu, port 443, in a [[network.garden]] entry \
                 (it takes addresses, no names), and look after them when they change",
            ),
        );
    }
}

fn warn_private_host(section: &Section<'_, '_>, host: Option<&Located<String>>) {
    if let Some(host) = host.filter(|host| !host::is_public(&host.value)) {
        section.report().warn(
            &host.span,
            Complaint::new(
                "no public authority gives a certificate for this name",
                "use a name under the comune's own domain",
            ),
        );
    }
}

fn warn_unreachable(section: &Section<'_, '_>, url: Option<&Located<String>>, key: &str) {
    if let Some(url) = url {
        section.report().warn(
            &url.span,
            Complaint::new(
                format!("{key}: this page cannot be read before the tap, for the garden is empty"),
                "open its server with a [[network.garden]] entry, or leave the key out to use the built-in text",
            ),
        );
    }
}
