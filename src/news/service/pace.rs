//! When a feed is asked again.

use std::time::Duration;

use crate::config::Feed;

/// How soon failures are tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// After the first failure; doubled with each further one.
    pub first_retry: Duration,
    /// Longest pause of a feed of news.
    pub most_news: Duration,
    /// Longest pause of a feed of urgent notices: whoever waits for an alert cannot wait six hours.
    pub most_urgent: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_mins(1),
            most_news: Duration::from_hours(6),
            most_urgent: Duration::from_mins(30),
        }
    }
}

impl Pace {
    /// The pause before a feed is asked again after `failures` in a row; urgent feeds are asked three
    /// times as often as the others.
    pub(super) fn pause(&self, feed: &Feed, refresh: Duration, failures: u32) -> Duration {
        let urgent = feed.kind.is_urgent();
        let regular = if urgent { refresh / 3 } else { refresh };
        let Some(doublings) = failures.checked_sub(1) else {
            return regular;
        };
        let most = if urgent { self.most_urgent } else { self.most_news };
        let factor = 1_u32.checked_shl(doublings).filter(|factor| *factor != 0);
        let pause = factor.and_then(|factor| self.first_retry.checked_mul(factor));
        pause.unwrap_or(most).min(most)
    }
}

/// Spreads pauses, so that the gateways of a region do not ask the region's server together.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A pause up to a tenth shorter or longer.
    pub(super) fn spread(&mut self, pause: Duration) -> Duration {
        // A linear congruential generator (Knuth's constants); its high bits are good enough here.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let thousandths = 900 + u32::try_from((self.0 >> 33) % 201).unwrap_or(100);
        pause / 1_000 * thousandths
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Dice, Pace};
    use crate::config::{Feed, FeedKind};

    fn feed(kind: FeedKind) -> Feed {
        Feed::new(kind, "https://a.example/", "a")
    }

    #[test]
    fn pauses_double_up_to_their_limit() {
        let minutes = |kind, failures| {
            let refresh = Duration::from_mins(15);
            Pace::default().pause(&feed(kind), refresh, failures).as_secs() / 60
        };
        let news: Vec<_> = [0, 1, 2, 3, 9, 10, 33, u32::MAX]
            .map(|failures| minutes(FeedKind::News, failures))
            .into();
        assert_eq!(news, [15, 1, 2, 4, 256, 360, 360, 360]);
        assert_eq!(minutes(FeedKind::Cap, 0), 5);
        assert_eq!((minutes(FeedKind::Cap, 5), minutes(FeedKind::Cap, 6)), (16, 30));
    }

    #[test]
    fn a_pause_is_spread_by_a_tenth() {
        let mut dice = Dice::new(7);
        let pauses: Vec<_> = (0..1_000)
            .map(|_| dice.spread(Duration::from_secs(100)))
            .collect();
        assert!(pauses.iter().all(|pause| (90..=110).contains(&pause.as_secs())));
        assert!(pauses.iter().any(|pause| pause.as_secs() < 92));
        assert!(pauses.iter().any(|pause| pause.as_secs() >= 108));
    }
}
