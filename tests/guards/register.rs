//! The access register of a real station: it joins, taps, outlives a crash of the daemon, is sent away; and
//! what is on the disk tells of it with the key alone.

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use serde_json::{Value, json};

use crate::{network, programs};

/// Entries wait ten seconds for others.
const WRITTEN: Duration = Duration::from_mins(1);

fn command(lab: &Lab, words: &[&str]) -> (i32, String) {
    let words: Vec<&OsStr> = words.iter().map(OsStr::new).collect();
    lab.portico_command(&words).unwrap()
}

/// The rows of the register that can be told so far.
fn rows(lab: &Lab, key: &Path) -> Option<Vec<Value>> {
    let (key, config) = (key.to_str().unwrap(), Lab::config_path());
    let words = [
        "register",
        "read",
        "--identity",
        key,
        "--reason",
        "Prova",
        "--format",
        "json",
        "--config",
    ];
    let (code, said) = command(lab, &[&words[..], &[config.to_str().unwrap()]].concat());
    (code == 0).then(|| serde_json::from_str(&said).unwrap())
}

/// Every file of what outlives the daemons.
fn disk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            disk(&path, found);
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
}

#[test]
fn a_station_is_in_the_register_and_with_the_key_alone() {
    let config = format!("[gateway]\nuplink = \"wan0\"\n{}", network("square"));
    let mut lab = Lab::build(programs(), &config).unwrap();
    let key = Lab::state_dir().with_file_name("key.txt");
    let (code, said) = command(&lab, &["register", "keygen", key.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    lab.start().unwrap();
    let register = Lab::state_dir().with_file_name("state-register");
    let mut before = lab.phone(0).unwrap();
    before.join().unwrap();
    before.tap().unwrap();
    lab.control(&json!({"do": "revoke", "network": null, "mac": Lab::mac(1).unwrap().to_string()}))
        .unwrap();
    assert!(!register.exists(), "off, nothing is made");

    let recipient = said
        .lines()
        .find_map(|line| line.strip_prefix("recipient = "))
        .unwrap()
        .trim_matches('"')
        .to_owned();
    std::fs::create_dir(&register).unwrap();
    let owner = std::fs::metadata(Lab::state_dir()).unwrap();
    chown(&register, Some(owner.uid()), Some(owner.gid())).unwrap();
    lab.edit_config(|config| {
        let section = [("recipient".to_owned(), toml::Value::from(recipient))];
        config.insert("register".to_owned(), toml::Table::from_iter(section).into());
    })
    .unwrap();
    let run_dir = Lab::run_dir();
    let (code, said) = command(&lab, &["reload", "--run-dir", run_dir.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");

    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    phone.tap().unwrap();
    let mac = Lab::mac(2).unwrap().to_string();
    let first = poll(WRITTEN, || rows(&lab, &key)).unwrap();
    assert_eq!((first.len(), &first[0]["mac"]), (1, &Value::from(mac.clone())));
    assert_eq!(
        (&first[0]["network"], &first[0]["disconnected"]),
        (&"square".into(), &Value::Null)
    );
    let address = phone.lease().unwrap().address.to_string();
    let has_it = |row: &Value| {
        row["addresses"]
            .as_array()
            .unwrap()
            .iter()
            .any(|known| *known == address)
    };
    assert!(has_it(&first[0]), "{address}: {first:?}");

    lab.portico().unwrap().kill().unwrap();
    lab.start_portico().unwrap();
    let (code, said) = command(&lab, &["revoke", "--run-dir", run_dir.to_str().unwrap(), &mac]);
    assert_eq!(code, 0, "{said}");
    let ended = poll(WRITTEN, || {
        rows(&lab, &key).filter(|rows| rows.iter().any(|row| row["disconnected"].is_string()))
    });
    let ended = ended.unwrap();
    assert_eq!(ended.len(), 1, "one session, in spite of the crash: {ended:?}");
    assert_eq!(ended[0]["connected"], first[0]["connected"]);
    assert!(has_it(&ended[0]));

    // The state's own copy of an ended session is overwritten at the stop.
    assert!(
        lab.portico()
            .unwrap()
            .stop(Duration::from_secs(20))
            .unwrap()
            .success()
    );
    let mut files = Vec::new();
    disk(&Lab::state_dir(), &mut files);
    disk(&register, &mut files);
    let octets = Lab::mac(2).unwrap().octets();
    for (path, bytes) in &files {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        assert!(
            !text.contains(&mac) && !text.contains(&mac.replace(':', "-")),
            "{}",
            path.display()
        );
        assert!(
            !bytes.windows(6).any(|window| window == octets),
            "{}",
            path.display()
        );
    }
    assert!(files.iter().any(|(path, _)| path.starts_with(&register)));
}
