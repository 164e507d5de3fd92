//! How long a session lasts.

use std::time::Duration;

use jiff::Timestamp;

use super::store::{Session, Stage, User};

/// Longest silence of a session.
pub const IDLE: Duration = Duration::from_mins(30);
/// Longest session, as long as a long working day.
pub const ABSOLUTE: Duration = Duration::from_hours(12);
/// How long somebody may take between password and second factor.
pub const HALF_WAY: Duration = Duration::from_mins(10);
/// How often a session's last request is noted: a page that is live asks often.
const NOTE: Duration = Duration::from_mins(1);

/// A session that is in force, with its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The session.
    pub session: Session,
    /// Whose.
    pub user: User,
}

impl Session {
    /// Whether it is in force. A clock that stepped back ends it too.
    #[must_use]
    pub fn is_good(&self, now: Timestamp) -> bool {
        let longest = match self.stage {
            Stage::Full => ABSOLUTE,
            Stage::Second | Stage::Enrol => HALF_WAY,
        };
        within(self.created_at, now, longest) && within(self.seen_at, now, IDLE)
    }

    /// Whether a request of now should be noted.
    pub(super) fn is_to_be_noted(&self, now: Timestamp) -> bool {
        !within(self.seen_at, now, NOTE)
    }
}

/// Whether less than `longest` has passed. Two daemons' clocks may be a moment apart.
fn within(since: Timestamp, now: Timestamp, longest: Duration) -> bool {
    let passed = now.duration_since(since);
    let longest = jiff::SignedDuration::try_from(longest).unwrap_or(jiff::SignedDuration::MAX);
    passed < longest && passed >= -jiff::SignedDuration::from_mins(1)
}

#[cfg(test)]
mod tests {
    use super::{Session, Stage};
    use crate::accounts::SessionId;
    use jiff::{SignedDuration, Timestamp};

    fn session(stage: Stage, seen: i64) -> Session {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        Session {
            id: SessionId([0; 32]),
            user: "anna".parse().unwrap(),
            stage,
            created_at: start,
            seen_at: start + SignedDuration::from_mins(seen),
            address: "192.0.2.7".parse().unwrap(),
            agent: String::new(),
        }
    }

    #[test]
    fn a_session_ends_by_silence_and_by_age() {
        let good = |stage, seen: i64, now: i64| {
            let session = session(stage, seen);
            session.is_good(session.created_at + SignedDuration::from_mins(now))
        };
        assert!(good(Stage::Full, 0, 29));
        assert!(!good(Stage::Full, 0, 30));
        assert!(good(Stage::Full, 700, 719));
        assert!(!good(Stage::Full, 719, 720));
        assert!(good(Stage::Second, 0, 9));
        assert!(!good(Stage::Second, 9, 10));
        assert!(!good(Stage::Enrol, 9, 10));
        assert!(!good(Stage::Full, 0, -2), "the clock stepped back");
    }

    #[test]
    fn a_request_is_noted_once_a_minute() {
        let session = session(Stage::Full, 0);
        assert!(!session.is_to_be_noted(session.seen_at + SignedDuration::from_secs(59)));
        assert!(session.is_to_be_noted(session.seen_at + SignedDuration::from_secs(60)));
    }
}
