//! Announced works: what is out of service within them is out of service as planned.

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use crate::accounts::Permission;
use crate::config::Config;
use crate::dashboard::records::{NotAnnounced, WorksDesk};
use crate::dashboard::room::Room;
use crate::model::{NetworkId, Reason, Withdrawn, Works, WorksError, WorksState, WorksWish};

/// Most that are told at once: those that are over long since are in exports.
const MOST: usize = 200;
const NUMBER: Segment = Segment {
    name: "number",
    about: "The number of announced works.",
    pattern: "^[1-9][0-9]{0,8}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let changes = Permission::ChangeSettings;
    routes
        .add(
            Deed::get("/works", "listWorks", "Announced works")
                .needs(Permission::SeeFigures)
                .answers_list::<WorksTold>("The two hundred that were announced last, the last first."),
            list,
        )
        .add(
            Deed::post("/works", "announceWorks", "Announce works")
                .about(
                    "Before they begin: no outage becomes a planned one afterwards. They last 31 days at most, and begin \
                     within a year.",
                )
                .needs(changes)
                .takes::<Wish>()
                .refuses(Kind::Conflict)
                .answers::<WorksTold>(StatusCode::CREATED, "Announced."),
            announce,
        )
        .add(
            Deed::delete("/works/{number}", "withdrawWorks", "Take works back")
                .about(
                    "With what people were told of them. Those that run end now, those that are over stay in the record \
                     (409).",
                )
                .needs(changes)
                .of(NUMBER)
                .refuses(Kind::Conflict)
                .answers::<Gone>(StatusCode::OK, "What became of them."),
            withdraw,
        )
}

/// Announced works.
#[derive(Serialize, ToSchema)]
#[schema(as = Works)]
struct WorksTold {
    /// Their number; none is given twice.
    #[schema(minimum = 1)]
    number: u32,
    /// On which network; null is everywhere.
    network: Option<String>,
    /// Their begin.
    #[schema(format = DateTime)]
    from: String,
    /// Their end.
    #[schema(format = DateTime)]
    until: String,
    /// Why.
    reason: String,
    /// When they were announced.
    #[schema(format = DateTime)]
    announced: String,
    /// How they stand.
    state: StateName,
}

/// How works stand.
#[derive(Serialize, ToSchema)]
#[schema(as = WorksState)]
#[serde(rename_all = "lowercase")]
enum StateName {
    /// They have not begun.
    Ahead,
    /// They run.
    Running,
    /// They are over.
    Over,
}

/// Works as they are to be announced.
#[derive(Deserialize, ToSchema)]
#[schema(as = WorksWish)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// On which network; everywhere without it.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,14}$")]
    network: Option<String>,
    /// Their begin, on a full minute; up to ten minutes ago is meant as now.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Their end, on a full minute.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Why, for the calendar and the record.
    #[schema(value_type = String, min_length = 1, max_length = 140)]
    reason: Reason,
    /// Whether people are told on the page, from a day before.
    #[serde(default)]
    tells_people: bool,
}

/// Works that were taken back.
#[derive(Serialize, ToSchema)]
#[schema(as = WithdrawnWorks)]
struct Gone {
    /// Whether they had not begun, so that they are gone altogether; the others have ended.
    removed: bool,
    /// The works.
    works: WorksTold,
}

/// Their number in a path.
struct Number(u32);

impl FromStr for Number {
    type Err = Problem;

    /// As it is told and no other way, so that the same works have one path.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let number = text.parse().ok().map(Self);
        let number = number.filter(|Self(number)| number.to_string() == text);
        number.ok_or_else(|| Problem::new(Kind::NotFound))
    }
}

async fn list(_call: Call, State(room): State<Room>) -> Result<Json<Vec<WorksTold>>, Problem> {
    let desk = Arc::clone(&room.records.works);
    let book = tokio::task::spawn_blocking(move || desk.book()).await;
    let book = book.map_err(|error| Problem::fault(&error))?;
    let book = book.map_err(|error| Problem::fault(&error))?;
    let now = (room.clock)().wall;
    let latest = book.all().rev().take(MOST);
    Ok(Json(latest.map(|works| tell(works, now)).collect()))
}

async fn announce(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<WorksTold>), Problem> {
    let config = room.config.load_full();
    let tells_people = wish.tells_people;
    let wish = read(wish, &config)?;
    let (author, now) = (call.author(), (room.clock)().wall);
    let done = ask(&room, move |desk| {
        desk.announce(&config, wish, tells_people, (&author, now))
    });
    let works = done.await?;
    Ok((StatusCode::CREATED, Json(tell(&works, now))))
}

async fn withdraw(
    call: Call,
    State(room): State<Room>,
    Named(Number(number)): Named<Number>,
) -> Result<Json<Gone>, Problem> {
    let config = room.config.load_full();
    let (author, now) = (call.author(), (room.clock)().wall);
    let done = ask(&room, move |desk| desk.withdraw(&config, number, (&author, now)));
    let (removed, works) = match done.await? {
        Withdrawn::Removed(works) => (true, works),
        Withdrawn::Ended(works) => (false, works),
    };
    let works = tell(&works, now);
    Ok(Json(Gone { removed, works }))
}

fn read(wish: Wish, config: &Config) -> Result<WorksWish, Problem> {
    let network = wish.network.as_deref().map(|name| {
        let id: Option<NetworkId> = name.parse().ok();
        let known = id.filter(|id| config.network(*id).is_some());
        known.ok_or_else(|| Problem::field("network", "There is no such network."))
    });
    for (field, at) in [("from", wish.from), ("until", wish.until)] {
        if at.as_nanosecond().rem_euclid(60_000_000_000) != 0 {
            return Err(Problem::field(field, "It is not on a full minute."));
        }
    }
    Ok(WorksWish {
        network: network.transpose()?,
        from: wish.from,
        until: wish.until,
        reason: wish.reason,
    })
}

/// Asks the desk, which may have to wait for the disk.
async fn ask<T: Send + 'static>(
    room: &Room,
    question: impl FnOnce(&dyn WorksDesk) -> Result<T, NotAnnounced> + Send + 'static,
) -> Result<T, Problem> {
    let desk = Arc::clone(&room.records.works);
    let answer = tokio::task::spawn_blocking(move || question(&*desk)).await;
    match answer.map_err(|error| Problem::fault(&error))? {
        Ok(done) => Ok(done),
        Err(NotAnnounced::Refused(error)) => Err(refused(&error)),
        Err(NotAnnounced::Untold(error)) => {
            tracing::error!(error, "the page does not follow announced works");
            let detail =
                "It is done, but what people are told on the page could not be changed: see to the notices.";
            Err(Problem::saying(Kind::Conflict, detail))
        }
        Err(NotAnnounced::Fault(error)) => Err(Problem::fault(&error)),
    }
}

fn refused(error: &WorksError) -> Problem {
    let field = match error {
        WorksError::Order | WorksError::Long => "until",
        WorksError::Past | WorksError::Far => "from",
        WorksError::Unknown(_) => return Problem::new(Kind::NotFound),
        WorksError::Overlap(_) | WorksError::Full | WorksError::Over(_) => {
            return Problem::saying(Kind::Conflict, error.to_string());
        }
    };
    Problem::field(field, error.to_string())
}

fn tell(works: &Works, now: Timestamp) -> WorksTold {
    WorksTold {
        number: works.number,
        network: works.network.map(|network| network.to_string()),
        from: works.from.to_string(),
        until: works.until.to_string(),
        reason: works.reason.as_str().to_owned(),
        announced: works.announced.to_string(),
        state: match works.state(now) {
            WorksState::Ahead => StateName::Ahead,
            WorksState::Running => StateName::Running,
            WorksState::Over => StateName::Over,
        },
    }
}
