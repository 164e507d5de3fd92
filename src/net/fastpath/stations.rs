//! Who may use the fast path, and what each has moved by it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::maps::{self, Terms, now};
use super::programs::StationMaps;
use crate::model::{AccessOp, Counters, Entry, KernelSession, Mac, NetworkId, Pace, RatePlan};

/// Milliseconds to nanoseconds.
const MILLION: u64 = 1_000_000;

/// A station's place in the program's tables.
#[derive(Debug)]
struct Slot {
    terms: Terms,
    /// What its counters held when they were last told as final.
    told: Counters,
}

/// Everybody that nftables lets online, as far as there is room.
#[derive(Debug)]
pub(super) struct Stations {
    maps: StationMaps,
    slots: HashMap<(NetworkId, Mac), (u32, Slot)>,
    /// Slots of nobody: those that were somebody's, and all from this number on.
    free: Vec<u32>,
    untouched: u32,
    most: u32,
    turn: u32,
    interfaces: BTreeMap<NetworkId, u32>,
    numbers: BTreeMap<NetworkId, u16>,
    /// Whom the ruleset lets nowhere, whatever its sets say.
    blocked: BTreeSet<(NetworkId, Mac)>,
    /// Somebody found no room, or the kernel refused; told once.
    complained: bool,
}

impl Stations {
    pub(super) fn new(maps: StationMaps) -> Self {
        let most = maps.terms.len();
        Self {
            maps,
            slots: HashMap::new(),
            free: Vec::new(),
            untouched: 0,
            most,
            turn: 0,
            interfaces: BTreeMap::new(),
            numbers: BTreeMap::new(),
            blocked: BTreeSet::new(),
            complained: false,
        }
    }

    /// The interfaces of the networks, by index. Where one has another than before, its stations are found by it.
    pub(super) fn settle(&mut self, interfaces: BTreeMap<NetworkId, u32>) {
        let before = std::mem::replace(&mut self.interfaces, interfaces);
        let (who, complained) = (&mut self.maps.who, &mut self.complained);
        for (&(network, mac), (slot, _)) in &self.slots {
            let (was, is) = (before.get(&network), self.interfaces.get(&network));
            if was == is {
                continue;
            }
            if let Some(&interface) = was {
                // Not there is what is wanted.
                let _ = who.remove(&maps::who(interface, mac));
            }
            if let Some(&interface) = is {
                complain(complained, who.insert(maps::who(interface, mac), slot, 0));
            }
        }
    }

    /// Whom the ruleset lets nowhere from now on.
    pub(super) fn block(&mut self, blocked: BTreeSet<(NetworkId, Mac)>) {
        let before = std::mem::replace(&mut self.blocked, blocked);
        let changed: Vec<(NetworkId, Mac)> = before.symmetric_difference(&self.blocked).copied().collect();
        for (network, mac) in changed {
            self.write(network, mac, |_| ());
        }
    }

    /// Nothing of the station is passed on from now on; [`Stations::carry_out`] follows.
    pub(super) fn close(&mut self, network: NetworkId, mac: Mac) {
        self.write(network, mac, |terms| terms.until = 0);
    }

    /// The revocation was refused: as before.
    pub(super) fn reopen(&mut self, network: NetworkId, mac: Mac) {
        self.write(network, mac, |_| ());
    }

    /// Follows what was done in nftables. What the station has moved this way since it was last told as final, if the
    /// operation ends the counting of its elements.
    pub(super) fn carry_out(&mut self, op: &AccessOp) -> Option<Counters> {
        let (network, mac) = op.key();
        match *op {
            AccessOp::Grant { entry, .. }
            | AccessOp::Change { entry, .. }
            | AccessOp::Limit { entry, .. } => {
                let last = self.finish(network, mac);
                self.put(network, mac, &entry);
                last
            }
            AccessOp::Renew { entry, .. } => {
                self.put(network, mac, &entry);
                None
            }
            AccessOp::Revoke { .. } => {
                let last = self.finish(network, mac);
                self.remove(network, mac);
                last
            }
        }
    }

    /// What the station has moved this way since it was last told as final.
    pub(super) fn moved(&self, network: NetworkId, mac: Mac) -> Counters {
        let slot = self.slots.get(&(network, mac));
        slot.map_or_else(Counters::default, |(number, slot)| {
            self.read(*number).since(slot.told)
        })
    }

    /// What was dropped over the limits, by network, since the program was loaded.
    pub(super) fn over(&self) -> impl Iterator<Item = (NetworkId, Counters)> + '_ {
        self.numbers.iter().filter_map(|(&network, &number)| {
            let over = self.maps.overs.get(&u32::from(number), 0).ok()?;
            Some((network, maps::counters_of(&over)))
        })
    }

    /// Somebody whom an earlier process has let online.
    pub(super) fn take_over(&mut self, session: &KernelSession) {
        if !self.slots.contains_key(&(session.network, session.mac)) {
            self.put(session.network, session.mac, &session.entry);
        }
    }

    /// New limits of one that may pass here; the operation on its elements follows.
    pub(super) fn set_pace(&mut self, pace: &Pace) {
        // Who has no slot passes nothing here.
        self.retell(pace.network, pace.mac, pace.plan.as_ref(), |until| until);
    }

    /// Gives every station the classes that `classes_of` tells, up and down; 0 is none.
    pub(super) fn set_classes(&mut self, classes_of: impl Fn(NetworkId, Mac) -> [u32; 2]) {
        let mut changed = Vec::new();
        for (&(network, mac), (_, slot)) in &mut self.slots {
            let classes = classes_of(network, mac);
            if std::mem::replace(&mut slot.terms.classes, classes) != classes {
                changed.push((network, mac));
            }
        }
        for (network, mac) in changed {
            self.write(network, mac, |_| ());
        }
    }

    fn read(&self, slot: u32) -> Counters {
        let read = self.maps.uses.get(&slot, 0);
        read.map_or_else(|_| Counters::default(), |bytes| maps::counters_of(&bytes))
    }

    fn finish(&mut self, network: NetworkId, mac: Mac) -> Option<Counters> {
        let moved = self.moved(network, mac);
        let (_, slot) = self.slots.get_mut(&(network, mac))?;
        slot.told = slot.told.plus(moved);
        Some(moved)
    }

    /// New terms, in a slot of its own.
    fn put(&mut self, network: NetworkId, mac: Mac, entry: &Entry) {
        let until = entry.timeout_ms.map_or(u64::MAX, |timeout| {
            now().saturating_add(timeout.saturating_mul(MILLION))
        });
        if self.retell(network, mac, entry.plan.as_ref(), |_| until) {
            return;
        }
        let Some((interface, network_number)) = self.place_of(network) else {
            return;
        };
        let Some(number) = self.free.pop().or_else(|| self.next_untouched()) else {
            return self.complain(Err::<(), _>("no room"));
        };
        self.turn = self.turn.wrapping_add(1);
        let terms = Terms::new(mac, network_number, self.turn, entry.plan.as_ref(), until);
        let emptied = self.maps.uses.set(number, [0; size_of::<maps::UseBytes>()], 0);
        // The kernel copies them word by word: nobody may find them half another's, and open.
        let closed = Terms { until: 0, ..terms };
        let written = emptied
            .and_then(|()| self.maps.terms.set(number, closed.encode(), 0))
            .and_then(|()| self.maps.who.insert(maps::who(interface, mac), number, 0));
        if written.is_err() {
            self.free.push(number);
            return self.complain(written);
        }
        let told = Counters::default();
        self.slots.insert((network, mac), (number, Slot { terms, told }));
        self.write(network, mac, |_| ());
    }

    /// New limits, and a new end, of one that has a slot; whether it has. Its bucket stays as full as it is.
    fn retell(
        &mut self,
        network: NetworkId,
        mac: Mac,
        plan: Option<&RatePlan>,
        until: impl FnOnce(u64) -> u64,
    ) -> bool {
        let Some((_, slot)) = self.slots.get_mut(&(network, mac)) else {
            return false;
        };
        let terms = slot.terms;
        slot.terms = Terms {
            classes: terms.classes,
            ..Terms::new(mac, terms.network, terms.turn, plan, until(terms.until))
        };
        self.write(network, mac, |_| ());
        true
    }

    fn remove(&mut self, network: NetworkId, mac: Mac) {
        self.close(network, mac);
        let Some((number, _)) = self.slots.remove(&(network, mac)) else {
            return;
        };
        if let Some(&interface) = self.interfaces.get(&network) {
            // Not there is what is wanted.
            let _ = self.maps.who.remove(&maps::who(interface, mac));
        }
        self.free.push(number);
    }

    /// Writes a station's terms as they are, but for what `change` does to them.
    fn write(&mut self, network: NetworkId, mac: Mac, change: impl FnOnce(&mut Terms)) {
        if let Some((number, slot)) = self.slots.get(&(network, mac)) {
            let mut terms = slot.terms;
            change(&mut terms);
            if self.blocked.contains(&(network, mac)) {
                terms.until = 0;
            }
            let written = self.maps.terms.set(*number, terms.encode(), 0);
            self.complain(written);
        }
    }

    /// Interface and number of a network; none where it has no interface, or is the 257th.
    fn place_of(&mut self, network: NetworkId) -> Option<(u32, u16)> {
        let interface = *self.interfaces.get(&network)?;
        let next = u16::try_from(self.numbers.len()).ok()?;
        let number = *self.numbers.entry(network).or_insert(next);
        (u32::from(number) < self.maps.overs.len()).then_some((interface, number))
    }

    fn next_untouched(&mut self) -> Option<u32> {
        let number = self.untouched;
        (number < self.most).then(|| {
            self.untouched += 1;
            number
        })
    }

    fn complain<E: std::fmt::Display>(&mut self, outcome: Result<(), E>) {
        complain(&mut self.complained, outcome);
    }
}

/// Whoever is not in the program's tables goes the plain way: worth a word, not more.
fn complain<E: std::fmt::Display>(complained: &mut bool, outcome: Result<(), E>) {
    if let Err(error) = outcome
        && !std::mem::replace(complained, true)
    {
        tracing::warn!(%error, "stations go the plain way: they are not taken into the fast path");
    }
}
