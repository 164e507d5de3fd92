//! Agreement with the kernel: start, inventory, and the fate of each batch.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::access::{self, Key, Wanted};
use super::command::{Answer, Command};
use super::event::BatchId;
use super::gateway::Gateway;
use super::lifecycle::{self, Ends};
use super::outbox::Batch;
use super::plans;
use super::policy::{self, Verdict};
use super::register::Told;
use super::session::Session;
use crate::model::{
    AccessOp, Applied, BootId, Counters, KernelSession, NetworkId, Now, OpError, Policy, SessionEnd,
    StationOrder, StoredSession,
};

/// Most addresses in one [`Command::FlushFlows`].
const FLUSH_CHUNK: usize = 1_024;

impl Gateway {
    /// The first event: rules, and the sessions and orders that the store held.
    pub(super) fn start(
        &mut self,
        policy: Arc<Policy>,
        (stored, orders): (Vec<StoredSession>, Vec<StationOrder>),
        boot_id: BootId,
        now: Now,
    ) {
        self.policy = policy;
        self.boot_id = boot_id;
        self.restore_orders(orders, now);
        self.size_identity();
        self.look_at_calendar(now);
        for kept in stored {
            let key = (kept.network, kept.mac);
            let may = self.verdict(key, now) == Some(Verdict::May);
            let restored = self.rules(key.0).filter(|_| may).and_then(|rules| {
                lifecycle::decide_restored_end(
                    &kept,
                    &self.boot_id,
                    rules.recognition,
                    &self.policy.time_zone,
                    now,
                )
            });
            let Some(ends) = restored else {
                self.register_missed_end(&kept, now);
                self.forget(key, SessionEnd::Expired);
                continue;
            };
            // After a reboot the kernel's counters begin anew, and the row's monotonic end is void.
            let same_boot = kept.boot_id == self.boot_id;
            let seen = if same_boot { kept.seen } else { Counters::default() };
            let Some(plan) = self.rules(key.0).map(|rules| rules.plan) else {
                continue;
            };
            let session = Session {
                granted_at: kept.granted_at,
                latest: lifecycle::latest_of(kept.granted_at, ends, now),
                ordered: kept.ordered,
                usage: kept.usage,
                seen,
                new: false,
                kept: same_boot.then_some((now.boot, kept.usage)),
                today: self.restore_day(kept.today),
                told: (kept.registered && self.policy.register).then(Told::default),
                ..Session::granted(ends, plan, now)
            };
            self.insert(key, session, now);
        }
    }

    /// Everything that the kernel holds. The first inventory is the truth about who has access;
    /// later ones are compared with what `core` knows, and `core` is right.
    pub(super) fn take_inventory(&mut self, sessions: &[KernelSession], now: Now) {
        self.outbox.link();
        self.resync_at = None;
        self.refused.clear();
        let holds: BTreeMap<Key, KernelSession> = sessions
            .iter()
            .map(|session| ((session.network, session.mac), *session))
            .collect();
        if !self.inventoried {
            self.inventoried = true;
            self.figures.is_catching_up = self.figures.is_after_a_crash;
            self.drop_what_the_kernel_ended(&holds, now);
            self.adopt(&holds, now);
            self.resume_shares(&holds, now.boot);
        }
        for (key, held) in &holds {
            self.begin_reading_at(*key, held.counters);
            if self.add_reading(*key, held.counters, now) {
                // The difference below brings the slower plan.
                self.decide_limit(*key);
            }
            self.acknowledge(*key, now);
        }
        self.figures.is_catching_up = false;
        let wanted = self.wanted(now);
        for op in access::diff(&holds, &wanted, now.boot) {
            self.outbox.push_op(op);
        }
        let settled: Vec<Key> = self
            .waiters
            .keys()
            .filter(|key| !wanted.contains_key(*key))
            .copied()
            .collect();
        for key in settled {
            if !holds.contains_key(&key) {
                self.answer_waiters(key, None, |gateway| Answer::Is(gateway.standing(key, now)));
            }
        }
        self.schedule_read(now);
    }

    /// A session that the kernel had acknowledged in this boot, and that it no longer holds though it
    /// holds others of the network, was ended in the moments before the stop. A network of which the
    /// kernel holds nobody, not even exempt stations, says nothing: its sets were made anew.
    fn drop_what_the_kernel_ended(&mut self, holds: &BTreeMap<Key, KernelSession>, now: Now) {
        let alive: BTreeSet<NetworkId> = holds.keys().map(|key| key.0).collect();
        let ended: Vec<Key> = self
            .sessions
            .iter()
            .filter(|&(key, session)| {
                session.kept.is_some() && alive.contains(&key.0) && !holds.contains_key(key)
            })
            .map(|(key, _)| *key)
            .collect();
        for key in ended {
            self.end(key, SessionEnd::Revoked, now);
        }
    }

    /// Sessions that the kernel holds and the store does not: granted in the moments before a crash.
    fn adopt(&mut self, holds: &BTreeMap<Key, KernelSession>, now: Now) {
        for (key, held) in holds {
            let Some(rules) = self.rules(key.0) else { continue };
            // Exempt stations have no limit, or no end either.
            let Some((timeout, _)) = held.entry.timeout_ms.zip(held.entry.plan) else {
                continue;
            };
            let left = access::left_behind(timeout);
            let may = policy::decide(rules, key.1, self.orders.treatment(*key), false) == Verdict::May;
            if self.sessions.contains_key(key) || left == 0 || !may {
                continue;
            }
            let longest = lifecycle::decide_end(rules.recognition, &self.policy.time_zone, now);
            let boot = now.boot.plus_ms(left).min(longest.boot);
            let ends = Ends {
                boot,
                granted: None,
                deadline: Ends { boot, ..longest }.at(now),
            };
            // Its grant was counted by the process before, and what it moved until then; whatever of
            // that had not been saved is lost.
            let session = Session {
                latest: ends.boot,
                usage: held.counters,
                seen: held.counters,
                new: false,
                today: plans::bytes(held.counters),
                ..Session::granted(ends, rules.plan, now)
            };
            self.insert(*key, session, now);
        }
    }

    /// Everything that should be in the kernel's sets.
    fn wanted(&self, now: Now) -> BTreeMap<Key, Wanted> {
        let keys = self.sessions.keys().copied().chain(self.exempt_stations());
        keys.filter_map(|key| Some((key, self.wanted_of(key, now)?)))
            .collect()
    }

    /// The kernel has this session.
    fn acknowledge(&mut self, key: Key, now: Now) {
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        if !session.acknowledged {
            session.acknowledged = true;
            let (new, kept) = (std::mem::take(&mut session.new), session.kept.is_some());
            if new {
                self.statistics.of(key.0).grants += 1;
            }
            self.count_session(key, new, now);
            if new {
                self.register_beginning(key, now);
            }
            if !kept {
                self.keep(key, now);
            }
        }
        self.answer_waiters(key, None, |gateway| Answer::Is(gateway.standing(key, now)));
    }

    /// A batch was carried out or refused.
    pub(super) fn settle_batch(&mut self, id: BatchId, outcome: Result<Vec<Applied>, OpError>, now: Now) {
        let Some(Batch { first, ops }) = self.outbox.landed(id) else {
            return;
        };
        match outcome {
            Ok(applied) => {
                let mut gone: BTreeMap<NetworkId, Vec<IpAddr>> = BTreeMap::new();
                for (op, applied) in ops.into_iter().zip(applied) {
                    if let AccessOp::Revoke { network, mac } = op {
                        gone.entry(network)
                            .or_default()
                            .extend(self.addresses(network, mac));
                    }
                    self.settle(op, applied, now);
                }
                self.flush_flows(gone);
            }
            Err(_) if ops.len() > 1 => {
                // Meanwhile a later batch may have made some of them void.
                let ops = ops
                    .into_iter()
                    .filter_map(|op| self.still_meant(op, now))
                    .collect();
                self.outbox.retry_alone(first, ops);
            }
            Err(_) => {
                for op in ops {
                    self.fail(op, now);
                }
            }
        }
    }

    /// An operation as it leads to what is wanted now: another limit may have come into force since.
    fn still_meant(&self, op: AccessOp, now: Now) -> Option<AccessOp> {
        let entry = self.entry_of(op.key(), now);
        match (op, entry) {
            (AccessOp::Revoke { .. }, None) => Some(op),
            (AccessOp::Revoke { .. }, Some(_)) | (_, None) => None,
            (
                AccessOp::Grant {
                    network, mac, seed, ..
                },
                Some(entry),
            ) => Some(AccessOp::Grant {
                network,
                mac,
                entry,
                seed,
            }),
            (AccessOp::Limit { network, mac, .. }, Some(entry)) => {
                Some(AccessOp::Limit { network, mac, entry })
            }
            (AccessOp::Change { network, mac, .. }, Some(entry)) => {
                Some(AccessOp::Change { network, mac, entry })
            }
            (AccessOp::Renew { network, mac, .. }, Some(entry)) => {
                Some(AccessOp::Renew { network, mac, entry })
            }
        }
    }

    /// Flows of stations that lost their access, few requests for many stations: each costs the
    /// helper a walk through the kernel's whole connection table.
    fn flush_flows(&mut self, gone: BTreeMap<NetworkId, Vec<IpAddr>>) {
        for (network, addresses) in gone {
            for addresses in addresses.chunks(FLUSH_CHUNK) {
                let addresses = addresses.to_vec();
                self.outbox.push(Command::FlushFlows { network, addresses });
            }
        }
    }

    fn settle(&mut self, op: AccessOp, applied: Applied, now: Now) {
        let key = op.key();
        self.refused.remove(&key);
        if let Some(last) = applied.last {
            self.add_last_reading(key, last, now);
        }
        if !matches!(op, AccessOp::Revoke { .. }) && self.wanted_of(key, now).is_none() {
            // Its session ended while the batch was under way.
            let (network, mac) = key;
            self.outbox.push_op(AccessOp::Revoke { network, mac });
            return;
        }
        match op {
            AccessOp::Grant { seed, .. } => {
                if let Some(session) = self.sessions.get_mut(&key) {
                    session.seen = seed;
                    session.read = Some(now.boot);
                }
                self.acknowledge(key, now);
                self.schedule_read(now);
            }
            AccessOp::Limit { .. } | AccessOp::Change { .. } => {
                if let Some(session) = self.sessions.get_mut(&key) {
                    session.seen = Counters::default();
                }
                // The store must not believe that the old element's counters still run.
                self.keep(key, now);
            }
            AccessOp::Renew { .. } => {}
            AccessOp::Revoke { .. } => {
                self.departing.remove(&key);
                // A grant that follows on the heels of the revocation answers its own waiters.
                if !self.sessions.contains_key(&key) {
                    self.answer_waiters(key, None, |gateway| Answer::Is(gateway.standing(key, now)));
                }
            }
        }
    }

    /// One operation was refused on its own.
    fn fail(&mut self, op: AccessOp, now: Now) {
        let key = op.key();
        let unacknowledged = self
            .sessions
            .get(&key)
            .is_some_and(|session| !session.acknowledged);
        if matches!(op, AccessOp::Grant { .. }) && unacknowledged {
            self.statistics.of(key.0).failed += 1;
            self.figures.refused(key);
            self.take_back(key, now);
        } else {
            self.refused.insert(key);
            self.resync(now);
        }
        self.answer_waiters(key, None, |_| Answer::TryAgain);
    }
}
