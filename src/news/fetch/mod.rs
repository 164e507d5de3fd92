//! One bounded HTTP request: to a public address, over a verified connection, kept to its host.
//!
//! The name is resolved first, the addresses are checked, and the connection goes to a checked
//! address: nothing resolves again in between, so an answer that changes (DNS rebinding) changes
//! nothing. There is no pool: a gateway asks a host once in minutes.

mod address;
mod connect;
mod redirect;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use url::Url;

pub use address::{Addresses, Resolving, system_addresses};

use crate::config::{Feed, FeedKind};
use crate::model::Clock;

/// Longest document of a feed, bytes.
pub const MOST_DOCUMENT: usize = 1 << 20;
/// Longest a request may take with all its redirects.
pub const MOST_TIME: Duration = Duration::from_secs(10);
/// Most redirects that are followed.
const MOST_REDIRECTS: usize = 3;
/// Longest validator that is kept, bytes.
const MOST_VALIDATOR: usize = 256;
/// Longest head of an answer, bytes; what hyper needs at least is 8 KiB.
pub(super) const MOST_HEAD: usize = 32 << 10;
/// Who asks.
const AGENT: &str = concat!("Portico/", env!("CARGO_PKG_VERSION"));
/// The same in the form that Municipium's server asks for: it answers 403 without the first word.
const BROWSER_LIKE: &str = concat!(
    "Mozilla/5.0 (compatible; Portico/",
    env!("CARGO_PKG_VERSION"),
    ")"
);

/// How a server says that a document has not changed (RFC 9110, section 13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`
    pub etag: Option<String>,
    /// `Last-Modified`
    pub modified: Option<String>,
}

/// What may be asked, and of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Address.
    pub url: String,
    /// Longest body, bytes.
    pub most: usize,
    /// What was said of the copy that is at hand.
    pub validators: Validators,
    /// PEM file of certificates to trust besides the public roots.
    pub ca: Option<PathBuf>,
    /// Whether the server may have a private address.
    pub private: bool,
    /// Whether `http://` will do.
    pub insecure: bool,
    /// Whether to begin the agent's name as browsers do.
    pub browser_like: bool,
}

impl Ask {
    /// For a document of a feed.
    #[must_use]
    pub fn of(feed: &Feed, url: String) -> Self {
        Self {
            url,
            most: MOST_DOCUMENT,
            validators: Validators::default(),
            ca: feed.ca.clone(),
            private: feed.private,
            insecure: feed.insecure,
            browser_like: feed.kind == FeedKind::Municipium,
        }
    }
}

/// What the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The copy at hand is good.
    Unchanged,
    /// A document.
    Changed {
        /// Its bytes.
        bytes: Vec<u8>,
        /// What to ask with the next time.
        validators: Validators,
    },
}

/// Why there is no answer. No variant names an address (IP).
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address that is asked.
    #[error("the address (URL) is refused: {0}")]
    Url(&'static str),
    /// The name has no address now.
    #[error("the name cannot be resolved: {0}")]
    Resolve(#[source] std::io::Error),
    /// The name leads into a private network.
    #[error("the name leads to a private or special address; if that is meant, set private = true")]
    Private,
    /// Nobody answers there.
    #[error("no connection: {0}")]
    Connect(#[source] std::io::Error),
    /// The certificate is not good for the name, or the like.
    #[error("no safe connection: {0}")]
    Tls(#[source] std::io::Error),
    /// The file of `ca`.
    #[error("{}: {reason}", path.display())]
    Ca {
        /// Which.
        path: PathBuf,
        /// Why it is not used.
        reason: String,
    },
    /// The connection broke, or the answer is not HTTP.
    #[error("the answer broke off or is not HTTP: {0}")]
    Http(#[source] hyper::Error),
    /// Anything but 200 and 304.
    #[error("the server answers {0}")]
    Status(StatusCode),
    /// A redirect that is not followed.
    #[error("a redirect is refused: {0}")]
    Redirect(String),
    /// Too slow.
    #[error("no whole answer within {} s", .0.as_secs_f32())]
    Slow(Duration),
    /// Too long.
    #[error("the answer is longer than {0} bytes")]
    Long(usize),
    /// Compressed although nobody asked for it: may unfold without end.
    #[error("the answer is compressed, which was not asked for")]
    Compressed,
}

/// Asks servers. Cheap to clone.
#[derive(Clone)]
pub struct Fetcher {
    /// Resolves names.
    pub addresses: Addresses,
    /// For certificates.
    pub clock: Clock,
    /// Longest time of a request, redirects included.
    pub patience: Duration,
}

impl std::fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fetcher")
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Fetcher {
    /// With the system's resolver and the usual patience.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            addresses: Arc::new(system_addresses),
            clock,
            patience: MOST_TIME,
        }
    }

    /// Asks once, following redirects within the host.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn get(&self, ask: &Ask) -> Result<Answer, FetchError> {
        let answer = tokio::time::timeout(self.patience, self.follow(ask)).await;
        answer.unwrap_or(Err(FetchError::Slow(self.patience)))
    }

    async fn follow(&self, ask: &Ask) -> Result<Answer, FetchError> {
        let mut url = Url::parse(&ask.url).map_err(|_| FetchError::Url("it has not the form of one"))?;
        for _ in 0..=MOST_REDIRECTS {
            redirect::check_scheme(&url, ask.insecure)?;
            let (response, connection) = self.request(ask, &url).await?;
            if let Some(target) = redirect::target(&url, response.status(), response.headers())? {
                url = target;
                continue;
            }
            let answer = read(ask, response).await;
            drop(connection);
            return answer;
        }
        Err(FetchError::Redirect(format!(
            "there are more than {MOST_REDIRECTS}"
        )))
    }

    /// One request on a connection of its own, which lives as long as the second part of the result.
    async fn request(
        &self,
        ask: &Ask,
        url: &Url,
    ) -> Result<(Response<Incoming>, tokio::task::JoinSet<()>), FetchError> {
        let stream = connect::connect(self, ask, url).await?;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(MOST_HEAD)
            .handshake(hyper_util::rt::TokioIo::new(stream))
            .await
            .map_err(FetchError::Http)?;
        let mut driver = tokio::task::JoinSet::new();
        driver.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection to a feed's server ended");
            }
        });
        let response = sender
            .send_request(head(ask, url)?)
            .await
            .map_err(FetchError::Http)?;
        Ok((response, driver))
    }
}

/// The request for an address.
fn head(ask: &Ask, url: &Url) -> Result<hyper::Request<Empty<Bytes>>, FetchError> {
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let agent = if ask.browser_like { BROWSER_LIKE } else { AGENT };
    let mut request = hyper::Request::get(target)
        .header(header::HOST, host)
        .header(header::USER_AGENT, agent)
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close");
    let conditions = [
        (header::IF_NONE_MATCH, &ask.validators.etag),
        (header::IF_MODIFIED_SINCE, &ask.validators.modified),
    ];
    for (name, value) in conditions {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    request
        .body(Empty::new())
        .map_err(|_| FetchError::Url("it cannot be written in a request"))
}

/// Reads the body of an answer that is no redirect.
async fn read(ask: &Ask, response: Response<Incoming>) -> Result<Answer, FetchError> {
    let (head, mut body) = response.into_parts();
    let conditional = ask.validators != Validators::default();
    match head.status {
        StatusCode::OK => {}
        StatusCode::NOT_MODIFIED if conditional => return Ok(Answer::Unchanged),
        other => return Err(FetchError::Status(other)),
    }
    if is_compressed(&head.headers) {
        return Err(FetchError::Compressed);
    }
    let long = || FetchError::Long(ask.most);
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(FetchError::Http)?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > ask.most {
            return Err(long());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(Answer::Changed {
        bytes,
        validators: Validators {
            etag: validator(&head.headers, &header::ETAG),
            modified: validator(&head.headers, &header::LAST_MODIFIED),
        },
    })
}

fn is_compressed(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn validator(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name).map(HeaderValue::to_str)?.ok()?;
    (value.len() <= MOST_VALIDATOR).then(|| value.to_owned())
}
