//! The certificates of the networks.

use super::Group;
use crate::app::clock;
use crate::config::Config;
use crate::doors::certificate::{CertificateState, check_files};

/// Examines each network's.
pub(super) fn examine(group: &mut Group<'_>, config: &Config) {
    for network in &config.networks {
        let id = network.id;
        match check_files(network.tls.as_ref(), &network.host, clock::wall()) {
            CertificateState::Absent => group.warn(
                format!("{id}: none, the portal works over http only and is not announced by DHCP"),
                "give the network a certificate and key",
            ),
            CertificateState::Valid { until } => group.ok(format!("{id}: good for {} until {until}", network.host)),
            CertificateState::ExpiringSoon { until } => group.warn(
                format!("{id}: ends at {until}"),
                "renew it and put the new files in place: portico reads them by itself",
            ),
            CertificateState::Expiring { until } => group.fail(
                format!("{id}: ends at {until}, no longer announced by DHCP"),
                "renew it now and put the new files in place: portico reads them by itself",
            ),
            CertificateState::Invalid(fault) => group.fail(
                format!("{id}: {fault}"),
                "put a chain (leaf first) for the network's host and its key in place, readable by the service's user",
            ),
        }
    }
}
