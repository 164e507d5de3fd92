//! Stations: the list, their addresses, orders about them.
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
use super::input::{Asked, Body, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use super::status::Plan;
use crate::accounts::Permission;
use crate::core::{Acted, StationAct, StationLook, StationState};
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::desk::Stations;
use crate::dashboard::room::Room;
use crate::dashboard::stations::{View, family_code, masked, state_code};
use crate::model::audit::More;
use crate::model::{NetworkId, Rate, Reason, Treatment};

/// More pages than any gateway has stations for.
const MOST_PAGES: u32 = 1_000_000;
/// Most stations in one order: as many as are on a page.
const MOST: usize = 50;

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
        .add(
            Deed::post(
                "/stations/orders",
                "orderStations",
                "Give an order about stations",
            )
            .about("It is in force in the kernel within a second.")
            .needs(Permission::ActOnStations)
            .takes::<OrderWish>()
            .answers::<Outcomes>(StatusCode::OK, "What became of it for each, in the same order."),
            order,
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

/// An order about stations.
#[derive(Deserialize, ToSchema)]
#[schema(as = Order)]
#[serde(deny_unknown_fields)]
struct OrderWish {
    /// About which, by their names.
    #[schema(min_items = 1, max_items = 50)]
    stations: Vec<String>,
    /// What.
    order: Act,
}

/// What is ordered.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
enum Act {
    /// End its session.
    End {},
    /// Let its session last longer, as far as the network's rules allow.
    Extend {
        /// By how much.
        #[schema(minimum = 1, maximum = 1440)]
        minutes: u32,
    },
    /// Other limits until its session ends.
    Plan {
        /// To it, bytes per second.
        #[schema(minimum = 1000)]
        down: u64,
        /// From it, bytes per second.
        #[schema(minimum = 1000)]
        up: u64,
    },
    /// The network's own limits again.
    UsualPlan {},
    /// Refuse it.
    Block {
        /// Until then.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
        /// Why, for other administrators.
        #[schema(value_type = String, min_length = 1, max_length = 140)]
        reason: Reason,
    },
    /// Let it in without a tap and without a limit.
    Exempt {
        /// Until then.
        #[schema(value_type = String, format = DateTime)]
        until: Timestamp,
        /// Why, for other administrators.
        #[schema(value_type = Option<String>, min_length = 1, max_length = 140)]
        reason: Option<Reason>,
    },
    /// Lift a block or an exemption before its end.
    Lift {},
}

/// What became of an order.
#[derive(Serialize, ToSchema)]
struct Outcomes {
    /// In the order of the stations.
    outcomes: Vec<Fate>,
}

/// What became of an order for one station.
#[derive(Serialize, ToSchema)]
#[schema(as = Outcome)]
struct Fate {
    /// Its name.
    station: String,
    /// Whether it is in force.
    done: bool,
    /// What became of it.
    outcome: OutcomeName,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum OutcomeName {
    /// It is in force, and the kernel is being told.
    Done,
    /// It is in force; the kernel is told as soon as the helper is back.
    Waiting,
    /// There is no such network.
    UnknownNetwork,
    /// There is no such station.
    UnknownStation,
    /// There is no session to act on.
    NoSession,
    /// The session lasts as long as the rules allow already.
    AtLimit,
    /// The configuration blocks or exempts the station.
    Listed,
    /// There is no order to lift.
    NoOrder,
    /// The end has passed, or is too far away.
    WrongEnd,
    /// Too many orders stand already.
    TooMany,
}

impl From<Acted> for OutcomeName {
    fn from(acted: Acted) -> Self {
        match acted {
            Acted::Done => Self::Done,
            Acted::Waiting => Self::Waiting,
            Acted::UnknownNetwork => Self::UnknownNetwork,
            Acted::NoSession => Self::NoSession,
            Acted::AtLimit => Self::AtLimit,
            Acted::Listed => Self::Listed,
            Acted::NoOrder => Self::NoOrder,
            Acted::WrongEnd => Self::WrongEnd,
            Acted::TooMany => Self::TooMany,
        }
    }
}

impl Act {
    /// As the event loop takes it, and as the audit log calls it.
    fn read(self) -> Result<(StationAct, &'static str), Problem> {
        let rate = |field: &str, bytes: u64| {
            Rate::from_bytes_per_second(bytes).map_err(|error| Problem::field(field, error.to_string()))
        };
        Ok(match self {
            Self::End {} => (StationAct::End, "station-end"),
            Self::Extend { minutes } if (1..=1_440).contains(&minutes) => {
                (StationAct::Extend { minutes }, "station-extend")
            }
            Self::Extend { .. } => return Err(Problem::field("order.minutes", "From 1 to 1440.")),
            Self::Plan { down, up } => {
                let (down, up) = (rate("order.down", down)?, rate("order.up", up)?);
                (StationAct::Plan { down, up }, "station-plan")
            }
            Self::UsualPlan {} => (StationAct::UsualPlan, "station-plan"),
            Self::Block { until, reason } => (StationAct::Block { until, reason }, "station-block"),
            Self::Exempt { until, reason } => (StationAct::Exempt { until, reason }, "station-exempt"),
            Self::Lift {} => (StationAct::Lift, "station-lift"),
        })
    }
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
    call.note("station-unmask", what, More::new()).await;
    Ok(Json(Addresses {
        mac: look.mac.to_string(),
        addresses: look.addresses.iter().map(ToString::to_string).collect(),
    }))
}

async fn order(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<OrderWish>,
) -> Result<Json<Outcomes>, Problem> {
    if !(1..=MOST).contains(&wish.stations.len()) {
        return Err(Problem::field("stations", format!("From 1 to {MOST}.")));
    }
    let (act, did) = wish.order.read()?;
    let stations = stations(&room).await?;
    let found = named(&room, &stations, &wish.stations);
    let acted = if found.is_empty() {
        Vec::new()
    } else {
        give(&call, &room, &found, (act, did)).await?
    };
    let acted: BTreeMap<&String, Acted> = found.keys().zip(acted).collect();
    let outcomes = wish.stations.iter().map(|station| {
        let acted = acted.get(station).copied();
        Fate {
            station: station.clone(),
            done: acted.is_some_and(Acted::is_done),
            outcome: acted.map_or(OutcomeName::UnknownStation, OutcomeName::from),
        }
    });
    Ok(Json(Outcomes {
        outcomes: outcomes.collect(),
    }))
}

/// Gives an order and notes it; what became of it, in the order of the stations.
async fn give(
    call: &Call,
    room: &Room,
    found: &BTreeMap<String, &StationLook>,
    (act, did): (StationAct, &'static str),
) -> Result<Vec<Acted>, Problem> {
    let keys = found.values().map(|look| (look.network, look.mac)).collect();
    let Ok(Some(acted)) = timeout(ANSWER_TIME, room.desk.act(keys, act)).await else {
        return Err(Problem::unavailable());
    };
    let done = acted.iter().filter(|acted| acted.is_done()).count();
    let names: Vec<String> = found
        .values()
        .map(|look| format!("{} {}", look.network, room.handles.short(look.network, look.mac)))
        .collect();
    let what = format!("{done} of {}: {}", found.len(), names.join(", "));
    call.note(did, what, More::new()).await;
    Ok(acted)
}

/// Every station.
async fn stations(room: &Room) -> Result<Stations, Problem> {
    match timeout(ANSWER_TIME, room.desk.stations()).await {
        Ok(Some(stations)) => Ok(stations),
        _ => Err(Problem::unavailable()),
    }
}

/// Those of these names, in one walk: each name is worked out from its station.
fn named<'a>(
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
