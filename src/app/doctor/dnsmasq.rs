//! dnsmasq: there, running, and reading Portico's option files.

use std::path::{Path, PathBuf};

use super::Group;
use super::tool::{self, Outcome};
use crate::app::clock;
use crate::config::Config;
use crate::doors::certificate::check_files;
use crate::garden;
use crate::net::dnsmasq::DIRECTORY;

/// The first version with all that `firmware-config/dnsmasq/` uses.
const LEAST: (u32, u32) = (2, 85);
/// Read when the command line names none.
const DEFAULT_FILE: &str = "/etc/dnsmasq.conf";
/// How deep included files are followed.
const MOST_DEPTH: usize = 4;

/// Examines it.
pub(super) async fn examine(group: &mut Group<'_>, config: &Config) {
    match tool::run("dnsmasq", &["--version"], "").await {
        Outcome::Done(text) => match version(&text) {
            Some(version) if version >= LEAST => group.ok(format!("version {}.{}", version.0, version.1)),
            Some(version) => group.fail(
                format!("version {}.{} is too old", version.0, version.1),
                format!("use {}.{} or newer", LEAST.0, LEAST.1),
            ),
            None => group.warn("its version cannot be read", "use 2.85 or newer"),
        },
        Outcome::Missing | Outcome::Refused(_) => {
            group.fail("it is not installed", "apt install dnsmasq");
            return;
        }
    }
    let wanted = config.gateway.run_dir.join(DIRECTORY);
    let running = tool::processes("dnsmasq");
    if running.is_empty() {
        group.fail(
            "it does not run: stations get no address",
            "systemctl start dnsmasq",
        );
    } else if running.iter().any(|pid| reads(*pid, &wanted)) {
        group.ok(format!("reads the option files in {}", wanted.display()));
    } else {
        group.warn(
            "it does not read Portico's option files: phones are not told of the portal",
            format!(
                "dhcp-optsfile={} in its configuration (firmware-config/dnsmasq/)",
                wanted.display()
            ),
        );
    }
    examine_files(group, config, &wanted);
    examine_resolver(group, config).await;
}

/// Whether who is asked for stations without access answers, where names are in the garden.
async fn examine_resolver(group: &mut Group<'_>, config: &Config) {
    let named = config
        .networks
        .iter()
        .filter(|network| !network.garden_names.is_empty());
    for network in named {
        let id = network.id;
        let Some(resolver) = garden::resolver_of(config, network) else {
            group.fail(
                format!("{id}: the gateway has no IPv4 address to be asked at"),
                format!(
                    "give {} one, or set resolver in [gateway]",
                    network.interface.as_str()
                ),
            );
            continue;
        };
        if garden::probe(resolver).await {
            group.ok(format!("{id}: {resolver} answers"));
        } else {
            group.fail(
                format!("{id}: {resolver} does not answer, so names of the garden lead nowhere"),
                "systemctl status dnsmasq; or set resolver in [gateway]",
            );
        }
    }
}

/// Whether the option files say what the certificates allow.
fn examine_files(group: &mut Group<'_>, config: &Config, directory: &Path) {
    for network in &config.networks {
        let id = network.id;
        let state = check_files(network.tls.as_ref(), &network.host, clock::wall());
        let text = std::fs::read_to_string(directory.join(format!("{id}.opts"))).unwrap_or_default();
        match (state.is_announceable(), text.contains(&network.capport_url())) {
            (true, true) => group.ok(format!("{id}: phones are told of {}", network.capport_url())),
            (true, false) => group.warn(
                format!("{id}: phones are not told of the portal"),
                "portico writes the file while it runs: systemctl status portico",
            ),
            (false, true) => group.fail(
                format!("{id}: phones are told of a portal that has no good certificate"),
                "portico withdraws it while it runs: systemctl status portico",
            ),
            (false, false) => group.ok(format!("{id}: not announced, for lack of a good certificate")),
        }
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let word = text
        .split_whitespace()
        .skip_while(|word| *word != "version")
        .nth(1)?;
    let (major, minor) = word.split_once('.')?;
    let digits: String = minor.chars().take_while(char::is_ascii_digit).collect();
    Some((major.parse().ok()?, digits.parse().ok()?))
}

/// Whether the running process was told of the directory.
fn reads(pid: u32, wanted: &Path) -> bool {
    let bytes = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&bytes).into_owned();
    let args: Vec<&str> = line.split('\0').skip(1).collect();
    names(&args, wanted)
        || files_of(&args)
            .iter()
            .any(|file| file_names(file, wanted, MOST_DEPTH))
}

/// Whether options as of the command line name the directory.
fn names(args: &[&str], wanted: &Path) -> bool {
    args.iter().any(|arg| {
        let option = arg.trim_start_matches("--").trim();
        let value = option
            .strip_prefix("dhcp-optsfile=")
            .or_else(|| option.strip_prefix("dhcp-optsdir="));
        value.is_some_and(|path| Path::new(path.trim()).starts_with(wanted))
    })
}

/// Configuration files that a command line leads to.
fn files_of(args: &[&str]) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for (index, arg) in args.iter().enumerate() {
        let next = args.get(index + 1).copied();
        let long = arg
            .strip_prefix("--conf-file=")
            .or_else(|| arg.strip_prefix("--conf-dir="));
        let short = (*arg == "-C" || *arg == "-7").then_some(next).flatten();
        let glued = arg.strip_prefix("-C").or_else(|| arg.strip_prefix("-7"));
        let path = long.or(short).or(glued).filter(|path| !path.is_empty());
        files.extend(path.and_then(|path| path.split(',').next()).map(PathBuf::from));
    }
    if !args
        .iter()
        .any(|arg| arg.starts_with("--conf-file") || arg.starts_with("-C"))
    {
        files.push(PathBuf::from(DEFAULT_FILE));
    }
    files
}

/// Whether a configuration file, or one that it includes, names the directory.
fn file_names(path: &Path, wanted: &Path, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    if let Ok(entries) = std::fs::read_dir(path) {
        return entries
            .flatten()
            .any(|entry| file_names(&entry.path(), wanted, depth - 1));
    }
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let included = lines.iter().filter_map(|line| {
        let value = line
            .strip_prefix("conf-file=")
            .or_else(|| line.strip_prefix("conf-dir="))?;
        value.split(',').next()
    });
    names(&lines, wanted)
        || included
            .into_iter()
            .any(|next| file_names(Path::new(next), wanted, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::{file_names, names, version};
    use std::path::Path;

    #[test]
    fn versions_are_read_whatever_stands_behind_the_number() {
        assert_eq!(version("Dnsmasq version 2.90  Copyright"), Some((2, 90)));
        assert_eq!(version("Dnsmasq version 2.91rc3 x"), Some((2, 91)));
        assert_eq!(version("nonsense"), None);
    }

    #[test]
    fn the_directory_is_found_through_included_files() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("d");
        std::fs::create_dir(&inner).unwrap();
        let outer = dir.path().join("dnsmasq.conf");
        std::fs::write(&outer, format!("# x\nconf-dir={},*.conf\n", inner.display())).unwrap();
        let wanted = Path::new("/run/portico/dnsmasq");
        assert!(!file_names(&outer, wanted, 4));
        std::fs::write(inner.join("portico.conf"), "dhcp-optsfile=/run/portico/dnsmasq\n").unwrap();
        assert!(file_names(&outer, wanted, 4));
        assert!(names(&["--dhcp-optsdir=/run/portico/dnsmasq"], wanted));
        assert!(!names(
            &[
                "#dhcp-optsfile=/run/portico/dnsmasq",
                "--dhcp-optsfile=/run/other"
            ],
            wanted
        ));
    }
}
