//! Answers: status, headers and body, always with the headers that keep them from being cached,
//! framed or sniffed.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::pages::CSS_HASH;

/// Bodies are whole: the largest page is a few kilobytes.
pub(super) type Reply = Response<Full<Bytes>>;

/// The Commission's hosts for the banner and the visit counter.
const COLLECTOR: &str = "https://collection.wifi4eu.ec.europa.eu";
const COUNTER: &str = "https://wifi4eucollectorprod.azurewebsites.net";

/// A bare answer that nobody may keep.
pub(super) fn plain(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    reply
}

/// A short sentence for machines.
pub(super) fn sentence(status: StatusCode, text: &'static str) -> Reply {
    plain(status, "text/plain; charset=utf-8", text)
}

/// A page. `nonce` is the one of the Commission's snippet, when the page has it.
pub(super) fn page(status: StatusCode, html: String, nonce: Option<&str>) -> Reply {
    let mut reply = plain(status, "text/html; charset=utf-8", html);
    let policy = match nonce {
        None => format!(
            "default-src 'none'; style-src {}; img-src 'self'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'",
            *CSS_HASH
        ),
        Some(nonce) => format!(
            "default-src 'none'; style-src {}; img-src 'self' {COLLECTOR}; \
             script-src 'nonce-{nonce}' {COLLECTOR}; connect-src {COLLECTOR} {COUNTER}; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            *CSS_HASH
        ),
    };
    set(&mut reply, header::CONTENT_SECURITY_POLICY, &policy);
    // Not `no-referrer`: that makes browsers send `Origin: null` with our own forms.
    set(&mut reply, header::REFERRER_POLICY, "same-origin");
    reply
}

/// A redirect without a page: answers to forms, and moves within the portal.
pub(super) fn redirect(status: StatusCode, location: &str) -> Reply {
    let mut reply = plain(status, "text/plain; charset=utf-8", Bytes::new());
    set(&mut reply, header::LOCATION, location);
    reply
}

/// Sets a header; a value that no header can hold leaves it out.
pub(super) fn set(reply: &mut Reply, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        reply.headers_mut().insert(name, value);
    }
}

/// Ends the connection after this answer.
pub(super) fn closing(mut reply: Reply) -> Reply {
    set(&mut reply, header::CONNECTION, "close");
    reply
}
