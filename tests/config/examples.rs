//! The examples are real configurations.

use std::time::Duration;

use portico::config::{Checked, Config};
use portico::model::{OnConflict, Recognition};
use portico::net::ruleset;

use crate::firmware_config;

/// The certificates and the collector's addresses of the day are the comune's to put in.
fn assert_only_what_must_be_put_in(checked: &Checked) {
    assert!(!checked.warnings.is_empty());
    for warning in &checked.warnings {
        let what = &warning.what;
        assert!(
            what.contains("cannot be opened") || what.contains("collector"),
            "{what}"
        );
    }
}

#[test]
fn busto_arsizio_has_two_networks_that_share_nothing() {
    let checked = Config::check_file(&firmware_config("examples/busto-arsizio.toml")).unwrap();
    assert_only_what_must_be_put_in(&checked);
    let [piazza, molini] = &checked.config.networks[..] else {
        panic!("two networks");
    };
    assert_eq!((piazza.id.as_str(), molini.id.as_str()), ("piazza", "molini"));
    assert!(piazza.host.ends_with(".comune.bustoarsizio.va.it"));
    assert!(molini.host.ends_with(".comune.bustoarsizio.va.it"));
    assert_eq!(piazza.policy.recognition, Recognition::Midnight);
    assert_eq!(
        molini.policy.recognition,
        Recognition::Period(Duration::from_hours(12))
    );
    assert_eq!(molini.policy.on_conflict, OnConflict::Block);
    let tls = piazza.tls.as_ref().unwrap();
    assert_eq!(tls.key, firmware_config("examples/tls/piazza.key"));
}

#[test]
fn arluno_has_one_network() {
    let checked = Config::check_file(&firmware_config("examples/arluno.toml")).unwrap();
    assert_only_what_must_be_put_in(&checked);
    let [network] = &checked.config.networks[..] else {
        panic!("one network");
    };
    assert_eq!(network.id.as_str(), "arluno");
    assert_eq!(network.policy.plan.down.to_string(), "8 Mbit/s");
    assert_eq!(network.policy.blocked.len(), 1);
}

#[test]
fn each_example_leads_to_a_ruleset() {
    for name in [
        "examples/busto-arsizio.toml",
        "examples/arluno.toml",
        "portico.toml",
    ] {
        let config = Config::load(&firmware_config(name)).unwrap();
        let text = ruleset::render(&config).unwrap();
        for network in &config.networks {
            assert!(text.contains(&format!("auth_{}", network.id)), "{name}");
        }
    }
}
