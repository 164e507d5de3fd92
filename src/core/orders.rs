//! What administrators order about single stations: end, extend, another plan, block, exempt.
//!
//! What is about a session ends with it. Blocks and exemptions stand until their end in civil time, also
//! across a restart, and are lifted by themselves. The configuration's own lists go before them, except that
//! a device it exempts may be blocked for a time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::access::Key;
use super::acts::{Acted, StationAct};
use super::command::Command;
use super::gateway::Gateway;
use super::lifecycle::{self, Ends};
use super::policy::{self, Verdict};
use super::session::Session;
use crate::model::{
    AccessOp, Boot, Counters, Mac, NetworkId, Now, Rate, RatePlan, SessionEnd, StationOrder, Treatment,
};

/// How often the kernel's fail-safe of an exempt station is moved, milliseconds; it stands for a day.
const RENEW_EVERY_MS: u64 = 6 * 3_600_000;

/// The orders that stand.
#[derive(Debug, Default)]
pub(super) struct Orders {
    standing: BTreeMap<Key, StationOrder>,
    /// The same by their ends, soonest first.
    by_end: BTreeSet<(Timestamp, Key)>,
    /// When an order is lifted next.
    lift_at: Option<Boot>,
    /// When the kernel's fail-safes are moved next.
    renew_at: Option<Boot>,
}

impl Orders {
    /// The order about a station.
    pub(super) fn get(&self, key: Key) -> Option<&StationOrder> {
        self.standing.get(&key)
    }

    /// How a station is to be treated.
    pub(super) fn treatment(&self, key: Key) -> Option<Treatment> {
        self.get(key).map(|order| order.treatment)
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Key, &StationOrder)> {
        self.standing.iter()
    }

    /// Stations that an order exempts.
    pub(super) fn exempt(&self) -> impl Iterator<Item = Key> + '_ {
        let exempt = |order: &StationOrder| order.treatment == Treatment::Exempt;
        self.iter()
            .filter(move |(_, order)| exempt(order))
            .map(|(key, _)| *key)
    }

    /// When to look next.
    pub(super) fn next(&self) -> Option<Boot> {
        [self.lift_at, self.renew_at].into_iter().flatten().min()
    }

    /// The civil clock has stepped: the kernel's fail-safes are no longer what they should be.
    pub(super) fn renew_at(&mut self, at: Boot) {
        self.renew_at = self.renew_at.map(|_| at);
    }

    fn insert(&mut self, order: StationOrder) {
        let key = (order.network, order.mac);
        self.remove(key);
        self.by_end.insert((order.until, key));
        self.standing.insert(key, order);
    }

    fn remove(&mut self, key: Key) -> Option<StationOrder> {
        let order = self.standing.remove(&key)?;
        self.by_end.remove(&(order.until, key));
        Some(order)
    }

    /// The stations whose orders are over.
    fn over(&self, now: Now) -> Vec<Key> {
        let ends = self.by_end.iter();
        ends.take_while(|(until, _)| *until <= now.wall)
            .map(|(_, key)| *key)
            .collect()
    }

    fn schedule(&mut self, now: Now) {
        let first = self.by_end.first();
        self.lift_at = first.map(|(until, _)| lifecycle::boot_of(*until, now).max(now.boot.plus_ms(1)));
        if self.exempt().next().is_none() {
            self.renew_at = None;
        } else {
            self.renew_at.get_or_insert(now.boot.plus_ms(RENEW_EVERY_MS));
        }
    }
}

impl Gateway {
    /// What would become of an order, which is nothing that [`Event::Act`](super::Event::Act) refuses.
    #[must_use]
    pub fn decide_act(&self, network: NetworkId, mac: Mac, act: &StationAct, now: Now) -> Acted {
        let key = (network, mac);
        let Some(rules) = self.rules(network) else {
            return self.decide_act_elsewhere(key, act);
        };
        let (is_blocked, is_exempt) = (rules.blocked.contains(&mac), rules.exempt.contains(&mac));
        let refusal = match act {
            StationAct::End | StationAct::Plan { .. } | StationAct::UsualPlan => {
                (!self.sessions.contains_key(&key)).then_some(Acted::NoSession)
            }
            StationAct::Extend { minutes } => match self.sessions.get(&key) {
                None => Some(Acted::NoSession),
                Some(session) => self
                    .extended(network, session, *minutes, now)
                    .is_none()
                    .then_some(Acted::AtLimit),
            },
            StationAct::Block { .. } if is_blocked => Some(Acted::Listed),
            StationAct::Exempt { .. } if is_blocked || is_exempt => Some(Acted::Listed),
            StationAct::Block { until, .. } | StationAct::Exempt { until, .. } => {
                self.decide_end_of_order(key, *until, now)
            }
            StationAct::Lift => self.orders.get(key).is_none().then_some(Acted::NoOrder),
        };
        refusal.unwrap_or(self.done())
    }

    /// Where there is no such network: orders wait for it until their ends, and nothing but lifting them can be
    /// ordered.
    fn decide_act_elsewhere(&self, key: Key, act: &StationAct) -> Acted {
        match act {
            StationAct::Lift if self.orders.get(key).is_some() => self.done(),
            _ => Acted::UnknownNetwork,
        }
    }

    const fn done(&self) -> Acted {
        if self.outbox.is_linked() {
            Acted::Done
        } else {
            Acted::Waiting
        }
    }

    fn decide_end_of_order(&self, key: Key, until: Timestamp, now: Now) -> Option<Acted> {
        if until <= now.wall || until.duration_since(now.wall) > StationOrder::LONGEST {
            return Some(Acted::WrongEnd);
        }
        let is_new = self.orders.get(key).is_none();
        (is_new && self.orders.standing.len() >= StationOrder::MOST).then_some(Acted::TooMany)
    }

    /// Carries an order out, if it may be.
    pub(super) fn act(&mut self, key: Key, act: StationAct, now: Now) {
        let (network, mac) = key;
        if !self.decide_act(network, mac, &act, now).is_done() {
            return;
        }
        let order = |treatment, until, reason| StationOrder {
            network,
            mac,
            treatment,
            since: now.wall,
            until,
            reason,
        };
        match act {
            StationAct::End => self.end(key, SessionEnd::Revoked, now),
            StationAct::Extend { minutes } => self.extend(key, minutes, now),
            StationAct::Plan { down, up } => self.order_plan(key, Some((down, up)), now),
            StationAct::UsualPlan => self.order_plan(key, None, now),
            StationAct::Block { until, reason } => {
                self.put_order(order(Treatment::Block, until, Some(reason)), now);
            }
            StationAct::Exempt { until, reason } => {
                self.put_order(order(Treatment::Exempt, until, reason), now);
            }
            StationAct::Lift => self.lift_order(key, now),
        }
    }

    /// The end of a session that is to last longer; nothing if it cannot.
    fn extended(&self, network: NetworkId, session: &Session, minutes: u32, now: Now) -> Option<Ends> {
        let rules = self.rules(network)?;
        let zone = &self.policy.time_zone;
        lifecycle::decide_extended_end(
            session.ends,
            session.latest,
            minutes,
            rules.recognition,
            zone,
            now,
        )
    }

    fn extend(&mut self, key: Key, minutes: u32, now: Now) {
        let ends = self
            .sessions
            .get(&key)
            .and_then(|session| self.extended(key.0, session, minutes, now));
        if let Some((session, ends)) = self.sessions.get_mut(&key).zip(ends) {
            session.ordered.extended = true;
            self.move_end(key, ends, now);
        }
    }

    fn order_plan(&mut self, key: Key, rates: Option<(Rate, Rate)>, now: Now) {
        let Some(usual) = self.rules(key.0).map(|rules| self.plan_in_force(key.0, rules)) else {
            return;
        };
        if let Some(session) = self.sessions.get_mut(&key) {
            session.ordered.plan = rates.map(|(down, up)| RatePlan { down, up, ..usual });
        }
        self.relimit(key, now);
        self.keep(key, now);
    }

    fn put_order(&mut self, order: StationOrder, now: Now) {
        let key = (order.network, order.mac);
        let was_exempt = self.is_exempt(key, now);
        self.outbox.push(Command::KeepOrder(order.clone()));
        self.orders.insert(order);
        self.follow_order(key, was_exempt, now);
    }

    fn lift_order(&mut self, key: Key, now: Now) {
        let was_exempt = self.is_exempt(key, now);
        if self.orders.remove(key).is_some() {
            self.forget_order(key);
            self.follow_order(key, was_exempt, now);
        }
    }

    fn forget_order(&mut self, (network, mac): Key) {
        self.outbox.push(Command::ForgetOrder { network, mac });
    }

    /// Brings session and kernel to what the orders about a station say now.
    fn follow_order(&mut self, key: Key, was_exempt: bool, now: Now) {
        self.orders.schedule(now);
        self.end_unless_granted(key, now);
        let (network, mac) = key;
        let Some(entry) = self.entry_of(key, now).filter(|_| self.is_exempt(key, now)) else {
            if was_exempt {
                self.exempt_seen.remove(&key);
                self.outbox.push_op(AccessOp::Revoke { network, mac });
            }
            return;
        };
        if was_exempt {
            return self.outbox.push_op(AccessOp::Renew { network, mac, entry });
        }
        self.exempt_seen.entry(key).or_default();
        let seed = Counters::default();
        self.outbox.push_op(AccessOp::Grant {
            network,
            mac,
            entry,
            seed,
        });
        self.schedule_read(now);
    }

    /// Ends the session of a station that is blocked or exempt now.
    pub(super) fn end_unless_granted(&mut self, key: Key, now: Now) {
        match self.verdict(key, now) {
            Some(Verdict::Listed) => self.end(key, SessionEnd::Blocked, now),
            Some(Verdict::Exempt) => {
                if let Some(session) = self.sessions.get(&key) {
                    // What is read of the element that goes has been counted.
                    self.exempt_seen.insert(key, session.seen);
                }
                self.end(key, SessionEnd::Exempted, now);
            }
            _ => {}
        }
    }

    /// What the rules and orders say about a station; nothing where there is no such network.
    pub(super) fn verdict(&self, key: Key, now: Now) -> Option<Verdict> {
        let rules = self.rules(key.0)?;
        let (order, in_conflict) = (self.orders.treatment(key), self.in_conflict(key, now));
        Some(policy::decide(rules, key.1, order, in_conflict))
    }

    fn is_exempt(&self, key: Key, now: Now) -> bool {
        self.verdict(key, now) == Some(Verdict::Exempt)
    }

    /// When an exemption is over; never by the configuration's list.
    pub(super) fn exempt_until(&self, key: Key, now: Now) -> Option<Boot> {
        let listed = self
            .rules(key.0)
            .is_some_and(|rules| rules.exempt.contains(&key.1));
        let order = self.orders.get(key).filter(|_| !listed)?;
        Some(lifecycle::boot_of(order.until, now))
    }

    /// Stations that are exempt, by the configuration or an order, whatever else stands against it.
    pub(super) fn exempt_stations(&self) -> impl Iterator<Item = Key> + '_ {
        let networks = self.policy.networks.iter();
        let listed =
            networks.flat_map(|(&network, rules)| rules.exempt.iter().map(move |&mac| (network, mac)));
        let known = |key: &Key| self.policy.networks.contains_key(&key.0);
        listed.chain(self.orders.exempt().filter(known))
    }

    /// What the store held. Those of networks that are gone wait on, as they would have without a restart.
    pub(super) fn restore_orders(&mut self, orders: Vec<StationOrder>, now: Now) {
        for order in orders {
            if order.until <= now.wall {
                self.forget_order((order.network, order.mac));
            } else {
                self.orders.insert(order);
            }
        }
        self.orders.schedule(now);
    }

    /// What the store held and could not be read of at the start. What was ordered since goes before it.
    pub(super) fn take_late_orders(&mut self, orders: Vec<StationOrder>, now: Now) {
        for order in orders {
            let key = (order.network, order.mac);
            if order.until <= now.wall {
                self.forget_order(key);
            } else if self.orders.get(key).is_none() {
                let was_exempt = self.is_exempt(key, now);
                self.orders.insert(order);
                self.follow_order(key, was_exempt, now);
            }
        }
    }

    /// Lifts what is over, and moves the kernel's fail-safes of what is not.
    pub(super) fn look_at_orders(&mut self, now: Now) {
        for key in self.orders.over(now) {
            self.lift_order(key, now);
        }
        if self.orders.renew_at.is_some_and(|at| at <= now.boot) {
            self.orders.renew_at = None;
            let exempt: Vec<Key> = self.orders.exempt().collect();
            for (network, mac) in exempt {
                let exempt = self.is_exempt((network, mac), now);
                if let Some(entry) = self.entry_of((network, mac), now).filter(|_| exempt) {
                    self.outbox.push_op(AccessOp::Renew { network, mac, entry });
                }
            }
        }
        self.orders.schedule(now);
    }
}

#[cfg(test)]
#[path = "orders_tests.rs"]
mod tests;
