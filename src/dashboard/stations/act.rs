//! Orders: of one station or of many, what became of them; showing an address.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::timeout;

use super::forms::{self, OrderForm};
use super::handles::masked;
use super::list::View;
use super::orders::{Typed, Wrong};
use super::rows::{self, Row};
use super::{Answer, Fields, field, list, pairs, stations};
use crate::accounts::{Permission, Ticket};
use crate::core::{Acted, StationLook};
use crate::dashboard::ANSWER_TIME;
use crate::dashboard::frame::{Frame, show};
use crate::dashboard::login::visit::Visit;
use crate::dashboard::room::Room;

/// Most stations in one order: as many as are on a page.
const MOST: usize = super::list::PAGE;

/// What can be ordered about those that were chosen.
#[derive(Template)]
#[template(path = "dashboard/station.html")]
struct OrderPage {
    frame: Frame,
    rows: Vec<Row>,
    /// The only one, if it is one.
    one: Option<One>,
    forms: Vec<OrderForm>,
}

/// What more is told of a single station.
struct One {
    row: Row,
    /// Its addresses, once they have been asked for.
    addresses: Option<Vec<String>>,
}

/// What became of an order.
#[derive(Template)]
#[template(path = "dashboard/stations-done.html")]
struct DonePage {
    frame: Frame,
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
    let chosen = chosen(&room, &all, &fields);
    let typed = Typed::usual(visit.accounts.now(), &visit.login.zone);
    page(&visit, &room, &ticket, &chosen, typed, None).await
}

/// Gives the order.
pub(super) async fn carry_out(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::ActOnStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let all = stations(&visit, &room).await?;
    let chosen = chosen(&room, &all, &fields);
    let (now, zone) = (visit.accounts.now(), &visit.login.zone);
    let mut typed = Typed::usual(now, zone);
    for (name, value) in pairs(&fields) {
        typed.take(name, value);
    }
    let act = match typed.order(now, zone) {
        Ok(act) if !chosen.is_empty() => act,
        outcome => return page(&visit, &room, &ticket, &chosen, typed, outcome.err()).await,
    };
    let keys = chosen.iter().map(|look| (look.network, look.mac)).collect();
    let Ok(Some(acted)) = timeout(ANSWER_TIME, room.desk.act(keys, act)).await else {
        return Err(visit.no_answer());
    };
    note(&visit, &room, &ticket, &typed.act, &chosen, &acted).await;
    Ok(told(&visit, &room, &ticket, &chosen, &acted))
}

/// Shows the address of one station, which is noted.
pub(super) async fn unmask(visit: Visit, State(room): State<Room>, Form(fields): Form<Fields>) -> Answer {
    let ticket = visit.admit(Permission::UnmaskStations).await?;
    visit.check_form(field(&fields, "form"))?;
    let all = stations(&visit, &room).await?;
    let chosen = chosen(&room, &all, &fields);
    let [look] = chosen[..] else {
        return list(&visit, &room, &ticket, &View::default(), Some("stations-gone")).await;
    };
    let what = format!("{} {}", look.network, room.handles.short(look.network, look.mac));
    visit
        .note(ticket.user.name.as_str(), "station-unmask", &what)
        .await;
    let mut shown = order_page(&visit, &room, &ticket, &chosen);
    if let Some(one) = &mut shown.one {
        one.row.mac = look.mac.to_string();
        one.addresses = Some(look.addresses.iter().map(ToString::to_string).collect());
    }
    Ok(show(StatusCode::OK, &shown))
}

/// The stations that a form names, in the order of the list.
fn chosen<'a>(room: &Room, looks: &'a [StationLook], fields: &Fields) -> Vec<&'a StationLook> {
    let one = field(fields, "one");
    let mut named: Vec<&str> = pairs(fields)
        .filter(|(name, _)| *name == "s" && one.is_empty())
        .map(|(_, value)| value)
        .take(MOST)
        .collect();
    if !one.is_empty() {
        named.push(one);
    }
    if named.is_empty() {
        return Vec::new();
    }
    let is_named = |look: &&StationLook| named.contains(&room.handles.of(look.network, look.mac).as_str());
    looks.iter().filter(is_named).collect()
}

/// The page of an order, with what was typed; the list if nothing is chosen.
async fn page(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    chosen: &[&StationLook],
    typed: Typed,
    wrong: Option<Wrong>,
) -> Answer {
    if chosen.is_empty() {
        return list(
            visit,
            room,
            ticket,
            &View::default(),
            Some("stations-none-chosen"),
        )
        .await;
    }
    let status = if wrong.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let mut page = order_page(visit, room, ticket, chosen);
    page.frame.wrong = wrong.map(|wrong| visit.tongue.say(wrong.word));
    page.forms = forms::of(visit, chosen, Some((&typed, wrong)));
    Ok(show(status, &page))
}

fn order_page(visit: &Visit, room: &Room, ticket: &Ticket, chosen: &[&StationLook]) -> OrderPage {
    let row = |look: &&StationLook| rows::row(visit, room, look);
    let one = match chosen {
        [look] => Some(One {
            row: row(look),
            addresses: None,
        }),
        _ => None,
    };
    let title = if one.is_some() {
        "stations-one-title"
    } else {
        "stations-many-title"
    };
    OrderPage {
        frame: visit.frame(title, Some(ticket)),
        rows: chosen.iter().map(row).collect(),
        one,
        forms: forms::of(visit, chosen, None),
    }
}

/// What became of it for each.
fn told(visit: &Visit, room: &Room, ticket: &Ticket, chosen: &[&StationLook], acted: &[Acted]) -> Response {
    let outcome = |(look, acted): (&&StationLook, &Acted)| Outcome {
        mac: masked(look.mac),
        network: rows::network_name(room, look.network),
        words: visit.tongue.say(word(*acted)),
        is_done: acted.is_done(),
    };
    let page = DonePage {
        frame: visit.frame("stations-done-title", Some(ticket)),
        outcomes: chosen.iter().zip(acted).map(outcome).collect(),
    };
    show(StatusCode::OK, &page)
}

/// The line of the audit log: how many, and which by names that mean nothing after this run. Reasons are not in
/// it: others read it too.
async fn note(
    visit: &Visit,
    room: &Room,
    ticket: &Ticket,
    act: &str,
    chosen: &[&StationLook],
    acted: &[Acted],
) {
    let did = match act {
        "end" => "station-end",
        "extend" => "station-extend",
        "plan" | "usual" => "station-plan",
        "block" => "station-block",
        "exempt" => "station-exempt",
        _ => "station-lift",
    };
    let done = acted.iter().filter(|acted| acted.is_done()).count();
    let names: Vec<String> = chosen
        .iter()
        .map(|look| format!("{} {}", look.network, room.handles.short(look.network, look.mac)))
        .collect();
    let what = format!("{done} of {}: {}", chosen.len(), names.join(", "));
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
