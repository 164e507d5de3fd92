//! Users by the dashboard: the rules of the command, with the administrator's own password.

use portico::accounts::{Permission, TotpSecret};
use portico::model::Role;

use crate::api::{get, token};
use crate::people::{House, PASSWORD};

const OTHER: &str = "gufo ombrello lavagna";

async fn house() -> House {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    house
}

#[tokio::test]
async fn nobody_but_an_administrator_gets_there() {
    let house = house().await;
    for (name, role) in [
        ("olga", Role::Operator),
        ("edo", Role::Editor),
        ("aldo", Role::Auditor),
    ] {
        house.add(name, role, None).await;
        let mut browser = house.browser_of(name).await;
        assert_eq!(browser.get("/users").await.status, 403);
        assert_eq!(browser.get("/users/user/anna").await.status, 403);
        let sent = browser
            .fill("/account", "/users/user/anna", &[("act", "disable")])
            .await;
        assert_eq!(sent.status, 403, "{name}");
    }
    let mut anna = house.browser_of("anna").await;
    assert_eq!(
        anna.post("/users/user/olga", &[("form", "x"), ("act", "disable")])
            .await
            .status,
        403
    );
    assert_eq!(anna.get("/users/user/nobody").await.status, 404);
    assert_eq!(house.accounts.store().await.users().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_new_user_is_checked_and_gets_in() {
    let house = house().await;
    let mut anna = house.browser_of("anna").await;
    let good = [
        ("name", "bruno"),
        ("role", "editor"),
        ("password", OTHER),
        ("again", OTHER),
        ("own", PASSWORD),
    ];
    for (field, text, status, words) in [
        ("name", "Bruno!", 422, "id=\"name-fault\""),
        ("name", "anna", 422, "already"),
        ("role", "king", 422, "id=\"role-fault\""),
        ("password", "short", 422, "id=\"password-fault\""),
        ("own", "not mine", 403, "id=\"own-fault\""),
    ] {
        let fields = good.map(|(name, typed)| match name {
            _ if name == field => (name, text),
            "again" if field == "password" => (name, text),
            _ => (name, typed),
        });
        let answer = anna.fill("/users", "/users/add", &fields).await;
        assert_eq!(answer.status, status, "{field}");
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
        assert!(
            !answer.body.contains(OTHER) && !answer.body.contains(PASSWORD),
            "never shown again"
        );
        if field != "name" {
            assert!(answer.body.contains("value=\"bruno\""), "kept: {}", answer.body);
        }
    }
    let added = anna.fill("/users", "/users/add", &good).await;
    assert!(
        added.status == 200 && added.body.contains("/users/user/bruno"),
        "{}",
        added.body
    );
    assert_eq!(house.browser().log_in("bruno", OTHER).await.status, 303);
    assert!(
        house
            .noted()
            .contains(&"user anna user-add bruno role=editor".to_owned())
    );
}

#[tokio::test]
async fn role_password_factor_and_sessions_of_others() {
    let house = house().await;
    let secret = TotpSecret::random().unwrap();
    house.add("bruno", Role::Operator, None).await;
    house.add("carla", Role::Editor, Some(&secret)).await;
    let mut anna = house.browser_of("anna").await;
    let (page, own) = ("/users/user/bruno", ("own", PASSWORD));

    let mut bruno = house.browser_of("bruno").await;
    let seen = anna.get(page).await;
    assert!(
        seen.body.contains("Probe") && seen.body.contains("127.0.0.1"),
        "{}",
        seen.body
    );
    let refused = anna
        .fill(page, page, &[("act", "role"), ("role", "editor"), ("own", "no")])
        .await;
    assert!(
        refused.status == 403 && refused.body.contains("role-own-fault"),
        "{}",
        refused.body
    );
    assert_eq!(bruno.get("/account").await.status, 200, "nothing happened");
    let changed = anna
        .fill(page, page, &[("act", "role"), ("role", "editor"), own])
        .await;
    assert!(
        changed.status == 200 && changed.body.contains("The role is changed"),
        "{}",
        changed.body
    );
    assert_eq!(
        bruno.get("/account").await.header("location"),
        Some("/login?ended"),
        "his session ended"
    );

    let mut bruno = house.browser_of("bruno").await;
    assert_eq!(anna.fill(page, page, &[("act", "sessions")]).await.status, 200);
    assert_eq!(
        bruno.get("/account").await.header("location"),
        Some("/login?ended")
    );

    assert_eq!(anna.fill(page, page, &[("act", "disable")]).await.status, 200);
    assert_eq!(house.browser().log_in("bruno", PASSWORD).await.status, 403);
    assert_eq!(anna.fill(page, page, &[("act", "enable"), own]).await.status, 200);
    let set = [("act", "password"), ("password", OTHER), ("again", OTHER), own];
    assert_eq!(anna.fill(page, page, &set).await.status, 200);
    assert_eq!(house.browser().log_in("bruno", PASSWORD).await.status, 403);
    assert_eq!(house.browser().log_in("bruno", OTHER).await.status, 303);

    let carla = "/users/user/carla";
    assert!(anna.get(carla).await.body.contains("value=\"factor\""));
    assert_eq!(
        anna.fill(carla, carla, &[("act", "factor"), own]).await.status,
        200
    );
    let store = house.accounts.store().await.user(&"carla".parse().unwrap()).await;
    assert_eq!(store.unwrap().unwrap().totp, None);
    let gone = anna.fill(carla, carla, &[("act", "remove"), own]).await;
    assert_eq!(gone.header("location"), Some("/users"));
    assert_eq!(anna.get(carla).await.status, 404);
    let noted = house.noted();
    for line in [
        "user anna user-role bruno role=editor",
        "user anna user-sessions-end bruno",
        "user anna user-disable bruno",
        "user anna user-enable bruno",
        "user anna user-password bruno",
        "user anna user-totp-off carla",
        "user anna user-remove carla",
    ] {
        assert!(noted.contains(&line.to_owned()), "{line}: {noted:?}");
    }
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let house = house().await;
    house.add("bruno", Role::Editor, None).await;
    let mut anna = house.browser_of("anna").await;
    let (page, own) = ("/users/user/anna", ("own", PASSWORD));
    for fields in [
        vec![("act", "role"), ("role", "operator"), own],
        vec![("act", "disable")],
        vec![("act", "remove"), own],
    ] {
        let refused = anna.fill(page, page, &fields).await;
        assert_eq!(refused.status, 422, "{fields:?}");
        assert!(refused.body.contains("last administrator"), "{}", refused.body);
    }
    assert_eq!(anna.get("/users").await.status, 200, "still in");
}

#[tokio::test]
async fn tokens_of_others_are_shown_and_end_with_what_opened_them() {
    let house = house().await;
    house
        .add("bruno", Role::Operator, Some(&TotpSecret::random().unwrap()))
        .await;
    let mut anna = house.browser_of("anna").await;
    let (page, own) = ("/users/user/bruno", ("own", PASSWORD));
    let scopes = [Permission::SeeStatus];
    let secret = token(&house, "bruno", scopes).await;
    let seen = anna.get(page).await;
    assert!(
        seen.body.contains("<h3>t0</h3>") && seen.body.contains("see how"),
        "{}",
        seen.body
    );
    let revoked = anna.fill(page, page, &[("act", "token"), ("token", "t0")]).await;
    assert!(
        revoked.body.contains("opens nothing any more"),
        "{}",
        revoked.body
    );
    assert_eq!(get(&house, "/token", &secret).await.status, 401);
    let gone = anna.fill(page, page, &[("act", "token"), ("token", "t0")]).await;
    assert_eq!(gone.status, 422);
    assert!(
        house
            .noted()
            .contains(&"user anna token-revoke bruno/t0".to_owned())
    );
    for fields in [
        vec![("act", "factor"), own],
        vec![("act", "sessions")],
        vec![("act", "password"), ("password", OTHER), ("again", OTHER), own],
    ] {
        let secret = token(&house, "bruno", scopes).await;
        assert_eq!(anna.fill(page, page, &fields).await.status, 200, "{fields:?}");
        assert_eq!(get(&house, "/token", &secret).await.status, 401, "{fields:?}");
    }
    let hers = token(&house, "anna", scopes).await;
    let page = "/users/user/anna";
    let sessions = anna.fill(page, page, &[("act", "sessions")]).await;
    assert_eq!(
        (sessions.status, get(&house, "/token", &hers).await.status),
        (200, 200),
        "her own"
    );
}

#[tokio::test]
async fn a_wrong_own_password_is_noted_wherever_it_is_asked_for() {
    let house = house().await;
    house.add("bruno", Role::Editor, None).await;
    let mut anna = house.browser_of("anna").await;
    let (wrong, new) = ("not mine", [("new", OTHER), ("again", OTHER)]);
    let change = [("old", wrong), new[0], new[1]];
    let token = [
        ("name", "prom"),
        ("scope", "see-status"),
        ("days", "30"),
        ("password", wrong),
    ];
    let user = [("act", "role"), ("role", "operator"), ("own", wrong)];
    for (page, path, fields) in [
        ("/account", "/account/password", &change[..]),
        ("/account", "/account/factor/end", &[("password", wrong)]),
        ("/account/tokens", "/account/tokens", &token),
        ("/users/user/bruno", "/users/user/bruno", &user),
    ] {
        let before = house.noted().len();
        assert_eq!(anna.fill(page, path, fields).await.status, 403, "{path}");
        assert_eq!(
            house.noted()[before..],
            ["user anna own-password-refused"],
            "{path}"
        );
    }
}
