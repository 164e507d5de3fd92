//! The portal's own host: its pages and the two forms.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Incoming};
use hyper::{Method, Request, StatusCode, header};
use tokio::time::timeout;

use super::api::API_PATH;
use super::assets::{self, Crests};
use super::compressed::{Filling, Mark};
use super::leaves::{self, Key, Leaf};
use super::limits::{FORM_BYTES, FORM_TIME, RateLimit};
use super::pages::{self, Access, Kind};
use super::reply::{self, Reply};
use super::request::{Manner, Target, field, is_from_own_page};
use super::sheets::{Moment, Sheets};
use super::text::Text;
use super::token::{Bearer, Purpose, TokenError};
use super::{PortalContext, api, measure};
use crate::config::{Config, Network};
use crate::core::{Answer, Question, Standing};
use crate::model::Mac;

/// Longest wait for the event loop and the kernel behind it; people and phones give up soon after.
const ANSWER_TIME: Duration = Duration::from_secs(4);

/// One request's surroundings.
pub(super) struct Visit<'a> {
    pub(super) context: &'a PortalContext,
    pub(super) config: &'a Arc<Config>,
    pub(super) sheets: &'a Sheets<Key>,
    pub(super) crests: &'a Crests,
    pub(super) forms: &'a RateLimit,
    pub(super) measures: &'a RateLimit,
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

    pub(super) async fn standing(&self, mac: Mac) -> Option<Standing> {
        match self.ask(mac, Question::Status).await {
            Some(Answer::Is(standing)) => Some(standing),
            _ => None,
        }
    }

    /// Whether there is such a page: a piece of news that is over, or never was, has none, and no room
    /// is given to it; nor have figures that the comune does not publish.
    fn has(&self, document: &Leaf) -> bool {
        match document {
            Leaf::Article(id) => {
                let now = (self.context.clock)().wall;
                (self.context.bulletin)().item(id, self.network.id, now).is_some()
            }
            Leaf::Numbers => (self.context.numbers)(self.network.id).is_some(),
            _ => true,
        }
    }

    /// What opens for the station.
    async fn access(&self) -> Access {
        let standing = match self.mac {
            Some(mac) => self.standing(mac).await,
            None => None,
        };
        match standing {
            Some(Standing::Granted { .. } | Standing::Exempt) => Access::Online,
            _ => Access::Captive,
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

    /// A page as it is sent to this visitor.
    fn show(
        &self,
        status: StatusCode,
        manner: &Manner,
        (leaf, access): (Leaf, Access),
        filling: Filling<'_>,
    ) -> Reply {
        let keepable = Leaf::of_path(&manner.path).is_some_and(|document| document == leaf);
        let nonce = leaf.has_snippet().then(new_nonce).flatten();
        let key = Key::new(self, manner, leaf, access, nonce.is_some());
        let moment = Moment {
            config: Arc::clone(self.config),
            board: (self.context.bulletin)(),
            minute: (self.context.clock)().wall.as_second().div_euclid(60),
        };
        let sheet = self.sheets.get(&moment, key.clone(), || key.draw(self, &moment));
        match (sheet, nonce) {
            (Err(error), _) => {
                tracing::error!(%error, "page not rendered");
                reply::sentence(StatusCode::INTERNAL_SERVER_ERROR, "Internal error\n")
            }
            (Ok(sheet), _) if keepable && sheet.is_same_for_all() => reply::document(&sheet, manner),
            (Ok(sheet), Some(nonce)) if key.has_snippet() => {
                let filling = filling.with(Mark::Nonce, &nonce);
                reply::page(status, &sheet, manner, &filling, Some(&nonce))
            }
            (Ok(sheet), _) => reply::page(status, &sheet, manner, &filling, None),
        }
    }

    fn short(&self, status: StatusCode, manner: &Manner, kind: Kind) -> Reply {
        self.show(
            status,
            manner,
            (Leaf::Short(kind), Access::Captive),
            Filling::default(),
        )
    }
}

/// A redirect within the portal that keeps a chosen language.
fn lead(status: StatusCode, manner: &Manner, path: &str) -> Reply {
    reply::redirect(status, &leaves::link(manner, path))
}

/// A nonce for the content security policy. Without randomness there is none, so the page does without
/// the snippet.
fn new_nonce() -> Option<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).ok()?;
    Some(pages::base64(&random))
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
            measure::PATH => measure::take(visit, request).await,
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
    let manner = Manner::of(request);
    let path = request.uri().path();
    if let Some(document) = Leaf::of_path(path) {
        if !visit.has(&document) {
            let instead = if document == Leaf::Numbers { "/" } else { "/news" };
            return lead(StatusCode::FOUND, &manner, instead);
        }
        let access = if document.depends_on_access() {
            visit.access().await
        } else {
            Access::Captive
        };
        return visit.show(StatusCode::OK, &manner, (document, access), Filling::default());
    }
    if let Some(name) = path.strip_prefix("/assets/") {
        let asset = assets::answer(name, request, &manner, visit.crests, visit.network.id);
        return asset.unwrap_or_else(not_found);
    }
    if let Some(name) = path.strip_prefix("/pictures/") {
        let board = (visit.context.bulletin)();
        return assets::picture(name, request, &manner, &board).unwrap_or_else(not_found);
    }
    match path {
        API_PATH => api::answer(visit).await,
        "/" | "/online" | "/disconnected" => {
            let reply = stand(visit, &manner).await;
            let is_view = request.method() == Method::GET && reply.status() == StatusCode::OK;
            if let Some(mac) = visit.mac.filter(|_| is_view && path != "/disconnected") {
                measure::count_view(visit, mac, manner.lang);
            }
            reply
        }
        "/favicon.ico" | "/robots.txt" => not_found(),
        _ => lead(StatusCode::FOUND, &manner, "/"),
    }
}

fn not_found() -> Reply {
    reply::sentence(StatusCode::NOT_FOUND, "Not found\n")
}

/// The three pages that depend on how the station stands.
async fn stand(visit: &Visit<'_>, manner: &Manner) -> Reply {
    let Some(mac) = visit.mac else {
        return stranger(visit, manner);
    };
    let Some(standing) = visit.standing(mac).await else {
        return try_again(visit, manner);
    };
    match (standing, manner.path.as_str()) {
        (Standing::Blocked, _) => visit.short(StatusCode::FORBIDDEN, manner, Kind::Blocked),
        (Standing::Granted { .. } | Standing::Exempt, "/online") => online(visit, mac, manner, standing),
        (Standing::Granted { .. } | Standing::Exempt, _) => lead(StatusCode::SEE_OTHER, manner, "/online"),
        (Standing::Captive, "/disconnected") => visit.short(StatusCode::OK, manner, Kind::Disconnected),
        (Standing::Captive, "/online") => lead(StatusCode::SEE_OTHER, manner, "/"),
        (Standing::Captive, _) => login(visit, mac, manner, StatusCode::OK, false),
    }
}

/// A form: `/grant` or `/disconnect`.
async fn submit(visit: &Visit<'_>, request: Request<Incoming>, purpose: Purpose) -> Reply {
    let (head, body) = request.into_parts();
    let request = Request::from_parts(head, ());
    let manner = Manner::of(&request);
    if !is_from_own_page(request.headers(), &visit.network.host) {
        return reply::closing(visit.short(StatusCode::FORBIDDEN, &manner, Kind::Refused));
    }
    let Some(mac) = visit.mac else {
        return reply::closing(stranger(visit, &manner));
    };
    if let Err(wait) = visit.forms.attempt((visit.network.id, Some(mac))) {
        let mut reply = visit.short(StatusCode::TOO_MANY_REQUESTS, &manner, Kind::SlowDown);
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
    if purpose == Purpose::Grant && !(visit.context.uplink)() {
        // Nothing to be online on: the page says so, and the tap is not used up.
        return login(visit, mac, &manner, StatusCode::SERVICE_UNAVAILABLE, false);
    }
    let now = (visit.context.clock)().wall;
    let bearer = visit.bearer(mac, purpose);
    match (visit.context.token_key.check(bearer, token, now), purpose) {
        (Ok(()), Purpose::Grant) => after_grant(visit, &manner, visit.ask(mac, Question::Grant).await),
        (Ok(()), Purpose::Disconnect) => {
            after_disconnect(visit, &manner, visit.ask(mac, Question::Disconnect).await)
        }
        // A disconnect form left open too long: the online page gives a new one.
        (Err(_), Purpose::Disconnect) => lead(StatusCode::SEE_OTHER, &manner, "/online"),
        (Err(TokenError::Expired), Purpose::Grant) => login(visit, mac, &manner, StatusCode::OK, true),
        (Err(_), Purpose::Grant) => login(visit, mac, &manner, StatusCode::FORBIDDEN, true),
    }
}

/// The whole form, bounded in size and time.
pub(super) async fn read_form<B>(body: B) -> Result<hyper::body::Bytes, StatusCode>
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
fn after_grant(visit: &Visit<'_>, manner: &Manner, answer: Option<Answer>) -> Reply {
    match answer {
        Some(Answer::Is(Standing::Granted { .. } | Standing::Exempt)) => {
            lead(StatusCode::SEE_OTHER, manner, "/online")
        }
        Some(Answer::Is(Standing::Blocked)) => visit.short(StatusCode::FORBIDDEN, manner, Kind::Blocked),
        Some(Answer::Is(Standing::Captive) | Answer::TryAgain) | None => try_again(visit, manner),
    }
}

fn after_disconnect(visit: &Visit<'_>, manner: &Manner, answer: Option<Answer>) -> Reply {
    match answer {
        Some(Answer::Is(Standing::Captive | Standing::Blocked)) => {
            lead(StatusCode::SEE_OTHER, manner, "/disconnected")
        }
        Some(Answer::Is(Standing::Granted { .. } | Standing::Exempt)) => {
            lead(StatusCode::SEE_OTHER, manner, "/online")
        }
        Some(Answer::TryAgain) | None => try_again(visit, manner),
    }
}

fn login(visit: &Visit<'_>, mac: Mac, manner: &Manner, status: StatusCode, expired: bool) -> Reply {
    let token = visit.token(mac, Purpose::Grant);
    let filling = Filling::default().with(Mark::Token, &token);
    visit.show(
        status,
        manner,
        (Leaf::Login { expired }, Access::Captive),
        filling,
    )
}

fn online(visit: &Visit<'_>, mac: Mac, manner: &Manner, standing: Standing) -> Reply {
    let Standing::Granted {
        ends_at,
        seconds_left,
        usage,
        plan,
        volume,
        ..
    } = standing
    else {
        return visit.show(
            StatusCode::OK,
            manner,
            (Leaf::Exempt, Access::Online),
            Filling::default(),
        );
    };
    let text = Text(manner.lang);
    let zone = visit.config.gateway.time_zone.jiff().clone();
    let until = text.time(ends_at.to_zoned(zone).time());
    let left = text.duration(seconds_left);
    let used = text.bytes(usage.up.bytes.saturating_add(usage.down.bytes));
    let (down, up) = (text.rate(plan.down), text.rate(plan.up));
    let day = volume.map(|volume| text.of(volume.used, volume.volume));
    let token = visit.token(mac, Purpose::Disconnect);
    let filling = Filling::default()
        .with(Mark::Left, &left)
        .with(Mark::Until, &until)
        .with(Mark::Used, &used)
        .with(Mark::Down, &down)
        .with(Mark::Up, &up)
        .with(Mark::Day, day.as_deref().unwrap_or_default())
        .with(Mark::Token, &token);
    let leaf = Leaf::Online {
        day: volume.map(|volume| volume.is_used_up()),
    };
    visit.show(StatusCode::OK, manner, (leaf, Access::Online), filling)
}

/// For a peer that the kernel cannot tie to a station: nothing can be granted to it.
pub(super) fn stranger(visit: &Visit<'_>, manner: &Manner) -> Reply {
    visit.short(StatusCode::SERVICE_UNAVAILABLE, manner, Kind::Stranger)
}

fn try_again(visit: &Visit<'_>, manner: &Manner) -> Reply {
    let mut reply = visit.short(StatusCode::SERVICE_UNAVAILABLE, manner, Kind::TryAgain);
    reply::set(&mut reply, header::RETRY_AFTER, "3");
    reply
}
