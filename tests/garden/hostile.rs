//! A resolver, or whoever owns a name of the garden, that would like to open something else.

use std::net::IpAddr;
use std::time::Duration;

use portico::app::lab::dns::{self, Family};
use portico::app::lab::plan;
use simple_dns::rdata::{A, RData};
use simple_dns::{PacketFlag, RCODE, TYPE};

use crate::resolver::{Answers, Asked, Resolver, add, alias, bytes};
use crate::world::{OPEN, RESOLVER, World, addresses, ask, ask_by_tcp, host, is_shut, reaches, resolve};

/// Addresses that nobody may open: special ones, the comune's, the gateway's own, the uplink's
/// neighbours.
const NEVER: [&str; 24] = [
    "10.87.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.51.100.2",
    "198.51.100.1",
    "198.51.100.80",
    "::",
    "::1",
    "::ffff:203.0.113.5",
    "::ffff:10.1.2.3",
    "fe80::1",
    "fd00::1",
    "fec0::1",
    "ff02::1",
    "2001:db8:87::1",
    "2001:db8:ffff::2",
    "2001:db8:ffff::80",
];

/// What every hostile answer tries to open.
fn prize(family: Family) -> IpAddr {
    host(family, 66)
}

fn enemy(asked: &Asked<'_>) -> Answers {
    let family = if asked.kind == TYPE::AAAA {
        Family::V6
    } else {
        Family::V4
    };
    let prize = [prize(family)];
    let name = asked.name.as_str();
    let reply = match name.strip_suffix(".cdn.example").unwrap_or(name) {
        "loop" => {
            let mut reply = asked.empty(RCODE::NoError);
            alias(&mut reply, name, 60, "again.cdn.example");
            alias(&mut reply, "again.cdn.example", 60, name);
            reply
        }
        "foreign" => asked.addresses("www.bank.example", 60, &prize),
        "upwards" => asked.addresses("cdn.example", 60, &prize),
        "additional" => {
            let mut reply = asked.empty(RCODE::NoError);
            reply.additional_records = asked.addresses(name, 60, &prize).answers;
            reply.name_servers.clone_from(&reply.additional_records);
            reply
        }
        "failure" => {
            let mut reply = asked.addresses(name, 60, &prize);
            *reply.rcode_mut() = RCODE::ServerFailure;
            reply
        }
        "cut" => {
            let mut reply = asked.addresses(name, 60, &prize);
            reply.set_flags(PacketFlag::TRUNCATION);
            let mut bytes = bytes(&reply);
            bytes.truncate(bytes.len() - 2);
            return vec![bytes];
        }
        "marked-cut" => {
            let mut reply = asked.addresses(name, 60, &prize);
            reply.set_flags(PacketFlag::TRUNCATION);
            reply
        }
        "garbage" => return vec![vec![0xff; 300], vec![], b"GET / HTTP/1.1\r\n\r\n".to_vec()],
        "other-question" => {
            let mut reply = asked.addresses("www.garden.example", 60, &prize);
            reply.questions[0].qname = simple_dns::Name::new("www.garden.example").unwrap();
            reply
        }
        "other-number" => {
            let mut reply = asked.addresses(name, 60, &prize);
            reply.set_id(asked.packet.id().wrapping_add(1));
            reply
        }
        "thousands" => {
            let mut reply = asked.empty(RCODE::NoError);
            for number in 0..4_000 {
                add(
                    &mut reply,
                    name,
                    60,
                    RData::A(A {
                        address: 0xcb00_7000 + number % 512,
                    }),
                );
            }
            reply
        }
        "never" => {
            let never: Vec<IpAddr> = NEVER.iter().map(|address| address.parse().unwrap()).collect();
            asked.addresses(name, 60, &never)
        }
        "mixed" => asked.addresses(name, 60, &["10.1.2.3".parse().unwrap(), host(family, 67)]),
        _ => asked.addresses(name, 60, &prize),
    };
    vec![bytes(&reply)]
}

#[test]
fn no_answer_opens_what_may_not_be_open() {
    let world = World::new(&RESOLVER.to_string());
    let _resolver = Resolver::start(world.lab.uplink().namespace(), RESOLVER, enemy);
    let phone = &world.anna;
    for family in Family::BOTH {
        for name in [
            "foreign",
            "upwards",
            "additional",
            "failure",
            "cut",
            "marked-cut",
            "loop",
        ] {
            let query = dns::query(5, &format!("{name}.cdn.example"), family);
            let _answer = ask(phone, &query, Duration::from_secs(4));
            assert!(
                is_shut(phone, prize(family), OPEN),
                "{name} over {family}: {}",
                world.learnt("one")
            );
        }
        // Names that only look like one of the garden.
        for name in [
            "cdn.example",
            "evilcdn.example",
            "www.garden.example.evil.net",
            "xwww.garden.example",
        ] {
            resolve(phone, name, family);
            assert!(is_shut(phone, prize(family), OPEN), "{name} over {family}");
        }
        resolve(phone, "never.cdn.example", family);
    }
    // Nobody answers these: each costs the whole patience, so once is enough.
    for name in ["garbage", "other-question", "other-number"] {
        let found = resolve(phone, &format!("{name}.cdn.example"), Family::V4);
        assert_eq!(found, [(phone.lan().gateway(Family::V4), 5)], "{name}");
    }
    assert!(
        !world.learnt("one").contains(" . 4443"),
        "{}",
        world.learnt("one")
    );
    assert!(world.status("/gardens/one/refused").as_u64().unwrap() >= 24);

    // Beside one that may not, one that may is open.
    assert_eq!(resolve(phone, "mixed.cdn.example", Family::V4).len(), 2);
    assert!(reaches(phone, host(Family::V4, 67), OPEN));
    assert!(is_shut(phone, plan::CITY_V4.into(), OPEN) && is_shut(phone, prize(Family::V4), OPEN));
    // More than an honest answer has: not passed on, nothing opened.
    let answer = ask_by_tcp(phone, &dns::query(5, "thousands.cdn.example", Family::V4)).unwrap();
    assert_eq!(addresses(&answer), []);
    let learnt = world.learnt("one");
    assert_eq!(learnt.matches(" . 4443").count(), 1, "{learnt}");
    for never in NEVER {
        assert!(!learnt.contains(&format!("{never} . ")), "{never}: {learnt}");
    }
    past_the_redirection(&world);
}

/// The forwarder is reached by redirection only: not by its own port, whatever address of the gateway.
fn past_the_redirection(world: &World) {
    let before = world.status("/forwarder/queries");
    for family in Family::BOTH {
        let wan: IpAddr = match family {
            Family::V4 => plan::WAN_V4.into(),
            Family::V6 => plan::WAN_V6.into(),
        };
        for address in [wan, world.anna.lan().gateway(family)] {
            let socket = world.anna.udp((address, 5_354).into()).unwrap();
            let _refused = socket.send(&dns::query(6, "www.garden.example", family));
            assert!(is_shut(&world.anna, address, 5_354), "TCP to {address}");
        }
    }
    assert_eq!(
        world.status("/forwarder/queries"),
        before,
        "the forwarder's port is not open"
    );
}
