//! What lasts: over a restart, a broken uplink, a damaged file, a change of the configuration.

use std::net::IpAddr;

use crate::server::Reply;
use crate::stand::{Stand, rss, until};

#[tokio::test]
async fn with_the_uplink_down_the_news_are_there_from_the_start() {
    let stand = Stand::new().await;
    stand.read_once().await;

    stand.boards.lock().unwrap().clear();
    stand.addresses.lock().unwrap().clear();
    let service = stand.serve(stand.feed());
    assert_eq!(stand.titles(), ["Buona"], "before anything is asked");
    stand.until_asked_again(3).await;
    assert_eq!(stand.titles(), ["Buona"]);
    let lines = stand.log.lines();
    assert!(
        lines.len() == 1 && lines[0].contains("name cannot be resolved"),
        "{lines:?}"
    );
    let status = service.status();
    assert_eq!((status.items, status.feeds[0].items), (1, 1));
    assert!(status.feeds[0].last_success.is_some());

    // Another way to fail is another line.
    *stand.addresses.lock().unwrap() = vec![IpAddr::from([127, 0, 0, 1])];
    stand.server.answer_always(Reply::whole("503 Later", "", ""));
    until("the log says so", || stand.log.lines().len() == 2).await;
    stand.until_asked_again(3).await;
    assert_eq!(stand.log.lines().len(), 2);
    service.stop().await;
}

#[tokio::test]
async fn a_damaged_copy_is_as_if_it_were_missing() {
    let stand = Stand::new().await;
    stand.read_once().await;
    let copy = stand.copies().remove(0);
    let bytes = std::fs::read(&copy).unwrap();
    std::fs::write(&copy, &bytes[..bytes.len() / 2]).unwrap();
    stand.boards.lock().unwrap().clear();

    let service = stand.serve(stand.feed());
    let lines = stand.log.lines();
    assert!(lines.len() == 1 && lines[0].contains("is damaged"), "{lines:?}");
    stand.until_titles(&["Buona"]).await;
    service.stop().await;
    assert_eq!(stand.log.lines().len(), 1);
}

#[tokio::test]
async fn a_changed_configuration_keeps_what_is_known() {
    let stand = Stand::new().await;
    stand.server.answer_always(Reply::ok(&rss(&["Buona"])));
    let mut service = stand.serve(stand.feed());
    stand.until_titles(&["Buona"]).await;
    stand.until_copied().await;

    // The server is gone: only what is known can be shown, under the new name.
    stand.addresses.lock().unwrap().clear();
    let mut feed = stand.feed();
    feed.source = "Città di Prova".to_owned();
    service.reconfigure(stand.settings(vec![feed]));
    let board = stand.boards.lock().unwrap().last().cloned().unwrap();
    assert_eq!(board.items[0].source, "Città di Prova");

    // A feed that is no longer in the file is neither shown nor asked nor kept.
    service.reconfigure(stand.settings(Vec::new()));
    assert_eq!(stand.titles(), [""; 0]);
    assert!(service.status().feeds.is_empty());
    let left = std::fs::read_dir(stand.place.path().join("news"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
    service.stop().await;
}

#[tokio::test]
async fn a_retry_asks_the_feeds_that_failed_at_once() {
    let stand = Stand::new().await;
    stand.addresses.lock().unwrap().clear();
    let mut context = stand.context();
    context.pace.first_retry = std::time::Duration::from_hours(1);
    context.pace.most_news = std::time::Duration::from_hours(1);
    let retry = std::sync::Arc::clone(&context.retry);
    let settings = stand.settings(vec![stand.feed()]);
    let service = portico::news::service::Service::start(settings, context);
    until("it has failed", || !stand.log.lines().is_empty()).await;
    stand.server.answer_always(Reply::ok(&rss(&["Buona"])));
    *stand.addresses.lock().unwrap() = vec![IpAddr::from([127, 0, 0, 1])];
    until("it is asked", || {
        retry.notify_waiters();
        stand.titles() == ["Buona"]
    })
    .await;
    service.stop().await;
}
