//! What one station may cost the others: nothing they notice.

use std::num::NonZeroU32;
use std::time::Duration;

use portico::portal::limits::{HTTP_LIFE, HTTPS_LIFE, IDLE_TIME, StationRates};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::lab::{HOST, Lab, Reply, config, read_all, write_pair};
use crate::tls::connect;

/// Far beyond every limit of the portal, but for the life of a TLS connection.
const AGES: Duration = Duration::from_mins(1);

#[tokio::test]
async fn heads_and_forms_beyond_measure_are_refused() {
    let lab = Lab::open(config(None));
    let long = format!(
        "GET / HTTP/1.1\r\nHost: {HOST}\r\nX: {}\r\n\r\n",
        "a".repeat(20_000)
    );
    assert_eq!(Reply::parse(&lab.raw(2, long.as_bytes()).await).status, 431);
    let many = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n{}\r\n", "X: a\r\n".repeat(100));
    assert_eq!(Reply::parse(&lab.raw(2, many.as_bytes()).await).status, 431);
    let far = format!("GET /{} HTTP/1.1\r\nHost: {HOST}\r\n\r\n", "a".repeat(70_000));
    let far = lab.raw(2, far.as_bytes()).await;
    assert!(far.starts_with("HTTP/1.1 4") || far.is_empty(), "{far}");
    let form = lab
        .post(2, "/grant", &format!("token={}", "a".repeat(8_000)), "")
        .await;
    assert_eq!(form.status, 413);
    assert_eq!(lab.get(2, HOST, "/").await.status, 200);
}

/// Sends a head that never ends, until the other side has hung up.
async fn drip(mut stream: impl AsyncWrite + Unpin) {
    let mut next: &[u8] = b"GET / HTTP/1.1\r\nHost: x.example\r\nX-Slow: ";
    while stream.write_all(next).await.is_ok() && stream.flush().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(300)).await;
        next = b"a";
    }
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off_before_the_connections_life_is_over() {
    let dir = tempfile::tempdir().unwrap();
    let (files, trust) = write_pair(dir.path());
    let lab = Lab::open(config(Some(files)));
    let plain = timeout(HTTP_LIFE, drip(lab.connect(2).await));
    let secure = timeout(AGES, drip(connect(&lab, 3, &trust).await.unwrap()));
    assert!(IDLE_TIME < AGES && AGES < HTTPS_LIFE);
    let (plain, secure) = tokio::join!(plain, secure);
    assert!(plain.is_ok(), "the intercept port waits for a whole life");
    assert!(secure.is_ok(), "TLS waits for a whole life");
}

#[tokio::test]
async fn a_form_that_never_comes_is_answered() {
    let lab = Lab::open(config(None));
    let mut form = lab.connect(3).await;
    let begin = format!("POST /grant HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 50\r\n\r\ntok");
    form.write_all(begin.as_bytes()).await.unwrap();
    assert_eq!(Reply::parse(&read_all(&mut form).await).status, 408);
}

#[tokio::test]
async fn a_reader_that_never_reads_gives_its_place_back() {
    let mut config = config(None);
    config.portal.max_connections_per_station = 1;
    let lab = Lab::open(config);
    let mut stream = lab.connect(2).await;
    let request = format!("GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n");
    let flood = async {
        loop {
            if stream.write_all(request.as_bytes()).await.is_err() {
                return;
            }
        }
    };
    timeout(AGES, flood).await.expect("the connection's life ends");
    assert_eq!(lab.get(2, HOST, "/").await.status, 200);
}

#[tokio::test]
async fn places_are_limited_per_station_and_in_all() {
    let mut config = config(None);
    config.portal.max_connections = 5;
    config.portal.max_connections_per_station = 2;
    let lab = Lab::open(config);
    let mut held = Vec::new();
    for station in [2, 2, 3, 3] {
        held.push(lab.connect(station).await);
    }
    // The third of station 2 is reset; a newcomer is served.
    assert!(lab.is_refused(2).await);
    assert_eq!(lab.get(4, HOST, "/").await.status, 200);
    // With the house full nobody enters; a place that is given back is used again.
    held.push(lab.connect(4).await);
    assert!(lab.is_refused(5).await);
    drop(held);
    let served = async {
        while !lab
            .raw(
                5,
                format!("GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n").as_bytes(),
            )
            .await
            .starts_with("HTTP/1.1 200")
        {}
    };
    timeout(AGES, served).await.expect("places come back");
}

#[tokio::test]
async fn a_flood_of_one_station_leaves_the_others_alone() {
    let rates = StationRates {
        connections_per_second: NonZeroU32::new(5).unwrap(),
        ..StationRates::default()
    };
    let lab = Lab::with_rates(config(None), rates);
    let mut answered = 0;
    for _ in 0..200 {
        let text = lab.raw(2, b"GET / HTTP/1.1\r\nHost: x.example\r\n\r\n").await;
        answered += usize::from(text.starts_with("HTTP/1.1 302"));
    }
    // The lab's clock stands still: exactly the burst is answered.
    assert_eq!(answered, 20);
    for station in 3..13 {
        assert_eq!(lab.get(station, "x.example", "/").await.status, 302, "{station}");
    }
}
