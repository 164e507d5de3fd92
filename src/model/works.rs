//! Announced works: time told beforehand in which somebody works on a network. What is out of service within it
//! is out of service as planned, whatever the cause.
//!
//! Works stay in the book after their end: they are what the figures of those days rest on. None is announced
//! after it has begun, so that no outage becomes a planned one afterwards.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{NetworkId, Reason};

/// The longest works: longer ones are announced in parts, each after a look at how it goes.
pub const LONGEST_WORKS: SignedDuration = SignedDuration::from_hours(31 * 24);
/// The furthest ahead that works are announced.
pub const FURTHEST_WORKS: SignedDuration = SignedDuration::from_hours(366 * 24);
/// Most works that are not over.
pub const MOST_WORKS: usize = 100;
/// A begin that has just passed is meant as now: whoever fills in a form takes a while.
const GRACE: SignedDuration = SignedDuration::from_mins(10);
/// Works that are over and stay in the book: one a day for five years.
const MOST_KEPT: usize = 2_000;

/// Announced works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Works {
    /// Its number in the book, from 1; none is given twice.
    pub number: u32,
    /// Where; everywhere without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkId>,
    /// Their begin, on a full minute.
    pub from: Timestamp,
    /// Their end.
    pub until: Timestamp,
    /// Why, for the calendar and the record.
    pub reason: Reason,
    /// When they were announced.
    pub announced: Timestamp,
}

/// How works stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorksState {
    /// They have not begun.
    Ahead,
    /// They run.
    Running,
    /// They are over.
    Over,
}

/// What somebody wants to announce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorksWish {
    /// Where; everywhere without it.
    pub network: Option<NetworkId>,
    /// Their begin.
    pub from: Timestamp,
    /// Their end.
    pub until: Timestamp,
    /// Why.
    pub reason: Reason,
}

/// Why works are not announced, or not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorksError {
    /// They would end before they begin.
    #[error("their end is not after their begin")]
    Order,
    /// They have begun.
    #[error("their begin is past: works are announced before they begin")]
    Past,
    /// Over [`LONGEST_WORKS`].
    #[error("they last longer than 31 days: announce them in parts")]
    Long,
    /// Over [`FURTHEST_WORKS`].
    #[error("they begin in more than a year")]
    Far,
    /// Others are announced for some of the time.
    #[error(
        "works {0} are announced for some of that time on the same network: choose another, or remove them first"
    )]
    Overlap(u32),
    /// Over [`MOST_WORKS`].
    #[error("there are 100 announced works already: remove one first")]
    Full,
    /// No such number.
    #[error("there are no announced works {0}")]
    Unknown(u32),
    /// What is over stays.
    #[error("works {0} are over: they stay in the record")]
    Over(u32),
}

/// What became of works that were to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Withdrawn {
    /// They had not begun and are gone.
    Removed(Works),
    /// They ran, and end now.
    Ended(Works),
}

/// All announced works.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorksBook {
    /// The last number that was given.
    last: u32,
    /// By their numbers.
    works: Vec<Works>,
}

impl Works {
    /// How they stand.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> WorksState {
        if now < self.from {
            WorksState::Ahead
        } else if now < self.until {
            WorksState::Running
        } else {
            WorksState::Over
        }
    }

    /// Whether they are about a network.
    #[must_use]
    pub fn concern(&self, network: NetworkId) -> bool {
        self.network.is_none_or(|concerned| concerned == network)
    }

    /// Whether they share some time with another.
    #[must_use]
    pub fn overlap(&self, from: Timestamp, until: Timestamp) -> bool {
        self.from < until && from < self.until
    }
}

impl WorksBook {
    /// All of them, those announced first first.
    #[must_use]
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Works> {
        self.works.iter()
    }

    /// Announces works; gives them as they stand in the book.
    ///
    /// # Errors
    /// [`WorksError`]; the book is as before then.
    pub fn announce(&mut self, wish: WorksWish, now: Timestamp) -> Result<Works, WorksError> {
        let WorksWish {
            network,
            from,
            until,
            reason,
        } = wish;
        if until <= from {
            return Err(WorksError::Order);
        }
        if until <= now || from.duration_since(now) < -GRACE {
            return Err(WorksError::Past);
        }
        if until.duration_since(from) > LONGEST_WORKS {
            return Err(WorksError::Long);
        }
        if from.duration_since(now) > FURTHEST_WORKS {
            return Err(WorksError::Far);
        }
        let from = from.max(minute(now));
        let is_shared = |works: &&Works| match (works.network, network) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let mut shared = self.works.iter().filter(is_shared);
        if let Some(other) = shared.find(|works| works.overlap(from, until)) {
            return Err(WorksError::Overlap(other.number));
        }
        if self.works.iter().filter(|works| works.until > now).count() >= MOST_WORKS {
            return Err(WorksError::Full);
        }
        self.forget_the_oldest(now);
        self.last = self.last.saturating_add(1);
        let works = Works {
            number: self.last,
            network,
            from,
            until,
            reason,
            announced: now,
        };
        self.works.push(works.clone());
        Ok(works)
    }

    /// Takes works back: those that have not begun are gone, those that run end now.
    ///
    /// # Errors
    /// [`WorksError`]; the book is as before then.
    pub fn withdraw(&mut self, number: u32, now: Timestamp) -> Result<Withdrawn, WorksError> {
        let place = self.works.iter().position(|works| works.number == number);
        let place = place.ok_or(WorksError::Unknown(number))?;
        let Some(works) = self.works.get_mut(place) else {
            return Err(WorksError::Unknown(number));
        };
        match works.state(now) {
            WorksState::Ahead => Ok(Withdrawn::Removed(self.works.remove(place))),
            WorksState::Running => {
                works.until = now;
                Ok(Withdrawn::Ended(works.clone()))
            }
            WorksState::Over => Err(WorksError::Over(number)),
        }
    }

    /// Goes on counting behind another book, whose numbers stand in the record already.
    pub fn count_after(&mut self, other: &Self) {
        self.last = self.last.max(other.last);
    }

    /// Milliseconds of a time in which works were announced on a network; never more than it is long.
    #[must_use]
    pub fn planned_ms(&self, network: NetworkId, from: Timestamp, until: Timestamp) -> u64 {
        let concerned = self.works.iter().filter(|works| works.concern(network));
        let shared = concerned.filter(|works| works.overlap(from, until)).map(|works| {
            // Its begin is on a full minute, which may be just before it was announced.
            let (from, until) = (works.from.max(works.announced).max(from), works.until.min(until));
            ms(from, until)
        });
        shared.fold(0_u64, u64::saturating_add).min(ms(from, until))
    }

    fn forget_the_oldest(&mut self, now: Timestamp) {
        let over = self.works.iter().filter(|works| works.until <= now).count();
        let mut spare = over.saturating_sub(MOST_KEPT - 1);
        self.works.retain(|works| {
            let goes = spare > 0 && works.until <= now;
            spare -= usize::from(goes);
            !goes
        });
    }
}

/// The full minute before.
fn minute(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(at)
}

fn ms(from: Timestamp, until: Timestamp) -> u64 {
    u64::try_from(until.duration_since(from).as_millis()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{MOST_KEPT, MOST_WORKS, Withdrawn, WorksBook, WorksError, WorksState, WorksWish};
    use crate::model::NetworkId;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn id(text: &str) -> NetworkId {
        text.parse().unwrap()
    }

    fn now() -> Timestamp {
        at("2026-11-22T10:00:40Z")
    }

    fn wish(network: &str, from: &str, until: &str) -> WorksWish {
        WorksWish {
            network: (!network.is_empty()).then(|| id(network)),
            from: at(from),
            until: at(until),
            reason: "new switch".parse().unwrap(),
        }
    }

    #[test]
    fn works_are_announced_before_they_begin_and_for_a_sensible_time() {
        let mut book = WorksBook::default();
        let mut refused = |from: &str, until: &str| book.announce(wish("", from, until), now()).unwrap_err();
        assert_eq!(
            refused("2026-11-23T10:00:00Z", "2026-11-23T10:00:00Z"),
            WorksError::Order
        );
        assert_eq!(
            refused("2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"),
            WorksError::Order
        );
        assert_eq!(
            refused("2026-11-22T09:50:00Z", "2026-11-22T12:00:00Z"),
            WorksError::Past
        );
        assert_eq!(
            refused("2026-11-22T09:55:00Z", "2026-11-22T10:00:00Z"),
            WorksError::Past,
            "they would be over"
        );
        assert_eq!(
            refused("2026-11-23T00:00:00Z", "2026-12-24T00:01:00Z"),
            WorksError::Long
        );
        assert_eq!(
            refused("2027-11-24T00:00:00Z", "2027-11-24T01:00:00Z"),
            WorksError::Far
        );
        assert_eq!(book, WorksBook::default(), "nothing was changed");
        let begun = book
            .announce(wish("", "2026-11-22T09:53:00Z", "2026-11-22T12:00:00Z"), now())
            .unwrap();
        assert_eq!(
            begun.from,
            at("2026-11-22T10:00:00Z"),
            "not before they were told"
        );
        assert_eq!((begun.number, begun.announced), (1, now()));
        let minute = (at("2026-11-22T10:00:00Z"), at("2026-11-22T10:01:00Z"));
        assert_eq!(
            book.planned_ms(id("piazza"), minute.0, minute.1),
            20_000,
            "nor are the seconds before"
        );
        assert_eq!(book.planned_ms(id("piazza"), minute.0, now()), 0);
    }

    #[test]
    fn works_of_a_network_do_not_overlap_and_those_of_all_overlap_with_everyone_s() {
        let mut book = WorksBook::default();
        let piazza = wish("piazza", "2026-11-23T10:00:00Z", "2026-11-23T12:00:00Z");
        assert_eq!(book.announce(piazza, now()).unwrap().number, 1);
        for (network, from, until, outcome) in [
            (
                "piazza",
                "2026-11-23T11:59:00Z",
                "2026-11-23T13:00:00Z",
                Err(WorksError::Overlap(1)),
            ),
            (
                "",
                "2026-11-23T09:00:00Z",
                "2026-11-23T10:01:00Z",
                Err(WorksError::Overlap(1)),
            ),
            ("molini", "2026-11-23T11:00:00Z", "2026-11-23T13:00:00Z", Ok(2)),
            ("piazza", "2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", Ok(3)),
        ] {
            let told = book.announce(wish(network, from, until), now());
            assert_eq!(told.map(|works| works.number), outcome, "{network} {from}");
        }
    }

    #[test]
    fn works_are_taken_back_before_they_are_over_and_no_number_comes_twice() {
        let mut book = WorksBook::default();
        let announce = |book: &mut WorksBook| {
            let wish = wish("piazza", "2026-11-22T11:00:00Z", "2026-11-22T12:00:00Z");
            book.announce(wish, now()).unwrap().number
        };
        assert_eq!(announce(&mut book), 1);
        assert!(matches!(book.withdraw(1, now()), Ok(Withdrawn::Removed(works)) if works.number == 1));
        assert_eq!(book.withdraw(1, now()), Err(WorksError::Unknown(1)));
        assert_eq!(announce(&mut book), 2);
        let half = at("2026-11-22T11:30:00Z");
        assert_eq!(book.all().next().unwrap().state(half), WorksState::Running);
        let Ok(Withdrawn::Ended(ended)) = book.withdraw(2, half) else {
            panic!("works that run end");
        };
        assert_eq!(ended.until, half);
        assert_eq!(book.withdraw(2, half), Err(WorksError::Over(2)));
        let planned = |network| {
            let (from, until) = (at("2026-11-22T11:00:00Z"), at("2026-11-22T13:00:00Z"));
            book.planned_ms(id(network), from, until)
        };
        assert_eq!((planned("piazza"), planned("molini")), (30 * 60_000, 0));
    }

    #[test]
    fn a_book_has_its_bounds() {
        let mut book = WorksBook::default();
        let mut clock = now();
        for number in 0..MOST_KEPT + 50 {
            let wish = WorksWish {
                network: None,
                from: clock,
                until: clock + SignedDuration::from_mins(1),
                reason: "switch".parse().unwrap(),
            };
            book.announce(wish, clock).unwrap();
            clock += SignedDuration::from_mins(2);
            assert_eq!(book.all().count(), (number + 1).min(MOST_KEPT));
        }
        for number in 0..MOST_WORKS {
            let minutes = i64::try_from(number).unwrap();
            let from = clock + SignedDuration::from_mins(minutes + 1);
            let wish = WorksWish {
                network: None,
                from,
                until: from + SignedDuration::from_mins(1),
                reason: "switch".parse().unwrap(),
            };
            book.announce(wish, clock).unwrap();
        }
        let late = clock + SignedDuration::from_hours(9);
        let one_more = WorksWish {
            network: None,
            from: late,
            until: late + SignedDuration::from_hours(1),
            reason: "switch".parse().unwrap(),
        };
        assert_eq!(book.announce(one_more, clock), Err(WorksError::Full));
    }

    proptest! {
        /// Whatever is announced and taken back, the planned time of the parts is that of the whole, is no longer
        /// than it, and begins with no works before they were told.
        #[test]
        fn planned_time_adds_up(orders in proptest::collection::vec((0_i64..5_000, 1_i64..900, any::<bool>(), 0_u32..6), 0..24), cut in 0_i64..6_000) {
            let start = now();
            let mut book = WorksBook::default();
            let later = |minutes| start + SignedDuration::from_mins(minutes);
            for (step, (from, length, is_all, number)) in (0..).zip(orders) {
                let clock = later(step * 40);
                let wish = WorksWish {
                    network: (!is_all).then(|| id("piazza")),
                    from: later(from),
                    until: later(from + length),
                    reason: "switch".parse().unwrap(),
                };
                let _ = book.announce(wish, clock);
                let _ = book.withdraw(number, clock);
            }
            for works in book.all() {
                prop_assert!(works.from <= works.until);
                prop_assert!(works.announced.duration_since(works.from) < SignedDuration::from_mins(1));
            }
            let (from, until, middle) = (later(-100), later(6_000), later(cut));
            for network in [id("piazza"), id("molini")] {
                let whole = book.planned_ms(network, from, until);
                let parts = book.planned_ms(network, from, middle) + book.planned_ms(network, middle, until);
                prop_assert_eq!(whole, parts);
                prop_assert!(whole <= u64::try_from(until.duration_since(from).as_millis()).unwrap());
            }
            let read: WorksBook = serde_json::from_str(&serde_json::to_string(&book).unwrap()).unwrap();
            prop_assert_eq!(read, book);
        }
    }
}
