//! Secrets that prove who asks: of a session, of the first set-up.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::ZeroizeOnDrop;

/// 256 random bits, written as 64 hexadecimal digits. Only its SHA-256 is ever kept: whoever reads the store
/// cannot enter with what is there.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Token([u8; 32]);

impl Token {
    /// A fresh one.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// As it is told to its holder.
    #[must_use]
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }

    /// Its bytes, of a token that names something.
    #[must_use]
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Whether both are the same, in the same time whatever they are.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl FromStr for Token {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.as_bytes();
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return Err(());
        }
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            for digit in pair {
                let value = char::from(*digit).to_digit(16).ok_or(())?;
                *byte = (*byte << 4) | u8::try_from(value).map_err(|_| ())?;
            }
        }
        Ok(Self(bytes))
    }
}

/// As hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let pairs = bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn a_token_is_read_as_it_is_told_and_told_by_nothing_else() {
        let token = Token::random().unwrap();
        let told = token.reveal();
        assert!(told.parse::<Token>().unwrap().is(&token));
        assert!(!Token::random().unwrap().is(&token));
        assert!(!format!("{token:?}").contains(&told[..8]));
        assert_ne!(token.digest().to_vec(), token.0.to_vec());
        for bad in [
            "",
            "00",
            &told[1..],
            &format!("{}g", &told[1..]),
            &format!("{told}0"),
        ] {
            assert!(bad.parse::<Token>().is_err(), "{bad}");
        }
    }
}
