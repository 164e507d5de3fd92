//! Request heads and forms of the portal: a head, an empty line, the form.

#![no_main]

use hyper::Request;
use hyper::header::{HeaderName, HeaderValue};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use portico_fuzz::model::Mac;
use portico_fuzz::portal::{self, token};

fuzz_target!(|bytes: &[u8]| {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut head = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(end)) = head.parse(bytes) else {
        return;
    };
    let mut request = Request::builder()
        .method(head.method.unwrap_or_default())
        .uri(head.path.unwrap_or_default());
    for header in head.headers.iter() {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(header.name.as_bytes()),
            HeaderValue::from_bytes(header.value),
        ) {
            request = request.header(name, value);
        }
    }
    let (Ok(request), Ok(form)) = (request.body(()), std::str::from_utf8(&bytes[end..])) else {
        return;
    };
    if let Some(text) = portal::read(&request, form) {
        let bearer = token::Bearer {
            network: "piazza".parse().expect("a network identifier"),
            mac: Mac::new([2, 0, 0, 0, 0, 1]).expect("a station's address"),
            purpose: token::Purpose::Grant,
        };
        let checked = token::TokenKey::new(&[7; 32]).check(bearer, text, Timestamp::UNIX_EPOCH);
        assert!(checked.is_err(), "a token was forged");
    }
});
