//! Settings: forms that write the same file as an editor does, show the difference before anything happens, and
//! are undone by themselves unless somebody confirms them.
//!
//! | file | holds |
//! |---|---|
//! | `fields` | which settings there are forms for |
//! | `form`, `phrases`, `order` | what was typed, and the changes it wishes |
//! | `desk`, `realm` | a section's form over the file, and whose forms there are |
//! | `sheet`, `view` | what is shown |
//! | `pages` | overview, a section, the difference |
//! | `waiting` | a change that waits for its word |
//! | `files` | what is wrong or doubtful about the files that it names |
//! | `keeper` | whoever keeps the file |

pub(super) mod desk;
pub(super) mod fields;
pub(super) mod files;
mod form;
pub(super) mod keeper;
mod order;
pub(super) mod pages;
mod phrases;
pub(super) mod realm;
mod sheet;
pub(super) mod view;
pub(super) mod waiting;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::room::Room;
use super::words::Tongue;
use keeper::Refused;
pub(super) use view::digest;

/// Longest form, bytes: a page of many networks with a schedule each.
const FORM: usize = 512 * 1_024;

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/settings", get(pages::overview))
        .route("/settings/waiting", get(waiting::page))
        .route("/settings/confirm", post(waiting::confirm))
        .route("/settings/undo", post(waiting::undo))
        .route(
            "/settings/section/{name}",
            get(pages::section).post(pages::preview),
        )
        .route("/settings/section/{name}/apply", post(pages::apply))
        .layer(DefaultBodyLimit::max(FORM))
}

/// Status and words of what was refused.
pub(super) fn words_of(tongue: Tongue, refused: &Refused) -> (StatusCode, String) {
    let say = |key| tongue.say(key);
    match refused {
        Refused::Elsewhere => (StatusCode::CONFLICT, say("settings-elsewhere")),
        Refused::Busy => (StatusCode::CONFLICT, say("settings-busy")),
        Refused::Over => (StatusCode::CONFLICT, say("settings-over")),
        Refused::File(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{} {why}", say("settings-file-wrong")),
        ),
        Refused::Wrong(why) => (StatusCode::UNPROCESSABLE_ENTITY, why.clone()),
        Refused::Undone(why) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("{} {why}", say("settings-refused")),
        ),
        Refused::NotYet(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("{} {why}", say("settings-not-yet")),
        ),
    }
}
