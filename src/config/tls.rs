//! `certificate` and `key` of a network.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::reader::{Complaint, Section};
use super::values;
use super::words::{Words, unopened, words};
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
                words!("the certificate has no key", "il certificato non ha la chiave privata"),
                words!(
                    "add a line like: key = \"/etc/portico/tls/portal.key\"",
                    "indicare il file della chiave, per esempio /etc/portico/tls/portal.key"
                ),
            ),
        ),
        (None, Some(key)) => report.error(
            &key.span,
            Complaint::new(
                words!("the key has no certificate", "la chiave privata non ha il certificato"),
                words!(
                    "add a line like: certificate = \"/etc/portico/tls/portal.pem\"",
                    "indicare il file del certificato, per esempio /etc/portico/tls/portal.pem"
                ),
            ),
        ),
        (None, None) => report.warn(
            section.span(),
            Complaint::new(
                words!(
                    "no certificate: the portal works over http only and is not announced by DHCP",
                    "manca il certificato: il portale funziona solo con http e non viene annunciato dal DHCP"
                ),
                words!(
                    "WiFi4EU asks for an HTTPS portal (grant agreement, Annex I, 2.1.1): add certificate and key",
                    "WiFi4EU chiede un portale HTTPS (convenzione di sovvenzione, allegato I, 2.1.1): indicare certificato e chiave"
                ),
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
    let named = [
        (words!("the certificate", "il certificato"), certificate),
        (words!("the key", "la chiave privata"), key),
    ];
    let closed = named.map(|(named, path)| {
        let error = File::open(path).err()?;
        Some(Complaint::new(
            words!(
                "{network}: {named} {path} cannot be opened: {why}",
                "{network}: {named} {path} non si può aprire: {why}";
                network = Words::same(network.as_str()),
                named = named,
                path = Words::same(path.display().to_string()),
                why = unopened(&error),
            ),
            words!(
                "put it there, owner root:portico, mode 0640: until then the portal works over http only",
                "mettervelo, proprietario root:portico, modo 0640: fino ad allora il portale funziona solo con http"
            ),
        ))
    });
    closed.into_iter().flatten().collect()
}
