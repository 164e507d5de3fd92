//! Announced works: a list, and a form for whoever may change settings. What is out of service within them counts as
//! planned in the calendar beside it.

use std::sync::Arc;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fluent_bundle::FluentValue;
use jiff::Timestamp;
use serde::Deserialize;

use crate::accounts::{Permission, Ticket};
use crate::config::Config;
use crate::dashboard::frame::{Frame, show};
use crate::dashboard::login::visit::{Stop, Visit, go};
use crate::dashboard::records::{Author, NotAnnounced, RecordError, WorksDesk};
use crate::dashboard::room::Room;
use crate::dashboard::turns::{comes_twice, turn_named};
use crate::dashboard::words::Tongue;
use crate::model::figures::Period;
use crate::model::{
    LocalTimeError, NetworkId, Reason, ReasonError, TimeZone, Works, WorksBook, WorksError, WorksState,
    WorksWish,
};

type Answer = Result<Response, Stop>;

/// Rows of the list: those that are over long since are in exports.
const MOST_ROWS: usize = 200;

/// The form as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    form: String,
    network: String,
    from: String,
    from_turn: String,
    to: String,
    to_turn: String,
    reason: String,
    notice: String,
}

/// Which works are taken back.
#[derive(Debug, Deserialize)]
pub(super) struct Named {
    form: String,
    number: u32,
}

/// What is wrong with the form: a field, or none, and the key of the words.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wrong {
    field: &'static str,
    words: String,
}

/// Announced works in a list.
pub(super) struct Row {
    pub(super) number: u32,
    pub(super) from: String,
    pub(super) until: String,
    pub(super) network: String,
    pub(super) reason: String,
    pub(super) state: String,
    /// The words of the button, where they can be taken back.
    pub(super) button: Option<String>,
}

#[derive(Template)]
#[template(path = "dashboard/figures-works.html")]
struct WorksPage {
    frame: Frame,
    may_export: bool,
    may_announce: bool,
    rows: Vec<Row>,
    networks: Vec<(String, String)>,
    typed: Typed,
    /// Whether begin and end are in the hour that comes twice.
    twice: [bool; 2],
    wrong: Option<Wrong>,
}

impl WorksPage {
    fn complaint(&self, field: &str) -> Option<&str> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map(|wrong| wrong.words.as_str())
    }
}

/// The list and the form.
pub(super) async fn list(visit: Visit, State(room): State<Room>) -> Answer {
    let ticket = visit.admit(Permission::SeeFigures).await?;
    page(&visit, &ticket, &room, Typed::default(), None).await
}

/// Announces works.
pub(super) async fn announce(visit: Visit, State(room): State<Room>, Form(typed): Form<Typed>) -> Answer {
    let ticket = visit.admit(Permission::ChangeSettings).await?;
    visit.check_form(&typed.form)?;
    let config = room.config.load_full();
    let wish = match read(&typed, &config, visit.tongue) {
        Ok(wish) => wish,
        Err(wrong) => return page(&visit, &ticket, &room, typed, Some(wrong)).await,
    };
    let (author, now) = (author(&visit, &ticket), (room.clock)().wall);
    let tells_people = typed.notice == "on";
    let done = ask(&visit, &room, move |desk| {
        desk.announce(&config, wish, tells_people, (&author, now))
            .map(drop)
    });
    match done.await? {
        Ok(()) => Ok(go("/figures/works")),
        Err(wrong) => page(&visit, &ticket, &room, typed, Some(wrong)).await,
    }
}

/// Takes works back.
pub(super) async fn withdraw(visit: Visit, State(room): State<Room>, Form(named): Form<Named>) -> Answer {
    let ticket = visit.admit(Permission::ChangeSettings).await?;
    visit.check_form(&named.form)?;
    let (config, now) = (room.config.load_full(), (room.clock)().wall);
    let author = author(&visit, &ticket);
    let done = ask(&visit, &room, move |desk| {
        desk.withdraw(&config, named.number, (&author, now)).map(drop)
    });
    match done.await? {
        Ok(()) => Ok(go("/figures/works")),
        Err(wrong) => page(&visit, &ticket, &room, Typed::default(), Some(wrong)).await,
    }
}

/// Works of a network, or of all, that touch a period: for the calendar.
pub(super) fn within(
    book: &WorksBook,
    network: Option<NetworkId>,
    period: Period,
    (config, tongue, now): (&Config, Tongue, Timestamp),
) -> Vec<Row> {
    let zone = &config.gateway.time_zone;
    let midnight = |date: jiff::civil::Date| {
        let midnight = date.to_zoned(zone.jiff().clone()).ok();
        midnight.map(|midnight| midnight.timestamp())
    };
    let begins = midnight(period.from().date());
    let (Some(begins), Some(ends)) = (begins, midnight(period.to().next().date())) else {
        return Vec::new();
    };
    let is_meant =
        |works: &&Works| works.overlap(begins, ends) && network.is_none_or(|network| works.concern(network));
    let found = book.all().filter(is_meant);
    found.map(|works| row(works, config, tongue, now)).collect()
}

fn row(works: &Works, config: &Config, tongue: Tongue, now: Timestamp) -> Row {
    let zone = config.gateway.time_zone.jiff();
    let local = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%d.%m.%Y %H:%M").to_string();
    let (state, button) = match works.state(now) {
        WorksState::Ahead => ("works-ahead", Some("works-remove")),
        WorksState::Running => ("works-running", Some("works-end")),
        WorksState::Over => ("works-over", None),
    };
    let network = works.network.map(|id| {
        let known = config.network(id);
        known.map_or_else(|| id.to_string(), |network| network.name.clone())
    });
    Row {
        number: works.number,
        from: local(works.from),
        until: local(works.until),
        network: network.unwrap_or_else(|| tongue.say("figures-all")),
        reason: works.reason.as_str().to_owned(),
        state: tongue.say(state),
        button: button.map(|key| tongue.say(key)),
    }
}

async fn page(visit: &Visit, ticket: &Ticket, room: &Room, typed: Typed, wrong: Option<Wrong>) -> Answer {
    let desk = Arc::clone(&room.records.works);
    let book = tokio::task::spawn_blocking(move || desk.book()).await;
    let book = book.map_err(|error| visit.trouble(&error))?;
    let book = book.map_err(|error: RecordError| visit.trouble(&error))?;
    let (config, now) = (room.config.load_full(), (room.clock)().wall);
    let rows = book.all().rev().take(MOST_ROWS);
    let role = ticket.user.role;
    let mut frame = visit.frame("works-title", Some(ticket));
    frame.wrong = wrong.as_ref().map(|wrong| wrong.words.clone());
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = WorksPage {
        rows: rows.map(|works| row(works, &config, visit.tongue, now)).collect(),
        may_export: role.may(Permission::Export),
        may_announce: role.may(Permission::ChangeSettings),
        networks: config
            .networks
            .iter()
            .map(|network| (network.id.to_string(), network.name.clone()))
            .collect(),
        frame,
        twice: [&typed.from, &typed.to].map(|text| comes_twice(text, &config.gateway.time_zone)),
        typed,
        wrong,
    };
    Ok(show(status, &page))
}

fn author(visit: &Visit, ticket: &Ticket) -> Author {
    Author {
        name: ticket.user.name.to_string(),
        who: visit.by(ticket).who,
        address: visit.visitor().address,
    }
}

/// Asks the desk, which may have to wait for the disk.
async fn ask(
    visit: &Visit,
    room: &Room,
    question: impl FnOnce(&dyn WorksDesk) -> Result<(), NotAnnounced> + Send + 'static,
) -> Result<Result<(), Wrong>, Stop> {
    let desk = Arc::clone(&room.records.works);
    let answer = tokio::task::spawn_blocking(move || question(&*desk)).await;
    match answer.map_err(|error| visit.trouble(&error))? {
        Ok(()) => Ok(Ok(())),
        Err(NotAnnounced::Refused(error)) => Ok(Err(refused(&error, visit.tongue))),
        Err(NotAnnounced::Untold(error)) => {
            tracing::error!(error, "people are not told of announced works");
            Ok(Err(Wrong {
                field: "",
                words: visit.tongue.say("works-untold"),
            }))
        }
        Err(NotAnnounced::Fault(error)) => Err(visit.trouble(&error)),
    }
}

fn read(typed: &Typed, config: &Config, tongue: Tongue) -> Result<WorksWish, Wrong> {
    let zone = &config.gateway.time_zone;
    Ok(WorksWish {
        network: network(&typed.network, config, tongue)?,
        from: time("from", [&typed.from, &typed.from_turn], zone, tongue)?,
        until: time("to", [&typed.to, &typed.to_turn], zone, tongue)?,
        reason: typed.reason.parse::<Reason>().map_err(|error| Wrong {
            field: "reason",
            words: tongue.say(match error {
                ReasonError::Empty | ReasonError::Control => "works-reason-empty",
                ReasonError::TooLong => "works-reason-long",
            }),
        })?,
    })
}

fn network(text: &str, config: &Config, tongue: Tongue) -> Result<Option<NetworkId>, Wrong> {
    if text.is_empty() {
        return Ok(None);
    }
    let found = config.networks.iter().find(|network| network.id.as_str() == text);
    found.map(|network| Some(network.id)).ok_or_else(|| Wrong {
        field: "network",
        words: tongue.say("figures-network-wrong"),
    })
}

fn time(
    field: &'static str,
    [text, turn]: [&str; 2],
    zone: &TimeZone,
    tongue: Tongue,
) -> Result<Timestamp, Wrong> {
    zone.instant_in(text, turn_named(turn)).map_err(|error| Wrong {
        field,
        words: tongue.say(match error {
            LocalTimeError::Form => "works-time-wrong",
            LocalTimeError::Gap => "works-time-gap",
            LocalTimeError::Fold => "works-time-fold",
        }),
    })
}

fn refused(error: &WorksError, tongue: Tongue) -> Wrong {
    let (field, key, number) = match error {
        WorksError::Order => ("to", "works-order", None),
        WorksError::Past => ("from", "works-past", None),
        WorksError::Long => ("to", "works-long", None),
        WorksError::Far => ("from", "works-far", None),
        WorksError::Overlap(number) => ("from", "works-overlap", Some(*number)),
        WorksError::Full => ("", "works-full", None),
        WorksError::Unknown(_) => ("", "works-gone", None),
        WorksError::Over(_) => ("", "works-are-over", None),
    };
    let number = number.map(|number| ("number", FluentValue::from(number)));
    Wrong {
        field,
        words: tongue.with(key, number.as_slice()),
    }
}
