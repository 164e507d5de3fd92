//! The optional access register at rest: who came online when, with which MAC and addresses, closed with
//! the comune's public key, so that nobody opens it on the gateway without the other half.
//!
//! ```text
//! DIR/2026-11-22.register      a file for each local day, deleted when its days are over
//!   "PRG1", length, CRC-32     of what follows; both numbers big-endian, 32 bits
//!   an age file                (https://c2sp.org/age) of JSON lines, one entry each
//!   "PRG1" ...                 the next piece: what came within ten seconds, or more at once
//! ```
//!
//! A piece is on the disk whole or does not count: what a loss of power leaves of one is told by the
//! checksum, and the pieces after it are found by their first letters. Nothing in plain is ever written,
//! and no name of a file tells of anybody.

mod files;
mod pieces;
mod places;
mod read;
mod seal;
mod writer;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use files::{days, first_kept, purge};
pub use places::Places;
pub use read::{Found, Key, Row, Search, read};
pub use writer::{RegisterHealth, RegisterWriter, Settings};

/// Why the register was not written or read.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A file operation failed.
    #[error("{}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The recipient is not one that can be encrypted to.
    #[error("the recipient of the register does not do: {0}")]
    Recipient(&'static str),
    /// It could not be encrypted.
    #[error("the register cannot be encrypted: {0}")]
    Encrypt(#[from] age::EncryptError),
    /// An entry cannot be written down.
    #[error("an entry of the register cannot be written down: {0}")]
    Entry(#[from] serde_json::Error),
    /// The identity file is none.
    #[error(
        "this is not the file of an identity: it has no line that begins with AGE-SECRET-KEY-1 \
         (`portico register keygen` writes one)"
    )]
    Identity,
    /// The key opens nothing of what was asked for.
    #[error(
        "this key opens nothing of it: {0} pieces were closed with another. Its other half is in the \
         configuration as recipient, and in the file of the key as \"public key\""
    )]
    WrongKey(usize),
}

impl RegisterError {
    fn at(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            source,
        }
    }
}
