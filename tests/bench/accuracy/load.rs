//! One station at full load, and its echoes meanwhile.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use socket2::{Domain, Socket, Type};

use super::gateway::{Gateway, SERVER, address};
use super::report::{ms_since, quantile, tick};

const STREAM: u16 = 5_001;
const DATAGRAMS: u16 = 5_002;
const ECHO: u16 = 5_003;
/// Bytes of payload in a packet of 1,500.
const TCP_PAYLOAD: f64 = 1_448.0;
const UDP_PAYLOAD: usize = 1_472;
/// UDP offers so many times what the plan allows.
const OFFERED: f64 = 1.3;
/// And so many times before counting begins, so that what the bucket has saved up is used.
const DRAINING: f64 = 3.0;
/// Between two echoes, and how long one is waited for.
const PACE: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_millis(250);

/// What loads the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protocol {
    Cubic,
    Bbr,
    Udp,
}

/// How long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) skip: Duration,
    pub(crate) count: Duration,
    /// Echoes before the load.
    pub(crate) idle_echoes: usize,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// IP packets that arrived, Mbit/s.
    pub(crate) megabits: f64,
    /// Median echo, milliseconds.
    pub(crate) idle_ms: f64,
    pub(crate) loaded_ms: f64,
    /// Share of the echoes under load that never came back.
    pub(crate) lost: f64,
}

/// What came of some echoes.
#[derive(Default)]
struct Echoes {
    /// Milliseconds of each that came back.
    taken: Vec<f64>,
    sent: u32,
}

/// Measures once.
pub(crate) fn run(
    gateway: &Gateway,
    protocol: Protocol,
    upward: bool,
    plan: u32,
    times: Times,
) -> Result<Outcome> {
    let stop = Arc::new(AtomicBool::new(false));
    let echo = echo_server(gateway, &stop)?;
    let station = gateway.street.within(|| UdpSocket::bind((address(0), 0)))??;
    station.connect((SERVER, ECHO))?;
    station.set_read_timeout(Some(PATIENCE))?;
    let idle = echoes(&station, times.idle_echoes, &stop);
    let loaded = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || echoes(&station, usize::MAX, &stop))
    };
    let megabits = match protocol {
        Protocol::Cubic => tcp(gateway, "cubic", upward, times),
        Protocol::Bbr => tcp(gateway, "bbr", upward, times),
        Protocol::Udp => udp(gateway, upward, plan, times),
    };
    stop.store(true, Ordering::Relaxed);
    let (Ok(loaded), Ok(())) = (loaded.join(), echo.join()) else {
        bail!("the echoes ended early");
    };
    ensure!(!idle.taken.is_empty(), "no echo of an idle station came back");
    ensure!(!loaded.taken.is_empty(), "no echo came back under load");
    let back = f64::from(u32::try_from(loaded.taken.len())?);
    Ok(Outcome {
        megabits: megabits.with_context(|| {
            let way = if upward { "up" } else { "down" };
            format!("{protocol:?}, {way}, at {plan} Mbit/s")
        })?,
        idle_ms: quantile(&idle.taken, 500),
        loaded_ms: quantile(&loaded.taken, 500),
        lost: 1.0 - back / f64::from(loaded.sent),
    })
}

/// One after the other.
fn echoes(socket: &UdpSocket, most: usize, stop: &AtomicBool) -> Echoes {
    let mut echoes = Echoes::default();
    while echoes.taken.len() < most && !stop.load(Ordering::Relaxed) && echoes.sent < 10_000 {
        echoes.sent += 1;
        let begun = tick();
        if socket.send(&echoes.sent.to_be_bytes()).is_ok() {
            let mut answer = [0; 4];
            while let Ok(4) = socket.recv(&mut answer) {
                if u32::from_be_bytes(answer) == echoes.sent {
                    echoes.taken.push(ms_since(begun));
                    break;
                }
            }
        }
        std::thread::sleep(PACE);
    }
    echoes
}

fn echo_server(gateway: &Gateway, stop: &Arc<AtomicBool>) -> Result<std::thread::JoinHandle<()>> {
    let socket = gateway.internet.within(|| UdpSocket::bind((SERVER, ECHO)))??;
    socket.set_read_timeout(Some(PATIENCE))?;
    let stop = Arc::clone(stop);
    Ok(std::thread::spawn(move || {
        let mut packet = [0; 64];
        while !stop.load(Ordering::Relaxed) {
            if let Ok((length, from)) = socket.recv_from(&mut packet) {
                let _ = socket.send_to(&packet[..length], from);
            }
        }
    }))
}

fn tcp(gateway: &Gateway, control: &str, upward: bool, times: Times) -> Result<f64> {
    let socket = || -> std::io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_tcp_congestion(control.as_bytes())?;
        socket.set_reuse_address(true)?;
        Ok(socket)
    };
    let server = SocketAddr::from((SERVER, STREAM));
    let listener: TcpListener = gateway.internet.within(|| -> std::io::Result<TcpListener> {
        let socket = socket()?;
        socket.bind(&server.into())?;
        socket.listen(1)?;
        Ok(socket.into())
    })??;
    let station: TcpStream = gateway.street.within(|| -> std::io::Result<TcpStream> {
        let socket = socket()?;
        socket.connect_timeout(&server.into(), Duration::from_secs(5))?;
        Ok(socket.into())
    })??;
    let (server, _) = listener.accept()?;
    let (mut sender, mut receiver) = if upward {
        (station, server)
    } else {
        (server, station)
    };
    let total = times.skip + times.count;
    sender.set_write_timeout(Some(total))?;
    receiver.set_read_timeout(Some(total))?;
    let sending = std::thread::spawn(move || {
        let block = vec![0x50; 16_384];
        let begun = tick();
        // Ends when the receiver has seen enough and closes.
        while tick().saturating_sub(begun) < total * 2 && sender.write_all(&block).is_ok() {}
    });
    let mut block = vec![0; 65_536];
    let megabits = count(times, TCP_PAYLOAD, || Ok(receiver.read(&mut block)?));
    drop(receiver);
    ensure!(sending.join().is_ok(), "the sender ended early");
    megabits
}

fn udp(gateway: &Gateway, upward: bool, plan: u32, times: Times) -> Result<f64> {
    let station = gateway.street.within(|| UdpSocket::bind((address(0), 0)))??;
    station.connect((SERVER, DATAGRAMS))?;
    let server = gateway
        .internet
        .within(|| UdpSocket::bind((SERVER, DATAGRAMS)))??;
    let patience = Some(Duration::from_secs(2));
    server.set_read_timeout(patience)?;
    station.set_read_timeout(patience)?;
    // Of the address the translation gave it.
    station.send(b"hello")?;
    let (_, translated) = server
        .recv_from(&mut [0; 64])
        .context("UDP does not get through")?;
    server.connect(translated)?;
    let (sender, receiver) = if upward {
        (station, server)
    } else {
        (server, station)
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let sending = std::thread::spawn(move || {
        let packet = vec![0x50; UDP_PAYLOAD];
        let per_ms = f64::from(plan) * 125.0 / 1_500.0;
        let (begun, skip) = (tick(), times.skip.as_secs_f64() * 1e3);
        let mut sent = 0.0;
        while !stopped.load(Ordering::Relaxed) {
            let now = ms_since(begun);
            let due = now.min(skip) * DRAINING + (now - skip).max(0.0) * OFFERED;
            while sent < due * per_ms {
                let _ = sender.send(&packet);
                sent += 1.0;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    });
    let mut block = vec![0; 2_048];
    let payload = f64::from(u32::try_from(UDP_PAYLOAD)?);
    let megabits = count(times, payload, || Ok(receiver.recv(&mut block)?));
    stop.store(true, Ordering::Relaxed);
    ensure!(sending.join().is_ok(), "the sender ended early");
    megabits
}

/// Reads for so long; megabits of IP per second after what is skipped.
fn count(times: Times, payload: f64, mut read: impl FnMut() -> Result<usize>) -> Result<f64> {
    let begun = tick();
    let (skip, all) = (
        times.skip.as_secs_f64() * 1e3,
        (times.skip + times.count).as_secs_f64() * 1e3,
    );
    let mut bytes = 0_usize;
    loop {
        let length = read()?;
        ensure!(length > 0, "the other side has closed");
        let now = ms_since(begun);
        if now >= all {
            break;
        }
        if now >= skip {
            bytes += length;
        }
    }
    ensure!(bytes > 0, "nothing arrived");
    let megabits = f64::from(u32::try_from(bytes)?) * 8.0 / 1e6;
    Ok(megabits / times.count.as_secs_f64() * 1_500.0 / payload)
}
