//! The administrators' side of the gateway: a listener on the machine itself and on the network of
//! management, never on one of people.
//!
//! ```text
//!  127.0.0.1:9443 ────────┐ http  (also through ssh -L)
//!                         ├──► host, limits ──► Router ──► Desk ──► event loop
//!  management LAN :9443 ──┘ TLS                   │
//!                          strict headers  ◄──────┘
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `listener` | doors, connections and their limits, change of configuration, orderly stop |
//! | `gate` | which hosts are answered for, and the headers of every answer |
//! | `anew` | what is asked over connections alone that came in over the settings in force |
//! | `metrics` | figures for Prometheus, and who may read them |
//! | `login` | who gets in |
//! | `live` | the gateway's pulse, and pages that follow it |
//! | `now`, `networks` | how everything stands, and what to do about it |
//! | `frame`, `words`, `assets` | what pages have around them, their words, style and scripts |
//! | `figures`, `exports` | statistics on screen, and to be taken away |
//! | `audit` | the audit log |
//! | `records` | what of the disk screens show; `app` reads it |
//! | `page` | what people's page tells and looks like, how a phone shows it, what is open before the tap |
//! | `stations` | the list of stations, and what is ordered about them |
//! | `room` | what every screen can reach |
//! | `api` | what the screens do, for programs with tokens |
//! | `desk` | questions to the event loop; `app` answers them, so that nothing here knows kernel or store |

mod anew;
mod api;
mod assets;
mod audit;
mod desk;
mod exports;
mod figures;
mod frame;
mod gate;
mod listener;
mod live;
mod login;
mod metrics;
mod networks;
mod now;
mod page;
mod records;
mod room;
mod settings;
mod stations;
mod turns;
mod units;
mod users;
mod words;
mod zipped;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::sync::Mutex;
use tokio::time::timeout;

pub use desk::{
    Acted, Ask, AuditLook, Desk, FastPathLook, FeedLook, Look, MachineLook, OpeningLook, ProcessLook, Pulse,
    QueueLook, ResolverLook, StateAside, StationAct, StationLook, StationState, Stations, StatisticsLook,
    StockLook,
};
pub use gate::Peer;
pub use listener::Dashboard;
pub use login::{Audit, Login, NotNoted};
use metrics::Metrics;
pub use page::{Draft, Fed, Loaded, Objection, PageBook, PageError, Piece, SentPicture, Sight};
pub use records::{
    AuditFormat, AuditLog, Author, Chain, ExportWish, Exporter, FigureBook, FiguresWish, Known, Made,
    MadeFile, NotAnnounced, NotMade, RecordError, Records, WorksDesk,
};
use room::Room;
pub use settings::keeper::{By, Keeper, Later, Refused, SharedKeeper, Waiting, Wish};

use crate::config::Config;
use crate::model::figures::{Ledger, LedgerError};
use crate::model::{Boot, Clock};

/// Longest wait for the event loop.
const ANSWER_TIME: Duration = Duration::from_secs(4);

/// How long an answer about health is good, milliseconds.
const HEALTH_TIME: u64 = 1_000;

/// Opens the figures on disk for reading; may take its time.
pub type Ledgers = Arc<dyn Fn() -> Result<Box<dyn Ledger>, LedgerError> + Send + Sync>;

/// What the dashboard is built from.
#[derive(Clone)]
pub struct DashboardContext {
    /// Configuration in force at the start.
    pub config: Arc<Config>,
    /// Where questions go.
    pub desk: Desk,
    /// What time it is.
    pub clock: Clock,
    /// Who gets in.
    pub login: Login,
    /// What is on the disk.
    pub records: Records,
    /// Figures of the past.
    pub ledgers: Ledgers,
    /// News and notices.
    pub page: Arc<dyn PageBook>,
    /// Who keeps the configuration file.
    pub keeper: SharedKeeper,
}

/// Which paths there are.
fn router(context: &DashboardContext, metrics: Metrics, room: Room) -> Router {
    Router::new()
        .route("/healthz", get(tell_health))
        .with_state(Arc::new(Health {
            desk: context.desk.clone(),
            clock: Arc::clone(&context.clock),
            last: Mutex::default(),
        }))
        .merge(
            Router::new()
                .route("/metrics", get(metrics::scrape))
                .with_state(metrics),
        )
        .merge(api::router(room.clone()))
        .merge(
            login::router()
                .merge(stations::router())
                .merge(assets::router())
                .merge(audit::router())
                .merge(figures::router())
                .merge(exports::router())
                .merge(live::router())
                .merge(now::router())
                .merge(networks::router())
                .merge(settings::router())
                .merge(users::router())
                .merge(page::router())
                .fallback(login::visit::missing)
                .with_state(room),
        )
}

/// Whether the event loop answers: for whoever watches over the gateway.
struct Health {
    desk: Desk,
    clock: Clock,
    /// When it was asked last, and whether it answered. Nobody needs to have logged in to ask, so many questions
    /// are one: the event loop has stations to see to.
    last: Mutex<Option<(Boot, bool)>>,
}

impl Health {
    async fn is_good(&self) -> bool {
        let mut last = self.last.lock().await;
        let now = (self.clock)().boot;
        if let Some((at, answered)) = *last
            && now.since(at) < HEALTH_TIME
        {
            return answered;
        }
        let answered = matches!(timeout(ANSWER_TIME, self.desk.look()).await, Ok(Some(_)));
        *last = Some(((self.clock)().boot, answered));
        answered
    }
}

async fn tell_health(State(health): State<Arc<Health>>) -> (StatusCode, &'static str) {
    if health.is_good().await {
        (StatusCode::OK, "ok\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "no answer\n")
    }
}
