//! The portal's own host: forms, pages, API.

use std::num::NonZeroU32;
use std::sync::atomic::Ordering;

use portico::core::{Note, Standing};
use portico::portal::limits::StationRates;
use portico::portal::{API_PATH, token};

use crate::lab::{HOST, Lab, Mood, STRANGER, config, granted};

#[tokio::test]
async fn one_tap_and_back() {
    let lab = Lab::open(config(None));
    let token = lab.token(2, "/").await;
    let tap = lab.post(2, "/grant", &format!("token={token}"), "").await;
    assert_eq!((tap.status, tap.header("location")), (303, "/online"));
    assert!(matches!(lab.standing(2), Some(Standing::Granted { .. })));

    let online = lab.get_with(2, HOST, "/online", "Accept-Language: en\r\n").await;
    assert_eq!(online.status, 200);
    for words in [
        "You are online",
        "13 hours",
        "00:00",
        "12.4\u{a0}MB",
        "Disconnect",
    ] {
        assert!(online.body.contains(words), "{words}: {}", online.body);
    }
    let home = lab.get(2, HOST, "/").await;
    assert_eq!((home.status, home.header("location")), (303, "/online"));

    let token = lab.token(2, "/online").await;
    let tap = lab
        .post(2, "/disconnect?lang=en", &format!("token={token}"), "")
        .await;
    assert_eq!(
        (tap.status, tap.header("location")),
        (303, "/disconnected?lang=en")
    );
    assert_eq!(lab.standing(2), Some(Standing::Captive));
    let bye = lab.get(2, HOST, "/disconnected?lang=en").await;
    assert!(bye.body.contains("href=\"/?lang=en\""), "{}", bye.body);
    let online = lab.get(2, HOST, "/online").await;
    assert_eq!((online.status, online.header("location")), (303, "/"));
}

#[tokio::test]
async fn without_a_good_token_nothing_is_granted() {
    let lab = Lab::open(config(None));
    let own = lab.token(2, "/").await;
    lab.stand(3, granted());
    let for_disconnect = lab.token(3, "/online").await;
    lab.stand(3, Standing::Captive);
    let mut changed = own.clone();
    changed.replace_range(79..80, if own.ends_with('0') { "1" } else { "0" });
    for (station, form, what) in [
        (2, String::new(), "none"),
        (2, "token=".to_owned(), "empty"),
        (2, format!("token={changed}"), "changed"),
        (3, format!("token={own}"), "another station's"),
        (3, format!("token={for_disconnect}"), "another form's"),
    ] {
        let reply = lab.post(station, "/grant", &form, "").await;
        assert_eq!(reply.status, 403, "{what}");
        assert!(
            reply.body.contains("role=\"alert\""),
            "{what}: the page again, with a word"
        );
    }
    lab.seconds.store(token::LIFETIME_S, Ordering::Relaxed);
    let late = lab.post(2, "/grant", &format!("token={own}"), "").await;
    assert_eq!(late.status, 200);
    assert!(late.body.contains("role=\"alert\""));
    assert_eq!(lab.grants(), 0);

    let fresh = crate::lab::token_of(&late.body);
    let tap = lab.post(2, "/grant", &format!("token={fresh}"), "").await;
    assert_eq!((tap.status, lab.grants()), (303, 1));
}

#[tokio::test]
async fn forms_of_other_sites_and_reads_grant_nothing() {
    let lab = Lab::open(config(None));
    let token = lab.token(2, "/").await;
    let form = format!("token={token}");
    for extra in [
        "Sec-Fetch-Site: cross-site\r\n",
        "Origin: https://evil.example\r\n",
    ] {
        assert_eq!(lab.post(2, "/grant", &form, extra).await.status, 403, "{extra}");
    }
    let read = lab.get(2, HOST, &format!("/grant?token={token}")).await;
    assert_eq!((read.status, read.header("location")), (302, "/"));
    assert_eq!(lab.post(2, "/elsewhere", &form, "").await.status, 405);
    assert_eq!(lab.grants(), 0);
}

#[tokio::test]
async fn refusals_have_their_pages() {
    let lab = Lab::open(config(None));
    let token = lab.token(2, "/").await;
    lab.world.lock().unwrap().mood = Mood::TryAgain;
    let reply = lab.post(2, "/grant", &format!("token={token}"), "").await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "3"));
    assert!(reply.body.contains("Riprova"));
    lab.world.lock().unwrap().mood = Mood::Well;

    lab.stand(2, Standing::Blocked);
    let reply = lab.post(2, "/grant", &format!("token={token}"), "").await;
    assert_eq!(reply.status, 403);
    assert!(reply.body.contains("non consentito"));
    assert_eq!(lab.get(2, HOST, "/").await.status, 403);

    let reply = lab.post(STRANGER, "/grant", &format!("token={token}"), "").await;
    assert_eq!(reply.status, 503);
    lab.stand(4, Standing::Exempt);
    let exempt = lab.get(4, HOST, "/online").await;
    assert!(exempt.body.contains("sempre abilitato") && !exempt.body.contains("<form"));
}

#[tokio::test]
async fn a_finger_that_never_rests_is_slowed_down_alone() {
    let rates = StationRates {
        forms_per_minute: NonZeroU32::new(3).unwrap(),
        ..StationRates::default()
    };
    let lab = Lab::with_rates(config(None), rates);
    for _ in 0..3 {
        assert_eq!(lab.post(2, "/grant", "token=x", "").await.status, 403);
    }
    let reply = lab.post(2, "/grant", "token=x", "").await;
    assert_eq!(reply.status, 429);
    assert!(reply.header("retry-after").parse::<u32>().unwrap() <= 21);
    let token = lab.token(3, "/").await;
    assert_eq!(
        lab.post(3, "/grant", &format!("token={token}"), "").await.status,
        303
    );
    lab.seconds.store(21, Ordering::Relaxed);
    assert_eq!(lab.post(2, "/grant", "token=x", "").await.status, 403);
}

#[tokio::test]
async fn pages_speak_the_visitors_language_and_keep_strict_headers() {
    let lab = Lab::open(config(None));
    let page = lab
        .get_with(2, HOST, "/", "Accept-Language: it;q=0.2, en-GB;q=0.9\r\n")
        .await;
    assert!(
        page.body.contains("<html lang=\"en\" dir=\"ltr\">") && page.body.contains("Connect to the Internet")
    );
    let page = lab
        .get_with(2, HOST, "/", "Accept-Language: ar-MA, fr;q=0.9, it;q=0.8\r\n")
        .await;
    assert!(page.body.contains("<html lang=\"ar\" dir=\"rtl\">") && page.body.contains("اتصل بالإنترنت"));
    let page = lab
        .get_with(2, HOST, "/?lang=it", "Accept-Language: en\r\n")
        .await;
    assert!(page.body.contains("Collegati a Internet") && page.body.contains("action=\"/grant?lang=it\""));
    assert_eq!(page.header("set-cookie"), "");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let policy = page.header("content-security-policy").to_owned();
    for part in [
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "'nonce-",
    ] {
        assert!(policy.contains(part), "{part} not in {policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    // What the Commission's script loads, and where it reports to.
    for part in [
        "img-src 'self' https://collection.wifi4eu.ec.europa.eu;",
        "' https://collection.wifi4eu.ec.europa.eu; connect-src 'self' https://collection.wifi4eu.ec.europa.eu https://wifi4eucollectorprod.azurewebsites.net;",
    ] {
        assert!(policy.contains(part), "{part} not in {policy}");
    }
    let (_, nonce) = policy.split_once("'nonce-").unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    assert!(page.body.contains(&format!("nonce=\"{nonce}\"")));
    for path in ["/terms", "/privacy", "/venue"] {
        let page = lab.get(2, HOST, path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(
            !page.header("content-security-policy").contains("script-src"),
            "{path}"
        );
    }
    let banner = lab.get(2, HOST, "/assets/wifi4eu.svg").await;
    assert_eq!(
        (banner.status, banner.header("content-type")),
        (200, "image/svg+xml")
    );
}

#[tokio::test]
async fn the_language_switch_leads_back_to_where_one_is() {
    let lab = Lab::open(config(None));
    lab.stand(3, granted());
    for (station, path, back) in [
        (2, "/", "/"),
        (2, "/terms", "/terms"),
        (2, "/news", "/news"),
        (2, "/disconnected", "/disconnected"),
        (3, "/online", "/online"),
    ] {
        let page = lab.get(station, HOST, &format!("{path}?lang=en")).await;
        assert_eq!(page.status, 200, "{path}");
        let switch = format!("<a href=\"{back}?lang=ar\" lang=\"ar\"");
        assert!(page.body.contains(&switch), "{path}: {}", page.body);
    }
    // The address of a form cannot be read.
    let refused = lab.post(2, "/grant?lang=en", "token=x", "").await;
    assert!(refused.body.contains("<a href=\"/?lang=ar\" lang=\"ar\""));
}

#[tokio::test]
async fn an_address_is_a_link_for_those_for_whom_it_opens() {
    let mut config = config(None);
    let own = "https://www.comune.example.it/condizioni";
    config.networks[0].terms_url = Some(own.to_owned());
    let lab = Lab::open(config);
    lab.stand(3, granted());
    lab.stand(4, Standing::Exempt);
    lab.stand(5, Standing::Blocked);
    for (station, opens) in [(2, false), (3, true), (4, true), (5, false), (STRANGER, false)] {
        let page = lab.get(station, HOST, "/terms").await;
        assert!(page.body.contains(own), "{station}");
        let link = format!("<a href=\"{own}\">");
        assert_eq!(page.body.contains(&link), opens, "{station}");
    }
}

#[tokio::test]
async fn the_api_tells_how_a_station_stands() {
    let lab = Lab::open(config(None));
    let ask = async |station| {
        let reply = lab
            .get_with(station, HOST, API_PATH, "Accept: text/html\r\n")
            .await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/captive+json")
        );
        assert_eq!(reply.header("cache-control"), "private, no-store");
        serde_json::from_str::<serde_json::Value>(&reply.body).unwrap()
    };
    let before = ask(2).await;
    assert_eq!(
        before,
        serde_json::json!({
            "captive": true,
            "user-portal-url": "http://wifi.comune.example.it/",
            "venue-info-url": "http://wifi.comune.example.it/venue",
            "can-extend-session": false,
        })
    );
    lab.stand(2, granted());
    let after = ask(2).await;
    assert_eq!(
        (&after["captive"], &after["seconds-remaining"]),
        (&false.into(), &46_800.into())
    );
    lab.stand(3, Standing::Exempt);
    assert_eq!(ask(3).await["captive"], false);
    lab.stand(4, Standing::Blocked);
    assert_eq!(ask(4).await["captive"], true);
    assert_eq!(ask(STRANGER).await["captive"], true);
    assert_eq!(
        lab.config.networks[0].capport_url(),
        "https://wifi.comune.example.it/captive-portal/api"
    );
}

#[tokio::test]
async fn pages_tell_that_they_were_shown_and_how_long_they_took() {
    let mut config = config(None);
    config.networks[0].wifi4eu_id = Some("kJ3Lm9Qw2Er7Ty5Ui1Op0".to_owned());
    let lab = Lab::open(config);
    let page = lab.get_with(2, HOST, "/", "Accept-Language: de\r\n").await;
    assert!(page.body.contains("sendBeacon('/measure'"), "{}", page.body);
    assert!(
        page.header("content-security-policy")
            .contains("connect-src 'self' ")
    );
    // Not shown: a redirect, a document, a page of somebody unknown.
    lab.get(2, HOST, "/online").await;
    lab.get(2, HOST, "/terms").await;
    lab.get(STRANGER, HOST, "/").await;
    let own = format!("Origin: https://{HOST}\r\n");
    let told = lab.post(2, "/measure", "734 1", &own).await;
    assert_eq!((told.status, told.body.as_str()), (204, ""));
    lab.post(2, "/measure", "tomorrow", &own).await;
    let german = "de".parse().unwrap();
    let first = Note::Loaded {
        ms: 734,
        banner: Some(true),
    };
    assert_eq!(lab.notes(), [Note::Viewed(german), first]);

    // Another site's page, a stranger, and the fifth of a minute tell nothing; what is too long is not read.
    lab.post(3, "/measure", "1 1", "Origin: https://elsewhere.example\r\n")
        .await;
    lab.post(3, "/measure", "1 1", "Sec-Fetch-Site: cross-site\r\n")
        .await;
    lab.post(STRANGER, "/measure", "1 1", &own).await;
    assert_eq!(
        lab.post(4, "/measure", &"1".repeat(8_192), &own).await.status,
        413
    );
    assert_eq!(lab.notes(), []);
    for _ in 0..9 {
        lab.post(5, "/measure", "88 0", &own).await;
    }
    assert_eq!(
        lab.notes(),
        [Note::Loaded {
            ms: 88,
            banner: Some(false)
        }; 4]
    );
}
