//! `/now` and what is live, over HTTP.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::accounts::Spared;
use portico::core::Snapshot;
use portico::model::Role;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{interval, timeout};

use crate::people::{Browser, House, PASSWORD};

/// For what comes every two seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A viewer of what is live.
pub(crate) struct Viewer {
    stream: TcpStream,
    text: String,
}

impl Viewer {
    pub(crate) async fn come(browser: &Browser<'_>) -> Self {
        let mut viewer = Self {
            stream: browser.follow("/live").await,
            text: String::new(),
        };
        viewer.read_until("\r\n\r\n").await;
        viewer
    }

    /// Everything up to a piece of text, which is not read again; fails where the answer ends before.
    async fn read_until(&mut self, end: &str) -> String {
        let reading = async {
            let mut bytes = [0; 8_192];
            loop {
                if let Some(place) = self.text.find(end) {
                    let rest = self.text.split_off(place + end.len());
                    return std::mem::replace(&mut self.text, rest);
                }
                let count = self.stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "it ended after {:?}", self.text);
                self.text.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
        };
        timeout(PATIENCE, reading).await.unwrap()
    }

    /// The next event that tells how everything stands.
    pub(crate) async fn event(&mut self) -> Value {
        loop {
            let event = self.read_until("\n\n").await;
            if let Some((_, data)) = event.split_once("event: now\ndata: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn what_is_wrong_stands_first_in_words() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let mut browser = house.browser_of("anna").await;
    let page = browser.get("/now").await;
    assert_eq!(page.status, 200);
    let (findings, rest) = page.body.split_once("id=\"chart-title\"").unwrap();
    for said in [
        "The certificate of molini.example.it is of no use: it has expired.",
        "Put the right files in place",
        "News of www.comune.example.it do not come",
        "The line is full",
    ] {
        assert!(findings.contains(said), "{said}\n{findings}");
    }
    let urgent = findings.find("class=\"bad\"").unwrap();
    assert!(urgent < findings.find("class=\"note\"").unwrap());
    for row in [
        "<dd data-row=\"all-granted\">10</dd>",
        "<dd data-row=\"net-piazza-granted\">5</dd>",
        "<dd data-row=\"all-capacity-down\">200 Mbit/s</dd>",
        "<dd data-row=\"net-piazza-snippet\">",
        "good until 01.01.2027 01:00",
    ] {
        assert!(rest.contains(row), "{row}\n{rest}");
    }
    assert!(rest.contains("<svg") && rest.contains("data-points=\"["));
    house.office.look.lock().unwrap().figures.helper_linked = false;
    let page = browser.get("/now").await;
    assert!(page.body.contains("nobody new gets online"), "asked for anew");
    for (path, kind) in [
        ("/assets/live.js", "text/javascript"),
        ("/assets/uplot.js", "text/javascript"),
    ] {
        let asset = browser.get(path).await;
        assert_eq!((asset.status, asset.header("content-type")), (200, Some(kind)));
    }
}

#[tokio::test]
async fn each_role_has_its_doors() {
    let house = House::open().await;
    for (name, role, expected) in [
        ("anna", Role::Admin, 200),
        ("bea", Role::Operator, 200),
        ("carla", Role::Editor, 403),
        ("dora", Role::Auditor, 403),
    ] {
        house.add(name, role, None).await;
        let mut browser = house.browser_of(name).await;
        for path in ["/now", "/networks", "/networks/piazza"] {
            assert_eq!(browser.get(path).await.status, expected, "{name} {path}");
        }
        if expected == 403 {
            assert_eq!(browser.get("/live").await.status, 403, "{name}");
            let form = [("form", ""), ("test", "on")];
            let answer = browser.post("/networks/piazza/self-test", &form).await;
            assert_eq!(answer.status, 403, "{name}");
        }
    }
    for path in ["/now", "/live", "/networks", "/networks/piazza"] {
        let answer = house.browser().get(path).await;
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/login")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_changes_is_told_and_nobody_asks_while_nobody_watches() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    let mut viewer = Viewer::come(&browser).await;
    let event = viewer.event().await;
    assert_eq!(event["rows"]["all-granted"], "10");
    assert_eq!(event["findings"][0]["weight"], "bad");
    change(&house, |figures| {
        for network in figures.networks.values_mut() {
            network.granted = 7;
            network.totals.usage.down.bytes += 1_000_000_000;
        }
    });
    let changed = async {
        loop {
            // Rates are of the time that the house's clock tells.
            house.pass(2);
            let event = viewer.event().await;
            if event["rows"]["all-granted"] == "14" && event["rates"][""][0].as_u64() > Some(0) {
                return event;
            }
        }
    };
    let event = timeout(PATIENCE, changed).await.unwrap();
    assert!(event["at"].is_i64());
    drop(viewer);
    let asked = || house.office.asked.lock().unwrap().looks;
    let quiet = async {
        loop {
            let before = asked();
            tokio::time::sleep(Duration::from_secs(3)).await;
            if asked() == before {
                return;
            }
        }
    };
    timeout(PATIENCE, quiet).await.unwrap();
}

fn change(house: &House, change: impl FnOnce(&mut Snapshot)) {
    change(&mut house.office.look.lock().unwrap().figures);
}

#[tokio::test]
async fn fifty_watch_and_one_that_reads_nothing_holds_nobody_up() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    let slow = browser.follow("/live").await;
    let mut viewers = Vec::new();
    for _ in 0..49 {
        viewers.push(Viewer::come(&browser).await);
    }
    for viewer in &mut viewers {
        viewer.event().await;
    }
    let before = house.office.asked.lock().unwrap().looks;
    change(&house, |figures| {
        figures
            .networks
            .values_mut()
            .for_each(|network| network.granted = 8);
    });
    for viewer in &mut viewers {
        while viewer.event().await["rows"]["all-granted"] != "16" {}
    }
    let asked = house.office.asked.lock().unwrap().looks - before;
    assert!(asked <= 5, "one asks for all, not each for itself: {asked}");
    // Fourteen places are left of sixty-four.
    for _ in 0..14 {
        viewers.push(Viewer::come(&browser).await);
    }
    let mut other = browser.clone();
    let full = other.get("/live").await;
    assert_eq!(full.status, 503);
    assert!(
        full.body.contains("Too many people are watching"),
        "{}",
        full.body
    );
    drop(slow);
    drop(viewers);
    // Places are given back.
    let come = async {
        loop {
            let mut stream = browser.follow("/live").await;
            let mut head = [0; 12];
            stream.read_exact(&mut head).await.unwrap();
            if head.ends_with(b"200") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, come).await.unwrap();
}

#[tokio::test]
async fn it_ends_with_the_session() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    let mut other = house.browser_of("anna").await;
    let mut viewer = Viewer::come(&browser).await;
    viewer.event().await;
    // Whoever ends the other sessions ends this one.
    let ended = other.fill("/account", "/account/sessions/end", &[]).await;
    assert_eq!(ended.status, 200);
    viewer.read_until("event: end\ndata: \n\n").await;
    // The last chunk (RFC 9112, section 7.1).
    let rest = viewer.read_until("0\r\n\r\n").await;
    assert_eq!(rest, "\r\n0\r\n\r\n");
}

#[tokio::test]
async fn a_page_left_open_keeps_nobody_in() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    let mut viewer = Viewer::come(&browser).await;
    viewer.event().await;
    // A look at the session within its time does not make it longer.
    house.pass(20 * 60);
    viewer.read_until(": \n\n").await;
    house.pass(11 * 60);
    viewer.read_until("event: end").await;
    let entered = house.browser().log_in("anna", PASSWORD).await;
    assert_eq!(entered.status, 303);
}

#[tokio::test]
async fn a_page_that_connects_again_keeps_nobody_in_and_is_told_when_it_is_over() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let browser = house.browser_of("anna").await;
    for _ in 0..2 {
        house.pass(14 * 60);
        let mut viewer = Viewer::come(&browser).await;
        viewer.event().await;
    }
    house.pass(3 * 60);
    let mut viewer = Viewer::come(&browser).await;
    viewer.read_until("event: end").await;
}

/// A real Chromium: `tests/browser/now.mjs`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_browser_follows_what_happens() {
    let house = House::open_with("wifi4eu_id = \"abc\"\n").await;
    house.add("anna", Role::Admin, None).await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut script = Command::new("node")
        .arg(here.join("tests/browser/now.mjs"))
        .arg(format!("http://127.0.0.1:{}", house.office.own().port()))
        .arg(PASSWORD)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let mut lines = BufReader::new(script.stdout.take().unwrap()).lines();
    let mut second = interval(Duration::from_secs(1));
    let playing = async {
        loop {
            let line = tokio::select! {
                line = lines.next_line() => line.unwrap(),
                _ = second.tick() => {
                    // The house's clock goes on as the browser's does.
                    house.pass(1);
                    continue;
                }
            };
            let Some(line) = line else { break };
            match line.as_str() {
                "change" => change(&house, |figures| {
                    figures.helper_linked = false;
                    for network in figures.networks.values_mut() {
                        network.granted = 7;
                        network.totals.usage.down.bytes += 50_000_000;
                    }
                }),
                "end" => {
                    let name = "anna".parse().unwrap();
                    house
                        .accounts
                        .store()
                        .await
                        .end_sessions(&name, Spared::Nothing)
                        .await
                        .unwrap();
                }
                other => panic!("{other}"),
            }
        }
        script.wait().await.unwrap()
    };
    let status = timeout(Duration::from_mins(6), playing).await;
    assert!(status.expect("the browser took too long").success());
}
