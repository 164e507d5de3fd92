//! The browser's two cookies: the session, and before there is one, a secret that forms are tied to.
//!
//! Both are tied to this very host (`__Host-`), are not sent with requests that other sites cause
//! (`SameSite=Strict`), and no script reads them. Every form carries the SHA-256 of the secret: another site
//! knows neither, even where a browser knows no `SameSite`.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::accounts::{Token, hex};

/// The session.
pub(super) const SESSION: &str = "__Host-portico";
/// Before there is one.
pub(super) const VISIT: &str = "__Host-portico-visit";

/// A cookie's token.
pub(super) fn read(headers: &HeaderMap, name: &str) -> Option<Token> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let mut pairs = cookies
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    value?.parse().ok()
}

/// Has the browser keep a token until it is closed.
pub(super) fn keep(name: &str, token: &Token) -> Option<HeaderValue> {
    line(name, &token.reveal(), "")
}

/// Has the browser forget a token.
pub(super) fn forget(name: &str) -> Option<HeaderValue> {
    line(name, "", "; Max-Age=0")
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

fn line(name: &str, value: &str, more: &str) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{more}");
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{SESSION, VISIT, form_proof, is_own_form, keep, read};
    use crate::accounts::Token;
    use axum::http::{HeaderMap, HeaderValue, header};

    #[test]
    fn a_cookie_is_read_by_its_whole_name() {
        let (session, visit) = (Token::random().unwrap(), Token::random().unwrap());
        let mut headers = HeaderMap::new();
        let text = format!("a=b; {VISIT}={}; {SESSION}={}", visit.reveal(), session.reveal());
        headers.insert(header::COOKIE, HeaderValue::try_from(text).unwrap());
        assert!(read(&headers, SESSION).unwrap().is(&session));
        assert!(read(&headers, VISIT).unwrap().is(&visit));
        assert!(read(&headers, "__Host").is_none());
        assert!(read(&HeaderMap::new(), SESSION).is_none());
        let kept = keep(SESSION, &session).unwrap();
        let kept = kept.to_str().unwrap();
        for part in [
            "__Host-portico=",
            "; Path=/",
            "; Secure",
            "; HttpOnly",
            "; SameSite=Strict",
        ] {
            assert!(kept.contains(part), "{kept}");
        }
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
