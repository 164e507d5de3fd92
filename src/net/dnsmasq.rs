//! Telling phones of the captive portal API (RFC 8910) through dnsmasq: one option file for each
//! network in `run_dir/dnsmasq`, which dnsmasq reads by `dhcp-optsfile=` (a directory is allowed).
//!
//! dnsmasq tags each request with the name of the interface it came in by, so that the files need
//! nothing else from its configuration. It reads the files at its start and at SIGHUP; its inotify
//! watch (`dhcp-optsdir=`) notices additions only, never a withdrawal (2.90, tried), so that somebody
//! has to send the signal: `systemd/portico-dnsmasq.path` does, and Portico needs no privilege for it.
//! Names that begin with a dot are ignored by dnsmasq, so the temporary file is never read half.
//!
//! dnsmasq cannot send the router advertisement option (37); `firmware-config/README.md` tells which
//! daemons can.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::config::InterfaceName;
use crate::model::NetworkId;

/// The directory beneath `run_dir`.
pub const DIRECTORY: &str = "dnsmasq";
/// DHCPv4 option of the captive portal API (RFC 8910, section 2.1).
const DHCPV4_CAPTIVE_PORTAL: u8 = 114;
/// DHCPv6 option of the captive portal API (RFC 8910, section 2.2).
const DHCPV6_CAPTIVE_PORTAL: u8 = 103;
/// A DHCPv4 option has one byte for its length (RFC 2132, section 2).
const MAX_URL: usize = 255;
/// dnsmasq reads the files as a user of its own; they hold nothing but a public address.
const FILE_MODE: u32 = 0o644;
/// See [`FILE_MODE`].
const DIRECTORY_MODE: u32 = 0o755;

/// The option files of a gateway.
#[derive(Debug, Clone)]
pub struct OptionFiles {
    directory: PathBuf,
}

/// Why an option file could not be written; the one before it still stands.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    /// The address does not fit a DHCP option, or has a character that the file format would need
    /// quoted.
    #[error("{url:?} cannot be a DHCP option: at most 255 plain characters")]
    Address {
        /// The address.
        url: String,
    },
    /// The file system said no.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file or directory.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

impl OptionFiles {
    /// The files beneath `run_dir`; makes the directory if need be.
    ///
    /// # Errors
    /// [`AnnounceError::File`].
    pub fn open(run_dir: &Path) -> Result<Self, AnnounceError> {
        let directory = run_dir.join(DIRECTORY);
        let made = fs::create_dir_all(&directory).and_then(|()| {
            match fs::metadata(&directory)?.permissions().mode() & 0o777 {
                DIRECTORY_MODE => Ok(()),
                _ => fs::set_permissions(&directory, Permissions::from_mode(DIRECTORY_MODE)),
            }
        });
        made.map_err(|source| AnnounceError::File {
            path: directory.clone(),
            source,
        })?;
        Ok(Self { directory })
    }

    /// Announces `url` to the stations of a network, or withdraws it (`None`); whether anything
    /// changed. A file that already says so is left alone, so that dnsmasq is not disturbed.
    ///
    /// # Errors
    /// [`AnnounceError`].
    pub fn announce(
        &self,
        network: NetworkId,
        interface: &InterfaceName,
        url: Option<&str>,
    ) -> Result<bool, AnnounceError> {
        let text = url.map_or_else(|| Ok(String::new()), |url| render(interface, url))?;
        let path = self.path(network);
        if fs::read(&path).is_ok_and(|present| present == text.as_bytes()) {
            return Ok(false);
        }
        self.replace(network, &text)
            .map_err(|source| AnnounceError::File { path, source })?;
        Ok(true)
    }

    /// Removes the files of networks that are no longer configured; whether there were any.
    ///
    /// # Errors
    /// [`AnnounceError::File`].
    pub fn retain(&self, networks: &[NetworkId]) -> Result<bool, AnnounceError> {
        let kept: Vec<PathBuf> = networks.iter().map(|network| self.path(*network)).collect();
        let in_directory = |source| AnnounceError::File {
            path: self.directory.clone(),
            source,
        };
        let mut removed = false;
        for entry in fs::read_dir(&self.directory).map_err(in_directory)? {
            let path = entry.map_err(in_directory)?.path();
            let is_ours = path.extension().is_some_and(|extension| extension == "opts");
            if is_ours && !kept.contains(&path) {
                fs::remove_file(&path).map_err(|source| AnnounceError::File { path, source })?;
                removed = true;
            }
        }
        Ok(removed)
    }

    /// The file of a network.
    #[must_use]
    pub fn path(&self, network: NetworkId) -> PathBuf {
        self.directory.join(format!("{network}.opts"))
    }

    /// Writes beside the file and renames, so that a reader sees the old text or the new one.
    fn replace(&self, network: NetworkId, text: &str) -> io::Result<()> {
        let temporary = self.directory.join(format!(".{network}.opts.new"));
        let mut file = File::create(&temporary)?;
        file.set_permissions(Permissions::from_mode(FILE_MODE))?;
        file.write_all(text.as_bytes())?;
        fs::rename(&temporary, self.path(network))
    }
}

/// The option file of a network.
fn render(interface: &InterfaceName, url: &str) -> Result<String, AnnounceError> {
    let plain = url
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',' | b'#'));
    if !plain || url.is_empty() || url.len() > MAX_URL {
        return Err(AnnounceError::Address { url: url.to_owned() });
    }
    Ok(format!(
        "tag:{interface},{DHCPV4_CAPTIVE_PORTAL},{url}\n\
         tag:{interface},option6:{DHCPV6_CAPTIVE_PORTAL},{url}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::{AnnounceError, OptionFiles};
    use crate::config::InterfaceName;
    use crate::model::NetworkId;
    use std::os::unix::fs::PermissionsExt;

    fn lan() -> (NetworkId, InterfaceName) {
        (
            "piazza".parse().unwrap(),
            InterfaceName::new("br-piazza").unwrap(),
        )
    }

    #[test]
    fn an_announcement_is_written_once_and_withdrawn() {
        let dir = tempfile::tempdir().unwrap();
        let files = OptionFiles::open(dir.path()).unwrap();
        let (id, interface) = lan();
        let url = Some("https://wifi.example.org/api");
        assert!(files.announce(id, &interface, url).unwrap());
        assert!(!files.announce(id, &interface, url).unwrap());
        let path = files.path(id);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "tag:br-piazza,114,https://wifi.example.org/api\n\
             tag:br-piazza,option6:103,https://wifi.example.org/api\n"
        );
        assert_eq!(
            std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o644
        );
        assert!(files.announce(id, &interface, None).unwrap());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
        assert_eq!(std::fs::read_dir(dir.path().join("dnsmasq")).unwrap().count(), 1);
    }

    #[test]
    fn networks_that_left_are_no_longer_announced() {
        let dir = tempfile::tempdir().unwrap();
        let files = OptionFiles::open(dir.path()).unwrap();
        let (id, interface) = lan();
        files
            .announce(id, &interface, Some("https://a.example.org/"))
            .unwrap();
        assert!(!files.retain(&[id]).unwrap());
        assert!(files.path(id).exists());
        assert!(files.retain(&[]).unwrap());
        assert!(!files.path(id).exists());
    }

    #[test]
    fn an_address_that_the_format_cannot_carry_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let files = OptionFiles::open(dir.path()).unwrap();
        let (id, interface) = lan();
        let long = format!("https://{}", "a".repeat(250));
        for bad in [
            "",
            "https://a/\nport=0",
            "https://a/,b",
            "https://a/\"",
            "https://a/ b",
            &long,
        ] {
            let outcome = files.announce(id, &interface, Some(bad));
            assert!(matches!(outcome, Err(AnnounceError::Address { .. })), "{bad}");
        }
        assert!(!files.path(id).exists());
    }
}
