//! How stations are written.

use askama::Template;
use jiff::Timestamp;

use super::handles::masked;
use super::list::{Column, FAMILIES, Found, PAGE, View, family_code, state_code};
use super::whom::MOST;
use crate::accounts::{Permission, Ticket};
use crate::core::{StationLook, StationState};
use crate::dashboard::frame::Frame;
use crate::dashboard::login::visit::Visit;
use crate::dashboard::room::Room;
use crate::dashboard::words::Tongue;
use crate::model::figures::DeviceFamily;
use crate::model::{NetworkId, TimeZone, format_bytes};

/// The whole page.
#[derive(Template)]
#[template(path = "dashboard/stations.html")]
pub(super) struct ListPage {
    pub(super) frame: Frame,
    pub(super) choices: Choices,
    pub(super) part: Part,
}

/// What a page fetches again.
#[derive(Template)]
#[template(path = "dashboard/stations-part.html")]
pub(super) struct PartPage {
    pub(super) part: Part,
}

/// The fields of the search as they stand.
pub(super) struct Choices {
    pub(super) search: String,
    pub(super) order: String,
    pub(super) page: usize,
    pub(super) networks: Vec<Choice>,
    pub(super) states: Vec<Choice>,
    pub(super) families: Vec<Choice>,
}

/// One of a field's choices.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) words: String,
    pub(super) is_chosen: bool,
}

/// The table, and what is about it.
pub(super) struct Part {
    pub(super) tongue: Tongue,
    pub(super) found: String,
    /// The same with the page and the order, for those who hear it.
    pub(super) told: String,
    /// As a field of a form.
    pub(super) order: String,
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Row>,
    pub(super) page: usize,
    pub(super) pages: usize,
    /// Whether this user may order anything.
    pub(super) may_act: bool,
    /// Where there are others than those on this page.
    pub(super) all: Option<All>,
}

/// The button of an order about all that were found.
pub(super) struct All {
    pub(super) words: String,
    /// What goes with it.
    pub(super) carried: Vec<(&'static str, String)>,
}

/// The head of a column.
pub(super) struct Head {
    pub(super) words: String,
    /// What a press on it asks for.
    pub(super) next: String,
    /// For those who hear the table.
    pub(super) sorted: Option<&'static str>,
}

/// One station.
pub(super) struct Row {
    pub(super) handle: String,
    pub(super) mac: String,
    pub(super) state: &'static str,
    pub(super) state_words: String,
    pub(super) network: String,
    pub(super) since: String,
    pub(super) left: String,
    pub(super) ends: String,
    pub(super) plan: String,
    pub(super) usage: String,
    pub(super) addresses: usize,
    pub(super) family: String,
    pub(super) active: String,
    /// Why it is blocked or exempt.
    pub(super) reason: Option<String>,
}

/// What a field shows that is empty.
const NOTHING: &str = "–";

/// The search as it stands.
pub(super) fn choices(visit: &Visit, room: &Room, view: &View) -> Choices {
    let choice = |value: &str, words: String, is_chosen| Choice {
        value: value.to_owned(),
        words,
        is_chosen,
    };
    let config = room.config.load();
    let networks = config.networks.iter();
    let tongue = visit.tongue;
    Choices {
        search: view.search.clone(),
        order: view.order(),
        page: view.page,
        networks: networks
            .map(|network| {
                let is_chosen = view.network == Some(network.id);
                choice(network.id.as_str(), network.name.clone(), is_chosen)
            })
            .collect(),
        states: StationState::ALL
            .map(|state| {
                choice(
                    state_code(state),
                    state_words(tongue, state),
                    view.state == Some(state),
                )
            })
            .into(),
        families: FAMILIES
            .map(|family| {
                choice(
                    family_code(family),
                    family_words(tongue, family),
                    view.family == Some(family),
                )
            })
            .into(),
    }
}

/// The table as somebody sees it.
pub(super) fn part(visit: &Visit, room: &Room, ticket: &Ticket, view: &View, looks: &[StationLook]) -> Part {
    let tongue = visit.tongue;
    let found = view.find(looks);
    let sorted = if view.is_down { "descending" } else { "ascending" };
    let heads = Column::ALL.map(|column| Head {
        words: tongue.say(&format!("stations-column-{}", column.code())),
        next: view.next_order(column),
        sorted: (column == view.column).then_some(sorted),
    });
    let may_act = ticket.user.role.may(Permission::ActOnStations);
    let all = (may_act && (PAGE + 1..=MOST).contains(&found.count)).then(|| All {
        words: tongue.count("stations-act-all", number(found.count)),
        carried: view.filters(),
    });
    Part {
        tongue,
        found: self::found(tongue, found.count),
        told: told(tongue, view, &found),
        order: view.order(),
        heads: heads.into(),
        rows: found.looks.iter().map(|look| row(visit, room, look)).collect(),
        page: found.page,
        pages: found.pages,
        may_act,
        all,
    }
}

/// How many there are.
pub(super) fn found(tongue: Tongue, count: usize) -> String {
    tongue.count("stations-found", number(count))
}

/// How many there are, which page this is, and the order of it.
fn told(tongue: Tongue, view: &View, found: &Found<'_>) -> String {
    let way = if view.is_down {
        "stations-way-down"
    } else {
        "stations-way-up"
    };
    let column = tongue.say(&format!("stations-column-{}", view.column.code()));
    let arguments = [
        ("found", self::found(tongue, found.count).into()),
        ("page", number(found.page).into()),
        ("pages", number(found.pages).into()),
        ("column", column.into()),
        ("way", tongue.say(way).into()),
    ];
    tongue.with("stations-told", &arguments)
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// What a search looks for, in words.
pub(super) fn terms(tongue: Tongue, room: &Room, view: &View) -> Vec<(String, String)> {
    let state = view.state.map(|state| state_words(tongue, state));
    let network = view.network.map(|network| network_name(room, network));
    let family = view.family.map(|family| family_words(tongue, family));
    let search = (!view.search.is_empty()).then(|| view.search.clone());
    let terms = [
        ("stations-search", search),
        ("stations-column-state", state),
        ("stations-column-network", network),
        ("stations-column-family", family),
    ];
    let terms = terms.into_iter();
    terms
        .filter_map(|(word, value)| Some((tongue.say(word), value?)))
        .collect()
}

/// One station, its address masked.
pub(super) fn row(visit: &Visit, room: &Room, look: &StationLook) -> Row {
    let (tongue, zone) = (visit.tongue, &visit.zone);
    let now = visit.accounts.now();
    let local = |at: Option<Timestamp>| at.map_or_else(|| NOTHING.to_owned(), |at| when(at, now, zone));
    let plan = look.plan.map(|plan| {
        let rates = format!("{} ↓ {} ↑", plan.down, plan.up);
        if look.is_own_plan {
            format!("{rates} ({})", tongue.say("stations-own-plan"))
        } else {
            rates
        }
    });
    let usage = look.usage.down.bytes.saturating_add(look.usage.up.bytes);
    let has_usage = look.state == StationState::Granted;
    Row {
        handle: room.handles.of(look.network, look.mac),
        mac: masked(look.mac),
        state: state_code(look.state),
        state_words: state_words(tongue, look.state),
        network: network_here(tongue, room, look.network),
        since: local(look.since),
        left: look
            .seconds_left
            .map_or_else(|| NOTHING.to_owned(), |seconds| duration(tongue, seconds)),
        ends: local(look.ends_at),
        plan: plan.unwrap_or_else(|| NOTHING.to_owned()),
        usage: if has_usage {
            format_bytes(usage)
        } else {
            NOTHING.to_owned()
        },
        addresses: look.addresses.len(),
        family: look
            .family
            .map_or_else(|| NOTHING.to_owned(), |family| family_words(tongue, family)),
        active: local(look.active_at),
        reason: look
            .order
            .as_ref()
            .and_then(|order| order.reason.as_ref())
            .map(|reason| reason.as_str().to_owned()),
    }
}

/// The same, saying so where it is gone and an order waits for it.
fn network_here(tongue: Tongue, room: &Room, id: NetworkId) -> String {
    if room.config.load().network(id).is_some() {
        network_name(room, id)
    } else {
        tongue.with("stations-network-gone", &[("network", id.to_string().into())])
    }
}

/// The name of a network as people know it.
pub(super) fn network_name(room: &Room, id: NetworkId) -> String {
    let config = room.config.load();
    config
        .network(id)
        .map_or_else(|| id.to_string(), |network| network.name.clone())
}

fn state_words(tongue: Tongue, state: StationState) -> String {
    tongue.say(&format!("stations-state-{}", state_code(state)))
}

fn family_words(tongue: Tongue, family: DeviceFamily) -> String {
    tongue.say(&format!("stations-family-{}", family_code(family)))
}

/// The hour today, or the day too.
fn when(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let [at, now] = [at, now].map(|at| at.to_zoned(zone.jiff().clone()));
    let form = if at.date() == now.date() {
        "%H:%M"
    } else {
        "%d.%m.%Y %H:%M"
    };
    at.strftime(form).to_string()
}

/// Days and hours, hours and minutes, or minutes: whole ones, begun ones counted.
fn duration(tongue: Tongue, seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let [day, hour, minute] =
        ["stations-days", "stations-hours", "stations-minutes"].map(|unit| tongue.say(unit));
    match (days, hours) {
        (0, 0) => format!("{minutes} {minute}"),
        (0, _) => format!("{hours} {hour} {minutes:02} {minute}"),
        _ => format!("{days} {day} {hours} {hour}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, when};
    use crate::dashboard::words::Tongue;
    use crate::model::TimeZone;

    #[test]
    fn times_are_short() {
        for (seconds, words) in [
            (1, "1 min"),
            (3_600, "1 h 00 min"),
            (5_400, "1 h 30 min"),
            (90_000, "1 d 1 h"),
        ] {
            assert_eq!(duration(Tongue::En, seconds), words);
        }
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let at = |text: &str| when(text.parse().unwrap(), now, &TimeZone::rome());
        assert_eq!(at("2026-11-22T08:30:00Z"), "09:30");
        assert_eq!(at("2026-11-21T23:30:00Z"), "00:30");
        assert_eq!(at("2026-11-21T22:30:00Z"), "21.11.2026 23:30");
    }
}
