//! `/networks` and `/networks/ID`: how each network stands and what it is set to, where its access points hang, what
//! the programme asks of it, and the self-test of its snippet.
//!
//! | file | holds |
//! |---|---|
//! | `duties` | the go-live checklist |
//! | `proof` | what the figures on disk prove of it |
//! | `settings` | settings and access points in words |

mod duties;
mod proof;
mod settings;

use std::sync::Arc;

use askama::Template;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;
use tokio::time::timeout;

pub(super) use duties::State as DutyState;
use duties::{Case, Duty, judge};
use proof::Proof;
use settings::Place;
pub(super) use settings::place_key;

use super::ANSWER_TIME;
use super::frame::{Frame, show};
use super::live::Moment;
use super::login::visit::{Stop, Visit};
use super::now::{Chart, Said, Section, Weight, ask, capacities, findings, of_network, say, self_test_end};
use super::room::Room;
use super::units;
use super::words::Tongue;
use crate::accounts::{Permission, Ticket};
use crate::config::Network;
use crate::model::NetworkId;

type Answer = Result<Response, Stop>;

/// Longest form, bytes.
const FORM: usize = 1_024;

/// Their paths.
pub(super) fn router() -> Router<Room> {
    Router::new()
        .route("/networks", get(list))
        .route("/networks/{id}", get(page))
        .route("/networks/{id}/self-test", post(self_test))
        .layer(DefaultBodyLimit::max(FORM))
}

#[derive(Template)]
#[template(path = "dashboard/networks.html")]
struct ListPage {
    frame: Frame,
    networks: Vec<Entry>,
}

/// A network in the list.
struct Entry {
    id: NetworkId,
    comune: String,
    /// How it stands, in a word and a style.
    grade: String,
    weight: &'static str,
    section: Section,
}

#[derive(Template)]
#[template(path = "dashboard/network.html")]
struct NetworkPage {
    frame: Frame,
    id: NetworkId,
    findings: Vec<Said>,
    section: Section,
    chart: Chart,
    duties: Vec<SaidDuty>,
    settings: Vec<(String, String)>,
    places: Vec<Place>,
    /// Whether the access points would be enough for a voucher by themselves.
    is_enough: bool,
    /// Whether whoever is in may change the settings.
    may_change: bool,
    self_test: Switch,
}

/// A duty in words.
struct SaidDuty {
    style: &'static str,
    state: String,
    what: String,
    reason: String,
}

/// What can be done about the self-test.
struct Switch {
    /// There is a snippet, and whoever is in may switch it.
    is_offered: bool,
    /// How it stands, in words.
    state: String,
    is_on: bool,
}

async fn list(State(room): State<Room>, visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::SeeStatus).await?;
    let moment = ask(&room, &visit).await?;
    let tongue = visit.tongue;
    let found = findings(&moment);
    let entry = |network: &Network| {
        let snapshot = moment.look.figures.networks.get(&network.id)?;
        let mut concerning = found
            .iter()
            .filter(|finding| finding.network.is_none_or(|id| id == network.id));
        let worst = concerning.next().map(|finding| finding.weight);
        let weight = worst
            .filter(|weight| *weight != Weight::Note)
            .map_or("well", Weight::code);
        Some(Entry {
            id: network.id,
            comune: network.comune.clone(),
            grade: tongue.say(&format!("network-{weight}")),
            weight,
            section: of_network(&moment, tongue, network, snapshot),
        })
    };
    let page = ListPage {
        frame: visit.frame("networks-title", Some(&ticket)),
        networks: moment.config.networks.iter().filter_map(entry).collect(),
    };
    Ok(show(StatusCode::OK, &page))
}

async fn page(State(room): State<Room>, visit: Visit, Path(id): Path<String>) -> Answer {
    let ticket = visit.admit(Permission::SeeStatus).await?;
    show_network(&room, &visit, &ticket, &id, None).await
}

#[derive(Deserialize)]
struct SelfTestForm {
    form: String,
    /// `on`; anything else ends it.
    test: String,
}

/// Whoever may act on stations may do this: it ends by itself within the hour, and no setting is changed.
async fn self_test(
    State(room): State<Room>,
    visit: Visit,
    Path(id): Path<String>,
    Form(form): Form<SelfTestForm>,
) -> Answer {
    let ticket = visit.admit(Permission::ActOnStations).await?;
    visit.check_form(&form.form)?;
    let config = room.config.load_full();
    let Some(network) = find(&config.networks, &id) else {
        return Ok(visit.missing());
    };
    let on = form.test == "on";
    if on && network.wifi4eu_id.is_none() {
        let told = (StatusCode::CONFLICT, Err("self-test-no-id"));
        return show_network(&room, &visit, &ticket, &id, Some(told)).await;
    }
    let did = if on { "self-test-begin" } else { "self-test-end" };
    let answer = timeout(ANSWER_TIME, room.desk.self_test(network.id, on)).await;
    let Ok(Some(answer)) = answer else {
        // It may have begun all the same.
        let what = format!("outcome unknown: {}", network.id);
        visit.note(ticket.user.name.as_str(), did, &what).await;
        return Err(visit.unknown());
    };
    let told = match answer {
        Ok(_) => {
            visit
                .note(ticket.user.name.as_str(), did, network.id.as_str())
                .await;
            let done = if on { "self-test-begun" } else { "self-test-ended" };
            (StatusCode::OK, Ok(done))
        }
        Err(error) => {
            tracing::error!(error, "a self-test could not be switched");
            (StatusCode::CONFLICT, Err("self-test-refused"))
        }
    };
    show_network(&room, &visit, &ticket, &id, Some(told)).await
}

fn find<'c>(networks: &'c [Network], id: &str) -> Option<&'c Network> {
    networks.iter().find(|network| network.id.as_str() == id)
}

async fn show_network(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
    id: &str,
    told: Option<(StatusCode, Result<&'static str, &'static str>)>,
) -> Answer {
    let moment = ask(room, visit).await?;
    let found = find(&moment.config.networks, id);
    let snapshot = found.and_then(|network| moment.look.figures.networks.get(&network.id));
    let Some((network, snapshot)) = found.zip(snapshot) else {
        return Ok(visit.missing());
    };
    let tongue = visit.tongue;
    let (status, told) = told.unzip();
    let mut frame = visit.frame("networks-title", Some(ticket));
    frame.title.clone_from(&network.name);
    match told {
        Some(Ok(key)) => frame.done = Some(tongue.say(key)),
        Some(Err(key)) => frame.wrong = Some(tongue.say(key)),
        None => {}
    }
    let duties = duties_of(room, &moment, network.id, tongue).await;
    let concerning: Vec<_> = findings(&moment)
        .into_iter()
        .filter(|finding| finding.network == Some(network.id))
        .collect();
    let [line, _] = capacities(&moment.look, &moment.config);
    let points = room.hub.points(Some(network.id), moment.now);
    let page = NetworkPage {
        frame,
        id: network.id,
        findings: say(&concerning, &moment, tongue),
        section: of_network(&moment, tongue, network, snapshot),
        chart: Chart::draw(
            tongue,
            network.id.as_str(),
            &points,
            line,
            moment.now.wall.as_second(),
        ),
        duties: duties
            .into_iter()
            .flatten()
            .map(|duty| said(duty, tongue))
            .collect(),
        settings: settings::of(network, snapshot, tongue),
        places: settings::places(network, tongue),
        is_enough: settings::is_enough(network),
        may_change: ticket.user.role.may(Permission::ChangeSettings),
        self_test: switch(&moment, network, ticket, tongue),
    };
    Ok(show(status.unwrap_or(StatusCode::OK), &page))
}

/// The go-live checklist of a network; `None` where there is none of this name.
pub(super) async fn duties_of(
    room: &Room,
    moment: &Moment,
    id: NetworkId,
    tongue: Tongue,
) -> Option<Vec<Duty>> {
    let network = moment.config.network(id)?;
    let case = Case {
        moment,
        network,
        snapshot: moment.look.figures.networks.get(&id)?,
        proof: read_proof(room, moment, id).await,
        tongue,
    };
    Some(judge(&case))
}

/// `None` when the figures cannot be read.
async fn read_proof(room: &Room, moment: &Moment, network: NetworkId) -> Option<Proof> {
    let (ledgers, zone, now) = (Arc::clone(&room.ledgers), moment.zone.clone(), moment.now.wall);
    let read = tokio::task::spawn_blocking(move || proof::read(&ledgers, network, (now, &zone)));
    match read.await {
        Ok(Ok(proof)) => Some(proof),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the checklist has no figures");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the checklist has no figures");
            None
        }
    }
}

fn said(duty: Duty, tongue: Tongue) -> SaidDuty {
    SaidDuty {
        style: duty.state.code(),
        state: tongue.say(&format!("duty-state-{}", duty.state.code())),
        what: tongue.say(&format!("duty-{}", duty.key)),
        reason: duty.reason,
    }
}

fn switch(moment: &Moment, network: &Network, ticket: &Ticket, tongue: Tongue) -> Switch {
    let left = moment
        .look
        .self_tests
        .get(&network.id)
        .copied()
        .unwrap_or_default();
    let state = match (left, &network.wifi4eu_id) {
        (_, None) => tongue.say("self-test-no-id"),
        (0, _) => tongue.say("self-test-is-off"),
        (left, _) => {
            let until = units::hour(self_test_end(moment, left), &moment.zone);
            tongue.with("self-test-is-on", &[("until", until.into())])
        }
    };
    Switch {
        is_offered: network.wifi4eu_id.is_some() && ticket.user.role.may(Permission::ActOnStations),
        state,
        is_on: left > 0,
    }
}
