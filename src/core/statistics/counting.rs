//! Figures of the running minute, rolled up into the hour, and handed to the store every five minutes.
//!
//! What is handed over is what came since the last time: the store adds it to what it has, so that a
//! crash within an hour loses five minutes at most and counts nothing twice. The sketches of the devices are
//! large, and handed over by the hour: after a crash all that have a session are taken in again.
//! Nothing is counted until the store has told what it holds
//! ([`Event::FiguresKept`](crate::core::Event::FiguresKept)).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::crowd::Crowd;
use super::devices::Devices;
use super::line::Line;
use super::outage::{Silence, Troubles, place};
use crate::core::access::Key;
use crate::core::command::Command;
use crate::core::event::Note;
use crate::core::gateway::Gateway;
use crate::model::figures::{Day, DeviceKey, Figure, Heartbeat, Hour, HourFigures, KeyPeriod, Role, Snippet};
use crate::model::{Boot, Counters, NetworkId, Now, TimeZone, WorksBook, is_dated};

/// Minutes between two saves: so long after its end the last figures of a day may come.
pub const SAVE_EVERY: i64 = 5;
/// The next part of a long silence.
const SILENCE_PACE_MS: u64 = 100;

/// A network's running figures.
#[derive(Debug, Clone, Default)]
pub(super) struct Running {
    pub(super) minute: HourFigures,
    /// Minutes of this hour that were not handed over yet.
    unsaved: HourFigures,
    /// Whole minutes since the daemon started.
    since_start: HourFigures,
    /// What came of the hour before after it was over: last bytes of sessions that ended with it.
    late: HourFigures,
    pub(super) crowd: Crowd,
    online: u64,
    /// Until when the time is counted, and milliseconds of the network's and of its sessions' that make
    /// no second yet.
    counted: Boot,
    rest: [u64; 2],
    /// Nobody looks whether there is an Internet: the time is not known to be in service.
    is_unwatched: bool,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(in crate::core) struct Counting {
    is_on: bool,
    /// Whether the gateway stopped without saving what it had counted, and the kernel went on counting.
    pub(in crate::core) is_after_a_crash: bool,
    /// While the first inventory after a crash is taken in: nobody knows how much of what the kernel counted is
    /// in the figures already, so it is added to the sessions alone.
    pub(in crate::core) is_catching_up: bool,
    pub(super) networks: BTreeMap<NetworkId, Running>,
    pub(super) devices: Devices,
    pub(super) troubles: Troubles,
    /// What is out of service within them was announced.
    pub(super) works: Arc<WorksBook>,
    line: Line,
    pub(super) silence: Option<Silence>,
    /// Networks that there were before the start; `None`: nobody knows.
    pub(super) recorded: Option<BTreeSet<NetworkId>>,
    pub(super) began: Boot,
    /// The hour of the last sign of life: sessions restored in it have been counted in it.
    pub(super) resumed: Option<Hour>,
    minute: i64,
    /// The hour that `unsaved` belongs to, and the one before it.
    place: Option<(Day, Hour)>,
    before: Option<(Day, Hour)>,
    /// When the next minute begins.
    pub(in crate::core) next: Option<Boot>,
}

impl Running {
    /// Counts the time up to now: the network's, and that of its sessions.
    fn integrate(&mut self, now: Boot) {
        let passed = now.since(std::mem::replace(&mut self.counted, now));
        let [own, sessions] = &mut self.rest;
        let seconds = |rest: &mut u64, ms: u64| {
            let ms = rest.saturating_add(ms);
            *rest = ms % 1_000;
            ms / 1_000
        };
        let (own, sessions) = (
            seconds(own, passed),
            seconds(sessions, passed.saturating_mul(self.online)),
        );
        if !self.is_unwatched {
            self.minute.observed = self.minute.observed.saturating_add(own);
        }
        self.minute.session_seconds = self.minute.session_seconds.saturating_add(sessions);
    }

    /// It was out of service for so long: that is known, also where nobody looks whether there is an Internet.
    pub(super) const fn know_of(&mut self, seconds: u64) {
        if self.is_unwatched {
            self.minute.observed = self.minute.observed.saturating_add(seconds);
        }
    }

    /// Closes the minute.
    fn roll(&mut self, now: Boot) {
        self.integrate(now);
        self.crowd.tell(&mut self.minute);
        let minute = std::mem::take(&mut self.minute);
        self.unsaved.merge(&minute);
        self.since_start.merge(&minute);
        self.minute.peak = self.online;
    }
}

impl Counting {
    pub(super) fn running(&mut self, network: NetworkId) -> &mut Running {
        self.networks.entry(network).or_default()
    }

    /// What was counted since the daemon started.
    pub(in crate::core) fn since_start(&self, network: NetworkId) -> HourFigures {
        let running = self.networks.get(&network);
        running.map_or_else(HourFigures::default, |running| {
            let mut sum = running.since_start.clone();
            sum.merge(&running.minute);
            sum.merge(&running.late);
            sum
        })
    }

    /// How the snippet fared since the daemon started.
    pub(in crate::core) fn snippet(&self, network: NetworkId) -> Snippet {
        let running = self.networks.get(&network);
        let parts = running.map(|running| [&running.since_start, &running.minute, &running.late]);
        let mut sum = Snippet::default();
        for part in parts.into_iter().flatten() {
            sum.told = sum.told.saturating_add(part.snippet.told);
            sum.shown = sum.shown.saturating_add(part.snippet.shown);
        }
        sum
    }

    /// Whether somebody looks from now on if there is an Internet.
    pub(in crate::core) fn watch_uplink(&mut self, is_watched: bool, now: Boot) {
        for running in self.networks.values_mut() {
            running.integrate(now);
            running.is_unwatched = !is_watched;
        }
    }

    /// A session is online from now on; whether it is one that the hour has not counted yet.
    pub(super) fn began(&mut self, (network, mac): Key, is_another: bool, now: Boot) {
        let running = self.running(network);
        running.integrate(now);
        running.online += 1;
        running.minute.online += u64::from(is_another);
        running.minute.peak = running.minute.peak.max(running.online);
        running.crowd.mark(mac, Role::Online);
    }

    /// A session that was online is over, after so many seconds.
    pub(super) fn ended(&mut self, (network, mac): Key, seconds: u64, now: Boot) {
        let running = self.running(network);
        running.integrate(now);
        running.online = running.online.saturating_sub(1);
        running.minute.session_length.record(seconds);
        running.crowd.leave(mac);
        running.crowd.mark(mac, Role::Ended);
    }

    /// A blocked station pressed the button.
    pub(in crate::core) fn blocked(&mut self, (network, mac): Key) {
        let running = self.running(network);
        running.minute.blocked += 1;
        running.crowd.mark(mac, Role::Blocked);
    }

    /// A station pressed the button in vain.
    pub(in crate::core) fn refused(&mut self, (network, mac): Key) {
        let running = self.running(network);
        running.minute.refused += 1;
        running.crowd.mark(mac, Role::Refused);
    }

    /// What a station moved; `is_late` when its session ended with the hour before.
    pub(in crate::core) fn used(&mut self, (network, mac): Key, fresh: Counters, is_late: bool) {
        let before = self.before;
        let running = self.running(network);
        let is_late = is_late && before.is_some();
        let figures = if is_late {
            &mut running.late
        } else {
            &mut running.minute
        };
        figures.bytes_down = figures.bytes_down.saturating_add(fresh.down.bytes);
        figures.bytes_up = figures.bytes_up.saturating_add(fresh.up.bytes);
        if !is_late && fresh.down.bytes.saturating_add(fresh.up.bytes) > 0 {
            running.crowd.mark(mac, Role::Moved);
        }
    }

    /// What a session moved since an earlier reading: what the line carried comes of it.
    pub(in crate::core) fn metered(
        &mut self,
        network: NetworkId,
        fresh: Counters,
        since: Boot,
        counted: &mut u32,
    ) {
        if fresh != Counters::default() {
            self.line.take(network, fresh, since, counted);
        }
    }

    /// A round of readings is over. What the line carried is the same for all networks, as what it should by its
    /// contract. The networks on which five stations at least moved data in the minute that ends with it, if one does.
    pub(in crate::core) fn end_round(&mut self, contract: [u64; 2], now: Boot) -> Vec<NetworkId> {
        let Some(measured) = self.line.end_round(now) else {
            return Vec::new();
        };
        let [down, up] = measured.rates;
        for running in self.networks.values_mut() {
            running.minute.best_down = running.minute.best_down.max(down);
            running.minute.best_up = running.minute.best_up.max(up);
            running.minute.line = contract;
        }
        measured.many
    }

    /// What the portal tells of a page that it showed a station.
    pub(in crate::core) fn note(&mut self, (network, mac): Key, note: Note) {
        let now = self.minute;
        let Running { minute, crowd, .. } = self.running(network);
        match note {
            Note::Viewed(language) if crowd.view(mac, language, now) => {
                minute.views += 1;
                minute.languages.count(language);
            }
            Note::Loaded { ms, banner } if crowd.measure(mac) => {
                minute.load_time.record(u64::from(ms));
                if let Some(shown) = banner {
                    minute.snippet.told += 1;
                    minute.snippet.shown += u64::from(shown);
                }
            }
            Note::Viewed(_) | Note::Loaded { .. } => {}
        }
    }

    /// Closes the minute of every network.
    fn roll(&mut self, now: Now) {
        let trouble = self.troubles.settle(now.boot);
        self.blame(trouble, now.wall);
        self.networks
            .values_mut()
            .for_each(|running| running.roll(now.boot));
    }

    /// What was counted since the last time.
    fn take(&mut self) -> Vec<Figure> {
        let mut figures = Vec::new();
        for (network, running) in &mut self.networks {
            let parts = [
                (self.before, &mut running.late),
                (self.place, &mut running.unsaved),
            ];
            for (place, counted) in parts {
                let Some((day, hour)) = place else { continue };
                let counted = std::mem::take(counted);
                if place == self.before {
                    running.since_start.merge(&counted);
                }
                if !counted.is_empty() {
                    figures.push(Figure::Hour {
                        network: *network,
                        day,
                        hour,
                        figures: Box::new(counted),
                    });
                }
            }
        }
        figures
    }

    /// Sessions that run on are sessions of the new hour too.
    fn begin_hour(&mut self, here: (Day, Hour)) {
        self.before = self.place.replace(here);
        let minute = self.minute;
        for running in self.networks.values_mut() {
            running.minute.online = running.minute.online.saturating_add(running.online);
            running.crowd.turn(minute, running.online);
        }
    }
}

impl Gateway {
    /// The store has told what it holds: counting begins.
    pub(in crate::core) fn begin_counting(
        &mut self,
        last: Option<&Heartbeat>,
        (keys, recorded): (Vec<(KeyPeriod, DeviceKey)>, Option<BTreeSet<NetworkId>>),
        now: Now,
    ) {
        let figures = &mut self.figures;
        figures.recorded = recorded;
        figures.is_on = true;
        figures.began = now.boot;
        figures.troubles.begin(now.boot);
        figures.is_after_a_crash = last.is_some_and(|last| !last.stopped && last.boot_id == self.boot_id);
        figures.silence = last.map(|last| Silence::after(last, &self.boot_id));
        figures.devices.keep(keys);
        for network in self.policy.networks.keys() {
            figures.networks.entry(*network).or_default().counted = now.boot;
        }
        figures.resumed = last.map(|last| Hour::containing(last.at));
        figures.minute = minute_of(now.wall);
        if is_dated(now.wall) {
            figures.place = Some(place(now.wall, &self.policy.time_zone));
        }
        figures.watch_uplink(!self.policy.unwatched, now.boot);
        figures.next = Some(now.boot);
        let linked = self.outbox.is_linked();
        self.figures.troubles.set_unlinked(!linked, now.boot);
        self.turn_periods(now);
        self.beat(now, false);
    }

    /// Looks whether a minute, an hour, a day is over. Called with every event and timer.
    pub(in crate::core) fn keep_figures(&mut self, now: Now) {
        let minute = minute_of(now.wall);
        let is_due = self.figures.next.is_some_and(|next| next <= now.boot);
        if !self.figures.is_on || (minute == self.figures.minute && !is_due) {
            return;
        }
        if !is_dated(now.wall) {
            // Nobody knows which hour it is: the minute goes on until somebody does.
            self.figures.next = Some(now.boot.plus_ms(60_000));
            return;
        }
        if minute != self.figures.minute {
            self.turn_minute(minute, now);
        }
        self.tell_silence(now);
        let pause = if self.figures.silence.is_some() {
            SILENCE_PACE_MS
        } else {
            60_000_u64.saturating_sub(millis_into_minute(now.wall))
        };
        self.figures.next = Some(now.boot.plus_ms(pause));
    }

    /// A key that was drawn.
    pub(in crate::core) fn take_key(&mut self, period: KeyPeriod, key: DeviceKey, now: Now) {
        let running = periods(now, &self.policy.time_zone);
        self.figures.devices.adopt(period, key, running);
    }

    /// Hands everything over before a stop, which is told to be in order.
    pub(in crate::core) fn stop_counting(&mut self, now: Now) {
        if self.figures.is_on && is_dated(now.wall) {
            self.figures.roll(now);
            let mut figures = self.figures.take();
            figures.extend(self.figures.devices.take());
            self.record(figures);
            self.beat(now, true);
        }
    }

    fn turn_minute(&mut self, minute: i64, now: Now) {
        let here = place(now.wall, &self.policy.time_zone);
        // What was counted before the clock was known belongs to the first hour that is.
        let is_known = self.figures.place.is_some();
        let before = *self.figures.place.get_or_insert(here);
        let moves = before != here;
        if moves {
            self.count_ends_of_the_hour(now);
        }
        self.figures.roll(now);
        self.figures.minute = minute;
        if moves || minute.rem_euclid(SAVE_EVERY) == 0 {
            let mut figures = self.figures.take();
            if moves {
                figures.extend(self.figures.devices.take());
            }
            self.record(figures);
            self.beat(now, false);
        }
        if moves {
            self.figures.begin_hour(here);
        }
        if moves || !is_known {
            self.turn_periods(now);
        }
        let networks = &self.policy.networks;
        self.figures
            .networks
            .retain(|network, running| networks.contains_key(network) || !running.unsaved.is_empty());
        for network in networks.keys() {
            self.figures.networks.entry(*network).or_insert_with(|| Running {
                counted: now.boot,
                is_unwatched: self.policy.unwatched,
                ..Running::default()
            });
        }
    }

    /// Destroys the keys of a day or month that is over, and asks for new ones.
    fn turn_periods(&mut self, now: Now) {
        if !is_dated(now.wall) {
            return;
        }
        let running = periods(now, &self.policy.time_zone);
        for period in self.figures.devices.begin(running) {
            self.outbox.push(Command::DrawKey(period));
        }
    }

    pub(super) fn record(&mut self, figures: Vec<Figure>) {
        if !figures.is_empty() {
            self.outbox.push(Command::Record(figures));
        }
    }

    /// While a silence is still to be told, the last sign of life before it stands.
    pub(super) fn beat(&mut self, now: Now, stopped: bool) {
        if self.figures.silence.is_none() && is_dated(now.wall) {
            self.outbox.push(Command::Beat(Heartbeat {
                at: now.wall,
                boot_id: self.boot_id.clone(),
                stopped,
            }));
        }
    }
}

/// The day and the month that run.
fn periods(now: Now, zone: &TimeZone) -> [KeyPeriod; 2] {
    let day = Day::containing(now.wall, zone);
    [KeyPeriod::Day(day), KeyPeriod::Month(day.month())]
}

fn minute_of(wall: Timestamp) -> i64 {
    wall.as_millisecond().div_euclid(60_000)
}

fn millis_into_minute(wall: Timestamp) -> u64 {
    u64::try_from(wall.as_millisecond().rem_euclid(60_000)).unwrap_or(0)
}
