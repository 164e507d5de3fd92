//! The list of stations, and what is ordered about them.
//!
//! | file | holds |
//! |---|---|
//! | `handles` | what stations are called in forms, and how they are shown |
//! | `list` | which of them are on the page, in which order |
//! | `rows` | how one is written |
//! | `orders`, `forms` | what is typed into the forms of orders; those forms |
//! | `searches` | searches that were noted |
//! | `whom` | whom an order is about |
//! | `act` | orders: of one, of many, what became of them; showing an address |
//!
//! Searching goes by `POST` though it changes nothing: what is searched for may be a device's address, and the
//! path of a page stays in the browser's history.

mod act;
mod forms;
mod handles;
mod list;
mod orders;
mod rows;
mod searches;
mod whom;

use askama::Template as _;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use tokio::time::timeout;

pub(super) use handles::{Handles, masked};
pub(super) use list::{Column, LONGEST_SEARCH, PAGE, View, family_code};
use rows::{ListPage, PartPage};
pub(super) use searches::Searches;

use super::desk::Stations;
use super::frame::show;
use super::login::visit::{Stop, Visit};
use super::room::Room;
use super::zipped;
use crate::accounts::{Permission, Ticket};

type Answer = Result<Response, Stop>;
/// The fields of a form as they came; names may come several times.
type Fields = Vec<(String, String)>;

/// The screen's paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/stations", get(open).post(look))
        .route("/stations/rows", post(refresh))
        .route("/stations/act", post(act::choose))
        .route("/stations/do", post(act::carry_out))
        .route("/stations/unmask", post(act::unmask))
}

/// The list; `?state=blocked&order=usage-down&page=2` leads to a part of it. What is typed never stands in a path.
async fn open(visit: Visit, State(room): State<Room>, Query(fields): Query<Fields>) -> Answer {
    let ticket = visit.admit(Permission::SeeStations).await?;
    let plain = pairs(&fields).filter(|(name, _)| *name != "q");
    list(&visit, &room, &ticket, &View::of(plain), None).await
}

/// The list after a search, another order or another page.
async fn look(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::SeeStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let view = View::of(pairs(&fields));
    note_search(&visit, &room, &ticket, &view).await?;
    list(&visit, &room, &ticket, &view, None).await
}

/// The part of the page that changes by itself.
async fn refresh(
    visit: Visit,
    State(room): State<Room>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Answer {
    // A page that asks by itself keeps nobody in.
    let ticket = if field(&fields, "self") == "yes" {
        visit.admit_page(Permission::SeeStations).await?
    } else {
        visit.admit(Permission::SeeStations).await?
    };
    visit.check_form(field(&fields, "form"))?;
    let view = View::of(pairs(&fields));
    note_search(&visit, &room, &ticket, &view).await?;
    let stations = stations(&visit, &room).await?;
    let part = rows::part(&visit, &room, &ticket, &view, &stations);
    let html = PartPage { part }
        .render()
        .map_err(|error| visit.trouble(&error))?;
    // Fifty rows, every two seconds: on a bad line that is much, and there is no secret in them.
    Ok(zipped::text(&headers, "text/html; charset=utf-8", html))
}

/// Whoever searches for whole addresses can find out what is masked: each such search is noted, without what it was
/// for. The same one again, as by a page that brings itself up to date, tells nothing new.
async fn note_search(visit: &Visit, room: &Room, ticket: &Ticket, view: &View) -> Result<(), Stop> {
    let Some(kind) = view.whole() else {
        return Ok(());
    };
    if !room.searches.is_new(&ticket.session.id.0, &view.search) {
        return Ok(());
    }
    let user = ticket.user.name.as_str();
    let noted = visit.note_first(user, "station-search", kind).await;
    if noted.is_err() {
        room.searches.forget(&ticket.session.id.0, &view.search);
    }
    noted
}

/// The list, with a word about what went wrong.
async fn list(visit: &Visit, room: &Room, ticket: &Ticket, view: &View, wrong: Option<&str>) -> Answer {
    let stations = stations(visit, room).await?;
    let mut frame = visit.frame("stations-title", Some(ticket));
    frame.wrong = wrong.map(|word| visit.tongue.say(word));
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = ListPage {
        frame,
        choices: rows::choices(visit, room, view),
        part: rows::part(visit, room, ticket, view, &stations),
    };
    Ok(show(status, &page))
}

/// Every station.
async fn stations(visit: &Visit, room: &Room) -> Result<Stations, Stop> {
    match timeout(super::ANSWER_TIME, room.desk.stations()).await {
        Ok(Some(stations)) => Ok(stations),
        _ => Err(visit.no_answer()),
    }
}

/// The last value of a field; nothing where there is none.
fn field<'f>(fields: &'f Fields, name: &str) -> &'f str {
    let found = pairs(fields).filter(|(known, _)| *known == name).last();
    found.map(|(_, value)| value).unwrap_or_default()
}

fn pairs(fields: &Fields) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}
