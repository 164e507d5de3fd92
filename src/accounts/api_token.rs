//! Tokens of the API: what a program may do in the name of a user, and until when.
//!
//! A token's scopes are a part of what its owner's role may. They are cut down to the role again at each use, so
//! that whoever is demoted has tokens that may less, without anybody thinking of them.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;

use super::store::User;
use super::{Permission, Role, Token, UserName};

/// Before the digits, so that programs that look for lost secrets know it (and people too).
const PREFIX: &str = "portico_";
/// Longest name, bytes.
const LONGEST: usize = 40;
/// Most tokens of one user.
pub const MOST_TOKENS: usize = 20;
/// Longest life, days.
pub const MOST_DAYS: u16 = 366;
/// Usual life, days.
pub const USUAL_DAYS: u16 = 90;

/// What a token of the API may be for: what the API offers, each with at least one route. One's own account is for
/// people, and the access register is opened with the comune's key, which is not on the gateway.
pub const SCOPES: [Permission; 11] = [
    Permission::SeeStatus,
    Permission::SeeStations,
    Permission::UnmaskStations,
    Permission::ActOnStations,
    Permission::SeeSettings,
    Permission::ChangeSettings,
    Permission::EditPage,
    Permission::SeeFigures,
    Permission::Export,
    Permission::ReadAudit,
    Permission::ManageUsers,
];

/// A token's name: 1 to 40 lower-case letters, digits, dots, hyphens and underscores, a letter or digit first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenName(String);

/// Not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a token's name has 1 to 40 lower-case letters, digits, dots, hyphens or underscores, a letter or digit first"
)]
pub struct TokenNameError;

impl TokenName {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for TokenName {
    type Err = TokenNameError;

    fn from_str(text: &str) -> Result<Self, TokenNameError> {
        let is_sign = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let begins = text.bytes().next().is_some_and(is_sign);
        let is_plain = |byte: u8| is_sign(byte) || matches!(byte, b'.' | b'-' | b'_');
        if !begins || text.len() > LONGEST || !text.bytes().all(is_plain) {
            return Err(TokenNameError);
        }
        Ok(Self(text.to_owned()))
    }
}

/// What a token may be used for: some of [`SCOPES`]. A token that is made has at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes(BTreeSet<Permission>);

/// Not scopes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// None at all.
    #[error("a token has at least one scope")]
    None,
    /// There is no such scope.
    #[error("there is no scope {0:?}")]
    Unknown(String),
    /// More than the owner may.
    #[error("the role {role} may not {}", permission.code())]
    Forbidden {
        /// The owner's role.
        role: Role,
        /// What it may not.
        permission: Permission,
    },
}

impl Scopes {
    /// Of these, if there is a scope for each.
    ///
    /// # Errors
    /// [`ScopeError`].
    pub fn new(permissions: impl IntoIterator<Item = Permission>) -> Result<Self, ScopeError> {
        let permissions: BTreeSet<Permission> = permissions.into_iter().collect();
        if let Some(other) = permissions.iter().find(|one| !SCOPES.contains(one)) {
            return Err(ScopeError::Unknown(other.code().to_owned()));
        }
        if permissions.is_empty() {
            return Err(ScopeError::None);
        }
        Ok(Self(permissions))
    }

    /// As they were kept; those that the API does not offer any more open nothing, and are left out.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        let known = text.split(' ').filter_map(|word| word.parse().ok());
        Self(known.filter(|permission| SCOPES.contains(permission)).collect())
    }

    /// Whether a user of this role may give them away.
    ///
    /// # Errors
    /// [`ScopeError::Forbidden`].
    pub fn check(&self, role: Role) -> Result<(), ScopeError> {
        match self.iter().find(|permission| !role.may(*permission)) {
            Some(permission) => Err(ScopeError::Forbidden { role, permission }),
            None => Ok(()),
        }
    }

    /// Each, in the order of [`Permission::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Permission> {
        self.0.iter().copied()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, permission) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(permission.code())?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = ScopeError;

    /// Separated by blanks or commas.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let words = text.split([' ', ',']).filter(|word| !word.is_empty());
        let permissions: Result<Vec<Permission>, ScopeError> = words
            .map(|word| word.parse().map_err(|_| ScopeError::Unknown(word.to_owned())))
            .collect();
        Self::new(permissions?)
    }
}

/// What a token is known by: the SHA-256 of its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiTokenId(pub [u8; 32]);

/// A token of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// What it is known by.
    pub id: ApiTokenId,
    /// In whose name it acts.
    pub owner: UserName,
    /// What its owner calls it, another for each of theirs.
    pub name: TokenName,
    /// What it was made for.
    pub scopes: Scopes,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when, not included.
    pub ends_at: Timestamp,
    /// The day of its last use, UTC.
    pub used_on: Option<Date>,
}

impl ApiToken {
    /// A fresh one of a user's, and its secret, which is told once.
    ///
    /// # Errors
    /// The operating system gave no randomness.
    pub fn random(
        owner: &UserName,
        name: TokenName,
        scopes: Scopes,
        (now, ends_at): (Timestamp, Timestamp),
    ) -> Result<(Self, String), getrandom::Error> {
        let secret = Token::random()?;
        let token = Self {
            id: ApiTokenId(secret.digest()),
            owner: owner.clone(),
            name,
            scopes,
            created_at: now,
            ends_at,
            used_on: None,
        };
        Ok((token, format!("{PREFIX}{}", secret.reveal())))
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.ends_at <= now
    }
}

/// Which token a secret is of; `None` when it cannot be one.
pub(super) fn id_of_secret(secret: &str) -> Option<ApiTokenId> {
    let token: Token = secret.strip_prefix(PREFIX)?.parse().ok()?;
    Some(ApiTokenId(token.digest()))
}

/// A program that is in by a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its token.
    pub token: ApiToken,
    /// Whose.
    pub user: User,
}

impl Caller {
    /// Whether it may: the token was made for it, and its owner's role may still.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.token.scopes.0.contains(&permission) && self.user.role.may(permission)
    }

    /// What it may.
    pub fn scopes(&self) -> impl Iterator<Item = Permission> {
        self.token
            .scopes
            .iter()
            .filter(|scope| self.user.role.may(*scope))
    }
}

#[cfg(test)]
mod tests {
    use super::{ApiToken, SCOPES, ScopeError, Scopes, TokenName, id_of_secret};
    use crate::accounts::{Permission, Role};

    #[test]
    fn names_are_plain() {
        for good in ["a", "grafana", "7-eleven_2.0", &"a".repeat(40)] {
            assert_eq!(good.parse::<TokenName>().unwrap().as_str(), good);
        }
        for bad in ["", "A", "-a", ".a", "a b", "à", "a/b", "a\n", &"a".repeat(41)] {
            assert!(bad.parse::<TokenName>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn scopes_are_read_as_they_are_written_and_never_more_than_a_role_may() {
        let scopes: Scopes = "export, see-status see-status".parse().unwrap();
        assert_eq!(scopes.to_string(), "see-status export");
        assert_eq!(scopes.to_string().parse(), Ok(scopes.clone()));
        assert_eq!(scopes.check(Role::Operator), Ok(()));
        assert_eq!(
            scopes.check(Role::Auditor),
            Err(ScopeError::Forbidden {
                role: Role::Auditor,
                permission: Permission::SeeStatus
            })
        );
        assert_eq!("".parse::<Scopes>(), Err(ScopeError::None));
        for bad in ["status", "own-account", "read-register", "See-Status"] {
            assert_eq!(
                bad.parse::<Scopes>(),
                Err(ScopeError::Unknown(bad.to_owned())),
                "{bad}"
            );
        }
        let all = Scopes::new(SCOPES).unwrap();
        assert_eq!(all.to_string().parse(), Ok(all));
        for (kept, expected) in [("export own-account", "export"), ("own-account", ""), ("", "")] {
            assert_eq!(Scopes::kept(kept).to_string(), expected);
        }
    }

    #[test]
    fn a_secret_is_told_once_and_not_kept() {
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        let scopes = Scopes::new([Permission::SeeStatus]).unwrap();
        let name = "grafana".parse().unwrap();
        let (token, secret) = ApiToken::random(&"anna".parse().unwrap(), name, scopes, (at, at)).unwrap();
        assert_eq!(id_of_secret(&secret), Some(token.id));
        assert!(token.is_over(at), "the end is not included");
        let digits = secret.strip_prefix("portico_").unwrap();
        assert!(!format!("{token:?}").contains(&digits[..8]));
        for bad in ["", digits, "portico_", &secret[..70], &format!("{secret}0")] {
            assert_eq!(id_of_secret(bad), None, "{bad}");
        }
    }
}
