//! Orders: of one station or of many, what became of them; showing an address.

use std::time::Duration;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::timeout;

use super::forms::{self, OrderForm};
use super::handles::masked;
use super::list::{PAGE, View};
use super::orders::{Typed, Wrong};
use super::rows::{self, Row};
use super::whom::{Whom, name};
use super::{Answer, Fields, field, list, note_search, pairs, stations};
use crate::accounts::{Permission, Ticket};
use crate::core::{Acted, StationLook};
use crate::dashboard::frame::{Frame, show};
use crate::dashboard::login::visit::{Stop, Visit};
use crate::dashboard::room::Room;

/// Longest wait for what became of an order: thousands of stations take their time.
const ORDER_TIME: Duration = Duration::from_secs(30);

/// What can be ordered about those that were chosen.
#[derive(Template)]
#[template(path = "dashboard/station.html")]
struct OrderPage {
    frame: Frame,
    /// Those that were ticked.
    rows: Vec<Row>,
    /// The only one, if it is one.
    one: Option<One>,
    /// What was looked for, where it is about all that was found.
    all: Option<All>,
    /// What each form carries.
    carried: Vec<(&'static str, String)>,
    forms: Vec<OrderForm>,
}

/// What more is told of a single station.
struct One {
    row: Row,
    /// Its addresses, once they have been asked for.
    addresses: Option<Vec<String>>,
}

/// All that a search finds.
struct All {
    found: String,
    terms: Vec<(String, String)>,
}

/// What became of an order.
#[derive(Template)]
#[template(path = "dashboard/stations-done.html")]
struct DonePage {
    frame: Frame,
    /// How many of each, where they are many.
    counts: Vec<String>,
    outcomes: Vec<Outcome>,
}

struct Outcome {
    mac: String,
    network: String,
    words: String,
    is_done: bool,
}

/// Those that were chosen, and what can be ordered.
pub(super) async fn choose(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::ActOnStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let all = stations(&visit, &room).await?;
    let whom = Whom::of(&room, &all, &fields);
    note_wide(&visit, &room, &ticket, &whom).await?;
    let typed = Typed::usual(visit.accounts.now(), &visit.zone);
    page(&visit, &room, &ticket, &whom, typed, None).await
}

/// Gives the order.
pub(super) async fn carry_out(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::ActOnStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let all = stations(&visit, &room).await?;
    let whom = Whom::of(&room, &all, &fields);
    note_wide(&visit, &room, &ticket, &whom).await?;
    let (now, zone) = (visit.accounts.now(), &visit.zone);
    let mut typed = Typed::usual(now, zone);
    for (name, value) in pairs(&fields) {
        typed.take(name, value);
    }
    let wish = typed.order(now, zone);
    let wish = wish.and_then(|act| {
        whom.is_confirmed(&typed.sure)
            .then_some(act)
            .ok_or(Wrong::NOT_SURE)
    });
    let act = match wish {
        Ok(act) if !whom.looks.is_empty() && !whom.is_too_many() => act,
        outcome => return page(&visit, &room, &ticket, &whom, typed, outcome.err()).await,
    };
    let did = act.deed();
    let Ok(Some(acted)) = timeout(ORDER_TIME, room.desk.act(whom.keys(), act)).await else {
        // It may have been given all the same.
        note(&visit, &room, &ticket, did, &whom, None).await;
        return Err(visit.unknown());
    };
    note(&visit, &room, &ticket, did, &whom, Some(&acted)).await;
    Ok(told(&visit, &room, &ticket, &whom, &acted))
}

/// How many a search finds tells what it was for, as the list does.
async fn note_wide(visit: &Visit, room: &Room, ticket: &Ticket, whom: &Whom<'_>) -> Result<(), Stop> {
    match &whom.all {
        Some(view) => note_search(visit, room, ticket, view).await,
        None => Ok(()),
    }
}

/// Shows the address of one station, which is noted.
pub(super) async fn unmask(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::UnmaskStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let all = stations(&visit, &room).await?;
    let whom = Whom::of(&room, &all, &fields);
    let [look] = whom.looks[..] else {
        return list(&visit, &room, &ticket, &View::default(), Some("stations-gone")).await;
    };
    visit
        .note_first(ticket.user.name.as_str(), "station-unmask", &name(&room, look))
        .await?;
    let mut shown = order_page(&visit, &room, &ticket, &whom);
    if let Some(one) = &mut shown.one {
        one.row.mac = look.mac.to_string();
        one.addresses = Some(look.addresses.iter().map(ToString::to_string).collect());
    }
    Ok(show(StatusCode::OK, &shown))
}

/// The page of an order, with what was typed; the list if nobody, or more than may be, is chosen.
async fn page(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    whom: &Whom<'_>,
    typed: Typed,
    wrong: Option<Wrong>,
) -> Answer {
    let objection = match whom.looks.len() {
        0 => Some("stations-none-chosen"),
        _ if whom.is_too_many() => Some("stations-all-too-many"),
        _ => None,
    };
    if objection.is_some() {
        return list(visit, room, ticket, &View::default(), objection).await;
    }
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut page = order_page(visit, room, ticket, whom);
    page.frame.wrong = wrong.map(|wrong| visit.tongue.say(wrong.word));
    page.forms = forms::of(visit, whom, Some((&typed, wrong)));
    Ok(show(status, &page))
}

fn order_page(visit: &Visit, room: &Room, ticket: &Ticket, whom: &Whom<'_>) -> OrderPage {
    let row = |look: &&StationLook| rows::row(visit, room, look);
    let all = whom.all.as_ref().map(|view| All {
        found: rows::found(visit.tongue, whom.looks.len()),
        terms: rows::terms(visit.tongue, room, view),
    });
    let (one, chosen) = match (&all, &whom.looks[..]) {
        (Some(_), _) => (None, &[][..]),
        (None, [look]) => (
            Some(One {
                row: row(look),
                addresses: None,
            }),
            &whom.looks[..],
        ),
        (None, chosen) => (None, chosen),
    };
    let title = match (&one, &all) {
        (Some(_), _) => "stations-one-title",
        (None, None) => "stations-many-title",
        (None, Some(_)) => "stations-all-title",
    };
    OrderPage {
        frame: visit.frame(title, Some(ticket)),
        rows: chosen.iter().map(row).collect(),
        one,
        all,
        carried: whom.fields(room),
        forms: forms::of(visit, whom, None),
    }
}

/// What became of it for each; of very many, how many of each, and those with whom it is not done.
fn told(visit: &Visit, room: &Room, ticket: &Ticket, whom: &Whom<'_>, acted: &[Acted]) -> Response {
    let outcome = |(look, acted): (&&StationLook, &Acted)| Outcome {
        mac: masked(look.mac),
        network: rows::network_name(room, look.network),
        words: visit.tongue.say(word(*acted)),
        is_done: *acted == Acted::Done,
    };
    let count = |kind: Acted| {
        let count = acted.iter().filter(|acted| **acted == kind).count();
        (count > 0).then(|| format!("{count}: {}", visit.tongue.say(word(kind))))
    };
    let (is_all, each) = (whom.all.is_some(), whom.looks.iter().zip(acted));
    let worth_telling = each.filter(|(_, acted)| !is_all || **acted != Acted::Done);
    let page = DonePage {
        frame: visit.frame("stations-done-title", Some(ticket)),
        counts: Acted::ALL
            .into_iter()
            .filter(|_| is_all)
            .filter_map(count)
            .collect(),
        outcomes: worth_telling.take(PAGE).map(outcome).collect(),
    };
    show(StatusCode::OK, &page)
}

/// The line of the audit log: with how many it is done, and who they are. Reasons are not in it: others read it too.
async fn note(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    did: &'static str,
    whom: &Whom<'_>,
    acted: Option<&[Acted]>,
) {
    let fate = match acted {
        None => format!("outcome unknown, {}", whom.looks.len()),
        Some(acted) => Acted::tally(acted),
    };
    let what = format!("{fate}: {}", whom.names(room));
    visit.note(ticket.user.name.as_str(), did, &what).await;
}

/// The word for it.
const fn word(acted: Acted) -> &'static str {
    match acted {
        Acted::Done => "stations-acted-done",
        Acted::Waiting => "stations-acted-waiting",
        Acted::UnknownNetwork => "stations-acted-network",
        Acted::NoSession => "stations-acted-no-session",
        Acted::AtLimit => "stations-acted-at-limit",
        Acted::Listed => "stations-acted-listed",
        Acted::NoOrder => "stations-acted-no-order",
        Acted::WrongEnd => "stations-acted-wrong-end",
        Acted::TooMany => "stations-acted-too-many",
    }
}

#[cfg(test)]
mod tests {
    use super::word;
    use crate::core::Acted;
    use crate::dashboard::words::Tongue;

    #[test]
    fn everything_that_can_become_of_an_order_has_words() {
        for acted in Acted::ALL {
            for tongue in [Tongue::It, Tongue::En] {
                assert_ne!(tongue.say(word(acted)), word(acted));
            }
        }
    }
}
