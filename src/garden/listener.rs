//! UDP and TCP of one network: bound to its interface, bound again when the interface is made anew, and
//! never stopped by an error.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::io::Interest;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::Shared;
use super::forward::Asked;
use super::packet_info;
use super::upstream::{Transport, read_framed, write_framed};
use crate::config::{InterfaceName, Network};
use crate::limits::Key;
use crate::model::NetworkId;

/// Longest query, bytes: one name, and what EDNS adds.
const LONGEST_QUERY: usize = 1_232;
/// Connections the kernel holds for us between two turns of the loop.
const BACKLOG: i32 = 256;
/// Pause before a failed bind is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Pause when the process is out of file descriptors or memory.
const BREATHE: Duration = Duration::from_millis(50);
/// How often the interface is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// Longest pause before a query on a connection.
const IDLE: Duration = Duration::from_secs(5);
/// Longest life of a connection.
const LIFE: Duration = Duration::from_secs(30);

/// What the listeners of one network share.
#[derive(Clone)]
struct Post {
    shared: Arc<Shared>,
    network: NetworkId,
    interface: InterfaceName,
    port: u16,
    stop: watch::Receiver<bool>,
    /// The gateway's own IPv4 address on the interface.
    own: watch::Sender<Option<Ipv4Addr>>,
}

/// A socket of one of the three kinds.
enum Door {
    Udp(UdpSocket),
    Tcp(TcpListener),
}

/// Which one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Udp4,
    Udp6,
    Tcp4,
    Tcp6,
}

/// Starts listening for a network.
pub(super) fn open(shared: &Arc<Shared>, network: &Network, port: u16, end: &watch::Sender<bool>) {
    let listeners = Post {
        shared: Arc::clone(shared),
        network: network.id,
        interface: network.interface.clone(),
        port,
        stop: end.subscribe(),
        own: watch::Sender::new(own_address(&network.interface)),
    };
    for way in [Way::Udp4, Way::Udp6, Way::Tcp4, Way::Tcp6] {
        let first = listeners.bind(way);
        tokio::spawn(listeners.clone().run(way, first));
    }
}

impl Post {
    /// `SO_BINDTODEVICE` needs no privilege on a socket that is not bound to a device yet (Linux 5.7).
    fn bind(&self, way: Way) -> io::Result<Door> {
        let v6 = matches!(way, Way::Udp6 | Way::Tcp6);
        let stream = matches!(way, Way::Tcp4 | Way::Tcp6);
        let domain = if v6 { Domain::IPV6 } else { Domain::IPV4 };
        let (kind, protocol) = if stream {
            (Type::STREAM, Protocol::TCP)
        } else {
            (Type::DGRAM, Protocol::UDP)
        };
        let socket = Socket::new(domain, kind, Some(protocol))?;
        let any: IpAddr = if v6 {
            socket.set_only_v6(true)?;
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        if stream {
            socket.set_reuse_address(true)?;
        } else {
            packet_info::enable(&socket, v6)?;
        }
        socket.bind_device(Some(self.interface.as_str().as_bytes()))?;
        socket.bind(&SocketAddr::new(any, self.port).into())?;
        socket.set_nonblocking(true)?;
        if stream {
            socket.listen(BACKLOG)?;
            return Ok(Door::Tcp(TcpListener::from_std(socket.into())?));
        }
        Ok(Door::Udp(UdpSocket::from_std(socket.into())?))
    }

    /// Serves until stopped.
    async fn run(self, way: Way, first: io::Result<Door>) {
        let mut next = first;
        let mut told = false;
        loop {
            match next {
                Ok(door) => {
                    told = false;
                    self.serve(door).await;
                }
                // A kernel without IPv6.
                Err(error) if error.raw_os_error() == Some(libc::EAFNOSUPPORT) => return,
                Err(error) => {
                    if !told {
                        let (network, port) = (self.network, self.port);
                        tracing::error!(%network, port, %error, "DNS of captive stations cannot be heard; trying again");
                        told = true;
                    }
                    tokio::select! {
                        () = sleep(RETRY) => {}
                        () = stopped(self.stop.clone()) => {}
                    }
                }
            }
            if *self.stop.borrow() {
                return;
            }
            next = self.bind(way);
        }
    }

    /// Serves until stopped or until the interface is gone.
    async fn serve(&self, door: Door) {
        let door = Arc::new(door);
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stop = std::pin::pin!(stopped(self.stop.clone()));
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                _ = look.tick() => {
                    // The socket is bound to the interface's number: one made anew by the same name is
                    // another interface.
                    if door.is_orphaned() {
                        return;
                    }
                    self.own.send_if_modified(|own| {
                        let now = own_address(&self.interface);
                        std::mem::replace(own, now) != now
                    });
                }
                taken = self.take(&door) => if let Err(error) = taken {
                    tracing::debug!(%error, "a query could not be received");
                    sleep(BREATHE).await;
                },
            }
        }
    }

    /// Takes one datagram or connection in.
    async fn take(&self, door: &Arc<Door>) -> io::Result<()> {
        match door.as_ref() {
            Door::Udp(socket) => {
                let mut buffer = vec![0; LONGEST_QUERY];
                let receive = || packet_info::receive(&SockRef::from(socket), &mut buffer);
                match socket.async_io(Interest::READABLE, receive).await {
                    Ok(ends) => {
                        buffer.truncate(ends.length);
                        self.answer_datagram(door, buffer, ends);
                    }
                    // One that nobody sends: gone, and the next one is waited for.
                    Err(error) if error.kind() == io::ErrorKind::InvalidData => {}
                    Err(error) => return Err(error),
                }
            }
            Door::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                self.answer_connection(stream, peer);
            }
        }
        Ok(())
    }

    fn answer_datagram(&self, door: &Arc<Door>, message: Vec<u8>, ends: packet_info::Ends) {
        let key = self.key(ends.from);
        let Some(place) = self.shared.under_way.enter(key) else {
            return;
        };
        let asked = self.asked(key, Transport::Udp, message);
        let (shared, door) = (Arc::clone(&self.shared), Arc::clone(door));
        tokio::spawn(async move {
            let _place = place;
            if let (Some(answer), Door::Udp(socket)) = (shared.forward(asked).await, door.as_ref()) {
                // A full socket buffer loses it, as the air would: the station asks again.
                let _ = packet_info::send(&SockRef::from(socket), &answer, ends.to, ends.from);
            }
        });
    }

    fn answer_connection(&self, mut stream: TcpStream, peer: SocketAddr) {
        let key = self.key(peer);
        let Some(place) = self.shared.under_way.enter(key) else {
            // No FIN, no TIME_WAIT: a refused connection costs nothing afterwards.
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            return;
        };
        let post = self.clone();
        tokio::spawn(async move {
            let _place = place;
            let mut stop = std::pin::pin!(stopped(post.stop.clone()));
            let conversation = async {
                while let Ok(Ok(message)) = timeout(IDLE, read_framed(&mut stream, LONGEST_QUERY)).await {
                    let asked = post.asked(key, Transport::Tcp, message);
                    let Some(answer) = post.shared.forward(asked).await else {
                        return;
                    };
                    if write_framed(&mut stream, &answer).await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                _ = timeout(LIFE, conversation) => {}
                () = &mut stop => {}
            }
        });
    }

    fn key(&self, peer: SocketAddr) -> Key {
        (
            self.network,
            (self.shared.lookup)(self.network, peer.ip().to_canonical()),
        )
    }

    fn asked(&self, key: Key, transport: Transport, message: Vec<u8>) -> Asked {
        Asked {
            key,
            transport,
            message,
            own: *self.own.borrow(),
        }
    }
}

impl Door {
    fn is_orphaned(&self) -> bool {
        match self {
            Self::Udp(socket) => SockRef::from(socket).device().is_err(),
            Self::Tcp(listener) => SockRef::from(listener).device().is_err(),
        }
    }
}

/// Waits until it is time to stop, or until nobody could say so any more.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The IPv4 address that the gateway speaks from on an interface: what a socket on it would bear that
/// speaks to everybody there. Nothing is sent.
pub(super) fn own_address(interface: &InterfaceName) -> Option<Ipv4Addr> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).ok()?;
    socket.bind_device(Some(interface.as_str().as_bytes())).ok()?;
    let everybody = SocketAddr::from((Ipv4Addr::new(224, 0, 0, 1), 53));
    socket.connect(&everybody.into()).ok()?;
    let own = *socket.local_addr().ok()?.as_socket_ipv4()?.ip();
    (!own.is_unspecified()).then_some(own)
}
