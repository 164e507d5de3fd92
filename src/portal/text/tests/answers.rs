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
        (Lang::De, 3_660, "1 Stunde und 1 Minute"),
        (Lang::Fr, 0, "0 minute"),
        (Lang::Fr, 7_200, "2 heures"),
        (Lang::Pl, 7_380, "2 godziny i 3 minuty"),
        (Lang::Pl, 19_320, "5 godzin i 22 minuty"),
        (Lang::Cs, 18_060, "5 hodin a 1 minuta"),
        (Lang::Sk, 7_500, "2 hodiny a 5 minút"),
        (Lang::Sl, 7_320, "2 uri in 2 minuti"),
        (Lang::Sl, 10_800, "3 ure"),
        (Lang::Hr, 75_660, "21 sat i 1 minuta"),
        (Lang::Lt, 39_660, "11 valandų ir 1 minutė"),
        (Lang::Lv, 36_060, "10 stundu un 1 minūte"),
        (Lang::Ro, 72_300, "20 de ore și 5 minute"),
        (Lang::Ga, 10_860, "3 huaire an chloig agus 1 nóiméad"),
        (Lang::Ga, 28_800, "8 n-uaire an chloig"),
        (Lang::Mt, 39_600, "11-il siegħa"),
        (Lang::Bg, 7_260, "2 часа и 1 минута"),
        (Lang::Uk, 18_120, "5 годин і 2 хвилини"),
        (Lang::Hu, 7_500, "2 óra 5 perc"),
        (Lang::Fi, 3_720, "1 tunti ja 2 minuuttia"),
        (Lang::Ar, 3_720, "ساعة واحدة ودقيقتان"),
        (Lang::Ar, 11_460, "3 ساعات و11 دقيقة"),
        (Lang::Zh, 3_900, "1 小时 5 分钟"),
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
        (Lang::Cs, "22. listopadu 2026", "9:05", "14:05"),
        (Lang::Da, "22. november 2026", "09.05", "14.05"),
        (Lang::De, "22. November 2026", "09:05 Uhr", "14:05 Uhr"),
        (Lang::Et, "22. november 2026", "09:05", "14:05"),
        (Lang::Es, "22 de noviembre de 2026", "9:05", "14:05"),
        (Lang::Fr, "22 novembre 2026", "9 h 05", "14 h 05"),
        (Lang::Ga, "22 Samhain 2026", "09:05", "14:05"),
        (Lang::Hr, "22. studenoga 2026.", "09:05", "14:05"),
        (Lang::Lv, "2026. gada 22. novembris", "09:05", "14:05"),
        (Lang::Lt, "2026 m. lapkričio 22 d.", "09:05", "14:05"),
        (Lang::Hu, "2026. november 22.", "9:05", "14:05"),
        (Lang::Mt, "22 ta’ Novembru 2026", "09:05", "14:05"),
        (Lang::Nl, "22 november 2026", "09:05", "14:05"),
        (Lang::Pl, "22 listopada 2026", "09:05", "14:05"),
        (Lang::Pt, "22 de novembro de 2026", "09:05", "14:05"),
        (Lang::Ro, "22 noiembrie 2026", "09:05", "14:05"),
        (Lang::Sk, "22. novembra 2026", "9:05", "14:05"),
        (Lang::Sl, "22. november 2026", "09:05", "14:05"),
        (Lang::Fi, "22. marraskuuta 2026", "9.05", "14.05"),
        (Lang::Sv, "22 november 2026", "09:05", "14:05"),
        (Lang::El, "22 Νοεμβρίου 2026", "09:05", "14:05"),
        (Lang::Bg, "22 ноември 2026 г.", "9:05 ч.", "14:05 ч."),
        (Lang::Uk, "22 листопада 2026 р.", "09:05", "14:05"),
        (Lang::Ar, "22 نوفمبر 2026", "09:05", "14:05"),
        (Lang::Zh, "2026年11月22日", "09:05", "14:05"),
    ] {
        let text = Text(lang);
        assert_eq!(read(&text.date(day)), long, "{lang:?}");
        assert_eq!(read(&text.time(early)), morning, "{lang:?}");
        assert_eq!(read(&text.time(late)), afternoon, "{lang:?}");
    }
    assert_eq!(read(&Text(Lang::It).date(date(2027, 1, 1))), "1º gennaio 2027");
    assert_eq!(read(&Text(Lang::Fr).date(date(2027, 8, 1))), "1er août 2027");
    assert_eq!(read(&Text(Lang::El).date(date(2027, 5, 3))), "3 Μαΐου 2027");
    assert_eq!(read(&Text(Lang::En).time(time(0, 0, 0, 0))), "00:00");
}

#[test]
fn a_day_and_its_hour_are_said_together() {
    let moment = date(2026, 11, 22).at(14, 5, 0, 0);
    for (lang, said) in [
        (Lang::It, "22 novembre 2026, ore 14:05"),
        (Lang::Fr, "22 novembre 2026 à 14 h 05"),
        (Lang::Sv, "22 november 2026 kl. 14:05"),
        (Lang::Fi, "22. marraskuuta 2026 klo 14.05"),
        (Lang::Hu, "2026. november 22., 14:05"),
        (Lang::Ar, "22 نوفمبر 2026، 14:05"),
        (Lang::Zh, "2026年11月22日 14:05"),
    ] {
        assert_eq!(read(&Text(lang).date_and_time(moment)), said, "{lang:?}");
    }
}

#[test]
fn amounts_have_the_languages_decimal_mark_and_units() {
    for (lang, bytes, said) in [
        (Lang::It, 12_480_000, "12,4 MB"),
        (Lang::En, 1_250_000_000, "1.2 GB"),
        (Lang::Fr, 12_480_000, "12,4 Mo"),
        (Lang::Fi, 3_000_000_000, "3,0 Gt"),
        (Lang::Uk, 999_999, "1000 кБ"),
        (Lang::Ar, 12_480_000, "12.4 ميغابايت"),
        (Lang::Zh, 12_480_000, "12.4 MB"),
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

#[test]
fn arguments_stand_apart_where_they_could_turn_the_text_about() {
    let (arabic, german) = (Text(Lang::Ar), Text(Lang::De));
    let venue = arabic.with("venue-lead", "comune", "Comune di Arluno (MI)");
    assert!(venue.contains("\u{2068}Comune di Arluno (MI)\u{2069}"), "{venue}");
    let attribute = arabic.attribute("venue-lead", "comune", "Comune di Arluno (MI)");
    assert_eq!(attribute, read(&venue));
    assert!(attribute.contains("Comune di Arluno (MI)"), "{attribute}");
    let venue = german.with("venue-lead", "comune", "Comune di Arluno (MI)");
    assert!(!venue.contains(['\u{2068}', '\u{2069}']), "{venue}");
}

#[test]
fn a_language_is_parsed_once() {
    let first = crate::portal::text::bundle::of(Lang::Mt).unwrap();
    let again = crate::portal::text::bundle::of(Lang::Mt).unwrap();
    assert!(std::ptr::eq(first, again));
}
