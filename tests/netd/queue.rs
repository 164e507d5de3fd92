//! The uplink's queue discipline. What this kernel has decides what can be seen here; cake and
//! `fq_codel` themselves stand in the emulated machine of tests/radio.

use portico::config::{Config, QueueWish};
use portico::model::Rate;
use portico::net::ipc::{Reply, Request};
use portico::net::queue::{self, Kept, Owner, Standing};

use crate::helper::{Helper, ask, connect, wait_until};
use crate::world::{Namespace, config, network};

const TBF: &str = "tbf rate 20mbit burst 10k latency 10ms";

fn gateway() -> Namespace {
    let gateway = Namespace::new();
    gateway.run("ip link add wan0 type veth peer name far0");
    for interface in ["wan0", "far0"] {
        // Without an address it is silent, and no queue counts anything.
        gateway.run(&format!(
            "ip link set {interface} addrgenmode none; ip link set {interface} up"
        ));
    }
    gateway
}

fn wishing(queue: QueueWish) -> Config {
    let mut config = config(vec![network("piazza", "br0")]);
    config.uplink.queue = queue;
    config.uplink.up = "20 Mbit/s".parse::<Rate>().ok();
    config
}

fn kept(gateway: &Namespace, wish: QueueWish) -> Kept {
    gateway.inside(|| queue::keep(&wishing(wish), false).unwrap())
}

fn shown(gateway: &Namespace) -> String {
    gateway.run("tc qdisc show dev wan0")
}

#[test]
fn what_the_kernel_does_not_have_is_told_and_changes_nothing() {
    let gateway = gateway();
    let before = shown(&gateway);
    let has = |kind: &str| Namespace::new().succeeds(&format!("tc qdisc add dev lo root {kind} 2>/dev/null"));
    for (wish, kinds) in [
        (QueueWish::Cake, &["cake"][..]),
        (QueueWish::FqCodel, &["fq_codel"]),
        (QueueWish::Auto, &["cake", "fq_codel"]),
    ] {
        let expected = kinds.iter().find(|kind| has(kind)).map_or(Kept::Unknown, |kind| {
            Kept::Stands(Standing {
                kind: (*kind).to_owned(),
                bandwidth: (*kind == "cake").then_some(2_375_000),
                owner: Owner::Portico,
            })
        });
        assert_eq!(kept(&gateway, wish), expected, "{wish:?}");
        assert_eq!(kept(&gateway, QueueWish::Off), Kept::Off);
        assert_eq!(shown(&gateway), before, "{wish:?}");
    }
    gateway.run("ip link delete wan0");
    assert_eq!(kept(&gateway, QueueWish::Auto), Kept::Away);
}

#[test]
fn an_administrators_own_is_left_alone() {
    for own in [
        format!("handle 1: {TBF}"),
        "htb default 1".to_owned(),
        "pfifo_fast".to_owned(),
    ] {
        let gateway = gateway();
        gateway.run(&format!("tc qdisc add dev wan0 root {own}"));
        let before = shown(&gateway);
        for wish in [QueueWish::Auto, QueueWish::Cake, QueueWish::FqCodel] {
            assert_eq!(kept(&gateway, wish), Kept::Foreign, "{own}");
        }
        assert_eq!(kept(&gateway, QueueWish::Off), Kept::Off, "{own}");
        gateway.inside(|| queue::remove().unwrap());
        assert_eq!(shown(&gateway), before);
        let standing = gateway.inside(|| queue::look(&config(Vec::new()).gateway.uplink).unwrap());
        assert_eq!(
            standing.map(|standing| standing.owner),
            Some(Owner::Other),
            "{own}"
        );
    }
}

#[test]
fn the_kernels_own_is_known_as_such_also_behind_several_transmit_queues() {
    let gateway = Namespace::new();
    gateway.run("ip link add wan0 numtxqueues 2 type ifb");
    let look = || gateway.inside(|| queue::look(&config(Vec::new()).gateway.uplink).unwrap());
    assert_eq!(look(), None, "it has never been up");
    gateway.run("ip link set wan0 up");
    let standing = look().unwrap();
    assert_eq!((standing.owner, standing.bandwidth), (Owner::Kernel, None));
    let default = std::fs::read_to_string("/proc/sys/net/core/default_qdisc").unwrap();
    assert_eq!(standing.kind, default.trim(), "not the stem, mq");
}

/// Ours is known by its handle, of whatever kind it is.
#[tokio::test]
async fn ours_goes_where_it_is_not_wanted_and_with_the_tables() {
    let mut helper = Helper::start();
    for line in [
        "ip link add old0 type veth peer name far1",
        &format!("tc qdisc add dev old0 root handle 504f: {TBF}"),
        "tc qdisc add dev far1 root handle 1: pfifo",
    ] {
        helper.gateway.run(line);
    }
    let mut client = connect(&helper, false).await;
    let reloaded = ask(&mut client, Request::Reload).await.unwrap();
    assert_eq!(reloaded, Reply::Done(Ok(())));
    assert!(
        !helper.gateway.run("tc qdisc show dev old0").contains("tbf"),
        "the uplink is another"
    );

    helper
        .gateway
        .run(&format!("tc qdisc add dev old0 root handle 504f: {TBF}"));
    assert_eq!(
        ask(&mut client, Request::TearDown).await.unwrap(),
        Reply::Done(Ok(()))
    );
    assert!(helper.process.wait().unwrap().success());
    let left = helper.gateway.run("tc qdisc show");
    assert!(!left.contains("504f:") && left.contains("pfifo 1:"), "{left}");
}

#[tokio::test]
async fn a_stale_one_goes_when_the_uplink_comes_back() {
    let helper = Helper::start();
    helper
        .gateway
        .run("ip link delete wan0; ip link add old0 type veth peer name far1");
    helper
        .gateway
        .run(&format!("tc qdisc add dev old0 root handle 504f: {TBF}"));
    helper.gateway.run("ip link add wan0 type bridge");
    wait_until("the helper looks again", || {
        !helper.gateway.run("tc qdisc show dev old0").contains("tbf")
    });
}
