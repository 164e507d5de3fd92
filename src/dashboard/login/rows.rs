//! Sessions and tokens as pages list them: one's own, and those of others.

use jiff::Timestamp;

use super::visit::Visit;
use crate::accounts::{ApiToken, Role, Session, SessionId, Stage, hex};

/// A session in a list.
pub(in crate::dashboard) struct SessionRow {
    pub(in crate::dashboard) id: String,
    pub(in crate::dashboard) begun: String,
    pub(in crate::dashboard) seen: String,
    pub(in crate::dashboard) address: String,
    pub(in crate::dashboard) agent: String,
    /// Whether it is the one that looks at the page.
    pub(in crate::dashboard) is_this: bool,
}

/// A token of the API in a list.
pub(in crate::dashboard) struct TokenRow {
    pub(in crate::dashboard) name: String,
    /// What it may now, in words.
    pub(in crate::dashboard) scopes: Vec<String>,
    pub(in crate::dashboard) until: String,
    /// The day of its last use.
    pub(in crate::dashboard) used: Option<String>,
    pub(in crate::dashboard) is_over: bool,
}

impl SessionRow {
    /// Those that are in force; `own` is the one that looks.
    pub(in crate::dashboard) fn all(visit: &Visit, sessions: &[Session], own: SessionId) -> Vec<Self> {
        let now = visit.accounts.now();
        let good = sessions
            .iter()
            .filter(|session| session.is_good(now) && session.stage == Stage::Full);
        good.map(|session| Self {
            id: hex(&session.id.0),
            begun: local(visit, session.created_at, "%d.%m.%Y %H:%M"),
            seen: local(visit, session.seen_at, "%d.%m.%Y %H:%M"),
            address: session.address.to_string(),
            agent: session.agent.clone(),
            is_this: session.id == own,
        })
        .collect()
    }
}

impl TokenRow {
    /// Those of an owner of this role. What the role does not give any more is not told as if it were there.
    pub(in crate::dashboard) fn all(visit: &Visit, tokens: &[ApiToken], role: Role) -> Vec<Self> {
        let word = |scope: crate::accounts::Permission| visit.tongue.say(&format!("scope-{}", scope.code()));
        let row = |token: &ApiToken| Self {
            name: token.name.to_string(),
            scopes: token
                .scopes
                .iter()
                .filter(|scope| role.may(*scope))
                .map(word)
                .collect(),
            until: local(visit, token.ends_at, "%d.%m.%Y"),
            used: token.used_on.map(|day| day.strftime("%d.%m.%Y").to_string()),
            is_over: token.is_over(visit.accounts.now()),
        };
        tokens.iter().map(row).collect()
    }
}

/// A time as the comune's clocks show it.
fn local(visit: &Visit, at: Timestamp, format: &str) -> String {
    at.to_zoned(visit.zone.jiff().clone())
        .strftime(format)
        .to_string()
}
