//! What arrives on the intercept port.

use portico::wire::probe;

use crate::lab::{HOST, Lab, Reply, STRANGER, config, granted};

const PORTAL: &str = "http://wifi.comune.example.it/";

fn assert_leads_to_portal(reply: &Reply, what: &str) {
    assert!(
        reply.body.len() > 4,
        "{what}: Android takes this for a broken network"
    );
    assert!(
        reply.body.contains(&format!("0;url={PORTAL}")),
        "{what}: {reply:?}"
    );
    assert_eq!(reply.header("cache-control"), "no-store", "{what}");
    assert_eq!(reply.header("connection"), "close", "{what}");
}

#[tokio::test]
async fn every_probe_of_a_captive_station_leads_to_the_portal() {
    let lab = Lab::open(config(None));
    // A new station every 20 probes: nobody asks so much so fast.
    for (index, (host, path, family)) in probe::samples().into_iter().enumerate() {
        let station = 10 + u8::try_from(index / 20).unwrap();
        let reply = lab.get(station, host, path).await;
        let what = format!("{family:?} {host}{path}");
        if family == probe::ProbeFamily::Samsung {
            assert_eq!((reply.status, reply.header("location")), (200, ""), "{what}");
        } else {
            assert_eq!((reply.status, reply.header("location")), (302, PORTAL), "{what}");
        }
        assert_leads_to_portal(&reply, &what);
    }
}

#[tokio::test]
async fn every_other_address_leads_to_the_portal_too() {
    let lab = Lab::open(config(None));
    for (host, path) in [
        ("example.org", "/some/page?x=1"),
        ("93.184.216.34", "/"),
        ("127.0.0.1", "/"),
        ("[2001:db8::1]", "/"),
        ("xn--caff-8oa.example:80", "/"),
    ] {
        let reply = lab.get(2, host, path).await;
        assert_eq!((reply.status, reply.header("location")), (302, PORTAL), "{host}");
        assert_leads_to_portal(&reply, host);
    }
    let old = lab.raw(2, b"GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(Reply::parse(&old).status, 302, "HTTP/1.0 without a host");
    let absolute = b"GET http://example.org/ HTTP/1.1\r\nHost: wifi.comune.example.it\r\n\r\n";
    assert_eq!(
        Reply::parse(&lab.raw(2, absolute).await).status,
        302,
        "absolute form"
    );
}

#[tokio::test]
async fn nothing_but_reading_is_redirected() {
    let lab = Lab::open(config(None));
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"] {
        let head = format!("{method} / HTTP/1.1\r\nHost: example.org\r\nContent-Length: 0\r\n\r\n");
        let reply = Reply::parse(&lab.raw(3, head.as_bytes()).await);
        assert_eq!(
            (reply.status, reply.header("connection")),
            (403, "close"),
            "{method}"
        );
    }
    let connect = b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n";
    assert_eq!(Reply::parse(&lab.raw(3, connect).await).status, 403);
    let head = lab.raw(3, b"HEAD / HTTP/1.1\r\nHost: example.org\r\n\r\n").await;
    let head = Reply::parse(&head);
    assert_eq!((head.status, head.body.as_str()), (302, ""));
}

#[tokio::test]
async fn heads_that_cannot_be_are_refused() {
    let lab = Lab::open(config(None));
    for bad in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example/\"><script>\r\n\r\n",
        "GET /\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a.example\r\n\r\n",
    ] {
        let reply = Reply::parse(&lab.raw(4, bad.as_bytes()).await);
        assert_eq!(reply.status, 400, "{bad:?}");
    }
}

#[tokio::test]
async fn a_granted_station_is_let_through_and_never_told_success() {
    let lab = Lab::open(config(None));
    lab.stand(5, granted());
    for (host, path) in [
        ("captive.apple.com", "/hotspot-detect.html"),
        ("connectivitycheck.gstatic.com", "/generate_204"),
    ] {
        let reply = lab.get(5, host, path).await;
        assert_eq!(reply.status, 503, "{host}");
        assert_eq!(
            (reply.header("location"), reply.header("connection")),
            ("", "close")
        );
    }
    let reply = lab.get(5, "example.org:80", "/page?x=1").await;
    assert_eq!(
        (reply.status, reply.header("location"), reply.header("connection")),
        (307, "http://example.org:80/page?x=1", "close")
    );
    // The gateway's own address leads here again and again: never "the same address".
    for own in ["127.0.0.1", "127.0.0.7", "127.0.0.7:80", "[::1]", "[fe80::1]"] {
        let gateway = lab.get(5, own, "/").await;
        assert_eq!(
            (gateway.status, gateway.header("location")),
            (302, PORTAL),
            "{own}"
        );
    }
    let elsewhere = lab.get(5, "192.0.2.80", "/").await;
    assert_eq!(
        (elsewhere.status, elsewhere.header("location")),
        (307, "http://192.0.2.80/")
    );
}

#[tokio::test]
async fn a_peer_unknown_to_the_kernel_gets_an_explanation() {
    let lab = Lab::open(config(None));
    for host in ["example.org", HOST] {
        let reply = lab.get(STRANGER, host, "/").await;
        assert_eq!(reply.status, 503, "{host}");
        assert!(reply.body.contains("non riconosciuto"), "{host}");
    }
    assert!(lab.world.lock().unwrap().asked.is_empty());
}
