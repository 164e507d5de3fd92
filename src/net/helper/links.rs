//! What rtnetlink tells: which interface is whose, and where stations are.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::config::{Config, InterfaceName};
use crate::core::{SeenBy, Sighting};
use crate::model::{Mac, NetworkId};
use crate::net::trunk::DOWN;
use crate::wire::netlink::route::{BridgeEntry, Link, Neighbour, OwnAddress, RouteEvent};

/// What an event means for the other process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkNews {
    /// A station was seen.
    Seen(Sighting),
    /// The kernel has forgotten an address of a station.
    Gone(NetworkId, Mac, IpAddr),
    /// An interface of a network, or the uplink, has come into being (or under another index): the ruleset
    /// hooks at it, or knows it by its index.
    Appeared,
    /// The device through which everything to the stations is led was set down, made anew, named otherwise or
    /// has gone: nothing reaches them, or nothing waits where it should.
    TrunkTorn,
}

/// The machine's interfaces.
#[derive(Debug, Default)]
pub(super) struct Links {
    by_index: BTreeMap<u32, Link>,
    own_macs: BTreeSet<Mac>,
    addresses: BTreeSet<OwnAddress>,
}

impl Links {
    /// MACs of the machine's own interfaces: never a station's.
    pub(super) const fn own_macs(&self) -> &BTreeSet<Mac> {
        &self.own_macs
    }

    /// Whether an address can be a station's of the network: link-local or within a prefix of its
    /// interface, and not the gateway's own.
    pub(super) fn is_stations(&self, config: &Config, network: NetworkId, address: IpAddr) -> bool {
        let local = match address {
            IpAddr::V4(ip) => ip.is_link_local(),
            IpAddr::V6(ip) => ip.is_unicast_link_local(),
        };
        let on_link = |own: &OwnAddress| {
            own.prefix.contains(&address) && self.network(config, own.interface) == Some(network)
        };
        (local || self.addresses.iter().any(on_link))
            && !self.addresses.iter().any(|own| own.address == address)
    }

    /// Whether an address is the gateway's own, on whatever interface, or within a prefix of the uplink:
    /// its neighbours there are the provider's router and other customers.
    pub(super) fn is_near(&self, uplink: &InterfaceName, address: IpAddr) -> bool {
        let is_uplink = |index: u32| {
            let link = self.by_index.get(&index);
            link.is_some_and(|link| link.name == uplink.as_str())
        };
        self.addresses
            .iter()
            .any(|own| own.address == address || (own.prefix.contains(&address) && is_uplink(own.interface)))
    }

    /// Forgets what may have gone unnoticed; everything that there is comes as events next.
    pub(super) fn begin_anew(&mut self, everything: &[RouteEvent]) {
        self.addresses.clear();
        self.by_index.retain(|index, _| {
            everything
                .iter()
                .any(|event| matches!(event, RouteEvent::Link(link) if link.index == *index))
        });
        self.refresh_own_macs();
    }

    /// Whether a network's interface is a bridge with at least one port.
    pub(super) fn any_bridged(&self, config: &Config) -> bool {
        self.by_index
            .values()
            .filter_map(|link| link.master)
            .any(|master| self.network(config, master).is_some())
    }

    /// Takes one event in.
    pub(super) fn take_in(&mut self, config: &Config, event: RouteEvent) -> Option<LinkNews> {
        match event {
            RouteEvent::Link(link) => self.link(config, link),
            RouteEvent::LinkGone(link) => {
                self.by_index.remove(&link.index);
                self.addresses.retain(|own| own.interface != link.index);
                self.refresh_own_macs();
                (link.name == DOWN).then_some(LinkNews::TrunkTorn)
            }
            RouteEvent::Address(own) => {
                self.addresses.insert(own);
                None
            }
            RouteEvent::AddressGone(own) => {
                self.addresses.remove(&own);
                None
            }
            RouteEvent::Neighbour(neighbour) => self.neighbour(config, neighbour),
            RouteEvent::NeighbourGone(neighbour) => {
                let network = self.network(config, neighbour.interface)?;
                let mac = self.station(neighbour.mac?)?;
                Some(LinkNews::Gone(network, mac, neighbour.address))
            }
            RouteEvent::Bridge(entry) => self.bridge(config, entry),
            RouteEvent::BridgeGone(_) => None,
        }
    }

    fn link(&mut self, config: &Config, link: Link) -> Option<LinkNews> {
        let index = link.index;
        let (name, up) = (link.name.clone(), link.up);
        let before = self.by_index.insert(index, link);
        self.refresh_own_macs();
        let named = before.as_ref().map(|before| before.name.as_str());
        let same = named == Some(name.as_str());
        if named == Some(DOWN) && !same || name == DOWN && !(same && up) {
            return Some(LinkNews::TrunkTorn);
        }
        (!same && is_ours(config, &name)).then_some(LinkNews::Appeared)
    }

    fn refresh_own_macs(&mut self) {
        self.own_macs = self.by_index.values().filter_map(|link| link.mac).collect();
    }

    fn neighbour(&self, config: &Config, neighbour: Neighbour) -> Option<LinkNews> {
        Some(LinkNews::Seen(Sighting {
            network: self.network(config, neighbour.interface)?,
            mac: self.station(neighbour.mac?)?,
            address: Some(neighbour.address),
            by: SeenBy::Neighbour,
            port: None,
        }))
    }

    fn bridge(&self, config: &Config, entry: BridgeEntry) -> Option<LinkNews> {
        let bridge = entry
            .bridge
            .or_else(|| self.by_index.get(&entry.port).and_then(|link| link.master))?;
        Some(LinkNews::Seen(Sighting {
            network: self.network(config, bridge)?,
            mac: self.station(entry.mac)?,
            address: None,
            by: SeenBy::Bridge,
            port: Some(entry.port),
        }))
    }

    fn station(&self, mac: Mac) -> Option<Mac> {
        (!self.own_macs.contains(&mac)).then_some(mac)
    }

    fn network(&self, config: &Config, index: u32) -> Option<NetworkId> {
        let name = &self.by_index.get(&index)?.name;
        config
            .networks
            .iter()
            .find(|network| network.interface.as_str() == name)
            .map(|network| network.id)
    }
}

/// Whether the interface is a network's or the uplink.
fn is_ours(config: &Config, name: &str) -> bool {
    let mut networks = config.networks.iter();
    networks.any(|network| network.interface.as_str() == name) || config.gateway.uplink.as_str() == name
}

#[cfg(test)]
mod tests {
    use super::{LinkNews, Links};
    use crate::core::SeenBy;
    use crate::net::ruleset::tests::{config, network};
    use crate::wire::netlink::route::{BridgeEntry, Link, Neighbour, OwnAddress, RouteEvent};

    fn link(index: u32, name: &str, master: Option<u32>, mac: &str) -> RouteEvent {
        RouteEvent::Link(Link {
            index,
            name: name.to_owned(),
            up: true,
            master,
            mac: Some(mac.parse().unwrap()),
        })
    }

    #[test]
    fn the_uplink_appears_and_other_interfaces_do_not() {
        let config = config(vec![network("piazza", "br0")]);
        let uplink = |index| link(index, "wan0", None, "02:00:5e:10:00:fd");
        let mut links = Links::default();
        assert_eq!(links.take_in(&config, uplink(9)), Some(LinkNews::Appeared));
        assert_eq!(links.take_in(&config, uplink(9)), None, "only once");
        let other = link(8, "wan1", None, "02:00:5e:10:00:fd");
        assert_eq!(links.take_in(&config, other), None);
        assert_eq!(
            links.take_in(&config, uplink(10)),
            Some(LinkNews::Appeared),
            "made anew"
        );
    }

    #[test]
    fn the_device_towards_the_stations_must_stand_and_be_up() {
        let config = config(vec![network("piazza", "br0")]);
        let mut links = Links::default();
        let device = |index, name: &str, up| Link {
            index,
            name: name.to_owned(),
            up,
            master: None,
            mac: None,
        };
        let torn = Some(LinkNews::TrunkTorn);
        let down = crate::net::trunk::DOWN;
        for (event, expected) in [
            (RouteEvent::Link(device(4, down, true)), &torn),
            (RouteEvent::Link(device(4, down, true)), &None),
            (RouteEvent::Link(device(4, down, false)), &torn),
            (RouteEvent::Link(device(4, down, true)), &None),
            (RouteEvent::Link(device(4, "renamed", true)), &torn),
            (RouteEvent::Link(device(5, down, true)), &torn),
            (RouteEvent::LinkGone(device(5, down, true)), &torn),
            (RouteEvent::LinkGone(device(4, "renamed", true)), &None),
        ] {
            assert_eq!(links.take_in(&config, event.clone()), *expected, "{event:?}");
        }
    }

    #[test]
    fn stations_are_told_by_network_and_the_gateway_is_none() {
        let config = config(vec![network("piazza", "br0")]);
        let mut links = Links::default();
        let own = "02:00:5e:10:00:fe";
        assert_eq!(
            links.take_in(&config, link(3, "br0", None, own)),
            Some(LinkNews::Appeared)
        );
        assert_eq!(
            links.take_in(&config, link(3, "br0", None, own)),
            None,
            "only once"
        );
        assert!(!links.any_bridged(&config));
        assert_eq!(
            links.take_in(&config, link(4, "wlan0", Some(3), "02:00:5e:10:00:fd")),
            None
        );
        assert!(links.any_bridged(&config));
        let mut bridge = |mac: &str| {
            links.take_in(
                &config,
                RouteEvent::Bridge(BridgeEntry {
                    port: 4,
                    bridge: None,
                    mac: mac.parse().unwrap(),
                }),
            )
        };
        assert_eq!(bridge(own), None);
        let Some(LinkNews::Seen(seen)) = bridge("02:00:5e:10:00:01") else {
            panic!("a station on a port");
        };
        assert_eq!(
            (seen.network.as_str(), seen.by, seen.port),
            ("piazza", SeenBy::Bridge, Some(4))
        );
        let neighbour = Neighbour {
            interface: 9,
            address: "10.0.0.9".parse().unwrap(),
            mac: Some(seen.mac),
        };
        assert_eq!(
            links.take_in(&config, RouteEvent::Neighbour(neighbour)),
            None,
            "an interface of nobody"
        );
    }

    #[test]
    fn stations_have_addresses_on_the_link_of_their_own_network() {
        let config = config(vec![network("piazza", "br0"), network("molini", "br1")]);
        let (piazza, molini) = (config.networks[0].id, config.networks[1].id);
        let mut links = Links::default();
        let mut everything = Vec::new();
        for (index, name, own) in [
            (3, "br0", "10.1.0.1/16"),
            (4, "br1", "10.2.0.1/16"),
            (3, "br0", "fe80::1/64"),
            (5, "wan0", "203.0.113.9/24"),
        ] {
            let prefix: ipnet::IpNet = own.parse().unwrap();
            everything.push(link(index, name, None, "02:00:5e:10:00:fe"));
            everything.push(RouteEvent::Address(OwnAddress {
                interface: index,
                address: prefix.addr(),
                prefix: prefix.trunc(),
            }));
        }
        for event in everything.clone() {
            links.take_in(&config, event);
        }
        let is = |links: &Links, network, address: &str| {
            links.is_stations(&config, network, address.parse().unwrap())
        };
        assert!(is(&links, piazza, "10.1.200.7") && is(&links, molini, "10.2.0.9"));
        assert!(is(&links, piazza, "fe80::7") && is(&links, molini, "169.254.3.4"));
        for foreign in [
            "10.2.0.9",
            "203.0.113.1",
            "198.51.100.1",
            "10.1.0.1",
            "fe80::1",
            "2001:db8::1",
        ] {
            assert!(!is(&links, piazza, foreign), "{foreign}");
        }
        links.begin_anew(&everything[..1]);
        assert!(!is(&links, piazza, "10.1.200.7"), "the address may have gone");
        assert_eq!(
            links.take_in(&config, everything[0].clone()),
            None,
            "the link is the same"
        );
        let address = everything[1].clone();
        links.take_in(&config, address);
        assert!(is(&links, piazza, "10.1.200.7"));
        let RouteEvent::Address(own) = everything[1] else {
            panic!("an address");
        };
        links.take_in(&config, RouteEvent::AddressGone(own));
        assert!(!is(&links, piazza, "10.1.200.7"));
    }

    #[test]
    fn the_gateways_addresses_and_the_uplinks_neighbours_are_near() {
        let config = config(vec![network("piazza", "br0")]);
        let mut links = Links::default();
        for (index, name, address, prefix) in [
            (2, "wan0", "198.51.100.2", "198.51.100.0/24"),
            (3, "br0", "192.0.2.1", "192.0.2.0/24"),
            (2, "wan0", "2001:db8:ffff::2", "2001:db8:ffff::/64"),
        ] {
            links.take_in(&config, link(index, name, None, "02:00:5e:10:00:fe"));
            let own = OwnAddress {
                interface: index,
                address: address.parse().unwrap(),
                prefix: prefix.parse().unwrap(),
            };
            links.take_in(&config, RouteEvent::Address(own));
        }
        let is_near = |text: &str| links.is_near(&config.gateway.uplink, text.parse().unwrap());
        for near in ["198.51.100.2", "198.51.100.1", "192.0.2.1", "2001:db8:ffff::9"] {
            assert!(is_near(near), "{near}");
        }
        for far in ["203.0.113.1", "192.0.2.9", "2001:db8:5::1"] {
            assert!(!is_near(far), "{far}");
        }
    }
}
