//! `/metrics`: who may read it, what it tells, and what Prometheus's own tool says of it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::net::TcpStream;

use crate::doors::{lan, shake_hands};
use crate::{HOST, Office, ask, config, write_pair};

const TOKEN: &str = "an-example-of-a-token-0123456789";

/// Runs Prometheus's tool on a text or on files; what it says.
pub(crate) fn promtool(arguments: &[&str], input: &str) -> Result<String, String> {
    let mut tool = Command::new("promtool")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("promtool (Debian package prometheus): {error}"));
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    if output.status.success() {
        Ok(said)
    } else {
        Err(said)
    }
}

/// Names of the samples that a text in Prometheus's format has or could have.
pub(crate) fn names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in text.lines() {
        let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) else {
            continue;
        };
        if kind == "histogram" {
            names.extend(["bucket", "sum", "count"].map(|part| format!("{name}_{part}")));
        } else {
            names.insert(name.to_owned());
        }
    }
    names
}

/// Every word of a file that is the name of one of our metrics.
fn words(file: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let letters = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
    let words = text.split(letters).filter(|word| word.starts_with("portico_"));
    words.map(str::to_owned).collect()
}

/// What dashboard and alerts ask for is really printed.
pub(crate) fn everything_asked_for_is_told(text: &str) {
    let told = names(text);
    for file in [
        "firmware-config/monitoring/portico-alerts.yml",
        "firmware-config/monitoring/grafana-portico.json",
    ] {
        let asked = words(file);
        assert!(asked.len() > 8, "{file}: {asked:?}");
        let missing: Vec<_> = asked.difference(&told).collect();
        assert!(missing.is_empty(), "{file}: nobody tells {missing:?}");
    }
}

#[tokio::test]
async fn prometheus_s_own_tool_finds_nothing_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(config(folder.path(), ""));
    let told = office.get("/metrics", "").await;
    assert_eq!(told.status, 200);
    let kind = told.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    assert_eq!(promtool(&["check", "metrics"], &told.body), Ok(String::new()));
    everything_asked_for_is_told(&told.body);
    for line in [
        "portico_stations{network=\"piazza\",state=\"captive\"} 0",
        "portico_stations{network=\"piazza\",state=\"granted\"} 5",
        "portico_stations_in_sight{network=\"piazza\"} 1",
        "portico_sessions_started_total{network=\"molini\"} 40",
        "portico_traffic_bytes_total{network=\"piazza\",direction=\"down\"} 3000",
        "portico_dropped_packets_total{network=\"piazza\",cause=\"over_down\"} 17",
        "portico_dropped_packets_total{network=\"piazza\",cause=\"forged\"} 0",
        "portico_probe_to_online_seconds_bucket{le=\"10.0\",network=\"piazza\"} 5",
        "portico_certificate_expiry_timestamp_seconds{host=\"molini.example.it\"} 1767225600",
        "portico_certificate_usable{host=\"molini.example.it\"} 0",
        "portico_feed_up{feed=\"2\",kind=\"news\",host=\"www.comune.example.it\"} 0",
        "portico_line_queued{direction=\"up\"} 1",
        "portico_fast_path_stands 1",
        "portico_fast_path_flows 321",
    ] {
        assert!(
            told.body.lines().any(|told| told == line),
            "{line}\n{}",
            told.body
        );
    }
    let newer = office
        .get(
            "/metrics",
            "Accept: application/openmetrics-text;version=1.0.0\r\n",
        )
        .await;
    assert!(
        newer
            .header("content-type")
            .unwrap()
            .starts_with("application/openmetrics-text")
    );
    assert!(newer.body.ends_with("# EOF\n"));
}

#[test]
fn the_alerts_fire_when_they_should_and_not_before() {
    let rules = "firmware-config/monitoring/portico-alerts.yml";
    promtool(&["check", "rules", rules], "").unwrap();
    promtool(&["test", "rules", "tests/dashboard/alerts.yml"], "").unwrap();
    let scrape = "firmware-config/monitoring/prometheus.yml";
    promtool(&["check", "config", "--syntax-only", scrape], "").unwrap();
}

#[tokio::test]
async fn from_elsewhere_only_the_token_opens() {
    let folder = tempfile::tempdir().unwrap();
    let trust = write_pair(folder.path());
    let file = folder.path().join("metrics.token");
    let mut config = lan(folder.path());
    config.management.metrics_token = Some(file.clone());
    let office = Office::open(config);
    let port = office.dashboard.addresses()[1].unwrap().port();
    let status = async |more: &str| {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let answer = ask(shake_hands(stream, &trust).await, HOST, "/metrics", more).await;
        assert_eq!(answer.status == 200, answer.body.contains("portico_"));
        answer.status
    };
    let put = |text: &str, mode| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    assert_eq!(status(&right).await, 401, "there is no file");
    put(&format!("{TOKEN}\n"), 0o640);
    assert_eq!(status(&right).await, 200);
    assert_eq!(status("").await, 401);
    assert_eq!(status(&format!("Authorization: Bearer {TOKEN}x\r\n")).await, 401);
    assert_eq!(status(&format!("Authorization: Basic {TOKEN}\r\n")).await, 401);
    put(&format!("{TOKEN}\n"), 0o644);
    assert_eq!(status(&right).await, 401, "everybody could read it");
    put("\n", 0o640);
    assert_eq!(
        status("Authorization: Bearer \r\n").await,
        401,
        "an empty file is no token"
    );
    // The machine itself needs none.
    assert_eq!(office.get("/metrics", "").await.status, 200);
}

#[tokio::test]
async fn whoever_asks_all_the_time_has_to_wait() {
    let folder = tempfile::tempdir().unwrap();
    let office = Office::open(config(folder.path(), ""));
    let mut told = 0;
    let refused = loop {
        let answer = office.get("/metrics", "").await;
        if answer.status != 200 {
            break answer;
        }
        told += 1;
        assert!(told < 100);
    };
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").is_some() && told >= 12, "{told}");
    assert_eq!(office.get("/healthz", "").await.status, 200);
}
