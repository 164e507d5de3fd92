//! How alerts come: alone, wrapped (EDXL-DE, Atom, RSS), or as an index of addresses in Atom or RSS.

use jiff::Timestamp;

use super::cap::{self, Alert};
use super::xml::Element;
use crate::news::{ParseError, sanitise};

/// Most alerts of a document that are read.
const MOST_ALERTS: usize = 200;
/// Media type of an alert (CAP 1.2, 3.1 recommends it in feeds).
const CAP: &str = "application/cap+xml";

/// How an entry says where its alert is.
type Link = fn(&Element) -> Option<String>;

/// What a document holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Index {
    /// The alerts themselves.
    Alerts(Vec<Alert>),
    /// Where they are.
    Links(Vec<String>),
}

/// Reads a document.
pub(super) fn read(root: &Element, now: Timestamp) -> Result<Index, ParseError> {
    let (entries, link): (Vec<&Element>, Link) = match root.name.as_str() {
        "alert" | "EDXLDistribution" | "alerts" => return Ok(Index::Alerts(alerts(root))),
        "feed" => (root.all("entry").collect(), atom_link),
        "rss" | "RDF" => (root.outermost("item"), rss_link),
        _ => {
            return Err(ParseError::Kind(
                "CAP, EDXL-DE, or an Atom or RSS index of alerts",
            ));
        }
    };
    let embedded = alerts(root);
    if !embedded.is_empty() {
        return Ok(Index::Alerts(embedded));
    }
    let live = entries.into_iter().filter(|entry| !is_over(entry, now));
    Ok(Index::Links(live.filter_map(link).collect()))
}

/// All alerts of a document, wherever they are in it.
pub(super) fn alerts(root: &Element) -> Vec<Alert> {
    let found = root.outermost("alert");
    found
        .into_iter()
        .take(MOST_ALERTS)
        .filter_map(cap::alert)
        .collect()
}

/// Whether an entry says itself that it is a test or has ended: indexes of Europe's weather services
/// carry a part of the alert in each entry.
fn is_over(entry: &Element, now: Timestamp) -> bool {
    let ended = entry.value("expires").and_then(cap::time);
    let status = entry.value("status");
    ended.is_some_and(|end| end <= now) || status.is_some_and(|status| !status.eq_ignore_ascii_case("Actual"))
}

/// The link that says it is an alert, or else the first one that is no other thing's.
fn atom_link(entry: &Element) -> Option<String> {
    let links = || entry.all("link");
    let cap = links().find(|link| link.attribute("type") == Some(CAP));
    let plain = || links().find(|link| matches!(link.attribute("rel"), None | Some("alternate")));
    sanitise::link(cap.or_else(plain)?.attribute("href")?, None)
}

fn rss_link(item: &Element) -> Option<String> {
    let enclosed = item
        .all("enclosure")
        .find(|enclosure| enclosure.attribute("type") == Some(CAP))
        .and_then(|enclosure| enclosure.attribute("url"));
    sanitise::link(enclosed.or_else(|| item.value("link"))?, None)
}
