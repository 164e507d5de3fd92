//! What is wrong, with what to do about it, and how a network stands by the duties of the programme: what the screens
//! Now and Networks tell, in English words.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::call::Call;
use super::input::Named;
use super::problem::{Kind, Problem};
use super::routes::{Deed, Routes};
use super::status::NETWORK;
use crate::accounts::Permission;
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::live::Moment;
use crate::dashboard::networks::duties_of;
use crate::dashboard::now;
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::model::NetworkId;

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    routes
        .add(
            Deed::get("/findings", "listFindings", "What is wrong")
                .needs(Permission::SeeStatus)
                .answers_list::<FindingTold>("The worst first; none where nothing is wrong."),
            list,
        )
        .add(
            Deed::get(
                "/networks/{network}/duties",
                "listDuties",
                "How a network stands by the duties of WiFi4EU",
            )
            .needs(Permission::SeeStatus)
            .of(NETWORK)
            .answers_list::<DutyTold>("As its checklist has them."),
            duties,
        )
}

/// Something that is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Finding)]
struct FindingTold {
    /// What kind: the same name for the same thing.
    kind: &'static str,
    /// How bad it is: bad, doubtful or note.
    weight: &'static str,
    /// The network that it is about; null is all.
    network: Option<String>,
    /// What is wrong.
    what: String,
    /// What to do.
    todo: String,
}

/// A duty of the programme.
#[derive(Serialize, ToSchema)]
#[schema(as = Duty)]
struct DutyTold {
    /// What kind: the same name for the same duty.
    kind: &'static str,
    /// How it stands: met, broken or unknown.
    state: &'static str,
    /// The duty.
    what: String,
    /// What is known of it.
    reason: String,
}

async fn list(_call: Call, State(room): State<Room>) -> Result<Json<Vec<FindingTold>>, Problem> {
    let moment = moment(&room).await?;
    let told = now::findings(&moment).into_iter().map(|finding| {
        let [what, todo] = finding.words(Tongue::En, &moment);
        FindingTold {
            kind: finding.key,
            weight: finding.weight.code(),
            network: finding.network.map(|id| id.to_string()),
            what,
            todo,
        }
    });
    Ok(Json(told.collect()))
}

async fn duties(
    _call: Call,
    State(room): State<Room>,
    Named(id): Named<NetworkId>,
) -> Result<Json<Vec<DutyTold>>, Problem> {
    let moment = moment(&room).await?;
    let duties = duties_of(&room, &moment, id, Tongue::En).await;
    let duties = duties.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let told = duties.into_iter().map(|duty| DutyTold {
        kind: duty.key,
        state: duty.state.code(),
        what: Tongue::En.say(&format!("duty-{}", duty.key)),
        reason: duty.reason,
    });
    Ok(Json(told.collect()))
}

/// How everything stands now.
async fn moment(room: &Room) -> Result<Moment, Problem> {
    match timeout(ANSWER_TIME, room.desk.look()).await {
        Ok(Some(look)) => Ok(room.hub.moment(look)),
        _ => Err(Problem::unavailable()),
    }
}
