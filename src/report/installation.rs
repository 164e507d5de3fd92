//! `installation`: what the Commission's portal wants declared of a network, with its fields and formats, so
//! that it can be pasted there or handed to an auditor.
//!
//! Source: the portal's tables `installation_site` and `access_points`, its form, and grant agreement,
//! Article 4.1(a). The inventory holds to the formats since it was read; here is what concerns a
//! network as a whole.

use super::table::{Cell, Column, ColumnKind, Rows, Take, column};
use super::{Order, ReportError, Site};
use crate::config::{Words as Said, words};
use crate::model::figures::{Ledger, LedgerError};

/// Longest address: the portal's column `url`.
const MAX_URL: usize = 255;
/// Longest origin that the portal remembers for a network.
const MAX_ORIGIN: usize = 75;

const COLUMNS: [Column; 14] = [
    column("name", ColumnKind::Text),
    column("url", ColumnKind::Text),
    column("domain_name", ColumnKind::Text),
    column("network_identifier", ColumnKind::Text),
    column("number", ColumnKind::Count),
    column("location_type", ColumnKind::Text),
    column("location", ColumnKind::Text),
    column("latitude", ColumnKind::Decimal),
    column("longitude", ColumnKind::Decimal),
    column("indoor_outdoor", ColumnKind::Text),
    column("device_brand", ColumnKind::Text),
    column("model_number", ColumnKind::Text),
    column("serial_number", ColumnKind::Text),
    column("mac_address", ColumnKind::Text),
];

/// The report: a part is a network.
pub(super) struct Installation<'o>(&'o Order);

impl<'o> Installation<'o> {
    /// # Errors
    /// Everything that the portal would refuse.
    pub(super) fn new(order: &'o Order) -> Result<Self, ReportError> {
        let refused: Vec<Said> = order.sites.iter().flat_map(refusals).collect();
        if refused.is_empty() {
            Ok(Self(order))
        } else {
            Err(ReportError::Refused(refused))
        }
    }
}

/// What the portal would not take of a network.
fn refusals(site: &Site) -> Vec<Said> {
    let mut refused = Vec::new();
    let id = site.id;
    if site.access_points.is_empty() {
        refused.push(words!(
            "{id}: no access point is declared; write a [[network.access_point]] section for each, or fill in the form \
             of access points under Settings",
            "{id}: non è dichiarato nessun punto di accesso; scrivere una sezione [[network.access_point]] per ciascuno, \
             o compilare il modulo dei punti di accesso nelle impostazioni"
        ));
    }
    if !site.url.starts_with("https://") {
        refused.push(words!(
            "{id}: the portal has no certificate, and WiFi4EU wants HTTPS (grant agreement, Annex I, 2.1.1)",
            "{id}: il portale non ha un certificato, e WiFi4EU vuole HTTPS (convenzione, allegato I, 2.1.1)"
        ));
    }
    if site.url.len() > MAX_URL || !is_portal_url(&site.url) {
        refused.push(words!(
            "{id}: {:?} is no address that the WiFi4EU portal takes",
            "{id}: {:?} non è un indirizzo che il portale WiFi4EU accetta",
            site.url
        ));
    }
    let origin = site.host.strip_prefix("www.").unwrap_or(&site.host);
    if origin.len() > MAX_ORIGIN {
        refused.push(words!(
            "{id}: the WiFi4EU portal keeps {MAX_ORIGIN} characters of {:?} and would not count its users",
            "{id}: il portale WiFi4EU tiene {MAX_ORIGIN} caratteri di {:?} e non ne conterebbe gli utenti",
            site.host
        ));
    }
    refused
}

/// The pattern of the portal's form: `^[^- ]([a-z0-9-:/.]+\.)[a-z0-9-:/]*[^-]$`.
fn is_portal_url(url: &str) -> bool {
    let inner = |text: &str| {
        text.bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b':' | b'/' | b'.'))
    };
    let ends = |ch: Option<char>| ch.is_some_and(|ch| ch != '-' && ch != ' ');
    let points = url
        .get(1..)
        .is_some_and(|rest| rest.find('.').is_some_and(|at| at > 0));
    inner(url) && points && ends(url.chars().next()) && ends(url.chars().last())
}

impl Rows for Installation<'_> {
    fn columns(&self) -> &[Column] {
        &COLUMNS
    }

    fn key(&self) -> &[&'static str] {
        &["mac_address"]
    }

    fn layout(&self) -> (usize, usize) {
        (4, 1)
    }

    fn parts(&self) -> usize {
        self.0.sites.len()
    }

    fn part(&self, part: usize, _: &mut dyn Ledger, take: &mut Take<'_>) -> Result<(), LedgerError> {
        let Some(site) = self.0.sites.get(part) else {
            return Ok(());
        };
        for (number, point) in (1..).zip(&site.access_points) {
            let (latitude, longitude) = (point.latitude.to_string(), point.longitude.to_string());
            let mac = point.mac.to_string().to_uppercase();
            take(&[
                Cell::Text(&site.name),
                Cell::Text(&site.url),
                Cell::Text(&site.host),
                site.wifi4eu_id.as_deref().map_or(Cell::Empty, Cell::Text),
                Cell::Count(number),
                Cell::Text(point.location_type.as_str()),
                Cell::Text(&point.location),
                Cell::Number(&latitude),
                Cell::Number(&longitude),
                Cell::Text(point.placement.as_str()),
                Cell::Text(&point.brand),
                Cell::Text(&point.model),
                Cell::Text(&point.serial),
                Cell::Text(&mac),
            ]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::is_portal_url;

    #[test]
    fn an_address_is_one_that_the_form_takes() {
        assert!(is_portal_url("https://wifi-piazza.comune.example.it/"));
        assert!(is_portal_url("https://wifi.example.it:8443/a"));
        for bad in [
            "https://WiFi.example.it/",
            "https://wifi_1.example.it/",
            "https://wifi.example.it/?a",
            "https://wifi/",
            "-a.b",
            "a.b-",
            "",
        ] {
            assert!(!is_portal_url(bad), "{bad}");
        }
    }
}
