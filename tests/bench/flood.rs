//! What one station without access can do to the others: it floods small packets as fast as it can, opens
//! connections to port 80 in a storm, or opens many and says a byte a second on each. A single station may
//! have few of those, so there it poses as many: addresses cost nothing. Meanwhile one who is
//! online downloads at the speed of its plan (100 Mbit/s), and others look at the portal's page. Quiet and
//! attacked times take turns. Needs root.

mod bed;
mod crowd;
mod report;
#[path = "flood/slow.rs"]
mod slow;

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use portico::app::lab::daemon::poll;
use portico::app::lab::isolation::Namespace;
use socket2::{Domain, Socket, Type};

use bed::{Bed, GATEWAY, INTERNET, address};
use report::{Figure, Goal, is_smoke, ms_since, quantile, say, tick};

/// Online.
const READER: u32 = 1;
/// Without access.
const ATTACKER: u32 = 2;
/// People who look at the page again and again.
const VISITORS: Range<u32> = 10..42;
/// Between two looks of one of them.
const PACE: Duration = Duration::from_millis(100);
const BULK: u16 = 7_001;
/// Connections that a storm keeps open at once.
const OPEN: usize = 256;
/// As whom the slow requests come.
const POSES: Range<u32> = 100..260;
/// An attack is at its height after so long.
const HEIGHT: Duration = Duration::from_secs(30);

/// How much is done.
struct Scale {
    rounds: usize,
    time: Duration,
    /// Slow requests at once.
    slow: u32,
    /// At the beginning of a download the second's worth of rate passes that the kernel has saved up.
    skip: Duration,
}

const FULL: Scale = Scale {
    rounds: 7,
    time: Duration::from_secs(5),
    slow: 2_000,
    skip: Duration::from_millis(1_500),
};
const SMOKE: Scale = Scale {
    rounds: 1,
    time: Duration::from_millis(500),
    slow: 200,
    skip: Duration::ZERO,
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Attack {
    SmallPackets,
    Connections,
    SlowRequests,
}

/// What others saw.
#[derive(Default)]
struct Seen {
    /// Bytes per second, one for each round.
    rates: Vec<f64>,
    /// Milliseconds of each look.
    looks: Vec<f64>,
}

fn main() -> Result<()> {
    let scale = if is_smoke() { SMOKE } else { FULL };
    let mut bed = Bed::build(1_000, &[READER..VISITORS.end, POSES])?;
    bed.start_netd()?;
    bed.preload(READER..READER + 1)?;
    bed.start_portico(1)?;
    let server = listen(&bed.internet)?;
    for (attack, name) in [
        (Attack::SmallPackets, "64-byte packets"),
        (Attack::Connections, "connections to port 80"),
        (Attack::SlowRequests, "slow requests"),
    ] {
        let (mut quiet, mut attacked) = (Seen::default(), Seen::default());
        let mut done = Done::default();
        for round in 1..=scale.rounds {
            say(&format!("{name}: round {round} of {}", scale.rounds));
            watch(&bed, &server, &scale, &mut quiet)?;
            let signals = Signals::default();
            std::thread::scope(|scope| -> Result<()> {
                let attacking = scope.spawn(|| bed.street.within(|| attack.run(&scale, &signals, &mut done)));
                let begun = poll(HEIGHT, || signals.begun.load(Ordering::Relaxed).then_some(()))
                    .context("the attack does not come to its height");
                let seen = begun.and_then(|()| watch(&bed, &server, &scale, &mut attacked));
                signals.stop.store(true, Ordering::Relaxed);
                let Ok(attacking) = attacking.join() else {
                    bail!("the attack ended early");
                };
                attacking??;
                seen
            })?;
        }
        ensure!(done.sent > 0.0, "{name}: nothing was sent");
        tell(name, &quiet, &attacked, &done);
    }
    Ok(())
}

/// Between an attack and those who look at what it does.
#[derive(Default)]
struct Signals {
    begun: AtomicBool,
    stop: AtomicBool,
}

/// What an attack came to, over all rounds.
#[derive(Default)]
struct Done {
    /// Packets, or attempts to connect.
    sent: f64,
    /// Connections that came about.
    established: f64,
    /// Connections that stood at once on the mean, of each round.
    held: Vec<f64>,
}

impl Attack {
    /// Until stopped.
    fn run(self, scale: &Scale, signals: &Signals, done: &mut Done) -> Result<()> {
        let Signals { begun, stop } = signals;
        match self {
            Self::SmallPackets => {
                let socket = UdpSocket::bind(SocketAddr::new(address(ATTACKER).into(), 0))?;
                // Unconnected: what comes back does not stop it. 62 bytes of headers leave none for content.
                let to = SocketAddr::new(INTERNET.into(), 9);
                begun.store(true, Ordering::Relaxed);
                while !stop.load(Ordering::Relaxed) {
                    let _ = socket.send_to(&[], to);
                    done.sent += 1.0;
                }
            }
            Self::Connections => {
                let mut open: VecDeque<Socket> = VecDeque::new();
                begun.store(true, Ordering::Relaxed);
                while !stop.load(Ordering::Relaxed) {
                    open.push_back(connect(ATTACKER)?);
                    done.sent += 1.0;
                    if open.len() > OPEN
                        && let Some(oldest) = open.pop_front()
                    {
                        // Also one that the portal has closed meanwhile.
                        let answered = !slow::states(&[&oldest])?[0].is_empty();
                        done.established += f64::from(u8::from(answered));
                    }
                }
                ensure!(done.established > 0.0, "no connection came about");
            }
            Self::SlowRequests => slow::hold(scale.slow, POSES, signals, done)?,
        }
        Ok(())
    }
}

/// A station's connection to port 80, on its way.
fn connect(station: u32) -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(address(station).into(), 0).into())?;
    socket.set_nonblocking(true)?;
    socket.set_linger(Some(Duration::ZERO))?;
    // "In progress" is all it says.
    let _ = socket.connect(&SocketAddr::new(GATEWAY.into(), 80).into());
    Ok(socket)
}

/// One download and the visitors, for so long.
fn watch(bed: &Bed, server: &TcpListener, scale: &Scale, seen: &mut Seen) -> Result<()> {
    let stream: TcpStream = bed.street.within(|| -> std::io::Result<TcpStream> {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, None)?;
        socket.bind(&SocketAddr::new(address(READER).into(), 0).into())?;
        let to = SocketAddr::new(INTERNET.into(), BULK);
        socket.connect_timeout(&to.into(), Duration::from_secs(10))?;
        Ok(socket.into())
    })??;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (mut sender, _) = server.accept()?;
    sender.set_write_timeout(Some(Duration::from_secs(10)))?;
    let sending = std::thread::spawn(move || {
        let block = vec![0x50; 16_384];
        // Ends when the reader closes.
        while sender.write_all(&block).is_ok() {}
    });
    let (time, skip) = (scale.time, scale.skip);
    let reading = std::thread::spawn(move || download(stream, time, skip));
    let looks = crowd::look(bed, VISITORS, time, PACE)?;
    let (Ok(rate), Ok(())) = (reading.join(), sending.join()) else {
        bail!("the download ended early");
    };
    seen.rates.push(rate?);
    seen.looks.extend(looks.all()?);
    Ok(())
}

/// Bytes per second after what is skipped.
fn download(mut stream: TcpStream, time: Duration, skip: Duration) -> Result<f64> {
    let mut block = vec![0; 65_536];
    let begun = tick();
    let mut bytes = 0_usize;
    while tick().saturating_sub(begun) < time {
        let length = stream.read(&mut block).context("the download stands still")?;
        if tick().saturating_sub(begun) >= skip {
            bytes += length;
        }
    }
    Ok(f64::from(u32::try_from(bytes)?) * 1e3 / (ms_since(begun) - skip.as_secs_f64() * 1e3))
}

fn listen(internet: &Namespace) -> Result<TcpListener> {
    let listener = internet.within(|| TcpListener::bind(SocketAddr::new(INTERNET.into(), BULK)))?;
    listener.context("the server cannot listen")
}

fn tell(case: &str, quiet: &Seen, attacked: &Seen, done: &Done) {
    let shares: Vec<f64> = attacked
        .rates
        .iter()
        .zip(&quiet.rates)
        .map(|(of, by)| of / by)
        .collect();
    let megabits = |rates: &[f64]| quantile(rates, 500) * 8.0 / 1e6;
    for (metric, value, unit, baseline, goal) in [
        (
            "download",
            megabits(&attacked.rates),
            "Mbit/s",
            Some(megabits(&quiet.rates)),
            None,
        ),
        (
            "share_of_quiet_download",
            quantile(&shares, 500),
            "1",
            None,
            Some(Goal::AtLeast(0.75)),
        ),
        (
            "page_p99",
            quantile(&attacked.looks, 990),
            "ms",
            Some(quantile(&quiet.looks, 990)),
            Some(Goal::AtMost(50.0)),
        ),
        ("sent_by_the_attacker", done.sent, "1", None, None),
        ("connections_established", done.established, "1", None, None),
        ("connections_held", quantile(&done.held, 500), "1", None, None),
    ] {
        // Small packets connect nothing, and only slow requests hold what they have.
        if value.is_nan() || metric == "connections_established" && value <= 0.0 {
            continue;
        }
        Figure {
            bench: "flood",
            case,
            metric,
            value,
            unit,
            baseline,
            goal,
        }
        .print();
    }
}
