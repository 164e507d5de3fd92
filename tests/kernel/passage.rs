//! A gateway that passes packets on between a station and a server, each in a namespace of its own.

use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

use portico::app::lab::isolation::Namespace;

use crate::bed::{enter_namespace, run};

/// Longer than any packet here is under way.
const PATIENCE: Duration = Duration::from_secs(10);

/// 10.9.0.1/24 and fd09::1/64 at `gw0`, where the station is 2; 203.0.113.2/24 and fd13::2/64 at `wan0`, where the server
/// is 1, which has 198.51.100.7 and fd51::7 besides. Routes by default lead to the server.
pub(crate) struct Passage {
    station: Namespace,
    server: Namespace,
}

impl Passage {
    /// Makes this thread's namespace the gateway.
    pub(crate) fn open() -> Self {
        enter_namespace();
        run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
        let this = Self {
            station: Namespace::new("station").unwrap(),
            server: Namespace::new("server").unwrap(),
        };
        for (near, far, namespace) in [("gw0", "sta0", &this.station), ("wan0", "srv0", &this.server)] {
            run(&format!(
                "ip link add {near} type veth peer name {far} netns {}; ip link set {near} up",
                namespace.path()
            ));
        }
        run("ip addr add 10.9.0.1/24 dev gw0; ip addr add fd09::1/64 dev gw0 nodad");
        run("ip addr add 203.0.113.2/24 dev wan0; ip addr add fd13::2/64 dev wan0 nodad");
        let station = ["10.9.0.2/24 dev sta0", "fd09::2/64 dev sta0 nodad"];
        equip(
            &this.station,
            "sta0",
            &station,
            &["0.0.0.0/0 via 10.9.0.1", "::/0 via fd09::1"],
        );
        let server = [
            "203.0.113.1/24 dev srv0",
            "fd13::1/64 dev srv0 nodad",
            "198.51.100.7/32 dev lo",
            "fd51::7/128 dev lo",
        ];
        equip(&this.server, "srv0", &server, &[]);
        for near in ["gw0", "wan0"] {
            run(&format!(
                "for _ in {{1..50}}; do ip -o link show {near} | grep -q \"state UP\" && exit; sleep 0.1; done; exit 1"
            ));
        }
        run("ip route add 0.0.0.0/0 via 203.0.113.1; ip route add ::/0 via fd13::1");
        this
    }

    /// Sockets of the station and of the server at `to`.
    pub(crate) fn udp(&self, to: SocketAddr) -> (UdpSocket, UdpSocket) {
        let server = self.server.within(|| UdpSocket::bind(to)).unwrap().unwrap();
        let station = self.station_to(to);
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        (station, server)
    }

    /// A socket of the station, for packets to `to`.
    pub(crate) fn station_to(&self, to: SocketAddr) -> UdpSocket {
        let any = if to.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
        let station = self.station.within(|| UdpSocket::bind(any)).unwrap().unwrap();
        station.connect(to).unwrap();
        station.set_read_timeout(Some(PATIENCE)).unwrap();
        station
    }

    /// A connection, as the station and as the server at `to` have it.
    pub(crate) fn tcp(&self, to: SocketAddr) -> (TcpStream, TcpStream) {
        let listener = self.server.within(|| TcpListener::bind(to)).unwrap().unwrap();
        let station = self.station.within(|| TcpStream::connect_timeout(&to, PATIENCE));
        let station = station.unwrap().unwrap();
        let (server, _) = listener.accept().unwrap();
        for stream in [&station, &server] {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        (station, server)
    }
}

fn equip(namespace: &Namespace, interface: &str, addresses: &[&str], routes: &[&str]) {
    let up = ["lo", interface].map(|name| format!("link set {name} up"));
    let addresses = addresses.iter().map(|address| format!("addr add {address}"));
    let routes = routes.iter().map(|route| format!("route add {route}"));
    let commands: Vec<String> = up.into_iter().chain(addresses).chain(routes).collect();
    namespace.ip(&commands).unwrap();
    namespace.wait_for_carrier(interface).unwrap();
}
