//! Lets each fact through once a second, and not more than so many facts, so that a storm of ARP
//! packets is not a storm of messages.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::model::{Boot, Mac};

/// How long a fact is not repeated, milliseconds.
const WINDOW_MS: u64 = 1_000;
/// Most facts of a window: over twice what the largest network sends when all its stations come back
/// at once, and 100 KiB of memory.
const MOST: usize = 2_048;

/// What to do with a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Pass it on.
    New,
    /// It has been passed on within the window.
    Repeated,
    /// The window is full; count it.
    TooMany,
}

/// What has been passed on in the current window.
#[derive(Debug, Default)]
pub(super) struct Coalescer {
    began: Boot,
    passed: usize,
    used: BTreeSet<(Mac, Option<IpAddr>)>,
    left: BTreeSet<(Mac, IpAddr)>,
}

impl Coalescer {
    /// Begins a new window when the old one is over.
    pub(super) fn advance(&mut self, now: Boot) {
        if now.since(self.began) >= WINDOW_MS {
            self.began = now;
            self.passed = 0;
            self.used.clear();
            self.left.clear();
        }
    }

    /// The station is alive and uses the address, if one is told.
    pub(super) fn uses(&mut self, mac: Mac, address: Option<IpAddr>) -> News {
        if self.used.contains(&(mac, address)) {
            return News::Repeated;
        }
        if self.passed >= MOST {
            return News::TooMany;
        }
        self.passed += 1;
        self.used.insert((mac, address));
        // Giving it back after this is news again.
        if let Some(address) = address {
            self.left.remove(&(mac, address));
        }
        News::New
    }

    /// The station gives the address back.
    pub(super) fn leaves(&mut self, mac: Mac, address: IpAddr) -> News {
        if self.left.contains(&(mac, address)) {
            return News::Repeated;
        }
        if self.passed >= MOST {
            return News::TooMany;
        }
        self.passed += 1;
        self.left.insert((mac, address));
        self.used.remove(&(mac, Some(address)));
        News::New
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::{Coalescer, MOST, News};
    use crate::model::{Boot, Mac};

    fn mac(number: u32) -> Mac {
        let [a, b, c, d] = number.to_be_bytes();
        Mac::new([2, 0, a, b, c, d]).unwrap()
    }

    fn address() -> IpAddr {
        Ipv4Addr::new(10, 0, 0, 1).into()
    }

    #[test]
    fn a_fact_passes_once_a_second() {
        let mut coalescer = Coalescer::default();
        let mut pass = |at, address| {
            coalescer.advance(Boot(at));
            coalescer.uses(mac(1), address)
        };
        assert_eq!(pass(5_000, None), News::New);
        assert_eq!(pass(5_000, Some(address())), News::New);
        assert_eq!(pass(5_999, None), News::Repeated);
        assert_eq!(pass(6_000, None), News::New);
    }

    #[test]
    fn using_again_what_was_given_back_is_news() {
        let mut coalescer = Coalescer::default();
        assert_eq!(coalescer.uses(mac(1), Some(address())), News::New);
        assert_eq!(coalescer.leaves(mac(1), address()), News::New);
        assert_eq!(coalescer.leaves(mac(1), address()), News::Repeated);
        assert_eq!(coalescer.uses(mac(1), Some(address())), News::New);
        assert_eq!(coalescer.leaves(mac(1), address()), News::New);
    }

    #[test]
    fn a_flood_of_different_facts_is_bounded() {
        let mut coalescer = Coalescer::default();
        let news: Vec<News> = (1..=5_000)
            .map(|number| coalescer.uses(mac(number), None))
            .collect();
        assert!(news[..MOST].iter().all(|news| *news == News::New));
        assert!(news[MOST..].iter().all(|news| *news == News::TooMany));
        for _ in 0..5_000 {
            coalescer.uses(mac(1), Some(address()));
            assert_eq!(coalescer.leaves(mac(1), address()), News::TooMany);
        }
        coalescer.advance(Boot(1_000));
        assert_eq!(coalescer.uses(mac(4_999), None), News::New);
    }
}
