//! Tokens of the API: how long they are good, who guesses them, and whose they are.

use std::collections::BTreeSet;

use portico::accounts::{Permission, SCOPES};
use portico::model::Role;
use serde_json::{Value, json};

use crate::api::{ask, body, get, problem, token};
use crate::people::{House, PASSWORD};

#[tokio::test]
async fn a_token_is_good_as_long_as_it_and_its_owner_are() {
    let house = House::open().await;
    house.add("root", Role::Admin, None).await;
    house.add("anna", Role::Admin, None).await;
    let scopes = [Permission::SeeStatus, Permission::ManageUsers];
    let (first, second) = (
        token(&house, "anna", scopes).await,
        token(&house, "anna", scopes).await,
    );
    let status = async |secret: &str, path: &str| get(&house, path, secret).await.status;
    let set_role = async |role: Option<Role>, disabled: Option<bool>| {
        let anna = "anna".parse().unwrap();
        assert!(
            house
                .accounts
                .store()
                .await
                .set_role(&anna, role, disabled)
                .await
                .unwrap()
        );
    };
    assert_eq!(status(&first, "/users").await, 200);
    set_role(Some(Role::Operator), None).await;
    assert_eq!(
        (status(&first, "/users").await, status(&first, "/status").await),
        (403, 200)
    );
    set_role(None, Some(true)).await;
    assert_eq!(status(&first, "/status").await, 401, "the owner may not enter");
    set_role(Some(Role::Admin), Some(false)).await;
    assert_eq!(status(&first, "/users").await, 200);

    let own: Vec<Value> =
        serde_json::from_value(body(&get(&house, "/users/anna/tokens", &first).await)).unwrap();
    let today = house.now().strftime("%Y-%m-%d").to_string();
    assert_eq!(own[0]["used_on"].as_str(), Some(today.as_str()));
    assert_eq!(own[1]["used_on"], Value::Null);
    let name = own[0]["name"].as_str().unwrap();
    let revoked = ask(
        &house,
        &format!("DELETE /api/v1/users/anna/tokens/{name}"),
        &second,
        None,
    )
    .await;
    assert_eq!((revoked.status, revoked.body.as_str()), (204, ""));
    assert_eq!(status(&first, "/status").await, 401, "revoked");
    assert_eq!(status(&second, "/status").await, 200);
    house.pass(30 * 86_400 - 1);
    assert_eq!(status(&second, "/status").await, 200);
    house.pass(1);
    assert_eq!(status(&second, "/status").await, 401, "its time is over");
    let third = token(&house, "anna", scopes).await;
    let root = token(&house, "root", scopes).await;
    assert_eq!(
        ask(&house, "DELETE /api/v1/users/anna", &root, None).await.status,
        204
    );
    assert_eq!(status(&third, "/status").await, 401, "the owner is gone");
    let last = ask(&house, "DELETE /api/v1/users/root", &root, None).await;
    assert_eq!(problem(&last), (409, "conflict".to_owned(), None));
    let noted = house.noted();
    assert!(
        noted.contains(&format!("token anna/t1 token-revoke anna/{name}")),
        "{noted:?}"
    );
    assert!(
        noted.contains(&"token root/t0 user-remove anna".to_owned()),
        "{noted:?}"
    );
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down_and_keeps_nobody_out() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let good = token(&house, "anna", [Permission::SeeStatus]).await;
    let last = if good.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &good[..good.len() - 1]);
    let mut seen = Vec::new();
    for guess in [wrong.as_str(), "x", "portico_", &"0".repeat(64), PASSWORD]
        .iter()
        .cycle()
        .take(30)
    {
        seen.push(get(&house, "/status", guess).await);
    }
    let statuses: Vec<u16> = seen.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [vec![401; 20], vec![429; 10]].concat());
    let texts: BTreeSet<&str> = seen[..20].iter().map(|answer| answer.body.as_str()).collect();
    assert_eq!(texts.len(), 1, "nobody learns how near a guess was");
    let wait: u64 = seen[29].header("retry-after").unwrap().parse().unwrap();
    assert!((1..=11).contains(&wait), "{wait}");
    assert_eq!(
        get(&house, "/status", &good).await.status,
        200,
        "from the same place"
    );
    let refused = house
        .noted()
        .iter()
        .filter(|line| *line == "nobody token-refused")
        .count();
    assert_eq!(refused, 20);

    // One that asks too much waits, and no other.
    let other = token(&house, "anna", [Permission::SeeStatus]).await;
    let mut answer = get(&house, "/token", &good).await;
    for _ in 0..200 {
        answer = get(&house, "/token", &good).await;
    }
    assert_eq!(problem(&answer).0, 429);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(get(&house, "/token", &other).await.status, 200);
    house.pass(1);
    assert_eq!(get(&house, "/token", &good).await.status, 200);
}

#[tokio::test]
async fn a_person_makes_and_revokes_tokens_of_their_own() {
    let house = House::open().await;
    house.add("bruno", Role::Auditor, None).await;
    let mut browser = house.browser_of("bruno").await;
    let page = browser.get("/account/tokens").await;
    assert!(
        page.status == 200 && page.body.contains("You have none."),
        "{}",
        page.body
    );
    assert!(page.body.contains("value=\"read-audit\"") && !page.body.contains("value=\"manage-users\""));
    let made = [
        ("name", "reports"),
        ("scope", "export"),
        ("scope", "read-audit"),
        ("days", "30"),
        ("password", PASSWORD),
    ];
    let without = |left_out: &str| -> Vec<(&str, &str)> {
        made.into_iter().filter(|(key, _)| *key != left_out).collect()
    };
    for (fields, status, words) in [
        (without("name"), 422, "A token&#39;s name has"),
        (without("scope"), 422, "at least one thing"),
        (without("password"), 403, "Your password is not right"),
        (
            [&made[..], &[("scope", "manage-users")]].concat(),
            422,
            "does not allow what was chosen",
        ),
    ] {
        let answer = browser.fill("/account/tokens", "/account/tokens", &fields).await;
        assert_eq!(answer.status, status, "{words}");
        assert!(
            answer.body.contains(words) && answer.body.contains("aria-invalid"),
            "{}",
            answer.body
        );
    }
    assert_eq!(house.accounts.store().await.api_tokens(None).await.unwrap(), []);
    let answer = browser.fill("/account/tokens", "/account/tokens", &made).await;
    assert_eq!(answer.status, 200);
    let secret = answer
        .body
        .split("<code class=\"secret\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    let own = body(&get(&house, "/token", &secret).await);
    assert_eq!(
        (&own["owner"], &own["scopes"]),
        (&json!("bruno"), &json!(["export", "read-audit"]))
    );
    let again = browser.fill("/account/tokens", "/account/tokens", &made).await;
    assert_eq!(again.status, 409);
    assert!(!again.body.contains(&secret), "shown once");
    let database = std::fs::read(house.folder.path().join("users.db-wal")).unwrap();
    assert!(!String::from_utf8_lossy(&database).contains(&secret["portico_".len()..]));

    house.add("eve", Role::Auditor, None).await;
    let mut eve = house.browser_of("eve").await;
    eve.fill(
        "/account/tokens",
        "/account/tokens/revoke",
        &[("name", "reports")],
    )
    .await;
    assert_eq!(get(&house, "/token", &secret).await.status, 200, "not hers");
    let page = browser
        .fill(
            "/account/tokens",
            "/account/tokens/revoke",
            &[("name", "reports")],
        )
        .await;
    assert!(
        page.status == 200 && page.body.contains("opens nothing any more"),
        "{}",
        page.body
    );
    assert_eq!(get(&house, "/token", &secret).await.status, 401);
    let noted = house.noted();
    let about: Vec<&String> = noted.iter().filter(|line| line.contains("token-")).collect();
    assert_eq!(
        about[..2],
        [
            "user bruno token-add bruno/reports",
            "user bruno token-revoke bruno/reports"
        ]
    );
}

#[tokio::test]
async fn stations_are_masked_ordered_about_and_unmasked_by_a_scope_of_its_own() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    house.office.street.fill(120);
    let scopes = SCOPES.into_iter().filter(|scope| Role::Operator.may(*scope));
    let secret = token(&house, "anna", scopes).await;
    let page = get(&house, "/stations?state=granted&page=1", &secret).await;
    assert!(
        !page.body.contains("02:5e:10:d7") && !page.body.contains("10.7."),
        "{}",
        page.body
    );
    let told = body(&page);
    assert_eq!((&told["count"], &told["pages"]), (&json!(30), &json!(1)));
    let first = &told["stations"][0];
    assert_eq!(
        (&first["mac"], &first["state"]),
        (&json!("02:5e:10:··:··:00"), &json!("granted"))
    );
    let name = first["station"].as_str().unwrap();
    let whole = get(&house, &format!("/stations/{name}/addresses"), &secret).await;
    assert_eq!(
        body(&whole),
        json!({"mac": "02:5e:10:d7:00:00", "addresses": ["10.7.0.0"]})
    );
    let order = async |stations: Value, order: Value| {
        let sent = json!({"stations": stations, "order": order}).to_string();
        let sent = Some(("application/json", sent.as_str()));
        ask(&house, "POST /api/v1/stations/orders", &secret, sent).await
    };
    let done = order(json!([name, "nobody"]), json!({"do": "end"})).await;
    assert_eq!(
        body(&done)["outcomes"],
        json!([
            {"station": name, "done": true, "outcome": "done"},
            {"station": "nobody", "done": false, "outcome": "unknown-station"},
        ])
    );
    for (wrong, field) in [
        (json!({"do": "dance"}), None),
        (json!({"do": "end", "minutes": 1}), Some("minutes")),
        (json!({"do": "extend", "minutes": 0}), Some("order.minutes")),
        (json!({"do": "plan", "down": 0, "up": 1}), Some("order.down")),
        (
            json!({"do": "block", "until": "2026-12-01T00:00:00Z"}),
            Some("reason"),
        ),
    ] {
        let refused = order(json!([name]), wrong.clone()).await;
        let (status, _, found) = problem(&refused);
        assert_eq!(status, 422, "{wrong}");
        assert!(
            field.is_none_or(|field| found.as_deref() == Some(field)),
            "{wrong}: {found:?}"
        );
    }
    let nobody = order(json!([]), json!({"do": "lift"})).await;
    assert_eq!(problem(&nobody).2.as_deref(), Some("stations"));
    let now = get(&house, "/stations?state=granted", &secret).await;
    assert_eq!(body(&now)["count"], 29);
    for (query, field) in [
        ("state=online", "state"),
        ("side=1", "side"),
        ("network=A", "network"),
    ] {
        let refused = get(&house, &format!("/stations?{query}"), &secret).await;
        assert_eq!(
            problem(&refused),
            (422, "invalid".to_owned(), Some(field.to_owned()))
        );
    }
    let noted = house.noted();
    assert!(
        noted[0].starts_with("token anna/t0 station-unmask molini "),
        "{noted:?}"
    );
    assert!(
        noted[1].starts_with("token anna/t0 station-end 1 of 1: molini "),
        "{noted:?}"
    );
    assert!(!noted.iter().any(|line| line.contains("02:5e")), "{noted:?}");

    house.office.asked.lock().unwrap().is_deaf = true;
    let name = body(&get(&house, "/stations?state=granted", &secret).await)["stations"][0]["station"].clone();
    let late = order(json!([name]), json!({"do": "end"})).await;
    assert_eq!(
        body(&late)["outcomes"],
        json!([{"station": name, "done": false, "outcome": "unknown"}])
    );
    let noted = house.noted();
    let last = noted.last().unwrap();
    assert!(
        last.starts_with("token anna/t0 station-end outcome unknown, 1: piazza "),
        "{last}"
    );
}

#[tokio::test]
async fn the_audit_log_is_told_and_a_self_test_is_switched() {
    let house = House::open_with("wifi4eu_id = \"123-abc\"\n").await;
    house.add("anna", Role::Admin, None).await;
    for what in ["first", "second", "third"] {
        let action = portico::model::audit::Action {
            who: portico::model::audit::Who::User("bruno".to_owned()),
            from: portico::model::audit::Origin::Service,
            did: "export",
            what: what.to_owned(),
            more: serde_json::Map::new(),
        };
        portico::app::audit::record(house.folder.path(), &action).unwrap();
    }
    let secret = token(&house, "anna", SCOPES).await;
    let told = body(&get(&house, "/audit?who=bruno&limit=2", &secret).await);
    assert_eq!(
        (&told["entries"][0]["what"], &told["older"]),
        (&json!("third"), &json!(2))
    );
    let older = body(&get(&house, "/audit?did=export&before=2", &secret).await);
    assert_eq!(
        (&older["entries"][0]["what"], &older["older"]),
        (&json!("first"), &Value::Null)
    );
    assert_eq!(
        body(&get(&house, "/audit?who=carla", &secret).await)["entries"],
        json!([])
    );
    let chain = body(&get(&house, "/audit/chain", &secret).await);
    assert_eq!((&chain["whole"], &chain["faults"]), (&json!(true), &json!([])));
    for (query, field) in [
        ("limit=0", "limit"),
        ("from=yesterday", "from"),
        ("whom=x", "whom"),
    ] {
        let refused = get(&house, &format!("/audit?{query}"), &secret).await;
        assert_eq!(problem(&refused).2.as_deref(), Some(field));
    }
    let switch = async |network: &str, on: bool| {
        let sent = json!({"on": on}).to_string();
        let path = format!("POST /api/v1/networks/{network}/self-test");
        ask(&house, &path, &secret, Some(("application/json", &sent))).await
    };
    assert_eq!(body(&switch("piazza", true).await), json!({"seconds": 3600}));
    assert_eq!(body(&switch("piazza", false).await), json!({"seconds": 0}));
    assert_eq!(switch("nowhere", true).await.status, 404);
    assert_eq!(house.office.asked.lock().unwrap().self_tests.len(), 2);
    let noted = house.noted();
    assert_eq!(
        noted,
        [
            "token anna/t0 self-test-begin piazza",
            "token anna/t0 self-test-end piazza"
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_noted_is_not_told_and_what_the_kernel_lacks_is_not_done() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    house.office.street.fill(120);
    let scopes = SCOPES.into_iter().filter(|scope| Role::Operator.may(*scope));
    let secret = token(&house, "anna", scopes).await;
    let page = get(&house, "/stations?state=granted&page=1", &secret).await;
    let second = body(&page)["stations"][1]["station"].clone();
    let name = second.as_str().unwrap();
    house.is_full.store(true, std::sync::atomic::Ordering::Relaxed);
    let unnoted = get(&house, &format!("/stations/{name}/addresses"), &secret).await;
    assert_eq!(unnoted.status, 503);
    assert!(!unnoted.body.contains("02:5e:10:d7"), "{}", unnoted.body);
    house.is_full.store(false, std::sync::atomic::Ordering::Relaxed);
    house.office.street.inside().is_behind = true;
    let sent = json!({"stations": [second], "order": {"do": "end"}}).to_string();
    let sent = Some(("application/json", sent.as_str()));
    let behind = ask(&house, "POST /api/v1/stations/orders", &secret, sent).await;
    assert_eq!(
        body(&behind)["outcomes"],
        json!([{"station": second, "done": false, "outcome": "waiting"}])
    );
    let last = house.noted().pop().unwrap();
    assert!(last.contains("1 of 1 (1 not yet in the kernel)"), "{last}");
}
