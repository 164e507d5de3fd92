//! The short name of a WiFi4EU network.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The identifier of a network in configuration, nftables set names and the store.
///
/// One to 15 characters, `a-z`, `0-9` and `_`, beginning with a letter: valid in an nftables
/// identifier, a file name and a TOML key without quoting. Copied freely; sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkId {
    bytes: [u8; 15],
    len: u8,
}

/// Why a text is not a network identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a network identifier has 1 to 15 characters of a-z, 0-9 and _, beginning with a letter")]
pub struct NetworkIdError;

impl NetworkId {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the fallback is never taken.
        std::str::from_utf8(&self.bytes[..usize::from(self.len)]).unwrap_or_default()
    }
}

impl FromStr for NetworkId {
    type Err = NetworkIdError;
    fn from_str(text: &str) -> Result<Self, NetworkIdError> {
        let begins_with_letter = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let legal = text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !begins_with_letter || !legal || text.len() > 15 {
            return Err(NetworkIdError);
        }
        let mut bytes = [0; 15];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        let len = u8::try_from(text.len()).map_err(|_| NetworkIdError)?;
        Ok(Self { bytes, len })
    }
}

impl TryFrom<String> for NetworkId {
    type Error = NetworkIdError;
    fn try_from(text: String) -> Result<Self, NetworkIdError> {
        text.parse()
    }
}

impl From<NetworkId> for String {
    fn from(id: NetworkId) -> Self {
        id.as_str().to_owned()
    }
}

impl fmt::Display for NetworkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for NetworkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::NetworkId;

    #[test]
    fn accepts_only_what_nftables_and_files_accept() {
        assert_eq!("piazza".parse::<NetworkId>().unwrap().as_str(), "piazza");
        assert_eq!(
            "a2345678901234_".parse::<NetworkId>().unwrap().as_str(),
            "a2345678901234_"
        );
        for bad in ["", "1a", "Piazza", "a-b", "a b", "a2345678901234__", "è"] {
            assert!(bad.parse::<NetworkId>().is_err(), "{bad}");
        }
    }
}
