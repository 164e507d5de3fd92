//! The portal's own host: pages, the two forms, and the captive portal API (RFC 8908).

use std::net::IpAddr;
use std::time::Duration;

use askama::Template;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use hyper::{Method, Request, StatusCode, header};
use serde::Serialize;
use tokio::time::timeout;

use super::PortalContext;
use super::limits::{FORM_BYTES, FORM_TIME, RateLimit};
use super::pages::{self, Document, Frame, Kind, Login, Notice, Online, SessionWords, Snippet};
use super::reply::{self, Reply};
use super::request::{Target, field, is_from_own_page, language};
use super::token::{Bearer, Purpose, TokenError};
use crate::config::{Config, Network};
use crate::core::{Answer, Question, Standing};
use crate::model::Mac;

/// Path of the captive portal API on every network's host.
pub const API_PATH: &str = "/captive-portal/api";

/// Longest wait for the event loop and the kernel behind it; people and phones give up soon after.
const ANSWER_TIME: Duration = Duration::from_secs(4);

/// One request's surroundings.
pub(super) struct Visit<'a> {
    pub(super) context: &'a PortalContext,
    pub(super) config: &'a Config,
    pub(super) forms: &'a RateLimit,
    pub(super) network: &'a Network,
    pub(super) peer: IpAddr,
    /// The station, if the kernel knows it.
    pub(super) mac: Option<Mac>,
    /// Whether the portal can be reached by https.
    pub(super) https: bool,
}

impl Visit<'_> {
    /// Asks `core`; `None` when there was no answer in time.
    pub(super) async fn ask(&self, mac: Mac, question: Question) -> Option<Answer> {
        let asked = self.context.desk.ask(self.network.id, mac, self.peer, question);
        timeout(ANSWER_TIME, asked).await.ok().flatten()
    }

    async fn standing(&self, mac: Mac) -> Option<Standing> {
        match self.ask(mac, Question::Status).await {
            Some(Answer::Is(standing)) => Some(standing),
            _ => None,
        }
    }

    fn token(&self, mac: Mac, purpose: Purpose) -> String {
        let bearer = self.bearer(mac, purpose);
        self.context.token_key.issue(bearer, (self.context.clock)().wall)
    }

    const fn bearer(&self, mac: Mac, purpose: Purpose) -> Bearer {
        Bearer {
            network: self.network.id,
            mac,
            purpose,
        }
    }

    fn frame<'f, B>(&'f self, request: &'f Request<B>) -> Frame<'f> {
        let (lang, chosen) = language(request);
        let path = match request.uri().path() {
            known @ ("/online" | "/disconnected" | "/terms" | "/privacy" | "/venue") => known,
            _ => "/",
        };
        Frame::new(self.network, lang, chosen, path)
    }
}

/// Answers one request over TLS, where the host has yet to be checked.
pub(super) async fn answer_tls(visit: &Visit<'_>, request: Request<Incoming>) -> Reply {
    match Target::of(&request) {
        Err(_) => reply::closing(reply::sentence(StatusCode::BAD_REQUEST, "Bad Host\n")),
        Ok(target) if target.host() == visit.network.host => answer(visit, request).await,
        Ok(_) if matches!(*request.method(), Method::GET | Method::HEAD) => {
            reply::redirect(StatusCode::FOUND, &visit.network.portal_url(true))
        }
        Ok(_) => reply::closing(reply::sentence(StatusCode::MISDIRECTED_REQUEST, "Another host\n")),
    }
}

/// Answers one request to the portal's host.
pub(super) async fn answer(visit: &Visit<'_>, request: Request<Incoming>) -> Reply {
    match *request.method() {
        Method::GET | Method::HEAD => get(visit, &request).await,
        Method::POST => match request.uri().path() {
            "/grant" => submit(visit, request, Purpose::Grant).await,
            "/disconnect" => submit(visit, request, Purpose::Disconnect).await,
            _ => not_allowed(),
        },
        _ => not_allowed(),
    }
}

fn not_allowed() -> Reply {
    let mut reply = reply::sentence(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed\n");
    reply::set(&mut reply, header::ALLOW, "GET, HEAD");
    reply::closing(reply)
}

async fn get(visit: &Visit<'_>, request: &Request<Incoming>) -> Reply {
    let frame = visit.frame(request);
    match request.uri().path() {
        API_PATH => api(visit).await,
        "/assets/wifi4eu.svg" => asset(pages::BANNER),
        "/assets/icon.svg" => asset(pages::ICON),
        "/terms" => render(StatusCode::OK, &Document::terms(frame, visit.network)),
        "/privacy" => render(StatusCode::OK, &Document::privacy(frame, visit.network)),
        "/venue" => render(StatusCode::OK, &Document::venue(frame, visit.network)),
        "/" | "/online" | "/disconnected" => stand(visit, request, frame).await,
        "/favicon.ico" | "/robots.txt" => reply::sentence(StatusCode::NOT_FOUND, "Not found\n"),
        _ => reply::redirect(StatusCode::FOUND, &frame.link("/")),
    }
}

/// The three pages that depend on how the station stands.
async fn stand(visit: &Visit<'_>, request: &Request<Incoming>, frame: Frame<'_>) -> Reply {
    let Some(mac) = visit.mac else {
        return stranger(visit, request);
    };
    let Some(standing) = visit.standing(mac).await else {
        return try_again(frame);
    };
    match (standing, frame.path) {
        (Standing::Blocked, _) => notice(StatusCode::FORBIDDEN, frame, Kind::Blocked),
        (Standing::Granted { .. } | Standing::Exempt, "/online") => online(visit, mac, frame, standing),
        (Standing::Granted { .. } | Standing::Exempt, _) => {
            reply::redirect(StatusCode::SEE_OTHER, &frame.link("/online"))
        }
        (Standing::Captive, "/disconnected") => notice(StatusCode::OK, frame, Kind::Disconnected),
        (Standing::Captive, "/online") => reply::redirect(StatusCode::SEE_OTHER, &frame.link("/")),
        (Standing::Captive, _) => login(visit, mac, frame, StatusCode::OK, false),
    }
}

/// A form: `/grant` or `/disconnect`.
async fn submit(visit: &Visit<'_>, request: Request<Incoming>, purpose: Purpose) -> Reply {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, ());
    let frame = visit.frame(&request);
    if !is_from_own_page(request.headers(), &visit.network.host) {
        return reply::closing(notice(StatusCode::FORBIDDEN, frame, Kind::Refused));
    }
    let Some(mac) = visit.mac else {
        return reply::closing(stranger(visit, &request));
    };
    if let Err(wait) = visit.forms.attempt((visit.network.id, Some(mac))) {
        let mut reply = notice(StatusCode::TOO_MANY_REQUESTS, frame, Kind::SlowDown);
        let seconds = wait.as_secs().saturating_add(1).to_string();
        reply::set(&mut reply, header::RETRY_AFTER, &seconds);
        return reply::closing(reply);
    }
    let form = match read_form(body).await {
        Ok(form) => form,
        Err(status) => return reply::closing(reply::sentence(status, "Form not accepted\n")),
    };
    let token = std::str::from_utf8(&form)
        .ok()
        .and_then(|form| field(form, "token"))
        .unwrap_or_default();
    let now = (visit.context.clock)().wall;
    let bearer = visit.bearer(mac, purpose);
    match (visit.context.token_key.check(bearer, token, now), purpose) {
        (Ok(()), Purpose::Grant) => after_grant(visit.ask(mac, Question::Grant).await, frame),
        (Ok(()), Purpose::Disconnect) => after_disconnect(visit.ask(mac, Question::Disconnect).await, frame),
        // A disconnect form left open too long: the online page gives a new one.
        (Err(_), Purpose::Disconnect) => reply::redirect(StatusCode::SEE_OTHER, &frame.link("/online")),
        (Err(TokenError::Expired), Purpose::Grant) => login(visit, mac, frame, StatusCode::OK, true),
        (Err(_), Purpose::Grant) => login(visit, mac, frame, StatusCode::FORBIDDEN, true),
    }
}

/// The whole form, bounded in size and time.
async fn read_form<B>(body: B) -> Result<hyper::body::Bytes, StatusCode>
where
    B: Body<Data = hyper::body::Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    match timeout(FORM_TIME, Limited::new(body, FORM_BYTES).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<http_body_util::LengthLimitError>() => {
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

/// `core` says `Granted` only after the kernel has acknowledged it. The full navigation that follows
/// makes mini-browsers probe again.
fn after_grant(answer: Option<Answer>, frame: Frame<'_>) -> Reply {
    match answer {
        Some(Answer::Is(Standing::Granted { .. } | Standing::Exempt)) => {
            reply::redirect(StatusCode::SEE_OTHER, &frame.link("/online"))
        }
        Some(Answer::Is(Standing::Blocked)) => notice(StatusCode::FORBIDDEN, frame, Kind::Blocked),
        Some(Answer::Is(Standing::Captive) | Answer::TryAgain) | None => try_again(frame),
    }
}

fn after_disconnect(answer: Option<Answer>, frame: Frame<'_>) -> Reply {
    match answer {
        Some(Answer::Is(Standing::Captive | Standing::Blocked)) => {
            reply::redirect(StatusCode::SEE_OTHER, &frame.link("/disconnected"))
        }
        Some(Answer::Is(Standing::Granted { .. } | Standing::Exempt)) => {
            reply::redirect(StatusCode::SEE_OTHER, &frame.link("/online"))
        }
        Some(Answer::TryAgain) | None => try_again(frame),
    }
}

fn login(visit: &Visit<'_>, mac: Mac, frame: Frame<'_>, status: StatusCode, expired: bool) -> Reply {
    let token = visit.token(mac, Purpose::Grant);
    let mut random = [0_u8; 16];
    // Without randomness there is no nonce, so the page does without the snippet.
    let nonce = getrandom::fill(&mut random)
        .is_ok()
        .then(|| pages::base64(&random));
    let snippet = visit
        .network
        .wifi4eu_id
        .as_deref()
        .zip(nonce.as_deref())
        .map(|(id, nonce)| Snippet { id, nonce });
    let view = Login {
        frame: Frame { snippet, ..frame },
        token,
        expired,
    };
    match view.render() {
        Ok(html) => reply::page(status, html, snippet.map(|snippet| snippet.nonce)),
        Err(error) => unrendered(&error),
    }
}

fn online(visit: &Visit<'_>, mac: Mac, frame: Frame<'_>, standing: Standing) -> Reply {
    let session = match standing {
        Standing::Granted {
            ends_at,
            seconds_left,
            usage,
            ..
        } => {
            let zone = visit.config.gateway.time_zone.jiff().clone();
            let bytes = usage.up.bytes.saturating_add(usage.down.bytes);
            Some(SessionWords {
                left: frame.text.duration(seconds_left),
                until: frame.text.time(ends_at.to_zoned(zone).time()),
                used: frame.text.bytes(bytes),
                token: visit.token(mac, Purpose::Disconnect),
            })
        }
        _ => None,
    };
    render(StatusCode::OK, &Online { frame, session })
}

/// For a peer that the kernel cannot tie to a station: nothing can be granted to it.
pub(super) fn stranger<B>(visit: &Visit<'_>, request: &Request<B>) -> Reply {
    notice(
        StatusCode::SERVICE_UNAVAILABLE,
        visit.frame(request),
        Kind::Stranger,
    )
}

fn try_again(frame: Frame<'_>) -> Reply {
    let mut reply = notice(StatusCode::SERVICE_UNAVAILABLE, frame, Kind::TryAgain);
    reply::set(&mut reply, header::RETRY_AFTER, "3");
    reply
}

fn notice(status: StatusCode, frame: Frame<'_>, kind: Kind) -> Reply {
    render(status, &Notice { frame, kind })
}

fn render(status: StatusCode, view: &impl Template) -> Reply {
    match view.render() {
        Ok(html) => reply::page(status, html, None),
        Err(error) => unrendered(&error),
    }
}

fn unrendered(error: &askama::Error) -> Reply {
    tracing::error!(%error, "page not rendered");
    reply::sentence(StatusCode::INTERNAL_SERVER_ERROR, "Internal error\n")
}

/// Pictures never change within a release; an hour is longer than anybody looks at the portal.
fn asset(svg: &'static str) -> Reply {
    let mut reply = reply::plain(StatusCode::OK, "image/svg+xml", svg);
    reply::set(&mut reply, header::CACHE_CONTROL, "public, max-age=3600");
    reply
}

/// RFC 8908, section 5.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct CaptiveState {
    captive: bool,
    user_portal_url: String,
    venue_info_url: String,
    can_extend_session: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seconds_remaining: Option<u64>,
}

/// Whatever happens, the API answers: phones take a broken one for a broken network. A station that is
/// not known to be granted is captive.
async fn api(visit: &Visit<'_>) -> Reply {
    let standing = match visit.mac {
        Some(mac) => visit.standing(mac).await,
        None => None,
    };
    let portal = visit.network.portal_url(visit.https);
    let seconds_remaining = match standing {
        Some(Standing::Granted { seconds_left, .. }) => Some(seconds_left),
        _ => None,
    };
    let state = CaptiveState {
        captive: !matches!(standing, Some(Standing::Granted { .. } | Standing::Exempt)),
        venue_info_url: format!("{portal}venue"),
        user_portal_url: portal,
        // A session ends at its hour; afterwards the button begins a new one.
        can_extend_session: false,
        seconds_remaining,
    };
    let Ok(body) = serde_json::to_vec(&state) else {
        return reply::sentence(StatusCode::INTERNAL_SERVER_ERROR, "Internal error\n");
    };
    let mut reply = reply::plain(StatusCode::OK, "application/captive+json", body);
    reply::set(&mut reply, header::CACHE_CONTROL, "private, no-store");
    reply
}
