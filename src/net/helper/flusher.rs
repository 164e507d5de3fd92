//! Removes flows on a thread of its own, so that no other request waits for the walks through the
//! kernel's table.
//!
//! Whatever is asked for during a walk is gathered and done by the next one, so the walks keep up with
//! any number of requests. A flush never begins before the revocation that it follows was carried out:
//! the peer asks for it when it has the acknowledgement.
//!
//! What waits is bounded by [`MOST`]. Addresses over it are not taken: their flows end by themselves,
//! and meanwhile carry nothing, since every packet is judged by its MAC.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::net::conntrack::Flows;

/// Most addresses that wait, a few MiB: all those of 20,000 stations that lose their access within one
/// walk.
const MOST: usize = 131_072;

/// What the thread is to do.
#[derive(Debug, Default)]
struct Orders {
    addresses: BTreeSet<IpAddr>,
    /// Addresses that were not taken since the last walk.
    surplus: usize,
    ended: bool,
}

#[derive(Debug, Default)]
struct Shared {
    orders: Mutex<Orders>,
    changed: Condvar,
}

/// The thread; it ends, after what waits, with this value.
#[derive(Debug)]
pub(super) struct Flusher {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// The real work: deletes the flows of the addresses.
pub(super) fn conntrack(mut flows: Flows) -> impl FnMut(&BTreeSet<IpAddr>) + Send + 'static {
    move |addresses| match flows.flush(addresses) {
        Ok(flushed) => {
            let (flows, walks) = (flushed.flows, flushed.walks);
            tracing::debug!(flows, walks, addresses = addresses.len(), "flows removed");
        }
        Err(error) => tracing::warn!(%error, addresses = addresses.len(), "flows not removed"),
    }
}

impl Flusher {
    /// Starts the thread, which does `work` for all the addresses that wait, again and again.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub(super) fn start(work: impl FnMut(&BTreeSet<IpAddr>) + Send + 'static) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let theirs = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("flows".to_owned())
            .spawn(move || theirs.serve(work))?;
        Ok(Self {
            shared,
            thread: Some(thread),
        })
    }

    /// Has the flows of these addresses removed soon; does not wait.
    pub(super) fn flush(&self, addresses: &[IpAddr]) {
        let mut orders = self.shared.orders();
        for address in addresses {
            if orders.addresses.len() < MOST {
                orders.addresses.insert(*address);
            } else if !orders.addresses.contains(address) {
                orders.surplus += 1;
            }
        }
        self.shared.changed.notify_one();
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        self.shared.orders().ended = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It has nothing to tell, not even how it ended.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut work: impl FnMut(&BTreeSet<IpAddr>)) {
        loop {
            let mut orders = self
                .changed
                .wait_while(self.orders(), |orders| {
                    orders.addresses.is_empty() && !orders.ended
                })
                .unwrap_or_else(PoisonError::into_inner);
            let addresses = std::mem::take(&mut orders.addresses);
            let surplus = std::mem::take(&mut orders.surplus);
            drop(orders);
            if addresses.is_empty() {
                return;
            }
            if surplus > 0 {
                tracing::warn!(addresses = surplus, "too many flushes at once: some flows stay");
            }
            work(&addresses);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::mpsc;

    use super::{Flusher, MOST};

    fn address(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(0x0a00_0000 + number).into()
    }

    /// A flusher that tells what it begins with and waits for leave to end each.
    fn held_back() -> (Flusher, mpsc::Receiver<BTreeSet<IpAddr>>, mpsc::Sender<()>) {
        let (begun, told) = mpsc::channel();
        let (leave, given) = mpsc::channel();
        let work = move |addresses: &BTreeSet<IpAddr>| {
            let _ = begun.send(addresses.clone());
            let _ = given.recv();
        };
        (Flusher::start(work).unwrap(), told, leave)
    }

    #[test]
    fn requests_during_a_walk_neither_wait_nor_need_a_walk_each() {
        let (flusher, told, leave) = held_back();
        flusher.flush(&[address(0)]);
        assert_eq!(told.recv().unwrap(), BTreeSet::from([address(0)]));
        // The walk is held back until `leave`: a request that waited for it would never return.
        for request in 0..500 {
            let addresses: Vec<IpAddr> = (0..100).map(|number| address(request * 50 + number)).collect();
            flusher.flush(&addresses);
        }
        leave.send(()).unwrap();
        let all: BTreeSet<IpAddr> = (0..499 * 50 + 100).map(address).collect();
        assert_eq!(told.recv().unwrap(), all, "one walk for all of them");
        drop(leave);
        drop(flusher);
        assert!(told.recv().is_err(), "and no other");
    }

    #[test]
    fn what_waits_is_bounded_and_done_before_the_end() {
        let (flusher, told, leave) = held_back();
        flusher.flush(&[address(0)]);
        assert_eq!(told.recv().unwrap().len(), 1);
        for number in 0..=u32::try_from(MOST).unwrap() {
            flusher.flush(&[address(number)]);
        }
        drop(leave);
        drop(flusher);
        assert_eq!(told.recv().unwrap().len(), MOST);
        assert!(told.recv().is_err());
    }
}
