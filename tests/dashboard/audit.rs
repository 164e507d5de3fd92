//! The audit log on screen: who may read it, what is found in it, and that it says where its chain breaks.

use std::path::Path;

use portico::app::audit::{FILE, record};
use portico::model::Role;
use portico::model::audit::{Action, More, Origin, Who};

use crate::people::House;

/// Puts a line into the log.
fn note(folder: &Path, name: &str, did: &'static str, what: &str) {
    let action = Action {
        who: Who::User(name.to_owned()),
        from: Origin::Address("192.0.2.7".parse().unwrap()),
        did,
        what: what.to_owned(),
        more: More::new(),
    };
    record(folder, &action).unwrap();
}

/// What stands in the column "to what", in order.
fn whats(body: &str) -> Vec<&str> {
    let rows = body.split("<tr").skip(2);
    rows.filter_map(|row| row.split("<bdi>").nth(2)?.split("</bdi>").next())
        .collect()
}

#[tokio::test]
async fn the_log_is_read_by_those_who_may() {
    let house = House::open().await;
    for (name, role) in [
        ("anna", Role::Admin),
        ("olga", Role::Operator),
        ("enzo", Role::Editor),
        ("aldo", Role::Auditor),
    ] {
        house.add(name, role, None).await;
    }
    for (name, status) in [("anna", 200), ("aldo", 200), ("olga", 403), ("enzo", 403)] {
        let answer = house.browser_of(name).await.get("/audit").await;
        assert_eq!(answer.status, status, "{name}");
        assert_eq!(answer.body.contains("Nothing has been recorded"), status == 200);
    }
    assert_eq!(house.browser().get("/audit").await.status, 303);
    let noted = house.noted();
    assert!(
        noted.contains(&"user olga refused ReadAudit".to_owned()),
        "{noted:?}"
    );
}

#[tokio::test]
async fn entries_are_found_by_person_deed_day_and_text() {
    let house = House::open().await;
    house.add("aldo", Role::Auditor, None).await;
    let folder = house.folder.path();
    for number in 1..=60 {
        note(folder, "anna", "export", &format!("usage {number}"));
    }
    note(folder, "bruno", "logout", "<script>alert(1)</script>");
    let mut browser = house.browser_of("aldo").await;

    let newest = browser.get("/audit").await.body;
    let expected: Vec<String> = (12..=60).rev().map(|number| format!("usage {number}")).collect();
    assert_eq!(whats(&newest)[1..], expected);
    assert!(newest.contains("&#60;script&#62;") && !newest.contains("<script>alert"));
    assert!(newest.contains("The log is whole: 61 entries.") && newest.contains("61 entries</p>"));
    assert!(newest.contains("Older") && !newest.contains("Newer"));
    let older = browser.get("/audit?before=12").await.body;
    assert_eq!(whats(&older).len(), 11);
    assert!(!older.contains("Older") && older.contains("href=\"/audit\">Newer"));

    for (query, count) in [
        ("who=user+anna", "60 entries"),
        ("who=bruno", "One entry"),
        ("did=logout", "One entry"),
        ("did=login", "0 entries"),
        ("text=USAGE+7", "One entry"),
        ("text=192.0.2.7&who=anna&did=export", "60 entries"),
        ("from=2000-01-01&to=2000-01-02", "0 entries"),
        ("from=2000-01-01", "61 entries"),
        ("before=nonsense", "61 entries"),
    ] {
        let answer = browser.get(&format!("/audit?{query}")).await;
        assert_eq!(answer.status, 200, "{query}");
        assert!(answer.body.contains(&format!("{count}</p>")), "{query}");
    }
    let by_name = browser.get("/audit?who=bruno").await.body;
    assert!(
        by_name.contains("<option value=\"bruno\" selected>"),
        "the form says what is filtered"
    );
    for (query, field) in [
        ("from=31.10.2026&text=kept", "from"),
        ("to=2026-02-30", "to"),
        ("from=2026-11-02&to=2026-11-01", "to"),
    ] {
        let answer = browser.get(&format!("/audit?{query}")).await;
        assert_eq!(answer.status, 422, "{query}");
        let marked = format!("aria-invalid=\"true\" aria-describedby=\"{field}-wrong\"");
        assert!(answer.body.contains(&marked), "{query}");
        assert_eq!(answer.body.matches("aria-invalid").count(), 1);
        assert_eq!(answer.body.contains("value=\"kept\""), query.contains("kept"));
    }
}

#[tokio::test]
async fn where_the_chain_breaks_is_told_first_and_at_its_line() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let log = house.folder.path().join(FILE);
    for what in ["one", "two", "three"] {
        note(house.folder.path(), "anna", "export", what);
    }
    let mut browser = house.browser_of("anna").await;
    let whole = browser.get("/audit").await.body;
    assert!(whole.contains("The log is whole: 3 entries.") && whole.contains("Head of the chain"));
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, text.replace("two", "six")).unwrap();
    let broken = browser.get("/audit").await.body;
    assert!(broken.contains("The log is not whole.") && broken.contains("Line 2 does not follow"));
    assert!(!broken.contains("Head of the chain"));
    let row = broken.split("<tr").find(|row| row.contains(">six<")).unwrap();
    assert!(row.contains("The chain breaks here."), "{row}");
    assert_eq!(broken.matches("The chain breaks here.").count(), 1);
    let first = text.lines().next().unwrap();
    std::fs::write(&log, format!("{first}\n")).unwrap();
    let cut = browser.get("/audit").await.body;
    assert!(
        cut.contains("Line 2 is missing: the end of the log was cut off."),
        "{cut}"
    );
}
