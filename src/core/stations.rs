//! Every station as an administrator sees it in the list.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::access::Key;
use super::gateway::Gateway;
use super::identity::Known;
use super::lifecycle;
use super::policy::{self, Verdict};
use super::session::Session;
use crate::model::figures::DeviceFamily;
use crate::model::{Boot, Counters, Mac, NetworkId, NetworkPolicy, Now, RatePlan, StationOrder, Treatment};

/// How a station stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationState {
    /// Has to tap first.
    Captive,
    /// Online after its tap.
    Granted,
    /// Online without one.
    Exempt,
    /// Refused.
    Blocked,
}

impl StationState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Captive, Self::Granted, Self::Exempt, Self::Blocked];
}

/// One station in the list of administrators. Personal data: never logged, never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationLook {
    /// Network.
    pub network: NetworkId,
    /// Station.
    pub mac: Mac,
    /// How it stands.
    pub state: StationState,
    /// Since when: the grant, the order, or when it was first seen.
    pub since: Option<Timestamp>,
    /// When the session or the order ends.
    pub ends_at: Option<Timestamp>,
    /// Seconds until then.
    pub seconds_left: Option<u64>,
    /// The session's plan; at peak times a fair share may be less.
    pub plan: Option<RatePlan>,
    /// Whether an administrator has chosen the plan for this station.
    pub is_own_plan: bool,
    /// Usage of the session.
    pub usage: Counters,
    /// Its addresses, in order.
    pub addresses: Vec<IpAddr>,
    /// What it is, as far as its probe told.
    pub family: Option<DeviceFamily>,
    /// Its last sign of life.
    pub active_at: Option<Timestamp>,
    /// The order about it, with its reason.
    pub order: Option<StationOrder>,
}

impl Gateway {
    /// Every station that is known, or that an order is about, on a network that is gone too: in order of networks
    /// and addresses, in one walk. Every session's station is known.
    #[must_use]
    pub fn station_looks(&self, now: Now) -> Vec<StationLook> {
        let mut looks = Vec::new();
        let mut sessions = self.sessions.iter().peekable();
        let mut orders = self.orders.iter().map(|(key, _)| *key).peekable();
        for (key, known) in self.identity.known() {
            while let Some(unseen) = orders.next_if(|other| *other < key) {
                looks.extend(self.look_of(unseen, None, None, now));
            }
            orders.next_if(|other| *other == key);
            while sessions.next_if(|(other, _)| **other < key).is_some() {}
            let session = sessions.next_if(|(other, _)| **other == key);
            looks.extend(self.look_of(key, Some(known), session.map(|(_, session)| session), now));
        }
        looks.extend(orders.filter_map(|key| self.look_of(key, None, None, now)));
        looks
    }

    fn look_of(
        &self,
        key: Key,
        known: Option<Known>,
        session: Option<&Session>,
        now: Now,
    ) -> Option<StationLook> {
        let order = self.orders.get(key);
        let Some(rules) = self.rules(key.0) else {
            return order.map(|order| look_of_waiting(order, now));
        };
        let state = match policy::decide(
            rules,
            key.1,
            order.map(|order| order.treatment),
            self.in_conflict(key, now),
        ) {
            Verdict::Exempt => StationState::Exempt,
            Verdict::Listed | Verdict::InConflict => StationState::Blocked,
            Verdict::May if session.is_some_and(|session| self.is_online(session)) => StationState::Granted,
            Verdict::May => StationState::Captive,
        };
        let wall = |at: Boot| lifecycle::earlier(now.wall, now.boot.since(at));
        let seen = known.as_ref().map(|known| known.seen);
        let active = session.map(|session| session.active).max(seen);
        let look = StationLook {
            since: known.as_ref().map(|known| wall(known.since)),
            family: known.as_ref().and_then(|known| known.family),
            addresses: known.map(|known| known.addresses).unwrap_or_default(),
            active_at: active.map(wall),
            order: order.cloned(),
            ..unseen(key, state)
        };
        Some(match (state, session, order) {
            (StationState::Granted, Some(session), _) => self.with_session(look, rules, session, now),
            (_, _, Some(order)) => with_order(look, order, now),
            _ => look,
        })
    }

    fn with_session(
        &self,
        look: StationLook,
        rules: &NetworkPolicy,
        session: &Session,
        now: Now,
    ) -> StationLook {
        StationLook {
            since: Some(session.granted_at),
            ends_at: Some(session.ends.at(now)),
            seconds_left: Some(session.ends.left_ms(now) / 1_000),
            plan: Some(self.plan_of(look.network, rules, session)),
            is_own_plan: session.ordered.plan.is_some(),
            usage: session.usage,
            ..look
        }
    }
}

/// A station of which nothing is known.
fn unseen((network, mac): Key, state: StationState) -> StationLook {
    StationLook {
        network,
        mac,
        state,
        since: None,
        ends_at: None,
        seconds_left: None,
        plan: None,
        is_own_plan: false,
        usage: Counters::default(),
        family: None,
        addresses: Vec::new(),
        active_at: None,
        order: None,
    }
}

/// A station with an order that waits for its network: how it would stand there. It counts among the orders that
/// there may be, so that it has to be seen to be lifted.
fn look_of_waiting(order: &StationOrder, now: Now) -> StationLook {
    let state = match order.treatment {
        Treatment::Block => StationState::Blocked,
        Treatment::Exempt => StationState::Exempt,
    };
    let look = StationLook {
        order: Some(order.clone()),
        ..unseen((order.network, order.mac), state)
    };
    with_order(look, order, now)
}

fn with_order(look: StationLook, order: &StationOrder, now: Now) -> StationLook {
    StationLook {
        since: Some(order.since),
        ends_at: Some(order.until),
        seconds_left: Some(lifecycle::boot_of(order.until, now).since(now.boot) / 1_000),
        ..look
    }
}
