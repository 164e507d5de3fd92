//! `/now`: what is wrong stands first, in words, with what to do; then how everything stands.
//!
//! | file | holds |
//! |---|---|
//! | `findings` | what is wrong, and how bad it is |
//! | `rows` | how everything stands |
//! | `chart` | what moved in the last ten minutes |

mod chart;
mod findings;
#[cfg(test)]
mod findings_tests;
mod rows;
#[cfg(test)]
pub(super) mod sample;

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use tokio::time::timeout;

pub(super) use chart::Chart;
pub(super) use findings::{Finding, Weight, findings, self_test_end};
pub(super) use rows::{Section, capacities, certificate, of_network};

use super::ANSWER_TIME;
use super::frame::{Frame, show};
use super::live::Moment;
use super::login::visit::{Stop, Visit};
use super::room::Room;
use super::words::Tongue;
use crate::accounts::Permission;

/// Its path.
pub(super) fn router() -> Router<Room> {
    Router::new().route("/now", get(page))
}

#[derive(Template)]
#[template(path = "dashboard/now.html")]
struct NowPage {
    frame: Frame,
    findings: Vec<Said>,
    sections: Vec<Section>,
    chart: Chart,
}

/// A finding in words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Said {
    /// The same for the same thing on the same network, whatever numbers there are in it.
    pub(super) key: String,
    /// Of its style.
    pub(super) weight: &'static str,
    /// How bad it is, in a word.
    pub(super) grade: String,
    pub(super) what: String,
    pub(super) todo: String,
}

/// What a live event tells.
#[derive(Serialize)]
struct Event {
    findings: Vec<Said>,
    /// Values of rows.
    rows: BTreeMap<String, String>,
    /// Seconds since the epoch.
    at: i64,
    /// Bytes per second down and up, by network; all together under an empty name.
    rates: BTreeMap<String, (u64, u64)>,
}

async fn page(State(room): State<Room>, visit: Visit) -> Result<Response, Stop> {
    let ticket = visit.admit(Permission::SeeStatus).await?;
    let moment = ask(&room, &visit).await?;
    let tongue = visit.tongue;
    let points = room.hub.points(None, moment.now);
    let [line, _] = capacities(&moment.look, &moment.config);
    let page = NowPage {
        frame: visit.frame("now-title", Some(&ticket)),
        findings: say(&findings(&moment), &moment, tongue),
        sections: rows::sections(&moment, tongue),
        chart: Chart::draw(tongue, "", &points, line, moment.now.wall.as_second()),
    };
    Ok(show(StatusCode::OK, &page))
}

/// How everything stands now.
pub(super) async fn ask(room: &Room, visit: &Visit) -> Result<Moment, Stop> {
    match timeout(ANSWER_TIME, room.desk.look()).await {
        Ok(Some(look)) => Ok(room.hub.moment(look)),
        _ => Err(visit.unanswered()),
    }
}

/// Findings in words.
pub(super) fn say(findings: &[Finding], moment: &Moment, tongue: Tongue) -> Vec<Said> {
    let said = findings.iter().map(|finding| {
        let [what, todo] = finding.words(tongue, moment);
        let network = finding.network.map(|id| id.to_string());
        Said {
            key: format!("{} {}", finding.key, network.unwrap_or_default()),
            weight: finding.weight.code(),
            grade: tongue.say(&format!("weight-{}", finding.weight.code())),
            what,
            todo,
        }
    });
    said.collect()
}

/// A moment as a server-sent event.
pub(super) fn event(moment: &Moment, tongue: Tongue) -> String {
    let rows = rows::sections(moment, tongue).into_iter();
    let rows = rows.flat_map(|section| section.rows);
    let rates = moment.rates.iter().map(|(network, rates)| {
        let name = network.map(|id| id.to_string()).unwrap_or_default();
        (name, (rates.down, rates.up))
    });
    let event = Event {
        findings: say(&findings(moment), moment, tongue),
        rows: rows.map(|row| (row.key, row.value)).collect(),
        at: moment.now.wall.as_second(),
        rates: rates.collect(),
    };
    // Text and numbers alone cannot fail; JSON has no line breaks of its own.
    let json = serde_json::to_string(&event).unwrap_or_default();
    format!("event: now\ndata: {json}\n\n")
}
