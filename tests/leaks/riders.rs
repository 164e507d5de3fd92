//! A flow that the rules have let through carries a mark, so that its addresses are not looked at again.
//! Nobody else may ride on it: not a station of another network that has access too, and not somebody on
//! the Internet who writes the station's address as the sender.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::app::lab::frames::FrameSocket;
use portico::app::lab::isolation::Namespace;
use portico::app::lab::phone::{INTERFACE, Phone};
use portico::app::lab::plan;

use crate::helper::{apply, granted, network};
use crate::packet::{IPV4, V4, frame};
use crate::world::{HOUR, World};

const ECHO: u16 = 7;
/// Long enough for every frame to have passed.
const PASSING: Duration = Duration::from_millis(500);

/// Whether a frame with these bytes passes the interface meanwhile.
fn is_seen(namespace: &Namespace, interface: &str, bytes: &'static [u8], meanwhile: impl FnOnce()) -> bool {
    let socket = FrameSocket::open(namespace, interface).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let listening = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut seen = false;
            while !stop.load(Ordering::Relaxed) {
                let frame = socket.next(Duration::from_millis(50)).unwrap();
                seen |= frame.is_some_and(|frame| frame.windows(bytes.len()).any(|part| part == bytes));
            }
            seen
        })
    };
    meanwhile();
    std::thread::sleep(PASSING);
    stop.store(true, Ordering::Relaxed);
    listening.join().unwrap()
}

#[test]
fn nobody_rides_on_a_flow_of_somebody_else() {
    let mut world = World::new();
    world.open();
    apply(vec![granted(network(0), world.me.mac, HOUR)]);
    let uplink = world.lab.uplink().namespace();
    let stranger = world.range.scene.stranger;
    let city = SocketAddr::from((plan::CITY_V4, ECHO));

    let socket = world.phones[3].udp(city).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    for _ in 0..3 {
        // From the third packet on it carries the mark.
        socket.send(b"hello").unwrap();
        socket.recv(&mut [0; 64]).unwrap();
    }
    let ports = (socket.local_addr().unwrap().port(), ECHO);
    let packet = |data: &[u8], ttl| V4::new(stranger.v4, plan::CITY_V4).ttl(ttl).udp(ports, data);

    let own = FrameSocket::open(world.phones[3].namespace(), INTERFACE).unwrap();
    let to = world.range.scene.other_gateway.mac.octets();
    let mine = frame(to, stranger.mac, IPV4, &packet(b"the station itself", 64));
    assert!(
        is_seen(uplink, plan::INTERNET_INTERFACE, b"the station itself", || own
            .send(&mine)
            .unwrap()),
        "the listener hears the flow itself"
    );

    let other = FrameSocket::open(world.phones[0].namespace(), INTERFACE).unwrap();
    let to = world.range.scene.gateway.mac.octets();
    let forged = frame(to, world.me.mac, IPV4, &packet(b"from another network", 64));
    assert!(
        !is_seen(uplink, plan::INTERNET_INTERFACE, b"from another network", || {
            other.send(&forged).unwrap();
        }),
        "a station of another network writes into the flow"
    );

    // It would be answered to the station that its time is up, with the first bytes of the packet.
    let outside = FrameSocket::open(uplink, plan::INTERNET_INTERFACE).unwrap();
    let to = world.range.scene.wan.mac.octets();
    let forged = frame(
        to,
        world.range.scene.router,
        IPV4,
        &packet(b"from the Internet", 1),
    );
    assert!(
        !is_seen(
            world.phones[3].namespace(),
            INTERFACE,
            b"from the Internet",
            || outside.send(&forged).unwrap()
        ),
        "what somebody outside writes into the flow reaches the station"
    );

    the_kernel_answers_no_forged_source(&world);
}

/// Before any rule is asked where a packet may go, routing may find it too large for the uplink, or no way
/// for it. The sender would be told, with the first bytes of his packet: whoever he says he is.
fn the_kernel_answers_no_forged_source(world: &World) {
    const DONT_FRAGMENT: u16 = 0x4000;
    let gateway = world.lab.gateway();
    gateway
        .ip(&[
            "link set wan0 mtu 1400".to_owned(),
            "route add unreachable 203.0.113.0/24".to_owned(),
        ])
        .unwrap();
    let me = FrameSocket::open(world.phones[0].namespace(), INTERFACE).unwrap();
    let to = world.range.scene.gateway.mac.octets();
    let stranger = world.range.scene.stranger;
    let nowhere = Ipv4Addr::new(203, 0, 113, 7);
    for (marker, target, length) in [
        (&b"too large for the uplink"[..], plan::CITY_V4, 1_450),
        (b"leads nowhere", nowhere, 100),
    ] {
        let mut data = marker.to_vec();
        data.resize(length, 0);
        let packet = |from| {
            let packet = V4 {
                fragment: DONT_FRAGMENT,
                ..V4::new(from, target)
            };
            frame(to, world.me.mac, IPV4, &packet.udp((4_000, 4_001), &data))
        };
        let told = |phone: &Phone, from| {
            is_seen(phone.namespace(), INTERFACE, marker, || {
                me.send(&packet(from)).unwrap();
            })
        };
        assert!(told(&world.phones[0], world.me.v4), "the sender himself is told");
        assert!(!told(&world.phones[3], stranger.v4), "a stranger is told");
    }
}
