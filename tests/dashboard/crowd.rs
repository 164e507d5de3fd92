//! Orders about everybody, in the real kernel: all that a search finds are in the nftables sets as ordered, and
//! nobody else is touched.

use std::collections::BTreeSet;
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::model::{AccessOp, Counters, Entry, KernelSession, Mac, NetworkId, Rate, RatePlan};
use portico::net::Kernel as _;
use portico::net::nftables::Nftables;
use serde_json::json;

use crate::applied::Web;
use crate::reach::world;

/// Stations that are let in.
const STATIONS: u16 = 5_000;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// Everybody who is let in, as the list of the dashboard was searched.
const ALL: [(&str, &str); 3] = [("all", "1"), ("state", "granted"), ("q", "")];

fn piazza() -> NetworkId {
    "piazza".parse().unwrap()
}

fn mac(number: u16) -> Mac {
    let [high, low] = number.to_be_bytes();
    Mac::new([0x02, 0x00, 0x5e, 0x20, high, low]).unwrap()
}

fn held(lab: &Lab) -> Vec<KernelSession> {
    let held = lab
        .gateway()
        .within(|| Nftables::open().unwrap().sessions(piazza()));
    held.unwrap().unwrap()
}

/// Puts them into the kernel's sets, as daemons had done that died: the next ones take them on.
fn crowd(lab: &mut Lab) {
    // The sets are made anew with room for more than usual.
    lab.edit_network(0, |network| {
        network.insert("max_stations".to_owned(), (2 * i64::from(STATIONS)).into());
    })
    .unwrap();
    lab.start().unwrap();
    lab.portico().unwrap().kill().unwrap();
    lab.netd().unwrap().kill().unwrap();
    let rate: Rate = "20 Mbit/s".parse().unwrap();
    let entry = Entry {
        plan: Some(RatePlan {
            down: rate,
            up: rate,
            burst: 1_000_000.try_into().unwrap(),
        }),
        timeout_ms: Some(3_600_000),
    };
    let grant = |number| AccessOp::Grant {
        network: piazza(),
        mac: mac(number),
        entry,
        seed: Counters::default(),
    };
    let grants: Vec<AccessOp> = (1..=STATIONS).map(grant).collect();
    for some in grants.chunks(512) {
        let applied = lab
            .gateway()
            .within(|| Nftables::open().unwrap().apply(some).map(drop));
        applied.unwrap().unwrap();
    }
    lab.start().unwrap();
    let all_known = || {
        let stations = lab.control(&json!({"do": "stations"})).unwrap();
        let count = stations["ok"].as_array().map_or(0, Vec::len);
        (count == usize::from(STATIONS)).then_some(())
    };
    assert!(poll(PATIENCE, all_known).is_some(), "{}", lab.logs(20));
}

/// Gives an order about everybody who is let in.
fn order(web: &mut Web<'_>, fields: &[(&str, &str)]) {
    let count = STATIONS.to_string();
    let sure = [("sure", count.as_str())];
    let told = web.send("/stations", "/stations/do", &[&ALL[..], fields, &sure].concat());
    assert_eq!(told.status, 200, "{}", told.body);
    // Those whom the kernel follows later are told of as waiting.
    assert!(
        told.body.contains(": done") || told.body.contains("waiting"),
        "{}",
        told.body
    );
}

#[test]
fn an_order_about_five_thousand_is_whole_in_the_kernel() {
    let (mut lab, _office, _folder) = world();
    crowd(&mut lab);
    let everybody: BTreeSet<Mac> = (1..=STATIONS).map(mac).collect();
    let mut web = Web::of_admin(&lab, "anna");

    order(&mut web, &[("act", "plan"), ("down", "2"), ("up", "1")]);
    let all_have = || {
        let held = held(&lab);
        let has = |session: &KernelSession| {
            let plan = session.entry.plan;
            plan.map(|plan| (plan.down.bytes_per_second(), plan.up.bytes_per_second()))
                == Some((250_000, 125_000))
        };
        let macs: BTreeSet<Mac> = held.iter().map(|session| session.mac).collect();
        (macs == everybody && held.iter().all(has)).then_some(())
    };
    assert!(poll(PATIENCE, all_have).is_some(), "{}", lab.logs(20));

    order(&mut web, &[("act", "end")]);
    let nobody = || held(&lab).is_empty().then_some(());
    assert!(poll(PATIENCE, nobody).is_some(), "{} are left", held(&lab).len());
}
