//! A plan that changes while fifteen hundred sessions run: every element of the kernel has the new limits
//! after a few transactions, what was counted stays counted, and no packet is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use portico::app::lab::Lab;
use portico::app::lab::daemon::poll;
use portico::app::lab::dns::Family;
use portico::app::lab::phone::Phone;
use portico::model::{AccessOp, Counters, Entry, KernelSession, Mac, NetworkId};
use portico::net::Kernel;
use portico::net::netlink::{NetlinkError, Socket};
use portico::net::nftables::Nftables;
use portico::wire::netlink::elements::{self, Role, SetName};
use portico::wire::netlink::message::messages;
use portico::wire::netlink::nft_events::{GROUP, NftEvent, decode_event};
use rustix::net::netlink::NETFILTER;
use serde_json::json;

use crate::{network, programs};

/// Sessions besides the one whose packets run.
const OTHERS: u16 = 1_499;
/// Sessions in all.
const SESSIONS: usize = 1_500;
/// Changes that `core` puts into one transaction.
const TOGETHER: usize = 1_024;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes a second down and up.
type Rates = (u64, u64);
const BEFORE: Rates = (2_500_000, 1_250_000);
const AFTER: Rates = (1_000_000, 500_000);

fn piazza() -> NetworkId {
    "piazza".parse().unwrap()
}

#[test]
fn a_new_plan_reaches_many_sessions_in_few_transactions_and_no_packet_is_lost() {
    let config = format!("[gateway]\nuplink = \"wan0\"\n{}", network("piazza"));
    let mut lab = Lab::build(programs(), &config).unwrap();
    set_plan(&mut lab, "20 Mbit/s", "10 Mbit/s");
    lab.start().unwrap();
    let mut phone = lab.phone(0).unwrap();
    phone.join().unwrap();
    phone.tap().unwrap();
    crowd(&mut lab);
    assert!(
        poll(PATIENCE, || all_have(&lab, BEFORE)).is_some(),
        "{}",
        lab.logs(20)
    );

    let may_pass = timeouts(&lab);
    let stream = phone.echo_stream(Family::V4).unwrap();
    let before = poll(PATIENCE, || told(&lab, &phone).filter(|packets| *packets > 100)).unwrap();
    let mut ears = lab.gateway().within(|| Socket::listen(Some(NETFILTER), GROUP));
    let ears = ears.as_mut().unwrap().as_mut().unwrap();
    set_plan(&mut lab, "8 Mbit/s", "4 Mbit/s");
    let answer = lab.control(&json!({"do": "reload"})).unwrap();
    assert!(answer.get("error").is_none(), "{answer}");
    assert!(
        poll(PATIENCE, || all_have(&lab, AFTER)).is_some(),
        "{}",
        lab.logs(20)
    );
    let changes = hear(ears);
    let now = told(&lab, &phone).unwrap();
    assert!(
        now >= before,
        "usage was told as {before} packets and then as {now}"
    );
    let count = stream.finish().unwrap();

    assert_eq!(count.returned, count.sent, "packets of the running flow");
    // What runs is read now and then.
    let all = 2 * count.sent;
    let counted = poll(PATIENCE, || told(&lab, &phone).filter(|packets| *packets >= all));
    assert!(
        counted.is_some(),
        "{:?} packets are told of {all}",
        told(&lab, &phone)
    );
    assert_eq!(may_pass.len(), SESSIONS);
    assert!(timeouts(&lab) == may_pass, "who may pass was written anew");
    assert_eq!(changes.len(), SESSIONS.div_ceil(TOGETHER), "{changes:?}");
    assert!(
        changes.is_sorted_by(|one, next| one + 1 == *next),
        "one after the other: {changes:?}"
    );
}

/// Writes the plan of the network; nobody is told.
fn set_plan(lab: &mut Lab, down: &str, up: &str) {
    lab.edit_network(0, |network| {
        let rate = [("down", down), ("up", up)].map(|(key, rate)| (key.to_owned(), rate.into()));
        network.insert("rate".to_owned(), toml::Table::from_iter(rate).into());
    })
    .unwrap();
}

/// Puts the others into the kernel's sets, as daemons had done that died: the next ones take them on.
fn crowd(lab: &mut Lab) {
    lab.portico().unwrap().kill().unwrap();
    lab.netd().unwrap().kill().unwrap();
    let [first] = held(lab)[..] else {
        panic!("one session")
    };
    let grants: Vec<AccessOp> = (1..=OTHERS).map(|number| grant(number, first.entry)).collect();
    lab.gateway()
        .within(|| Nftables::open().unwrap().apply(&grants).map(drop))
        .unwrap()
        .unwrap();
    lab.start().unwrap();
}

fn grant(number: u16, entry: Entry) -> AccessOp {
    let [high, low] = number.to_be_bytes();
    AccessOp::Grant {
        network: piazza(),
        mac: Mac::new([0x02, 0x00, 0x5e, 0x20, high, low]).unwrap(),
        entry,
        seed: Counters::default(),
    }
}

fn held(lab: &Lab) -> Vec<KernelSession> {
    lab.gateway()
        .within(|| Nftables::open().unwrap().sessions(piazza()))
        .unwrap()
        .unwrap()
}

/// The timeout that each station was let in with, milliseconds.
fn timeouts(lab: &Lab) -> BTreeMap<Mac, Option<u64>> {
    let auth = SetName::new(Role::Auth, piazza());
    let mut found = BTreeMap::new();
    // Whom a dump passes over while the table grows, the next one brings.
    for _ in 0..3 {
        lab.gateway()
            .within(|| {
                Socket::open(Some(NETFILTER)).unwrap().dump(
                    &mut found,
                    |out, seq| elements::dump(out, seq, &auth),
                    |_| (),
                    |found, message| {
                        let all = elements::decode_elements(message);
                        found.extend(all.map(|element| (element.mac, element.timeout_ms)));
                    },
                )
            })
            .unwrap()
            .unwrap();
    }
    found
}

/// Whether every session is held to these rates.
fn all_have(lab: &Lab, rates: Rates) -> Option<()> {
    let held = held(lab);
    let has = |session: &KernelSession| {
        let plan = session.entry.plan;
        plan.map(|plan| (plan.down.bytes_per_second(), plan.up.bytes_per_second())) == Some(rates)
    };
    (held.len() == SESSIONS && held.iter().all(has)).then_some(())
}

/// Packets of both directions that Portico tells of a phone.
fn told(lab: &Lab, phone: &Phone) -> Option<u64> {
    let stations = lab.control(&json!({"do": "stations"})).unwrap();
    let mac = phone.mac().to_string();
    let mut stations = stations["ok"].as_array()?.iter();
    let usage = &stations.find(|station| station["mac"] == mac.as_str())?["standing"]["granted"]["usage"];
    Some(usage["up"]["packets"].as_u64()? + usage["down"]["packets"].as_u64()?)
}

/// The numbers of the transactions so far that changed elements of ours and nothing else.
fn hear(ears: &mut Socket) -> Vec<u32> {
    let (mut numbers, mut elements, mut rules) = (Vec::new(), false, false);
    loop {
        let datagram = match ears.receive() {
            Err(NetlinkError::NoAnswer) => return numbers,
            datagram => datagram.unwrap(),
        };
        for event in messages(datagram).filter_map(|message| decode_event(&message)) {
            match event {
                NftEvent::Elements => elements = true,
                NftEvent::Added | NftEvent::Removed => rules = true,
                NftEvent::Generation { id, .. } => {
                    if std::mem::take(&mut elements) & !std::mem::take(&mut rules) {
                        numbers.push(id);
                    }
                }
            }
        }
    }
}
