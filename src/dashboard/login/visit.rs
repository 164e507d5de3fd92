//! Who asks, and what they may: each handler begins here.

use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};

use super::cookies::{self, Cookie};
use super::pages::ToldPage;
use super::{Login, NotNoted, issuer};
use crate::accounts::{
    Accounts, Fault, Noting, Password, Permission, Refusal, Stage, Ticket, Token, Visitor,
};
use crate::config::{Management, ManagementLan};
use crate::dashboard::frame::{Frame, menu, show};
use crate::dashboard::gate::Peer;
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::model::TimeZone;
use crate::model::audit::{Action, More, Origin, Who};

/// The answer to whoever gets no further.
pub(in crate::dashboard) struct Stop(Box<Response>);

impl From<Response> for Stop {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// A request, with what its browser brings.
pub(in crate::dashboard) struct Visit {
    login: Login,
    pub(in crate::dashboard) accounts: Arc<Accounts>,
    pub(in crate::dashboard) tongue: Tongue,
    /// For times on pages.
    pub(in crate::dashboard) zone: TimeZone,
    /// What an authenticator app shows beside a code.
    pub(super) issuer: String,
    peer: Peer,
    headers: HeaderMap,
    path: String,
    /// The session's secret, as the browser says.
    pub(super) session: Option<Token>,
    /// The secret before there is a session.
    before: Option<Token>,
}

impl<S: Send + Sync> FromRequestParts<S> for Visit
where
    Room: FromRef<S>,
{
    type Rejection = Stop;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Stop> {
        let Room { login, config, .. } = Room::from_ref(state);
        let config = config.load();
        let tongue = Tongue::of(&parts.headers);
        let peer = parts.extensions.get::<Peer>().copied();
        let (Some(peer), Some(accounts)) = (peer, login.accounts.clone()) else {
            return Err(tell(tongue, StatusCode::SERVICE_UNAVAILABLE, "fault").into());
        };
        Ok(Self {
            accounts,
            tongue,
            zone: config.gateway.time_zone.clone(),
            issuer: issuer(&config),
            peer,
            session: cookies::read(&parts.headers, Cookie::Session, peer.secure),
            before: cookies::read(&parts.headers, Cookie::Visit, peer.secure),
            headers: parts.headers.clone(),
            path: parts.uri.path().to_owned(),
            login,
        })
    }
}

impl Visit {
    /// For the limits of logins.
    pub(in crate::dashboard) fn visitor(&self) -> Visitor<'_> {
        let agent = self.headers.get(header::USER_AGENT);
        Visitor {
            address: self.peer.address,
            agent: agent.and_then(|value| value.to_str().ok()).unwrap_or_default(),
        }
    }

    /// What a page has around it.
    pub(in crate::dashboard) fn frame(&self, title: &str, user: Option<&Ticket>) -> Frame {
        Frame {
            tongue: self.tongue,
            title: self.tongue.say(title),
            user: user.map(|ticket| ticket.user.name.to_string()),
            menu: user
                .filter(|ticket| ticket.session.stage == Stage::Full)
                .map(|ticket| menu(ticket.user.role, &self.path))
                .unwrap_or_default(),
            form: self.secret().map(cookies::form_proof).unwrap_or_default(),
            wrong: None,
            done: None,
        }
    }

    /// Before a form that is shown to somebody who is not in: the secret it is tied to, made if need be.
    pub(in crate::dashboard) fn begin(&mut self) -> Result<(), Stop> {
        if self.secret().is_none() {
            self.before = Some(Token::random().map_err(|error| self.fault(&error.into()))?);
        }
        Ok(())
    }

    /// A page for somebody who is not in.
    pub(in crate::dashboard) fn answer(&self, status: StatusCode, page: &impl Template) -> Response {
        let cookie = self
            .before
            .as_ref()
            .and_then(|before| cookies::keep(Cookie::Visit, before, self.peer.secure));
        let cookie = cookie.map(|cookie| AppendHeaders([(header::SET_COOKIE, cookie)]));
        (cookie, show(status, page)).into_response()
    }

    /// Where this page is found at `path` after a change of these settings, if that is elsewhere than now.
    pub(in crate::dashboard) fn door_after(
        &self,
        before: &Management,
        after: &Management,
        path: &str,
    ) -> Option<String> {
        let port = after.port;
        let moves = before.port != port;
        if self.peer.secure {
            let lan = after.lan.as_ref()?;
            let stays = |before: &ManagementLan| before.host == lan.host && before.interface == lan.interface;
            let stays = !moves && before.lan.as_ref().is_some_and(stays);
            return (!stays).then(|| format!("https://{}:{port}{path}", lan.host));
        }
        let typed = self.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let typed = typed.and_then(|host| host.parse::<Authority>().ok());
        let host = typed.as_ref().map_or("127.0.0.1", Authority::host);
        moves.then(|| format!("http://{host}:{port}{path}"))
    }

    /// The line that has the browser keep a session's secret.
    pub(in crate::dashboard) fn kept(&self, session: &Token) -> Option<HeaderValue> {
        cookies::keep(Cookie::Session, session, self.peer.secure)
    }

    /// Leads on with another session's secret, or none.
    pub(in crate::dashboard) fn go_with(&self, path: &'static str, session: Option<&Token>) -> Response {
        let forget = |cookie| cookies::forget(cookie, self.peer.secure);
        let session = session.map_or_else(|| forget(Cookie::Session), |token| self.kept(token));
        let cookies: [Option<HeaderValue>; 2] = [session, forget(Cookie::Visit)];
        let cookies: Vec<(HeaderName, HeaderValue)> = cookies
            .into_iter()
            .flatten()
            .map(|cookie| (header::SET_COOKIE, cookie))
            .collect();
        (AppendHeaders(cookies), go(path)).into_response()
    }

    /// Whether a form is this browser's own.
    ///
    /// # Errors
    /// The answer when it is not.
    pub(in crate::dashboard) fn check_form(&self, given: &str) -> Result<(), Stop> {
        if cookies::is_own_form(&self.headers, self.secret(), given) {
            return Ok(());
        }
        Err(tell(self.tongue, StatusCode::FORBIDDEN, "stale").into())
    }

    /// The session, if it is in force, however far it has come.
    ///
    /// # Errors
    /// The answer when nobody knows.
    pub(in crate::dashboard) async fn ticket(&self) -> Result<Option<Ticket>, Stop> {
        let Some(token) = &self.session else {
            return Ok(None);
        };
        let ticket = self.accounts.ticket(token).await;
        ticket.map_err(|error| self.fault(&error))
    }

    /// Who is in and may do this.
    ///
    /// # Errors
    /// The answer to whoever is not in, not far enough, or may not.
    pub(in crate::dashboard) async fn admit(&self, permission: Permission) -> Result<Ticket, Stop> {
        self.let_in(self.ticket().await?, permission).await
    }

    /// The same where a page asks by itself: that is no sign of life.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub(in crate::dashboard) async fn admit_page(&self, permission: Permission) -> Result<Ticket, Stop> {
        let ticket = match &self.session {
            Some(token) => self.accounts.glance(token).await,
            None => Ok(None),
        };
        self.let_in(ticket.map_err(|error| self.fault(&error))?, permission)
            .await
    }

    async fn let_in(&self, ticket: Option<Ticket>, permission: Permission) -> Result<Ticket, Stop> {
        let Some(ticket) = ticket else {
            // Whoever was in is told why they are not.
            let path = if self.session.is_some() {
                "/login?ended"
            } else {
                "/login"
            };
            return Err(go(path).into());
        };
        match ticket.session.stage {
            // It has become a must since the login.
            Stage::Full if self.must_enrol(&ticket) => Err(go(next(Stage::Enrol)).into()),
            Stage::Full if ticket.user.role.may(permission) => Ok(ticket),
            Stage::Full => Err(self.forbid(&ticket, &format!("{permission:?}")).await),
            stage => Err(go(next(stage)).into()),
        }
    }

    /// Whether somebody who is in needs a second factor and has none.
    pub(super) fn must_enrol(&self, ticket: &Ticket) -> bool {
        ticket.user.totp.is_none() && self.accounts.needs_second_factor(ticket.user.role)
    }

    /// The answer to somebody who is in and wants what they may not, which is noted.
    pub(in crate::dashboard) async fn forbid(&self, ticket: &Ticket, what: &str) -> Stop {
        let who = Who::User(ticket.user.name.to_string());
        self.note_refused(who, "refused", what).await;
        tell(self.tongue, StatusCode::FORBIDDEN, "forbidden").into()
    }

    /// Writes a line of the audit log about a user.
    pub(in crate::dashboard) async fn note(&self, user: &str, did: &'static str, what: &str) {
        self.note_more(user, did, what, More::new()).await;
    }

    /// Writes a line of the audit log about a user, with what else belongs to it.
    pub(in crate::dashboard) async fn note_more(
        &self,
        user: &str,
        did: &'static str,
        what: &str,
        more: More,
    ) {
        let written = self.write(Who::User(user.to_owned()), did, what, more).await;
        done_all_the_same(written);
    }

    /// Writes a line about what is done only if it is in the audit log.
    ///
    /// # Errors
    /// The answer when it is not.
    pub(in crate::dashboard) async fn note_first(
        &self,
        user: &str,
        did: &'static str,
        what: &str,
    ) -> Result<(), Stop> {
        let written = self.write(Who::User(user.to_owned()), did, what, More::new());
        let stop = |NotNoted| tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "not-noted").into();
        written.await.map_err(stop)
    }

    /// Writes a line about what was refused, unless this source had many already; the first that is left out is
    /// told.
    pub(in crate::dashboard) async fn note_refused(&self, who: Who, did: &'static str, what: &str) {
        let written = match self.accounts.may_note(self.peer.address) {
            Noting::Written => self.write(who, did, what, More::new()).await,
            Noting::Begins => {
                self.write(Who::Portico, "refused-uncounted", "", More::new())
                    .await
            }
            Noting::LeftOut => Ok(()),
        };
        done_all_the_same(written);
    }

    /// Whether the own password of somebody who is in is right; a wrong one is noted.
    ///
    /// # Errors
    /// The answer when nobody knows.
    pub(in crate::dashboard) async fn confirm(
        &self,
        ticket: &Ticket,
        own: String,
    ) -> Result<Result<(), Refusal>, Stop> {
        let confirmed = self.accounts.confirm(ticket, Password::new(own), self.visitor());
        let outcome = confirmed.await.map_err(|error| self.fault(&error))?;
        if let Err(refusal) = outcome {
            self.note_wrong_password(ticket, refusal).await;
        }
        Ok(outcome)
    }

    /// Notes that somebody who is in did not tell the own password.
    pub(super) async fn note_wrong_password(&self, ticket: &Ticket, refusal: Refusal) {
        let what = match refusal {
            Refusal::Wrong => "",
            Refusal::TooMany(_) => "too many",
            Refusal::Busy => return,
        };
        let who = Who::User(ticket.user.name.to_string());
        self.note_refused(who, "own-password-refused", what).await;
    }

    async fn write(&self, who: Who, did: &'static str, what: &str, more: More) -> Result<(), NotNoted> {
        let action = Action {
            who,
            from: self.origin(),
            did,
            what: what.to_owned(),
            more,
        };
        self.login.write(action).await
    }

    /// The answer when something is out of order.
    pub(in crate::dashboard) fn fault(&self, error: &Fault) -> Stop {
        tracing::error!(%error, "the dashboard could not answer");
        tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "fault").into()
    }

    /// The answer when something on the disk cannot be read.
    pub(in crate::dashboard) fn trouble(&self, error: &dyn std::error::Error) -> Stop {
        tracing::error!(%error, "a page of the dashboard could not be made");
        tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "fault").into()
    }

    /// The answer when the event loop gives none.
    pub(in crate::dashboard) fn no_answer(&self) -> Stop {
        tracing::error!("the event loop does not answer the dashboard");
        tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "fault").into()
    }

    /// The same for an order, which may have been carried out.
    pub(in crate::dashboard) fn unknown(&self) -> Stop {
        tracing::error!("the event loop does not tell what became of an order");
        tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "unknown").into()
    }

    /// Status and words of a refusal, where `wrong` says what was wrong.
    pub(in crate::dashboard) fn refusal(&self, refusal: Refusal, wrong: &str) -> (StatusCode, String) {
        match refusal {
            Refusal::Wrong => (StatusCode::FORBIDDEN, self.tongue.say(wrong)),
            Refusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, self.tongue.say("busy")),
            Refusal::TooMany(wait) => {
                // The next whole second.
                let seconds = wait.as_secs().saturating_add(1);
                (
                    StatusCode::TOO_MANY_REQUESTS,
                    self.tongue.count("too-many", seconds),
                )
            }
        }
    }

    /// For what goes on after the answer.
    pub(in crate::dashboard) fn watched(&self, permission: Permission) -> Option<Watched> {
        Some(Watched {
            accounts: Arc::clone(&self.accounts),
            session: self.session.clone()?,
            permission,
        })
    }

    /// A page that says why something was refused, where there is no form to show again.
    pub(in crate::dashboard) fn objection(&self, ticket: &Ticket, title: &str, about: String) -> Stop {
        let frame = self.frame(title, Some(ticket));
        show(StatusCode::UNPROCESSABLE_ENTITY, &ToldPage { frame, about }).into()
    }

    /// The answer about what is not there.
    pub(in crate::dashboard) fn missing(&self) -> Response {
        tell(self.tongue, StatusCode::NOT_FOUND, "missing")
    }

    /// The answer when the gateway gives none.
    pub(in crate::dashboard) fn unanswered(&self) -> Stop {
        tell(self.tongue, StatusCode::SERVICE_UNAVAILABLE, "fault").into()
    }

    /// From where, for the audit log.
    pub(in crate::dashboard) const fn origin(&self) -> Origin {
        Origin::Address(self.peer.address)
    }

    fn secret(&self) -> Option<&Token> {
        self.session.as_ref().or(self.before.as_ref())
    }
}

/// Somebody who is in, as long as that lasts.
pub(in crate::dashboard) struct Watched {
    accounts: Arc<Accounts>,
    session: Token,
    permission: Permission,
}

impl Watched {
    /// Whether they still are, and still may. Asking does not count as a sign of life.
    pub(in crate::dashboard) async fn is_in(&self) -> bool {
        match self.accounts.glance(&self.session).await {
            Ok(Some(Ticket { session, user })) => {
                session.stage == Stage::Full && user.role.may(self.permission)
            }
            Ok(None) => false,
            Err(error) => {
                tracing::error!(%error, "whether a session is in force cannot be told");
                false
            }
        }
    }
}

/// For what is done by then: nobody takes it back because its line is lacking, which findings and metrics tell.
fn done_all_the_same(written: Result<(), NotNoted>) {
    if let Err(error) = written {
        tracing::error!(%error, "something was done without its line");
    }
}

/// Where somebody goes on.
pub(in crate::dashboard) const fn next(stage: Stage) -> &'static str {
    match stage {
        Stage::Second => "/login/second",
        Stage::Enrol => "/login/enrol",
        Stage::Full => "/",
    }
}

/// Leads on, by another request that changes nothing.
pub(in crate::dashboard) fn go(path: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

/// What is at no path.
pub(in crate::dashboard) async fn missing(headers: HeaderMap) -> Response {
    missing_page(Tongue::of(&headers))
}

/// The same, for what is not there for this user.
pub(in crate::dashboard) fn missing_page(tongue: Tongue) -> Response {
    tell(tongue, StatusCode::NOT_FOUND, "missing")
}

fn tell(tongue: Tongue, status: StatusCode, what: &str) -> Response {
    let frame = Frame {
        tongue,
        title: tongue.say(&format!("{what}-title")),
        user: None,
        menu: Vec::new(),
        form: String::new(),
        wrong: None,
        done: None,
    };
    let about = tongue.say(&format!("{what}-about"));
    show(status, &ToldPage { frame, about })
}
