//! `/metrics` for Prometheus: how the gateway stands, in figures.
//!
//! No label holds anything of a station: labels are networks, directions, causes and the comune's own host
//! names. What is told here leaves the machine, for a Prometheus that keeps it for years. So what counts people
//! goes up and down in steps of five, and what they moved is brought up to date only in minutes in which
//! five of a network moved something; the exact figures of now are on the dashboard. What the packet path
//! drops, what cannot be read and what the gateway itself fails at is told one by one: it tells of faults
//! and of attacks. It is read on the machine itself, or with a token that the administrator has given away.
//!
//! | file | holds |
//! |---|---|
//! | `access` | who may read |
//! | `networks` | which metrics there are of each network |
//! | `page` | families of metrics as text, in both dialects |
//! | `told` | which metrics there are, of all and of each |

mod access;
mod networks;
mod page;
mod told;

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio::time::timeout;

use super::desk::Desk;
use super::gate::Peer;
use super::{ANSWER_TIME, DashboardContext};
use crate::config::Config;

pub(super) use access::Readers;
use page::Dialect;

/// What the handler needs.
#[derive(Clone)]
pub(super) struct Metrics {
    desk: Desk,
    readers: Arc<Readers>,
}

impl Metrics {
    pub(super) fn new(context: &DashboardContext, config: Arc<arc_swap::ArcSwap<Config>>) -> Self {
        Self {
            desk: context.desk.clone(),
            readers: Arc::new(Readers::new(config, Arc::clone(&context.clock))),
        }
    }
}

/// Forgets sources that have been quiet.
pub(super) fn tidy(metrics: &Metrics) {
    metrics.readers.tidy();
}

/// One scrape.
pub(super) async fn scrape(
    State(metrics): State<Metrics>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Response {
    if let Err(refusal) = metrics.readers.admit(peer, &headers) {
        return refusal.into_response();
    }
    let Ok(Some(look)) = timeout(ANSWER_TIME, metrics.desk.look()).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "no answer\n").into_response();
    };
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let dialect = Dialect::wanted(accepts.unwrap_or_default());
    match page::render(dialect, move |page| told::tell(page, &look)) {
        Ok(text) => ([(header::CONTENT_TYPE, dialect.content_type())], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "metrics not rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
