//! Announced works: the list, announcing more, taking them back.

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
use crate::dashboard::records::{NotAnnounced, WorksDesk};
use crate::dashboard::room::Room;
use crate::model::{NetworkId, Reason, Works, WorksError, WorksState, WorksWish};

const WORKS: Segment = Segment {
    name: "works",
    about: "Their number, as the list tells it.",
    pattern: "^[1-9][0-9]{0,8}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .add(
            Deed::get("/works", "listWorks", "Announced works")
                .needs(Permission::SeeStatus)
                .answers_list::<WorksTold>("Those that are over too, by their numbers."),
            list,
        )
        .add(
            Deed::post("/works", "announceWorks", "Announce works")
                .about("What is out of service within them counts as planned. They are announced before they begin.")
                .needs(Permission::ChangeSettings)
                .takes::<Wish>()
                .refuses(Kind::Conflict)
                .answers::<WorksTold>(StatusCode::CREATED, "Announced."),
            announce,
        )
        .add(
            Deed::delete("/works/{works}", "withdrawWorks", "Take announced works back")
                .about("Those that run end now.")
                .needs(Permission::ChangeSettings)
                .of(WORKS)
                .refuses(Kind::Conflict)
                .answers_nothing("Nothing that happens from now on counts as planned by them."),
            withdraw,
        )
}

/// Announced works.
#[derive(Serialize, ToSchema)]
#[schema(as = Works)]
struct WorksTold {
    /// Their number.
    number: u32,
    /// Where; null is everywhere.
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

/// Works as they are to be.
#[derive(Deserialize, ToSchema)]
#[schema(as = WorksWish)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Where; everywhere without.
    network: Option<String>,
    /// Their begin.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Their end.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 140)]
    reason: Reason,
    /// Whether people are told of them on the page, by an urgent notice.
    #[serde(default)]
    tell_people: bool,
}

fn tell(works: &Works, now: Timestamp) -> WorksTold {
    WorksTold {
        number: works.number,
        network: works.network.map(|id| id.to_string()),
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

async fn list(_call: Call, State(room): State<Room>) -> Result<Json<Vec<WorksTold>>, Problem> {
    let now = (room.clock)().wall;
    let book = ask(&room, |desk| desk.book().map_err(NotAnnounced::Fault)).await?;
    Ok(Json(book.all().map(|works| tell(works, now)).collect()))
}

async fn announce(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<Wish>,
) -> Result<(StatusCode, Json<WorksTold>), Problem> {
    let (config, now, author) = (room.config.load_full(), (room.clock)().wall, call.author());
    let network = wish.network.map(|name| {
        let id = name.parse::<NetworkId>().ok();
        let id = id.filter(|id| config.network(*id).is_some());
        id.ok_or_else(|| Problem::field("network", format!("There is no network {name:?}.")))
    });
    let tells_people = wish.tell_people;
    let wish = WorksWish {
        network: network.transpose()?,
        from: wish.from,
        until: wish.until,
        reason: wish.reason,
    };
    let made = ask(&room, move |desk| {
        desk.announce(&config, wish, tells_people, (&author, now))
    });
    let made = made.await?;
    Ok((StatusCode::CREATED, Json(tell(&made, now))))
}

async fn withdraw(
    call: Call,
    State(room): State<Room>,
    Named(number): Named<u32>,
) -> Result<StatusCode, Problem> {
    let (config, now, author) = (room.config.load_full(), (room.clock)().wall, call.author());
    ask(&room, move |desk| {
        desk.withdraw(&config, number, (&author, now)).map(drop)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
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
            tracing::error!(error, "people are not told of announced works");
            let detail =
                "It is done, but the page does not tell people of it as it should: look at the notices.";
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
