//! What is shown.

use std::collections::BTreeSet;

use askama::Template;
use jiff::Timestamp;
use serde_json::Value;

use super::list::{List, Newer};
use super::wish::{Wish, Wrong};
use crate::dashboard::frame::Frame;
use crate::dashboard::records::Chain;
use crate::dashboard::words::Tongue;
use crate::model::TimeZone;
use crate::model::audit::{Entry, Flaw, More, Verdict};

#[derive(Template)]
#[template(path = "dashboard/audit.html")]
pub(super) struct AuditPage {
    frame: Frame,
    wish: Wish,
    state: State,
    people: Vec<Choice>,
    deeds: Vec<Choice>,
    from_wrong: Option<String>,
    to_wrong: Option<String>,
    count: String,
    rows: Vec<Row>,
    older: Option<String>,
    newer: Option<String>,
}

/// Whether the chain holds.
struct State {
    is_whole: bool,
    text: String,
    /// What is wrong, in words, where something is.
    faults: Vec<String>,
    /// To be written down, for later.
    head: Option<String>,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

struct Row {
    number: u64,
    at: String,
    who: String,
    from: String,
    /// In words; the code itself beside it where the words are others.
    deed: String,
    code: Option<String>,
    what: String,
    more: Vec<(String, String)>,
    /// Whether the chain breaks here.
    is_broken: bool,
}

/// Faults that are told; the first one says where it began.
const FAULTS: usize = 5;

impl AuditPage {
    pub(super) fn new(
        frame: Frame,
        wish: &Wish,
        wrong: Option<Wrong>,
        chain: &Chain,
        list: List,
        zone: &TimeZone,
    ) -> Self {
        let tongue = frame.tongue;
        let choices = |names: &BTreeSet<String>, chosen: &str, say: &dyn Fn(&str) -> String| {
            let choice = |name: &String| Choice {
                text: say(name),
                is_chosen: name == chosen,
                value: name.clone(),
            };
            // A name alone, as the command takes it too, is in no list.
            let other = Some(chosen.to_owned()).filter(|name| !name.is_empty() && !names.contains(name));
            names.iter().chain(&other).map(choice).collect::<Vec<_>>()
        };
        let wrong_words = |ours: [Wrong; 2], key: &str| {
            let ours = wrong.filter(|wrong| ours.contains(wrong));
            ours.map(|wrong| {
                tongue.say(if wrong == Wrong::Reversed {
                    "audit-reversed"
                } else {
                    key
                })
            })
        };
        let broken: Vec<u64> = chain
            .verdict
            .iter()
            .flat_map(|verdict| verdict.faults.iter().map(|fault| fault.line))
            .collect();
        Self {
            people: choices(&list.people, wish.who.trim(), &str::to_owned),
            deeds: choices(&list.deeds, wish.did.trim(), &|did| deed(tongue, did)),
            from_wrong: wrong_words([Wrong::From, Wrong::From], "audit-day-wrong"),
            to_wrong: wrong_words([Wrong::To, Wrong::Reversed], "audit-day-wrong"),
            state: State::of(tongue, chain, zone),
            count: tongue.count("audit-count", list.count),
            older: list.older().map(|line| wish.link(Some(line))),
            newer: list.newer().map(|newer| match newer {
                Newer::Newest => wish.link(None),
                Newer::Before(line) => wish.link(Some(line)),
            }),
            rows: list
                .entries()
                .map(|(line, entry)| Row::of(tongue, entry, zone, broken.contains(&line)))
                .collect(),
            wish: wish.clone(),
            frame,
        }
    }
}

impl State {
    fn of(tongue: Tongue, chain: &Chain, zone: &TimeZone) -> Self {
        let at = local(chain.at, zone);
        let Some(verdict) = &chain.verdict else {
            return Self {
                is_whole: true,
                text: tongue.say("audit-none"),
                faults: Vec::new(),
                head: None,
            };
        };
        let entries = verdict.head.map_or(verdict.old, |head| head.number);
        let is_whole = verdict.faults.is_empty();
        let key = if is_whole { "audit-whole" } else { "audit-broken" };
        Self {
            is_whole,
            text: format!(
                "{} {}: {at}.",
                tongue.count(key, entries),
                tongue.say("audit-verified")
            ),
            faults: faults(tongue, verdict),
            head: verdict.head.filter(|_| is_whole).map(|head| head.to_string()),
        }
    }
}

fn faults(tongue: Tongue, verdict: &Verdict) -> Vec<String> {
    let mut words: Vec<String> = verdict
        .faults
        .iter()
        .take(FAULTS)
        .map(|fault| {
            let key = match fault.flaw {
                Flaw::Broken => "audit-flaw-broken",
                Flaw::Foreign => "audit-flaw-foreign",
                Flaw::NothingTorn => "audit-flaw-nothing-torn",
                Flaw::Torn => "audit-flaw-torn",
                Flaw::HeadLost => "audit-flaw-head-lost",
                Flaw::NoHead => "audit-flaw-no-head",
                Flaw::Replaced(_) => "audit-flaw-replaced",
                Flaw::CutOff(_) => "audit-flaw-cut-off",
            };
            tongue.count(key, fault.line)
        })
        .collect();
    let others = verdict.faults.len().saturating_sub(FAULTS);
    if let Ok(others @ 1..) = u64::try_from(others) {
        words.push(tongue.count("audit-flaws-more", others));
    }
    words
}

impl Row {
    fn of(tongue: Tongue, entry: Entry, zone: &TimeZone, is_broken: bool) -> Self {
        let words = deed(tongue, &entry.did);
        Self {
            number: entry.n,
            at: local(entry.at, zone),
            who: entry.who,
            from: entry.from,
            code: (words != entry.did).then_some(entry.did),
            deed: words,
            what: thing(tongue, entry.what),
            more: details(&entry.more),
            is_broken,
        }
    }
}

/// What was done, in words; the code itself where there are none.
fn deed(tongue: Tongue, did: &str) -> String {
    let key = format!("audit-did-{did}");
    let words = tongue.say(&key);
    if words == key { did.to_owned() } else { words }
}

/// What lines say in words of their own, and the word for it.
const PHRASES: [(&str, &str); 8] = [
    ("second factor asked for", "audit-what-second"),
    ("second factor to be set up", "audit-what-enrol"),
    ("not a name", "audit-what-no-name"),
    ("too many", "audit-what-too-many"),
    ("all others", "audit-what-all-others"),
    ("a whole MAC address", "audit-what-mac"),
    ("an IP address", "audit-what-ip"),
    ("outcome unknown", "audit-what-unknown"),
];

/// What it was done to, in words where the line has words.
fn thing(tongue: Tongue, what: String) -> String {
    let rest = |phrase: &str| {
        let rest = what.strip_prefix(phrase)?;
        (rest.is_empty() || rest.starts_with([',', ':'])).then_some(rest)
    };
    let found = PHRASES
        .into_iter()
        .find_map(|(phrase, key)| Some((key, rest(phrase)?)));
    match found {
        Some((key, rest)) => format!("{}{rest}", tongue.say(key)),
        None => what,
    }
}

/// What else belongs to an entry, each value by its way to it.
fn details(more: &More) -> Vec<(String, String)> {
    fn walk(name: &str, value: &Value, out: &mut Vec<(String, String)>) {
        match value {
            Value::Object(fields) => {
                for (field, value) in fields {
                    walk(&format!("{name} {field}"), value, out);
                }
            }
            Value::Array(values) => {
                for (number, value) in (1..).zip(values) {
                    walk(&format!("{name} {number}"), value, out);
                }
            }
            Value::String(text) => out.push((name.trim().to_owned(), text.clone())),
            other => out.push((name.trim().to_owned(), other.to_string())),
        }
    }
    let mut out = Vec::new();
    for (name, value) in more {
        walk(name, value, &mut out);
    }
    out
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    let at = at.to_zoned(zone.jiff().clone());
    at.strftime("%d.%m.%Y %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::{PHRASES, deed, details, faults, thing};
    use crate::dashboard::words::Tongue;
    use crate::model::audit::{DEEDS, Fault, Flaw, Head, Verdict};

    #[test]
    fn everything_that_is_noted_has_words_in_both_languages() {
        for tongue in [Tongue::It, Tongue::En] {
            for did in DEEDS {
                let key = format!("audit-did-{did}");
                assert_ne!(tongue.say(&key), key, "{tongue:?}");
            }
        }
    }

    #[test]
    fn what_lines_say_is_told_in_the_reader_s_language() {
        let told = |what: &str| thing(Tongue::It, what.to_owned());
        assert_eq!(
            told("second factor to be set up"),
            "secondo fattore da configurare"
        );
        assert_eq!(
            told("outcome unknown, 3: piazza 0a"),
            "esito ignoto, 3: piazza 0a"
        );
        assert_eq!(told("all otherwise"), "all otherwise", "somebody's own words");
        for (phrase, key) in PHRASES {
            assert_ne!(thing(Tongue::En, phrase.to_owned()), key);
        }
    }

    #[test]
    fn every_flaw_has_words_in_both_languages() {
        let head = Head::before_first(b"");
        let flaws = [
            Flaw::Broken,
            Flaw::Foreign,
            Flaw::NothingTorn,
            Flaw::Torn,
            Flaw::HeadLost,
            Flaw::NoHead,
            Flaw::Replaced(head),
            Flaw::CutOff(head),
        ];
        for tongue in [Tongue::It, Tongue::En] {
            for flaw in flaws {
                let verdict = Verdict {
                    old: 0,
                    mended: 0,
                    head: Some(head),
                    faults: vec![Fault { line: 42, flaw }; 7],
                };
                let words = faults(tongue, &verdict);
                assert!(words[0].contains("42"), "{words:?}");
                assert!(words.len() == 6 && words[5].contains('2'), "{words:?}");
            }
        }
    }

    #[test]
    fn deeds_are_told_in_words_and_unknown_ones_by_their_code() {
        assert_eq!(deed(Tongue::It, "logout"), "è uscito");
        assert_eq!(deed(Tongue::En, "of-tomorrow"), "of-tomorrow");
    }

    #[test]
    fn what_else_belongs_to_it_is_told_flat() {
        let more = serde_json::json!({"days": 3, "files": [{"path": "a.csv", "sha256": "ab"}]});
        let told = details(more.as_object().unwrap());
        let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(
            told,
            [("days", "3"), ("files 1 path", "a.csv"), ("files 1 sha256", "ab")]
        );
    }
}
