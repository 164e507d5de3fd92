//! Works announced in the dashboard: who may, what is refused, what the calendar and the audit log then say.

use std::path::Path;

use jiff::SignedDuration;
use portico::app::audit::{self, Found};
use portico::model::audit::Filter;
use portico::model::{Role, TimeZone};
use portico::news::editor;

use crate::figures::house;
use crate::people::{Browser, House};

/// A local time so many hours from now, in the form's words and the page's.
fn local(house: &House, hours: i64) -> [String; 2] {
    let at = house.now() + SignedDuration::from_hours(hours);
    let at = at.to_zoned(TimeZone::rome().jiff().clone());
    ["%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M"].map(|form| at.strftime(form).to_string())
}

/// No other fields.
const NONE: &[(&str, &str)] = &[];

async fn remove(browser: &mut Browser<'_>) -> crate::Answer {
    let fields = [("number", "1")];
    browser
        .fill("/figures/works", "/figures/works/remove", &fields)
        .await
}

async fn announce(browser: &mut Browser<'_>, from: &str, to: &str, more: &[(&str, &str)]) -> (u16, String) {
    let fields = [
        &[("from", from), ("to", to), ("reason", "Nuovo switch")][..],
        more,
    ]
    .concat();
    let answer = browser.fill("/figures/works", "/figures/works", &fields).await;
    if answer.status == 303 {
        assert_eq!(answer.header("location"), Some("/figures/works"));
    }
    (answer.status, answer.body)
}

fn noted(folder: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut take = |found: Found<'_>| {
        let entry = found.entry;
        lines.push(format!("{} {} {}", entry.who, entry.did, entry.what));
        Ok(())
    };
    audit::read(folder, &Filter::default(), &mut take).unwrap();
    lines
}

#[tokio::test]
async fn works_are_announced_and_taken_back() {
    let house = house().await;
    let mut anna = house.browser_of("anna").await;
    let ([from, begins], [to, ends]) = (local(&house, 24), local(&house, 26));
    let fields = [("network", "piazza"), ("notice", "on")];
    assert_eq!(announce(&mut anna, &from, &to, &fields).await.0, 303);
    let page = anna.get("/figures/works").await.body;
    for words in [
        &*begins,
        &*ends,
        "Nuovo switch",
        "<td>Piazza</td>",
        "ahead",
        "Remove",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let told = |house: &House| editor::read_book(house.folder.path()).unwrap().notices.len();
    assert_eq!(told(&house), 1);
    let year = &from[..4];
    let calendar = anna
        .get(&format!("/figures/availability?at={year}-12-31&network=piazza"))
        .await
        .body;
    let shown = calendar.contains("Announced works") && calendar.contains("announced works");
    assert!(shown, "{calendar}");
    // Tomorrow may be in another year than today; it is shown in its own.
    assert!(
        calendar.contains(&begins) && calendar.contains("Nuovo switch"),
        "{calendar}"
    );

    // Others may look and no more.
    let mut olga = house.browser_of("olga").await;
    let page = olga.get("/figures/works").await;
    assert!(page.status == 200 && page.body.contains(&begins) && !page.body.contains("Remove"));
    let answer = olga
        .fill("/account", "/figures/works/remove", &[("number", "1")])
        .await;
    assert_eq!(answer.status, 403);
    for name in ["enzo", "aldo"] {
        let mut browser = house.browser_of(name).await;
        assert_eq!(browser.get("/figures/works").await.status, 403, "{name}");
    }
    // A form of another site does nothing.
    let mut stranger = anna.elsewhere(Some("cross-site"));
    let stolen = stranger
        .fill("/figures/works", "/figures/works/remove", &[("number", "1")])
        .await;
    assert_eq!(stolen.status, 403);

    house.pass(25 * 3_600);
    let mut anna = house.browser_of("anna").await;
    let page = anna.get("/figures/works").await.body;
    assert!(page.contains("running") && page.contains("End now"), "{page}");
    assert_eq!(remove(&mut anna).await.status, 303);
    assert_eq!(told(&house), 0);
    let again = remove(&mut anna).await;
    assert!(
        again.status == 422 && again.body.contains("stay in the record"),
        "{}",
        again.body
    );
    let noted = noted(house.folder.path());
    assert_eq!(noted, ["user anna works-add 1", "user anna works-end 1"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_what_was_typed_stays() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let at = |hours| local(&house, hours)[0].clone();
    assert_eq!(announce(&mut anna, &at(30), &at(40), &[]).await.0, 303);
    let long = "x".repeat(141);
    for (from, to, more, field, words) in [
        (&at(5), &at(4), NONE, "to", "not after the begin"),
        (&at(-2), &at(4), NONE, "from", "The begin is past"),
        (&at(48), &at(48 + 32 * 24), NONE, "to", "longer than 31 days"),
        (&at(400 * 24), &at(400 * 24 + 1), NONE, "from", "more than a year"),
        (
            &at(39),
            &at(41),
            &[("network", "piazza")][..],
            "from",
            "Works 1 are announced",
        ),
        (&"now".to_owned(), &at(4), NONE, "from", "Write a time"),
        (
            &at(2),
            &"2027-03-28T02:30".to_owned(),
            NONE,
            "to",
            "clocks jump over it",
        ),
        (
            &at(2),
            &at(4),
            &[("network", "mercato")][..],
            "network",
            "no such network",
        ),
        (
            &at(2),
            &at(4),
            &[("reason", long.as_str())][..],
            "reason",
            "at most 140",
        ),
    ] {
        let mut fields = vec![("from", from.as_str()), ("to", to.as_str()), ("reason", "Fibra")];
        for (name, value) in more {
            fields.retain(|(known, _)| known != name);
            fields.push((name, value));
        }
        let answer = anna.fill("/figures/works", "/figures/works", &fields).await;
        assert_eq!(answer.status, 422, "{words}");
        let complaint = format!("id=\"{field}-wrong\"");
        assert!(
            answer.body.contains(&complaint) && answer.body.contains(words),
            "{words}: {}",
            answer.body
        );
        assert!(answer.body.contains(&format!("value=\"{from}\"")), "{words}");
    }
    assert_eq!(noted(house.folder.path()), ["user anna works-add 1"]);
}

#[tokio::test]
async fn in_the_hour_that_comes_twice_it_is_asked_which_is_meant() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let twice = "2099-10-25T02:30";
    let (status, page) = announce(&mut anna, twice, twice, &[]).await;
    assert_eq!(status, 422);
    for part in [
        "id=\"from-wrong\"",
        "comes twice",
        "name=\"from_turn\"",
        "name=\"to_turn\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Now it is known, and too far ahead.
    let turns = [("from_turn", "first"), ("to_turn", "second")];
    let (status, page) = announce(&mut anna, twice, twice, &turns).await;
    assert_eq!(status, 422);
    for part in [
        "more than a year",
        "<option value=\"first\" selected>",
        "<option value=\"second\" selected>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let (_, page) = announce(
        &mut anna,
        twice,
        twice,
        &[("from_turn", "second"), ("to_turn", "first")],
    )
    .await;
    assert!(
        page.contains("not after the begin"),
        "the first comes before the second: {page}"
    );
    assert!(
        !anna.get("/figures/works").await.body.contains("from_turn"),
        "asked only where it matters"
    );
}
