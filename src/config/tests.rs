//! The file as a whole: what is accepted, what is refused, and how it is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
use toml::de::DeTable;

use super::reader::Report;
use super::{Config, read_sections};
use crate::model::{OnConflict, Recognition};

const MINIMAL: &str = r#"
[gateway]
uplink = "eth0"

[[network]]
id = "piazza"
name = "Piazza"
comune = "Comune"
interface = "br0"
host = "wifi.example.org"
"#;

const REFERENCE: &str = include_str!("../../firmware-config/portico.toml");

/// `MINIMAL` with a line more in its network.
pub(super) fn with(line: &str) -> String {
    format!("{MINIMAL}{line}\n")
}

/// What is refused in a text, one line each, without positions.
pub(super) fn refused(text: &str) -> Vec<String> {
    match Config::parse(text, "p.toml") {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .findings()
            .iter()
            .map(|finding| finding.what.to_string())
            .collect(),
    }
}

pub(super) fn warned(text: &str) -> Vec<String> {
    let checked = Config::check(text, "p.toml").unwrap();
    checked
        .warnings
        .into_iter()
        .map(|finding| finding.what.to_string())
        .collect()
}

/// The reference with its commented defaults switched on.
fn reference_with_defaults() -> String {
    let mut text = String::new();
    for line in REFERENCE.lines() {
        let begins_with_key =
            line.starts_with('#') && line[1..].starts_with(|ch: char| ch.is_ascii_lowercase());
        writeln!(text, "{}", if begins_with_key { &line[1..] } else { line }).unwrap();
    }
    text
}

#[test]
fn the_comunes_own_texts_are_to_be_read_before_the_tap() {
    let complaint = |text: &str| {
        warned(text)
            .iter()
            .any(|what| what.contains("cannot be read before"))
    };
    // The Commission's own hosts are in the garden of every network with an identifier.
    let url = "wifi4eu_id = \"AbC\"\nprivacy_url = \"https://www.comune.example:8443/privacy\"\n";
    assert!(complaint(&with(url)));
    let garden = |name: &str| format!("{url}[[network.garden]]\nname = \"{name}\"\nports = [8443]\n");
    assert!(!complaint(&with(&garden("*.comune.example"))));
    assert!(complaint(&with(&garden("www.other.example"))));
    let service = "[[service]]\nkind = \"fines\"\nurl = \"https://www.comune.example/\"\nbefore_tap = true\n";
    assert!(!complaint(&with(&format!("{url}{service}"))));
}

#[test]
fn the_least_file_has_the_documented_defaults() {
    let config = Config::parse(MINIMAL, "p.toml").unwrap();
    let network = &config.networks[0];
    assert_eq!(config.gateway.run_dir, Path::new("/run/portico"));
    assert_eq!(
        (config.portal.http_port, config.portal.https_port),
        (8_080, 8_443)
    );
    assert_eq!(network.policy.recognition, Recognition::Midnight);
    assert_eq!(network.policy.on_conflict, OnConflict::Count);
    assert_eq!(network.policy.plan.down.bytes_per_second(), 1_250_000);
    assert_eq!(network.policy.plan.burst.bytes(), 128_000);
    assert_eq!((network.tls.clone(), network.garden.len()), (None, 0));
}

#[test]
fn the_reference_tells_every_default_truly() {
    let explicit = reference_with_defaults();
    assert!(explicit.matches("\nmasquerade = true").count() == 1, "{explicit}");
    assert_eq!(
        Config::parse(&explicit, "p.toml").unwrap(),
        Config::parse(REFERENCE, "p.toml").unwrap()
    );
}

#[test]
fn the_reference_names_every_key() {
    let explicit = reference_with_defaults();
    let document = DeTable::parse(&explicit).unwrap();
    let report = Report::new(&explicit, "p.toml");
    assert!(read_sections(&report, &document, "p.toml").is_some());
    let known = report.known_keys();
    let written: BTreeSet<&str> = explicit
        .lines()
        .filter_map(|line| line.split_once(" = ").map(|(key, _)| key))
        .collect();
    for (section, keys) in known {
        for key in keys {
            let is_section = explicit.contains(&format!("[{key}]")) || explicit.contains(&format!(".{key}]"));
            assert!(
                written.contains(key) || is_section,
                "{section} {key} is not documented"
            );
        }
    }
}

#[test]
fn all_mistakes_are_reported_at_once_in_file_order() {
    let text = r#"[gateway]
upilnk = "eth0"
time_zone = "Europe/Roma"

[portal]
http_port = 80
https_port = "8443"

[[network]]
id = "Piazza"
name = "Piazza"
comune = "Comune"
interface = "br0"
host = "https://wifi.example.org"
recognition = "13h"
down = "10 Mbit/s"
certificate = "a.pem"
exempt = ["00:1b:63:84:45:e6", "nonsense"]
blocked = ["00-1B-63-84-45-E6"]

[network.rate]
down = "10"

[[network.garden]]
address = "192.168.1.1"
ports = [443]
"#;
    let errors = Config::parse(text, "conf/p.toml").unwrap_err();
    assert_snapshot(&errors.to_string(), include_str!("snapshots/all-at-once.txt"));
}

/// Compares with a snapshot that has been read; prints the whole text when it differs.
fn assert_snapshot(found: &str, wanted: &str) {
    assert!(found.trim_end() == wanted.trim_end(), "found:\n{found}\n");
}

#[test]
fn a_mistake_of_form_has_its_place() {
    let errors = Config::parse("[gateway]\nuplink = \"eth0\n", "p.toml").unwrap_err();
    assert_eq!(errors.findings().len(), 1);
    let at = errors.findings()[0].position.as_ref().unwrap();
    assert_eq!(at.line, 2);
}

#[test]
fn an_empty_file_lacks_everything() {
    assert_eq!(
        refused(""),
        [
            "the key \"uplink\" is missing in [gateway]",
            "there is no network"
        ]
    );
    assert_eq!(refused("network = 1\ngateway = 2").len(), 4);
}

#[test]
fn the_programme_s_limit_is_told_with_its_clause() {
    for period in ["12h1min", "13h", "721min", "25h"] {
        assert_eq!(
            refused(&with(&format!("recognition = \"{period}\""))).len(),
            1,
            "{period}"
        );
    }
    let error = Config::parse(&with("recognition = \"13h\""), "p.toml")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("Annex I, 2.1.1") && error.contains("12h"),
        "{error}"
    );
    let config = Config::parse(&with("recognition = \"12h\""), "p.toml").unwrap();
    assert_eq!(
        config.networks[0].policy.recognition,
        Recognition::Period(Duration::from_hours(12))
    );
}

#[test]
fn networks_share_nothing() {
    let second = MINIMAL.split("[[network]]").nth(1).unwrap();
    let text = format!("{MINIMAL}\n[[network]]{second}");
    let found = refused(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found.iter().all(|what| what.contains("already stands in line")));
    assert_eq!(refused(&MINIMAL.replace("br0", "eth0")).len(), 1);
}

#[test]
fn a_station_stands_in_one_list_once() {
    let mac = "00:1b:63:84:45:e6";
    assert_eq!(
        refused(&with(&format!("exempt = [\"{mac}\", \"{mac}\"]"))).len(),
        1
    );
    assert_eq!(
        refused(&with(&format!("exempt = [\"{mac}\"]\nblocked = [\"{mac}\"]"))),
        [format!("blocked: {mac} is already listed as exempt in line 11")]
    );
    assert!(refused(&with(&format!("blocked = [\"{mac}\"]"))).is_empty());
}

#[test]
fn certificate_and_key_come_together_and_are_found_beside_the_file() {
    assert_eq!(
        refused(&with("certificate = \"a.pem\"")),
        ["the certificate has no key"]
    );
    assert_eq!(refused(&with("key = \"a.key\"")), ["the key has no certificate"]);
    let text = with("certificate = \"tls/a.pem\"\nkey = \"/abs/a.key\"");
    let tls = Config::parse(&text, "/etc/portico/p.toml").unwrap().networks[0]
        .tls
        .clone()
        .unwrap();
    assert_eq!(tls.certificate, Path::new("/etc/portico/tls/a.pem"));
    assert_eq!(tls.key, Path::new("/abs/a.key"));
}

#[test]
fn doubts_do_not_refuse_the_file() {
    let found = warned(&with(
        "exempt = [\"02:00:00:00:00:01\"]\nprivacy_url = \"https://c.example.org/p\"",
    ));
    assert!(
        found.iter().any(|what| what.starts_with("no certificate")),
        "{found:?}"
    );
    assert!(
        found.iter().any(|what| what.starts_with("no wifi4eu_id")),
        "{found:?}"
    );
    assert!(found.iter().any(|what| what.contains("made-up")), "{found:?}");
    assert!(
        found.iter().any(|what| what.contains("before the tap")),
        "{found:?}"
    );
    assert!(warned(REFERENCE).is_empty(), "{:?}", warned(REFERENCE));
}

/// Each text with the words that its one complaint has.
#[test]
fn what_the_pages_show_is_checked() {
    let feed = "\n[[news.feed]]\nsource = \"C\"\n";
    let service = "\n[[service]]\n";
    let url = "url = \"https://c.example.org/\"\n";
    for (lines, words) in [
        (
            "[network.look]\ncolor = \"#ffcc00\"".to_owned(),
            "contrast of 1.5",
        ),
        (
            "[network.look]\ncolor = \"#777777\"".to_owned(),
            "too little to be read",
        ),
        ("[network.look]\ncolor = \"blue\"".to_owned(), "not a colour"),
        (
            "[network.look]\nintro = { italiano = \"C\" }".to_owned(),
            "code of a language",
        ),
        ("contact = \"comune\"".to_owned(), "not a mail address"),
        (
            "[[network.garden]]\nname = \"*.it\"\nports = [443]".to_owned(),
            "\"*.it\" does not do",
        ),
        (
            "[[network.garden]]\nname = \"a.it\"\naddress = \"203.0.113.1\"\nports = [443]".to_owned(),
            "not both",
        ),
        (format!("{feed}url = \"http://c.example.org/\""), "without TLS"),
        (format!("{feed}{url}kind = \"cap\""), "needs \"istat\""),
        (format!("{feed}{url}kind = \"allertalom\""), "needs \"istat\""),
        (
            format!("{feed}{url}kind = \"protezione-civile\""),
            "needs \"zone\"",
        ),
        (format!("{feed}{url}kind = \"rss\""), "no kind of feed"),
        (format!("{feed}{url}istat = \"12026\""), "not the ISTAT code"),
        (
            format!("{feed}{url}networks = [\"molini\"]"),
            "no network \"molini\"",
        ),
        (format!("{service}{url}kind = \"other\""), "needs a label"),
        (format!("{service}{url}kind = \"payment\""), "no kind of service"),
        (
            format!("{service}{url}kind = \"suap\"\nnetworks = [\"piaza\"]"),
            "no network \"piaza\"",
        ),
        (
            format!("{service}url = \"tel:call me\"\nkind = \"help\""),
            "not a telephone number",
        ),
        ("\n[news]\nrefresh_minutes = 1".to_owned(), "out of range"),
    ] {
        let found = refused(&with(&lines));
        assert_eq!(found.len(), 1, "{lines}: {found:?}");
        assert!(found[0].contains(words), "{lines}: {found:?}");
    }
    // 4.54 to 1, where #777777 has 4.48.
    assert_eq!(refused(&with("[network.look]\ncolor = \"#767676\"")), [""; 0]);
}

#[test]
fn what_opens_before_the_tap_stands_in_the_garden() {
    let second = MINIMAL.split("[[network]]").nth(1).unwrap();
    let second = second
        .replace("piazza", "molini")
        .replace("br0", "br1")
        .replace("wifi.", "molini.");
    let text = with("wifi4eu_id = \"a\"")
        + "[[network]]"
        + &second
        + "[[service]]\nkind = \"website\"\nurl = \"https://www.c.example.org:443/x\"\nbefore_tap = true\n\
           [[service]]\nkind = \"help\"\nurl = \"http://old.c.example.org/\"\nbefore_tap = true\nnetworks = [\"molini\"]\n\
           [[service]]\nkind = \"suap\"\nurl = \"https://suap.example.org/\"";
    let config = Config::parse(&text, "p.toml").unwrap();
    let opened = |network: usize| -> Vec<String> {
        let names = config.networks[network].garden_names.iter();
        names
            .map(|entry| format!("{} {:?}", entry.name, entry.ports))
            .collect()
    };
    assert_eq!(
        opened(0),
        [
            "collection.wifi4eu.ec.europa.eu [443]",
            "wifi4eucollectorprod.azurewebsites.net [443]",
            "www.c.example.org [443]"
        ]
    );
    assert_eq!(opened(1), ["www.c.example.org [443]", "old.c.example.org [80]"]);
}

#[test]
fn ports_differ_and_stay_in_range() {
    let with_portal = |lines: &str| refused(&format!("[portal]\n{lines}\n{MINIMAL}"));
    assert_eq!(with_portal("http_port = 8443").len(), 1);
    assert_eq!(with_portal("http_port = 0").len(), 1);
    assert_eq!(with_portal("http_port = 70000").len(), 1);
    assert_eq!(with_portal("http_port = -1").len(), 1);
    assert_eq!(
        with_portal("max_connections = 4\nmax_connections_per_station = 5").len(),
        1
    );
    assert!(
        with_portal("http_port = 1_0000\nhttps_port = 0x2710_").len() == 1,
        "form"
    );
    assert!(with_portal("max_connections = 4").is_empty());
    let most = super::MOST_CONNECTIONS;
    assert!(with_portal(&format!("max_connections = {most}")).is_empty());
    assert_eq!(with_portal(&format!("max_connections = {}", most + 1)).len(), 1);
}

#[test]
fn a_key_in_the_wrong_section_is_sent_home() {
    let errors = Config::parse(&with("down = \"1 Mbit/s\""), "p.toml")
        .unwrap_err()
        .to_string();
    let homes = "\"down\" belongs in [network.fair_use], in [network.rate] or in [uplink]";
    assert!(errors.contains(homes), "{errors}");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let missing = Config::load(&dir.path().join("none.toml")).unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
    let path = dir.path().join("latin1.toml");
    std::fs::write(&path, b"# ok\n# citt\xe0\n").unwrap();
    assert!(
        Config::load(&path)
            .unwrap_err()
            .to_string()
            .contains("line 2 is not UTF-8")
    );
    std::fs::write(&path, vec![b'#'; 2 << 20]).unwrap();
    assert!(
        Config::load(&path)
            .unwrap_err()
            .to_string()
            .contains("over 1 MiB")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn arbitrary_text_never_panics(text in "(?s).{0,300}") {
        let outcome = Config::check(&text, "p.toml");
        prop_assert!(outcome.is_err());
        prop_assert!(!outcome.unwrap_err().to_string().is_empty());
    }

    #[test]
    fn a_damaged_reference_is_read_or_refused_with_a_place(at in 0..REFERENCE.len(), piece in "(?s).{0,4}", cut in 0_usize..20) {
        prop_assert!(REFERENCE.is_ascii());
        let end = (at + cut).min(REFERENCE.len());
        let text = format!("{}{piece}{}", &REFERENCE[..at], &REFERENCE[end..]);
        if let Err(errors) = Config::check(&text, "p.toml") {
            for finding in errors.findings() {
                let position = finding.position.as_ref().unwrap();
                prop_assert!(position.line <= text.matches('\n').count() + 1);
                prop_assert!(!finding.to_string().is_empty());
            }
        }
    }

    #[test]
    fn any_value_of_any_key_is_read_or_refused_alone(value in r#"("[^"\\\p{Cc}]{0,20}"|-?[0-9]{1,18}|true|\[\]|\{\}|1\.5)"#, key in 0_usize..8) {
        let key = ["recognition", "exempt", "blocked", "on_conflict", "max_stations", "terms_url", "wifi4eu_id", "rate"][key];
        let text = with(&format!("{key} = {value}"));
        prop_assert!(refused(&text).len() <= 1);
        prop_assert_eq!(refused(&with("")).len(), 0);
    }
}
