//! What the answers of the service look like.

use serde_json::{Value, json};

use super::{render_register, render_state, render_status};

#[test]
fn what_a_damaged_state_has_cost_is_told() {
    let told = |orders: Value| {
        let file = "/var/lib/portico/state.db.unusable";
        render_state(&json!({"fault": null, "set_aside": {"kept_as": file, "orders": orders}}))
    };
    assert_eq!(render_state(&json!({"fault": null, "set_aside": null})), "");
    assert_eq!(
        told(Value::Null),
        "state: at the start a damaged database was put aside as /var/lib/portico/state.db.unusable, for a day; \
         the blocks and exemptions of stations in it are LOST: order them again\n"
    );
    assert!(told(json!(2)).ends_with("; 2 blocks and exemptions of stations in it still stand\n"));
}

#[test]
fn status_is_told_in_lines() {
    let usage = json!({"down": {"bytes": 7_900_000}, "up": {"bytes": 999_999}});
    let totals =
        json!({"grants": 4, "refused": 5, "failed": 6, "conflicts": 7, "malformed": 8, "usage": usage});
    let network = json!({
        "granted": 1, "known": 2, "in_conflict": 3, "totals": totals,
        "plan": {"down": 1_250_000, "up": 625_000}, "schedule": "market", "slowed": 23,
        "share": {"active": 24, "queued": 28, "held": 25, "least": [500_000, 625_000]},
        "drops": {"flooding": 26, "hurried": 27},
    });
    let answer = json!({
        "uplink": false,
        "state": {"fault": "no disk"},
        "statistics": {
            "fault": "no room", "waiting": 29, "lost": 30, "set_aside": "/var/figures.db.damaged-1",
        },
        "fast_path": {"state": "stands", "flows": 12},
        "queue": {"kind": "cake", "bandwidth": 2_375_000, "owner": "portico"},
        "figures": {"helper_linked": true, "line": {"is_peak": true, "down": {
            "used": 11_000_000, "capacity": 12_500_000, "room": 11_875_000, "queued": true,
        }}, "networks": {"piazza": network}},
        "services": {"piazza": {
            "name": "Piazza", "host": "wifi.example", "certificate": "valid", "self_test_seconds": 600,
        }},
        "gardens": {"piazza": {"open": 9, "answers": 10, "held_back": 11, "refused": 12, "no_room": 13}},
        "forwarder": {"queries": 14, "garden": 15, "failed": 16, "dropped": 17},
        "news": {"items": 18, "notices": 19, "pictures": 20, "feeds": [{
            "source": "Comune", "kind": "news", "host": "www.example", "items": 21, "notices": 22,
            "trouble": {"reason": "no answer"},
        }]},
    });
    let expected = "\
packet path: under control
Internet: NOT REACHED: the pages say so instead of offering the tap
state: NOT WRITTEN, a power cut would forget who is online: no disk
statistics: NOT WRITTEN: no room
  hours that wait in memory 29, lost 30
statistics: a damaged database was put aside as /var/figures.db.damaged-1; restore a backup, see portico restore --help
fast path: established connections skip the IP stack, 12 known
uplink's queue: cake at 19 Mbit/s, put there by Portico
line to the stations: 88 Mbit/s of 100 Mbit/s used, 95 Mbit/s for stations, shared by queues
the line is scarce: whoever wants much gets a fair share of it
piazza (Piazza, wifi.example)
  online 1, known 2, refused for a conflict 3
  granted 4, refused 5, failed 6; down 7 MB, up 0 MB
  address or port conflicts 7, malformed packets 8
  certificate: valid
  plan 10 Mbit/s down, 5 Mbit/s up (market); 24 active, 25 held to a share, the least 4 Mbit/s down, 5 Mbit/s up, 28 with queues of their own, 23 over the day's volume
  packets dropped: 26 floods (ARP, DHCP, DNS, portal), 27 of new connections too fast
  garden by name: 9 open; 10 answers, 11 held back; 12 addresses refused, 13 without room
  WARNING: the snippet is in self-test, the Commission counts nobody; 10 min left, or end it: portico selftest piazza off
names for stations without access: 14 asked, 15 of the garden, 16 failed, 17 dropped
news: items 18, urgent notices 19, pictures 20
  Comune (news, www.example): items 21, notices 22, read never; now: no answer
";
    assert_eq!(render_status(&answer), expected);
}

#[test]
fn an_uplink_that_nobody_watches_is_told_neither_up_nor_down() {
    let told = render_status(&json!({"uplink": null}));
    assert!(
        told.contains("Internet: not watched: [uplink] check is empty\n"),
        "{told}"
    );
    assert!(render_status(&json!({"uplink": true})).contains("Internet: reached\n"));
}

#[test]
fn the_register_is_told_while_it_is_kept_or_something_is_wrong() {
    let told = |health: serde_json::Value| render_register(&health);
    assert_eq!(
        told(json!({"is_on": false, "fault": null, "waiting": 0, "lost": 0})),
        ""
    );
    assert_eq!(
        told(json!({"is_on": true, "fault": null, "waiting": 3, "lost": 0})),
        "access register: kept\n"
    );
    assert_eq!(
        told(json!({"is_on": true, "fault": "No space left", "waiting": 41, "lost": 42})),
        "access register: FAULT: No space left\n  entries of the register that wait in memory 41, lost 42\n"
    );
    assert!(told(json!({"is_on": true, "fault": null, "waiting": 0, "lost": 7})).contains("lost 7"));
}
