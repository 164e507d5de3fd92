use std::collections::BTreeSet;
use std::io::Write as _;

use askama::Template as _;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Document, Frame, Scene, base64, samples};
use crate::model::Board;
use crate::portal::lang::Lang;
use crate::portal::text::Text;

/// What a phone gets in the first round trip: ten segments of TCP.
const FIRST_FLIGHT: usize = 14 << 10;
/// The crest's share of it.
const CREST: usize = 4 << 10;

fn gzip(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len()
}

/// The page of a name among the samples of a language.
fn page(lang: Lang, name: &str) -> String {
    let name = format!("{name} ({})", lang.code());
    let mut pages = samples::rendered(lang).into_iter();
    pages.find(|(found, _)| *found == name).expect("a sample").1
}

/// What stands between two marks, of every occurrence.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    let pieces = text.split(start).skip(1);
    pieces
        .filter_map(|piece| Some(piece.split_once(end)?.0))
        .collect()
}

#[test]
fn every_view_renders_in_every_language() {
    for lang in Lang::ALL {
        let pages = samples::rendered(*lang);
        assert!(pages.len() >= 23);
        for (name, html) in pages {
            assert!(!html.contains('⟦'), "{name}: a message is missing in {html}");
            let root = format!(
                "<html lang=\"{}\" dir=\"{}\">",
                lang.code(),
                lang.direction().attribute()
            );
            assert!(html.contains(&root), "{name}");
            for foreign in [
                "II <\"",
                "<em>torna",
                "<completo>",
                "112 <b>",
                "<Roggia>",
                "1?x=\"",
            ] {
                assert!(!html.contains(foreign), "{name}: {foreign} is not escaped");
            }
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            assert!(html.contains("id=\"wifi4eubanner\""), "{name}");
            assert!(html.len() < 60_000, "{name} is too large for a mini-browser");
            for banned in [
                "<form method=\"get\"",
                "style=\"",
                "onclick",
                "onload",
                "target=",
                "href=\"http://",
                "javascript:",
            ] {
                assert!(!html.contains(banned), "{name} has {banned}");
            }
        }
    }
}

#[test]
fn a_language_written_from_right_to_left_is_marked_and_isolates_names() {
    for (name, html) in samples::rendered(Lang::Ar) {
        assert!(html.contains("<html lang=\"ar\" dir=\"rtl\""), "{name}");
        let quoted = html.split('"').skip(1).step_by(2);
        for attribute in quoted {
            assert!(
                !attribute.contains(['\u{2068}', '\u{2069}']),
                "{name}: {attribute:?}"
            );
        }
    }
    let all: String = samples::rendered(Lang::Ar)
        .into_iter()
        .map(|(_, html)| html)
        .collect();
    assert!(all.contains('\u{2068}'), "no name or number is isolated");
    assert!(all.contains("wifi4euLanguage = 'en'") && !all.contains("wifi4euLanguage = 'ar'"));
    let german: String = samples::rendered(Lang::De)
        .into_iter()
        .map(|(_, html)| html)
        .collect();
    assert!(german.contains("<html lang=\"de\" dir=\"ltr\"") && !german.contains('\u{2068}'));
}

#[test]
fn the_language_switch_leads_back_to_the_page_in_every_language() {
    for (name, path) in [("online", "/online"), ("news-none", "/news"), ("login", "/")] {
        let html = page(Lang::It, name);
        for lang in Lang::ALL {
            let code = lang.code();
            let link = format!(
                "<a href=\"{path}?lang={code}\" lang=\"{code}\" hreflang=\"{code}\" dir=\"{}\"{}>{}</a>",
                if *lang == Lang::Ar { "rtl" } else { "ltr" },
                if *lang == Lang::It {
                    " aria-current=\"true\""
                } else {
                    ""
                },
                lang.own_name(),
            );
            assert!(html.contains(&link), "{name}: {link}");
        }
    }
}

#[test]
fn whatever_a_page_refers_to_is_in_it_once() {
    for (name, html) in samples::rendered(Lang::En) {
        let ids = between(&html, " id=\"", "\"");
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
        let fragments = between(&html, "href=\"#", "\"");
        assert!(fragments.len() >= 13, "{name}: the skip link and the stars");
        for reference in ["aria-labelledby=\"", "aria-describedby=\""] {
            for id in between(&html, reference, "\"").iter().chain(&fragments) {
                assert!(once.contains(id), "{name}: #{id}");
            }
        }
    }
}

#[test]
fn the_first_view_fits_the_first_flight() {
    for lang in Lang::ALL {
        let html = page(*lang, "login");
        assert_eq!(html.matches("class=\"card\"").count(), 13, "{lang:?}");
        assert_eq!(html.matches("class=\"notice ").count(), 7, "{lang:?}");
        assert_eq!(html.matches("<h3 class=").count(), 6, "{lang:?}");
        let bytes = gzip(html.as_bytes());
        assert!(bytes <= FIRST_FLIGHT - CREST, "{lang:?}: {bytes}");
    }
    for crest in [
        include_str!("../../../firmware-config/examples/crests/busto-arsizio.svg"),
        include_str!("../../../firmware-config/examples/crests/arluno.svg"),
    ] {
        assert!(crest.len() <= CREST / 2, "{}", crest.len());
    }
}

#[test]
fn only_the_login_page_has_a_script_and_only_the_commissions() {
    for (name, html) in samples::rendered(Lang::En) {
        let scripts = html.matches("<script").count();
        let has = ["login (en)", "login-quiet (en)", "login-selftest (en)"].contains(&name.as_str());
        assert_eq!(scripts, if has { 2 } else { 0 }, "{name}");
        let self_test = name == "login-selftest (en)";
        assert_eq!(html.contains("selftestModus"), self_test, "{name}");
        assert_eq!(
            html.contains(&Text(Lang::En).get("selftest")),
            self_test,
            "{name}"
        );
    }
}

#[test]
fn a_service_is_a_link_only_where_it_opens() {
    let cards = |name| between(&page(Lang::En, name), "<a class=\"card\" href=\"", "\"").len();
    let login = page(Lang::En, "login");
    assert_eq!(
        between(&login, "<a class=\"card\" href=\"", "\""),
        ["tel:112", "https://www.comune.example.it/"]
    );
    let text = Text(Lang::En);
    let badge = format!("class=\"badge\">{}", text.get("service-after"));
    assert_eq!(login.matches(&badge).count(), 11);
    assert_eq!(login.matches(&text.get("service-now")).count(), 1);
    assert_eq!(cards("online"), 13);
    assert!(!page(Lang::En, "online").contains(&text.get("service-after")));
    for down in ["login-down", "online-down"] {
        assert_eq!(cards(down), 1, "{down}: the telephone alone");
        assert!(
            page(Lang::En, down).contains(&text.get("service-offline")),
            "{down}"
        );
    }
}

#[test]
fn notices_come_first_and_say_by_words_what_their_colour_says() {
    for name in ["login", "online", "login-down", "online-down", "venue", "news"] {
        let html = page(Lang::It, name);
        let (before, main) = html.split_once("<main").unwrap();
        assert!(!before.contains("class=\"notice"), "{name}");
        let (first, rest) = main.split_once("<h1").unwrap();
        assert_eq!(
            between(first, "class=\"notice ", "\""),
            ["red", "orange", "more", "yellow", "green", "blue", "purple"]
        );
        assert!(!rest.contains("class=\"notice "), "{name}");
        assert!(first.contains("role=\"alert\""), "{name}");
        for word in [
            "Pericolo</bdi>:",
            "Allerta</bdi>:",
            "Attenzione</bdi>:",
            "Buone notizie</bdi>:",
            "Informazione</bdi>:",
            "Importante</bdi>:",
        ] {
            assert!(first.contains(word), "{name}: {word}");
        }
        assert!(
            first.contains("22:00") && first.contains("Altri 4 avvisi"),
            "{name}: {first}"
        );
        for icon in between(first, "xlink:href=\"#i-", "\"") {
            assert!(
                first.contains(&format!("<symbol id=\"i-{icon}\"")),
                "{name}: {icon}"
            );
        }
    }
    assert!(!page(Lang::It, "login-quiet").contains("class=\"notices\""));
}

#[test]
fn what_is_no_danger_does_not_alarm() {
    let (config, mut board) = (samples::config(), samples::board());
    board.notices.drain(..3);
    let scene = samples::scene(&config, &board);
    let html = super::Venue::new(Frame::new(scene, Lang::It, false, "/venue"))
        .render()
        .unwrap();
    assert!(html.contains("role=\"status\"") && !html.contains("role=\"alert\""));
}

#[test]
fn a_piece_of_news_leads_on_where_that_opens() {
    let (captive, online) = (page(Lang::It, "article"), page(Lang::It, "article-online"));
    for link in [
        "href=\"https://bandi.example.it/bando\"",
        "href=\"https://novita.example.it/1?x=&#34;\"",
    ] {
        assert!(!captive.contains(link), "{link}");
        assert!(online.contains(link), "{link}: {online}");
    }
    let text = Text(Lang::It);
    assert!(captive.contains(&text.get("news-more-after")) && captive.contains("novita.example.it"));
    assert!(page(Lang::It, "article-down").contains(&text.get("news-more-offline")));
    assert!(captive.contains("<time datetime=\"2026-11-20T08:00:00Z\">20 novembre 2026</time>"));
    assert!(captive.contains("width=\"320\" height=\"213\" alt=\"La piazza illuminata\""));
    let list = page(Lang::En, "news");
    assert_eq!(list.matches("<h2 class=").count(), 7, "all of them");
    assert!(list.contains("lang=\"it\" dir=\"auto\">Bando") && list.contains("loading=\"lazy\""));
}

#[test]
fn without_an_internet_nothing_looks_like_success() {
    for lang in [Lang::It, Lang::En] {
        let text = Text(lang);
        for name in ["login-down", "online-down"] {
            let html = page(lang, name);
            assert!(html.contains(&text.get("down-title")), "{name}");
            for success in ["online-title", "online-lead", "login-button"] {
                assert!(!html.contains(&text.get(success)), "{name}: {success}");
            }
            assert!(!html.contains("class=\"state good\""), "{name}");
        }
        assert!(!page(lang, "login-down").contains("<form"));
        assert!(
            page(lang, "online-down").contains("action=\"/disconnect"),
            "one can still leave"
        );
    }
}

#[test]
fn legal_texts_say_in_which_language_they_are() {
    let (config, board) = (samples::config(), Board::default());
    let scene = samples::scene(&config, &board);
    let render = |name, frame| match name {
        "terms" => Document::terms(frame).render().unwrap(),
        "privacy" => Document::privacy(frame).render().unwrap(),
        _ => Document::accessibility(frame).render().unwrap(),
    };
    for name in ["terms", "privacy", "accessibility"] {
        for (lang, foreign) in [
            (Lang::It, false),
            (Lang::En, false),
            (Lang::De, true),
            (Lang::Ar, true),
        ] {
            let html = render(name, Frame::new(scene, lang, false, "/"));
            let marked =
                html.contains("<h1 lang=\"en\" dir=\"ltr\">") && html.contains("class=\"text\" lang=\"en\"");
            assert_eq!(marked, foreign, "{lang:?}: {html}");
            assert_eq!(
                html.contains(&Text(lang).get("legal-languages")),
                foreign,
                "{lang:?}"
            );
        }
    }
}

#[test]
fn the_privacy_notice_names_whom_to_ask_and_who_else_is_told() {
    let (mut config, board) = (samples::config(), Board::default());
    let notice = |config: &_| {
        let frame = Frame::new(samples::scene(config, &board), Lang::En, false, "/privacy");
        Document::privacy(frame).render().unwrap()
    };
    let whole = notice(&config);
    for part in [
        "Comune di Busto Arsizio",
        "wifi@comune.example.it",
        "dpo@comune.example.it",
        "6(1)(e)",
        "collection.wifi4eu.ec.europa.eu",
        "garanteprivacy.it",
    ] {
        assert!(whole.contains(part), "{part}");
    }
    let network = &mut config.networks[0];
    (network.contact, network.dpo, network.wifi4eu_id) = (None, None, None);
    let bare = notice(&config);
    assert!(!bare.contains("collection.wifi4eu") && !bare.contains("example.it</p>"));
}

#[test]
fn the_privacy_notice_tells_of_the_register_while_one_is_kept() {
    let (mut config, board) = (samples::config(), Board::default());
    let notice = |config: &_, lang| {
        let frame = Frame::new(samples::scene(config, &board), lang, false, "/privacy");
        Document::privacy(frame).render().unwrap()
    };
    let words = [
        (Lang::It, "registro"),
        (Lang::En, "register"),
        (Lang::De, "register"),
    ];
    for (lang, word) in words {
        assert!(!notice(&config, lang).to_lowercase().contains(word), "{lang:?}");
    }
    let recipient = "age12jc3sc427zmqyeu02lnlj3mdu6rpndv5q90xcn3xe06zd70seq3qpys008";
    config.register.recipient = Some(recipient.parse().unwrap());
    config.register.days = 23;
    for (lang, parts) in [
        (
            Lang::It,
            [
                "registro degli accessi",
                "23 giorni",
                "indirizzo MAC",
                "ogni lettura",
            ],
        ),
        (
            Lang::En,
            ["access register", "23 days", "MAC address", "each reading"],
        ),
        (
            Lang::De,
            ["access register", "23 days", "MAC address", "each reading"],
        ),
    ] {
        let html = notice(&config, lang);
        for part in parts {
            assert!(html.contains(part), "{lang:?} {part}: {html}");
        }
        let erased = ["sono cancellati. Restano", "are erased. Only"];
        assert!(erased.iter().all(|part| !html.contains(part)), "{lang:?}");
    }
}

#[test]
fn the_accessibility_statement_follows_agids_model() {
    let html = page(Lang::It, "accessibility");
    for part in [
        "legge 9 gennaio 2004, n. 4",
        "wifi.comune.example.it",
        "parzialmente conformi",
        "22 novembre 2026",
        env!("CARGO_PKG_VERSION"),
        "wifi@comune.example.it",
        "Difensore civico per il digitale",
    ] {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn an_address_opens_before_the_tap_by_name_and_port() {
    let (config, board) = (samples::config(), Board::default());
    let scene = samples::scene(&config, &board);
    let frame = Frame::new(scene, Lang::It, false, "/");
    for (url, opens) in [
        ("https://www.comune.example.it/x", true),
        ("https://WWW.comune.example.it", true),
        ("https://www.comune.example.it:443?x", true),
        ("https://www.comune.example.it:8443/", false),
        ("http://www.comune.example.it/", false),
        ("https://comune.example.it/", false),
        ("https://evil.example/#www.comune.example.it", false),
        ("https://www.comune.example.it@evil.example/", false),
        ("https://www.comune.example.it:443@evil.example/", false),
        ("tel:112", true),
        ("", false),
    ] {
        assert_eq!(frame.opens(url), opens, "{url}");
    }
    let down = Frame::new(
        Scene {
            uplink: false,
            ..scene
        },
        Lang::It,
        false,
        "/",
    );
    assert!(!down.opens("https://www.comune.example.it/x") && down.opens("tel:112"));
}

#[test]
fn base64_is_the_standards() {
    for (bytes, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(base64(bytes.as_bytes()), text);
    }
}
