//! What is open before the tap, and why: everybody who writes the page sees it, administrators change it.

use portico::model::Role;

use crate::people::{House, proof};

const GARDEN: &str = "wifi4eu_id = \"a1b2\"\n[[network.garden]]\nname = \"www.example.org\"\nports = [443]\nreason = \"Wanted by the school\"\n\
                      [[network.garden]]\naddress = \"198.51.100.0/28\"\nports = [80, 443]\n";

#[tokio::test]
async fn it_is_told_what_is_open_and_why() {
    let house = House::open_with(GARDEN).await;
    house.add("edo", Role::Editor, None).await;
    let mut edo = house.browser_of("edo").await;
    let page = edo.get("/page/garden").await;
    assert_eq!(page.status, 200);
    for part in [
        "Wanted by the school",
        "198.51.100.0/28",
        "no reason written",
        "the Commission’s banner",
        "203.0.113.7",
        "www.example.org → cdn.example.net",
        "2 minutes",
        "Because of",
        "only administrators can change it",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("/settings/section/garden"));
    for (wish, told) in [
        (
            "203.0.113.7",
            "open because of www.example.org → cdn.example.net, TCP ports 443",
        ),
        (
            "198.51.100.9",
            "open because of 198.51.100.0/28 (no reason written), TCP ports 80, 443",
        ),
        ("198.51.100.16", "not open"),
        (
            "WWW.example.org.",
            "open because of www.example.org (Wanted by the school), TCP ports 443",
        ),
        (
            "cdn.example.net",
            "on the way of www.example.org → cdn.example.net",
        ),
        ("example.org", "not open"),
        ("%3Cscript%3E", "not open"),
    ] {
        let page = edo.get(&format!("/page/garden?q={wish}")).await;
        let answer = page.body.split("id=\"answer\"").nth(1).unwrap_or_default();
        let answer = answer.split("</section>").next().unwrap_or_default();
        assert!(answer.contains(&format!("Piazza: {told}<")), "{wish}: {answer}");
        assert!(!page.body.contains("<script>"), "{wish}");
    }
}

#[tokio::test]
async fn administrators_alone_open_something() {
    let house = House::open().await;
    for (name, role, changes) in [
        ("anna", Role::Admin, 200),
        ("olga", Role::Operator, 403),
        ("edo", Role::Editor, 403),
    ] {
        house.add(name, role, None).await;
        let mut browser = house.browser_of(name).await;
        let section = "/settings/section/garden";
        let page = browser.get(section).await;
        let base = page
            .body
            .split("name=\"base\" value=\"")
            .nth(1)
            .unwrap_or_default();
        let (base, form) = (
            base.split('"').next().unwrap(),
            proof(&browser.get("/account").await),
        );
        let fields = [
            ("form", form.as_str()),
            ("base", base),
            ("network.0.garden.new.name", "www.example.org"),
            ("network.0.garden.new.ports", "443\r\n8443"),
            ("network.0.garden.new.reason", "La scuola"),
        ];
        let answer = browser.post(section, &fields).await;
        assert_eq!(answer.status, changes, "{name}: {}", answer.body);
        if changes == 200 {
            for line in [
                "name = &#34;www.example.org&#34;",
                "ports = [443, 8443]",
                "reason = &#34;La scuola&#34;",
            ] {
                assert!(
                    answer.body.contains(&format!("<ins>{line}</ins>")),
                    "{line}: {}",
                    answer.body
                );
            }
            let wrong = [
                ("network.0.garden.new.name", "10.0.0.1"),
                ("network.0.garden.new.ports", "x"),
            ];
            let wrong = browser.post(section, &[&fields[..2], &wrong[..]].concat()).await;
            let none = [("network.0.garden.new.name", "www.example.org")];
            let none = browser.post(section, &[&fields[..2], &none[..]].concat()).await;
            assert!(
                none.body.contains("network-0-garden-new-ports-fault"),
                "{}",
                none.body
            );
            assert!(
                wrong.status == 422 && wrong.body.contains("network-0-garden-new-ports-fault"),
                "{}",
                wrong.body
            );
        }
    }
}
