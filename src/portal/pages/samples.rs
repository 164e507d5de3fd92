//! Samples of every view.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use jiff::Timestamp;

use super::{
    Access, Article, Document, Frame, Kind, Login, News, Notice, Online, Scene, SessionWords, Snippet, Venue,
};
use crate::config::{Color, Config, GardenName, InterfaceName, Look, Network, Phrases, Service, ServiceKind};
use crate::model::{
    self, Block, Board, Burst, Inline, ItemId, NetworkPolicy, NewsItem, NoticeColor, OnConflict, Picture,
    Rate, RatePlan, Recognition, Scope,
};
use crate::portal::lang::Lang;

fn plan() -> RatePlan {
    let rate = Rate::from_bytes_per_second(1_250_000).unwrap();
    RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(131_072).unwrap(),
    }
}

/// A network with every optional field set, and names that need escaping.
pub(in crate::portal) fn network() -> Network {
    Network {
        id: "piazza".parse().unwrap(),
        name: "Piazza Vittorio Emanuele II <\"&'>".to_owned(),
        comune: "Comune di Busto Arsizio".to_owned(),
        interface: InterfaceName::new("lo").unwrap(),
        host: "wifi.comune.example.it".to_owned(),
        wifi4eu_id: Some("a1b2c3d4e5f6g7h8i9j0k".to_owned()),
        tls: None,
        policy: NetworkPolicy {
            plan: plan(),
            recognition: Recognition::Period(Duration::from_hours(1)),
            exempt: BTreeSet::new(),
            blocked: BTreeSet::new(),
            on_conflict: OnConflict::Count,
            max_stations: 100,
            schedule: Vec::new(),
            fair_use: None,
            weight: 1,
        },
        garden: Vec::new(),
        guards: crate::config::Guards::default(),
        garden_names: vec![GardenName {
            name: "www.comune.example.it".parse().unwrap(),
            ports: vec![443],
            reason: None,
        }],
        look: Look {
            crest: Some("crest.svg".into()),
            color: Color([0x00, 0x66, 0xcc]),
            intro: Some(Phrases::from("Benvenuti nel cuore di Busto Arsizio.")),
        },
        contact: Some("wifi@comune.example.it".to_owned()),
        dpo: Some("dpo@comune.example.it".to_owned()),
        terms_url: Some("https://www.comune.example.it/condizioni?a=1&b=2".to_owned()),
        privacy_url: None,
        administration: crate::config::Administration::default(),
        access_points: Vec::new(),
    }
}

/// A configuration with a service of every kind.
pub(in crate::portal) fn config() -> Config {
    let text = include_str!("../../../firmware-config/portico.toml");
    let mut config = Config::parse(text, "portico.toml").unwrap();
    config.networks = vec![network()];
    config.services = ServiceKind::ALL.iter().copied().map(service).collect();
    config
}

fn service(kind: ServiceKind) -> Service {
    let other = kind == ServiceKind::Other;
    Service {
        kind,
        url: match kind {
            ServiceKind::Emergency => "tel:112".to_owned(),
            ServiceKind::Website => "https://www.comune.example.it/".to_owned(),
            _ => format!("https://servizi.example.it/{}?a=1&b=2", kind.name()),
        },
        label: other.then(|| Phrases::from("Biblioteca \"<Roggia>\"")),
        hint: other.then(|| Phrases::from("Orari & catalogo")),
        before_tap: kind == ServiceKind::Website,
        scope: Scope::All,
    }
}

/// The moment of all samples.
pub(in crate::portal) fn now() -> Timestamp {
    "2026-11-22T09:30:00Z".parse().unwrap()
}

/// Notices of every colour, and news with everything in it.
pub(in crate::portal) fn board() -> Board {
    let texts = [
        (
            NoticeColor::Red,
            "Temporali forti dalle 14 alle 22: evitate sottopassi, parchi e sponde dell’Olona. Numero unico di emergenza 112 <b>.",
        ),
        (
            NoticeColor::Orange,
            "Sabato 28 novembre via Milano è chiusa al traffico dalle 8 alle 18 per lavori alla rete dell’acqua.",
        ),
        (NoticeColor::Yellow, "Sciopero dei trasporti venerdì."),
        (NoticeColor::Green, "L’allerta meteo di ieri è cessata."),
        (NoticeColor::Blue, "Gli uffici chiudono alle 12 il 24 dicembre."),
        (NoticeColor::Purple, "Lutto cittadino domani dalle 10."),
    ];
    let notices = texts
        .into_iter()
        .zip(1..)
        .map(|((color, text), name)| model::Notice {
            id: ItemId::from_bytes([name; 8]),
            text: text.to_owned(),
            color,
            starts: None,
            ends: Some("2026-11-22T21:00:00Z".parse().unwrap()),
            link: Some("https://www.comune.example.it/avvisi/1".to_owned()),
            lang: "it".to_owned(),
            source: "Regione Lombardia".to_owned(),
            scope: Scope::All,
        });
    let titles = [
        "Mercatini di Natale in piazza Santa Maria: il programma <completo>",
        "Aperte le iscrizioni al nido per il 2027",
        "Nuovi orari dello sportello polifunzionale",
        "Molini Marzoli: un mese di mostre e concerti",
        "Raccolta differenziata: il calendario di dicembre",
        "Bando per le borse di studio comunali",
        "Consiglio comunale in diretta giovedì sera",
    ];
    let items = titles
        .into_iter()
        .zip(20..)
        .map(|(title, name)| item(title, name));
    let picture = Picture {
        media_type: "image/jpeg",
        bytes: vec![0xff, 0xd8],
        width: 320,
        height: 213,
    };
    Board {
        items: items.collect(),
        notices: notices.collect(),
        pictures: BTreeMap::from([(ItemId::from_bytes([20; 8]), Arc::new(picture))]),
        fed: BTreeMap::new(),
    }
}

fn item(title: &str, name: u8) -> NewsItem {
    let text = |text: &str| Inline::Text(text.to_owned());
    let link = |href: &str| Inline::Link {
        href: href.to_owned(),
        text: "la pagina del bando".to_owned(),
    };
    NewsItem {
        id: ItemId::from_bytes([name; 8]),
        title: title.to_owned(),
        summary: format!(
            "{title}: tutte le informazioni, gli orari e i recapiti per chi vuole partecipare o prenotare."
        ),
        body: vec![
            Block::Paragraph(vec![
                text("Da sabato <em>torna</em> "),
                Inline::Strong("l’appuntamento & la festa".to_owned()),
                text(", con "),
                Inline::Emphasis("musica".to_owned()),
                text(" e "),
                link("https://bandi.example.it/bando"),
                text("."),
            ]),
            Block::Heading("Come si partecipa".to_owned()),
            Block::List(vec![vec![text("Di persona")], vec![text("Per telefono")]]),
        ],
        link: Some("https://novita.example.it/1?x=\"".to_owned()),
        published: Some("2026-11-20T08:00:00Z".parse().unwrap()),
        starts: None,
        expires: None,
        lang: "it".to_owned(),
        source: "Comune di Busto Arsizio".to_owned(),
        picture: (name % 3 == 2).then(|| (ItemId::from_bytes([20; 8]), "La piazza illuminata".to_owned())),
        pinned: name == 20,
        scope: Scope::All,
    }
}

/// The surroundings of a sample.
pub(in crate::portal) fn scene<'a>(config: &'a Config, board: &'a Board) -> Scene<'a> {
    Scene {
        config,
        network: &config.networks[0],
        board,
        now: now(),
        access: Access::Captive,
        uplink: true,
    }
}

fn session(lang: Lang, day: Option<bool>) -> SessionWords {
    let text = crate::portal::text::Text(lang);
    SessionWords {
        left: text.duration(7_500),
        until: "00:00".to_owned(),
        used: text.bytes(12_400_000),
        down: text.rate(plan().down),
        up: text.rate(plan().up),
        day: day.map(|used_up| (text.of(2_100_000_000, 2_000_000_000), used_up)),
        token: "cafe".to_owned(),
    }
}

/// Every view in one language, rendered, with a name for messages and files.
pub(in crate::portal) fn rendered(lang: Lang) -> Vec<(String, String)> {
    let (config, board, empty) = (config(), board(), Board::default());
    let scene = scene(&config, &board);
    let quiet = Scene {
        board: &empty,
        ..scene
    };
    let down = Scene {
        uplink: false,
        ..scene
    };
    let captive = Frame {
        crest: Some("/assets/crest?v=1"),
        ..Frame::new(scene, lang, false, "/")
    };
    let online = Frame {
        chosen: true,
        path: "/online",
        scene: Scene {
            access: Access::Online,
            ..scene
        },
        ..captive
    };
    let snippet = |self_test| {
        Some(Snippet {
            id: "a1b2c3d4e5f6g7h8i9j0k",
            nonce: "bm9uY2U=",
            self_test,
        })
    };
    let login = |frame, self_test| {
        let frame = Frame {
            snippet: snippet(self_test),
            ..frame
        };
        Login::new(frame, "cafe".to_owned(), false).render()
    };
    let again = Login::new(captive, "cafe".to_owned(), true);
    let article = |frame| Article::new(frame, &board.items[0]).render();
    let mut pages = vec![
        ("login", login(captive, false)),
        ("login-quiet", login(Frame::new(quiet, lang, false, "/"), false)),
        ("login-selftest", login(captive, true)),
        ("login-again", again.render()),
        (
            "login-down",
            Login::new(Frame::new(down, lang, false, "/"), String::new(), false).render(),
        ),
        ("online", Online::new(online, Some(session(lang, None))).render()),
        (
            "online-day",
            Online::new(online, Some(session(lang, Some(false)))).render(),
        ),
        (
            "online-slow",
            Online::new(online, Some(session(lang, Some(true)))).render(),
        ),
        ("online-exempt", Online::new(online, None).render()),
        (
            "online-down",
            Online::new(
                Frame {
                    scene: Scene {
                        access: Access::Online,
                        ..down
                    },
                    ..online
                },
                Some(session(lang, None)),
            )
            .render(),
        ),
        ("news", News::new(captive).render()),
        (
            "news-none",
            News::new(Frame::new(quiet, lang, false, "/news")).render(),
        ),
        ("article", article(captive)),
        ("article-online", article(online)),
        ("article-down", article(Frame::new(down, lang, false, "/"))),
        ("terms", Document::terms(online).render()),
        ("privacy", Document::privacy(captive).render()),
        ("accessibility", Document::accessibility(captive).render()),
        ("venue", Venue::new(captive).render()),
    ];
    pages.extend(Kind::ALL.iter().map(|kind| {
        (
            kind.title(),
            Notice {
                frame: captive,
                kind: *kind,
            }
            .render(),
        )
    }));
    pages
        .into_iter()
        .map(|(name, page)| (format!("{name} ({})", lang.code()), page.unwrap()))
        .collect()
}
