//! What is shown.

use askama::Template;

use super::calendar::{ALLOWED, DUE, Row as MonthRow, State, Year};
use super::compare::{self, Line};
use super::draw::Row;
use super::pen::{Pen, SILENT, cause_key};
use super::span::Span;
use super::told::Sheet;
use super::wish::{Meant, Wish, Wrong};
use super::works;
use crate::accounts::{Permission, Role};
use crate::charts::Chart;
use crate::config::Config;
use crate::dashboard::frame::Frame;
use crate::dashboard::records::{FigureBook, Known, RecordError};
use crate::dashboard::words::Tongue;
use crate::model::NetworkId;
use crate::model::figures::{Day, Outage, Period};

/// The fields above every page of figures, and the ways to the others.
pub(super) struct Fields {
    tongue: Tongue,
    /// Whether this user may take figures away.
    may_export: bool,
    networks: Vec<Choice>,
    spans: Vec<Choice>,
    /// As typed, or as meant.
    at: String,
    with: String,
    wrong: Option<Wrong>,
    known: Known,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

impl Fields {
    pub(super) fn new(
        tongue: Tongue,
        role: Role,
        wish: &Wish,
        (meant, wrong): (&Meant, Option<Wrong>),
        known: Known,
    ) -> Self {
        let networks = known.networks.iter().map(|(id, name)| Choice {
            value: id.to_string(),
            text: name.clone(),
            is_chosen: meant.network == Some(*id),
        });
        let spans = Span::ALL.into_iter().map(|span| Choice {
            value: span.code().to_owned(),
            text: tongue.say(&format!("figures-span-{}", span.code())),
            is_chosen: meant.span == span,
        });
        let typed = |text: &str, meant: Day| {
            if wrong.is_some() {
                text.to_owned()
            } else {
                meant.to_string()
            }
        };
        Self {
            may_export: role.may(Permission::Export),
            networks: networks.collect(),
            spans: spans.collect(),
            at: typed(&wish.at, meant.at),
            with: typed(&wish.with, meant.with),
            wrong,
            tongue,
            known,
        }
    }

    /// What is wrong with a field, in words.
    fn complaint(&self, field: Wrong) -> Option<String> {
        let key = match field {
            Wrong::Network => "figures-network-wrong",
            Wrong::Span => "figures-span-wrong",
            Wrong::At | Wrong::With => "figures-day-wrong",
        };
        (self.wrong == Some(field)).then(|| self.tongue.say(key))
    }

    /// The networks that are meant.
    fn meant(&self, meant: &Meant) -> Vec<NetworkId> {
        match meant.network {
            Some(network) => vec![network],
            None => self.known.networks.iter().map(|(id, _)| *id).collect(),
        }
    }

    fn name(&self, network: Option<NetworkId>) -> String {
        let found = network.and_then(|network| self.known.networks.iter().find(|(id, _)| *id == network));
        found.map_or_else(|| self.tongue.say("figures-all"), |(_, name)| name.clone())
    }
}

#[derive(Template)]
#[template(path = "dashboard/figures.html")]
pub(super) struct ChartsPage {
    frame: Frame,
    fields: Fields,
    about: String,
    charts: Vec<Chart>,
    heads: Vec<String>,
    rows: Vec<Row>,
    is_empty: bool,
    before: String,
    after: Option<String>,
}

impl ChartsPage {
    pub(super) fn new(
        book: &dyn FigureBook,
        config: &Config,
        meant: &Meant,
        (frame, fields): (Frame, Fields),
        pen: Pen,
    ) -> Result<Self, RecordError> {
        let zone = &config.gateway.time_zone;
        let of = (meant.span, meant.at);
        let sheet = Sheet::read(book, config, &fields.meant(meant), of)?;
        let name = fields.name(meant.network);
        let period = meant.span.period(meant.at);
        let link = |day| meant.link("/figures", meant.span, day);
        let after = period.to().next();
        Ok(Self {
            about: format!("{name}, {}", pen.span(meant.span, meant.at)),
            charts: sheet.charts(&name, of, zone, pen),
            heads: Sheet::heads(pen),
            rows: sheet.rows(zone, pen),
            is_empty: sheet.total.is_none(),
            before: link(period.from().previous()),
            after: (after < fields.known.today).then(|| link(after)),
            fields,
            frame,
        })
    }
}

#[derive(Template)]
#[template(path = "dashboard/figures-compare.html")]
pub(super) struct ComparePage {
    frame: Frame,
    fields: Fields,
    about: String,
    now: String,
    before: String,
    lines: Vec<Line>,
}

impl ComparePage {
    pub(super) fn new(
        book: &dyn FigureBook,
        config: &Config,
        meant: &Meant,
        (frame, fields): (Frame, Fields),
        pen: Pen,
    ) -> Result<Self, RecordError> {
        let networks = fields.meant(meant);
        let read = |day| Sheet::read(book, config, &networks, (meant.span, day));
        let (now, before) = (read(meant.at)?.total, read(meant.with)?.total);
        Ok(Self {
            about: fields.name(meant.network),
            now: pen.span(meant.span, meant.at),
            before: pen.span(meant.span, meant.with),
            lines: compare::lines(now.as_ref(), before.as_ref(), pen),
            fields,
            frame,
        })
    }
}

#[derive(Template)]
#[template(path = "dashboard/figures-calendar.html")]
pub(super) struct CalendarPage {
    frame: Frame,
    fields: Fields,
    year: i16,
    before: String,
    after: Option<String>,
    networks: Vec<NetworkYear>,
    causes: Vec<String>,
    /// Of one network.
    calendar: Option<Calendar>,
    legend: Vec<Legend>,
    /// Which network, and which days.
    pub(super) meant: (Option<NetworkId>, Period),
    /// Works that were announced for them.
    pub(super) works: Vec<works::Row>,
}

/// A network's year in a row.
struct NetworkYear {
    name: String,
    link: String,
    lost: String,
    out: String,
    by_cause: Vec<String>,
    service: Option<String>,
    /// Best rate seen, and whether it is what is due.
    rate: Option<(String, bool)>,
    is_over: bool,
}

struct Calendar {
    name: String,
    rows: Vec<MonthRow>,
    troubled: Vec<Trouble>,
}

/// A day on which something was wrong.
struct Trouble {
    day: String,
    state: String,
    out: String,
    cause: String,
}

struct Legend {
    class: &'static str,
    sign: &'static str,
    words: String,
}

impl CalendarPage {
    pub(super) fn new(
        book: &dyn FigureBook,
        config: &Config,
        meant: &Meant,
        (frame, fields): (Frame, Fields),
        pen: Pen,
    ) -> Result<Self, RecordError> {
        let period = Span::Year.period(meant.at);
        let ids = fields.meant(meant);
        let (mut networks, mut calendar) = (Vec::new(), None);
        for id in &ids {
            let year = Year::read(book, config, *id, period)?;
            let of = Meant {
                network: Some(*id),
                ..meant.clone()
            };
            networks.push(NetworkYear::new(
                fields.name(Some(*id)),
                of.link("/figures/availability", Span::Year, meant.at),
                &year,
                pen,
            ));
            if ids.len() == 1 {
                calendar = Some(Calendar {
                    name: fields.name(Some(*id)),
                    rows: year.rows(period.months(), pen),
                    troubled: troubled(&year, pen),
                });
            }
        }
        let link = |day| meant.link("/figures/availability", Span::Year, day);
        let after = period.to().next();
        Ok(Self {
            year: meant.at.date().year(),
            before: link(period.from().previous()),
            after: (after < fields.known.today).then(|| link(after)),
            causes: Outage::ALL.map(|cause| pen.0.say(cause_key(cause))).into(),
            legend: [State::Good, State::Partly, State::Lost, State::Unknown]
                .map(|state| {
                    let (class, sign, key) = state.looks();
                    Legend {
                        class,
                        sign,
                        words: pen.0.say(key),
                    }
                })
                .into(),
            meant: (meant.network, period),
            works: Vec::new(),
            networks,
            calendar,
            fields,
            frame,
        })
    }
}

impl NetworkYear {
    fn new(name: String, link: String, year: &Year, pen: Pen) -> Self {
        // Where nobody looked, it is not nothing.
        let known = |text: String| {
            if year.observed > 0 {
                text
            } else {
                SILENT.to_owned()
            }
        };
        let out = |cause| known(pen.time(year.outages.of(cause)));
        Self {
            name,
            link,
            lost: format!("{} / {}", known(pen.count(year.lost)), pen.count(ALLOWED)),
            out: known(pen.time(year.outages.total())),
            by_cause: Outage::ALL.map(out).into(),
            service: year.service().map(|service| pen.per_cent(service)),
            rate: (year.best_down > 0).then(|| (pen.rate(year.best_down), year.best_down >= DUE)),
            is_over: year.lost > ALLOWED,
        }
    }
}

fn troubled(year: &Year, pen: Pen) -> Vec<Trouble> {
    let rows = year.troubled().map(|found| Trouble {
        day: pen.day(found.day),
        state: pen.0.say(found.state.looks().2),
        out: pen.time(found.outages.total()),
        cause: pen.cause(&found.outages),
    });
    rows.collect()
}
