//! `[[service]]`: the comune's digital services, shown as cards under the button.

use std::collections::BTreeSet;

use toml::de::DeValue;

use super::nearest::{meant, nearest};
use super::phrases::{self, Phrases};
use super::reader::{Complaint, Section};
use super::values;
use super::words::words;
use crate::model::{NetworkId, Scope};

/// Longest label, characters.
const MOST_LABEL: usize = 40;
/// Longest explanation, characters.
const MOST_HINT: usize = 120;

/// What a card is about; each kind has its icon and its built-in words in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// The app IO.
    Io,
    /// The comune's app Municipium.
    Municipium,
    /// Certificates of the registry (ANPR).
    Certificates,
    /// Fines.
    Fines,
    /// Payments to the comune (pagoPA).
    Payments,
    /// Booking of appointments.
    Appointments,
    /// Sportello unico dell'edilizia.
    Sue,
    /// Sportello unico delle attività produttive.
    Suap,
    /// The comune's YouTube channel.
    Youtube,
    /// Help points for those who find digital hard.
    Help,
    /// Emergency numbers: 112.
    Emergency,
    /// The comune's own site.
    Website,
    /// Anything else; needs a label.
    Other,
}

impl ServiceKind {
    /// All, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::Io,
        Self::Municipium,
        Self::Certificates,
        Self::Fines,
        Self::Payments,
        Self::Appointments,
        Self::Sue,
        Self::Suap,
        Self::Youtube,
        Self::Help,
        Self::Emergency,
        Self::Website,
        Self::Other,
    ];

    /// As written in the file; also the end of the keys of its words and the name of its icon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Io => "io",
            Self::Municipium => "municipium",
            Self::Certificates => "certificates",
            Self::Fines => "fines",
            Self::Payments => "payments",
            Self::Appointments => "appointments",
            Self::Sue => "sue",
            Self::Suap => "suap",
            Self::Youtube => "youtube",
            Self::Help => "help",
            Self::Emergency => "emergency",
            Self::Website => "website",
            Self::Other => "other",
        }
    }
}

/// `[[service]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `kind`
    pub kind: ServiceKind,
    /// `url`: `https://…`, `http://…` or `tel:112`.
    pub url: String,
    /// `label`: in place of the built-in words; needed by `kind = "other"`.
    pub label: Option<Phrases>,
    /// `hint`: a line under the label, in place of the built-in one.
    pub hint: Option<Phrases>,
    /// `before_tap`: whether it opens before the tap; its host then stands in the walled garden, port
    /// 443 (80 for `http:`).
    pub before_tap: bool,
    /// `networks`: where it is shown; everywhere without.
    pub scope: Scope,
}

impl Service {
    /// The host of a web address.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.url.split_once("://")?;
        rest.split(['/', '?', '#', ':'])
            .next()
            .filter(|host| !host.is_empty())
    }

    /// Whether it is a web address reached by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.url.starts_with("https://")
    }
}

/// Reads one service of the networks `known`; `None` after a mistake.
pub(super) fn read(mut section: Section<'_, '_>, known: &BTreeSet<NetworkId>) -> Option<Service> {
    let kind = section.required("kind", "\"payments\"", service_kind);
    let url = section.required("url", "\"https://www.comune.example.it/pagamenti\"", address);
    let label = section.optional("label", |value| phrases::read(value, MOST_LABEL));
    let hint = section.optional("hint", |value| phrases::read(value, MOST_HINT));
    let before_tap = section.or("before_tap", false, values::boolean);
    let scope = scope(&mut section, known);
    if kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Other) && label.is_none() {
        section.report().missing(
            section.span(),
            Complaint::new(
                words!(
                    "a service of kind \"other\" needs a label",
                    "un servizio di tipo \"other\" vuole un nome"
                ),
                words!(
                    "add a line like: label = \"Biblioteca\"",
                    "indicarlo, per esempio Biblioteca"
                ),
            ),
            "label",
        );
    }
    section.finish();
    Some(Service {
        kind: kind?.value,
        url: url?.value,
        label: label.map(|label| label.value),
        hint: hint.map(|hint| hint.value),
        before_tap,
        scope,
    })
}

/// `networks`: some of the `known` ones; all without.
pub(super) fn scope(section: &mut Section<'_, '_>, known: &BTreeSet<NetworkId>) -> Scope {
    let listed = section.list("networks", |value| network(value, known));
    if listed.is_empty() {
        Scope::All
    } else {
        Scope::Only(listed.into_iter().map(|network| network.value).collect())
    }
}

fn network(value: &DeValue<'_>, known: &BTreeSet<NetworkId>) -> Result<NetworkId, Complaint> {
    let network: NetworkId = values::parsed(value)?;
    if known.contains(&network) {
        return Ok(network);
    }
    let names: Vec<&str> = known.iter().map(NetworkId::as_str).collect();
    let near = nearest(network.as_str(), names.iter().copied());
    Err(Complaint::new(
        words!(
            "there is no network \"{network}\"",
            "non c'è nessuna rete \"{network}\""
        ),
        near.map_or_else(
            || {
                words!(
                    "the networks of this file: {}",
                    "le reti di questo file: {}",
                    names.join(", ")
                )
            },
            meant,
        ),
    ))
}

fn service_kind(value: &DeValue<'_>) -> Result<ServiceKind, Complaint> {
    values::named(
        value,
        ServiceKind::ALL,
        ServiceKind::name,
        &words!("service", "un tipo di servizio"),
    )
}

fn address(value: &DeValue<'_>) -> Result<String, Complaint> {
    let text = values::text(value)?;
    if let Some(number) = text.strip_prefix("tel:") {
        let legal = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'+');
        if number.is_empty() || !legal || number.len() > 20 {
            return Err(Complaint::new(
                words!(
                    "{text:?} is not a telephone number",
                    "{text:?} non è un numero di telefono"
                ),
                words!(
                    "write it like \"tel:112\" or \"tel:+390331390111\"",
                    "scriverlo come tel:112 o tel:+390331390111"
                ),
            ));
        }
        return Ok(text.to_owned());
    }
    values::url(value)
}
