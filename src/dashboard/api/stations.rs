//! Stations: the list, and their addresses.
//!
//! Stations are called by names that mean nothing elsewhere nor after a restart, so that no address of a device
//! gets into a program's log by the way.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::input::{Asked, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use super::status::Plan;
use crate::accounts::Permission;
use crate::core::{StationLook, StationState};
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::desk::Stations;
use crate::dashboard::room::Room;
use crate::dashboard::stations::{View, family_code, masked, state_code};
use crate::model::{NetworkId, Treatment};

/// More pages than any gateway has stations for.
const MOST_PAGES: u32 = 1_000_000;
const STATION: Segment = Segment {
    name: "station",
    about: "A station's name, as the list tells it.",
    pattern: "^[0-9a-f]{32}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .add(
            Deed::get("/stations", "listStations", "Stations, fifty on a page")
                .about("The latest first. Of addresses, the maker's part and the end are told.")
                .needs(Permission::SeeStations)
                .asked::<Wish>()
                .answers::<Listed>(StatusCode::OK, "As they stood a second ago at most."),
            list,
        )
        .add(
            Deed::get(
                "/stations/{station}/addresses",
                "getAddresses",
                "A station's addresses",
            )
            .about("Whoever asks stands in the audit log.")
            .needs(Permission::UnmaskStations)
            .of(STATION)
            .answers::<Addresses>(StatusCode::OK, "Whole."),
            addresses,
        )
}

/// Which stations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Of this network alone.
    #[param(pattern = "^[a-z][a-z0-9_]{0,14}$")]
    network: Option<String>,
    /// Who stand so alone.
    #[param(inline)]
    state: Option<StateName>,
    /// Which page, from 1; the last one if there are not so many.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
}

/// How a station stands.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = StationState)]
#[serde(rename_all = "lowercase")]
enum StateName {
    /// Has to tap first.
    Captive,
    /// Online after its tap.
    Granted,
    /// Online without one.
    Exempt,
    /// Refused.
    Blocked,
}

impl From<StationState> for StateName {
    fn from(state: StationState) -> Self {
        match state {
            StationState::Captive => Self::Captive,
            StationState::Granted => Self::Granted,
            StationState::Exempt => Self::Exempt,
            StationState::Blocked => Self::Blocked,
        }
    }
}

impl From<StateName> for StationState {
    fn from(state: StateName) -> Self {
        match state {
            StateName::Captive => Self::Captive,
            StateName::Granted => Self::Granted,
            StateName::Exempt => Self::Exempt,
            StateName::Blocked => Self::Blocked,
        }
    }
}

/// A page of stations.
#[derive(Serialize, ToSchema)]
#[schema(as = StationPage)]
struct Listed {
    /// Of all pages.
    count: usize,
    /// Which page this is, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
    /// The stations.
    stations: Vec<StationTold>,
}

/// A station.
#[derive(Serialize, ToSchema)]
#[schema(as = Station)]
struct StationTold {
    /// Its name here, until the service starts again.
    station: String,
    /// Network.
    network: String,
    /// Its address, masked.
    #[schema(example = "aa:bb:cc:··:··:42")]
    mac: String,
    /// How it stands.
    state: StateName,
    /// Since when.
    #[schema(format = DateTime)]
    since: Option<String>,
    /// When the session or the order ends.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// Seconds until then.
    seconds_left: Option<u64>,
    /// The session's plan.
    plan: Option<Plan>,
    /// Whether an administrator has chosen the plan for this station.
    own_plan: bool,
    /// Bytes to it in the session.
    bytes_down: u64,
    /// Bytes from it.
    bytes_up: u64,
    /// How many addresses it has.
    addresses: usize,
    /// What it is, as far as its probe told: android, apple, windows or other.
    family: Option<&'static str>,
    /// Its last sign of life.
    #[schema(format = DateTime)]
    active_at: Option<String>,
    /// The order about it.
    order: Option<OrderTold>,
}

/// An order that stands.
#[derive(Serialize, ToSchema)]
#[schema(as = StandingOrder)]
struct OrderTold {
    /// Whether it is blocked, otherwise it is exempt.
    block: bool,
    /// Until when.
    #[schema(format = DateTime)]
    until: String,
    /// Why.
    reason: Option<String>,
}

/// Addresses of a station.
#[derive(Serialize, ToSchema)]
struct Addresses {
    /// Of its device.
    #[schema(example = "aa:bb:cc:dd:ee:42")]
    mac: String,
    /// Its IP addresses.
    addresses: Vec<String>,
}

async fn list(
    _call: Call,
    State(room): State<Room>,
    Asked(wish): Asked<Wish>,
) -> Result<Json<Listed>, Problem> {
    let stations = stations(&room).await?;
    if wish.page.is_some_and(|page| !(1..=MOST_PAGES).contains(&page)) {
        return Err(Problem::field("page", format!("From 1 to {MOST_PAGES}.")));
    }
    let page = wish.page.unwrap_or(1).to_string();
    let mut fields = vec![("page", page.as_str())];
    if let Some(network) = &wish.network {
        // What is no network's id has no stations.
        if network.parse::<NetworkId>().is_err() {
            return Err(Problem::field("network", "Not a network's id."));
        }
        fields.push(("network", network));
    }
    if let Some(state) = wish.state {
        fields.push(("state", state_code(state.into())));
    }
    let view = View::of(fields);
    let found = view.find(&stations);
    Ok(Json(Listed {
        count: found.count,
        page: found.page,
        pages: found.pages,
        stations: found.looks.into_iter().map(|look| tell(&room, look)).collect(),
    }))
}

async fn addresses(
    call: Call,
    State(room): State<Room>,
    Named(station): Named<String>,
) -> Result<Json<Addresses>, Problem> {
    let stations = stations(&room).await?;
    let found = named(&room, &stations, std::slice::from_ref(&station));
    let look = found.get(&station).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let what = format!("{} {}", look.network, room.handles.short(look.network, look.mac));
    call.note_first("station-unmask", what).await?;
    Ok(Json(Addresses {
        mac: look.mac.to_string(),
        addresses: look.addresses.iter().map(ToString::to_string).collect(),
    }))
}

/// Every station.
pub(super) async fn stations(room: &Room) -> Result<Stations, Problem> {
    match timeout(ANSWER_TIME, room.desk.stations()).await {
        Ok(Some(stations)) => Ok(stations),
        _ => Err(Problem::unavailable()),
    }
}

/// Those of these names, in one walk: each name is worked out from its station.
pub(super) fn named<'a>(
    room: &Room,
    stations: &'a [StationLook],
    names: &[String],
) -> BTreeMap<String, &'a StationLook> {
    let called = stations
        .iter()
        .map(|look| (room.handles.of(look.network, look.mac), look));
    called.filter(|(name, _)| names.contains(name)).collect()
}

fn tell(room: &Room, look: &StationLook) -> StationTold {
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    StationTold {
        station: room.handles.of(look.network, look.mac),
        network: look.network.to_string(),
        mac: masked(look.mac),
        state: look.state.into(),
        since: text(look.since),
        ends_at: text(look.ends_at),
        seconds_left: look.seconds_left,
        plan: look.plan.map(Plan::from),
        own_plan: look.is_own_plan,
        bytes_down: look.usage.down.bytes,
        bytes_up: look.usage.up.bytes,
        addresses: look.addresses.len(),
        family: look.family.map(family_code),
        active_at: text(look.active_at),
        order: look.order.as_ref().map(|order| OrderTold {
            block: order.treatment == Treatment::Block,
            until: order.until.to_string(),
            reason: order.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        }),
    }
}
