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
//! | `metrics` | figures for Prometheus, and who may read them |
//! | `login` | who gets in |
//! | `frame`, `words`, `assets` | what pages have around them, their words, style and scripts |
//! | `room` | what every screen can reach |
//! | `desk` | questions to the event loop; `app` answers them, so that nothing here knows kernel or store |

mod assets;
mod desk;
mod frame;
mod gate;
mod listener;
mod login;
mod metrics;
mod room;
mod words;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::time::timeout;

pub use desk::{Ask, Desk, FeedLook, Look, ProcessLook, ResolverLook, StatisticsLook};
pub use gate::Peer;
pub use listener::Dashboard;
pub use login::{Audit, Login};
use metrics::Metrics;
use room::Room;

use crate::config::Config;
use crate::model::Clock;

/// Longest wait for the event loop.
const ANSWER_TIME: Duration = Duration::from_secs(4);

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
}

/// Which paths there are.
fn router(context: &DashboardContext, metrics: Metrics, room: Room) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .with_state(context.desk.clone())
        .merge(
            Router::new()
                .route("/metrics", get(metrics::scrape))
                .with_state(metrics),
        )
        .merge(
            login::router()
                .merge(assets::router())
                .fallback(login::visit::missing)
                .with_state(room),
        )
}

/// Whether the event loop answers: for whoever watches over the gateway.
async fn health(State(desk): State<Desk>) -> (StatusCode, &'static str) {
    match timeout(ANSWER_TIME, desk.look()).await {
        Ok(Some(_)) => (StatusCode::OK, "ok\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "no answer\n"),
    }
}
