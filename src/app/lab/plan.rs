//! Who has which address in the lab. The Internet's side uses the documentation prefixes, so that
//! nothing in the lab could be mistaken for a real host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::dns::Family;

/// The router of the Internet's side, IPv4 (RFC 5737).
pub const ROUTER_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
/// The gateway's address on the uplink.
pub const WAN_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
/// The resolver of the Internet's side.
pub const RESOLVER_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 53);
/// The one web server of the Internet's side; every name leads to it.
pub const CITY_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 80);
/// A host outside the uplink's own network; names below [`GARDEN_NAMES`] lead to it.
pub const GARDEN_V4: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);
/// IPv6 of the same (RFC 3849).
pub const ROUTER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1);
/// See [`WAN_V4`].
pub const WAN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 2);
/// See [`RESOLVER_V4`].
pub const RESOLVER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0x53);
/// See [`CITY_V4`].
pub const CITY_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0x80);
/// See [`GARDEN_V4`].
pub const GARDEN_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, 0x10);
/// Names below it lead to [`GARDEN_V4`] and [`GARDEN_V6`], all others to the city.
pub const GARDEN_NAMES: &str = ".garden.example";
/// Every LAN's IPv6 prefix lies in it.
pub const LANS_V6: &str = "2001:db8:87::/48";
/// The uplink's prefixes.
pub const UPLINK_PREFIX_V4: u8 = 24;
/// See [`UPLINK_PREFIX_V4`].
pub const UPLINK_PREFIX_V6: u8 = 64;
/// Name of the interface between the two, on the Internet's side.
pub const INTERNET_INTERFACE: &str = "internet0";
/// Ports on which the city server echoes, TCP and UDP: what must be shut before the grant.
pub const ECHO_PORTS: [u16; 5] = [7, 123, 443, 853, 5_353];

/// The city server's address.
#[must_use]
pub const fn city(family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(CITY_V4),
        Family::V6 => IpAddr::V6(CITY_V6),
    }
}

/// The garden host's address.
#[must_use]
pub const fn garden(family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(GARDEN_V4),
        Family::V6 => IpAddr::V6(GARDEN_V6),
    }
}

/// The outside resolver's address.
#[must_use]
pub const fn resolver(family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(RESOLVER_V4),
        Family::V6 => IpAddr::V6(RESOLVER_V6),
    }
}

/// One WiFi4EU network of the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lan {
    /// Position in the configuration, from 0; everything else follows from it.
    pub index: u8,
    /// `id` of the configuration.
    pub id: String,
    /// `interface`: the bridge.
    pub interface: String,
    /// `host`: the portal's name.
    pub host: String,
}

/// Access points of each network.
pub const ACCESS_POINTS: u8 = 2;

impl Lan {
    /// The gateway's address, of a /24.
    #[must_use]
    pub const fn gateway_v4(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 87, self.index, 1)
    }

    /// The gateway's address, of a /64.
    #[must_use]
    pub fn gateway_v6(&self) -> Ipv6Addr {
        Ipv6Addr::new(0x2001, 0xdb8, 0x87, u16::from(self.index), 0, 0, 0, 1)
    }

    /// The gateway's address of a family.
    #[must_use]
    pub fn gateway(&self, family: Family) -> IpAddr {
        match family {
            Family::V4 => IpAddr::V4(self.gateway_v4()),
            Family::V6 => IpAddr::V6(self.gateway_v6()),
        }
    }

    /// The gateway's bridge port that leads to an access point.
    #[must_use]
    pub fn gateway_port(&self, access_point: u8) -> String {
        format!("lan{}ap{access_point}", self.index)
    }

    /// The access point's own bridge.
    #[must_use]
    pub fn access_point(&self, access_point: u8) -> String {
        format!("ap{}x{access_point}", self.index)
    }
}
