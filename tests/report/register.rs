//! `portico register`: keys, readings with a reason, and what is refused.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use portico::config::Config;
use portico::model::{Boot, Mac, Now, RegisterEntry, RegisterEvent};
use portico::register::{RegisterWriter, Settings};
use serde_json::Value;

/// A gateway's folders, with a key that the comune has made.
struct Gateway {
    folder: tempfile::TempDir,
}

impl Gateway {
    /// With a register of two sessions of this day.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("state")).unwrap();
        let gateway = Self { folder };
        let (code, said, _) = Gateway::run(
            &["register", "keygen"],
            &[gateway.path("key.txt").to_str().unwrap()],
        );
        assert_eq!(code, 0);
        gateway.write_config(said.split_once("[register]").unwrap().1);
        gateway.fill();
        gateway
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_config(&self, register: &str) {
        let text = format!(
            "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{}\"\n[[network]]\nid = \"piazza\"\nname = \"Piazza\"\n\
             comune = \"Comune\"\ninterface = \"br0\"\nhost = \"wifi.comune.example.it\"\n[register]\n{register}",
            self.path("state").display()
        );
        std::fs::write(self.path("portico.toml"), text).unwrap();
    }

    /// What the daemon would have written.
    fn fill(&self) {
        let config = Config::load(&self.path("portico.toml")).unwrap();
        let noon = portico::app::clock::wall();
        let clock = Arc::new(move || Now {
            boot: Boot(1),
            wall: noon,
        });
        let entry = |last, what, addresses: &[&str]| RegisterEntry {
            at: noon,
            network: "piazza".parse().unwrap(),
            mac: station(last),
            session: noon,
            what,
            addresses: addresses.iter().map(|address| address.parse().unwrap()).collect(),
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let writer = RegisterWriter::start(Settings::of(&config), clock);
            let entries = vec![
                entry(1, RegisterEvent::Connected, &["10.0.0.1", "2001:db8::1"]),
                entry(1, RegisterEvent::Disconnected, &[]),
                entry(2, RegisterEvent::Connected, &["10.0.0.2"]),
            ];
            writer.record(entries, 0);
            writer.flush().await;
            assert_eq!(writer.health().fault, None);
        });
    }

    fn run(words: &[&str], more: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
        finish(command.args(words).args(more))
    }

    /// A reading with the key and a reason.
    fn read(&self, more: &[&str]) -> (i32, String, String) {
        let (key, config) = (self.path("key.txt"), self.path("portico.toml"));
        let mut words = vec!["register", "read", "--config", config.to_str().unwrap()];
        words.extend(["--identity", key.to_str().unwrap(), "--reason", "Prot. 1234/2026"]);
        Self::run(&words, more)
    }

    fn audit(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("state/audit.jsonl")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn register_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.path("state-register")).unwrap();
        files.map(|file| file.unwrap().path()).collect()
    }
}

fn finish(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn station(last: u8) -> Mac {
    Mac::new([2, 0, 0x5e, 0x10, 0xab, last]).unwrap()
}

#[test]
fn a_reading_is_noted_before_it_is_shown_and_names_no_station_in_the_log() {
    let gateway = Gateway::new();
    assert_eq!(mode(&gateway.path("key.txt")), 0o600);
    assert_eq!(mode(&gateway.path("state-register")), 0o700);
    assert_eq!(mode(&gateway.register_files()[0]), 0o600);
    let (code, said, _) = gateway.read(&["--network", "piazza"]);
    assert_eq!(code, 0);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], "network,mac,connected,disconnected,addresses");
    assert!(
        lines[1].starts_with("piazza,02:00:5e:10:ab:01,2") && lines[1].ends_with(",10.0.0.1 2001:db8::1")
    );
    assert!(lines[2].starts_with("piazza,02:00:5e:10:ab:02,2") && lines[2].ends_with(",,10.0.0.2"));
    assert_eq!(lines.len(), 3);
    let (code, said, _) = gateway.read(&[
        "--mac",
        "02-00-5E-10-AB-02",
        "--address",
        "10.0.0.2",
        "--format",
        "json",
    ]);
    assert_eq!(code, 0);
    let rows: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(rows[0]["mac"], "02:00:5e:10:ab:02");
    assert_eq!(
        (&rows[0]["disconnected"], &rows[0]["addresses"][0]),
        (&Value::Null, &"10.0.0.2".into())
    );
    assert_eq!(rows.as_array().unwrap().len(), 1);

    let audit = gateway.audit();
    assert_eq!(audit.len(), 2);
    assert_eq!(
        (&audit[0]["did"], &audit[0]["what"]),
        (&"register-read".into(), &"2 rows".into())
    );
    let (first, second) = (&audit[0]["more"], &audit[1]["more"]);
    assert_eq!(
        (&first["rows"], &first["reason"]),
        (&2.into(), &"Prot. 1234/2026".into())
    );
    assert_eq!(
        (&first["network"], &first["one_station"]),
        (&"piazza".into(), &false.into())
    );
    assert_eq!(
        (&second["one_station"], &second["one_address"]),
        (&true.into(), &true.into())
    );
    let log = std::fs::read_to_string(gateway.path("state/audit.jsonl"))
        .unwrap()
        .to_lowercase();
    assert!(
        !log.contains("5e:10") && !log.contains("5e-10") && !log.contains("10.0.0"),
        "{log}"
    );
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_cannot_be_noted_is_not_shown() {
    let gateway = Gateway::new();
    std::fs::create_dir(gateway.path("state/audit.jsonl")).unwrap();
    let (code, said, complaint) = gateway.read(&[]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("cannot be noted"), "{complaint}");
}

#[test]
fn the_key_may_come_by_standard_input_and_another_opens_nothing() {
    let gateway = Gateway::new();
    let config = gateway.path("portico.toml");
    let mut child = Command::new(env!("CARGO_BIN_EXE_portico"))
        .args([
            "register",
            "read",
            "--identity",
            "-",
            "--reason",
            "Prot. 1",
            "--config",
        ])
        .arg(&config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let key = std::fs::read(gateway.path("key.txt")).unwrap();
    child.stdin.take().unwrap().write_all(&key).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 3);

    let other = gateway.path("other.txt");
    let keygen = |path: &Path| Gateway::run(&["register", "keygen"], &[path.to_str().unwrap()]);
    assert_eq!(keygen(&other).0, 0);
    let (code, _, complaint) = keygen(&other);
    assert!(
        code == 1 && complaint.contains("other.txt"),
        "never over another key: {complaint}"
    );
    std::fs::rename(&other, gateway.path("key.txt")).unwrap();
    let (code, said, complaint) = gateway.read(&[]);
    assert_eq!((code, said.as_str()), (1, ""));
    assert!(complaint.contains("this key opens nothing of it"), "{complaint}");
    std::fs::write(gateway.path("key.txt"), "no key").unwrap();
    let (code, _, complaint) = gateway.read(&[]);
    assert!(code == 1 && complaint.contains("AGE-SECRET-KEY-1"), "{complaint}");
    let did: Vec<_> = gateway.audit().iter().map(|line| line["did"].clone()).collect();
    let failed = "register-read-failed";
    assert_eq!(
        did,
        ["register-read", failed, failed],
        "who tried is noted, and that nothing was read"
    );
}

#[test]
fn mistakes_are_told_and_noted_nowhere() {
    let gateway = Gateway::new();
    for (words, part) in [
        (vec!["--from", "2026-11-22", "--to", "2026-11-21"], "reversed"),
        (vec!["--from", "22/11/2026"], "is not a day"),
        (vec!["--at", "yesterday"], "is not a time"),
        (vec!["--network", "piazzza"], "there are: piazza"),
        (vec!["--mac", "ff:ff:ff:ff:ff:ff"], "--mac"),
        (vec!["--address", "10.0.0"], "--address"),
    ] {
        let (code, said, complaint) = gateway.read(&words);
        assert_eq!((code, said.as_str()), (2, ""), "{words:?}");
        assert!(complaint.contains(part), "{words:?}: {complaint}");
    }
    let (key, config) = (gateway.path("key.txt"), gateway.path("portico.toml"));
    let words = [
        "register",
        "read",
        "--identity",
        key.to_str().unwrap(),
        "--config",
        config.to_str().unwrap(),
    ];
    assert_eq!(Gateway::run(&words, &[]).0, 2, "a reason must be given");
    let (code, _, complaint) = Gateway::run(&words, &["--reason", "02:00:5e:10:ab:01"]);
    assert!(code == 2 && complaint.contains("audit log"), "{complaint}");
    assert!(gateway.audit().is_empty());
    let (code, said, complaint) = gateway.read(&["--at", "2025-06-01 10:00"]);
    assert_eq!((code, said.as_str()), (3, ""));
    assert!(complaint.contains("nothing of what was asked for"), "{complaint}");
    assert_eq!(gateway.audit()[0]["more"]["rows"], 0);
}

#[test]
fn damage_is_told_beside_what_can_be_read() {
    let gateway = Gateway::new();
    let path = &gateway.register_files()[0];
    let mut bytes = std::fs::read(path).unwrap();
    let first = bytes.len();
    gateway.fill();
    bytes = std::fs::read(path).unwrap();
    bytes[first / 2] ^= 1;
    std::fs::write(path, &bytes).unwrap();
    let (code, said, complaint) = gateway.read(&[]);
    assert_eq!((code, said.lines().count()), (4, 3));
    assert!(
        complaint.contains("1 pieces of") && complaint.contains("damaged"),
        "{complaint}"
    );
}

#[test]
fn old_days_are_purged_and_all_of_them_only_while_it_is_off() {
    let gateway = Gateway::new();
    let old = gateway.path("state-register/2025-06-01.register");
    std::fs::write(&old, "x").unwrap();
    let config = gateway.path("portico.toml");
    let purge =
        |more: &[&str]| Gateway::run(&["register", "purge", "--config", config.to_str().unwrap()], more);
    let (code, said, _) = purge(&[]);
    assert!(code == 0 && said.starts_with("1 days") && !old.exists(), "{said}");
    assert_eq!(purge(&["--all"]).0, 2, "it is kept");
    gateway.write_config("recipient = \"\"\n");
    assert_eq!(purge(&["--all"]).0, 0);
    assert!(gateway.register_files().is_empty());
    let audit = gateway.audit();
    assert_eq!(audit.len(), 2);
    assert!(audit.iter().all(|line| line["did"] == "register-purge"));
}
