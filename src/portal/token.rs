//! Form tokens: proof that a form was given to this very station a short while ago.
//!
//! `expiry || HMAC-SHA256(key, purpose, network, MAC, expiry)` in hexadecimal. Nothing is stored, so
//! a flood of page views costs no memory, and a token of another station, network or form is worth
//! nothing.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::model::{Mac, NetworkId};

/// How long a form may lie open, in seconds.
pub const LIFETIME_S: i64 = 600;
/// Expiry (8 bytes) and HMAC (32 bytes).
const BYTES: usize = 40;
/// Block size of SHA-256 (RFC 2104: shorter keys are filled with zeros).
const BLOCK: usize = 64;

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To press "connect".
    Grant,
    /// To press "disconnect".
    Disconnect,
}

/// Whose token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearer {
    /// Network.
    pub network: NetworkId,
    /// Station.
    pub mac: Mac,
    /// Form.
    pub purpose: Purpose,
}

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not even the shape of a token.
    #[error("not a token")]
    Malformed,
    /// Too old, or from a clock that has stepped back since.
    #[error("the token has expired")]
    Expired,
    /// Made for another station, network or form, or by another key.
    #[error("the token belongs to something else")]
    Forged,
}

/// The secret of this gateway. A key that survives a restart keeps open pages valid across it.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

impl TokenKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn new(secret: &[u8; 32]) -> Self {
        let mut block = [0_u8; BLOCK];
        block[..secret.len()].copy_from_slice(secret);
        Self(Hmac::new(&block.into()))
    }

    /// A fresh key.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self::new(&secret))
    }

    /// A token that ends [`LIFETIME_S`] after `now`.
    #[must_use]
    pub fn issue(&self, bearer: Bearer, now: Timestamp) -> String {
        let expiry = now.as_second().saturating_add(LIFETIME_S);
        let mut bytes = [0_u8; BYTES];
        bytes[..8].copy_from_slice(&expiry.to_be_bytes());
        bytes[8..].copy_from_slice(&self.sign(bearer, expiry));
        encode_hex(&bytes)
    }

    /// Whether the token was issued for this bearer and is still good.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, bearer: Bearer, token: &str, now: Timestamp) -> Result<(), TokenError> {
        let bytes = decode_hex(token).ok_or(TokenError::Malformed)?;
        let (head, signature) = bytes.split_at(8);
        let head = <[u8; 8]>::try_from(head).map_err(|_| TokenError::Malformed)?;
        let expiry = i64::from_be_bytes(head);
        if !bool::from(self.sign(bearer, expiry).as_slice().ct_eq(signature)) {
            return Err(TokenError::Forged);
        }
        let left = expiry.saturating_sub(now.as_second());
        if left <= 0 || left > LIFETIME_S {
            return Err(TokenError::Expired);
        }
        Ok(())
    }

    fn sign(&self, bearer: Bearer, expiry: i64) -> [u8; 32] {
        let mut mac = self.0.clone();
        let purpose: &[u8] = match bearer.purpose {
            Purpose::Grant => b"grant\0",
            Purpose::Disconnect => b"disconnect\0",
        };
        mac.update(purpose);
        // Identifiers have no NUL, so no two bearers give the same bytes.
        mac.update(bearer.network.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(&bearer.mac.octets());
        mac.update(&expiry.to_be_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Bytes in hexadecimal digits.
pub(super) fn encode_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}

fn decode_hex(text: &str) -> Option<[u8; BYTES]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    if pairs.len() != BYTES {
        return None;
    }
    let mut bytes = [0_u8; BYTES];
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (nibble(*high)? << 4) | nibble(*low)?;
    }
    Some(bytes)
}

const fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::{any, proptest};

    use super::{Bearer, LIFETIME_S, Purpose, TokenError, TokenKey};

    fn now() -> Timestamp {
        "2026-11-22T10:00:00Z".parse().unwrap()
    }

    fn bearer() -> Bearer {
        Bearer {
            network: "piazza".parse().unwrap(),
            mac: "02:00:5e:10:00:01".parse().unwrap(),
            purpose: Purpose::Grant,
        }
    }

    #[test]
    fn good_for_ten_minutes_and_no_longer() {
        let key = TokenKey::new(&[7; 32]);
        let token = key.issue(bearer(), now());
        let at = |seconds| now() + SignedDuration::from_secs(seconds);
        assert_eq!(key.check(bearer(), &token, at(0)), Ok(()));
        assert_eq!(key.check(bearer(), &token, at(LIFETIME_S - 1)), Ok(()));
        assert_eq!(
            key.check(bearer(), &token, at(LIFETIME_S)),
            Err(TokenError::Expired)
        );
        assert_eq!(key.check(bearer(), &token, at(-1)), Err(TokenError::Expired));
    }

    #[test]
    fn worth_nothing_to_anybody_else() {
        let key = TokenKey::new(&[7; 32]);
        let token = key.issue(bearer(), now());
        let mut others = [bearer(); 3];
        others[0].network = "molini".parse().unwrap();
        others[1].mac = "02:00:5e:10:00:02".parse().unwrap();
        others[2].purpose = Purpose::Disconnect;
        for other in others {
            assert_eq!(key.check(other, &token, now()), Err(TokenError::Forged));
        }
        let other_key = TokenKey::new(&[8; 32]);
        assert_eq!(other_key.check(bearer(), &token, now()), Err(TokenError::Forged));
    }

    #[test]
    fn every_changed_digit_is_noticed() {
        let key = TokenKey::new(&[7; 32]);
        let token = key.issue(bearer(), now());
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(
                key.check(bearer(), &changed, now()),
                Err(TokenError::Forged),
                "{place}"
            );
        }
        for bad in [
            "",
            "00",
            &token[1..],
            &format!("{token}00"),
            &token.to_uppercase(),
        ] {
            assert_eq!(key.check(bearer(), bad, now()), Err(TokenError::Malformed));
        }
    }

    proptest! {
        #[test]
        fn junk_is_never_a_token(junk in any::<String>()) {
            assert!(TokenKey::new(&[7; 32]).check(bearer(), &junk, now()).is_err());
        }
    }
}
