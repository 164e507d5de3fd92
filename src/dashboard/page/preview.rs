//! People's page in a frame, as a phone shows it: as it is, or as it would be with what somebody is writing.
//!
//! The form's second button sends the same form to the frame, which needs no script. The answer is [`Framed`]: our
//! own pages alone may frame it, and nothing in it can act. What it loads besides itself (typeface, banner, pictures
//! of the news) it finds here under the names that the portal gives it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use super::contract::{Draft, Loaded, Objection, Sight};
use super::form::Typed;
use super::{Answer, ask, tell, words};
use crate::accounts::Permission;
use crate::config::Config;
use crate::dashboard::gate::Framed;
use crate::dashboard::login::visit::Visit;
use crate::dashboard::room::Room;
use crate::model::ItemId;

/// Where the page of a network is.
const PATH: &str = "/page/preview";

const UNKNOWN: Objection = Objection {
    field: "network",
    key: "page-network-wrong",
    count: 0,
};

pub(super) fn router() -> Router<Room> {
    Router::new()
        .route(PATH, get(first).post(draft))
        .route("/page/preview/{network}", get(of_network))
        .route("/assets/{name}", get(asset))
        .route("/pictures/{name}", get(picture))
}

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    lang: String,
}

async fn first(State(room): State<Room>, visit: Visit, Query(which): Query<Which>) -> Answer {
    visit.admit(Permission::EditPage).await?;
    let config = room.config.load_full();
    render(&visit, &room, config, ("", &which.lang), None).await
}

async fn of_network(
    State(room): State<Room>,
    visit: Visit,
    Path(network): Path<String>,
    Query(which): Query<Which>,
) -> Answer {
    visit.admit(Permission::EditPage).await?;
    let config = room.config.load_full();
    render(&visit, &room, config, (&network, &which.lang), None).await
}

async fn draft(State(room): State<Room>, visit: Visit, Form(fields): Form<Vec<(String, String)>>) -> Answer {
    visit.admit(Permission::EditPage).await?;
    let typed = Typed::of(fields);
    visit.check_form(typed.get("form"))?;
    let config = room.config.load_full();
    match typed.draft(&config) {
        Ok(mut draft) => {
            // As it will be once it has begun.
            let begins = |from| draft.until.is_none_or(|until| from < until);
            draft.from = draft.from.filter(|from| !begins(*from));
            let wanted = typed.networks.first().cloned().unwrap_or_default();
            render(&visit, &room, config, (&wanted, ""), Some(draft)).await
        }
        Err(refused) => Ok(framed_words(&words(visit.tongue, refused))),
    }
}

/// The page of a network, or of the first, in a language.
pub(super) async fn render(
    visit: &Visit,
    room: &Room,
    config: Arc<Config>,
    (network, lang): (&str, &str),
    draft: Option<Draft>,
) -> Answer {
    let now = (room.clock)().wall;
    let mut networks = config.networks.iter();
    let known = networks.find(|known| network.is_empty() || known.id.as_str() == network);
    let Some(network) = known.map(|network| network.id) else {
        return Ok(framed_words(&words(visit.tongue, UNKNOWN)));
    };
    let sight = Sight {
        network,
        lang: lang.to_owned(),
        path: format!("{PATH}/{network}"),
    };
    let made = ask(visit, room, move |page| page.preview(&config, &sight, draft, now));
    Ok(match made.await? {
        Ok(html) => framed("text/html; charset=utf-8", html, StatusCode::OK),
        Err(refused) => framed_words(&words(visit.tongue, refused)),
    })
}

/// Why there is no page.
pub(super) fn framed_words(text: &str) -> Response {
    framed(
        "text/plain; charset=utf-8",
        text.to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY,
    )
}

fn framed(kind: &'static str, content: String, status: StatusCode) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, kind)], content).into_response();
    response.extensions_mut().insert(Framed);
    response
}

async fn asset(State(room): State<Room>, visit: Visit, Path(name): Path<String>) -> Answer {
    visit.admit(Permission::EditPage).await?;
    Ok(sent(&visit, room.page.asset(&name)))
}

/// By its name, with whatever ending.
async fn picture(State(room): State<Room>, visit: Visit, Path(name): Path<String>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let id = name.split('.').next().and_then(|id| id.parse::<ItemId>().ok());
    let Some(id) = id else {
        return Ok(visit.missing());
    };
    let found = ask(&visit, &room, move |page| page.picture(&id)).await?;
    Ok(sent(
        &visit,
        found.map_err(|refused| tell(&visit, &ticket, refused))?,
    ))
}

pub(super) fn sent(visit: &Visit, loaded: Option<Loaded>) -> Response {
    let Some(Loaded { media_type, bytes }) = loaded else {
        return visit.missing();
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "private, max-age=600"),
    ];
    (headers, bytes).into_response()
}
