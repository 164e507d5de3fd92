//! `[gateway]`: the machine.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use toml::de::DeValue;

use super::interface::InterfaceName;
use super::nearest::{meant, nearest};
use super::reader::{Complaint, Located, Section};
use super::values;
use super::words::words;
use crate::model::TimeZone;

/// IPv4 leaves with the uplink's address: most comuni have one public address.
pub const DEFAULT_MASQUERADE: bool = true;
/// Where the comuni's midnight is.
pub const DEFAULT_TIME_ZONE: &str = "Europe/Rome";
/// As `StateDirectory=portico` of the systemd units makes it.
pub const DEFAULT_STATE_DIR: &str = "/var/lib/portico";
/// As `systemd/portico.tmpfiles` makes it.
pub const DEFAULT_RUN_DIR: &str = "/run/portico";
/// As `systemd/portico.sysusers` makes it.
pub const DEFAULT_USER: &str = "portico";
/// Where stations never get to, granted or not: networks that are nobody's on the Internet, so behind
/// the uplink they are the comune's own or the provider's (RFC 1918, RFC 6598, RFC 3927, RFC 4193,
/// RFC 3879).
pub const DEFAULT_PROTECTED: [&str; 7] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fec0::/10",
];
/// The word for "the gateway's own address on each network".
const OWN_RESOLVER: &str = "network";
/// Where a resolver listens.
const DNS: u16 = 53;
/// Longest `run_dir`, bytes: a socket's path has at most 107 bytes (`sun_path`), and the longest
/// file name beneath it takes the rest.
const MAX_RUN_DIR: usize = 80;
/// Longest user name, bytes (`useradd`).
const MAX_USER: usize = 32;

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
    /// Destinations that no station reaches, granted or not.
    pub protected: Vec<IpNet>,
    /// Who answers the DNS of stations without access where names are in the garden; `None` is port 53
    /// of the gateway's own address on the network.
    pub resolver: Option<SocketAddr>,
}

/// The section, with the place of what other sections are compared with.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) uplink: Option<Located<InterfaceName>>,
    pub(super) gateway: Option<Gateway>,
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> Draft {
    let uplink = section.required("uplink", "\"eth0\"", values::interface);
    let masquerade = section.or("masquerade", DEFAULT_MASQUERADE, values::boolean);
    let time_zone = section.or("time_zone", TimeZone::rome(), time_zone);
    let state_dir = section.or(
        "state_dir",
        PathBuf::from(DEFAULT_STATE_DIR),
        values::absolute_path,
    );
    let run_dir = section.or("run_dir", PathBuf::from(DEFAULT_RUN_DIR), run_dir);
    let user = section.or("user", DEFAULT_USER.to_owned(), user);
    let protected = section.optional("protected", protected);
    let protected = protected.map_or_else(default_protected, |found| found.value);
    let resolver = section.or("resolver", None, resolver);
    if state_dir == run_dir {
        section.report().error(
            section.span(),
            Complaint::new(
                words!(
                    "state_dir and run_dir are the same directory",
                    "state_dir e run_dir sono la stessa cartella"
                ),
                words!(
                    "run_dir is emptied at every boot; state_dir must outlive it",
                    "run_dir viene vuotata a ogni avvio; state_dir deve restare"
                ),
            ),
        );
    }
    section.finish();
    let gateway = uplink.as_ref().map(|uplink| Gateway {
        uplink: uplink.value.clone(),
        masquerade,
        time_zone,
        state_dir,
        run_dir,
        user,
        protected,
        resolver,
    });
    Draft { uplink, gateway }
}

fn time_zone(value: &DeValue<'_>) -> Result<TimeZone, Complaint> {
    let name = values::text(value)?;
    TimeZone::named(name).ok_or_else(|| {
        let known: Vec<String> = jiff::tz::db()
            .available()
            .map(|zone| zone.as_str().to_owned())
            .collect();
        let near = nearest(name, known.iter().map(String::as_str));
        Complaint::new(
            words!(
                "{name:?} is not a time zone of this machine's database",
                "{name:?} non è tra i fusi orari noti a questa macchina"
            ),
            near.map_or_else(
                || {
                    words!(
                        "write a name like {DEFAULT_TIME_ZONE:?} (the Debian package tzdata has them)",
                        "scrivere un nome come {DEFAULT_TIME_ZONE} (li ha il pacchetto Debian tzdata)"
                    )
                },
                meant,
            ),
        )
    })
}

/// [`DEFAULT_PROTECTED`], read.
#[must_use]
pub fn default_protected() -> Vec<IpNet> {
    DEFAULT_PROTECTED
        .iter()
        .filter_map(|prefix| prefix.parse().ok())
        .collect()
}

fn protected(value: &DeValue<'_>) -> Result<Vec<IpNet>, Complaint> {
    let Some(list) = value.as_array() else {
        return Err(Complaint::new(
            words!(
                "a list of prefixes is wanted here",
                "qui ci vuole un elenco di prefissi"
            ),
            words!(
                "write it like [\"10.0.0.0/8\"], or [] to protect nothing",
                "scriverlo come [\"10.0.0.0/8\"], oppure [] per non proteggere niente"
            ),
        ));
    };
    list.iter().map(|element| prefix(element.get_ref())).collect()
}

fn resolver(value: &DeValue<'_>) -> Result<Option<SocketAddr>, Complaint> {
    let text = values::text(value)?;
    if text == OWN_RESOLVER {
        return Ok(None);
    }
    let address = text.parse::<SocketAddr>().ok();
    let address = address.or_else(|| Some(SocketAddr::new(text.parse::<IpAddr>().ok()?, DNS)));
    address
        .filter(|found| found.port() != 0 && !found.ip().is_unspecified() && !found.ip().is_multicast())
        .map(Some)
        .ok_or_else(|| {
            Complaint::new(
                words!(
                    "{text:?} is not where a resolver listens",
                    "{text:?} non è dove ascolta un risolutore"
                ),
                words!(
                    "write \"network\", \"127.0.0.1\", \"127.0.0.1:5300\" or \"[::1]:53\"",
                    "scrivere network, 127.0.0.1, 127.0.0.1:5300 o [::1]:53"
                ),
            )
        })
}

fn prefix(value: &DeValue<'_>) -> Result<IpNet, Complaint> {
    let text = values::text(value)?;
    let net = text.parse::<IpNet>().map_err(|_| {
        Complaint::new(
            words!("{text:?} is not a prefix", "{text:?} non è un prefisso"),
            words!(
                "write it like \"10.0.0.0/8\" or \"fc00::/7\"",
                "scriverlo come 10.0.0.0/8 o fc00::/7"
            ),
        )
    })?;
    if net.trunc() != net {
        return Err(Complaint::new(
            words!(
                "{text:?} has bits beyond its prefix length",
                "{text:?} ha bit oltre la lunghezza del prefisso"
            ),
            words!("write \"{}\"", "scrivere {}", net.trunc()),
        ));
    }
    Ok(net)
}

fn run_dir(value: &DeValue<'_>) -> Result<PathBuf, Complaint> {
    let path = values::absolute_path(value)?;
    if path.as_os_str().len() > MAX_RUN_DIR {
        return Err(Complaint::new(
            words!(
                "the path is too long for the sockets beneath it",
                "il percorso è troppo lungo per i socket che vi stanno sotto"
            ),
            words!("at most {MAX_RUN_DIR} bytes", "al massimo {MAX_RUN_DIR} byte"),
        ));
    }
    Ok(path)
}

fn user(value: &DeValue<'_>) -> Result<String, Complaint> {
    let name = values::text(value)?;
    let legal = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    let begins_well = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if !legal || !begins_well || name.len() > MAX_USER {
        return Err(Complaint::new(
            words!("{name:?} is not a user name", "{name:?} non è un nome utente"),
            words!(
                "a-z, 0-9, \"_\" and \"-\", beginning with a letter or \"_\", at most 32 characters",
                "a-z, 0-9, \"_\" e \"-\", con una lettera o \"_\" all'inizio, al massimo 32 caratteri"
            ),
        ));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_PROTECTED, default_protected};

    #[test]
    fn every_default_prefix_is_one() {
        assert_eq!(default_protected().len(), DEFAULT_PROTECTED.len());
    }
}
