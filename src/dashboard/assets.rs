//! Style and scripts of the pages, built into the program.

use axum::Router;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;

/// One sheet of all screens: it is asked for once.
const STYLE: &str = concat!(
    include_str!("../../templates/dashboard/dashboard.css"),
    include_str!("../../templates/dashboard/now.css"),
    include_str!("../../templates/dashboard/stations.css"),
    include_str!("../../templates/dashboard/page.css"),
    include_str!("../../templates/dashboard/figures.css"),
    include_str!("../../templates/dashboard/settings.css"),
    include_str!("../../templates/dashboard/tokens.css"),
);

/// Rows that bring themselves up to date.
const STATIONS: &str = include_str!("../../templates/dashboard/stations.js");

/// Their paths.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/dashboard.css", get(async || asset("text/css", STYLE)))
        .route(
            "/assets/stations.js",
            get(async || asset("text/javascript", STATIONS)),
        )
}

/// An asset: the same until the program changes.
fn asset(kind: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (headers, content)
}
