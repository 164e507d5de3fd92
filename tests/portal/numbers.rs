//! "Il Wi-Fi in numeri" on the portal.

use std::path::Path;
use std::sync::Arc;

use portico::model::figures::{Ledger, Period};
use portico::model::{NetworkId, Recognition, TimeZone};
use portico::portal::{Numbers, NumbersText};
use portico::report::{Format, Kind, Order, PublicText, Site, Step, Tongue, public_page};

use crate::lab::{HOST, Lab, config, granted, id};
use crate::sending::{get, gunzip};
use crate::town::Town;

/// What a page may weigh, compressed: the first TCP window.
const FIRST_VIEW: usize = 14 << 10;

fn order() -> Order {
    let site = |id: NetworkId, name: &str| Site {
        id,
        name: name.to_owned(),
        comune: "Comune di Busto Arsizio".to_owned(),
        istat: None,
        ipa: None,
        wifi4eu_id: None,
        host: HOST.to_owned(),
        url: format!("https://{HOST}/"),
        recognition: Some(Recognition::Midnight),
        access_points: Vec::new(),
    };
    Order {
        kind: Kind::Page,
        format: Format::Html,
        period: Period::new("2025-11-01".parse().unwrap(), "2026-10-31".parse().unwrap()).unwrap(),
        step: Step::Month,
        sites: vec![
            site(id(), "Piazza Vittorio Emanuele II"),
            site("molini".parse().unwrap(), "Molini Marzoli"),
        ],
        is_everything: false,
        works: std::sync::Arc::default(),
        tongue: Tongue::It,
        zone: TimeZone::rome(),
        today: "2026-11-22".parse().unwrap(),
        now: "2026-11-22T10:00:00Z".parse().unwrap(),
        published_at: Some("https://dati.comune.example.it/wifi/".to_owned()),
    }
}

fn ledger() -> Box<dyn Ledger> {
    let known = Period::new("2025-06-01".parse().unwrap(), "2026-11-21".parse().unwrap()).unwrap();
    Box::new(Town::new(vec![id(), "molini".parse().unwrap()], known))
}

/// The page as the daemon makes it, of made-up figures.
pub(crate) fn numbers() -> Numbers {
    let page = public_page(&order(), &|| Ok(ledger())).unwrap();
    let text = |text: PublicText| NumbersText {
        title: text.title,
        captive: text.plain,
        online: text.linked,
    };
    Numbers {
        italian: text(page.italian),
        english: text(page.english),
        style: page.style,
    }
}

/// The same for the comune's own site.
pub(crate) fn write_standalone(path: &Path) {
    order()
        .write(&|| Ok(ledger()), path, &mut |_, _| Ok(()), &mut |_| Ok(()))
        .unwrap();
}

#[tokio::test]
async fn figures_that_are_not_published_are_nowhere() {
    let lab = Lab::open(config(None));
    let reply = lab.get(2, HOST, "/numeri").await;
    assert_eq!((reply.status, reply.header("location")), (302, "/"));
    assert!(!lab.get(2, HOST, "/").await.body.contains("/numeri"));
    *lab.numbers.lock().unwrap() = Some(Arc::new(numbers()));
    assert!(lab.get(2, HOST, "/").await.body.contains("href=\"/numeri\""));
}

#[tokio::test]
async fn the_page_is_there_before_and_after_the_tap() {
    let lab = Lab::open(config(None));
    *lab.numbers.lock().unwrap() = Some(Arc::new(numbers()));
    let licence = "href=\"https://creativecommons.org/licenses/by/4.0/\"";
    let captive = lab.get_with(2, HOST, "/numeri", "Accept-Language: it\r\n").await;
    assert_eq!(captive.status, 200);
    assert!(captive.body.contains("<h1>Il Wi-Fi in numeri</h1>") && captive.body.contains("<svg viewBox"));
    assert!(!captive.body.contains(licence), "it would not open");
    assert!(!captive.body.contains("<script"));
    let policy = captive.header("content-security-policy");
    assert_eq!(policy.matches("'sha256-").count(), 3, "{policy}");
    lab.stand(2, granted());
    let online = lab.get_with(2, HOST, "/numeri", "Accept-Language: en\r\n").await;
    assert!(online.body.contains("<h1>The Wi-Fi in numbers</h1>") && online.body.contains(licence));
    let german = lab.get_with(2, HOST, "/numeri?lang=de", "").await;
    assert!(
        german
            .body
            .contains("<div class=\"numbers\" lang=\"en\" dir=\"ltr\">")
    );

    // Kept by browsers, and light.
    let tag = format!(
        "If-None-Match: {}\r\nAccept-Language: en\r\n",
        online.header("etag")
    );
    assert_eq!(lab.get_with(2, HOST, "/numeri", &tag).await.status, 304);
    let zipped = get(
        &lab,
        "/numeri",
        "Accept-Language: it\r\nAccept-Encoding: gzip\r\n",
    )
    .await;
    assert!(zipped.body.len() < FIRST_VIEW, "{} bytes", zipped.body.len());
    assert!(gunzip(&zipped.body).contains("Il Wi-Fi in numeri"));
}
