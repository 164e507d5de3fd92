//! Figures to be taken away: begun, looked after, fetched; noted in the audit log by the same code as the command's.
//!
//! Exports are their owner's: those of a token and those that its owner began on the dashboard are the same.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named, NamedTwo};
use super::problem::{Kind, Problem};
use super::routes::{Deed, FILE, Routes, Segment};
use crate::accounts::Permission;
use crate::dashboard::exports::{Failure, Job, JobId, JobState, file_of};
use crate::dashboard::room::Room;
use crate::dashboard::{ExportWish, FiguresWish, NotMade};
use crate::model::audit::More;

/// When whoever has as many exports as may be is told to come again: files are kept for ten minutes.
const LATER: Duration = Duration::from_mins(1);

const EXPORT: Segment = Segment {
    name: "export",
    about: "An export's name, as it was told when it began.",
    pattern: "^[0-9a-f]{32}$",
};
const NAME: Segment = Segment {
    name: "file",
    about: "A file's name, as the export tells it.",
    pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let exports = Permission::Export;
    routes
        .add(
            Deed::get("/exports", "listExports", "The owner's exports")
                .needs(exports)
                .answers_list::<Told>("The latest first; each is kept for ten minutes."),
            list,
        )
        .add(
            Deed::post("/exports", "beginExport", "Begin an export")
                .about("It stands in the audit log when it is made.")
                .needs(exports)
                .takes::<Wanted>()
                .answers::<Told>(StatusCode::ACCEPTED, "It is being made."),
            begin,
        )
        .add(
            Deed::get("/exports/{export}", "getExport", "How far an export is")
                .needs(exports)
                .of(EXPORT)
                .answers::<Told>(StatusCode::OK, "As of now."),
            one,
        )
        .add(
            Deed::delete(
                "/exports/{export}",
                "endExport",
                "End an export, and remove its files",
            )
            .needs(exports)
            .of(EXPORT)
            .answers_nothing("There is no such export any more."),
            end,
        )
        .add(
            Deed::get(
                "/exports/{export}/files/{file}",
                "fetchExport",
                "Fetch a file of an export",
            )
            .about("As often as is wanted: it stays for ten minutes, or until the export is ended.")
            .needs(exports)
            .of(EXPORT)
            .of(NAME)
            .answers_file("The file."),
            fetch,
        )
}

/// An export as it is to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportWish)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Of what.
    what: What,
    /// In which format.
    format: Format,
    /// First day; that of last month without.
    #[schema(format = Date)]
    from: Option<String>,
    /// Last day, included; that of the month of the first without.
    #[schema(format = Date)]
    to: Option<String>,
    /// Of this network alone.
    network: Option<String>,
    /// What a row is about; an hour without.
    by: Option<By>,
    /// Language; it without.
    lang: Option<Lang>,
}

/// What is exported.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportKind)]
#[serde(rename_all = "lowercase")]
enum What {
    /// Use by network and time.
    Usage,
    /// When networks were there for people.
    Availability,
    /// Networks and access points.
    Installation,
    /// A summary to be read.
    Summary,
    /// The page of open data.
    Page,
}

/// A format; not each is there for each kind.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportFormat)]
#[serde(rename_all = "lowercase")]
enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
    /// JSON.
    Json,
    /// A document.
    Pdf,
    /// A page.
    Html,
}

/// What a row is about.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportStep)]
#[serde(rename_all = "lowercase")]
enum By {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A month.
    Month,
}

/// A language.
#[derive(Deserialize, ToSchema)]
#[schema(as = ExportLanguage)]
#[serde(rename_all = "lowercase")]
enum Lang {
    /// Italian.
    It,
    /// English.
    En,
}

/// An export.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
struct Told {
    /// Its name.
    id: String,
    /// How far it is.
    state: StateName,
    /// Parts that are done.
    done: Option<usize>,
    /// Parts in all.
    parts: Option<usize>,
    /// What was made.
    files: Vec<FileTold>,
    /// What the reader should know.
    notes: Vec<String>,
    /// Why there is nothing.
    failure: Option<String>,
}

/// How far an export is.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportState)]
#[serde(rename_all = "lowercase")]
enum StateName {
    /// Others are before it.
    Waiting,
    /// It is being made.
    Making,
    /// Its files are there.
    Done,
    /// There is nothing.
    Failed,
}

/// A file of an export.
#[derive(Serialize, ToSchema)]
#[schema(as = ExportFile)]
struct FileTold {
    /// Its name.
    name: String,
    /// Its length.
    bytes: u64,
    /// Of its bytes, in hexadecimal digits.
    sha256: String,
    /// Whether it was sent whole before.
    fetched: bool,
}

impl From<Wanted> for FiguresWish {
    fn from(wanted: Wanted) -> Self {
        let what = match wanted.what {
            What::Usage => "usage",
            What::Availability => "availability",
            What::Installation => "installation",
            What::Summary => "summary",
            What::Page => "page",
        };
        let format = match wanted.format {
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
            Format::Pdf => "pdf",
            Format::Html => "html",
        };
        let by = match wanted.by {
            Some(By::Hour) | None => "hour",
            Some(By::Day) => "day",
            Some(By::Month) => "month",
        };
        let lang = match wanted.lang {
            Some(Lang::It) | None => "it",
            Some(Lang::En) => "en",
        };
        Self {
            what: what.to_owned(),
            format: format.to_owned(),
            from: wanted.from.unwrap_or_default(),
            to: wanted.to.unwrap_or_default(),
            network: wanted.network.unwrap_or_default(),
            by: by.to_owned(),
            lang: lang.to_owned(),
        }
    }
}

async fn list(call: Call, State(room): State<Room>) -> Json<Vec<Told>> {
    let jobs = room.jobs.of(call.caller.user.name.as_str());
    // Those of the audit log need another scope.
    let own = jobs.iter().filter(|(_, job)| call.caller.may(job.needs));
    Json(own.map(|(id, job)| tell(id, job)).collect())
}

async fn begin(
    call: Call,
    State(room): State<Room>,
    Body(wanted): Body<Wanted>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    let wish = ExportWish::Figures(wanted.into());
    let (jobs, config, asked) = (room.jobs.clone(), room.config.load_full(), wish.clone());
    // The figures' database knows networks that the configuration does not.
    let checked = tokio::task::spawn_blocking(move || jobs.check(&config, &asked)).await;
    checked
        .map_err(|error| Problem::fault(&error))?
        .map_err(|reason| not_made(&reason))?;
    let begun = room
        .jobs
        .begin(call.author(), Permission::Export, wish, room.config.load_full());
    let id = begun.map_err(|_| Problem::too_many(LATER))?;
    let (_, job) = own(&call, &room, id.as_str().to_owned())?;
    Ok((StatusCode::ACCEPTED, Json(tell(&id, &job))))
}

async fn one(call: Call, State(room): State<Room>, Named(id): Named<String>) -> Result<Json<Told>, Problem> {
    let (id, job) = own(&call, &room, id)?;
    Ok(Json(tell(&id, &job)))
}

async fn end(call: Call, State(room): State<Room>, Named(id): Named<String>) -> Result<StatusCode, Problem> {
    let (id, job) = own(&call, &room, id)?;
    room.jobs.end(&id, &job.owner);
    call.note("export-discard", id.as_str(), More::new()).await;
    Ok(StatusCode::NO_CONTENT)
}

async fn fetch(
    call: Call,
    State(room): State<Room>,
    NamedTwo(id, name): NamedTwo<String, String>,
) -> Result<Response, Problem> {
    let (id, job) = own(&call, &room, id)?;
    let file = file_of(&room.jobs, id, &job, &name).await;
    let file = file.map_err(|error| Problem::fault(&error))?;
    let mut response = file.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FILE));
    Ok(response)
}

/// The job, where it is the owner's and the token is for what it is of.
fn own(call: &Call, room: &Room, id: String) -> Result<(JobId, Job), Problem> {
    let id = JobId::from(id);
    let job = room.jobs.job(&id, call.caller.user.name.as_str());
    let job = job.filter(|job| call.caller.may(job.needs));
    job.map(|job| (id, job))
        .ok_or_else(|| Problem::new(Kind::NotFound))
}

fn not_made(reason: &NotMade) -> Problem {
    match reason {
        NotMade::Complaint { field, words } => {
            // On the form kind and format are one field.
            let field = if *field == "make" { "format" } else { field };
            Problem::field(field, words.to_string())
        }
        NotMade::Told(words) => Problem::saying(Kind::Invalid, words.to_string()),
        NotMade::Stopped => Problem::unavailable(),
        NotMade::Fault(error) => Problem::fault(error),
    }
}

fn tell(id: &JobId, job: &Job) -> Told {
    let mut told = Told {
        id: id.as_str().to_owned(),
        state: StateName::Waiting,
        done: None,
        parts: None,
        files: Vec::new(),
        notes: Vec::new(),
        failure: None,
    };
    match &job.state {
        JobState::Waiting => {}
        JobState::Making(done, all) => {
            told.state = StateName::Making;
            (told.done, told.parts) = (Some(*done), Some(*all));
        }
        JobState::Done { files, notes } => {
            told.state = StateName::Done;
            told.notes.clone_from(notes);
            let files = files.iter().map(|file| FileTold {
                name: file.name.clone(),
                bytes: file.bytes,
                sha256: file.sha256.clone(),
                fetched: file.is_fetched,
            });
            told.files = files.collect();
        }
        JobState::Failed(failure) => {
            told.state = StateName::Failed;
            told.failure = Some(match failure {
                Failure::Told(words) => words.to_string(),
                Failure::TooLarge => "It would be too large.".to_owned(),
                Failure::Fault => "Something is out of order; the gateway's log says what.".to_owned(),
            });
        }
    }
    told
}
