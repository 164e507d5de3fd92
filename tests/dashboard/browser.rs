//! A real Chromium plays an administrator: `tests/browser/dashboard.mjs`, told where the dashboard and its first
//! set-up are.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use portico::model::Role;
use tokio::process::Command;
use tokio::time::timeout;

use crate::people::House;

const PATIENCE: Duration = Duration::from_mins(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_administrator_with_a_real_browser() {
    let house = House::open().await;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    assert!(
        here.join("tests/browser/node_modules/playwright-core").exists(),
        "run `npm ci` in tests/browser first (tests/run does)"
    );
    let token = house.offer_setup().reveal();
    let script = Command::new("node")
        .arg(here.join("tests/browser/dashboard.mjs"))
        .arg(format!("http://127.0.0.1:{}", house.office.own().port()))
        .arg(&token)
        .arg(house.now().as_second().to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let output = timeout(PATIENCE, script.wait_with_output()).await;
    assert!(
        output
            .expect("the browser took too long")
            .unwrap()
            .status
            .success()
    );
    let users = house.accounts.store().await.users().await.unwrap();
    assert_eq!(users.len(), 1);
    assert!(users[0].role == Role::Admin && users[0].totp.is_some());
    let noted = house.noted();
    for did in [
        "first-setup",
        "own-second-factor",
        "logout",
        "login",
        "login-second",
    ] {
        assert!(
            noted
                .iter()
                .any(|line| line.starts_with(&format!("user anna {did}"))),
            "{did}: {noted:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_and_users_with_a_real_browser() {
    let house = House::open().await;
    house.add("anna", Role::Admin, None).await;
    let script = Command::new("node")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/settings.mjs"))
        .arg(format!("http://127.0.0.1:{}", house.office.own().port()))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("node (Debian package nodejs)");
    let output = timeout(PATIENCE, script.wait_with_output()).await;
    let output = output.expect("the browser took too long").unwrap();
    assert!(output.status.success());
    let text = std::fs::read_to_string(&house.file).unwrap();
    assert!(text.contains("down = \"4 Mbit/s\""), "{text}");
    assert_eq!(house.accounts.store().await.users().await.unwrap().len(), 2);
}
