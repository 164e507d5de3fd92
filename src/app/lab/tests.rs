//! The lab itself, without Portico in it: what phones see when nothing stands in between.

use std::net::SocketAddr;
use std::time::Duration;

use super::dns::Family;
use super::frames::FrameSocket;
use super::traffic::Reach;
use super::{Lab, Programs, plan, probes};

const CONFIG: &str = r#"
    [gateway]
    uplink = "wan0"
    [[network]]
    id = "one"
    interface = "br-one"
    host = "one.wifi.example"
    [[network]]
    id = "two"
    interface = "br-two"
    host = "two.wifi.example"
"#;

fn lab() -> Lab {
    let programs = Programs {
        portico: "/nonexistent".into(),
        netd: "/nonexistent".into(),
    };
    let lab = Lab::build(programs, CONFIG).unwrap();
    for command in [
        "add table ip nat",
        "add chain ip nat out { type nat hook postrouting priority 100; }",
        "add rule ip nat out oifname wan0 masquerade",
    ] {
        lab.nft(&[command]).unwrap();
    }
    lab
}

#[test]
fn a_phone_joins_and_has_the_internet_of_both_families() {
    let mut lab = lab();
    let mut phone = lab.phone(1).unwrap();
    let lease = phone.join().unwrap().clone();
    assert_eq!(lease.router, lab.lans()[1].gateway_v4());
    assert_eq!(lease.captive_portal, None);
    for family in Family::BOTH {
        let city = plan::city(family);
        assert_eq!(phone.resolve("anything.example", family).unwrap(), city);
        assert_eq!(
            phone.resolve("two.wifi.example", family).unwrap(),
            lab.lans()[1].gateway(family)
        );
        assert_eq!(phone.ping(city).unwrap(), Reach::Answered, "{family}");
        let quic = SocketAddr::new(city, 443);
        assert_eq!(phone.udp_probe(quic).unwrap(), Reach::Answered, "{family}");
        assert_eq!(phone.tcp(quic), Reach::Answered, "{family}");
        assert_eq!(phone.tcp(SocketAddr::new(city, 4)), Reach::Refused, "{family}");
        for probe in probes::PROBES {
            let verdict = phone.probe(probe, family).unwrap();
            assert_eq!(verdict, probes::Verdict::Online, "{} {family}", probe.os);
        }
    }
    let down = phone.download(Family::V4, 1).unwrap();
    let up = phone.upload(Family::V6, 1).unwrap();
    assert!(down.bytes > 1_000_000 && up.bytes > 1_000_000, "{down:?} {up:?}");
}

#[test]
fn stations_do_not_see_each_other_but_keep_their_flows_when_they_roam() {
    let mut lab = lab();
    let (mut roamer, mut other) = (lab.phone(0).unwrap(), lab.phone(0).unwrap());
    roamer.join().unwrap();
    let neighbour = other.join().unwrap().address;
    assert_ne!(roamer.ping(neighbour.into()).unwrap(), Reach::Answered);
    let stream = roamer.echo_stream(Family::V4).unwrap();
    roamer.roam(1).unwrap();
    assert_eq!(roamer.ping(plan::city(Family::V6)).unwrap(), Reach::Answered);
    let count = stream.finish().unwrap();
    // What is on its way to the old access point when the phone moves is lost, and no more.
    assert!(count.sent > 0 && count.sent - count.returned < 5, "{count:?}");
    let port = lab.lans()[0].gateway_port(1);
    let table = lab
        .gateway()
        .command("bridge")
        .args(["fdb", "show"])
        .output()
        .unwrap();
    let table = String::from_utf8(table.stdout).unwrap();
    assert!(table.contains(&format!("{} dev {port}", roamer.mac())), "{table}");
}

#[test]
fn a_raw_frame_reaches_the_gateway_and_a_listener_sees_it() {
    let mut lab = lab();
    let mut phone = lab.phone(0).unwrap();
    phone.associate(0).unwrap();
    let listener = FrameSocket::open(lab.gateway(), "br-one").unwrap();
    let mut frame = vec![0xff; 6];
    frame.extend_from_slice(&phone.mac().octets());
    // An EtherType for experiments (IEEE 802, local experimental 1).
    frame.extend_from_slice(&[0x88, 0xb5]);
    frame.resize(60, 7);
    phone.frames().unwrap().send(&frame).unwrap();
    let seen = (0..50).find_map(|_| {
        listener
            .next(Duration::from_millis(100))
            .unwrap()
            .filter(|f| *f == frame)
    });
    assert!(seen.is_some());
}

#[test]
fn phones_without_a_network_get_nothing() {
    let mut lab = lab();
    let phone = lab.phone(0).unwrap();
    assert!(phone.lease().is_err());
    assert!(phone.frames().is_err());
    assert_eq!(
        phone.tcp(SocketAddr::new(plan::city(Family::V4), 80)),
        Reach::Refused
    );
}
