//! Stations for administrators: the list, and what they order.
//!
//! An order about many is given a few stations at a time, and people at the portal are answered in between; what
//! became of it is told when the kernel has followed.

use std::collections::VecDeque;
use std::sync::Arc;

use super::clock;
use super::event_loop::EventLoop;
use crate::core::{Acted, Event, Fence, Gateway, StationAct};
use crate::dashboard::Stations;
use crate::model::{Boot, Mac, NetworkId};

/// How old the list may be, milliseconds: many who watch cost hardly more than one.
const FRESH_MS: u64 = 1_000;
/// Stations that are seen to in one turn of the loop.
const AT_ONCE: usize = 256;
/// Most orders at once; each may be about thousands of stations.
const MOST: usize = 32;
/// How long the kernel's word on an order is waited for, milliseconds.
const KERNEL_MS: u64 = 2_000;

/// The list that was made last.
#[derive(Debug, Default)]
pub(super) struct Looks {
    last: Option<(Boot, Stations)>,
}

/// Hears what became of an order: for each station, in the same order.
pub(super) type Tell = Box<dyn FnOnce(Vec<Acted>) + Send>;

/// Orders that are being carried out, the first first.
#[derive(Default)]
pub(super) struct Orders(VecDeque<Job>);

struct Job {
    stations: Vec<(NetworkId, Mac)>,
    act: StationAct,
    /// Of the stations that it has been given about.
    acted: Vec<Acted>,
    /// Once it has been given about all of them: what the kernel has still to settle, and how long that is waited
    /// for.
    awaits: Option<(Fence, Boot)>,
    tell: Tell,
}

impl Orders {
    /// Whether one is still to be given about some stations.
    pub(super) fn has_work(&self) -> bool {
        self.0.iter().any(|job| job.awaits.is_none())
    }

    /// When somebody has waited long enough for the kernel.
    pub(super) fn next(&self) -> Option<Boot> {
        let waiting = self.0.iter().filter_map(|job| job.awaits);
        waiting.map(|(_, until)| until).min()
    }

    fn take(&mut self, which: impl Fn(&Job) -> bool) -> Option<Job> {
        let place = self.0.iter().position(which)?;
        self.0.remove(place)
    }
}

impl Job {
    fn is_over(&self, gateway: &Gateway, now: Boot) -> bool {
        self.awaits
            .is_some_and(|(fence, until)| until <= now || gateway.is_settled(fence))
    }

    /// Tells of it: done is what the kernel is not known to lack.
    fn finish(mut self, gateway: &Gateway) {
        let is_late = self.awaits.is_some_and(|(fence, _)| !gateway.is_settled(fence));
        for (acted, &(network, mac)) in self.acted.iter_mut().zip(&self.stations) {
            if *acted == Acted::Done && (is_late || gateway.is_behind(network, mac)) {
                *acted = Acted::Waiting;
            }
        }
        (self.tell)(self.acted);
    }
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

    /// Takes an order about stations in. Where too many are under way nobody is told anything of it, and it is not
    /// given.
    pub(super) fn order(&mut self, stations: Vec<(NetworkId, Mac)>, act: StationAct, tell: Tell) {
        if self.orders.0.len() >= MOST {
            tracing::error!("too many orders about stations at once; one was not taken");
            return;
        }
        let acted = Vec::with_capacity(stations.len());
        self.orders.0.push_back(Job {
            stations,
            act,
            acted,
            awaits: None,
            tell,
        });
    }

    /// Gives the first order that is not given whole about some more of its stations.
    pub(super) fn give_orders(&mut self) {
        let Some(mut job) = self.orders.take(|job| job.awaits.is_none()) else {
            return;
        };
        self.looks.last = None;
        for &(network, mac) in job.stations.iter().skip(job.acted.len()).take(AT_ONCE) {
            job.acted.push(self.act_on(network, mac, &job.act));
        }
        if job.acted.len() == job.stations.len() {
            job.awaits = Some((self.gateway.fence(), clock::boot().plus_ms(KERNEL_MS)));
            self.orders.0.push_back(job);
        } else {
            self.orders.0.push_front(job);
        }
    }

    /// Tells of the orders that the kernel has followed, or should have.
    pub(super) fn tell_of_orders(&mut self) {
        let (gateway, now) = (&self.gateway, clock::boot());
        while let Some(job) = self.orders.take(|job| job.is_over(gateway, now)) {
            job.finish(gateway);
        }
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
