//! Asking only for what is new, and writing only what has changed.

use std::os::unix::fs::MetadataExt;

use crate::server::Reply;
use crate::stand::{Stand, rss, until};

const VALIDATORS: &str = "ETag: \"v1\"\r\nLast-Modified: Fri, 20 Nov 2026 20:00:00 GMT\r\n";

#[tokio::test]
async fn a_feed_that_has_not_changed_is_not_sent_again_not_even_after_a_restart() {
    let stand = Stand::new().await;
    stand.server.answer(|head| {
        let known = head.to_ascii_lowercase().contains("if-none-match: \"v1\"");
        if known && head.contains("Fri, 20 Nov 2026 20:00:00 GMT") {
            Reply::whole("304 Not Modified", "", "")
        } else {
            Reply::whole("200 OK", VALIDATORS, &rss(&["Buona"]))
        }
    });
    let service = stand.serve(stand.feed());
    stand.until_titles(&["Buona"]).await;
    stand.until_asked_again(4).await;
    stand.until_copied().await;
    assert_eq!(stand.boards.lock().unwrap().len(), 1);
    service.stop().await;
    let heads = stand.server.heads();
    assert!(!heads[0].to_ascii_lowercase().contains("if-none-match"));
    assert!(
        heads[1..]
            .iter()
            .all(|head| head.to_ascii_lowercase().contains("if-none-match"))
    );
    assert!(
        heads[0].starts_with("GET /feed?key=secret HTTP/1.1\r\n"),
        "{}",
        heads[0]
    );
    let first = heads[0].to_ascii_lowercase();
    for line in [
        "host: feeds.example:",
        "accept-encoding: identity",
        "user-agent: portico/",
    ] {
        assert!(first.contains(line), "{line}");
    }

    let asked = stand.server.heads().len();
    let service = stand.serve(stand.feed());
    until("it is asked again", || stand.server.heads().len() > asked).await;
    assert!(
        stand.server.heads()[asked]
            .to_ascii_lowercase()
            .contains("if-none-match")
    );
    assert_eq!(stand.titles(), ["Buona"]);
    service.stop().await;
    assert_eq!(stand.log.lines(), [""; 0]);
}

#[tokio::test]
async fn the_copy_is_written_only_when_it_says_something_new() {
    let stand = Stand::new().await;
    let now_and_then = |titles: &[&str]| {
        let body = rss(titles);
        let count = std::sync::atomic::AtomicUsize::new(0);
        move |_: &str| {
            let count = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Reply::ok(&body.replace("<title>x", &format!("<title>made {count} times")))
        }
    };
    stand.server.answer(now_and_then(&["Buona"]));
    let service = stand.serve(stand.feed());
    stand.until_titles(&["Buona"]).await;
    let file = || std::fs::metadata(stand.copies().first()?).ok();
    stand.until_copied().await;
    let first = file().unwrap();
    // The number alone may be given again.
    let written = || file().map(|file| (file.ino(), file.mtime(), file.mtime_nsec()));
    let stamp = written();
    assert_eq!(first.mode() & 0o137, 0, "others may not read it");
    stand.until_asked_again(4).await;
    assert_eq!(written(), stamp, "it says the same, so it is the same file");
    stand.server.answer(now_and_then(&["Nuova", "Buona"]));
    stand.until_titles(&["Nuova", "Buona"]).await;
    until("the copy is new", || written() != stamp).await;
    service.stop().await;
}
