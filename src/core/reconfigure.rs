//! New rules while sessions run: nobody is dropped who may stay, nobody stays longer than the new
//! rules allow.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::access::Key;
use super::gateway::Gateway;
use super::lifecycle;
use super::policy::Verdict;
use crate::model::{AccessOp, Counters, Now, Policy, SessionEnd};

impl Gateway {
    /// Puts new rules in force.
    pub(super) fn reconfigure(&mut self, policy: Arc<Policy>, now: Now) {
        let before = self.exempt_now(now);
        self.policy = policy;
        self.figures.watch_uplink(!self.policy.unwatched, now.boot);
        self.size_identity();
        self.look_at_register();
        self.look_at_calendar(now);
        self.lift_shares();
        for key in self.by_activity(None) {
            self.apply_rules_to_session(key, now);
        }
        self.move_exempt(&before, now);
        let rules = Arc::clone(&self.policy);
        self.move_ends(now, |network, session| {
            rules.networks.get(&network).map_or(session.ends, |network| {
                let recognition = lifecycle::allowed(network.recognition, session.ordered);
                let longest = lifecycle::decide_end(recognition, &rules.time_zone, now);
                lifecycle::decide_end_under_new_rules(session.ends, longest)
            })
        });
    }

    /// Makes room for as many stations as the rules say, and a place for each exempt one's reading.
    pub(super) fn size_identity(&mut self) {
        let sizes = self
            .policy
            .networks
            .iter()
            .map(|(&network, rules)| (network, rules.max_stations));
        self.identity.configure(sizes);
        let before = std::mem::take(&mut self.exempt_seen);
        let exempt: Vec<Key> = self.exempt_stations().collect();
        self.exempt_seen = exempt
            .into_iter()
            .map(|key| (key, before.get(&key).copied().unwrap_or_default()))
            .collect();
    }

    fn apply_rules_to_session(&mut self, key: Key, now: Now) {
        if self.rules(key.0).is_none() {
            return self.end(key, SessionEnd::NetworkRemoved, now);
        }
        self.end_unless_granted(key, now);
        if self.sessions.contains_key(&key) {
            self.relimit(key, now);
        }
    }

    /// Stations that are exempt now.
    fn exempt_now(&self, now: Now) -> BTreeSet<Key> {
        let exempt = |key: &Key| self.verdict(*key, now) == Some(Verdict::Exempt);
        self.exempt_stations().filter(exempt).collect()
    }

    /// Stations that became exempt, or are so no more.
    fn move_exempt(&mut self, old: &BTreeSet<Key>, now: Now) {
        let new = self.exempt_now(now);
        for &(network, mac) in new.difference(old) {
            if let Some(entry) = self.entry_of((network, mac), now) {
                self.outbox.push_op(AccessOp::Grant {
                    network,
                    mac,
                    entry,
                    seed: Counters::default(),
                });
            }
        }
        for &(network, mac) in old.difference(&new) {
            if self.rules(network).is_some() {
                self.outbox.push_op(AccessOp::Revoke { network, mac });
            }
        }
    }
}
