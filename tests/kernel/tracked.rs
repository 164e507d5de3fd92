//! One flow in conntrack: found by its addresses and ports, and freed of its window.

use std::io::{Read, Write};
use std::net::SocketAddr;

use portico::net::netlink::{NetlinkError, Socket};
use portico::wire::netlink::tracked::{self, Ends, Tracked};
use rustix::net::netlink::NETFILTER;

use crate::bed::nft;
use crate::passage::Passage;

/// Protocols of IP.
const TCP: u8 = 6;
const UDP: u8 = 17;
/// Where the server hears, in both families.
const SERVERS: [&str; 2] = ["198.51.100.7:7001", "[fd51::7]:7001"];
const MARK: u32 = 0x8000_1001;

/// A passage that translates, and marks flows.
fn gateway() -> (Passage, Socket) {
    let passage = Passage::open();
    nft("table inet test {
 chain marked { type filter hook forward priority 0; ct mark set 0x80001001
 }
 chain elsewhere { type nat hook prerouting priority -100; udp dport 7009 dnat ip to 198.51.100.7:7001
 }
 chain translated { type nat hook postrouting priority 100; oifname wan0 meta l4proto { tcp, udp } masquerade to :20000-20999
 }
}
");
    (passage, Socket::open(Some(NETFILTER)).unwrap())
}

fn get(conntrack: &mut Socket, protocol: u8, original: &Ends) -> Result<Tracked, NetlinkError> {
    let answer = conntrack.ask(
        |out, seq| tracked::get(out, seq, protocol, original),
        tracked::decode,
    );
    answer.map(|flow| flow.expect("a flow of TCP or UDP"))
}

fn be_liberal(conntrack: &mut Socket, original: &Ends) -> Result<(), NetlinkError> {
    conntrack.ask(|out, seq| tracked::be_liberal(out, seq, TCP, original), |_| ())
}

fn is_missing<T>(answer: &Result<T, NetlinkError>) -> bool {
    matches!(answer, Err(error) if error.is_missing())
}

#[test]
fn a_flow_has_the_ends_that_each_side_sees() {
    let (passage, mut conntrack) = gateway();
    for to in SERVERS {
        let to: SocketAddr = to.parse().unwrap();
        let (station, server) = passage.udp(to);
        let from = station.local_addr().unwrap();
        let original = Ends { from, to };
        assert!(is_missing(&get(&mut conntrack, UDP, &original)));

        station.send(b"question").unwrap();
        let (_, seen) = server.recv_from(&mut [0; 16]).unwrap();
        assert!((20_000..21_000).contains(&seen.port()), "{seen} is translated");
        let flow = get(&mut conntrack, UDP, &original).unwrap();
        let reply = Ends { from: to, to: seen };
        assert_eq!((flow.original, flow.reply), (original, reply));
        assert_eq!((flow.protocol, flow.mark), (UDP, MARK));
        assert!(flow.is_confirmed() && !flow.is_answered() && !flow.is_assured());
        assert!(!flow.is_dying() && !flow.has_destination_nat() && !flow.is_established());
        assert!(
            is_missing(&get(&mut conntrack, TCP, &original)),
            "another protocol's"
        );

        server.send_to(b"answer", seen).unwrap();
        station.recv(&mut [0; 16]).unwrap();
        let flow = get(&mut conntrack, UDP, &original).unwrap();
        assert!(flow.is_answered());
        assert_eq!((flow.original, flow.reply), (original, reply));
    }
}

#[test]
fn a_rewritten_destination_is_told() {
    let (passage, mut conntrack) = gateway();
    let server: SocketAddr = SERVERS[0].parse().unwrap();
    let (_, server_socket) = passage.udp(server);
    let to = SocketAddr::from(([203, 0, 113, 77], 7009));
    let station = passage.station_to(to);
    station.send(b"question").unwrap();
    let (_, seen) = server_socket.recv_from(&mut [0; 16]).unwrap();
    let from = station.local_addr().unwrap();
    let flow = get(&mut conntrack, UDP, &Ends { from, to }).unwrap();
    assert!(flow.has_destination_nat());
    let expected = Ends {
        from: server,
        to: seen,
    };
    assert_eq!(flow.reply, expected);
}

/// The attributes of a flow that stand still, and those of its connection (`CTA_PROTOINFO_TCP`).
type Parts = Vec<(u16, Vec<u8>)>;

fn parts(conntrack: &mut Socket, original: &Ends) -> (Parts, Parts) {
    /// `CTA_PROTOINFO`, `CTA_TIMEOUT`, of which the second runs.
    const PROTOINFO: u16 = 4;
    const TIMEOUT: u16 = 7;
    let read = |message: &portico::wire::netlink::message::Message<'_>| {
        let all: Vec<_> = message.attributes(4).collect();
        let fixed = all
            .iter()
            .filter(|part| ![PROTOINFO, TIMEOUT].contains(&part.kind));
        let fixed = fixed.map(|part| (part.kind, part.payload.to_vec())).collect();
        let tcp = all.iter().filter(|part| part.kind == PROTOINFO);
        let tcp = tcp
            .flat_map(portico::wire::netlink::message::Attribute::nested)
            .flat_map(|part| part.nested());
        (
            fixed,
            tcp.map(|part| (part.kind, part.payload.to_vec())).collect(),
        )
    };
    conntrack
        .ask(|out, seq| tracked::get(out, seq, TCP, original), read)
        .unwrap()
}

#[test]
fn a_connection_freed_of_its_window_stays_as_it_was() {
    /// `CTA_PROTOINFO_TCP_FLAGS_ORIGINAL`, `CTA_PROTOINFO_TCP_FLAGS_REPLY`; `IP_CT_TCP_FLAG_BE_LIBERAL`.
    const FLAGS: [u16; 2] = [4, 5];
    const BE_LIBERAL: u8 = 0x08;
    let (passage, mut conntrack) = gateway();
    for to in SERVERS {
        let to: SocketAddr = to.parse().unwrap();
        let (mut station, mut server) = passage.tcp(to);
        let from = station.local_addr().unwrap();
        let original = Ends { from, to };
        let flow = get(&mut conntrack, TCP, &original).unwrap();
        let reply = Ends {
            from: to,
            to: server.peer_addr().unwrap(),
        };
        assert_eq!((flow.original, flow.reply), (original, reply));
        assert_eq!((flow.protocol, flow.mark), (TCP, MARK));
        assert!(flow.is_established() && flow.is_assured() && flow.is_answered() && flow.is_confirmed());

        let (fixed, mut tcp) = parts(&mut conntrack, &original);
        be_liberal(&mut conntrack, &original).unwrap();
        let flags = tcp.iter_mut().filter(|(kind, _)| FLAGS.contains(kind));
        let changed = flags.map(|(_, flags)| {
            assert_eq!(flags[0] & BE_LIBERAL, 0, "not before");
            flags[0] |= BE_LIBERAL;
        });
        assert_eq!(changed.count(), 2);
        assert_eq!(parts(&mut conntrack, &original), (fixed, tcp));
        assert_eq!(get(&mut conntrack, TCP, &original), Ok(flow));

        station.write_all(b"question").unwrap();
        server.read_exact(&mut [0; 8]).unwrap();
        assert!(get(&mut conntrack, TCP, &original).unwrap().is_established());
        drop(station);
        assert_eq!(server.read(&mut [0; 8]).unwrap(), 0);
        assert!(!get(&mut conntrack, TCP, &original).unwrap().is_established());
    }
}

#[test]
fn what_is_not_there_is_not_made() {
    let (_passage, mut conntrack) = gateway();
    for (from, to) in [("10.9.0.2:5000", SERVERS[0]), ("[fd09::2]:5000", SERVERS[1])] {
        let original = Ends {
            from: from.parse().unwrap(),
            to: to.parse().unwrap(),
        };
        assert!(is_missing(&be_liberal(&mut conntrack, &original)));
        assert!(is_missing(&get(&mut conntrack, TCP, &original)));
    }
}
