//! Who gets in: first set-up, login, second factor, sessions that were stolen, forms of other sites.

use portico::accounts::TotpSecret;
use portico::model::{Permission, Role};

use crate::Answer;
use crate::people::{Browser, House, PASSWORD, proof};

const SESSION: &str = "portico";
/// Every form, by the page it stands on.
const FORMS: [(&str, &str); 6] = [
    ("/account", "/account/password"),
    ("/account", "/account/factor/end"),
    ("/account", "/account/sessions/end"),
    ("/login/enrol", "/login/enrol"),
    ("/login/second", "/login/second"),
    ("/account", "/logout"),
];

fn leads_to(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.header("location").unwrap_or_default())
}

/// What every form of those above has as fields.
const FIELDS: [(&str, &str); 6] = [
    ("old", PASSWORD),
    ("new", "gufo ombrello lavagna"),
    ("again", "gufo ombrello lavagna"),
    ("password", PASSWORD),
    ("key", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"),
    ("code", "000000"),
];

#[tokio::test]
async fn the_first_set_up_makes_an_admin_who_is_in_and_gets_out() {
    let house = House::open().await;
    let mut browser = house.browser();
    assert_eq!(leads_to(&browser.get("/").await), (303, "/login"));
    let empty = browser.get("/login").await;
    assert!(empty.body.contains("There is no user yet"), "{}", empty.body);
    assert_eq!(browser.get("/setup").await.status, 403);
    assert_eq!(
        browser
            .get(&format!("/setup?token={}", "0".repeat(64)))
            .await
            .status,
        403
    );

    let token = house.offer_setup().reveal();
    let page = format!("/setup?token={token}");
    assert_eq!(browser.get(&page).await.status, 200);
    let filled = |name: &'static str, password: &'static str, again: &'static str| {
        vec![("name", name), ("password", password), ("again", again)]
    };
    for (fields, words) in [
        (filled("Anna!", PASSWORD, PASSWORD), "lower-case letters"),
        (filled("anna", PASSWORD, "another"), "not the same"),
        (filled("anna", "short", "short"), "at least 12"),
        (filled("anna", "password2026", "password2026"), "tried first"),
    ] {
        let fields = [&[("token", token.as_str())][..], &fields].concat();
        let answer = browser.fill(&page, "/setup", &fields).await;
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains(words), "{}", answer.body);
        assert!(
            !answer.body.contains("password2026") && !answer.body.contains(PASSWORD),
            "never shown again"
        );
    }
    let good = [
        &[("token", token.as_str())][..],
        &filled("anna", PASSWORD, PASSWORD),
    ]
    .concat();
    let mut other = browser.clone();
    assert_eq!(leads_to(&browser.fill(&page, "/setup", &good).await), (303, "/"));
    assert_eq!(other.post("/setup", &good).await.status, 422, "without its proof");
    let late = other.fill("/login", "/setup", &good).await;
    assert_eq!(late.status, 403, "once");

    let account = browser.get("/account").await;
    assert!(
        account.status == 200 && account.body.contains("administrator"),
        "{}",
        account.body
    );
    let stolen = browser.clone();
    assert_eq!(
        leads_to(&browser.fill("/account", "/logout", &[]).await),
        (303, "/login")
    );
    assert_eq!(browser.cookies.get(SESSION), None);
    assert_eq!(
        leads_to(&stolen.clone().get("/account").await),
        (303, "/login?ended")
    );
    let told = stolen.clone().get("/login?ended").await;
    assert!(told.body.contains("Your session has ended"), "{}", told.body);
    assert_eq!(
        house.noted(),
        [
            "user anna first-setup",
            "nobody first-setup-refused",
            "user anna logout"
        ]
    );
}

#[tokio::test]
async fn whoever_is_refused_sees_the_same_whatever_was_wrong() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    house.add("bruno", Role::Admin, None).await;
    house.add("carla", Role::Admin, None).await;
    let mut store = house.accounts.store().await;
    store
        .set_role(&"bruno".parse().unwrap(), None, Some(true))
        .await
        .unwrap();
    drop(store);
    let seen = async |name: &str, password: &str| {
        let mut browser = house.browser();
        let answer = browser.log_in(name, password).await;
        let proof = proof(&answer);
        let body = answer
            .body
            .replace(&proof, "")
            .replace(&format!("value=\"{name}\""), "");
        let head: Vec<&str> = answer
            .head
            .lines()
            .filter(|line| !line.starts_with("date"))
            .collect();
        assert!(!browser.cookies.contains_key(SESSION));
        (answer.status, head.len(), body.len(), body)
    };
    let wrong = seen("anna", "not this one").await;
    assert_eq!(wrong.0, 403);
    assert_eq!(seen("nobody", PASSWORD).await, wrong);
    assert_eq!(seen("bruno", PASSWORD).await, wrong, "who may not enter");
    assert_eq!(seen("Not a Name", PASSWORD).await, wrong);
    let noted = house.noted();
    assert_eq!(noted[0], "nobody login-refused anna");
    assert_eq!(
        noted[3], "nobody login-refused not a name",
        "it may be a password"
    );
}

#[tokio::test]
async fn too_many_tries_wait() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser();
    for _ in 0..6 {
        assert_eq!(browser.log_in("anna", "not this one").await.status, 403);
    }
    let answer = browser.log_in("anna", PASSWORD).await;
    assert_eq!(answer.status, 429);
    assert!(
        answer.body.contains("Too many tries. Try again in"),
        "{}",
        answer.body
    );
    assert_eq!(house.noted().last().unwrap(), "nobody login-too-many anna");
    for _ in 0..60 {
        assert_eq!(browser.log_in("anna", PASSWORD).await.status, 429);
    }
    let noted = house.noted();
    assert_eq!(noted.len(), 41, "whoever keeps on fills no disk");
    assert_eq!(noted[40], "portico refused-uncounted", "and that is told");
    house.pass(30);
    assert_eq!(leads_to(&browser.log_in("anna", PASSWORD).await), (303, "/"));
}

#[tokio::test]
async fn nobody_passes_a_door_without_a_whole_login() {
    let house = House::open().await;
    let secret = TotpSecret::random().unwrap();
    house.add("anna", Role::Admin, Some(&secret)).await;
    let mut half = house.browser();
    assert_eq!(
        leads_to(&half.log_in("anna", PASSWORD).await),
        (303, "/login/second")
    );
    for (page, path) in FORMS {
        let mut stranger = house.browser();
        stranger.get("/login").await;
        if path != "/login/second" {
            assert_eq!(
                leads_to(&half.clone().get("/account").await),
                (303, "/login/second")
            );
        }
        if path != "/logout" && path != "/login/second" {
            assert_eq!(
                leads_to(&half.clone().get(page).await),
                (303, "/login/second"),
                "{page}"
            );
            let answer = half.clone().fill("/login/second", path, &FIELDS).await;
            assert_eq!(leads_to(&answer), (303, "/login/second"), "{path}");
        }
        assert_eq!(leads_to(&stranger.get(page).await), (303, "/login"), "{page}");
        let answer = stranger.fill("/login", path, &FIELDS).await;
        assert_eq!(leads_to(&answer), (303, "/login"), "{path}");
    }
    let user = house
        .accounts
        .store()
        .await
        .user(&"anna".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(user.totp, Some(secret));
}

#[tokio::test]
async fn every_role_has_the_screens_it_may_see_and_no_others() {
    let house = House::open().await;
    for role in Role::ALL {
        house.add(role.code(), role, None).await;
        let mut browser = house.browser_of(role.code()).await;
        assert_eq!(browser.get("/account").await.status, 200, "{role}");
        let screens = [
            ("/now", Permission::SeeStatus),
            ("/stations", Permission::SeeStations),
            ("/networks", Permission::SeeStatus),
            ("/page", Permission::EditPage),
            ("/figures", Permission::SeeFigures),
            ("/settings", Permission::SeeSettings),
            ("/users", Permission::ManageUsers),
            ("/audit", Permission::ReadAudit),
        ];
        for (path, needed) in screens {
            let wanted = match (path, role) {
                // Who may take figures away and not look at charts is led on to the exports.
                ("/figures", Role::Auditor) => 303,
                _ if role.may(needed) => 200,
                _ => 403,
            };
            let answer = browser.get(path).await;
            assert_eq!(answer.status, wanted, "{role} at {path}: {}", answer.body);
        }
        assert_eq!(browser.get("/nowhere").await.status, 404);
    }
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let before = house.accounts.store().await.users().await.unwrap();
    let mut browser = house.browser_of("anna").await;
    let mut eve = house.browser();
    let foreign = proof(&eve.get("/login").await);
    for (page, path) in FORMS.into_iter().filter(|(_, path)| *path != "/login/second") {
        let own = proof(&browser.get(page).await);
        assert_eq!(own.len(), 64, "{page}");
        for (given, site) in [
            ("", Some("same-origin")),
            (foreign.as_str(), Some("same-origin")),
            (own.as_str(), Some("cross-site")),
            (own.as_str(), Some("same-site")),
            (foreign.as_str(), None),
        ] {
            let mut forged = browser.elsewhere(site);
            let answer = forged
                .post(path, &[&[("form", given)], &FIELDS[..]].concat())
                .await;
            assert_eq!(answer.status, 403, "{path} {site:?}");
        }
    }
    assert_eq!(house.accounts.store().await.users().await.unwrap(), before);
    assert_eq!(browser.get("/account").await.status, 200, "not even logged out");
    // A login that another site causes would put somebody into the attacker's account.
    let mut visitor = house.browser();
    let own = proof(&visitor.get("/login").await);
    let login = [("form", own.as_str()), ("name", "anna"), ("password", PASSWORD)];
    let mut forged = visitor.elsewhere(Some("cross-site"));
    assert_eq!(forged.post("/login", &login).await.status, 403);
    assert_eq!(visitor.post("/login", &login[1..]).await.status, 422);
    assert_eq!(leads_to(&visitor.post("/login", &login).await), (303, "/"));
}

#[tokio::test]
async fn a_stolen_or_planted_session_is_worth_nothing_for_long() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    // Planted before the login, it is not taken over.
    let mut browser = house.browser();
    browser.cookies.insert(SESSION.to_owned(), "ab".repeat(32));
    let answer = browser.log_in("anna", PASSWORD).await;
    assert_eq!(leads_to(&answer), (303, "/"));
    let token = browser.cookies[SESSION].clone();
    assert_ne!(token, "ab".repeat(32));
    // Almost right, or what is in the store, opens nothing.
    let last = if token.ends_with('0') { "1" } else { "0" };
    let database = std::fs::read(house.folder.path().join("users.db-wal")).unwrap();
    let stored = house
        .accounts
        .store()
        .await
        .sessions(&"anna".parse().unwrap())
        .await
        .unwrap();
    let stored = portico::accounts::hex(&stored[0].id.0);
    for wrong in [
        format!("{}{last}", &token[..63]),
        stored,
        String::new(),
        "x".repeat(64),
    ] {
        let mut thief = house.browser();
        thief.cookies.insert(SESSION.to_owned(), wrong);
        let answer = thief.get("/account").await;
        let (status, path) = leads_to(&answer);
        assert!(status == 303 && path.starts_with("/login"), "{path}");
    }
    let text = String::from_utf8_lossy(&database).into_owned();
    assert!(!text.contains(&token) && !text.contains(PASSWORD));

    // Its owner sees it and ends it.
    let mut thief = browser.clone();
    let mut owner = house.browser_of("anna").await;
    let page = owner.get("/account").await;
    let id = page.body.split("name=\"session\" value=\"").nth(1).unwrap();
    let id = id.split('"').next().unwrap().to_owned();
    assert_eq!(thief.get("/account").await.status, 200);
    let ended = owner
        .fill("/account", "/account/sessions/end", &[("session", &id)])
        .await;
    assert!(
        ended.status == 200 && ended.body.contains("Ended."),
        "{}",
        ended.body
    );
    assert_eq!(leads_to(&thief.get("/account").await), (303, "/login?ended"));
    // Silence ends it too.
    house.pass(31 * 60);
    assert_eq!(leads_to(&owner.get("/account").await), (303, "/login?ended"));
}

/// What stands between two pieces of a page.
fn between<'a>(page: &'a Answer, before: &str, after: char) -> Vec<&'a str> {
    let pieces = page.body.split(before).skip(1);
    pieces.map(|rest| rest.split(after).next().unwrap()).collect()
}

/// Sets a second factor up by the page; the app's secret and the recovery codes.
async fn enrol(house: &House, browser: &mut Browser<'_>) -> (TotpSecret, Vec<String>) {
    let page = browser.get("/login/enrol").await;
    assert!(
        page.body.contains("<path d=\"M4 4h1v1h-1z"),
        "the corner of a QR code"
    );
    let key = between(&page, "name=\"key\" value=\"", '"')[0];
    let secret = TotpSecret::from_base32(key).unwrap();
    let code = secret.code(house.now());
    let fields = |password| [("key", key), ("code", code.as_str()), ("password", password)];
    let (path, wrong) = ("/login/enrol", fields("not this one"));
    let refused = browser.fill(path, path, &wrong).await;
    assert!(refused.status == 403 && refused.body.contains("Your password is not right"));
    let before = browser.cookies[SESSION].clone();
    let done = browser.fill(path, path, &fields(PASSWORD)).await;
    assert_eq!(done.status, 200);
    assert_ne!(browser.cookies[SESSION], before);
    let codes = between(&done, "<li><code>", '<');
    assert_eq!(codes.len(), 10);
    let codes = codes.into_iter().map(str::to_owned).collect();
    (secret, codes)
}

/// A login with this as its second step.
async fn second(house: &House, code: &str) -> u16 {
    let mut half = house.browser();
    let first = half.log_in("anna", PASSWORD).await;
    assert_eq!(leads_to(&first), (303, "/login/second"));
    let path = "/login/second";
    half.fill(path, path, &[("code", code)]).await.status
}

#[tokio::test]
async fn a_second_factor_is_set_up_and_used() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser_of("anna").await;
    let (secret, codes) = enrol(&house, &mut browser).await;
    let page = browser.get("/account").await;
    assert!(page.body.contains("10 recovery codes are left"));
    let used = secret.code(house.now());
    assert_eq!(second(&house, &used).await, 403, "taken at the set-up");
    house.pass(30);
    let fresh = secret.code(house.now());
    assert_eq!(second(&house, &fresh).await, 303);
    assert_eq!(second(&house, &codes[2]).await, 303);
    assert_eq!(second(&house, &codes[2]).await, 403, "once");
    let page = browser.get("/account").await;
    assert!(page.body.contains("9 recovery codes are left"));
}

#[tokio::test]
async fn a_second_factor_is_taken_away_where_the_role_does_not_ask_for_it() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser_of("anna").await;
    enrol(&house, &mut browser).await;
    house.accounts.ask_second_factor_of(&[Role::Operator]);
    let end = [("password", PASSWORD)];
    let refused = browser.fill("/account", "/account/factor/end", &end).await;
    assert_eq!(refused.status, 403);
    house.accounts.ask_second_factor_of(&[]);
    let wrong = [("password", "not this one")];
    let refused = browser.fill("/account", "/account/factor/end", &wrong).await;
    assert_eq!(refused.status, 403);
    let ended = browser.fill("/account", "/account/factor/end", &end).await;
    assert!(
        ended.status == 200 && ended.body.contains("taken away"),
        "{}",
        ended.body
    );
    house.accounts.ask_second_factor_of(&[Role::Operator]);
    let mut browser = house.browser();
    let first = browser.log_in("anna", PASSWORD).await;
    assert_eq!(leads_to(&first), (303, "/login/enrol"));
    let page = browser.get("/login/enrol").await;
    assert!(page.body.contains("Users of your role need"));
}

#[tokio::test]
async fn where_a_second_factor_becomes_a_must_nobody_goes_on_without_one() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut browser = house.browser_of("anna").await;
    assert_eq!(browser.get("/now").await.status, 200);
    house.accounts.ask_second_factor_of(&[Role::Admin]);
    for path in ["/now", "/users", "/account"] {
        assert_eq!(
            leads_to(&browser.get(path).await),
            (303, "/login/enrol"),
            "{path}"
        );
    }
    enrol(&house, &mut browser).await;
    assert_eq!(browser.get("/now").await.status, 200);
    // Nor does an admin take their own away.
    let own = [("act", "factor"), ("own", PASSWORD)];
    let refused = browser.fill("/users/user/anna", "/users/user/anna", &own).await;
    assert!(refused.status >= 400, "{}", refused.status);
    assert!(
        browser
            .get("/account")
            .await
            .body
            .contains("recovery codes are left")
    );
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let house = House::open().await;
    house.add("anna", Role::Auditor, None).await;
    let (mut here, mut there) = (house.browser_of("anna").await, house.browser_of("anna").await);
    let change = [
        ("old", "not this one"),
        ("new", "gufo ombrello lavagna"),
        ("again", "gufo ombrello lavagna"),
    ];
    assert_eq!(
        here.fill("/account", "/account/password", &change).await.status,
        403
    );
    let change = [&[("old", PASSWORD)], &change[1..]].concat();
    let done = here.fill("/account", "/account/password", &change).await;
    assert!(
        done.status == 200 && done.body.contains("The password is changed"),
        "{}",
        done.body
    );
    assert_eq!(leads_to(&there.get("/account").await), (303, "/login?ended"));
    assert_eq!(house.browser().log_in("anna", PASSWORD).await.status, 403);
    assert_eq!(
        house
            .browser()
            .log_in("anna", "gufo ombrello lavagna")
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn a_changed_time_zone_is_in_force_at_once() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let before = anna.get("/account").await.body;
    assert_eq!(anna.get("/account").await.body, before, "the clock stands still");
    let mut config = crate::config(house.folder.path(), "");
    config.gateway.time_zone = portico::model::TimeZone::named("Pacific/Auckland").unwrap();
    house
        .office
        .dashboard
        .reconfigure(&std::sync::Arc::new(config))
        .unwrap();
    assert_ne!(anna.get("/account").await.body, before);
}
