//! What is open before the tap, and why: names and addresses of the configuration, and the addresses that its names
//! have led to. No station stands here, nor what any of them has asked.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use fluent_bundle::FluentValue;
use ipnet::IpNet;
use serde::Deserialize;

use crate::accounts::Permission;
use crate::config::{COLLECTOR, Config, GardenName, Network};
use crate::dashboard::desk::OpeningLook;
use crate::dashboard::frame::{Frame, show};
use crate::dashboard::login::visit::{Stop, Visit};
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::model::{NamePattern, NetworkId};

/// Longest text that is looked for, characters: that of a host name.
const LONGEST: usize = 253;

pub(super) fn router() -> Router<Room> {
    Router::new().route("/page/garden", get(garden))
}

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "dashboard/page-garden.html")]
struct GardenPage {
    frame: Frame,
    /// What is looked for.
    wish: String,
    /// What is to be said of it.
    answer: Vec<String>,
    networks: Vec<NetworkView>,
    may_change: bool,
}

struct NetworkView {
    id: String,
    name: String,
    configured: Vec<ConfiguredView>,
    learnt: Vec<LearntView>,
}

/// What the configuration opens.
struct ConfiguredView {
    what: String,
    ports: String,
    why: String,
}

/// An address that a name has opened.
struct LearntView {
    address: String,
    ports: String,
    left: String,
    because: Vec<String>,
}

async fn garden(State(room): State<Room>, visit: Visit, Query(wish): Query<Wish>) -> Result<Response, Stop> {
    let ticket = visit.admit(Permission::EditPage).await?;
    let openings = room.desk.openings().await.ok_or_else(|| visit.no_answer())?;
    let config = room.config.load_full();
    let sight = GardenSight {
        config: &config,
        openings: &openings,
        tongue: visit.tongue,
    };
    let wish: String = wish.q.trim().chars().take(LONGEST).collect();
    let page = GardenPage {
        frame: visit.frame("garden-title", Some(&ticket)),
        answer: sight.answer(&wish),
        wish,
        networks: config
            .networks
            .iter()
            .map(|network| sight.network(network))
            .collect(),
        may_change: ticket.user.role.may(Permission::ChangeSettings),
    };
    Ok(show(StatusCode::OK, &page))
}

/// What the page is made from.
pub(in crate::dashboard) struct GardenSight<'a> {
    pub(in crate::dashboard) config: &'a Config,
    pub(in crate::dashboard) openings: &'a [OpeningLook],
    pub(in crate::dashboard) tongue: Tongue,
}

impl GardenSight<'_> {
    /// What the configuration opens on a network: names, then addresses, each with its ports and why.
    pub(in crate::dashboard) fn configured<'n>(
        &self,
        network: &'n Network,
    ) -> impl Iterator<Item = (String, &'n [u16], String)> {
        let names = network.garden_names.iter().map(|garden| {
            let why = self.why_name(network, garden);
            (garden.name.to_string(), garden.ports.as_slice(), why)
        });
        let addresses = network.garden.iter().map(|garden| {
            let why = self.why_entry(garden.reason.as_deref());
            (shown(garden.to), garden.ports.as_slice(), why)
        });
        names.chain(addresses)
    }

    /// Addresses that names have opened on a network.
    pub(in crate::dashboard) fn learnt_on(&self, network: NetworkId) -> impl Iterator<Item = &OpeningLook> {
        self.openings.iter().filter(move |open| open.network == network)
    }

    fn network(&self, network: &Network) -> NetworkView {
        let configured = self.configured(network);
        let view = |(what, numbers, why): (String, &[u16], String)| ConfiguredView {
            what,
            ports: ports(numbers),
            why,
        };
        NetworkView {
            id: network.id.to_string(),
            name: network.name.clone(),
            configured: configured.map(view).collect(),
            learnt: self.learnt_on(network.id).map(|open| self.learnt(open)).collect(),
        }
    }

    fn learnt(&self, open: &OpeningLook) -> LearntView {
        let numbers: Vec<u16> = open.ports.iter().map(|(port, _)| *port).collect();
        let left = open.ports.iter().map(|(_, seconds)| *seconds).max();
        let because = open.names.iter();
        LearntView {
            address: open.address.to_string(),
            ports: ports(&numbers),
            left: self
                .tongue
                .count("garden-left", left.unwrap_or_default().div_ceil(60)),
            because: because.map(|(name, aliases)| way(name, aliases)).collect(),
        }
    }

    /// Where a name of a network's garden comes from.
    fn why_name(&self, network: &Network, garden: &GardenName) -> String {
        let mut services = self.config.services_of(network.id);
        let name = garden.name.to_string();
        if garden.reason.is_none()
            && services.any(|service| service.before_tap && service.host() == Some(&name))
        {
            return self.tongue.say("garden-of-service");
        }
        if network.wifi4eu_id.is_some() && COLLECTOR.contains(&name.as_str()) {
            return self.tongue.say("garden-of-commission");
        }
        self.why_entry(garden.reason.as_deref())
    }

    fn why_entry(&self, reason: Option<&str>) -> String {
        reason.map_or_else(|| self.tongue.say("garden-no-reason"), str::to_owned)
    }

    /// Whether what is looked for is open, and why, network by network.
    fn answer(&self, wish: &str) -> Vec<String> {
        if wish.is_empty() {
            return Vec::new();
        }
        let told = |network: &Network| match wish.parse::<IpAddr>() {
            Ok(address) => self.of_address(network, address.to_canonical()),
            Err(_) => self.of_name(network, wish),
        };
        let networks = self.config.networks.iter();
        let lines = networks.map(|network| {
            let told = told(network);
            let told = if told.is_empty() {
                self.tongue.say("garden-not-open")
            } else {
                told.join("; ")
            };
            format!("{}: {told}", network.name)
        });
        lines.collect()
    }

    fn of_address(&self, network: &Network, address: IpAddr) -> Vec<String> {
        let entries = network.garden.iter().filter(|entry| entry.to.contains(&address));
        let by_entry = entries.map(|entry| {
            let because = format!(
                "{} ({})",
                shown(entry.to),
                self.why_entry(entry.reason.as_deref())
            );
            self.because(&because, &entry.ports)
        });
        let open = self.learnt_on(network.id).find(|open| open.address == address);
        let by_name = open.into_iter().map(|open| {
            let ways: Vec<String> = open
                .names
                .iter()
                .map(|(name, aliases)| way(name, aliases))
                .collect();
            let numbers: Vec<u16> = open.ports.iter().map(|(port, _)| *port).collect();
            self.because(&ways.join(", "), &numbers)
        });
        by_entry.chain(by_name).collect()
    }

    /// A name, or an alias that one of the configuration's has led by.
    fn of_name(&self, network: &Network, name: &str) -> Vec<String> {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let meant = network
            .garden_names
            .iter()
            .filter(|garden| garden.name.matches(&name) || garden.name.to_string() == name);
        let by_pattern = meant.map(|garden| {
            let because = format!("{} ({})", garden.name, self.why_name(network, garden));
            self.because(&because, &garden.ports)
        });
        let mut ways: Vec<String> = self
            .learnt_on(network.id)
            .flat_map(|open| &open.names)
            .filter(|(_, aliases)| aliases.contains(&name))
            .map(|(name, aliases)| way(name, aliases))
            .collect();
        ways.sort_unstable();
        ways.dedup();
        let by_alias = ways.into_iter().map(|way| {
            self.tongue
                .with("garden-on-the-way", &[("what", FluentValue::from(way))])
        });
        by_pattern.chain(by_alias).collect()
    }

    fn because(&self, what: &str, numbers: &[u16]) -> String {
        let arguments = [
            ("what", FluentValue::from(what)),
            ("ports", FluentValue::from(ports(numbers))),
        ];
        self.tongue.with("garden-open", &arguments)
    }
}

/// A name, with the aliases on the way.
fn way(name: &NamePattern, aliases: &[String]) -> String {
    let steps = [name.to_string()].into_iter().chain(aliases.iter().cloned());
    steps.collect::<Vec<_>>().join(" → ")
}

fn ports(numbers: &[u16]) -> String {
    let numbers = numbers.iter().map(u16::to_string);
    numbers.collect::<Vec<_>>().join(", ")
}

/// A single address without the length of its prefix.
fn shown(net: IpNet) -> String {
    if net.prefix_len() == net.max_prefix_len() {
        net.addr().to_string()
    } else {
        net.to_string()
    }
}
