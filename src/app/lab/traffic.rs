//! What a phone does with the Internet once it is there, and tries while it is not.

use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use socket2::{Domain, Protocol, Socket, Type};

use super::dns::Family;
use super::http;
use super::meter::{Measured, Meter};
use super::phone::Phone;
use super::plan;

/// How long an attempt waits for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// A full bucket is empty after about one second of twice its rate; measuring begins then.
const BUCKET: Duration = Duration::from_secs(2);

/// What became of an attempt to reach somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The other side answered.
    Answered,
    /// Somebody said no at once (TCP reset, ICMP).
    Refused,
    /// Nothing came back.
    Silent,
}

impl std::fmt::Display for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Silent => "silent",
        })
    }
}

impl Reach {
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Self::Silent,
            _ => Self::Refused,
        }
    }
}

impl Phone {
    /// A TCP connection from the phone.
    ///
    /// # Errors
    /// The kernel's, as connecting gave it.
    pub fn connect(&self, to: SocketAddr, patience: Duration) -> io::Result<TcpStream> {
        let connected = self
            .namespace()
            .within(|| TcpStream::connect_timeout(&to, patience))
            .map_err(io::Error::other)?;
        let stream = connected?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        Ok(stream)
    }

    /// Whether a TCP connection comes about.
    #[must_use]
    pub fn tcp(&self, to: SocketAddr) -> Reach {
        self.connect(to, PATIENCE)
            .map_or_else(|error| Reach::of(&error), |_| Reach::Answered)
    }

    /// Whether a UDP packet is answered.
    ///
    /// # Errors
    /// The phone has no route.
    pub fn udp_probe(&self, to: SocketAddr) -> Result<Reach> {
        let socket = self.udp(to)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let asked = socket.send(b"are you there?");
        let answered = asked.and_then(|_| socket.recv(&mut [0; 1_500]));
        Ok(answered.map_or_else(|error| Reach::of(&error), |_| Reach::Answered))
    }

    /// Whether an echo request is answered.
    ///
    /// # Errors
    /// No ICMP socket.
    pub fn ping(&self, to: IpAddr) -> Result<Reach> {
        let (domain, protocol, request) = match to {
            IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4, 8),
            IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6, 128),
        };
        let socket = self
            .namespace()
            .within(|| Socket::new(domain, Type::DGRAM, Some(protocol)))?
            .context("no ICMP socket")?;
        socket.set_read_timeout(Some(PATIENCE))?;
        // Type, code, checksum (the kernel's), identifier (the kernel's), sequence 1.
        let packet = [request, 0, 0, 0, 0, 0, 0, 1, b'h', b'i'];
        let asked = socket
            .connect(&SocketAddr::new(to, 0).into())
            .and_then(|()| socket.send(&packet));
        let answered = asked.and_then(|_| (&socket).read(&mut [0; 1_500]));
        Ok(answered.map_or_else(|error| Reach::of(&error), |_| Reach::Answered))
    }

    /// Downloads for that many seconds from the city server.
    ///
    /// # Errors
    /// It cannot be reached, or stands still.
    pub fn download(&self, family: Family, seconds: u64) -> Result<Measured> {
        let mut stream = self.connect(SocketAddr::new(plan::city(family), 80), PATIENCE)?;
        let request = format!("GET /bulk?seconds={seconds} HTTP/1.1\r\nHost: city.example\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut meter = Meter::new(BUCKET);
        let mut block = [0; 16_384];
        loop {
            let length = stream.read(&mut block).context("the download stands still")?;
            if length == 0 || meter.elapsed_ms() > seconds.saturating_mul(1_000) {
                return Ok(meter.measured());
            }
            meter.add(length);
        }
    }

    /// Uploads for that many seconds to the city server, which measures.
    ///
    /// # Errors
    /// It cannot be reached, or stands still.
    pub fn upload(&self, family: Family, seconds: u64) -> Result<Measured> {
        let mut stream = self.connect(SocketAddr::new(plan::city(family), 80), PATIENCE)?;
        let skip = BUCKET.as_millis();
        let request = format!("POST /upload?skip_ms={skip} HTTP/1.1\r\nHost: city.example\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let meter = Meter::new(Duration::ZERO);
        let block = [0x50; 16_384];
        while meter.elapsed_ms() < seconds.saturating_mul(1_000) {
            stream.write_all(&block).context("the upload stands still")?;
        }
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut reader = BufReader::new(stream);
        let mut answer = http::read_head(&mut reader)?.context("the upload was not acknowledged")?;
        http::read_body(&mut reader, &mut answer, true)?;
        let text = answer.text();
        let Some((Ok(bytes), Ok(bytes_per_second))) =
            text.split_once(' ').map(|(a, b)| (a.parse(), b.parse()))
        else {
            bail!("the city server measured {text:?}");
        };
        Ok(Measured {
            bytes,
            bytes_per_second,
        })
    }

    /// Begins a stream of small numbered packets to the city server's echo, one each five
    /// milliseconds, until [`EchoStream::finish`].
    ///
    /// # Errors
    /// No route.
    pub fn echo_stream(&self, family: Family) -> Result<EchoStream> {
        let socket = self.udp(SocketAddr::new(plan::city(family), plan::ECHO_PORTS[0]))?;
        EchoStream::start(socket)
    }
}

/// A running stream of echoes.
#[derive(Debug)]
pub struct EchoStream {
    stop: Arc<AtomicBool>,
    sender: JoinHandle<u64>,
    receiver: JoinHandle<u64>,
}

/// How a stream of echoes went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EchoCount {
    /// Packets sent.
    pub sent: u64,
    /// Different packets that came back.
    pub returned: u64,
}

impl EchoStream {
    const PACE: Duration = Duration::from_millis(5);

    fn start(socket: UdpSocket) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        // Long enough for the last echo, short enough to end soon after it.
        socket.set_read_timeout(Some(Duration::from_secs(1)))?;
        let (outgoing, sending) = (socket.try_clone()?, Arc::clone(&stop));
        let sender = std::thread::spawn(move || {
            let mut sent = 0_u64;
            while !sending.load(Ordering::Relaxed) {
                // A refusal counts as sent and not returned, which is what it is.
                let _sent = outgoing.send(&sent.to_be_bytes());
                sent += 1;
                std::thread::sleep(Self::PACE);
            }
            sent
        });
        let receiving = Arc::clone(&stop);
        let receiver = std::thread::spawn(move || {
            let mut seen = std::collections::BTreeSet::new();
            let mut packet = [0; 64];
            loop {
                match socket.recv(&mut packet) {
                    Ok(length) => {
                        seen.insert(packet[..length].to_vec());
                    }
                    Err(_) if receiving.load(Ordering::Relaxed) => {
                        return u64::try_from(seen.len()).unwrap_or(0);
                    }
                    Err(_) => {}
                }
            }
        });
        Ok(Self {
            stop,
            sender,
            receiver,
        })
    }

    /// Stops sending, waits for the last echoes and counts.
    ///
    /// # Errors
    /// A thread of it panicked.
    pub fn finish(self) -> Result<EchoCount> {
        self.stop.store(true, Ordering::Relaxed);
        let (Ok(sent), Ok(returned)) = (self.sender.join(), self.receiver.join()) else {
            bail!("the echo stream ended early");
        };
        Ok(EchoCount { sent, returned })
    }
}
