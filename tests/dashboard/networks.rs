//! `/networks` and the self-test, over HTTP.

use portico::model::Role;

use crate::people::House;

#[tokio::test]
async fn a_network_tells_how_it_stands_and_what_the_programme_asks() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser_of("anna").await;
    let list = browser.get("/networks").await;
    assert_eq!(list.status, 200);
    assert!(
        list.body.contains("<a href=\"/networks/piazza\">Piazza</a>"),
        "{}",
        list.body
    );
    assert!(list.body.contains("something is urgent"));
    let page = browser.get("/networks/piazza").await;
    assert_eq!(page.status, 200);
    for said in [
        "<h1>Piazza</h1>",
        "A line of at least 30 Mbit/s",
        "has no certificate",
        "Until midnight",
        "0 different devices so far",
        "None is in the settings",
        "wifi.comune.example.it",
    ] {
        assert!(page.body.contains(said), "{said}\n{}", page.body);
    }
    for path in ["/networks/nowhere", "/networks/Piazza%20", "/networks/"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_self_test_is_switched_and_noted() {
    let house = House::open_with("wifi4eu_id = \"abc\"\n").await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser_of("anna").await;
    let path = "/networks/piazza/self-test";
    let ended = browser.fill("/networks/piazza", path, &[("test", "off")]).await;
    assert!(
        ended.status == 200 && ended.body.contains("The self-test is over"),
        "{}",
        ended.body
    );
    assert!(ended.body.contains("It is off."));
    let begun = browser.fill("/networks/piazza", path, &[("test", "on")]).await;
    assert!(
        begun.status == 200 && begun.body.contains("It is on until"),
        "{}",
        begun.body
    );
    assert!(begun.body.contains("counts nobody meanwhile"));
    let switched = house.office.asked.lock().unwrap().self_tests.clone();
    let id = "piazza".parse().unwrap();
    assert_eq!(switched, [(id, false), (id, true)]);
    let noted = house.noted();
    let tests: Vec<&String> = noted.iter().filter(|line| line.contains("self-test")).collect();
    assert_eq!(
        tests,
        [
            "user anna self-test-end piazza",
            "user anna self-test-begin piazza"
        ]
    );
    // Only by a form of this page's, and only of networks that there are.
    let forged = browser.post(path, &[("form", "0"), ("test", "on")]).await;
    assert_eq!(forged.status, 403);
    let elsewhere = browser
        .elsewhere(Some("cross-site"))
        .fill("/networks/piazza", path, &[("test", "on")])
        .await;
    assert_eq!(elsewhere.status, 403);
    let missing = browser
        .fill(
            "/networks/piazza",
            "/networks/nowhere/self-test",
            &[("test", "on")],
        )
        .await;
    assert_eq!(missing.status, 404);
    assert_eq!(house.office.asked.lock().unwrap().self_tests.len(), 2);
}

#[tokio::test]
async fn without_a_snippet_there_is_nothing_to_test() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut browser = house.browser_of("anna").await;
    let page = browser.get("/networks/piazza").await;
    assert!(!page.body.contains("/networks/piazza/self-test"));
    let path = "/networks/piazza/self-test";
    let refused = browser.fill("/networks/piazza", path, &[("test", "on")]).await;
    assert!(
        refused.status == 409 && refused.body.contains("no banner to test"),
        "{}",
        refused.body
    );
    assert!(house.office.asked.lock().unwrap().self_tests.is_empty());
    // One that was begun before the identifier was taken away can be ended.
    let ended = browser.fill("/networks/piazza", path, &[("test", "off")]).await;
    assert_eq!(ended.status, 200);
}
