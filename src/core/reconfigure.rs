//! New rules while sessions run: nobody is dropped who may stay, nobody stays longer than the new
//! rules allow.

use std::sync::Arc;

use super::access::Key;
use super::gateway::Gateway;
use super::lifecycle;
use crate::model::{AccessOp, Counters, Now, Policy, SessionEnd};

impl Gateway {
    /// Puts new rules in force.
    pub(super) fn reconfigure(&mut self, policy: Arc<Policy>, now: Now) {
        let before = std::mem::replace(&mut self.policy, policy);
        self.size_identity();
        self.look_at_register();
        self.look_at_calendar(now);
        self.lift_shares();
        let keys: Vec<Key> = self.sessions.keys().copied().collect();
        for key in keys {
            self.apply_rules_to_session(key, now);
        }
        self.move_exempt(&before, now);
        let rules = Arc::clone(&self.policy);
        self.move_ends(now, |network, ends| {
            rules.networks.get(&network).map_or(ends, |network| {
                let longest = lifecycle::decide_end(network.recognition, &rules.time_zone, now);
                lifecycle::decide_end_under_new_rules(ends, longest)
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
        let exempt = exempt_in(&self.policy).into_iter();
        self.exempt_seen = exempt
            .map(|key| (key, before.get(&key).copied().unwrap_or_default()))
            .collect();
    }

    fn apply_rules_to_session(&mut self, key: Key, now: Now) {
        let (network, mac) = key;
        let Some(rules) = self.rules(network) else {
            return self.end(key, SessionEnd::NetworkRemoved, now);
        };
        if rules.blocked.contains(&mac) {
            return self.end(key, SessionEnd::Blocked, now);
        }
        if rules.exempt.contains(&mac) {
            return self.end(key, SessionEnd::Exempted, now);
        }
        self.relimit(key, now);
    }

    /// Stations that became exempt, or are so no more.
    fn move_exempt(&mut self, before: &Policy, now: Now) {
        let (old, new) = (exempt_in(before), exempt_in(&self.policy));
        for &(network, mac) in new.iter().filter(|key| !old.contains(key)) {
            if let Some(entry) = self.entry_of((network, mac), now) {
                self.outbox.push_op(AccessOp::Grant {
                    network,
                    mac,
                    entry,
                    seed: Counters::default(),
                });
            }
        }
        for &(network, mac) in old.iter().filter(|key| !new.contains(key)) {
            if self.rules(network).is_some() {
                self.outbox.push_op(AccessOp::Revoke { network, mac });
            }
        }
    }
}

/// Exempt stations of all networks.
fn exempt_in(policy: &Policy) -> Vec<Key> {
    let networks = policy.networks.iter();
    networks
        .flat_map(|(&network, rules)| rules.exempt.iter().map(move |&mac| (network, mac)))
        .collect()
}
