//! Whether the networks are in service, as it runs: each second out of it under its cause, and under
//! [`Outage::Planned`] where works were announced for it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::counting::Counting;
use super::outage::planned_seconds;
use crate::core::command::Command;
use crate::core::gateway::Gateway;
use crate::model::figures::Outage;
use crate::model::{NetworkId, Now, Works, WorksBook, WorksState};

impl Counting {
    /// Seconds out of service up to now, for all networks.
    pub(super) fn blame(&mut self, trouble: Option<(Outage, u64)>, now: Timestamp) {
        let Some((cause, seconds)) = trouble else { return };
        let length = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        let from = now.checked_sub(length).unwrap_or(now);
        for (network, running) in &mut self.networks {
            let planned = planned_seconds(&self.works, *network, from, now).min(seconds);
            let outages = &mut running.minute.outages;
            outages.add(Outage::Planned, planned);
            outages.add(cause, seconds - planned);
            running.know_of(seconds);
        }
    }
}

impl Gateway {
    /// Which works are announced now. What was out of service before they were stays under its cause: each knows when
    /// it was announced, and when it ended, which was a moment before it is heard of here.
    pub(in crate::core) fn take_works(&mut self, works: Arc<WorksBook>, now: Now) {
        self.figures.works = works;
        let before = self.figures.troubles.settle(now.boot);
        self.figures.blame(before, now.wall);
    }

    /// Numbers of the announced works that run.
    #[must_use]
    pub fn running_works(&self, now: Now) -> Vec<u32> {
        let running = |works: &&Works| works.state(now.wall) == WorksState::Running;
        let works = self.figures.works.all().filter(running);
        works.map(|works| works.number).collect()
    }

    /// There is an Internet again, or none any more.
    pub(in crate::core) fn set_uplink(&mut self, is_up: bool, now: Now) {
        let before = self.figures.troubles.set_offline(!is_up, now.boot);
        self.figures.blame(before, now.wall);
    }

    /// The packet path can be changed again, or not any more.
    pub(in crate::core) fn note_link(&mut self, now: Now) {
        let linked = self.outbox.is_linked();
        let before = self.figures.troubles.set_unlinked(!linked, now.boot);
        self.figures.blame(before, now.wall);
    }

    /// The next part of a silence before the start.
    pub(super) fn tell_silence(&mut self, now: Now) {
        let Some(silence) = self.figures.silence.take() else {
            return;
        };
        let up = i64::try_from(now.boot.since(self.figures.began)).unwrap_or(i64::MAX);
        let until = now.wall.checked_sub(SignedDuration::from_millis(up));
        // What was not there yet was not silent.
        let was_there = |network: &&NetworkId| {
            let recorded = self.figures.recorded.as_ref();
            recorded.is_none_or(|recorded| recorded.contains(*network))
        };
        let networks = self.policy.networks.keys().filter(was_there);
        let networks: Vec<NetworkId> = networks.copied().collect();
        let zone = &self.policy.time_zone;
        let works = &self.figures.works;
        let (figures, rest) = silence.tell(until.unwrap_or(now.wall), (&networks, works), zone);
        self.record(figures);
        // With what was told goes the sign of life up to which it was: a start that is cut short does
        // not tell it again.
        if let Some(rest) = &rest {
            self.outbox.push(Command::Beat(rest.told_until().clone()));
        }
        self.figures.silence = rest;
        self.beat(now, false);
    }
}
