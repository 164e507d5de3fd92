//! Slow requests: many connections at once, each of which says a byte a second and never comes to the end.

use std::ops::Range;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Result, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use socket2::Socket;

use super::report::tick;
use super::{Done, Signals, connect};

/// Between two bytes of a connection.
const BYTE: Duration = Duration::from_secs(1);
/// Between two looks at all of them, and how many are opened after each.
const GLANCE: Duration = Duration::from_millis(20);
const OPENED: usize = 40;
/// Of those that are wanted, this share stands at once: the portal closes each after some seconds.
const HELD: f64 = 0.9;

struct Connection {
    station: u32,
    /// `None` until it is opened anew.
    socket: Option<Socket>,
    established: bool,
    /// When it says its next byte.
    due: Duration,
}

/// So many at once until stopped, from these stations in turn; what the portal has closed is opened anew.
pub(crate) fn hold(most: u32, stations: Range<u32>, signals: &Signals, done: &mut Done) -> Result<()> {
    let mut connections: Vec<Connection> = stations
        .cycle()
        .zip(0..most)
        .map(|(station, _)| Connection {
            station,
            socket: None,
            established: false,
            due: Duration::ZERO,
        })
        .collect();
    let enough = f64::from(most) * HELD;
    let (mut sum, mut glances) = (0.0, 0.0);
    while !signals.stop.load(Ordering::Relaxed) {
        tend(&mut connections, done)?;
        let standing = connections.iter().filter(|one| one.established).count();
        let standing = f64::from(u32::try_from(standing)?);
        if signals.begun.load(Ordering::Relaxed) {
            sum += standing;
            glances += 1.0;
        } else if standing >= enough {
            signals.begun.store(true, Ordering::Relaxed);
        }
        std::thread::sleep(GLANCE);
    }
    let held = sum / glances;
    ensure!(
        held >= enough,
        "only {held:.0} of {most} connections stood at once"
    );
    done.held.push(held);
    Ok(())
}

/// Sees which have come about and which are gone, has those speak that are due, and opens some.
fn tend(connections: &mut [Connection], done: &mut Done) -> Result<()> {
    let (now, mut opened) = (tick(), 0);
    let sockets: Vec<&Socket> = connections.iter().filter_map(|one| one.socket.as_ref()).collect();
    let mut states = states(&sockets)?.into_iter();
    for one in connections {
        if let Some(socket) = &one.socket {
            let state = states.next().unwrap_or(PollFlags::HUP);
            // Whoever has said so little gets no answer: what comes is the end.
            let ended = state.intersects(PollFlags::IN | PollFlags::ERR | PollFlags::HUP);
            if !ended && state.contains(PollFlags::OUT) {
                if !one.established {
                    one.established = true;
                    done.established += 1.0;
                }
                if one.due <= now {
                    one.due = now + BYTE;
                    // Closed in this moment: seen at the next glance.
                    let _ = socket.send(b"G");
                }
            }
            if ended {
                (one.socket, one.established) = (None, false);
            }
        }
        if one.socket.is_none() && opened < OPENED {
            opened += 1;
            done.sent += 1.0;
            (one.socket, one.due) = (Some(connect(one.station)?), Duration::ZERO);
        }
    }
    Ok(())
}

/// What is to be said of each connection just now: nothing of those that have not been answered.
pub(crate) fn states(sockets: &[&Socket]) -> Result<Vec<PollFlags>> {
    let all = PollFlags::IN | PollFlags::OUT;
    let mut asked: Vec<PollFd<'_>> = sockets.iter().map(|socket| PollFd::new(*socket, all)).collect();
    poll(&mut asked, Some(&Timespec::default()))?;
    Ok(asked.iter().map(PollFd::revents).collect())
}
