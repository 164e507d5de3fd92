//! The same with both processes and the kernel: stations with a session, each of which sends a packet between
//! two readings.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Result;

use crate::bed::{Bed, INTERNET, address};
use crate::case;
use crate::processor::{of_thread, on_cpu};
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
    let Shares {
        portico,
        netd,
        learning,
    } = std::thread::scope(|scope| {
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
    case.figure("accounting_share", portico + netd, share, goal)
        .print();
    case.figure("learning_share", learning, share, None).print();
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

/// Per cent of a core.
struct Shares {
    portico: f64,
    /// Without the thread below.
    netd: f64,
    /// What learns flows for the fast path: none of these is answered, so that each packet of theirs may be a new one.
    learning: f64,
}

/// What each takes.
fn watch(bed: &mut Bed) -> Result<Shares> {
    let watched = if is_smoke() {
        Duration::from_secs(2)
    } else {
        std::thread::sleep(Duration::from_secs(20));
        WATCHED
    };
    let (portico, netd) = (bed.portico()?.pid(), bed.netd()?.pid());
    let used = || -> Result<[f64; 3]> {
        let learning = of_thread(netd, "fast path")?;
        Ok([on_cpu(portico)?, on_cpu(netd)? - learning, learning])
    };
    let (began, before) = (tick(), used()?);
    std::thread::sleep(watched);
    let (passed, after) = (tick().saturating_sub(began).as_secs_f64(), used()?);
    let share = |place: usize| (after[place] - before[place]) / passed * 100.0;
    Ok(Shares {
        portico: share(0),
        netd: share(1),
        learning: share(2),
    })
}
