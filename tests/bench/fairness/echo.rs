//! Echoes of a station that does nothing else.

use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, bail};

use super::bed::{Bed, INTERNET, address};
use super::report::{ms_since, tick};

const PORT: u16 = 5_003;
/// Between two echoes, and how long one is waited for.
const PACE: Duration = Duration::from_millis(25);
const PATIENCE: Duration = Duration::from_millis(500);

/// Milliseconds of each echo; one that is lost took as long as it was waited for.
pub(crate) struct Echoes {
    stop: Arc<AtomicBool>,
    server: JoinHandle<()>,
    station: JoinHandle<Vec<f64>>,
}

impl Echoes {
    /// Begins, and goes on until [`Echoes::end`].
    pub(crate) fn begin(bed: &Bed, station: u32) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let server = bed.internet.within(|| UdpSocket::bind((INTERNET, PORT)))??;
        server.set_read_timeout(Some(PATIENCE))?;
        let socket = bed.street.within(|| UdpSocket::bind((address(station), 0)))??;
        socket.connect((INTERNET, PORT))?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let (here, there) = (Arc::clone(&stop), Arc::clone(&stop));
        Ok(Self {
            stop,
            server: std::thread::spawn(move || answer(&server, &there)),
            station: std::thread::spawn(move || ask(&socket, &here)),
        })
    }

    /// Ends.
    pub(crate) fn end(self) -> Result<Vec<f64>> {
        self.stop.store(true, Ordering::Relaxed);
        match (self.station.join(), self.server.join()) {
            (Ok(taken), Ok(())) if !taken.is_empty() => Ok(taken),
            _ => bail!("the echoes ended early"),
        }
    }
}

fn answer(socket: &UdpSocket, stop: &AtomicBool) {
    let mut packet = [0; 64];
    while !stop.load(Ordering::Relaxed) {
        if let Ok((length, from)) = socket.recv_from(&mut packet) {
            let _ = socket.send_to(&packet[..length], from);
        }
    }
}

fn ask(socket: &UdpSocket, stop: &AtomicBool) -> Vec<f64> {
    let mut taken = Vec::new();
    let mut number = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        number += 1;
        let begun = tick();
        if socket.send(&number.to_be_bytes()).is_ok() {
            let mut packet = [0; 8];
            while let Ok(8) = socket.recv(&mut packet) {
                if u64::from_be_bytes(packet) == number {
                    break;
                }
            }
        }
        taken.push(ms_since(begun));
        std::thread::sleep(PACE);
    }
    taken
}
