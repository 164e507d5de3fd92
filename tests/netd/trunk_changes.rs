//! Trunks while something around them changes: what others take away, what comes back, what the configuration
//! no longer has.

use std::io::Write;

use portico::config::QueueWish;
use portico::net::queue::{self, Owner};
use portico::net::ruleset;
use portico::net::trunk::{DOWN, Trunks, WayState};

use crate::helper::{Helper, connect, wait_until};
use crate::trunk::{OWN, WAKING, everything, gone, lab, shown, stands, station, told};
use crate::world::{Namespace, config, network};

/// More than the helper looks by itself while a test waits.
const TIMES: u32 = 8;

#[tokio::test]
async fn the_device_to_the_stations_is_put_right_at_once() {
    let helper = Helper::start();
    let path = helper.directory.path().join("portico.toml");
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(b"[uplink]\ndown = \"100 Mbit/s\"\nup = \"20 Mbit/s\"\n")
        .unwrap();
    helper.signal("HUP");
    let gateway = &helper.gateway;
    let leads = || {
        let up = gateway.output(&format!("ip -o link show dev {DOWN} up"));
        let device = gateway.output(&format!("tc class show dev {DOWN}"));
        let filter = gateway.output("tc filter show dev br0 egress");
        let says =
            |output: std::process::Output, text: &str| String::from_utf8_lossy(&output.stdout).contains(text);
        says(up, DOWN)
            && says(device, "class htb 504f:11 ")
            && says(filter, &format!("Redirect to device {DOWN})"))
    };
    wait_until("the trunk stands", leads);
    // What has happened until now is no news any more.
    drop(connect(&helper, false).await);
    // Each time it leads again it is torn down again: looks alone would never come to the end in time.
    for torn in ["ip link set portico-down down", "ip link del portico-down"] {
        let mut left = TIMES;
        wait_until(torn, || {
            if leads() {
                if left == 0 {
                    return true;
                }
                left -= 1;
                gateway.run(torn);
            }
            false
        });
    }
}

#[test]
fn who_has_gone_while_there_was_no_tree_is_in_no_map() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        stands(&trunks.keep(&told()));
        trunks.apply(&[station(500_000)]).unwrap();
        let foreign = "root handle 1: tbf rate 20mbit burst 10k latency 10ms";
        gateway.run(&format!(
            "tc qdisc del dev wan0 root; tc qdisc add dev wan0 {foreign}"
        ));
        let interface = "wan0".to_owned();
        assert_eq!(trunks.keep(&told()).up, WayState::Foreign { interface });
        trunks.apply(&[gone()]).unwrap();
        assert!(!gateway.run("nft list ruleset").contains(OWN));
        // Whatever has come into the maps meanwhile.
        gateway.run(&format!(
            "nft add element inet portico queue_up_piazza {{ {WAKING} : 504f:300 }}"
        ));
        trunks.apply(&[station(500_000)]).unwrap();
        gateway.run("tc qdisc del dev wan0 root");
        stands(&trunks.keep(&told()));
        let maps = gateway.run("nft list ruleset");
        assert!(
            !maps.contains(WAKING) && maps.matches("504f:201").count() == 2,
            "{maps}"
        );
    });
}

#[test]
fn a_network_goes_while_stations_of_a_later_one_have_queues() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.run("ip link add br1 type bridge; ip link set br1 up");
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        let mut both = told();
        both.networks.insert(0, network("molini", "br1"));
        stands(&trunks.keep(&both));
        trunks.apply(&[station(500_000)]).unwrap();
        let of_network = |number: &str| {
            let class = shown(gateway, DOWN, "504f:200").unwrap();
            assert!(class.contains(&format!("parent 504f:{number} ")), "{class}");
        };
        of_network("12");
        trunks.begin_anew();
        stands(&trunks.keep(&told()));
        of_network("10");
        for device in [DOWN, "wan0"] {
            assert_eq!(shown(gateway, device, "504f:12"), None);
            assert_eq!(shown(gateway, device, "504f:13"), None);
        }
        trunks.begin_anew();
        stands(&trunks.keep(&both));
        of_network("12");
    });
}

#[test]
fn what_cannot_be_raised_leaves_nothing_however_often_it_is_tried() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.run("tc qdisc add dev br0 ingress");
    gateway.run("tc qdisc add dev wan0 root handle 1: tbf rate 20mbit burst 10k latency 10ms");
    let before = everything(gateway);
    // Interfaces are numbered in turn.
    let next_number = || {
        let made = gateway
            .run("ip link add probe0 type bridge; ip -o link show probe0 | cut -d: -f1; ip link del probe0");
        made.trim().parse::<u32>().unwrap()
    };
    let number = next_number();
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        for attempt in 1..4 {
            assert_eq!(trunks.keep(&told()).ways(), [false, false]);
            assert_eq!(everything(gateway), before, "attempt {attempt}");
        }
    });
    assert_eq!(next_number(), number + 1, "a device was made and removed again");
}

/// Whose leaf the kernel refuses waits with those that have no queue of their own, and gets one when it may.
#[test]
fn a_station_whose_leaf_is_refused_has_no_class_until_it_may_have_one() {
    let lab = lab();
    let gateway = &lab.gateway;
    gateway.inside(|| {
        let mut trunks = Trunks::open().unwrap();
        assert_eq!(trunks.keep(&told()).ways(), [true, true]);
        // The number that its leaf would have.
        gateway.run(&format!(
            "tc qdisc replace dev {DOWN} parent 504f:11 handle 200: pfifo"
        ));
        trunks.apply(&[station(500_000)]).unwrap_err();
        for _ in 0..2 {
            assert_eq!(shown(gateway, DOWN, "504f:200"), None);
            assert!(shown(gateway, "wan0", "504f:200").is_some());
            assert!(
                !gateway
                    .run("nft list map netdev portico queue_down_piazza")
                    .contains(OWN)
            );
            assert_eq!(
                trunks.keep(&told()).ways(),
                [true, true],
                "everybody else's stand"
            );
        }
        gateway.run(&format!("tc qdisc del dev {DOWN} parent 504f:11 handle 200:"));
        trunks.begin_anew();
        trunks.keep(&told());
        assert!(shown(gateway, DOWN, "504f:200").unwrap().contains("leaf"));
        assert!(
            gateway
                .run("nft list map netdev portico queue_down_piazza")
                .contains(OWN)
        );
    });
}

#[test]
fn no_map_stands_that_nothing_asks() {
    let gateway = Namespace::new();
    gateway.run("ip link add br0 type bridge; ip link add br1 type bridge; ip link add wan0 type bridge");
    let maps = || {
        gateway
            .run("nft list maps")
            .lines()
            .filter(|line| line.contains("map queue_"))
            .count()
    };
    let mut configured = told();
    configured.networks.push(network("molini", "br1"));
    gateway.block_on(ruleset::load(&configured)).unwrap();
    assert_eq!(maps(), 4);
    gateway.run(&format!(
        "nft add element netdev portico queue_down_piazza {{ {OWN} : 504f:200 }}"
    ));
    configured.networks.pop();
    gateway.block_on(ruleset::load(&configured)).unwrap();
    assert_eq!(maps(), 2);
    assert!(
        gateway.run("nft list ruleset").contains(OWN),
        "who stays keeps it"
    );
    configured.uplink.line = None;
    gateway.block_on(ruleset::load(&configured)).unwrap();
    assert_eq!(maps(), 0);
    assert!(!gateway.run("nft list ruleset").contains(OWN));
}

/// Of the number that rules send packets to only the trees are: whatever else has it makes room.
#[test]
fn only_trees_have_the_number_of_the_classes() {
    let gateway = Namespace::new();
    gateway.run("ip link add wan0 type veth peer name far0; ip link set wan0 up; ip link set far0 up");
    // Nothing can be led downwards.
    gateway.run("ip link add br0 type bridge; tc qdisc add dev br0 ingress");
    assert_ne!(queue::HANDLE, portico::net::trunk::HANDLE);
    let mut wishing = config(vec![network("piazza", "br0")]);
    wishing.uplink.queue = QueueWish::Off;
    for number in ["504f:", "5050:"] {
        gateway.run(&format!(
            "tc qdisc add dev wan0 root handle {number} tbf rate 20mbit burst 10k latency 10ms"
        ));
        gateway.inside(|| {
            let standing = queue::look(&wishing.gateway.uplink).unwrap();
            assert_eq!(standing.unwrap().owner, Owner::Portico, "{number}");
            queue::keep(&wishing, false).unwrap();
        });
        let left = gateway.run("tc qdisc show dev wan0");
        assert!(!left.contains("tbf"), "{number}: {left}");
        // The tree takes the place of either.
        gateway.run(&format!(
            "tc qdisc add dev wan0 root handle {number} tbf rate 20mbit burst 10k latency 10ms"
        ));
        gateway.inside(|| {
            let mut trunks = Trunks::open().unwrap();
            assert_eq!(trunks.keep(&told()).ways(), [false, true]);
            queue::keep(&told(), true).unwrap();
        });
        let tree = gateway.run("tc qdisc show dev wan0");
        assert!(tree.contains("qdisc htb 504f: root"), "{number}: {tree}");
        gateway.inside(|| queue::remove().unwrap());
    }
}
