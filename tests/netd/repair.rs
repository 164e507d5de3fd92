//! What the helper mends by itself, and takes over: the ruleset, routing rules, interfaces, settings.

use portico::net::ipc::{Reply, Request};

use crate::helper::{Helper, STATION, apply, ask, connect, grant, next, sessions, wait_until, write_config};

#[tokio::test]
async fn a_flushed_ruleset_stands_again_and_the_daemon_is_told() {
    let helper = Helper::start();
    let mut client = connect(&helper, true).await;
    let before = helper.gateway.run("nft -s -t list ruleset");
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
        assert_eq!(
            helper.gateway.run("nft -s -t list ruleset"),
            before,
            "{disturbance}"
        );
    }
    helper.gateway.run("nft flush set netdev portico auth_piazza");
    assert_eq!(next(&mut client).await.unwrap(), Reply::RulesetRebuilt);
}

#[tokio::test]
async fn a_removed_routing_rule_stands_again() {
    let helper = Helper::start();
    for family in ["-4", "-6"] {
        let before = helper.gateway.run(&format!("ip {family} rule show"));
        assert!(before.contains("iif br0 blackhole"), "{before}");
        helper
            .gateway
            .run(&format!("ip {family} rule delete priority 10"));
        wait_until("the rule stands again", || {
            helper.gateway.run(&format!("ip {family} rule show")) == before
        });
    }
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
