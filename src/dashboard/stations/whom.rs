//! Whom the forms of orders are about: those that were ticked, or all that a search finds.

use super::list::{PAGE, View, family_code, state_code};
use super::{Fields, field, pairs};
use crate::core::StationLook;
use crate::dashboard::room::Room;
use crate::model::{Mac, NetworkId};

/// Most stations of one order: more than a town has at once.
pub(super) const MOST: usize = 20_000;

/// See the module.
pub(super) struct Whom<'a> {
    /// In the order of the list.
    pub(super) looks: Vec<&'a StationLook>,
    /// The search that finds them, where they were not ticked one by one.
    pub(super) all: Option<View>,
}

impl<'a> Whom<'a> {
    /// By the fields of a form.
    pub(super) fn of(room: &Room, looks: &'a [StationLook], fields: &Fields) -> Self {
        if field(fields, "all").is_empty() {
            return Self {
                looks: ticked(room, looks, fields),
                all: None,
            };
        }
        let view = View::of(pairs(fields).filter(|(name, _)| *name != "page"));
        Self {
            looks: view.matching(looks),
            all: Some(view),
        }
    }

    /// Whether they are more than may be ordered about at once.
    pub(super) const fn is_too_many(&self) -> bool {
        self.looks.len() > MOST
    }

    /// What a form carries so that it is about the same.
    pub(super) fn fields(&self, room: &Room) -> Vec<(&'static str, String)> {
        let Some(view) = &self.all else {
            let handles = self.looks.iter();
            return handles
                .map(|look| ("s", room.handles.of(look.network, look.mac)))
                .collect();
        };
        let mut fields = view.filters();
        fields.push(("all", "1".to_owned()));
        fields
    }

    /// Whether somebody has written how many they are, where that is asked: within a tenth, since people come and
    /// go while it is being written.
    pub(super) fn is_confirmed(&self, typed: &str) -> bool {
        let count = self.looks.len();
        self.all.is_none()
            || typed
                .trim()
                .parse()
                .is_ok_and(|typed: usize| typed > 0 && typed.abs_diff(count) <= count / 10)
    }

    /// For the event loop.
    pub(super) fn keys(&self) -> Vec<(NetworkId, Mac)> {
        self.looks.iter().map(|look| (look.network, look.mac)).collect()
    }

    /// For the audit log: by names that mean nothing after this run, or by what was looked for. Not by what was
    /// typed: it may be a device's address.
    pub(super) fn names(&self, room: &Room) -> String {
        let Some(view) = &self.all else {
            let names: Vec<String> = self.looks.iter().map(|look| name(room, look)).collect();
            return names.join(", ");
        };
        let terms = [
            view.state.map(|state| format!("state {}", state_code(state))),
            view.network.map(|network| format!("network {network}")),
            view.family
                .map(|family| format!("family {}", family_code(family))),
            (!view.search.is_empty()).then(|| "a search".to_owned()),
        ];
        let terms: Vec<String> = terms.into_iter().flatten().collect();
        if terms.is_empty() {
            return "all".to_owned();
        }
        format!("all with {}", terms.join(", "))
    }
}

/// What a line of the audit log calls a station.
pub(super) fn name(room: &Room, look: &StationLook) -> String {
    room.handles.name(look.network, look.mac)
}

/// Those that a form names.
fn ticked<'a>(room: &Room, looks: &'a [StationLook], fields: &Fields) -> Vec<&'a StationLook> {
    let one = field(fields, "one");
    let mut named: Vec<&str> = pairs(fields)
        .filter(|(name, _)| *name == "s" && one.is_empty())
        .map(|(_, value)| value)
        .take(PAGE)
        .collect();
    if !one.is_empty() {
        named.push(one);
    }
    let is_named = |look: &&StationLook| named.contains(&room.handles.of(look.network, look.mac).as_str());
    // Each name is one station's: the walk ends with the last of them.
    looks.iter().filter(is_named).take(named.len()).collect()
}

#[cfg(test)]
mod tests {
    use super::Whom;
    use crate::dashboard::stations::View;

    #[test]
    fn whoever_orders_about_many_writes_how_many() {
        let looks: Vec<_> = (0..100).map(crate::dashboard::stations::list::sample).collect();
        let mut whom = Whom {
            looks: looks.iter().collect(),
            all: Some(View::default()),
        };
        for typed in ["100", " 100 ", "90", "110"] {
            assert!(whom.is_confirmed(typed), "{typed}");
        }
        for typed in ["", "0", "89", "111", "-100", "yes", "1e2"] {
            assert!(!whom.is_confirmed(typed), "{typed}");
        }
        whom.looks.truncate(5);
        assert!(whom.is_confirmed("5") && !whom.is_confirmed("6"));
        whom.looks.clear();
        assert!(!whom.is_confirmed("0"));
        whom.all = None;
        assert!(whom.is_confirmed(""), "those that were ticked were seen");
    }
}
