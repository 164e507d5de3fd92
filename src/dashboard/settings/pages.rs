//! Overview, the form of a section, and what it will change.

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::fields::{Section, section_of};
use super::files;
use super::form::{Posted, changes, name_of};
use super::keeper::{By, Care, Waiting, Wish};
use super::view::{
    ByHand, DifferencePage, FaultView, Overview, SectionPage, Told, digest, fault_view, group_views, hunks,
};
use super::words_of;
use crate::accounts::{Permission, Ticket};
use crate::config::edit::{Change, Fault, edit};
use crate::dashboard::frame::show;
use crate::dashboard::login::visit::{Stop, Visit, go, missing_page};
use crate::dashboard::room::Room;

type Answer = Result<Response, Stop>;
/// A form's names and texts.
type Pairs = Vec<(String, String)>;
/// Names that are no settings.
const OWN: [&str; 3] = ["form", "base", "seen"];

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
    let mut frame = visit.frame("settings-title", Some(ticket));
    match told {
        Some(Ok(done)) => frame.done = Some(done),
        Some(Err(wrong)) => frame.wrong = Some(wrong),
        None => {}
    }
    let waiting = told_waiting(room, visit).await;
    show(status, &Overview::new(frame, waiting, room.keeper.name()))
}

/// The change that waits, in words.
pub(super) async fn told_waiting(room: &Room, visit: &Visit) -> Option<Told> {
    let waiting = room.keeper.waiting().await?;
    Some(told_of(room, visit, &waiting))
}

pub(super) fn told_of(room: &Room, visit: &Visit, waiting: &Waiting) -> Told {
    Told::of(waiting, (room.clock)().wall, &visit.login.zone, visit.tongue)
}

pub(super) async fn section(State(room): State<Room>, Path(name): Path<String>, visit: Visit) -> Answer {
    let ticket = visit.admit(Permission::SeeSettings).await?;
    let desk = Desk::open(&room, &visit, &ticket, &name)?;
    Ok(desk.form(StatusCode::OK, None, Vec::new(), None).await)
}

pub(super) async fn preview(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let ticket = visit.admit(Permission::ChangeSettings).await?;
    let desk = Desk::open(&room, &visit, &ticket, &name)?;
    let posted = desk.take(pairs)?;
    match desk.made(&posted).await {
        Ok(made) => Ok(desk.difference(posted, made)),
        Err(answer) => Ok(*answer),
    }
}

pub(super) async fn apply(
    State(room): State<Room>,
    Path(name): Path<String>,
    visit: Visit,
    Form(pairs): Form<Pairs>,
) -> Answer {
    let ticket = visit.admit(Permission::ChangeSettings).await?;
    let desk = Desk::open(&room, &visit, &ticket, &name)?;
    let posted = desk.take(pairs)?;
    let made = match desk.made(&posted).await {
        Ok(made) => made,
        Err(answer) => return Ok(*answer),
    };
    // Lines that somebody has changed by hand are put in force by nobody who has not seen them.
    let in_force = room.keeper.in_force(&desk.text);
    if in_force.is_some_and(|text| posted.get("seen") != Some(digest(&text).as_str())) {
        return Ok(desk.difference(posted, made));
    }
    let wish = Wish {
        former: desk.text.clone(),
        new: made.text,
        places: made
            .changes
            .iter()
            .map(|change| change.place().to_string())
            .collect(),
        by: visit.by(&ticket),
        care: Care::Confirm,
    };
    match room.keeper.apply(wish).await {
        Ok(_) => {
            // The next page comes by a new connection: whoever sees it gets in over the new settings.
            let mut answer = go("/settings/waiting");
            answer
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
            Ok(answer)
        }
        Err(refused) => {
            let (status, words) = words_of(visit.tongue, &refused);
            Ok(desk.form(status, Some(&posted), Vec::new(), Some(words)).await)
        }
    }
}

/// A file that a form makes.
struct Made {
    text: String,
    changes: Vec<Change>,
    /// Legal, but perhaps not wanted.
    doubts: Vec<String>,
}

/// A section's form over the file as it is now.
struct Desk<'a> {
    room: &'a Room,
    visit: &'a Visit,
    ticket: &'a Ticket,
    section: &'static Section,
    text: String,
}

impl<'a> Desk<'a> {
    fn open(room: &'a Room, visit: &'a Visit, ticket: &'a Ticket, name: &str) -> Result<Self, Stop> {
        let section = section_of(name).ok_or_else(|| Stop::from(missing_page(visit.tongue)))?;
        let text = room.keeper.text().map_err(|refused| {
            let (status, words) = words_of(visit.tongue, &refused);
            let mut frame = visit.frame("settings-title", Some(ticket));
            frame.wrong = Some(words);
            Stop::from(show(status, &Overview::new(frame, None, room.keeper.name())))
        })?;
        Ok(Self {
            room,
            visit,
            ticket,
            section,
            text,
        })
    }

    fn take(&self, pairs: Pairs) -> Result<Posted, Stop> {
        let posted = Posted(pairs);
        self.visit.check_form(posted.get("form").unwrap_or_default())?;
        Ok(posted)
    }

    /// The file that the form makes; otherwise the page again, with what is wrong.
    async fn made(&self, posted: &Posted) -> Result<Made, Box<Response>> {
        if posted.get("base") != Some(digest(&self.text).as_str()) {
            let status = StatusCode::CONFLICT;
            return Err(self.again(posted, status, Vec::new(), "settings-elsewhere").await);
        }
        let wrong = StatusCode::UNPROCESSABLE_ENTITY;
        let changes = changes(self.section, &self.text, posted);
        let text = match edit(&self.text, &changes) {
            Ok(text) => text,
            Err(error) => {
                let fault = self.fault_of("", &error.to_string(), "");
                return Err(self.again(posted, wrong, vec![fault], "settings-wrong").await);
            }
        };
        if text == self.text {
            let status = StatusCode::OK;
            return Err(self.again(posted, status, Vec::new(), "settings-nothing").await);
        }
        match files::check_all(&self.room.keeper.name(), &self.text, &text).await {
            Ok(doubts) => Ok(Made {
                text,
                changes,
                doubts: doubts.into_iter().map(|found| found.what).collect(),
            }),
            Err(faults) => {
                let faults = faults.iter().map(|fault| self.fault_view(fault, &changes));
                let faults = faults.collect();
                Err(self.again(posted, wrong, faults, "settings-wrong").await)
            }
        }
    }

    /// The page with what was typed, and what is wrong with it.
    async fn again(
        &self,
        posted: &Posted,
        status: StatusCode,
        faults: Vec<FaultView>,
        key: &str,
    ) -> Box<Response> {
        let words = self.visit.tongue.say(key);
        Box::new(self.form(status, Some(posted), faults, Some(words)).await)
    }

    fn fault_view(&self, fault: &Fault, changes: &[Change]) -> FaultView {
        let name = name_of(&fault.place, &self.text, changes);
        self.fault_of(&name, &fault.what, fault.hint.as_deref().unwrap_or_default())
    }

    fn fault_of(&self, name: &str, what: &str, hint: &str) -> FaultView {
        fault_view(
            self.section,
            &self.text,
            name.to_owned(),
            (what, hint),
            self.visit.tongue,
        )
    }

    async fn form(
        &self,
        status: StatusCode,
        posted: Option<&Posted>,
        faults: Vec<FaultView>,
        wrong: Option<String>,
    ) -> Response {
        let tongue = self.visit.tongue;
        let mut frame = self
            .visit
            .frame(&format!("settings-{}", self.section.name), Some(self.ticket));
        frame.wrong = wrong;
        let page = SectionPage {
            frame,
            name: self.section.name,
            about: tongue.say(&format!("settings-{}-about", self.section.name)),
            groups: group_views(self.section, &self.text, posted, &faults, tongue),
            is_closed: !self.ticket.user.role.may(Permission::ChangeSettings),
            base: digest(&self.text),
            faults,
            waiting: told_waiting(self.room, self.visit).await,
        };
        show(status, &page)
    }

    fn difference(&self, posted: Posted, made: Made) -> Response {
        let carried = posted.0.into_iter();
        let keeper = &self.room.keeper;
        let by_hand = keeper.in_force(&self.text).map(|in_force| ByHand {
            hunks: hunks(&in_force, &self.text),
            seen: digest(&in_force),
            kept: keeper.kept_by_hand(),
        });
        let page = DifferencePage {
            frame: self.visit.frame("settings-difference", Some(self.ticket)),
            name: self.section.name,
            hunks: hunks(&self.text, &made.text),
            posted: carried
                .filter(|(name, _)| !OWN.contains(&name.as_str()))
                .collect(),
            base: digest(&self.text),
            by_hand,
            warnings: made.doubts,
            minutes: self.visit.tongue.say("settings-difference-about"),
        };
        show(StatusCode::OK, &page)
    }
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
