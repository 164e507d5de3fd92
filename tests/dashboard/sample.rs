//! A gateway on a busy evening, in figures.

use std::collections::BTreeMap;

use portico::core::{
    GardenFigures, LineSnapshot, NetworkPulse, NetworkShare, NetworkSnapshot, Snapshot, Totals, WaySnapshot,
};
use portico::dashboard::{
    FastPathLook, FeedLook, Look, MachineLook, OpeningLook, ProcessLook, Pulse, ResolverLook, StatisticsLook,
};
use portico::doors::certificate::{CertificateFault, CertificateState};
use portico::model::figures::HourFigures;
use portico::model::{Burst, Counter, Counters, DropCause, NetworkId, Rate, RatePlan};

pub(crate) fn plan() -> RatePlan {
    let rate = Rate::from_bytes_per_second(1_250_000).unwrap();
    RatePlan {
        down: rate,
        up: rate,
        burst: Burst::from_bytes(131_072).unwrap(),
    }
}

fn network() -> NetworkSnapshot {
    let mut counted = HourFigures {
        views: 60,
        returning: 4,
        ..HourFigures::default()
    };
    for _ in 0..6 {
        counted.to_online.record(7_000);
    }
    counted.load_time.record(700);
    counted.session_length.record(1_800);
    counted.snippet.told = 9;
    counted.snippet.shown = 8;
    NetworkSnapshot {
        known: 12,
        granted: 5,
        captive: 4,
        exempt: 2,
        blocked: 1,
        in_conflict: 0,
        plan: plan(),
        schedule: None,
        slowed: 1,
        share: NetworkShare::default(),
        totals: Totals {
            grants: 41,
            usage: Counters {
                down: Counter {
                    packets: 3,
                    bytes: 4_500,
                },
                up: Counter {
                    packets: 1,
                    bytes: 60,
                },
            },
            usage_of_many: Counters {
                down: Counter {
                    packets: 2,
                    bytes: 3_000,
                },
                up: Counter::default(),
            },
            ..Totals::default()
        },
        drops: BTreeMap::from([(DropCause::OverDown, 17)]),
        counted,
    }
}

/// How everything stands.
pub(crate) fn look() -> Look {
    let way = WaySnapshot {
        capacity: 25_000_000,
        room: 23_750_000,
        used: 12_000_000,
        queued: true,
    };
    let ids: [NetworkId; 2] = ["piazza", "molini"].map(|id| id.parse().unwrap());
    let at = |text: &str| text.parse().unwrap();
    Look {
        figures: Snapshot {
            helper_linked: true,
            line: Some(LineSnapshot {
                is_peak: true,
                down: Some(way),
                up: Some(way),
            }),
            most_queued: 4_096,
            networks: ids.into_iter().map(|id| (id, network())).collect(),
        },
        uplink: Some(true),
        gardens: ids.into_iter().map(|id| (id, GardenFigures::default())).collect(),
        resolver: ResolverLook {
            queries: 9,
            dropped: 2,
            failed: 1,
        },
        certificates: vec![
            (
                "piazza.example.it".to_owned(),
                CertificateState::Valid {
                    until: at("2027-01-01T00:00:00Z"),
                },
            ),
            (
                "molini.example.it".to_owned(),
                CertificateState::Invalid(CertificateFault::Expired {
                    since: at("2026-01-01T00:00:00Z"),
                }),
            ),
        ],
        feeds: [false, true]
            .map(|is_in_trouble| FeedLook {
                kind: "news".to_owned(),
                host: "www.comune.example.it".to_owned(),
                last_success: Some(at("2026-11-22T10:00:00Z")),
                is_in_trouble,
            })
            .into(),
        self_tests: BTreeMap::from([(ids[0], 3_600)]),
        statistics: StatisticsLook::default(),
        state_write_failures: 0,
        state_fault: None,
        state_aside: None,
        audit: portico::dashboard::AuditLook::default(),
        machine: MachineLook {
            fast_path: Some(FastPathLook::Stands(321)),
            ..MachineLook::default()
        },
        processes: vec![ProcessLook {
            name: "portico",
            resident_bytes: 12 << 20,
            cpu_seconds: 1.25,
            started_at: 1_790_000_000.0,
        }],
    }
}

/// What names have opened.
pub(crate) fn openings() -> Vec<OpeningLook> {
    vec![OpeningLook {
        network: "piazza".parse().unwrap(),
        address: "203.0.113.7".parse().unwrap(),
        ports: vec![(443, 95)],
        names: vec![(
            "www.example.org".parse().unwrap(),
            vec!["cdn.example.net".to_owned()],
        )],
    }]
}

/// What moves of it.
pub(crate) fn pulse(look: &Look) -> Pulse {
    let networks = look.figures.networks.iter().map(|(id, of)| {
        let pulse = NetworkPulse {
            usage: of.totals.usage,
            snippet: of.counted.snippet,
        };
        (*id, pulse)
    });
    Pulse {
        traffic: portico::core::Pulse {
            read_every_ms: 5_000,
            networks: networks.collect(),
        },
        resolver: look.resolver,
    }
}
