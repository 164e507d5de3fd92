//! How often refused connections are told of: anybody could fill the log with them.

use std::time::Duration;

use tokio::time::Instant;

/// Shortest time between two warnings.
const GAP: Duration = Duration::from_mins(1);

/// Refused connections since the last warning.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    waiting: u64,
    told: Option<Instant>,
}

impl Refusals {
    /// Counts one; how many there were since the last warning, if another one is due.
    pub(super) fn count(&mut self, now: Instant) -> Option<u64> {
        self.waiting = self.waiting.saturating_add(1);
        if self.told.is_some_and(|told| now < told + GAP) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.waiting))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::{GAP, Refusals};

    #[test]
    fn the_first_is_told_at_once_and_the_rest_together() {
        let now = Instant::now();
        let mut refusals = Refusals::default();
        assert_eq!(refusals.count(now), Some(1));
        assert_eq!((0..1_000).find_map(|_| refusals.count(now)), None);
        assert_eq!(refusals.count(now + GAP), Some(1_001));
        assert_eq!(refusals.count(now + GAP), None);
    }
}
