//! What the pages know besides who is online: the comune's news and notices, whether the uplink leads
//! anywhere, and which networks test the Commission's snippet.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Notify;

use super::clock;
use crate::model::{Board, Boot, NetworkId};
use crate::portal::{Bulletin, Numbers, NumbersOf, SelfTest, Uplink};

/// Longest self-test of the Commission's snippet: it keeps the snippet from counting, and is easily
/// forgotten.
pub(super) const SELF_TEST: Duration = Duration::from_hours(1);

/// Written by the tasks that find out, read by the pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Town {
    /// News and notices.
    pub(super) board: Arc<ArcSwap<Board>>,
    /// Whether the uplink leads to the Internet; taken as true until it is known.
    pub(super) uplink: Arc<AtomicBool>,
    /// Wakes whoever waits for the Internet to be reached again.
    pub(super) uplink_back: Arc<Notify>,
    /// Wakes the event loop when the Internet is gone or there again.
    pub(super) uplink_turned: Arc<Notify>,
    /// Figures for everybody, of each network's comune.
    pub(super) numbers: Arc<ArcSwap<BTreeMap<NetworkId, Arc<Numbers>>>>,
    /// Until when each network is in self-test mode.
    pub(super) self_tests: Arc<Mutex<BTreeMap<NetworkId, Boot>>>,
}

impl Town {
    pub(super) fn new() -> Self {
        Self {
            board: Arc::default(),
            uplink: Arc::new(AtomicBool::new(true)),
            uplink_back: Arc::default(),
            uplink_turned: Arc::default(),
            numbers: Arc::default(),
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
    pub(super) fn numbers(&self) -> NumbersOf {
        let numbers = Arc::clone(&self.numbers);
        Arc::new(move |network| numbers.load().get(&network).map(Arc::clone))
    }

    /// For the pages.
    pub(super) fn self_test(&self) -> SelfTest {
        let town = self.clone();
        Arc::new(move |network| town.self_test_left(network) > 0)
    }

    /// Puts the snippet of a network into self-test mode for an hour. The end is told in the log.
    pub(super) fn begin_self_test(&self, network: NetworkId) {
        let ms = u64::try_from(SELF_TEST.as_millis()).unwrap_or(0);
        let until = clock::boot().plus_ms(ms);
        self.tests().insert(network, until);
        tracing::warn!(%network, "self-test of the snippet: for an hour the Commission counts nobody here");
        let town = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SELF_TEST).await;
            let mut tests = town.tests();
            // Unless it has been begun anew meanwhile.
            if tests.get(&network).is_some_and(|end| *end <= clock::boot()) {
                tests.remove(&network);
                tracing::warn!(%network, "the self-test of the snippet ended by itself after an hour");
            }
        });
    }

    /// Ends it; whether there was one.
    pub(super) fn end_self_test(&self, network: NetworkId) -> bool {
        let left = self.self_test_left(network);
        self.tests().remove(&network);
        if left > 0 {
            tracing::warn!(%network, "the self-test of the snippet was ended");
        }
        left > 0
    }

    /// Seconds until the end of a network's self-test, rounded up; 0 without one.
    pub(super) fn self_test_left(&self, network: NetworkId) -> u64 {
        let until = self.tests().get(&network).copied();
        until.map_or(0, |until| until.since(clock::boot()).div_ceil(1_000))
    }

    fn tests(&self) -> MutexGuard<'_, BTreeMap<NetworkId, Boot>> {
        self.self_tests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Boot, NetworkId, SELF_TEST, Town, clock};

    #[tokio::test]
    async fn a_self_test_ends_after_an_hour_at_most() {
        let (piazza, molini): (NetworkId, NetworkId) = ("piazza".parse().unwrap(), "molini".parse().unwrap());
        let town = Town::new();
        let shown = town.self_test();
        assert!(!shown(piazza) && town.self_test_left(piazza) == 0);
        town.begin_self_test(piazza);
        assert!(shown(piazza) && !shown(molini));
        assert_eq!(SELF_TEST.as_secs(), 3_600, "an hour");
        assert!((1..=SELF_TEST.as_secs()).contains(&town.self_test_left(piazza)));
        town.tests().insert(piazza, Boot(clock::boot().0));
        assert!(!shown(piazza), "its hour is over");
        town.begin_self_test(piazza);
        assert!(town.end_self_test(piazza) && !shown(piazza) && !town.end_self_test(piazza));
    }
}
