//! Whose forms there are: those of whoever may change everything, and those that stop at some places of the file.

use super::fields::Section;
use super::keeper::Waiting;
use super::view::Told;
use crate::accounts::Permission;
use crate::config::Config;
use crate::config::edit::{Change, Place};
use crate::dashboard::login::visit::Visit;
use crate::dashboard::room::Room;

/// Whose forms these are: what they are about, and where they stand.
pub(in crate::dashboard) struct Realm {
    pub(in crate::dashboard) sections: &'static [Section],
    /// Who sees them.
    pub(in crate::dashboard) see: Permission,
    /// Who sends them.
    pub(in crate::dashboard) change: Permission,
    /// The path of a section, without its name.
    pub(in crate::dashboard) path: &'static str,
    /// Where one comes from.
    pub(in crate::dashboard) home: &'static str,
    /// The word for that.
    pub(in crate::dashboard) back: &'static str,
    /// The path of the page of a change that waits.
    pub(in crate::dashboard) waiting: &'static str,
    /// Those of what is said about it.
    pub(in crate::dashboard) decisions: [&'static str; 2],
    /// What they stop at; nothing where whoever sends them may change everything.
    pub(in crate::dashboard) bounds: Option<&'static Bounds>,
}

/// What forms may change whose sender may not change everything.
pub(in crate::dashboard) struct Bounds {
    /// Whether the form may say something of this place.
    pub(in crate::dashboard) holds: fn(&Place) -> bool,
    /// Whether a value may stand there; those of pictures are told with the names of the ones there are.
    pub(in crate::dashboard) takes: fn(&Change, &[String]) -> bool,
    /// What a changed file does that such a form may not: a fault of the form, or more than any form could.
    pub(in crate::dashboard) judge: fn(&Config, &Config) -> Result<(), Overstep>,
}

/// A change that leads further than its sender may go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::dashboard) enum Overstep {
    /// By what stands at this place; the key of the words.
    At(Place, &'static str),
    /// By something that no form of theirs has.
    Elsewhere,
}

impl Realm {
    /// How many lines are shown around a difference: others than those that change are the matter of whoever may
    /// see all settings.
    pub(super) fn around(&self) -> usize {
        self.bounds.map_or(2, |_| 0)
    }

    /// Whether a change is one that whoever sends these forms may make, and so may see and say the word about.
    pub(super) fn holds(&self, waiting: &Waiting) -> bool {
        self.bounds.is_none() || waiting.of_page
    }
}

/// The change that waits, in words.
pub(in crate::dashboard) async fn told_waiting(realm: &Realm, room: &Room, visit: &Visit) -> Option<Told> {
    let waiting = room.keeper.waiting().await?;
    Some(told_of(realm, room, visit, &waiting))
}

pub(super) fn told_of(realm: &Realm, room: &Room, visit: &Visit, waiting: &Waiting) -> Told {
    let page = realm.holds(waiting).then_some(realm.waiting);
    Told::of(waiting, (room.clock)().wall, &visit.zone, visit.tongue, page)
}
