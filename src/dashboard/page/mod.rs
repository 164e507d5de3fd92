//! The page editor: urgent notices and news of the comune's own, services, texts and look, and people's page as a
//! phone shows it.
//!
//! | file | holds |
//! |---|---|
//! | `form` | what was typed, and the draft it makes |
//! | `preview` | people's page in a frame |
//! | `garden` | what is open before the tap, and why |
//! | `parts`, `crests` | what of the page is settings; pictures of crests |
//! | `pictures` | the picture of a piece of news |
//! | `contract` | whoever keeps news and notices |

mod contract;
mod crests;
mod form;
mod garden;
mod parts;
mod pictures;
mod preview;

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use serde::Deserialize;

pub use contract::{Draft, Fed, Loaded, Objection, PageBook, PageError, Piece, SentPicture, Sight};
pub(super) use crests::{CRESTS, crests, unused_crests};
use form::{COLORS, PictureForm, Typed, color_name, word_of};
pub(super) use garden::GardenSight;

use super::frame::{Frame, show};
use super::login::visit::{Stop, Visit, go};
use super::room::Room;
use super::settings::fields::PAGE_SECTIONS;
use super::settings::realm::told_waiting;
use super::settings::view::{Entry, Told, entries};
use super::turns::comes_twice;
use super::words::Tongue;
use crate::accounts::{Permission, Ticket};
use crate::config::Config;
use crate::model::{ItemId, NOTICE_CHARACTERS, NetworkId};

/// Longest form, bytes: ten thousand characters of news, each written as several.
const FORM: usize = 256 * 1_024;
/// As every page's, but with a frame of our own in it.
const WITH_FRAME: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                          form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

type Answer = Result<Response, Stop>;

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/page", get(overview))
        .route("/page/write/{piece}", get(write_new))
        .route("/page/write/{piece}/{id}", get(write_old))
        .route("/page/publish", post(publish))
        .route("/page/withdraw", post(withdraw))
        .route("/page/pin", post(pin))
        .route("/page/restore", post(restore))
        .merge(preview::router())
        .merge(parts::router())
        .merge(crests::router())
        .merge(pictures::router())
        .merge(garden::router())
        .layer(DefaultBodyLimit::max(FORM))
}

/// Something that people see, or will.
struct Row {
    id: String,
    line: String,
    color: String,
    color_word: String,
    marks: Vec<String>,
    pinned: bool,
}

#[derive(Template)]
#[template(path = "dashboard/page.html")]
struct Overview {
    frame: Frame,
    parts: Vec<Entry>,
    waiting: Option<Told>,
    notices: Vec<Row>,
    news: Vec<Row>,
    fed: Vec<Fed>,
    networks: Vec<NetworkRow>,
}

/// What people of a network see now.
struct NetworkRow {
    id: String,
    name: String,
    notices: Vec<String>,
    news: Vec<String>,
}

impl Fed {
    /// As forms say it.
    const fn word(&self) -> &'static str {
        word_of(self.piece)
    }
}

#[derive(Template)]
#[template(path = "dashboard/page_form.html")]
struct Write {
    frame: Frame,
    typed: Typed,
    /// Whether begin and end are in the hour that comes twice.
    twice: [bool; 2],
    /// The picture's own form, of published news.
    picture: Option<PictureForm>,
    is_notice: bool,
    most: usize,
    colors: Vec<(&'static str, String)>,
    networks: Vec<(String, String)>,
    /// Networks of a published piece that are in the configuration no more.
    gone: Vec<String>,
    refused: Option<Objection>,
    told: String,
}

impl Write {
    /// Whether a field is the wrong one.
    fn is_wrong(&self, field: &str) -> bool {
        self.refused.is_some_and(|refused| refused.field == field)
    }

    fn has_network(&self, id: &str) -> bool {
        self.typed.networks.contains(id)
    }
}

async fn overview(State(room): State<Room>, visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    show_overview(&room, &visit, &ticket, StatusCode::OK, None).await
}

/// The overview, with what was done or what went wrong.
async fn show_overview(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
    status: StatusCode,
    told: Option<Result<String, String>>,
) -> Answer {
    let known = ask(visit, room, |page| Ok((page.own()?, page.fed()?))).await?;
    let (own, fed) = known.map_err(|refused| tell(visit, ticket, refused))?;
    let (config, now) = (room.config.load_full(), (room.clock)().wall);
    let board = room.page.shown();
    let rows = |piece: Piece| -> Vec<Row> {
        let own = own.iter().filter(|draft| draft.piece == piece);
        own.map(|draft| row(draft, &config, visit.tongue, now)).collect()
    };
    let seen = |network: NetworkId| {
        (
            board
                .notices(network, now)
                .map(|notice| notice.text.clone())
                .collect(),
            board.items(network, now).map(|item| item.title.clone()).collect(),
        )
    };
    let networks = config.networks.iter().map(|network| {
        let (notices, news) = seen(network.id);
        NetworkRow {
            id: network.id.to_string(),
            name: network.name.clone(),
            notices,
            news,
        }
    });
    let page = Overview {
        frame: visit.frame("page-title", Some(ticket)).telling(told),
        parts: entries(&PAGE_SECTIONS, visit.tongue),
        waiting: told_waiting(&parts::PAGE, room, visit).await,
        notices: rows(Piece::Notice),
        news: rows(Piece::News),
        fed,
        networks: networks.collect(),
    };
    Ok(with_frame(show(status, &page)))
}

fn row(draft: &Draft, config: &Config, tongue: Tongue, now: Timestamp) -> Row {
    let zone = config.gateway.time_zone.jiff();
    let mut marks = Vec::new();
    let mut mark = |key: &str, what: String| {
        marks.push(tongue.with(key, &[("what", FluentValue::from(what))]));
    };
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string();
    if let Some(from) = draft.from.filter(|from| *from > now) {
        mark("page-mark-from", local(from));
    }
    if let Some(until) = draft.until {
        let key = if until <= now {
            "page-mark-over"
        } else {
            "page-mark-until"
        };
        mark(key, local(until));
    }
    if !draft.networks.is_empty() {
        let names: Vec<&str> = draft.networks.iter().map(NetworkId::as_str).collect();
        mark("page-mark-only", names.join(", "));
    }
    let color = color_name(draft.color);
    Row {
        id: draft
            .id
            .as_ref()
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default(),
        line: draft.line.clone(),
        color: color.to_owned(),
        color_word: tongue.say(&format!("page-color-{color}")),
        marks,
        pinned: draft.pinned,
    }
}

async fn write_new(State(room): State<Room>, visit: Visit, Path(piece): Path<String>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let fields = vec![
        ("piece".to_owned(), piece),
        ("lang".to_owned(), "it".to_owned()),
        ("color".to_owned(), "yellow".to_owned()),
    ];
    Ok(form_page(&visit, &ticket, &room, Typed::of(fields), None))
}

async fn write_old(State(room): State<Room>, visit: Visit, Path((_, id)): Path<(String, String)>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let own = ask(&visit, &room, |page| page.own()).await?;
    let own = own.map_err(|refused| tell(&visit, &ticket, refused))?;
    Ok(published_page(&visit, &ticket, &room, &own, (&id, None)))
}

/// The form of something that is published, with what was refused about it.
fn published_page(
    visit: &Visit,
    ticket: &Ticket,
    room: &Room,
    own: &[Draft],
    (id, refused): (&str, Option<Objection>),
) -> Response {
    let is_it = |draft: &&Draft| draft.id.as_ref().is_some_and(|known| known.as_str() == id);
    let Some(draft) = own.iter().find(is_it) else {
        return go("/page");
    };
    let config = room.config.load_full();
    let typed = Typed::of_draft(draft, &config.gateway.time_zone);
    form_page(visit, ticket, room, typed, refused)
}

fn form_page(
    visit: &Visit,
    ticket: &Ticket,
    room: &Room,
    typed: Typed,
    refused: Option<Objection>,
) -> Response {
    let config = room.config.load_full();
    let is_notice = typed.piece() == Piece::Notice;
    let title = if is_notice {
        "page-notice-title"
    } else {
        "page-news-title"
    };
    let mut frame = visit.frame(title, Some(ticket));
    let told = refused.map(|refused| words(visit.tongue, refused));
    frame.wrong.clone_from(&told);
    let zone = &config.gateway.time_zone;
    let page = Write {
        frame,
        picture: typed.picture(),
        gone: {
            let is_gone = |id: &&String| {
                config
                    .networks
                    .iter()
                    .all(|network| network.id.as_str() != id.as_str())
            };
            typed.networks.iter().filter(is_gone).cloned().collect()
        },
        twice: ["begin", "end"].map(|field| comes_twice(typed.get(field), zone)),
        typed,
        is_notice,
        most: NOTICE_CHARACTERS,
        colors: COLORS
            .iter()
            .map(|(name, _)| (*name, visit.tongue.say(&format!("page-color-{name}"))))
            .collect(),
        networks: config
            .networks
            .iter()
            .map(|network| (network.id.to_string(), network.name.clone()))
            .collect(),
        refused,
        told: told.unwrap_or_default(),
    };
    let status = if refused.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    with_frame(show(status, &page))
}

async fn publish(
    State(room): State<Room>,
    visit: Visit,
    Form(fields): Form<Vec<(String, String)>>,
) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let typed = Typed::of(fields);
    visit.check_form(typed.get("form"))?;
    let (config, now) = (room.config.load_full(), (room.clock)().wall);
    let draft = match typed.draft(&config) {
        Ok(draft) => draft,
        Err(refused) => return Ok(form_page(&visit, &ticket, &room, typed, Some(refused))),
    };
    let did = match (draft.piece, draft.id.is_some()) {
        (Piece::Notice, false) => "notice-add",
        (Piece::Notice, true) => "notice-change",
        (Piece::News, false) => "news-add",
        (Piece::News, true) => "news-change",
    };
    match ask(&visit, &room, move |page| page.publish(&config, draft, now)).await? {
        Ok(id) => {
            visit.note(ticket.user.name.as_str(), did, id.as_str()).await;
            Ok(go("/page"))
        }
        Err(refused) => Ok(form_page(&visit, &ticket, &room, typed, Some(refused))),
    }
}

#[derive(Deserialize)]
struct Named {
    form: String,
    piece: String,
    id: String,
    #[serde(default)]
    first: String,
}

async fn withdraw(State(room): State<Room>, visit: Visit, Form(named): Form<Named>) -> Answer {
    let (piece, did) = match named.piece.as_str() {
        "news" => (Piece::News, "news-withdraw"),
        _ => (Piece::Notice, "notice-withdraw"),
    };
    act(&room, &visit, named, did, move |page, id| {
        page.withdraw(piece, id)
    })
    .await
}

async fn restore(State(room): State<Room>, visit: Visit, Form(named): Form<Named>) -> Answer {
    let did = match named.piece.as_str() {
        "news" => "news-restore",
        _ => "notice-restore",
    };
    act(&room, &visit, named, did, |page, id| page.restore(id)).await
}

async fn pin(State(room): State<Room>, visit: Visit, Form(named): Form<Named>) -> Answer {
    let first = named.first == "yes";
    let did = if first { "news-pin" } else { "news-unpin" };
    act(&room, &visit, named, did, move |page, id| page.pin(id, first)).await
}

/// Does something with a piece, and notes it. A name that is none is nothing that anybody sees.
async fn act(
    room: &Room,
    visit: &Visit,
    named: Named,
    did: &'static str,
    act: impl FnOnce(&dyn PageBook, &ItemId) -> Result<(), PageError> + Send + 'static,
) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    visit.check_form(&named.form)?;
    if let Ok(id) = named.id.parse::<ItemId>() {
        let done = ask(visit, room, move |page| act(page, &id)).await?;
        done.map_err(|refused| tell(visit, &ticket, refused))?;
        visit.note(ticket.user.name.as_str(), did, &named.id).await;
    }
    Ok(go("/page"))
}

/// May have a frame of our own in it.
pub(super) fn with_frame(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(WITH_FRAME);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// What was refused, as a page where there is no form to show again.
fn tell(visit: &Visit, ticket: &Ticket, refused: Objection) -> Stop {
    visit.objection(ticket, "page-title", words(visit.tongue, refused))
}

fn words(tongue: Tongue, refused: Objection) -> String {
    let count = u64::try_from(refused.count).unwrap_or(u64::MAX);
    tongue.count(refused.key, count)
}

/// Asks the book, which may have to wait for the disk.
async fn ask<T: Send + 'static>(
    visit: &Visit,
    room: &Room,
    question: impl FnOnce(&dyn PageBook) -> Result<T, PageError> + Send + 'static,
) -> Result<Result<T, Objection>, Stop> {
    let page = Arc::clone(&room.page);
    let answer = tokio::task::spawn_blocking(move || question(&*page)).await;
    match answer {
        Ok(Ok(done)) => Ok(Ok(done)),
        Ok(Err(PageError::Refused(refused))) => Ok(Err(refused)),
        Ok(Err(PageError::Fault(error))) => Err(out_of_order(visit, &error)),
        Err(error) => Err(out_of_order(visit, &error.to_string())),
    }
}

fn out_of_order(visit: &Visit, error: &str) -> Stop {
    tracing::error!(error, "the editor's file could not be used");
    visit.unanswered()
}
