//! A street full of stations, as the event loop tells of it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use portico::core::{Acted, StationAct, StationLook, StationState};
use portico::dashboard::Stations;
use portico::model::figures::DeviceFamily;
use portico::model::{Counters, Mac, NetworkId, StationOrder, Treatment};
use tokio::sync::oneshot;

use crate::sample::plan;

/// The gateway's side of the desk.
#[derive(Clone, Default)]
pub(crate) struct Street(Arc<Mutex<Inside>>);

#[derive(Default)]
pub(crate) struct Inside {
    looks: Vec<StationLook>,
    /// What was ordered.
    pub(crate) acts: Vec<(NetworkId, Mac, StationAct)>,
    /// Whether orders wait until they are released.
    pub(crate) is_busy: bool,
    /// Whether the kernel does not follow.
    pub(crate) is_behind: bool,
    pub(crate) waiting: Vec<Order>,
}

/// An order that waits for its answer.
pub(crate) struct Order {
    stations: Vec<(NetworkId, Mac)>,
    act: StationAct,
    reply: oneshot::Sender<Vec<Acted>>,
}

impl Street {
    /// So many stations.
    pub(crate) fn fill(&self, count: u16) {
        self.inside().looks = (0..count).map(look).collect();
    }

    /// One more.
    pub(crate) fn add(&self, look: StationLook) {
        self.inside().looks.push(look);
    }

    pub(crate) fn inside(&self) -> std::sync::MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn looks(&self) -> Stations {
        Arc::new(self.inside().looks.clone())
    }

    /// Takes an order, and does it at once or when it is released.
    pub(crate) fn take(
        &self,
        stations: Vec<(NetworkId, Mac)>,
        act: StationAct,
        reply: oneshot::Sender<Vec<Acted>>,
    ) {
        self.inside().waiting.push(Order { stations, act, reply });
        if !self.inside().is_busy {
            self.release();
        }
    }

    pub(crate) fn release(&self) {
        let waiting = std::mem::take(&mut self.inside().waiting);
        for Order { stations, act, reply } in waiting {
            // Whoever gave it may have gone.
            let _ = reply.send(self.act(&stations, &act));
        }
    }

    /// Does what can be seen in the list.
    fn act(&self, stations: &[(NetworkId, Mac)], act: &StationAct) -> Vec<Acted> {
        let mut inside = self.inside();
        let done = if inside.is_behind {
            Acted::Waiting
        } else {
            Acted::Done
        };
        let mut outcomes = Vec::new();
        for &(network, mac) in stations {
            inside.acts.push((network, mac, act.clone()));
            let found = inside.looks.iter_mut();
            let mut found = found.filter(|look| look.network == network && look.mac == mac);
            let state = found.next().map(|look| &mut look.state);
            outcomes.push(match (act, state) {
                (StationAct::End, Some(state @ StationState::Granted)) => {
                    *state = StationState::Captive;
                    done
                }
                (StationAct::Block { .. }, Some(state)) => {
                    *state = StationState::Blocked;
                    done
                }
                _ => Acted::NoSession,
            });
        }
        outcomes
    }
}

fn mac(index: u16) -> Mac {
    let [high, low] = index.to_be_bytes();
    Mac::new([0x02, 0x5e, 0x10, 0xd7, high, low]).unwrap()
}

/// Every fourth is online, every tenth of the others blocked.
fn look(index: u16) -> StationLook {
    let is_online = index.is_multiple_of(4);
    let is_blocked = !is_online && index.is_multiple_of(10);
    let start = portico::app::clock::wall() - SignedDuration::from_secs(i64::from(index) + 90);
    let network: NetworkId = if index.is_multiple_of(3) {
        "molini"
    } else {
        "piazza"
    }
    .parse()
    .unwrap();
    let mut usage = Counters::default();
    usage.down.bytes = u64::from(index) * 1_000_000;
    StationLook {
        network,
        mac: mac(index),
        state: match (is_online, is_blocked) {
            (true, _) => StationState::Granted,
            (_, true) => StationState::Blocked,
            _ => StationState::Captive,
        },
        since: Some(start),
        ends_at: is_online.then(|| start + SignedDuration::from_hours(4)),
        seconds_left: is_online.then_some(3_600 + u64::from(index)),
        plan: is_online.then(plan),
        is_own_plan: false,
        usage,
        addresses: vec![
            std::net::Ipv4Addr::new(10, 7, mac(index).octets()[4], mac(index).octets()[5]).into(),
        ],
        family: Some(DeviceFamily::Android),
        active_at: Some(start),
        order: is_blocked.then(|| StationOrder {
            network,
            mac: mac(index),
            treatment: Treatment::Block,
            since: start,
            until: start + SignedDuration::from_hours(24),
            reason: Some("A <b>loud</b> neighbour".parse().unwrap()),
        }),
    }
}
