//! Alerts → the notices they are for a comune: which still stand, which are for its area, in which
//! colour and words.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::cap::{Alert, Area, Info, Message, Name, Severity};
use super::text;
use crate::config::Feed;
use crate::model::{Notice, NoticeColor};
use crate::news::{id_of, sanitise};

/// How long an alert without an end stands.
const UNTIL_FURTHER_NOTICE: SignedDuration = SignedDuration::from_hours(24);

/// The notices of a feed's alerts at an instant.
pub(super) fn notices(alerts: &[Alert], feed: &Feed, now: Timestamp) -> Vec<Notice> {
    let superseded: BTreeSet<&Name> = alerts
        .iter()
        .filter(|alert| alert.message != Message::Alert)
        .flat_map(|alert| &alert.references)
        .collect();
    let standing = alerts
        .iter()
        .filter(|alert| alert.message != Message::Cancel && !superseded.contains(&alert.name));
    standing.flat_map(|alert| of_alert(alert, feed, now)).collect()
}

fn of_alert(alert: &Alert, feed: &Feed, now: Timestamp) -> Vec<Notice> {
    let here: Vec<(usize, &Info)> = alert
        .infos
        .iter()
        .enumerate()
        .filter(|(_, info)| info.areas.iter().any(|area| is_here(area, feed)))
        .collect();
    // In the feed's language and in English where there are both; else in whichever there are.
    let spoken = |info: &Info| {
        let language = language_of(info, feed);
        language == feed.lang || language == "en"
    };
    let any_spoken = here.iter().any(|(_, info)| spoken(info));
    here.into_iter()
        .filter(|(_, info)| !any_spoken || spoken(info))
        .filter_map(|(position, info)| of_info(alert, position, info, feed, now))
        .collect()
}

fn of_info(alert: &Alert, position: usize, info: &Info, feed: &Feed, now: Timestamp) -> Option<Notice> {
    let ends = info
        .expires
        .or_else(|| alert.sent.checked_add(UNTIL_FURTHER_NOTICE).ok())?;
    if ends <= now || info.past {
        return None;
    }
    let words = info.headline.as_deref().unwrap_or(&info.event);
    let text = text::notice(words);
    if text.is_empty() {
        return None;
    }
    let Name { sender, identifier } = &alert.name;
    Some(Notice {
        id: id_of(&[&feed.url, sender, identifier, &position.to_string()]),
        text,
        color: color(info)?,
        starts: Some(info.effective.unwrap_or(alert.sent)),
        ends: Some(ends),
        link: info.web.as_deref().and_then(|web| sanitise::link(web, None)),
        lang: language_of(info, feed),
        source: feed.source.clone(),
        scope: feed.scope.clone(),
    })
}

/// Many Italian feeds leave the language out although the standard then means English.
fn language_of(info: &Info, feed: &Feed) -> String {
    info.language.clone().unwrap_or_else(|| feed.lang.clone())
}

/// `None` when there is nothing to be warned of.
fn color(info: &Info) -> Option<NoticeColor> {
    if info.all_clear {
        return Some(NoticeColor::Green);
    }
    // The issuer's own colour, where it says one.
    if let Some(awareness) = info.awareness.as_deref().map(str::to_ascii_lowercase) {
        for (word, color) in [
            ("red", NoticeColor::Red),
            ("orange", NoticeColor::Orange),
            ("yellow", NoticeColor::Yellow),
        ] {
            if awareness.contains(word) {
                return Some(color);
            }
        }
        if awareness.contains("green") {
            return None;
        }
    }
    if let Some(color) = text::level(&info.event) {
        return Some(color);
    }
    if info.event.to_lowercase().contains("nessuna allerta") {
        return None;
    }
    Some(match (info.severity, info.doubtful) {
        (Severity::Extreme, _) | (Severity::Severe, false) => NoticeColor::Red,
        (Severity::Severe, true) | (Severity::Moderate, false) => NoticeColor::Orange,
        (Severity::Moderate, true) | (Severity::Minor, _) => NoticeColor::Yellow,
        (Severity::Unknown, _) => NoticeColor::Purple,
    })
}

/// Whether an area is, or holds, the comune of the feed.
fn is_here(area: &Area, feed: &Feed) -> bool {
    let istat = feed.istat.as_deref().unwrap_or_default();
    area.codes.iter().any(|(name, value)| {
        let name = name.to_ascii_uppercase();
        // Names of systems differ from issuer to issuer. EMMA_ID, NUTS, FIPS … are other systems.
        ["ISTAT", "PRO_COM", "COD_PROV"]
            .iter()
            .any(|known| name.contains(known))
            && holds(value, istat)
    })
}

/// Whether a code of ISTAT is that of the comune, or the three digits of its province.
fn holds(code: &str, comune: &str) -> bool {
    let code = code.trim();
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    match code.len() {
        3 if digits => comune.len() == 6 && comune.starts_with(code),
        // Written as a number the leading zero of the north is gone.
        4..=6 if digits => format!("{code:0>6}") == comune,
        _ => false,
    }
}
