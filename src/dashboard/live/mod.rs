//! Pages that follow what happens: `GET /live` tells by server-sent events (HTML, section 9.2) what every two
//! seconds brings, as long as the session is in force.
//!
//! ```text
//!             every 2 s: pulse ──► history (10 minutes, for charts)
//!  desk ◄───┤
//!             while somebody watches: look ──► moment ──► one text for each language, shared by all viewers
//! ```
//!
//! A viewer that is slow gets the newest when it is ready, and nothing of what lay between.
//!
//! | file | holds |
//! |---|---|
//! | `history` | what moved in the last minutes |
//! | `hub` | the one task that asks, and the viewers' places |
//! | `stream` | what one viewer is sent |

mod history;
mod hub;
mod stream;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::sync::mpsc;

pub(super) use history::Point;
#[cfg(test)]
pub(super) use history::{Lately, Rates};
pub(super) use hub::{Hub, Moment};

use super::login::visit::{Stop, Visit};
use super::room::Room;
use crate::accounts::Permission;

/// Its path.
pub(super) fn router() -> Router<Room> {
    Router::new().route("/live", get(live))
}

async fn live(State(room): State<Room>, visit: Visit) -> Result<Response, Stop> {
    // A page that asks by itself keeps nobody in. Who was in is told that it is over: led elsewhere, the browser would
    // say that the line is bad.
    let kind = [(header::CONTENT_TYPE, "text/event-stream")];
    if let Err(stop) = visit.admit_page(Permission::SeeStatus).await {
        let answer = stop.into_response();
        let place = answer.headers().get(header::LOCATION);
        let is_over = place.is_some_and(|place| place.as_bytes().ends_with(b"?ended"));
        return Ok(if is_over {
            (kind, stream::END).into_response()
        } else {
            answer
        });
    }
    let tongue = visit.tongue;
    let (Some(viewer), Some(guest)) = (room.hub.enter(), visit.watched(Permission::SeeStatus)) else {
        let words = tongue.say("live-full");
        return Ok((StatusCode::SERVICE_UNAVAILABLE, words).into_response());
    };
    let (frames, taken) = mpsc::channel(1);
    tokio::spawn(stream::tell(viewer, tongue, frames, guest));
    Ok((kind, Body::new(stream::Frames::new(taken))).into_response())
}
