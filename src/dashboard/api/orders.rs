//! Orders about stations.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::input::{Asked, Body};
use super::problem::Problem;
use super::routes::{Deed, Routes};
use super::stations::{OrderTold, named, read_network, read_page, stations};
use crate::accounts::Permission;
use crate::core::{Acted, StationAct, StationLook};
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::room::Room;
use crate::dashboard::stations::{PAGE, masked};
use crate::model::audit::More;
use crate::model::{Rate, Reason, StationOrder};

/// Most stations in one order: as many as are on a page.
const MOST: usize = PAGE;

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let routes = routes.add(
        Deed::get("/stations/orders", "listOrders", "Blocks and exemptions that stand, fifty on a page")
            .about(
                "The one that ends first comes first. Those of networks that are not in the configuration any more wait \
                 for them, and count to the most that there may be: they are lifted like all others.",
            )
            .needs(Permission::SeeStations)
            .asked::<ListWish>()
            .answers::<Listed>(StatusCode::OK, "As they stood a second ago at most."),
        list,
    );
    routes.add(
            Deed::post(
                "/stations/orders",
                "orderStations",
                "Give an order about stations",
            )
            .about(
                "It is in force in the kernel within a second. Where nobody answers in time, its outcome is unknown \
                 rather than failed: the list of stations tells what became of it.",
            )
            .needs(Permission::ActOnStations)
            .takes::<OrderWish>()
            .answers::<Outcomes>(StatusCode::OK, "What became of it for each, in the same order."),
            order,
        )
}

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListWish {
    /// Of this network alone.
    #[param(pattern = "^[a-z][a-z0-9_]{0,14}$")]
    network: Option<String>,
    /// Which page, from 1; the last one if there are not so many.
    #[param(minimum = 1, maximum = 1_000_000)]
    page: Option<u32>,
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
#[schema(as = OrderPage)]
struct Listed {
    /// Of all pages.
    count: usize,
    /// How many there may be on the gateway.
    most: usize,
    /// Which page this is, from 1.
    page: usize,
    /// How many there are.
    pages: usize,
    /// The orders.
    orders: Vec<Standing>,
}

/// An order that stands, and about which station.
#[derive(Serialize, ToSchema)]
#[schema(as = ListedOrder)]
struct Standing {
    /// The station's name, by which the order is lifted.
    station: String,
    /// Its network.
    network: String,
    /// Whether the configuration has that network; otherwise the order waits for it until its end.
    network_is_there: bool,
    /// Its address, masked.
    #[schema(example = "aa:bb:cc:··:··:42")]
    mac: String,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// What is ordered.
    order: OrderTold,
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
    /// Whether it is in force, in the kernel too.
    done: bool,
    /// What became of it.
    outcome: OutcomeName,
}

/// What became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum OutcomeName {
    /// It is in force, in the kernel too.
    Done,
    /// It stands, and the kernel does not follow yet: it is told again until it does.
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
    /// The gateway did not answer in time: it may be in force, or come to be.
    Unknown,
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
    Asked(wish): Asked<ListWish>,
) -> Result<Json<Listed>, Problem> {
    let (network, page) = (read_network(wish.network.as_deref())?, read_page(wish.page)?);
    let stations = stations(&room).await?;
    let is_meant = |look: &&StationLook| network.is_none_or(|network| network == look.network);
    let meant = stations.iter().filter(is_meant);
    let mut found: Vec<_> = meant
        .filter_map(|look| Some((look, look.order.as_ref()?)))
        .collect();
    // Those that end together stay in order of networks and addresses.
    found.sort_by_key(|(_, order)| order.until);
    let count = found.len();
    let pages = count.div_ceil(PAGE).max(1);
    let page = page.min(pages);
    let config = room.config.load();
    let tell = |(look, order): (&StationLook, &StationOrder)| Standing {
        station: room.handles.of(look.network, look.mac),
        network: look.network.to_string(),
        network_is_there: config.network(look.network).is_some(),
        mac: masked(look.mac),
        since: order.since.to_string(),
        order: order.into(),
    };
    let shown = found.into_iter().skip((page - 1) * PAGE).take(PAGE);
    Ok(Json(Listed {
        count,
        most: StationOrder::MOST,
        page,
        pages,
        orders: shown.map(tell).collect(),
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
        Some(Vec::new())
    } else {
        give(&call, &room, &found, (act, did)).await
    };
    let outcomes = wish.stations.iter().map(|station| {
        let place = found.keys().position(|name| name == station);
        let acted = acted.as_ref().and_then(|acted| acted.get(place?).copied());
        Fate {
            station: station.clone(),
            done: acted == Some(Acted::Done),
            outcome: match (place, acted) {
                (None, _) => OutcomeName::UnknownStation,
                (Some(_), None) => OutcomeName::Unknown,
                (Some(_), Some(acted)) => acted.into(),
            },
        }
    });
    Ok(Json(Outcomes {
        outcomes: outcomes.collect(),
    }))
}

/// Gives an order and notes it; what became of it, in the order of the stations, or `None` where nobody knows.
async fn give(
    call: &Call,
    room: &Room,
    found: &BTreeMap<String, &StationLook>,
    (act, did): (StationAct, &'static str),
) -> Option<Vec<Acted>> {
    let keys = found.values().map(|look| (look.network, look.mac)).collect();
    // Late is not refused: the order lies at the desk, and may have been carried out.
    let acted = timeout(ANSWER_TIME, room.desk.act(keys, act))
        .await
        .ok()
        .flatten();
    let names: Vec<String> = found
        .values()
        .map(|look| format!("{} {}", look.network, room.handles.short(look.network, look.mac)))
        .collect();
    let (all, names) = (found.len(), names.join(", "));
    let what = match &acted {
        Some(acted) => format!("{}: {names}", Acted::tally(acted)),
        None => format!("outcome unknown, {all}: {names}"),
    };
    call.note(did, what, More::new()).await;
    acted
}
