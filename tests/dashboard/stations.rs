//! The list of stations over HTTP, with a street full of them.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use portico::core::StationAct;
use portico::model::Role;
use tokio::time::{sleep, timeout};

use crate::Answer;
use crate::people::{Browser, House, proof};

/// Stations in the street.
const MANY: u16 = 10_000;

/// What the buttons that lead to single stations call them.
fn handles(page: &Answer) -> Vec<String> {
    let parts = page.body.split("name=\"one\" value=\"").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

/// Whether any whole address of the street stands on a page.
fn tells_an_address(page: &Answer) -> bool {
    page.body.contains("02:5e:10:d7") || page.body.contains("10.7.")
}

async fn street() -> House {
    let house = House::open().await;
    house.office.street.fill(MANY);
    house
}

async fn operator(house: &House) -> (Browser<'_>, Answer) {
    house.add("olga", Role::Operator, None).await;
    let mut browser = house.browser_of("olga").await;
    let page = browser.get("/stations").await;
    assert_eq!(page.status, 200, "{}", page.body);
    (browser, page)
}

async fn send(browser: &mut Browser<'_>, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
    let proof = proof(page);
    browser
        .post(path, &[&[("form", proof.as_str())], fields].concat())
        .await
}

#[tokio::test]
async fn ten_thousand_are_shown_fifty_at_a_time_masked_sorted_and_searched() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    assert!(page.body.contains("10000 stations"), "{}", page.body);
    assert_eq!(handles(&page).len(), 50);
    assert!(page.body.contains("02:5e:10:··:··:00") && page.body.contains("Page 1 / 200"));
    assert!(!tells_an_address(&page));

    let mut seen = BTreeMap::new();
    for number in ["1", "2", "200", "7000"] {
        let fields = [("order", "usage-up"), ("page", number)];
        let page = send(&mut browser, "/stations", &page, &fields).await;
        assert!(page.body.contains("aria-sort=\"ascending\""));
        assert!(!tells_an_address(&page));
        seen.insert(number, handles(&page));
    }
    assert_eq!(seen["200"], seen["7000"], "there are no more");
    assert!(seen["1"].iter().all(|handle| !seen["2"].contains(handle)));
    let again = send(
        &mut browser,
        "/stations",
        &page,
        &[("order", "usage-up"), ("page", "2")],
    )
    .await;
    assert_eq!(handles(&again), seen["2"]);
    let rows = send(
        &mut browser,
        "/stations/rows",
        &page,
        &[("order", "usage-up"), ("page", "2")],
    )
    .await;
    assert_eq!(handles(&rows), seen["2"]);
    assert!(!rows.body.contains("<html"), "the part alone");

    for (fields, told) in [
        (vec![("q", "02:5e:10:d7:01:02")], "One station"),
        (vec![("q", "10.7.1.2")], "One station"),
        (vec![("q", "d7:01")], ">0 stations"),
        (
            vec![("state", "blocked"), ("network", "piazza")],
            "No station is like that",
        ),
        (vec![("state", "granted")], "2500 stations"),
        (vec![("family", "windows")], ">0 stations"),
    ] {
        let page = send(&mut browser, "/stations", &page, &fields).await;
        let told = if fields[0].1 == "blocked" {
            "333 stations"
        } else {
            told
        };
        assert!(
            page.status == 200 && page.body.contains(told),
            "{fields:?}: {}",
            page.body
        );
    }
    let state = browser.get("/stations?state=granted&q=10.7.1.2").await;
    assert!(state.body.contains("2500 stations"), "a path never searches");
    let hostile = "\"><script>alert(1)</script>";
    let page = send(&mut browser, "/stations", &page, &[("q", hostile)]).await;
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    assert!(page.body.contains("&#60;script&#62;") || page.body.contains("&lt;script&gt;"));
    assert!(
        house.noted().iter().all(|line| !line.contains(" station-")
            || line == "user olga station-search a whole MAC address"
            || line == "user olga station-search an IP address"),
        "looking is not noted"
    );
}

#[tokio::test]
async fn a_search_for_a_whole_address_is_noted_without_it_and_a_page_that_asks_keeps_nobody_in() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let searches = || {
        let noted = house.noted();
        noted
            .iter()
            .filter(|line| line.contains("station-search"))
            .count()
    };
    for (typed, count) in [
        ("02:5e:10", 0),
        ("02:5e:10:d7:00:00", 1),
        ("02:5E:10:d7:00:00", 1),
        ("02:5e:10:d7:00:01", 2),
        ("10.7.0.0", 3),
    ] {
        for path in ["/stations", "/stations/rows"] {
            let fields = [("q", typed), ("self", "yes")];
            assert_eq!(send(&mut browser, path, &page, &fields).await.status, 200);
        }
        assert_eq!(searches(), count, "{typed}");
    }
    // How many an order would be about tells the same.
    for (path, typed) in [
        ("/stations/act", "02:5e:10:d7:00:03"),
        ("/stations/do", "02:5e:10:d7:00:04"),
    ] {
        let before = searches();
        let fields = [("q", typed), ("all", "1"), ("do", "end")];
        send(&mut browser, path, &page, &fields).await;
        assert_eq!(searches(), before + 1, "{path}");
    }
    assert!(
        house
            .noted()
            .iter()
            .all(|line| !line.contains("5e:10") && !line.contains("10.7"))
    );
    house.is_full.store(true, Ordering::Relaxed);
    let unnoted = send(&mut browser, "/stations", &page, &[("q", "02:5e:10:d7:00:02")]).await;
    assert_eq!(unnoted.status, 503, "nothing is told");

    for _ in 0..4 {
        house.pass(9 * 60);
        let _ = send(&mut browser, "/stations/rows", &page, &[("self", "yes")]).await;
    }
    assert_eq!(
        browser.get("/stations").await.header("location"),
        Some("/login?ended"),
        "nobody was there for half an hour"
    );
}

#[tokio::test]
async fn an_address_is_shown_to_whoever_asks_by_name_and_is_noted_without_it() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let handle = handles(&page)[0].clone();
    let station = send(&mut browser, "/stations/act", &page, &[("one", &handle)]).await;
    assert!(
        station.status == 200 && !tells_an_address(&station),
        "{}",
        station.body
    );
    let shown = send(&mut browser, "/stations/unmask", &page, &[("s", &handle)]).await;
    assert!(shown.body.contains("02:5e:10:d7:00:00") && shown.body.contains("10.7.0.0"));
    let gone = send(&mut browser, "/stations/unmask", &page, &[("s", &"0".repeat(32))]).await;
    assert!(gone.status == 422 && !tells_an_address(&gone));
    house.is_full.store(true, Ordering::Relaxed);
    let unnoted = send(&mut browser, "/stations/unmask", &page, &[("s", &handle)]).await;
    assert!(
        unnoted.status == 503 && !tells_an_address(&unnoted) && unnoted.body.contains("audit log"),
        "{}",
        unnoted.body
    );
    let noted = house.noted();
    let lines: Vec<&String> = noted.iter().filter(|line| line.contains("station")).collect();
    assert_eq!(lines.len(), 1);
    assert_eq!(
        *lines[0],
        format!("user olga station-unmask molini {}", &handle[..8])
    );
}

#[tokio::test]
async fn an_order_that_nobody_answers_is_of_unknown_outcome() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let station = handles(&page)[0].clone();
    let asked = &house.office.asked;
    asked.lock().unwrap().is_deaf = true;
    // The desk is closed with the order on it.
    let closes = async {
        for _ in 0..2_000 {
            if asked.lock().unwrap().unanswered.pop().is_some() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        panic!("no order came");
    };
    let fields = [("s", station.as_str()), ("act", "end")];
    let (told, ()) = tokio::join!(send(&mut browser, "/stations/do", &page, &fields), closes);
    assert_eq!(told.status, 503);
    assert!(told.body.contains("may have been carried out"), "{}", told.body);
    let noted = house.noted();
    assert!(
        noted
            .iter()
            .any(|line| line.contains("station-end outcome unknown, 1: ")),
        "{noted:?}"
    );
}

#[tokio::test]
async fn orders_of_one_and_of_many_are_told_for_each_and_noted() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let (online, captive) = (handles(&page)[0].clone(), handles(&page)[1].clone());
    let both = [("s", online.as_str()), ("s", captive.as_str())];
    let chosen = send(&mut browser, "/stations/act", &page, &both).await;
    assert!(chosen.body.contains("Several stations") && !tells_an_address(&chosen));
    assert!(!chosen.body.contains("Lift the order"), "neither has one");

    let none = send(&mut browser, "/stations/act", &page, &[]).await;
    assert!(none.status == 422 && none.body.contains("Choose at least one"));
    for (fields, marked) in [
        (vec![("act", "block"), ("reason", "")], "block-reason"),
        (
            vec![("act", "block"), ("reason", "x"), ("until", "2001-01-01T00:00")],
            "block-until",
        ),
        (vec![("act", "extend"), ("minutes", "<i>")], "extend-minutes"),
    ] {
        let wrong = send(
            &mut browser,
            "/stations/do",
            &page,
            &[&both[..], &fields].concat(),
        )
        .await;
        assert_eq!(wrong.status, 422);
        let field = wrong.body.split(&format!("id=\"{marked}\"")).nth(1).unwrap();
        let field = field.split('>').next().unwrap();
        assert!(
            field.contains("aria-invalid=\"true\"") && !field.contains("<i"),
            "{field}"
        );
    }
    assert!(
        house.office.street.inside().acts.is_empty(),
        "nothing was ordered yet"
    );

    let fields = [&both[..], &[("act", "end")]].concat();
    let told = send(&mut browser, "/stations/do", &page, &fields).await;
    assert!(
        told.body.contains(": done") && told.body.contains("has no session"),
        "{}",
        told.body
    );
    let until = (house.now() + SignedDuration::from_hours(30)).to_zoned(jiff::tz::TimeZone::UTC);
    let until = until.strftime("%Y-%m-%dT%H:%M").to_string();
    let block = [
        ("s", captive.as_str()),
        ("act", "block"),
        ("until", &until),
        ("reason", "Loud <3"),
    ];
    let told = send(&mut browser, "/stations/do", &page, &block).await;
    assert!(told.body.contains(": done"), "{}", told.body);
    let acts = house.office.street.inside().acts.clone();
    assert_eq!(acts.len(), 3);
    let StationAct::Block { reason, .. } = &acts[2].2 else {
        panic!("{acts:?}");
    };
    assert_eq!(reason.as_str(), "Loud <3");
    let noted = house.noted();
    let (online, captive) = (&online[..8], &captive[..8]);
    assert_eq!(
        noted[noted.len() - 2],
        format!("user olga station-end 1 of 2: molini {online}, piazza {captive}")
    );
    assert_eq!(
        noted[noted.len() - 1],
        format!("user olga station-block 1 of 1: piazza {captive}")
    );
}

#[tokio::test]
async fn an_order_about_all_that_a_search_finds_is_confirmed_by_their_number_and_noted_once() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let granted = send(&mut browser, "/stations", &page, &[("state", "granted")]).await;
    assert!(
        granted.body.contains("Order for all 2500 found"),
        "{}",
        granted.body
    );
    let all = [("all", "1"), ("state", "granted"), ("q", "")];
    let chosen = send(&mut browser, "/stations/act", &page, &all).await;
    assert!(
        chosen.status == 200 && chosen.body.contains("2500 stations"),
        "{}",
        chosen.body
    );
    assert!(!tells_an_address(&chosen) && !chosen.body.contains("name=\"s\""));
    let end = [&all[..], &[("act", "end")]].concat();
    for sure in ["", "2200", "2800", "-2500", "all"] {
        let fields = [&end[..], &[("sure", sure)]].concat();
        let wrong = send(&mut browser, "/stations/do", &page, &fields).await;
        let field = wrong
            .body
            .split("id=\"end-sure\"")
            .nth(1)
            .unwrap()
            .split('>')
            .next();
        assert!(
            wrong.status == 422 && field.unwrap().contains("aria-invalid"),
            "{sure}"
        );
    }
    let given = || house.office.street.inside().acts.len();
    assert_eq!(given(), 0, "nothing was ordered yet");
    // Some have come since the page was shown.
    let end = [&end[..], &[("sure", "2490")]].concat();
    let told = send(&mut browser, "/stations/do", &page, &end).await;
    assert!(told.body.contains("2500: done"), "{}", told.body);
    assert_eq!(given(), 2_500);
    let none = send(&mut browser, "/stations/do", &page, &end).await;
    assert!(none.status == 422 && none.body.contains("Choose at least one"));
    let one = [
        ("all", "1"),
        ("q", "02:5e:10:d7:00:05"),
        ("act", "block"),
        ("reason", "Loud"),
        ("sure", "1"),
    ];
    let told = send(&mut browser, "/stations/do", &page, &one).await;
    assert!(told.body.contains("1: done"), "{}", told.body);
    let noted = house.noted();
    let lines: Vec<&String> = noted.iter().filter(|line| line.contains("station")).collect();
    assert_eq!(
        lines,
        [
            "user olga station-end 2500 of 2500: all with state granted",
            "user olga station-search a whole MAC address",
            "user olga station-block 1 of 1: all with a search",
        ]
    );
}

#[tokio::test]
async fn an_order_is_noted_though_its_browser_has_gone() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let handle = handles(&page)[0].clone();
    let street = &house.office.street;
    street.inside().is_busy = true;
    let fields = [("s", handle.as_str()), ("act", "end")];
    let given = async {
        while street.inside().waiting.is_empty() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        answer = send(&mut browser, "/stations/do", &page, &fields) => panic!("{}", answer.body),
        () = given => {}
    }
    // The connection is gone, and the dashboard has had time to see that.
    sleep(Duration::from_millis(300)).await;
    street.release();
    let noted = async {
        while !house
            .noted()
            .iter()
            .any(|line| line.contains("station-end 1 of 1"))
        {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(20), noted).await.unwrap();
}

#[tokio::test]
async fn a_reason_is_text_whatever_is_in_it() {
    let house = street().await;
    let (mut browser, page) = operator(&house).await;
    let page = send(&mut browser, "/stations", &page, &[("state", "blocked")]).await;
    let handle = handles(&page)[0].clone();
    let station = send(&mut browser, "/stations/act", &page, &[("one", &handle)]).await;
    assert!(
        !station.body.contains("<b>loud") && station.body.contains("loud"),
        "{}",
        station.body
    );
    assert!(station.body.contains("Lift the order"));
}

#[tokio::test]
async fn other_roles_and_other_sites_get_nowhere() {
    let house = street().await;
    let (mut operator, page) = operator(&house).await;
    let handle = handles(&page)[0].clone();
    let paths = [
        "/stations",
        "/stations/rows",
        "/stations/act",
        "/stations/do",
        "/stations/unmask",
    ];
    for role in [Role::Editor, Role::Auditor] {
        house.add(&role.to_string(), role, None).await;
        let mut browser = house.browser_of(&role.to_string()).await;
        let own = browser.get("/account").await;
        assert_eq!(browser.get("/stations").await.status, 403, "{role}");
        for path in paths {
            let answer = send(&mut browser, path, &own, &[("s", &handle), ("act", "end")]).await;
            assert!(
                answer.status == 403 && !tells_an_address(&answer),
                "{role} {path}"
            );
        }
    }
    let mut nobody = house.browser();
    for path in paths {
        let answer = nobody.post(path, &[("s", &handle), ("act", "end")]).await;
        assert_eq!(answer.status, 303, "{path}");
        let unproven = operator.post(path, &[("s", &handle), ("act", "end")]).await;
        assert_eq!(unproven.status, 403, "{path} without its proof");
        let mut elsewhere = operator.elsewhere(Some("cross-site"));
        let answer = send(&mut elsewhere, path, &page, &[("s", &handle), ("act", "end")]).await;
        assert_eq!(answer.status, 403, "{path} from another site");
    }
    assert!(house.office.street.inside().acts.is_empty());
}
