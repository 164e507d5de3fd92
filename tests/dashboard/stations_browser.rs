//! A real Chromium plays an operator at a full list: `tests/browser/stations.mjs`.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::model::Role;
use tokio::process::Command;
use tokio::time::timeout;

use crate::people::{House, PASSWORD};

const PATIENCE: Duration = Duration::from_mins(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_with_a_real_browser() {
    let house = House::open().await;
    house.office.street.fill(10_000);
    house.add("olga", Role::Operator, None).await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        here.join("tests/browser/node_modules/playwright-core").exists(),
        "run `npm ci` in tests/browser first (tests/run does)"
    );
    let script = Command::new("node")
        .arg(here.join("tests/browser/stations.mjs"))
        .arg(format!("http://127.0.0.1:{}", house.office.own().port()))
        .args(["olga", PASSWORD])
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let output = timeout(PATIENCE, script.wait_with_output()).await;
    let status = output.expect("the browser took too long").unwrap().status;
    assert!(status.success());
    let noted = house.noted();
    for did in [
        "station-end 1 of 1",
        "station-block 2 of 2",
        "station-extend 0 of 16",
        "station-unmask",
    ] {
        let line = format!("user olga {did}");
        assert!(
            noted.iter().any(|known| known.starts_with(&line)),
            "{did}: {noted:?}"
        );
    }
}
