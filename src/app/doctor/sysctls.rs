//! Kernel parameters that the packet path depends on (`firmware-config/sysctl.d/`).

use std::path::Path;

use super::{Group, State};
use crate::config::Config;

/// What to do about any of them.
const REMEDY: &str = "copy firmware-config/sysctl.d/90-portico.conf to /etc/sysctl.d and run sysctl --system";

/// One parameter.
struct Parameter {
    key: String,
    /// Values that will do.
    good: &'static [&'static str],
    /// How bad another one is.
    otherwise: State,
    /// What another one leads to.
    why: &'static str,
    /// Whether it may be absent (a module that is not loaded).
    may_lack: bool,
}

/// Reads each from `root`, which is `/proc/sys` but for tests.
pub(super) fn examine(group: &mut Group<'_>, root: &Path, config: &Config) {
    for parameter in parameters(config) {
        let Parameter { key, good, why, .. } = &parameter;
        match std::fs::read_to_string(root.join(key.replace('.', "/").replace('\u{1}', "."))) {
            Ok(value) if good.contains(&value.trim()) => {
                group.ok(format!("{} = {}", shown(key), value.trim()));
            }
            Ok(value) => {
                let what = format!("{} = {}: {why}", shown(key), value.trim());
                group.add(parameter.otherwise, what, Some(REMEDY.to_owned()));
            }
            Err(_) if parameter.may_lack => group.ok(format!("{} is absent, as good", shown(key))),
            Err(_) => group.warn(format!("{} cannot be read: {why}", shown(key)), REMEDY),
        }
    }
}

/// A dot inside an interface name (a VLAN's) is kept apart from the key's own dots.
fn escaped(interface: &str) -> String {
    interface.replace('.', "\u{1}")
}

fn shown(key: &str) -> String {
    key.replace('\u{1}', "/")
}

fn parameters(config: &Config) -> Vec<Parameter> {
    let mut all = vec![
        Parameter {
            key: "net.ipv4.ip_forward".into(),
            good: &["1"],
            otherwise: State::Fail,
            why: "nobody gets online over IPv4",
            may_lack: false,
        },
        Parameter {
            key: "net.ipv6.conf.all.forwarding".into(),
            good: &["1"],
            otherwise: State::Fail,
            why: "nobody gets online over IPv6",
            may_lack: true,
        },
        Parameter {
            key: "net.bridge.bridge-nf-call-iptables".into(),
            good: &["0"],
            otherwise: State::Fail,
            why: "rules run before the bridge's own hook and see no marks, so everybody is refused",
            may_lack: true,
        },
        Parameter {
            key: "net.bridge.bridge-nf-call-ip6tables".into(),
            good: &["0"],
            otherwise: State::Fail,
            why: "rules run before the bridge's own hook and see no marks, so everybody is refused",
            may_lack: true,
        },
        Parameter {
            key: format!(
                "net.ipv6.conf.{}.accept_ra",
                escaped(config.gateway.uplink.as_str())
            ),
            good: &["2"],
            otherwise: State::Warn,
            why: "a router ignores the provider's router advertisements unless it is 2 (fine with a static route)",
            may_lack: true,
        },
    ];
    for network in &config.networks {
        let interface = escaped(network.interface.as_str());
        all.push(Parameter {
            key: format!("net.ipv4.conf.{interface}.send_redirects"),
            good: &["0"],
            otherwise: State::Warn,
            why: "the gateway tells stations of each other",
            may_lack: true,
        });
        all.push(Parameter {
            key: format!("net.ipv6.conf.{interface}.accept_ra"),
            good: &["0", "1"],
            otherwise: State::Fail,
            why: "a station could make itself the gateway's router",
            may_lack: true,
        });
    }
    all
}
