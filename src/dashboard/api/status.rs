//! How the gateway and its networks stand.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::ToSchema;

use super::call::Call;
use super::input::{Body, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes, Segment};
use crate::accounts::Permission;
use crate::config::Network;
use crate::core::{LineSnapshot, WaySnapshot};
use crate::dashboard::room::Room;
use crate::dashboard::{ANSWER_TIME, Look};
use crate::doors::certificate::CertificateState;
use crate::model::audit::More;
use crate::model::{NetworkId, RatePlan};

pub(super) const NETWORK: Segment = Segment {
    name: "network",
    about: "A network's id.",
    pattern: "^[a-z][a-z0-9_]{0,14}$",
};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let sees = Permission::SeeStatus;
    add_self_test(routes)
        .add(
            Deed::get("/status", "getStatus", "How the gateway stands")
                .needs(sees)
                .answers::<Status>(StatusCode::OK, "As of now; no station is in it."),
            status,
        )
        .add(
            Deed::get("/networks", "listNetworks", "How the networks stand")
                .needs(sees)
                .answers_list::<NetworkTold>("By id."),
            networks,
        )
        .add(
            Deed::get("/networks/{network}", "getNetwork", "How a network stands")
                .needs(sees)
                .of(NETWORK)
                .answers::<NetworkTold>(StatusCode::OK, "As of now."),
            network,
        )
}

fn add_self_test(routes: Routes) -> Routes {
    routes.add(
        Deed::post(
            "/networks/{network}/self-test",
            "switchSelfTest",
            "Begin or end the snippet's self-test",
        )
        .about("It ends by itself within the hour.")
        .needs(Permission::ActOnStations)
        .of(NETWORK)
        .takes::<SelfTestWish>()
        .refuses(Kind::Conflict)
        .answers::<SelfTest>(StatusCode::OK, "How long it will last."),
        self_test,
    )
}

/// What is wished of a self-test.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SelfTestWish {
    /// Whether it is to be on.
    on: bool,
}

/// How a self-test stands.
#[derive(Serialize, ToSchema)]
struct SelfTest {
    /// Seconds left; 0 when it is off.
    seconds: u64,
}

/// The gateway.
#[derive(Serialize, ToSchema)]
struct Status {
    /// Version of the program.
    version: &'static str,
    /// When this was told.
    #[schema(format = DateTime)]
    at: String,
    /// Whether the packet path can be changed now; if not, nobody new gets online.
    packet_path_linked: bool,
    /// Whether the uplink leads to the Internet, as far as is known; null where nobody looks.
    uplink: Option<bool>,
    /// The line, where it is shared fairly when it becomes scarce.
    line: Option<Line>,
    /// Queries of stations without access, since the start.
    resolver: Resolver,
    /// Of every host name.
    certificates: Vec<Certificate>,
    /// Feeds of news and alerts.
    feeds: Vec<Feed>,
    /// The figures on disk.
    statistics: Statistics,
    /// Times that running sessions could not be written since the start.
    state_write_failures: u64,
}

/// The line.
#[derive(Serialize, ToSchema)]
struct Line {
    /// Whether it is scarce, so that stations are held to a fair share.
    scarce: bool,
    /// To the stations.
    down: Option<Way>,
    /// From the stations.
    up: Option<Way>,
}

/// One direction of the line.
#[derive(Serialize, ToSchema)]
struct Way {
    /// What it carries, bytes per second.
    capacity: u64,
    /// What stations may have together, bytes per second.
    room: u64,
    /// What is used, bytes per second.
    used: u64,
}

/// See [`Status::resolver`].
#[derive(Serialize, ToSchema)]
struct Resolver {
    /// Queries taken.
    queries: u64,
    /// Dropped: not a query, or more than a station may ask.
    dropped: u64,
    /// Of those taken, without an answer, or with a failure.
    failed: u64,
}

/// A host name's certificate.
#[derive(Serialize, ToSchema)]
struct Certificate {
    /// Host name.
    host: String,
    /// How it stands.
    state: CertificateName,
    /// Until when it is good.
    #[schema(format = DateTime)]
    until: Option<String>,
    /// What is wrong with it.
    fault: Option<String>,
}

/// How a certificate stands.
#[derive(Serialize, ToSchema)]
#[schema(as = CertificateState)]
#[serde(rename_all = "kebab-case")]
enum CertificateName {
    /// None is configured.
    Absent,
    /// Good for longer than a week.
    Valid,
    /// Good for less than a week.
    ExpiringSoon,
    /// Good for less than a day: phones are not told of it any more.
    Expiring,
    /// Of no use.
    Invalid,
}

/// A feed of news or alerts.
#[derive(Serialize, ToSchema)]
struct Feed {
    /// Its kind in the configuration.
    kind: String,
    /// Host that is asked.
    host: String,
    /// When it last answered well.
    #[schema(format = DateTime)]
    last_success: Option<String>,
    /// Whether it cannot be used now.
    in_trouble: bool,
}

/// The figures on disk.
#[derive(Serialize, ToSchema)]
struct Statistics {
    /// What is wrong now.
    fault: Option<String>,
    /// Hours that wait in memory to be written.
    waiting: usize,
    /// Hours that were lost because too many waited.
    lost: u64,
}

/// A network.
#[derive(Serialize, ToSchema)]
#[schema(as = Network)]
struct NetworkTold {
    /// Id in the configuration.
    #[schema(example = "piazza")]
    id: String,
    /// Name.
    name: String,
    /// Comune.
    comune: String,
    /// Host name of its page.
    host: String,
    /// Stations seen lately.
    stations: Stations,
    /// The plan in force.
    plan: Plan,
    /// The entry of the schedule that the plan comes from.
    schedule: Option<String>,
    /// Seconds left of the snippet's self-test; null while there is none.
    self_test_seconds: Option<u64>,
    /// Since the service started.
    since_start: SinceStart,
}

/// How many stations stand how.
#[derive(Serialize, ToSchema)]
struct Stations {
    /// Seen lately, in any state.
    known: usize,
    /// Online.
    granted: usize,
    /// Have to tap first.
    captive: usize,
    /// Need no tap.
    exempt: usize,
    /// May not.
    blocked: usize,
    /// Of those, for a conflict.
    in_conflict: usize,
    /// Slower because their day's volume is used up.
    slowed: usize,
}

/// A rate plan.
#[derive(Serialize, ToSchema)]
pub(super) struct Plan {
    /// To a station, bytes per second.
    down: u64,
    /// From a station, bytes per second.
    up: u64,
}

/// Totals since the service started.
#[derive(Serialize, ToSchema)]
struct SinceStart {
    /// Sessions granted.
    grants: u64,
    /// Grants refused because the station is blocked.
    refused: u64,
    /// Grants that the kernel could not carry out.
    failed: u64,
    /// Bytes to the stations.
    bytes_down: u64,
    /// Bytes from the stations.
    bytes_up: u64,
}

async fn status(State(room): State<Room>) -> Result<Json<Status>, Problem> {
    let look = look(&room).await?;
    Ok(Json(Status {
        version: env!("CARGO_PKG_VERSION"),
        at: (room.clock)().wall.to_string(),
        packet_path_linked: look.figures.helper_linked,
        uplink: look.uplink,
        line: look.figures.line.map(Line::from),
        resolver: Resolver {
            queries: look.resolver.queries,
            dropped: look.resolver.dropped,
            failed: look.resolver.failed,
        },
        certificates: look
            .certificates
            .iter()
            .map(|(host, state)| certificate(host, state))
            .collect(),
        feeds: look
            .feeds
            .iter()
            .map(|feed| Feed {
                kind: feed.kind.clone(),
                host: feed.host.clone(),
                last_success: feed.last_success.map(|at| at.to_string()),
                in_trouble: feed.is_in_trouble,
            })
            .collect(),
        statistics: Statistics {
            fault: look.statistics.fault.clone(),
            waiting: look.statistics.waiting,
            lost: look.statistics.lost,
        },
        state_write_failures: look.state_write_failures,
    }))
}

async fn networks(State(room): State<Room>) -> Result<Json<Vec<NetworkTold>>, Problem> {
    let look = look(&room).await?;
    let config = room.config.load();
    let told = config.networks.iter().filter_map(|network| tell(network, &look));
    let mut told: Vec<NetworkTold> = told.collect();
    told.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(Json(told))
}

async fn network(
    State(room): State<Room>,
    Named(id): Named<NetworkId>,
) -> Result<Json<NetworkTold>, Problem> {
    let look = look(&room).await?;
    let config = room.config.load();
    let found = config.networks.iter().find(|network| network.id == id);
    let told = found.and_then(|network| tell(network, &look));
    told.map(Json).ok_or_else(|| Problem::new(Kind::NotFound))
}

async fn self_test(
    call: Call,
    State(room): State<Room>,
    Named(id): Named<NetworkId>,
    Body(wish): Body<SelfTestWish>,
) -> Result<Json<SelfTest>, Problem> {
    let config = room.config.load_full();
    let found = config.networks.iter().find(|network| network.id == id);
    let network = found.ok_or_else(|| Problem::new(Kind::NotFound))?;
    if wish.on && network.wifi4eu_id.is_none() {
        let detail = "The network has no wifi4eu_id, so there is no snippet to test.";
        return Err(Problem::saying(Kind::Conflict, detail));
    }
    let did = if wish.on {
        "self-test-begin"
    } else {
        "self-test-end"
    };
    match timeout(ANSWER_TIME, room.desk.self_test(id, wish.on)).await {
        Ok(Some(Ok(seconds))) => {
            call.note(did, id.as_str(), More::new()).await;
            Ok(Json(SelfTest { seconds }))
        }
        Ok(Some(Err(error))) => Err(Problem::saying(Kind::Conflict, error)),
        _ => {
            // It may have begun all the same.
            call.note(did, format!("outcome unknown: {id}"), More::new())
                .await;
            Err(Problem::unavailable())
        }
    }
}

/// How everything stands.
pub(super) async fn look(room: &Room) -> Result<Box<Look>, Problem> {
    match timeout(ANSWER_TIME, room.desk.look()).await {
        Ok(Some(look)) => Ok(look),
        _ => Err(Problem::unavailable()),
    }
}

/// Nothing of a network that the event loop does not know yet.
fn tell(network: &Network, look: &Look) -> Option<NetworkTold> {
    let figures = look.figures.networks.get(&network.id)?;
    let totals = &figures.totals;
    Some(NetworkTold {
        id: network.id.to_string(),
        name: network.name.clone(),
        comune: network.comune.clone(),
        host: network.host.clone(),
        stations: Stations {
            known: figures.known,
            granted: figures.granted,
            captive: figures.captive,
            exempt: figures.exempt,
            blocked: figures.blocked,
            in_conflict: figures.in_conflict,
            slowed: figures.slowed,
        },
        plan: figures.plan.into(),
        schedule: figures.schedule.clone(),
        self_test_seconds: look.self_tests.get(&network.id).copied(),
        since_start: SinceStart {
            grants: totals.grants,
            refused: totals.refused,
            failed: totals.failed,
            bytes_down: totals.usage.down.bytes,
            bytes_up: totals.usage.up.bytes,
        },
    })
}

fn certificate(host: &str, state: &CertificateState) -> Certificate {
    let until = |at: &Timestamp| Some(at.to_string());
    let (name, until, fault) = match state {
        CertificateState::Absent => (CertificateName::Absent, None, None),
        CertificateState::Valid { until: at } => (CertificateName::Valid, until(at), None),
        CertificateState::ExpiringSoon { until: at } => (CertificateName::ExpiringSoon, until(at), None),
        CertificateState::Expiring { until: at } => (CertificateName::Expiring, until(at), None),
        CertificateState::Invalid(fault) => (CertificateName::Invalid, None, Some(fault.to_string())),
    };
    Certificate {
        host: host.to_owned(),
        state: name,
        until,
        fault,
    }
}

impl From<LineSnapshot> for Line {
    fn from(line: LineSnapshot) -> Self {
        Self {
            scarce: line.is_peak,
            down: line.down.map(Way::from),
            up: line.up.map(Way::from),
        }
    }
}

impl From<WaySnapshot> for Way {
    fn from(way: WaySnapshot) -> Self {
        Self {
            capacity: way.capacity,
            room: way.room,
            used: way.used,
        }
    }
}

impl From<RatePlan> for Plan {
    fn from(plan: RatePlan) -> Self {
        Self {
            down: plan.down.bytes_per_second(),
            up: plan.up.bytes_per_second(),
        }
    }
}
