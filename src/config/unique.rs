//! What two networks must not share.

use std::collections::BTreeMap;

use super::interface::InterfaceName;
use super::network::Draft;
use super::reader::{Complaint, Located, Report};

/// Refuses identifiers, interfaces, hosts and WiFi4EU identifiers that stand twice, and a LAN that is
/// the uplink.
pub(super) fn check(report: &Report<'_>, uplink: Option<&Located<InterfaceName>>, drafts: &[Draft]) {
    once(
        report,
        "id",
        "each network has an id of its own",
        drafts.iter().filter_map(|draft| draft.id.as_ref()),
    );
    once(
        report,
        "host",
        "each WiFi4EU network has a domain name and portal of its own (grant agreement, Annex I, 2.1.1)",
        drafts.iter().filter_map(|draft| draft.host.as_ref()),
    );
    once(
        report,
        "wifi4eu_id",
        "each network has an identifier of its own in the WiFi4EU portal",
        drafts.iter().filter_map(|draft| draft.wifi4eu_id.as_ref()),
    );
    once(
        report,
        "mac",
        "each access point has a MAC address of its own",
        drafts.iter().flat_map(|draft| &draft.macs),
    );
    once(
        report,
        "interface",
        "each network has an interface of its own, and none of them is the uplink",
        uplink
            .into_iter()
            .chain(drafts.iter().filter_map(|draft| draft.interface.as_ref())),
    );
}

fn once<'d, T: Ord + ToString + 'd>(
    report: &Report<'_>,
    key: &str,
    rule: &str,
    values: impl Iterator<Item = &'d Located<T>>,
) {
    let mut first: BTreeMap<&T, usize> = BTreeMap::new();
    for found in values {
        if let Some(line) = first.get(&found.value) {
            let what = format!(
                "{key}: \"{}\" already stands in line {line}",
                found.value.to_string()
            );
            report.error(&found.span, Complaint::new(what, rule));
        } else {
            first.insert(&found.value, report.line(&found.span));
        }
    }
}
