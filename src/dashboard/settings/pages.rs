//! Overview, the form of a section, and what it will change.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::Desk;
use super::fields::SECTIONS;
use super::keeper::By;
use super::realm::{Realm, told_waiting};
use super::view::{Overview, entries};
use crate::accounts::{Permission, Ticket};
use crate::dashboard::frame::show;
use crate::dashboard::login::visit::{Stop, Visit};
use crate::dashboard::room::Room;

type Answer = Result<Response, Stop>;
/// A form's names and texts.
pub(in crate::dashboard) type Pairs = Vec<(String, String)>;

/// Those of whoever may change everything.
pub(super) static ALL: Realm = Realm {
    sections: &SECTIONS,
    see: Permission::SeeSettings,
    change: Permission::ChangeSettings,
    path: "/settings/section",
    home: "/settings",
    back: "settings-back",
    waiting: "/settings/waiting",
    decisions: ["/settings/confirm", "/settings/undo"],
    bounds: None,
};

pub(super) async fn overview(State(room): State<Room>, visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::SeeSettings).await?;
    Ok(show_overview(&room, &visit, &ticket, StatusCode::OK, None).await)
}

/// The overview, with what was done or what went wrong.
pub(super) async fn show_overview(
    room: &Room,
    visit: &Visit,
    ticket: &Ticket,
    status: StatusCode,
    told: Option<Result<String, String>>,
) -> Response {
    let page = Overview {
        frame: visit.frame("settings-title", Some(ticket)).telling(told),
        sections: entries(&SECTIONS, visit.tongue),
        waiting: told_waiting(&ALL, room, visit).await,
        kept: room.keeper.all_kept_by_hand(),
        file: room.keeper.name(),
    };
    show(status, &page)
}

pub(super) async fn section(State(room): State<Room>, Path(name): Path<String>, visit: Visit) -> Answer {
    show_section(&ALL, &room, &visit, &name).await
}

pub(super) async fn preview(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    take_form(&ALL, &room, &visit, (&name, pairs), Aim::Show).await
}

pub(super) async fn apply(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    take_form(&ALL, &room, &visit, (&name, pairs), Aim::Apply).await
}

/// The form of a section.
pub(in crate::dashboard) async fn show_section(
    realm: &'static Realm,
    room: &Room,
    visit: &Visit,
    name: &str,
) -> Answer {
    let ticket = visit.admit(realm.see).await?;
    let desk = Desk::open(realm, (room, visit, &ticket), name).await?;
    Ok(desk.form().await)
}

/// What a form is sent for.
#[derive(Debug, Clone, Copy)]
pub(in crate::dashboard) enum Aim {
    /// To show what it will change.
    Show,
    /// To change it.
    Apply,
}

/// Takes a form for what it was sent for.
pub(in crate::dashboard) async fn take_form(
    realm: &'static Realm,
    room: &Room,
    visit: &Visit,
    (name, pairs): (&str, Pairs),
    aim: Aim,
) -> Answer {
    let ticket = visit.admit(realm.change).await?;
    let desk = Desk::open(realm, (room, visit, &ticket), name).await?;
    let posted = desk.take(pairs).await?;
    Ok(match (desk.made(&posted).await?, aim) {
        (Ok(made), Aim::Show) => desk.difference(posted, &made),
        (Ok(made), Aim::Apply) => desk.apply(posted, made).await,
        (Err(trouble), _) => desk.again(&posted, trouble).await,
    })
}

impl Visit {
    /// Who asks, for the audit log.
    pub(in crate::dashboard) fn by(&self, ticket: &Ticket) -> By {
        By {
            who: crate::model::audit::Who::User(ticket.user.name.to_string()),
            from: self.origin(),
        }
    }
}
