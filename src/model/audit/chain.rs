//! How a line is bound to the one before.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::entry::{Action, Entry};

/// How a line of the chain begins; the hash follows, then [`AFTER_HASH`] and the rest, which is hashed.
const BEFORE_HASH: &[u8] = b"{\"hash\":\"";
const AFTER_HASH: &[u8] = b"\",";
const HASH_DIGITS: usize = 64;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

impl Hash {
    /// Of what stood in the log before the chain began, which may be nothing.
    pub(super) fn of_old_lines(old: Sha256) -> Self {
        Self(old.finalize().into())
    }

    /// Of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Of a line after this one.
    fn then(self, rest: &[u8]) -> Self {
        let hash = Sha256::new().chain_update(self.0).chain_update(rest);
        Self(hash.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        if text.len() != HASH_DIGITS {
            return Err(HeadError);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = pair
                .iter()
                .try_fold(0, |sum, digit| Some((sum << 4) | nibble(*digit)?))
                .ok_or(HeadError)?;
        }
        Ok(Self(hash))
    }
}

/// Lower case alone: each hash is written in one way.
const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

/// The last line of the chain: its number and hash. Number 0 is what stood there before the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many lines the chain has.
    pub number: u64,
    /// The hash of the last.
    pub hash: Hash,
}

/// Not a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write a head like 12:9f86d081…, a number and 64 hexadecimal digits")]
pub struct HeadError;

impl Head {
    /// Before the first line of the chain, after lines of the form before.
    #[must_use]
    pub fn before_first(old_lines: &[u8]) -> Self {
        Self {
            number: 0,
            hash: Hash::of(old_lines),
        }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.hash)
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (number, hash) = text.trim().split_once(':').ok_or(HeadError)?;
        Ok(Self {
            number: number.parse().map_err(|_| HeadError)?,
            hash: hash.parse()?,
        })
    }
}

/// A line that has the form of the chain; whether it fits is another matter.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The hash it carries.
    pub hash: Hash,
    /// What it says.
    pub entry: Entry,
    rest: &'a [u8],
}

impl<'a> Line<'a> {
    /// Reads a line, with or without its end.
    #[must_use]
    pub fn read(line: &'a [u8]) -> Option<Self> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let after = line.strip_prefix(BEFORE_HASH)?;
        let (hash, rest) = after.split_at_checked(HASH_DIGITS)?;
        let hash = std::str::from_utf8(hash).ok()?.parse().ok()?;
        let rest = rest.strip_prefix(AFTER_HASH)?;
        let entry = serde_json::from_slice(line).ok()?;
        Some(Self { hash, entry, rest })
    }

    /// Where the chain is after this line, if it follows that one.
    #[must_use]
    pub fn follows(&self, before: Head) -> Option<Head> {
        let head = self.head();
        (before.number.checked_add(1) == Some(head.number) && before.hash.then(self.rest) == head.hash)
            .then_some(head)
    }

    /// Where the chain is after this line, by what it says itself.
    #[must_use]
    pub const fn head(&self) -> Head {
        Head {
            number: self.entry.n,
            hash: self.hash,
        }
    }
}

/// Appends the line of an action to `out`; returns where the chain then is.
///
/// # Errors
/// The entry cannot be written as JSON.
pub fn seal(
    before: Head,
    at: Timestamp,
    action: &Action,
    out: &mut Vec<u8>,
) -> Result<Head, serde_json::Error> {
    let number = before.number.saturating_add(1);
    let json = serde_json::to_vec(&Entry::of(action, number, at))?;
    let rest = json.strip_prefix(b"{").unwrap_or(&json);
    let hash = before.hash.then(rest);
    out.extend_from_slice(BEFORE_HASH);
    out.extend_from_slice(hash.to_string().as_bytes());
    out.extend_from_slice(AFTER_HASH);
    out.extend_from_slice(rest);
    out.push(b'\n');
    Ok(Head { number, hash })
}
