//! The configuration file of an operator, made the lab's: directories, certificates, crests and the user
//! that are there.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result};

use super::authority::Authority;
use super::dns::Family;
use super::isolation::RunAs;
use super::path;
use super::plan::{self, Lan};

/// The crest of every network, as `firmware-config/` has it.
const CREST: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/firmware-config/examples/crests/busto-arsizio.svg"
));

/// Makes the lab's directories; the daemons' own are the user's.
pub(super) fn make_directories(user: Option<RunAs>) -> Result<()> {
    for directory in ["logs", "phones", "tls", "run", "run/dnsmasq", "state"] {
        std::fs::create_dir_all(path(directory))?;
    }
    for directory in ["run", "run/dnsmasq", "state"] {
        give(&path(directory), user)?;
    }
    Ok(())
}

fn give(path: &Path, user: Option<RunAs>) -> Result<()> {
    if let Some(user) = user {
        std::os::unix::fs::chown(path, Some(user.uid), Some(user.gid))?;
    }
    Ok(())
}

/// Puts the lab's paths into the configuration, makes the portals' certificates, and reads off the
/// networks.
pub(super) fn adapt(
    config: &mut toml::Table,
    authority: &Authority,
    user: Option<RunAs>,
) -> Result<Vec<Lan>> {
    let gateway = config
        .get_mut("gateway")
        .and_then(toml::Value::as_table_mut)
        .context("the configuration has no [gateway]")?;
    for (key, directory) in [("state_dir", "state"), ("run_dir", "run")] {
        gateway.insert(
            key.to_owned(),
            path(directory).to_string_lossy().into_owned().into(),
        );
    }
    let name = if user.is_some() { "nobody" } else { "root" };
    gateway.insert("user".to_owned(), name.into());
    let echo = |family| format!("{}", SocketAddr::new(plan::city(family), 443));
    let mut check = toml::Table::new();
    check.insert("check".to_owned(), Family::BOTH.map(echo).to_vec().into());
    config.insert("uplink".to_owned(), check.into());
    // The lab's Internet has none of the servers of the feeds.
    if let Some(news) = config.get_mut("news").and_then(toml::Value::as_table_mut) {
        news.remove("feed");
    }
    let mut lans = Vec::new();
    for (position, network) in network_tables(config)?.iter_mut().enumerate() {
        let network = network.as_table_mut().context("a network is not a table")?;
        let word = |key: &str| {
            let value = network.get(key).and_then(toml::Value::as_str);
            value
                .map(str::to_owned)
                .with_context(|| format!("network {position} has no `{key}`"))
        };
        let lan = Lan {
            index: u8::try_from(position)?,
            id: word("id")?,
            interface: word("interface")?,
            host: word("host")?,
        };
        let (certificate, key) = (
            path(&format!("tls/{}.pem", lan.id)),
            path(&format!("tls/{}.key", lan.id)),
        );
        authority.write_certificate(&lan.host, &certificate, &key)?;
        give(&certificate, user)?;
        give(&key, user)?;
        network.insert(
            "certificate".to_owned(),
            certificate.to_string_lossy().into_owned().into(),
        );
        network.insert("key".to_owned(), key.to_string_lossy().into_owned().into());
        if let Some(look) = network.get_mut("look").and_then(toml::Value::as_table_mut) {
            let file = path(&format!("{}.svg", lan.id));
            std::fs::write(&file, CREST)?;
            give(&file, user)?;
            look.insert("crest".to_owned(), file.to_string_lossy().into_owned().into());
        }
        lans.push(lan);
    }
    Ok(lans)
}

/// The networks of a configuration.
pub(super) fn network_tables(config: &mut toml::Table) -> Result<&mut Vec<toml::Value>> {
    config
        .get_mut("network")
        .and_then(toml::Value::as_array_mut)
        .context("the configuration has no [[network]]")
}

/// A text of a section.
pub(super) fn text(config: &toml::Table, section: &str, key: &str) -> Result<String> {
    let value = config.get(section).and_then(|section| section.get(key)?.as_str());
    value
        .map(str::to_owned)
        .with_context(|| format!("the configuration has no {section}.{key}"))
}
