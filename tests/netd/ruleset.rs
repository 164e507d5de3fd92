//! Loading the base ruleset.

use portico::config::GardenEntry;
use portico::net::ruleset::{self, Backstop, Held};

use crate::world::{Namespace, config, network};

const ELEMENTS: &str = "add element netdev portico auth_piazza { 02:00:5e:10:00:01 timeout 1h }
add element netdev portico up_piazza { 02:00:5e:10:00:01 limit rate 625000 bytes/second burst 131072 bytes counter packets 7 bytes 700 timeout 1h }
add element netdev portico down_piazza { 02:00:5e:10:00:01 limit rate 1250000 bytes/second burst 131072 bytes counter packets 9 bytes 900 timeout 1h }
";

fn gateway() -> Namespace {
    let gateway = Namespace::new();
    gateway.run("ip link add br0 type bridge; ip link add br1 type bridge; ip link add wan0 type bridge");
    gateway
}

fn granted(gateway: &Namespace) -> bool {
    let up = gateway.run("nft list set netdev portico up_piazza");
    let down = gateway.run("nft list set netdev portico down_piazza");
    let auth = gateway.run("nft list set netdev portico auth_piazza");
    up.contains("counter packets 7 bytes 700")
        && down.contains("counter packets 9 bytes 900")
        && auth.contains("02:00:5e:10:00:01")
}

#[test]
fn loading_twice_changes_nothing_and_keeps_the_elements() {
    let gateway = gateway();
    let mut piazza = network("piazza", "br0");
    piazza.garden = vec![
        GardenEntry {
            to: "198.51.100.0/24".parse().unwrap(),
            ports: vec![80, 443],
            reason: None,
        },
        GardenEntry {
            to: "2001:db8:1::/48".parse().unwrap(),
            ports: vec![443],
            reason: None,
        },
    ];
    piazza.policy.blocked.insert("02:00:5e:10:00:66".parse().unwrap());
    let config = config(vec![piazza, network("molini", "br1")]);
    let first = gateway.block_on(ruleset::load(&config)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    let text = gateway.run("nft -s -t list ruleset");
    let second = gateway.block_on(ruleset::load(&config)).unwrap();
    assert_eq!(first, second);
    assert_eq!(gateway.run("nft -s -t list ruleset"), text);
    assert!(granted(&gateway));
    assert!(gateway.block_on(ruleset::verify(&second)).unwrap());
    let printed = ruleset::render(&config).unwrap();
    gateway.run(&format!("nft -f - <<'END'\n{printed}\nEND"));
    let by_name = ["iif \"", "iif != \"", "oif \""]
        .into_iter()
        .fold(text.clone(), |text, number| {
            text.replace(number, &number.replacen("if", "ifname", 1))
        });
    assert_ne!(by_name, text);
    assert_eq!(
        gateway.run("nft -s -t list ruleset"),
        by_name,
        "the printed text loads to the same, but that it goes by names"
    );
    assert!(granted(&gateway));
}

/// Whether or not the kernel of this machine has flow tables; in tests/radio it has.
#[test]
fn a_flow_table_stands_where_the_kernel_has_them_and_hinders_nobody_elsewhere() {
    let gateway = gateway();
    let trial = "nft 'table inet trial { flowtable f { hook ingress priority 0; devices = { lo }; counter; }; \
                 chain c { meta l4proto tcp flow add @f; }; }'";
    let has_them = Namespace::new().succeeds(trial);
    let mut config = config(vec![network("piazza", "br0")]);
    gateway.block_on(ruleset::load(&config)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    config.forward.flowtable = true;
    gateway.block_on(ruleset::check(&config)).unwrap();
    let first = gateway.block_on(ruleset::load(&config)).unwrap();
    let again = gateway.block_on(ruleset::load(&config)).unwrap();
    assert_eq!(first, again);
    let stands = gateway
        .run("nft list ruleset")
        .contains("flowtable granted_flows");
    assert_eq!(stands, has_them);
    assert!(granted(&gateway));
    config.forward.flowtable = false;
    gateway.block_on(ruleset::load(&config)).unwrap();
    assert!(!gateway.run("nft list ruleset").contains("flowtable"));
}

#[test]
fn a_changed_configuration_removes_what_left_and_keeps_the_rest() {
    let gateway = gateway();
    let both = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    gateway.block_on(ruleset::load(&both)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    let mut one = config(vec![network("piazza", "br1")]);
    one.networks[0].policy.max_stations = 5_000;
    one.gateway.masquerade = false;
    gateway.block_on(ruleset::load(&one)).unwrap();
    let text = gateway.run("nft list ruleset");
    assert!(!text.contains("molini"), "{text}");
    assert!(!text.contains("masquerade"));
    assert!(!text.contains(r#""br0""#), "moved to br1: {text}");
    assert!(text.contains(r#"hook ingress device "br1""#));
    assert!(granted(&gateway));
    let other = Namespace::new();
    other.run("ip link add br1 type bridge; ip link add wan0 type bridge");
    other.block_on(ruleset::load(&one)).unwrap();
    assert_eq!(
        gateway.run("nft -s -t list chains"),
        other.run("nft -s -t list chains"),
        "as if loaded afresh"
    );
}

#[test]
fn what_nft_refuses_leaves_the_previous_ruleset() {
    let gateway = gateway();
    let good = config(vec![network("piazza", "br0")]);
    let standing = gateway.block_on(ruleset::load(&good)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    // A set of that name and another type cannot become ours.
    gateway.run("nft 'add set netdev portico auth_molini { type ipv4_addr; }'");
    let before = gateway.run("nft -s list ruleset | grep -v expires");
    let bad = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    let outcome = gateway.block_on(ruleset::load(&bad));
    assert!(
        matches!(outcome, Err(ruleset::RulesetError::Refused(_))),
        "{outcome:?}"
    );
    assert_eq!(gateway.run("nft -s list ruleset | grep -v expires"), before);
    assert!(granted(&gateway));
    assert!(!gateway.block_on(ruleset::verify(&standing)).unwrap());
}

#[test]
fn a_foreign_change_is_noticed_and_removal_leaves_nothing() {
    let gateway = gateway();
    let config = config(vec![network("piazza", "br0")]);
    let standing = gateway.block_on(ruleset::load(&config)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    assert!(
        gateway.block_on(ruleset::verify(&standing)).unwrap(),
        "elements are no change"
    );
    gateway.run("nft insert rule inet portico forward_stations accept");
    assert!(!gateway.block_on(ruleset::verify(&standing)).unwrap());
    gateway.run("nft add table inet other");
    gateway.block_on(ruleset::remove()).unwrap();
    gateway.block_on(ruleset::remove()).unwrap();
    assert_eq!(gateway.run("nft list ruleset").trim(), "table inet other {\n}");
}

const BACKSTOP: &str = "table inet portico_backstop {
\tchain forward_judged {
\t\ttype filter hook forward priority filter + 10; policy accept;
\t\tmeta mark & 0x00000003 != 0x00000000 accept
\t\tiifname \"br0\" drop
\t\toifname \"br0\" drop
\t}

\tchain take_judged {
\t\ttype filter hook input priority filter - 10; policy accept;
\t\tmeta mark & 0x0000000b != 0x00000000 accept
\t\tiifname \"br0\" drop
\t}

\tchain send_marked {
\t\ttype filter hook output priority filter + 10; policy accept;
\t\tmeta mark & 0x00000004 != 0x00000000 accept
\t\toifname \"br0\" drop
\t}
}
";

/// As nft lists it, without who owns it.
fn backstop_text(gateway: &Namespace) -> String {
    let listed = gateway.run("nft list table inet portico_backstop 2>/dev/null || true");
    let mut lines = listed
        .lines()
        .filter(|line| !line.starts_with("\tflags "))
        .map(|line| line.split(" # progname").next().unwrap());
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&str> = lines.skip_while(|line| line.is_empty()).collect();
    format!("{first}\n{}\n", rest.join("\n"))
}

#[test]
fn the_backstop_belongs_to_its_holder_and_outlives_a_flush() {
    let gateway = gateway();
    let one = config(vec![network("piazza", "br0")]);
    let two = config(vec![network("piazza", "br0"), network("molini", "br1")]);
    let standing = || gateway.inside(Backstop::standing).unwrap();
    assert_eq!(standing(), Held::Missing);
    let mut holder = gateway.inside(Backstop::open).unwrap();
    gateway.inside(|| holder.put(&one)).unwrap();
    assert_eq!(
        (standing(), backstop_text(&gateway).as_str()),
        (Held::Owned, BACKSTOP)
    );
    gateway.run("nft flush ruleset");
    assert_eq!(
        backstop_text(&gateway),
        BACKSTOP,
        "a foreign flush passes it over"
    );
    gateway.run("! nft delete table inet portico_backstop 2>/dev/null");
    gateway.run("! nft insert rule inet portico_backstop forward_judged accept 2>/dev/null");
    gateway.inside(|| holder.put(&two)).unwrap();
    let both = backstop_text(&gateway);
    assert!(
        both.contains("iifname \"br1\" drop") && both.contains("oifname \"br1\" drop"),
        "{both}"
    );
    gateway.inside(|| holder.put(&one)).unwrap();
    assert_eq!(
        backstop_text(&gateway),
        BACKSTOP,
        "no rule of a network that left"
    );

    // The holder is killed; the next one takes over what stays.
    drop(holder);
    assert_eq!(
        (standing(), backstop_text(&gateway).as_str()),
        (Held::Orphaned, BACKSTOP)
    );
    let mut next = gateway.inside(Backstop::open).unwrap();
    gateway.inside(|| next.put(&one)).unwrap();
    assert_eq!(
        (standing(), backstop_text(&gateway).as_str()),
        (Held::Owned, BACKSTOP)
    );
    for _ in 0..2 {
        gateway.inside(|| next.remove()).unwrap();
        assert_eq!(standing(), Held::Missing);
    }
    // Somebody loads what he has listed: a table of nobody, which the kernel gives no owner.
    gateway.run(&format!("nft -f - <<'END'\n{BACKSTOP}\nEND"));
    gateway.inside(|| next.put(&two)).unwrap();
    assert_eq!(standing(), Held::Owned);
    assert!(backstop_text(&gateway).contains("br1"));
    drop(next);
    gateway.block_on(ruleset::remove()).unwrap();
    assert_eq!(standing(), Held::Missing, "an orphan goes with the rest");
}

#[test]
fn early_boot_closes_and_a_standing_ruleset_stays() {
    let gateway = gateway();
    let config = config(vec![network("piazza", "br0")]);
    assert!(gateway.block_on(ruleset::close(None)).unwrap());
    assert!(
        gateway
            .run("nft list chain inet portico forward_stations")
            .contains("drop")
    );
    gateway.block_on(ruleset::load(&config)).unwrap();
    gateway.run(&format!("nft '{ELEMENTS}'"));
    assert!(!gateway.block_on(ruleset::close(Some(&config))).unwrap());
    assert!(granted(&gateway));
    gateway.block_on(ruleset::remove()).unwrap();
    assert!(gateway.block_on(ruleset::close(Some(&config))).unwrap());
    gateway.block_on(ruleset::load(&config)).unwrap();
    assert!(!gateway.run("nft list ruleset").contains(r#"iifname "br0" drop"#));
}

#[test]
fn other_programs_in_the_way_are_found() {
    let gateway = gateway();
    let config = config(vec![network("piazza", "br0")]);
    gateway.block_on(ruleset::load(&config)).unwrap();
    assert_eq!(gateway.block_on(ruleset::find_conflicts()).unwrap(), []);
    gateway.run(
        "nft 'add table inet fw
add chain inet fw shut { type filter hook forward priority 10; policy drop; }
add table ip nat
add chain ip nat pre { type nat hook prerouting priority -100; }'",
    );
    let kinds: Vec<_> = gateway
        .block_on(ruleset::find_conflicts())
        .unwrap()
        .into_iter()
        .map(|conflict| (conflict.table, conflict.kind))
        .collect();
    assert_eq!(
        kinds,
        [
            ("inet fw".to_owned(), ruleset::ConflictKind::DropsForward),
            ("ip nat".to_owned(), ruleset::ConflictKind::RewritesDestination),
        ]
    );
}
