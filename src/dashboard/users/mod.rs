//! Users: who may administer, with which role; their passwords, second factors and sessions. The rules are those
//! of `accounts::office`, as for `portico user`.
//!
//! | file | holds |
//! |---|---|
//! | `list` | everybody, and whoever is new |
//! | `user` | one of them |
//! | `view` | what is shown |

mod list;
mod user;
mod view;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::frame::Frame;
use super::login::visit::{Stop, Visit};
use super::room::Room;
use crate::accounts::Ticket;
use crate::accounts::office::Denied;
use view::Fault;

/// Longest form, bytes.
const FORM: usize = 8 * 1_024;

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/users", get(list::page))
        .route("/users/add", post(list::add))
        .route("/users/user/{name}", get(user::page).post(user::change))
        .layer(DefaultBodyLimit::max(FORM))
}

/// What went wrong: status, words, and the field that they are about.
struct Wrong {
    status: StatusCode,
    text: String,
    field: &'static str,
}

impl Wrong {
    fn field(visit: &Visit, field: &'static str, key: &str) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            text: visit.tongue.say(key),
            field,
        }
    }

    fn of(visit: &Visit, denied: &Denied) -> Self {
        match denied {
            Denied::Taken(_) => Self::field(visit, "name", "users-taken"),
            Denied::Missing(_) => Self::field(visit, "", "users-missing"),
            Denied::LastAdmin(_) | Denied::Gains(_) => Self::field(visit, "role", "users-last-admin"),
        }
    }
}

/// Puts what was done, or what went wrong, above a page: its status, and what stands at a field.
fn put(frame: &mut Frame, told: Result<Option<String>, Wrong>) -> (StatusCode, Option<Fault>) {
    match told {
        Ok(done) => {
            frame.done = done;
            (StatusCode::OK, None)
        }
        Err(wrong) => {
            let fault = Fault::of(&wrong);
            frame.wrong = Some(wrong.text);
            (wrong.status, fault)
        }
    }
}

/// Whether the administrator's own password is right: an open browser that somebody finds makes nobody an
/// administrator.
async fn confirm(visit: &Visit, ticket: &Ticket, own: String) -> Result<Result<(), Wrong>, Stop> {
    let outcome = visit.confirm(ticket, own).await?;
    Ok(outcome.map_err(|refusal| {
        let (status, text) = visit.refusal(refusal, "password-wrong");
        Wrong {
            status,
            text,
            field: "own",
        }
    }))
}
