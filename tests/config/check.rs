//! `portico check` as it is run.

use std::path::Path;
use std::process::{Command, Output};

use portico::config::DEFAULT_PROTECTED;

use crate::firmware_config;

pub(crate) fn check(args: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portico"))
        .arg("check")
        .args(args)
        .arg(file)
        .output()
        .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_good_file_is_explained() {
    let output = check(&[], &firmware_config("examples/busto-arsizio.toml"));
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    for wanted in [
        "uplink eth0, IPv4 masqueraded, midnight of Europe/Rome",
        "queue: cake, a little below 100 Mbit/s; or fq_codel; where the kernel has one of them",
        "a queue for each station near the peak, down and up, where the kernel has HTB; else limits",
        "forward  established connections past the IP stack, where the kernel can (Linux 6.6)",
        "piazza: Piazza Vittorio Emanuele, Comune di Busto Arsizio",
        "20 Mbit/s down, 10 Mbit/s up, burst 128 kB; recognised for 12 h",
    ] {
        assert!(said.contains(wanted), "{wanted} is not in:\n{said}");
    }
}

#[test]
fn how_established_connections_travel_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.toml");
    let example = std::fs::read_to_string(firmware_config("examples/arluno.toml")).unwrap();
    for (section, wanted) in [
        ("", Some("past the IP stack")),
        ("fast_path = false", None),
        ("flowtable = true", Some("through a flow table")),
        ("flowtable = true\nfast_path = true", Some("through a flow table")),
    ] {
        std::fs::write(&file, format!("{example}\n[forward]\n{section}\n")).unwrap();
        let output = check(&[], &file);
        assert_eq!(output.status.code(), Some(0), "{section}");
        let said = text(&output.stdout);
        let told: Vec<&str> = said.lines().filter(|line| line.starts_with("forward ")).collect();
        assert_eq!(told.len(), usize::from(wanted.is_some()), "{said}");
        assert!(
            told.iter()
                .zip(wanted)
                .all(|(told, wanted)| told.contains(wanted)),
            "{said}"
        );
    }
}

#[test]
fn protected_destinations_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.toml");
    let example = std::fs::read_to_string(firmware_config("examples/arluno.toml")).unwrap();
    let told = |protected: &str, word: &str, list: &[&str]| {
        let edited = example.replacen("[gateway]\n", &format!("[gateway]\n{protected}\n"), 1);
        std::fs::write(&file, edited).unwrap();
        let said = text(&check(&[], &file).stdout);
        assert!(said.contains(word), "{word} is not in:\n{said}");
        let answer: serde_json::Value = serde_json::from_slice(&check(&["--json"], &file).stdout).unwrap();
        assert_eq!(answer["gateway"]["protected"], serde_json::json!(list));
    };
    told(
        "",
        "protected: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, 169.254.0.0/16, fc00::/7, fec0::/10\n",
        &DEFAULT_PROTECTED,
    );
    told(
        "protected = [\"203.0.113.0/24\", \"2001:db8:5::/48\"]",
        "protected: 203.0.113.0/24, 2001:db8:5::/48\n",
        &["203.0.113.0/24", "2001:db8:5::/48"],
    );
    told("protected = []", "no destination is protected", &[]);
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
    let line = 1 + good
        .lines()
        .position(|line| line.starts_with("recognition"))
        .unwrap();
    assert!(
        said.contains(&format!("{}:{line}:15: error: recognition", file.display())),
        "{said}"
    );

    let output = check(&["--json"], &file);
    assert_eq!(output.status.code(), Some(2));
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["ok"], false);
    assert_eq!(answer["errors"].as_array().unwrap().len(), 3);
    assert_eq!(answer["errors"][0]["position"]["line"], line);
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
    assert!(
        text(&output.stderr).contains("warning"),
        "what is doubtful is told all the same"
    );
}

#[test]
fn files_that_are_not_there_are_told_and_so_is_what_is_open_before_the_tap() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("portico.toml");
    let example = std::fs::read_to_string(firmware_config("examples/arluno.toml")).unwrap();
    std::fs::write(&file, example).unwrap();
    std::fs::create_dir(dir.path().join("tls")).unwrap();
    std::fs::write(dir.path().join("tls/arluno.pem"), "").unwrap();
    let said = text(&check(&[], &file).stdout);
    assert!(
        said.contains("arluno: the key") && said.contains("cannot be opened"),
        "{said}"
    );
    assert!(!said.contains("arluno: the certificate"), "{said}");
    assert!(said.contains("arluno: the crest"), "{said}");
    assert!(
        said.contains(
            "garden collection.wifi4eu.ec.europa.eu [443], wifi4eucollectorprod.azurewebsites.net [443]"
        ),
        "{said}"
    );

    std::fs::write(dir.path().join("tls/arluno.key"), "").unwrap();
    std::fs::create_dir(dir.path().join("crests")).unwrap();
    std::fs::write(dir.path().join("crests/arluno.svg"), "").unwrap();
    let said = text(&check(&[], &file).stdout);
    assert!(!said.contains("warning"), "{said}");
}
