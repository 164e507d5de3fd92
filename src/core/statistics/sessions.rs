//! What a session is in the figures: its beginning, its signs of life, its end.

use crate::core::access::Key;
use crate::core::gateway::Gateway;
use crate::core::session::Session;
use crate::model::figures::{DeviceFamily, Hour, Role};
use crate::model::{Boot, Now};

/// Silence of a station after which its next sign is a return.
const AWAY_MS: u64 = 600_000;
/// Sessions that end so soon after a full hour end with the hour: at midnight most do, and the two clocks
/// do not agree to the millisecond.
const BORDER_MS: u64 = 2_000;

impl Gateway {
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
        self.figures.began(key, is_another, now.boot);
        session.active = now.boot;
        self.figures.devices.count(key.0, key.1, &mut session.counted);
        if is_new {
            let running = self.figures.running(key.0);
            let family = family.unwrap_or(DeviceFamily::Other);
            running.crowd.grant(key.1, family);
            let minute = &mut running.minute;
            minute.grants += 1;
            minute.sessions += 1;
            minute.families.count(family);
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
            let running = self.figures.running(key.0);
            running.minute.returning += 1;
            running.crowd.mark(key.1, Role::Returned);
        }
    }

    /// A session is over.
    pub(in crate::core) fn count_end(&mut self, key: Key, session: &Session, now: Now) {
        if session.online {
            self.figures.ended(key, session.lasted(now), now.boot);
        }
    }

    /// Sessions whose end has come with the hour's are over for the figures, though it takes the kernel a
    /// moment to end them all: they are none of the new hour.
    pub(super) fn count_ends_of_the_hour(&mut self, now: Now) {
        let border = now.boot.plus_ms(BORDER_MS);
        let due = self.expiries.iter().take_while(|(at, _)| *at <= border);
        let due: Vec<Key> = due.map(|(_, key)| *key).collect();
        for key in due {
            let Some(session) = self.sessions.get_mut(&key) else {
                continue;
            };
            if std::mem::take(&mut session.online) {
                let lasted = session.lasted(now);
                self.figures.ended(key, lasted, now.boot);
            }
        }
    }
}
