//! What a request head says, read with distrust.

use hyper::http::uri::Uri;
use hyper::{HeaderMap, Method, Request, Version, header};

use super::lang::Lang;

/// Longest host name (RFC 1035, section 2.3.4) with a port.
const MAX_AUTHORITY: usize = 255 + 6;

/// Where a request wants to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// `host` or `host:port` in lower case, of harmless characters only; empty when HTTP/1.0 named none.
    pub(super) authority: String,
}

/// The head names no host, several, or one that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadTarget;

impl Target {
    /// Reads the host. The request target's own authority wins over `Host` (RFC 9112, section 3.2.2);
    /// a missing `Host` is an error from HTTP/1.1 on, several always (section 3.2).
    pub(super) fn of<B>(request: &Request<B>) -> Result<Self, BadTarget> {
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let (host, more) = (hosts.next(), hosts.next());
        if more.is_some() {
            return Err(BadTarget);
        }
        let authority = match (request.uri().authority(), host) {
            (Some(authority), _) => authority.as_str(),
            (None, Some(host)) => host.to_str().map_err(|_| BadTarget)?,
            (None, None) if request.version() == Version::HTTP_10 => {
                return Ok(Self {
                    authority: String::new(),
                });
            }
            (None, None) => return Err(BadTarget),
        };
        let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if authority.is_empty() || authority.len() > MAX_AUTHORITY || !authority.bytes().all(harmless) {
            return Err(BadTarget);
        }
        Ok(Self {
            authority: authority.to_ascii_lowercase(),
        })
    }

    /// The host without port, trailing dot and brackets.
    pub(super) fn host(&self) -> &str {
        if let Some(rest) = self.authority.strip_prefix('[') {
            return rest.split(']').next().unwrap_or(rest);
        }
        let host = self.authority.split(':').next().unwrap_or_default();
        host.strip_suffix('.').unwrap_or(host)
    }
}

/// Path and query as they were sent.
pub(super) fn path_and_query(uri: &Uri) -> &str {
    uri.path_and_query().map_or("/", |both| both.as_str())
}

/// The language for this request, and whether it was chosen by the page's own switch.
pub(super) fn language<B>(request: &Request<B>) -> (Lang, bool) {
    let chosen = request
        .uri()
        .query()
        .and_then(|query| field(query, "lang"))
        .and_then(Lang::from_code);
    if let Some(lang) = chosen {
        return (lang, true);
    }
    let header = request.headers().get(header::ACCEPT_LANGUAGE);
    (
        Lang::negotiate(header.and_then(|value| value.to_str().ok())),
        false,
    )
}

/// How a page is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) lang: Lang,
    /// Whether the language was chosen by the page's own switch.
    pub(super) chosen: bool,
    /// Path that was asked for.
    pub(super) path: String,
    pub(super) gzip: bool,
    /// `If-None-Match`; of a form nothing.
    known: Option<String>,
}

impl Manner {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let (lang, chosen) = language(request);
        let read = matches!(*request.method(), Method::GET | Method::HEAD);
        let text = |name| request.headers().get(name)?.to_str().ok();
        Self {
            lang,
            chosen,
            path: request.uri().path().to_owned(),
            gzip: accepts_gzip(text(header::ACCEPT_ENCODING)),
            known: text(header::IF_NONE_MATCH).filter(|_| read).map(str::to_owned),
        }
    }

    /// Whether the browser has what bears this entity tag (RFC 9110, section 13.1.2).
    pub(super) fn knows(&self, tag: &str) -> bool {
        let known = self.known.as_deref().unwrap_or_default();
        known
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == "*" || known == tag)
    }
}

/// Whether an `Accept-Encoding` header takes gzip (RFC 9110, section 12.5.3). Without the header
/// everything would be taken, but who sends none is old.
fn accepts_gzip(header: Option<&str>) -> bool {
    let mut rest = None;
    for coding in header.unwrap_or_default().split(',') {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let wanted = parts.all(|parameter| {
            let value = parameter
                .strip_prefix("q=")
                .or_else(|| parameter.strip_prefix("Q="));
            value.is_none_or(|value| value.bytes().any(|digit| (b'1'..=b'9').contains(&digit)))
        });
        if ["gzip", "x-gzip"]
            .iter()
            .any(|gzip| name.eq_ignore_ascii_case(gzip))
        {
            return wanted;
        }
        if name == "*" {
            rest = Some(wanted);
        }
    }
    rest.unwrap_or(false)
}

/// The first value of a name in a query or form. Ours have no characters that need decoding.
pub(super) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// Whether a form came from a page of `host`. Old browsers and mini-browsers say nothing or `null`;
/// then the token alone decides.
pub(super) fn is_from_own_page(headers: &HeaderMap, host: &str) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return false;
    }
    match text("origin") {
        None | Some("null") => true,
        Some(origin) => origin
            .split_once("://")
            .is_some_and(|(_, rest)| rest.split(':').next() == Some(host)),
    }
}

#[cfg(test)]
mod tests {
    use hyper::{HeaderMap, Request, Version};

    use super::{BadTarget, Manner, Target, accepts_gzip, field, is_from_own_page, language};
    use crate::portal::lang::Lang;

    fn target(uri: &str, hosts: &[&str], version: Version) -> Result<Target, BadTarget> {
        let mut request = Request::builder().uri(uri).version(version);
        for host in hosts {
            request = request.header("host", *host);
        }
        Target::of(&request.body(()).unwrap())
    }

    #[test]
    fn the_host_is_read_as_the_standard_says() {
        let host =
            |uri, hosts: &[&str]| target(uri, hosts, Version::HTTP_11).map(|found| found.host().to_owned());
        assert_eq!(host("/", &["Example.ORG"]), Ok("example.org".to_owned()));
        assert_eq!(host("/", &["example.org.:8080"]), Ok("example.org".to_owned()));
        assert_eq!(host("/", &["[fe80::1]:80"]), Ok("fe80::1".to_owned()));
        assert_eq!(
            host("http://a.example/x", &["b.example"]),
            Ok("a.example".to_owned())
        );
        assert_eq!(host("/", &[]), Err(BadTarget));
        assert_eq!(host("/", &["a.example", "b.example"]), Err(BadTarget));
        for bad in [
            "",
            "a b",
            "user@a.example",
            "a.example/x",
            "\"><script>",
            &"a".repeat(300),
        ] {
            assert_eq!(host("/", &[bad]), Err(BadTarget), "{bad}");
        }
    }

    #[test]
    fn http_1_0_may_leave_the_host_out() {
        let found = target("/", &[], Version::HTTP_10).unwrap();
        assert_eq!(found.host(), "");
    }

    #[test]
    fn the_switch_wins_over_the_header() {
        let request = |uri: &str| {
            Request::builder()
                .uri(uri)
                .header("accept-language", "it")
                .body(())
                .unwrap()
        };
        assert_eq!(language(&request("/?lang=en")), (Lang::En, true));
        assert_eq!(language(&request("/?lang=xx")), (Lang::It, false));
        assert_eq!(language(&request("/")), (Lang::It, false));
    }

    #[test]
    fn compression_is_only_for_those_who_want_it() {
        for (header, wanted) in [
            (None, false),
            (Some(""), false),
            (Some("gzip, deflate, br"), true),
            (Some("br;q=1.0, GZIP;q=0.8"), true),
            (Some("gzip;q=0"), false),
            (Some("gzip;q=0.000, *"), false),
            (Some("*"), true),
            (Some("*;q=0"), false),
            (Some("identity"), false),
            (Some("gzipped"), false),
        ] {
            assert_eq!(accepts_gzip(header), wanted, "{header:?}");
        }
    }

    #[test]
    fn a_known_content_is_recognised_by_its_tag() {
        let manner = |method: &str, known: &str| {
            let request = Request::builder().method(method).header("if-none-match", known);
            Manner::of(&request.body(()).unwrap())
        };
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(manner("GET", known).knows("\"a\""), "{known}");
            assert!(!manner("POST", known).knows("\"a\""), "{known}");
        }
        for other in ["\"b\"", "a", "\"a-z\"", ""] {
            assert!(!manner("GET", other).knows("\"a\""), "{other}");
        }
    }

    #[test]
    fn fields_are_found_by_their_whole_name() {
        assert_eq!(field("xtoken=1&token=2&token=3", "token"), Some("2"));
        assert_eq!(field("token", "token"), None);
        assert_eq!(field("", "token"), None);
    }

    #[test]
    fn forms_of_other_sites_are_told_apart() {
        let from = |pairs: &[(&'static str, &'static str)]| {
            let headers: HeaderMap = pairs
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            is_from_own_page(&headers, "wifi.example.it")
        };
        assert!(from(&[]));
        assert!(from(&[("origin", "null")]));
        assert!(from(&[("origin", "https://wifi.example.it:8443")]));
        assert!(from(&[("sec-fetch-site", "same-origin")]));
        assert!(!from(&[("sec-fetch-site", "cross-site")]));
        assert!(!from(&[("sec-fetch-site", "same-site")]));
        assert!(!from(&[("origin", "https://evil.example")]));
        assert!(!from(&[("origin", "https://wifi.example.it.evil.example")]));
        assert!(!from(&[("origin", "wifi.example.it")]));
    }
}
