//! News and notices written in the dashboard: who may, what is refused, what people then see.

use portico::model::Role;
use portico::news::editor;

use crate::people::{Browser, House, proof};

const NOTICE: [(&str, &str); 4] = [
    ("piece", "notice"),
    ("color", "red"),
    ("lang", "it"),
    ("link", ""),
];

async fn editor_of(house: &House) -> Browser<'_> {
    house.add("edo", Role::Editor, None).await;
    house.browser_of("edo").await
}

/// The fields of a notice with others.
fn notice<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&NOTICE[..], more].concat()
}

fn book(house: &House) -> editor::Book {
    editor::read_book(house.folder.path()).unwrap()
}

#[tokio::test]
async fn a_notice_is_published_changed_and_withdrawn() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let text = "Scuole chiuse <script>alert(1)</script>";
    let fields = notice(&[("line", text), ("network", "piazza"), ("end", "2099-12-24T20:00")]);
    let answer = edo.fill("/page/write/notice", "/page/publish", &fields).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/page")),
        "{}",
        answer.body
    );
    let own = book(&house).notices.remove(0);
    assert_eq!(own.text, text);
    assert_eq!(own.until.unwrap().to_string(), "2099-12-24T19:00:00Z");
    let seen = |body: &str| body.contains("Scuole chiuse &#60;script&#62;");
    for path in ["/page", "/page/preview"] {
        let page = edo.get(path).await;
        assert!(
            seen(&page.body) && !page.body.contains("<script>alert"),
            "{path}: {}",
            page.body
        );
    }

    let path = format!("/page/write/notice/{}", own.id.as_str());
    let form = edo.get(&path).await;
    assert!(form.body.contains("2099-12-24T20:00"), "{}", form.body);
    let fields = notice(&[("line", "Scuole aperte"), ("id", own.id.as_str())]);
    assert_eq!(edo.fill(&path, "/page/publish", &fields).await.status, 303);
    let changed = book(&house).notices;
    assert_eq!((changed.len(), changed[0].text.as_str()), (1, "Scuole aperte"));
    assert_eq!((&changed[0].id, changed[0].until), (&own.id, None));

    let fields = [("piece", "notice"), ("id", own.id.as_str())];
    assert_eq!(edo.fill("/page", "/page/withdraw", &fields).await.status, 303);
    assert!(book(&house).notices.is_empty());
    assert!(!edo.get("/page/preview").await.body.contains("Scuole"));
    let noted = house.noted();
    for did in ["notice-add", "notice-change", "notice-withdraw"] {
        let line = format!("user edo {did} {}", own.id.as_str());
        assert!(noted.contains(&line), "{did}: {noted:?}");
    }
}

#[tokio::test]
async fn news_are_published_and_stand_first() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let fields = [
        ("piece", "news"),
        ("line", "Mercatini"),
        ("text", "Sabato.\r\n\r\n- in piazza"),
        ("lang", "it"),
    ];
    assert_eq!(
        edo.fill("/page/write/news", "/page/publish", &fields)
            .await
            .status,
        303
    );
    let id = book(&house).items[0].id.clone();
    for (first, pinned) in [("yes", true), ("no", false)] {
        let fields = [("piece", "news"), ("id", id.as_str()), ("first", first)];
        assert_eq!(edo.fill("/page", "/page/pin", &fields).await.status, 303);
        assert_eq!(book(&house).items[0].pinned, pinned);
    }
    assert!(edo.get("/page/preview").await.body.contains("Mercatini"));
    let gone = [("piece", "news"), ("id", "0123456789abcdef")];
    let refused = edo.fill("/page", "/page/restore", &gone).await;
    assert!(
        refused.status == 422 && refused.body.contains("href=\"/account\""),
        "a page with a menu: {}",
        refused.body
    );

    let path = format!("/page/write/news/{}", id.as_str());
    let later = [
        ("piece", "news"),
        ("id", id.as_str()),
        ("line", "Mercatini"),
        ("lang", "it"),
        ("begin", "2099-12-01T08:00"),
        ("end", "2099-12-24T20:00"),
    ];
    assert_eq!(edo.fill(&path, "/page/publish", &later).await.status, 303);
    assert_eq!(
        book(&house).items[0].from.unwrap().to_string(),
        "2099-12-01T07:00:00Z"
    );
    assert!(edo.get("/page").await.body.contains("From 01.12.2099 08:00"));
    assert!(edo.get(&path).await.body.contains("value=\"2099-12-01T08:00\""));
    assert!(
        !edo.get("/page/preview").await.body.contains("Mercatini"),
        "not yet"
    );
    let draft = edo.fill(&path, "/page/preview", &later).await;
    assert!(draft.body.contains("Mercatini"), "as it will be: {}", draft.body);
}

#[tokio::test]
async fn what_is_for_a_network_that_is_gone_is_not_for_all_when_it_is_changed() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let path = house.folder.path();
    let mut editor = portico::news::editor::Editor::open(path).unwrap();
    let wish = portico::news::editor::Wish {
        line: "Solo ai Molini".to_owned(),
        link: None,
        lang: "it".to_owned(),
        from: None,
        until: None,
        scope: portico::model::Scope::Only(["molini".parse().unwrap()].into()),
        source: "Comune".to_owned(),
    };
    let id = editor
        .book
        .add_notice(wish, portico::model::NoticeColor::Blue, house.now())
        .unwrap();
    editor.save().unwrap();
    let page = format!("/page/write/notice/{}", id.as_str());
    let form = edo.get(&page).await.body;
    assert!(
        form.contains("name=\"network\" value=\"molini\" checked")
            && form.contains("not configured any more"),
        "{form}"
    );
    let fields = [
        ("piece", "notice"),
        ("id", id.as_str()),
        ("line", "Soltanto ai Molini"),
        ("color", "blue"),
        ("lang", "it"),
        ("network", "molini"),
    ];
    assert_eq!(edo.fill(&page, "/page/publish", &fields).await.status, 303);
    let only = portico::model::Scope::Only(["molini".parse().unwrap()].into());
    assert_eq!(book(&house).notices[0].scope, only);
}

/// A picture of one colour.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]));
    let mut cursor = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut cursor, image::ImageFormat::Png).unwrap();
    cursor.into_inner()
}

#[tokio::test]
async fn published_news_has_its_own_form_and_may_have_a_picture() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let new = edo.get("/page/write/news").await;
    assert!(
        !new.body.contains("type=\"file\""),
        "only what is published has one"
    );
    let fields = [
        ("piece", "news"),
        ("line", "Presepe"),
        ("text", "In piazza."),
        ("lang", "it"),
    ];
    let published = edo.fill("/page/write/news", "/page/publish", &fields).await;
    assert_eq!(published.status, 303);
    let id = book(&house).items[0].id.clone();
    let path = format!("/page/write/news/{}", id.as_str());
    let form = edo.get(&path).await.body;
    for part in [
        "name=\"piece\" value=\"news\"",
        "In piazza.",
        "action=\"/page/picture\"",
    ] {
        assert!(form.contains(part), "{part}: {form}");
    }
    let small = picture(640, 360);
    let fields = [("id", id.as_str()), ("alt", "Il presepe")];
    let sent = edo
        .send_file(
            (&path, "/page/picture"),
            &fields,
            "picture",
            ("presepe.png", &small),
        )
        .await;
    assert_eq!(
        (sent.status, sent.header("location")),
        (303, Some(&*path)),
        "{}",
        sent.body
    );
    assert_eq!(book(&house).items[0].picture.as_deref(), Some("Il presepe"));
    let shown = edo.get(&path).await.body;
    let image = format!("src=\"/pictures/{}\" alt=\"Il presepe\"", id.as_str());
    assert!(shown.contains(&image), "{shown}");
    let served = edo.get(&format!("/pictures/{}", id.as_str())).await;
    assert_eq!(
        (served.status, served.header("content-type")),
        (200, Some("image/jpeg"))
    );
    assert!(
        edo.get("/page/preview").await.body.contains("Il presepe"),
        "as people will see it"
    );
    // What was published stays what it is, its picture too.
    let changed = [
        ("piece", "news"),
        ("id", id.as_str()),
        ("line", "Presepe vivente"),
        ("lang", "it"),
    ];
    assert_eq!(edo.fill(&path, "/page/publish", &changed).await.status, 303);
    assert_eq!(book(&house).items[0].picture.as_deref(), Some("Il presepe"));
    let gone = [("id", id.as_str())];
    assert_eq!(edo.fill(&path, "/page/picture/remove", &gone).await.status, 303);
    assert_eq!(book(&house).items[0].picture, None);
    let noted = house.noted();
    for did in ["news-picture ", "news-picture-remove "] {
        assert!(noted.iter().any(|line| line.contains(did)), "{did}: {noted:?}");
    }
    let nobody = [("id", "0123456789abcdef"), ("alt", "x")];
    let refused = edo
        .send_file((&path, "/page/picture"), &nobody, "picture", ("x.png", &small))
        .await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let elsewhere = edo
        .elsewhere(Some("cross-site"))
        .send_file((&path, "/page/picture"), &fields, "picture", ("x.png", &small))
        .await;
    assert_eq!(elsewhere.status, 403);
}

#[tokio::test]
async fn what_is_no_picture_is_told_at_its_field() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let fields = [
        ("piece", "news"),
        ("line", "Presepe"),
        ("text", ""),
        ("lang", "it"),
    ];
    edo.fill("/page/write/news", "/page/publish", &fields).await;
    let id = book(&house).items[0].id.clone();
    let (path, small) = (format!("/page/write/news/{}", id.as_str()), picture(640, 360));
    let long = "x".repeat(201);
    for (bytes, alt, field, words) in [
        (&b"<html>"[..], "x", "picture", "no picture that can be used"),
        (&picture(8, 8), "x", "picture", "no picture that can be used"),
        (&vec![0; 5 << 20], "x", "picture", "too large"),
        (&vec![0; 9 << 20], "x", "picture", "too large"),
        (&small, &long, "alt", "201 characters"),
    ] {
        let fields = [("id", id.as_str()), ("alt", alt)];
        let refused = edo
            .send_file((&path, "/page/picture"), &fields, "picture", ("x", bytes))
            .await;
        assert_eq!(refused.status, 422, "{words}: {}", refused.body);
        let told = refused
            .body
            .split(&format!("id=\"{field}-wrong\""))
            .nth(1)
            .unwrap_or_default();
        assert!(
            told.split("</span>").next().unwrap().contains(words),
            "{words}: {}",
            refused.body
        );
    }
    assert_eq!(book(&house).items[0].picture, None);
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_what_was_typed_stays() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let (long, whole) = ("è".repeat(141), "è".repeat(140));
    for (fields, field, words) in [
        (vec![("line", long.as_str())], "line", "141 characters"),
        (vec![("line", " ")], "line", "Nothing is written"),
        (
            vec![("line", "Ciao"), ("link", "javascript:alert(1)")],
            "link",
            "begins with https",
        ),
        (
            vec![
                ("line", "Ciao"),
                ("begin", "2099-12-24T20:00"),
                ("end", "2099-12-24T20:00"),
            ],
            "end",
            "not after its begin",
        ),
        (
            vec![("line", "Ciao"), ("end", "2020-01-01T10:00")],
            "end",
            "end is past",
        ),
        (
            vec![("line", "Ciao"), ("end", "2027-03-28T02:30")],
            "end",
            "does not exist",
        ),
        (vec![("line", "Ciao"), ("lang", "IT!")], "lang", "two lower-case"),
        (
            vec![("line", "Ciao"), ("color", "pink")],
            "color",
            "Choose a colour",
        ),
        (
            vec![("line", "Ciao"), ("network", "mare")],
            "network",
            "no such network",
        ),
    ] {
        let fields = notice(&fields);
        let answer = edo.fill("/page/write/notice", "/page/publish", &fields).await;
        assert_eq!(answer.status, 422, "{field}");
        let place = format!("id=\"{field}-wrong\"");
        let marked = answer.body.split(&place).nth(1).unwrap_or_default();
        assert!(
            marked.split("</span>").next().unwrap().contains(words),
            "{}",
            answer.body
        );
        let typed = fields.iter().rev().find(|(name, _)| *name == "line").unwrap().1;
        assert!(answer.body.contains(typed), "kept");
        let framed = edo.fill("/page/write/notice", "/page/preview", &fields).await;
        assert!(framed.status == 422 && framed.body.contains(words), "{framed:?}");
    }
    assert!(book(&house).notices.is_empty());
    // The hour that comes twice: which one is asked for, and known again when the notice is changed.
    let twice = [("line", "Ora"), ("end", "2099-10-25T02:30")];
    let asked = edo
        .fill("/page/write/notice", "/page/publish", &notice(&twice))
        .await;
    assert!(
        asked.status == 422 && asked.body.contains("name=\"end_turn\""),
        "{}",
        asked.body
    );
    let told = notice(&[&twice[..], &[("end_turn", "second")]].concat());
    let published = edo.fill("/page/write/notice", "/page/publish", &told).await;
    assert_eq!(published.status, 303, "{}", published.body);
    let kept = book(&house).notices.remove(0);
    assert_eq!(kept.until.unwrap().to_string(), "2099-10-25T01:30:00Z");
    let again = edo.get(&format!("/page/write/notice/{}", kept.id.as_str())).await;
    assert!(
        again.body.contains("<option value=\"second\" selected>"),
        "{}",
        again.body
    );
    let fields = notice(&[("line", whole.as_str())]);
    assert_eq!(
        edo.fill("/page/write/notice", "/page/publish", &fields)
            .await
            .status,
        303
    );
}

#[tokio::test]
async fn a_preview_publishes_nothing_and_we_alone_may_frame_it() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let fields = notice(&[("line", "Solo una prova"), ("begin", "2099-12-24T20:00")]);
    let preview = edo.fill("/page/write/notice", "/page/preview", &fields).await;
    assert!(preview.status == 200 && preview.body.contains("Solo una prova"));
    assert!(book(&house).notices.is_empty());
    let policy = |answer: &crate::Answer| {
        answer
            .header("content-security-policy")
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(preview.header("x-frame-options"), Some("SAMEORIGIN"));
    let told = policy(&preview);
    assert!(
        told.contains("frame-ancestors 'self'; sandbox allow-same-origin"),
        "{told}"
    );
    assert!(
        !told.contains("script") && told.contains("form-action 'none'"),
        "{told}"
    );
    for path in ["/page", "/page/write/notice", "/account"] {
        let page = edo.get(path).await;
        assert_eq!(page.header("x-frame-options"), Some("DENY"), "{path}");
        assert!(policy(&page).contains("frame-ancestors 'none'"), "{path}");
    }
    assert_eq!(edo.get("/page/preview/mare").await.status, 422);
}

#[tokio::test]
async fn the_preview_finds_what_the_page_of_a_phone_loads() {
    let crest = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let house = House::open_with("look = { crest = \"arms.svg\" }\n").await;
    std::fs::write(house.folder.path().join("arms.svg"), crest).unwrap();
    let mut edo = editor_of(&house).await;
    let preview = edo.get("/page/preview/piazza?lang=de").await;
    assert!(preview.body.contains("<html lang=\"de\""), "{}", preview.body);
    assert!(
        preview.body.contains("src=\"data:image/svg+xml;base64,PHN2Zy"),
        "{}",
        preview.body
    );
    assert!(preview.body.contains("href=\"/page/preview/piazza?lang=en\""));
    let banner = edo.get("/assets/wifi4eu.svg").await;
    assert_eq!(
        (banner.status, banner.header("content-type")),
        (200, Some("image/svg+xml"))
    );
    let own = edo.get("/assets/dashboard.css").await;
    assert_eq!(own.header("content-type"), Some("text/css"));
    let missing = ["/assets/crest", "/pictures/0123456789abcdef", "/pictures/x.jpg"];
    for path in missing {
        assert_eq!(edo.get(path).await.status, 404, "{path}");
    }
    house.add("aldo", Role::Auditor, None).await;
    let mut aldo = house.browser_of("aldo").await;
    for path in ["/assets/wifi4eu.svg", "/pictures/0123456789abcdef"] {
        assert_eq!(aldo.get(path).await.status, 403, "{path}");
        assert_eq!(house.browser().get(path).await.status, 303, "{path}");
    }
}

#[tokio::test]
async fn auditors_and_other_sites_write_nothing() {
    let house = House::open().await;
    let mut edo = editor_of(&house).await;
    let form = proof(&edo.get("/page").await);
    let fields = notice(&[("line", "Ciao"), ("form", form.as_str())]);
    for path in ["/page/publish", "/page/preview"] {
        let mut other = edo.elsewhere(Some("cross-site"));
        assert_eq!(other.post(path, &fields).await.status, 403, "{path}");
        let without = notice(&[("line", "Ciao"), ("form", "")]);
        assert_eq!(edo.post(path, &without).await.status, 403, "{path}");
    }
    house.add("aldo", Role::Auditor, None).await;
    let mut aldo = house.browser_of("aldo").await;
    let form = proof(&aldo.get("/account").await);
    for path in ["/page/publish", "/page/preview", "/page/withdraw", "/page/pin"] {
        let fields = notice(&[
            ("line", "Ciao"),
            ("id", "0123456789abcdef"),
            ("form", form.as_str()),
        ]);
        assert_eq!(aldo.post(path, &fields).await.status, 403, "{path}");
    }
    for path in ["/page", "/page/write/notice", "/page/preview"] {
        assert_eq!(aldo.get(path).await.status, 403, "{path}");
    }
    assert!(book(&house).notices.is_empty());
    assert_eq!(house.browser().get("/page").await.status, 303);
}
