//! What there are several of, by forms: networks, access points and feeds come and go, and what a hand has written
//! beside them stays.

use std::fs;

use portico::model::Role;

use crate::people::SETTINGS;
use crate::settings::{decide, house_with, send, text};

#[tokio::test]
async fn networks_come_and_go_and_comments_stay() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let networks = "/settings/section/networks";
    let apply = "/settings/section/networks/apply";
    let new = [
        ("network.new.id", "mulini"),
        ("network.new.name", "Molini"),
        ("network.new.comune", "Comune"),
        ("network.new.interface", "br-mulini"),
        ("network.new.host", "molini.comune.example.it"),
    ];
    let applied = send(&mut anna, networks, apply, &new).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    decide(&mut anna, "/settings/confirm").await;
    let two = text(&house);
    assert!(
        two.starts_with(SETTINGS.trim_end_matches("# the end\n")) && two.contains("id = \"mulini\""),
        "{two}"
    );
    let gone = send(&mut anna, networks, apply, &[("remove", "network.1")]).await;
    assert_eq!(gone.status, 303, "{}", gone.body);
    assert_eq!(text(&house), SETTINGS.replace("# the end", "\n# the end"));
    assert!(
        house
            .noted()
            .contains(&"user anna settings-change network.1".to_owned()),
        "{:?}",
        house.noted()
    );
}

const POINT: [(&str, &str); 9] = [
    ("network.0.access_point.new.location", "Lato nord"),
    ("network.0.access_point.new.location_type", "Square"),
    ("network.0.access_point.new.latitude", "45.611890"),
    ("network.0.access_point.new.longitude", "8.850110"),
    ("network.0.access_point.new.placement", "outdoor"),
    ("network.0.access_point.new.brand", "Acme"),
    ("network.0.access_point.new.model", "M1"),
    ("network.0.access_point.new.serial", "S1"),
    ("network.0.access_point.new.mac", "02:00:5e:00:00:01"),
];

#[tokio::test]
async fn a_broken_access_point_is_replaced_by_form() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let (section, put) = ("/settings/section/points", "/settings/section/points/apply");
    let network = anna.get("/networks/piazza").await;
    assert!(
        network.body.contains(&format!("href=\"{section}\"")),
        "{}",
        network.body
    );
    let form = anna.get(section).await;
    assert!(form.body.contains("town hall or public office"), "{}", form.body);

    let mut few = POINT;
    few[2].1 = "45.6";
    let refused = send(&mut anna, section, put, &few).await;
    assert!(
        refused.status == 422
            && refused
                .body
                .contains("id=\"network-0-access_point-new-latitude-fault\""),
        "{}",
        refused.body
    );
    assert_eq!(send(&mut anna, section, put, &POINT).await.status, 303);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    assert!(
        text(&house).contains("[[network.access_point]]"),
        "{}",
        text(&house)
    );

    // By hand a coordinate is a number: it is shown with its digits, and left alone.
    let hand = text(&house).replace("\"45.611890\"", "45.611890 # of the north side");
    fs::write(&house.file, &hand).unwrap();
    let form = anna.get(section).await;
    assert!(form.body.contains("value=\"45.611890\""), "{}", form.body);
    let wish = [
        ("network.0.access_point.0.latitude", "45.611890"),
        ("network.0.access_point.0.serial", "S2"),
        ("network.0.access_point.0.mac", "02:00:5e:00:00:02"),
    ];
    assert_eq!(send(&mut anna, section, put, &wish).await.status, 303);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    let replaced = text(&house);
    assert!(
        replaced.contains("latitude = 45.611890 # of the north side") && replaced.contains("serial = \"S2\""),
        "{replaced}"
    );
    let gone = send(&mut anna, section, put, &[("remove", "network.0.access_point.0")]).await;
    assert_eq!(gone.status, 303, "{}", gone.body);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    assert!(!text(&house).contains("access_point"), "{}", text(&house));
}

#[tokio::test]
async fn feeds_come_and_go_by_form() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let (section, put) = ("/settings/section/news", "/settings/section/news/apply");
    let feed = |kind| {
        [
            ("news.refresh_minutes", "20"),
            ("news.feed.new.kind", kind),
            ("news.feed.new.url", "https://www.comune.example.it/feed"),
            ("news.feed.new.source", "Comune"),
        ]
    };
    let refused = send(&mut anna, section, put, &feed("allertalom")).await;
    assert!(
        refused.status == 422 && refused.body.contains("alerts are for areas"),
        "{}",
        refused.body
    );
    assert_eq!(send(&mut anna, section, put, &feed("news")).await.status, 303);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    let two = text(&house);
    assert!(
        two.contains("[[news.feed]]") && two.contains("refresh_minutes = 20") && two.contains("# the end"),
        "{two}"
    );
    let form = anna.get(section).await;
    assert!(form.body.contains("Feed 1: News"), "{}", form.body);
    let gone = send(&mut anna, section, put, &[("remove", "news.feed.0")]).await;
    assert_eq!(gone.status, 303, "{}", gone.body);
    assert_eq!(decide(&mut anna, "/settings/confirm").await.status, 200);
    assert!(!text(&house).contains("news.feed"), "{}", text(&house));
}
