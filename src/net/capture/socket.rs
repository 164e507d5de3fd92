//! The AF_PACKET socket (packet(7)). Filtered and locked before it is bound, so that there is no
//! moment in which it could receive anything else.

use std::ffi::c_int;
use std::io;
use std::os::fd::AsRawFd as _;

use rustix::net::netdevice;
use socket2::{Domain, SockAddr, SockAddrStorage, Socket, Type};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::{CaptureError, filter};

/// ETH_P_ALL, `linux/if_ether.h`: the filter chooses among the protocols.
const ALL_PROTOCOLS: u16 = 0x0003;
/// Bytes that may wait in the kernel: some hundred frames, beyond which it drops.
const RECEIVE_BUFFER: usize = 256 * 1024;

/// An interface that goes down makes the socket erroneous, not readable.
pub(super) const INTEREST: Interest = Interest::READABLE.add(Interest::ERROR);

fn failed(step: &'static str, interface: &str, source: io::Error) -> CaptureError {
    CaptureError::Open {
        step,
        interface: interface.to_owned(),
        source,
    }
}

/// A non-blocking socket that receives what [`filter::program`] accepts of what comes in by the
/// interface. Protocol 0 until it is bound: it receives nothing. No promiscuous mode.
pub(super) fn open(interface: &str) -> Result<Socket, CaptureError> {
    let step = |step| move |source| failed(step, interface, source);
    let kind = Type::RAW.nonblocking().cloexec();
    let socket =
        Socket::new_raw(Domain::from(libc::AF_PACKET), kind, None).map_err(step("open a packet socket"))?;
    socket
        .attach_filter(&filter::program())
        .map_err(step("attach the filter"))?;
    set_flag(&socket, libc::SOL_SOCKET, libc::SO_LOCK_FILTER).map_err(step("lock the filter"))?;
    set_flag(&socket, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING)
        .map_err(step("leave out outgoing frames"))?;
    socket
        .set_recv_buffer_size(RECEIVE_BUFFER)
        .map_err(step("size the receive buffer"))?;
    let index = netdevice::name_to_index(&socket, interface).map_err(|source| CaptureError::NoInterface {
        interface: interface.to_owned(),
        source: source.into(),
    })?;
    bind(&socket, index).map_err(step("bind the packet socket"))?;
    Ok(socket)
}

/// Registers the socket with the runtime.
#[allow(unsafe_code, reason = "tokio takes the file descriptor's lifetime on trust")]
pub(super) fn watch(socket: Socket, interface: &str) -> Result<AsyncFd<Socket>, CaptureError> {
    // SAFETY: the socket owns its descriptor, never replaces it, and closes it when dropped.
    let registered = unsafe { AsyncFd::register_with_interest(socket, INTEREST) };
    registered.map_err(|error| failed("watch the packet socket", interface, error.into()))
}

/// Sets an integer option to 1.
#[allow(unsafe_code, reason = "no safe wrapper knows these two options")]
fn set_flag(socket: &Socket, level: c_int, option: c_int) -> io::Result<()> {
    let on: c_int = 1;
    let len = libc::socklen_t::try_from(size_of::<c_int>()).map_err(io::Error::other)?;
    // SAFETY: the descriptor is open, and the pointer and length are those of a live integer, which is
    // what both options take.
    let result = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const on).cast(), len) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

#[allow(unsafe_code, reason = "socket2 has no type for link-layer addresses")]
fn bind(socket: &Socket, index: u32) -> io::Result<()> {
    let index = c_int::try_from(index).map_err(io::Error::other)?;
    let family = u16::try_from(libc::AF_PACKET).map_err(io::Error::other)?;
    let len = libc::socklen_t::try_from(size_of::<libc::sockaddr_ll>()).map_err(io::Error::other)?;
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: sockaddr_ll is one of the address types that sockaddr_storage is made to hold, and is
    // valid with any bytes.
    let address = unsafe { storage.view_as::<libc::sockaddr_ll>() };
    address.sll_family = family;
    address.sll_protocol = ALL_PROTOCOLS.to_be();
    address.sll_ifindex = index;
    // SAFETY: the first `len` bytes are the sockaddr_ll just written.
    let address = unsafe { SockAddr::new(storage, len) };
    socket.bind(&address)
}
