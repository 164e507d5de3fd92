//! The audit log: its entries, and whether its chain holds.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::Call;
use super::input::Asked;
use super::problem::Problem;
use super::routes::{Deed, Routes};
use crate::accounts::Permission;
use crate::dashboard::records::{AuditLog, RecordError};
use crate::dashboard::room::Room;
use crate::model::audit::{Entry, Filter, More};

/// Entries at once, if nothing else is asked for.
const USUAL: u16 = 100;
/// Most at once.
const MOST: u16 = 1_000;

/// Adds the routes.
pub(super) fn add(routes: Routes) -> Routes {
    let reads = Permission::ReadAudit;
    routes
        .add(
            Deed::get("/audit", "listAudit", "Entries of the audit log, newest first")
                .about("Older ones follow with before=, as the answer says.")
                .needs(reads)
                .asked::<Wish>()
                .answers::<Page>(StatusCode::OK, "Those that are meant."),
            list,
        )
        .add(
            Deed::get("/audit/chain", "getAuditChain", "Whether the audit log is whole")
                .needs(reads)
                .answers::<ChainTold>(StatusCode::OK, "As of now, or of a little while ago."),
            chain,
        )
}

/// Which entries.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wish {
    /// Not before.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Who, as it is written, or by the name alone.
    who: Option<String>,
    /// What kind of thing.
    did: Option<String>,
    /// What stands anywhere in it, in whatever case.
    text: Option<String>,
    /// Entries that stand before this line of the log.
    before: Option<u64>,
    /// How many at most.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

/// Entries.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditPage)]
struct Page {
    /// Newest first.
    entries: Vec<EntryTold>,
    /// The `before` of older ones; null when there are none.
    older: Option<u64>,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEntry)]
struct EntryTold {
    /// Line of the log, from 1.
    line: u64,
    /// Number in the chain; 0 for lines of the form before it.
    number: u64,
    /// When.
    #[schema(format = DateTime)]
    at: String,
    /// Who.
    who: String,
    /// From where.
    from: String,
    /// What kind of thing.
    did: String,
    /// What it was done to.
    what: String,
    /// What else belongs to it.
    #[schema(value_type = Object)]
    more: More,
}

/// Whether the log is whole.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditChain)]
struct ChainTold {
    /// When it was read.
    #[schema(format = DateTime)]
    at: String,
    /// Whether every line fits the one before, and nothing lacks at the end.
    whole: bool,
    /// What does not fit, first of all where it began.
    faults: Vec<String>,
    /// Number and hash of the last line: written down elsewhere, it tells later whether the log is still the same.
    head: Option<String>,
}

/// The last entries of those that are meant, in one reading of the log.
struct Window {
    filter: Filter,
    before: Option<u64>,
    most: usize,
    last: VecDeque<(u64, Entry)>,
    has_older: bool,
}

impl Window {
    fn take(&mut self, line: u64, entry: Entry) {
        let is_newer = self.before.is_some_and(|before| line >= before);
        if is_newer || !self.filter.lets_through(&entry) {
            return;
        }
        if self.last.len() == self.most {
            self.last.pop_front();
            self.has_older = true;
        }
        self.last.push_back((line, entry));
    }
}

async fn list(
    _call: Call,
    State(room): State<Room>,
    Asked(wish): Asked<Wish>,
) -> Result<Json<Page>, Problem> {
    let most = wish.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&most) {
        return Err(Problem::field("limit", format!("From 1 to {MOST}.")));
    }
    // More than the number that the description's format holds.
    if wish.before.is_some_and(|before| i64::try_from(before).is_err()) {
        return Err(Problem::field("before", "No log has such a line."));
    }
    let mut window = Window {
        filter: Filter {
            from: wish.from,
            until: wish.until,
            who: wish.who,
            did: wish.did,
            text: wish.text,
        },
        before: wish.before,
        most: usize::from(most),
        last: VecDeque::new(),
        has_older: false,
    };
    let window = read(&room, move |log| {
        log.entries(&mut |line, entry| window.take(line, entry))?;
        Ok(window)
    })
    .await?;
    let first = window.last.front().map(|(line, _)| *line);
    Ok(Json(Page {
        older: first.filter(|_| window.has_older),
        entries: window.last.into_iter().rev().map(tell).collect(),
    }))
}

async fn chain(_call: Call, State(room): State<Room>) -> Result<Json<ChainTold>, Problem> {
    let chain = read(&room, |log| log.chain()).await?;
    let faults: Vec<String> = chain
        .verdict
        .iter()
        .flat_map(|verdict| verdict.faults.iter().map(ToString::to_string))
        .collect();
    Ok(Json(ChainTold {
        at: chain.at.to_string(),
        whole: faults.is_empty(),
        faults,
        head: chain
            .verdict
            .and_then(|verdict| verdict.head.map(|head| head.to_string())),
    }))
}

/// A long log takes its time.
async fn read<T: Send + 'static>(
    room: &Room,
    work: impl FnOnce(&dyn AuditLog) -> Result<T, RecordError> + Send + 'static,
) -> Result<T, Problem> {
    let log = Arc::clone(&room.records.audit);
    let read = tokio::task::spawn_blocking(move || work(&*log)).await;
    let read = read.map_err(|error| Problem::fault(&error))?;
    read.map_err(|error| Problem::fault(&error))
}

fn tell((line, entry): (u64, Entry)) -> EntryTold {
    EntryTold {
        line,
        number: entry.n,
        at: entry.at.to_string(),
        who: entry.who,
        from: entry.from,
        did: entry.did,
        what: entry.what,
        more: entry.more,
    }
}
