//! What the feeds of `tests/news/samples/notices` become, and what hostile ones do not.

use std::collections::BTreeSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use jiff::Timestamp;
use proptest::prelude::{any, prop_assert, proptest};

use super::{MOST_FOLLOWED, Step, begin, follow, read};
use crate::config::{Feed, FeedKind};
use crate::model::{NOTICE_CHARACTERS, Notice, NoticeColor, Scope};
use crate::news::{Document, ParseError};

const WIND: &[u8] = include_bytes!("../../../tests/news/samples/notices/cap-wind.xml");
const EDXL: &[u8] = include_bytes!("../../../tests/news/samples/notices/cap-edxl.xml");
const ATOM: &[u8] = include_bytes!("../../../tests/news/samples/notices/cap-atom.xml");
const RSS: &[u8] = include_bytes!("../../../tests/news/samples/notices/cap-rss.xml");
const METEO: &[u8] = include_bytes!("../../../tests/news/samples/notices/cap-meteo.xml");
const ALLERTALOM: &[u8] = include_bytes!("../../../tests/news/samples/notices/allertalom-thunderstorms.xml");
const BULLETIN: &[u8] = include_bytes!("../../../tests/news/samples/notices/bulletin.json");
const BULLETIN_CAP: &[u8] = include_bytes!("../../../tests/news/samples/notices/bulletin-cap.xml");
const BULLETIN_ZIP: &[u8] = include_bytes!("../../../tests/news/samples/notices/bulletin.zip");

/// Sunday, 22 November 2026, 13:00 in Italy.
fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn feed(kind: FeedKind) -> Feed {
    Feed {
        istat: Some("012026".to_owned()),
        zone: Some("Lomb-09".to_owned()),
        scope: Scope::Only(BTreeSet::from(["piazza".parse().unwrap()])),
        ..Feed::new(kind, "https://alerts.example.org/feed", "Protezione Civile")
    }
}

fn document(url: &str, bytes: &[u8]) -> Document {
    Document {
        url: url.to_owned(),
        bytes: bytes.to_vec(),
    }
}

fn step(feed: &Feed, bytes: &[u8], now: Timestamp) -> Result<Step, ParseError> {
    read(feed, &[document(&feed.url, bytes)], now)
}

fn notices(kind: FeedKind, bytes: &[u8], now: Timestamp) -> Vec<Notice> {
    match step(&feed(kind), bytes, now) {
        Ok(Step::Notices(notices)) => notices,
        other => panic!("{other:?}"),
    }
}

fn lines(notices: &[Notice]) -> Vec<(NoticeColor, &str)> {
    notices
        .iter()
        .map(|notice| (notice.color, notice.text.as_str()))
        .collect()
}

#[test]
fn an_alert_is_told_in_the_feed_s_language_and_in_english() {
    let found = notices(FeedKind::Cap, WIND, now());
    let [english, italian] = &found[..] else {
        panic!("{found:?}");
    };
    let (italian, english) = if italian.lang == "it" {
        (italian, english)
    } else {
        (english, italian)
    };
    assert_eq!(
        italian.text,
        "Vento forte da domenica sera: evitare parchi e viali alberati, assicurare vasi e tende sui balconi"
    );
    assert_eq!(
        (italian.color, italian.lang.as_str()),
        (NoticeColor::Orange, "it")
    );
    assert_eq!(italian.starts, Some(at("2026-11-22T08:15:00Z")));
    assert_eq!(italian.ends, Some(at("2026-11-23T05:00:00Z")));
    assert_eq!(
        italian.link.as_deref(),
        Some("https://www.provincia.example.it/allerte/2026-112")
    );
    assert_eq!(italian.source, "Protezione Civile");
    assert_eq!(italian.scope, feed(FeedKind::Cap).scope);
    assert_eq!(english.lang, "en");
    assert_ne!(english.id, italian.id);
}

#[test]
fn an_alert_ends() {
    assert_eq!(notices(FeedKind::Cap, WIND, at("2026-11-23T04:59:59Z")).len(), 2);
    assert_eq!(notices(FeedKind::Cap, WIND, at("2026-11-23T05:00:00Z")), []);
    // One that names no end: a day after it was sent.
    let endless = String::from_utf8_lossy(WIND).replace("expires>", "x>");
    assert_eq!(
        notices(FeedKind::Cap, endless.as_bytes(), at("2026-11-23T08:14:59Z")).len(),
        2
    );
    assert_eq!(
        notices(FeedKind::Cap, endless.as_bytes(), at("2026-11-23T08:15:00Z")),
        []
    );
}

#[test]
fn an_alert_for_others_is_not_shown() {
    let mut arluno = feed(FeedKind::Cap);
    arluno.istat = Some("015010".to_owned());
    assert_eq!(step(&arluno, WIND, now()), Ok(Step::Notices(Vec::new())));
    let emma = String::from_utf8_lossy(WIND)
        .replace("ISTAT_COMUNE", "EMMA_ID")
        .replace("IT003", "012026");
    assert_eq!(notices(FeedKind::Cap, emma.as_bytes(), now()), []);
    // The zone of the bulletin does not open the way for alerts of comuni.
    arluno.zone = Some("012070".to_owned());
    assert_eq!(step(&arluno, WIND, now()), Ok(Step::Notices(Vec::new())));
}

#[test]
fn tests_and_drills_are_not_shown() {
    for status in ["Test", "Exercise", "System", "Draft", "", "actual?"] {
        let drill = String::from_utf8_lossy(WIND).replace("Actual", status);
        assert_eq!(notices(FeedKind::Cap, drill.as_bytes(), now()), [], "{status}");
    }
}

#[test]
fn an_update_takes_the_place_of_what_it_refers_to() {
    let found = notices(FeedKind::Cap, EDXL, now());
    assert_eq!(
        lines(&found),
        [(
            NoticeColor::Green,
            "Incendio spento: si possono riaprire porte e finestre"
        )]
    );
    // Without the update the alert stands.
    let without = String::from_utf8_lossy(EDXL).replace("A-1,2026", "A-9,2026");
    let found = notices(FeedKind::Cap, without.as_bytes(), now());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].color, NoticeColor::Red);
    assert_eq!(found[0].lang, "it");
}

#[test]
fn a_cancel_takes_back_and_says_nothing_itself() {
    let cancel = String::from_utf8_lossy(EDXL).replace("Update", "Cancel");
    assert_eq!(notices(FeedKind::Cap, cancel.as_bytes(), now()), []);
}

#[test]
fn severity_gives_the_colour_unless_the_issuer_says_one() {
    let with = |severity: &str, certainty: &str| {
        let alert = String::from_utf8_lossy(WIND)
            .replace("Moderate", severity)
            .replace("Likely", certainty);
        notices(FeedKind::Cap, alert.as_bytes(), now())[0].color
    };
    assert_eq!(with("Extreme", "Possible"), NoticeColor::Red);
    assert_eq!(with("Severe", "Observed"), NoticeColor::Red);
    assert_eq!(with("Severe", "Unlikely"), NoticeColor::Orange);
    assert_eq!(with("Moderate", "Likely"), NoticeColor::Orange);
    assert_eq!(with("Minor", "Likely"), NoticeColor::Yellow);
    assert_eq!(with("Unknown", "Likely"), NoticeColor::Purple);
    assert_eq!(with("nonsense", "Likely"), NoticeColor::Purple);
    // "3; orange; Severe": by severity alone it would be red. Its area is the province.
    let meteo = notices(FeedKind::Cap, METEO, now());
    assert_eq!(
        lines(&meteo),
        [(
            NoticeColor::Orange,
            "Severe wind warning issued for Italy - Lombardia"
        )]
    );
    let green = String::from_utf8_lossy(METEO).replace("3; orange; Severe", "1; green; Minor");
    assert_eq!(notices(FeedKind::Cap, green.as_bytes(), now()), []);
}

#[test]
fn a_long_headline_is_cut_at_a_word() {
    let long = String::from_utf8_lossy(WIND).replace("vasi e tende", &"parola ".repeat(30));
    let found = notices(FeedKind::Cap, long.as_bytes(), now());
    let text = &found.iter().find(|notice| notice.lang == "it").unwrap().text;
    assert!(text.ends_with("parola…"), "{text}");
    assert!(text.chars().count() <= NOTICE_CHARACTERS);
}

#[test]
fn an_index_leads_to_its_alerts() {
    let follow_to = |bytes| match step(&feed(FeedKind::Cap), bytes, now()) {
        Ok(Step::Follow(links)) => links,
        other => panic!("{other:?}"),
    };
    // Neither what is over, nor drills, nor addresses that are none.
    assert_eq!(
        follow_to(ATOM),
        [
            "https://feeds.example.org/it/1.xml",
            "https://feeds.example.org/it/4.cap"
        ]
    );
    assert_eq!(
        follow_to(RSS),
        [
            "https://cap.example.org/neve.xml",
            "https://cap.example.org/ghiaccio.xml"
        ]
    );
    let item = "<item><link>https://cap.example.org/a</link></item>";
    let many = format!("<rss><channel>{}</channel></rss>", item.repeat(500));
    assert_eq!(follow_to(many.as_bytes()).len(), MOST_FOLLOWED);
}

#[test]
fn alerts_of_an_index_are_judged_together() {
    let feed = feed(FeedKind::Cap);
    let cancel = "<alert><identifier>C</identifier><sender>protezionecivile@provincia.example.it</sender>\
        <sent>2026-11-22T12:00:00+01:00</sent><status>Actual</status><msgType>Cancel</msgType><scope>Public</scope>\
        <references>protezionecivile@provincia.example.it,2.49.0.0.380.1.IT.261122091500.012,2026-11-22T09:15:00+01:00\
        </references></alert>";
    let documents = [
        document("https://a.example/1", WIND),
        document("https://a.example/2", b"<html><body>gone"),
        document("https://a.example/3", METEO),
    ];
    assert_eq!(follow(&feed, &documents, now()).unwrap().len(), 3);
    let mut documents = documents.to_vec();
    documents.push(document("https://a.example/4", cancel.as_bytes()));
    let found = follow(&feed, &documents, now()).unwrap();
    assert_eq!(found.len(), 1);
    assert!(matches!(
        follow(&feed, &documents[1..2], now()),
        Err(ParseError::Malformed(_))
    ));
}

#[test]
fn allertalom_is_asked_for_every_risk() {
    let mut lombardia = feed(FeedKind::Allertalom);
    lombardia.url = "https://www.allertalom.example/lista-zone".to_owned();
    let addresses = begin(&lombardia, now());
    assert_eq!(addresses.len(), 6);
    assert_eq!(
        addresses[0],
        "https://www.allertalom.example/lista-zone?cdTipologiaGis=2&cdIstatComune=012026"
    );
    lombardia.url += "?cdTipologiaGis=7&cdIstatComune=015010";
    assert_eq!(begin(&lombardia, now()), [lombardia.url.clone()]);
    assert_eq!(
        begin(&feed(FeedKind::Cap), now()),
        ["https://alerts.example.org/feed"]
    );
}

#[test]
fn allertalom_s_hours_become_periods() {
    let mut lombardia = feed(FeedKind::Allertalom);
    lombardia.url += "?cdTipologiaGis=7";
    let read_at = |now| match step(&lombardia, ALLERTALOM, now) {
        Ok(Step::Notices(notices)) => notices,
        other => panic!("{other:?}"),
    };
    let found = read_at(now());
    let zone = "zona Nodo Idraulico di Milano (IM-09)";
    assert_eq!(
        lines(&found),
        [
            (
                NoticeColor::Orange,
                format!("Allerta arancione per temporali dal 22/11 ore 21 al 23/11 ore 2, {zone}").as_str()
            ),
            (
                NoticeColor::Yellow,
                format!("Allerta gialla per temporali dal 22/11 ore 17 al 22/11 ore 21, {zone}").as_str()
            ),
            (
                NoticeColor::Yellow,
                format!("Allerta gialla per temporali dal 23/11 ore 2 al 23/11 ore 5, {zone}").as_str()
            ),
        ]
    );
    assert!(
        found
            .iter()
            .all(|notice| notice.starts.is_none() && notice.lang == "it")
    );
    assert_eq!(found[0].ends, Some(at("2026-11-23T01:00:00Z")));
    // What is over is not told again, and the rest keeps its name.
    let later = read_at(at("2026-11-23T01:00:00Z"));
    assert_eq!(later, found[2..]);
    assert_eq!(read_at(at("2026-11-24T00:00:00Z")), []);
    // Another risk at the same hours is another notice.
    lombardia.url = lombardia.url.replace("=7", "=8");
    let Ok(Step::Notices(wind)) = step(&lombardia, ALLERTALOM, now()) else {
        panic!("wind");
    };
    assert_ne!(wind[0].id, found[0].id);
    assert!(wind[0].text.contains("vento forte"));
}

#[test]
fn allertalom_s_red_is_red_and_its_error_page_an_error() {
    let red = String::from_utf8_lossy(ALLERTALOM)
        .replace("<cdLivello>2<", "<cdLivello>3<")
        .replace("<cdLivello>1<", "<cdLivello>7<");
    let found = notices(FeedKind::Allertalom, red.as_bytes(), now());
    assert_eq!(found.len(), 1);
    assert!(
        found[0].text.starts_with("Allerta rossa per maltempo"),
        "{}",
        found[0].text
    );
    assert_eq!(
        step(
            &feed(FeedKind::Allertalom),
            b"<html><body>Errore</body></html>",
            now()
        ),
        Err(ParseError::Kind("an answer of AllertaLOM"))
    );
    assert_eq!(notices(FeedKind::Allertalom, b"<items/>", now()), []);
}

#[test]
fn the_bulletin_says_the_same_in_each_of_its_forms() {
    let expected = [
        (
            NoticeColor::Orange,
            "Allerta arancione per rischio idrogeologico e temporali, lunedì 23 novembre: Nodo Idraulico di Milano",
        ),
        (
            NoticeColor::Yellow,
            "Allerta gialla per rischio idraulico, domenica 22 novembre: Nodo Idraulico di Milano",
        ),
        (
            NoticeColor::Yellow,
            "Allerta gialla per rischio idraulico, lunedì 23 novembre: Nodo Idraulico di Milano",
        ),
    ];
    let json = notices(FeedKind::ProtezioneCivile, BULLETIN, now());
    assert_eq!(lines(&json), expected);
    assert_eq!(json[1].ends, Some(at("2026-11-22T23:00:00Z")));
    assert_eq!(notices(FeedKind::ProtezioneCivile, BULLETIN_CAP, now()), json);
    assert_eq!(notices(FeedKind::ProtezioneCivile, BULLETIN_ZIP, now()), json);
    let tomorrow = notices(FeedKind::ProtezioneCivile, BULLETIN, at("2026-11-22T23:00:00Z"));
    assert_eq!(tomorrow.len(), 2);
    assert_eq!(
        notices(FeedKind::ProtezioneCivile, BULLETIN, at("2026-11-23T23:00:00Z")),
        []
    );
}

#[test]
fn the_bulletin_s_zones_are_told_apart() {
    let count = |zone: &str| {
        let mut feed = feed(FeedKind::ProtezioneCivile);
        feed.zone = Some(zone.to_owned());
        match step(&feed, BULLETIN, now()) {
            Ok(Step::Notices(notices)) => notices.len(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(count("nodo idraulico di MILANO"), 3);
    assert_eq!(count("Pianura centrale"), 2);
    assert_eq!(count("Lomb-10"), 2);
    // The name of a zone with commas, and what is a part of one.
    assert_eq!(
        count("Alta pianura trevigiana occidentale - Bacini Piave, Sile, Scolante in Laguna"),
        1
    );
    for nowhere in [
        "Milano",
        "pianura",
        "Lomb-00",
        "Lomb-99",
        "Lombardia",
        "Etruria-Costa",
    ] {
        assert_eq!(count(nowhere), 0, "{nowhere}");
    }
}

#[test]
fn what_is_no_bulletin_is_refused() {
    let refused = |bytes: &[u8]| step(&feed(FeedKind::ProtezioneCivile), bytes, now()).unwrap_err();
    assert!(matches!(
        refused(b"<html><body>404</body></html>"),
        ParseError::Kind(_)
    ));
    assert!(matches!(refused(b"404: Not Found"), ParseError::Kind(_)));
    assert!(matches!(
        refused(b"{\"type\":\"Topology\"}"),
        ParseError::Malformed(_)
    ));
    assert!(matches!(refused(b"PK\x03\x04"), ParseError::Kind(_)));
    // The very last two bytes are the length of a comment that nobody reads.
    for length in 0..BULLETIN_ZIP.len() - 2 {
        assert!(step(&feed(FeedKind::ProtezioneCivile), &BULLETIN_ZIP[..length], now()).is_err());
    }
    let deep = format!("{{\"today\":{}", "[".repeat(200_000));
    assert!(matches!(refused(deep.as_bytes()), ParseError::Malformed(_)));
}

/// An archive of one file, packed by what the bytes of `zeros` zeros become.
fn archive(name: &str, zeros: usize) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&vec![b' '; zeros]).unwrap();
    let packed = encoder.finish().unwrap();
    let size = u32::try_from(packed.len()).unwrap().to_le_bytes();
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let mut archive = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0".to_vec();
    for part in [&size[..], &size, &length, &[0, 0], name.as_bytes(), &packed] {
        archive.extend_from_slice(part);
    }
    let directory = u32::try_from(archive.len()).unwrap().to_le_bytes();
    archive.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0");
    for part in [&size[..], &size, &length, &[0; 16], name.as_bytes()] {
        archive.extend_from_slice(part);
    }
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0");
    archive.extend_from_slice(&directory);
    archive.extend_from_slice(&[0, 0]);
    archive
}

#[test]
fn an_archive_that_unpacks_without_end_is_refused() {
    let feed = feed(FeedKind::ProtezioneCivile);
    let bomb = archive("Cap_1.xml", 64 << 20);
    assert!(bomb.len() < 100_000);
    assert_eq!(
        step(&feed, &bomb, now()),
        Err(ParseError::Refused("too much XML"))
    );
    // The same archive with little in it is read, so it was the size.
    assert_eq!(
        step(&feed, &archive("Cap_1.xml", 10), now()),
        Err(ParseError::Kind("XML"))
    );
    assert_eq!(
        step(&feed, &archive("other.xml", 10), now()),
        Err(ParseError::Kind("an archive with a CAP alert"))
    );
}

#[test]
fn a_page_of_html_is_no_alert() {
    let html = b"<html><head><title>502</title></head><body>Bad gateway</body></html>";
    assert!(matches!(
        step(&feed(FeedKind::Cap), html, now()),
        Err(ParseError::Kind(_))
    ));
    assert!(step(&feed(FeedKind::Cap), b"", now()).is_err());
    assert!(step(&feed(FeedKind::Cap), b"{\"a\":1}", now()).is_err());
}

proptest! {
    #[test]
    fn mutilated_feeds_never_break_a_promise(
        kind in proptest::sample::select(vec![FeedKind::Cap, FeedKind::Allertalom, FeedKind::ProtezioneCivile]),
        sample in proptest::sample::select(vec![WIND, EDXL, ATOM, RSS, METEO, ALLERTALOM, BULLETIN, BULLETIN_CAP, BULLETIN_ZIP]),
        cuts in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0_usize..40), 0..6),
    ) {
        let mut bytes = sample.to_vec();
        for (index, byte, length) in cuts {
            let at = index.index(bytes.len());
            bytes[at] = byte;
            let end = (at + 1 + length).min(bytes.len());
            if length % 3 == 0 {
                bytes.drain(at + 1..end);
            }
        }
        if let Ok(Step::Notices(notices)) = step(&feed(kind), &bytes, now()) {
            for notice in notices {
                prop_assert!(notice.text.chars().count() <= NOTICE_CHARACTERS && !notice.text.is_empty());
                prop_assert!(notice.ends.is_some_and(|end| end > now()));
                prop_assert!(notice.link.is_none_or(|link| link.starts_with("http")));
            }
        }
    }
}
