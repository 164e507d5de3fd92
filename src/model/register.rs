//! What the optional access register is told, and the public key that it is closed with.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Mac, NetworkId};

/// Most addresses of one session that the register is told.
pub const MOST_REGISTERED: usize = 32;

/// One entry of the access register: personal data. Nothing but the register's own edge may write it
/// anywhere, and that one encrypts it first.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterEntry {
    /// When it happened, civil time.
    pub at: Timestamp,
    /// Where.
    pub network: NetworkId,
    /// The station.
    pub mac: Mac,
    /// The session, as [`StoredSession::granted_at`](super::StoredSession::granted_at): the same in all
    /// of its entries, across restarts too.
    pub session: Timestamp,
    /// What happened.
    pub what: RegisterEvent,
    /// Addresses of the station: at its connection all that are known, then each further one, at its
    /// disconnection those that it had at the end.
    pub addresses: Vec<IpAddr>,
}

/// What the register is told of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterEvent {
    /// The station is online.
    Connected,
    /// It uses an address more.
    Addressed,
    /// It is so no longer.
    Disconnected,
}

/// Says nothing of whom it is about, so that no log does.
impl fmt::Debug for RegisterEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisterEntry")
            .field("what", &self.what)
            .finish_non_exhaustive()
    }
}

/// The public key of whoever may read the register: an age recipient of the X25519 kind, `age1…`
/// (<https://c2sp.org/age>). Its Bech32 form has been checked, so a slip of a finger is found before
/// anything is closed with it that nobody could open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient(String);

/// Why a text is not a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// The secret half. It must not be repeated in a message.
    #[error(
        "this is the secret key, which belongs off the gateway: make a new pair with `portico register keygen`, \
         destroy this one, and write the line that begins with age1 here"
    )]
    Secret,
    /// Another kind of recipient.
    #[error(
        "only keys that begin with age1 and have 62 characters, as `portico register keygen` prints them"
    )]
    Kind,
    /// A character is wrong, missing or too much.
    #[error("a character of the key is wrong: copy it again, as `portico register keygen` printed it")]
    Checksum,
}

/// The letters of Bech32 by their value (BIP 173).
const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// The human-readable part of an X25519 recipient.
const PREFIX: &str = "age";
/// `age1`, 32 bytes in 52 letters, 6 letters of checksum.
const LENGTH: usize = 62;

impl Recipient {
    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Recipient {
    type Err = RecipientError;
    fn from_str(text: &str) -> Result<Self, RecipientError> {
        if text.to_ascii_uppercase().contains("AGE-SECRET-KEY") {
            return Err(RecipientError::Secret);
        }
        let data = text.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('1'));
        let data = data
            .filter(|_| text.len() == LENGTH)
            .ok_or(RecipientError::Kind)?;
        let value = |byte: u8| LETTERS.iter().position(|letter| *letter == byte);
        let values: Option<Vec<u32>> = data
            .bytes()
            .map(|byte| value(byte).and_then(|value| u32::try_from(value).ok()))
            .collect();
        let values = values.ok_or(RecipientError::Checksum)?;
        let high = PREFIX.bytes().map(|byte| u32::from(byte) >> 5);
        let low = PREFIX.bytes().map(|byte| u32::from(byte) & 31);
        let all = high.chain([0]).chain(low).chain(values.iter().copied());
        // 52 letters have 260 bits: the last four of them pad 32 bytes and are zero.
        let padding = values
            .get(LENGTH - PREFIX.len() - 1 - 6 - 1)
            .copied()
            .unwrap_or(1)
            & 15;
        if polymod(all) != 1 || padding != 0 {
            return Err(RecipientError::Checksum);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The checksum of BIP 173: 1 where it is right.
fn polymod(values: impl Iterator<Item = u32>) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    values.fold(1, |sum, value| {
        let top = sum >> 25;
        let shifted = ((sum & 0x01ff_ffff) << 5) ^ value;
        GENERATOR
            .iter()
            .zip(0..)
            .filter(|(_, bit)| (top >> bit) & 1 == 1)
            .fold(shifted, |sum, (term, _)| sum ^ term)
    })
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, Recipient, RecipientError, RegisterEntry, RegisterEvent};
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    #[test]
    fn the_secret_key_and_other_kinds_are_refused_by_name() {
        let secret = age::x25519::Identity::generate().to_string();
        let secret = age::secrecy::ExposeSecret::expose_secret(&secret);
        for text in [secret, &secret.to_lowercase(), &format!(" {secret}")] {
            assert_eq!(text.parse::<Recipient>(), Err(RecipientError::Secret));
        }
        let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN";
        for text in ["", "age1", "age1yubikey1q2w3e4r", ssh] {
            assert_eq!(text.parse::<Recipient>(), Err(RecipientError::Kind), "{text}");
        }
    }

    #[test]
    fn an_entry_is_told_without_whom_it_is_about() {
        let entry = RegisterEntry {
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            network: "piazza".parse().unwrap(),
            mac: "02:00:5e:10:00:7f".parse().unwrap(),
            session: "2026-11-22T10:00:00Z".parse().unwrap(),
            what: RegisterEvent::Connected,
            addresses: vec!["10.20.30.40".parse().unwrap()],
        };
        assert_eq!(format!("{entry:?}"), "RegisterEntry { what: Connected, .. }");
    }

    proptest! {
        /// What `age` takes for a recipient is one here, and nothing else is.
        #[test]
        fn age_and_portico_agree_on_what_a_recipient_is(at in 0_usize..62, letter in 0_usize..32) {
            let text = age::x25519::Identity::generate().to_public().to_string();
            let read: Recipient = text.parse().unwrap();
            prop_assert_eq!(read.as_str(), &text);
            let mut other = text.clone().into_bytes();
            other[at] = LETTERS[letter];
            let other = String::from_utf8(other).unwrap();
            prop_assert_eq!(other.parse::<Recipient>().is_ok(), other.parse::<age::x25519::Recipient>().is_ok());
            prop_assert!(other == text || other.parse::<Recipient>().is_err());
            prop_assert!(text[..at].parse::<Recipient>().is_err());
        }
    }
}
