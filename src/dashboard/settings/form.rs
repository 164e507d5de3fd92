//! A form as it was sent, and the changes of the file that it wishes.

use super::fields::{Field, Kind, Section};
use super::{order, phrases};
use crate::config::edit::{Change, Place, Step, Value, entries, value};

/// What stands in the place of the index of an entry that is to be added.
pub(super) const NEW: &str = "new";
/// What stands for a list without anything in it, which is not the same as no list.
const NONE: &str = "-";

/// Names and what was typed.
#[derive(Debug, Clone, Default)]
pub(in crate::dashboard) struct Posted(pub(super) Vec<(String, String)>);

impl Posted {
    /// What was typed under a name; `None` when it was not in the form.
    pub(in crate::dashboard) fn get(&self, name: &str) -> Option<&str> {
        let mut pairs = self.0.iter();
        pairs.find_map(|(key, text)| (key == name).then_some(text.as_str()))
    }

    /// Everything under a name that may stand several times.
    pub(super) fn all<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let pairs = self.0.iter();
        pairs.filter_map(move |(key, text)| (key == name).then_some(text.as_str()))
    }

    /// The places that the form says something of, as far as it is about settings: names but for these, and entries
    /// that are to be removed or moved.
    pub(super) fn subjects<'p>(&'p self, others: &'p [&'p str]) -> impl Iterator<Item = &'p str> {
        let pairs = self.0.iter().filter(|(name, _)| !others.contains(&name.as_str()));
        pairs.map(|(name, text)| match name.as_str() {
            "remove" => text.as_str(),
            name => name.strip_prefix(order::ORDER).unwrap_or(name),
        })
    }

    /// Whether anything was sent of what stands below a place.
    fn has_below(&self, base: &str) -> bool {
        let is_below = |name: &str| name.strip_prefix(base).is_some_and(|rest| rest.starts_with('.'));
        self.0.iter().any(|(name, _)| is_below(name))
    }

    /// As it is compared with what stands in the file: lines without what is around them.
    pub(super) fn typed(&self, field: &Field, name: &str) -> String {
        match field.kind {
            Kind::Roles | Kind::Networks => self.all(name).collect::<Vec<_>>().join("\n"),
            Kind::Phrases => phrases::typed(self, name).unwrap_or_default(),
            Kind::Lines | Kind::Numbers => {
                let lines = self.get(name).unwrap_or_default().lines().map(str::trim);
                lines
                    .filter(|line| !line.is_empty())
                    .collect::<Vec<_>>()
                    .join("\n")
            }
            _ => self.get(name).unwrap_or_default().trim().to_owned(),
        }
    }
}

/// Fields under one heading, with the place of what they belong to.
pub(super) struct Group {
    /// Of which kind, for its words.
    pub(super) of: &'static str,
    /// Where it stands, or would, with [`NEW`] in the place of an index.
    pub(super) base: String,
    pub(super) fields: &'static [Field],
    /// The place to be removed, if it may be.
    pub(super) removable: bool,
    /// Its position among how many, counted from 1, where somebody may choose it.
    pub(super) position: Option<(usize, usize)>,
}

impl Group {
    pub(super) fn is_new(&self) -> bool {
        self.base.ends_with(NEW)
    }

    /// The name of a field in the form.
    pub(super) fn name(&self, field: &Field) -> String {
        format!("{}.{}", self.base, field.path)
    }
}

/// What a page of settings has, with this file.
pub(super) fn groups(section: &Section, text: &str) -> Vec<Group> {
    let group = |of, base: String, fields, removable| Group {
        of,
        base,
        fields,
        removable,
        position: None,
    };
    let mut groups = Vec::new();
    let networks = count(text, "network");
    for set in section.sets {
        if set.is_list {
            let many = count(text, set.of);
            groups.extend((0..many).map(|entry| Group {
                position: Some((entry + 1, many)),
                ..group(set.of, format!("{}.{entry}", set.of), set.fields, true)
            }));
            groups.push(group(set.of, format!("{}.{NEW}", set.of), set.fields, false));
            continue;
        }
        if set.of != "network" {
            groups.push(group(set.of, set.of.to_owned(), set.fields, false));
            continue;
        }
        for network in 0..networks {
            let base = format!("network.{network}");
            let may_go = !section.newcomer.is_empty() && networks > 1;
            if !set.fields.is_empty() {
                groups.push(group(set.of, base.clone(), set.fields, may_go));
            }
            if let Some((of, fields)) = set.entries {
                for entry in 0..count(text, &format!("{base}.{of}")) {
                    groups.push(group(of, format!("{base}.{of}.{entry}"), fields, true));
                }
                groups.push(group(of, format!("{base}.{of}.{NEW}"), fields, false));
            }
        }
    }
    if !section.newcomer.is_empty() {
        groups.push(group(
            "network",
            format!("network.{NEW}"),
            section.newcomer,
            false,
        ));
    }
    groups
}

pub(super) fn count(text: &str, place: &str) -> usize {
    place.parse().map_or(0, |place: Place| entries(text, &place))
}

/// What stands in the file, as it is typed; nothing for what no form writes.
pub(super) fn written(text: &str, name: &str) -> String {
    let found = name.parse().ok().and_then(|place: Place| value(text, &place));
    found.as_ref().map(shown).unwrap_or_default()
}

/// The same of a field, as it is compared.
pub(super) fn stands(field: &Field, text: &str, name: &str) -> String {
    let found = name.parse().ok().and_then(|place: Place| value(text, &place));
    match (field.kind, found) {
        (Kind::Phrases, Some(value)) => phrases::shown(&value),
        (_, Some(value)) => shown(&value),
        (_, None) => String::new(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Whole(number) => number.to_string(),
        Value::Truth(truth) => truth.to_string(),
        Value::List(values) if values.is_empty() => NONE.to_owned(),
        Value::List(values) => values.iter().map(shown).collect::<Vec<_>>().join("\n"),
        Value::Table(_) => String::new(),
    }
}

/// The changes that a form wishes of this file; those it leaves alone are not among them.
pub(super) fn changes(section: &Section, text: &str, posted: &Posted) -> Vec<Change> {
    let groups = groups(section, text);
    let gone: Vec<&str> = posted.all("remove").collect();
    let mut changes = Vec::new();
    for group in groups.iter().filter(|group| !gone.contains(&group.base.as_str())) {
        if group.is_new() {
            changes.extend(addition(group, posted));
            continue;
        }
        for field in group.fields {
            changes.extend(change(group, field, text, posted));
        }
    }
    let ordered = order::wished(section, text, posted);
    let removable = groups.iter().rev().filter(|group| group.removable);
    let removed = removable.filter(|group| gone.contains(&group.base.as_str()));
    let mut removed: Vec<Place> = removed.filter_map(|group| group.base.parse().ok()).collect();
    if let Some((place, order)) = ordered {
        order::follow(&mut removed, &place, &order);
        changes.push(Change::Order(place, order));
    }
    // Those behind first: the others keep their indices.
    changes.extend(removed.into_iter().map(Change::Remove));
    changes
}

fn change(group: &Group, field: &Field, text: &str, posted: &Posted) -> Option<Change> {
    let name = group.name(field);
    let is_sent = match field.kind {
        // A list of boxes that are all empty is sent as nothing at all.
        Kind::Roles => true,
        Kind::Networks => posted.has_below(&group.base),
        Kind::Phrases => phrases::typed(posted, &name).is_some(),
        _ => posted.get(&name).is_some(),
    };
    let (typed, stands) = (posted.typed(field, &name), stands(field, text, &name));
    let is_same = match field.kind {
        // Browsers have no colour that is none, and write them all in one way.
        Kind::Color if stands.is_empty() => typed == field.default,
        Kind::Color => typed.eq_ignore_ascii_case(&stands),
        _ => typed == stands,
    };
    if !is_sent || is_same {
        return None;
    }
    let place: Place = name.parse().ok()?;
    Some(match wished(field, &typed) {
        Some(value) => Change::Set(place, value),
        None => Change::Unset(place),
    })
}

/// An entry, if anything was typed for it.
fn addition(group: &Group, posted: &Posted) -> Option<Change> {
    let pairs = group.fields.iter().filter_map(|field| {
        let typed = posted.typed(field, &group.name(field));
        Some((field.path.to_owned(), wished(field, &typed)?))
    });
    let pairs: Vec<(String, Value)> = pairs.collect();
    let place = group.base.strip_suffix(NEW)?.trim_end_matches('.').parse().ok()?;
    (!pairs.is_empty()).then_some(Change::Add(place, pairs))
}

/// `None` where nothing was typed: the default holds.
fn wished(field: &Field, typed: &str) -> Option<Value> {
    if typed.is_empty() {
        return None;
    }
    let text = || Value::Text(typed.to_owned());
    Some(match field.kind {
        Kind::Text | Kind::Choice(_) | Kind::Named(..) | Kind::Said(_) | Kind::Color | Kind::Crest => text(),
        // What is no number is for `config` to refuse.
        Kind::Whole => typed.parse().map_or_else(|_| text(), Value::Whole),
        Kind::Truth => typed.parse().map_or_else(|_| text(), Value::Truth),
        Kind::Phrases => phrases::wished(typed),
        Kind::Numbers => {
            let number = |line: &str| {
                line.parse()
                    .map_or_else(|_| Value::Text(line.to_owned()), Value::Whole)
            };
            Value::List(typed.lines().map(number).collect())
        }
        Kind::Lines if typed == NONE => Value::List(Vec::new()),
        Kind::Lines | Kind::Roles | Kind::Networks => {
            Value::List(typed.lines().map(|line| Value::Text(line.to_owned())).collect())
        }
    })
}

/// The name of the field that a place of the changed file had in the form that was sent: entries that were added
/// are the last ones, and those that were removed still counted.
pub(super) fn name_of(place: &Place, text: &str, changes: &[Change]) -> String {
    let mut steps = place.steps().to_vec();
    for depth in 0..steps.len() {
        let Some(Step::Index(index)) = steps.get(depth).cloned() else {
            continue;
        };
        let before = Place::from(steps[..depth].to_vec());
        let mut index = index;
        let mut gone: Vec<usize> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Remove(place) => match place.steps().split_last()? {
                    (Step::Index(gone), around) if around == before.steps() => Some(*gone),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        gone.sort_unstable();
        for gone in gone {
            index += usize::from(gone <= index);
        }
        index = order::before(changes, &before, index);
        steps[depth] = if index < entries(text, &before) {
            Step::Index(index)
        } else {
            Step::Key(NEW.to_owned())
        };
    }
    Place::from(steps).to_string()
}

#[cfg(test)]
mod tests {
    use super::{Posted, changes, name_of};
    use crate::config::edit::{Change, edit};
    use crate::dashboard::settings::fields::{SECTIONS, Section};

    const TEXT: &str = "[gateway]\nuplink = \"eth0\"\nprotected = [\"10.0.0.0/8\"]\n[management]\nsecond_factor = [\"admin\"]\n\
                        [[network]]\nid = \"a\"\n[[network.schedule]]\nname = \"one\"\n[[network.schedule]]\nname = \"two\"\n";

    fn section_of(name: &str) -> Option<&'static Section> {
        const ALL: &[Section] = &SECTIONS;
        ALL.iter().find(|section| section.name == name)
    }

    fn posted(pairs: &[(&str, &str)]) -> Posted {
        let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
        Posted(pairs.iter().map(owned).collect())
    }

    fn wished(section: &str, pairs: &[(&str, &str)]) -> Vec<String> {
        let changes = changes(section_of(section).unwrap(), TEXT, &posted(pairs));
        changes.iter().map(|change| format!("{change:?}")).collect()
    }

    fn made(section: &str, pairs: &[(&str, &str)]) -> String {
        edit(TEXT, &changes(section_of(section).unwrap(), TEXT, &posted(pairs))).unwrap()
    }

    #[test]
    fn what_is_left_as_it_was_is_no_change() {
        let same = [
            ("gateway.uplink", " eth0 "),
            ("gateway.protected", "10.0.0.0/8\r\n\r\n"),
            ("gateway.masquerade", ""),
            ("elsewhere", "x"),
        ];
        assert_eq!(wished("gateway", &same), [""; 0]);
        assert_eq!(
            wished("management", &[("management.second_factor", "admin")]),
            [""; 0]
        );
    }

    #[test]
    fn what_was_typed_becomes_a_value_of_its_kind() {
        let text = made(
            "gateway",
            &[
                ("gateway.uplink", "eth1"),
                ("gateway.protected", "-"),
                ("gateway.masquerade", "false"),
                ("uplink.check", "1.1.1.1:443\n9.9.9.9:443"),
            ],
        );
        for line in [
            "uplink = \"eth1\"",
            "protected = []",
            "masquerade = false",
            "check = [\"1.1.1.1:443\", \"9.9.9.9:443\"]",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(
            !made("management", &[]).contains("second_factor"),
            "no box is checked"
        );
        assert!(made("portal", &[("portal.http_port", "x")]).contains("http_port = \"x\""));
    }

    #[test]
    fn entries_are_added_and_removed_and_their_mistakes_found() {
        let fields = [
            ("network.0.schedule.0.name", "changed"),
            ("remove", "network.0.schedule.0"),
            ("network.0.schedule.1.name", "second"),
            ("network.0.schedule.new.name", "third"),
            ("network.0.schedule.new.days", "mon-fri"),
            ("remove", "network.0"),
        ];
        let text = made("plans", &fields);
        assert!(text.contains("name = \"second\"") && !text.contains("one") && !text.contains("changed"));
        assert!(text.contains("name = \"third\"\ndays = [\"mon-fri\"]"), "{text}");
        assert!(text.contains("id = \"a\""), "a page of plans removes no network");
        let changes = changes(section_of("plans").unwrap(), TEXT, &posted(&fields));
        let name = |place: &str| name_of(&place.parse().unwrap(), TEXT, &changes);
        assert_eq!(name("network.0.schedule.0.name"), "network.0.schedule.1.name");
        assert_eq!(name("network.0.schedule.1.days"), "network.0.schedule.new.days");
        assert_eq!(name("network.0.rate.down"), "network.0.rate.down");
        assert!(changes.iter().any(|change| matches!(change, Change::Add(..))));
    }
}
