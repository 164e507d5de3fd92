//! Answers: status, headers and body, always with the headers that keep them from being framed or
//! sniffed, and from being kept unless they may be.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::compressed::Filling;
use super::request::Manner;
use super::sheets::Sheet;

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

/// A page that nobody may keep. `nonce` is the one of the Commission's snippet, when the page has it.
pub(super) fn page(
    status: StatusCode,
    sheet: &Sheet,
    manner: &Manner,
    filling: &Filling<'_>,
    nonce: Option<&str>,
) -> Reply {
    let body = sheet.body(manner.gzip, filling);
    let mut reply = plain(status, "text/html; charset=utf-8", body);
    describe(&mut reply, sheet, nonce);
    code(&mut reply, manner.gzip);
    vary(&mut reply, "Accept-Encoding, Accept-Language");
    reply
}

/// A page that is the same at each visit: browsers keep it and ask whether it is still good.
pub(super) fn document(sheet: &Sheet, manner: &Manner) -> Reply {
    let tag = sheet.tag(manner.gzip);
    let mut reply = if manner.knows(&tag) {
        unchanged()
    } else {
        page(StatusCode::OK, sheet, manner, &Filling::default(), None)
    };
    set(&mut reply, header::ETAG, &tag);
    set(&mut reply, header::CACHE_CONTROL, "private, no-cache");
    vary(&mut reply, "Accept-Encoding, Accept-Language");
    reply
}

/// "You have it already."
pub(super) fn unchanged() -> Reply {
    let mut reply = plain(StatusCode::NOT_MODIFIED, "text/html; charset=utf-8", Bytes::new());
    reply.headers_mut().remove(header::CONTENT_TYPE);
    reply
}

/// Says that the body is compressed, if it is.
pub(super) fn code(reply: &mut Reply, gzip: bool) {
    if gzip {
        set(reply, header::CONTENT_ENCODING, "gzip");
    }
}

/// Says what the answer was chosen by.
pub(super) fn vary(reply: &mut Reply, by: &'static str) {
    reply
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static(by));
}

/// What a page may load and who may frame it.
fn describe(reply: &mut Reply, sheet: &Sheet, nonce: Option<&str>) {
    let styles = if sheet.styles.is_empty() {
        "'none'"
    } else {
        &sheet.styles
    };
    let (images, scripts) = match nonce {
        None => (String::new(), String::new()),
        Some(nonce) => (
            format!(" {COLLECTOR}"),
            format!("script-src 'nonce-{nonce}' {COLLECTOR}; connect-src 'self' {COLLECTOR} {COUNTER}; "),
        ),
    };
    let policy = format!(
        "default-src 'none'; style-src {styles}; img-src 'self'{images}; font-src 'self'; {scripts}\
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    set(reply, header::CONTENT_SECURITY_POLICY, &policy);
    // Not `no-referrer`: that makes browsers send `Origin: null` with our own forms.
    set(reply, header::REFERRER_POLICY, "same-origin");
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
