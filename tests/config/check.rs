//! `portico check` as it is run.

use std::path::Path;
use std::process::{Command, Output};

use crate::firmware_config;

fn check(args: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portico"))
        .arg("check")
        .args(args)
        .arg(file)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_good_file_is_explained() {
    let output = check(&[], &firmware_config("examples/busto-arsizio.toml"));
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    for wanted in [
        "uplink eth0, IPv4 masqueraded, midnight of Europe/Rome",
        "piazza: Piazza Vittorio Emanuele, Comune di Busto Arsizio",
        "20 Mbit/s down, 10 Mbit/s up, burst 128 kB; recognised for 12 h",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
}

#[test]
fn a_bad_file_is_refused_with_every_mistake_and_status_2() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("bad.toml");
    let good = std::fs::read_to_string(firmware_config("examples/arluno.toml")).unwrap();
    let bad = good
        .replace("recognition = \"4h\"", "recognition = \"24h\"")
        .replace("blocked =", "bloked =")
        .replace("\"8 Mbit/s\"", "8");
    std::fs::write(&file, bad).unwrap();

    let output = check(&[], &file);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    for wanted in [
        "did you mean \"blocked\"?",
        "at most 12h",
        "a text is wanted here",
        "3 mistakes",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
    assert!(
        said.contains(&format!("{}:22:15: error: recognition", file.display())),
        "{said}"
    );

    let output = check(&["--json"], &file);
    assert_eq!(output.status.code(), Some(2));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["ok"], false);
    assert_eq!(answer["errors"].as_array().unwrap().len(), 3);
    assert_eq!(answer["errors"][0]["position"]["line"], 22);
}

#[test]
fn the_ruleset_is_printed_as_nft_takes_it() {
    let output = check(&["--ruleset"], &firmware_config("examples/arluno.toml"));
    assert_eq!(output.status.code(), Some(0));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("ruleset.nft");
    std::fs::write(&file, &output.stdout).unwrap();
    let taken = Command::new("unshare")
        .args(["-n", "nft", "--check", "-f"])
        .arg(&file)
        .output()
        .unwrap();
    assert!(taken.status.success(), "{}", text(&taken.stderr));
}

#[test]
fn files_that_are_not_there_and_a_closed_collector_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.toml");
    let example = std::fs::read_to_string(firmware_config("examples/arluno.toml")).unwrap();
    std::fs::write(&file, &example).unwrap();
    std::fs::create_dir(dir.path().join("tls")).unwrap();
    std::fs::write(dir.path().join("tls/arluno.pem"), "").unwrap();
    let said = text(&check(&[], &file).stdout);
    assert!(
        said.contains("arluno: the key") && said.contains("cannot be opened"),
        "{said}"
    );
    assert!(!said.contains("arluno: the certificate"), "{said}");
    assert!(said.contains("cannot load before the tap"), "{said}");

    std::fs::write(dir.path().join("tls/arluno.key"), "").unwrap();
    let garden = "\n[[network.garden]]\naddress = \"198.51.100.7\"\nports = [443]\n";
    std::fs::write(&file, example + garden).unwrap();
    let said = text(&check(&[], &file).stdout);
    assert!(!said.contains("warning"), "{said}");
}
