//! What two networks must not share.

use std::collections::BTreeMap;

use super::interface::InterfaceName;
use super::network::Draft;
use super::reader::{Complaint, Located, Report};
use super::words::{Words, words};

/// Refuses identifiers, interfaces, hosts and WiFi4EU identifiers that stand twice, and a LAN that is
/// the uplink.
pub(super) fn check(report: &Report<'_>, uplink: Option<&Located<InterfaceName>>, drafts: &[Draft]) {
    once(
        report,
        "id",
        &words!(
            "each network has an id of its own",
            "ogni rete ha un nome breve tutto suo"
        ),
        drafts.iter().filter_map(|draft| draft.id.as_ref()),
    );
    once(
        report,
        "host",
        &words!(
            "each WiFi4EU network has a domain name and portal of its own (grant agreement, Annex I, 2.1.1)",
            "ogni rete WiFi4EU ha un nome di dominio e un portale propri (convenzione di sovvenzione, allegato I, 2.1.1)"
        ),
        drafts.iter().filter_map(|draft| draft.host.as_ref()),
    );
    once(
        report,
        "wifi4eu_id",
        &words!(
            "each network has an identifier of its own in the WiFi4EU portal",
            "ogni rete ha un identificativo proprio nel portale WiFi4EU"
        ),
        drafts.iter().filter_map(|draft| draft.wifi4eu_id.as_ref()),
    );
    once(
        report,
        "mac",
        &words!(
            "each access point has a MAC address of its own",
            "ogni punto di accesso ha un indirizzo MAC tutto suo"
        ),
        drafts.iter().flat_map(|draft| &draft.macs),
    );
    once(
        report,
        "interface",
        &words!(
            "each network has an interface of its own, and none of them is the uplink",
            "ogni rete ha un'interfaccia propria, e nessuna è quella verso Internet"
        ),
        uplink
            .into_iter()
            .chain(drafts.iter().filter_map(|draft| draft.interface.as_ref())),
    );
}

fn once<'d, T: Ord + ToString + 'd>(
    report: &Report<'_>,
    key: &str,
    rule: &Words,
    values: impl Iterator<Item = &'d Located<T>>,
) {
    let mut first: BTreeMap<&T, usize> = BTreeMap::new();
    for found in values {
        if let Some(line) = first.get(&found.value) {
            let what = words!(
                "{key}: \"{}\" already stands in line {line}",
                "{key}: \"{}\" sta già nella riga {line}",
                found.value.to_string()
            );
            report.error(&found.span, Complaint::new(what, rule.clone()));
        } else {
            first.insert(&found.value, report.line(&found.span));
        }
    }
}
