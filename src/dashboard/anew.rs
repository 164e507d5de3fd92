//! Whoever confirms changed settings has to have come in over them: a connection that was there before them proves
//! nothing, and what it asks about a change that waits is asked again by another one.

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, header};

/// What is asked over new connections alone: where the name of a change is told, and where it is confirmed.
const PATHS: [&str; 6] = [
    "/settings/waiting",
    "/settings/confirm",
    "/page/waiting",
    "/page/confirm",
    "/api/v1/settings/waiting",
    "/api/v1/settings/confirm",
];

/// The answer to such a request over a connection from before the settings in force: the same again (RFC 9110,
/// section 15.4.8, method and body too), by a new one.
pub(super) fn ask_again<B>(request: &Request<B>) -> Option<Response<Body>> {
    let uri = request.uri();
    if !PATHS.contains(&uri.path()) {
        return None;
    }
    let place = uri.path_and_query().map_or(uri.path(), |place| place.as_str());
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(place).ok()?);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}
