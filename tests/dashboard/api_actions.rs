//! What programs do by the API: settings, news and notices, exports.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use portico::accounts::{Permission, SCOPES};
use portico::model::{Board, FedLine, Role};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::Answer;
use crate::api::{ask, body, get, problem, token};
use crate::figures;
use crate::people::{House, SETTINGS};

/// A house and an admin's token for everything.
pub(crate) async fn house() -> (House, String) {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let secret = token(&house, "anna", SCOPES).await;
    (house, secret)
}

pub(crate) async fn post(house: &House, secret: &str, path: &str, sent: &Value) -> Answer {
    let sent = sent.to_string();
    let what = format!("POST /api/v1{path}");
    ask(house, &what, secret, Some(("application/json", &sent))).await
}

async fn put(house: &House, secret: &str, path: &str, sent: &Value) -> Answer {
    let sent = sent.to_string();
    let what = format!("PUT /api/v1{path}");
    ask(house, &what, secret, Some(("application/json", &sent))).await
}

async fn patch(house: &House, secret: &str, path: &str, sent: &Value) -> Answer {
    let sent = sent.to_string();
    let what = format!("PATCH /api/v1{path}");
    ask(house, &what, secret, Some(("application/json", &sent))).await
}

async fn delete(house: &House, secret: &str, path: &str) -> u16 {
    ask(house, &format!("DELETE /api/v1{path}"), secret, None)
        .await
        .status
}

fn text(house: &House) -> String {
    fs::read_to_string(&house.file).unwrap()
}

#[tokio::test]
async fn settings_are_read_checked_applied_confirmed_and_undone() {
    let (house, secret) = house().await;
    let told = body(&get(&house, "/settings", &secret).await);
    assert_eq!(
        (&told["text"], &told["waiting"], &told["by_hand"]),
        (&json!(SETTINGS), &Value::Null, &Value::Null)
    );
    let base = &told["digest"];
    let change = json!({"do": "set", "place": "portal.http_port", "value": 8081});
    let add = json!({"do": "add", "place": "network.0.schedule", "entry": {"name": "market", "days": ["thu"], "down": "1 Mbit/s"}});
    let wish = json!({"base": base, "changes": [change, add]});
    let checked = body(&post(&house, &secret, "/settings/check", &wish).await);
    let lines = checked["difference"].to_string();
    assert!(
        lines.contains("http_port = 8081") && lines.contains("\"gone\"") && lines.contains("market"),
        "{checked}"
    );
    assert_eq!(text(&house), SETTINGS, "nothing is changed");
    for (wish, status, field) in [
        (json!({"base": base}), 422, Some("text")),
        (
            json!({"base": base, "text": "", "changes": []}),
            422,
            Some("text"),
        ),
        (json!({"base": "another", "changes": []}), 409, None),
        (
            json!({"base": base, "changes": [{"do": "unset", "place": "a b"}]}),
            422,
            Some("changes"),
        ),
        (
            json!({"base": base, "changes": [{"do": "remove", "place": "network.7"}]}),
            422,
            Some("changes"),
        ),
    ] {
        let refused = post(&house, &secret, "/settings/apply", &wish).await;
        let (found, _, place) = problem(&refused);
        assert_eq!((found, place.as_deref()), (status, field), "{wish}");
    }
    let wrong = json!({"base": base, "changes": [{"do": "set", "place": "portal.http_port", "value": 80}]});
    let refused = post(&house, &secret, "/settings/apply", &wrong).await;
    assert_eq!(problem(&refused).0, 422);
    assert_eq!(body(&refused)["mistakes"][0]["place"], json!("portal.http_port"));

    let applied = post(&house, &secret, "/settings/apply", &wish).await;
    assert_eq!(applied.header("connection"), Some("close"));
    assert!(body(&applied)["until"].is_string(), "{applied:?}");
    assert!(
        !applied.body.contains("\"id\""),
        "told over the new settings alone"
    );
    let settings = body(&get(&house, "/settings", &secret).await);
    assert_eq!(
        (&settings["waiting"]["who"], settings["waiting"].get("id")),
        (&json!("token anna/t0"), None)
    );
    let id = body(&get(&house, "/settings/waiting", &secret).await)["id"].clone();
    let busy = post(
        &house,
        &secret,
        "/settings/apply",
        &json!({"base": settings["digest"], "text": SETTINGS}),
    )
    .await;
    assert_eq!(problem(&busy).0, 409);
    let word = json!({"id": id});
    assert_eq!(post(&house, &secret, "/settings/undo", &word).await.status, 204);
    assert_eq!(text(&house), SETTINGS);
    assert_eq!(
        problem(&post(&house, &secret, "/settings/confirm", &word).await).0,
        409
    );
    assert_eq!(get(&house, "/settings/waiting", &secret).await.status, 404);

    let whole = SETTINGS.replace("8080", "8082");
    let wish = json!({"base": base, "text": whole});
    assert_eq!(post(&house, &secret, "/settings/apply", &wish).await.status, 200);
    let id = body(&get(&house, "/settings/waiting", &secret).await)["id"].clone();
    let confirmed = post(&house, &secret, "/settings/confirm", &json!({"id": id})).await;
    assert_eq!((confirmed.status, text(&house)), (204, whole));
    let noted = house.noted();
    for line in [
        "token anna/t0 settings-change portal.http_port network.0.schedule",
        "token anna/t0 settings-undone portal.http_port network.0.schedule",
        "token anna/t0 settings-confirmed the whole file",
    ] {
        assert!(noted.contains(&line.to_owned()), "{line}: {noted:?}");
    }
}

#[tokio::test]
async fn lines_by_hand_are_applied_by_no_program_that_has_not_seen_them() {
    let (house, secret) = house().await;
    fs::write(&house.file, SETTINGS.replace("eth0", "eth7")).unwrap();
    let told = body(&get(&house, "/settings", &secret).await);
    assert!(
        told["by_hand"]["difference"].to_string().contains("eth7"),
        "{told}"
    );
    let mut wish = json!({"base": told["digest"], "changes": []});
    let unseen = post(&house, &secret, "/settings/apply", &wish).await;
    assert_eq!(problem(&unseen).0, 409);
    wish["seen"] = told["by_hand"]["seen"].clone();
    assert_eq!(post(&house, &secret, "/settings/apply", &wish).await.status, 200);
    let id = body(&get(&house, "/settings/waiting", &secret).await)["id"].clone();
    assert_eq!(
        post(&house, &secret, "/settings/undo", &json!({"id": id}))
            .await
            .status,
        204
    );
    assert_eq!(text(&house), SETTINGS, "what was in force");
}

#[tokio::test]
async fn news_and_notices_are_published_and_taken_back() {
    let (house, secret) = house().await;
    let notice = json!({"text": "Strada chiusa", "color": "orange", "networks": ["piazza"], "until": "2099-01-01T00:00:00Z"});
    let made = post(&house, &secret, "/notices", &notice).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = body(&made);
    assert_eq!(body(&get(&house, "/notices", &secret).await), json!([made]));
    assert_eq!((&made["color"], &made["lang"]), (&json!("orange"), &json!("it")));
    let news = json!({"title": "Mercato", "text": "Ogni giovedì.", "pinned": true});
    let piece = body(&post(&house, &secret, "/news", &news).await);
    assert_eq!(
        (&piece["title"], &piece["pinned"]),
        (&json!("Mercato"), &json!(true))
    );
    let long = "x".repeat(141);
    for (path, wish, field) in [
        ("/notices", json!({"text": long, "color": "red"}), "text"),
        ("/notices", json!({"text": "x", "color": "pink"}), "color"),
        (
            "/notices",
            json!({"text": "x", "color": "red", "until": "2001-01-01T00:00:00Z"}),
            "until",
        ),
        (
            "/notices",
            json!({"text": "x", "color": "red", "networks": ["nowhere"]}),
            "networks",
        ),
        (
            "/news",
            json!({"title": "x", "text": "y", "link": "javascript:x"}),
            "link",
        ),
    ] {
        let refused = post(&house, &secret, path, &wish).await;
        assert_eq!(problem(&refused).2.as_deref(), Some(field), "{wish}");
    }
    let (notice, piece) = (made["id"].as_str().unwrap(), piece["id"].as_str().unwrap());
    assert_eq!(
        delete(&house, &secret, &format!("/news/{notice}")).await,
        404,
        "no news"
    );
    let lock = fs::File::open(house.folder.path().join("news/local.lock")).unwrap();
    lock.lock().unwrap();
    for path in [format!("/notices/{notice}"), format!("/news/{piece}")] {
        assert_eq!(delete(&house, &secret, &path).await, 409, "somebody else writes");
    }
    let document = body(&get(&house, "/openapi.json", "").await);
    for path in ["/api/v1/notices/{item}", "/api/v1/news/{item}"] {
        let answers = &document["paths"][path]["delete"]["responses"];
        assert!(answers.get("409").is_some(), "{path}: {answers}");
    }
    drop(lock);
    assert_eq!(delete(&house, &secret, &format!("/notices/{notice}")).await, 204);
    assert_eq!(delete(&house, &secret, &format!("/notices/{notice}")).await, 404);
    assert_eq!(delete(&house, &secret, &format!("/news/{piece}")).await, 204);
    assert_eq!(body(&get(&house, "/news", &secret).await), json!([]));
    assert_eq!(
        house.noted(),
        [
            format!("token anna/t0 notice-add {notice}"),
            format!("token anna/t0 news-add {piece}"),
            format!("token anna/t0 notice-withdraw {notice}"),
            format!("token anna/t0 news-withdraw {piece}"),
        ]
    );
}

#[tokio::test]
async fn news_and_notices_are_published_anew_in_their_places() {
    let (house, secret) = house().await;
    let news = json!({"title": "Mercato", "text": "Ogni giovedì.", "from": "2098-01-01T00:00:00Z"});
    let piece = body(&post(&house, &secret, "/news", &news).await);
    assert_eq!(piece["from"], "2098-01-01T00:00:00Z");
    let path = format!("/news/{}", piece["id"].as_str().unwrap());
    let wish = json!({"title": "Mercato spostato", "text": "Ogni venerdì.", "pinned": true});
    let changed = put(&house, &secret, &path, &wish).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let changed = body(&changed);
    assert_eq!(
        [
            &changed["id"],
            &changed["title"],
            &changed["pinned"],
            &changed["from"]
        ],
        [
            &piece["id"],
            &json!("Mercato spostato"),
            &json!(true),
            &Value::Null
        ]
    );
    assert_eq!(body(&get(&house, &path, &secret).await), changed);
    assert_eq!(body(&get(&house, "/news", &secret).await), json!([changed]));
    let notice = json!({"text": "Strada chiusa", "color": "orange"});
    let notice = body(&post(&house, &secret, "/notices", &notice).await);
    let place = format!("/notices/{}", notice["id"].as_str().unwrap());
    let open = json!({"text": "Strada aperta", "color": "green"});
    assert_eq!(body(&put(&house, &secret, &place, &open).await)["color"], "green");
    assert_eq!(body(&get(&house, &place, &secret).await)["text"], "Strada aperta");
    // One is not the other, nobody's is nobody's, and what is wrong is named as here.
    let elsewhere = place.replace("notices", "news");
    assert_eq!(get(&house, &elsewhere, &secret).await.status, 404);
    assert_eq!(put(&house, &secret, &elsewhere, &wish).await.status, 404);
    let nobody = "/news/0000000000000000";
    assert_eq!(put(&house, &secret, nobody, &wish).await.status, 404);
    let untitled = put(&house, &secret, &path, &json!({"title": "", "text": "x"})).await;
    assert_eq!(problem(&untitled).2.as_deref(), Some("title"));
    let noted = house.noted();
    for did in ["news-change", "notice-change"] {
        assert_eq!(
            noted.iter().filter(|line| line.contains(did)).count(),
            1,
            "{noted:?}"
        );
    }
}

#[tokio::test]
async fn what_feeds_bring_is_hidden_shown_again_and_put_first() {
    let (house, secret) = house().await;
    let ids = ["00000000000000aa", "00000000000000bb"];
    let line = |text: &str, is_notice| FedLine {
        text: text.to_owned(),
        is_notice,
    };
    let fed = [
        (ids[0], line("Concerto", false)),
        (ids[1], line("Temporali", true)),
    ];
    *house.office.board.lock().unwrap() = Arc::new(Board {
        fed: fed.map(|(id, line)| (id.parse().unwrap(), line)).into(),
        ..Board::default()
    });
    let told = body(&get(&house, "/feeds/items", &secret).await);
    let expected = json!([
        {"id": ids[0], "piece": "news", "line": "Concerto", "source": "", "pinned": false, "hidden": false},
        {"id": ids[1], "piece": "notice", "line": "Temporali", "source": "", "pinned": false, "hidden": false},
    ]);
    assert_eq!(told, expected);
    let (concert, storms) = (
        format!("/feeds/items/{}", ids[0]),
        format!("/feeds/items/{}", ids[1]),
    );
    for (path, wish, field) in [
        (&concert, json!({"hidden": true}), "hidden"),
        (&concert, json!({"hidden": true}), "hidden"),
        (&concert, json!({"pinned": true}), "pinned"),
        (&storms, json!({"hidden": true}), "hidden"),
    ] {
        let answer = patch(&house, &secret, path, &wish).await;
        assert_eq!(
            (answer.status, &body(&answer)[field]),
            (200, &json!(true)),
            "{wish}"
        );
    }
    let shown = patch(
        &house,
        &secret,
        &concert,
        &json!({"hidden": false, "pinned": false}),
    )
    .await;
    assert_eq!(body(&shown), expected[0]);
    let refused = patch(&house, &secret, &storms, &json!({"pinned": true})).await;
    assert_eq!(problem(&refused).2.as_deref(), Some("pinned"));
    let nobody = "/feeds/items/0000000000000000";
    assert_eq!(
        patch(&house, &secret, nobody, &json!({"hidden": true}))
            .await
            .status,
        404
    );
    assert_eq!(
        house.noted(),
        [
            format!("token anna/t0 news-withdraw {}", ids[0]),
            format!("token anna/t0 news-pin {}", ids[0]),
            format!("token anna/t0 notice-withdraw {}", ids[1]),
            format!("token anna/t0 news-restore {}", ids[0]),
            format!("token anna/t0 news-unpin {}", ids[0]),
        ]
    );
}

#[tokio::test]
async fn an_export_is_begun_fetched_and_is_its_owners_alone() {
    let house = figures::house().await;
    let secret = token(&house, "anna", SCOPES).await;
    house.add("bruno", Role::Auditor, None).await;
    let other = token(&house, "bruno", [Permission::Export]).await;
    for (wish, field) in [
        (
            json!({"what": "usage", "format": "csv", "from": "yesterday"}),
            "from",
        ),
        (
            json!({"what": "usage", "format": "csv", "network": "nowhere"}),
            "network",
        ),
        (json!({"what": "page", "format": "csv"}), "format"),
        (json!({"what": "people", "format": "csv"}), "what"),
    ] {
        let refused = post(&house, &secret, "/exports", &wish).await;
        assert_eq!(problem(&refused).2.as_deref(), Some(field), "{wish}");
    }
    let begun = post(
        &house,
        &secret,
        "/exports",
        &json!({"what": "usage", "format": "csv", "from": "2026-10-01", "to": "2026-10-31", "by": "day"}),
    )
    .await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let id = body(&begun)["id"].as_str().unwrap().to_owned();
    let path = format!("/exports/{id}");
    let mut told = Value::Null;
    for _ in 0..200 {
        told = body(&get(&house, &path, &secret).await);
        if told["state"] == "done" || told["state"] == "failed" {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(told["state"], "done", "{told}");
    let name = told["files"][0]["name"].as_str().unwrap();
    let file = format!("{path}/files/{name}");
    for path in [&path, &file] {
        assert_eq!(get(&house, path, &other).await.status, 404, "another's: {path}");
    }
    assert_eq!(body(&get(&house, "/exports", &other).await), json!([]));
    let fetched = get(&house, &file, &secret).await;
    assert_eq!(
        (fetched.status, fetched.header("content-type")),
        (200, Some("application/octet-stream"))
    );
    assert_eq!(told["files"][0]["bytes"], json!(fetched.body.len()));
    assert_eq!(
        get(&house, &file, &secret).await.body,
        fetched.body,
        "a download that broke off is begun again"
    );
    assert_eq!(delete(&house, &secret, &path).await, 204);
    assert_eq!(get(&house, &path, &secret).await.status, 404);
    let log = fs::read_to_string(house.folder.path().join("audit.jsonl")).unwrap();
    assert!(log.contains("token anna/t0") && log.contains("usage"), "{log}");
}
