//! What is shown.

use askama::Template;

use super::jobs::{Failure, Job, JobId, State};
use crate::accounts::{Permission, Role};
use crate::dashboard::frame::Frame;
use crate::dashboard::records::{ExportWish, FiguresWish, Known};
use crate::dashboard::words::Tongue;

/// Every kind, and the formats it has.
const OFFERED: [(&str, &[&str]); 5] = [
    ("usage", &["csv", "xlsx", "json", "pdf"]),
    ("availability", &["csv", "xlsx", "json", "pdf"]),
    ("installation", &["csv", "xlsx", "json", "pdf"]),
    ("summary", &["pdf", "csv", "xlsx", "json"]),
    ("page", &["html"]),
];

#[derive(Template)]
#[template(path = "dashboard/exports.html")]
pub(super) struct ExportsPage {
    frame: Frame,
    wish: FiguresWish,
    may_see: bool,
    networks: Vec<Choice>,
    steps: Vec<Choice>,
    languages: Vec<Choice>,
    /// The field, and what is wrong with it.
    complaint: Option<(&'static str, String)>,
    kinds: Vec<Kind>,
    jobs: Vec<JobRow>,
}

struct Choice {
    value: String,
    text: String,
    is_chosen: bool,
}

struct Kind {
    name: &'static str,
    title: String,
    about: String,
    formats: &'static [&'static str],
}

struct JobRow {
    link: String,
    name: String,
    state: String,
}

impl ExportsPage {
    pub(super) fn new(
        frame: Frame,
        role: Role,
        wish: FiguresWish,
        complaint: Option<(&'static str, String)>,
        known: Known,
        jobs: &[(JobId, Job)],
    ) -> Self {
        let tongue = frame.tongue;
        let choose = |values: [&str; 3], chosen: &str, key: &str| -> Vec<Choice> {
            let values = values.into_iter().filter(|value| !value.is_empty());
            let choice = |value: &str| Choice {
                value: value.to_owned(),
                text: tongue.say(&format!("{key}-{value}")),
                is_chosen: value == chosen,
            };
            values.map(choice).collect()
        };
        let networks = known.networks.into_iter().map(|(id, name)| Choice {
            is_chosen: id.as_str() == wish.network,
            value: id.to_string(),
            text: name,
        });
        let kinds = OFFERED.into_iter().map(|(name, formats)| Kind {
            name,
            title: tongue.say(&format!("exports-{name}")),
            about: tongue.say(&format!("exports-{name}-about")),
            formats,
        });
        let rows = jobs.iter().map(|(id, job)| JobRow {
            link: format!("/figures/exports/{}", id.as_str()),
            name: name_of(tongue, &job.wish),
            state: tongue.say(match job.state {
                State::Waiting => "exports-waiting",
                State::Making(..) => "exports-making",
                State::Done { .. } => "exports-done",
                State::Failed(_) => "exports-failed",
            }),
        });
        Self {
            may_see: role.may(Permission::SeeFigures),
            networks: networks.collect(),
            steps: choose(["hour", "day", "month"], &wish.by, "exports-by"),
            languages: choose(["it", "en", ""], &wish.lang, "exports-lang"),
            kinds: kinds.collect(),
            jobs: rows.collect(),
            complaint,
            wish,
            frame,
        }
    }

    /// What is wrong with a field, in words.
    fn wrong(&self, field: &str) -> Option<&str> {
        let (known, words) = self.complaint.as_ref()?;
        (*known == field).then_some(words)
    }
}

#[derive(Template)]
#[template(path = "dashboard/export.html")]
pub(super) struct JobPage {
    frame: Frame,
    id: String,
    name: String,
    is_waiting: bool,
    /// Parts done, and parts in all.
    progress: Option<(usize, usize)>,
    files: Vec<FileRow>,
    notes: Vec<String>,
    failure: Option<String>,
    /// Why there is nothing.
    words: Option<String>,
    is_under_way: bool,
}

struct FileRow {
    name: String,
    sha256: String,
    size: String,
    is_fetched: bool,
}

impl JobPage {
    pub(super) fn new(frame: Frame, id: &JobId, job: &Job) -> Self {
        let tongue = frame.tongue;
        let mut page = Self {
            id: id.as_str().to_owned(),
            name: name_of(tongue, &job.wish),
            is_waiting: matches!(job.state, State::Waiting),
            progress: None,
            files: Vec::new(),
            notes: Vec::new(),
            failure: None,
            words: None,
            is_under_way: job.is_under_way(),
            frame,
        };
        match &job.state {
            State::Waiting => {}
            State::Making(done, all) => page.progress = Some((*done, (*all).max(1))),
            State::Done { files, notes } => {
                let rows = files.iter().map(|file| FileRow {
                    name: file.name.clone(),
                    sha256: file.sha256.clone(),
                    size: tongue.count("exports-bytes", file.bytes),
                    is_fetched: file.is_fetched,
                });
                page.files = rows.collect();
                page.notes.clone_from(notes);
            }
            State::Failed(failure) => {
                let key = match failure {
                    Failure::Told(words) => {
                        page.words = Some(tongue.told(words));
                        "exports-not-made"
                    }
                    Failure::TooLarge => "exports-too-large",
                    Failure::Fault => "fault-about",
                };
                page.failure = Some(tongue.say(key));
            }
        }
        page
    }
}

/// What a job makes.
fn name_of(tongue: Tongue, wish: &ExportWish) -> String {
    match wish {
        ExportWish::Figures(wish) => {
            let title = tongue.say(&format!("exports-{}", wish.what));
            let format = wish.format.to_uppercase();
            format!("{title}, {format}, {} – {}", wish.from, wish.to)
        }
        ExportWish::Audit { .. } => tongue.say("exports-audit"),
    }
}
