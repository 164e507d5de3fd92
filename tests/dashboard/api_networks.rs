//! What programs learn of networks by the API, and works that they announce.

use jiff::{SignedDuration, Timestamp};
use portico::accounts::{Permission, SCOPES};
use portico::model::Role;
use portico::news::editor;
use serde_json::{Value, json};

use crate::api::{ask, body, get, problem, token};
use crate::api_actions::{house, post};
use crate::people::House;

const NETWORK: &str = "wifi4eu_id = \"a1b2\"\n[[network.garden]]\nname = \"www.example.org\"\nports = [443]\nreason = \"Wanted by the school\"\n\
                       [[network.garden]]\naddress = \"198.51.100.0/28\"\nports = [80, 443]\n\
                       [[network.access_point]]\nlocation_type = \"Square\"\nlocation = \"Piazza\"\nlatitude = \"45.43713\"\n\
                       longitude = \"12.33265\"\nplacement = \"outdoor\"\nbrand = \"Brand\"\nmodel = \"One\"\nserial = \"77\"\n\
                       mac = \"02:00:5e:00:53:01\"\n";

async fn with_network() -> (House, String) {
    let house = House::open_with(NETWORK).await;
    house.add("anna", Role::Admin, None).await;
    let secret = token(&house, "anna", SCOPES).await;
    (house, secret)
}

#[tokio::test]
async fn what_is_wrong_is_told_as_on_the_screen_in_either_language() {
    let (house, secret) = with_network().await;
    house.office.look.lock().unwrap().uplink = Some(false);
    let told = body(&get(&house, "/findings", &secret).await);
    let uplink = told.as_array().unwrap().iter();
    let uplink = uplink.clone().find(|one| one["kind"] == "uplink").unwrap();
    assert_eq!(
        (&uplink["weight"], &uplink["network"]),
        (&json!("bad"), &Value::Null)
    );
    let mut browser = house.browser_of("anna").await;
    let screen = browser.get("/now").await.body;
    for words in ["what", "todo"] {
        let words = uplink[words].as_str().unwrap();
        assert!(!words.is_empty() && screen.contains(words), "{words}: {screen}");
    }
    let italian = body(&get(&house, "/findings?lang=it", &secret).await);
    assert_eq!(italian.as_array().unwrap().len(), told.as_array().unwrap().len());
    assert_ne!(italian[0]["what"], told[0]["what"]);
    let refused = get(&house, "/findings?lang=de", &secret).await;
    assert_eq!(
        problem(&refused),
        (422, "invalid".to_owned(), Some("lang".to_owned()))
    );
}

#[tokio::test]
async fn duties_access_points_and_openings_are_told_with_their_reasons() {
    let (house, secret) = with_network().await;
    let duties = body(&get(&house, "/networks/piazza/duties", &secret).await);
    let named: Vec<&str> = duties
        .as_array()
        .unwrap()
        .iter()
        .map(|duty| duty["duty"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["name", "period", "self-test", "banner", "users", "line"]);
    assert_eq!(
        (&duties[1]["state"], &duties[2]["state"]),
        (&json!("met"), &json!("broken")),
        "somebody tests the snippet"
    );
    let mut browser = house.browser_of("anna").await;
    let screen = browser.get("/networks/piazza").await.body;
    for words in [&duties[0]["what"], &duties[0]["reason"]] {
        let words = words.as_str().unwrap();
        assert!(screen.contains(words), "{words}: {screen}");
    }
    let points = body(&get(&house, "/networks/piazza/access-points", &secret).await);
    assert_eq!(
        points,
        json!([{"location": "Piazza", "location_type": "Square", "latitude": "45.437130", "longitude": "12.332650",
                "outdoor": true, "brand": "Brand", "model": "One", "serial": "77", "mac": "02:00:5e:00:53:01"}])
    );
    let garden = body(&get(&house, "/networks/piazza/garden", &secret).await);
    let configured = garden["configured"].as_array().unwrap();
    for open in [
        json!({"to": "www.example.org", "ports": [443], "why": "Wanted by the school"}),
        json!({"to": "198.51.100.0/28", "ports": [80, 443], "why": "no reason written"}),
    ] {
        assert!(configured.contains(&open), "{open}: {garden}");
    }
    let learnt = &garden["learnt"][0];
    assert_eq!(
        (&learnt["address"], &learnt["ports"][0]["port"]),
        (&json!("203.0.113.7"), &json!(443))
    );
    assert_eq!(
        learnt["because"],
        json!([{"name": "www.example.org", "aliases": ["cdn.example.net"]}])
    );
    for what in ["duties", "access-points", "garden"] {
        let missing = get(&house, &format!("/networks/nowhere/{what}"), &secret).await;
        assert_eq!(problem(&missing).0, 404, "{what}");
    }
    // An editor's token is told what is open, and no more.
    house.add("edo", Role::Editor, None).await;
    let edo = token(&house, "edo", SCOPES).await;
    for (path, status) in [("garden", 200), ("duties", 403), ("access-points", 403)] {
        let answer = get(&house, &format!("/networks/piazza/{path}"), &edo).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

/// So many hours from now, on a full minute.
fn at(house: &House, hours: i64) -> Timestamp {
    let at = house.now() + SignedDuration::from_hours(hours);
    Timestamp::from_second(at.as_second() / 60 * 60).unwrap()
}

fn wish(house: &House, from: i64, until: i64) -> Value {
    json!({"network": "piazza", "from": at(house, from), "until": at(house, until), "reason": "Nuovo switch",
           "tells_people": true})
}

#[tokio::test]
async fn works_are_announced_listed_and_taken_back() {
    let (house, secret) = house().await;
    let told = |house: &House| editor::read_book(house.folder.path()).unwrap().notices.len();
    let made = post(&house, &secret, "/works", &wish(&house, 24, 26)).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = body(&made);
    assert_eq!(
        (&made["number"], &made["state"], &made["network"]),
        (&json!(1), &json!("ahead"), &json!("piazza"))
    );
    assert_eq!(told(&house), 1);
    let everywhere = json!({"from": at(&house, 48), "until": at(&house, 49), "reason": "Linea"});
    let second = body(&post(&house, &secret, "/works", &everywhere).await);
    assert_eq!((&second["network"], told(&house)), (&Value::Null, 1));
    assert_eq!(body(&get(&house, "/works", &secret).await), json!([second, made]));

    let long = "x".repeat(141);
    for (field, value, status) in [
        ("from", json!(at(&house, -2)), 422),
        ("from", json!(at(&house, 24 * 400)), 422),
        ("until", json!(at(&house, 24)), 422),
        ("until", json!(at(&house, 24 * 40)), 422),
        ("until", json!("2099-01-01T00:00:30Z"), 422),
        ("until", json!("tomorrow"), 422),
        ("reason", json!(" "), 422),
        ("reason", json!(long), 422),
        ("network", json!("nowhere"), 422),
        ("wrong", json!(1), 422),
        ("reason", json!("Again"), 409),
    ] {
        let mut wish = wish(&house, 24, 26);
        if field == "from" && value == json!(at(&house, 24 * 400)) {
            wish["until"] = json!(at(&house, 24 * 400 + 1));
        }
        wish[field] = value;
        let refused = problem(&post(&house, &secret, "/works", &wish).await);
        let named = (status == 422).then(|| field.to_owned());
        assert_eq!((refused.0, refused.2), (status, named), "{wish}");
    }
    let path = "DELETE /api/v1/works/1";
    house.pass(25 * 3_600);
    let running = body(&get(&house, "/works", &secret).await);
    assert_eq!(running[1]["state"], "running");
    let gone = body(&ask(&house, path, &secret, None).await);
    assert_eq!(
        (&gone["removed"], &gone["works"]["number"], told(&house)),
        (&json!(false), &json!(1), 0)
    );
    assert_eq!(problem(&ask(&house, path, &secret, None).await).0, 409, "over");
    let removed = body(&ask(&house, "DELETE /api/v1/works/2", &secret, None).await);
    assert_eq!(removed["removed"], true);
    for number in ["2", "02", "0", "x", "99999999999"] {
        let missing = ask(&house, &format!("DELETE /api/v1/works/{number}"), &secret, None).await;
        assert_eq!(problem(&missing).0, 404, "{number}");
    }
    let lines = std::fs::read_to_string(house.folder.path().join("audit.jsonl")).unwrap();
    for did in ["works-add", "works-end", "works-remove"] {
        assert!(lines.contains(did) && lines.contains("anna/t0"), "{did}: {lines}");
    }
    // Who may look may not announce.
    let eyes = token(&house, "anna", [Permission::SeeFigures]).await;
    assert_eq!(get(&house, "/works", &eyes).await.status, 200);
    let wish = wish(&house, 24, 26);
    assert_eq!(problem(&post(&house, &eyes, "/works", &wish).await).0, 403);
    assert_eq!(problem(&ask(&house, path, &eyes, None).await).0, 403);
}
