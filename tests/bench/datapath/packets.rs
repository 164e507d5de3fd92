//! A generator of small packets: 64 bytes on the wire, each from or to another station, in random order.
//!
//! Everything is written beforehand, so that a window measures the kernel and not us: the gateway's
//! work is done inside our system call (a veth pair hands a packet on at once), and so is counted in
//! this thread's CPU time, whoever else uses the machine.

use std::io::IoSlice;
use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Result, bail};
use portico::model::Mac;
use rustix::net::{MMsgHdr, SendAncillaryBuffer, SendFlags, sendmmsg};
use rustix::time::{ClockId, clock_gettime};
use socket2::Socket;

use super::report::tick;

/// Packets handed over by one system call.
const BATCH: usize = 64;
/// An Ethernet frame of the shortest length, without its check sum of 4 bytes.
const LENGTH: usize = 60;

/// The end of one packet.
#[derive(Clone, Copy)]
pub(crate) struct End {
    pub(crate) mac: Mac,
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
}

/// Packets that go round and round.
pub(crate) struct Train {
    packets: Vec<MMsgHdr<'static>>,
    next: usize,
}

/// What a window saw.
#[derive(Clone, Copy)]
pub(crate) struct Sent {
    pub(crate) packets: f64,
    /// Seconds of this thread on a processor.
    pub(crate) cpu: f64,
}

impl Train {
    /// One packet for each pair of sender and receiver, shuffled. The memory is never given back: a
    /// benchmark ends soon.
    pub(crate) fn new(mut pairs: Vec<(End, End)>) -> Self {
        shuffle(&mut pairs);
        // A single station fills a batch too.
        let length = pairs.len().max(BATCH);
        let round = pairs.iter().cycle().take(length);
        let frames: Vec<[u8; LENGTH]> = round.map(|(from, to)| frame(from, to)).collect();
        let slices: Vec<[IoSlice<'static>; 1]> =
            frames.leak().iter().map(|frame| [IoSlice::new(frame)]).collect();
        let mut nothing = Vec::new();
        nothing.resize_with(slices.len(), SendAncillaryBuffer::default);
        let packets = slices
            .leak()
            .iter()
            .zip(nothing.leak())
            .map(|(slice, nothing)| MMsgHdr::new(slice, nothing))
            .collect();
        Self { packets, next: 0 }
    }

    /// Sends each packet once.
    pub(crate) fn once(&mut self, socket: &Socket) -> Result<()> {
        self.next = 0;
        loop {
            self.batch(socket)?;
            if self.next == 0 {
                return Ok(());
            }
        }
    }

    /// Sends for so long.
    pub(crate) fn run(&mut self, socket: &Socket, time: Duration) -> Result<Sent> {
        let (begun, before) = (tick(), on_cpu());
        let mut packets = 0;
        while tick().saturating_sub(begun) < time {
            packets += self.batch(socket)?;
        }
        Ok(Sent {
            packets: f64::from(u32::try_from(packets)?),
            cpu: on_cpu().saturating_sub(before).as_secs_f64(),
        })
    }

    /// The next few.
    fn batch(&mut self, socket: &Socket) -> Result<usize> {
        let end = self.packets.len().min(self.next + BATCH);
        let Some(some) = self.packets.get_mut(self.next..end) else {
            bail!("an empty train");
        };
        let sent = sendmmsg(socket, some, SendFlags::empty())?;
        self.next += sent;
        if self.next >= self.packets.len() {
            self.next = 0;
        }
        Ok(sent)
    }
}

fn on_cpu() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The same order in each run (Fisher-Yates with xorshift).
fn shuffle<T>(items: &mut [T]) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    for last in (1..items.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bound = u64::try_from(last).unwrap_or(0) + 1;
        items.swap(last, usize::try_from(state % bound).unwrap_or(0));
    }
}

/// UDP over IPv4, without the check sum that IPv4 allows to leave out: a network card would have
/// verified it already.
fn frame(from: &End, to: &End) -> [u8; LENGTH] {
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend(to.mac.octets());
    bytes.extend(from.mac.octets());
    bytes.extend([0x08, 0x00]);
    let ip = bytes.len();
    // Version and length, TOS, total length, identifier, don't fragment, TTL, UDP, check sum.
    bytes.extend([0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, 17, 0, 0]);
    bytes.extend(from.address.octets());
    bytes.extend(to.address.octets());
    let sum = bytes[ip..]
        .chunks(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
        .sum::<u32>();
    let folded = (sum & 0xffff) + (sum >> 16);
    let [_, _, high, low] = (!folded).to_be_bytes();
    bytes[ip + 10] = high;
    bytes[ip + 11] = low;
    bytes.extend(from.port.to_be_bytes());
    bytes.extend(to.port.to_be_bytes());
    bytes.extend([0, 26, 0, 0]);
    let mut frame = [0x50; LENGTH];
    frame[..bytes.len()].copy_from_slice(&bytes);
    frame
}
