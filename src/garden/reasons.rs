//! Why addresses are open: which names of the configuration led to them, by which aliases.
//!
//! It is kept in memory for as long as an opening can last, and nothing in it tells what anybody asked: of a name below
//! a wildcard the wildcard is kept, without aliases, for those may repeat the name.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{Boot, NamePattern, NetworkId};

/// Longest that an address stays open by one answer, milliseconds: an hour, and what `core` adds.
const LONGEST_MS: u64 = 3_720_000;
/// Most addresses of all networks.
const MOST: usize = 8_192;
/// Most names of one address: those that share a content network.
const MOST_NAMES: usize = 16;

/// A name that led to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// As the configuration has it.
    pub name: NamePattern,
    /// By which aliases; none where the name is a wildcard.
    pub aliases: Vec<String>,
}

/// What has led to addresses of networks.
pub type Learnt = BTreeMap<(NetworkId, IpAddr), Vec<Reason>>;

#[derive(Debug)]
struct Noted {
    at: Boot,
    names: BTreeMap<NamePattern, Vec<String>>,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Reasons(Mutex<BTreeMap<(NetworkId, IpAddr), Noted>>);

impl Reasons {
    /// Notes where names of a network's garden have led.
    pub(super) fn note(
        &self,
        network: NetworkId,
        names: &[NamePattern],
        (aliases, addresses): (&[String], impl Iterator<Item = IpAddr>),
        now: Boot,
    ) {
        let mut noted = self.noted();
        for address in addresses {
            if noted.len() >= MOST && !noted.contains_key(&(network, address)) {
                noted.retain(|_, noted| now.since(noted.at) < LONGEST_MS);
                if noted.len() >= MOST {
                    return;
                }
            }
            let entry = noted.entry((network, address)).or_insert_with(|| Noted {
                at: now,
                names: BTreeMap::new(),
            });
            entry.at = now;
            for name in names {
                if entry.names.len() >= MOST_NAMES && !entry.names.contains_key(name) {
                    continue;
                }
                let aliases = if name.is_wildcard() { &[] } else { aliases };
                entry.names.insert(name.clone(), aliases.to_vec());
            }
        }
    }

    /// Forgets what names led to that are not configured any more.
    pub(super) fn keep(&self, is_configured: impl Fn(NetworkId, &NamePattern) -> bool) {
        self.noted().retain(|(network, _), noted| {
            noted.names.retain(|name, _| is_configured(*network, name));
            !noted.names.is_empty()
        });
    }

    /// What is known now.
    pub(super) fn read(&self, now: Boot) -> Learnt {
        let mut noted = self.noted();
        noted.retain(|_, noted| now.since(noted.at) < LONGEST_MS);
        let reasons = |noted: &Noted| {
            let names = noted.names.iter();
            let reason = |(name, aliases): (&NamePattern, &Vec<String>)| Reason {
                name: name.clone(),
                aliases: aliases.clone(),
            };
            names.map(reason).collect()
        };
        noted
            .iter()
            .map(|(place, noted)| (*place, reasons(noted)))
            .collect()
    }

    fn noted(&self) -> MutexGuard<'_, BTreeMap<(NetworkId, IpAddr), Noted>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::{Boot, LONGEST_MS, MOST, NamePattern, NetworkId, Reasons};

    fn piazza() -> NetworkId {
        "piazza".parse().unwrap()
    }

    fn names(names: &[&str]) -> Vec<NamePattern> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    #[test]
    fn an_address_tells_the_names_that_led_to_it_and_never_what_was_asked_below_a_wildcard() {
        let reasons = Reasons::default();
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let aliases = ["secret.cdn.example.net".to_owned()];
        let both = names(&["*.example.org", "www.example.org"]);
        reasons.note(piazza(), &both, (&aliases, [address].into_iter()), Boot(5));
        let learnt = reasons.read(Boot(6));
        let told: Vec<(String, &[String])> = learnt[&(piazza(), address)]
            .iter()
            .map(|reason| (reason.name.to_string(), reason.aliases.as_slice()))
            .collect();
        assert_eq!(
            told,
            [
                ("*.example.org".to_owned(), &[][..]),
                ("www.example.org".to_owned(), &aliases[..])
            ]
        );
        reasons.keep(|_, name| name.is_wildcard());
        assert_eq!(reasons.read(Boot(6))[&(piazza(), address)].len(), 1);
        assert!(reasons.read(Boot(5 + LONGEST_MS)).is_empty());
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let reasons = Reasons::default();
        let many = u32::try_from(MOST + 9).unwrap();
        let addresses = |from: u32| (from..from + many).map(|number| IpAddr::from(Ipv4Addr::from(number)));
        reasons.note(piazza(), &names(&["a.example"]), (&[], addresses(0)), Boot(0));
        assert_eq!(reasons.read(Boot(1)).len(), MOST);
        // Those that are over make room.
        reasons.note(
            piazza(),
            &names(&["a.example"]),
            (&[], addresses(1 << 20)),
            Boot(LONGEST_MS),
        );
        let learnt = reasons.read(Boot(LONGEST_MS));
        assert_eq!(learnt.len(), MOST);
        let first = IpAddr::from(Ipv4Addr::from(1 << 20));
        assert!(learnt.contains_key(&(piazza(), first)));
    }
}
