//! Neighbours, bridge entries and links.

use std::net::IpAddr;
use std::time::Duration;

use portico::net::neighbours::{Neighbours, RouteWatch};
use portico::wire::netlink::route::{OwnAddress, RouteEvent};

use crate::bed::{Station, enter_namespace, mac, run};

fn index_of(name: &str) -> u32 {
    run(&format!("ip -o link show dev {name} | cut -d: -f1"))
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn an_address_is_tied_to_its_mac_on_its_own_interface_only() {
    enter_namespace();
    let _station = Station::join(mac(1));
    run("ip link add other type veth peer name otherpeer; ip link set other up");
    let (gw0, other) = (index_of("gw0"), index_of("other"));
    let mut neighbours = Neighbours::open().unwrap();
    let four = IpAddr::from([10, 9, 0, 2]);
    assert_eq!(neighbours.mac_of(gw0, four), Ok(Some(mac(1))));
    assert_eq!(
        neighbours.mac_of(gw0, "::ffff:10.9.0.2".parse().unwrap()),
        Ok(Some(mac(1)))
    );
    assert_eq!(
        neighbours.mac_of(gw0, "fd09::2".parse().unwrap()),
        Ok(Some(mac(1)))
    );
    assert_eq!(neighbours.mac_of(other, four), Ok(None));
    assert_eq!(neighbours.mac_of(gw0, IpAddr::from([10, 9, 0, 77])), Ok(None));
    assert!(neighbours.mac_of(9_999, four).is_err() || neighbours.mac_of(9_999, four) == Ok(None));
}

/// Collects events until one fulfils the condition; ten seconds at most.
async fn until(watch: &mut RouteWatch, wanted: impl Fn(&RouteEvent) -> bool) -> Vec<RouteEvent> {
    let mut events = Vec::new();
    let heard = tokio::time::timeout(Duration::from_secs(10), async {
        while !events.iter().any(&wanted) {
            watch.next(&mut events).await.unwrap();
        }
    });
    heard.await.expect("the event");
    events
}

#[test]
fn changes_are_heard_and_a_snapshot_holds_what_was_before() {
    enter_namespace();
    run("ip link add br0 type bridge; ip link add p0 type veth peer name p1");
    run("ip link set p0 master br0; ip link set br0 up; ip link set p1 up; ip link set p0 up");
    run("ip neigh add 10.0.0.5 lladdr 02:00:00:00:00:05 dev br0");
    let (br0, p0) = (index_of("br0"), index_of("p0"));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut watch = RouteWatch::open().unwrap();
        let mut before = Vec::new();
        watch.snapshot(&mut before).unwrap();
        assert!(before.iter().any(|event| matches!(event,
            RouteEvent::Link(link) if link.name == "p0" && link.master == Some(br0) && link.up)));
        assert!(before.iter().any(|event| matches!(event,
            RouteEvent::Neighbour(n) if n.interface == br0 && n.mac == Some(mac(5)))));

        run("bridge fdb add 02:00:00:00:00:09 dev p0 master dynamic");
        until(&mut watch, |event| {
            matches!(event,
            RouteEvent::Bridge(entry) if entry.mac == mac(9) && entry.port == p0 && entry.bridge == Some(br0))
        })
        .await;
        run("ip neigh del 10.0.0.5 dev br0");
        until(&mut watch, |event| {
            matches!(event,
            RouteEvent::NeighbourGone(n) if n.address == IpAddr::from([10, 0, 0, 5]))
        })
        .await;
        // Last of the addresses: with it go the neighbours of the interface.
        run("ip addr add 10.8.0.1/24 dev br0");
        let own = OwnAddress {
            interface: br0,
            address: IpAddr::from([10, 8, 0, 1]),
            prefix: "10.8.0.0/24".parse().unwrap(),
        };
        until(&mut watch, |event| *event == RouteEvent::Address(own)).await;
        let mut now = Vec::new();
        watch.snapshot(&mut now).unwrap();
        assert!(now.contains(&RouteEvent::Address(own)));
        run("ip addr del 10.8.0.1/24 dev br0");
        until(&mut watch, |event| *event == RouteEvent::AddressGone(own)).await;

        run("bridge fdb del 02:00:00:00:00:09 dev p0 master");
        until(
            &mut watch,
            |event| matches!(event, RouteEvent::BridgeGone(entry) if entry.mac == mac(9)),
        )
        .await;
        run("ip link set p0 nomaster");
        let left = until(&mut watch, |event| {
            matches!(event,
            RouteEvent::Link(link) if link.index == p0 && link.master.is_none())
        })
        .await;
        assert!(!left.iter().any(|event| matches!(event, RouteEvent::LinkGone(_))));
        run("ip link del p0");
        until(
            &mut watch,
            |event| matches!(event, RouteEvent::LinkGone(link) if link.index == p0),
        )
        .await;
    });
}
