//! What the screens tell of networks in words: what is wrong, the duties of the programme, access points, and what is
//! open before the tap and why.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};

use super::input::{Asked, Named};
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes};
use super::status::{NETWORK, look};
use crate::accounts::Permission;
use crate::config::Network;
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::desk::OpeningLook;
use crate::dashboard::networks::{DutyState, duties_of};
use crate::dashboard::now::{Finding, Weight, findings};
use crate::dashboard::page::GardenSight;
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::model::{AccessPoint, NetworkId, Placement};

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let sees = Permission::SeeStatus;
    routes
        .add(
            Deed::get("/findings", "listFindings", "What is wrong, and what to do")
                .about("As the dashboard's page Now tells it; nothing where all is well.")
                .needs(sees)
                .asked::<Wish>()
                .answers_list::<FindingTold>("The worst first."),
            list_findings,
        )
        .add(
            Deed::get(
                "/networks/{network}/duties",
                "listDuties",
                "The WiFi4EU duties of a network",
            )
            .about("What has to be met before the network is declared, each with how it stands and why.")
            .needs(sees)
            .of(NETWORK)
            .asked::<Wish>()
            .answers_list::<DutyTold>("In the order in which one goes through them."),
            list_duties,
        )
        .add(
            Deed::get(
                "/networks/{network}/access-points",
                "listAccessPoints",
                "The access points of a network",
            )
            .needs(sees)
            .of(NETWORK)
            .answers_list::<PointTold>("As the configuration has them."),
            list_points,
        )
        .add(
            Deed::get(
                "/networks/{network}/garden",
                "getGarden",
                "What is open before the tap, and why",
            )
            .about("No station is in it, nor what any has asked.")
            .needs(Permission::EditPage)
            .of(NETWORK)
            .asked::<Wish>()
            .answers::<Garden>(
                StatusCode::OK,
                "The configuration's, and what its names have led to.",
            ),
            garden,
        )
}

/// In which words.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// The language of what is for people; English without it.
    #[param(inline)]
    lang: Option<Lang>,
}

impl Wish {
    const fn tongue(&self) -> Tongue {
        match self.lang {
            Some(Lang::It) => Tongue::It,
            Some(Lang::En) | None => Tongue::En,
        }
    }
}

/// A language of the dashboard.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Lang {
    /// Italian.
    It,
    /// English.
    En,
}

/// Something that is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingTold {
    /// What kind of thing: the same in every language.
    #[schema(example = "uplink")]
    kind: &'static str,
    /// How much it matters.
    weight: WeightName,
    /// The network that it is about; null is the whole gateway.
    network: Option<String>,
    /// What is wrong, in words.
    what: String,
    /// What to do.
    todo: String,
}

/// How much it matters.
#[derive(Serialize, ToSchema)]
#[schema(as = Weight)]
#[serde(rename_all = "lowercase")]
enum WeightName {
    /// People cannot get online, or soon will not.
    Bad,
    /// Something does not work as it should.
    Doubtful,
    /// Good to know.
    Note,
}

impl From<Weight> for WeightName {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Bad => Self::Bad,
            Weight::Doubtful => Self::Doubtful,
            Weight::Note => Self::Note,
        }
    }
}

/// A duty of the programme.
#[derive(Serialize, ToSchema)]
#[schema(as = Duty)]
struct DutyTold {
    /// Which: the same in every language.
    #[schema(example = "banner")]
    duty: &'static str,
    /// How it stands.
    state: DutyName,
    /// What it asks for, in words.
    what: String,
    /// Why it stands so.
    reason: String,
}

/// How a duty stands.
#[derive(Serialize, ToSchema)]
#[schema(as = DutyState)]
#[serde(rename_all = "lowercase")]
enum DutyName {
    /// It is met.
    Met,
    /// It is not.
    Broken,
    /// Neither has been seen.
    Unknown,
}

impl From<DutyState> for DutyName {
    fn from(state: DutyState) -> Self {
        match state {
            DutyState::Met => Self::Met,
            DutyState::Broken => Self::Broken,
            DutyState::Unknown => Self::Unknown,
        }
    }
}

/// An access point.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessPoint)]
struct PointTold {
    /// What people call the place.
    location: String,
    /// What kind of place it is, as the Commission's portal calls it.
    #[schema(example = "Square")]
    location_type: &'static str,
    /// Degrees north.
    #[schema(example = "45.437130")]
    latitude: String,
    /// Degrees east.
    #[schema(example = "12.332650")]
    longitude: String,
    /// Whether it hangs outside.
    outdoor: bool,
    /// Who made it.
    brand: String,
    /// Its model.
    model: String,
    /// Its serial number.
    serial: String,
    /// Its MAC address.
    mac: String,
}

/// What is open before the tap.
#[derive(Serialize, ToSchema)]
struct Garden {
    /// What the configuration opens.
    configured: Vec<Configured>,
    /// Addresses that its names have opened.
    learnt: Vec<Learnt>,
}

/// What the configuration opens.
#[derive(Serialize, ToSchema)]
#[schema(as = GardenEntry)]
struct Configured {
    /// A name, an address, or a range of them.
    #[schema(example = "*.example.org")]
    to: String,
    /// TCP ports.
    ports: Vec<u16>,
    /// Why, in words.
    why: String,
}

/// An address that names have opened.
#[derive(Serialize, ToSchema)]
#[schema(as = LearntAddress)]
struct Learnt {
    /// The address.
    #[schema(value_type = String, example = "203.0.113.7")]
    address: IpAddr,
    /// TCP ports.
    ports: Vec<OpenPort>,
    /// Names that led to it.
    because: Vec<LearntName>,
}

/// A port that is open for a while.
#[derive(Serialize, ToSchema)]
struct OpenPort {
    /// The port.
    port: u16,
    /// For how many seconds.
    seconds_left: u64,
}

/// A name that led to an address.
#[derive(Serialize, ToSchema)]
struct LearntName {
    /// As the configuration has it.
    name: String,
    /// Aliases on the way.
    aliases: Vec<String>,
}

type Answer<T> = Result<Json<T>, Problem>;

async fn list_findings(State(room): State<Room>, Asked(wish): Asked<Wish>) -> Answer<Vec<FindingTold>> {
    let (moment, tongue) = (room.hub.moment(look(&room).await?), wish.tongue());
    let tell = |finding: Finding| {
        let [what, todo] = finding.words(tongue, &moment);
        FindingTold {
            kind: finding.key,
            weight: finding.weight.into(),
            network: finding.network.map(|network| network.to_string()),
            what,
            todo,
        }
    };
    Ok(Json(findings(&moment).into_iter().map(tell).collect()))
}

async fn list_duties(
    State(room): State<Room>,
    Named(id): Named<NetworkId>,
    Asked(wish): Asked<Wish>,
) -> Answer<Vec<DutyTold>> {
    let (moment, tongue) = (room.hub.moment(look(&room).await?), wish.tongue());
    let duties = duties_of(&room, &moment, id, tongue).await;
    let duties = duties.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let told = duties.into_iter().map(|duty| DutyTold {
        duty: duty.key,
        state: duty.state.into(),
        what: tongue.say(&format!("duty-{}", duty.key)),
        reason: duty.reason,
    });
    Ok(Json(told.collect()))
}

async fn list_points(State(room): State<Room>, Named(id): Named<NetworkId>) -> Answer<Vec<PointTold>> {
    let config = room.config.load();
    let network = config.network(id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    Ok(Json(network.access_points.iter().map(point).collect()))
}

async fn garden(
    State(room): State<Room>,
    Named(id): Named<NetworkId>,
    Asked(wish): Asked<Wish>,
) -> Answer<Garden> {
    let config = room.config.load_full();
    let network = config.network(id).ok_or_else(|| Problem::new(Kind::NotFound))?;
    let Ok(Some(openings)) = timeout(ANSWER_TIME, room.desk.openings()).await else {
        return Err(Problem::unavailable());
    };
    let sight = GardenSight {
        config: &config,
        openings: &openings,
        tongue: wish.tongue(),
    };
    Ok(Json(Garden {
        configured: configured(&sight, network),
        learnt: sight.learnt_on(id).map(learnt).collect(),
    }))
}

fn configured(sight: &GardenSight<'_>, network: &Network) -> Vec<Configured> {
    let open = sight.configured(network);
    open.map(|(to, ports, why)| Configured {
        to,
        ports: ports.to_vec(),
        why,
    })
    .collect()
}

fn learnt(open: &OpeningLook) -> Learnt {
    let ports = open
        .ports
        .iter()
        .map(|&(port, seconds_left)| OpenPort { port, seconds_left });
    let because = open.names.iter().map(|(name, aliases)| LearntName {
        name: name.to_string(),
        aliases: aliases.clone(),
    });
    Learnt {
        address: open.address,
        ports: ports.collect(),
        because: because.collect(),
    }
}

fn point(point: &AccessPoint) -> PointTold {
    PointTold {
        location: point.location.clone(),
        location_type: point.location_type.as_str(),
        latitude: point.latitude.to_string(),
        longitude: point.longitude.to_string(),
        outdoor: point.placement == Placement::Outdoor,
        brand: point.brand.clone(),
        model: point.model.clone(),
        serial: point.serial.clone(),
        mac: point.mac.to_string(),
    }
}
