//! One listener: bound to one interface, bound again when the interface is made anew, and never
//! stopped by an error.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::stopped;

/// Connections the kernel holds for us between two turns of the loop.
const BACKLOG: i32 = 1_024;
/// Pause before a failed bind is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Pause when the process is out of file descriptors or memory.
const BREATHE: Duration = Duration::from_millis(50);
/// How often the interface is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Where a listener stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The interface that connections come in by; no other's are taken.
    pub interface: String,
    /// Address; `None` for all of the interface, both families.
    pub address: Option<IpAddr>,
    /// Port.
    pub port: u16,
}

impl Spot {
    /// A listener there. `SO_BINDTODEVICE` needs no privilege on a socket that is not bound to a device
    /// yet (Linux 5.7).
    ///
    /// # Errors
    /// The kernel's: no such interface yet, or somebody else has the port.
    pub fn bind(&self) -> io::Result<TcpListener> {
        let (socket, ip) = self.socket()?;
        socket.set_reuse_address(true)?;
        socket.bind_device(Some(self.interface.as_bytes()))?;
        socket.bind(&SocketAddr::new(ip, self.port).into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket.into())
    }

    fn socket(&self) -> io::Result<(Socket, IpAddr)> {
        let tcp = |domain| Socket::new(domain, Type::STREAM, Some(Protocol::TCP));
        match self.address {
            Some(address @ IpAddr::V4(_)) => Ok((tcp(Domain::IPV4)?, address)),
            Some(address @ IpAddr::V6(_)) => Ok((tcp(Domain::IPV6)?, address)),
            None => match tcp(Domain::IPV6) {
                Ok(socket) => {
                    socket.set_only_v6(false)?;
                    Ok((socket, Ipv6Addr::UNSPECIFIED.into()))
                }
                // A kernel without IPv6.
                Err(_) => Ok((tcp(Domain::IPV4)?, Ipv4Addr::UNSPECIFIED.into())),
            },
        }
    }
}

/// Everything a listener needs.
pub struct Post<A, P> {
    /// Where it stands.
    pub spot: Spot,
    /// Whose it is, for the log.
    pub name: String,
    /// Ends it.
    pub stop: watch::Receiver<bool>,
    /// What becomes of a connection; must not wait.
    pub admit: A,
    /// Is told where it is bound, and `None` when it no longer is.
    pub publish: P,
}

impl<A: Fn(TcpStream, SocketAddr), P: Fn(Option<SocketAddr>)> Post<A, P> {
    /// Binds it, and says so.
    ///
    /// # Errors
    /// See [`Spot::bind`].
    pub fn bind(&self) -> io::Result<TcpListener> {
        let listener = self.spot.bind()?;
        (self.publish)(listener.local_addr().ok());
        Ok(listener)
    }

    /// Serves until stopped.
    pub async fn run(self, first: io::Result<TcpListener>) {
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
                        let (name, port) = (&self.name, self.spot.port);
                        tracing::error!(%name, port, %error, "cannot listen; trying again");
                        told = true;
                    }
                    tokio::select! {
                        () = sleep(RETRY) => {}
                        () = stopped(self.stop.clone()) => {}
                    }
                }
            }
            (self.publish)(None);
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
                    Ok((stream, peer)) => (self.admit)(stream, peer),
                    Err(error) => {
                        tracing::debug!(%error, "accept failed");
                        sleep(BREATHE).await;
                    }
                },
            }
        }
    }
}

/// Ends a connection without FIN and TIME_WAIT: one refused costs nothing afterwards.
pub fn turn_away(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}
