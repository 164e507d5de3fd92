//! Style and scripts of the pages, built into the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use flate2::Compression;
use sha2::{Digest as _, Sha256};

use super::zipped;
use crate::accounts::hex;

const STYLE_PATH: &str = "/assets/dashboard.css";

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

/// An asset as it goes over the line: the same until the program changes.
struct Asset {
    kind: &'static str,
    plain: &'static str,
    gzip: Vec<u8>,
    /// Its entity tag.
    tag: String,
}

/// By their paths; compressed once.
static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> = LazyLock::new(|| {
    let style = std::iter::once((STYLE_PATH, "text/css", STYLE));
    let scripts = SCRIPTS
        .into_iter()
        .map(|(path, script)| (path, "text/javascript", script));
    let assets = style.chain(scripts).map(|(path, kind, plain)| {
        let digest = Sha256::digest(plain);
        let asset = Asset {
            kind,
            plain,
            gzip: zipped::gzip(plain.as_bytes(), Compression::best()).unwrap_or_default(),
            tag: format!("\"{}\"", hex(digest.get(..8).unwrap_or_default())),
        };
        (path, asset)
    });
    assets.collect()
});

/// Their paths.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, (path, asset)| {
        router.route(path, get(async move |headers: HeaderMap| asset.answer(&headers)))
    })
}

impl Asset {
    /// Kept for ten minutes, and then asked for again by its tag.
    fn answer(&self, headers: &HeaderMap) -> Response {
        let known = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|tag| tag.to_str().ok());
        let kept = [
            (header::CACHE_CONTROL, "max-age=600"),
            (header::ETAG, self.tag.as_str()),
        ];
        if known.is_some_and(|known| known.contains(&self.tag)) {
            return (StatusCode::NOT_MODIFIED, kept).into_response();
        }
        let kind = [(header::CONTENT_TYPE, self.kind)];
        if self.gzip.is_empty() || !zipped::takes_gzip(headers) {
            return (kind, kept, self.plain).into_response();
        }
        let mut answer = (kind, kept, self.gzip.clone()).into_response();
        zipped::mark(&mut answer);
        answer
    }
}
