//! Recorded events, played again: the same events at the same times give the same commands.

use serde::{Deserialize, Serialize};

use super::{Command, Event, Gateway};
use crate::model::Now;

/// One line of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// When.
    pub now: Now,
    /// What happened; nothing when a timer fired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// What was to be done then, where a scenario says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commands: Option<Vec<Command>>,
}

/// A line that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the recording: {source}")]
pub struct RecordingError {
    /// Which line, from 1.
    pub line: usize,
    /// Why.
    #[source]
    pub source: serde_json::Error,
}

/// Reads a recording: a JSON value a line; empty lines and lines beginning with `#` are skipped.
///
/// # Errors
/// [`RecordingError`] for the first line that cannot be read.
pub fn read(text: &str) -> Result<Vec<Recorded>, RecordingError> {
    let lines = text.lines().enumerate();
    let meant = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    meant
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|source| RecordingError { line: at + 1, source })
        })
        .collect()
}

/// Plays a recording from the start; each line with the commands that follow from it.
#[must_use]
pub fn play(recording: Vec<Recorded>) -> Vec<(Recorded, Vec<Command>)> {
    let mut gateway = Gateway::new();
    let play_one = |line: Recorded| {
        match line.event.clone() {
            Some(event) => gateway.handle(event, line.now),
            None => gateway.handle_timeout(line.now),
        }
        let commands = std::iter::from_fn(|| gateway.next_command()).collect();
        (line, commands)
    };
    recording.into_iter().map(play_one).collect()
}
