//! Settings: the configuration file, and changes of it that are undone by themselves unless somebody confirms them.
//!
//! The name of a change that waits is told over a request of its own alone: whoever confirms got in over the new
//! settings.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use super::input::Body;
use super::problem::{Kind, Mistake, Problem};
use super::routes::{Deed, Routes};
use crate::accounts::Permission;
use crate::config::edit::{Change, Place, Sign, Value, difference, edit};
use crate::dashboard::room::Room;
use crate::dashboard::settings::files::check_all;
use crate::dashboard::settings::{digest, words_of};
use crate::dashboard::words::Tongue;
use crate::dashboard::{Refused, Waiting, Wish};

/// Longest body, bytes: a whole file.
const BODY: usize = 1 << 20;
/// Lines that are told around a difference.
const AROUND: usize = 2;

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let (sees, changes) = (Permission::SeeSettings, Permission::ChangeSettings);
    let routes = routes
        .add(
            Deed::get("/settings", "getSettings", "The configuration file")
                .needs(sees)
                .answers::<Told>(StatusCode::OK, "As it is now, and what waits."),
            show,
        )
        .add(
            Deed::get(
                "/settings/waiting",
                "getWaitingChange",
                "The change that waits for its confirmation",
            )
            .needs(changes)
            .refuses(Kind::NotFound)
            .wants_a_new_connection()
            .answers::<WaitingTold>(StatusCode::OK, "With the name that confirms or undoes it."),
            waiting,
        )
        .add(
            Deed::post(
                "/settings/check",
                "checkSettings",
                "Check a change, and show what it changes",
            )
            .about("Nothing is changed. The files that the configuration names are read too.")
            .needs(changes)
            .takes::<SettingsWish>()
            .up_to(BODY)
            .refuses(Kind::Conflict)
            .answers::<CheckTold>(StatusCode::OK, "What would change."),
            check,
        );
    routes
        .add(
            Deed::post("/settings/apply", "applySettings", "Put a change in force")
                .about(
                    "It is undone by itself unless it is confirmed within two minutes. The connection ends: fetch the \
                     name of the change by another one, over the new settings, and confirm it.",
                )
                .needs(changes)
                .takes::<SettingsWish>()
                .up_to(BODY)
                .refuses(Kind::Conflict)
                .answers::<Applied>(StatusCode::OK, "It is in force, or nothing differs."),
            apply,
        )
        .add(
            Deed::post("/settings/confirm", "confirmSettings", "Let the change that waits stay")
                .needs(changes)
                .takes::<Word>()
                .refuses(Kind::Conflict)
                .wants_a_new_connection()
                .answers_nothing("It stays."),
            confirm,
        )
        .add(
            Deed::post("/settings/undo", "undoSettings", "Undo the change that waits")
                .needs(changes)
                .takes::<Word>()
                .refuses(Kind::Conflict)
                .answers_nothing("What was in force before is in force again."),
            undo,
        )
}

/// The configuration file.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
struct Told {
    /// Its path.
    file: String,
    /// What stands in it.
    text: String,
    /// What tells it from any other text: the base of a change.
    digest: String,
    /// Lines that were changed by hand and are not in force.
    by_hand: Option<ByHand>,
    /// The change that waits for its confirmation.
    waiting: Option<WaitingTold>,
}

/// Lines that were changed by hand and are not in force. Whoever applies a change puts them in force too.
#[derive(Serialize, ToSchema)]
struct ByHand {
    /// Sent along with a change, this says that they were seen.
    seen: String,
    /// What is in force, and what stands in the file.
    difference: Vec<Vec<LineTold>>,
    /// Where the file is kept as it is now, if the change is undone.
    kept: String,
}

/// A change that waits for its confirmation.
#[derive(Serialize, ToSchema)]
#[schema(as = WaitingChange)]
struct WaitingTold {
    /// Its name, where it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    id: Option<String>,
    /// Who made it.
    who: String,
    /// Since when it is in force.
    #[schema(format = DateTime)]
    since: String,
    /// When it is undone.
    #[schema(format = DateTime)]
    until: String,
    /// What it is about.
    places: Vec<String>,
}

/// A line of a difference.
#[derive(Serialize, ToSchema)]
#[schema(as = DifferenceLine)]
struct LineTold {
    /// What becomes of it.
    sign: SignName,
    /// Its number in the new text, in the former one if it goes.
    line: usize,
    /// Without its end.
    text: String,
}

/// What becomes of a line.
#[derive(Serialize, ToSchema)]
#[schema(as = LineSign)]
#[serde(rename_all = "lowercase")]
enum SignName {
    /// It stays.
    Same,
    /// It goes.
    Gone,
    /// It comes.
    New,
}

/// A change of the file: a whole text, or changes of some values.
#[derive(Deserialize, ToSchema)]
#[schema(as = SettingsWish)]
#[serde(deny_unknown_fields)]
struct SettingsWish {
    /// The digest of the file that it is made from.
    base: String,
    /// A whole text.
    text: Option<String>,
    /// Changes, one after the other; what is not changed stays as it stands, comments too.
    changes: Option<Vec<ChangeWish>>,
    /// Where lines changed by hand are not in force: what says that they were seen.
    seen: Option<String>,
}

/// A change of a value.
#[derive(Deserialize, ToSchema)]
#[schema(as = SettingsChange)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
enum ChangeWish {
    /// Give a key a value.
    Set {
        /// Where: `network.0.rate.down`.
        place: String,
        /// What.
        value: Setting,
    },
    /// Take a key away, so that its default holds.
    Unset {
        /// Where.
        place: String,
    },
    /// Add an entry to a list of sections.
    Add {
        /// Where: `network.0.schedule`.
        place: String,
        /// Its keys.
        entry: BTreeMap<String, Setting>,
    },
    /// Remove an entry; its place ends with its number, counted from 0.
    Remove {
        /// Where: `network.0.schedule.1`.
        place: String,
    },
}

/// A value.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(no_recursion)]
enum Setting {
    /// Yes or no.
    Truth(bool),
    /// A whole number.
    Whole(i64),
    /// Text.
    Text(String),
    /// Several values.
    List(Vec<Setting>),
    /// Keys and values.
    Table(BTreeMap<String, Setting>),
}

/// What a change comes to.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsCheck)]
struct CheckTold {
    /// The file as it would be.
    text: String,
    /// What differs from the file of now.
    difference: Vec<Vec<LineTold>>,
    /// Lines that were changed by hand and would come into force too.
    by_hand: Option<ByHand>,
    /// Legal, but perhaps not wanted.
    doubts: Vec<String>,
}

/// What became of a change.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsApplied)]
struct Applied {
    /// When it is undone unless it is confirmed; null where nothing differs.
    #[schema(format = DateTime)]
    until: Option<String>,
}

/// A word about the change that waits.
#[derive(Deserialize, ToSchema)]
#[schema(as = SettingsWord)]
#[serde(deny_unknown_fields)]
struct Word {
    /// Its name.
    id: String,
}

impl From<Setting> for Value {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::Truth(truth) => Self::Truth(truth),
            Setting::Whole(number) => Self::Whole(number),
            Setting::Text(text) => Self::Text(text),
            Setting::List(values) => Self::List(values.into_iter().map(Self::from).collect()),
            Setting::Table(pairs) => Self::Table(entry(pairs)),
        }
    }
}

fn entry(pairs: BTreeMap<String, Setting>) -> Vec<(String, Value)> {
    let pairs = pairs.into_iter();
    pairs.map(|(key, value)| (key, value.into())).collect()
}

impl ChangeWish {
    fn read(self) -> Result<Change, Problem> {
        let place = |text: String| -> Result<Place, Problem> {
            text.parse()
                .map_err(|error| Problem::field("changes", format!("{text}: {error}")))
        };
        Ok(match self {
            Self::Set { place: at, value } => Change::Set(place(at)?, value.into()),
            Self::Unset { place: at } => Change::Unset(place(at)?),
            Self::Add {
                place: at,
                entry: pairs,
            } => Change::Add(place(at)?, entry(pairs)),
            Self::Remove { place: at } => Change::Remove(place(at)?),
        })
    }
}

/// A change that was read and checked.
struct Made {
    former: String,
    new: String,
    places: Vec<String>,
    doubts: Vec<String>,
}

async fn show(_call: Call, State(room): State<Room>) -> Result<Json<Told>, Problem> {
    let text = room.keeper.text().map_err(|refused| problem(&refused))?;
    let waiting = room.keeper.waiting().await;
    Ok(Json(Told {
        file: room.keeper.name(),
        digest: digest(&text),
        by_hand: by_hand(&room, &text),
        waiting: waiting.map(|waiting| tell(&waiting, false)),
        text,
    }))
}

async fn waiting(_call: Call, State(room): State<Room>) -> Result<Json<WaitingTold>, Problem> {
    let waiting = room.keeper.waiting().await;
    let waiting = waiting.ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(tell(&waiting, true)))
}

async fn check(
    _call: Call,
    State(room): State<Room>,
    Body(wish): Body<SettingsWish>,
) -> Result<Json<CheckTold>, Problem> {
    let made = read(&room, wish).await?;
    Ok(Json(CheckTold {
        difference: lines(&made.former, &made.new),
        by_hand: by_hand(&room, &made.former),
        doubts: made.doubts,
        text: made.new,
    }))
}

async fn apply(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<SettingsWish>,
) -> Result<impl IntoResponse, Problem> {
    let seen = wish.seen.clone();
    let made = read(&room, wish).await?;
    let in_force = room.keeper.in_force(&made.former);
    if in_force.is_some_and(|text| seen != Some(digest(&text))) {
        let detail = "Lines were changed by hand and are not in force: checkSettings shows them, and tells what to send as seen.";
        return Err(Problem::saying(Kind::Conflict, detail));
    }
    let wish = Wish {
        former: made.former,
        new: made.new,
        places: made.places,
        by: call.by(),
        of_page: false,
    };
    let applied = room.keeper.apply(wish).await;
    let waiting = applied.map_err(|refused| problem(&refused))?;
    let until = waiting.map(|waiting| waiting.until.to_string());
    // The next request comes by a new connection.
    Ok(([(header::CONNECTION, "close")], Json(Applied { until })))
}

async fn confirm(
    call: Call,
    State(room): State<Room>,
    Body(word): Body<Word>,
) -> Result<StatusCode, Problem> {
    let done = room.keeper.confirm(word.id, call.by()).await;
    done.map(|()| StatusCode::NO_CONTENT)
        .map_err(|refused| problem(&refused))
}

async fn undo(call: Call, State(room): State<Room>, Body(word): Body<Word>) -> Result<StatusCode, Problem> {
    let done = room.keeper.undo(word.id, call.by()).await;
    done.map(|()| StatusCode::NO_CONTENT)
        .map_err(|refused| problem(&refused))
}

/// The file that a wish makes, checked as on the screens.
async fn read(room: &Room, wish: SettingsWish) -> Result<Made, Problem> {
    let former = room.keeper.text().map_err(|refused| problem(&refused))?;
    if wish.base != digest(&former) {
        return Err(problem(&Refused::Elsewhere));
    }
    let (new, places) = match (wish.text, wish.changes) {
        (Some(text), None) => (text, vec!["the whole file".to_owned()]),
        (None, Some(changes)) => {
            let changes: Result<Vec<Change>, Problem> = changes.into_iter().map(ChangeWish::read).collect();
            let changes = changes?;
            let text = edit(&former, &changes);
            let text = text.map_err(|error| Problem::field("changes", error.to_string()))?;
            let places = changes.iter().map(|change| change.place().to_string());
            (text, places.collect())
        }
        _ => return Err(Problem::field("text", "Either text or changes is needed.")),
    };
    let checked = check_all(&room.keeper.name(), &former, &new, (room.clock)().wall)
        .await
        .map_err(|faults| {
            Problem::with_mistakes(faults.into_iter().map(|fault| Mistake {
                place: fault.place.to_string(),
                what: fault.what.to_string(),
                hint: fault.hint.map(|hint| hint.to_string()),
            }))
        })?;
    Ok(Made {
        former,
        new,
        places,
        doubts: checked
            .warnings
            .into_iter()
            .map(|found| found.what.to_string())
            .collect(),
    })
}

fn by_hand(room: &Room, file: &str) -> Option<ByHand> {
    let in_force = room.keeper.in_force(file)?;
    Some(ByHand {
        seen: digest(&in_force),
        difference: lines(&in_force, file),
        kept: room.keeper.kept_by_hand(file),
    })
}

fn lines(former: &str, new: &str) -> Vec<Vec<LineTold>> {
    let hunks = difference(former, new, AROUND).into_iter();
    let told = hunks.map(|hunk| {
        let lines = hunk.into_iter().map(|line| LineTold {
            sign: match line.sign {
                Sign::Same => SignName::Same,
                Sign::Gone => SignName::Gone,
                Sign::New => SignName::New,
            },
            line: line.number,
            text: line.text.to_owned(),
        });
        lines.collect()
    });
    told.collect()
}

fn tell(waiting: &Waiting, with_name: bool) -> WaitingTold {
    WaitingTold {
        id: with_name.then(|| waiting.id.clone()),
        who: waiting.who.clone(),
        since: waiting.since.to_string(),
        until: waiting.until.to_string(),
        places: waiting.places.clone(),
    }
}

/// What was refused, in the screens' words.
fn problem(refused: &Refused) -> Problem {
    let (status, words) = words_of(Tongue::En, refused);
    match status {
        StatusCode::CONFLICT => Problem::saying(Kind::Conflict, words),
        StatusCode::SERVICE_UNAVAILABLE => Problem::unavailable_because(words),
        _ => Problem::saying(Kind::Invalid, words),
    }
}
