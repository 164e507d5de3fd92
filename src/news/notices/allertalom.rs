//! Regione Lombardia's AllertaLOM: for each kind of risk, the level hour by hour in the zone of a
//! comune → one notice for each period of one level.
//!
//! The service is not documented; its form was taken from the answers of a client in use. Levels are -1
//! (no forecast), 0 green, 1 yellow, 2 orange, 3 red; `dtPrevisione` is the beginning of an hour in
//! milliseconds since the epoch.

use std::collections::BTreeMap;

use jiff::tz::TimeZone as Zone;
use jiff::{SignedDuration, Timestamp};

use super::text;
use super::xml::{self, Element};
use crate::config::Feed;
use crate::model::{Notice, NoticeColor, TimeZone};
use crate::news::{Document, ParseError, id_of};

/// `cdTipologiaGis` and what it means.
const RISKS: [(&str, &str); 6] = [
    ("2", "neve"),
    ("3", "incendi boschivi"),
    ("7", "temporali"),
    ("8", "vento forte"),
    ("9", "rischio idrogeologico"),
    ("10", "rischio idraulico"),
];
/// The parameter of the risk.
const RISK: &str = "cdTipologiaGis";
/// The parameter of the comune.
const COMUNE: &str = "cdIstatComune";
/// Where people read more.
const PAGE: &str = "https://www.allertalom.regione.lombardia.it/";
/// What a level is given for.
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Most hours of a document that are read: forecasts go 36 to 60 hours ahead.
const MOST_HOURS: usize = 1_000;
/// Most notices of a risk: an alert that rises and falls again has three periods.
const MOST_PERIODS: usize = 3;

/// The address of each kind of risk; only the one given if it names a kind.
pub(super) fn addresses(url: &str, istat: Option<&str>) -> Vec<String> {
    if parameter(url, RISK).is_some() {
        return vec![url.to_owned()];
    }
    let separator = if url.contains('?') { '&' } else { '?' };
    let comune = istat
        .filter(|_| parameter(url, COMUNE).is_none())
        .map_or_else(String::new, |istat| format!("&{COMUNE}={istat}"));
    RISKS
        .iter()
        .map(|(code, _)| format!("{url}{separator}{RISK}={code}{comune}"))
        .collect()
}

/// Reads the answers of [`addresses`].
pub(super) fn read(feed: &Feed, documents: &[Document], now: Timestamp) -> Result<Vec<Notice>, ParseError> {
    let mut notices = Vec::new();
    for document in documents {
        let root = xml::read(&document.bytes)?;
        let items = root.outermost("item");
        // An answer without items says "no forecast"; a page of HTML says that something broke.
        if items.is_empty() && root.name.eq_ignore_ascii_case("html") {
            return Err(ParseError::Kind("an answer of AllertaLOM"));
        }
        let risk = parameter(&document.url, RISK)
            .and_then(|code| RISKS.iter().find(|(known, _)| *known == code))
            .map_or("maltempo", |(_, name)| name);
        for (zone, hours) in by_zone(&items) {
            let mut periods = periods(&hours);
            periods.retain(|period| period.end > now);
            periods.sort_by_key(|period| (period.color, period.begin));
            periods.truncate(MOST_PERIODS);
            notices.extend(periods.iter().map(|period| notice(feed, risk, &zone, period)));
        }
    }
    Ok(notices)
}

/// Hours of one level, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Period {
    color: NoticeColor,
    begin: Timestamp,
    end: Timestamp,
}

/// The levels of each zone by hour; where an hour comes twice the worse level counts.
fn by_zone(items: &[&Element]) -> BTreeMap<String, BTreeMap<Timestamp, i64>> {
    let mut zones: BTreeMap<String, BTreeMap<Timestamp, i64>> = BTreeMap::new();
    for item in items.iter().take(MOST_HOURS) {
        let number = |name| item.value(name).and_then(|text| text.parse::<i64>().ok());
        let begin = number("dtPrevisione").and_then(|milli| Timestamp::from_millisecond(milli).ok());
        let (Some(begin), Some(level)) = (begin, number("cdLivello")) else {
            continue;
        };
        let named = text::line(item.value("nomeZonaOmogenea").unwrap_or_default());
        let code = text::line(item.value("codiceZonaOmogenea").unwrap_or_default());
        let zone = match (named.as_str(), code.as_str()) {
            ("", code) => code.to_owned(),
            (name, "") => name.to_owned(),
            (name, code) => format!("{name} ({code})"),
        };
        let worst = zones.entry(zone).or_default().entry(begin).or_insert(level);
        *worst = level.max(*worst);
    }
    zones
}

fn periods(hours: &BTreeMap<Timestamp, i64>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for (begin, level) in hours {
        let color = match level {
            1 => NoticeColor::Yellow,
            2 => NoticeColor::Orange,
            3 => NoticeColor::Red,
            _ => continue,
        };
        let Ok(end) = begin.checked_add(HOUR) else {
            continue;
        };
        match periods.last_mut() {
            Some(last) if last.color == color && last.end == *begin => last.end = end,
            _ => periods.push(Period {
                color,
                begin: *begin,
                end,
            }),
        }
    }
    periods
}

/// Shown from now on, not from the alert's first hour on: it is a warning.
fn notice(feed: &Feed, risk: &str, zone: &str, period: &Period) -> Notice {
    let rome = TimeZone::rome();
    let local: &Zone = rome.jiff();
    let alert = text::alert(period.color);
    let hours = format!(
        "dal {} al {}",
        text::hour(period.begin, local),
        text::hour(period.end, local)
    );
    let zone = if zone.is_empty() {
        String::new()
    } else {
        format!(", zona {zone}")
    };
    Notice {
        id: id_of(&[&feed.url, risk, &zone, &period.begin.to_string()]),
        text: text::notice(&format!("{alert} per {risk} {hours}{zone}")),
        color: period.color,
        starts: None,
        ends: Some(period.end),
        link: Some(PAGE.to_owned()),
        lang: "it".to_owned(),
        source: feed.source.clone(),
        scope: feed.scope.clone(),
    }
}

/// The value of a parameter of an address.
fn parameter<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = url.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}
