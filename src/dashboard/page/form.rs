//! The form of news and notices: what was typed, and the draft it makes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::contract::{Draft, Objection, Piece};
use crate::config::Config;
use crate::dashboard::turns::{name_of, turn_named};
use crate::model::{LocalTimeError, NetworkId, NoticeColor, TimeZone};

/// How the browser writes a time of day.
const LOCAL: &str = "%Y-%m-%dT%H:%M";
/// Whether a published piece has a picture: no name of a field of the form.
const OF_DRAFT: &str = " has picture";

/// Every colour, as the form says it.
pub(super) const COLORS: [(&str, NoticeColor); 6] = [
    ("red", NoticeColor::Red),
    ("orange", NoticeColor::Orange),
    ("yellow", NoticeColor::Yellow),
    ("green", NoticeColor::Green),
    ("blue", NoticeColor::Blue),
    ("purple", NoticeColor::Purple),
];

/// What was typed, field by field.
#[derive(Debug, Clone, Default)]
pub(super) struct Typed {
    values: BTreeMap<String, String>,
    pub(super) networks: BTreeSet<String>,
}

/// The picture of a published piece of news, for its own form.
pub(super) struct PictureForm {
    pub(super) id: String,
    /// Whether there is one already.
    pub(super) is_there: bool,
    pub(super) alt: String,
}

impl Typed {
    /// Of a form, in which several networks may be ticked.
    pub(super) fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            if name == "network" {
                typed.networks.insert(value);
            } else {
                typed.values.insert(name, value);
            }
        }
        typed
    }

    /// Of what is published.
    pub(super) fn of_draft(draft: &Draft, zone: &TimeZone) -> Self {
        let local =
            |at: Option<Timestamp>| at.map(|at| at.to_zoned(zone.jiff().clone()).strftime(LOCAL).to_string());
        let turn = |at: Option<Timestamp>| {
            let turn = at.and_then(|at| zone.turn_of(at));
            turn.map(|turn| name_of(turn).to_owned())
        };
        let id = draft.id.as_ref().map(|id| id.as_str().to_owned());
        let fields = [
            ("piece", Some(word_of(draft.piece).to_owned())),
            ("id", id),
            ("line", Some(draft.line.clone())),
            ("text", Some(draft.text.clone())),
            ("color", Some(color_name(draft.color).to_owned())),
            ("link", draft.link.clone()),
            ("lang", Some(draft.lang.clone())),
            ("begin", local(draft.from)),
            ("begin_turn", turn(draft.from)),
            ("end", local(draft.until)),
            ("end_turn", turn(draft.until)),
            ("pinned", draft.pinned.then(|| "on".to_owned())),
            (OF_DRAFT, Some(draft.picture.is_some().to_string())),
            ("alt", draft.picture.clone()),
        ];
        let known = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self {
            values: known.collect(),
            networks: draft.networks.iter().map(ToString::to_string).collect(),
        }
    }

    /// Of news that are published, as they are; what is being typed about them knows nothing of their picture.
    pub(super) fn picture(&self) -> Option<PictureForm> {
        let is_there = self.values.get(OF_DRAFT)? == "true";
        (self.piece() == Piece::News).then(|| PictureForm {
            id: self.get("id").to_owned(),
            is_there,
            alt: self.get("alt").to_owned(),
        })
    }

    /// A field; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.values.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The draft, as far as it can be told without the editor's file.
    pub(super) fn draft(&self, config: &Config) -> Result<Draft, Objection> {
        let zone = &config.gateway.time_zone;
        let id = Some(self.get("id")).filter(|id| !id.is_empty());
        let color = COLORS.iter().find(|(name, _)| *name == self.get("color"));
        let piece = self.piece();
        let color = match (piece, color) {
            (_, Some((_, color))) => *color,
            (Piece::News, None) => NoticeColor::Blue,
            (Piece::Notice, None) => return Err(refused("color", "page-color-wrong")),
        };
        Ok(Draft {
            piece,
            id: id
                .map(str::parse)
                .transpose()
                .map_err(|_| refused("", "page-gone"))?,
            line: self.get("line").to_owned(),
            text: self.get("text").to_owned(),
            color,
            link: Some(self.get("link").trim().to_owned()).filter(|link| !link.is_empty()),
            lang: self.get("lang").trim().to_owned(),
            from: local("begin", [self.get("begin"), self.get("begin_turn")], zone)?,
            until: local("end", [self.get("end"), self.get("end_turn")], zone)?,
            pinned: self.get("pinned") == "on",
            networks: networks(&self.networks, config, id.is_some())?,
            picture: None,
        })
    }

    /// Which it is.
    pub(super) fn piece(&self) -> Piece {
        match self.get("piece") {
            "news" => Piece::News,
            _ => Piece::Notice,
        }
    }
}

/// As forms say it.
pub(super) const fn word_of(piece: Piece) -> &'static str {
    match piece {
        Piece::News => "news",
        Piece::Notice => "notice",
    }
}

/// What is published may be for a network that is gone: without it, it would be for all.
fn networks(
    wanted: &BTreeSet<String>,
    config: &Config,
    is_published: bool,
) -> Result<BTreeSet<NetworkId>, Objection> {
    let id = |name: &String| {
        let id = name.parse::<NetworkId>().ok()?;
        (is_published || config.network(id).is_some()).then_some(id)
    };
    wanted
        .iter()
        .map(|name| id(name).ok_or(refused("network", "page-network-wrong")))
        .collect()
}

/// A time of day in the comune's zone. One that clocks jump over in spring is none, and one
/// that comes twice in autumn is two, unless it is said which.
fn local(
    field: &'static str,
    [text, turn]: [&str; 2],
    zone: &TimeZone,
) -> Result<Option<Timestamp>, Objection> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let instant = zone.instant_in(text, turn_named(turn));
    instant.map(Some).map_err(|error| match error {
        LocalTimeError::Form => refused(field, "page-time-wrong"),
        LocalTimeError::Gap => refused(field, "page-time-gap"),
        LocalTimeError::Fold => refused(field, "page-time-fold"),
    })
}

const fn refused(field: &'static str, key: &'static str) -> Objection {
    Objection { field, key, count: 0 }
}

/// As the form says it.
pub(super) fn color_name(color: NoticeColor) -> &'static str {
    let known = COLORS.iter().find(|(_, known)| *known == color);
    known.map_or("blue", |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::local;
    use crate::model::TimeZone;

    #[test]
    fn times_are_the_comune_s_and_an_hour_that_does_not_exist_is_told() {
        let at =
            |text: &str| local("end", [text, ""], &TimeZone::rome()).map(|at| at.map(|at| at.to_string()));
        assert_eq!(
            at("2026-12-24T20:00"),
            Ok(Some("2026-12-24T19:00:00Z".to_owned()))
        );
        assert_eq!(
            at("2026-08-24T20:00"),
            Ok(Some("2026-08-24T18:00:00Z".to_owned()))
        );
        assert_eq!(at(" "), Ok(None));
        assert_eq!(at("2027-03-28T02:30").unwrap_err().key, "page-time-gap");
        assert_eq!(at("2026-10-25T02:30").unwrap_err().key, "page-time-fold");
        assert_eq!(at("tomorrow").unwrap_err().key, "page-time-wrong");
    }
}
