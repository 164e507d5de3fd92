//! `[management]`: where administrators and monitoring reach the gateway; never the guests' side.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::interface::InterfaceName;
use super::portal::Portal;
use super::reader::{Complaint, Located, Section};
use super::tls::TlsFiles;
use super::words::{Words, unopened, words};
use super::{host, values};
use crate::model::Role;

/// Whoever is on the machine, or comes to it through `ssh`, finds the dashboard.
pub const DEFAULT_ENABLED: bool = true;
/// Beside the portal's 8443; the ruleset opens it to no station.
pub const DEFAULT_MANAGEMENT_PORT: u16 = 9_443;
/// Bits of the mode of a file that nobody but owner and group may have.
const OTHERS: u32 = 0o007;

/// `[management]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Management {
    /// `enabled`: whether there is such a listener at all.
    pub enabled: bool,
    /// `port`: on the loopback addresses, and on [`ManagementLan`].
    pub port: u16,
    /// The network of administrators besides the machine itself.
    pub lan: Option<ManagementLan>,
    /// `metrics_token`: the file whose content lets monitoring read the metrics from elsewhere.
    pub metrics_token: Option<PathBuf>,
    /// `second_factor`: roles whose users must have one.
    pub second_factor: Vec<Role>,
}

/// The interface administrators come by, always over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagementLan {
    /// `interface`
    pub interface: InterfaceName,
    /// `host`: the name they type, which the certificate is for.
    pub host: String,
    /// `certificate` and `key`.
    pub tls: TlsFiles,
}

impl Default for Management {
    fn default() -> Self {
        Self {
            enabled: DEFAULT_ENABLED,
            port: DEFAULT_MANAGEMENT_PORT,
            lan: None,
            metrics_token: None,
            second_factor: Vec::new(),
        }
    }
}

/// What the section must not touch.
pub(super) struct Neighbours<'a> {
    pub(super) portal: &'a Portal,
    pub(super) uplink: Option<&'a InterfaceName>,
    /// Interfaces of people's networks.
    pub(super) lans: Vec<&'a InterfaceName>,
}

/// Reads the section; relative paths start at `base`.
pub(super) fn read(mut section: Section<'_, '_>, base: &Path, neighbours: &Neighbours<'_>) -> Management {
    let enabled = section.or("enabled", DEFAULT_ENABLED, values::boolean);
    let port = section.optional("port", values::listening_port);
    let number = port.as_ref().map_or(DEFAULT_MANAGEMENT_PORT, |port| port.value);
    let taken = BTreeMap::from([
        (neighbours.portal.http_port, "http_port"),
        (neighbours.portal.https_port, "https_port"),
        (neighbours.portal.dns_port, "dns_port"),
    ]);
    if let Some(key) = taken.get(&number) {
        section.report().error(
            port.as_ref().map_or(section.span(), |port| &port.span),
            Complaint::new(
                words!(
                    "port {number} is the portal's {key}, which is open to stations",
                    "la porta {number} è la {key} del portale, aperta ai dispositivi delle persone"
                ),
                words!(
                    "give the management a port of its own",
                    "dare alla gestione una porta tutta sua"
                ),
            ),
        );
    }
    let interface = section.optional("interface", values::interface);
    if let Some(interface) = &interface {
        check_interface(&section, interface, neighbours);
    }
    let lan = read_lan(&mut section, base, interface);
    let metrics_token = section.optional("metrics_token", values::any_path);
    let second_factor = section.or("second_factor", Vec::new(), roles);
    section.finish();
    Management {
        enabled,
        port: number,
        lan,
        metrics_token: metrics_token.map(|found| base.join(found.value)),
        second_factor,
    }
}

/// Roles, as a list.
fn roles(value: &DeValue<'_>) -> Result<Vec<Role>, Complaint> {
    let complaint = || {
        Complaint::new(
            words!(
                "a list of roles is wanted here",
                "qui ci vuole un elenco di ruoli"
            ),
            words!(
                "write it like [\"admin\", \"operator\"]; there are admin, operator, editor, auditor",
                "scriverlo come [\"admin\", \"operator\"]; ci sono admin, operator, editor, auditor"
            ),
        )
    };
    let list = value.as_array().ok_or_else(complaint)?;
    list.iter()
        .map(|element| values::text(element.get_ref())?.parse().map_err(|_| complaint()))
        .collect()
}

fn check_interface(
    section: &Section<'_, '_>,
    interface: &Located<InterfaceName>,
    neighbours: &Neighbours<'_>,
) {
    if neighbours.lans.contains(&&interface.value) {
        section.report().error(
            &interface.span,
            Complaint::new(
                words!(
                    "interface: {} is a network of people",
                    "interface: {} è una rete delle persone",
                    interface.value
                ),
                words!(
                    "administrators come by an interface that no station can reach, or by 127.0.0.1 (ssh -L)",
                    "gli amministratori arrivano da un'interfaccia che nessun dispositivo raggiunge, o da 127.0.0.1 (ssh -L)"
                ),
            ),
        );
    }
    if neighbours.uplink == Some(&interface.value) {
        section.report().warn(
            &interface.span,
            Complaint::new(
                words!(
                    "management on the uplink: whoever reaches the gateway from there reaches the login page",
                    "gestione sull'interfaccia verso Internet: chi raggiunge il gateway da lì raggiunge la pagina di accesso"
                ),
                words!(
                    "only where the uplink leads into the comune's own network, behind its firewall",
                    "solo se quell'interfaccia porta nella rete del comune, dietro il suo firewall"
                ),
            ),
        );
    }
}

/// Interface, host, certificate and key belong together.
fn read_lan(
    section: &mut Section<'_, '_>,
    base: &Path,
    interface: Option<Located<InterfaceName>>,
) -> Option<ManagementLan> {
    let Some(interface) = interface else {
        for key in ["host", "certificate", "key"] {
            if section.has(key) {
                section.report().error(
                    section.span(),
                    Complaint::new(
                        words!("{key} stands without interface", "{key} è indicato senza interfaccia"),
                        words!(
                            "add a line like: interface = \"eth2\"; 127.0.0.1 needs none of them",
                            "indicare l'interfaccia, per esempio eth2; per 127.0.0.1 non serve nessuno dei due"
                        ),
                    ),
                );
            }
        }
        return None;
    };
    let host = section.required("host", "\"gateway.comune.example.it\"", host::host);
    let certificate = section.required("certificate", "\"tls/gateway.pem\"", values::any_path);
    let key = section.required("key", "\"tls/gateway.key\"", values::any_path);
    Some(ManagementLan {
        interface: interface.value,
        host: host?.value,
        tls: TlsFiles {
            certificate: base.join(certificate?.value),
            key: base.join(key?.value),
        },
    })
}

/// What is doubtful about the files that the section names.
pub(super) fn doubts(management: &Management) -> Vec<Complaint> {
    let tls = management.lan.as_ref().map(|lan| &lan.tls);
    let files = tls.into_iter().flat_map(|tls| [&tls.certificate, &tls.key]);
    let closed = files.chain(&management.metrics_token).filter_map(|path| {
        let error = File::open(path).err()?;
        Some(Complaint::new(
            words!(
                "management: {path} cannot be opened: {why}",
                "gestione: {path} non si può aprire: {why}";
                path = Words::same(path.display().to_string()),
                why = unopened(&error),
            ),
            words!(
                "put it there, owner root:portico, mode 0640",
                "mettervelo, proprietario root:portico, modo 0640"
            ),
        ))
    });
    let mut doubts: Vec<Complaint> = closed.collect();
    let token = management.metrics_token.as_deref();
    doubts.extend(token.filter(|path| is_open_to_all(path)).map(|path| {
        Complaint::new(
            words!(
                "management: {} can be read by everybody on this machine: it is not used",
                "gestione: {} può essere letto da chiunque su questa macchina: non viene usato",
                path.display()
            ),
            words!(
                "chown root:portico, chmod 0640",
                "con chown root:portico e chmod 0640"
            ),
        )
    }));
    doubts
}

/// Whether others than owner and group may do anything with a file.
#[must_use]
pub fn is_open_to_all(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|meta| meta.mode() & OTHERS != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Management, doubts};
    use crate::config::Config;

    const HEAD: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                        interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n[management]\n";
    const LAN: &str = "host = \"gw.comune.example.it\"\ncertificate = \"gw.pem\"\nkey = \"gw.key\"\n";

    fn refused(lines: &str) -> Vec<String> {
        let errors = Config::parse(&format!("{HEAD}{lines}"), "p.toml").unwrap_err();
        errors
            .findings()
            .iter()
            .map(|finding| finding.what.to_string())
            .collect()
    }

    #[test]
    fn without_a_word_it_is_the_machine_itself() {
        let config = Config::parse(HEAD, "p.toml").unwrap();
        assert_eq!(config.management, Management::default());
        assert!(config.management.enabled && config.management.lan.is_none());
    }

    #[test]
    fn stations_never_share_an_interface_or_a_port_with_it() {
        let line = format!("interface = \"br-a\"\n{LAN}");
        assert_eq!(refused(&line), ["interface: br-a is a network of people"]);
        for port in [8_080, 8_443, 5_354] {
            let refused = refused(&format!("port = {port}"));
            assert!(refused[0].contains("open to stations"), "{refused:?}");
        }
    }

    #[test]
    fn a_network_of_administrators_has_tls() {
        assert_eq!(refused("interface = \"eth2\"").len(), 3);
        assert_eq!(refused("host = \"gw.comune.example.it\"").len(), 1);
        let text = format!("{HEAD}interface = \"eth2\"\n{LAN}");
        let lan = Config::parse(&text, "/etc/portico/p.toml")
            .unwrap()
            .management
            .lan
            .unwrap();
        assert_eq!(lan.tls.key.to_str(), Some("/etc/portico/gw.key"));
        let uplink = format!("{HEAD}interface = \"eth0\"\n{LAN}");
        let warnings = Config::check(&uplink, "p.toml").unwrap().warnings;
        assert!(
            warnings
                .iter()
                .any(|found| found.what.english().contains("on the uplink")),
            "{warnings:?}"
        );
    }

    #[test]
    fn a_token_that_everybody_can_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let token = folder.path().join("token");
        let management = Management {
            metrics_token: Some(token.clone()),
            ..Management::default()
        };
        let told = |management| {
            doubts(management)
                .into_iter()
                .map(|doubt| doubt.what.to_string())
                .collect::<Vec<_>>()
        };
        assert!(told(&management)[0].contains("cannot be opened"));
        std::fs::write(&token, "secret").unwrap();
        for (mode, is_told) in [(0o640, false), (0o644, true), (0o600, false)] {
            std::fs::set_permissions(&token, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(!told(&management).is_empty(), is_told, "{mode:o}");
        }
    }
}
