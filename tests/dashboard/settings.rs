//! Settings by forms: what is wrong is marked, what will change is shown, and what nobody confirms is undone.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use portico::app::settings::{FileKeeper, InForce, LeftBehind, PATIENCE, undo_left_behind};
use portico::model::Role;
use tokio::time::sleep;

use crate::Answer;
use crate::people::{Browser, Helper, House, SETTINGS, proof};

pub(crate) const PORTAL: &str = "/settings/section/portal";
pub(crate) const APPLY: &str = "/settings/section/portal/apply";

pub(crate) fn field(page: &Answer, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after.unwrap_or_default().split('"').next().unwrap().to_owned()
}

/// Opens a section and sends its form.
pub(crate) async fn send(
    browser: &mut Browser<'_>,
    section: &str,
    to: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let page = browser.get(section).await;
    let (form, base) = (proof(&page), field(&page, "base"));
    let own = [("form", form.as_str()), ("base", base.as_str())];
    browser.post(to, &[&own[..], fields].concat()).await
}

/// Says a word about the change that waits.
pub(crate) async fn decide(browser: &mut Browser<'_>, path: &str) -> Answer {
    let page = browser.get("/settings/waiting").await;
    let (form, id) = (proof(&page), field(&page, "id"));
    browser
        .post(path, &[("form", form.as_str()), ("id", id.as_str())])
        .await
}

pub(crate) async fn house_with(name: &str, role: Role) -> House {
    let house = House::open().await;
    house.add(name, role, None).await;
    house
}

pub(crate) fn text(house: &House) -> String {
    fs::read_to_string(&house.file).unwrap()
}

#[tokio::test]
async fn each_role_sees_and_changes_what_it_may() {
    let house = house_with("anna", Role::Admin).await;
    for (name, role, sees) in [
        ("olga", Role::Operator, 200),
        ("edo", Role::Editor, 403),
        ("aldo", Role::Auditor, 403),
    ] {
        house.add(name, role, None).await;
        let mut browser = house.browser_of(name).await;
        for path in ["/settings", PORTAL, "/settings/section/networks"] {
            assert_eq!(browser.get(path).await.status, sees, "{name} {path}");
        }
        let own = proof(&browser.get("/account").await);
        for path in [PORTAL, APPLY, "/settings/confirm", "/settings/undo"] {
            let sent = browser
                .post(path, &[("form", own.as_str()), ("base", ""), ("id", "")])
                .await;
            assert_eq!(sent.status, 403, "{name} {path}");
        }
    }
    let mut operator = house.browser_of("olga").await;
    let page = operator.get(PORTAL).await;
    assert!(
        page.body.contains("<fieldset class=\"card\" disabled>"),
        "{}",
        page.body
    );
    let mut admin = house.browser_of("anna").await;
    for section in [
        "gateway",
        "networks",
        "plans",
        "garden",
        "guards",
        "portal",
        "tls",
        "management",
        "figures",
        "register",
    ] {
        let page = admin.get(&format!("/settings/section/{section}")).await;
        assert!(
            page.status == 200 && page.body.contains("<button>"),
            "{section}: {}",
            page.body
        );
    }
    assert_eq!(admin.get("/settings/section/nothing").await.status, 404);
    for path in [PORTAL, APPLY, "/settings/confirm", "/settings/undo"] {
        let sent = admin.post(path, &[("form", "of another"), ("id", "x")]).await;
        assert_eq!(sent.status, 403, "{path}: a form of nobody's");
    }
    assert_eq!(text(&house), SETTINGS);
}

#[tokio::test]
async fn what_is_wrong_is_marked_and_what_was_typed_is_kept() {
    let house = house_with("anna", Role::Admin).await;
    let mut browser = house.browser_of("anna").await;
    let answer = send(
        &mut browser,
        PORTAL,
        PORTAL,
        &[("portal.http_port", "80"), ("portal.dns_port", "many")],
    )
    .await;
    assert_eq!(answer.status, 422);
    for part in [
        "value=\"80\"",
        "value=\"many\"",
        "aria-describedby=\"portal-http_port-help portal-http_port-fault\" aria-invalid=\"true\"",
        "80 is a privileged port",
        "a whole number is wanted here",
        "href=\"#portal-dns_port\"",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
    assert_eq!(answer.body.matches("aria-invalid").count(), 2);
    let networks = "/settings/section/plans";
    let new = [
        ("network.0.schedule.new.name", "market"),
        ("network.0.schedule.new.days", "thursday"),
    ];
    let answer = send(&mut browser, networks, networks, &new).await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("id=\"network-0-schedule-new-days-fault\""),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("is no day of the week"), "{}", answer.body);
    let same = send(&mut browser, PORTAL, PORTAL, &[("portal.http_port", "8080")]).await;
    assert!(same.body.contains("Nothing differs"), "{}", same.body);
    assert_eq!(
        (text(&house).as_str(), house.helper.asked.load(Ordering::Relaxed)),
        (SETTINGS, 0)
    );
}

/// A form, what is sent by it, and what it is told.
type Wrong<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [&'a str]);

#[tokio::test]
async fn mistakes_are_told_in_the_reader_s_language() {
    let house = house_with("anna", Role::Admin).await;
    let mut browser = house.browser_of("anna").await;
    browser.tongue = "it";
    let gone = house.folder.path().join("gone.pem");
    let gone = gone.to_str().unwrap();
    let wrong: [Wrong<'_>; 4] = [
        (
            PORTAL,
            &[("portal.http_port", "80"), ("portal.dns_port", "many")],
            &[
                "80 è una porta privilegiata e portico lavora senza privilegi: scrivere una porta da 1024 a 65535",
                "qui ci vuole un numero intero, non un testo: scrivere un numero intero da 1 a 65535",
            ],
        ),
        (
            "/settings/section/plans",
            &[
                ("network.0.rate.down", "fast"),
                ("network.0.schedule.new.name", "mercato"),
                ("network.0.schedule.new.days", "thursday"),
            ],
            &[
                "non va bene: scrivere un numero e un&#39;unità, come 10 Mbit/s o 1.25 MB/s",
                "non è un giorno della settimana: scrivere mon, tue, wed",
            ],
        ),
        (
            "/settings/section/tls",
            &[("network.0.certificate", gone), ("network.0.key", gone)],
            &["non si può leggere", "mettere prima i file al loro posto"],
        ),
        (
            "/page/part/look",
            &[("network.0.look.color", "#ffff00")],
            &["ha un contrasto di 1,1, troppo poco perché tutti lo leggano"],
        ),
    ];
    for (path, fields, told) in wrong {
        let answer = send(&mut browser, path, path, fields).await;
        assert_eq!(answer.status, 422, "{path}: {}", answer.body);
        for told in told {
            assert!(answer.body.contains(told), "{told}: {}", answer.body);
        }
        assert!(
            !answer.body.contains("<span lang=\"en\">"),
            "{path}: {}",
            answer.body
        );
        for english in ["wanted here", "write a", "put the files", "contrast of"] {
            assert!(!answer.body.contains(english), "{english}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_change_is_shown_applied_and_stays_when_somebody_confirms() {
    let house = house_with("anna", Role::Admin).await;
    house.add("bruno", Role::Admin, None).await;
    let (mut anna, mut bruno) = (house.browser_of("anna").await, house.browser_of("bruno").await);
    let wish = [("portal.http_port", "8081")];
    let shown = send(&mut anna, PORTAL, PORTAL, &wish).await;
    assert_eq!(shown.status, 200);
    assert!(
        shown.body.contains("<del>http_port = 8080</del>"),
        "{}",
        shown.body
    );
    assert!(shown.body.contains("<ins>http_port = 8081</ins>"));
    assert!(shown.body.contains("Nobody is disconnected by a change, unless"));
    assert_eq!(text(&house), SETTINGS, "shown alone");
    let carried = [("form", proof(&shown)), ("base", field(&shown, "base"))];
    assert!(
        shown.body.contains("name=\"portal.http_port\">\n8081</textarea>"),
        "{}",
        shown.body
    );
    let mut fields: Vec<(&str, &str)> = carried
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    fields.extend(wish);
    let applied = anna.post(APPLY, &fields).await;
    assert_eq!(
        (applied.status, applied.header("location")),
        (303, Some("/settings/waiting"))
    );
    assert_eq!(applied.header("connection"), Some("close"));
    let new = SETTINGS.replace("8080", "8081");
    assert_eq!(text(&house), new);
    assert_eq!(house.helper.asked.load(Ordering::Relaxed), 1);

    let other = send(&mut bruno, PORTAL, APPLY, &[("portal.https_port", "8444")]).await;
    assert_eq!(other.status, 409);
    assert!(other.body.contains("Another change waits"), "{}", other.body);
    let overview = bruno.get("/settings").await;
    assert!(overview.body.contains("Changed by anna"), "{}", overview.body);
    let waiting = bruno.get("/settings/waiting").await;
    assert!(waiting.body.contains("seconds left") && waiting.body.contains("<ins>http_port = 8081</ins>"));
    assert_eq!(decide(&mut bruno, "/settings/confirm").await.status, 200);
    assert_eq!(text(&house), new);
    assert_eq!(
        anna.get("/settings/waiting").await.header("location"),
        Some("/settings")
    );
    let left = undo_left_behind(&house.file, house.folder.path(), &house.audit).unwrap();
    assert_eq!(left, LeftBehind::Nothing);
    let noted = house.noted();
    assert!(
        noted.contains(&"user anna settings-change portal.http_port".to_owned()),
        "{noted:?}"
    );
    assert!(
        noted.contains(&"user bruno settings-confirmed portal.http_port".to_owned()),
        "{noted:?}"
    );
}

#[tokio::test]
async fn what_nobody_confirms_is_undone() {
    let house = House::open_for("", Duration::from_millis(300)).await;
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    let wish = [("gateway.uplink", "eth9"), ("gateway.masquerade", "false")];
    let gateway = "/settings/section/gateway";
    let applied = send(&mut anna, gateway, "/settings/section/gateway/apply", &wish).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    for _ in 0..200 {
        if house
            .noted()
            .iter()
            .any(|line| line.starts_with("portico settings-undone"))
        {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(text(&house), SETTINGS);
    assert_eq!(
        house.helper.asked.load(Ordering::Relaxed),
        2,
        "both were put in force"
    );
    let undone = "portico settings-undone gateway.uplink gateway.masquerade".to_owned();
    assert!(house.noted().contains(&undone), "{:?}", house.noted());
    let late = anna.get("/settings").await;
    assert!(!late.body.contains("waits for its confirmation"), "{}", late.body);
}

#[tokio::test]
async fn an_administrator_undoes_it_and_the_helper_refuses_it() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let wish = [("portal.http_port", "8081")];
    assert_eq!(send(&mut anna, PORTAL, APPLY, &wish).await.status, 303);
    let undone = decide(&mut anna, "/settings/undo").await;
    assert!(
        undone.status == 200 && undone.body.contains("former settings are back"),
        "{}",
        undone.body
    );
    assert_eq!(text(&house), SETTINGS);
    assert_eq!(
        decide(&mut anna, "/settings/undo").await.status,
        403,
        "there is no form any more"
    );

    house.helper.says_no.lock().unwrap().push_back("no such rule");
    let refused = send(&mut anna, PORTAL, APPLY, &wish).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert!(
        refused.body.contains("no such rule") && refused.body.contains("value=\"8081\""),
        "{}",
        refused.body
    );
    assert_eq!(text(&house), SETTINGS, "back at once");
    assert_eq!(anna.get("/settings/waiting").await.status, 303, "nothing waits");
    let noted = house.noted();
    assert!(
        noted
            .iter()
            .any(|line| line.starts_with("user anna settings-refused")),
        "{noted:?}"
    );

    house
        .helper
        .says_no
        .lock()
        .unwrap()
        .extend(["no such rule", "out of order"]);
    let refused = send(&mut anna, PORTAL, APPLY, &wish).await;
    assert!(
        refused.status == 503 && refused.body.contains("not in force yet"),
        "the former ones are not taken either: {}",
        refused.body
    );
    assert!(
        !refused.body.contains("former settings are back"),
        "{}",
        refused.body
    );
}

#[tokio::test]
async fn a_crash_before_anybody_confirmed_undoes_it_at_the_start() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let start = || undo_left_behind(&house.file, house.folder.path(), &house.audit).unwrap();
    let wish = [("portal.http_port", "8081")];
    assert_eq!(send(&mut anna, PORTAL, APPLY, &wish).await.status, 303);
    assert_ne!(text(&house), SETTINGS);
    assert_eq!(start(), LeftBehind::PutBack);
    assert_eq!(text(&house), SETTINGS);
    // It ends again before the helper has taken it.
    assert_eq!(start(), LeftBehind::PutBack);
    let helper = Helper::default();
    helper.says_no.lock().unwrap().push_back("away");
    let in_force = InForce::new(SETTINGS.to_owned());
    let parts = helper
        .clone()
        .parts(house.file.clone(), in_force, Arc::clone(&house.audit), PATIENCE);
    FileKeeper::new(parts, LeftBehind::PutBack).settle().await;
    assert_eq!(helper.asked.load(Ordering::Relaxed), 2, "until it was taken");
    assert_eq!(start(), LeftBehind::Nothing);
    let undone = "portico settings-undone portal.http_port".to_owned();
    assert_eq!(house.noted().iter().filter(|line| **line == undone).count(), 1);

    // Changed by hand before the start: that is kept aside.
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    assert_eq!(send(&mut anna, PORTAL, APPLY, &wish).await.status, 303);
    fs::write(&house.file, "by hand").unwrap();
    let audit = Arc::clone(&house.audit);
    let left = undo_left_behind(&house.file, house.folder.path(), &audit).unwrap();
    assert_eq!((left, text(&house).as_str()), (LeftBehind::PutBack, SETTINGS));
    let kept = house.folder.path().join("settings-by-hand.toml");
    assert_eq!(fs::read_to_string(kept).unwrap(), "by hand");
    assert!(
        house
            .noted()
            .iter()
            .any(|line| line.contains("settings-hand-kept"))
    );
}

#[tokio::test]
async fn no_change_is_made_over_a_file_changed_by_hand_meanwhile() {
    let house = house_with("anna", Role::Admin).await;
    let mut anna = house.browser_of("anna").await;
    let page = anna.get(PORTAL).await;
    let by_hand = SETTINGS.replace("# ours", "# by hand");
    fs::write(&house.file, &by_hand).unwrap();
    let (form, base) = (proof(&page), field(&page, "base"));
    let fields = [
        ("form", form.as_str()),
        ("base", base.as_str()),
        ("portal.http_port", "8081"),
    ];
    for path in [PORTAL, APPLY] {
        let refused = anna.post(path, &fields).await;
        assert_eq!(refused.status, 409);
        assert!(refused.body.contains("changed meanwhile") && refused.body.contains("value=\"8081\""));
    }
    assert_eq!(text(&house), by_hand);
    assert_eq!(
        send(&mut anna, PORTAL, APPLY, &[("portal.http_port", "8081")])
            .await
            .status,
        303
    );
    fs::write(&house.file, SETTINGS).unwrap();
    let undone = decide(&mut anna, "/settings/undo").await;
    assert_eq!(undone.status, 200, "{}", undone.body);
    assert_eq!(text(&house), SETTINGS);
    assert!(!undone.body.contains("settings-by-hand"), "{}", undone.body);
}
