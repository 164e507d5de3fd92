//! `portico doctor`: looks at the machine and changes nothing. One file for each group of checks.
//!
//! Kernel features are really tried, in throw-away network namespaces; the rest is read. No line
//! names a station.

mod certificates;
mod clock;
mod daemons;
mod dnsmasq;
mod fast_path;
mod interfaces;
mod kernel;
mod queue;
mod register;
mod rulesets;
mod state;
mod sysctls;
mod tool;

use std::path::Path;

use serde::Serialize;

use crate::app::clock as clocks;
use crate::config::Config;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Good.
    Ok,
    /// Works, but not as it should; or could not be found out.
    Warn,
    /// The portal does not work, or is not safe.
    Fail,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// How it stands.
    pub state: State,
    /// The group of checks.
    pub group: &'static str,
    /// What was found.
    pub what: String,
    /// What to do about it.
    pub todo: Option<String>,
}

/// All findings, in the order of the checks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// One for each thing looked at.
    pub lines: Vec<Line>,
}

/// A group's pen.
#[derive(Debug)]
struct Group<'r> {
    name: &'static str,
    report: &'r mut Report,
}

impl Group<'_> {
    fn ok(&mut self, what: impl Into<String>) {
        self.add(State::Ok, what.into(), None);
    }

    fn warn(&mut self, what: impl Into<String>, todo: impl Into<String>) {
        self.add(State::Warn, what.into(), Some(todo.into()));
    }

    fn fail(&mut self, what: impl Into<String>, todo: impl Into<String>) {
        self.add(State::Fail, what.into(), Some(todo.into()));
    }

    fn add(&mut self, state: State, what: String, todo: Option<String>) {
        self.report.lines.push(Line {
            state,
            group: self.name,
            what,
            todo,
        });
    }
}

impl Report {
    const fn group(&mut self, name: &'static str) -> Group<'_> {
        Group { name, report: self }
    }
}

/// Looks at everything. Without a readable configuration, at what does not depend on it.
pub async fn examine(file: &Path) -> Report {
    let mut report = Report::default();
    let config = examine_config(file, &mut report.group("configuration"));
    kernel::examine(&mut report.group("kernel"), config.as_ref()).await;
    if let Some(config) = &config {
        fast_path::examine(&mut report.group("kernel"), config).await;
    }
    clock::examine(&mut report.group("clock"), config.as_ref()).await;
    let Some(config) = config else {
        return report;
    };
    certificates::examine(&mut report.group("certificate"), &config);
    interfaces::examine(&mut report.group("interfaces"), &config).await;
    queue::examine(&mut report.group("queue"), &config).await;
    sysctls::examine(&mut report.group("sysctl"), Path::new("/proc/sys"), &config);
    rulesets::examine(&mut report.group("rulesets"), &config).await;
    state::examine(&mut report.group("state"), &config.gateway);
    register::examine(&mut report.group("register"), &config, clocks::wall());
    daemons::examine(&mut report.group("daemons"), &config).await;
    dnsmasq::examine(&mut report.group("dnsmasq"), &config).await;
    report
}

fn examine_config(file: &Path, group: &mut Group<'_>) -> Option<Config> {
    match Config::check_file(file) {
        Ok(checked) => {
            group.ok(format!("{} is right", file.display()));
            for warning in checked.warnings {
                let hint = warning.hint.map(|hint| hint.to_string());
                group.warn(warning.what.to_string(), hint.unwrap_or_default());
            }
            Some(checked.config)
        }
        Err(errors) => {
            let first = errors
                .findings()
                .first()
                .map_or("", |finding| finding.what.english());
            let count = errors.findings().len();
            group.fail(
                format!("{} is refused, {count} in all: {first}", file.display()),
                format!("portico check {}", file.display()),
            );
            None
        }
    }
}
