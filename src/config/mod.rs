//! The configuration file: TOML → checked values, one file per section; every mistake is reported
//! at once with file, line, column and a hint, and unknown keys are refused.

use std::path::PathBuf;

use ipnet::IpNet;

use crate::model::{NetworkId, NetworkPolicy, TimeZone};

/// A whole, checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// `[gateway]`
    pub gateway: Gateway,
    /// `[portal]`
    pub portal: Portal,
    /// `[[network]]`, in file order; at least one, identifiers, interfaces and hosts unique.
    pub networks: Vec<Network>,
}

/// `[gateway]`: the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gateway {
    /// Interface to the Internet.
    pub uplink: InterfaceName,
    /// Whether IPv4 leaves with the uplink's address.
    pub masquerade: bool,
    /// Where midnight is.
    pub time_zone: TimeZone,
    /// State database directory; root- or service-only.
    pub state_dir: PathBuf,
    /// Sockets and generated files.
    pub run_dir: PathBuf,
    /// User name whose processes may speak to the helper (besides root).
    pub user: String,
}

/// `[portal]`: the listeners behind the redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portal {
    /// Where redirected port-80 connections arrive; the same on every network.
    pub http_port: u16,
    /// Where the gateway's own port 443 arrives; the same on every network.
    pub https_port: u16,
    /// Most connections at once over all stations.
    pub max_connections: usize,
    /// Most connections at once of one station.
    pub max_connections_per_station: usize,
}

/// A Linux interface name: 1 to 15 bytes of letters, digits, `.`, `_`, `-` (`IFNAMSIZ`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InterfaceName(String);

impl InterfaceName {
    /// `None` if the kernel, nftables or the shell would not take the name as it is.
    #[must_use]
    pub fn new(name: &str) -> Option<Self> {
        let legal = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
        let begins_well = name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric());
        (legal && begins_well && name.len() <= 15).then(|| Self(name.to_owned()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// `[[network]]`: one WiFi4EU network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// `id`
    pub id: NetworkId,
    /// `name`: what people call the place, at most 75 characters (the Commission's field).
    pub name: String,
    /// `comune`: the administration, as its page names it.
    pub comune: String,
    /// `interface`: LAN interface, usually a bridge with isolated ports.
    pub interface: InterfaceName,
    /// `host`: portal host name; lower-case, non-IDN, no IP (grant agreement, Annex I, 2.1.1).
    pub host: String,
    /// `wifi4eu_id`: network identifier of the Commission's portal, `[A-Za-z0-9-]{1,75}`.
    pub wifi4eu_id: Option<String>,
    /// `certificate`: PEM chain; with `key`.
    pub tls: Option<TlsFiles>,
    /// `[network.rate]`, `recognition`, `exempt`, `blocked`, `on_conflict`, `max_stations`.
    pub policy: NetworkPolicy,
    /// `[[network.garden]]`: destinations open before the grant.
    pub garden: Vec<GardenEntry>,
    /// `terms_url`, `privacy_url`: the comune's own texts; Portico's built-in ones without them.
    pub terms_url: Option<String>,
    /// See `terms_url`.
    pub privacy_url: Option<String>,
}

/// Certificate chain and private key, PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// Chain, leaf first.
    pub certificate: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1 key.
    pub key: PathBuf,
}

/// A destination of the walled garden: TCP to one of the ports of an address or prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GardenEntry {
    /// `address`: single address or CIDR; never private, loopback or multicast.
    pub to: IpNet,
    /// `ports`: at least one.
    pub ports: Vec<u16>,
}

impl Network {
    /// The portal's own address for people, with `https` when a certificate is configured.
    #[must_use]
    pub fn portal_url(&self, secure: bool) -> String {
        let scheme = if secure { "https" } else { "http" };
        format!("{scheme}://{}/", self.host)
    }
}

impl Config {
    /// The network of an identifier.
    #[must_use]
    pub fn network(&self, id: NetworkId) -> Option<&Network> {
        self.networks.iter().find(|network| network.id == id)
    }

    /// What `core` needs of it.
    #[must_use]
    pub fn policy(&self) -> crate::model::Policy {
        crate::model::Policy {
            time_zone: self.gateway.time_zone.clone(),
            networks: self
                .networks
                .iter()
                .map(|network| (network.id, network.policy.clone()))
                .collect(),
        }
    }
}
