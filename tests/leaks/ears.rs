//! Listeners: they take in every frame of an interface and remember the markers they met.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use portico::app::lab::frames::FrameSocket;
use portico::app::lab::isolation::Namespace;
use portico::model::Mac;

use crate::attempt::Marker;

/// Where a frame was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// On its way into the gateway: the attempt was really made.
    Arrived,
    /// Out of the gateway's uplink.
    Uplink,
    /// There too, but written by the gateway itself: its answer to whom a packet named as its sender.
    Answer,
    /// At a station of the other network.
    OtherNetwork,
    /// At another station of the same network.
    Neighbour,
    /// At the station itself, for what comes from the Internet.
    Station,
}

type Heard = Arc<Mutex<BTreeMap<Marker, BTreeSet<Place>>>>;
/// Where a frame counts as met, if it counts.
pub(crate) type Filter = Box<dyn Fn(&[u8]) -> Option<Place> + Send>;

/// All listeners; they end when dropped.
pub(crate) struct Ears {
    heard: Heard,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Ears {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It ends by itself; a panic in it has been printed.
            let _ended = thread.join();
        }
    }
}

impl Ears {
    pub(crate) fn new() -> Self {
        Self {
            heard: Heard::default(),
            stop: Arc::default(),
            threads: Vec::new(),
        }
    }

    /// Listens at an interface from now on.
    pub(crate) fn listen(&mut self, namespace: &Namespace, interface: &str, counts: Filter) {
        let socket = FrameSocket::open(namespace, interface).unwrap();
        let (heard, stop) = (Arc::clone(&self.heard), Arc::clone(&self.stop));
        self.threads.push(std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let Some(frame) = socket.next(Duration::from_millis(50)).unwrap() else {
                    continue;
                };
                if let Some(marker) = Marker::find(&frame)
                    && let Some(place) = counts(&frame)
                {
                    heard.lock().unwrap().entry(marker).or_default().insert(place);
                }
            }
        }));
    }

    /// Where a marker was met so far.
    pub(crate) fn places(&self, marker: Marker) -> BTreeSet<Place> {
        self.heard
            .lock()
            .unwrap()
            .get(&marker)
            .cloned()
            .unwrap_or_default()
    }
}

/// Frames that somebody else than `mac` sent.
pub(crate) fn not_from(mac: Mac, place: Place) -> Filter {
    Box::new(move |frame| (frame[6..12] != mac.octets()).then_some(place))
}

/// Frames that `mac` sent.
pub(crate) fn from(mac: Mac, place: Place) -> Filter {
    Box::new(move |frame| (frame[6..12] == mac.octets()).then_some(place))
}

/// Every frame.
pub(crate) fn any(place: Place) -> Filter {
    Box::new(move |_| Some(place))
}
