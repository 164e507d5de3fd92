//! A section's form over the file as it is now: what it makes of the file, and the pages that show it.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::fields::{SECTIONS, Section};
use super::form::{Posted, changes, name_of};
use super::keeper::{Refused, Wish};
use super::pages::ALL;
use super::realm::{Overstep, Realm, told_waiting};
use super::sheet::{fault_view, group_views, networks};
use super::view::{
    ByHand, Choice, DifferencePage, FaultView, MovedPage, Overview, Phone, SectionPage, Upload, digest,
    entries, hunks,
};
use super::{files, words_of};
use crate::accounts::{Permission, Ticket};
use crate::config::edit::{Change, Fault, Place, edit};
use crate::config::{Checked, Config};
use crate::dashboard::frame::show;
use crate::dashboard::login::visit::{Stop, Visit, go};
use crate::dashboard::page;
use crate::dashboard::room::Room;

/// Names that are no settings.
const OWN: [&str; 3] = ["form", "base", "seen"];
/// Which page is shown beside a form: no settings either.
pub(in crate::dashboard) const SHOWN: [&str; 2] = ["shown", "tongue"];

/// Longest name of a form's field that is noted, characters.
const MOST_NAMED: usize = 80;

/// A file that a form makes.
pub(in crate::dashboard) struct Made {
    text: String,
    changes: Vec<Change>,
    checked: Checked,
    /// Whether it stays within the bounds of the realm, whoever sent the form.
    is_bounded: bool,
}

/// Why a form makes none.
pub(in crate::dashboard) struct Trouble {
    status: StatusCode,
    faults: Vec<FaultView>,
    /// What stands above the form.
    told: String,
}

impl Trouble {
    /// In words, where there is no form to show again.
    pub(in crate::dashboard) fn words(&self) -> String {
        let fault = |fault: &FaultView| format!("{}: {}", fault.label, fault.what);
        let lines = [self.told.clone()]
            .into_iter()
            .chain(self.faults.iter().map(fault));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// See the module.
pub(in crate::dashboard) struct Desk<'a> {
    realm: &'static Realm,
    room: &'a Room,
    visit: &'a Visit,
    ticket: &'a Ticket,
    section: &'static Section,
    text: String,
    /// Names of the pictures beside the file.
    crests: Vec<String>,
    /// Those that nothing shows.
    unused: Vec<String>,
    refused: Option<Refusal>,
}

/// What of the pictures beside a form was not done, and why.
pub(in crate::dashboard) enum Refusal {
    /// One that was sent was not taken.
    Picture(String),
    /// One stays that was to go.
    Removal(String),
}

impl Refusal {
    fn why(&self) -> &str {
        match self {
            Self::Picture(why) | Self::Removal(why) => why,
        }
    }

    /// What is wrong with the field for a picture.
    fn of_picture(&self) -> Option<String> {
        match self {
            Self::Picture(why) => Some(why.clone()),
            Self::Removal(_) => None,
        }
    }
}

impl<'a> Desk<'a> {
    /// # Errors
    /// The answer where there is no such section, or no file.
    pub(in crate::dashboard) async fn open(
        realm: &'static Realm,
        (room, visit, ticket): (&'a Room, &'a Visit, &'a Ticket),
        name: &str,
    ) -> Result<Self, Stop> {
        let section = realm.sections.iter().find(|section| section.name == name);
        let section = section.ok_or_else(|| Stop::from(visit.missing()))?;
        let text = room
            .keeper
            .text()
            .map_err(|refused| no_file(room, visit, ticket, &refused))?;
        // Without a rule there is no form with pictures.
        let crests = match realm.bounds {
            Some(_) => page::crests(room, visit, ticket).await?,
            None => Vec::new(),
        };
        let unused = match realm.bounds {
            Some(_) if section.has_crest() => page::unused_crests(room, visit, ticket).await?,
            _ => Vec::new(),
        };
        Ok(Self {
            realm,
            room,
            visit,
            ticket,
            section,
            text,
            crests,
            unused,
            refused: None,
        })
    }

    /// The form again, for whoever has sent a picture that was not taken, or wished one away that stays.
    pub(in crate::dashboard) async fn refuse(self, why: Refusal) -> Response {
        let desk = Self {
            refused: Some(why),
            ..self
        };
        let mut response = desk.form().await;
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }

    /// What was sent.
    ///
    /// # Errors
    /// The answer to a form that is not this browser's, or that leads out of its bounds.
    pub(in crate::dashboard) async fn take(&self, pairs: Vec<(String, String)>) -> Result<Posted, Stop> {
        let posted = Posted(pairs);
        self.visit.check_form(posted.get("form").unwrap_or_default())?;
        if let Some(bounds) = self.realm.bounds {
            let others = [&OWN[..], &SHOWN[..]].concat();
            let is_held = |subject: &str| subject.parse().is_ok_and(|place: Place| (bounds.holds)(&place));
            let outside = posted.subjects(&others).find(|subject| !is_held(subject));
            if let Some(outside) = outside {
                let named: String = outside.chars().take(MOST_NAMED).collect();
                return Err(self.visit.forbid(self.ticket, &named).await);
            }
        }
        Ok(posted)
    }

    /// The file that the form makes.
    ///
    /// # Errors
    /// What is wrong with the form; inside it, the answer to one that leads out of its bounds.
    pub(in crate::dashboard) async fn made(&self, posted: &Posted) -> Result<Result<Made, Trouble>, Stop> {
        if posted.get("base") != Some(digest(&self.text).as_str()) {
            return Ok(Err(self.trouble(StatusCode::CONFLICT, "settings-elsewhere")));
        }
        let changes = changes(self.section, &self.text, posted);
        if let Some(bounds) = self.realm.bounds {
            let takes =
                |change: &&Change| (bounds.holds)(change.place()) && (bounds.takes)(change, &self.crests);
            if let Some(outside) = changes.iter().find(|change| !takes(change)) {
                return Err(self.visit.forbid(self.ticket, &outside.place().to_string()).await);
            }
        }
        let file = self.room.keeper.name();
        let former = self.realm.bounds.map(|_| Config::parse(&self.text, &file));
        // What is wrong with the rest of it is not the matter of whoever may change some places.
        let Ok(former) = former.transpose() else {
            return Ok(Err(self.trouble(StatusCode::CONFLICT, "settings-file-wrong")));
        };
        let text = match edit(&self.text, &changes) {
            Ok(text) => text,
            Err(error) => {
                let fault = self.fault_of("", self.visit.tongue.told(&error.words()), String::new());
                return Ok(Err(self.wrong(vec![fault])));
            }
        };
        if text == self.text {
            return Ok(Err(self.trouble(StatusCode::OK, "settings-nothing")));
        }
        match files::check_all(&file, &self.text, &text, (self.room.clock)().wall).await {
            Ok(checked) => {
                let made = Made {
                    text,
                    changes,
                    checked,
                    is_bounded: false,
                };
                self.judged(former.as_ref(), made).await
            }
            Err(faults) => {
                let faults = faults.iter().map(|fault| self.fault_view(fault, &changes));
                Ok(Err(self.wrong(faults.collect())))
            }
        }
    }

    /// The file, unless it does what whoever sent the form may not.
    async fn judged(&self, former: Option<&Config>, made: Made) -> Result<Result<Made, Trouble>, Stop> {
        let (Some(bounds), Some(former)) = (self.realm.bounds, former) else {
            return Ok(Ok(made));
        };
        let may_all = self.ticket.user.role.may(Permission::ChangeSettings);
        match (bounds.judge)(former, &made.checked.config) {
            Ok(()) => Ok(Ok(Made {
                is_bounded: true,
                ..made
            })),
            Err(_) if may_all => Ok(Ok(made)),
            Err(Overstep::At(place, key)) => {
                let name = name_of(&place, &self.text, &made.changes);
                let fault = self.fault_of(&name, self.visit.tongue.say(key), String::new());
                Ok(Err(self.wrong(vec![fault])))
            }
            Err(Overstep::Elsewhere) => Err(self.visit.forbid(self.ticket, self.section.name).await),
        }
    }

    /// Puts it in force.
    pub(in crate::dashboard) async fn apply(&self, posted: Posted, made: Made) -> Response {
        // Lines that somebody has changed by hand are put in force by nobody who has not seen them.
        if let Some(in_force) = self.room.keeper.in_force(&self.text) {
            if self.realm.bounds.is_some() {
                let trouble = self.trouble(StatusCode::CONFLICT, "settings-by-hand-first");
                return self.again(&posted, trouble).await;
            }
            if posted.get("seen") != Some(digest(&in_force).as_str()) {
                return self.difference(posted, &made);
            }
        }
        let moves = self.moves(&made);
        let wish = Wish {
            former: self.text.clone(),
            new: made.text,
            places: made
                .changes
                .iter()
                .map(|change| change.place().to_string())
                .collect(),
            by: self.visit.by(self.ticket),
            of_page: made.is_bounded,
        };
        match self.room.keeper.apply(wish).await {
            Ok(_) => {
                // The next page comes by a new connection: whoever sees it gets in over the new settings.
                // An administrator's change may be none of the page's.
                let realm = if made.is_bounded { self.realm } else { &ALL };
                let mut answer = match moves {
                    // A form leads nowhere else than to where it came from.
                    Some(address) => {
                        let frame = self.visit.frame("settings-moved", Some(self.ticket));
                        show(StatusCode::OK, &MovedPage { frame, address })
                    }
                    None => go(realm.waiting),
                };
                answer
                    .headers_mut()
                    .insert(header::CONNECTION, HeaderValue::from_static("close"));
                answer
            }
            Err(refused) => {
                let (status, told) = words_of(self.visit.tongue, &refused);
                let trouble = Trouble {
                    status,
                    faults: Vec::new(),
                    told,
                };
                self.again(&posted, trouble).await
            }
        }
    }

    /// Where the dashboard is afterwards, if that is elsewhere.
    fn moves(&self, made: &Made) -> Option<String> {
        let before = Config::parse(&self.text, &self.room.keeper.name()).ok()?;
        let after = &made.checked.config.management;
        let realm = if made.is_bounded { self.realm } else { &ALL };
        self.visit.door_after(&before.management, after, realm.waiting)
    }

    /// The configuration as it would be, or as it is where the form changes nothing.
    pub(in crate::dashboard) fn outlook(&self, made: Result<Made, Trouble>) -> Result<Arc<Config>, Trouble> {
        match made {
            Ok(made) => Ok(Arc::new(made.checked.config)),
            Err(trouble) if trouble.status == StatusCode::OK => Ok(self.room.config.load_full()),
            Err(trouble) => Err(trouble),
        }
    }

    /// The form as the file has it.
    pub(in crate::dashboard) async fn form(&self) -> Response {
        self.page(None, None).await
    }

    /// The page with what was typed, and what is wrong with it.
    pub(in crate::dashboard) async fn again(&self, posted: &Posted, trouble: Trouble) -> Response {
        self.page(Some(posted), Some(trouble)).await
    }

    fn wrong(&self, faults: Vec<FaultView>) -> Trouble {
        Trouble {
            faults,
            ..self.trouble(StatusCode::UNPROCESSABLE_ENTITY, "settings-wrong")
        }
    }

    fn trouble(&self, status: StatusCode, key: &str) -> Trouble {
        Trouble {
            status,
            faults: Vec::new(),
            told: self.visit.tongue.say(key),
        }
    }

    fn fault_view(&self, fault: &Fault, changes: &[Change]) -> FaultView {
        let name = name_of(&fault.place, &self.text, changes);
        let tongue = self.visit.tongue;
        let hint = fault.hint.as_ref().map(|hint| tongue.told(hint));
        self.fault_of(&name, tongue.told(&fault.what), hint.unwrap_or_default())
    }

    fn fault_of(&self, name: &str, what: String, hint: String) -> FaultView {
        fault_view(
            self.section,
            &self.text,
            name.to_owned(),
            (what, hint),
            self.visit.tongue,
        )
    }

    async fn page(&self, posted: Option<&Posted>, trouble: Option<Trouble>) -> Response {
        let tongue = self.visit.tongue;
        let mut frame = self
            .visit
            .frame(&format!("settings-{}", self.section.name), Some(self.ticket));
        frame.wrong = self.refused.as_ref().map(|refused| refused.why().to_owned());
        let (status, faults) = match trouble {
            Some(trouble) => {
                frame.wrong = Some(trouble.told);
                (trouble.status, trouble.faults)
            }
            None => (StatusCode::OK, Vec::new()),
        };
        let page = SectionPage {
            frame,
            realm: self.realm,
            phone: self.phone(posted),
            upload: self.section.has_crest().then(|| Upload {
                refused: self.refused.as_ref().and_then(Refusal::of_picture),
                unused: self.unused.clone(),
            }),
            name: self.section.name,
            about: tongue.say(&format!("settings-{}-about", self.section.name)),
            groups: group_views(self.section, &self.text, posted, &faults, (tongue, &self.crests)),
            is_closed: !self.ticket.user.role.may(self.realm.change),
            base: digest(&self.text),
            faults,
            waiting: told_waiting(self.realm, self.room, self.visit).await,
        };
        self.with_frame(show(status, &page))
    }

    pub(in crate::dashboard) fn difference(&self, posted: Posted, made: &Made) -> Response {
        let phone = self.phone(Some(&posted));
        let is_own = |name: &str| OWN.contains(&name) || SHOWN.contains(&name);
        // Of the whole file.
        let doubts = match self.realm.bounds {
            Some(_) => Vec::new(),
            None => made
                .checked
                .warnings
                .iter()
                .map(|found| self.visit.tongue.told(&found.what))
                .collect(),
        };
        let keeper = &self.room.keeper;
        let by_hand = keeper
            .in_force(&self.text)
            .filter(|_| self.realm.bounds.is_none());
        let by_hand = by_hand.map(|in_force| ByHand {
            hunks: hunks(&in_force, &self.text, self.realm.around()),
            seen: digest(&in_force),
            kept: keeper.kept_by_hand(&self.text),
        });
        let page = DifferencePage {
            frame: self.visit.frame("settings-difference", Some(self.ticket)),
            realm: self.realm,
            phone,
            name: self.section.name,
            hunks: hunks(&self.text, &made.text, self.realm.around()),
            posted: posted.0.into_iter().filter(|(name, _)| !is_own(name)).collect(),
            base: digest(&self.text),
            by_hand,
            warnings: doubts,
            minutes: self.visit.tongue.say("settings-difference-about"),
            moves: self.moves(made),
        };
        self.with_frame(show(StatusCode::OK, &page))
    }

    /// People's page beside the form, where it is about that.
    fn phone(&self, posted: Option<&Posted>) -> Option<Phone> {
        self.realm.bounds?;
        let [shown, tongue] =
            SHOWN.map(|name| posted.and_then(|posted| posted.get(name)).unwrap_or_default());
        let choice = |value: String, label: String, wanted: &str| Choice {
            is_chosen: value == wanted,
            value,
            label,
            picture: None,
        };
        let networks = networks(&self.text).map(|(id, name)| choice(id, name, shown));
        let languages = self.room.page.languages().into_iter();
        Some(Phone {
            networks: networks.collect(),
            languages: languages
                .map(|(code, name)| choice(code.to_owned(), name.to_owned(), tongue))
                .collect(),
        })
    }

    fn with_frame(&self, response: Response) -> Response {
        match self.realm.bounds {
            Some(_) => page::with_frame(response),
            None => response,
        }
    }
}

fn no_file(room: &Room, visit: &Visit, ticket: &Ticket, refused: &Refused) -> Stop {
    let (status, words) = words_of(visit.tongue, refused);
    let mut frame = visit.frame("settings-title", Some(ticket));
    frame.wrong = Some(words);
    let page = Overview {
        frame,
        sections: if ticket.user.role.may(Permission::SeeSettings) {
            entries(&SECTIONS, visit.tongue)
        } else {
            Vec::new()
        },
        waiting: None,
        kept: Vec::new(),
        file: room.keeper.name(),
    };
    Stop::from(show(status, &page))
}
