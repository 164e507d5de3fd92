//! One query to the gateway's resolver and its answer.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout, timeout_at};

use crate::wire::dns::{self, Query};

/// How long the resolver is waited for: a phone asks again after five seconds, and wants the page then.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// When the same is asked again: dnsmasq tries its other servers only then.
const AGAIN: Duration = Duration::from_secs(1);
/// Longest answer over UDP, bytes: what resolvers are told to send at most, and more.
const LONGEST_DATAGRAM: usize = 4_096;

/// By which transport a query came, and goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Udp,
    Tcp,
}

/// Asks; `None` when no answer to this very question came in time. `message` gets a number of its own,
/// which the answer bears.
pub(super) async fn ask(
    resolver: SocketAddr,
    transport: Transport,
    message: &mut [u8],
    query: &Query,
) -> Option<Vec<u8>> {
    let mut number = [0; 2];
    getrandom::fill(&mut number).ok()?;
    dns::set_id(message, u16::from_ne_bytes(number));
    let answer = match transport {
        Transport::Udp => over_udp(resolver, message, query).await,
        Transport::Tcp => timeout(PATIENCE, over_tcp(resolver, message)).await.ok()?,
    };
    answer
        .ok()
        .filter(|answer| dns::is_answer(answer, message, query))
}

/// Each query from a port of its own, by chance; the socket hears the resolver only.
async fn over_udp(resolver: SocketAddr, message: &[u8], query: &Query) -> std::io::Result<Vec<u8>> {
    let any: SocketAddr = if resolver.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any).await?;
    socket.connect(resolver).await?;
    let mut buffer = vec![0; LONGEST_DATAGRAM];
    let begin = Instant::now();
    for until in [begin + AGAIN, begin + PATIENCE] {
        socket.send(message).await?;
        while let Ok(received) = timeout_at(until, socket.recv(&mut buffer)).await {
            let length = received?;
            let answer = buffer.get(..length).unwrap_or_default();
            if length < LONGEST_DATAGRAM && dns::is_answer(answer, message, query) {
                return Ok(answer.to_vec());
            }
        }
    }
    Err(std::io::ErrorKind::TimedOut.into())
}

async fn over_tcp(resolver: SocketAddr, message: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(resolver).await?;
    write_framed(&mut stream, message).await?;
    read_framed(&mut stream, usize::from(u16::MAX)).await
}

/// Reads one message with its length before it (RFC 1035, 4.2.2), of `most` bytes at most.
pub(super) async fn read_framed(stream: &mut TcpStream, most: usize) -> std::io::Result<Vec<u8>> {
    let length = usize::from(stream.read_u16().await?);
    if length > most {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

/// Writes one message with its length before it.
pub(super) async fn write_framed(stream: &mut TcpStream, message: &[u8]) -> std::io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_| std::io::ErrorKind::InvalidData)?;
    let framed = [length.to_be_bytes().as_slice(), message].concat();
    stream.write_all(&framed).await
}
