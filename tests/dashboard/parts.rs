//! Services, texts, crest and colours of people's page: whoever writes the page changes these settings and no others.

use std::fs;

use portico::config::Config;
use portico::model::Role;

use crate::Answer;
use crate::people::{Browser, House, SETTINGS, proof};

const SERVICES: &str = "/page/part/services";
pub(crate) const LOOK: &str = "/page/part/look";

const NEW: [(&str, &str); 4] = [
    ("service.new.kind", "other"),
    ("service.new.url", "https://biblioteca.example.it/"),
    ("service.new.label.it", "Biblioteca"),
    ("service.new.label.others", "de: Bücherei"),
];

pub(crate) async fn house_of(more: &str) -> House {
    let house = House::open_over(&format!("{SETTINGS}{more}")).await;
    house.add("edo", Role::Editor, None).await;
    house
}

pub(crate) fn text(house: &House) -> String {
    fs::read_to_string(&house.file).unwrap()
}

pub(crate) fn hidden(page: &Answer, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after.unwrap_or_default().split('"').next().unwrap().to_owned()
}

/// Opens a part of the page and sends its form.
pub(crate) async fn send(browser: &mut Browser<'_>, part: &str, to: &str, fields: &[(&str, &str)]) -> Answer {
    let page = browser.get(part).await;
    let (form, base) = (proof(&page), hidden(&page, "base"));
    let own = [("form", form.as_str()), ("base", base.as_str())];
    let path = format!("{part}{to}");
    browser.post(&path, &[&own[..], fields].concat()).await
}

/// Applies a change and lets it stay.
pub(crate) async fn keep(browser: &mut Browser<'_>, part: &str, fields: &[(&str, &str)]) {
    keep_under("/page", browser, part, fields).await;
}

/// The same, where the change waits under this path.
async fn keep_under(home: &str, browser: &mut Browser<'_>, part: &str, fields: &[(&str, &str)]) {
    let applied = send(browser, part, "/apply", fields).await;
    assert_eq!(
        (applied.status, applied.header("location")),
        (303, Some(format!("{home}/waiting").as_str())),
        "{}",
        applied.body
    );
    let waiting = browser.get(&format!("{home}/waiting")).await;
    assert!(
        waiting.body.contains(&format!("data-home=\"{home}\"")),
        "where its countdown ends: {}",
        waiting.body
    );
    let (form, id) = (proof(&waiting), hidden(&waiting, "id"));
    let told = browser
        .post(&format!("{home}/confirm"), &[("form", &form), ("id", &id)])
        .await;
    assert!(told.body.contains("The new settings stay"), "{}", told.body);
}

#[tokio::test]
async fn an_editor_changes_services_and_colours_and_sees_the_page_before() {
    let house = house_of("").await;
    let mut edo = house.browser_of("edo").await;
    let shown = [&NEW[..], &[("tongue", "de")]].concat();
    let preview = send(&mut edo, SERVICES, "/preview", &shown).await;
    assert_eq!(
        (preview.status, preview.header("x-frame-options")),
        (200, Some("SAMEORIGIN"))
    );
    assert!(
        preview.body.contains("Bücherei") && preview.body.contains("<html lang=\"de\""),
        "{}",
        preview.body
    );
    let color = [
        ("network.0.look.color", "#a3001f"),
        ("network.0.look.intro.it", "Ciao a tutti"),
    ];
    let preview = send(&mut edo, LOOK, "/preview", &color).await;
    assert!(
        preview.body.contains("--c:#a3001f") && preview.body.contains("Ciao a tutti"),
        "{}",
        preview.body
    );

    let difference = send(&mut edo, SERVICES, "", &NEW).await;
    assert_eq!(difference.status, 200);
    assert!(
        difference
            .body
            .contains("<ins>label = { it = &#34;Biblioteca&#34;, de = "),
        "{}",
        difference.body
    );
    assert!(
        !difference.body.contains("host = "),
        "no line of other settings: {}",
        difference.body
    );
    assert!(
        difference
            .body
            .contains("<textarea hidden name=\"service.new.url\">"),
        "{}",
        difference.body
    );
    assert_eq!(text(&house), SETTINGS, "nothing was changed by looking");

    keep(&mut edo, SERVICES, &NEW).await;
    keep(&mut edo, LOOK, &color).await;
    let new = text(&house);
    for line in [
        "# ours\n",
        "[network.look]\n",
        "color = \"#a3001f\"\n",
        "intro = \"Ciao a tutti\"\n",
        "[[service]]\nkind = \"other\"\n",
    ] {
        assert!(new.contains(line), "{line}: {new}");
    }
    let config = Config::parse(&new, "p.toml").unwrap();
    assert_eq!(
        config.services[0].label.as_ref().unwrap().get("de"),
        ("Bücherei", "de")
    );
    let noted = house.noted();
    for line in [
        "user edo settings-change service",
        "user edo settings-confirmed service",
        "user edo settings-change network.0.look.intro network.0.look.color",
    ] {
        assert!(noted.iter().any(|noted| noted == line), "{line}: {noted:?}");
    }
    let form = edo.get(LOOK).await;
    assert!(
        form.body.contains("type=\"color\"") && form.body.contains("value=\"#a3001f\""),
        "{}",
        form.body
    );
    let again = send(&mut edo, LOOK, "", &[("network.0.look.color", "#A3001F")]).await;
    assert!(again.body.contains("Nothing differs"), "{}", again.body);
}

#[tokio::test]
async fn services_change_their_order_and_go() {
    let three = "[[service]] # first\nkind = \"io\"\nurl = \"https://io.italia.it/\"\n\n# of payments\n[[service]]\nkind = \"payments\"\n\
                 url = \"https://pay.example.it/\"\nnetworks = [\"piazza\"]\n\n[[service]]\nkind = \"emergency\"\nurl = \"tel:112\"\n";
    let house = house_of(three).await;
    let mut edo = house.browser_of("edo").await;
    let form = edo.get(SERVICES).await;
    for part in [
        "Service 1: App IO",
        "name=\"order.service.2\"",
        "value=\"piazza\" checked",
    ] {
        assert!(form.body.contains(part), "{part}: {}", form.body);
    }
    let fields = [
        ("order.service.2", "1"),
        ("service.2.hint.it", "Sempre"),
        ("remove", "service.0"),
        ("service.1.networks", "piazza"),
    ];
    keep(&mut edo, SERVICES, &fields).await;
    let new = text(&house);
    assert!(
        new.contains("\n\n# of payments\n[[service]]\n") && !new.contains("io.italia.it"),
        "{new}"
    );
    let config = Config::parse(&new, "p.toml").unwrap();
    let urls: Vec<&str> = config
        .services
        .iter()
        .map(|service| service.url.as_str())
        .collect();
    assert_eq!(urls, ["tel:112", "https://pay.example.it/"], "{new}");
    assert!(new.contains("hint = \"Sempre\""), "{new}");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field() {
    let house = house_of("[[service]]\nkind = \"io\"\nurl = \"https://io.italia.it/\"\n").await;
    let mut edo = house.browser_of("edo").await;
    let long = "x".repeat(141);
    for (part, fields, field, words) in [
        (
            LOOK,
            vec![("network.0.look.color", "#ffe000")],
            "network-0-look-color",
            "has a contrast of",
        ),
        (
            LOOK,
            vec![("network.0.look.intro.it", long.as_str())],
            "network-0-look-intro",
            "too many",
        ),
        (
            LOOK,
            vec![("network.0.look.intro.others", "Hallo")],
            "network-0-look-intro",
            "not the code of a language",
        ),
        (LOOK, vec![("network.0.name", "")], "network-0-name", "missing"),
        (
            SERVICES,
            vec![("service.0.url", "javascript:alert(1)")],
            "service-0-url",
            "https://",
        ),
        (
            SERVICES,
            vec![("service.0.kind", "other")],
            "service-0-label",
            "needs a label",
        ),
        (
            SERVICES,
            vec![("service.new.url", "tel:112")],
            "service-new-kind",
            "missing",
        ),
        (
            SERVICES,
            vec![("service.0.before_tap", "true")],
            "service-0-before_tap",
            "Only an administrator",
        ),
    ] {
        let answer = send(&mut edo, part, "", &fields).await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.body);
        let at = format!("id=\"{field}-fault\"");
        let told = answer.body.split(&at).nth(1).unwrap_or_default();
        let told = told.split("</p>").next().unwrap_or_default();
        assert!(told.contains(words), "{field}: {told} in {}", answer.body);
        let typed = fields[0].1;
        assert!(typed.is_empty() || answer.body.contains(typed), "{typed} is kept");
        let framed = send(&mut edo, part, "/preview", &fields).await;
        assert!(
            framed.status == 422 && framed.header("content-type").unwrap().starts_with("text/plain"),
            "{framed:?}"
        );
        assert_eq!(
            send(&mut edo, part, "/apply", &fields).await.status,
            422,
            "{field}"
        );
    }
    // The firewall is an administrator's.
    house.add("anna", Role::Admin, None).await;
    let mut anna = house.browser_of("anna").await;
    keep_under(
        "/settings",
        &mut anna,
        SERVICES,
        &[("service.0.before_tap", "true")],
    )
    .await;
    assert!(text(&house).contains("before_tap = true"));
    let answer = send(
        &mut edo,
        SERVICES,
        "",
        &[("service.0.url", "https://evil.example/")],
    )
    .await;
    assert_eq!(answer.status, 422, "another server before the tap");
    keep(&mut edo, SERVICES, &[("service.0.before_tap", "")]).await;
}

#[tokio::test]
async fn a_forged_form_changes_nothing_and_is_noted() {
    let house = house_of("").await;
    let mut edo = house.browser_of("edo").await;
    fs::write(house.folder.path().join("key.png"), "secret").unwrap();
    for (field, value) in [
        ("gateway.uplink", "eth9"),
        ("management.port", "9999"),
        ("network.0.host", "evil.example.it"),
        ("network.0.exempt", "02:00:5e:10:00:66"),
        ("network.0.garden.new.name", "evil.example"),
        ("network.new.id", "own"),
        ("remove", "network.0"),
        ("order.network.0", "2"),
        ("network.0.look.crest", "key.png"),
        ("network.0.look.crest", "crests/../key.png"),
        ("service.0.url.x", "y"),
        ("not a place", "y"),
    ] {
        for to in ["", "/preview", "/apply"] {
            let sent = send(&mut edo, LOOK, to, &[(field, value)]).await;
            assert_eq!(sent.status, 403, "{field} {to}: {}", sent.body);
        }
        let what = if field == "remove" { value } else { field };
        let what = what.strip_prefix("order.").unwrap_or(what);
        let line = format!("user edo refused {what}");
        // A source that tries often is not noted each time.
        let is_noted = house.noted().contains(&line);
        assert!(
            is_noted || field != "gateway.uplink",
            "{line}: {:?}",
            house.noted()
        );
    }
    assert_eq!(text(&house), SETTINGS);
    house.add("aldo", Role::Auditor, None).await;
    let mut aldo = house.browser_of("aldo").await;
    let form = proof(&aldo.get("/account").await);
    for path in [
        SERVICES,
        LOOK,
        "/page/waiting",
        "/page/crest/x.png",
        "/page/garden",
    ] {
        assert_eq!(aldo.get(path).await.status, 403, "{path}");
    }
    for path in [
        LOOK,
        "/page/part/look/apply",
        "/page/part/look/preview",
        "/page/confirm",
        "/page/undo",
    ] {
        let sent = aldo.post(path, &[("form", &form), ("id", "x")]).await;
        assert_eq!(sent.status, 403, "{path}");
        let sent = edo.post(path, &[("form", "of nobody"), ("id", "x")]).await;
        assert_eq!(sent.status, 403, "{path}: another site's form");
    }
    for name in ["gateway", "management", "garden", "nothing"] {
        assert_eq!(edo.get(&format!("/page/part/{name}")).await.status, 404, "{name}");
    }
}

#[tokio::test]
async fn an_editor_has_no_word_in_an_administrator_s_change() {
    let house = house_of("").await;
    house.add("anna", Role::Admin, None).await;
    let (mut anna, mut edo) = (house.browser_of("anna").await, house.browser_of("edo").await);
    let portal = "/settings/section/portal";
    let applied = send(&mut anna, portal, "/apply", &[("portal.http_port", "8081")]).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    let waiting = anna.get("/settings/waiting").await;
    let id = hidden(&waiting, "id");
    let page = edo.get("/page").await;
    assert!(
        page.body.contains("A change waits") && !page.body.contains("/page/waiting"),
        "{}",
        page.body
    );
    is_closed_to(&mut edo, &id).await;
    assert_eq!(
        send(&mut edo, SERVICES, "/apply", &NEW).await.status,
        409,
        "one change at a time"
    );
    let form = proof(&waiting);
    anna.post("/settings/undo", &[("form", &form), ("id", &id)]).await;
    assert_eq!(text(&house), SETTINGS);
    // The other way round an administrator undoes what an editor has done.
    assert_eq!(send(&mut edo, SERVICES, "/apply", &NEW).await.status, 303);
    let waiting = anna.get("/settings/waiting").await;
    let (form, id) = (proof(&waiting), hidden(&waiting, "id"));
    anna.post("/settings/undo", &[("form", &form), ("id", &id)]).await;
    assert_eq!(text(&house), SETTINGS);
}

/// An editor neither sees a change that waits nor decides over it; `id` is its name.
async fn is_closed_to(edo: &mut Browser<'_>, id: &str) {
    let page = edo.get("/page").await;
    assert!(!page.body.contains("/page/waiting"), "{}", page.body);
    assert_eq!(edo.get("/page/waiting").await.header("location"), Some("/page"));
    for path in ["/page/confirm", "/page/undo"] {
        let sent = edo.post(path, &[("form", &proof(&page)), ("id", id)]).await;
        assert_eq!(sent.status, 403, "{path}");
    }
}

#[tokio::test]
async fn what_an_administrator_opens_by_the_page_s_form_is_no_editor_s_matter() {
    let house = house_of("[[service]]\nkind = \"website\"\nurl = \"https://a.example.it/\"\n").await;
    house.add("anna", Role::Admin, None).await;
    let (mut anna, mut edo) = (house.browser_of("anna").await, house.browser_of("edo").await);
    let opened = send(&mut anna, SERVICES, "/apply", &[("service.0.before_tap", "true")]).await;
    assert_eq!(
        (opened.status, opened.header("location")),
        (303, Some("/settings/waiting")),
        "{}",
        opened.body
    );
    let waiting = anna.get("/settings/waiting").await;
    is_closed_to(&mut edo, &hidden(&waiting, "id")).await;
    assert!(text(&house).contains("before_tap = true"));
}

#[tokio::test]
async fn lines_by_hand_that_come_in_force_with_a_name_are_no_editor_s_matter() {
    let house = house_of("").await;
    house.add("anna", Role::Admin, None).await;
    let hand = SETTINGS.replace("http_port = 8080", "http_port = 8082");
    fs::write(&house.file, &hand).unwrap();
    let (mut anna, mut edo) = (house.browser_of("anna").await, house.browser_of("edo").await);
    let named = [("network.0.name", "Altra")];
    let networks = "/settings/section/networks";
    let shown = send(&mut anna, networks, "", &named).await;
    let seen = hidden(&shown, "seen");
    assert!(!seen.is_empty(), "{}", shown.body);
    let fields = [&named[..], &[("seen", seen.as_str())]].concat();
    let applied = send(&mut anna, networks, "/apply", &fields).await;
    assert_eq!(applied.status, 303, "{}", applied.body);
    let waiting = anna.get("/settings/waiting").await;
    is_closed_to(&mut edo, &hidden(&waiting, "id")).await;
}
