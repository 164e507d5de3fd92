//! A change that waits for somebody's word: shown to every administrator, and over when its time is.

use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::pages::{ALL, show_overview};
use super::realm::{Realm, told_of};
use super::view::{WaitingPage, hunks};
use super::words_of;
use crate::accounts::Ticket;
use crate::dashboard::frame::show;
use crate::dashboard::login::visit::{Stop, Visit, go};
use crate::dashboard::room::Room;

type Answer = Result<Response, Stop>;

/// What came of a word: done, or refused.
pub(in crate::dashboard) type Outcome = (StatusCode, Result<String, String>);

pub(super) async fn page(State(room): State<Room>, visit: Visit) -> Answer {
    show_waiting(&ALL, &room, &visit).await
}

/// The change that waits, where it is one of the realm's.
pub(in crate::dashboard) async fn show_waiting(realm: &'static Realm, room: &Room, visit: &Visit) -> Answer {
    let ticket = visit.admit(realm.see).await?;
    let waiting = room.keeper.waiting().await;
    let Some(waiting) = waiting.filter(|waiting| realm.holds(waiting)) else {
        return Ok(go(realm.home));
    };
    let page = WaitingPage {
        frame: visit.frame("settings-waiting", Some(&ticket)),
        realm,
        told: told_of(realm, room, visit, &waiting),
        hunks: hunks(&waiting.former, &waiting.new, realm.around()),
        may_change: ticket.user.role.may(realm.change),
    };
    Ok(show(StatusCode::OK, &page))
}

#[derive(Deserialize)]
pub(in crate::dashboard) struct WordForm {
    form: String,
    id: String,
}

pub(super) async fn confirm(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    let (ticket, outcome) = decide(&ALL, &room, &visit, form, true).await?;
    Ok(told(&room, &visit, &ticket, outcome).await)
}

pub(super) async fn undo(State(room): State<Room>, visit: Visit, Form(form): Form<WordForm>) -> Answer {
    let (ticket, outcome) = decide(&ALL, &room, &visit, form, false).await?;
    Ok(told(&room, &visit, &ticket, outcome).await)
}

async fn told(room: &Room, visit: &Visit, ticket: &Ticket, (status, told): Outcome) -> Response {
    show_overview(room, visit, ticket, status, Some(told)).await
}

/// Says the word.
///
/// # Errors
/// The answer to whoever may not.
pub(in crate::dashboard) async fn decide(
    realm: &'static Realm,
    room: &Room,
    visit: &Visit,
    form: WordForm,
    stays: bool,
) -> Result<(Ticket, Outcome), Stop> {
    let ticket = visit.admit(realm.change).await?;
    visit.check_form(&form.form)?;
    let waiting = room.keeper.waiting().await;
    if let Some(waiting) = waiting.filter(|waiting| !realm.holds(waiting)) {
        return Err(visit.forbid(&ticket, &waiting.places.join(" ")).await);
    }
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
    let outcome = match outcome {
        Ok(()) => (StatusCode::OK, Ok(visit.tongue.say(key))),
        Err(refused) => {
            let (status, words) = words_of(visit.tongue, &refused);
            (status, Err(words))
        }
    };
    Ok((ticket, outcome))
}
