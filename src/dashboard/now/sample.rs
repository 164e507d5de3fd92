//! A gateway on which nothing is wrong, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Config;
use crate::core::{LineSnapshot, NetworkShare, NetworkSnapshot, Snapshot, Totals, WaySnapshot};
use crate::dashboard::desk::{
    FastPathLook, Look, MachineLook, QueueLook, ResolverLook, StatisticsLook, StockLook,
};
use crate::dashboard::live::{Lately, Moment, Rates};
use crate::doors::certificate::CertificateState;
use crate::model::figures::HourFigures;
use crate::model::{Boot, NetworkId, Now};

/// Its configuration: one network that has everything.
fn config() -> Config {
    let text = "[gateway]\nuplink = \"eth0\"\n[uplink]\ndown = \"100 Mbit/s\"\nup = \"20 Mbit/s\"\n\
                [[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\ninterface = \"br-piazza\"\n\
                host = \"wifi.comune.example.it\"\nwifi4eu_id = \"abc\"\nmax_stations = 16\n";
    Config::parse(text, "portico.toml").unwrap()
}

/// How it stands at eleven o'clock.
pub(in crate::dashboard) fn moment() -> Moment {
    let config = config();
    let network = &config.networks[0];
    let way = WaySnapshot {
        capacity: 12_500_000,
        room: 12_500_000,
        used: 0,
        queued: true,
    };
    let snapshot = NetworkSnapshot {
        known: 12,
        granted: 5,
        captive: 4,
        exempt: 2,
        blocked: 1,
        in_conflict: 0,
        plan: network.policy.plan,
        schedule: None,
        slowed: 0,
        share: NetworkShare::default(),
        totals: Totals::default(),
        drops: BTreeMap::new(),
        counted: HourFigures::default(),
    };
    let id: NetworkId = network.id;
    let now = Now {
        boot: Boot(9_000),
        wall: "2026-11-22T10:00:00Z".parse().unwrap(),
    };
    let until = "2027-11-22T10:00:00Z".parse().unwrap();
    let stock = StockLook {
        free: 500,
        total: 1_000,
    };
    let look = Look {
        figures: Snapshot {
            helper_linked: true,
            line: Some(LineSnapshot {
                is_peak: false,
                down: Some(way),
                up: Some(way),
            }),
            most_queued: 4_096,
            networks: BTreeMap::from([(id, snapshot)]),
        },
        uplink: Some(true),
        gardens: BTreeMap::new(),
        resolver: ResolverLook::default(),
        certificates: vec![(network.host.clone(), CertificateState::Valid { until })],
        feeds: Vec::new(),
        self_tests: BTreeMap::from([(id, 0)]),
        statistics: StatisticsLook::default(),
        state_write_failures: 0,
        state_fault: None,
        state_aside: None,
        audit: crate::dashboard::AuditLook::default(),
        machine: MachineLook {
            disk: Some(stock),
            memory: Some(stock),
            queue: Some(QueueLook {
                kind: "cake".to_owned(),
                is_foreign: false,
            }),
            flowtable: None,
            fast_path: Some(FastPathLook::Stands(1_234)),
        },
        processes: Vec::new(),
    };
    let rates = BTreeMap::from([(None, Rates { down: 125_000, up: 0 })]);
    Moment::new(Box::new(look), Lately::default(), rates, Arc::new(config), now)
}
