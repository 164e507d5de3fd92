//! Passwords: rules by length and by what is tried first (NIST SP 800-63B, 3.1.1.2: no rules of composition),
//! and Argon2id.

use std::fmt;

use argon2::password_hash::{self, PasswordHasher as _, PasswordVerifier as _, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::ZeroizeOnDrop;

use super::guess::pieces;
use super::{Token, UserName};

/// Fewest characters of a password.
pub const LEAST_CHARACTERS: usize = 12;
/// Most characters, so that nobody has the gateway read a book.
const MOST_CHARACTERS: usize = 128;
/// Into how many pieces a password comes apart at least, see [`guess`](super::guess).
const LEAST_PIECES: usize = 8;
/// Words of this place that an attacker tries first.
const PLACE: [&str; 2] = ["portico", "wifi4eu"];
/// Memory in KiB and passes: what OWASP's sheet of password storage recommends first for a machine that has
/// other things to do. The stored hash says what it was made with, so that these may grow.
const MEMORY: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password somebody typed.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Password(String);

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weakness {
    /// Too few characters.
    #[error(
        "a password has at least {LEAST_CHARACTERS} characters; a few words that nobody connects are easy to keep"
    )]
    Short,
    /// Too many.
    #[error("a password has at most {MOST_CHARACTERS} characters")]
    Long,
    /// It is made of what is tried first.
    #[error(
        "this password is made of words, names and runs that are tried first; take words that nobody connects"
    )]
    Common,
}

/// A password cannot be hashed.
#[derive(Debug, thiserror::Error)]
#[error("the password cannot be hashed: {0}")]
pub struct HashError(#[from] password_hash::Error);

/// A password's Argon2id hash with salt and parameters (PHC string).
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl Password {
    /// As it was typed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Whether it may be chosen by this user.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, user: &UserName) -> Result<(), Weakness> {
        let characters = self.0.chars().count();
        if characters < LEAST_CHARACTERS {
            return Err(Weakness::Short);
        }
        if characters > MOST_CHARACTERS {
            return Err(Weakness::Long);
        }
        let names = user.as_str().split(['.', '-', '_']);
        let known: Vec<&str> = names.chain([user.as_str()]).chain(PLACE).collect();
        if pieces(&self.0, &known) < LEAST_PIECES {
            return Err(Weakness::Common);
        }
        Ok(())
    }

    /// Hashes it with a fresh salt: tens of milliseconds and 19 MiB.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn hash(&self) -> Result<PasswordHash, HashError> {
        let hash: phc::PasswordHash = hasher()?.hash_password(self.0.as_bytes())?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Whether it is the one that was hashed; takes as long as [`Password::hash`].
    #[must_use]
    pub fn is(&self, hash: &PasswordHash) -> bool {
        // What nobody may choose is nobody's, and is not worth the work.
        if self.0.len() > 4 * MOST_CHARACTERS {
            return false;
        }
        let Ok(hash) = phc::PasswordHash::new(&hash.0) else {
            return false;
        };
        Argon2::default()
            .verify_password(self.0.as_bytes(), &hash)
            .is_ok()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl PasswordHash {
    /// From the store.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// For the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of a password that nobody knows: to refuse it takes the same work. Nothing is hashed for it.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn of_nobody() -> Result<Self, getrandom::Error> {
        let digits = Token::random()?.reveal();
        let (salt, hash) = digits.split_at(21);
        // 16 bytes are 22 digits of base 64 whose last ends in four zero bits, 32 bytes 43 with two.
        let hash = &hash[..42];
        Ok(Self(format!(
            "$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${salt}A${hash}A"
        )))
    }

    /// Whether it was made with the parameters of today.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.0
            .contains(&format!("$v=19$m={MEMORY},t={PASSES},p={LANES}$"))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

fn hasher() -> Result<Argon2<'static>, password_hash::Error> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|_| password_hash::Error::Internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::{Password, PasswordHash, Weakness};

    fn check(text: &str) -> Result<(), Weakness> {
        Password::new(text.to_owned()).check(&"anna.rossi".parse().unwrap())
    }

    #[test]
    fn short_and_common_passwords_are_refused() {
        assert_eq!(check("xk2#vq9!mzt"), Err(Weakness::Short));
        assert_eq!(check("xk2#vq9!mzt7"), Ok(()));
        assert_eq!(check("tram zaino nuvola"), Ok(()));
        assert_eq!(check(&"xk2#vq9!mzt7".repeat(11)), Err(Weakness::Long));
        for common in [
            "password2026",
            "Anna.Rossi.1970",
            "wifi4eu-portico",
            "Passw0rd!Passw0rd!",
            "1234567890123456",
            "comune di milano",
        ] {
            assert_eq!(check(common), Err(Weakness::Common), "{common}");
        }
        // Characters, not bytes.
        assert_eq!(check("àèìòùàèì"), Err(Weakness::Short));
    }

    #[test]
    fn a_hash_is_of_its_password_alone_and_says_how_it_was_made() {
        let password = Password::new("tram zaino nuvola".to_owned());
        let hash = password.hash().unwrap();
        assert!(
            hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.as_str()
        );
        assert!(hash.is_current());
        assert!(password.is(&hash));
        assert!(!Password::new("tram zaino nuvole".to_owned()).is(&hash));
        assert_ne!(password.hash().unwrap(), hash, "a salt of its own");
        assert!(!password.is(&PasswordHash::stored(String::new())));
        let nobody = PasswordHash::of_nobody().unwrap();
        assert!(
            super::phc::PasswordHash::new(nobody.as_str()).is_ok(),
            "it is read"
        );
        assert!(
            nobody.is_current() && nobody.as_str().len() == hash.as_str().len(),
            "the same work"
        );
        assert!(!password.is(&nobody));
        // One of another time is still read.
        let old = "$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQ$";
        assert!(!PasswordHash::stored(old.to_owned()).is_current());
        assert!(!format!("{password:?}{hash:?}").contains("tram"));
    }
}
