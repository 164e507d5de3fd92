//! Answers made smaller for a bad line (gzip, RFC 1952). Only what holds no secret: the length of a compressed page with
//! one, beside text of somebody else's choice, tells of it (BREACH).

use std::io::{self, Write as _};

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::GzEncoder;

/// Whether whoever asks takes gzip (RFC 9110, section 12.5.3).
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut wishes = wishes
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(','));
    wishes.any(|wish| {
        let (name, quality) = wish.split_once(';').unwrap_or((wish, ""));
        let refused =
            quality.trim().trim_start_matches("q=").trim_end_matches('0') == "0." || quality.trim() == "q=0";
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// Compressed.
///
/// # Errors
/// There is no memory for it.
pub(super) fn gzip(plain: &[u8], how: Compression) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 4), how);
    encoder.write_all(plain)?;
    encoder.finish()
}

/// A text as it goes over the line.
pub(super) fn text(headers: &HeaderMap, kind: &'static str, plain: String) -> Response {
    let zipped = takes_gzip(headers)
        .then(|| gzip(plain.as_bytes(), Compression::fast()).ok())
        .flatten();
    let kind = [(header::CONTENT_TYPE, kind)];
    let Some(zipped) = zipped else {
        return (kind, plain).into_response();
    };
    let mut answer = (kind, zipped).into_response();
    mark(&mut answer);
    answer
}

/// Says that an answer is compressed, and that others may get another.
pub(super) fn mark(answer: &mut Response) {
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::takes_gzip;

    #[test]
    fn it_is_compressed_where_that_is_wanted() {
        for (wish, expected) in [
            ("gzip, deflate, br", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(wish));
            assert_eq!(takes_gzip(&headers), expected, "{wish}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
