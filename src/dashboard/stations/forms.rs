//! The forms of orders as a page shows them.

use super::orders::{Typed, Wrong};
use super::whom::Whom;
use crate::core::{StationLook, StationState};
use crate::dashboard::login::visit::Visit;
use crate::dashboard::words::Tongue;
use crate::model::Reason;

/// One order that can be given.
pub(super) struct OrderForm {
    pub(super) act: &'static str,
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) go: String,
    pub(super) fields: Vec<OrderField>,
}

/// A field of it.
pub(super) struct OrderField {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) kind: &'static str,
    pub(super) is_number: bool,
    /// Most characters; 0 where that is not said.
    pub(super) most: usize,
    pub(super) value: String,
    pub(super) hint: String,
    pub(super) wrong: Option<String>,
}

/// Name, kind, word of the label, word of the hint.
type Shape = (&'static str, &'static str, &'static str, &'static str);

const UNTIL: Shape = ("until", "datetime-local", "stations-until", "stations-until-hint");
const REASON: Shape = ("reason", "text", "stations-reason", "stations-reason-hint");
/// Where an order is about all that a search finds.
const SURE: Shape = ("sure", "text", "stations-sure", "stations-sure-hint");
/// Every order, with its fields.
const ORDERS: [(&str, &[Shape]); 7] = [
    ("end", &[]),
    (
        "extend",
        &[(
            "minutes",
            "text",
            "stations-extend-minutes",
            "stations-extend-minutes-hint",
        )],
    ),
    (
        "plan",
        &[
            ("down", "text", "stations-plan-down", "stations-plan-rate-hint"),
            ("up", "text", "stations-plan-up", "stations-plan-rate-hint"),
        ],
    ),
    ("usual", &[]),
    ("block", &[UNTIL, REASON]),
    ("exempt", &[UNTIL, REASON]),
    ("lift", &[]),
];

/// The orders that make sense for these stations; what was typed into one of them stands in it again.
pub(super) fn of(visit: &Visit, whom: &Whom<'_>, sent: Option<(&Typed, Option<Wrong>)>) -> Vec<OrderForm> {
    let usual = Typed::usual(visit.accounts.now(), &visit.zone);
    let fit = ORDERS
        .into_iter()
        .filter(|(act, _)| whom.looks.iter().any(|look| fits(act, look)));
    let form = |(act, shapes): (&'static str, &[Shape])| {
        let (typed, wrong) = match sent {
            Some((typed, wrong)) if typed.act == act => (typed, wrong),
            _ => (&usual, None),
        };
        let shapes = shapes.iter().copied().chain(whom.all.as_ref().map(|_| SURE));
        let fields = shapes.map(|shape| field(visit.tongue, shape, typed, wrong));
        OrderForm {
            act,
            title: visit.tongue.say(&format!("stations-{act}-title")),
            hint: visit.tongue.say(&format!("stations-{act}-hint")),
            go: visit.tongue.say(&format!("stations-{act}-go")),
            fields: fields.collect(),
        }
    };
    fit.map(form).collect()
}

fn field(tongue: Tongue, shape: Shape, typed: &Typed, wrong: Option<Wrong>) -> OrderField {
    let (name, kind, label, hint) = shape;
    OrderField {
        name,
        label: tongue.say(label),
        kind,
        is_number: matches!(name, "minutes" | "down" | "up" | "sure"),
        most: if name == "reason" { Reason::MOST } else { 0 },
        value: typed.value(name).to_owned(),
        hint: tongue.say(hint),
        wrong: wrong
            .filter(|wrong| wrong.field == name)
            .map(|wrong| tongue.say(wrong.word)),
    }
}

/// Whether an order makes sense for a station.
fn fits(act: &str, look: &StationLook) -> bool {
    match act {
        "end" | "extend" | "plan" => look.state == StationState::Granted,
        "usual" => look.is_own_plan,
        "lift" => look.order.is_some(),
        _ => true,
    }
}
