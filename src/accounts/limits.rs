//! How often somebody may try to enter: from one source, and from one source as one user. What is tried from
//! elsewhere counts for nobody here, so that no attacker locks an admin out.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::Quota;
use sha2::{Digest as _, Sha256};

use crate::limits::Rate;
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
/// How many sources and users are known apart before quiet ones are forgotten.
const REMEMBERED: usize = 1_024;

/// The limits of all logins.
pub struct Limits {
    sources: Rate<IpAddr>,
    users: Rate<(IpAddr, [u8; 32])>,
    notes: Rate<IpAddr>,
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
            notes: Rate::new(quota(NOTE_BACK, SOURCE_NOTES), clock.clone()),
        }
    }

    /// Whether a refusal of somebody from there is still written down.
    pub fn may_note(&self, address: IpAddr) -> bool {
        if self.notes.remembered() > REMEMBERED {
            self.notes.tidy();
        }
        self.notes.attempt(&source(address), NonZeroU32::MIN).is_ok()
    }

    /// Counts a try as `user`, who need not exist.
    ///
    /// # Errors
    /// How long to wait.
    pub fn attempt(&self, address: IpAddr, user: &str) -> Result<(), Duration> {
        let source = source(address);
        if self.sources.remembered() > REMEMBERED {
            self.sources.tidy();
        }
        if self.users.remembered() > REMEMBERED {
            self.users.tidy();
        }
        // A source that is over its own limit makes no new keys.
        self.sources.attempt(&source, NonZeroU32::MIN)?;
        let user = Sha256::digest(user.as_bytes()).into();
        self.users.attempt(&(source, user), NonZeroU32::MIN)
    }
}

/// A customer's network counts as one: it has as many IPv6 addresses as it likes (RFC 6177).
fn source(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::Limits;
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
            (0..1_000).filter(|_| limits.may_note(from)).count()
        };
        assert_eq!(noted("192.0.2.7"), 40);
        assert_eq!(noted("192.0.2.8"), 40, "another source");
        boot.fetch_add(60_000, Ordering::Relaxed);
        assert_eq!(noted("192.0.2.7"), 2);
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
