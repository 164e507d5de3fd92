//! The API: which token opens which door, and what is told to whoever asks wrongly.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use jiff::SignedDuration;
use portico::accounts::{ApiToken, Permission, SCOPES, Scopes};
use portico::model::Role;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use crate::Answer;
use crate::people::House;

/// Every route that needs a token, and the scope that opens it.
const DOORS: [(&str, &str, Option<Permission>); 49] = [
    ("GET", "/token", None),
    ("GET", "/status", Some(Permission::SeeStatus)),
    ("GET", "/networks", Some(Permission::SeeStatus)),
    ("GET", "/networks/{network}", Some(Permission::SeeStatus)),
    ("GET", "/users", Some(Permission::ManageUsers)),
    ("GET", "/users/{user}", Some(Permission::ManageUsers)),
    ("PATCH", "/users/{user}", Some(Permission::ManageUsers)),
    ("DELETE", "/users/{user}", Some(Permission::ManageUsers)),
    ("DELETE", "/users/{user}/sessions", Some(Permission::ManageUsers)),
    ("GET", "/users/{user}/tokens", Some(Permission::ManageUsers)),
    (
        "DELETE",
        "/users/{user}/tokens/{name}",
        Some(Permission::ManageUsers),
    ),
    ("GET", "/stations", Some(Permission::SeeStations)),
    (
        "GET",
        "/stations/{station}/addresses",
        Some(Permission::UnmaskStations),
    ),
    ("POST", "/stations/orders", Some(Permission::ActOnStations)),
    ("GET", "/feeds/items", Some(Permission::EditPage)),
    ("PATCH", "/feeds/items/{item}", Some(Permission::EditPage)),
    ("GET", "/audit", Some(Permission::ReadAudit)),
    ("GET", "/audit/chain", Some(Permission::ReadAudit)),
    (
        "POST",
        "/networks/{network}/self-test",
        Some(Permission::ActOnStations),
    ),
    ("GET", "/settings", Some(Permission::SeeSettings)),
    ("GET", "/settings/waiting", Some(Permission::ChangeSettings)),
    ("POST", "/settings/check", Some(Permission::ChangeSettings)),
    ("POST", "/settings/apply", Some(Permission::ChangeSettings)),
    ("POST", "/settings/confirm", Some(Permission::ChangeSettings)),
    ("POST", "/settings/undo", Some(Permission::ChangeSettings)),
    ("GET", "/news", Some(Permission::EditPage)),
    ("POST", "/news", Some(Permission::EditPage)),
    ("GET", "/news/{item}", Some(Permission::EditPage)),
    ("PUT", "/news/{item}", Some(Permission::EditPage)),
    ("DELETE", "/news/{item}", Some(Permission::EditPage)),
    ("GET", "/notices", Some(Permission::EditPage)),
    ("POST", "/notices", Some(Permission::EditPage)),
    ("GET", "/notices/{item}", Some(Permission::EditPage)),
    ("PUT", "/notices/{item}", Some(Permission::EditPage)),
    ("DELETE", "/notices/{item}", Some(Permission::EditPage)),
    ("GET", "/exports", Some(Permission::Export)),
    ("POST", "/exports", Some(Permission::Export)),
    ("GET", "/exports/{export}", Some(Permission::Export)),
    ("DELETE", "/exports/{export}", Some(Permission::Export)),
    ("GET", "/exports/{export}/files/{file}", Some(Permission::Export)),
    ("GET", "/networks/{network}/duties", Some(Permission::SeeStatus)),
    (
        "GET",
        "/networks/{network}/access-points",
        Some(Permission::SeeStatus),
    ),
    ("GET", "/networks/{network}/garden", Some(Permission::EditPage)),
    ("GET", "/findings", Some(Permission::SeeStatus)),
    ("GET", "/works", Some(Permission::SeeFigures)),
    ("POST", "/works", Some(Permission::ChangeSettings)),
    ("DELETE", "/works/{number}", Some(Permission::ChangeSettings)),
    ("POST", "/stations/search", Some(Permission::SeeStations)),
    ("GET", "/stations/orders", Some(Permission::SeeStations)),
];
/// Longest time that everything is asked.
const PATIENCE: Duration = Duration::from_mins(3);

/// A token of a user's with these scopes, for 30 days.
pub(crate) async fn token(
    house: &House,
    owner: &str,
    scopes: impl IntoIterator<Item = Permission>,
) -> String {
    let user = house
        .accounts
        .store()
        .await
        .user(&owner.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let scopes = Scopes::new(scopes).unwrap();
    let given_before = house
        .accounts
        .store()
        .await
        .api_tokens(Some(&user.name))
        .await
        .unwrap();
    let mut names = (0..).map(|number| format!("t{number}"));
    // The first that is free.
    let name = names.find(|name| given_before.iter().all(|token| token.name.as_str() != name));
    let now = house.now();
    let life = (now, now + SignedDuration::from_hours(30 * 24));
    let name = name.unwrap().parse().unwrap();
    let (token, secret) = ApiToken::random(&user.name, name, scopes, life).unwrap();
    let mut store = house.accounts.store().await;
    assert!(store.add_api_token(&token, None).await.unwrap());
    secret
}

/// One request; `body` is its kind and the text.
pub(crate) async fn ask(house: &House, what: &str, token: &str, body: Option<(&str, &str)>) -> Answer {
    let (method, path) = what.split_once(' ').unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if !token.is_empty() {
        let _ = write!(head, "Authorization: Bearer {token}\r\n");
    }
    if let Some((kind, text)) = body {
        let length = text.len();
        let _ = write!(head, "Content-Type: {kind}\r\nContent-Length: {length}\r\n");
    }
    let mut stream = TcpStream::connect(house.office.own()).await.unwrap();
    let text = body.map_or("", |(_, text)| text);
    // Who is told that it is too much may be told before all is sent.
    let _ = stream.write_all(format!("{head}\r\n{text}").as_bytes()).await;
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    let answer = Answer::read(&text);
    assert_eq!(answer.header("set-cookie"), None, "no cookies here");
    answer
}

pub(crate) async fn get(house: &House, path: &str, token: &str) -> Answer {
    ask(house, &format!("GET /api/v1{path}"), token, None).await
}

pub(crate) fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// Status, name of the problem, field.
pub(crate) fn problem(answer: &Answer) -> (u16, String, Option<String>) {
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{answer:?}"
    );
    let told = body(answer);
    assert_eq!(told["status"], answer.status);
    let kind = told["type"]
        .as_str()
        .unwrap()
        .strip_prefix("/api/v1/problems/")
        .unwrap();
    (
        answer.status,
        kind.to_owned(),
        told["field"].as_str().map(str::to_owned),
    )
}

/// A path with names of nobody, so that nothing is done.
fn of_nobody(method: &str, path: &str) -> String {
    let path = path
        .replace("{network}", "nowhere")
        .replace("{user}", "nobody")
        .replace("{name}", "nothing")
        .replace("{station}", &"0".repeat(32))
        .replace("{item}", &"0".repeat(16))
        .replace("{export}", &"0".repeat(32))
        .replace("{file}", "nothing")
        .replace("{number}", "7");
    format!("{method} /api/v1{path}")
}

/// Whether it was let in.
async fn enters(house: &House, (method, path): (&str, &str), token: &str) -> bool {
    let sent = match path {
        "/stations/orders" => Some("{\"stations\":[\"nobody\"],\"order\":{\"do\":\"end\"}}"),
        "/stations/search" => Some("{}"),
        "/works" if method == "POST" => Some("{\"from\":\"never\"}"),
        "/networks/{network}/self-test" => Some("{\"on\":false}"),
        "/settings/check" | "/settings/apply" => Some("{\"base\":\"nothing\",\"changes\":[]}"),
        "/settings/confirm" | "/settings/undo" => Some("{\"id\":\"nothing\"}"),
        "/news" if method == "POST" => Some("{\"title\":\"\",\"text\":\"\"}"),
        "/notices" if method == "POST" => Some("{\"text\":\"\",\"color\":\"red\"}"),
        "/news/{item}" if method == "PUT" => Some("{\"title\":\"\",\"text\":\"\"}"),
        "/notices/{item}" if method == "PUT" => Some("{\"text\":\"\",\"color\":\"red\"}"),
        "/exports" if method == "POST" => Some("{\"what\":\"usage\",\"format\":\"csv\",\"from\":\"never\"}"),
        _ => (method == "PATCH").then_some("{}"),
    };
    let sent = sent.map(|text| ("application/json", text));
    let answer = ask(house, &of_nobody(method, path), token, sent).await;
    match answer.status {
        200 | 204 | 404 | 409 | 422 => true,
        401 | 403 => {
            problem(&answer);
            false
        }
        other => panic!("{method} {path}: {other} {}", answer.body),
    }
}

#[tokio::test]
async fn the_description_has_every_route_and_no_other() {
    let house = House::open().await;
    let answer = get(&house, "/openapi.json", "").await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json"))
    );
    let document = body(&answer);
    assert_eq!(document["openapi"], "3.1.0");
    let (mut described, mut open) = (BTreeSet::new(), BTreeSet::new());
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"] == json!([]) {
                open.insert(path.as_str());
                continue;
            }
            let scopes: Vec<&str> = operation["security"][0]["token"]
                .as_array()
                .unwrap()
                .iter()
                .map(|scope| scope.as_str().unwrap())
                .collect();
            described.insert((method.to_uppercase(), path.clone(), scopes.join(" ")));
            assert!(operation["responses"]["401"].is_object() && operation["responses"]["429"].is_object());
        }
    }
    let known = DOORS.map(|(method, path, scope)| {
        (
            method.to_owned(),
            format!("/api/v1{path}"),
            scope.map_or("", Permission::code).to_owned(),
        )
    });
    assert_eq!(described, BTreeSet::from(known));
    let needed: BTreeSet<Permission> = DOORS.iter().filter_map(|(_, _, scope)| *scope).collect();
    assert_eq!(
        needed,
        BTreeSet::from(SCOPES),
        "each scope opens something, and nothing needs another"
    );
    let expected = ["/api/v1/openapi.json", "/api/v1/problems/{kind}"];
    assert_eq!(open, BTreeSet::from(expected), "nobody needs a token for these");
    // What stands in the description is there: without a token it is asked for one.
    for (method, path, _) in DOORS {
        let answer = ask(&house, &of_nobody(method, path), "", None).await;
        assert_eq!(problem(&answer).0, 401, "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
    for (kind, told) in document["components"]["responses"].as_object().unwrap() {
        let explained = get(&house, &format!("/problems/{kind}"), "").await;
        let expected = &told["content"]["application/problem+json"]["example"];
        assert_eq!(&body(&explained), expected, "{kind}");
    }
    assert_eq!(get(&house, "/problems/none", "").await.status, 404);
}

#[tokio::test]
async fn a_scope_opens_its_own_doors_alone() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    for scope in SCOPES {
        let secret = token(&house, "anna", [scope]).await;
        for (method, path, needed) in DOORS {
            let expected = needed.is_none_or(|needed| needed == scope);
            assert_eq!(
                enters(&house, (method, path), &secret).await,
                expected,
                "{method} {path} with {}",
                scope.code()
            );
        }
        house
            .accounts
            .store()
            .await
            .revoke_api_token(&"anna".parse().unwrap(), &"t0".parse().unwrap())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_token_may_no_more_than_its_owners_role() {
    let house = House::open().await;
    for role in Role::ALL {
        house.add(role.code(), role, None).await;
        // As if it had been made in better times.
        let secret = token(&house, role.code(), SCOPES).await;
        for (method, path, needed) in DOORS {
            let expected = needed.is_none_or(|needed| role.may(needed));
            assert_eq!(
                enters(&house, (method, path), &secret).await,
                expected,
                "{method} {path} as {role}"
            );
        }
        let own = body(&get(&house, "/token", &secret).await);
        assert_eq!(own["owner"], role.code());
        let scopes = SCOPES.into_iter().filter(|scope| role.may(*scope));
        assert_eq!(
            own["scopes"],
            json!(scopes.map(Permission::code).collect::<Vec<_>>())
        );
    }
    let refused = house.noted();
    assert_eq!(refused[0], "token operator/t0 refused manage-users");
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_by_its_kind() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    house.add("bruno", Role::Editor, None).await;
    let secret = token(&house, "anna", SCOPES).await;
    let long = format!("{{\"role\":\"{}\"}}", "x".repeat(20_000));
    let json = "application/json";
    for (kind, text, status, name, field) in [
        ("text/plain", "{}", 415, "not-json", None),
        (json, "{", 400, "malformed", None),
        (json, "", 400, "malformed", None),
        (json, "{\"rolle\":\"admin\"}", 422, "invalid", Some("rolle")),
        (json, "{\"role\":\"root\"}", 422, "invalid", Some("role")),
        (json, "{\"disabled\":\"yes\"}", 422, "invalid", Some("disabled")),
        (json, &long, 413, "too-large", None),
    ] {
        let answer = ask(&house, "PATCH /api/v1/users/bruno", &secret, Some((kind, text))).await;
        let expected = (status, name.to_owned(), field.map(str::to_owned));
        assert_eq!(problem(&answer), expected, "{kind} {text:.40}");
    }
    let answer = ask(&house, "POST /api/v1/status", &secret, Some((json, "{}"))).await;
    assert_eq!(problem(&answer).0, 405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
    for path in [
        "/nothing",
        "/users/Not%20a%20name",
        "/users/%ff",
        "/networks/nowhere",
        "",
    ] {
        let answer = get(&house, path, &secret).await;
        assert_eq!(problem(&answer), (404, "not-found".to_owned(), None), "{path}");
    }
    // A page of elsewhere has a browser send what it keeps, which counts for nothing.
    let mut browser = house.browser_of("anna").await;
    assert_eq!(problem(&browser.get("/api/v1/users").await).0, 401);

    house.add("carla", Role::Admin, None).await;
    let patch = async |user: &str, wish: &str| {
        let path = format!("PATCH /api/v1/users/{user}");
        ask(&house, &path, &secret, Some((json, wish))).await
    };
    for gain in [
        "{\"role\":\"operator\"}",
        "{\"role\":\"auditor\",\"disabled\":true}",
        "{\"disabled\":false}",
    ] {
        let refused = patch("bruno", gain).await;
        assert_eq!(problem(&refused), (403, "forbidden".to_owned(), None), "{gain}");
    }
    assert_eq!(problem(&patch("nobody", "{\"role\":\"editor\"}").await).0, 404);
    let changed = patch("carla", "{\"role\":\"operator\"}").await;
    assert_eq!(body(&changed)["role"], json!("operator"), "{changed:?}");
    let last = patch("anna", "{\"disabled\":true}").await;
    assert_eq!(problem(&last), (409, "conflict".to_owned(), None));
    let changed = patch("bruno", "{\"role\":\"editor\",\"disabled\":true}").await;
    let told = body(&changed);
    assert_eq!(
        (&told["role"], &told["disabled"]),
        (&json!("editor"), &json!(true))
    );
    let noted = house.noted();
    assert!(noted.ends_with(&[
        "token anna/t0 user-role bruno".to_owned(),
        "token anna/t0 user-disable bruno".to_owned()
    ]));
    let networks = body(&get(&house, "/networks", &secret).await);
    assert_eq!(
        (&networks[0]["id"], &networks[0]["stations"]["granted"]),
        (&json!("piazza"), &json!(5))
    );
}

/// Asks everything that the description allows, and what it does not.
async fn schemathesis(house: &House, secret: &str, known: &str) -> (bool, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dashboard");
    let settings = std::fs::read_to_string(folder.join("schemathesis.toml")).unwrap();
    let file = house.folder.path().join("schemathesis.toml");
    std::fs::write(&file, format!("{settings}\n[parameters]\n{known}")).unwrap();
    let child = Command::new(folder.join(".venv/bin/schemathesis"))
        .arg("--config-file")
        .arg(file)
        .args([
            "run",
            "--no-color",
            "--header",
            &format!("Authorization: Bearer {secret}"),
        ])
        .arg(format!("http://{}/api/v1/openapi.json", house.office.own()))
        .current_dir(house.folder.path())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    // The limit of a token is tried elsewhere; here its time flies.
    let flying = async {
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            house.pass(5);
        }
    };
    let output = tokio::select! {
        output = timeout(PATIENCE, child) => output.unwrap(),
        () = flying => unreachable!(),
    };
    let output =
        output.unwrap_or_else(|error| panic!("schemathesis: {error}; tests/run installs what is missing"));
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

#[tokio::test]
async fn schemathesis_finds_no_answer_that_is_not_described() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    house.add("bruno", Role::Editor, None).await;
    house.add("carla", Role::Admin, None).await;
    house.office.street.fill(40);
    // What is there, and what is not; then behind closed doors.
    let known = "user = \"bruno\"\nnetwork = \"piazza\"\nname = \"t0\"\nkind = \"conflict\"\n";
    for (scopes, known) in [
        (SCOPES.to_vec(), known),
        (SCOPES.to_vec(), ""),
        (vec![Permission::SeeStatus], known),
    ] {
        let secret = token(&house, "anna", scopes).await;
        let (good, told) = schemathesis(&house, &secret, known).await;
        assert!(good, "{told}");
    }
}
