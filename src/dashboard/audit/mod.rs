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
use axum::extract::{DefaultBodyLimit, Form, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde::Deserialize;

use super::exports;
use super::frame::show;
use super::login::visit::{Stop, Visit};
use super::records::{AuditFormat, Chain, ExportWish, RecordError};
use super::room::Room;
use crate::accounts::{Permission, Ticket};
use list::List;
use page::AuditPage;
use wish::Wish;

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/audit", get(look))
        .route("/audit/export", post(export))
        .layer(DefaultBodyLimit::max(exports::FORM))
}

async fn look(visit: Visit, State(room): State<Room>, Query(wish): Query<Wish>) -> Result<Response, Stop> {
    let ticket = visit.admit(Permission::ReadAudit).await?;
    list(&visit, &room, &ticket, wish).await
}

/// The filter of the page, and what is to become of what it lets through.
#[derive(Deserialize)]
struct ExportForm {
    form: String,
    format: String,
    #[serde(flatten)]
    wish: Wish,
}

/// Takes away what the filter lets through, by a job as those of figures.
async fn export(
    visit: Visit,
    State(room): State<Room>,
    Form(form): Form<ExportForm>,
) -> Result<Response, Stop> {
    let needs = Permission::ReadAudit;
    let ticket = visit.admit(needs).await?;
    visit.check_form(&form.form)?;
    let format = match form.format.as_str() {
        "jsonl" => AuditFormat::JsonLines,
        _ => AuditFormat::Csv,
    };
    match form.wish.read(&visit.zone) {
        Ok(filter) => {
            let wish = ExportWish::Audit { filter, format };
            exports::start(&visit, &room, &ticket, needs, wish).await
        }
        Err(_) => list(&visit, &room, &ticket, form.wish).await,
    }
}

async fn list(visit: &Visit, room: &Room, ticket: &Ticket, wish: Wish) -> Result<Response, Stop> {
    let frame = visit.frame("audit-title", Some(ticket));
    let zone = visit.zone.clone();
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
