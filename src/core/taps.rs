//! How often a station may tap. Every grant is a new element in the kernel with a full bucket, so
//! somebody who disconnects and taps in a loop would gain a second's worth of the plan each time.

use std::collections::BTreeMap;

use super::access::Key;
use crate::model::Boot;

/// A tap every so often at the most, in the long run: it adds a thirtieth to a plan.
const EVERY_MS: u64 = 30_000;
/// Taps at once, for people who change their mind, and for those who try it out.
const AT_ONCE: u64 = 12;

/// The generic cell rate algorithm, one cell for each station that has tapped lately.
#[derive(Debug, Default)]
pub(super) struct Taps {
    /// When each would have its whole allowance again.
    whole: BTreeMap<Key, Boot>,
}

impl Taps {
    /// Counts a tap; whether it is not one too many.
    pub(super) fn may(&mut self, key: Key, now: Boot) -> bool {
        let whole = self.whole.get(&key).copied().unwrap_or(now).max(now);
        if whole.since(now) > EVERY_MS * (AT_ONCE - 1) {
            return false;
        }
        self.whole.insert(key, whole.plus_ms(EVERY_MS));
        true
    }

    /// Forgets those who have their whole allowance.
    pub(super) fn tidy(&mut self, now: Boot) {
        self.whole.retain(|_, whole| *whole > now);
    }

    /// Whether there is anything to tidy.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{AT_ONCE, EVERY_MS, Taps};
    use crate::core::world::{mac, network};
    use crate::model::Boot;

    #[test]
    fn a_few_taps_at_once_and_then_one_now_and_then() {
        let (mut taps, key) = (Taps::default(), (network("piazza"), mac(1)));
        let granted = (0..600)
            .filter(|second| taps.may(key, Boot(second * 1_000)))
            .count();
        assert_eq!(
            granted,
            usize::try_from(AT_ONCE + 600_000 / EVERY_MS).unwrap() - 1
        );
        assert!(
            taps.may((network("piazza"), mac(2)), Boot(600_000)),
            "others are not held up"
        );
        taps.tidy(Boot(600_000 + AT_ONCE * EVERY_MS));
        assert!(taps.is_empty(), "nobody is remembered for long");
    }
}
