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
use crate::dashboard::stations::{Column, LONGEST_SEARCH, View, family_code, masked};
use crate::model::figures::DeviceFamily;
use crate::model::{NetworkId, StationOrder, Treatment};

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
            Deed::post("/stations/search", "searchStations", "Search stations, fifty on a page")
                .about(
                    "By a body, since what is searched for may be a device's address, which must not get into anybody's \
                     log of paths. A search for a whole address stands in the audit log, without the address.",
                )
                .needs(Permission::SeeStations)
                .takes::<Search>()
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

/// What is looked for, and in which order; what is not said does not matter.
#[derive(Deserialize, ToSchema)]
#[schema(as = StationSearch)]
#[serde(deny_unknown_fields)]
struct Search {
    /// A whole MAC or IP address, or a part of what is told of a MAC address.
    #[schema(max_length = 64)]
    q: Option<String>,
    /// Of this network alone.
    #[schema(pattern = "^[a-z][a-z0-9_]{0,14}$")]
    network: Option<String>,
    /// Who stand so alone.
    state: Option<StateName>,
    /// What is of this family alone.
    family: Option<FamilyName>,
    /// By what they are sorted; without it the latest come first.
    order: Option<Order>,
    /// Which page, from 1; the last one if there are not so many.
    #[schema(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
}

/// In which order.
#[derive(Deserialize, ToSchema)]
#[schema(as = StationOrdering)]
#[serde(deny_unknown_fields)]
struct Order {
    /// By what.
    by: ColumnName,
    /// Whether the most, or the last, comes first.
    #[serde(default)]
    down: bool,
}

/// What stations can be sorted by.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = StationColumn)]
#[serde(rename_all = "lowercase")]
enum ColumnName {
    /// What is told of the MAC address.
    Mac,
    /// How it stands.
    State,
    /// Network.
    Network,
    /// Since when.
    Since,
    /// How long it has left.
    Left,
    /// The rate to it.
    Plan,
    /// Bytes of the session.
    Usage,
    /// How many addresses it has.
    Addresses,
    /// Its family.
    Family,
    /// Its last sign of life.
    Active,
}

impl From<ColumnName> for Column {
    fn from(name: ColumnName) -> Self {
        match name {
            ColumnName::Mac => Self::Mac,
            ColumnName::State => Self::State,
            ColumnName::Network => Self::Network,
            ColumnName::Since => Self::Since,
            ColumnName::Left => Self::Left,
            ColumnName::Plan => Self::Plan,
            ColumnName::Usage => Self::Usage,
            ColumnName::Addresses => Self::Addresses,
            ColumnName::Family => Self::Family,
            ColumnName::Active => Self::Active,
        }
    }
}

/// What a station is, as far as its probe told.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = DeviceFamily)]
#[serde(rename_all = "lowercase")]
enum FamilyName {
    /// Android.
    Android,
    /// Apple's.
    Apple,
    /// Windows.
    Windows,
    /// Something else.
    Other,
}

impl From<FamilyName> for DeviceFamily {
    fn from(name: FamilyName) -> Self {
        match name {
            FamilyName::Android => Self::Android,
            FamilyName::Apple => Self::Apple,
            FamilyName::Windows => Self::Windows,
            FamilyName::Other => Self::Other,
        }
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
pub(super) struct OrderTold {
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
    let view = View {
        network: read_network(wish.network.as_deref())?,
        state: wish.state.map(StationState::from),
        page: read_page(wish.page)?,
        ..View::default()
    };
    let stations = stations(&room).await?;
    Ok(Json(show(&room, &view, &stations)))
}

async fn search(
    call: Call,
    State(room): State<Room>,
    Body(wish): Body<Search>,
) -> Result<Json<Listed>, Problem> {
    let text = wish.q.as_deref().unwrap_or_default();
    if text.chars().count() > LONGEST_SEARCH {
        return Err(Problem::field(
            "q",
            format!("At most {LONGEST_SEARCH} characters."),
        ));
    }
    let usual = View::default();
    let view = View {
        search: text.trim().to_owned(),
        network: read_network(wish.network.as_deref())?,
        state: wish.state.map(StationState::from),
        family: wish.family.map(DeviceFamily::from),
        column: wish.order.as_ref().map_or(usual.column, |order| order.by.into()),
        is_down: wish.order.as_ref().map_or(usual.is_down, |order| order.down),
        page: read_page(wish.page)?,
    };
    note_search(&call, &room, &view).await?;
    let stations = stations(&room).await?;
    Ok(Json(show(&room, &view, &stations)))
}

/// Whoever searches for whole addresses can find out what is masked: as on the screen it is noted, without what it
/// was for, and the same one again tells nothing new.
async fn note_search(call: &Call, room: &Room, view: &View) -> Result<(), Problem> {
    let Some(kind) = view.whole() else {
        return Ok(());
    };
    let whose = call.caller.token.id.0;
    if !room.searches.is_new(&whose, &view.search) {
        return Ok(());
    }
    let noted = call.note_first("station-search", kind.to_owned()).await;
    if noted.is_err() {
        room.searches.forget(&whose, &view.search);
    }
    noted
}

/// A page of those that somebody looks for.
fn show(room: &Room, view: &View, stations: &Stations) -> Listed {
    let found = view.find(stations);
    Listed {
        count: found.count,
        page: found.page,
        pages: found.pages,
        stations: found.looks.into_iter().map(|look| tell(room, look)).collect(),
    }
}

/// Which page.
pub(super) fn read_page(page: Option<u32>) -> Result<usize, Problem> {
    let page = page.unwrap_or(1);
    let known = usize::try_from(page)
        .ok()
        .filter(|_| (1..=MOST_PAGES).contains(&page));
    known.ok_or_else(|| Problem::field("page", format!("From 1 to {MOST_PAGES}.")))
}

/// Of which network. One that is not configured has no stations, but for those that orders are about.
pub(super) fn read_network(network: Option<&str>) -> Result<Option<NetworkId>, Problem> {
    let id = network.map(str::parse).transpose();
    id.map_err(|_| Problem::field("network", "Not a network's id."))
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
        order: look.order.as_ref().map(OrderTold::from),
    }
}

impl From<&StationOrder> for OrderTold {
    fn from(order: &StationOrder) -> Self {
        Self {
            block: order.treatment == Treatment::Block,
            until: order.until.to_string(),
            reason: order.reason.as_ref().map(|reason| reason.as_str().to_owned()),
        }
    }
}
