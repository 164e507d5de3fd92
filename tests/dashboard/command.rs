//! `portico user` beside a running dashboard.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use portico::model::Role;

use crate::people::{House, PASSWORD};

/// Exit status, what was told, what was complained of.
pub(crate) fn portico(folder: &Path, arguments: &[&str], typed: &str) -> (i32, String, String) {
    let config = folder.join("portico.toml");
    let text = format!(
        "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
         comune = \"Comune\"\ninterface = \"br-piazza\"\nhost = \"wifi.comune.example.it\"\n",
        folder.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args(arguments)
        .arg("--config")
        .arg(&config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who refuses before it asks does not read.
    let _ = command.stdin.take().unwrap().write_all(typed.as_bytes());
    let output = command.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test]
async fn users_are_managed_while_the_dashboard_runs() {
    let house = House::open().await;
    let folder = house.folder.path();
    let user = |arguments: &[&str], typed: &str| portico(folder, &[&["user"], arguments].concat(), typed);
    let password = format!("{PASSWORD}\n");
    assert_eq!(
        user(&["add", "anna", "--role", "admin"], &password),
        (0, String::new(), String::new())
    );
    let (status, _, complaint) = user(&["add", "anna", "--role", "editor"], &password);
    assert!(
        status == 1 && complaint.contains("there is a user anna already"),
        "{complaint}"
    );
    let (status, _, complaint) = user(&["add", "bruno", "--role", "editor"], "password2026\n");
    assert!(status == 1 && complaint.contains("tried first"), "{complaint}");
    assert_eq!(user(&["add", "bruno", "--role", "editor"], &password).0, 0);
    let (_, told, _) = user(&["list"], "");
    assert!(
        told.contains("anna") && told.contains("editor    password alone"),
        "{told}"
    );
    let (_, told, _) = user(&["list", "--json"], "");
    let users: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&users[1]["name"], &users[1]["second_factor"]),
        (&"bruno".into(), &false.into())
    );

    // What is changed holds for whoever is in.
    let mut browser = house.browser_of("bruno").await;
    let (_, told, _) = user(&["sessions", "bruno"], "");
    assert!(told.contains("127.0.0.1  Probe"), "{told}");
    assert_eq!(user(&["sessions", "bruno", "--end"], "").1, "1 ended\n");
    assert_eq!(browser.get("/account").await.status, 303);
    let mut browser = house.browser_of("bruno").await;
    assert_eq!(user(&["disable", "bruno"], "").0, 0);
    assert_eq!(browser.get("/account").await.status, 303);
    assert_eq!(browser.log_in("bruno", PASSWORD).await.status, 403);
    assert_eq!(user(&["enable", "bruno"], "").0, 0);
    assert_eq!(user(&["role", "bruno", "auditor"], "").0, 0);
    assert_eq!(user(&["passwd", "bruno"], "gufo ombrello lavagna\n").0, 0);
    assert_eq!(browser.log_in("bruno", "gufo ombrello lavagna").await.status, 303);
    let (status, told, complaint) = user(&["totp", "bruno"], "000000 1\n");
    assert!(
        status == 1 && complaint.contains("not the code of now"),
        "{complaint}"
    );
    assert!(
        told.contains("otpauth://totp/Portico%20Comune:bruno?secret="),
        "{told}"
    );
    assert_eq!(user(&["totp", "bruno", "--off"], "").0, 0);

    for refused in [
        &["remove", "anna"][..],
        &["disable", "anna"],
        &["role", "anna", "operator"],
    ] {
        let (status, _, complaint) = user(refused, "");
        assert!(
            status == 1 && complaint.contains("last admin"),
            "{refused:?} {complaint}"
        );
    }
    assert_eq!(user(&["remove", "bruno"], "").0, 0);
    let (status, _, complaint) = user(&["remove", "bruno"], "");
    assert!(
        status == 1 && complaint.contains("there is no user bruno"),
        "{complaint}"
    );
    let users = house.accounts.store().await.users().await.unwrap();
    assert_eq!(
        users.iter().map(|user| user.role).collect::<Vec<_>>(),
        [Role::Admin]
    );

    let (status, told, complaint) = portico(folder, &["audit", "verify"], "");
    assert!(status == 0 && told.contains("9 entries"), "{told} {complaint}");
    let (_, told, _) = portico(folder, &["audit", "list", "--did", "user-role"], "");
    assert!(
        told.contains("user-role  bruno  {\"role\":\"auditor\"}"),
        "{told}"
    );
}

#[tokio::test]
async fn tokens_are_managed_while_the_dashboard_runs() {
    let house = House::open().await;
    house.add("anna", Role::Operator, None).await;
    let folder = house.folder.path();
    let token = |arguments: &[&str]| portico(folder, &[&["token"], arguments].concat(), "");
    for (arguments, words) in [
        (
            ["add", "bruno", "x", "--scope", "see-status"],
            "there is no user bruno",
        ),
        (
            ["add", "anna", "x", "--scope", "manage-users"],
            "the role operator may not manage-users",
        ),
        (["add", "anna", "x", "--scope", "everything"], "there is no scope"),
        (
            ["add", "anna", "X!", "--scope", "see-status"],
            "a token's name has",
        ),
    ] {
        let (status, told, complaint) = token(&arguments);
        assert!(
            status != 0 && told.is_empty() && complaint.contains(words),
            "{complaint}"
        );
    }
    let made = token(&[
        "add",
        "anna",
        "grafana",
        "--scope",
        "see-status,export",
        "--days",
        "7",
    ]);
    let secret = made.1.trim_end();
    assert!(made.0 == 0 && secret.len() == 72 && made.2.is_empty(), "{made:?}");
    assert_eq!(
        token(&["add", "anna", "grafana", "--scope", "export"]).0,
        1,
        "that name is taken"
    );
    let header = format!("Authorization: Bearer {secret}\r\n");
    let status = async || house.office.get("/api/v1/status", &header).await.status;
    assert_eq!(status().await, 200);
    let (_, told, _) = token(&["list"]);
    assert!(
        told.contains("anna") && told.contains("last used") && told.contains("see-status export"),
        "{told}"
    );
    let (_, told, _) = token(&["list", "anna", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&listed[0]["name"], &listed[0]["over"]),
        (&"grafana".into(), &false.into())
    );
    assert!(!told.contains(secret));
    assert_eq!(
        token(&["revoke", "anna", "grafana"]),
        (0, String::new(), String::new())
    );
    assert_eq!(status().await, 401);
    assert_eq!(token(&["revoke", "anna", "grafana"]).0, 1);
    let (_, log, _) = portico(folder, &["audit", "list"], "");
    assert!(
        log.contains("token-add  anna/grafana") && log.contains("token-revoke  anna/grafana"),
        "{log}"
    );
    assert!(!log.contains(&secret[8..]));
}
