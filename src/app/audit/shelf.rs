//! The log as the dashboard shows it.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::files::{Reading, Stamp};
use super::{AuditError, check, read};
use crate::app::clock;
use crate::dashboard::{AuditLog, Chain, RecordError};
use crate::model::audit::{Entry, Filter, Verdict};

/// A log that has grown meanwhile is read again after so many milliseconds at the earliest: reading it takes
/// the longer the longer it is, and pages are asked for one after the other.
const PAUSE: u64 = 30_000;
/// One that looks the same is read again after so many milliseconds: a disk may fail without telling.
const LONGEST: u64 = 600_000;

/// Reads the log of a state directory, and remembers what was found.
#[derive(Debug)]
pub struct Shelf {
    state_dir: PathBuf,
    checked: Mutex<Option<Checked>>,
}

#[derive(Debug)]
struct Checked {
    stamp: Stamp,
    since_boot: u64,
    chain: Chain,
}

impl Shelf {
    /// Of the log in a state directory, which need not be there yet.
    #[must_use]
    pub const fn new(state_dir: PathBuf) -> Self {
        Self {
            state_dir,
            checked: Mutex::new(None),
        }
    }

    fn chain_at(&self, since_boot: u64) -> Result<Chain, AuditError> {
        let reading = Reading::begin(&self.state_dir)?;
        // Whoever comes meanwhile waits for this one's answer.
        let mut checked = self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = reading.as_ref().map(Reading::stamp);
        let is_good = |known: &&Checked| {
            let is_grown = stamp.is_some_and(|stamp| stamp.is_grown_from(known.stamp));
            let age = since_boot.saturating_sub(known.since_boot);
            (stamp == Some(known.stamp) && age < LONGEST) || (is_grown && age < PAUSE)
        };
        if let Some(known) = checked.as_ref().filter(is_good) {
            return Ok(known.chain.clone());
        }
        let at = clock::wall();
        let verdict: Option<Verdict> = reading.as_ref().map(|log| check(log, &[])).transpose()?;
        let chain = Chain { at, verdict };
        *checked = stamp.map(|stamp| Checked {
            stamp,
            since_boot,
            chain: chain.clone(),
        });
        Ok(chain)
    }
}

impl AuditLog for Shelf {
    fn chain(&self) -> Result<Chain, RecordError> {
        self.chain_at(clock::boot().0).map_err(RecordError::new)
    }

    fn entries(&self, take: &mut dyn FnMut(u64, Entry)) -> Result<(), RecordError> {
        let all = Filter::default();
        let outcome = read(&self.state_dir, &all, &mut |found| {
            take(found.line, found.entry);
            Ok(())
        });
        outcome.map_err(RecordError::new)
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, PAUSE, Shelf};
    use crate::app::audit::{FILE, record};
    use crate::model::audit::{Action, More, Origin, Who};

    #[test]
    fn a_log_is_read_again_when_it_is_another_and_not_with_every_page() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(FILE);
        let shelf = Shelf::new(folder.path().to_owned());
        let add = || {
            let action = Action {
                who: Who::Portico,
                from: Origin::Service,
                did: "login",
                what: String::new(),
                more: More::new(),
            };
            record(folder.path(), &action).unwrap();
        };
        let seen = |at: u64| {
            let verdict = shelf.chain_at(at).unwrap().verdict;
            verdict.map(|verdict| (verdict.head.unwrap().number, verdict.faults.len()))
        };
        assert_eq!(seen(0), None);
        add();
        assert_eq!(seen(1), Some((1, 0)));
        add();
        assert_eq!(seen(2), Some((1, 0)), "what was added is verified a little later");
        assert_eq!(seen(1 + PAUSE), Some((2, 0)));
        // Lines that were there are others now.
        let text = std::fs::read_to_string(&log).unwrap();
        std::fs::write(&log, text.replacen("login", "logit", 1)).unwrap();
        let is_broken = |at| seen(at).map(|(_, faults)| faults > 0);
        assert_eq!(is_broken(1 + PAUSE + LONGEST), Some(true));
        // One that is shorter, or longer without a new head, is another at once.
        std::fs::write(&log, text.lines().next().unwrap()).unwrap();
        assert_eq!(is_broken(2 + PAUSE + LONGEST), Some(true));
        std::fs::write(&log, text).unwrap();
        assert_eq!(seen(3 + PAUSE + LONGEST), Some((2, 0)));
    }
}
