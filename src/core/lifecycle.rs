//! When a session ends: the two legal recognition policies, on two clocks.
//!
//! A fixed period is measured on the monotonic clock, so a step of the civil clock neither shortens
//! nor lengthens it. A midnight is a civil instant: after a step it is the first midnight after the
//! grant, as the corrected clock dates the grant.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::model::{Boot, BootId, Now, Ordered, Recognition, StoredSession, TimeZone, is_dated};

/// The end of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// On the monotonic clock: this decides.
    pub(super) boot: Boot,
    /// When it was granted, on the monotonic clock; unknown for a session from before a restart.
    pub(super) granted: Option<Boot>,
    /// The civil deadline, as far as the civil clock was right.
    pub(super) deadline: Timestamp,
}

impl Ends {
    /// Milliseconds left.
    pub(super) const fn left_ms(&self, now: Now) -> u64 {
        self.boot.since(now.boot)
    }

    /// The end in civil time as it looks now: the deadline itself, unless the clocks have moved
    /// against each other since.
    pub(super) fn at(&self, now: Now) -> Timestamp {
        let at = later(now.wall, self.left_ms(now));
        let apart = at.as_millisecond().abs_diff(self.deadline.as_millisecond());
        if apart <= CLOCK_NOISE_MS {
            self.deadline
        } else {
            at
        }
    }
}

/// The two clocks are read one after the other and disciplined differently; so much is not a step.
const CLOCK_NOISE_MS: u64 = 2_000;

/// The end of a session after a change of the rules, of which `longest` is the end of one granted now:
/// it may come sooner. Not by the clocks' noise alone, which would write every session anew.
pub(super) fn decide_end_under_new_rules(ends: Ends, longest: Ends) -> Ends {
    if longest.boot.plus_ms(CLOCK_NOISE_MS) < ends.boot {
        longest
    } else {
        ends
    }
}

/// The end of a session granted now.
pub(super) fn decide_end(recognition: Recognition, zone: &TimeZone, now: Now) -> Ends {
    let length = match recognition {
        Recognition::Period(length) => millis(length),
        Recognition::Midnight => ms_between(now.wall, next_midnight(zone, now.wall)),
    };
    Ends {
        boot: now.boot.plus_ms(length),
        granted: Some(now.boot),
        deadline: later(now.wall, length),
    }
}

/// The end after the civil clock stepped: a period stays, a midnight is looked up again.
pub(super) fn decide_end_after_step(ends: Ends, recognition: Recognition, zone: &TimeZone, now: Now) -> Ends {
    match recognition {
        Recognition::Period(_) => ends,
        Recognition::Midnight => {
            let first = ends.granted.map(|granted| {
                let at = earlier(now.wall, now.boot.since(granted));
                next_midnight(zone, at)
            });
            let deadline = first.unwrap_or(ends.deadline);
            let end = deadline.min(next_midnight(zone, now.wall));
            let boot = now.boot.plus_ms(ms_between(now.wall, end));
            Ends {
                boot,
                deadline,
                ..ends
            }
        }
    }
}

/// The end of a session that the store held; `None` if it is over.
pub(super) fn decide_restored_end(
    stored: &StoredSession,
    boot_id: &BootId,
    recognition: Recognition,
    zone: &TimeZone,
    now: Now,
) -> Option<Ends> {
    let recognition = allowed(recognition, stored.ordered);
    let same_boot = !boot_id.0.is_empty() && stored.boot_id == *boot_id;
    let longest = decide_end(recognition, zone, now).left_ms(now);
    let left = match recognition {
        Recognition::Period(_) if same_boot => stored.ends_boot.since(now.boot),
        _ => ms_between(now.wall, stored.ends_at),
    };
    let left = left.min(longest);
    (left > 0).then(|| Ends {
        boot: now.boot.plus_ms(left),
        granted: None,
        deadline: stored.ends_at,
    })
}

/// The rule for a session: one that was extended may last as long as the programme allows.
pub(super) const fn allowed(recognition: Recognition, ordered: Ordered) -> Recognition {
    match recognition {
        Recognition::Period(_) if ordered.extended => Recognition::Period(Recognition::MAX),
        other => other,
    }
}

/// The latest end of a session granted now on a network with a period.
pub(super) fn latest(now: Now) -> Boot {
    now.boot.plus_ms(millis(Recognition::MAX))
}

/// The same for one that was granted at an instant of civil time; its own end while that makes no sense.
pub(super) fn latest_of(granted_at: Timestamp, ends: Ends, now: Now) -> Boot {
    if !is_dated(now.wall) || now.wall < granted_at {
        return ends.boot;
    }
    let left = millis(Recognition::MAX).saturating_sub(ms_between(granted_at, now.wall));
    now.boot.plus_ms(left)
}

/// The end of a session that is to last so many minutes longer, as far as the rules allow: to the next
/// midnight, or to `latest` where the network has a period. Nothing if that is no longer than now.
pub(super) fn decide_extended_end(
    ends: Ends,
    latest: Boot,
    minutes: u32,
    recognition: Recognition,
    zone: &TimeZone,
    now: Now,
) -> Option<Ends> {
    let latest = match recognition {
        Recognition::Midnight => decide_end(recognition, zone, now).boot,
        Recognition::Period(_) => latest,
    };
    let boot = ends.boot.plus_ms(u64::from(minutes) * 60_000).min(latest);
    (boot > ends.boot.plus_ms(CLOCK_NOISE_MS)).then(|| Ends {
        boot,
        deadline: later(now.wall, boot.since(now.boot)),
        ..ends
    })
}

/// When an instant of civil time comes, as the clocks stand to each other now; now if it has passed.
pub(super) fn boot_of(at: Timestamp, now: Now) -> Boot {
    now.boot.plus_ms(ms_between(now.wall, at))
}

/// The first local midnight after `at`. On the days summer time begins or ends it is 23 or 25 hours
/// after the one before.
pub(super) fn next_midnight(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let today = at.to_zoned(zone.jiff().clone());
    today
        .tomorrow()
        .and_then(|tomorrow| tomorrow.start_of_day())
        .map_or_else(|_| later(at, 86_400_000), |midnight| midnight.timestamp())
}

/// `at` and `ms` milliseconds; stays at the end of time.
fn later(at: Timestamp, ms: u64) -> Timestamp {
    let step = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    at.checked_add(step).unwrap_or(Timestamp::MAX)
}

/// `ms` milliseconds before `at`; stays at the beginning of time.
pub(super) fn earlier(at: Timestamp, ms: u64) -> Timestamp {
    let step = SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX));
    at.checked_sub(step).unwrap_or(Timestamp::MIN)
}

/// Milliseconds from `from` to `to`; 0 when `to` is earlier.
fn ms_between(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millisecond().saturating_sub(from.as_millisecond())).unwrap_or(0)
}

fn millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{decide_end, decide_end_after_step, decide_restored_end};
    use crate::model::{Boot, BootId, Counters, Now, Ordered, Recognition, StoredSession, TimeZone};
    use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};
    use std::time::Duration;

    fn now(boot: u64, wall: &str) -> Now {
        Now {
            boot: Boot(boot),
            wall: wall.parse().unwrap(),
        }
    }

    const HOUR: u64 = 3_600_000;

    #[test]
    fn midnight_is_rome_s_also_when_the_day_has_23_or_25_hours() {
        let zone = TimeZone::rome();
        // (first instant of the local day, hours of that day)
        for (start, hours) in [
            ("2026-11-21T23:00:00Z", 24),
            ("2026-03-28T23:00:00Z", 23),
            ("2026-10-24T22:00:00Z", 25),
        ] {
            let at = now(0, start);
            assert_eq!(
                decide_end(Recognition::Midnight, &zone, at).left_ms(at),
                hours * HOUR,
                "{start}"
            );
        }
    }

    #[test]
    fn a_step_of_the_civil_clock_leaves_a_period_alone_and_moves_a_midnight() {
        let zone = TimeZone::rome();
        let granted = now(1_000, "2026-11-22T10:00:00Z");
        let period = Recognition::Period(Duration::from_hours(4));
        let stepped = now(2_000, "2026-11-22T22:59:59Z");

        let ends = decide_end(period, &zone, granted);
        assert_eq!(
            decide_end_after_step(ends, period, &zone, stepped).boot,
            Boot(1_000 + 4 * HOUR)
        );

        let ends = decide_end(Recognition::Midnight, &zone, granted);
        let after = decide_end_after_step(ends, Recognition::Midnight, &zone, stepped);
        assert_eq!(after.left_ms(stepped), 1_000);
        // The clock was wrong when it was granted: that was two seconds ago, on the 23rd.
        let corrected = now(3_000, "2026-11-23T08:00:00Z");
        let after = decide_end_after_step(ends, Recognition::Midnight, &zone, corrected);
        assert_eq!(after.left_ms(corrected), 15 * HOUR);
        // A midnight between the grant and now has ended it.
        let midnight_passed = now(1_000 + 3 * HOUR, "2026-11-23T01:00:00Z");
        let after = decide_end_after_step(ends, Recognition::Midnight, &zone, midnight_passed);
        assert_eq!(after.left_ms(midnight_passed), 0);
    }

    #[test]
    fn a_clock_that_was_in_1970_at_boot_does_not_end_sessions_when_it_is_set() {
        let zone = TimeZone::rome();
        let stored = StoredSession {
            network: "piazza".parse().unwrap(),
            mac: "02:00:00:00:00:01".parse().unwrap(),
            granted_at: "2026-11-22T10:00:00Z".parse().unwrap(),
            ends_at: "2026-11-22T23:00:00Z".parse().unwrap(),
            ends_boot: Boot(HOUR),
            boot_id: BootId("before".into()),
            usage: Counters::default(),
            seen: Counters::default(),
            today: None,
            registered: false,
            ordered: Ordered::default(),
        };
        let booted = now(5_000, "1970-01-01T00:00:05Z");
        let ends = decide_restored_end(
            &stored,
            &BootId("after".into()),
            Recognition::Midnight,
            &zone,
            booted,
        )
        .unwrap();
        let set = now(10_000, "2026-11-22T12:00:00Z");
        assert_eq!(
            decide_end_after_step(ends, Recognition::Midnight, &zone, set).left_ms(set),
            11 * HOUR
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn no_session_outlasts_the_next_local_midnight_or_its_period(
            wall in 0_i64..4_000_000_000, steps in proptest::collection::vec((any::<u16>(), -200_000_i64..200_000), 0..8),
            minutes in 1_u64..720, midnight in any::<bool>(),
        ) {
            let zone = TimeZone::rome();
            let recognition = if midnight { Recognition::Midnight } else { Recognition::Period(Duration::from_mins(minutes)) };
            let mut at = Now { boot: Boot(7), wall: jiff::Timestamp::from_second(wall).unwrap() };
            let granted = at;
            let mut ends = decide_end(recognition, &zone, at);
            for (seconds, step) in steps {
                at.boot = at.boot.plus_ms(u64::from(seconds) * 1_000);
                at.wall = jiff::Timestamp::from_second((at.wall.as_second() + i64::from(seconds) + step).max(0)).unwrap();
                ends = decide_end_after_step(ends, recognition, &zone, at);
                let fresh = decide_end(recognition, &zone, at);
                prop_assert!(ends.left_ms(at) <= fresh.left_ms(at), "never longer than a session granted now");
                if !midnight {
                    prop_assert!(ends.boot.since(granted.boot) == minutes * 60_000);
                }
            }
        }
    }
}
