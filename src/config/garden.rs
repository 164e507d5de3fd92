//! `[[network.garden]]`: destinations that are open before the grant, by address or by name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use toml::de::DeValue;

use super::reader::{Complaint, Section};
use super::values;
use super::words::{Words, words};
use crate::model::NamePattern;

/// Prefixes that lead to the gateway, to the comune's own networks or to nobody (IANA special-purpose
/// address registries, RFC 6890). An opening into them would be an opening into the town hall.
const CLOSED: [(&str, &str, &str); 15] = [
    ("0.0.0.0/8", "\"this network\"", "\"questa rete\""),
    ("10.0.0.0/8", "private", "privato"),
    (
        "100.64.0.0/10",
        "shared (carrier NAT)",
        "condiviso (NAT del fornitore)",
    ),
    ("127.0.0.0/8", "loopback", "di loopback"),
    ("169.254.0.0/16", "link-local", "locale al collegamento"),
    ("172.16.0.0/12", "private", "privato"),
    ("192.168.0.0/16", "private", "privato"),
    ("224.0.0.0/4", "multicast", "multicast"),
    ("240.0.0.0/4", "reserved", "riservato"),
    (
        "::/127",
        "unspecified or loopback",
        "non specificato o di loopback",
    ),
    ("::ffff:0.0.0.0/96", "IPv4-mapped", "un IPv4 in forma IPv6"),
    ("fc00::/7", "unique local (private)", "locale unico (privato)"),
    ("fe80::/10", "link-local", "locale al collegamento"),
    ("fec0::/10", "site-local (private)", "locale al sito (privato)"),
    ("ff00::/8", "multicast", "multicast"),
];
/// Wider IPv4 prefixes than this are hardly one organisation's.
const WIDE_V4: u8 = 16;
/// Wider IPv6 prefixes than this are hardly one organisation's.
const WIDE_V6: u8 = 32;
/// Most ports of one entry.
const MOST_PORTS: usize = 32;
/// Longest reason, characters.
const MOST_REASON: usize = 140;

/// A destination of the walled garden: TCP to one of the ports of an address or prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GardenEntry {
    /// `address`: single address or CIDR; never private, loopback or multicast.
    pub to: IpNet,
    /// `ports`: at least one.
    pub ports: Vec<u16>,
    /// `reason`: why, for whoever looks at what is open.
    pub reason: Option<String>,
}

/// A destination of the walled garden by name: TCP to one of the ports of the addresses that the
/// gateway's resolver gives for it. Private and other special addresses never enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GardenName {
    /// `name`: `www.example.org` or `*.example.org`.
    pub name: NamePattern,
    /// `ports`: at least one.
    pub ports: Vec<u16>,
    /// `reason`: why, for whoever looks at what is open.
    pub reason: Option<String>,
}

/// One entry of the file.
pub(super) enum Entry {
    Address(GardenEntry),
    Name(GardenName),
}

/// The prefixes that the garden never leads into.
pub(super) fn closed() -> impl Iterator<Item = IpNet> {
    CLOSED.iter().filter_map(|(prefix, ..)| prefix.parse().ok())
}

/// Whether an address is one that the garden may lead to: public, neither the gateway's kind nor the
/// comune's own networks (the same special prefixes that the file may not name).
#[must_use]
pub fn may_be_opened(address: IpAddr) -> bool {
    let address = address.to_canonical();
    is_public(address) && embedded(address).is_none_or(|inner| is_public(IpAddr::V4(inner)))
}

fn is_public(address: IpAddr) -> bool {
    let address = IpNet::from(address);
    !CLOSED.iter().any(|(prefix, ..)| {
        prefix
            .parse::<IpNet>()
            .is_ok_and(|prefix| prefix.contains(&address))
    })
}

/// The IPv4 address inside an IPv6 one that a translator or relay would send the packets to: NAT64
/// (RFC 6052, section 2.1) and 6to4 (RFC 3056, section 2).
fn embedded(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match Ipv6Addr::segments(&address) {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some(v4(high, low)),
        // A network's own NAT64 prefix (RFC 8215) puts it elsewhere: taken for private.
        [0x64, 0xff9b, 1, ..] => Some(Ipv4Addr::LOCALHOST),
        _ => None,
    }
}

/// Reads one entry; `None` after a mistake.
pub(super) fn read(mut section: Section<'_, '_>) -> Option<Entry> {
    let name = section.optional("name", values::parsed::<NamePattern>);
    let to = if name.is_some() || section.has("name") {
        section.optional("address", destination)
    } else {
        section.required("address", "\"203.0.113.10\"", destination)
    };
    let ports = section.list("ports", port);
    let reason = section.optional("reason", |value| values::line_of(value, MOST_REASON));
    if let (Some(name), Some(_)) = (&name, &to) {
        section.report().error(
            &name.span,
            Complaint::new(
                words!(
                    "an entry has an address or a name, not both",
                    "una voce ha un indirizzo o un nome, non tutti e due"
                ),
                words!("make two entries of it", "farne due voci"),
            ),
        );
    }
    let report = section.report();
    if let Some(to) = to.as_ref().filter(|to| is_wide(&to.value)) {
        report.warn(
            &to.span,
            Complaint::new(
                words!(
                    "{} opens a large part of the Internet to everybody without the tap",
                    "{} apre a tutti una gran parte di Internet senza il tocco",
                    to.value
                ),
                words!("list single addresses", "elencare indirizzi singoli"),
            ),
        );
    }
    for (index, port) in ports.iter().enumerate() {
        if ports[..index].iter().any(|other| other.value == port.value) {
            report.error(
                &port.span,
                Complaint::new(
                    words!(
                        "port {} is listed twice",
                        "la porta {} è elencata due volte",
                        port.value
                    ),
                    words!("remove one", "toglierne una"),
                ),
            );
        }
    }
    if ports.is_empty() || ports.len() > MOST_PORTS {
        report.missing(
            section.span(),
            Complaint::new(
                words!(
                    "a garden entry has 1 to {MOST_PORTS} ports",
                    "una voce del giardino ha da 1 a {MOST_PORTS} porte"
                ),
                words!(
                    "add a line like: ports = [443]",
                    "indicarne almeno una, come nella riga: ports = [443]"
                ),
            ),
            "ports",
        );
    }
    section.finish();
    let ports = ports.into_iter().map(|port| port.value).collect();
    let reason = reason.map(|reason| reason.value);
    match (name, to) {
        (Some(name), None) => Some(Entry::Name(GardenName {
            name: name.value,
            ports,
            reason,
        })),
        (None, Some(to)) => Some(Entry::Address(GardenEntry {
            to: to.value,
            ports,
            reason,
        })),
        _ => None,
    }
}

fn port(value: &DeValue<'_>) -> Result<u16, Complaint> {
    let number = values::integer(value, 1, 65_535)?;
    Ok(u16::try_from(number).unwrap_or(u16::MAX))
}

fn destination(value: &DeValue<'_>) -> Result<IpNet, Complaint> {
    let text = values::text(value)?;
    let net = parse_net(text).ok_or_else(|| {
        Complaint::new(
            words!("{text:?} is not an address or prefix", "{text:?} non è un indirizzo né un prefisso"),
            words!(
                "write \"203.0.113.10\", \"203.0.113.0/28\" or \"2001:db8::10\"; a host name goes into name = \"…\"",
                "scrivere 203.0.113.10, 203.0.113.0/28 o 2001:db8::10; un nome host va nel parametro name"
            ),
        )
    })?;
    if net.trunc() != net {
        return Err(Complaint::new(
            words!(
                "{text:?} has bits beyond its prefix length",
                "{text:?} ha bit oltre la lunghezza del prefisso"
            ),
            words!(
                "write \"{}\" for the prefix, or \"{}\" for the host",
                "scrivere {} per il prefisso, o {} per l'host",
                net.trunc(),
                net.addr()
            ),
        ));
    }
    let closed = CLOSED.iter().find(|(prefix, ..)| {
        prefix
            .parse::<IpNet>()
            .is_ok_and(|prefix| prefix.contains(&net) || net.contains(&prefix))
    });
    if let Some((prefix, english, italian)) = closed {
        return Err(Complaint::new(
            Words::new(
                format!("{text:?} reaches into {prefix}, which is {english}"),
                format!("{text:?} tocca {prefix}, che è {italian}"),
            ),
            words!(
                "the walled garden leads only to public addresses, never into the comune's own networks",
                "il giardino recintato porta solo a indirizzi pubblici, mai nelle reti del comune"
            ),
        ));
    }
    Ok(net)
}

fn parse_net(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn is_wide(net: &IpNet) -> bool {
    match net {
        IpNet::V4(net) => net.prefix_len() < WIDE_V4,
        IpNet::V6(net) => net.prefix_len() < WIDE_V6,
    }
}

#[cfg(test)]
mod tests {
    use super::{CLOSED, destination, may_be_opened};
    use std::borrow::Cow;
    use toml::de::DeValue;

    fn reads(text: &str) -> bool {
        destination(&DeValue::String(Cow::Borrowed(text))).is_ok()
    }

    #[test]
    fn every_closed_prefix_is_one() {
        for (prefix, ..) in CLOSED {
            assert!(prefix.parse::<ipnet::IpNet>().is_ok(), "{prefix}");
            assert!(!reads(prefix), "{prefix}");
        }
    }

    #[test]
    fn what_a_name_leads_to_is_judged_by_where_the_packets_end() {
        let may = |text: &str| may_be_opened(text.parse().unwrap());
        for good in [
            "203.0.113.10",
            "2001:db8::10",
            "64:ff9b::203.0.113.10",
            "2002:cb00:710a::1",
        ] {
            assert!(may(good), "{good}");
        }
        for bad in [
            "10.1.2.3",
            "::ffff:10.1.2.3",
            "64:ff9b::10.1.2.3",
            "64:ff9b::127.0.0.1",
            "64:ff9b:1::203.0.113.10",
            "2002:0a01:0203::1",
            "2002:c0a8:0101::1",
        ] {
            assert!(!may(bad), "{bad}");
        }
    }

    #[test]
    fn the_garden_never_leads_inside() {
        for good in ["203.0.113.10", "203.0.113.0/28", "2001:db8::10", "2a00:1450::/32"] {
            assert!(reads(good), "{good}");
        }
        for bad in [
            "10.1.2.3",
            "172.31.0.1",
            "192.168.1.0/24",
            "0.0.0.0/0",
            "::/0",
            "8.0.0.0/5",
            "127.0.0.1",
            "::1",
            "::",
            "169.254.169.254",
            "224.0.0.251",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "255.255.255.255",
            "203.0.113.7/24",
            "www.example.org",
            "",
            "203.0.113.7/33",
        ] {
            assert!(!reads(bad), "{bad}");
        }
    }
}
