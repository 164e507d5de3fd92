//! What the pages know besides who is online: the comune's news and notices, whether the uplink leads
//! anywhere, and which networks test the Commission's snippet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::clock;
use crate::model::{Board, Boot, NetworkId};
use crate::portal::{Bulletin, SelfTest, Uplink};

/// Written by the tasks that find out, read by the pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Town {
    /// News and notices.
    pub(super) board: Arc<ArcSwap<Board>>,
    /// Whether the uplink leads to the Internet; taken as true until it is known.
    pub(super) uplink: Arc<AtomicBool>,
    /// Until when each network is in self-test mode.
    pub(super) self_tests: Arc<Mutex<BTreeMap<NetworkId, Boot>>>,
}

impl Town {
    pub(super) fn new() -> Self {
        Self {
            board: Arc::default(),
            uplink: Arc::new(AtomicBool::new(true)),
            self_tests: Arc::default(),
        }
    }

    /// For the pages.
    pub(super) fn bulletin(&self) -> Bulletin {
        let board = Arc::clone(&self.board);
        Arc::new(move || board.load_full())
    }

    /// For the pages.
    pub(super) fn uplink(&self) -> Uplink {
        let uplink = Arc::clone(&self.uplink);
        Arc::new(move || uplink.load(Ordering::Relaxed))
    }

    /// For the pages.
    pub(super) fn self_test(&self) -> SelfTest {
        let tests = Arc::clone(&self.self_tests);
        Arc::new(move |network| {
            let tests = tests.lock().unwrap_or_else(PoisonError::into_inner);
            tests
                .get(&network)
                .is_some_and(|until| clock::now().boot < *until)
        })
    }
}
