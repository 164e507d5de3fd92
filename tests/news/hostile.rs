//! Servers that do harm, or are not who they say.

use std::net::IpAddr;
use std::time::Duration;

use portico::model::{Block, Inline};

use crate::server::{Authority, HOST, Reply, Server};
use crate::stand::{OTHER_HOST, Stand, rss, until};

/// The good feed, then the bad thing several times, then the good feed again: the board stays, the log
/// has one line with these words, and one when all is good again.
async fn stays(stand: Stand, name: &str, harm: impl FnOnce(&Stand), heal: impl FnOnce(&Stand), words: &str) {
    stand.server.answer_always(Reply::ok(&rss(&["Buona"])));
    let service = stand.serve(stand.feed());
    stand.until_titles(&["Buona"]).await;
    assert_eq!(stand.log.lines(), [""; 0], "{name}");

    harm(&stand);
    until("there is a line in the log", || !stand.log.lines().is_empty()).await;
    stand.until_asked_again(3).await;
    assert_eq!(stand.titles(), ["Buona"], "{name}");
    let lines = stand.log.lines();
    assert_eq!(lines.len(), 1, "{name}: {lines:?}");
    let line = &lines[0];
    assert!(
        line.contains("WARN") && line.contains(words) && line.contains(HOST),
        "{name}: {line}"
    );
    assert!(line.contains("what it said last stays"), "{name}: {line}");
    assert!(
        !line.contains("secret") && !line.contains("127.0.0.1"),
        "{name}: {line}"
    );
    let trouble = service.status().feeds[0]
        .trouble
        .clone()
        .expect("there is trouble");
    assert!(trouble.reason.contains(words), "{name}: {}", trouble.reason);

    stand.server.answer_always(Reply::ok(&rss(&["Nuova", "Buona"])));
    heal(&stand);
    stand.until_titles(&["Nuova", "Buona"]).await;
    let lines = stand.log.lines();
    assert_eq!(lines.len(), 2, "{name}: {lines:?}");
    assert!(lines[1].contains("good again"), "{name}: {lines:?}");
    assert_eq!(service.status().feeds[0].trouble, None, "{name}");
    service.stop().await;
}

async fn reply_is_refused(name: &str, reply: Reply, words: &str) {
    let stand = Stand::new().await;
    stays(
        stand,
        name,
        |stand| stand.server.answer_always(reply),
        |_| {},
        words,
    )
    .await;
}

#[tokio::test]
async fn a_compressed_answer_is_refused_before_it_unfolds() {
    let body = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
        .as_bytes()
        .to_vec();
    reply_is_refused("gzip", Reply::Endless(body, vec![0x1f; 4_096]), "compressed").await;
}

#[tokio::test]
async fn an_endless_answer_is_cut() {
    let head = b"HTTP/1.1 200 OK\r\n\r\n<rss version='2.0'><channel>".to_vec();
    let reply = Reply::Endless(head, b"<item><title>x</title></item>".repeat(100));
    reply_is_refused("endless", reply, "longer than 1048576 bytes").await;
}

#[tokio::test]
async fn a_long_answer_is_cut_whatever_it_says_of_its_length() {
    let reply = Reply::ok(&format!("{}{}", rss(&["x"]), " ".repeat(1 << 20)));
    reply_is_refused("long", reply, "longer than 1048576 bytes").await;
}

#[tokio::test]
async fn an_endless_head_is_cut() {
    let reply = Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Y: z\r\n".repeat(100));
    reply_is_refused("head", reply, "not HTTP").await;
}

#[tokio::test]
async fn a_slow_answer_ends_with_the_patience() {
    for (name, reply) in [
        ("slow head", Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Y: ".to_vec())),
        ("slow body", Reply::Drip(b"HTTP/1.1 200 OK\r\n\r\n<rss>".to_vec())),
        ("silent", Reply::Silence),
    ] {
        let mut stand = Stand::new().await;
        stand.patience = Duration::from_secs(1);
        stays(
            stand,
            name,
            |stand| stand.server.answer_always(reply),
            |_| {},
            "no whole answer",
        )
        .await;
    }
}

#[tokio::test]
async fn what_is_no_feed_is_refused() {
    for (name, body, words) in [
        (
            "malformed",
            "<rss version='2.0'><channel><item>".to_owned(),
            "malformed",
        ),
        (
            "page",
            "<!doctype html><title>Sito in manutenzione</title>".to_owned(),
            "not a feed",
        ),
        ("empty", String::new(), "not a feed"),
        (
            "entities",
            format!(
                "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\">{}]><rss version='2.0'><channel><item><title>&z;</title></item></channel></rss>",
                "<!ENTITY z \"&a;&a;&a;&a;\">"
            ),
            "defines entities",
        ),
        (
            "deep",
            format!("<rss version='2.0'>{}", "<a>".repeat(100_000)),
            "nested too deep",
        ),
        (
            "not text",
            "\u{0}\u{1}\u{1b}[31m\n\nINFO all is well".to_owned(),
            "not a feed",
        ),
    ] {
        reply_is_refused(name, Reply::ok(&body), words).await;
    }
}

#[tokio::test]
async fn other_answers_than_ok_are_refused() {
    for (name, reply, words) in [
        ("error", Reply::whole("500 Oh", "", ""), "500"),
        ("gone", Reply::whole("404 Not Found", "", &rss(&["Falsa"])), "404"),
        ("never asked", Reply::whole("304 Not Modified", "", ""), "304"),
        (
            "not HTTP",
            Reply::Bytes(b"220 mail.example ESMTP\r\n".to_vec()),
            "not HTTP",
        ),
        ("nothing", Reply::Close, "not HTTP"),
        (
            "broken off",
            Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss".to_vec()),
            "broke off",
        ),
    ] {
        reply_is_refused(name, reply, words).await;
    }
}

#[tokio::test]
async fn redirects_are_kept_to_the_host_and_to_tls() {
    for (name, to, words) in [
        ("other host", format!("https://{OTHER_HOST}/feed"), OTHER_HOST),
        (
            "metadata service",
            "http://169.254.169.254/latest".to_owned(),
            "another host",
        ),
        ("plain", format!("http://{HOST}/feed"), "away from TLS"),
        ("other port", format!("https://{HOST}:22/"), "another port"),
        ("file", "file:///etc/passwd".to_owned(), "another host"),
        ("round", "/feed?again".to_owned(), "more than 3"),
        ("nowhere", "https://[".to_owned(), "where to"),
    ] {
        reply_is_refused(name, Reply::redirect(&to), words).await;
    }
}

#[tokio::test]
async fn a_redirect_to_another_server_never_reaches_it() {
    let stand = Stand::new().await;
    let inside = Server::start(None).await;
    inside.answer_always(Reply::ok(&rss(&["Falsa"])));
    let to = format!("http://{}/", inside.address);
    stays(
        stand,
        "inside",
        |stand| stand.server.answer_always(Reply::redirect(&to)),
        |_| {},
        "another host",
    )
    .await;
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn a_redirect_within_the_host_is_followed() {
    let stand = Stand::new().await;
    stand.server.answer(|head| match head.split(' ').nth(1) {
        Some("/feed?key=secret") => Reply::redirect("/it/feed"),
        Some("/it/feed") => Reply::redirect("rss"),
        _ => Reply::ok(&rss(&["Buona"])),
    });
    let service = stand.serve(stand.feed());
    stand.until_titles(&["Buona"]).await;
    let heads = stand.server.heads();
    assert!(heads[2].starts_with("GET /it/rss HTTP/1.1"), "{}", heads[2]);
    service.stop().await;
}

#[tokio::test]
async fn a_certificate_that_is_not_good_is_refused() {
    let foreign = Authority::new("somebody else");
    for (name, signer, host, until, words) in [
        ("unknown authority", Some(&foreign), HOST, 2030, "UnknownIssuer"),
        ("other name", None, OTHER_HOST, 2030, "not valid for name"),
        ("expired", None, HOST, 2025, "expired"),
    ] {
        let harm = |stand: &Stand| {
            let signer = signer.unwrap_or(&stand.authority);
            stand.server.use_tls(signer.acceptor(host, until));
        };
        let heal = |stand: &Stand| stand.server.use_tls(stand.authority.acceptor(HOST, 2030));
        stays(Stand::new().await, name, harm, heal, words).await;
    }
}

#[tokio::test]
async fn without_its_file_of_authorities_the_server_is_not_trusted() {
    let stand = Stand::new().await;
    stand.server.answer_always(Reply::ok(&rss(&["Falsa"])));
    let mut feed = stand.feed();
    feed.ca = None;
    let service = stand.serve(feed);
    stand.until_asked_again(3).await;
    assert_eq!(stand.titles(), [""; 0]);
    let lines = stand.log.lines();
    assert!(
        lines.len() == 1 && lines[0].contains("UnknownIssuer"),
        "{lines:?}"
    );
    assert!(lines[0].contains("no copy of it yet"), "{lines:?}");
    assert_eq!(stand.server.heads(), [""; 0]);
    service.stop().await;
}

#[tokio::test]
async fn a_name_that_comes_to_lead_inside_is_refused() {
    let stand = Stand::new().await;
    stand.read_once().await;
    stand.server.answer_always(Reply::ok(&rss(&["Falsa"])));
    let connections = stand.server.connections();

    // The same feed, whose server is to have a public address. Its name leads home.
    let mut feed = stand.feed();
    feed.private = false;
    for found in [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "64:ff9b::7f00:1",
    ] {
        *stand.addresses.lock().unwrap() = vec![found.parse::<IpAddr>().unwrap()];
        let before = stand.log.lines().len();
        let service = stand.serve(feed.clone());
        stand.until_asked_again(3).await;
        assert_eq!(stand.titles(), ["Buona"], "{found}");
        assert_eq!(stand.server.connections(), connections, "{found}");
        let lines = stand.log.lines().split_off(before);
        assert_eq!(lines.len(), 1, "{found}: {lines:?}");
        assert!(
            lines[0].contains("private or special address"),
            "{found}: {lines:?}"
        );
        service.stop().await;
    }
    // The address itself in the address, however it is written.
    let port = stand.server.address.port();
    for host in ["127.0.0.1", "0x7f.1", "2130706433", "[::1]", "localhost"] {
        feed.url = format!("https://{host}:{port}/feed");
        let service = stand.serve(feed.clone());
        until("it is refused", || {
            let trouble = service.status().feeds[0].trouble.clone();
            trouble.is_some_and(|trouble| trouble.kind == "private-address")
        })
        .await;
        service.stop().await;
    }
    assert_eq!(stand.server.connections(), connections);
}

#[tokio::test]
async fn every_connection_goes_to_the_addresses_of_one_answer() {
    let stand = Stand::new().await;
    stand.server.answer_always(Reply::ok(&rss(&["Buona"])));
    let service = stand.serve(stand.feed());
    stand.until_asked_again(5).await;
    service.stop().await;
    let resolved = stand.resolved.load(std::sync::atomic::Ordering::SeqCst);
    // The last one may have been cut off by the stop.
    assert!((stand.server.connections()..=stand.server.connections() + 1).contains(&resolved));
}

#[tokio::test]
async fn plain_http_is_asked_only_if_the_file_says_so() {
    let stand = Stand::new().await;
    let plain = Server::start(None).await;
    plain.answer_always(Reply::ok(&rss(&["Buona"])));
    let mut feed = stand.feed();
    feed.url = format!("http://{HOST}:{}/feed", plain.address.port());
    let service = stand.serve(feed.clone());
    until("it is refused", || !stand.log.lines().is_empty()).await;
    assert_eq!((plain.connections(), stand.titles().len()), (0, 0));
    service.stop().await;
    feed.insecure = true;
    let service = stand.serve(feed);
    stand.until_titles(&["Buona"]).await;
    service.stop().await;
}

#[tokio::test]
async fn scripts_in_a_feed_do_not_reach_the_board() {
    let stand = Stand::new().await;
    let html = "<p onclick='alert(1)'>Ciao<script>alert(1)</script> <a href='javascript:alert(1)'>qui</a>\
                <a href='https://a.example/'>là</a></p><iframe src='//evil.example'></iframe>";
    let item = format!(
        "<item><title><![CDATA[<b>Nuova</b><script>alert(1)</script>]]></title><link>javascript:alert(1)</link><description><![CDATA[{html}]]></description></item>"
    );
    stand.server.answer_always(Reply::ok(&format!(
        "<rss version='2.0'><channel>{item}</channel></rss>"
    )));
    let service = stand.serve(stand.feed());
    stand.until_titles(&["Nuova"]).await;
    let board = stand.boards.lock().unwrap().last().cloned().unwrap();
    let text = |text: &str| Inline::Text(text.to_owned());
    let link = Inline::Link {
        href: "https://a.example/".to_owned(),
        text: "là".to_owned(),
    };
    assert_eq!(
        board.items[0].body,
        [Block::Paragraph(vec![text("Ciao "), text("qui"), link])]
    );
    assert_eq!(
        (board.items[0].summary.as_str(), &board.items[0].link),
        ("Ciao quilà", &None)
    );
    service.stop().await;
}
