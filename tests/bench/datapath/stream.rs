//! A TCP stream in packets of 1,500 bytes.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use socket2::{Domain, Socket, Type};

use super::gateway::{Gateway, SERVER};
use super::report::{Figure, Goal, ms_since, quantile, say, tick};
use super::small::{print_share, quotients};
use super::{Farm, Kind, Scale, Visit};

/// Where the server listens.
const PORT: u16 = 5_001;
/// Of a window, this much passes before counting begins: the start of TCP.
const WARM: f64 = 0.2;
/// A window is so many times as long as one of small packets.
const LONGER: u64 = 3;

/// Measures all rounds and prints the figures.
pub(crate) fn measure(scale: &Scale, farm: &Farm) -> Result<()> {
    let (gateways, visits) = (&farm.gateways, &farm.visits);
    // The stream is that of one station: how many others flow beside it does not matter here.
    let mut kinds: BTreeMap<usize, &Visit> = BTreeMap::new();
    for visit in visits {
        kinds.insert(visit.gateway, visit);
    }
    let mut listeners = BTreeMap::new();
    for &index in kinds.keys() {
        listeners.insert(index, prepare(&gateways[index])?);
    }
    let mut rates: BTreeMap<(usize, bool), Vec<f64>> = BTreeMap::new();
    let window = Duration::from_millis(scale.window * LONGER);
    for round in 0..scale.rounds {
        say(&format!("TCP: round {} of {}", round + 1, scale.rounds));
        let mut order: Vec<usize> = kinds.keys().copied().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            for upward in [true, false] {
                let rate = pass(&gateways[index], &listeners[&index], upward, window)?;
                rates.entry((index, upward)).or_default().push(rate);
            }
        }
    }
    tell(&kinds, &rates);
    Ok(())
}

/// One MTU is all that TCP hands down at once; a server listens.
fn prepare(gateway: &Gateway) -> Result<TcpListener> {
    for (namespace, device) in [(&gateway.street, "sta0"), (&gateway.internet, "net0")] {
        namespace.ip(&[format!("link set dev {device} gso_max_segs 1")])?;
    }
    let listening = gateway.internet.within(|| -> std::io::Result<TcpListener> {
        let socket = cubic()?;
        socket.bind(&SocketAddr::from((SERVER, PORT)).into())?;
        socket.listen(8)?;
        Ok(socket.into())
    })?;
    listening.context("the server cannot listen")
}

/// A socket whose congestion control is the same everywhere, whatever the machine's is.
fn cubic() -> std::io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.set_tcp_congestion(b"cubic")?;
    Ok(socket)
}

/// Bytes per second.
fn pass(gateway: &Gateway, listener: &TcpListener, upward: bool, window: Duration) -> Result<f64> {
    let server = SocketAddr::from((SERVER, PORT));
    let station = gateway
        .street
        .within(|| -> std::io::Result<TcpStream> {
            let socket = cubic()?;
            socket.connect_timeout(&server.into(), Duration::from_secs(5))?;
            Ok(socket.into())
        })?
        .context("the stream does not get through")?;
    let (server, _) = listener.accept()?;
    let (mut sender, receiver) = if upward {
        (station, server)
    } else {
        (server, station)
    };
    let sending = std::thread::spawn(move || -> std::io::Result<()> {
        let block = vec![0x50; 65_536];
        let begun = tick();
        while tick().saturating_sub(begun) < window {
            sender.write_all(&block)?;
        }
        sender.shutdown(Shutdown::Write)
    });
    let rate = drain(receiver, window.as_secs_f64() * 1e3)?;
    match sending.join() {
        Ok(sent) => sent?,
        Err(_) => bail!("the sender ended early"),
    }
    Ok(rate)
}

fn drain(mut receiver: TcpStream, window_ms: f64) -> Result<f64> {
    let mut block = vec![0; 262_144];
    let begun = tick();
    let (mut bytes, mut counted_from, mut until) = (0_usize, None, 0.0);
    loop {
        let length = receiver.read(&mut block)?;
        if length == 0 {
            break;
        }
        let now = ms_since(begun);
        match counted_from {
            None if now >= window_ms * WARM => counted_from = Some(now),
            None => {}
            Some(_) => {
                bytes += length;
                until = now;
            }
        }
    }
    let from = counted_from.context("too little passed")?;
    ensure!(until > from, "too little passed");
    Ok(f64::from(u32::try_from(bytes / 1_024)?) * 1_024.0 * 1e3 / (until - from))
}

fn tell(kinds: &BTreeMap<usize, &Visit>, rates: &BTreeMap<(usize, bool), Vec<f64>>) {
    let masquerade = kinds
        .iter()
        .find_map(|(&index, visit)| (visit.kind == Kind::Masquerade).then_some(index));
    for (&index, visit) in kinds {
        let case = match visit.kind {
            Kind::Plain | Kind::Masquerade => visit.kind.name().to_owned(),
            _ => visit.case(),
        };
        for upward in [true, false] {
            let own = &rates[&(index, upward)];
            let theirs = masquerade
                .filter(|&baseline| baseline != index)
                .map(|baseline| &rates[&(baseline, upward)]);
            let (rate, share) = if upward {
                ("tcp_1500_up", "share_of_masquerade_tcp_1500_up")
            } else {
                ("tcp_1500_down", "share_of_masquerade_tcp_1500_down")
            };
            Figure {
                bench: "datapath",
                case: &case,
                metric: rate,
                value: quantile(own, 500) * 8.0 / 1e6,
                unit: "Mbit/s",
                baseline: theirs.map(|theirs| quantile(theirs, 500) * 8.0 / 1e6),
                goal: None,
            }
            .print();
            if let Some(theirs) = theirs {
                let goal = matches!(visit.kind, Kind::Portico(_)).then_some(Goal::AtLeast(0.97));
                print_share(&case, share, &quotients(own, theirs), goal);
            }
        }
    }
}
