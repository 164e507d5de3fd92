//! Pictures of crests: sent here, they lie beside the configuration file until somebody chooses one of them.

use std::path::PathBuf;

use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use super::parts::PAGE;
use super::preview::sent;
use super::{Answer, ask, tell, words};
use crate::accounts::{Permission, Ticket};
use crate::config::Config;
use crate::dashboard::login::visit::{Stop, Visit, go};
use crate::dashboard::room::Room;
use crate::dashboard::settings::desk::{Desk, Refusal};

/// Where they lie, beside the configuration file.
pub(in crate::dashboard) const CRESTS: &str = "crests";
/// The part of the page that they are chosen in.
const LOOK: &str = "look";
/// Longest form, bytes: what is far too large for a picture of a crest is told so in words.
const LONGEST: usize = 16 << 20;
const LOOK_PATH: &str = "/page/part/look";
/// Whatever is in a picture runs nothing and loads nothing, even opened by its address.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/page/crest", post(take).layer(DefaultBodyLimit::max(LONGEST)))
        .route("/page/crest/remove", post(remove))
        .route("/page/crest/{name}", get(picture))
}

/// Names of those that there are.
pub(in crate::dashboard) async fn crests(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
) -> Result<Vec<String>, Stop> {
    let file = PathBuf::from(room.keeper.name());
    let names = ask(visit, room, move |page| page.crests(&file)).await?;
    names.map_err(|refused| tell(visit, ticket, refused))
}

/// Names of those that nothing shows.
pub(in crate::dashboard) async fn unused_crests(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
) -> Result<Vec<String>, Stop> {
    let Some(used) = used(room) else {
        return Ok(Vec::new());
    };
    let file = PathBuf::from(room.keeper.name());
    let names = ask(visit, room, move |page| page.unused_crests(&file, &used)).await?;
    names.map_err(|refused| tell(visit, ticket, refused))
}

async fn picture(State(room): State<Room>, visit: Visit, Path(name): Path<String>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let file = PathBuf::from(room.keeper.name());
    let found = ask(&visit, &room, move |page| page.crest(&file, &name)).await?;
    let mut answer = sent(&visit, found.map_err(|refused| tell(&visit, &ticket, refused))?);
    if answer.status().is_success() {
        let policy = HeaderValue::from_static(POLICY);
        answer
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(answer)
}

/// What was sent.
#[derive(Default)]
struct Sent {
    form: String,
    name: String,
    bytes: Vec<u8>,
}

async fn take(State(room): State<Room>, visit: Visit, parts: Multipart) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    let sent = match read(parts).await {
        Ok(sent) => sent,
        Err(error) => {
            let is_large = error.status() == StatusCode::PAYLOAD_TOO_LARGE;
            let key = if is_large {
                "page-crest-large"
            } else {
                "page-crest-wrong"
            };
            let desk = Desk::open(&PAGE, (&room, &visit, &ticket), LOOK).await?;
            return Ok(desk.refuse(Refusal::Picture(visit.tongue.say(key))).await);
        }
    };
    visit.check_form(&sent.form)?;
    let file = PathBuf::from(room.keeper.name());
    let kept = ask(&visit, &room, move |page| {
        page.keep_crest(&file, &sent.name, &sent.bytes)
    });
    match kept.await? {
        Ok(name) => {
            visit.note(ticket.user.name.as_str(), "crest-add", &name).await;
            Ok(go(LOOK_PATH))
        }
        Err(refused) => {
            let desk = Desk::open(&PAGE, (&room, &visit, &ticket), LOOK).await?;
            let refusal = Refusal::Picture(words(visit.tongue, refused));
            Ok(desk.refuse(refusal).await)
        }
    }
}

/// Which one is to go.
#[derive(Deserialize)]
struct Gone {
    form: String,
    name: String,
}

async fn remove(State(room): State<Room>, visit: Visit, Form(gone): Form<Gone>) -> Answer {
    let ticket = visit.admit(Permission::EditPage).await?;
    visit.check_form(&gone.form)?;
    // What is undone brings back the crest that it took away.
    let why = if room.keeper.waiting().await.is_some() {
        visit.tongue.say("page-crest-waiting")
    } else if let Some(used) = used(&room) {
        let (file, name) = (PathBuf::from(room.keeper.name()), gone.name.clone());
        match ask(&visit, &room, move |page| page.remove_crest(&file, &name, &used)).await? {
            Ok(()) => {
                let who = ticket.user.name.as_str();
                visit.note(who, "crest-remove", &gone.name).await;
                return Ok(go(LOOK_PATH));
            }
            Err(refused) => words(visit.tongue, refused),
        }
    } else {
        visit.tongue.say("settings-file-wrong")
    };
    let desk = Desk::open(&PAGE, (&room, &visit, &ticket), LOOK).await?;
    Ok(desk.refuse(Refusal::Removal(why)).await)
}

/// The files that the settings name: those in force, and those of the file, which somebody may have changed by
/// hand. `None` where the file cannot be read, so that nobody knows.
fn used(room: &Room) -> Option<Vec<PathBuf>> {
    let text = room.keeper.text().ok()?;
    let written = Config::parse(&text, &room.keeper.name()).ok()?;
    let in_force = room.config.load_full();
    let networks = in_force.networks.iter().chain(&written.networks);
    let crests = networks.filter_map(|network| network.look.crest.clone());
    Some(crests.collect())
}

/// Bounded by [`LONGEST`].
async fn read(mut parts: Multipart) -> Result<Sent, MultipartError> {
    let mut sent = Sent::default();
    while let Some(part) = parts.next_field().await? {
        match part.name() {
            Some("form") => sent.form = part.text().await?,
            Some("picture") => {
                part.file_name().unwrap_or_default().clone_into(&mut sent.name);
                sent.bytes = part.bytes().await?.into();
            }
            _ => {}
        }
    }
    Ok(sent)
}
