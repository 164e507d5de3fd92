//! One's own password and sessions.

use axum::Form;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::enter::chosen_password;
use super::pages::AccountPage;
use super::rows::SessionRow;
use super::visit::{Stop, Visit};
use crate::accounts::{Password, Permission, Refusal, Role, SessionId, Spared, Ticket, Token};

type Answer = Result<Response, Stop>;
/// What was done, as a word; or what went wrong, in words.
type Told = (StatusCode, Result<&'static str, String>);

pub(super) async fn page(visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    show(&visit, ticket, StatusCode::OK, None).await
}

#[derive(Deserialize)]
pub(super) struct PasswordForm {
    form: String,
    old: String,
    new: String,
    again: String,
}

pub(super) async fn change_password(visit: Visit, Form(form): Form<PasswordForm>) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    visit.check_form(&form.form)?;
    let new = match chosen_password(form.new, &form.again, &ticket.user.name) {
        Ok(password) => password,
        Err(key) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, Err(visit.tongue.say(key)));
            return show_told(&visit, ticket, told).await;
        }
    };
    let old = Password::new(form.old);
    let outcome = visit
        .accounts
        .change_password(&ticket, old, new, visit.visitor())
        .await;
    match outcome.map_err(|error| visit.fault(&error))? {
        Ok(()) => {
            visit.note(ticket.user.name.as_str(), "own-password", "").await;
            show_told(&visit, ticket, (StatusCode::OK, Ok("account-changed"))).await
        }
        Err(refusal) => {
            visit.note_wrong_password(&ticket, refusal).await;
            show_refusal(&visit, ticket, refusal).await
        }
    }
}

#[derive(Deserialize)]
pub(super) struct EndForm {
    form: String,
    /// Without it all others end.
    session: Option<String>,
}

pub(super) async fn end_sessions(visit: Visit, Form(form): Form<EndForm>) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    visit.check_form(&form.form)?;
    let name = &ticket.user.name;
    {
        let mut store = visit.accounts.store().await;
        // Names of sessions have the form of tokens, and open nothing.
        let ended = match form.session.as_deref().map(str::parse::<Token>) {
            Some(Ok(id)) => store.end_session(name, SessionId(id.bytes())).await.map(drop),
            Some(Err(())) => Ok(()),
            None => {
                let spared = Spared::Own(Some(ticket.session.id));
                store.end_sessions(name, spared).await.map(drop)
            }
        };
        ended.map_err(|error| visit.fault(&error.into()))?;
    }
    let what = if form.session.is_some() {
        "one"
    } else {
        "all others"
    };
    visit.note(name.as_str(), "own-sessions-end", what).await;
    show_told(&visit, ticket, (StatusCode::OK, Ok("session-ended"))).await
}

/// The page, with what went wrong with a password.
pub(super) async fn show_refusal(visit: &Visit, ticket: Ticket, refusal: Refusal) -> Answer {
    let (status, text) = visit.refusal(refusal, "password-wrong");
    show_told(visit, ticket, (status, Err(text))).await
}

/// The page, with what was done.
pub(super) async fn show_told(visit: &Visit, ticket: Ticket, (status, told): Told) -> Answer {
    show(visit, ticket, status, Some(told)).await
}

async fn show(
    visit: &Visit,
    ticket: Ticket,
    status: StatusCode,
    told: Option<Result<&'static str, String>>,
) -> Answer {
    let fault = |error: crate::accounts::StoreFailure| visit.fault(&error.into());
    let (user, sessions, codes) = {
        let mut store = visit.accounts.store().await;
        let user = store.user(&ticket.user.name).await.map_err(fault)?;
        let sessions = store.sessions(&ticket.user.name).await.map_err(fault)?;
        let codes = store.recovery_left(&ticket.user.name).await.map_err(fault)?;
        (user, sessions, codes)
    };
    let mut frame = visit.frame("account-title", Some(&ticket));
    match told {
        Some(Ok(key)) => frame.done = Some(visit.tongue.say(key)),
        Some(Err(text)) => frame.wrong = Some(text),
        None => {}
    }
    let page = AccountPage {
        frame,
        name: ticket.user.name.to_string(),
        role: role_key(ticket.user.role),
        has_factor: user.is_some_and(|user| user.totp.is_some()),
        codes_left: visit.tongue.count("factor-left", codes),
        is_must: visit.accounts.needs_second_factor(ticket.user.role),
        sessions: SessionRow::all(visit, &sessions, ticket.session.id),
    };
    Ok(visit.answer(status, &page))
}

/// The word of a role.
pub(in crate::dashboard) const fn role_key(role: Role) -> &'static str {
    match role {
        Role::Admin => "role-admin",
        Role::Operator => "role-operator",
        Role::Editor => "role-editor",
        Role::Auditor => "role-auditor",
    }
}
