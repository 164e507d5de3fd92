//! The Protezione Civile's bulletin of hydraulic and hydrogeological criticality, published every
//! afternoon for today and tomorrow under CC BY 4.0
//! (github.com/pcm-dpc/DPC-Bollettini-Criticita-Idrogeologica-Idraulica), in any of its forms:
//!
//! - `files/all/latest_all.zip`, the only one whose name does not change: holds the CAP;
//! - `files/xml/YYYYMMDD_HHMM.zip` and the `Cap_YYYYMMDD_HHMM.xml` in it: zones by code (`Lomb-09`);
//! - `files/YYYYMMDD_HHMM.json`: zones by name (`Nodo Idraulico di Milano`) in a text of HTML.
//!
//! Maps (TopoJSON, megabytes of borders) say nothing more and are not read.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;

use super::cap::{Alert, Area};
use super::{index, text, xml, zip};
use crate::config::Feed;
use crate::model::{Notice, NoticeColor, TimeZone};
use crate::news::{Document, ParseError, id_of};

/// Where people read more.
const PAGE: &str = "https://mappe.protezionecivile.gov.it/it/mappe-rischi/bollettino-di-criticita/";
/// What the bulletin warns of: as it is found in its words, and as we say it.
const RISKS: [(&str, &str); 3] = [
    ("temporali", "temporali"),
    ("idrogeologico", "rischio idrogeologico"),
    ("idraulico", "rischio idraulico"),
];
/// Names of Lombardia's zones, `Lomb-01` first: some forms know only names.
const LOMBARDIA: [&str; 16] = [
    "Valchiavenna",
    "Media-bassa Valtellina",
    "Alta Valtellina",
    "Laghi e Prealpi Varesine",
    "Lario e Prealpi occidentali",
    "Orobie bergamasche",
    "Valcamonica",
    "Laghi e Prealpi orientali",
    "Nodo Idraulico di Milano",
    "Pianura centrale",
    "Alta pianura orientale",
    "Bassa pianura occidentale",
    "Bassa pianura centro-occidentale",
    "Bassa pianura centro-orientale",
    "Bassa pianura orientale",
    "Appennino pavese",
];

/// The risks of each day and colour.
type Levels = BTreeMap<(Date, NoticeColor), BTreeSet<&'static str>>;

/// Reads what the feed's address answered.
pub(super) fn read(feed: &Feed, documents: &[Document], now: Timestamp) -> Result<Vec<Notice>, ParseError> {
    let zone = Zone::of(feed.zone.as_deref().unwrap_or_default());
    let mut levels = Levels::new();
    for document in documents {
        let bytes = document.bytes.trim_ascii_start();
        if zip::is_archive(bytes) {
            let alert = zip::find(bytes, is_alert)?;
            read_alerts(&index::alerts(&xml::read(&alert)?), &zone, &mut levels);
        } else if bytes.starts_with(b"<") || bytes.starts_with(b"\xef\xbb\xbf<") {
            let alerts = index::alerts(&xml::read(bytes)?);
            if alerts.is_empty() {
                return Err(ParseError::Kind("a bulletin of the Protezione Civile"));
            }
            read_alerts(&alerts, &zone, &mut levels);
        } else {
            read_json(bytes, &zone, &mut levels)?;
        }
    }
    let notices = levels.iter().filter_map(|((day, color), risks)| {
        let ends = end_of(*day)?;
        (now < ends).then(|| notice(feed, &zone, *day, *color, risks, ends))
    });
    Ok(notices.collect())
}

/// Whether a file of the archive is the CAP, by its name.
fn is_alert(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    let dated = file.strip_prefix("Cap_").and_then(|rest| rest.split_once('.'));
    dated.is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("xml"))
}

/// The zone of the feed, as any of the forms may call it.
struct Zone {
    /// As people read it.
    name: String,
    /// In lower case.
    names: [String; 2],
}

impl Zone {
    fn of(text: &str) -> Self {
        let text = text::line(text);
        let code = text.to_lowercase();
        let number = code
            .strip_prefix("lomb-")
            .and_then(|number| number.parse::<usize>().ok());
        let known = number.and_then(|number| LOMBARDIA.get(number.checked_sub(1)?));
        let name = known.map_or_else(|| text.clone(), |name| (*name).to_owned());
        Self {
            names: [code, name.to_lowercase()],
            name,
        }
    }

    fn is(&self, text: &str) -> bool {
        let text = text::line(text).to_lowercase();
        !text.is_empty() && self.names.contains(&text)
    }

    /// Whether it is one of a list, separated by commas, which names may hold too.
    fn is_in(&self, list: &str) -> bool {
        let list = format!(", {}, ", text::line(list).to_lowercase());
        self.names
            .iter()
            .any(|name| !name.is_empty() && list.contains(&format!(", {name}, ")))
    }

    fn is_area(&self, area: &Area) -> bool {
        self.is(&area.description) || area.codes.iter().any(|(_, value)| self.is(value))
    }
}

fn read_alerts(alerts: &[Alert], zone: &Zone, levels: &mut Levels) {
    let rome = TimeZone::rome();
    for info in alerts.iter().flat_map(|alert| &alert.infos) {
        let Some(begin) = info.onset.or(info.effective) else {
            continue;
        };
        if info.areas.iter().any(|area| zone.is_area(area)) {
            let day = begin.to_zoned(rome.jiff().clone()).date();
            add(&info.event, day, levels);
        }
    }
}

#[derive(Deserialize)]
struct Bulletin {
    #[serde(default)]
    name: String,
    today: Day,
    tomorrow: Day,
}

#[derive(Deserialize)]
struct Day {
    // Spelt so by the publisher.
    #[serde(rename = "html_descrition", alias = "html_description")]
    html: String,
}

fn read_json(bytes: &[u8], zone: &Zone, levels: &mut Levels) -> Result<(), ParseError> {
    if !bytes.starts_with(b"{") {
        return Err(ParseError::Kind("a bulletin of the Protezione Civile"));
    }
    let bulletin: Bulletin =
        serde_json::from_slice(bytes).map_err(|error| ParseError::Malformed(error.to_string()))?;
    let issued = text::find_date(&bulletin.name);
    let next = issued.and_then(|day| day.checked_add(1.day()).ok());
    for (day, default) in [(bulletin.today, issued), (bulletin.tomorrow, next)] {
        // The text names its day itself.
        let date = text::find_date(day.html.split("<br").next().unwrap_or_default()).or(default);
        let date = date.ok_or_else(|| ParseError::Malformed("the bulletin names no day".to_owned()))?;
        read_html(&day.html, date, zone, levels);
    }
    Ok(())
}

/// Lines: a heading names a risk and a level, each line below it a region and its zones.
fn read_html(html: &str, day: Date, zone: &Zone, levels: &mut Levels) {
    let mut heading = String::new();
    for line in html.split("<br") {
        let line = plain(line);
        if text::level(&line).is_some() {
            heading = line;
        } else if let Some((_region, zones)) = line.split_once(':')
            && zone.is_in(zones)
        {
            add(&heading, day, levels);
        }
    }
}

/// Without tags (the first may have lost its beginning) and with the entities that occur.
fn plain(html: &str) -> String {
    let html = match html.split_once('>') {
        Some((head, rest)) if !head.contains('<') => rest,
        _ => html,
    };
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if inside => {}
            _ => text.push(character),
        }
    }
    text.replace("&#39;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

/// Notes the level and the risk that `words` name; words without either are no alert.
fn add(words: &str, day: Date, levels: &mut Levels) {
    let Some(color) = text::level(words) else {
        return;
    };
    let words = words.to_lowercase();
    if let Some((_, risk)) = RISKS.iter().find(|(found, _)| words.contains(found)) {
        levels.entry((day, color)).or_default().insert(risk);
    }
}

fn notice(
    feed: &Feed,
    zone: &Zone,
    day: Date,
    color: NoticeColor,
    risks: &BTreeSet<&str>,
    ends: Timestamp,
) -> Notice {
    let alert = text::alert(color);
    let risks: Vec<&str> = risks.iter().copied().collect();
    let risks = match &risks[..] {
        [all @ .., last] if !all.is_empty() => format!("{} e {last}", all.join(", ")),
        all => all.join(""),
    };
    Notice {
        id: id_of(&[&feed.url, &zone.name, &day.to_string(), alert]),
        text: text::notice(&format!("{alert} per {risks}, {}: {}", text::day(day), zone.name)),
        color,
        starts: None,
        ends: Some(ends),
        link: Some(PAGE.to_owned()),
        lang: "it".to_owned(),
        source: feed.source.clone(),
        scope: feed.scope.clone(),
    }
}

/// The midnight that ends a day in Italy.
fn end_of(day: Date) -> Option<Timestamp> {
    let next = day.checked_add(1.day()).ok()?;
    let midnight = next.to_zoned(TimeZone::rome().jiff().clone()).ok()?;
    Some(midnight.timestamp())
}
