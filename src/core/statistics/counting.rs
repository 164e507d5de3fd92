//! Figures of the running minute, rolled up into the hour, and handed to the store every five minutes.
//!
//! What is handed over is what came since the last time: the store adds it to what it has, so that a
//! restart within an hour loses five minutes at most and counts nothing twice. Nothing is counted until
//! the store has told what it holds ([`Event::FiguresKept`](crate::core::Event::FiguresKept)).

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::devices::Devices;
use super::outage::{Silence, Troubles, place};
use crate::core::access::Key;
use crate::core::command::Command;
use crate::core::event::Note;
use crate::core::gateway::Gateway;
use crate::core::session::Session;
use crate::model::figures::{Day, DeviceFamily, DeviceKey, Figure, Heartbeat, Hour, HourFigures, KeyPeriod};
use crate::model::{Boot, Counters, NetworkId, Now, TimeZone, is_dated};

/// Minutes between two saves.
const SAVE_EVERY: i64 = 5;
/// Minutes that are remembered one by one.
const REMEMBERED: usize = 180;
/// Silence of a station after which its next sign is a return.
const AWAY_MS: u64 = 600_000;
/// The next part of a long silence.
const SILENCE_PACE_MS: u64 = 100;

/// A minute of a network, for the curves of the last hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Minute {
    /// Minutes since 1970-01-01T00:00Z.
    pub number: i64,
    /// Most sessions at the same time.
    pub peak: u64,
    /// Sessions that began.
    pub sessions: u64,
    /// IP bytes to stations.
    pub bytes_down: u64,
    /// IP bytes from stations.
    pub bytes_up: u64,
}

/// A network's running figures.
#[derive(Debug, Clone, Default)]
struct Running {
    minute: HourFigures,
    /// Minutes of this hour that were not handed over yet.
    unsaved: HourFigures,
    /// Whole minutes since the daemon started.
    before: HourFigures,
    recent: VecDeque<Minute>,
    online: u64,
    /// Until when the sessions' time is counted, and milliseconds of it that make no second yet.
    counted: Boot,
    rest: u64,
}

/// See the module.
#[derive(Debug, Clone, Default)]
pub(in crate::core) struct Counting {
    is_on: bool,
    networks: BTreeMap<NetworkId, Running>,
    devices: Devices,
    troubles: Troubles,
    silence: Option<Silence>,
    began: Boot,
    /// The hour of the last sign of life: sessions restored in it have been counted in it.
    resumed: Option<Hour>,
    minute: i64,
    /// The hour that `unsaved` belongs to.
    place: Option<(Day, Hour)>,
    /// When the next minute begins.
    pub(in crate::core) next: Option<Boot>,
}

impl Running {
    /// Counts the sessions' time up to now.
    fn integrate(&mut self, now: Boot) {
        let passed = now.since(std::mem::replace(&mut self.counted, now));
        let ms = self.rest.saturating_add(passed.saturating_mul(self.online));
        self.rest = ms % 1_000;
        self.minute.session_seconds = self.minute.session_seconds.saturating_add(ms / 1_000);
    }

    /// Closes the minute.
    fn roll(&mut self, number: i64, now: Boot) {
        self.integrate(now);
        let minute = std::mem::take(&mut self.minute);
        self.recent.push_back(Minute {
            number,
            peak: minute.peak,
            sessions: minute.sessions,
            bytes_down: minute.bytes_down,
            bytes_up: minute.bytes_up,
        });
        if self.recent.len() > REMEMBERED {
            self.recent.pop_front();
        }
        self.unsaved.merge(&minute);
        self.before.merge(&minute);
        self.minute.peak = self.online;
    }
}

impl Counting {
    /// The figures of the running minute.
    pub(in crate::core) fn of(&mut self, network: NetworkId) -> &mut HourFigures {
        &mut self.networks.entry(network).or_default().minute
    }

    /// What was counted since the daemon started.
    pub(in crate::core) fn since_start(&self, network: NetworkId) -> HourFigures {
        let running = self.networks.get(&network);
        running.map_or_else(HourFigures::default, |running| {
            let mut sum = running.before.clone();
            sum.merge(&running.minute);
            sum
        })
    }

    /// A session is online from now on; whether it is one that the hour has not counted yet.
    fn began(&mut self, network: NetworkId, is_another: bool, now: Boot) {
        let running = self.networks.entry(network).or_default();
        running.integrate(now);
        running.online += 1;
        running.minute.online += u64::from(is_another);
        running.minute.peak = running.minute.peak.max(running.online);
    }

    /// A session that was online is over, after so many seconds.
    fn ended(&mut self, network: NetworkId, seconds: u64, now: Boot) {
        let running = self.networks.entry(network).or_default();
        running.integrate(now);
        running.online = running.online.saturating_sub(1);
        running.minute.session_length.record(seconds);
    }

    /// What a session moved.
    pub(in crate::core) fn used(&mut self, network: NetworkId, fresh: Counters) {
        let minute = self.of(network);
        minute.bytes_down = minute.bytes_down.saturating_add(fresh.down.bytes);
        minute.bytes_up = minute.bytes_up.saturating_add(fresh.up.bytes);
    }

    /// What the portal tells.
    pub(in crate::core) fn note(&mut self, network: NetworkId, note: Note) {
        let minute = self.of(network);
        match note {
            Note::Viewed(language) => {
                minute.views += 1;
                minute.languages.count(language);
            }
            Note::Loaded { ms, banner } => {
                minute.load_time.record(u64::from(ms));
                if let Some(shown) = banner {
                    minute.snippet.told += 1;
                    minute.snippet.shown += u64::from(shown);
                }
            }
        }
    }

    fn blame(&mut self, trouble: Option<(crate::model::figures::Outage, u64)>) {
        let Some((cause, seconds)) = trouble else { return };
        for running in self.networks.values_mut() {
            running.minute.outages.add(cause, seconds);
        }
    }

    /// Closes the minute of every network; what the line carried is the same for all.
    fn roll(&mut self, now: Boot) {
        let trouble = self.troubles.settle(now);
        self.blame(trouble);
        let down: u64 = self
            .networks
            .values()
            .map(|running| running.minute.bytes_down)
            .sum();
        for running in self.networks.values_mut() {
            running.minute.best_down = down / 60;
            running.roll(self.minute, now);
        }
    }

    /// What was counted since the last time.
    fn take(&mut self) -> Vec<Figure> {
        let mut figures = self.devices.take();
        let Some((day, hour)) = self.place else {
            return figures;
        };
        for (network, running) in &mut self.networks {
            let unsaved = std::mem::take(&mut running.unsaved);
            if !unsaved.is_empty() {
                figures.push(Figure::Hour {
                    network: *network,
                    day,
                    hour,
                    figures: Box::new(unsaved),
                });
            }
        }
        figures
    }

    /// Sessions that run on are sessions of the new hour too.
    fn begin_hour(&mut self) {
        for running in self.networks.values_mut() {
            running.minute.online = running.minute.online.saturating_add(running.online);
        }
    }
}

impl Gateway {
    /// The last minutes of a network, oldest first.
    #[must_use]
    pub fn minutes(&self, network: NetworkId) -> Vec<Minute> {
        let running = self.figures.networks.get(&network);
        running.map_or_else(Vec::new, |running| running.recent.iter().copied().collect())
    }

    /// The store has told what it holds: counting begins.
    pub(in crate::core) fn begin_counting(
        &mut self,
        last: Option<&Heartbeat>,
        keys: Vec<(KeyPeriod, DeviceKey)>,
        now: Now,
    ) {
        let figures = &mut self.figures;
        figures.is_on = true;
        figures.began = now.boot;
        figures.troubles.begin(now.boot);
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

    /// There is an Internet again, or none any more.
    pub(in crate::core) fn set_uplink(&mut self, is_up: bool, now: Now) {
        let before = self.figures.troubles.set_offline(!is_up, now.boot);
        self.figures.blame(before);
    }

    /// The packet path can be changed again, or not any more.
    pub(in crate::core) fn note_link(&mut self, now: Now) {
        let linked = self.outbox.is_linked();
        let before = self.figures.troubles.set_unlinked(!linked, now.boot);
        self.figures.blame(before);
    }

    /// A key that was drawn.
    pub(in crate::core) fn take_key(&mut self, period: KeyPeriod, key: DeviceKey, now: Now) {
        let running = periods(now, &self.policy.time_zone);
        self.figures.devices.adopt(period, key, running);
    }

    /// A session begins to be online; of one that is new, with what and how fast is counted too.
    pub(in crate::core) fn count_session(&mut self, key: Key, is_new: bool, now: Now) {
        let (asked, family) = self.identity.first_contact(key.0, key.1);
        let Some(session) = self.sessions.get_mut(&key) else {
            return;
        };
        if std::mem::replace(&mut session.online, true) {
            return;
        }
        let is_another = is_new || self.figures.resumed != Some(Hour::containing(now.wall));
        self.figures.began(key.0, is_another, now.boot);
        session.active = now.boot;
        self.figures.devices.count(key.0, key.1, &mut session.counted);
        if is_new {
            let minute = self.figures.of(key.0);
            minute.grants += 1;
            minute.sessions += 1;
            minute.families.count(family.unwrap_or(DeviceFamily::Other));
            if let Some(asked) = asked {
                minute.to_online.record(now.boot.since(asked));
            }
        }
    }

    /// A sign of life of a station with a session.
    pub(in crate::core) fn count_sign(&mut self, key: Key, now: Boot) {
        let Some(session) = self.sessions.get_mut(&key).filter(|session| session.online) else {
            return;
        };
        let away = now.since(std::mem::replace(&mut session.active, now));
        self.figures.devices.count(key.0, key.1, &mut session.counted);
        if away >= AWAY_MS {
            self.figures.of(key.0).returning += 1;
        }
    }

    /// A session is over.
    pub(in crate::core) fn count_end(&mut self, key: Key, session: &Session, now: Now) {
        if session.online {
            let lasted = now.wall.duration_since(session.granted_at).as_secs();
            // By the monotonic clock where that is known: the other may have stepped.
            let lasted = session
                .ends
                .granted
                .map_or(u64::try_from(lasted).unwrap_or(0), |granted| {
                    now.boot.since(granted) / 1_000
                });
            self.figures.ended(key.0, lasted, now.boot);
        }
    }

    /// Hands everything over before a stop, which is told to be in order.
    pub(in crate::core) fn stop_counting(&mut self, now: Now) {
        if self.figures.is_on && is_dated(now.wall) {
            self.figures.roll(now.boot);
            let figures = self.figures.take();
            self.record(figures);
            self.beat(now, true);
        }
    }

    fn turn_minute(&mut self, minute: i64, now: Now) {
        self.figures.roll(now.boot);
        self.figures.minute = minute;
        let here = place(now.wall, &self.policy.time_zone);
        // What was counted before the clock was known belongs to the first hour that is.
        let is_known = self.figures.place.is_some();
        let before = *self.figures.place.get_or_insert(here);
        let moves = before != here;
        if moves || minute.rem_euclid(SAVE_EVERY) == 0 {
            let figures = self.figures.take();
            self.record(figures);
            self.beat(now, false);
        }
        if moves {
            self.figures.place = Some(here);
            self.figures.begin_hour();
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

    fn tell_silence(&mut self, now: Now) {
        let Some(silence) = self.figures.silence.take() else {
            return;
        };
        let up = i64::try_from(now.boot.since(self.figures.began)).unwrap_or(i64::MAX);
        let until = now.wall.checked_sub(jiff::SignedDuration::from_millis(up));
        let networks: Vec<NetworkId> = self.policy.networks.keys().copied().collect();
        let zone = &self.policy.time_zone;
        let (figures, rest) = silence.tell(until.unwrap_or(now.wall), &networks, zone);
        self.figures.silence = rest;
        self.record(figures);
    }

    fn record(&mut self, figures: Vec<Figure>) {
        if !figures.is_empty() {
            self.outbox.push(Command::Record(figures));
        }
    }

    /// While a silence is still to be told, the last sign of life before it stands.
    fn beat(&mut self, now: Now, stopped: bool) {
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
