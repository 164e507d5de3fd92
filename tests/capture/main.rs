//! Stations are noticed on real interfaces by what real clients send, and by nothing else.
//!
//! Needs root, iproute2, util-linux, dnsmasq and udhcpc. Every test lives in network namespaces of
//! its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test helper that fails is a test that fails"
)]

mod lab;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use portico::app::clock;
use portico::core::{SeenBy, Sighting};
use portico::model::NetworkId;
use portico::net::capture::{Batch, Capture, CaptureError};

use lab::{GATEWAY_PORT, Injector, STATION_MAC, STATION_PORT, Station, run};

macro_rules! captured {
    ($name:literal) => {
        include_bytes!(concat!("../fuzz/corpus/frames/", $name)).as_slice()
    };
}

const LIMIT: Duration = Duration::from_secs(40);

fn network() -> NetworkId {
    "piazza".parse().unwrap()
}

fn open() -> Capture {
    Capture::open(network(), GATEWAY_PORT).expect("CAP_NET_RAW, and the interface just made")
}

/// Collects until `enough` holds; fails after [`LIMIT`] with what there was.
async fn collect(capture: &mut Capture, mut enough: impl FnMut(&Batch) -> bool) -> Batch {
    let mut batch = Batch::default();
    let wait = async {
        while !enough(&batch) {
            capture
                .next(clock::boot, &mut batch)
                .await
                .expect("a living interface");
        }
    };
    let timely = tokio::time::timeout(LIMIT, wait).await;
    assert!(timely.is_ok(), "not enough came: {batch:?}");
    batch
}

/// An ARP announcement that ends an experiment: everything sent before it has been looked at.
fn marker() -> (Vec<u8>, IpAddr) {
    let mut frame = captured!("arp-announcement").to_vec();
    frame[28..32].copy_from_slice(&[10, 21, 0, 250]);
    frame[38..42].copy_from_slice(&[10, 21, 0, 250]);
    (frame, IpAddr::from([10, 21, 0, 250]))
}

fn has(batch: &Batch, by: SeenBy, test: impl Fn(Option<IpAddr>) -> bool) -> bool {
    batch
        .sightings
        .iter()
        .any(|sighting| sighting.by == by && test(sighting.address))
}

#[test]
fn a_phone_that_joins_is_seen_with_all_its_addresses() {
    lab::in_namespace(async {
        let station = Station::new();
        let mut capture = open();
        let server = lab::dnsmasq();
        station.up();
        station.dhcp();
        station.run("ping -c 1 -W 2 10.21.0.1");
        let prefix = |address: Option<IpAddr>, wanted: &str| {
            address.is_some_and(|address| address.to_string().starts_with(wanted))
        };
        let batch = collect(&mut capture, |batch| {
            has(batch, SeenBy::Dhcp, |address| address.is_none())
                && has(batch, SeenBy::Arp, |address| prefix(address, "10.21.0."))
                && has(batch, SeenBy::Ndp, |address| prefix(address, "fe80::"))
                && has(batch, SeenBy::Ndp, |address| prefix(address, "fd21::"))
        })
        .await;
        drop(server);
        for sighting in &batch.sightings {
            assert_eq!(sighting.mac.octets(), STATION_MAC);
            assert_eq!(sighting.network, network());
        }
        assert_eq!(batch.malformed, 0);
        let leased = station.ipv4();
        assert!(has(&batch, SeenBy::Arp, |address| address == Some(leased)));
        assert!(!has(&batch, SeenBy::Dhcp, |address| address
            .is_some_and(|a| a.is_ipv4())));
    });
}

#[test]
fn every_captured_frame_passes_the_filter() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let mut capture = open();
        for frame in [
            captured!("arp-request"),
            captured!("dhcp4-renew"),
            captured!("dhcp6-solicit"),
            captured!("ndp-rs"),
            captured!("ndp-dad"),
            captured!("ndp-na"),
        ] {
            // One at a time, because a repeated address is told once a second.
            let before = clock::boot();
            injector.send(frame);
            let batch = collect(&mut capture, |batch| !batch.is_empty()).await;
            assert_eq!(batch.sightings.len(), 1, "{batch:?}");
            assert_eq!(batch.sightings[0].mac.octets(), STATION_MAC);
            while clock::boot().since(before) <= 1_000 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        injector.send(captured!("dhcp4-release"));
        let batch = collect(&mut capture, |batch| !batch.gone.is_empty()).await;
        assert_eq!(batch.gone[0].1, IpAddr::from([10, 21, 0, 56]));
    });
}

/// Frames that the filter must keep from the process, however much they look like the wanted ones.
fn unwanted() -> Vec<Vec<u8>> {
    let changed = |frame: &[u8], offset: usize, bytes: &[u8]| {
        let mut frame = frame.to_vec();
        frame[offset..offset + bytes.len()].copy_from_slice(bytes);
        frame
    };
    let arp = captured!("arp-request");
    let dhcp = captured!("dhcp4-renew");
    vec![
        captured!("icmp-echo").to_vec(),
        captured!("mld").to_vec(),
        // In a VLAN.
        [&arp[..12], &[0x81, 0, 0, 5], &arp[12..]].concat(),
        // Another EtherType, TCP, another port, a fragment, an option in front.
        changed(arp, 12, &[0x08, 0x07]),
        changed(dhcp, 23, &[6]),
        changed(dhcp, 36, &[0, 53]),
        changed(dhcp, 20, &[0x20, 0]),
        changed(dhcp, 20, &[0, 1]),
        changed(dhcp, 14, &[0x46]),
        // DNS and TCP over IPv6, a router's advertisement and redirect, an echo.
        changed(captured!("dhcp6-solicit"), 56, &[0, 53]),
        changed(captured!("dhcp6-solicit"), 20, &[6]),
        changed(captured!("ndp-na"), 54, &[134]),
        changed(captured!("ndp-na"), 54, &[137]),
        changed(captured!("ndp-na"), 54, &[128]),
        arp[..13].to_vec(),
    ]
}

#[test]
fn a_flood_of_other_traffic_is_not_even_received() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let mut capture = open();
        for _ in 0..300 {
            for frame in unwanted() {
                injector.try_send(&frame);
            }
        }
        let (frame, address) = marker();
        injector.send(&frame);
        let batch = collect(&mut capture, |batch| !batch.is_empty()).await;
        assert_eq!(batch.sightings.len(), 1, "{batch:?}");
        assert_eq!(batch.sightings[0].address, Some(address));
        // The parsers would have counted most of the flood, had it been received.
        assert_eq!((batch.malformed, batch.suppressed), (0, 0));
    });
}

#[test]
fn what_the_gateway_itself_sends_is_not_received() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let gateway = Injector::on(GATEWAY_PORT);
        let mut capture = open();
        gateway.send(captured!("arp-request"));
        let (frame, address) = marker();
        injector.send(&frame);
        let batch = collect(&mut capture, |batch| !batch.is_empty()).await;
        let addresses: Vec<_> = batch.sightings.iter().map(|sighting| sighting.address).collect();
        assert_eq!(addresses, [Some(address)]);
    });
}

#[test]
fn malformed_and_forged_frames_are_counted_and_tell_nothing() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let mut capture = open();
        let mut forged = captured!("arp-request").to_vec();
        forged[22..28].copy_from_slice(&[2, 0xbb, 0, 0, 0, 1]);
        injector.send(&forged);
        let mut loopback = captured!("arp-request").to_vec();
        loopback[28..32].copy_from_slice(&[127, 0, 0, 1]);
        injector.send(&loopback);
        let dhcp = captured!("dhcp4-discover");
        injector.send(&dhcp[..200]);
        let mut routed = captured!("ndp-na").to_vec();
        routed[21] = 64;
        injector.send(&routed);
        let (frame, _) = marker();
        injector.send(&frame);
        let batch = collect(&mut capture, |batch| !batch.sightings.is_empty()).await;
        assert_eq!(batch.malformed, 4);
        assert_eq!(batch.sightings.len(), 1);
    });
}

#[test]
fn a_storm_is_told_in_few_words() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let mut capture = open();
        let began = clock::boot();
        let mut told: Vec<Sighting> = Vec::new();
        for _ in 0..50 {
            for _ in 0..100 {
                injector.send(captured!("arp-reply"));
            }
            let mut batch = Batch::default();
            let idle = Duration::from_millis(20);
            while let Ok(result) = tokio::time::timeout(idle, capture.next(clock::boot, &mut batch)).await {
                result.unwrap();
            }
            told.append(&mut batch.sightings);
        }
        // Once per window of a second, whatever the machine's speed.
        let windows = usize::try_from(clock::boot().since(began) / 1_000 + 2).unwrap();
        assert!(
            (1..=windows).contains(&told.len()),
            "{} in {windows} windows",
            told.len()
        );
        let different: BTreeSet<_> = told.iter().map(|sighting| sighting.address).collect();
        assert_eq!(different.len(), 1);
    });
}

#[test]
fn an_interface_that_goes_is_lost_and_can_be_opened_again() {
    lab::in_namespace(async {
        let injector = Injector::new();
        let mut capture = open();
        let mut batch = Batch::default();
        run(&format!("ip link del {STATION_PORT}"));
        let lost = tokio::time::timeout(LIMIT, capture.next(clock::boot, &mut batch)).await;
        assert!(matches!(lost, Ok(Err(CaptureError::Lost(_)))), "{lost:?}");
        drop(injector);
        let gone = Capture::open(network(), GATEWAY_PORT);
        assert!(matches!(gone, Err(CaptureError::NoInterface { .. })), "{gone:?}");
        let injector = Injector::new();
        let mut capture = open();
        injector.send(&marker().0);
        let batch = collect(&mut capture, |batch| !batch.is_empty()).await;
        assert_eq!(batch.sightings.len(), 1);
    });
}
