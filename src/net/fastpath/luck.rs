//! How much asking is worth: where hardly any packet that is told belongs to a flow that can be passed on (games and calls
//! that nobody answers, a station that scans), connection tracking is asked about few of them, and less often.

use std::time::Duration;

/// So many questions in a row without a flow that can be passed on.
const FRUITLESS: u32 = 256;
/// From then on one of so many is asked.
const FEW: u32 = 4;
/// And only after so long.
const PAUSE: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Luck {
    /// Packets that were told since the last flow that can be passed on.
    since: u32,
}

impl Luck {
    /// Whether to ask about one more packet.
    pub(super) const fn asks(&mut self) -> bool {
        self.since = self.since.saturating_add(1);
        !self.is_out() || self.since.is_multiple_of(FEW)
    }

    /// A flow can be passed on.
    pub(super) const fn found(&mut self) {
        self.since = 0;
    }

    /// How long to wait for more at least.
    pub(super) const fn pause(&self) -> Duration {
        if self.is_out() { PAUSE } else { Duration::ZERO }
    }

    const fn is_out(&self) -> bool {
        self.since > FRUITLESS
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FEW, FRUITLESS, Luck};

    #[test]
    fn who_finds_nothing_asks_less_and_who_finds_one_asks_again() {
        let mut luck = Luck::default();
        let asked = |luck: &mut Luck, times: u32| (0..times).filter(|_| luck.asks()).count();
        let all = usize::try_from(FRUITLESS).unwrap();
        assert_eq!(asked(&mut luck, FRUITLESS), all);
        assert_eq!(luck.pause(), Duration::ZERO);
        assert_eq!(asked(&mut luck, 1_000 * FEW), 1_000);
        assert!(luck.pause() > Duration::ZERO);
        luck.found();
        assert_eq!(luck.pause(), Duration::ZERO);
        assert_eq!(asked(&mut luck, FRUITLESS), all);
    }
}
