//! Tokens of the API: how long they are good, who guesses them, and whose they are.

use std::collections::BTreeSet;

use portico::accounts::Permission;
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
    let set_role = async |role: Role, disabled: bool| {
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
    set_role(Role::Operator, false).await;
    assert_eq!(
        (status(&first, "/users").await, status(&first, "/status").await),
        (403, 200)
    );
    set_role(Role::Operator, true).await;
    assert_eq!(status(&first, "/status").await, 401, "the owner may not enter");
    set_role(Role::Admin, false).await;
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
