//! How pages and what they load are sent: compressed, kept by browsers, never with a secret compressed.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use flate2::read::GzDecoder;
use portico::model::{Board, ItemId, Picture};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::lab::{HOST, Lab, Reply, config, granted, token_of};

const GZIP: &str = "Accept-Encoding: gzip, deflate, br\r\n";

/// An answer with a body of any bytes.
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) body: Vec<u8>,
}

/// Gets a page as a browser does; `extra` as in [`Lab::get_with`].
pub(crate) async fn get(lab: &Lab, path: &str, extra: &str) -> Answer {
    let mut stream = lab.connect(2).await;
    let head = format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{extra}Connection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let reply = Reply::parse(std::str::from_utf8(&bytes[..end]).unwrap());
    let body = bytes.split_off(end);
    if reply.status != 304 {
        assert_eq!(reply.header("content-length").parse(), Ok(body.len()), "{path}");
    }
    Answer { reply, body }
}

pub(crate) fn gunzip(body: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(body).read_to_string(&mut text).unwrap();
    text
}

/// What a page says besides its secrets.
fn without_secrets(html: &str, answer: &Answer) -> String {
    let policy = answer.reply.header("content-security-policy");
    let nonce = policy
        .split_once("'nonce-")
        .map(|(_, rest)| rest.split('\'').next().unwrap());
    html.replace(&token_of(html), "TOKEN")
        .replace(nonce.unwrap_or("none"), "NONCE")
}

#[tokio::test]
async fn a_page_is_the_same_compressed_or_not_and_its_secrets_are_stored() {
    let lab = Lab::open(config(None));
    for (path, standing) in [("/", None), ("/online", Some(granted()))] {
        if let Some(standing) = standing {
            lab.stand(2, standing);
        }
        let plain = get(&lab, path, "").await;
        let zipped = get(&lab, path, GZIP).await;
        assert_eq!(plain.reply.header("content-encoding"), "");
        assert_eq!(zipped.reply.header("content-encoding"), "gzip");
        assert_eq!(zipped.reply.header("cache-control"), "no-store");
        assert_eq!(zipped.reply.header("vary"), "Accept-Encoding, Accept-Language");
        let (plain_text, text) = (
            String::from_utf8(plain.body.clone()).unwrap(),
            gunzip(&zipped.body),
        );
        assert_eq!(
            without_secrets(&plain_text, &plain),
            without_secrets(&text, &zipped)
        );
        assert!(!text.contains("@@"), "{path}: a mark was left open");
        let token = token_of(&text);
        assert!(
            zipped
                .body
                .windows(token.len())
                .any(|bytes| bytes == token.as_bytes()),
            "{path}"
        );
        assert!(zipped.body.len() * 2 < text.len());
    }
}

#[tokio::test]
async fn every_visit_has_its_own_token_and_nonce() {
    let lab = Lab::open(config(None));
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let answer = get(&lab, "/", GZIP).await;
        let policy = answer.reply.header("content-security-policy").to_owned();
        let (_, nonce) = policy.split_once("'nonce-").unwrap();
        let nonce = nonce.split('\'').next().unwrap();
        assert_eq!(
            gunzip(&answer.body)
                .matches(&format!("nonce=\"{nonce}\""))
                .count(),
            2
        );
        assert!(seen.insert(nonce.to_owned()));
        lab.seconds.fetch_add(1, Ordering::Relaxed);
        assert!(seen.insert(token_of(&gunzip(&answer.body))), "{seen:?}");
    }
}

#[tokio::test]
async fn documents_are_kept_and_asked_for_again_by_their_tag() {
    let lab = Lab::open(config(None));
    for path in ["/terms", "/privacy", "/venue"] {
        let first = get(&lab, path, GZIP).await;
        let tag = first.reply.header("etag").to_owned();
        assert_eq!(first.reply.header("cache-control"), "private, no-cache", "{path}");
        assert_eq!(first.reply.header("vary"), "Accept-Encoding, Accept-Language");
        assert!(tag.starts_with('"') && tag != get(&lab, path, "").await.reply.header("etag"));
        let known = format!("{GZIP}If-None-Match: {tag}\r\n");
        let again = get(&lab, path, &known).await;
        assert_eq!((again.reply.status, again.body.len()), (304, 0), "{path}");
        assert_eq!(again.reply.header("etag"), tag);
        assert_eq!(again.reply.header("vary"), "Accept-Encoding, Accept-Language");
        let other = get(&lab, path, &format!("{known}Accept-Language: en\r\n")).await;
        assert_eq!(other.reply.status, 200, "{path} in another language");
    }
    // Whoever knows the page without the warning gets the one with it.
    let quiet = get(&lab, "/venue", GZIP).await;
    let known = format!("{GZIP}If-None-Match: {}\r\n", quiet.reply.header("etag"));
    *lab.board.lock().unwrap() = Arc::new(crate::weight::board());
    let told = get(&lab, "/venue", &known).await;
    assert_eq!(told.reply.status, 200);
    assert!(gunzip(&told.body).contains("Allerta arancione"));
    let gone = get(&lab, "/news/0011223344556677?lang=en", GZIP).await;
    assert_eq!(
        (gone.reply.status, gone.reply.header("location")),
        (302, "/news?lang=en")
    );
    // Pages that tell how a station stands are not.
    for path in ["/", "/disconnected"] {
        let answer = get(&lab, path, GZIP).await;
        assert_eq!(
            (answer.reply.header("etag"), answer.reply.header("cache-control")),
            ("", "no-store")
        );
    }
}

#[tokio::test]
async fn what_pages_load_is_kept_for_long_under_its_own_name() {
    let lab = Lab::open(config(None));
    for (path, lasting) in [
        ("/assets/wifi4eu.svg", false),
        ("/assets/titillium-web-400.12843f5c.woff2", true),
    ] {
        let answer = get(&lab, path, GZIP).await;
        assert_eq!(
            answer.reply.header("cache-control").contains("immutable"),
            lasting,
            "{path}"
        );
        let tag = answer.reply.header("etag").to_owned();
        let again = get(&lab, path, &format!("{GZIP}If-None-Match: {tag}\r\n")).await;
        assert_eq!((again.reply.status, again.body.len()), (304, 0));
    }
    for nothing in [
        "/assets/crest",
        "/assets/../Cargo.toml",
        "/pictures/0011223344556677.jpg",
        "/pictures/x",
    ] {
        assert_eq!(get(&lab, nothing, "").await.reply.status, 404, "{nothing}");
    }
    let id = ItemId::from_bytes([7; 8]);
    let picture = Picture {
        media_type: "image/jpeg",
        bytes: vec![0xff; 500],
        width: 10,
        height: 10,
    };
    let board = Board {
        pictures: [(id.clone(), Arc::new(picture))].into(),
        ..Board::default()
    };
    *lab.board.lock().unwrap() = Arc::new(board);
    let answer = get(&lab, &format!("/pictures/{}.jpg", id.as_str()), GZIP).await;
    assert_eq!((answer.reply.status, answer.body.len()), (200, 500));
    assert_eq!(answer.reply.header("content-type"), "image/jpeg");
}

#[tokio::test]
async fn a_crest_is_a_picture_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("crest.svg");
    std::fs::write(
        &file,
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
    )
    .unwrap();
    let mut config = config(None);
    config.networks[0].look.crest = Some(file);
    let lab = Lab::open(config);
    let page = gunzip(&get(&lab, "/", GZIP).await.body);
    let (_, rest) = page
        .split_once("src=\"/assets/crest")
        .expect("the page shows the crest");
    let path = format!("/assets/crest{}", rest.split('"').next().unwrap());
    let crest = get(&lab, &path, GZIP).await;
    assert_eq!(
        (crest.reply.status, crest.reply.header("content-type")),
        (200, "image/svg+xml")
    );
    assert_eq!(crest.reply.header("x-content-type-options"), "nosniff");
    let policy = crest.reply.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("sandbox"),
        "{policy}"
    );
    assert!(
        crest.reply.header("cache-control").contains("immutable"),
        "{path}"
    );
}

#[tokio::test]
async fn without_an_uplink_nothing_is_granted_and_nothing_is_called_a_success() {
    let lab = Lab::open(config(None));
    let token = token_of(&gunzip(&get(&lab, "/", GZIP).await.body));
    lab.uplink.store(false, Ordering::Relaxed);
    let tap = lab.post(2, "/grant", &format!("token={token}"), "").await;
    assert_eq!((tap.status, lab.grants()), (503, 0));
    lab.stand(3, granted());
    let (captive, granted) = (lab.get(2, HOST, "/").await, lab.get(3, HOST, "/online").await);
    for (page, status) in [(tap, 503), (captive, 200), (granted, 200)] {
        assert_eq!(page.status, status);
        assert!(page.body.contains("class=\"state warn\""), "{}", page.body);
        for success in ["class=\"state good\"", "action=\"/grant"] {
            assert!(!page.body.contains(success), "{success}: {}", page.body);
        }
    }
    let api = lab.get(2, HOST, portico::portal::API_PATH).await;
    assert!(api.body.contains("\"captive\":true"), "{}", api.body);
    lab.uplink.store(true, Ordering::Relaxed);
    let online = lab.get(3, HOST, "/online").await;
    assert!(online.body.contains("class=\"state good\""), "{}", online.body);
    let tap = lab.post(2, "/grant", &format!("token={token}"), "").await;
    assert_eq!((tap.status, lab.grants()), (303, 1));
}

#[tokio::test]
async fn the_snippet_tests_itself_only_while_told_to() {
    let lab = Lab::open(config(None));
    let page = async || gunzip(&get(&lab, "/", GZIP).await.body);
    let before = page().await;
    assert!(!before.contains("selftestModus"), "{before}");
    lab.self_test.store(true, Ordering::Relaxed);
    assert!(page().await.contains("var selftestModus = true;"));
    lab.self_test.store(false, Ordering::Relaxed);
    let after = page().await;
    let (begin, end) = (after.find("<head>").unwrap(), after.find("</head>").unwrap());
    let head = &after[begin..end];
    for line in [
        "var wifi4euTimerStart = Date.now();",
        "var wifi4euNetworkIdentifier = 'a1b2c3d4e5f6g7h8i9j0k';",
        "var wifi4euLanguage = 'it';",
        "src=\"https://collection.wifi4eu.ec.europa.eu/wifi4eu.min.js\" defer></script>",
    ] {
        assert!(head.contains(line), "{line}");
    }
    assert!(!after.contains("selftestModus") && after.contains("id=\"wifi4eubanner\""));
}
