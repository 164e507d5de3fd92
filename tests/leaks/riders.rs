//! A flow that the rules have let through carries a mark, so that its addresses are not looked at again.
//! Nobody else may ride on it: not a station of another network that has access too, and not somebody on
//! the Internet who writes the station's address as the sender.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use portico::app::lab::frames::FrameSocket;
use portico::app::lab::isolation::Namespace;
use portico::app::lab::phone::{INTERFACE, Phone};
use portico::app::lab::plan;
use portico::model::Mac;

use crate::helper::{apply, granted, network};
use crate::packet::{HOPS, IPV4, IPV6, V4, V6, frame};
use crate::world::{HOUR, World};

const ECHO: u16 = 7;
/// Long enough for every frame to have passed.
const PASSING: Duration = Duration::from_millis(500);

/// Whether a frame that `from` sent with these bytes passes the interface meanwhile.
fn is_seen(
    (namespace, interface): (&Namespace, &str),
    from: Mac,
    bytes: &'static str,
    meanwhile: impl FnOnce(),
) -> bool {
    let socket = FrameSocket::open(namespace, interface).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let listening = {
        let stop = Arc::clone(&stop);
        let wanted = move |frame: &[u8]| {
            frame.get(6..12) == Some(&from.octets())
                && frame.windows(bytes.len()).any(|part| part == bytes.as_bytes())
        };
        std::thread::spawn(move || {
            let mut seen = false;
            while !stop.load(Ordering::Relaxed) {
                let frame = socket.next(Duration::from_millis(50)).unwrap();
                seen |= frame.is_some_and(|frame| wanted(&frame));
            }
            seen
        })
    };
    meanwhile();
    std::thread::sleep(PASSING);
    stop.store(true, Ordering::Relaxed);
    listening.join().unwrap()
}

/// A flow of a station to the city's echo service, and packets that look like its own.
struct Flow {
    city: IpAddr,
    own: SocketAddr,
}

impl Flow {
    /// The city's answer, in a frame of `sender` to `gateway`, who translates addresses of IPv4.
    fn answer(&self, (sender, gateway): (Mac, Mac), outside: Ipv4Addr, data: &str) -> Vec<u8> {
        let (ports, data) = ((ECHO, self.own.port()), data.as_bytes());
        let (kind, packet) = match (self.own.ip(), self.city) {
            (IpAddr::V4(_), IpAddr::V4(city)) => (IPV4, V4::new(city, outside).udp(ports, data)),
            (IpAddr::V6(own), IpAddr::V6(city)) => (IPV6, V6::new(city, own).udp(ports, data)),
            other => panic!("two families: {other:?}"),
        };
        frame(gateway.octets(), sender, kind, &packet)
    }

    /// A frame of `sender` to `gateway` under the station's address.
    fn frame(&self, (sender, gateway): (Mac, Mac), data: &str, hops: u8) -> Vec<u8> {
        let (ports, data) = ((self.own.port(), ECHO), data.as_bytes());
        let (kind, packet) = match (self.own.ip(), self.city) {
            (IpAddr::V4(own), IpAddr::V4(city)) => (IPV4, V4::new(own, city).ttl(hops).udp(ports, data)),
            (IpAddr::V6(own), IpAddr::V6(city)) => (IPV6, V6::new(own, city).hops(hops).udp(ports, data)),
            other => panic!("two families: {other:?}"),
        };
        frame(gateway.octets(), sender, kind, &packet)
    }
}

#[test]
fn nobody_rides_on_a_flow_of_somebody_else() {
    let mut world = World::new();
    world.open();
    apply(vec![granted(network(0), world.me.mac, HOUR)]);
    for city in [IpAddr::from(plan::CITY_V4), IpAddr::from(plan::CITY_V6)] {
        nobody_rides_on(&world, city);
    }
    the_kernel_answers_no_forged_source(&world);
}

fn nobody_rides_on(world: &World, city: IpAddr) {
    let scene = &world.range.scene;
    let (router, wan) = (scene.router, scene.wan.mac);
    let socket = world.phones[3].udp(SocketAddr::new(city, ECHO)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    for _ in 0..3 {
        // From the third packet on it carries the mark.
        socket.send(b"hello").unwrap();
        socket.recv(&mut [0; 64]).unwrap();
    }
    let own = socket.local_addr().unwrap();
    let flow = Flow { city, own };

    let internet = (world.lab.uplink().namespace(), plan::INTERNET_INTERFACE);
    let phone = (world.phones[3].namespace(), INTERFACE);
    let open = |(namespace, interface)| FrameSocket::open(namespace, interface).unwrap();
    let mine = flow.frame(
        (scene.stranger.mac, scene.other_gateway.mac),
        "the station itself",
        HOPS,
    );
    assert!(
        is_seen(internet, wan, "the station itself", || open(phone)
            .send(&mine)
            .unwrap()),
        "the listener hears the flow itself"
    );

    let other = open((world.phones[0].namespace(), INTERFACE));
    let forged = flow.frame((world.me.mac, scene.gateway.mac), "from another network", HOPS);
    assert!(
        !is_seen(internet, wan, "from another network", || other
            .send(&forged)
            .unwrap()),
        "a station of another network writes into the flow to {city}"
    );

    let forged = flow.answer(
        (world.me.mac, scene.gateway.mac),
        scene.wan.v4,
        "the city's answer",
    );
    assert!(
        !is_seen(phone, scene.other_gateway.mac, "the city's answer", || other
            .send(&forged)
            .unwrap()),
        "a station of another network answers for {city}"
    );

    // With its last hop it would be answered to the station that its time is up, with its first bytes.
    for (data, hops) in [("its last hop", 1), ("hops to spare", HOPS)] {
        let forged = flow.frame((router, wan), data, hops);
        let outside = || open(internet).send(&forged).unwrap();
        assert!(
            !is_seen(phone, scene.other_gateway.mac, data, outside),
            "from outside with {data}: the station hears of it"
        );
        assert!(
            !is_seen(internet, wan, data, outside),
            "from outside with {data}: led on to {city}"
        );
    }
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
    let scene = &world.range.scene;
    let to = scene.gateway.mac.octets();
    let nowhere = Ipv4Addr::new(203, 0, 113, 7);
    for (marker, target, length) in [
        ("too large for the uplink", plan::CITY_V4, 1_450),
        ("leads nowhere", nowhere, 100),
    ] {
        let mut data = marker.as_bytes().to_vec();
        data.resize(length, 0);
        let packet = |from| {
            let packet = V4 {
                fragment: DONT_FRAGMENT,
                ..V4::new(from, target)
            };
            frame(to, world.me.mac, IPV4, &packet.udp((4_000, 4_001), &data))
        };
        let told = |phone: &Phone, by, from| {
            is_seen((phone.namespace(), INTERFACE), by, marker, || {
                me.send(&packet(from)).unwrap();
            })
        };
        assert!(
            told(&world.phones[0], scene.gateway.mac, world.me.v4),
            "the sender himself is told"
        );
        assert!(
            !told(&world.phones[3], scene.other_gateway.mac, scene.stranger.v4),
            "a stranger is told"
        );
    }
}
