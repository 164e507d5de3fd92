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
    include_str!("../../templates/dashboard/vendor/uplot.css"),
);

/// What makes pages live, and draws their charts (uPlot, MIT licence, beside it).
const SCRIPTS: [(&str, &str); 5] = [
    (
        "/assets/live.js",
        include_str!("../../templates/dashboard/live.js"),
    ),
    (
        "/assets/uplot.js",
        include_str!("../../templates/dashboard/vendor/uplot.js"),
    ),
    // Characters as they are typed.
    (
        "/assets/page.js",
        include_str!("../../templates/dashboard/page.js"),
    ),
    // Rows that bring themselves up to date.
    (
        "/assets/stations.js",
        include_str!("../../templates/dashboard/stations.js"),
    ),
    // Counts down while changed settings wait for a word.
    (
        "/assets/settings.js",
        include_str!("../../templates/dashboard/settings.js"),
    ),
];

/// Their paths.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let style = Router::new().route("/assets/dashboard.css", get(async || asset("text/css", STYLE)));
    SCRIPTS.into_iter().fold(style, |router, (path, script)| {
        router.route(path, get(async move || asset("text/javascript", script)))
    })
}

/// An asset: the same until the program changes.
fn asset(kind: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (headers, content)
}
