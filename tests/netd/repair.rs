//! What the helper mends by itself, and takes over: the ruleset, its backstop, interfaces, settings.

use portico::net::ipc::{Reply, Request};
use portico::net::ruleset::{Backstop, Held};

use crate::helper::{Helper, STATION, apply, ask, connect, grant, next, sessions, wait_until, write_config};
use crate::world::{config, network};

#[tokio::test]
async fn a_flushed_ruleset_stands_again_and_the_daemon_is_told() {
    let helper = Helper::start();
    let mut client = connect(&helper, true).await;
    let ruleset = || {
        let tables =
            ["netdev", "inet"].map(|family| format!("nft -s -t list table {family} portico || true"));
        helper.gateway.run(&tables.join("; "))
    };
    let before = ruleset();
    for disturbance in [
        "nft flush ruleset",
        "nft delete table inet portico",
        "nft flush chain netdev portico from_stations_piazza",
        "nft insert rule inet portico forward_stations accept",
    ] {
        apply(&mut client, vec![grant(STATION, 0)]).await.unwrap();
        helper.gateway.run(disturbance);
        assert_eq!(
            next(&mut client).await.unwrap(),
            Reply::RulesetRebuilt,
            "{disturbance}"
        );
        assert_eq!(ruleset(), before, "{disturbance}");
    }
    helper.gateway.run("nft flush set netdev portico auth_piazza");
    assert_eq!(next(&mut client).await.unwrap(), Reply::RulesetRebuilt);
}

#[tokio::test]
async fn the_backstop_belongs_to_the_helper_that_runs() {
    let mut helper = Helper::start();
    let standing = |helper: &Helper| helper.gateway.inside(Backstop::standing).unwrap();
    assert_eq!(standing(&helper), Held::Owned);
    assert!(!helper.end("KILL"));
    assert_eq!(standing(&helper), Held::Orphaned);
    helper.restart();
    assert_eq!(standing(&helper), Held::Owned);
    write_config(&helper.directory, &["piazza", "molini"], "br0");
    helper.signal("HUP");
    wait_until("the second network is behind the backstop", || {
        let listed = helper.gateway.run("nft list table inet portico_backstop");
        listed.contains("iifname \"br1\" drop")
    });
}

#[tokio::test]
async fn a_backstop_that_could_not_be_put_is_put_later() {
    let mut helper = Helper::start();
    let standing = |helper: &Helper| helper.gateway.inside(Backstop::standing).unwrap();
    assert!(!helper.end("KILL"));
    let other = helper.gateway.inside(|| {
        let mut other = Backstop::open().unwrap();
        other.put(&config(vec![network("piazza", "br0")])).unwrap();
        other
    });
    helper.restart();
    drop(other);
    assert_eq!(standing(&helper), Held::Orphaned, "the helper serves without it");
    helper.gateway.run("nft add table inet other");
    wait_until("the helper holds it", || standing(&helper) == Held::Owned);
}

#[tokio::test]
async fn an_interface_that_appears_later_is_guarded_then() {
    let helper = Helper::start();
    helper.gateway.run("ip link delete br0");
    helper
        .gateway
        .run("ip link add br0 type bridge; ip link set br0 up");
    wait_until("the chain hooks the new interface", || {
        helper
            .gateway
            .run("nft list chain netdev portico from_stations_piazza")
            .contains(r#"device "br0""#)
    });
    let knows = |chain: &str, rule: &str| {
        let listed = format!("nft list chain inet portico {chain}");
        helper.gateway.run(&listed).contains(rule)
    };
    wait_until("its number is the new one", || {
        knows("check_stations", r#"iif "br0" accept"#)
    });
    assert!(knows("guard_stations", r#"iif != "wan0" goto"#));
    helper.gateway.run("ip link delete wan0");
    assert!(
        !knows("guard_stations", "wan0"),
        "an interface that is gone has no number"
    );
    helper
        .gateway
        .run("ip link add wan0 type bridge; ip link set wan0 up");
    wait_until("the uplink's number is the new one", || {
        knows("guard_stations", r#"iif != "wan0" goto"#) && knows("forward_stations", r#"oif "wan0" accept"#)
    });
}

#[tokio::test]
async fn a_reload_is_whole_or_nothing() {
    let helper = Helper::start();
    let mut client = connect(&helper, false).await;
    apply(&mut client, vec![grant(STATION, 0)]).await.unwrap();
    let before = helper.gateway.run("nft -s -t list ruleset");
    std::fs::write(helper.directory.path().join("portico.toml"), "nonsense").unwrap();
    let bad = ask(&mut client, Request::Reload).await.unwrap();
    assert!(matches!(bad, Reply::Done(Err(_))), "{bad:?}");
    assert_eq!(helper.gateway.run("nft -s -t list ruleset"), before);
    write_config(&helper.directory, &["piazza", "molini"], "br0");
    helper.signal("HUP");
    wait_until("the second network is loaded", || {
        helper
            .gateway
            .run("nft -s -t list ruleset")
            .contains("auth_molini")
    });
    assert_eq!(sessions(&mut client).await.len(), 1);
    assert_eq!(connect(&helper, false).await.networks.len(), 2);
}
