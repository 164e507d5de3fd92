//! What people ask: how do I stand, let me in, let me out.

use std::net::IpAddr;

use super::access::{Key, Wanted};
use super::command::{Answer, Command, Standing};
use super::event::{Question, RequestId, SeenBy, Sighting};
use super::gateway::Gateway;
use super::lifecycle;
use super::policy::Verdict;
use super::session::Session;
use crate::model::{AccessOp, Counters, Entry, Now, SessionEnd};

impl Gateway {
    /// A request from a station's address.
    pub(super) fn take_request(
        &mut self,
        id: RequestId,
        key: Key,
        address: IpAddr,
        question: &Question,
        now: Now,
    ) {
        let (network, mac) = key;
        let sighting = Sighting {
            network,
            mac,
            address: Some(address),
            by: SeenBy::Neighbour,
            port: None,
        };
        self.handle(super::Event::Seen(sighting), now);
        match question {
            Question::Status => {
                self.identity.contact(network, mac, None, now.boot);
                self.answer(id, Answer::Is(self.standing(key, now)));
            }
            Question::Probe(family) => {
                self.identity.contact(network, mac, Some(*family), now.boot);
                self.answer(id, Answer::Is(self.standing(key, now)));
            }
            Question::Grant => self.grant(id, key, now),
            Question::Disconnect => self.disconnect(id, key, now),
        }
    }

    fn answer(&mut self, id: RequestId, answer: Answer) {
        self.outbox.push(Command::Answer { id, answer });
    }

    /// How a station stands now. "Granted" only once the kernel has said so.
    #[must_use]
    pub(super) fn standing(&self, key: Key, now: Now) -> Standing {
        let Some(rules) = self.rules(key.0) else {
            return Standing::Captive;
        };
        match self.verdict(key, now) {
            Some(Verdict::Exempt) => return Standing::Exempt,
            Some(Verdict::Listed | Verdict::InConflict) => return Standing::Blocked,
            Some(Verdict::May) | None => {}
        }
        match self.sessions.get(&key) {
            Some(session) if self.is_online(session) && session.ends.left_ms(now) > 0 => Standing::Granted {
                granted_at: session.granted_at,
                ends_at: session.ends.at(now),
                seconds_left: session.ends.left_ms(now) / 1_000,
                usage: session.usage,
                plan: self.plan_of(key.0, rules, session),
                volume: Self::volume_of(rules, session),
            },
            _ => Standing::Captive,
        }
    }

    /// The kernel has acknowledged the session: now, or before the restart that is just going on.
    pub(super) fn is_online(&self, session: &Session) -> bool {
        session.acknowledged || (!self.inventoried && !session.new)
    }

    fn grant(&mut self, id: RequestId, key: Key, now: Now) {
        let standing = self.standing(key, now);
        if standing != Standing::Captive {
            if standing == Standing::Blocked {
                self.statistics.of(key.0).refused += 1;
                self.figures.blocked(key);
            }
            return self.answer(id, Answer::Is(standing));
        }
        if self.sessions.contains_key(&key) {
            return self.wait(key, id, now);
        }
        let Some(rules) = self.rules(key.0) else {
            return self.answer(id, Answer::TryAgain);
        };
        let (recognition, full) = (rules.recognition, self.count(key.0) >= rules.max_stations);
        if full {
            self.statistics.of(key.0).failed += 1;
            self.figures.refused(key);
            return self.answer(id, Answer::TryAgain);
        }
        let plan = rules.plan;
        if !self.taps.may(key, now.boot) {
            self.statistics.of(key.0).hasty += 1;
            self.figures.refused(key);
            return self.answer(id, Answer::TryAgain);
        }
        let ends = lifecycle::decide_end(recognition, &self.policy.time_zone, now);
        self.insert(key, Session::granted(ends, plan, now), now);
        self.wait(key, id, now);
        if let Some(entry) = self.entry_of(key, now) {
            let seed = Counters::default();
            self.outbox.push_op(AccessOp::Grant {
                network: key.0,
                mac: key.1,
                entry,
                seed,
            });
        }
    }

    fn disconnect(&mut self, id: RequestId, key: Key, now: Now) {
        if !self.sessions.contains_key(&key) {
            return self.answer(id, Answer::Is(self.standing(key, now)));
        }
        self.end(key, SessionEnd::Disconnected, now);
        self.wait(key, id, now);
    }

    /// What the station should have in the kernel; `None` if nothing.
    pub(super) fn wanted_of(&self, key: Key, now: Now) -> Option<Wanted> {
        match self.verdict(key, now)? {
            Verdict::Exempt => Some(Wanted::exempt(self.exempt_until(key, now))),
            Verdict::Listed | Verdict::InConflict => None,
            Verdict::May => self.sessions.get(&key).map(Session::wanted),
        }
    }

    /// The kernel's form of [`Gateway::wanted_of`].
    pub(super) fn entry_of(&self, key: Key, now: Now) -> Option<Entry> {
        self.wanted_of(key, now).map(|wanted| wanted.entry(now.boot))
    }
}
