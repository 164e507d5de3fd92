//! Names of users.

use std::fmt;
use std::str::FromStr;

/// Longest name, bytes.
const LONGEST: usize = 32;

/// A user's name: 1 to 32 lower-case letters, digits, dots, hyphens and underscores, a letter first. So no two
/// names look alike, and a name is itself wherever it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserName(String);

/// Not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user's name has 1 to 32 lower-case letters, digits, dots, hyphens or underscores, a letter first")]
pub struct NameError;

impl UserName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let is_letter = |byte: u8| byte.is_ascii_lowercase();
        let is_sign =
            |byte: u8| is_letter(byte) || byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'_');
        let begins = text.bytes().next().is_some_and(is_letter);
        if !begins || text.len() > LONGEST || !text.bytes().all(is_sign) {
            return Err(NameError);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::UserName;

    #[test]
    fn names_are_plain() {
        let longest = "a".repeat(32);
        for good in ["a", "anna", "anna.rossi-2", "u_1", &longest] {
            assert_eq!(good.parse::<UserName>().unwrap().as_str(), good);
        }
        let longer = "a".repeat(33);
        for bad in ["", "Anna", "1a", ".a", "a b", "à", "a\n", &longer] {
            assert!(bad.parse::<UserName>().is_err(), "{bad:?}");
        }
    }
}
