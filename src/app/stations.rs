//! Stations for administrators: the list, and what they order.

use std::sync::Arc;

use super::clock;
use super::event_loop::EventLoop;
use crate::core::{Acted, Event, StationAct};
use crate::dashboard::Stations;
use crate::model::{Boot, Mac, NetworkId};

/// How old the list may be, milliseconds: many who watch cost hardly more than one.
const FRESH_MS: u64 = 1_000;

/// The list that was made last.
#[derive(Debug, Default)]
pub(super) struct Looks {
    last: Option<(Boot, Stations)>,
}

impl EventLoop {
    /// Every station.
    pub(super) fn station_looks(&mut self) -> Stations {
        let now = clock::now();
        if let Some((at, looks)) = &self.looks.last
            && now.boot.since(*at) < FRESH_MS
        {
            return Arc::clone(looks);
        }
        let looks = Arc::new(self.gateway.station_looks(now));
        self.looks.last = Some((now.boot, Arc::clone(&looks)));
        looks
    }

    /// An order about stations; what became of it for each.
    pub(super) fn act_on_all(&mut self, stations: &[(NetworkId, Mac)], act: &StationAct) -> Vec<Acted> {
        self.looks.last = None;
        stations
            .iter()
            .map(|&(network, mac)| self.act_on(network, mac, act))
            .collect()
    }

    fn act_on(&mut self, network: NetworkId, mac: Mac, act: &StationAct) -> Acted {
        let acted = self.gateway.decide_act(network, mac, act, clock::now());
        if acted.is_done() {
            let act = act.clone();
            self.take(Event::Act { network, mac, act });
        }
        acted
    }
}
