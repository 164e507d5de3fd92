//! Figures to be taken away: every kind in every format that the command has, made beside the event loop while
//! a page tells how far it is, and noted in the audit log by the same code as the command's.
//!
//! | file | holds |
//! |---|---|
//! | `jobs` | exports in the making, and their files for a while |
//! | `body` | a file as an answer |
//! | `page` | what is shown |

mod body;
mod jobs;
mod page;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Form, Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::frame::show;
use super::login::visit::{Stop, Visit, missing_page};
use super::records::{Author, ExportWish, FiguresWish, NotMade};
use super::room::Room;
use crate::accounts::{Permission, Ticket};
use crate::model::figures::Day;
use jobs::Kept;
pub(super) use jobs::{Failure, Job, JobId, Jobs, State as JobState};
use page::{ExportsPage, JobPage};

type Answer = Result<Response, Stop>;

/// Longest form, bytes.
pub(super) const FORM: usize = 4 * 1_024;
/// Most exports are made while one waits.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// A page of a job that is under way asks again after so many seconds.
const AGAIN: &str = "3";

/// Its paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/figures/exports", get(list).post(begin))
        .route("/figures/exports/{id}", get(job))
        .route("/figures/exports/{id}/end", post(end))
        .route("/figures/exports/{id}/files/{name}", get(fetch))
        .layer(DefaultBodyLimit::max(FORM))
}

async fn list(visit: Visit, State(room): State<Room>) -> Answer {
    let ticket = visit.admit(Permission::Export).await?;
    let known = known(&visit, &room).await?;
    let wish = FiguresWish::last_month(known.today, visit.tongue.code());
    show_form(&visit, &room, &ticket, (StatusCode::OK, None), wish, None).await
}

#[derive(Deserialize)]
struct BeginForm {
    form: String,
    /// Kind and format, as `usage.csv`.
    make: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    network: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    lang: String,
}

async fn begin(visit: Visit, State(room): State<Room>, Form(form): Form<BeginForm>) -> Answer {
    let ticket = visit.admit(Permission::Export).await?;
    visit.check_form(&form.form)?;
    let (what, format) = form.make.split_once('.').unwrap_or((&form.make, ""));
    let wish = FiguresWish {
        what: what.to_owned(),
        format: format.to_owned(),
        from: form.from,
        to: form.to,
        network: form.network,
        by: form.by,
        lang: form.lang,
    };
    let (jobs, config) = (room.jobs.clone(), room.config.load_full());
    let asked = ExportWish::Figures(wish.clone());
    // The figures' database knows networks that the configuration does not.
    let checked = tokio::task::spawn_blocking(move || jobs.check(&config, &asked)).await;
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    match checked.map_err(|error| visit.trouble(&error))? {
        Ok(()) => {
            start(
                &visit,
                &room,
                &ticket,
                Permission::Export,
                ExportWish::Figures(wish),
            )
            .await
        }
        Err(NotMade::Complaint { field, words }) => {
            show_form(
                &visit,
                &room,
                &ticket,
                (refused, None),
                wish,
                Some((field, visit.tongue.told(&words))),
            )
            .await
        }
        Err(NotMade::Told(words)) => {
            let words = visit.tongue.told(&words);
            show_form(&visit, &room, &ticket, (refused, Some(words)), wish, None).await
        }
        Err(NotMade::Fault(error)) => Err(visit.trouble(&error)),
        Err(NotMade::Stopped) => Err(missing_page(visit.tongue).into()),
    }
}

/// Begins a job, and leads to its page.
pub(super) async fn start(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    needs: Permission,
    wish: ExportWish,
) -> Answer {
    let author = Author {
        name: ticket.user.name.to_string(),
        who: visit.by(ticket).who,
        address: visit.visitor().address,
    };
    let Ok(id) = room.jobs.begin(author, needs, wish, room.config.load_full()) else {
        let known = known(visit, room).await?;
        let wish = FiguresWish::last_month(known.today, visit.tongue.code());
        let told = Some(visit.tongue.say("exports-full"));
        let status = StatusCode::TOO_MANY_REQUESTS;
        return show_form(visit, room, ticket, (status, told), wish, None).await;
    };
    room.jobs.wait(&id, PATIENCE).await;
    let place = format!("/figures/exports/{}", id.as_str());
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response())
}

async fn show_form(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    (status, told): (StatusCode, Option<String>),
    wish: FiguresWish,
    complaint: Option<(&'static str, String)>,
) -> Answer {
    let known = known(visit, room).await?;
    let mut frame = visit.frame("exports-title", Some(ticket));
    frame.wrong = told;
    let jobs = room.jobs.of(ticket.user.name.as_str());
    let role = ticket.user.role;
    Ok(show(
        status,
        &ExportsPage::new(frame, role, wish, complaint, known, &jobs),
    ))
}

async fn known(visit: &Visit, room: &Room) -> Result<super::records::Known, Stop> {
    let (book, config) = (Arc::clone(&room.records.figures), room.config.load_full());
    match tokio::task::spawn_blocking(move || book.known(&config)).await {
        Ok(known) => known.map_err(|error| visit.trouble(&error)),
        Err(error) => Err(visit.trouble(&error)),
    }
}

/// The job, where it is this user's and they still may do what it is of. Nobody learns of others' jobs.
async fn own(visit: &Visit, room: &Room, id: &JobId) -> Result<(Ticket, Job), Stop> {
    let ticket = visit.admit(Permission::OwnAccount).await?;
    let job = room.jobs.job(id, ticket.user.name.as_str());
    let job = job.filter(|job| ticket.user.role.may(job.needs));
    match job {
        Some(job) => Ok((ticket, job)),
        None => Err(missing_page(visit.tongue).into()),
    }
}

async fn job(visit: Visit, State(room): State<Room>, Path(id): Path<String>) -> Answer {
    let id = JobId::from(id);
    let (ticket, job) = own(&visit, &room, &id).await?;
    let frame = visit.frame("exports-job", Some(&ticket));
    let is_under_way = job.is_under_way();
    let mut response = show(StatusCode::OK, &JobPage::new(frame, &id, &job));
    if is_under_way {
        // Without a script; the page says how to ask at once.
        let again = HeaderValue::from_static(AGAIN);
        response
            .headers_mut()
            .insert(HeaderName::from_static("refresh"), again);
    }
    Ok(response)
}

#[derive(Deserialize)]
struct EndForm {
    form: String,
}

async fn end(
    visit: Visit,
    State(room): State<Room>,
    Path(id): Path<String>,
    Form(form): Form<EndForm>,
) -> Answer {
    let id = JobId::from(id);
    let (ticket, _) = own(&visit, &room, &id).await?;
    visit.check_form(&form.form)?;
    let name = ticket.user.name.as_str();
    room.jobs.end(&id, name);
    visit.note(name, "export-discard", id.as_str()).await;
    let to = if ticket.user.role.may(Permission::Export) {
        "/figures/exports"
    } else {
        "/"
    };
    Ok(super::login::visit::go(to))
}

/// A file of a job, by a name that the job has: never a path.
async fn fetch(visit: Visit, State(room): State<Room>, Path((id, name)): Path<(String, String)>) -> Answer {
    let id = JobId::from(id);
    let (_, job) = own(&visit, &room, &id).await?;
    let file = file_of(&room.jobs, id, &job, &name).await;
    let file = file.map_err(|error| visit.trouble(&error))?;
    file.ok_or_else(|| missing_page(visit.tongue).into())
}

/// A file of a job as an answer; `None` where it has none of that name any more.
pub(super) async fn file_of(
    jobs: &Jobs,
    id: JobId,
    job: &Job,
    name: &str,
) -> std::io::Result<Option<Response>> {
    let JobState::Done { files, .. } = &job.state else {
        return Ok(None);
    };
    let Some(file): Option<&Kept> = files.iter().find(|file| file.name == name) else {
        return Ok(None);
    };
    let opened = tokio::fs::File::open(jobs.path(&id, file)).await?;
    let jobs = jobs.clone();
    let (fetched, bytes) = (file.name.clone(), file.bytes);
    let body = body::body(opened, bytes, Box::new(move || jobs.fetched(&id, &fetched)));
    let headers = [
        (header::CONTENT_TYPE, kind(&file.name).to_owned()),
        (header::CONTENT_LENGTH, bytes.to_string()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file.name),
        ),
    ];
    Ok(Some((headers, body).into_response()))
}

/// The media type of a file, by its ending.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "csv" => "text/csv; charset=utf-8",
        "json" => "application/json",
        "jsonl" => "application/jsonl",
        "jsonld" => "application/ld+json",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pdf" => "application/pdf",
        "html" => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

impl FiguresWish {
    /// What the form has before anybody says anything: as the command.
    fn last_month(today: Day, lang: &str) -> Self {
        let month = today.month().first().previous().month();
        Self {
            from: month.first().to_string(),
            to: month.last().to_string(),
            by: "hour".to_owned(),
            lang: lang.to_owned(),
            ..Self::default()
        }
    }
}
