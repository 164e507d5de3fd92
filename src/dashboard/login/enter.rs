//! First set-up, login, second step, logout.

use axum::Form;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::pages::{LoginPage, SecondPage, SetupPage};
use super::visit::{Stop, Visit, go, next};
use crate::accounts::{Entered, NameError, Password, Refusal, Stage, Ticket, Token, UserName, Weakness};
use crate::dashboard::frame::first_screen;
use crate::model::audit::Who;

type Answer = Result<Response, Stop>;

/// `/`: wherever one's way leads on.
pub(super) async fn home(visit: Visit) -> Answer {
    let ticket = visit.ticket().await?;
    Ok(go(ticket.map_or("/login", |ticket| match ticket.session.stage {
        Stage::Full => first_screen(ticket.user.role),
        stage => next(stage),
    })))
}

#[derive(Deserialize)]
pub(super) struct LoginQuery {
    /// Whoever comes from a session that is over.
    ended: Option<String>,
}

pub(super) async fn login_page(mut visit: Visit, Query(query): Query<LoginQuery>) -> Answer {
    if let Some(ticket) = visit.ticket().await? {
        return Ok(go(next(ticket.session.stage)));
    }
    let wrong = query.ended.map(|_| visit.tongue.say("ended"));
    show_login(&mut visit, StatusCode::OK, String::new(), wrong).await
}

#[derive(Deserialize)]
pub(super) struct LoginForm {
    form: String,
    name: String,
    password: String,
}

pub(super) async fn log_in(mut visit: Visit, Form(form): Form<LoginForm>) -> Answer {
    visit.check_form(&form.form)?;
    let password = Password::new(form.password);
    let outcome = visit.accounts.log_in(&form.name, password, visit.visitor()).await;
    match outcome.map_err(|error| visit.fault(&error))? {
        Ok(entered) => Ok(welcome(&visit, &entered, "login").await),
        Err(refusal) => {
            note_refusal(&visit, refusal, &form.name).await;
            let (status, text) = visit.refusal(refusal, "login-wrong");
            show_login(&mut visit, status, form.name, Some(text)).await
        }
    }
}

pub(super) async fn second_page(visit: Visit) -> Answer {
    let ticket = at_second(&visit).await?;
    Ok(show_second(&visit, &ticket, StatusCode::OK, None))
}

#[derive(Deserialize)]
pub(super) struct SecondForm {
    form: String,
    code: String,
}

pub(super) async fn second(visit: Visit, Form(form): Form<SecondForm>) -> Answer {
    let ticket = at_second(&visit).await?;
    visit.check_form(&form.form)?;
    let outcome = visit.accounts.second(&ticket, &form.code, visit.visitor()).await;
    match outcome.map_err(|error| visit.fault(&error))? {
        Ok(entered) => Ok(welcome(&visit, &entered, "login-second").await),
        Err(refusal) => {
            let who = Who::User(ticket.user.name.to_string());
            visit.note_refused(who, "login-second-refused", "").await;
            let (status, text) = visit.refusal(refusal, "second-wrong");
            Ok(show_second(&visit, &ticket, status, Some(text)))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct LogOutForm {
    form: String,
}

pub(super) async fn log_out(visit: Visit, Form(form): Form<LogOutForm>) -> Answer {
    let Some(Ticket { session, user }) = visit.ticket().await? else {
        return Ok(visit.go_with("/login", None));
    };
    visit.check_form(&form.form)?;
    let ended = visit
        .accounts
        .store()
        .await
        .end_session(&user.name, session.id)
        .await;
    ended.map_err(|error| visit.fault(&error.into()))?;
    visit.note(user.name.as_str(), "logout", "").await;
    Ok(visit.go_with("/login", None))
}

#[derive(Deserialize)]
pub(super) struct SetupQuery {
    #[serde(default)]
    token: String,
}

pub(super) async fn setup_page(mut visit: Visit, Query(query): Query<SetupQuery>) -> Answer {
    let is_open = query
        .token
        .parse()
        .is_ok_and(|token: Token| visit.accounts.is_setup(&token));
    if !is_open {
        let text = visit.tongue.say("setup-gone");
        return show_login(&mut visit, StatusCode::FORBIDDEN, String::new(), Some(text)).await;
    }
    show_setup(&mut visit, StatusCode::OK, (query.token, String::new()), None)
}

#[derive(Deserialize)]
pub(super) struct SetupForm {
    form: String,
    token: String,
    name: String,
    password: String,
    again: String,
}

pub(super) async fn set_up(mut visit: Visit, Form(form): Form<SetupForm>) -> Answer {
    visit.check_form(&form.form)?;
    let chosen = form.name.trim().parse();
    let (name, password) = match chosen.map(|name| (chosen_password(form.password, &form.again, &name), name))
    {
        Ok((Ok(password), name)) => (name, password),
        Ok((Err(key), _)) => return again(&mut visit, (form.token, form.name), key),
        Err(NameError) => return again(&mut visit, (form.token, form.name), "setup-name-wrong"),
    };
    let outcome = match form.token.parse() {
        Ok(token) => {
            visit
                .accounts
                .set_up(&token, name, password, visit.visitor())
                .await
        }
        Err(()) => Ok(Err(Refusal::Wrong)),
    };
    match outcome.map_err(|error| visit.fault(&error))? {
        Ok(entered) => Ok(welcome(&visit, &entered, "first-setup").await),
        Err(refusal) => {
            visit.note_refused(Who::Nobody, "first-setup-refused", "").await;
            let (status, text) = visit.refusal(refusal, "setup-gone");
            show_login(&mut visit, status, String::new(), Some(text)).await
        }
    }
}

/// A password that may be chosen; otherwise the word that says why not.
pub(in crate::dashboard) fn chosen_password(
    text: String,
    again: &str,
    user: &UserName,
) -> Result<Password, &'static str> {
    if text != again {
        return Err("password-differ");
    }
    let password = Password::new(text);
    match password.check(user) {
        Ok(()) => Ok(password),
        Err(Weakness::Short) => Err("password-short"),
        Err(Weakness::Long) => Err("password-long"),
        Err(Weakness::Common) => Err("password-common"),
    }
}

/// Leads somebody on who has taken a step.
pub(super) async fn welcome(visit: &Visit, entered: &Entered, did: &'static str) -> Response {
    let what = match entered.stage {
        Stage::Full => "",
        Stage::Second => "second factor asked for",
        Stage::Enrol => "second factor to be set up",
    };
    visit.note(entered.user.as_str(), did, what).await;
    visit.go_with(next(entered.stage), Some(&entered.token))
}

async fn note_refusal(visit: &Visit, refusal: Refusal, name: &str) {
    // What is no user's name may be a password in the wrong field.
    let name = name
        .parse::<UserName>()
        .map_or_else(|_| "not a name".to_owned(), |name| name.to_string());
    let did = match refusal {
        Refusal::Wrong => "login-refused",
        Refusal::TooMany(_) => "login-too-many",
        Refusal::Busy => "login-busy",
    };
    visit.note_refused(Who::Nobody, did, &name).await;
}

async fn at_second(visit: &Visit) -> Result<Ticket, Stop> {
    match visit.ticket().await? {
        Some(ticket) if ticket.session.stage == Stage::Second => Ok(ticket),
        Some(ticket) => Err(go(next(ticket.session.stage)).into()),
        None => Err(go("/login").into()),
    }
}

async fn show_login(visit: &mut Visit, status: StatusCode, name: String, wrong: Option<String>) -> Answer {
    visit.begin()?;
    let users = visit.accounts.store().await.users().await;
    let is_empty = users.map_err(|error| visit.fault(&error.into()))?.is_empty();
    let mut frame = visit.frame("login-title", None);
    frame.wrong = wrong;
    Ok(visit.answer(
        status,
        &LoginPage {
            frame,
            name,
            is_empty,
        },
    ))
}

fn show_second(visit: &Visit, ticket: &Ticket, status: StatusCode, wrong: Option<String>) -> Response {
    let mut frame = visit.frame("second-title", Some(ticket));
    frame.wrong = wrong;
    visit.answer(status, &SecondPage { frame })
}

fn again(visit: &mut Visit, filled: (String, String), key: &str) -> Answer {
    let text = visit.tongue.say(key);
    show_setup(visit, StatusCode::UNPROCESSABLE_ENTITY, filled, Some(text))
}

fn show_setup(
    visit: &mut Visit,
    status: StatusCode,
    (token, name): (String, String),
    wrong: Option<String>,
) -> Answer {
    visit.begin()?;
    let mut frame = visit.frame("setup-title", None);
    frame.wrong = wrong;
    Ok(visit.answer(status, &SetupPage { frame, token, name }))
}
