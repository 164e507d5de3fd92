//! The files that a changed configuration names: read before it is applied, so that nobody is locked out by a
//! certificate that is none.

use crate::config::edit::{Fault, Place, check};
use crate::config::{Checked, Config, TlsFiles, Words, words};
use crate::doors::certificate::{self, CertificateFault};

/// Checks a text and the files that it names; its warnings tell of both. A pair of certificate and key that does not load is
/// refused where the change is what names it: one that stood there before is only told of, as it may be renewed.
///
/// # Errors
/// Every mistake, each with its place.
pub(in crate::dashboard) async fn check_all(
    name: &str,
    former: &str,
    new: &str,
) -> Result<Checked, Vec<Fault>> {
    let (name, former, new) = (name.to_owned(), former.to_owned(), new.to_owned());
    let work = move || look(&name, &former, &new);
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(vec![Fault {
            place: Place::default(),
            what: words!("it was not checked: {error}", "non è stato controllato: {error}"),
            hint: None,
        }])
    })
}

fn look(name: &str, former: &str, new: &str) -> Result<Checked, Vec<Fault>> {
    let mut checked = check(new, name)?;
    let before = Config::parse(former, name).ok();
    let before: Vec<&TlsFiles> = before.iter().flat_map(pairs).map(|(_, pair)| pair).collect();
    let fresh = pairs(&checked.config).filter(|(_, pair)| !before.contains(pair));
    let faults: Vec<Fault> = fresh.filter_map(|(place, pair)| fault(&place, pair)).collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    let doubts = checked.config.doubts_of_files(name);
    checked.warnings.extend(doubts);
    Ok(checked)
}

/// Every pair of certificate and key, with the place of its section.
fn pairs(config: &Config) -> impl Iterator<Item = (Place, &TlsFiles)> {
    let networks = config.networks.iter().enumerate();
    let networks = networks.filter_map(|(index, network)| {
        let place = Place::default().key("network").index(index);
        Some((place, network.tls.as_ref()?))
    });
    let lan = config.management.lan.as_ref();
    networks.chain(lan.map(|lan| (Place::default().key("management"), &lan.tls)))
}

fn fault(section: &Place, pair: &TlsFiles) -> Option<Fault> {
    let fault = certificate::load(pair).err()?;
    let is_of_key = match &fault {
        CertificateFault::Unreadable { file, .. } => *file == pair.key,
        CertificateFault::NoKey | CertificateFault::KeyMismatch => true,
        _ => false,
    };
    Some(Fault {
        place: section.key(if is_of_key { "key" } else { "certificate" }),
        what: told(&fault),
        hint: Some(words!(
            "put the files there first, PEM, owner root:portico, mode 0640",
            "mettere prima i file al loro posto: PEM, proprietario root:portico, modo 0640"
        )),
    })
}

/// What is wrong with a certificate, in both languages.
fn told(fault: &CertificateFault) -> Words {
    let italian = match fault {
        CertificateFault::Unreadable { file, reason } => {
            format!("{} non si può leggere ({reason})", file.display())
        }
        CertificateFault::NoCertificate => {
            "il file del certificato non contiene un certificato PEM leggibile".to_owned()
        }
        CertificateFault::NoKey => {
            "il file della chiave non contiene una chiave PKCS#8, PKCS#1 o SEC1 leggibile".to_owned()
        }
        CertificateFault::KeyMismatch => "la chiave non è quella del certificato".to_owned(),
        CertificateFault::Unordered { position } => format!(
            "il certificato {position} della catena non è firmato dal successivo (prima quello del server, poi chi \
             lo ha emesso)"
        ),
        CertificateFault::WrongHost { host } => format!("il certificato non è per {host}"),
        CertificateFault::NotYetValid { from } => {
            format!("il certificato vale solo dal {from} (l'orologio è giusto?)")
        }
        CertificateFault::Expired { since } => format!("il certificato è scaduto il {since}"),
    };
    Words::new(fault.to_string(), italian)
}
