//! When to look whether our ruleset still stands.

use std::time::Duration;

use tokio::time::Instant;

use crate::net::nft_events::RulesetChange;

/// Shortest time between two looks: a program that keeps removing our ruleset cannot make us spin,
/// and it still stands again within 3 s.
const GAP: Duration = Duration::from_secs(2);
/// A look without any announcement, in case one was lost; it lists all rules.
const ROUTINE: Duration = Duration::from_secs(30);

/// Why a look is due, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Suspicion {
    /// Routine, or the announcement of our own load: compare what stands.
    Perhaps,
    /// Somebody else changed something: elements may be lost even if every rule stands (again).
    Touched,
    /// Somebody else changed elements alone, or an interface appeared: load again in any case.
    Certain,
}

/// Keeps the time of the next look.
#[derive(Debug)]
pub(super) struct Guard {
    last: Option<Instant>,
    due: Option<(Instant, Suspicion)>,
    /// The netlink port of our own changes of elements.
    own_port: u32,
    /// Whether our last load has not been announced yet.
    awaiting_own: bool,
    /// Between looks without any announcement.
    routine: Duration,
}

impl Guard {
    /// Changes by `own_port` are our own.
    pub(super) const fn new(own_port: u32) -> Self {
        Self {
            last: None,
            due: None,
            own_port,
            awaiting_own: false,
            routine: ROUTINE,
        }
    }

    /// There will be no announcements any more: look as often as the gap allows.
    pub(super) const fn go_blind(&mut self) {
        self.routine = GAP;
    }

    /// A transaction that touched our tables was announced.
    pub(super) fn announced(&mut self, now: Instant, change: RulesetChange) {
        if change.port == self.own_port {
            return;
        }
        let suspicion = match (change.removed || change.added, self.awaiting_own) {
            (true, true) => {
                self.awaiting_own = false;
                Suspicion::Perhaps
            }
            (true, false) => Suspicion::Touched,
            (false, _) => Suspicion::Certain,
        };
        self.suspect(now, suspicion);
    }

    /// A look is due, as soon as the gap allows.
    pub(super) fn suspect(&mut self, now: Instant, suspicion: Suspicion) {
        let earliest = self.last.map_or(now, |last| (last + GAP).max(now));
        let worst = self.due.map_or(suspicion, |(_, due)| due.max(suspicion));
        self.due = Some((earliest, worst));
    }

    /// We have just loaded the ruleset.
    pub(super) fn loaded(&mut self, now: Instant) {
        self.awaiting_own = true;
        self.looked(now);
    }

    /// We have just looked.
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
    const REMOVED: RulesetChange = RulesetChange {
        port: 8,
        thread: 8,
        removed: true,
        added: false,
        elements: false,
    };

    fn elements(port: u32) -> RulesetChange {
        RulesetChange {
            port,
            elements: true,
            ..RulesetChange::default()
        }
    }

    #[test]
    fn our_own_elements_raise_no_suspicion_and_others_do() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        guard.looked(now);
        let routine = guard.due(now);
        guard.announced(now, elements(US));
        assert_eq!(guard.due(now), routine);
        guard.announced(now, elements(8));
        assert_eq!(guard.due(now), (now + GAP, Suspicion::Certain));
    }

    #[test]
    fn our_own_load_is_expected_once() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        guard.loaded(now);
        guard.announced(now, REMOVED);
        assert_eq!(guard.due(now).1, Suspicion::Perhaps);
        guard.announced(now, REMOVED);
        assert_eq!(guard.due(now).1, Suspicion::Touched);
    }

    #[test]
    fn a_fight_is_fought_slowly_and_the_first_blow_answered_at_once() {
        let now = Instant::now();
        let mut guard = Guard::new(US);
        guard.announced(now, REMOVED);
        assert_eq!(guard.due(now).0, now);
        guard.loaded(now);
        let soon = now + Duration::from_millis(1);
        guard.announced(soon, REMOVED);
        assert_eq!(guard.due(soon).0, now + GAP);
    }
}
