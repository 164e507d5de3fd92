//! The same with both processes and the kernel: stations with a session, each of which sends a packet between
//! two readings.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bed::{Bed, INTERNET, address};
use crate::case;
use crate::processor::on_cpu;
use crate::report::{Goal, is_smoke, say, tick};

/// Each station sends so often, and counters are read every ten seconds.
const PACE: Duration = Duration::from_secs(4);
/// Discard (RFC 863): nobody answers.
const PORT: u16 = 9;
/// The time that is looked at.
const WATCHED: Duration = Duration::from_mins(1);

pub(crate) fn measure(stations: u32) -> Result<()> {
    let name = format!("{stations} active stations");
    say(&format!("{name}: both processes"));
    let mut bed = Bed::build(stations + 1_024, std::slice::from_ref(&(0..stations)))?;
    bed.start_netd()?;
    bed.preload(0..stations)?;
    bed.start_portico(u64::from(stations))?;
    bed.wait_for_stored(i64::from(stations))?;
    let sockets = bed.street.within(|| {
        let open = (0..stations).map(|station| {
            let socket = UdpSocket::bind(SocketAddr::new(address(station).into(), 0))?;
            socket.connect(SocketAddr::new(INTERNET.into(), PORT))?;
            Ok(socket)
        });
        open.collect::<Result<Vec<UdpSocket>>>()
    })??;
    let stop = Arc::new(AtomicBool::new(false));
    let (portico, netd) = std::thread::scope(|scope| {
        scope.spawn(|| send(&sockets, &stop));
        let watched = watch(&mut bed);
        stop.store(true, Ordering::Relaxed);
        watched
    })?;
    let case = case(&name);
    let share = "% of a core";
    case.figure("portico_share", portico, share, None).print();
    case.figure("netd_share", netd, share, None).print();
    let goal = Some(Goal::AtMost(1.0));
    case.figure("both_share", portico + netd, share, goal).print();
    Ok(())
}

/// One packet of each in turn, spread over the time.
fn send(sockets: &[UdpSocket], stop: &AtomicBool) {
    let part = sockets.len().div_ceil(100).max(1);
    while !stop.load(Ordering::Relaxed) {
        for some in sockets.chunks(part) {
            for socket in some {
                // A full queue loses a packet: the next one counts.
                let _ = socket.send(&[0; 64]);
            }
            std::thread::sleep(PACE / 100);
        }
    }
}

/// Per cent of a core that each process takes.
fn watch(bed: &mut Bed) -> Result<(f64, f64)> {
    let watched = if is_smoke() {
        Duration::from_secs(2)
    } else {
        std::thread::sleep(Duration::from_secs(20));
        WATCHED
    };
    let pids = [bed.portico()?.pid(), bed.netd()?.pid()];
    let (began, before) = (tick(), pids.map(on_cpu));
    std::thread::sleep(watched);
    let passed = tick().saturating_sub(began).as_secs_f64();
    let after = pids.map(on_cpu);
    let [portico, netd] = [0, 1].map(|place: usize| -> Result<f64> {
        let used = after[place].as_ref().ok().zip(before[place].as_ref().ok());
        let (after, before) = used.context("a process has ended")?;
        Ok((after - before) / passed * 100.0)
    });
    Ok((portico?, netd?))
}
