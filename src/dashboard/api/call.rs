//! Who calls, and what they may: each request of the API passes here before its handler.
//!
//! Bearer tokens alone count (RFC 6750): what a browser sends by itself, cookies, opens nothing, so that no page
//! of elsewhere can have a browser call the API.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::{Kind, Problem};
use crate::accounts::{Accounts, Caller, Noting, Permission, Refusal, SCOPES};
use crate::dashboard::gate::{Peer, bearer};
use crate::dashboard::login::Login;
use crate::dashboard::room::Room;
use crate::dashboard::{Author, By};
use crate::model::audit::{Action, More, Origin, Who};

/// What a request needs.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) room: Room,
    /// `None`: any token that is in force.
    pub(super) scope: Option<Permission>,
}

/// A request of a program that is in.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) caller: Caller,
    pub(super) accounts: Arc<Accounts>,
    login: Login,
    peer: Peer,
}

impl Call {
    /// Who calls, for the audit log.
    pub(super) fn by(&self) -> By {
        By {
            who: Who::Token(name_of(&self.caller)),
            from: Origin::Address(self.peer.address),
        }
    }

    /// Whose exports they are, and who makes them.
    pub(super) fn author(&self) -> Author {
        Author {
            name: self.caller.user.name.to_string(),
            who: self.by().who,
            address: self.peer.address,
        }
    }

    /// Writes a line of the audit log about what was done.
    pub(super) async fn note(&self, did: &'static str, what: impl Into<String>, more: More) {
        let By { who, from } = self.by();
        let action = Action {
            who,
            from,
            did,
            what: what.into(),
            more,
        };
        if let Err(error) = self.login.write(action).await {
            tracing::error!(%error, "something was done without its line");
        }
    }

    /// Writes a line about what is done only if it is in the audit log.
    pub(super) async fn note_first(&self, did: &'static str, what: String) -> Result<(), Problem> {
        let By { who, from } = self.by();
        let action = Action {
            who,
            from,
            did,
            what,
            more: More::new(),
        };
        let written = self.login.write(action).await;
        written.map_err(|error| Problem::saying(Kind::Unavailable, error.to_string()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Call {
    type Rejection = Problem;

    /// Every route puts it there; a handler without one answers nobody.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let call = parts.extensions.get::<Self>().cloned();
        call.ok_or_else(|| Problem::new(Kind::Unauthorized))
    }
}

/// Lets a request with a token that may pass, and tells the handler whose it is.
pub(super) async fn admit(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let secret = bearer(request.headers()).map(str::to_owned);
    match door.enter(peer, secret).await {
        Ok(call) => {
            request.extensions_mut().insert(call);
            next.run(request).await
        }
        Err(problem) => problem.into_response(),
    }
}

impl Door {
    async fn enter(&self, peer: Option<Peer>, secret: Option<String>) -> Result<Call, Problem> {
        let login = &self.room.login;
        let (Some(peer), Some(accounts)) = (peer, login.accounts.clone()) else {
            return Err(Problem::unavailable());
        };
        let Some(secret) = secret else {
            return Err(Problem::new(Kind::Unauthorized));
        };
        let caller = match accounts.caller(&secret, peer.address).await? {
            Ok(caller) => caller,
            Err(Refusal::TooMany(wait)) => return Err(Problem::too_many(wait)),
            Err(Refusal::Busy) => return Err(Problem::unavailable()),
            Err(Refusal::Wrong) => {
                self.note_refused(&accounts, peer, (Who::Nobody, "token-refused", ""))
                    .await;
                return Err(Problem::new(Kind::Unauthorized));
            }
        };
        if let Some(scope) = self.scope.filter(|scope| !caller.may(*scope)) {
            let who = Who::Token(name_of(&caller));
            self.note_refused(&accounts, peer, (who, "refused", scope.code()))
                .await;
            let detail = format!("This needs the scope {}.", scope.code());
            return Err(Problem::saying(Kind::Forbidden, detail));
        }
        Ok(Call {
            caller,
            accounts,
            login: login.clone(),
            peer,
        })
    }

    /// Writes a line about what was refused, unless this source had many already.
    async fn note_refused(
        &self,
        accounts: &Accounts,
        peer: Peer,
        (who, did, what): (Who, &'static str, &str),
    ) {
        let (who, did, what) = match accounts.may_note(peer.address) {
            Noting::Written => (who, did, what),
            Noting::Begins => (Who::Portico, "refused-uncounted", ""),
            Noting::LeftOut => return,
        };
        let action = Action {
            who,
            from: Origin::Address(peer.address),
            did,
            what: what.to_owned(),
            more: More::new(),
        };
        if let Err(error) = self.room.login.write(action).await {
            tracing::error!(%error, "something was refused without its line");
        }
    }
}

/// A token as the audit log knows it.
fn name_of(caller: &Caller) -> String {
    format!("{}/{}", caller.token.owner, caller.token.name)
}

/// All scopes, by name.
pub(super) fn scope_names() -> Vec<&'static str> {
    SCOPES.map(Permission::code).to_vec()
}
