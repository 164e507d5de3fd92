//! Known answers.

use jiff::civil::{date, time};

use crate::portal::lang::Lang;
use crate::portal::text::Text;

/// A text as it is read: without isolation marks, every space plain.
fn read(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ")
}

#[test]
fn a_missing_message_is_conspicuous() {
    assert_eq!(Text(Lang::It).get("no-such-message"), "⟦no-such-message⟧");
    assert_eq!(
        Text(Lang::It).get("venue-lead"),
        "⟦venue-lead⟧",
        "an argument is missing"
    );
}

#[test]
fn lengths_of_time_are_said_as_people_say_them() {
    for (lang, seconds, said) in [
        (Lang::It, 3_600, "1 ora"),
        (Lang::It, 7_500, "2 ore e 5 minuti"),
        (Lang::It, 59, "1 minuto"),
        (Lang::En, 3_660, "1 hour and 1 minute"),
        (Lang::En, 43_200, "12 hours"),
        (Lang::En, 0, "0 minutes"),
    ] {
        assert_eq!(read(&Text(lang).duration(seconds)), said, "{lang:?}");
    }
}

#[test]
fn dates_and_times_have_the_readers_form() {
    let day = date(2026, 11, 22);
    let (early, late) = (time(9, 5, 59, 0), time(14, 5, 0, 0));
    for (lang, long, morning, afternoon) in [
        (Lang::It, "22 novembre 2026", "09:05", "14:05"),
        (Lang::En, "22 November 2026", "09:05", "14:05"),
    ] {
        let text = Text(lang);
        assert_eq!(read(&text.date(day)), long, "{lang:?}");
        assert_eq!(read(&text.time(early)), morning, "{lang:?}");
        assert_eq!(read(&text.time(late)), afternoon, "{lang:?}");
    }
    assert_eq!(read(&Text(Lang::It).date(date(2027, 1, 1))), "1º gennaio 2027");
    assert_eq!(read(&Text(Lang::En).time(time(0, 0, 0, 0))), "00:00");
}

#[test]
fn amounts_have_the_languages_decimal_mark_and_units() {
    for (lang, bytes, said) in [
        (Lang::It, 12_480_000, "12,4 MB"),
        (Lang::En, 1_250_000_000, "1.2 GB"),
        (Lang::En, 0, "0 kB"),
        (Lang::En, 1, "1 kB"),
    ] {
        let amount = Text(lang).bytes(bytes);
        assert!(
            !amount.contains(' '),
            "{lang:?}: the unit may stray to the next line"
        );
        assert_eq!(read(&amount), said, "{lang:?}");
    }
}
