//! Words of a notice: one line of at most 140 characters; levels and days in Italian.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone as Zone;

use crate::model::{NOTICE_CHARACTERS, NoticeColor};
use crate::news::sanitise;

const DAYS: [&str; 7] = [
    "lunedì",
    "martedì",
    "mercoledì",
    "giovedì",
    "venerdì",
    "sabato",
    "domenica",
];
const MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// One line of at most [`NOTICE_CHARACTERS`], cut at a word and marked with "…".
pub(super) fn notice(text: &str) -> String {
    sanitise::line(text, NOTICE_CHARACTERS)
}

/// One line, however long.
pub(super) fn line(text: &str) -> String {
    sanitise::line(text, usize::MAX)
}

/// The colour of an alert's level as Italian bulletins write it; `None` when they name none, and for
/// green, which is the absence of an alert.
pub(super) fn level(text: &str) -> Option<NoticeColor> {
    let text = text.to_lowercase();
    let names = |words: [&str; 2]| words.iter().any(|word| text.contains(word));
    if names(["allerta rossa", "codice rosso"]) {
        Some(NoticeColor::Red)
    } else if names(["allerta arancione", "codice arancione"]) {
        Some(NoticeColor::Orange)
    } else if names(["allerta gialla", "codice giallo"]) {
        Some(NoticeColor::Yellow)
    } else {
        None
    }
}

/// How an alert of this colour begins.
pub(super) const fn alert(color: NoticeColor) -> &'static str {
    match color {
        NoticeColor::Red => "Allerta rossa",
        NoticeColor::Orange => "Allerta arancione",
        _ => "Allerta gialla",
    }
}

/// "giovedì 20 agosto".
pub(super) fn day(date: Date) -> String {
    let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
    format!(
        "{} {} {}",
        DAYS.get(weekday).unwrap_or(&""),
        date.day(),
        MONTHS.get(month).unwrap_or(&"")
    )
}

/// "20/8 ore 15", or with minutes where there are any.
pub(super) fn hour(at: Timestamp, zone: &Zone) -> String {
    let at = at.to_zoned(zone.clone());
    let minutes = match at.minute() {
        0 => String::new(),
        minute => format!(":{minute:02}"),
    };
    format!("{}/{} ore {}{minutes}", at.day(), at.month(), at.hour())
}

/// The first date like "20 agosto 2026" of a text.
pub(super) fn find_date(text: &str) -> Option<Date> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.windows(3).find_map(|window| {
        let [day, month, year] = window else {
            return None;
        };
        let month = MONTHS.iter().position(|name| name == month)?;
        let month = i8::try_from(month + 1).ok()?;
        Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{find_date, hour, notice};
    use crate::model::NOTICE_CHARACTERS;

    #[test]
    fn dates_are_found_and_written() {
        assert_eq!(
            find_date("Bollettino del 20 agosto 2026 ore 15:09"),
            Some(date(2026, 8, 20))
        );
        assert_eq!(
            find_date("<p>Per oggi, mercoledì 1 Gennaio 2020:<br/>"),
            Some(date(2020, 1, 1))
        );
        assert_eq!(find_date("31 febbraio 2026"), None);
        assert_eq!(super::day(date(2026, 8, 20)), "giovedì 20 agosto");
        let rome = jiff::tz::TimeZone::get("Europe/Rome").unwrap();
        let at = "2026-08-20T13:30:00Z".parse().unwrap();
        assert_eq!(hour(at, &rome), "20/8 ore 15:30");
    }

    proptest! {
        #[test]
        fn no_notice_is_too_long(text in ".{0,400}") {
            let notice = notice(&text);
            prop_assert!(notice.chars().count() <= NOTICE_CHARACTERS);
            prop_assert!(!notice.chars().any(char::is_control));
            prop_assert_eq!(notice.trim(), &notice);
        }

        #[test]
        fn what_is_short_stays_whole(text in "[a-zè]{1,9}( [a-zè]{1,9}){0,10}") {
            prop_assert_eq!(notice(&text), text);
        }
    }
}
