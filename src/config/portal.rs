//! `[portal]`: the listeners behind the redirect.

use super::reader::{Complaint, Section};
use super::values;
use super::words::words;

/// Where the ruleset redirects port 80.
pub const DEFAULT_HTTP_PORT: u16 = 8_080;
/// Where the ruleset redirects port 443 of the gateway.
pub const DEFAULT_HTTPS_PORT: u16 = 8_443;
/// Where the ruleset redirects the DNS of stations without access; next to mDNS, which is another's.
pub const DEFAULT_DNS_PORT: u16 = 5_354;
/// Room for a square full of phones that probe at once; each costs a few kilobytes.
pub const DEFAULT_MAX_CONNECTIONS: usize = 2_048;
/// A browser opens six per host, and a phone's probes a few more.
pub const DEFAULT_MAX_CONNECTIONS_PER_STATION: usize = 16;
/// Most connections that may be configured. The unit's `LimitNOFILE` allows two descriptors for each.
pub const MOST_CONNECTIONS: usize = 60_000;

/// `[portal]`: the listeners behind the redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Where redirected port-80 connections arrive; the same on every network.
    pub http_port: u16,
    /// Where the gateway's own port 443 arrives; the same on every network.
    pub https_port: u16,
    /// Where DNS of stations without access arrives, UDP and TCP, on networks whose garden has names.
    pub dns_port: u16,
    /// Most connections at once over all stations.
    pub max_connections: usize,
    /// Most connections at once of one station.
    pub max_connections_per_station: usize,
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> Portal {
    let plain_port = section.or("http_port", DEFAULT_HTTP_PORT, values::listening_port);
    let secure = section.optional("https_port", values::listening_port);
    let dns = section.optional("dns_port", values::listening_port);
    let max_connections = section.or("max_connections", DEFAULT_MAX_CONNECTIONS, |value| {
        values::integer(value, 1, MOST_CONNECTIONS)
    });
    let per_station = section.optional("max_connections_per_station", |value| {
        values::integer(value, 1, MOST_CONNECTIONS)
    });

    let secure_port = secure.as_ref().map_or(DEFAULT_HTTPS_PORT, |port| port.value);
    if secure_port == plain_port {
        section.report().error(
            secure.as_ref().map_or(section.span(), |port| &port.span),
            Complaint::new(
                words!(
                    "http_port and https_port are both {plain_port}",
                    "http_port e https_port sono tutte e due {plain_port}"
                ),
                words!(
                    "give each listener a port of its own",
                    "dare a ciascuna una porta diversa"
                ),
            ),
        );
    }
    let dns_port = dns.as_ref().map_or(DEFAULT_DNS_PORT, |port| port.value);
    for (key, other) in [("http_port", plain_port), ("https_port", secure_port)] {
        if other == dns_port {
            section.report().error(
                dns.as_ref().map_or(section.span(), |port| &port.span),
                Complaint::new(
                    words!(
                        "dns_port and {key} are both {dns_port}",
                        "dns_port e {key} sono tutte e due {dns_port}"
                    ),
                    words!(
                        "give each listener a port of its own",
                        "dare a ciascuna una porta diversa"
                    ),
                ),
            );
        }
    }
    if let Some(most) = per_station.as_ref().filter(|most| most.value > max_connections) {
        section.report().error(
            &most.span,
            Complaint::new(
                words!(
                    "one station may not have more connections than all together ({max_connections})",
                    "un dispositivo non può avere più connessioni di tutti insieme ({max_connections})"
                ),
                words!(
                    "lower it, or raise max_connections",
                    "abbassare questo numero, o alzare quello di tutti (max_connections)"
                ),
            ),
        );
    }
    section.finish();
    Portal {
        http_port: plain_port,
        https_port: secure_port,
        dns_port,
        max_connections,
        max_connections_per_station: per_station
            .map_or(DEFAULT_MAX_CONNECTIONS_PER_STATION.min(max_connections), |most| {
                most.value
            }),
    }
}
