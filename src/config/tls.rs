//! `certificate` and `key` of a network.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::reader::{Complaint, Section};
use super::values;
use crate::model::NetworkId;

/// Certificate chain and private key, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Chain, leaf first.
    pub certificate: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1 key.
    pub key: PathBuf,
}

/// Reads both paths, relative ones from `base`, the directory of the configuration file.
pub(super) fn read(section: &mut Section<'_, '_>, base: &Path) -> Option<TlsFiles> {
    let certificate = section.optional("certificate", values::any_path);
    let key = section.optional("key", values::any_path);
    let report = section.report();
    match (certificate, key) {
        (Some(certificate), Some(key)) => {
            return Some(TlsFiles {
                certificate: base.join(certificate.value),
                key: base.join(key.value),
            });
        }
        (Some(certificate), None) => report.error(
            &certificate.span,
            Complaint::new(
                "the certificate has no key",
                "add a line like: key = \"/etc/portico/tls/portal.key\"",
            ),
        ),
        (None, Some(key)) => report.error(
            &key.span,
            Complaint::new(
                "the key has no certificate",
                "add a line like: certificate = \"/etc/portico/tls/portal.pem\"",
            ),
        ),
        (None, None) => report.warn(
            section.span(),
            Complaint::new(
                "no certificate: the portal works over http only and is not announced by DHCP",
                "WiFi4EU asks for an HTTPS portal (grant agreement, Annex I, 2.1.1): add certificate and key",
            ),
        ),
    }
    None
}

/// Says which of a network's files cannot be opened. The portal starts without them and takes them when
/// they come, so that a renewal that went wrong does not end it.
pub(super) fn doubts(network: NetworkId, files: Option<&TlsFiles>) -> Vec<Complaint> {
    let Some(TlsFiles { certificate, key }) = files else {
        return Vec::new();
    };
    let closed = [("certificate", certificate), ("key", key)].map(|(what, path)| {
        let error = File::open(path).err()?;
        Some(Complaint::new(
            format!(
                "{network}: the {what} {} cannot be opened: {error}",
                path.display()
            ),
            "put it there, owner root:portico, mode 0640: until then the portal works over http only",
        ))
    });
    closed.into_iter().flatten().collect()
}
