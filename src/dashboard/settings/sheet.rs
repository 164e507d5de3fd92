//! A form as it is shown: groups of fields, with what stands in the file or was typed, and what is wrong with it.

use super::fields::{Field, Kind, Section, heading, roles};
use super::form::{Group, NEW, Posted, count, groups, stands, written};
use super::order::ORDER;
use super::phrases;
use super::view::{Choice, FaultView, FieldView, GroupView, PartView, PositionView, Removal};
use crate::dashboard::page::CRESTS;
use crate::dashboard::words::Tongue;

/// Groups of a page: what was typed where a form was sent, else what stands in the file.
pub(super) fn group_views(
    section: &Section,
    text: &str,
    posted: Option<&Posted>,
    faults: &[FaultView],
    (tongue, crests): (Tongue, &[String]),
) -> Vec<GroupView> {
    let sheet = Sheet {
        text,
        posted,
        faults,
        tongue,
        crests,
    };
    groups(section, text)
        .iter()
        .map(|group| sheet.group(group))
        .collect()
}

/// A mistake as it is shown.
pub(super) fn fault_view(
    section: &Section,
    text: &str,
    name: String,
    (what, hint): (String, String),
    tongue: Tongue,
) -> FaultView {
    let label_of = |name: &str| {
        groups(section, text).into_iter().find_map(|group| {
            let field = group.fields.iter().find(|field| group.name(field) == name)?;
            Some(tongue.say(&field.word(group.of)))
        })
    };
    // A mistake in one line of a list, or in one language, is one of the field that holds them all.
    let whole = name.rsplit_once('.').map(|(field, _)| field.to_owned());
    let whole = whole.filter(|field| label_of(&name).is_none() && label_of(field).is_some());
    let name = whole.unwrap_or(name);
    let on_page = label_of(&name);
    FaultView {
        id: on_page.is_some().then(|| id_of(&name)),
        label: on_page.unwrap_or_else(|| name.clone()),
        name,
        what,
        hint,
    }
}

fn id_of(name: &str) -> String {
    name.replace('.', "-")
}

struct Sheet<'a> {
    text: &'a str,
    posted: Option<&'a Posted>,
    faults: &'a [FaultView],
    tongue: Tongue,
    /// Names of the pictures beside the file.
    crests: &'a [String],
}

impl Sheet<'_> {
    fn group(&self, group: &Group) -> GroupView {
        let title = self.title(group);
        let removal = group.removable.then(|| Removal {
            id: format!("{}-remove", id_of(&group.base)),
            label: format!("{} ({title})", self.tongue.say("settings-remove")),
            is_checked: self
                .posted
                .is_some_and(|posted| posted.all("remove").any(|base| base == group.base)),
        });
        let fields: Vec<FieldView> = group
            .fields
            .iter()
            .map(|field| self.field(group, field))
            .collect();
        let is_used = fields
            .iter()
            .any(|field| !field.value.is_empty() || field.fault.is_some());
        let is_wrong = fields.iter().any(|field| field.fault.is_some());
        let fold = if group.is_new() {
            (!is_used).then_some("settings-open")
        } else {
            // A long list is easier to look over without all that is in it.
            (group.position.is_some() && !is_wrong).then_some("settings-unfold")
        };
        GroupView {
            fold: fold.map(|key| self.tongue.say(key)),
            title,
            base: group.base.clone(),
            fields,
            position: self.position(group),
            removal,
        }
    }

    fn position(&self, group: &Group) -> Option<PositionView> {
        let (here, many) = group.position?;
        let name = format!("{ORDER}{}", group.base);
        let wanted = self.posted.and_then(|posted| posted.get(&name)?.parse().ok());
        let wanted = wanted.unwrap_or(here);
        let choices = (1..=many).map(|position| Choice {
            value: position.to_string(),
            label: position.to_string(),
            is_chosen: position == wanted,
            picture: None,
        });
        Some(PositionView {
            id: id_of(&name),
            name,
            choices: choices.collect(),
        })
    }

    fn title(&self, group: &Group) -> String {
        let word = heading(group.of);
        if let Some((here, _)) = group.position {
            return format!("{} {here}{}", self.tongue.say(&word), self.name_of_entry(group));
        }
        if group.is_new() {
            let network = group.base.strip_prefix("network.");
            let network = network
                .and_then(|rest| rest.split('.').next())
                .filter(|index| *index != NEW);
            let of =
                network.map(|index| format!(": {}", written(self.text, &format!("network.{index}.name"))));
            return format!(
                "{}{}",
                self.tongue.say(&format!("{word}-new")),
                of.unwrap_or_default()
            );
        }
        let mut parts = group.base.split('.');
        let network = parts
            .nth(1)
            .map(|index| written(self.text, &format!("network.{index}.name")));
        match (network, parts.next()) {
            (None, _) => self.tongue.say(&word),
            (Some(network), None) => network,
            (Some(network), Some(_)) => {
                let own = ["name", "address", "location"]
                    .map(|key| written(self.text, &format!("{}.{key}", group.base)));
                format!("{network}: {}", own.concat())
            }
        }
    }

    /// What an entry of a list is called: the first line of its texts, or the word for its kind.
    fn name_of_entry(&self, group: &Group) -> String {
        let of_kind = |wanted: fn(Kind) -> bool| group.fields.iter().find(move |field| wanted(field.kind));
        let stands = |field: &Field| stands(field, self.text, &group.name(field));
        let text = of_kind(|kind| kind == Kind::Phrases)
            .map(stands)
            .unwrap_or_default();
        if let Some((_, text)) = text.lines().next().and_then(|line| line.split_once(": ")) {
            return format!(": {text}");
        }
        let named = of_kind(|kind| matches!(kind, Kind::Named(..)));
        let word = named.and_then(|field| match field.kind {
            Kind::Named(words, begin) => {
                let stands = stands(field);
                let known = words.iter().find(|word| **word == stands)?;
                Some(self.tongue.say(&format!("{begin}{known}")))
            }
            _ => None,
        });
        word.map(|word| format!(": {word}")).unwrap_or_default()
    }

    fn field(&self, group: &Group, field: &Field) -> FieldView {
        let name = group.name(field);
        let stands = || {
            if group.is_new() {
                String::new()
            } else {
                stands(field, self.text, &name)
            }
        };
        let value = match (self.posted, field.kind) {
            (Some(posted), kind) if kind.is_boxes() => posted.typed(field, &name),
            (Some(posted), Kind::Phrases) => phrases::typed(posted, &name).unwrap_or_else(stands),
            (Some(posted), _) => posted.get(&name).map_or_else(stands, str::to_owned),
            (None, _) => stands(),
        };
        let value = match field.kind {
            // Browsers have no colour that is none.
            Kind::Color if value.is_empty() => field.default.to_owned(),
            _ => value,
        };
        let word = field.word(group.of);
        let mut help = self.tongue.say(&format!("{word}-help"));
        if !field.default.is_empty() && field.kind != Kind::Color {
            help = format!(
                "{help} {} {}.",
                self.tongue.say("settings-default"),
                field.default
            );
        }
        FieldView {
            id: id_of(&name),
            label: self.tongue.say(&word),
            help,
            kind: match field.kind {
                Kind::Text | Kind::Whole => "text",
                Kind::Lines | Kind::Numbers => "lines",
                Kind::Truth | Kind::Choice(_) | Kind::Named(..) | Kind::Said(_) => "choice",
                Kind::Roles | Kind::Networks => "boxes",
                Kind::Phrases => "phrases",
                Kind::Color => "color",
                Kind::Crest => "pictures",
            },
            choices: self.choices(field, &value),
            parts: self.parts(field, &name, &value),
            is_required: field.is_required && !group.is_new(),
            fault: self.faults.iter().find(|fault| fault.name == name).cloned(),
            value,
            name,
        }
    }

    fn parts(&self, field: &Field, name: &str, value: &str) -> Vec<PartView> {
        if field.kind != Kind::Phrases {
            return Vec::new();
        }
        let words = ["settings-in-it", "settings-in-en", "settings-in-others"];
        let parts = phrases::names(name).into_iter().zip(phrases::parts(value));
        let parts = parts.zip(words).map(|((name, value), word)| PartView {
            id: id_of(&name),
            label: self.tongue.say(word),
            is_others: word == "settings-in-others",
            name,
            value,
        });
        parts.collect()
    }

    fn choices(&self, field: &Field, value: &str) -> Vec<Choice> {
        let choice = |known: &str, label: String| Choice {
            value: known.to_owned(),
            label,
            is_chosen: value.lines().any(|line| line == known) || (value.is_empty() && known.is_empty()),
            picture: None,
        };
        let default = || choice("", self.tongue.say("settings-usual"));
        match field.kind {
            Kind::Truth => vec![
                default(),
                choice("true", self.tongue.say("settings-yes")),
                choice("false", self.tongue.say("settings-no")),
            ],
            Kind::Choice(words) => {
                let words = words.iter().map(|word| choice(word, (*word).to_owned()));
                [default()].into_iter().chain(words).collect()
            }
            Kind::Named(words, begin) => {
                let words = words
                    .iter()
                    .map(|word| choice(word, self.tongue.say(&format!("{begin}{word}"))));
                [choice("", self.tongue.say("settings-choose"))]
                    .into_iter()
                    .chain(words)
                    .collect()
            }
            Kind::Said(words) => {
                let words = words.iter().map(|(word, key)| choice(word, self.tongue.say(key)));
                [choice("", self.tongue.say("settings-choose"))]
                    .into_iter()
                    .chain(words)
                    .collect()
            }
            Kind::Roles => roles()
                .map(|role| choice(role, self.tongue.say(&format!("role-{role}"))))
                .collect(),
            Kind::Networks => networks(self.text).map(|(id, name)| choice(&id, name)).collect(),
            Kind::Crest => self.crests(value, choice("", self.tongue.say("settings-no-crest"))),
            Kind::Text | Kind::Whole | Kind::Lines | Kind::Numbers | Kind::Phrases | Kind::Color => {
                Vec::new()
            }
        }
    }

    /// None, those beside the file, and the one that stands there if it lies elsewhere.
    fn crests(&self, value: &str, none: Choice) -> Vec<Choice> {
        let beside = self.crests.iter().map(|name| {
            let path = format!("{CRESTS}/{name}");
            Choice {
                is_chosen: path == value,
                label: name.clone(),
                picture: Some(format!("/page/crest/{name}")),
                value: path,
            }
        });
        let mut choices: Vec<Choice> = [none].into_iter().chain(beside).collect();
        if !choices.iter().any(|choice| choice.is_chosen) {
            choices.push(Choice {
                value: value.to_owned(),
                label: value.to_owned(),
                is_chosen: true,
                picture: None,
            });
        }
        choices
    }
}

/// Identifier and name of every network of the file.
pub(super) fn networks(text: &str) -> impl Iterator<Item = (String, String)> {
    (0..count(text, "network")).map(move |index| {
        let of = |key: &str| written(text, &format!("network.{index}.{key}"));
        (of("id"), of("name"))
    })
}
