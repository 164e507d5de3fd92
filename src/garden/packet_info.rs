//! UDP datagrams with the address that they came to (`IP_PKTINFO`, `IPV6_PKTINFO`: ip(7), ipv6(7)), so
//! that an answer leaves from the very address that was asked. The kernel would choose another where
//! an interface has several, and then nobody recognises the answer.

use std::io::{self, IoSlice};
use std::mem::{size_of, size_of_val, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd;

use socket2::{MsgHdr, SockAddr, Socket};

/// Room for one message of either kind with its header.
const CONTROL: usize = 64;
/// `struct cmsghdr`: a length of the machine's word, a level and a type.
const HEADER: usize = size_of::<usize>() + 8;

/// Where a datagram came from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) from: SocketAddr,
    pub(super) to: IpAddr,
    /// Bytes of the datagram.
    pub(super) length: usize,
}

/// Aligned as the kernel writes it.
#[repr(align(8))]
struct Control([u8; CONTROL]);

/// Has the kernel tell the address that each datagram came to.
pub(super) fn enable(socket: &Socket, v6: bool) -> io::Result<()> {
    let on: libc::c_int = 1;
    let (level, option) = if v6 {
        (libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO)
    } else {
        (libc::IPPROTO_IP, libc::IP_PKTINFO)
    };
    let length = libc::socklen_t::try_from(size_of_val(&on)).unwrap_or_default();
    #[allow(unsafe_code, reason = "neither rustix nor socket2 offers this option")]
    // SAFETY: the option is an int; the pointer and the length are those of one that lives.
    let result =
        unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const on).cast(), length) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Receives one datagram; one that is longer than `buffer` is an error, and gone.
pub(super) fn receive(socket: &Socket, buffer: &mut [u8]) -> io::Result<Ends> {
    let mut control = Control([0; CONTROL]);
    let mut flags = 0;
    let mut told = 0;
    let mut part = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    #[allow(
        unsafe_code,
        reason = "neither rustix nor socket2 hands such a message out as bytes"
    )]
    // SAFETY: every pointer of the header is to a buffer that lives across the call and has the length
    // given with it; a zeroed `msghdr` is one with empty parts. The kernel sets the length of the name,
    // which `try_init` takes over.
    let (length, from) = unsafe {
        SockAddr::try_init(|name, name_length| {
            let mut header: libc::msghdr = zeroed();
            header.msg_name = name.cast();
            header.msg_namelen = *name_length;
            header.msg_iov = &raw mut part;
            header.msg_iovlen = 1;
            header.msg_control = control.0.as_mut_ptr().cast();
            header.msg_controllen = CONTROL;
            let length = libc::recvmsg(socket.as_raw_fd(), &raw mut header, 0);
            *name_length = header.msg_namelen;
            flags = header.msg_flags;
            told = header.msg_controllen;
            usize::try_from(length).map_err(|_| io::Error::last_os_error())
        })?
    };
    let odd = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    if flags & libc::MSG_TRUNC != 0 {
        return Err(odd("a datagram too long"));
    }
    Ok(Ends {
        from: from.as_socket().ok_or_else(|| odd("no source"))?,
        to: destination(control.0.get(..told).unwrap_or_default()).ok_or_else(|| odd("no destination"))?,
        length,
    })
}

/// Sends a datagram from an address of this machine.
pub(super) fn send(socket: &Socket, message: &[u8], from: IpAddr, to: SocketAddr) -> io::Result<()> {
    let control = source(from);
    let to = SockAddr::from(to);
    let parts = [IoSlice::new(message)];
    let header = MsgHdr::new()
        .with_addr(&to)
        .with_buffers(&parts)
        .with_control(&control);
    socket.sendmsg(&header, 0).map(drop)
}

/// Reads the first message of a control buffer.
fn destination(control: &[u8]) -> Option<IpAddr> {
    let word = size_of::<usize>();
    let length = usize::from_ne_bytes(control.get(..word)?.try_into().ok()?);
    let number = |at: usize| Some(i32::from_ne_bytes(control.get(at..at + 4)?.try_into().ok()?));
    let data = control.get(HEADER..length)?;
    match (number(word)?, number(word + 4)?) {
        // `struct in_pktinfo`: interface, local address, address in the header.
        (libc::IPPROTO_IP, libc::IP_PKTINFO) => {
            let octets: [u8; 4] = data.get(8..12)?.try_into().ok()?;
            Some(Ipv4Addr::from(octets).into())
        }
        // `struct in6_pktinfo`: address, interface.
        (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO) => {
            let octets: [u8; 16] = data.get(..16)?.try_into().ok()?;
            Some(Ipv6Addr::from(octets).into())
        }
        _ => None,
    }
}

/// A control buffer that names the source address; the interface is the socket's.
fn source(from: IpAddr) -> Vec<u8> {
    let (level, kind, data) = match from {
        IpAddr::V4(from) => {
            let data = [&[0; 4], from.octets().as_slice(), &[0; 4]].concat();
            (libc::IPPROTO_IP, libc::IP_PKTINFO, data)
        }
        IpAddr::V6(from) => {
            let data = [from.octets().as_slice(), &[0; 4]].concat();
            (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO, data)
        }
    };
    let length = HEADER + data.len();
    let mut control = length.to_ne_bytes().to_vec();
    control.extend(level.to_ne_bytes());
    control.extend(kind.to_ne_bytes());
    control.extend(data);
    // The kernel wants whole words (CMSG_SPACE).
    control.resize(length.next_multiple_of(size_of::<usize>()), 0);
    control
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};

    use socket2::{Domain, Protocol, Socket, Type};

    use super::{destination, enable, receive, send, source};

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["192.0.2.1", "2001:db8::1"] {
            let address: IpAddr = text.parse().unwrap();
            let control = source(address);
            // In what is sent, IPv4's address stands in the second place, in what comes in the third.
            if address.is_ipv6() {
                assert_eq!(destination(&control), Some(address));
            }
            for length in 0..control.len() - 4 {
                assert_eq!(destination(&control[..length]), None);
            }
        }
    }

    #[test]
    fn an_answer_leaves_from_the_address_that_was_asked() {
        for (asked, any) in [("127.0.0.7", "0.0.0.0"), ("::1", "::")] {
            let v6 = asked.contains(':');
            let domain = if v6 { Domain::IPV6 } else { Domain::IPV4 };
            let server = Socket::new(domain, Type::DGRAM, Some(Protocol::UDP)).unwrap();
            if v6 {
                server.set_only_v6(true).unwrap();
            }
            enable(&server, v6).unwrap();
            server
                .bind(&SocketAddr::new(any.parse().unwrap(), 0).into())
                .unwrap();
            let port = server.local_addr().unwrap().as_socket().unwrap().port();
            let asked: IpAddr = asked.parse().unwrap();
            let client = std::net::UdpSocket::bind((any, 0)).unwrap();
            // A connected socket hears nobody else.
            client.connect((asked, port)).unwrap();
            client.send(b"question").unwrap();
            let mut buffer = [0; 64];
            let ends = receive(&server, &mut buffer).unwrap();
            assert_eq!((ends.to, &buffer[..ends.length]), (asked, b"question".as_slice()));
            send(&server, b"answer", ends.to, ends.from).unwrap();
            assert_eq!(client.recv(&mut buffer).unwrap(), 6);
            client.send(&[0; 65]).unwrap();
            assert!(receive(&server, &mut buffer).is_err(), "a datagram too long");
        }
    }
}
