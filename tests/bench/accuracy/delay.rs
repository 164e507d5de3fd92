//! A long way to the server: a namespace between gateway and Internet whose only traffic is what we carry
//! over, each frame so much later than it came.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Result, ensure};
use portico::app::lab::frames::FrameSocket;
use portico::app::lab::isolation::{Namespace, sender_on};
use portico::app::lab::phone::interface_index;
use portico::model::Mac;
use socket2::Socket;

use super::report::tick;

/// A reader looks this often whether to stop.
const GLANCE: Duration = Duration::from_millis(100);

/// A running delay; ends when dropped.
pub(crate) struct Delay {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

struct Late {
    due: Duration,
    frame: Vec<u8>,
}

impl Delay {
    /// Carries over what `near` sends into `near0`, and `far` into `far0`, half of `round_trip` each.
    pub(crate) fn start(namespace: &Namespace, near: Mac, far: Mac, round_trip: Duration) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for (inward, from, outward) in [("near0", near, "far0"), ("far0", far, "near0")] {
            let source = FrameSocket::open(namespace, inward)?;
            let sink = namespace.within(|| sender_on(interface_index(outward)?))??;
            let (late, waiting) = channel();
            let stop = Arc::clone(&stop);
            threads.push(std::thread::spawn(move || {
                read(&source, from, round_trip / 2, &late, &stop);
            }));
            threads.push(std::thread::spawn(move || write(&waiting, &sink)));
        }
        Ok(Self { stop, threads })
    }
}

/// What is carried over is read as it stands on the wire: single packets with their check sums.
pub(crate) fn send_single_packets(namespace: &Namespace, device: &str) -> Result<()> {
    namespace.ip(&[format!("link set dev {device} gso_max_segs 1")])?;
    let mut ethtool = namespace.command("ethtool");
    ethtool.args(["--offload", device, "tx", "off"]);
    let status = ethtool.stdout(Stdio::null()).status()?;
    ensure!(status.success(), "ethtool (Debian package ethtool) failed");
    Ok(())
}

impl Drop for Delay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // What it could not carry, the receivers miss and tell.
            let _ = thread.join();
        }
    }
}

/// The socket also sees what leaves by the interface, which has another sender.
fn read(source: &FrameSocket, from: Mac, delay: Duration, late: &Sender<Late>, stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        let Ok(Some(frame)) = source.next(GLANCE) else {
            continue;
        };
        if frame.get(6..12) != Some(&from.octets()[..]) {
            continue;
        }
        let due = tick() + delay;
        if late.send(Late { due, frame }).is_err() {
            return;
        }
    }
}

fn write(waiting: &Receiver<Late>, sink: &Socket) {
    while let Ok(Late { due, frame }) = waiting.recv() {
        let left = due.saturating_sub(tick());
        if !left.is_zero() {
            std::thread::sleep(left);
        }
        // A full queue loses it, as a router's would.
        let _ = sink.send(&frame);
    }
}
