//! One user: role, password, second factor, sessions, the end.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::view::{UserPage, role_views};
use super::{Wrong, confirm, put};
use crate::accounts::office::{self, Done};
use crate::accounts::{
    Permission, Role, SessionId, Spared, Store, StoreFailure, Ticket, Token, TokenName, User, UserName,
};
use crate::dashboard::frame::show;
use crate::dashboard::login::account::role_key;
use crate::dashboard::login::enter::chosen_password;
use crate::dashboard::login::rows::{SessionRow, TokenRow};
use crate::dashboard::login::visit::{Stop, Visit, go, missing_page};

type Answer = Result<Response, Stop>;
/// What was done, as the word of the audit log with what else belongs to it.
type Outcome = Result<Result<String, Wrong>, Stop>;

/// Which form was sent.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Act {
    Role,
    Disable,
    Enable,
    Password,
    Factor,
    Sessions,
    Token,
    Remove,
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Password => "password",
            Self::Factor => "factor",
            Self::Sessions => "sessions",
            Self::Token => "token",
            Self::Remove => "remove",
        }
    }

    /// As commands write it.
    const fn did(self) -> &'static str {
        match self {
            Self::Role => "user-role",
            Self::Disable => "user-disable",
            Self::Enable => "user-enable",
            Self::Password => "user-password",
            Self::Factor => "user-totp-off",
            Self::Sessions => "user-sessions-end",
            Self::Token => "token-revoke",
            Self::Remove => "user-remove",
        }
    }

    /// What takes power away needs no password: it may be urgent.
    const fn needs_password(self) -> bool {
        !matches!(self, Self::Disable | Self::Sessions | Self::Token)
    }
}

#[derive(Deserialize)]
pub(super) struct ChangeForm {
    form: String,
    act: Act,
    #[serde(default)]
    role: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
    #[serde(default)]
    own: String,
    /// Without it all sessions end.
    session: Option<String>,
    /// Which one is revoked.
    #[serde(default)]
    token: String,
}

pub(super) async fn page(visit: Visit, Path(name): Path<String>) -> Answer {
    let ticket = visit.admit(Permission::ManageUsers).await?;
    let user = find(&visit, &name).await?;
    answer(&visit, &ticket, &user, Ok(None), "").await
}

pub(super) async fn change(visit: Visit, Path(name): Path<String>, Form(form): Form<ChangeForm>) -> Answer {
    let ticket = visit.admit(Permission::ManageUsers).await?;
    visit.check_form(&form.form)?;
    let user = find(&visit, &name).await?;
    let act = form.act;
    let outcome = carry_out(&visit, &ticket, &user, form).await?;
    let told = match outcome {
        Ok(more) => {
            let what = match act {
                Act::Token => format!("{}/{more}", user.name),
                _ => format!("{} {more}", user.name),
            };
            visit
                .note(ticket.user.name.as_str(), act.did(), what.trim_end())
                .await;
            if act == Act::Remove {
                return Ok(go("/users"));
            }
            Ok(Some(visit.tongue.say(&format!("users-done-{}", act.word()))))
        }
        Err(wrong) => Err(wrong),
    };
    let user = find(&visit, &name).await?;
    answer(&visit, &ticket, &user, told, act.word()).await
}

async fn carry_out(visit: &Visit, ticket: &Ticket, user: &User, form: ChangeForm) -> Outcome {
    if form.act.needs_password()
        && let Err(wrong) = confirm(visit, ticket, form.own.clone()).await?
    {
        return Ok(Err(wrong));
    }
    let name = &user.name;
    if form.act == Act::Factor
        && *name == ticket.user.name
        && visit.accounts.needs_second_factor(ticket.user.role)
    {
        return Ok(Err(Wrong::field(visit, "", "factor-must")));
    }
    if form.act == Act::Password {
        return set_password(visit, ticket, name, form).await;
    }
    let spared = Spared::of(&ticket.user.name, ticket.session.id, name);
    let mut store = visit.accounts.store().await;
    let store = store.as_mut();
    let done = match form.act {
        Act::Role => {
            let Ok(role) = form.role.parse::<Role>() else {
                return Ok(Err(Wrong::field(visit, "role", "users-role-wrong")));
            };
            let done = office::set_role(store, name, Some(role), None).await;
            return finish(visit, done, format!("role={role}"));
        }
        Act::Disable => office::set_role(store, name, None, Some(true)).await,
        Act::Enable => office::set_role(store, name, None, Some(false)).await,
        Act::Factor => office::end_factor(store, name, spared).await,
        Act::Remove => office::remove(store, name).await,
        Act::Token => return revoke(visit, store, name, &form.token).await,
        Act::Sessions | Act::Password => end_sessions(store, name, form.session.as_deref(), spared).await,
    };
    finish(visit, done, String::new())
}

/// Revokes a token.
async fn revoke(visit: &Visit, store: &mut dyn Store, owner: &UserName, token: &str) -> Outcome {
    let gone = || Ok(Err(Wrong::field(visit, "", "users-token-gone")));
    let Ok(token) = token.parse::<TokenName>() else {
        return gone();
    };
    let revoked = store.revoke_api_token(owner, &token).await;
    if !revoked.map_err(|error| visit.fault(&error.into()))? {
        return gone();
    }
    Ok(Ok(token.to_string()))
}

/// Ends one session, or all that are not spared.
async fn end_sessions(store: &mut dyn Store, name: &UserName, one: Option<&str>, spared: Spared) -> Done<()> {
    let Some(one) = one else {
        return Ok(office::end_sessions(store, name, spared).await?.map(drop));
    };
    // Names of sessions have the form of tokens, and open nothing.
    if let Ok(id) = one.parse::<Token>() {
        store.end_session(name, SessionId(id.bytes())).await?;
    }
    Ok(Ok(()))
}

async fn set_password(visit: &Visit, ticket: &Ticket, name: &UserName, form: ChangeForm) -> Outcome {
    let password = match chosen_password(form.password, &form.again, name) {
        Ok(password) => password,
        Err(key) => return Ok(Err(Wrong::field(visit, "password", key))),
    };
    let hashed = visit.accounts.hash_for(password, visit.visitor()).await;
    let Ok(hash) = hashed.map_err(|error| visit.fault(&error))? else {
        return Ok(Err(Wrong::field(visit, "", "busy")));
    };
    let spared = Spared::of(&ticket.user.name, ticket.session.id, name);
    let mut store = visit.accounts.store().await;
    let done = office::set_password(store.as_mut(), name, &hash, spared).await;
    finish(visit, done, String::new())
}

fn finish(visit: &Visit, done: Done<()>, more: String) -> Outcome {
    let done = done.map_err(|error| visit.fault(&error.into()))?;
    Ok(done.map(|()| more).map_err(|denied| Wrong::of(visit, &denied)))
}

async fn find(visit: &Visit, name: &str) -> Result<User, Stop> {
    let missing = || Stop::from(missing_page(visit.tongue));
    let name: UserName = name.parse().map_err(|_| missing())?;
    let mut store = visit.accounts.store().await;
    let found = office::find(store.as_mut(), &name).await;
    found
        .map_err(|error: StoreFailure| visit.fault(&error.into()))?
        .map_err(|_| missing())
}

async fn answer(
    visit: &Visit,
    ticket: &Ticket,
    user: &User,
    told: Result<Option<String>, Wrong>,
    act: &'static str,
) -> Answer {
    let fault = |error: StoreFailure| visit.fault(&error.into());
    let (sessions, tokens) = {
        let mut store = visit.accounts.store().await;
        let sessions = store.sessions(&user.name).await.map_err(fault)?;
        (sessions, store.api_tokens(Some(&user.name)).await.map_err(fault)?)
    };
    let mut frame = visit.frame("users-user", Some(ticket));
    frame.title = format!("{} {}", frame.title, user.name);
    let (status, fault) = put(&mut frame, told);
    let page = UserPage {
        frame,
        name: user.name.to_string(),
        about: visit.tongue.say(role_key(user.role)),
        is_disabled: user.disabled,
        has_factor: user.totp.is_some(),
        is_must: visit.accounts.needs_second_factor(user.role),
        roles: role_views(Some(user.role), visit.tongue),
        sessions: SessionRow::all(visit, &sessions, ticket.session.id),
        tokens: TokenRow::all(visit, &tokens, user.role),
        act,
        fault,
    };
    Ok(show(status, &page))
}
