//! Statistics: charts of a day, week, month or year, of one network or all of them, two periods beside each
//! other, and the calendar of days in service. What may be told is the same as in exports. Whoever may take
//! figures away without seeing charts (auditors) gets on to the exports.
//!
//! | file | holds |
//! |---|---|
//! | `wish`, `span` | what somebody wants to see |
//! | `told` | what may be told of it |
//! | `draw`, `compare`, `calendar` | charts and tables |
//! | `pen` | figures in words |
//! | `page` | what is shown |
//! | `works` | announced works: what is out of service within them is planned |

mod calendar;
mod compare;
mod draw;
mod page;
mod pen;
mod span;
mod told;
mod wish;
mod works;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use super::frame::{Frame, show};
use super::login::visit::{Stop, Visit, go};
use super::records::{FigureBook, Known, RecordError};
use super::room::Room;
use crate::accounts::{Permission, Ticket};
use crate::config::Config;
use page::{CalendarPage, ChartsPage, ComparePage, Fields};
use pen::Pen;
use wish::{Meant, Wish, Wrong};
use works::within;

type Answer = Result<Response, Stop>;
/// A page in the making: what it shows of what is meant.
type Draw<P> = fn(&dyn FigureBook, &Config, &Meant, (Frame, Fields), Pen) -> Result<P, RecordError>;

/// Most pages that read figures at once: each takes a processor for a moment.
static READERS: Semaphore = Semaphore::const_new(2);

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/figures", get(charts))
        .route("/figures/compare", get(compared))
        .route("/figures/availability", get(availability))
        .route("/figures/works", get(works::list).post(works::announce))
        .route("/figures/works/remove", post(works::withdraw))
}

async fn charts(visit: Visit, State(room): State<Room>, Query(wish): Query<Wish>) -> Answer {
    let ticket = visit.admit(Permission::Export).await?;
    if !ticket.user.role.may(Permission::SeeFigures) {
        return Ok(go("/figures/exports"));
    }
    let (status, page) = draw(&visit, &ticket, &room, (wish, "figures-title"), ChartsPage::new).await?;
    Ok(show(status, &page))
}

async fn compared(visit: Visit, State(room): State<Room>, Query(wish): Query<Wish>) -> Answer {
    let ticket = visit.admit(Permission::SeeFigures).await?;
    let (status, page) = draw(
        &visit,
        &ticket,
        &room,
        (wish, "figures-compare"),
        ComparePage::new,
    )
    .await?;
    Ok(show(status, &page))
}

async fn availability(visit: Visit, State(room): State<Room>, Query(wish): Query<Wish>) -> Answer {
    let ticket = visit.admit(Permission::SeeFigures).await?;
    let (status, mut page) = draw(
        &visit,
        &ticket,
        &room,
        (wish, "figures-calendar"),
        CalendarPage::new,
    )
    .await?;
    let desk = Arc::clone(&room.records.works);
    let book = tokio::task::spawn_blocking(move || desk.book()).await;
    let book = book.map_err(|error| visit.trouble(&error))?;
    let book = book.map_err(|error: RecordError| visit.trouble(&error))?;
    let (config, now) = (room.config.load_full(), (room.clock)().wall);
    let (network, period) = page.meant;
    page.works = within(&book, network, period, (&config, visit.tongue, now));
    Ok(show(status, &page))
}

/// Reads figures beside the event loop and makes a page of them; of what cannot be meant, the page as it is
/// without a word, with the field marked.
async fn draw<P: Send + 'static>(
    visit: &Visit,
    ticket: &Ticket,
    room: &Room,
    (wish, title): (Wish, &'static str),
    make: Draw<P>,
) -> Result<(StatusCode, P), Stop> {
    let frame = visit.frame(title, Some(ticket));
    let role = ticket.user.role;
    let (book, config) = (Arc::clone(&room.records.figures), room.config.load_full());
    let _turn = READERS.acquire().await.map_err(|error| visit.trouble(&error))?;
    let drawn = tokio::task::spawn_blocking(move || {
        let known: Known = book.known(&config)?;
        let pen = Pen(frame.tongue);
        let read: Result<Meant, Wrong> = wish.read(&known);
        let status = match read {
            Ok(_) => StatusCode::OK,
            Err(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let wrong = read.as_ref().err().copied();
        let meant = read.unwrap_or_else(|_| Meant::nothing(&known));
        let fields = Fields::new(frame.tongue, role, &wish, (&meant, wrong), known);
        Ok((
            status,
            make(book.as_ref(), &config, &meant, (frame, fields), pen)?,
        ))
    });
    match drawn.await {
        Ok(drawn) => drawn.map_err(|error: RecordError| visit.trouble(&error)),
        Err(error) => Err(visit.trouble(&error)),
    }
}
