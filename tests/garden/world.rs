//! A lab with two networks whose gardens have names, and hosts of the Internet that listen.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use portico::app::lab::dns::{self, Family};
use portico::app::lab::phone::Phone;
use portico::app::lab::traffic::Reach;
use portico::app::lab::{Lab, Programs, plan};
use serde_json::{Value, json};
use simple_dns::Packet;

/// Where the test's own resolver listens, in the Internet.
pub(crate) const RESOLVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, 54)), 53);
/// The port that the garden opens, and one that it does not.
pub(crate) const OPEN: u16 = 4_443;
pub(crate) const SHUT: u16 = 4_444;
/// Names that are listed one by one.
pub(crate) const MANY: usize = 480;

/// The Internet's hosts: all of these prefixes, listening on both ports.
pub(crate) fn host(family: Family, number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    match family {
        Family::V4 => Ipv4Addr::new(203, 0, 112 + high % 2, low).into(),
        Family::V6 => Ipv6Addr::new(0x2001, 0xdb8, 5, 0, 0, 0, 0, number).into(),
    }
}

pub(crate) struct World {
    pub(crate) lab: Lab,
    pub(crate) anna: Phone,
    /// In the other network.
    pub(crate) bruno: Phone,
    _hosts: [TcpListener; 2],
}

impl World {
    /// `resolver` stands in `[gateway]`.
    pub(crate) fn new(resolver: &str) -> Self {
        let programs = Programs {
            portico: env!("CARGO_BIN_EXE_portico").into(),
            netd: env!("CARGO_BIN_EXE_portico-netd").into(),
        };
        let names = |names: &[String]| -> String {
            let entry = |name: &String| format!("[[network.garden]]\nname = \"{name}\"\nports = [{OPEN}]\n");
            names.iter().map(entry).collect()
        };
        let network = |id: &str, garden: &[String]| {
            format!(
                "[[network]]\nid = \"{id}\"\nname = \"Network {id}\"\ncomune = \"Comune\"\n\
                 interface = \"br-{id}\"\nhost = \"{id}.wifi.example\"\n{}",
                names(garden)
            )
        };
        let mut first = vec!["www.garden.example".to_owned(), "*.cdn.example".to_owned()];
        first.extend((0..MANY).map(|number| format!("n{number}.many.example")));
        let config = format!(
            "[gateway]\nuplink = \"wan0\"\nresolver = \"{resolver}\"\n{}{}",
            network("one", &first),
            network("two", &["other.example".to_owned()])
        );
        let mut lab = Lab::build(programs, &config).unwrap();
        let hosts = furnish(&lab);
        lab.start().unwrap();
        let (mut anna, mut bruno) = (lab.phone(0).unwrap(), lab.phone(1).unwrap());
        anna.join().unwrap();
        bruno.join().unwrap();
        Self {
            lab,
            anna,
            bruno,
            _hosts: hosts,
        }
    }

    /// What the set of a network holds, as text.
    pub(crate) fn learnt(&self, network: &str) -> String {
        ["named4", "named6"]
            .map(|set| {
                let set = format!("{set}_{network}");
                self.lab.nft(&["list", "set", "netdev", "portico", &set]).unwrap()
            })
            .concat()
    }

    /// A figure of `portico status`.
    pub(crate) fn status(&self, path: &str) -> Value {
        let answer = self.lab.control(&json!({"do": "status"})).unwrap();
        answer["ok"]
            .pointer(path)
            .unwrap_or_else(|| panic!("{path} in {answer}"))
            .clone()
    }
}

/// Addresses of the Internet's hosts, and listeners that say something.
fn furnish(lab: &Lab) -> [TcpListener; 2] {
    let internet = lab.uplink().namespace();
    let device = plan::INTERNET_INTERFACE;
    internet
        .ip(&[
            format!("address add {}/32 dev {device}", RESOLVER.ip()),
            "route add local 203.0.112.0/23 dev lo".to_owned(),
            "route add local 2001:db8:5::/64 dev lo".to_owned(),
        ])
        .unwrap();
    [OPEN, SHUT].map(|port| {
        let listener = internet
            .within(move || TcpListener::bind(("::", port)))
            .unwrap()
            .unwrap();
        let accepting = listener.try_clone().unwrap();
        std::thread::spawn(move || {
            while let Ok((mut stream, _)) = accepting.accept() {
                std::thread::spawn(move || {
                    let mut buffer = [0; 64];
                    while let Ok(length @ 1..) = stream.read(&mut buffer) {
                        if stream.write_all(&buffer[..length]).is_err() {
                            return;
                        }
                    }
                });
            }
        });
        listener
    })
}

/// Sends a raw query to the gateway of the phone's network and gives back the raw answer.
pub(crate) fn ask(phone: &Phone, query: &[u8], patience: Duration) -> Option<Vec<u8>> {
    let server = SocketAddr::new(phone.lease().unwrap().dns.into(), 53);
    let socket: UdpSocket = phone.udp(server).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    socket.send(query).unwrap();
    let mut answer = vec![0; 8_192];
    let length = socket.recv(&mut answer).ok()?;
    answer.truncate(length);
    Some(answer)
}

/// The same over TCP.
pub(crate) fn ask_by_tcp(phone: &Phone, query: &[u8]) -> Option<Vec<u8>> {
    let server = SocketAddr::new(phone.lease().unwrap().dns.into(), 53);
    let mut stream = phone.connect(server, Duration::from_secs(3)).ok()?;
    let length = u16::try_from(query.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length, query].concat()).ok()?;
    let mut length = [0; 2];
    stream.read_exact(&mut length).ok()?;
    let mut answer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut answer).ok()?;
    Some(answer)
}

/// The addresses of a name as the phone's own resolver finds them, with their times to live.
pub(crate) fn resolve(phone: &Phone, name: &str, family: Family) -> Vec<(IpAddr, u32)> {
    let answer = ask(phone, &dns::query(9, name, family), Duration::from_secs(6));
    let answer = answer.unwrap_or_else(|| panic!("no answer about {name}"));
    addresses(&answer)
}

/// Every address in the answer section.
pub(crate) fn addresses(answer: &[u8]) -> Vec<(IpAddr, u32)> {
    use simple_dns::rdata::RData;
    let packet = Packet::parse(answer).unwrap();
    let of = |record: &simple_dns::ResourceRecord<'_>| match &record.rdata {
        RData::A(a) => Some((IpAddr::from(Ipv4Addr::from_bits(a.address)), record.ttl)),
        RData::AAAA(a) => Some((IpAddr::from(Ipv6Addr::from_bits(a.address)), record.ttl)),
        _ => None,
    };
    packet.answers.iter().filter_map(of).collect()
}

/// Whether the phone exchanges something with a host.
pub(crate) fn reaches(phone: &Phone, host: IpAddr, port: u16) -> bool {
    phone
        .connect(SocketAddr::new(host, port), Duration::from_secs(2))
        .is_ok_and(echoes)
}

/// Whether the other side still answers.
pub(crate) fn echoes(mut stream: TcpStream) -> bool {
    let mut back = [0; 5];
    stream.write_all(b"hello").is_ok() && stream.read_exact(&mut back).is_ok() && &back == b"hello"
}

/// Whether nothing at all comes of it.
pub(crate) fn is_shut(phone: &Phone, host: IpAddr, port: u16) -> bool {
    phone.tcp(SocketAddr::new(host, port)) != Reach::Answered
}
