//! What programs do about stations by the API: searching them, and the orders that stand.

use portico::accounts::Permission;
use portico::core::{StationLook, StationState};
use portico::model::{StationOrder, Treatment};
use serde_json::{Value, json};

use crate::api::{ask, body, get, problem, token};
use crate::api_actions::{house, post};
use crate::people::House;

async fn found(house: &House, secret: &str, wish: Value) -> Value {
    let answer = post(house, secret, "/stations/search", &wish).await;
    assert_eq!(answer.status, 200, "{wish}: {answer:?}");
    body(&answer)
}

fn searches(house: &House) -> Vec<String> {
    let noted = house.noted().into_iter();
    noted.filter(|line| line.contains("station-search")).collect()
}

#[tokio::test]
async fn stations_are_searched_as_on_the_screen_and_whole_addresses_are_noted() {
    let (house, secret) = house().await;
    house.office.street.fill(120);
    for (wish, count) in [
        (json!({}), 120),
        (json!({"q": "02:5e"}), 120),
        (json!({"state": "granted", "network": "molini"}), 10),
        (json!({"family": "apple"}), 0),
        (json!({"family": "android", "network": "nowhere"}), 0),
    ] {
        assert_eq!(
            found(&house, &secret, wish.clone()).await["count"],
            count,
            "{wish}"
        );
    }
    assert_eq!(searches(&house), [""; 0], "nobody is found by these");
    for (wish, kind) in [
        (json!({"q": " 02-5E-10-D7-00-07 "}), "a whole MAC address"),
        (json!({"q": "10.7.0.7"}), "an IP address"),
        (json!({"q": "10.7.0.7"}), "an IP address"),
    ] {
        let told = found(&house, &secret, wish.clone()).await;
        assert_eq!((&told["count"], &told["pages"]), (&json!(1), &json!(1)), "{wish}");
        assert!(told["stations"][0]["mac"].as_str().unwrap().ends_with(":07"));
        assert!(!told.to_string().contains("d7:00:07"), "masked: {told}");
        let last = searches(&house).pop().unwrap();
        assert_eq!(last, format!("token anna/t0 station-search {kind}"));
    }
    assert_eq!(searches(&house).len(), 2, "the same again is not noted again");

    let wish = json!({"order": {"by": "usage", "down": true}, "page": 2});
    let told = found(&house, &secret, wish).await;
    let bytes = |place: usize| told["stations"][place]["bytes_down"].as_u64().unwrap();
    assert_eq!((bytes(0), bytes(1)), (69_000_000, 68_000_000));
    let wish = json!({"order": {"by": "usage"}, "page": 900});
    let told = found(&house, &secret, wish).await;
    assert_eq!((&told["page"], &told["pages"]), (&json!(3), &json!(3)));

    let long = "x".repeat(65);
    for (wish, field) in [
        (json!({"q": long}), "q"),
        (json!({"q": 7}), "q"),
        (json!({"page": 0}), "page"),
        (json!({"network": "No"}), "network"),
        (json!({"state": "gone"}), "state"),
        (json!({"order": {"by": "luck"}}), "order.by"),
        (json!({"order": {}}), "by"),
        (json!({"mac": "x"}), "mac"),
    ] {
        let refused = post(&house, &secret, "/stations/search", &wish).await;
        let expected = (422, "invalid".to_owned(), Some(field.to_owned()));
        assert_eq!(problem(&refused), expected, "{wish}");
    }
    // What cannot be noted is not searched for.
    house.is_full.store(true, std::sync::atomic::Ordering::Relaxed);
    let wish = json!({"q": "10.7.0.8"});
    assert_eq!(post(&house, &secret, "/stations/search", &wish).await.status, 503);
    let other = token(&house, "anna", [Permission::ActOnStations]).await;
    assert_eq!(
        problem(&post(&house, &other, "/stations/search", &json!({})).await).0,
        403
    );
}

#[tokio::test]
async fn orders_are_listed_and_those_of_a_network_that_is_gone_too() {
    let (house, secret) = house().await;
    house.office.street.fill(120);
    let sample = house.office.street.looks()[0].clone();
    let order = StationOrder {
        network: "mercato".parse().unwrap(),
        mac: "02:5e:10:d7:77:01".parse().unwrap(),
        treatment: Treatment::Exempt,
        since: house.now(),
        until: house.now() + jiff::SignedDuration::from_hours(1),
        reason: None,
    };
    let look = StationLook {
        network: order.network,
        mac: order.mac,
        state: StationState::Exempt,
        order: Some(order),
        ..sample
    };
    house.office.street.add(look);
    let told = body(&get(&house, "/stations/orders", &secret).await);
    assert_eq!(
        (&told["count"], &told["pages"], &told["most"]),
        (&json!(7), &json!(1), &json!(4_096))
    );
    let first = &told["orders"][0];
    assert_eq!(
        (&first["network"], &first["network_is_there"]),
        (&json!("mercato"), &json!(false))
    );
    assert_eq!(
        (&first["order"]["block"], &first["order"]["reason"]),
        (&json!(false), &Value::Null)
    );
    let ends = told["orders"].as_array().unwrap().iter();
    let ends: Vec<&str> = ends.map(|one| one["order"]["until"].as_str().unwrap()).collect();
    assert!(ends.is_sorted(), "{ends:?}");
    assert!(!told.to_string().contains("d7:77"), "masked: {told}");
    let of_piazza = body(&get(&house, "/stations/orders?network=piazza&page=9", &secret).await);
    let of_gone = body(&get(&house, "/stations/orders?network=mercato", &secret).await);
    assert_eq!((&of_gone["count"], &of_piazza["page"]), (&json!(1), &json!(1)));
    assert!(
        of_piazza["orders"]
            .to_string()
            .contains("A <b>loud</b> neighbour")
    );

    // By its name it is lifted like any other; on the screen it stands with a word about its network.
    let station = &first["station"];
    let lift = json!({"stations": [station], "order": {"do": "lift"}});
    assert_eq!(post(&house, &secret, "/stations/orders", &lift).await.status, 200);
    let last = house.office.street.inside().acts.pop().unwrap();
    assert_eq!(last.0.as_str(), "mercato");
    let mut browser = house.browser_of("anna").await;
    let page = browser.get("/stations?state=exempt").await;
    assert!(page.body.contains("mercato (not in the settings)"), "{page:?}");

    for (path, field) in [
        ("?page=0", "page"),
        ("?network=No", "network"),
        ("?state=blocked", "state"),
    ] {
        let refused = get(&house, &format!("/stations/orders{path}"), &secret).await;
        let expected = (422, "invalid".to_owned(), Some(field.to_owned()));
        assert_eq!(problem(&refused), expected, "{path}");
    }
    let other = token(&house, "anna", [Permission::SeeStatus]).await;
    let refused = ask(&house, "GET /api/v1/stations/orders", &other, None).await;
    assert_eq!(problem(&refused).0, 403);
}
