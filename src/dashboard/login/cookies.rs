//! The browser's two cookies: the session, and before there is one, a secret that forms are tied to.
//!
//! Both are tied to this very host, are not sent with requests that other sites cause (`SameSite=Strict`), and no
//! script reads them. Every form carries the SHA-256 of the secret: another site knows neither, even where a
//! browser knows no `SameSite`.
//!
//! Over TLS they are `__Host-` and `Secure`. On the machine itself there is no TLS, and Safari takes no `Secure`
//! cookie by plain http, from 127.0.0.1 as little as from anywhere: there they have names of their own and are not
//! `Secure`. Neither door knows the names of the other, so what any http page of the host could set is nothing
//! over TLS.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::accounts::{Token, hex};

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session.
    Session,
    /// Before there is one.
    Visit,
}

impl Cookie {
    /// Its name at a door, with TLS or without.
    const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-portico",
            (Self::Visit, true) => "__Host-portico-visit",
            (Self::Session, false) => "portico",
            (Self::Visit, false) => "portico-visit",
        }
    }
}

/// A cookie's token, as it came by a door.
pub(super) fn read(headers: &HeaderMap, cookie: Cookie, secure: bool) -> Option<Token> {
    let name = cookie.name(secure);
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    value?.parse().ok()
}

/// Has the browser keep a token until it is closed.
pub(super) fn keep(cookie: Cookie, token: &Token, secure: bool) -> Option<HeaderValue> {
    line(cookie, &token.reveal(), "", secure)
}

/// Has the browser forget a token.
pub(super) fn forget(cookie: Cookie, secure: bool) -> Option<HeaderValue> {
    line(cookie, "", "; Max-Age=0", secure)
}

/// What a form carries.
pub(super) fn form_proof(secret: &Token) -> String {
    let digest = Sha256::new().chain_update("form\0").chain_update(secret.reveal());
    hex(&digest.finalize())
}

/// Whether a form was on a page of this browser's, and was sent from it.
pub(super) fn is_own_form(headers: &HeaderMap, secret: Option<&Token>, given: &str) -> bool {
    // Every browser of these years says where a request comes from (Fetch Metadata); others are not worse off.
    let site = headers.get("sec-fetch-site");
    let is_from_here = site.is_none_or(|site| site == "same-origin");
    let expected = secret.map(form_proof).unwrap_or_default();
    is_from_here && !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(given.as_bytes()))
}

fn line(cookie: Cookie, value: &str, more: &str, secure: bool) -> Option<HeaderValue> {
    let name = cookie.name(secure);
    let bound = if secure { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/{bound}; HttpOnly; SameSite=Strict{more}");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{Cookie, forget, form_proof, is_own_form, keep, read};
    use crate::accounts::Token;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let (session, visit) = (Token::random().unwrap(), Token::random().unwrap());
        let mut headers = HeaderMap::new();
        for secure in [true, false] {
            let text = format!(
                "a=b; {}={}; {}={}",
                Cookie::Visit.name(secure),
                visit.reveal(),
                Cookie::Session.name(secure),
                session.reveal()
            );
            headers.insert(header::COOKIE, HeaderValue::try_from(text).unwrap());
            assert!(read(&headers, Cookie::Session, secure).unwrap().is(&session));
            assert!(read(&headers, Cookie::Visit, secure).unwrap().is(&visit));
            for cookie in [Cookie::Session, Cookie::Visit] {
                assert!(read(&headers, cookie, !secure).is_none(), "of the other door");
                assert!(read(&HeaderMap::new(), cookie, secure).is_none());
            }
        }
    }

    #[test]
    fn over_tls_a_cookie_is_this_hosts_alone_and_safari_keeps_that_of_the_machine_itself() {
        let token = Token::random().unwrap();
        let told = |line: Option<HeaderValue>| line.unwrap().to_str().unwrap().to_owned();
        let value = token.reveal();
        assert_eq!(
            told(keep(Cookie::Session, &token, true)),
            format!("__Host-portico={value}; Path=/; Secure; HttpOnly; SameSite=Strict")
        );
        assert_eq!(
            told(keep(Cookie::Session, &token, false)),
            format!("portico={value}; Path=/; HttpOnly; SameSite=Strict")
        );
        assert_eq!(
            told(forget(Cookie::Visit, true)),
            "__Host-portico-visit=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
        );
        assert_eq!(
            told(forget(Cookie::Visit, false)),
            "portico-visit=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"
        );
    }

    #[test]
    fn a_form_is_the_browsers_own() {
        let secret = Token::random().unwrap();
        let mut headers = HeaderMap::new();
        let proof = form_proof(&secret);
        assert!(is_own_form(&headers, Some(&secret), &proof));
        assert!(!is_own_form(&headers, None, ""));
        assert!(!is_own_form(&headers, Some(&secret), ""));
        assert!(!is_own_form(&headers, Some(&Token::random().unwrap()), &proof));
        for (site, expected) in [
            ("same-origin", true),
            ("same-site", false),
            ("cross-site", false),
            ("none", false),
        ] {
            headers.insert("sec-fetch-site", HeaderValue::from_static(site));
            assert_eq!(is_own_form(&headers, Some(&secret), &proof), expected, "{site}");
        }
    }
}
