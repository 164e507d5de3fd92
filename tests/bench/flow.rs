//! A flow of a granted station to the Internet and back: UDP echoes, a thousand a second, and a TCP
//! download beside them.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use portico::app::lab::isolation::Namespace;
use socket2::{Domain, Socket, Type};

use crate::bed::{Bed, INTERNET, address};
use crate::report::{ms_since, tick};

const ECHO: u16 = 7_000;
const BULK: u16 = 7_001;
const PACE: Duration = Duration::from_millis(1);
/// After this without anything, the last echo has come.
const PATIENCE: Duration = Duration::from_millis(500);

/// A running flow.
pub(crate) struct Flow {
    stop: Arc<AtomicBool>,
    sender: JoinHandle<u64>,
    receiver: JoinHandle<(usize, f64)>,
    servers: [JoinHandle<()>; 2],
    download: JoinHandle<()>,
    internet: Namespace,
    before: Repeated,
}

/// How it went.
#[derive(Clone, Copy)]
pub(crate) struct Lost {
    /// UDP packets sent.
    pub(crate) sent: f64,
    /// Of these, not come back.
    pub(crate) udp: f64,
    /// Longest time between two echoes, milliseconds.
    pub(crate) silence: f64,
    /// TCP segments that the server sent again.
    pub(crate) repeated: f64,
    /// Of these, how many the station already had and said so (RFC 2883): nothing was lost on the way to
    /// it, an acknowledgement came late because somebody had to wait for the processor. (One that is lost
    /// looks alike; the UDP echoes would tell.)
    pub(crate) needless: f64,
}

impl Lost {
    /// TCP segments that never arrived.
    pub(crate) fn tcp(self) -> f64 {
        (self.repeated - self.needless).max(0.0)
    }
}

/// What a namespace's TCP has sent again since it exists.
#[derive(Clone, Copy)]
struct Repeated {
    all: f64,
    needless: f64,
}

impl Flow {
    /// Begins.
    pub(crate) fn start(bed: &Bed, station: u32) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let servers = [echo_server(bed, &stop)?, bulk_server(bed, &stop)?];
        let before = Repeated::read(&bed.internet)?;
        let socket = bed
            .street
            .within(|| UdpSocket::bind(SocketAddr::new(address(station).into(), 0)))??;
        socket.connect(SocketAddr::new(INTERNET.into(), ECHO))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let (outgoing, sending, receiving) = (socket.try_clone()?, Arc::clone(&stop), Arc::clone(&stop));
        let sender = std::thread::spawn(move || send(&outgoing, &sending));
        let receiver = std::thread::spawn(move || receive(&socket, &receiving));
        let stream = bed.street.within(|| connect(station))??;
        let downloading = Arc::clone(&stop);
        let download = std::thread::spawn(move || drain(stream, &downloading));
        Ok(Self {
            stop,
            sender,
            receiver,
            servers,
            download,
            internet: bed.internet.clone(),
            before,
        })
    }

    /// Ends, and counts.
    pub(crate) fn finish(self) -> Result<Lost> {
        self.stop.store(true, Ordering::Relaxed);
        let (Ok(sent), Ok((returned, silence)), Ok(())) =
            (self.sender.join(), self.receiver.join(), self.download.join())
        else {
            bail!("the flow ended early");
        };
        let after = Repeated::read(&self.internet)?;
        for server in self.servers {
            if server.join().is_err() {
                bail!("a server ended early");
            }
        }
        let count = |number: u64| u32::try_from(number).map(f64::from);
        Ok(Lost {
            sent: count(sent)?,
            udp: count(sent.saturating_sub(u64::try_from(returned)?))?,
            silence,
            repeated: after.all - self.before.all,
            needless: after.needless - self.before.needless,
        })
    }
}

fn send(socket: &UdpSocket, stop: &AtomicBool) -> u64 {
    let mut sent = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        // A refusal counts as sent and not returned, which is what it is.
        let _ = socket.send(&sent.to_be_bytes());
        sent += 1;
        std::thread::sleep(PACE);
    }
    sent
}

/// Different packets that came back, and the longest time between two.
fn receive(socket: &UdpSocket, stop: &AtomicBool) -> (usize, f64) {
    let mut seen = BTreeSet::new();
    let (mut last, mut silence) = (tick(), 0.0_f64);
    let mut packet = [0; 64];
    loop {
        match socket.recv(&mut packet) {
            Ok(length) => {
                silence = silence.max(ms_since(last));
                last = tick();
                seen.insert(packet[..length].to_vec());
            }
            Err(_) if stop.load(Ordering::Relaxed) => return (seen.len(), silence),
            Err(_) => {}
        }
    }
}

fn echo_server(bed: &Bed, stop: &Arc<AtomicBool>) -> Result<JoinHandle<()>> {
    let socket = bed
        .internet
        .within(|| UdpSocket::bind(SocketAddr::new(INTERNET.into(), ECHO)))??;
    socket.set_read_timeout(Some(PATIENCE))?;
    let stop = Arc::clone(stop);
    Ok(std::thread::spawn(move || {
        let mut packet = [0; 64];
        loop {
            match socket.recv_from(&mut packet) {
                // One that does not arrive is counted by the receiver.
                Ok((length, from)) => drop(socket.send_to(&packet[..length], from)),
                Err(_) if stop.load(Ordering::Relaxed) => return,
                Err(_) => {}
            }
        }
    }))
}

/// Sends about 4 Mbit/s to the one who connects.
fn bulk_server(bed: &Bed, stop: &Arc<AtomicBool>) -> Result<JoinHandle<()>> {
    let listener = bed.internet.within(|| -> std::io::Result<TcpListener> {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
        socket.set_reuse_address(true)?;
        socket.bind(&SocketAddr::new(INTERNET.into(), BULK).into())?;
        socket.listen(1)?;
        Ok(socket.into())
    })??;
    let stop = Arc::clone(stop);
    Ok(std::thread::spawn(move || {
        let Ok((mut stream, _)) = listener.accept() else {
            return;
        };
        let block = [0x50; 2_500];
        while !stop.load(Ordering::Relaxed) {
            if stream.write_all(&block).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }))
}

fn connect(station: u32) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(address(station).into(), 0).into())?;
    socket.connect(&SocketAddr::new(INTERNET.into(), BULK).into())?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}

fn drain(mut stream: TcpStream, stop: &AtomicBool) {
    let mut block = [0; 16_384];
    loop {
        match stream.read(&mut block) {
            Ok(0) => return,
            Err(_) if stop.load(Ordering::Relaxed) => return,
            Ok(_) | Err(_) => {}
        }
    }
}

impl Repeated {
    /// `RetransSegs` (RFC 2012, `tcpRetransSegs`), and the duplicates that the other side reports
    /// (RFC 2883).
    fn read(namespace: &Namespace) -> Result<Self> {
        let file =
            |name| namespace.within(move || std::fs::read_to_string(format!("/proc/thread-self/net/{name}")));
        let (basic, extended) = (file("snmp")??, file("netstat")??);
        let old = counter(&extended, "TcpExt: ", "TCPDSACKRecv")?;
        let out_of_order = counter(&extended, "TcpExt: ", "TCPDSACKOfoRecv")?;
        Ok(Self {
            all: counter(&basic, "Tcp: ", "RetransSegs")?,
            needless: old + out_of_order,
        })
    }
}

/// A value of a file like `/proc/net/snmp`: a line of names, then one of values.
fn counter(text: &str, group: &str, name: &str) -> Result<f64> {
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(group));
    let (Some(names), Some(values)) = (lines.next(), lines.next()) else {
        bail!("no {group}");
    };
    let found = names
        .split(' ')
        .zip(values.split(' '))
        .find(|(known, _)| *known == name);
    let (_, value) = found.with_context(|| format!("no {name}"))?;
    Ok(value.parse()?)
}
