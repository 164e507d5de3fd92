//! What is kept of users and sessions, and what a store of them does.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{ApiToken, ApiTokenId, PasswordHash, RecoveryHash, Role, TokenName, TotpSecret, UserName};

/// What a store answers, later.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreFailure>> + Send + 'a>>;

/// The store did not do it; nothing was changed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct StoreFailure(pub Box<dyn std::error::Error + Send + Sync>);

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: UserName,
    /// Role.
    pub role: Role,
    /// Password.
    pub password: PasswordHash,
    /// Whether they may not enter for now.
    pub disabled: bool,
    /// Second factor, if they have one.
    pub totp: Option<TotpSecret>,
    /// Since when there is such a user.
    pub created_at: Timestamp,
}

impl User {
    /// Whether this is what somebody proved to be, and may still enter.
    #[must_use]
    pub fn is_still(&self, proved: &Self) -> bool {
        !self.disabled && self.password == proved.password && self.totp == proved.totp
    }
}

/// How far a login has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second factor is missing.
    Second,
    /// The password was right; the role asks for a second factor, and there is none yet.
    Enrol,
    /// In.
    Full,
}

/// What a session is known by: the SHA-256 of its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionId(pub [u8; 32]);

/// Which of a user's ways in stay when the others end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spared {
    /// None: somebody else does it, who may know that the password is in wrong hands. Tokens of the API end too.
    Nothing,
    /// Users do it to themselves: the session that they do it from, if it is one, and their tokens.
    Own(Option<SessionId>),
}

impl Spared {
    /// What whoever is in as `actor` by a session spares of a user's.
    #[must_use]
    pub fn of(actor: &UserName, session: SessionId, user: &UserName) -> Self {
        if actor == user {
            Self::Own(Some(session))
        } else {
            Self::Nothing
        }
    }
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What it is known by.
    pub id: SessionId,
    /// Whose.
    pub user: UserName,
    /// How far it has come.
    pub stage: Stage,
    /// When it began.
    pub created_at: Timestamp,
    /// The last request.
    pub seen_at: Timestamp,
    /// From where it began.
    pub address: IpAddr,
    /// What the browser calls itself, shortened.
    pub agent: String,
}

/// Where users and sessions are kept. What is named and not there is `Ok(None)` or `Ok(false)`. Each call is
/// done as a whole or not at all, also when several processes call.
pub trait Store: Send {
    /// All users, by name.
    fn users(&mut self) -> Answer<'_, Vec<User>>;

    /// A user.
    fn user<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, Option<User>>;

    /// Adds a user; `false` when there is one of that name.
    fn add<'a>(&'a mut self, user: &'a User) -> Answer<'a, bool>;

    /// Adds the first user; `false` when there is any.
    fn add_first<'a>(&'a mut self, user: &'a User) -> Answer<'a, bool>;

    /// Removes a user with sessions and codes; `false` when there is none, or no admin who may enter would be
    /// left.
    fn remove<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, bool>;

    /// Sets a password and ends what is not spared. Where users do it themselves, `proved` is what they proved to
    /// be: `false`, and nothing is done, when that is not so any more or the session that is spared has ended, since
    /// somebody may have locked them out while the proof was looked at.
    fn set_password<'a>(
        &'a mut self,
        name: &'a UserName,
        password: &'a PasswordHash,
        spared: Spared,
        proved: Option<&'a User>,
    ) -> Answer<'a, bool>;

    /// Sets role, whether the user may enter, or both, and ends all sessions; what is `None` stays as it is then,
    /// whoever else changes it at the same time. `false` when there is no such user, or no admin who may enter
    /// would be left.
    fn set_role<'a>(
        &'a mut self,
        name: &'a UserName,
        role: Option<Role>,
        disabled: Option<bool>,
    ) -> Answer<'a, bool>;

    /// The same where it takes rights away and gives none: keeps the user out if `disable` says so, and gives a
    /// role that may nothing which the one of that moment may not. `false` also when it would give any.
    fn lower<'a>(&'a mut self, name: &'a UserName, role: Option<Role>, disable: bool) -> Answer<'a, bool>;

    /// Sets or takes away the second factor with its recovery codes, and ends all sessions that are not spared;
    /// tokens end only where it is taken away. `proved` as in [`Self::set_password`].
    fn set_totp<'a>(
        &'a mut self,
        name: &'a UserName,
        totp: Option<(&'a TotpSecret, &'a [RecoveryHash])>,
        spared: Spared,
        proved: Option<&'a User>,
    ) -> Answer<'a, bool>;

    /// Takes a half minute of the second factor; `false` when it or a later one has been taken.
    fn use_step<'a>(&'a mut self, name: &'a UserName, step: i64) -> Answer<'a, bool>;

    /// Takes a recovery code; `false` when it is none, or was taken.
    fn use_recovery<'a>(&'a mut self, name: &'a UserName, code: RecoveryHash) -> Answer<'a, bool>;

    /// How many recovery codes are left.
    fn recovery_left<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, u64>;

    /// Begins a session, in the place of another, if its user may enter and has the password and second factor of
    /// `of`, and the other has not ended: whoever proved to be somebody may have been locked out while that was found
    /// out. Whether it began.
    fn begin_session<'a>(
        &'a mut self,
        session: &'a Session,
        of: &'a User,
        instead: Option<SessionId>,
    ) -> Answer<'a, bool>;

    /// A session with its user, if that may enter.
    fn session(&mut self, id: SessionId) -> Answer<'_, Option<(Session, User)>>;

    /// Notes a request.
    fn touch(&mut self, id: SessionId, at: Timestamp) -> Answer<'_, ()>;

    /// The sessions of a user, the newest first.
    fn sessions<'a>(&'a mut self, name: &'a UserName) -> Answer<'a, Vec<Session>>;

    /// Ends a session; `false` when there is none, or it is another user's.
    fn end_session<'a>(&'a mut self, name: &'a UserName, id: SessionId) -> Answer<'a, bool>;

    /// Ends what is not spared of a user's sessions and tokens; how many sessions.
    fn end_sessions<'a>(&'a mut self, name: &'a UserName, spared: Spared) -> Answer<'a, u64>;

    /// Forgets sessions that were begun, or last seen, before.
    fn sweep(&mut self, begun: Timestamp, seen: Timestamp) -> Answer<'_, ()>;

    /// Adds a token of the API; `false` when its owner has one of that name, or as many as may be. Where they do it
    /// themselves, `proved` is the session that they do it in with what they proved to be: `false` too when either is
    /// not so any more.
    fn add_api_token<'a>(
        &'a mut self,
        token: &'a ApiToken,
        proved: Option<(SessionId, &'a User)>,
    ) -> Answer<'a, bool>;

    /// The tokens of the API of a user, or all, by owner and name.
    fn api_tokens<'a>(&'a mut self, owner: Option<&'a UserName>) -> Answer<'a, Vec<ApiToken>>;

    /// A token of the API with its owner, if that may enter.
    fn api_token(&mut self, id: ApiTokenId) -> Answer<'_, Option<(ApiToken, User)>>;

    /// Notes the day of a use.
    fn use_api_token(&mut self, id: ApiTokenId, day: Date) -> Answer<'_, ()>;

    /// Revokes a token of the API; `false` when there is none.
    fn revoke_api_token<'a>(&'a mut self, owner: &'a UserName, name: &'a TokenName) -> Answer<'a, bool>;
}
