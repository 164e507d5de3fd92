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
use super::input::{Asked, Body, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use super::status::Plan;
use crate::accounts::Permission;
use crate::core::{StationLook, StationState};
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::desk::Stations;
use crate::dashboard::room::Room;
use crate::dashboard::stations::{View, family_code, masked, state_code};
use crate::model::figures::DeviceFamily;
use crate::model::{NetworkId, Treatment};

/// More pages than any gateway has stations for.
const MOST_PAGES: u32 = 1_000_000;
/// Characters of what is looked for.
const LONGEST_SEARCH: usize = 64;
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
            Deed::post("/stations/search", "searchStations", "Look for stations, fifty on a page")
                .about(
                    "As on the dashboard's list. What is looked for may be an address, which belongs into no path and \
                     no log; that somebody looked for a whole one stands in the audit log, without it.",
                )
                .needs(Permission::SeeStations)
                .takes::<Wanted>()
                .answers::<Listed>(StatusCode::OK, "As they stood a second ago at most."),
            search,
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

/// What is looked for, and how it is to be told.
#[derive(Deserialize, ToSchema)]
#[schema(as = StationSearch)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// A whole MAC or IP address, or a part of what is shown of one.
    #[schema(max_length = 64)]
    search: Option<String>,
    /// Of this network alone.
    network: Option<String>,
    /// Who stand so alone.
    state: Option<StateName>,
    /// Such devices alone.
    family: Option<FamilyName>,
    /// By what they are sorted; by since when without.
    sort: Option<ColumnName>,
    /// Whether the greatest come first; so it is without.
    descending: Option<bool>,
    /// Which page, from 1; the last one if there are not so many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
}

/// What a device is, as far as its probe told.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = DeviceFamily)]
#[serde(rename_all = "lowercase")]
enum FamilyName {
    /// Google's.
    Android,
    /// Apple's.
    Apple,
    /// Microsoft's.
    Windows,
    /// Another.
    Other,
}

/// What stations are sorted by.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = StationColumn)]
#[serde(rename_all = "lowercase")]
enum ColumnName {
    /// What is shown of its address.
    Mac,
    /// How it stands.
    State,
    /// Its network.
    Network,
    /// Since when it stands so.
    Since,
    /// How long it still does.
    Left,
    /// Its plan.
    Plan,
    /// What it has moved.
    Usage,
    /// How many addresses it has.
    Addresses,
    /// What it is.
    Family,
    /// Its last sign of life.
    Active,
}

impl ColumnName {
    /// As the list calls it.
    const fn code(self) -> &'static str {
        match self {
            Self::Mac => "mac",
            Self::State => "state",
            Self::Network => "network",
            Self::Since => "since",
            Self::Left => "left",
            Self::Plan => "plan",
            Self::Usage => "usage",
            Self::Addresses => "addresses",
            Self::Family => "family",
            Self::Active => "active",
        }
    }
}

impl FamilyName {
    /// As the list calls it.
    const fn code(self) -> &'static str {
        family_code(match self {
            Self::Android => DeviceFamily::Android,
            Self::Apple => DeviceFamily::Apple,
            Self::Windows => DeviceFamily::Windows,
            Self::Other => DeviceFamily::Other,
        })
    }
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
    let (page, mut fields) = (page_of(wish.page)?, network_of(wish.network.as_deref())?);
    fields.push(("page", &page));
    if let Some(state) = wish.state {
        fields.push(("state", state_code(state.into())));
    }
    Ok(Json(page_of_view(&room, &View::of(fields), &stations)))
}

async fn search(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<Wanted>,
) -> Result<Json<Listed>, Problem> {
    let stations = stations(&room).await?;
    let text = wish.search.as_deref().unwrap_or_default();
    if text.chars().count() > LONGEST_SEARCH {
        return Err(Problem::field(
            "search",
            format!("At most {LONGEST_SEARCH} characters."),
        ));
    }
    let (page, mut fields) = (page_of(wish.page)?, network_of(wish.network.as_deref())?);
    let way = if wish.descending.unwrap_or(true) {
        "down"
    } else {
        "up"
    };
    let order = format!("{}-{way}", wish.sort.unwrap_or(ColumnName::Since).code());
    fields.extend([("page", page.as_str()), ("q", text), ("order", &order)]);
    if let Some(state) = wish.state {
        fields.push(("state", state_code(state.into())));
    }
    if let Some(family) = wish.family {
        fields.push(("family", family.code()));
    }
    let view = View::of(fields);
    // Whoever looks for whole addresses can find out what is masked.
    if let Some(kind) = view.whole() {
        call.note_first("station-search", kind.to_owned()).await?;
    }
    Ok(Json(page_of_view(&room, &view, &stations)))
}

/// The number of a page, as a form would have it.
fn page_of(page: Option<u32>) -> Result<String, Problem> {
    let page = page.unwrap_or(1);
    if (1..=MOST_PAGES).contains(&page) {
        Ok(page.to_string())
    } else {
        Err(Problem::field("page", format!("From 1 to {MOST_PAGES}.")))
    }
}

/// The same of a network.
fn network_of(network: Option<&str>) -> Result<Vec<(&'static str, &str)>, Problem> {
    match network {
        None => Ok(Vec::new()),
        // What is no network's id has no stations.
        Some(id) if id.parse::<NetworkId>().is_err() => Err(Problem::field("network", "Not a network's id.")),
        Some(id) => Ok(vec![("network", id)]),
    }
}

fn page_of_view(room: &Room, view: &View, stations: &[StationLook]) -> Listed {
    let found = view.find(stations);
    Listed {
        count: found.count,
        page: found.page,
        pages: found.pages,
        stations: found.looks.into_iter().map(|look| tell(room, look)).collect(),
    }
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
