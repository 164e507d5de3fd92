//! Names that lead where they should.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use portico::app::lab::daemon::poll;
use portico::app::lab::dns::{self, Family};
use portico::app::lab::{Lab, plan};
use portico::model::Opening;
use portico::net::client::Client;
use portico::net::ipc::{Reply, Request};
use simple_dns::{RCODE, TYPE};

use crate::resolver::{Answers, Asked, Resolver, alias, bytes};
use crate::world::{
    MANY, OPEN, RESOLVER, SHUT, World, addresses, ask, ask_by_tcp, echoes, host, is_shut, reaches, resolve,
};

/// As CDNs answer: other addresses at each query, aliases, short lives.
fn cdn() -> impl Fn(&Asked<'_>) -> Answers {
    let turn = AtomicU16::new(0);
    move |asked| {
        let family = if asked.kind == TYPE::AAAA {
            Family::V6
        } else {
            Family::V4
        };
        let number = 100 + turn.fetch_add(1, Ordering::Relaxed) % 100;
        let reply = match asked.name.as_str() {
            "www.garden.example" => asked.addresses(&asked.name, 3_600, &[host(family, 1)]),
            "other.example" | "stray.example" => asked.addresses(&asked.name, 60, &[host(family, 2)]),
            "chain.cdn.example" => {
                let mut reply = asked.empty(RCODE::NoError);
                alias(&mut reply, &asked.name, 600, "edge.elsewhere.example");
                alias(&mut reply, "edge.elsewhere.example", 20, "pop7.elsewhere.example");
                let last = asked.addresses("pop7.elsewhere.example", 5, &[host(family, 7), host(family, 8)]);
                reply.answers.extend(last.answers);
                reply
            }
            // The portal's own host, as dnsmasq would say.
            "one.wifi.example" => {
                let gateway = ["10.87.0.1", "2001:db8:87::1"].map(|address| address.parse().unwrap());
                asked.addresses(&asked.name, 60, &gateway)
            }
            "broken.example" => asked.empty(RCODE::ServerFailure),
            "silent.example" => return Vec::new(),
            name if name.ends_with(".many.example") => {
                let number: u16 = name[1..].split('.').next().unwrap().parse().unwrap();
                asked.addresses(name, 60, &[host(family, 0x0100 + number)])
            }
            name => asked.addresses(name, 5, &[host(family, number)]),
        };
        vec![bytes(&reply)]
    }
}

#[test]
fn names_of_the_garden_are_open_before_the_tap_and_nothing_else_is() {
    let mut world = World::new(&RESOLVER.to_string());
    let resolver = Resolver::start(world.lab.uplink().namespace(), RESOLVER, cdn());
    open_and_shut(&world);
    changing_answers(&world);
    expires(&world);
    queries_that_cannot_be_answered(&world);
    service_records(&world);
    five_hundred_names(&mut world);
    flushed(&world);
    granted(&world);
    drop(resolver);
}

fn open_and_shut(world: &World) {
    for family in Family::BOTH {
        let (open, stray) = (host(family, 1), host(family, 2));
        assert!(
            is_shut(&world.anna, open, OPEN),
            "{family}: open before anybody asked"
        );
        assert_eq!(resolve(&world.anna, "stray.example", family), [(stray, 60)]);
        assert!(
            is_shut(&world.anna, stray, OPEN),
            "{family}: not a name of the garden"
        );
        // Kept for a short time only, whatever the record says.
        assert_eq!(resolve(&world.anna, "WWW.Garden.example", family), [(open, 30)]);
        assert!(
            reaches(&world.anna, open, OPEN),
            "{family}: {}",
            world.learnt("one")
        );
        assert!(is_shut(&world.anna, open, SHUT), "{family}: another port");
        assert!(
            is_shut(&world.anna, host(family, 3), OPEN),
            "{family}: another address"
        );
        // The other network has names of its own.
        assert!(
            is_shut(&world.bruno, open, OPEN),
            "{family}: another network's station"
        );
        assert_eq!(
            resolve(&world.bruno, "www.garden.example", family),
            [(open, 3_600)]
        );
        assert!(is_shut(&world.bruno, open, OPEN), "{family}: not its name");
        assert_eq!(resolve(&world.bruno, "other.example", family), [(stray, 30)]);
        assert!(reaches(&world.bruno, stray, OPEN));
        assert!(
            is_shut(&world.anna, stray, OPEN),
            "{family}: the other network's opening"
        );
        assert!(
            world.anna.udp_probe((open, OPEN).into()).unwrap() != portico::app::lab::traffic::Reach::Answered
        );
    }
    // Whatever resolver is asked, by whatever transport.
    for family in Family::BOTH {
        for server in [plan::city(family), plan::resolver(family), host(family, 9)] {
            let found = world
                .anna
                .resolve_at((server, 53).into(), "www.garden.example", family)
                .unwrap();
            assert_eq!(found, [host(family, 1)], "by {server}");
        }
        let gateway = world.anna.lan().gateway(family);
        let found = world
            .anna
            .resolve_at((gateway, 53).into(), "www.garden.example", family)
            .unwrap();
        assert_eq!(found, [host(family, 1)], "by {gateway}");
    }
    let query = portico::app::lab::dns::query(3, "chain.cdn.example", Family::V4);
    let answer = ask_by_tcp(&world.anna, &query).unwrap();
    assert_eq!(
        addresses(&answer),
        [(host(Family::V4, 7), 5), (host(Family::V4, 8), 5)]
    );
    assert!(
        reaches(&world.anna, host(Family::V4, 8), OPEN),
        "by aliases, over TCP"
    );
    // The forwarder's own port is nobody's.
    let gateway = world.anna.lan().gateway(Family::V4);
    assert!(
        world
            .anna
            .resolve_at((gateway, 5_354).into(), "www.garden.example", Family::V4)
            .is_err()
    );
}

/// Each answer has another address, and each is open when it arrives.
fn changing_answers(world: &World) {
    for number in 0..40 {
        for family in Family::BOTH {
            let found = resolve(&world.anna, &format!("e{}.cdn.example", number % 3), family);
            let [(address, 5)] = found[..] else {
                panic!("{found:?}")
            };
            assert!(
                reaches(&world.anna, address, OPEN),
                "{address}: {}",
                world.learnt("one")
            );
        }
    }
    let answers = world.status("/gardens/one/answers").as_u64().unwrap();
    assert!(answers > 80, "{answers}");
    assert!(world.status("/gardens/one/open").as_u64().unwrap() > 80);
}

/// What the helper opens, it shuts: connections that stand, too.
fn expires(world: &World) {
    let socket = Lab::run_dir().join("netd.sock");
    let openings: Vec<Opening> = Family::BOTH
        .map(|family| Opening {
            address: host(family, 50),
            port: OPEN,
            timeout_ms: 2_500,
        })
        .to_vec();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let opened = runtime.block_on(async {
        let mut client = Client::connect(&socket, false).await.unwrap();
        let network = "one".parse().unwrap();
        client
            .requests
            .send(&Request::Open {
                id: 1,
                network,
                openings,
            })
            .await
            .unwrap();
        client.replies.next().await.unwrap()
    });
    assert_eq!(
        opened,
        Reply::Opened {
            id: 1,
            outcome: Ok(vec![])
        }
    );
    let connected = Family::BOTH.map(|family| {
        world
            .anna
            .connect((host(family, 50), OPEN).into(), Duration::from_secs(2))
            .unwrap()
    });
    for stream in &connected {
        assert!(echoes(stream.try_clone().unwrap()));
    }
    let shut = poll(Duration::from_secs(10), || {
        Family::BOTH
            .iter()
            .all(|family| is_shut(&world.anna, host(*family, 50), OPEN))
            .then_some(())
    });
    assert!(
        shut.is_some(),
        "what was opened for 2.5 s does not shut: {}",
        world.learnt("one")
    );
    for stream in connected {
        stream.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
        assert!(!echoes(stream), "a connection that stood goes on");
    }
}

/// Then a name leads to the gateway, and a probe to the portal.
fn queries_that_cannot_be_answered(world: &World) {
    let gateway: IpAddr = world.anna.lan().gateway(Family::V4);
    for name in ["broken.example", "silent.example"] {
        assert_eq!(resolve(&world.anna, name, Family::V4), [(gateway, 5)], "{name}");
        assert_eq!(resolve(&world.anna, name, Family::V6), [], "{name}");
    }
}

/// Their hints and targets would lead elsewhere.
fn service_records(world: &World) {
    let mut query = portico::app::lab::dns::query(3, "www.garden.example", Family::V4);
    let at = query.len() - 3;
    query[at] = 65;
    let answer = ask(&world.anna, &query, Duration::from_secs(5)).unwrap();
    let packet = simple_dns::Packet::parse(&answer).unwrap();
    assert_eq!((packet.rcode(), packet.answers.len()), (RCODE::NoError, 0));
}

fn five_hundred_names(world: &mut World) {
    let mut phones: Vec<_> = (0..4).map(|_| world.lab.phone(0).unwrap()).collect();
    let share = MANY / phones.len();
    std::thread::scope(|scope| {
        for (index, phone) in phones.iter_mut().enumerate() {
            scope.spawn(move || {
                phone.join().unwrap();
                for number in index * share..(index + 1) * share {
                    let name = format!("n{number}.many.example");
                    let open = host(Family::V4, 0x0100 + u16::try_from(number).unwrap());
                    assert_eq!(phone.resolve(&name, Family::V4).unwrap(), open);
                    if number % 20 == 0 {
                        assert!(reaches(phone, open, OPEN), "{name}");
                    }
                }
            });
        }
    });
    let open = world.status("/gardens/one/open").as_u64().unwrap();
    assert!(open >= u64::try_from(MANY).unwrap(), "{open}");
}

/// Somebody else removes every rule: what was learnt is gone, and is learnt again.
fn flushed(world: &World) {
    let open = host(Family::V4, 1);
    world.lab.nft(&["flush", "ruleset"]).unwrap();
    let again = poll(Duration::from_secs(10), || {
        let stands = world
            .lab
            .nft(&["list", "set", "netdev", "portico", "named4_one"])
            .ok()?;
        (!stands.contains("203.0.")).then_some(())
    });
    assert!(again.is_some(), "the ruleset was not put back");
    let reached = poll(Duration::from_secs(10), || {
        let found = world.anna.resolve("www.garden.example", Family::V4).ok()?;
        (found == open && reaches(&world.anna, open, OPEN)).then_some(())
    });
    assert!(reached.is_some(), "{}", world.learnt("one"));
}

/// A station that is online asks the gateway's resolver itself, which knows the lab's Internet; by the
/// socket, too, by which it asked before.
fn granted(world: &World) {
    let server = SocketAddr::new(world.anna.lease().unwrap().dns.into(), 53);
    let socket = world.anna.udp(server).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(6))).unwrap();
    let resolve = |id| {
        socket.send(&dns::query(id, "city.example", Family::V4)).unwrap();
        let mut answer = [0; 1_500];
        let length = socket.recv(&mut answer).unwrap();
        dns::addresses(&answer[..length], id).unwrap()
    };
    assert_ne!(resolve(1), [IpAddr::from(plan::CITY_V4)]);
    world.anna.tap().unwrap();
    let before = world.status("/forwarder/queries");
    assert_eq!(resolve(2), [IpAddr::from(plan::CITY_V4)]);
    let found = world.anna.resolve("city.example", Family::V4).unwrap();
    assert_eq!(found, plan::CITY_V4);
    assert_eq!(world.status("/forwarder/queries"), before);
    assert!(reaches(&world.anna, host(Family::V4, 3), SHUT));
}
