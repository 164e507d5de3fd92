//! When to look whether our ruleset still stands.

use std::time::Duration;

use tokio::time::Instant;

use crate::net::nft_events::RulesetChange;

/// Shortest time between two looks: a program that keeps removing our ruleset cannot make us spin,
/// and it still stands again within 3 s.
const GAP: Duration = Duration::from_secs(2);
/// A look without any announcement, in case one was lost: a listing costs milliseconds.
const ROUTINE: Duration = Duration::from_secs(30);

/// Why a look is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suspicion {
    /// Routine, or the announcement of a change that may have been ours: compare what stands.
    Perhaps,
    /// Somebody else changed elements, or an interface appeared: load again in any case.
    Certain,
}

/// Keeps the time of the next look.
#[derive(Debug)]
pub(super) struct Guard {
    last: Option<Instant>,
    due: Option<(Instant, Suspicion)>,
    own_pid: u32,
    /// Our process's number as the kernel tells it, known from our first change: another in a
    /// container.
    learned_pid: Option<u32>,
    /// Whether a change of elements by us has not been announced yet.
    awaiting_own: bool,
    /// Between looks without any announcement.
    routine: Duration,
}

impl Guard {
    /// `own_pid` is this process.
    pub(super) const fn new(own_pid: u32) -> Self {
        Self {
            last: None,
            due: None,
            own_pid,
            learned_pid: None,
            awaiting_own: false,
            routine: ROUTINE,
        }
    }

    /// There will be no announcements any more: look as often as the gap allows.
    pub(super) const fn go_blind(&mut self) {
        self.routine = GAP;
    }

    /// This process has just changed elements.
    pub(super) const fn changed_elements(&mut self) {
        self.awaiting_own = true;
    }

    /// A transaction that touched our tables was announced.
    pub(super) fn announced(&mut self, now: Instant, change: RulesetChange) {
        if change.removed || change.added {
            self.suspect(now, Suspicion::Perhaps);
        } else if change.elements && !self.is_own(change.pid) {
            self.suspect(now, Suspicion::Certain);
        }
    }

    fn is_own(&mut self, pid: u32) -> bool {
        if pid == self.own_pid || self.awaiting_own && self.learned_pid.is_none() {
            self.learned_pid = Some(pid);
        }
        self.awaiting_own = false;
        self.learned_pid == Some(pid)
    }

    /// A look is due, as soon as the gap allows.
    pub(super) fn suspect(&mut self, now: Instant, suspicion: Suspicion) {
        let earliest = self.last.map_or(now, |last| (last + GAP).max(now));
        let worst = self.due.map_or(suspicion, |(_, due)| due.max(suspicion));
        self.due = Some((earliest, worst));
    }

    /// The ruleset was just loaded or found standing.
    pub(super) fn looked(&mut self, now: Instant) {
        self.last = Some(now);
        self.due = Some((now + self.routine, Suspicion::Perhaps));
    }

    /// When to look next, and why.
    pub(super) fn due(&self, now: Instant) -> (Instant, Suspicion) {
        self.due.unwrap_or((now, Suspicion::Perhaps))
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::{Duration, Instant};

    use super::{GAP, Guard, Suspicion};
    use crate::net::nft_events::RulesetChange;

    const US: u32 = 7;

    fn elements(pid: u32) -> RulesetChange {
        RulesetChange {
            pid,
            elements: true,
            ..RulesetChange::default()
        }
    }

    #[test]
    fn our_own_elements_raise_no_suspicion_and_others_do() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        guard.looked(now);
        guard.announced(now, elements(US));
        assert_eq!(guard.due(now).1, Suspicion::Perhaps);
        guard.announced(now, elements(8));
        assert_eq!(guard.due(now), (now + GAP, Suspicion::Certain));
    }

    #[test]
    fn our_number_in_another_pid_namespace_is_learned_once() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        guard.looked(now);
        guard.changed_elements();
        guard.announced(now, elements(4_007));
        guard.announced(now, elements(4_007));
        assert_eq!(guard.due(now).1, Suspicion::Perhaps);
        guard.changed_elements();
        guard.announced(now, elements(4_008));
        assert_eq!(guard.due(now).1, Suspicion::Certain);
    }

    #[test]
    fn a_fight_is_fought_slowly_and_the_first_blow_answered_at_once() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        let removed = RulesetChange {
            removed: true,
            ..RulesetChange::default()
        };
        guard.announced(now, removed);
        assert_eq!(guard.due(now).0, now);
        guard.looked(now);
        let soon = now + Duration::from_millis(1);
        guard.announced(soon, removed);
        assert_eq!(guard.due(soon).0, now + GAP);
    }
}
