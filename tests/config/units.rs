//! systemd takes the units.

use std::process::Command;

use portico::config::MOST_CONNECTIONS;

#[test]
fn systemd_takes_the_units_without_a_word() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/systemd/verify");
    let output = Command::new(script).output().unwrap();
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_service_may_open_as_many_connections_as_can_be_configured() {
    let unit = include_str!("../../systemd/portico.service");
    let limit = unit.lines().find_map(|line| line.strip_prefix("LimitNOFILE="));
    let limit: usize = limit.unwrap().parse().unwrap();
    // Listeners, the database, certificates, one neighbour socket, the control socket.
    let reserve = 4_096;
    assert!(2 * MOST_CONNECTIONS + reserve <= limit, "{limit}");
}

#[test]
fn the_service_may_replace_its_configuration_and_no_key() {
    let (portico, netd) = (
        include_str!("../../systemd/portico.service"),
        include_str!("../../systemd/portico-netd.service"),
    );
    assert!(portico.contains("\nReadWritePaths=/run/portico /etc/portico\n"));
    assert!(portico.contains("\nReadOnlyPaths=-/etc/portico/tls\n"));
    assert!(netd.contains("\nReadWritePaths=/run/portico\n"));
    // Of the group, which is kept: without it portico-netd could not read what was written.
    let folders = include_str!("../../systemd/portico.tmpfiles");
    let folder = folders.lines().find(|line| line.starts_with("d /etc/portico "));
    let words: Vec<&str> = folder.unwrap().split_whitespace().collect();
    assert_eq!(words[2..5], ["2770", "root", "portico"]);
}

#[test]
fn the_services_are_started_again_for_ever_but_not_after_net_down() {
    let (portico, netd) = (
        include_str!("../../systemd/portico.service"),
        include_str!("../../systemd/portico-netd.service"),
    );
    for unit in [portico, netd] {
        assert!(unit.contains("\nStartLimitIntervalSec=0\n"));
    }
    assert!(portico.contains("\nRestart=always\n"));
    assert!(netd.contains("\nRestart=on-failure\n"));
}
