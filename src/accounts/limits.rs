//! How often somebody may try to enter: from one source, and from one source as one user. What is tried from
//! elsewhere counts for nobody here, so that no attacker locks an admin out.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::Quota;
use sha2::{Digest as _, Sha256};

use super::ApiTokenId;
use crate::limits::{Rate, source};
use crate::model::Clock;

/// Tries from one source at once, and how long one takes to come back.
const SOURCE_TRIES: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
const SOURCE_BACK: Duration = Duration::from_secs(10);
/// Tries from one source as one user at once, and how long one takes to come back.
const USER_TRIES: NonZeroU32 = NonZeroU32::MIN.saturating_add(5);
const USER_BACK: Duration = Duration::from_secs(30);
/// Refusals of one source that are written down at once, and how long one takes to come back: whoever keeps on
/// after that writes nothing more to the disk.
const SOURCE_NOTES: NonZeroU32 = NonZeroU32::MIN.saturating_add(39);
const NOTE_BACK: Duration = Duration::from_secs(30);
/// How often it is written that refusals of a source are not.
const HUSHED_BACK: Duration = Duration::from_mins(20);
/// Codes of a second factor of one user from all sources together, at once and how long one takes to come back.
/// A guess is right three times in a million (RFC 6238: the code of now, the last and the next): whoever has the
/// password and as many sources as they like has one chance in forty in a year, and stands in the audit log all
/// that time. Recovery codes are not counted here, so that the user gets in meanwhile.
const CODE_TRIES: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
const CODE_BACK: Duration = Duration::from_hours(1);
/// Wrong tokens of the API from one source at once, and how long one takes to come back.
const WRONG_TOKENS: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
const WRONG_BACK: Duration = Duration::from_secs(10);
/// Requests with one token of the API at once, and how long one takes to come back: 20 a second.
const CALLS: NonZeroU32 = NonZeroU32::MIN.saturating_add(199);
const CALL_BACK: Duration = Duration::from_millis(50);
/// How many sources and users are known apart before quiet ones are forgotten.
const REMEMBERED: usize = 1_024;

/// What becomes of a line about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noting {
    /// It is written.
    Written,
    /// It is left out, and that is written.
    Begins,
    /// It is left out, and that is known.
    LeftOut,
}

/// The limits of all logins.
pub struct Limits {
    sources: Rate<IpAddr>,
    users: Rate<(IpAddr, [u8; 32])>,
    codes: Rate<[u8; 32]>,
    notes: Rate<IpAddr>,
    hushed: Rate<IpAddr>,
    wrong_tokens: Rate<IpAddr>,
    calls: Rate<ApiTokenId>,
}

impl Limits {
    /// Under which nobody has tried anything yet.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let quota = |back, tries| {
            Quota::with_period(back)
                .unwrap_or(Quota::per_minute(tries))
                .allow_burst(tries)
        };
        Self {
            sources: Rate::new(quota(SOURCE_BACK, SOURCE_TRIES), clock.clone()),
            users: Rate::new(quota(USER_BACK, USER_TRIES), clock.clone()),
            codes: Rate::new(quota(CODE_BACK, CODE_TRIES), clock.clone()),
            notes: Rate::new(quota(NOTE_BACK, SOURCE_NOTES), clock.clone()),
            hushed: Rate::new(quota(HUSHED_BACK, NonZeroU32::MIN), clock.clone()),
            wrong_tokens: Rate::new(quota(WRONG_BACK, WRONG_TOKENS), clock.clone()),
            calls: Rate::new(quota(CALL_BACK, CALLS), clock.clone()),
        }
    }

    /// Whether a refusal of somebody from there is still written down.
    pub fn may_note(&self, address: IpAddr) -> Noting {
        let source = source(address);
        if one_of(&self.notes, &source).is_ok() {
            Noting::Written
        } else if one_of(&self.hushed, &source).is_ok() {
            Noting::Begins
        } else {
            Noting::LeftOut
        }
    }

    /// Counts a code of a user's second factor, wherever it comes from: whoever types one has the password.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn code(&self, user: &str) -> Result<(), Duration> {
        one_of(&self.codes, &Sha256::digest(user.as_bytes()).into())
    }

    /// Counts a token of the API that is none.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn wrong_token(&self, address: IpAddr) -> Result<(), Duration> {
        one_of(&self.wrong_tokens, &source(address))
    }

    /// Counts a request with a token of the API.
    ///
    /// # Errors
    /// How long to wait.
    pub(super) fn call(&self, token: ApiTokenId) -> Result<(), Duration> {
        one_of(&self.calls, &token)
    }

    /// Counts a try as `user`, who need not exist.
    ///
    /// # Errors
    /// How long to wait.
    pub fn attempt(&self, address: IpAddr, user: &str) -> Result<(), Duration> {
        let source = source(address);
        // A source that is over its own limit makes no new keys.
        one_of(&self.sources, &source)?;
        let user = Sha256::digest(user.as_bytes()).into();
        one_of(&self.users, &(source, user))
    }
}

/// One attempt; quiet keys are forgotten first when there are many.
fn one_of<K: Clone + Hash + Eq>(rate: &Rate<K>, key: &K) -> Result<(), Duration> {
    if rate.remembered() > REMEMBERED {
        rate.tidy();
    }
    rate.attempt(key, NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::{Limits, Noting};
    use crate::accounts::ApiTokenId;
    use crate::model::{Boot, Clock, Now};
    use std::net::IpAddr;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn limits() -> (Limits, Arc<AtomicU64>) {
        let boot = Arc::new(AtomicU64::new(1_000));
        let read = Arc::clone(&boot);
        let clock: Clock = Arc::new(move || Now {
            boot: Boot(read.load(Ordering::Relaxed)),
            wall: jiff::Timestamp::UNIX_EPOCH,
        });
        (Limits::new(&clock), boot)
    }

    fn tries(limits: &Limits, from: &str, user: &str) -> usize {
        let from: IpAddr = from.parse().unwrap();
        (0..100)
            .take_while(|_| limits.attempt(from, user).is_ok())
            .count()
    }

    #[test]
    fn a_user_is_tried_a_few_times_and_again_later() {
        let (limits, boot) = limits();
        assert_eq!(tries(&limits, "192.0.2.7", "anna"), 6);
        let wait = limits.attempt("192.0.2.7".parse().unwrap(), "anna").unwrap_err();
        assert!(wait.as_secs() <= 30 && !wait.is_zero(), "{wait:?}");
        assert!(tries(&limits, "192.0.2.7", "bruno") > 0, "another user");
        boot.fetch_add(30_000, Ordering::Relaxed);
        assert_eq!(tries(&limits, "192.0.2.7", "anna"), 1);
    }

    #[test]
    fn a_source_does_not_get_further_by_many_names() {
        let (limits, _) = limits();
        let names: usize = (0..50)
            .map(|user| tries(&limits, "192.0.2.7", &format!("u{user}")))
            .sum();
        assert!(names <= 20, "{names}");
        let (limits, _) = self::limits();
        let addresses =
            (0..50).map(|host| tries(&limits, &format!("2001:db8::{host:x}"), &format!("u{host}")));
        assert!(addresses.sum::<usize>() <= 20);
    }

    #[test]
    fn refusals_of_one_source_fill_no_disk() {
        let (limits, boot) = limits();
        let noted = |from: &str| {
            let from = from.parse().unwrap();
            let told: Vec<Noting> = (0..1_000).map(|_| limits.may_note(from)).collect();
            let count = |kind| told.iter().filter(|told| **told == kind).count();
            (count(Noting::Written), count(Noting::Begins))
        };
        assert_eq!(noted("192.0.2.7"), (40, 1));
        assert_eq!(noted("192.0.2.8"), (40, 1), "another source");
        boot.fetch_add(60_000, Ordering::Relaxed);
        assert_eq!(noted("192.0.2.7"), (2, 0));
    }

    #[test]
    fn whoever_guesses_tokens_keeps_no_program_out() {
        let (limits, boot) = limits();
        let from: IpAddr = "192.0.2.7".parse().unwrap();
        let guesses = (0..1_000).filter(|_| limits.wrong_token(from).is_ok());
        assert_eq!(guesses.count(), 20);
        assert!(
            limits.wrong_token("192.0.2.8".parse().unwrap()).is_ok(),
            "another source"
        );
        let calls = |last: u8| {
            (0..1_000)
                .filter(|_| limits.call(ApiTokenId([last; 32])).is_ok())
                .count()
        };
        assert_eq!((calls(1), calls(2)), (200, 200), "whatever others do");
        boot.fetch_add(1_000, Ordering::Relaxed);
        assert_eq!(calls(1), 20);
    }

    #[test]
    fn nobody_is_locked_out_from_elsewhere() {
        let (limits, _) = limits();
        for host in 0..200 {
            tries(&limits, &format!("198.51.100.{host}"), "anna");
            tries(&limits, &format!("2001:db8:0:{host:x}::1"), "anna");
        }
        assert_eq!(tries(&limits, "192.0.2.7", "anna"), 6);
    }
}
