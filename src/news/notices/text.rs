//! Words of others → words of a notice: one line of at most 140 characters, a link that is one.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone as Zone;

use crate::model::{NOTICE_CHARACTERS, NoticeColor};

/// Longest link, bytes.
const MOST_LINK: usize = 1_024;
/// A word is cut only where the line would otherwise lose more than that many characters.
const LONGEST_LOSS: usize = 40;

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
    shorten(&line(text), NOTICE_CHARACTERS)
}

/// One line: white space of every kind becomes single spaces; control characters and those that turn
/// the direction of what follows (they could turn the rest of the page) go.
pub(in crate::news) fn line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(1_024));
    for word in text.split(|character: char| character.is_whitespace() || character.is_control()) {
        let mut letters = word.chars().filter(|letter| !turns(*letter)).peekable();
        if letters.peek().is_none() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(letters);
    }
    line
}

/// At most `most` characters.
pub(in crate::news) fn shorten(text: &str, most: usize) -> String {
    if text.chars().nth(most).is_none() {
        return text.to_owned();
    }
    let kept = most.saturating_sub(1);
    let end = text
        .char_indices()
        .nth(kept)
        .map_or(text.len(), |(index, _)| index);
    let head = text.get(..end).unwrap_or_default();
    // The character after the cut tells whether a word ends right there.
    let whole = text.get(end..).is_some_and(|rest| rest.starts_with(' '));
    let last_space = head.rfind(' ').filter(|space| {
        let lost = head.get(*space..).unwrap_or_default();
        lost.chars().count() <= LONGEST_LOSS
    });
    let head = match last_space {
        Some(space) if !whole => head.get(..space).unwrap_or_default(),
        _ => head,
    };
    let head = head.trim_end_matches([' ', ',', ';', ':', '.', '-', '–']);
    format!("{head}…")
}

/// An address for people: `https://` or `http://`, of a reasonable length, in one word.
pub(in crate::news) fn link(text: &str) -> Option<String> {
    let text = text.trim();
    let begins = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            && text.len() > scheme.len()
    };
    let legal = text.chars().all(|character| {
        !character.is_whitespace() && !character.is_control() && !"\"<>\\^`{|}".contains(character)
    });
    (legal && text.len() <= MOST_LINK && (begins("https://") || begins("http://"))).then(|| text.to_owned())
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

/// Marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm, zero-width spaces
/// and the like.
const fn turns(character: char) -> bool {
    matches!(
        character,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{find_date, hour, line, link, notice, shorten};
    use crate::model::NOTICE_CHARACTERS;

    #[test]
    fn a_line_is_cut_at_a_word() {
        assert_eq!(shorten("vento forte", 11), "vento forte");
        assert_eq!(shorten("vento molto forte", 13), "vento molto…");
        assert_eq!(shorten("vento molto forte", 12), "vento molto…");
        assert_eq!(shorten("vento, molto forte", 8), "vento…");
        assert_eq!(shorten("vento molto forte", 11), "vento…");
        let word = "a".repeat(200);
        assert_eq!(shorten(&word, 140).chars().count(), 140);
    }

    #[test]
    fn a_line_has_no_marks_that_turn_it() {
        assert_eq!(line(" a\r\n\tb\u{202e}c\u{a0}\u{200b} d\u{0}e "), "a bc d e");
    }

    #[test]
    fn a_link_is_an_address_of_the_web() {
        assert_eq!(
            link(" https://a.example/x?y=1&z=2 ").as_deref(),
            Some("https://a.example/x?y=1&z=2")
        );
        for bad in [
            "",
            "https://",
            "javascript:alert(1)",
            "//a.example",
            "https://a b",
            "https://a\"><script>",
            "ftp://a",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(link(&format!("https://{}", "a".repeat(2_000))), None);
    }

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
