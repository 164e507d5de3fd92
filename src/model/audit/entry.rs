//! What an entry says.

use std::fmt;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What else belongs to an action, by name.
pub type More = serde_json::Map<String, serde_json::Value>;

/// A line that was torn by a loss of power was found and left where it is.
pub const MENDED: &str = "audit-mended";
/// The head that was kept beside the log was gone.
pub const HEAD_LOST: &str = "audit-head-lost";

/// All kinds of things that are noted; each has words on the dashboard.
pub const DEEDS: [&str; 73] = [
    "login",
    "login-second",
    "login-refused",
    "login-second-refused",
    "login-too-many",
    "login-busy",
    "logout",
    "refused",
    "refused-uncounted",
    "first-setup",
    "first-setup-refused",
    "own-password",
    "own-password-refused",
    "own-second-factor",
    "own-second-factor-off",
    "own-sessions-end",
    "user-add",
    "user-remove",
    "user-role",
    "user-disable",
    "user-enable",
    "user-password",
    "user-totp",
    "user-totp-off",
    "user-sessions-end",
    "token-add",
    "token-revoke",
    "token-refused",
    "station-unmask",
    "station-search",
    "station-end",
    "station-extend",
    "station-plan",
    "station-block",
    "station-exempt",
    "station-lift",
    "self-test-begin",
    "self-test-end",
    "settings-change",
    "settings-refused",
    "settings-confirmed",
    "settings-undone",
    "settings-hand-kept",
    "reload",
    "net-down",
    "backup",
    "restore",
    "restore-failed",
    "news-add",
    "news-change",
    "news-pin",
    "news-picture",
    "news-picture-remove",
    "news-unpin",
    "news-withdraw",
    "news-restore",
    "notice-add",
    "notice-change",
    "notice-withdraw",
    "notice-restore",
    "crest-add",
    "crest-remove",
    "works-add",
    "works-end",
    "works-remove",
    "works-restore",
    "export",
    "export-discard",
    "register-read",
    "register-read-failed",
    "register-purge",
    "audit-mended",
    "audit-head-lost",
];

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The service, by itself.
    Portico,
    /// Who ran a command, by the number that the system knows them by.
    Uid(u32),
    /// A user of the dashboard.
    User(String),
    /// Who holds the token of that name.
    Token(String),
    /// Nobody is known yet, as at a login that was refused.
    Nobody,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Portico => f.write_str("portico"),
            Self::Uid(uid) => write!(f, "uid {uid}"),
            Self::User(name) => write!(f, "user {name}"),
            Self::Token(name) => write!(f, "token {name}"),
            Self::Nobody => f.write_str("nobody"),
        }
    }
}

/// From where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Inside the service.
    Service,
    /// A command; with the number of who had logged in, where the system knows it (`loginuid`).
    Command {
        /// It stays the same across `sudo`.
        login: Option<u32>,
    },
    /// Over the network.
    Address(IpAddr),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Service => f.write_str("service"),
            Self::Command { login: None } => f.write_str("command"),
            Self::Command { login: Some(uid) } => write!(f, "command, login {uid}"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// What somebody did.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Who.
    pub who: Who,
    /// From where.
    pub from: Origin,
    /// What kind of thing: lower-case words joined by hyphens.
    pub did: &'static str,
    /// What it was done to.
    pub what: String,
    /// What else belongs to it. Never a password, key or token.
    pub more: More,
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1; 0 for lines of the form before the chain.
    pub n: u64,
    /// When.
    pub at: Timestamp,
    /// Who, as [`Who`] is written.
    pub who: String,
    /// From where, as [`Origin`] is written.
    pub from: String,
    /// What kind of thing.
    pub did: String,
    /// What it was done to.
    pub what: String,
    /// What else belongs to it.
    #[serde(default, skip_serializing_if = "More::is_empty")]
    pub more: More,
}

impl Entry {
    /// The entry of an action.
    #[must_use]
    pub fn of(action: &Action, n: u64, at: Timestamp) -> Self {
        Self {
            n,
            at,
            who: action.who.to_string(),
            from: action.from.to_string(),
            did: action.did.to_owned(),
            what: action.what.clone(),
            more: action.more.clone(),
        }
    }
}

/// An entry of the form before the chain: exports alone, each with the number of who ran the command.
#[must_use]
pub fn old_entry(line: &[u8]) -> Option<Entry> {
    #[derive(Deserialize)]
    struct Old {
        at: Timestamp,
        uid: u32,
        did: String,
        what: String,
        #[serde(flatten)]
        more: More,
    }
    let old: Old = serde_json::from_slice(line).ok()?;
    Some(Entry {
        n: 0,
        at: old.at,
        who: Who::Uid(old.uid).to_string(),
        from: Origin::Command { login: None }.to_string(),
        did: old.did,
        what: old.what,
        more: old.more,
    })
}
