//! One listener: bound to one interface, bound again when the interface is made anew, and never
//! stopped by an error.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{Addresses, Door, Shared, connection, stopped};
use crate::config::InterfaceName;

/// Connections the kernel holds for us between two turns of the loop.
const BACKLOG: i32 = 1_024;
/// Pause before a failed bind is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Pause when the process is out of file descriptors or memory.
const BREATHE: Duration = Duration::from_millis(50);
/// How often the interface is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Everything a listener needs.
pub(super) struct Post {
    pub(super) shared: Arc<Shared>,
    pub(super) door: Arc<Door>,
    pub(super) interface: InterfaceName,
    pub(super) port: u16,
    pub(super) secure: bool,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) addresses: watch::Sender<Addresses>,
}

impl Post {
    /// A listener on all addresses of the interface, both families. `SO_BINDTODEVICE` needs no
    /// privilege on a socket that is not bound to a device yet (Linux 5.7).
    pub(super) fn bind(&self) -> io::Result<TcpListener> {
        let v6 = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP));
        let (socket, any): (_, SocketAddr) = match v6 {
            Ok(socket) => {
                socket.set_only_v6(false)?;
                (socket, (Ipv6Addr::UNSPECIFIED, self.port).into())
            }
            // A kernel without IPv6.
            Err(_) => (
                Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?,
                (Ipv4Addr::UNSPECIFIED, self.port).into(),
            ),
        };
        socket.set_reuse_address(true)?;
        socket.bind_device(Some(self.interface.as_str().as_bytes()))?;
        socket.bind(&any.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        let listener = TcpListener::from_std(socket.into())?;
        self.publish(listener.local_addr().ok());
        Ok(listener)
    }

    /// Serves until stopped.
    pub(super) async fn run(self, first: io::Result<TcpListener>) {
        let mut next = first;
        let mut told = false;
        loop {
            match next {
                Ok(listener) => {
                    told = false;
                    self.accept(&listener).await;
                }
                Err(error) => {
                    if !told {
                        let (network, port) = (self.door.network, self.port);
                        tracing::error!(%network, port, %error, "portal cannot listen; trying again");
                        told = true;
                    }
                    tokio::select! {
                        () = sleep(RETRY) => {}
                        () = stopped(self.stop.clone()) => {}
                    }
                }
            }
            self.publish(None);
            if *self.stop.borrow() {
                return;
            }
            next = self.bind();
        }
    }

    /// Accepts until stopped or until the interface is gone.
    async fn accept(&self, listener: &TcpListener) {
        let mut stop = pin!(stopped(self.stop.clone()));
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                _ = look.tick() => {
                    // The socket is bound to the interface's number: one made anew by the same name
                    // is another interface.
                    if SockRef::from(listener).device().is_err() {
                        return;
                    }
                }
                accepted = listener.accept() => match accepted {
                    Ok((stream, peer)) => self.admit(stream, peer),
                    Err(error) => {
                        tracing::debug!(%error, "accept failed");
                        sleep(BREATHE).await;
                    }
                },
            }
        }
    }

    /// Gives the connection a place, or resets it at once.
    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let peer = peer.ip().to_canonical();
        let network = self.door.network;
        let key = (network, (self.shared.context.lookup)(network, peer));
        let limits = self.shared.config.load().portal.clone();
        let place = self.shared.opens.attempt(key).ok().and_then(|()| {
            let (own, all) = (limits.max_connections_per_station, limits.max_connections);
            self.shared.connections.enter(key, own, all).ok()
        });
        let Some(place) = place else {
            // No FIN, no TIME_WAIT: a refused connection costs nothing afterwards.
            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
            return;
        };
        let guest = connection::Guest {
            shared: Arc::clone(&self.shared),
            door: Arc::clone(&self.door),
            peer,
            local: stream.local_addr().map(|local| local.ip().to_canonical()).ok(),
            stop: self.stop.clone(),
            _place: place,
        };
        let secure = self.secure;
        tokio::spawn(async move {
            if secure {
                guest.serve_tls(stream).await;
            } else {
                guest.serve_plain(stream).await;
            }
        });
    }

    fn publish(&self, address: Option<SocketAddr>) {
        self.addresses.send_modify(|addresses| {
            if self.secure {
                addresses.https = address;
            } else {
                addresses.http = address;
            }
        });
    }
}
