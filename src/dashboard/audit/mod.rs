//! The audit log: who did what, when and from where, newest first, and whether the chain holds.
//!
//! | file | holds |
//! |---|---|
//! | `wish` | what somebody wants to see of it |
//! | `list` | the entries of a page, in one reading of the log |
//! | `page` | what is shown |

mod list;
mod page;
mod wish;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use super::frame::show;
use super::login::visit::{Stop, Visit};
use super::records::{Chain, RecordError};
use super::room::Room;
use crate::accounts::Permission;
use list::List;
use page::AuditPage;
use wish::Wish;

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new().route("/audit", get(look))
}

async fn look(visit: Visit, State(room): State<Room>, Query(wish): Query<Wish>) -> Result<Response, Stop> {
    let ticket = visit.admit(Permission::ReadAudit).await?;
    let frame = visit.frame("audit-title", Some(&ticket));
    let zone = visit.login.zone.clone();
    let read = wish.read(&zone);
    let status = match &read {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let filter = read.as_ref().ok().cloned();
    let log = Arc::clone(&room.records.audit);
    let before = wish.before();
    // A long log takes its time.
    let looked = tokio::task::spawn_blocking(move || -> Result<(Chain, List), RecordError> {
        let chain = log.chain()?;
        let mut list = List::new(filter, before);
        log.entries(&mut |line, entry| list.take(line, entry))?;
        Ok((chain, list))
    });
    let (chain, list) = match looked.await {
        Ok(looked) => looked.map_err(|error| visit.trouble(&error))?,
        Err(error) => return Err(visit.trouble(&error)),
    };
    let page = AuditPage::new(frame, &wish, read.err(), &chain, list, &zone);
    Ok(show(status, &page))
}
