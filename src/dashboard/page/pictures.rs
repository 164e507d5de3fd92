//! The picture of a published piece of news: sent by a form of its own, small enough for the page before it is kept.

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;

use super::contract::{Objection, SentPicture};
use super::{Answer, ask, published_page, tell};
use crate::accounts::{Permission, Ticket};
use crate::dashboard::login::visit::{Visit, go};
use crate::dashboard::room::Room;
use crate::model::ItemId;

/// Longest form, bytes: a larger picture is told so in words.
const LONGEST: usize = 8 << 20;

pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/page/picture", post(take).layer(DefaultBodyLimit::max(LONGEST)))
        .route("/page/picture/remove", post(remove))
}

/// What was sent.
#[derive(Default)]
struct Sent {
    form: String,
    id: String,
    alt: String,
    bytes: Vec<u8>,
    /// It was longer than [`LONGEST`].
    is_cut: bool,
}

async fn take(State(room): State<Room>, visit: Visit, parts: Multipart) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let sent = read(parts).await;
    visit.check_form(&sent.form)?;
    let objection = |key| Objection {
        field: "picture",
        key,
        count: 0,
    };
    let refused = match sent.id.parse::<ItemId>() {
        _ if sent.is_cut => Some(objection("page-picture-large")),
        Ok(id) => {
            let picture = SentPicture {
                bytes: sent.bytes,
                alt: sent.alt,
            };
            let kept = ask(&visit, &room, move |page| page.set_picture(&id, Some(picture)));
            kept.await?.err()
        }
        Err(_) => return Ok(go("/page")),
    };
    finish(&room, &visit, &ticket, ("news-picture", &sent.id), refused).await
}

/// Whose picture is to go.
#[derive(Deserialize)]
struct Gone {
    form: String,
    id: String,
}

async fn remove(State(room): State<Room>, visit: Visit, Form(gone): Form<Gone>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    visit.check_form(&gone.form)?;
    let Ok(id) = gone.id.parse::<ItemId>() else {
        return Ok(go("/page"));
    };
    let done = ask(&visit, &room, move |page| page.set_picture(&id, None)).await?;
    let did = ("news-picture-remove", gone.id.as_str());
    finish(&room, &visit, &ticket, did, done.err()).await
}

/// Notes what was done, or shows the form again with what was not.
async fn finish(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
    (did, id): (&'static str, &str),
    refused: Option<Objection>,
) -> Answer {
    match refused {
        None => {
            visit.note(ticket.user.name.as_str(), did, id).await;
            let place = [(header::LOCATION, format!("/page/write/news/{id}"))];
            Ok((StatusCode::SEE_OTHER, place).into_response())
        }
        // Somebody has taken it back meanwhile, or writes just now.
        Some(refused) if refused.field.is_empty() => Err(tell(visit, ticket, refused)),
        Some(refused) => {
            let own = ask(visit, room, |page| page.own()).await?;
            let own = own.map_err(|refused| tell(visit, ticket, refused))?;
            Ok(published_page(visit, ticket, room, &own, (id, Some(refused))))
        }
    }
}

/// What came of it, as far as it was read: the words stand before the picture.
async fn read(mut parts: Multipart) -> Sent {
    let mut sent = Sent::default();
    if let Err(error) = read_into(&mut sent, &mut parts).await {
        sent.is_cut = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
        sent.bytes.clear();
    }
    sent
}

/// Bounded by [`LONGEST`].
async fn read_into(sent: &mut Sent, parts: &mut Multipart) -> Result<(), MultipartError> {
    while let Some(part) = parts.next_field().await? {
        match part.name() {
            Some("form") => sent.form = part.text().await?,
            Some("id") => sent.id = part.text().await?,
            Some("alt") => sent.alt = part.text().await?,
            Some("picture") => sent.bytes = part.bytes().await?.into(),
            _ => {}
        }
    }
    Ok(())
}
