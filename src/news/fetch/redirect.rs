//! Which addresses (URLs) are asked, and which redirects are followed.

use hyper::StatusCode;
use hyper::header::{self, HeaderMap};
use url::{Host, Url};

use super::FetchError;

/// Longest host name in a message.
const MOST_HOST: usize = 80;

/// Refuses what is neither HTTPS nor, if that will do, HTTP.
pub(super) fn check_scheme(url: &Url, insecure: bool) -> Result<(), FetchError> {
    if !(url.scheme() == "https" || insecure && url.scheme() == "http") {
        return Err(FetchError::Url("it does not begin with https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Url("it has a user's name in it"));
    }
    if matches!(url.host(), None | Some(Host::Domain(""))) {
        return Err(FetchError::Url("it has no host"));
    }
    Ok(())
}

/// Where an answer redirects to, if it does.
pub(super) fn target(from: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, FetchError> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&status) {
        return Ok(None);
    }
    let location = headers
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let to = location.and_then(|location| from.join(location).ok());
    let Some(to) = to else {
        return Err(FetchError::Redirect("it does not say where to".to_owned()));
    };
    decide(from, &to).map(|()| Some(to))
}

/// A redirect stays with the host, and never gives up TLS; from HTTP it may go over to it.
fn decide(from: &Url, to: &Url) -> Result<(), FetchError> {
    let refuse = |why: String| Err(FetchError::Redirect(why));
    if from.host() != to.host() {
        // Only names: addresses (IP) are not for the log.
        let name: String = to.domain().unwrap_or_default().chars().take(MOST_HOST).collect();
        return refuse(if name.is_empty() {
            "it leads to another host".to_owned()
        } else {
            format!("it leads to another host ({name}): write its address into the file")
        });
    }
    if from.scheme() == to.scheme() {
        if from.port_or_known_default() == to.port_or_known_default() {
            return Ok(());
        }
        return refuse("it leads to another port".to_owned());
    }
    match (from.scheme(), to.scheme(), to.port()) {
        ("http", "https", None) => Ok(()),
        ("https", _, _) => refuse("it leads away from TLS".to_owned()),
        _ => refuse("it leads to another port".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use hyper::StatusCode;
    use hyper::header::{HeaderMap, HeaderValue, LOCATION};
    use url::Url;

    use super::{check_scheme, target};

    fn redirected(from: &str, to: &str) -> Result<Option<String>, String> {
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(to).unwrap())]);
        let from = Url::parse(from).unwrap();
        target(&from, StatusCode::FOUND, &headers)
            .map(|url| url.map(Into::into))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_redirect_stays_with_the_host_and_with_tls() {
        let from = "https://www.comune.example/feed";
        for (to, whole) in [
            ("/it/feed?x", "https://www.comune.example/it/feed?x"),
            ("rss", "https://www.comune.example/rss"),
            ("https://WWW.comune.example:443/a", "https://www.comune.example/a"),
        ] {
            assert_eq!(redirected(from, to), Ok(Some(whole.to_owned())), "{to}");
        }
        for (to, why) in [
            ("https://comune.example/feed", "another host"),
            ("//127.0.0.1/", "another host"),
            ("https://www.comune.example./", "another host"),
            ("http://www.comune.example/feed", "away from TLS"),
            ("https://www.comune.example:8443/", "another port"),
            ("file:///etc/passwd", "another host"),
            ("data:text/plain,x", "another host"),
            ("https://[", "where to"),
        ] {
            let error = redirected(from, to).unwrap_err();
            assert!(error.contains(why), "{to}: {error}");
        }
        assert!(redirected("http://a.example/", "https://a.example/x").is_ok());
        assert!(redirected("http://a.example/", "https://a.example:22/x").is_err());
    }

    #[test]
    fn what_is_no_redirect_is_none() {
        let url = Url::parse("https://a.example/").unwrap();
        for status in [200, 204, 300, 304, 404, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            assert!(target(&url, status, &HeaderMap::new()).unwrap().is_none());
        }
        assert!(target(&url, StatusCode::FOUND, &HeaderMap::new()).is_err());
    }

    #[test]
    fn only_https_is_asked_unless_the_file_says_otherwise() {
        let check = |url: &str, insecure| check_scheme(&Url::parse(url).unwrap(), insecure).is_ok();
        assert!(check("https://a.example/", false) && check("http://a.example/", true));
        for bad in [
            "ftp://a.example/",
            "file:///x",
            "https://u@a.example/",
            "https://:p@a.example/",
        ] {
            assert!(!check(bad, true), "{bad}");
        }
        assert!(!check("http://a.example/", false));
    }
}
