//! Which stations of a network did what within the running hour, so that nobody is counted twice: five
//! taps of one phone are one person's. It is forgotten at the full hour.

use std::collections::BTreeMap;

use crate::model::Mac;
use crate::model::figures::{DeviceFamily, HourFigures, Language, Role, Stations, Tally};

/// Stations known at once. Of more than that the number is not needed: whether they are five is what
/// matters.
const MOST: usize = 16_384;

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Crowd {
    known: BTreeMap<Mac, Marks>,
    stations: Stations,
    languages: Tally<Language>,
    families: Tally<DeviceFamily>,
}

/// What a station did.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    roles: u16,
    /// The minute of its last view that counted.
    viewed: Option<i64>,
    /// Whether a page was shown that has not measured itself yet.
    may_measure: bool,
}

impl Crowd {
    /// Tells how many did what since the hour began.
    pub(super) fn tell(&self, figures: &mut HourFigures) {
        figures.stations = self.stations;
        figures.language_stations.clone_from(&self.languages);
        figures.family_stations.clone_from(&self.families);
    }

    /// A station did this. Whether it was the first time in the hour.
    pub(super) fn mark(&mut self, mac: Mac, role: Role) -> bool {
        let Some(marks) = self.marks(mac) else {
            return false;
        };
        let is_new = marks.roles & role.bit() == 0;
        marks.roles |= role.bit();
        if is_new {
            *self.stations.of_mut(role) += 1;
        }
        is_new
    }

    /// A station of such a kind began a session.
    pub(super) fn grant(&mut self, mac: Mac, family: DeviceFamily) {
        if self.mark(mac, Role::Granted) {
            self.families.count(family);
        }
    }

    /// A station that was among those online at the full hour is not any more: it does not count as
    /// another one when it comes back.
    pub(super) fn leave(&mut self, mac: Mac) {
        if let Some(marks) = self.marks(mac) {
            marks.roles |= Role::Online.bit();
        }
    }

    /// A page was shown. Whether it counts: one view of a station in a minute does.
    pub(super) fn view(&mut self, mac: Mac, language: Language, minute: i64) -> bool {
        if self.mark(mac, Role::Viewed) {
            self.languages.count(language);
        }
        let Some(marks) = self.marks(mac) else { return true };
        let is_another = marks.viewed != Some(minute);
        if is_another {
            marks.viewed = Some(minute);
            marks.may_measure = true;
        }
        is_another
    }

    /// A page measured itself. Whether it counts: once for each view that did.
    pub(super) fn measure(&mut self, mac: Mac) -> bool {
        let may = match self.known.get_mut(&mac) {
            Some(marks) => std::mem::take(&mut marks.may_measure),
            None => self.known.len() >= MOST,
        };
        if may {
            self.mark(mac, Role::Measured);
        }
        may
    }

    /// An hour begins with so many online. Only pages that were shown just now are remembered: they may
    /// still measure themselves.
    pub(super) fn turn(&mut self, minute: i64, online: u64) {
        self.known.retain(|_, marks| {
            marks.roles = 0;
            marks.viewed.is_some_and(|viewed| viewed >= minute - 1)
        });
        self.stations = Stations::default();
        self.languages = Tally::default();
        self.families = Tally::default();
        *self.stations.of_mut(Role::Online) = online;
    }

    fn marks(&mut self, mac: Mac) -> Option<&mut Marks> {
        if self.known.len() >= MOST {
            return self.known.get_mut(&mac);
        }
        Some(self.known.entry(mac).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{Crowd, MOST};
    use crate::model::Mac;
    use crate::model::figures::{DeviceFamily, Language, Role};

    fn italian() -> Language {
        "it".parse().unwrap()
    }

    fn mac(number: u32) -> Mac {
        let [a, b, c, d] = number.to_be_bytes();
        Mac::new([2, 0, a, b, c, d]).unwrap()
    }

    #[test]
    fn a_station_counts_once_an_hour_in_each_role() {
        let mut crowd = Crowd::default();
        for _ in 0..9 {
            crowd.grant(mac(1), DeviceFamily::Apple);
            crowd.mark(mac(2), Role::Moved);
        }
        crowd.grant(mac(2), DeviceFamily::Other);
        assert_eq!(crowd.families.of(DeviceFamily::Apple), 1);
        assert_eq!(
            (crowd.stations.of(Role::Granted), crowd.stations.of(Role::Moved)),
            (2, 1)
        );
        crowd.turn(60, 5);
        crowd.leave(mac(2));
        crowd.mark(mac(2), Role::Online);
        assert_eq!(crowd.stations.of(Role::Online), 5, "who was online and came back");
        crowd.mark(mac(3), Role::Online);
        assert_eq!(crowd.stations.of(Role::Online), 6);
        assert_eq!(crowd.stations.of(Role::Granted), 0);
    }

    #[test]
    fn a_view_counts_once_a_minute_and_measures_itself_once() {
        let mut crowd = Crowd::default();
        assert!(!crowd.measure(mac(1)), "nothing was shown");
        assert!(crowd.view(mac(1), italian(), 7));
        assert!(!crowd.view(mac(1), italian(), 7));
        assert!(crowd.measure(mac(1)) && !crowd.measure(mac(1)));
        assert!(crowd.view(mac(1), italian(), 8));
        crowd.turn(9, 0);
        assert!(crowd.measure(mac(1)), "shown just before the full hour");
        assert_eq!(crowd.stations.of(Role::Measured), 1);
        crowd.view(mac(1), italian(), 9);
        assert_eq!(crowd.languages.of(italian()), 1);
        crowd.turn(60, 0);
        assert!(crowd.known.is_empty());
    }

    #[test]
    fn a_flood_of_stations_takes_no_more_memory_and_loses_no_view() {
        let mut crowd = Crowd::default();
        for number in 0..20_000 {
            assert!(crowd.view(mac(number), italian(), 7));
        }
        assert_eq!(crowd.known.len(), MOST);
        assert!(crowd.measure(mac(19_999)));
        assert_eq!(crowd.stations.of(Role::Viewed), u64::try_from(MOST).unwrap());
    }
}
