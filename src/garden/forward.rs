//! One query to its answer.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use super::Shared;
use super::upstream::{self, Transport};
use crate::config::{GardenName, Network};
use crate::core::RELEASED_TTL;
use crate::limits::Key;
use crate::model::NamePattern;
use crate::wire::dns::{self, Query, code, kind};

/// How long a station believes that a name leads to the gateway while there is no uplink, seconds.
const FALLBACK_TTL: u32 = 5;
/// Where a resolver listens.
const DNS: u16 = 53;

/// What was forwarded since the start; never a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Queries of stations without access.
    pub queries: u64,
    /// Dropped: not a query, or more than a station may ask.
    pub dropped: u64,
    /// Queries for names of the garden.
    pub garden: u64,
    /// Queries that the resolver did not answer, or answered with a failure.
    pub failed: u64,
}

/// See [`Figures`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    queries: AtomicU64,
    dropped: AtomicU64,
    garden: AtomicU64,
    failed: AtomicU64,
}

impl Counters {
    pub(super) fn read(&self) -> Figures {
        Figures {
            queries: self.queries.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            garden: self.garden.load(Ordering::Relaxed),
            failed: self.failed.load(Ordering::Relaxed),
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// A query with what is known of it where it came in.
pub(super) struct Asked {
    pub(super) key: Key,
    pub(super) transport: Transport,
    pub(super) message: Vec<u8>,
    /// The gateway's own IPv4 address on the network, if it has one.
    pub(super) own: Option<Ipv4Addr>,
}

impl Shared {
    /// The answer to a query; `None` when there is none.
    pub(super) async fn forward(&self, mut asked: Asked) -> Option<Vec<u8>> {
        count(&self.counters.queries);
        let read = dns::read_query(&asked.message).filter(|read| self.budget.allows(asked.key, read));
        let Some(query) = read else {
            count(&self.counters.dropped);
            return None;
        };
        let config = self.config.load_full();
        let network = config.network(asked.key.0)?;
        let meant = meant_by(network, &query.name);
        let ports = ports_of(&meant);
        if !ports.is_empty() {
            count(&self.counters.garden);
            if matches!(query.kind, kind::HTTPS | kind::SVCB) {
                return Some(dns::empty_answer(&asked.message, &query, code::NO_ERROR));
            }
        }
        let resolver = config.gateway.resolver.or_else(|| asked.own.map(resolver_at));
        let answer = match resolver {
            Some(resolver) => upstream::ask(resolver, asked.transport, &mut asked.message, &query).await,
            None => None,
        };
        dns::set_id(&mut asked.message, query.id);
        let failed = |answer: &Vec<u8>| {
            matches!(
                dns::outcome(answer),
                Some(code::SERVER_FAILURE | code::REFUSED) | None
            )
        };
        let Some(mut answer) = answer.filter(|answer| !failed(answer)) else {
            count(&self.counters.failed);
            return Some(without_uplink(&asked, &query));
        };
        dns::set_id(&mut answer, query.id);
        if ports.is_empty() {
            return Some(answer);
        }
        let names = meant.iter().map(|meant| meant.name.clone()).collect();
        Some(self.open(&asked, &query, (names, ports), answer).await)
    }

    /// Passes the answer for a name of the garden when what it leads to is open.
    async fn open(
        &self,
        asked: &Asked,
        query: &Query,
        (names, ports): (Vec<NamePattern>, Vec<u16>),
        mut answer: Vec<u8>,
    ) -> Vec<u8> {
        let refusal = || dns::empty_answer(&asked.message, query, code::SERVER_FAILURE);
        if dns::is_cut(&answer) {
            // What was left of it might be used all the same.
            return dns::cut_answer(&asked.message, query);
        }
        let dns::Leads { aliases, addresses } = dns::leads(&answer, query);
        if !dns::lower_ttls(&mut answer, query, RELEASED_TTL) {
            return refusal();
        }
        if addresses.is_empty() {
            return answer;
        }
        let led: Vec<IpAddr> = addresses.iter().map(|(address, _)| *address).collect();
        if !self.gate.pass(asked.key.0, ports, addresses).await {
            return refusal();
        }
        let now = (self.clock)().boot;
        self.reasons
            .note(asked.key.0, &names, (&aliases, led.into_iter()), now);
        answer
    }
}

/// Where the gateway's own resolver listens.
pub(super) const fn resolver_at(own: Ipv4Addr) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(own), DNS)
}

/// What of a network's garden means a name.
fn meant_by<'n>(network: &'n Network, name: &str) -> Vec<&'n GardenName> {
    let names = network.garden_names.iter();
    names.filter(|garden| garden.name.matches(name)).collect()
}

/// The ports that they open, in order.
fn ports_of(meant: &[&GardenName]) -> Vec<u16> {
    let ports = meant.iter().flat_map(|garden| garden.ports.iter().copied());
    let mut ports: Vec<u16> = ports.collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// The answer while the resolver knows nothing: the gateway itself, where a phone's probe meets the
/// portal.
fn without_uplink(asked: &Asked, query: &Query) -> Vec<u8> {
    match (query.kind, asked.own) {
        (kind::A, Some(own)) => dns::address_answer(&asked.message, query, own, FALLBACK_TTL),
        (kind::AAAA | kind::HTTPS | kind::SVCB, Some(_)) => {
            dns::empty_answer(&asked.message, query, code::NO_ERROR)
        }
        _ => dns::empty_answer(&asked.message, query, code::SERVER_FAILURE),
    }
}

/// Whether a resolver answers at all, for the doctor: it is asked who serves the root.
pub async fn probe(resolver: SocketAddr) -> bool {
    // Recursion desired, one question: ". NS IN".
    let mut message = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1];
    let Some(query) = dns::read_query(&message) else {
        return false;
    };
    upstream::ask(resolver, Transport::Udp, &mut message, &query)
        .await
        .is_some()
}
