//! Codes for whoever has lost the phone with the app: each is good once.

use std::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::ZeroizeOnDrop;

/// How many are given at once.
pub const CODES: usize = 10;
/// 80 bits each: 16 digits of 5 bits, in groups of four.
const DIGITS: usize = 16;
/// Without those that look like others.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// A code, as it is shown once.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct RecoveryCode(String);

/// What is kept of a code. 80 random bits are not guessed from it, so a plain SHA-256 is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryHash(pub [u8; 32]);

impl RecoveryCode {
    /// A fresh one.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; DIGITS];
        getrandom::fill(&mut bytes)?;
        Ok(Self(
            bytes
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
                .collect(),
        ))
    }

    /// As somebody typed it: hyphens, blanks and capitals do not matter.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let plain = text.chars().filter(|sign| !matches!(sign, ' ' | '-' | '\t'));
        let digits: String = plain.map(|sign| sign.to_ascii_lowercase()).collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|digit| ALPHABET.contains(&digit));
        is_code.then_some(Self(digits))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> RecoveryHash {
        RecoveryHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::RecoveryCode;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = RecoveryCode::random().unwrap();
        let shown = code.to_string();
        assert_eq!(shown.len(), 19);
        for typed in [
            shown.clone(),
            shown.to_uppercase(),
            shown.replace('-', " "),
            shown.replace('-', ""),
        ] {
            assert_eq!(
                RecoveryCode::typed(&typed).unwrap().hash(),
                code.hash(),
                "{typed}"
            );
        }
        assert_ne!(RecoveryCode::random().unwrap().hash(), code.hash());
        for bad in ["", "1111-1111-1111-1111", "287082", &shown[1..]] {
            assert_eq!(RecoveryCode::typed(bad), None, "{bad}");
        }
        assert!(!format!("{code:?}").contains(&shown[..4]));
    }
}
