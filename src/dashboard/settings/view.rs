//! What is shown of settings.

use askama::Template;
use sha2::{Digest as _, Sha256};

use super::fields::{Field, Kind, SECTIONS, Section, roles};
use super::form::{Group, NEW, Posted, groups, written};
use super::keeper::Waiting;
use crate::accounts::hex;
use crate::config::edit::{Line, Sign, difference};
use crate::dashboard::frame::Frame;
use crate::dashboard::words::Tongue;
use crate::model::TimeZone;

/// Lines that are shown around a difference.
const AROUND: usize = 2;

/// The sections, and the change that waits.
#[derive(Template)]
#[template(path = "dashboard/settings.html")]
pub(super) struct Overview {
    pub(super) frame: Frame,
    pub(super) sections: Vec<Entry>,
    pub(super) waiting: Option<Told>,
    /// The configuration file.
    pub(super) file: String,
}

/// A section in the overview.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) about: String,
}

/// The form of a section.
#[derive(Template)]
#[template(path = "dashboard/settings-section.html")]
pub(super) struct SectionPage {
    pub(super) frame: Frame,
    pub(super) name: &'static str,
    pub(super) about: String,
    pub(super) groups: Vec<GroupView>,
    /// Whoever may only look.
    pub(super) is_closed: bool,
    pub(super) base: String,
    /// Every mistake, with the name of its field if it is on the page.
    pub(super) faults: Vec<FaultView>,
    pub(super) waiting: Option<Told>,
}

pub(super) struct GroupView {
    pub(super) title: String,
    pub(super) base: String,
    pub(super) fields: Vec<FieldView>,
    pub(super) removal: Option<Removal>,
    /// Shown when somebody asks for it.
    pub(super) is_folded: bool,
}

/// The box that takes an entry away.
pub(super) struct Removal {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) is_checked: bool,
}

pub(super) struct FieldView {
    pub(super) name: String,
    /// For labels: the name without dots.
    pub(super) id: String,
    pub(super) label: String,
    pub(super) help: String,
    pub(super) kind: &'static str,
    pub(super) value: String,
    pub(super) choices: Vec<Choice>,
    pub(super) is_required: bool,
    pub(super) fault: Option<FaultView>,
}

pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) is_chosen: bool,
}

#[derive(Clone)]
pub(super) struct FaultView {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) label: String,
    pub(super) what: String,
    pub(super) hint: String,
}

/// What will change, before it does.
#[derive(Template)]
#[template(path = "dashboard/settings-difference.html")]
pub(super) struct DifferencePage {
    pub(super) frame: Frame,
    pub(super) name: &'static str,
    pub(super) hunks: Vec<Vec<LineView>>,
    /// What was typed, carried along.
    pub(super) posted: Vec<(String, String)>,
    pub(super) base: String,
    pub(super) by_hand: Option<ByHand>,
    pub(super) warnings: Vec<String>,
    pub(super) minutes: String,
}

/// Lines of the file that somebody has changed by hand and that are not in force.
pub(super) struct ByHand {
    pub(super) hunks: Vec<Vec<LineView>>,
    /// What tells that they were shown.
    pub(super) seen: String,
    /// Where the file is kept as it is now, if the change is undone.
    pub(super) kept: String,
}

/// A line of a difference.
pub(super) struct LineView {
    pub(super) kind: &'static str,
    pub(super) sign: &'static str,
    pub(super) number: usize,
    pub(super) text: String,
}

/// A change that waits for its word.
#[derive(Template)]
#[template(path = "dashboard/settings-waiting.html")]
pub(super) struct WaitingPage {
    pub(super) frame: Frame,
    pub(super) told: Told,
    pub(super) hunks: Vec<Vec<LineView>>,
    pub(super) may_change: bool,
}

/// A change that waits, in words.
pub(super) struct Told {
    pub(super) id: String,
    pub(super) who: String,
    pub(super) until: String,
    pub(super) seconds: i64,
    pub(super) left: String,
}

impl Overview {
    pub(super) fn new(frame: Frame, waiting: Option<Told>, file: String) -> Self {
        Self {
            sections: entries(frame.tongue),
            frame,
            waiting,
            file,
        }
    }
}

impl Told {
    pub(super) fn of(waiting: &Waiting, now: jiff::Timestamp, zone: &TimeZone, tongue: Tongue) -> Self {
        let seconds = waiting.until.duration_since(now).as_secs().max(0);
        Self {
            id: waiting.id.clone(),
            who: waiting
                .who
                .strip_prefix("user ")
                .unwrap_or(&waiting.who)
                .to_owned(),
            until: waiting
                .until
                .to_zoned(zone.jiff().clone())
                .strftime("%H:%M:%S")
                .to_string(),
            seconds,
            left: tongue.count("settings-left", u64::try_from(seconds).unwrap_or(0)),
        }
    }
}

/// What tells one text of the file from another.
pub(in crate::dashboard) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn entries(tongue: Tongue) -> Vec<Entry> {
    let entry = |section: &Section| Entry {
        name: section.name,
        title: tongue.say(&format!("settings-{}", section.name)),
        about: tongue.say(&format!("settings-{}-about", section.name)),
    };
    SECTIONS.iter().map(entry).collect()
}

pub(super) fn hunks(former: &str, new: &str) -> Vec<Vec<LineView>> {
    let line = |line: &Line<'_>| {
        let (kind, sign) = match line.sign {
            Sign::Same => ("same", " "),
            Sign::Gone => ("gone", "-"),
            Sign::New => ("new", "+"),
        };
        LineView {
            kind,
            sign,
            number: line.number,
            text: line.text.to_owned(),
        }
    };
    let hunks = difference(former, new, AROUND);
    hunks.iter().map(|hunk| hunk.iter().map(line).collect()).collect()
}

/// Groups of a page: what was typed where a form was sent, else what stands in the file.
pub(super) fn group_views(
    section: &Section,
    text: &str,
    posted: Option<&Posted>,
    faults: &[FaultView],
    tongue: Tongue,
) -> Vec<GroupView> {
    let sheet = Sheet {
        text,
        posted,
        faults,
        tongue,
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
    fault: (&str, &str),
    tongue: Tongue,
) -> FaultView {
    let label_of = |name: &str| {
        groups(section, text).into_iter().find_map(|group| {
            let field = group.fields.iter().find(|field| group.name(field) == name)?;
            Some(tongue.say(&field.word(group.of)))
        })
    };
    // A mistake in one line of a list is one of the field that holds them all.
    let whole = name.rsplit_once('.').map(|(field, _)| field.to_owned());
    let whole = whole.filter(|field| label_of(&name).is_none() && label_of(field).is_some());
    let name = whole.unwrap_or(name);
    let on_page = label_of(&name);
    let (what, hint) = fault;
    FaultView {
        id: on_page.is_some().then(|| id_of(&name)),
        label: on_page.unwrap_or_else(|| name.clone()),
        name,
        what: what.to_owned(),
        hint: hint.to_owned(),
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
        GroupView {
            is_folded: group.is_new() && !is_used,
            title,
            base: group.base.clone(),
            fields,
            removal,
        }
    }

    fn title(&self, group: &Group) -> String {
        let word = format!("settings-set-{}", group.of).replace('_', "-");
        if group.is_new() {
            let network = group.base.split('.').nth(1).filter(|index| *index != NEW);
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
                let entry = written(self.text, &format!("{}.name", group.base));
                format!("{network}: {entry}")
            }
        }
    }

    fn field(&self, group: &Group, field: &Field) -> FieldView {
        let name = group.name(field);
        let stands = || {
            if group.is_new() {
                String::new()
            } else {
                written(self.text, &name)
            }
        };
        let value = match (self.posted, field.kind) {
            (Some(posted), Kind::Roles) => posted.all(&name).collect::<Vec<_>>().join("\n"),
            (Some(posted), _) => posted.get(&name).map_or_else(stands, str::to_owned),
            (None, _) => stands(),
        };
        let word = field.word(group.of);
        let mut help = self.tongue.say(&format!("{word}-help"));
        if !field.default.is_empty() {
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
                Kind::Lines => "lines",
                Kind::Truth | Kind::Choice(_) => "choice",
                Kind::Roles => "boxes",
            },
            choices: self.choices(field, &value),
            is_required: field.is_required && !group.is_new(),
            fault: self.faults.iter().find(|fault| fault.name == name).cloned(),
            value,
            name,
        }
    }

    fn choices(&self, field: &Field, value: &str) -> Vec<Choice> {
        let choice = |known: &'static str, label: String| Choice {
            value: known,
            label,
            is_chosen: value.lines().any(|line| line == known) || (value.is_empty() && known.is_empty()),
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
            Kind::Roles => roles()
                .map(|role| choice(role, self.tongue.say(&format!("role-{role}"))))
                .collect(),
            Kind::Text | Kind::Whole | Kind::Lines => Vec::new(),
        }
    }
}
