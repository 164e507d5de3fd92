//! The files that a changed configuration names: read before it is applied, so that nobody is locked out by a
//! certificate that is none.

use jiff::Timestamp;

use crate::config::edit::{Fault, Place, check};
use crate::config::{Checked, Config, Finding, TlsFiles, Words, words};
use crate::doors::certificate::{self, CertificateFault, CertificateState};
use crate::model::NetworkId;

/// Checks a text and the files that it names; its warnings tell of both. A pair of certificate and key that does not load is
/// refused where the change is what names it, or the host that it is for: one that stood there before is only told of, as
/// it may be renewed. One that browsers would not take, because it is another host's or not of today, is refused for the
/// dashboard, and told of for a network: people are served without it.
///
/// # Errors
/// Every mistake, each with its place.
pub(in crate::dashboard) async fn check_all(
    name: &str,
    former: &str,
    new: &str,
    now: Timestamp,
) -> Result<Checked, Vec<Fault>> {
    let (name, former, new) = (name.to_owned(), former.to_owned(), new.to_owned());
    let work = move || look(&name, &former, &new, now);
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(vec![Fault {
            place: Place::default(),
            what: words!("it was not checked: {error}", "non è stato controllato: {error}"),
            hint: None,
        }])
    })
}

fn look(name: &str, former: &str, new: &str, now: Timestamp) -> Result<Checked, Vec<Fault>> {
    let mut checked = check(new, name)?;
    let before = Config::parse(former, name).ok();
    let before: Vec<Pair<'_>> = before.iter().flat_map(pairs).collect();
    let (mut faults, mut doubts) = (Vec::new(), Vec::new());
    for pair in pairs(&checked.config) {
        let is_named = before.iter().any(|old| old.files == pair.files);
        if is_named
            && before
                .iter()
                .any(|old| (old.files, old.host) == (pair.files, pair.host))
        {
            continue;
        }
        match (pair.fault(now), pair.network) {
            (None, _) => {}
            (Some(Trouble::Unloaded(fault)), _) => faults.push(pair.unloaded(&fault)),
            (Some(Trouble::Unfit(fault)), None) => {
                // What the change names is what is marked.
                faults.push(pair.unfit(&fault, if is_named { "host" } else { "certificate" }));
            }
            (Some(Trouble::Unfit(fault)), Some(network)) => doubts.push(doubt(name, network, &fault)),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    doubts.extend(checked.config.doubts_of_files(name));
    checked.warnings.extend(doubts);
    Ok(checked)
}

/// A pair of certificate and key.
struct Pair<'a> {
    /// Its section.
    section: Place,
    files: &'a TlsFiles,
    /// What it is for.
    host: &'a str,
    /// Whose; none where it is the dashboard's.
    network: Option<NetworkId>,
}

/// What is wrong with a pair.
enum Trouble {
    /// It cannot be served.
    Unloaded(CertificateFault),
    /// Browsers would not take it.
    Unfit(CertificateFault),
}

/// Every one of a configuration.
fn pairs(config: &Config) -> impl Iterator<Item = Pair<'_>> {
    let networks = config.networks.iter().enumerate();
    let networks = networks.filter_map(|(index, network)| {
        Some(Pair {
            section: Place::default().key("network").index(index),
            files: network.tls.as_ref()?,
            host: &network.host,
            network: Some(network.id),
        })
    });
    let lan = config.management.lan.as_ref();
    networks.chain(lan.map(|lan| Pair {
        section: Place::default().key("management"),
        files: &lan.tls,
        host: &lan.host,
        network: None,
    }))
}

impl Pair<'_> {
    fn fault(&self, now: Timestamp) -> Option<Trouble> {
        match certificate::load(self.files) {
            Err(fault) => Some(Trouble::Unloaded(fault)),
            Ok(loaded) => match loaded.judge(self.host, now) {
                CertificateState::Invalid(fault) => Some(Trouble::Unfit(fault)),
                _ => None,
            },
        }
    }

    fn unloaded(&self, fault: &CertificateFault) -> Fault {
        let is_of_key = match fault {
            CertificateFault::Unreadable { file, .. } => *file == self.files.key,
            CertificateFault::NoKey | CertificateFault::KeyMismatch => true,
            _ => false,
        };
        Fault {
            place: self.section.key(if is_of_key { "key" } else { "certificate" }),
            what: told(fault),
            hint: Some(words!(
                "put the files there first, PEM, owner root:portico, mode 0640",
                "mettere prima i file al loro posto: PEM, proprietario root:portico, modo 0640"
            )),
        }
    }

    fn unfit(&self, fault: &CertificateFault, key: &str) -> Fault {
        Fault {
            place: self.section.key(key),
            what: told(fault),
            hint: Some(words!(
                "nobody would get in to confirm: name a certificate that is for this host and valid today",
                "nessuno entrerebbe per confermare: indicare un certificato di questo host e valido oggi"
            )),
        }
    }
}

fn doubt(name: &str, network: NetworkId, fault: &CertificateFault) -> Finding {
    let what = words!(
        "{network}: {why}; until then the portal works over http only",
        "{network}: {why}; fino ad allora il portale funziona solo con http";
        network = Words::same(network.as_str()),
        why = told(fault),
    );
    Finding::doubt(name, what)
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
