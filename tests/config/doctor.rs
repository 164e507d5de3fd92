//! `portico doctor` on gateways that are right and wrong in known ways.

use std::path::Path;

use portico::app::lab::isolation::Namespace;
use serde_json::Value;

/// A gateway's namespace with an uplink and a bridge with two ports.
pub(crate) fn gateway() -> Namespace {
    let gateway = Namespace::new("gateway").unwrap();
    gateway
        .ip(&[
            "link set lo up".to_owned(),
            "link add eth0 type veth peer name far0".to_owned(),
            "link set far0 up".to_owned(),
            "link set eth0 up".to_owned(),
            "address add 203.0.113.2/24 dev eth0".to_owned(),
            "route add default via 203.0.113.1".to_owned(),
            "link add br0 type bridge".to_owned(),
            "link add port0 type veth peer name ap0".to_owned(),
            "link add port1 type veth peer name ap1".to_owned(),
            "link set port0 master br0".to_owned(),
            "link set port1 master br0".to_owned(),
            "link set port0 type bridge_slave isolated on".to_owned(),
            "link set port1 type bridge_slave isolated on".to_owned(),
            "address add 10.0.0.1/24 dev br0".to_owned(),
            "address add 2001:db8:1::1/64 dev br0 nodad".to_owned(),
            "link set br0 up".to_owned(),
        ])
        .unwrap();
    for (key, value) in [
        ("net/ipv4/ip_forward", "1"),
        ("net/ipv6/conf/all/forwarding", "1"),
        ("net/ipv4/conf/br0/send_redirects", "0"),
    ] {
        gateway.sysctl(key, value).unwrap();
    }
    for key in ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables"] {
        // Absent where the kernel has no br_netfilter, which is as good.
        let _absent = gateway.sysctl(&format!("net/bridge/{key}"), "0");
    }
    gateway
}

/// What the doctor says there: exit status, and `state group what` of each line.
fn examine(gateway: &Namespace, dir: &Path) -> (Option<i32>, Vec<String>) {
    examine_with(gateway, dir, "")
}

/// The same with more sections in the configuration.
pub(crate) fn examine_with(gateway: &Namespace, dir: &Path, more: &str) -> (Option<i32>, Vec<String>) {
    let config = dir.join("portico.toml");
    let text = format!(
        "[gateway]\nuplink = \"eth0\"\nstate_dir = \"{0}/state\"\nrun_dir = \"{0}/run\"\n\n\
         [[network]]\nid = \"piazza\"\nname = \"Piazza\"\ncomune = \"Comune\"\ninterface = \"br0\"\n\
         host = \"wifi.comune.arluno.mi.it\"\n\
         [[network.garden]]\nname = \"www.example.org\"\nports = [443]\n{more}",
        dir.display()
    );
    std::fs::write(&config, text).unwrap();
    let mut command = gateway.command(env!("CARGO_BIN_EXE_portico"));
    let output = command
        .args(["doctor", "--json", "--config"])
        .arg(&config)
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let field = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let lines = answer["lines"].as_array().unwrap().iter();
    let told = lines
        .map(|line| {
            format!(
                "{} {} {}",
                field(line, "state"),
                field(line, "group"),
                field(line, "what")
            )
        })
        .collect();
    (output.status.code(), told)
}

/// The lines that speak of a group and are not good.
pub(crate) fn wrong(lines: &[String], group: &str) -> Vec<String> {
    lines
        .iter()
        .filter(|line| line.split(' ').nth(1) == Some(group) && !line.starts_with("ok "))
        .cloned()
        .collect()
}

#[test]
fn a_gateway_set_up_right_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("state")).unwrap();
    std::fs::set_permissions(
        dir.path().join("state"),
        std::os::unix::fs::PermissionsExt::from_mode(0o700),
    )
    .unwrap();
    let (status, lines) = examine(&gateway(), dir.path());
    for group in ["kernel", "sysctl", "state"] {
        let found: Vec<String> = wrong(&lines, group)
            .into_iter()
            .filter(|line| !line.contains("accept_ra") && !line.ends_with("MiB free"))
            .collect();
        assert_eq!(found, Vec::<String>::new());
    }
    let failed: Vec<String> = wrong(&lines, "interfaces")
        .into_iter()
        .filter(|line| line.starts_with("fail"))
        .collect();
    assert_eq!(failed, Vec::<String>::new());
    // The daemons do not run here: two sockets, the portal over IPv4 and IPv6, no ruleset of ours.
    assert_eq!(wrong(&lines, "daemons").len(), 4, "{lines:#?}");
    let rulesets = wrong(&lines, "rulesets");
    assert!(
        rulesets.len() == 2 && rulesets[0].contains("own ruleset is missing"),
        "{rulesets:?}"
    );
    // No dnsmasq either: the names of the garden lead nowhere.
    let silent = "fail dnsmasq piazza: 10.0.0.1:53 does not answer, so names of the garden lead nowhere";
    assert!(lines.iter().any(|line| line == silent), "{lines:#?}");
    assert_eq!(status, Some(1));
}

#[test]
fn what_is_wrong_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway();
    gateway
        .ip(&[
            "link set port1 type bridge_slave isolated off".to_owned(),
            "address flush dev br0".to_owned(),
            "link set eth0 down".to_owned(),
        ])
        .unwrap();
    gateway.sysctl("net/ipv4/ip_forward", "0").unwrap();
    let state = dir.path().join("state");
    std::fs::create_dir(&state).unwrap();
    std::fs::set_permissions(&state, std::os::unix::fs::PermissionsExt::from_mode(0o750)).unwrap();
    gateway.sysctl("net/ipv6/conf/br0/accept_ra", "2").unwrap();
    let mut nft = gateway.command("nft");
    let loaded = nft
        .arg("add table inet other; add chain inet other f { type filter hook forward priority 0; policy drop; }")
        .status()
        .unwrap();
    assert!(loaded.success());

    let (status, lines) = examine(&gateway, dir.path());
    for wanted in [
        "fail interfaces uplink eth0 is down",
        "fail interfaces piazza: br0 has no IPv4 address",
        "fail interfaces piazza: ports not isolated, stations there see each other: port1",
        "fail sysctl net.ipv4.ip_forward = 0",
        "fail sysctl net.ipv6.conf.br0.accept_ra = 2",
        "fail rulesets the second line of defence is missing",
        "fail rulesets table inet other chain f drops what is forwarded",
        "warn configuration no certificate",
        "fail daemons portico-netd does not listen",
        "warn certificate piazza: none",
    ] {
        assert!(
            lines.iter().any(|line| line.starts_with(wanted)),
            "{wanted} is not in {lines:#?}"
        );
    }
    let open_state = wrong(&lines, "state");
    assert!(
        open_state
            .iter()
            .any(|line| line.contains("is open to other users")),
        "{open_state:?}"
    );
    assert!(
        lines.iter().any(|line| line.split(' ').nth(1) == Some("dnsmasq")),
        "{lines:#?}"
    );
    assert_eq!(status, Some(1));
}

#[test]
fn the_portal_is_reached_as_stations_reach_it() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway();
    let listener = gateway
        .within(|| {
            let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None)?;
            // As the portal's listeners are.
            socket.bind_device(Some(b"br0"))?;
            socket.bind(&"0.0.0.0:8080".parse::<std::net::SocketAddr>().unwrap().into())?;
            socket.listen(8)?;
            std::io::Result::Ok(socket)
        })
        .unwrap()
        .unwrap();
    let (_, lines) = examine(&gateway, dir.path());
    let tells = |lines: &[String], wanted: &str| lines.iter().any(|line| line.starts_with(wanted));
    assert!(
        tells(
            &lines,
            "ok daemons piazza: the portal answers behind port 80 over IPv4"
        ),
        "{lines:#?}"
    );
    assert!(
        tells(
            &lines,
            "fail daemons piazza: the portal does not answer at [2001:db8:1::1]:8080"
        ),
        "{lines:#?}"
    );
    drop(listener);
    let (_, lines) = examine(&gateway, dir.path());
    assert!(
        tells(
            &lines,
            "fail daemons piazza: the portal does not answer at 10.0.0.1:8080"
        ),
        "{lines:#?}"
    );
}

#[test]
fn the_own_ruleset_is_told_closed_and_loaded() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway();
    examine(&gateway, dir.path());
    let config = dir.path().join("portico.toml");
    let mut close = gateway.command(env!("CARGO_BIN_EXE_portico-netd"));
    assert!(
        close
            .args(["--close", "--config"])
            .arg(&config)
            .status()
            .unwrap()
            .success()
    );
    let (_, lines) = examine(&gateway, dir.path());
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("warn rulesets Portico's networks are closed")),
        "{lines:#?}"
    );

    let mut check = gateway.command(env!("CARGO_BIN_EXE_portico"));
    let rules = check
        .args(["check", "--ruleset"])
        .arg(&config)
        .output()
        .unwrap()
        .stdout;
    let file = dir.path().join("ruleset.nft");
    std::fs::write(&file, rules).unwrap();
    let mut load = gateway.command("nft");
    assert!(load.arg("-f").arg(&file).status().unwrap().success());
    let (_, lines) = examine(&gateway, dir.path());
    assert!(
        lines
            .iter()
            .any(|line| line == "ok rulesets Portico's own ruleset is loaded"),
        "{lines:#?}"
    );

    let mut cut = gateway.command("nft");
    let chain_gone =
        "flush chain netdev portico from_stations_piazza; delete chain netdev portico from_stations_piazza";
    assert!(cut.arg(chain_gone).status().unwrap().success());
    let (_, lines) = examine(&gateway, dir.path());
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("fail rulesets Portico's own ruleset lacks a network")),
        "{lines:#?}"
    );
}

/// Whether the command succeeds in a namespace of its own.
fn kernel_has(trial: &[&str]) -> bool {
    let trial_ground = Namespace::new("trial").unwrap();
    trial_ground
        .command(trial[0])
        .args(&trial[1..])
        .stderr(std::process::Stdio::null())
        .status()
        .unwrap()
        .success()
}

#[test]
fn a_flow_table_that_the_kernel_does_not_have_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway();
    let trial = "add table inet t; add flowtable inet t f { hook ingress priority 0; devices = { lo }; }; \
                 add chain inet t c; add rule inet t c meta l4proto tcp flow add @f";
    let line = |more: &str| {
        let (_, lines) = examine_with(&gateway, dir.path(), more);
        let found = lines.iter().find(|line| line.contains(" kernel flow tables"));
        found.cloned().unwrap_or_else(|| panic!("{lines:#?}"))
    };
    let (asked, unasked) = (line("[forward]\nflowtable = true\n"), line(""));
    if kernel_has(&["nft", trial]) {
        assert_eq!(
            (asked.as_str(), unasked.as_str()),
            ("ok kernel flow tables", "ok kernel flow tables")
        );
    } else {
        assert_eq!(
            asked,
            "warn kernel flow tables: absent, so [forward] flowtable = true changes nothing"
        );
        assert_eq!(
            unasked,
            "ok kernel flow tables: absent, not needed unless configured"
        );
    }
}

#[test]
fn the_uplinks_queue_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = gateway();
    let line = |queue: &str| {
        let more = format!("[uplink]\nup = \"20 Mbit/s\"\nqueue = \"{queue}\"\n");
        let (_, lines) = examine_with(&gateway, dir.path(), &more);
        let mut found = lines
            .into_iter()
            .filter(|line| line.split(' ').nth(1) == Some("queue"));
        let line = found.next().unwrap();
        assert_eq!(found.next(), None);
        line
    };
    let tc = |command: &str| {
        let mut tc = gateway.command("tc");
        assert!(
            tc.args(command.split(' ')).status().unwrap().success(),
            "{command}"
        );
    };
    for kind in ["cake", "fq_codel"] {
        let told = line(kind);
        if kernel_has(&["tc", "qdisc", "add", "dev", "lo", "root", kind]) {
            let wanted = format!("warn queue eth0 has no {kind}, though the kernel has it");
            assert_eq!(told, wanted, "portico-netd does not run here");
        } else {
            let wanted = format!("warn queue this kernel has no {kind}: packets wait on eth0 in the order");
            assert!(told.starts_with(&wanted), "{told}");
        }
    }
    assert_eq!(line("off"), "ok queue noqueue on eth0, not Portico's business");
    tc("qdisc add dev eth0 root handle 504f: tbf rate 20mbit burst 10k latency 10ms");
    assert_eq!(
        line("off"),
        "warn queue tbf stands on eth0, though none is wanted"
    );
    tc("qdisc replace dev eth0 root handle 1: tbf rate 20mbit burst 10k latency 10ms");
    assert_eq!(
        line("auto"),
        "ok queue tbf stands on eth0, put there by somebody else and left alone"
    );
}
