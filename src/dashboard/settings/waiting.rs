//! A change that waits for somebody's word: shown to every administrator, and over when its time is.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::pages::{show_overview, told_of};
use super::view::{WaitingPage, hunks};
use super::words_of;
use crate::accounts::Permission;
use crate::dashboard::frame::show;
use crate::dashboard::login::visit::{Stop, Visit, go};
use crate::dashboard::room::Room;

type Answer = Result<Response, Stop>;

pub(super) async fn page(State(room): State<Room>, visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::SeeSettings).await?;
    let Some(waiting) = room.keeper.waiting().await else {
        return Ok(go("/settings"));
    };
    let page = WaitingPage {
        frame: visit.frame("settings-waiting", Some(&ticket)),
        told: told_of(&room, &visit, &waiting),
        hunks: hunks(&waiting.former, &waiting.new),
        may_change: ticket.user.role.may(Permission::ChangeSettings),
    };
    Ok(show(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(super) struct WordForm {
    form: String,
    id: String,
}

pub(super) async fn confirm(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    decide(&room, &visit, form, true).await
}

pub(super) async fn undo(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    decide(&room, &visit, form, false).await
}

async fn decide(room: &Room, visit: &Visit, form: WordForm, stays: bool) -> Answer {
    let ticket = visit.admit(Permission::ChangeSettings).await?;
    visit.check_form(&form.form)?;
    let by = visit.by(&ticket);
    let outcome = if stays {
        room.keeper.confirm(form.id, by).await
    } else {
        room.keeper.undo(form.id, by).await
    };
    let key = if stays {
        "settings-confirmed"
    } else {
        "settings-undone"
    };
    let (status, told) = match outcome {
        Ok(()) => (StatusCode::OK, Ok(visit.tongue.say(key))),
        Err(refused) => {
            let (status, words) = words_of(visit.tongue, &refused);
            (status, Err(words))
        }
    };
    Ok(show_overview(room, visit, &ticket, status, Some(told)).await)
}
