//! What is shown of settings.

use askama::Template;
use sha2::{Digest as _, Sha256};

use super::fields::Section;
use super::keeper::Waiting;
use super::realm::Realm;
use crate::accounts::hex;
use crate::config::edit::{Line, Sign, difference};
use crate::dashboard::frame::Frame;
use crate::dashboard::words::Tongue;
use crate::model::TimeZone;

/// The sections, and the change that waits.
#[derive(Template)]
#[template(path = "dashboard/settings.html")]
pub(super) struct Overview {
    pub(super) frame: Frame,
    pub(super) sections: Vec<Entry>,
    pub(super) waiting: Option<Told>,
    /// Where texts of it by hand are kept.
    pub(super) kept: Vec<String>,
    /// The configuration file.
    pub(super) file: String,
}

/// A section in the overview.
pub(in crate::dashboard) struct Entry {
    pub(in crate::dashboard) name: &'static str,
    pub(in crate::dashboard) title: String,
    pub(in crate::dashboard) about: String,
}

/// The form of a section.
#[derive(Template)]
#[template(path = "dashboard/settings-section.html")]
pub(super) struct SectionPage {
    pub(super) frame: Frame,
    pub(super) realm: &'static Realm,
    /// People's page beside it.
    pub(super) phone: Option<Phone>,
    pub(super) upload: Option<Upload>,
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

/// The forms that pictures are sent and deleted by.
pub(super) struct Upload {
    /// Why the last one was not taken.
    pub(super) refused: Option<String>,
    /// Names of those that nothing shows.
    pub(super) unused: Vec<String>,
}

/// Which of people's pages is shown beside a form.
pub(super) struct Phone {
    pub(super) networks: Vec<Choice>,
    pub(super) languages: Vec<Choice>,
}

pub(super) struct GroupView {
    pub(super) title: String,
    pub(super) base: String,
    pub(super) fields: Vec<FieldView>,
    pub(super) position: Option<PositionView>,
    pub(super) removal: Option<Removal>,
    /// Shown when somebody asks for it, by these words.
    pub(super) fold: Option<String>,
}

/// Where an entry stands among the others.
pub(super) struct PositionView {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) choices: Vec<Choice>,
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
    /// Of a text in several languages.
    pub(super) parts: Vec<PartView>,
    pub(super) is_required: bool,
    pub(super) fault: Option<FaultView>,
}

/// A text's line for a language, or those of all others.
pub(super) struct PartView {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) is_others: bool,
}

pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) is_chosen: bool,
    /// Where it can be looked at.
    pub(super) picture: Option<String>,
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
    pub(super) realm: &'static Realm,
    pub(super) phone: Option<Phone>,
    pub(super) name: &'static str,
    pub(super) hunks: Vec<Vec<LineView>>,
    /// What was typed, carried along.
    pub(super) posted: Vec<(String, String)>,
    pub(super) base: String,
    pub(super) by_hand: Option<ByHand>,
    pub(super) warnings: Vec<String>,
    pub(super) minutes: String,
    /// Where the dashboard is afterwards, if that is elsewhere.
    pub(super) moves: Option<String>,
}

/// The settings are in force, and the dashboard is elsewhere.
#[derive(Template)]
#[template(path = "dashboard/settings-moved.html")]
pub(super) struct MovedPage {
    pub(super) frame: Frame,
    pub(super) address: String,
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
    pub(super) realm: &'static Realm,
    pub(super) told: Told,
    pub(super) hunks: Vec<Vec<LineView>>,
    pub(super) may_change: bool,
}

/// A change that waits, in words.
pub(in crate::dashboard) struct Told {
    pub(in crate::dashboard) id: String,
    pub(in crate::dashboard) who: String,
    pub(in crate::dashboard) until: String,
    pub(in crate::dashboard) seconds: i64,
    pub(in crate::dashboard) left: String,
    /// Where it is shown to whoever may look at it.
    pub(in crate::dashboard) page: Option<&'static str>,
}

impl Told {
    pub(super) fn of(
        waiting: &Waiting,
        now: jiff::Timestamp,
        zone: &TimeZone,
        tongue: Tongue,
        page: Option<&'static str>,
    ) -> Self {
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
            page,
        }
    }
}

/// What tells one text of the file from another.
pub(in crate::dashboard) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

pub(in crate::dashboard) fn entries(sections: &[Section], tongue: Tongue) -> Vec<Entry> {
    let entry = |section: &Section| Entry {
        name: section.name,
        title: tongue.say(&format!("settings-{}", section.name)),
        about: tongue.say(&format!("settings-{}-about", section.name)),
    };
    sections.iter().map(entry).collect()
}

/// Where two texts differ, with up to `around` lines before and behind. That the last line gets an end is none.
pub(super) fn hunks(former: &str, new: &str, around: usize) -> Vec<Vec<LineView>> {
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
    let ended = |text: &str| {
        let end = if text.is_empty() || text.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        format!("{text}{end}")
    };
    let (former, new) = (ended(former), ended(new));
    let hunks = difference(&former, &new, around);
    hunks.iter().map(|hunk| hunk.iter().map(line).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::hunks;

    #[test]
    fn a_last_line_without_an_end_has_not_changed() {
        let shown = hunks("secret = 1", "secret = 1\n[[service]]\n", 0);
        let texts: Vec<&str> = shown.iter().flatten().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["[[service]]"]);
    }
}
