//! What the helper is asked, by whom, and what it tells.

use std::os::unix::fs::PermissionsExt;

use portico::model::{AccessOp, Entry, Mac, OpError, Rate, RatePlan};
use portico::net::client::ask_once;
use portico::net::ipc::{MAX_OPS, Reply, Request};

use crate::helper::{Helper, PATIENCE, STATION, apply, ask, connect, grant, sessions};
use crate::world::{Namespace, plan};

#[tokio::test]
async fn a_session_is_granted_counted_listed_and_revoked() {
    let helper = Helper::start();
    let mut client = connect(&helper, true).await;
    assert_eq!(client.networks, ["piazza".parse().unwrap()]);
    apply(&mut client, vec![grant(STATION, 700)]).await.unwrap();
    let held = sessions(&mut client).await;
    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].entry.plan, held[0].counters.up.bytes),
        (Some(plan()), 700)
    );
    let mac: Mac = STATION.parse().unwrap();
    let other: Mac = "02:00:5e:10:00:02".parse().unwrap();
    let read = Request::ReadCounters {
        network: "piazza".parse().unwrap(),
        macs: vec![mac, other],
    };
    let Reply::Counters {
        readings, missing, ..
    } = ask(&mut client, read).await.unwrap()
    else {
        panic!("counters");
    };
    assert_eq!((readings[0].1.up.bytes, missing), (700, vec![other]));
    let revoke = AccessOp::Revoke {
        network: "piazza".parse().unwrap(),
        mac,
    };
    apply(&mut client, vec![revoke]).await.unwrap();
    assert_eq!(sessions(&mut client).await, []);
}

#[tokio::test]
async fn a_batch_with_a_wrong_field_changes_nothing() {
    let helper = Helper::start();
    let mut client = connect(&helper, false).await;
    let own = helper
        .gateway
        .run("cat /proc/net/if_inet6 >/dev/null; ip -o link show br0");
    let own = own.split("link/ether ").nth(1).unwrap()[..17].to_owned();
    let elsewhere = AccessOp::Revoke {
        network: "molini".parse().unwrap(),
        mac: STATION.parse().unwrap(),
    };
    let mut endless = grant(STATION, 0);
    if let AccessOp::Grant { entry, .. } = &mut endless {
        entry.timeout_ms = Some(u64::MAX);
    }
    for wrong in [grant(&own, 0), elsewhere, endless] {
        let outcome = apply(&mut client, vec![grant(STATION, 0), wrong]).await;
        assert!(
            matches!(outcome, Err(OpError::Refused { index: 1, .. })),
            "{outcome:?}"
        );
    }
    let many = vec![grant(STATION, 0); MAX_OPS + 1];
    assert!(matches!(
        apply(&mut client, many).await,
        Err(OpError::Refused { .. })
    ));
    assert_eq!(sessions(&mut client).await, []);
}

#[tokio::test]
async fn orders_about_thousands_leave_nobody_out() {
    let helper = Helper::start();
    let mut client = connect(&helper, false).await;
    let macs: Vec<String> = (0..2_000_u32)
        .map(|number| {
            let [_, _, high, low] = number.to_be_bytes();
            format!("02:00:5e:20:{high:02x}:{low:02x}")
        })
        .collect();
    let all = |op: &dyn Fn(&str) -> AccessOp| macs.iter().map(|mac| op(mac)).collect::<Vec<AccessOp>>();
    for some in all(&|mac| grant(mac, 700)).chunks(MAX_OPS) {
        apply(&mut client, some.to_vec()).await.unwrap();
    }
    // Other limits for all, as a chosen plan gives them: the counters go on.
    let slower = |mac: &str| {
        let AccessOp::Grant {
            network, mac, entry, ..
        } = grant(mac, 0)
        else {
            panic!("a grant");
        };
        let plan = entry.plan.map(|plan| RatePlan {
            down: "1 Mbit/s".parse().unwrap(),
            ..plan
        });
        let entry = Entry { plan, ..entry };
        AccessOp::Limit { network, mac, entry }
    };
    for some in all(&slower).chunks(1_024) {
        apply(&mut client, some.to_vec()).await.unwrap();
    }
    let held = sessions(&mut client).await;
    assert_eq!(held.len(), macs.len());
    let down: Rate = "1 Mbit/s".parse().unwrap();
    assert!(
        held.iter()
            .all(|one| one.entry.plan.is_some_and(|plan| plan.down == down))
    );
    // All of them out but one, in as many transactions as the dashboard's order makes.
    let out = |mac: &str| AccessOp::Revoke {
        network: "piazza".parse().unwrap(),
        mac: mac.parse().unwrap(),
    };
    for some in all(&out)[1..].chunks(256) {
        apply(&mut client, some.to_vec()).await.unwrap();
    }
    let left: Vec<String> = sessions(&mut client)
        .await
        .iter()
        .map(|one| one.mac.to_string())
        .collect();
    assert_eq!(left, macs[..1]);
}

#[tokio::test]
async fn bytes_that_are_no_request_end_that_connection_alone() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let helper = Helper::start();
    let mut good = connect(&helper, false).await;
    let hello = portico::net::frame::encode(&Request::Hello {
        version: 1,
        subscribe: false,
    })
    .unwrap();
    let too_long = [0xff_u8; 4].to_vec();
    let nonsense = [&hello[..], &[3, 0, 0, 0, 250, 250, 250]].concat();
    let before_hello = portico::net::frame::encode(&Request::ListSessions).unwrap();
    for bytes in [too_long, nonsense, before_hello] {
        let mut stream = tokio::net::UnixStream::connect(helper.socket()).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        let mut rest = Vec::new();
        let end = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest)).await;
        assert!(end.is_ok(), "the helper closes it");
    }
    assert_eq!(sessions(&mut good).await, []);
}

#[tokio::test]
async fn only_root_and_the_user_may_speak_and_only_root_tears_down() {
    let helper = Helper::start();
    std::fs::set_permissions(helper.socket(), std::fs::Permissions::from_mode(0o666)).unwrap();
    let ask_as = |uid: u32, request: Request| {
        let socket = helper.socket();
        let asking = std::thread::spawn(move || {
            // Of this thread alone, which ends right after.
            rustix::thread::set_thread_uid(rustix::process::Uid::from_raw(uid))
                .expect("tests/netd needs root");
            ask_once(&socket, &request, PATIENCE)
        });
        asking.join().unwrap()
    };
    let (daemon, nobody) = (1, 65_534);
    assert_eq!(ask_as(daemon, Request::Reload).unwrap(), Ok(()));
    let refused = ask_as(nobody, Request::Reload);
    assert!(refused.is_err(), "neither root nor the user: {refused:?}");
    let refused = ask_as(daemon, Request::TearDown).unwrap();
    assert_eq!(refused, Err("only root may ask for this".to_owned()));
    assert!(helper.gateway.run("nft list tables").contains("inet portico"));
}

#[tokio::test]
async fn stations_that_speak_are_told_to_the_subscriber() {
    let helper = Helper::start();
    let phone = Namespace::new();
    phone.cable("eth0", &helper.gateway, "port0");
    helper.gateway.run("ip link set port0 master br0");
    phone.run(&format!(
        "ip link set eth0 address {STATION}; ip address add 192.0.2.9/24 dev eth0"
    ));
    let mut client = connect(&helper, true).await;
    assert!(phone.succeeds("ping -c 2 -i 0.2 -W 2 192.0.2.1"));
    let mac: Mac = STATION.parse().unwrap();
    let seen = async {
        loop {
            if let Reply::Seen(sightings) = client.replies.next().await.unwrap()
                && sightings
                    .iter()
                    .any(|seen| seen.mac == mac && seen.address == Some("192.0.2.9".parse().unwrap()))
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("seen");
}
