//! Setting the second factor up, and taking it away.

use axum::Form;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use serde::Deserialize;

use super::account;
use super::pages::{CodesPage, EnrolPage, Qr};
use super::visit::{Stop, Visit, go};
use crate::accounts::{Fault, Permission, RecoveryCode, Refusal, Spared, Stage, Ticket, TotpSecret};

type Answer = Result<Response, Stop>;

pub(super) async fn enrol_page(visit: Visit) -> Answer {
    let ticket = enrolling(&visit).await?;
    let secret = TotpSecret::random().map_err(|error| visit.fault(&Fault::from(error)))?;
    Ok(show_enrol(&visit, &ticket, &secret, (StatusCode::OK, None)))
}

#[derive(Deserialize)]
pub(super) struct EnrolForm {
    form: String,
    key: String,
    code: String,
    #[serde(default)]
    password: String,
}

pub(super) async fn enrol(mut visit: Visit, Form(form): Form<EnrolForm>) -> Answer {
    let ticket = enrolling(&visit).await?;
    visit.check_form(&form.form)?;
    let Some(secret) = TotpSecret::from_base32(&form.key) else {
        return Ok(go("/login/enrol"));
    };
    // Whoever finds an open browser does not lock its user out.
    if ticket.session.stage == Stage::Full
        && let Err(refusal) = visit.confirm(&ticket, form.password).await?
    {
        let (status, text) = visit.refusal(refusal, "password-wrong");
        return Ok(show_enrol(&visit, &ticket, &secret, (status, Some(text))));
    }
    let outcome = visit
        .accounts
        .enrol(&ticket, &secret, &form.code, visit.visitor())
        .await;
    match outcome.map_err(|error| visit.fault(&error))? {
        Ok((entered, codes)) => {
            visit
                .note(ticket.user.name.as_str(), "own-second-factor", "")
                .await;
            visit.session = Some(entered.token);
            Ok(show_codes(&visit, &ticket, &codes))
        }
        Err(refusal) => {
            let (status, text) = visit.refusal(refusal, "enrol-wrong");
            Ok(show_enrol(&visit, &ticket, &secret, (status, Some(text))))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct EndForm {
    form: String,
    password: String,
}

pub(super) async fn end(visit: Visit, Form(form): Form<EndForm>) -> Answer {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    visit.check_form(&form.form)?;
    if visit.accounts.needs_second_factor(ticket.user.role) {
        let told = (StatusCode::FORBIDDEN, Err(visit.tongue.say("factor-must")));
        return account::show_told(&visit, ticket, told).await;
    }
    if let Err(refusal) = visit.confirm(&ticket, form.password).await? {
        return account::show_refusal(&visit, ticket, refusal).await;
    }
    let spared = Spared::Own(Some(ticket.session.id));
    let done = visit
        .accounts
        .store()
        .await
        .set_totp(&ticket.user.name, None, spared, Some(&ticket.user))
        .await;
    if !done.map_err(|error| visit.fault(&error.into()))? {
        return account::show_refusal(&visit, ticket, Refusal::Wrong).await;
    }
    visit
        .note(ticket.user.name.as_str(), "own-second-factor-off", "")
        .await;
    account::show_told(&visit, ticket, (StatusCode::OK, Ok("factor-ended"))).await
}

/// Who may set a second factor up: whoever is in, or is asked for one in the middle of a login.
async fn enrolling(visit: &Visit) -> Result<Ticket, Stop> {
    match visit.ticket().await? {
        Some(ticket) if ticket.session.stage == Stage::Enrol => Ok(ticket),
        Some(ticket) if ticket.session.stage == Stage::Full && visit.must_enrol(&ticket) => Ok(ticket),
        _ => visit.admit(Permission::OwnAccount).await,
    }
}

fn show_enrol(
    visit: &Visit,
    ticket: &Ticket,
    secret: &TotpSecret,
    (status, wrong): (StatusCode, Option<String>),
) -> Response {
    let url = secret.url(&ticket.user.name, &visit.issuer);
    // Too long only with an issuer that nobody could read on a phone.
    let qr = Qr::of(&url).unwrap_or(Qr {
        side: 1,
        path: String::new(),
    });
    let mut frame = visit.frame("enrol-title", Some(ticket));
    frame.wrong = wrong;
    let page = EnrolPage {
        frame,
        key: secret.base32(),
        qr,
        is_must: ticket.session.stage == Stage::Enrol,
    };
    visit.answer(status, &page)
}

fn show_codes(visit: &Visit, ticket: &Ticket, codes: &[RecoveryCode]) -> Response {
    let page = CodesPage {
        frame: visit.frame("codes-title", Some(ticket)),
        codes: codes.iter().map(RecoveryCode::to_string).collect(),
    };
    let session = visit.session.as_ref().and_then(|token| visit.kept(token));
    let session = session.map(|cookie| AppendHeaders([(header::SET_COOKIE, cookie)]));
    (session, visit.answer(StatusCode::OK, &page)).into_response()
}
