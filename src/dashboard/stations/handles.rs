//! What stations are called in forms, and how they are shown: no address of a device gets into a browser's
//! history or into anybody's log.

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::accounts::hex;
use crate::model::{Mac, NetworkId};

/// Bytes of a handle.
const BYTES: usize = 16;
/// Block size of SHA-256 (RFC 2104: shorter keys are filled with zeros).
const BLOCK: usize = 64;
/// Digits of a handle that the audit log has.
const SHORT: usize = 8;

/// Names that mean nothing elsewhere, nor after a restart: HMAC-SHA256 under a key of this process.
#[derive(Clone)]
pub(in crate::dashboard) struct Handles(Hmac<Sha256>);

impl fmt::Debug for Handles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handles(..)")
    }
}

impl Handles {
    /// With a fresh key.
    ///
    /// # Errors
    /// The system has no randomness to give.
    pub(in crate::dashboard) fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0_u8; BLOCK];
        getrandom::fill(&mut key)?;
        Ok(Self(Hmac::new(&key.into())))
    }

    /// What a station is called.
    pub(in crate::dashboard) fn of(&self, network: NetworkId, mac: Mac) -> String {
        let mut hmac = self.0.clone();
        hmac.update(&mac.octets());
        hmac.update(network.as_str().as_bytes());
        hex(&hmac.finalize().into_bytes()[..BYTES])
    }

    /// The same for the audit log, so that lines of one run can be told to be about one station.
    pub(in crate::dashboard) fn short(&self, network: NetworkId, mac: Mac) -> String {
        self.of(network, mac).chars().take(SHORT).collect()
    }

    /// The same with its network.
    pub(in crate::dashboard) fn name(&self, network: NetworkId, mac: Mac) -> String {
        format!("{network} {}", self.short(network, mac))
    }
}

/// The maker's part of an address, and its end.
pub(in crate::dashboard) fn masked(mac: Mac) -> String {
    let (head, tail) = visible(mac);
    format!("{head}:··:··:{tail}")
}

/// What of an address is shown to everybody.
pub(super) fn visible(mac: Mac) -> (String, String) {
    let [first, second, third, .., last] = mac.octets();
    (
        format!("{first:02x}:{second:02x}:{third:02x}"),
        format!("{last:02x}"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Handles, masked};
    use crate::model::{Mac, NetworkId};

    #[test]
    fn a_handle_tells_nothing_and_means_nothing_elsewhere() {
        let mac: Mac = "aa:bb:cc:dd:ee:42".parse().unwrap();
        let [piazza, molini]: [NetworkId; 2] = ["piazza", "molini"].map(|id| id.parse().unwrap());
        let (ours, theirs) = (Handles::random().unwrap(), Handles::random().unwrap());
        let handle = ours.of(piazza, mac);
        assert_eq!(handle, ours.clone().of(piazza, mac));
        assert_eq!(handle.len(), 32);
        assert_ne!(handle, ours.of(molini, mac));
        assert_ne!(handle, theirs.of(piazza, mac));
        assert!(handle.starts_with(&ours.short(piazza, mac)));
        assert_eq!(masked(mac), "aa:bb:cc:··:··:42");
    }
}
