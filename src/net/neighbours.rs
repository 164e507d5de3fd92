//! Who is behind an address, and what changes among neighbours, bridges and links (rtnetlink).
//!
//! Both halves work without any capability.

use std::net::IpAddr;

use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::netlink::{NetlinkError, Socket};
use crate::model::Mac;
use crate::wire::netlink::message::messages;
use crate::wire::netlink::route::{self, GROUPS, RouteEvent, Table};

/// Looks single neighbours up.
#[derive(Debug)]
pub struct Neighbours {
    socket: Socket,
}

impl Neighbours {
    /// Opens the socket.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            socket: Socket::open(None)?,
        })
    }

    /// The MAC that the kernel has for `address` on the interface of index `interface`; a few
    /// microseconds. An IPv4-mapped IPv6 address is looked up as the IPv4 address that it is.
    ///
    /// # Errors
    /// [`NetlinkError`]; an address that the kernel does not know is `Ok(None)`.
    pub fn mac_of(&mut self, interface: u32, address: IpAddr) -> Result<Option<Mac>, NetlinkError> {
        let address = address.to_canonical();
        let answer = self.socket.ask(
            |out, seq| route::get_neighbour(out, seq, interface, address),
            |message| match route::decode_route(message) {
                Some(RouteEvent::Neighbour(neighbour))
                    if neighbour.interface == interface && neighbour.address == address =>
                {
                    neighbour.mac
                }
                _ => None,
            },
        );
        match answer {
            Err(error) if error.is_missing() => Ok(None),
            answer => answer,
        }
    }
}

/// The stream of changes.
#[derive(Debug)]
pub struct RouteWatch {
    events: AsyncFd<Socket>,
    queries: Socket,
}

/// What [`RouteWatch::next`] has brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watched {
    /// Changes, in order.
    Changes,
    /// Changes were lost; the events are everything that there is now.
    Everything,
}

impl RouteWatch {
    /// Begins to listen. Call [`RouteWatch::snapshot`] next: what changes meanwhile is not lost.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; also outside a tokio runtime with IO.
    pub fn open() -> Result<Self, NetlinkError> {
        Ok(Self {
            events: watch(Socket::listen(None, GROUPS)?)?,
            queries: Socket::open(None)?,
        })
    }

    /// Appends everything that there is now: links, their addresses, bridge entries, neighbours.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn snapshot(&mut self, out: &mut Vec<RouteEvent>) -> Result<(), NetlinkError> {
        for table in Table::ALL {
            let before = out.len();
            self.queries.dump(
                out,
                |writer, seq| route::dump(writer, seq, table),
                |out| out.truncate(before),
                |out, message| out.extend(route::decode_route(message)),
            )?;
        }
        Ok(())
    }

    /// Waits for changes and appends them to `out`; at least one unless the kernel announced only
    /// what does not concern us.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub async fn next(&mut self, out: &mut Vec<RouteEvent>) -> Result<Watched, NetlinkError> {
        let drained = drain(&mut self.events, |datagram| {
            out.extend(messages(datagram).filter_map(|message| route::decode_route(&message)));
        })
        .await;
        match drained {
            Ok(()) => Ok(Watched::Changes),
            Err(NetlinkError::Lost) => {
                out.clear();
                self.snapshot(out)?;
                Ok(Watched::Everything)
            }
            Err(error) => Err(error),
        }
    }
}

/// Registers a listening socket with the runtime.
#[allow(unsafe_code, reason = "tokio takes the file descriptor's lifetime on trust")]
pub(super) fn watch(socket: Socket) -> Result<AsyncFd<Socket>, NetlinkError> {
    // SAFETY: the socket owns its file descriptor, never replaces it, and closes it when dropped.
    let registered = unsafe { AsyncFd::register_with_interest(socket, Interest::READABLE) };
    registered.map_err(|error| failed("watch", &error.into()))
}

fn failed(what: &'static str, error: &std::io::Error) -> NetlinkError {
    NetlinkError::Socket {
        what,
        errno: Errno::from_io_error(error).unwrap_or(Errno::IO),
    }
}

/// Waits until the socket has something and hands every waiting datagram (at most a few hundred in
/// one call) to `each`.
pub(super) async fn drain(
    events: &mut AsyncFd<Socket>,
    mut each: impl FnMut(&[u8]),
) -> Result<(), NetlinkError> {
    const AT_ONCE: u32 = 256;
    let mut ready = events
        .readable_mut()
        .await
        .map_err(|error| failed("wait", &error))?;
    for _ in 0..AT_ONCE {
        match ready.get_inner_mut().receive() {
            Ok(datagram) => each(datagram),
            Err(NetlinkError::NoAnswer) => {
                ready.clear_ready();
                break;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
