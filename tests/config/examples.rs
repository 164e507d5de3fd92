//! The examples are real configurations.

use std::time::Duration;

use portico::config::{Checked, Config, ServiceKind};
use portico::model::{OnConflict, Recognition};
use portico::net::ruleset;

use crate::firmware_config;

/// The certificates are the comune's to put in.
fn assert_only_what_must_be_put_in(checked: &Checked) {
    assert!(!checked.warnings.is_empty());
    for warning in &checked.warnings {
        let what = warning.what.english();
        assert!(
            what.contains("cannot be opened") && !what.contains("crest"),
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
fn each_comune_has_its_services_look_and_feeds() {
    let load = |name: &str| Config::load(&firmware_config(name)).unwrap();
    let (busto, arluno) = (load("examples/busto-arsizio.toml"), load("examples/arluno.toml"));
    let kinds = |config: &Config, network: usize| -> Vec<ServiceKind> {
        let shown = config.services_of(config.networks[network].id);
        shown.map(|service| service.kind).collect()
    };
    assert!(!kinds(&busto, 0).contains(&ServiceKind::Other));
    for (shown, name) in [(kinds(&busto, 1), "busto"), (kinds(&arluno, 0), "arluno")] {
        for kind in ServiceKind::ALL
            .iter()
            .filter(|kind| **kind != ServiceKind::Other)
        {
            assert!(shown.contains(kind), "{name} lacks {kind:?}");
        }
    }
    assert!(kinds(&busto, 1).contains(&ServiceKind::Other));
    let looks: Vec<_> = busto
        .networks
        .iter()
        .chain(&arluno.networks)
        .map(|network| &network.look)
        .collect();
    assert!(
        looks
            .iter()
            .all(|look| look.crest.as_ref().is_some_and(|crest| crest.exists()))
    );
    assert_ne!(looks[0].intro, looks[1].intro);
    assert_ne!(looks[0].crest, looks[2].crest);
    for config in [&busto, &arluno] {
        assert_eq!(config.news.feeds.len(), 3);
        let names: Vec<String> = config.networks[0]
            .garden_names
            .iter()
            .map(|entry| entry.name.to_string())
            .collect();
        assert!(
            names.contains(&"collection.wifi4eu.ec.europa.eu".to_owned()),
            "{names:?}"
        );
        assert!(
            names.iter().any(|name| name.starts_with("www.comune.")),
            "{names:?}"
        );
    }
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
