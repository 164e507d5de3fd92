//! A netlink socket: one request at a time, answers matched by number, nothing waits for ever.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::sockopt::{self, Timeout};
use rustix::net::{self, AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType};

use crate::wire::netlink::message::{Meaning, Message, Writer, flag, messages};

/// Longest datagram that the kernel makes is 32 KiB (`netlink_dump`); an error repeats its request.
const INBOX: usize = 64 * 1024;
/// How long an answer may take. The kernel answers within the call; this is for its bugs and ours.
const PATIENCE: Duration = Duration::from_secs(5);
/// Limit (not size) of what may wait in either direction: a batch of 100,000 stations fits.
const BUFFERS: usize = 64 * 1024 * 1024;
/// How often a dump is asked for again when changes keep disturbing it.
const DUMP_ATTEMPTS: u32 = 5;

/// Why the kernel could not be asked or did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NetlinkError {
    /// The socket failed.
    #[error("netlink socket: cannot {what}: {errno}")]
    Socket {
        /// What was tried.
        what: &'static str,
        /// The system's word.
        #[source]
        errno: Errno,
    },
    /// The kernel refused the request.
    #[error("the kernel refused: {0}")]
    Refused(#[source] Errno),
    /// More came than the socket could hold; something was lost.
    #[error("netlink messages were lost (the receive buffer was full)")]
    Lost,
    /// No answer within five seconds.
    #[error("the kernel did not answer")]
    NoAnswer,
    /// An answer was longer than any answer may be.
    #[error("a netlink message was cut short")]
    CutShort,
    /// The dump was disturbed by changes several times in a row.
    #[error("the kernel's table changed faster than it could be read")]
    Unsteady,
}

impl NetlinkError {
    /// The refusal that a positive errno of an error message means.
    #[must_use]
    pub fn refused(errno: i32) -> Self {
        Self::Refused(Errno::from_raw_os_error(errno))
    }

    /// Whether the kernel said that what was named does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Refused(Errno::NOENT))
    }
}

/// A bound netlink socket.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    inbox: Box<[u8]>,
    seq: u32,
}

impl Socket {
    /// A blocking socket for requests; `None` is `NETLINK_ROUTE`.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn open(protocol: Option<Protocol>) -> Result<Self, NetlinkError> {
        let socket = Self::bound(protocol, 0, SocketFlags::CLOEXEC)?;
        sockopt::set_socket_timeout(&socket.fd, Timeout::Recv, Some(PATIENCE))
            .map_err(failed("set the receive timeout"))?;
        Ok(socket)
    }

    /// A non-blocking socket that hears the groups of a bit mask.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; nf_tables' group needs `CAP_NET_ADMIN`.
    pub fn listen(protocol: Option<Protocol>, groups: u32) -> Result<Self, NetlinkError> {
        Self::bound(protocol, groups, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK)
    }

    fn bound(protocol: Option<Protocol>, groups: u32, flags: SocketFlags) -> Result<Self, NetlinkError> {
        let fd = net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol)
            .map_err(failed("open"))?;
        // Without CAP_NET_ADMIN the limits stay what the system gives, which is enough for look-ups.
        if sockopt::set_socket_recv_buffer_size_force(&fd, BUFFERS).is_err() {
            sockopt::set_socket_recv_buffer_size(&fd, BUFFERS).map_err(failed("size the receive buffer"))?;
        }
        if sockopt::set_socket_send_buffer_size_force(&fd, BUFFERS).is_err() {
            sockopt::set_socket_send_buffer_size(&fd, BUFFERS).map_err(failed("size the send buffer"))?;
        }
        net::bind(&fd, &SocketAddrNetlink::new(0, groups)).map_err(failed("bind"))?;
        Ok(Self {
            fd,
            inbox: vec![0; INBOX].into_boxed_slice(),
            seq: 0,
        })
    }

    /// The port by which the kernel knows this socket, and which it names in announcements of what
    /// came by it.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`].
    pub fn port(&self) -> Result<u32, NetlinkError> {
        net::getsockname(&self.fd)
            .and_then(SocketAddrNetlink::try_from)
            .map(|address| address.pid())
            .map_err(failed("name"))
    }

    /// `count` numbers for requests that follow each other; the first of them. They never wrap
    /// within one reservation.
    pub fn reserve(&mut self, count: u32) -> u32 {
        if self.seq.checked_add(count).is_none() {
            self.seq = 0;
        }
        let first = self.seq.saturating_add(1);
        self.seq = self.seq.saturating_add(count);
        first
    }

    /// Sends requests as one datagram.
    ///
    /// # Errors
    /// [`NetlinkError::Socket`]; `EMSGSIZE` when it is larger than 64 MiB (without `CAP_NET_ADMIN`
    /// a few hundred KiB).
    pub fn send(&self, bytes: &[u8]) -> Result<(), NetlinkError> {
        loop {
            match net::send(&self.fd, bytes, SendFlags::empty()) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(failed("send")(errno)),
            }
        }
    }

    /// Receives one datagram.
    ///
    /// # Errors
    /// [`NetlinkError::Lost`], [`NetlinkError::NoAnswer`] (also when a non-blocking socket has
    /// nothing), [`NetlinkError::CutShort`], [`NetlinkError::Socket`].
    pub fn receive(&mut self) -> Result<&[u8], NetlinkError> {
        let length = loop {
            match net::recv(&self.fd, &mut *self.inbox, RecvFlags::TRUNC) {
                Ok((_, length)) => break length,
                Err(Errno::INTR) => {}
                Err(Errno::NOBUFS) => return Err(NetlinkError::Lost),
                Err(Errno::AGAIN) => return Err(NetlinkError::NoAnswer),
                Err(errno) => return Err(failed("receive")(errno)),
            }
        };
        self.inbox.get(..length).ok_or(NetlinkError::CutShort)
    }

    /// Asks for a table and hands every entry to `each`; asks again when a change disturbed it,
    /// so an entry may come twice. `restart` is called before each attempt.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn dump<T>(
        &mut self,
        target: &mut T,
        request: impl Fn(&mut Writer, u32),
        restart: impl Fn(&mut T),
        mut each: impl FnMut(&mut T, &Message<'_>),
    ) -> Result<(), NetlinkError> {
        let mut out = Writer::new();
        for _ in 0..DUMP_ATTEMPTS {
            restart(target);
            out.clear();
            let seq = self.reserve(1);
            request(&mut out, seq);
            self.send(out.bytes())?;
            if self.read_dump(seq, |message| each(target, message))? {
                return Ok(());
            }
        }
        Err(NetlinkError::Unsteady)
    }

    /// Reads one dump to its end; whether it was undisturbed.
    fn read_dump(&mut self, seq: u32, mut each: impl FnMut(&Message<'_>)) -> Result<bool, NetlinkError> {
        let mut steady = true;
        loop {
            for message in messages(self.receive()?).filter(|message| message.seq == seq) {
                steady &= message.flags & flag::DUMP_INTERRUPTED == 0;
                match message.meaning() {
                    Meaning::Data => each(&message),
                    Meaning::Done | Meaning::Acknowledged => return Ok(steady),
                    // A dump that a change disturbs may end with EINTR instead of the flag.
                    Meaning::Failed(errno) if Errno::from_raw_os_error(errno) == Errno::INTR => {
                        return Ok(false);
                    }
                    Meaning::Failed(errno) => return Err(NetlinkError::refused(errno)),
                }
            }
        }
    }

    /// Sends one request that is answered by one message or an error, and reads the answer.
    ///
    /// # Errors
    /// [`NetlinkError`].
    pub fn ask<T>(
        &mut self,
        request: impl FnOnce(&mut Writer, u32),
        read: impl FnOnce(&Message<'_>) -> T,
    ) -> Result<T, NetlinkError> {
        let mut out = Writer::new();
        let seq = self.reserve(1);
        request(&mut out, seq);
        self.send(out.bytes())?;
        loop {
            let Some(message) = messages(self.receive()?).find(|message| message.seq == seq) else {
                continue;
            };
            return match message.meaning() {
                Meaning::Failed(errno) => Err(NetlinkError::refused(errno)),
                _ => Ok(read(&message)),
            };
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl std::os::fd::AsRawFd for Socket {
    fn as_raw_fd(&self) -> std::os::fd::RawFd {
        self.fd.as_raw_fd()
    }
}

fn failed(what: &'static str) -> impl Fn(Errno) -> NetlinkError {
    move |errno| NetlinkError::Socket { what, errno }
}
