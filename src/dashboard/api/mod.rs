//! The dashboard's actions for programs: JSON over HTTP, versioned, by tokens of limited scope.
//!
//! ```text
//!  request ──► call: token, scope, limits ──► input: read strictly ──► handler ──► the services of the screens
//!                        │                          │                     │
//!  problem (RFC 9457) ◄──┴──────────────────────────┴─────────────────────┘
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `routes` | a route and its lines in the OpenAPI document, made at once |
//! | `call` | who calls, and what they may |
//! | `input` | bodies, parameters and names |
//! | `problem` | what is told when something is not done |
//! | `status` | how the gateway and its networks stand |
//! | `networks` | what is wrong, duties, access points, what is open before the tap |
//! | `works` | announced works |
//! | `stations`, `orders` | the list of stations, and orders about them |
//! | `settings` | the configuration file, and changes of it |
//! | `news`, `feeds` | news and notices of the comune's own; what feeds have brought |
//! | `exports` | figures to be taken away |
//! | `audit` | the audit log |
//! | `people` | users, their tokens, one's own token |

mod audit;
mod call;
mod exports;
mod feeds;
mod input;
mod networks;
mod news;
mod orders;
mod people;
mod problem;
mod routes;
mod settings;
mod stations;
mod status;
mod works;

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::{Json, Router};
use utoipa::ToSchema;

use super::room::Room;
use input::Named;
use problem::{Kind, Problem, Written};
use routes::{BASE, Deed, Routes, Segment};

/// Longest body, bytes.
const BODY: usize = 16 * 1_024;

/// What describes the API, as text; put there when all routes are known.
type Described = Arc<OnceLock<Bytes>>;

/// Its paths.
pub(super) fn router(room: Room) -> Router {
    let described = Described::default();
    let table = add_own(Routes::new(&room), &described);
    let table = works::add(networks::add(status::add(table)));
    let table = orders::add(stations::add(table));
    let table = exports::add(feeds::add(news::add(settings::add(table))));
    let (router, document) = audit::add(people::add(table)).finish();
    match document.to_json() {
        Ok(text) => drop(described.set(text.into())),
        Err(error) => tracing::error!(%error, "the API cannot be described"),
    }
    let inner = router.layer(DefaultBodyLimit::max(BODY));
    Router::new().nest(BASE, inner).with_state(room)
}

/// What the API tells of itself.
fn add_own(routes: Routes, described: &Described) -> Routes {
    let described = Arc::clone(described);
    let describe = async move || {
        let text = described.get().cloned();
        let text = text.ok_or_else(Problem::unavailable)?;
        Ok::<_, Problem>(([(header::CONTENT_TYPE, "application/json")], text))
    };
    routes
        .add(
            Deed::open("/openapi.json", "getDescription", "This description")
                .answers::<Document>(StatusCode::OK, "OpenAPI 3.1.")
                .refuses(Kind::Unavailable),
            describe,
        )
        .add(
            Deed::open("/problems/{kind}", "getProblem", "What a kind of problem means")
                .of(KIND)
                .answers::<Written>(StatusCode::OK, "As it is told when it comes up."),
            explain,
        )
}

const KIND: Segment = Segment {
    name: "kind",
    about: "The last part of a problem's type.",
    pattern: "^[a-z-]{1,20}$",
};

/// OpenAPI 3.1.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its description is used")]
struct Document {
    /// Version of OpenAPI.
    #[schema(example = "3.1.0")]
    openapi: String,
}

/// A kind of problem, for whoever follows its address.
async fn explain(Named(name): Named<String>) -> Result<Json<Written>, Problem> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.map(|kind| Json(Written::of(kind)))
        .ok_or_else(|| Problem::new(Kind::NotFound))
}
