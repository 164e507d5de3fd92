//! Where an answer leads.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{MOST_ADDRESSES, Name, Query, answers, kind, question};

/// Longest chain of aliases that is followed.
const LONGEST_CHAIN: usize = 16;

/// Where a name leads, as an answer has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leads {
    /// The aliases (CNAME) on the way, written like [`Query::name`].
    pub aliases: Vec<String>,
    /// Addresses, each with the time that it and the aliases on the way to it may be kept, seconds.
    pub addresses: Vec<(IpAddr, u32)>,
}

/// Where the question's name leads in an answer. Records of other names do not count, whatever they say.
#[must_use]
pub fn leads(answer: &[u8], query: &Query) -> Leads {
    let mut found = Leads::default();
    let Some(mut wanted) = question(answer, query) else {
        return found;
    };
    let mut kept = u32::MAX;
    for _ in 0..LONGEST_CHAIN {
        let mut alias = None;
        for record in answers(answer, query) {
            let mut owner = Name::default();
            if owner.read(answer, record.owner, &[]).is_none() || owner != wanted {
                continue;
            }
            match (record.kind, record.data) {
                (kind::A, data) => push(
                    &mut found.addresses,
                    <[u8; 4]>::try_from(data).map(Ipv4Addr::from),
                    record.ttl.min(kept),
                ),
                (kind::AAAA, data) => push(
                    &mut found.addresses,
                    <[u8; 16]>::try_from(data).map(Ipv6Addr::from),
                    record.ttl.min(kept),
                ),
                (kind::CNAME, _) if alias.is_none() => {
                    let mut target = Name::default();
                    let read = target.read(answer, record.data_at, &[]);
                    alias = (read == Some(record.end)).then_some((target, record.ttl));
                }
                _ => {}
            }
        }
        // A name that has addresses has no alias (RFC 1034, 3.6.2).
        let Some((target, ttl)) = alias.filter(|_| found.addresses.is_empty()) else {
            break;
        };
        found.aliases.push(target.text());
        (wanted, kept) = (target, kept.min(ttl));
    }
    found
}

/// [`Leads::addresses`] alone.
#[must_use]
pub fn addresses(answer: &[u8], query: &Query) -> Vec<(IpAddr, u32)> {
    leads(answer, query).addresses
}

fn push<A: Into<IpAddr>, E>(found: &mut Vec<(IpAddr, u32)>, address: Result<A, E>, ttl: u32) {
    if let (Ok(address), true) = (address, found.len() < MOST_ADDRESSES) {
        found.push((address.into(), ttl));
    }
}
