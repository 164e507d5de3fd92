//! What every request passes on its way in, and every answer on its way out.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};

/// Who asks: an extension of every request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer {
    /// From where, IPv4 addresses unmapped.
    pub address: IpAddr,
    /// Whether by TLS, from the network of management; else it is the machine itself.
    pub secure: bool,
}

/// Nothing from elsewhere, nothing in the page itself, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What may stand in a frame of our own pages: style it brings itself, pictures and type of ours, nothing it could
/// do. Of another origin, as a bare sandbox would make it, it would be given neither of those two.
const FRAMED_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src 'self'; \
                             form-action 'none'; base-uri 'none'; frame-ancestors 'self'; sandbox allow-same-origin";
/// Half a year, and not for names below: other machines of the comune may have those.
const TRANSPORT: &str = "max-age=15768000";

/// Set on every answer, whatever the handler says.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // Not no-referrer: forms would then tell no origin.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Set unless the handler has said something of its own, such as a nonce.
const DEFAULTS: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::CACHE_CONTROL, "no-store"),
];

/// Mark of an answer that may stand in a frame of our own pages, and in no other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Framed;

/// Whether the request is for this gateway: by an address, by `localhost` on the machine itself, or by the
/// configured name. A name that somebody else has led here (DNS rebinding) is not.
pub(super) fn is_for_us<B>(request: &Request<B>, peer: Peer, host: Option<&str>) -> bool {
    let named = || {
        // One alone: whoever stands in between might have read the other (RFC 9112, section 3.2).
        let mut values = request.headers().get_all(header::HOST).iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        value.to_str().ok()?.parse::<Authority>().ok()
    };
    let Some(authority) = request.uri().authority().cloned().or_else(named) else {
        return false;
    };
    let name = authority.host();
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => peer.secure || address.to_canonical().is_loopback(),
        Err(_) if peer.secure => host.is_some_and(|host| name.eq_ignore_ascii_case(host)),
        Err(_) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// RFC 6750, section 2.1.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The answer to a request for somebody else.
pub(super) fn misdirected() -> Response<Body> {
    let mut response = Response::new(Body::from("Another host\n"));
    *response.status_mut() = StatusCode::MISDIRECTED_REQUEST;
    response
}

/// Puts the headers on.
pub(super) fn harden(response: &mut Response<Body>, secure: bool) {
    let framed = response.extensions().get::<Framed>().is_some();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if framed {
        // Whatever the handler said.
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(FRAMED_POLICY),
        );
    }
    if secure {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use axum::body::Body;
    use axum::http::{HeaderMap, HeaderValue, Request, Response, header};

    use super::{Framed, Peer, bearer, harden, is_for_us};

    const fn peer(secure: bool) -> Peer {
        Peer {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            secure,
        }
    }

    fn asked(secure: bool, host: &str) -> bool {
        let request = Request::builder().header("host", host).body(()).unwrap();
        is_for_us(&request, peer(secure), Some("gw.comune.example.it"))
    }

    #[test]
    fn names_that_lead_here_by_somebody_elses_will_are_not_answered() {
        for (host, own, lan) in [
            ("localhost:9443", true, false),
            ("127.0.0.1:9443", true, true),
            ("[::1]:9443", true, true),
            ("10.0.0.1", false, true),
            ("[fd00::1]:9443", false, true),
            ("GW.comune.example.it:9443", false, true),
            ("gw.comune.example.it.evil.example", false, false),
            ("evil.example", false, false),
            ("user@localhost", true, false),
            ("", false, false),
            ("not a host", false, false),
        ] {
            assert_eq!((asked(false, host), asked(true, host)), (own, lan), "{host:?}");
        }
        let twice = Request::builder()
            .header("host", "localhost")
            .header("host", "evil.example");
        assert!(!is_for_us(&twice.body(()).unwrap(), peer(false), None));
        let silent = Request::builder().body(()).unwrap();
        assert!(!is_for_us(&silent, peer(false), None));
    }

    #[test]
    fn answers_are_hardened_and_a_policy_of_their_own_stays() {
        let header = |response: &Response<Body>, name: &str| {
            response
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        let mut plain = Response::new(Body::empty());
        harden(&mut plain, false);
        assert!(
            header(&plain, "content-security-policy")
                .unwrap()
                .contains("frame-ancestors 'none'")
        );
        assert_eq!(
            header(&plain, "x-content-type-options").as_deref(),
            Some("nosniff")
        );
        assert_eq!(header(&plain, "cache-control").as_deref(), Some("no-store"));
        assert_eq!(header(&plain, "strict-transport-security"), None);
        let mut own = Response::builder()
            .header(
                "content-security-policy",
                "default-src 'none'; script-src 'nonce-x'",
            )
            .header("x-frame-options", "SAMEORIGIN")
            .body(Body::empty())
            .unwrap();
        harden(&mut own, true);
        assert!(
            header(&own, "content-security-policy")
                .unwrap()
                .ends_with("'nonce-x'")
        );
        assert_eq!(header(&own, "x-frame-options").as_deref(), Some("DENY"));
        assert!(header(&own, "strict-transport-security").is_some());
    }

    #[test]
    fn only_what_is_marked_may_be_framed_and_by_us_alone() {
        let mut framed = Response::builder()
            .extension(Framed)
            .header("content-security-policy", "frame-ancestors *")
            .body(Body::empty())
            .unwrap();
        harden(&mut framed, false);
        let headers = framed.headers();
        assert_eq!(headers["x-frame-options"], "SAMEORIGIN");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'self'") && policy.ends_with("sandbox allow-same-origin"));
        assert!(!policy.contains('*') && !policy.contains("script"), "{policy}");
    }

    #[test]
    fn only_a_bearer_is_heard() {
        let told = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(told("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(told("bearer abc").as_deref(), Some("abc"));
        assert_eq!(told("Basic abc"), None);
        assert_eq!(told("abc"), None);
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
