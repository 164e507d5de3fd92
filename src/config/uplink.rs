//! `[uplink]`: how to tell whether there is an Internet behind the gateway.

use std::net::SocketAddr;

use toml::de::DeValue;

use super::reader::{Complaint, Section};
use super::values;

/// Four addresses of two operators, in both families: one that answers is enough.
pub const DEFAULT_CHECK: [&str; 4] = [
    "1.1.1.1:443",
    "9.9.9.9:443",
    "[2606:4700:4700::1111]:443",
    "[2620:fe::9]:443",
];
/// Most addresses: each is tried at every look.
const MOST_CHECKS: usize = 8;

/// `[uplink]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UplinkCheck {
    /// `check`: a TCP connection to one of them tells that there is an Internet. Without any, nobody
    /// looks, and there is taken to be one.
    pub check: Vec<SocketAddr>,
}

impl Default for UplinkCheck {
    fn default() -> Self {
        Self {
            check: DEFAULT_CHECK
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect(),
        }
    }
}

/// Reads the section.
pub(super) fn read(mut section: Section<'_, '_>) -> UplinkCheck {
    let written = section.has("check");
    let found = section.list("check", address);
    if let Some(beyond) = found.get(MOST_CHECKS) {
        section.report().error(
            &beyond.span,
            Complaint::new(
                format!("more than {MOST_CHECKS} addresses"),
                "a few are enough: one that answers tells that there is an Internet",
            ),
        );
    }
    section.finish();
    if written {
        UplinkCheck {
            check: found.into_iter().map(|address| address.value).collect(),
        }
    } else {
        UplinkCheck::default()
    }
}

/// An address that can be connected to.
fn address(value: &DeValue<'_>) -> Result<SocketAddr, Complaint> {
    let text = values::text(value)?;
    let address: Option<SocketAddr> = text.parse().ok();
    let of_a_host = |address: &SocketAddr| {
        let ip = address.ip();
        address.port() != 0 && !ip.is_unspecified() && !ip.is_multicast() && !ip.is_loopback()
    };
    address.filter(of_a_host).ok_or_else(|| {
        Complaint::new(
            format!("{text:?} is not the address and port of a host"),
            "write \"1.1.1.1:443\" or \"[2606:4700:4700::1111]:443\": a name could not be resolved when the uplink is down",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_CHECK, UplinkCheck};
    use crate::config::Config;

    const NETWORK: &str = "[gateway]\nuplink = \"eth0\"\n[[network]]\nid = \"a\"\nname = \"A\"\ncomune = \"C\"\n\
                           interface = \"br-a\"\nhost = \"wifi.comune.example.it\"\n";

    fn read(line: &str) -> Result<UplinkCheck, String> {
        let text = format!("{NETWORK}[uplink]\n{line}\n");
        let config = Config::parse(&text, "p.toml");
        config
            .map(|config| config.uplink)
            .map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_few_addresses_or_none() {
        assert_eq!(read("").unwrap(), UplinkCheck::default());
        assert_eq!(UplinkCheck::default().check.len(), DEFAULT_CHECK.len());
        assert_eq!(read("check = []").unwrap().check, []);
        let two = read("check = [\"192.0.2.1:80\", \"[2001:db8::1]:443\"]").unwrap();
        assert_eq!(two.check.len(), 2);
    }

    #[test]
    fn what_cannot_be_connected_to_is_refused() {
        for bad in [
            "one.one.one.one:443",
            "1.1.1.1",
            "0.0.0.0:443",
            "[ff02::1]:443",
            "127.0.0.1:443",
            "1.1.1.1:0",
        ] {
            let told = read(&format!("check = [\"{bad}\"]")).unwrap_err();
            assert!(told.contains("is not the address and port of a host"), "{told}");
        }
        let nine = ["\"1.1.1.1:443\""; 9].join(", ");
        assert!(
            read(&format!("check = [{nine}]"))
                .unwrap_err()
                .contains("more than 8")
        );
    }
}
