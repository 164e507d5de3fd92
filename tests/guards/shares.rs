//! The fixed shares: whoever asks, announces or calls more than one station may is stopped and counted,
//! while another one is served in the midst of it.

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::app::lab::dns::{self, Family};
use portico::app::lab::phone::{INTERFACE, Phone, interface_index};
use portico::app::lab::plan;
use portico::app::lab::traffic::Reach;
use portico::model::DropCause;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::{NEW, World};

/// Packets of a storm: so many that even a slow machine sends most of them beyond the share.
const STORM: u64 = 3_000;
/// A name that the gateway knows itself.
const NAME: &str = "fast.wifi.example";
/// What counts the packets that stations without access send beyond their shares.
const FLOODING: [&str; 2] = ["netdev", "flooding_fast"];

/// Sends so many packets, as fast as the queues on the way take them; how many left.
fn storm(send: impl Fn() -> bool) -> u64 {
    (0..STORM).fold(0, |left, number| {
        if number % 20 == 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        left + u64::from(send())
    })
}

/// Does something while a storm goes on, and says how many packets of it were counted as dropped.
fn amid<T>(
    world: &mut World,
    counter: [&str; 2],
    send: impl Fn() -> bool + Sync,
    work: impl FnOnce(&mut World) -> T,
) -> (T, u64) {
    let [family, counter] = counter;
    let before = world.counted(family, counter);
    let left = storm(&send);
    assert!(left > STORM / 2, "{left}");
    let over = AtomicBool::new(false);
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            // A bound, should the work never come to its end.
            for _ in 0..30_000 {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                send();
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        let done = work(world);
        over.store(true, Ordering::Relaxed);
        done
    });
    (done, world.counted(family, counter) - before)
}

/// A socket of the phone that the gateway's resolver has answered.
fn asking(phone: &Phone, family: Family) -> UdpSocket {
    let server = SocketAddr::new(phone.lan().gateway(family), 53);
    let socket = phone.udp(server).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    socket.send(&dns::query(1, NAME, Family::V4)).unwrap();
    socket.recv(&mut [0; 1_500]).unwrap();
    socket
}

#[test]
fn a_granted_station_has_a_share_of_the_resolver_however_few_sockets_it_uses() {
    let mut world = World::new();
    let (anna, bruno) = (world.phone(0), world.phone(0));
    for phone in [&anna, &bruno] {
        phone.tap().unwrap();
    }
    let query = dns::query(2, NAME, Family::V4);
    for family in Family::BOTH {
        let socket = asking(&anna, family);
        let ask = || socket.send(&query).is_ok();
        let (answer, dropped) = amid(&mut world, ["inet", "asking_fast"], ask, |_| {
            bruno.resolve(NAME, Family::V4)
        });
        answer.unwrap();
        assert!(dropped > STORM / 2, "{family}: {dropped}");
    }
    world.sees_dropped("fast", DropCause::Asking, STORM / 2);
    // Another one's ordinary questions are none too many, nor is a resolver elsewhere anybody's share.
    let before = world.counted("inet", "asking_fast");
    for _ in 0..50 {
        bruno.resolve(NAME, Family::V4).unwrap();
    }
    let elsewhere = anna.udp(SocketAddr::new(plan::RESOLVER_V4.into(), 53)).unwrap();
    storm(|| elsewhere.send(&query).is_ok());
    assert_eq!(world.counted("inet", "asking_fast"), before);
}

#[test]
fn over_tcp_the_share_of_the_resolver_is_the_same() {
    let mut world = World::new();
    let (anna, bruno) = (world.phone(0), world.phone(0));
    for phone in [&anna, &bruno] {
        phone.tap().unwrap();
    }
    let query = dns::query(2, NAME, Family::V4);
    // RFC 1035, 4.2.2: its length comes first.
    let length = u16::try_from(query.len()).unwrap().to_be_bytes();
    let framed = [&length[..], &query].concat();
    for family in Family::BOTH {
        let server = SocketAddr::new(anna.lan().gateway(family), 53);
        let before = world.counted("inet", "asking_fast");
        let mut streams: Vec<TcpStream> = (0..NEW / 2)
            .map(|_| anna.connect(server, Duration::from_secs(5)).unwrap())
            .collect();
        for stream in &streams {
            stream.set_nodelay(true).unwrap();
            stream.set_nonblocking(true).unwrap();
        }
        for _ in 0..200 {
            for stream in &mut streams {
                // The resolver ends a connection after so many questions: that one asks no more.
                let _ = stream.write(&framed);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        bruno.resolve(NAME, Family::V4).unwrap();
        let dropped = world.counted("inet", "asking_fast") - before;
        assert!(dropped > 0, "{family}");
        // The bucket fills again.
        drop(streams);
        std::thread::sleep(Duration::from_secs(6));
    }
}

#[test]
fn without_access_one_station_asks_only_so_much_and_the_next_is_answered() {
    let mut world = World::new();
    let (dario, elena) = (world.phone(0), world.phone(0));
    let socket = asking(&dario, Family::V4);
    let query = dns::query(2, NAME, Family::V4);
    let ask = || socket.send(&query).is_ok();
    let (answer, dropped) = amid(&mut world, FLOODING, ask, |_| elena.resolve(NAME, Family::V4));
    answer.unwrap();
    assert!(dropped > STORM / 2, "DNS: {dropped}");
    world.sees_dropped("fast", DropCause::Flooding, STORM / 2);
}

#[test]
fn an_arp_storm_keeps_nobody_else_from_finding_the_gateway() {
    let mut world = World::new();
    let (dario, elena) = (world.phone(0), world.phone(0));
    let lease = dario.lease().unwrap();
    let (mac, own, router) = (
        dario.mac().octets(),
        lease.address.octets(),
        lease.router.octets(),
    );
    // RFC 826: Ethernet, IPv4, a request from all to the router.
    let request = [
        &[0xff; 6][..],
        &mac,
        &[8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
        &mac,
        &own,
        &[0; 6],
        &router,
    ]
    .concat();
    let frames = dario.frames().unwrap();
    let ask = || frames.send(&request).is_ok();
    let (reached, dropped) = amid(&mut world, FLOODING, ask, |_| reaches_anew(&elena, Family::V4));
    assert_eq!(reached, Reach::Answered);
    assert!(dropped > STORM / 2, "ARP: {dropped}");
}

#[test]
fn a_dhcp_storm_keeps_nobody_else_from_a_lease() {
    let mut world = World::new();
    let dario = world.phone(0);
    // RFC 2131, 2: a DHCPDISCOVER, its address in `chaddr`.
    let mut discover = vec![0; 240];
    discover[..4].copy_from_slice(&[1, 1, 6, 0]);
    discover[28..34].copy_from_slice(&dario.mac().octets());
    discover[236..].copy_from_slice(&[99, 130, 83, 99]);
    discover.extend([53, 1, 1, 255]);
    let client = dario
        .namespace()
        .within(|| UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 68)))
        .unwrap()
        .unwrap();
    client.set_broadcast(true).unwrap();
    let ask = || client.send_to(&discover, (Ipv4Addr::BROADCAST, 67)).is_ok();
    let (joined, dropped) = amid(&mut world, FLOODING, ask, |world| {
        let mut fabio = world.lab.phone(0).unwrap();
        fabio.join().map(drop)
    });
    joined.unwrap();
    assert!(dropped > STORM / 2, "DHCP: {dropped}");
}

#[test]
fn a_neighbour_discovery_storm_keeps_nobody_else_from_finding_the_gateway() {
    let mut world = World::new();
    let (dario, elena) = (world.phone(0), world.phone(0));
    let target = dario.lan().gateway_v6();
    // RFC 4861, 4.3: who has the gateway's address? The kernel writes the checksum.
    let solicitation = [&[135, 0, 0, 0, 0, 0, 0, 0][..], &target.octets()].concat();
    let (socket, index) = dario
        .namespace()
        .within(|| {
            let socket = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6))?;
            Ok::<_, std::io::Error>((socket, interface_index(INTERFACE)?))
        })
        .unwrap()
        .unwrap();
    socket.set_multicast_hops_v6(255).unwrap();
    let [.., a, b, c] = target.octets();
    let group = Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c]);
    let group = SockAddr::from(SocketAddrV6::new(group, 0, 0, index));
    let ask = || socket.send_to(&solicitation, &group).is_ok();
    let (reached, dropped) = amid(&mut world, FLOODING, ask, |_| reaches_anew(&elena, Family::V6));
    assert_eq!(reached, Reach::Answered);
    assert!(dropped > STORM / 2, "ND: {dropped}");
}

/// Whether the gateway answers who has forgotten its MAC.
fn reaches_anew(phone: &Phone, family: Family) -> Reach {
    phone
        .namespace()
        .ip(&[format!("neighbour flush dev {INTERFACE}")])
        .unwrap();
    phone.ping(phone.lan().gateway(family)).unwrap()
}

#[test]
fn who_calls_to_all_without_end_is_stopped_and_others_still_may() {
    let mut world = World::new();
    let (anna, bruno) = (world.phone(0), world.phone(0));
    for phone in [&anna, &bruno] {
        phone.tap().unwrap();
    }
    let everybody = SocketAddr::new(Ipv4Addr::BROADCAST.into(), 9);
    let caller = |phone: &Phone| {
        let socket = phone.udp(SocketAddr::new(plan::CITY_V4.into(), 9)).unwrap();
        socket.set_broadcast(true).unwrap();
        socket
    };
    let (loud, quiet) = (caller(&anna), caller(&bruno));
    let before = world.counted("inet", "shouting_fast");
    let sent = storm(|| loud.send_to(b"hello", everybody).is_ok());
    let dropped = world.counted("inet", "shouting_fast") - before;
    assert!(dropped > STORM / 2, "{dropped} of {sent}");
    // So many are in everybody's share; nobody else calls meanwhile.
    for _ in 0..50 {
        quiet.send_to(b"hello", everybody).unwrap();
    }
    assert_eq!(world.counted("inet", "shouting_fast") - before, dropped);
    world.sees_dropped("fast", DropCause::Shouting, STORM / 2);
}
