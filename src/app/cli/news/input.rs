//! What was written, as times, colours, texts and pictures, or what is wrong with it.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::json;

use crate::model::{NoticeColor, TimeZone};
use crate::news::editor::{self, EditError};
use crate::news::picture::{self, PictureError};

/// What was asked for cannot be done as it was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error(transparent)]
    Edit(#[from] EditError),
    #[error("{0}")]
    Input(String),
    #[error("{}: {problem}", path.display())]
    Picture { path: PathBuf, problem: PictureError },
}

pub(super) fn color(text: &str) -> Result<NoticeColor, String> {
    serde_json::from_value(json!(text))
        .map_err(|_| "one of red, orange, yellow, green, blue, purple".to_owned())
}

/// Which end of a day is meant where a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Begin,
    End,
}

/// An instant, a time of day in the zone, or an edge of a day.
pub(super) fn instant(text: &str, zone: &TimeZone, edge: Edge) -> Result<Timestamp, Refusal> {
    let zone = zone.jiff();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let local = match text.parse::<Date>() {
        // A date and time is a date as well, for those who do not look further.
        Ok(day) if !text.contains(['T', 't', ' ', ':']) => match edge {
            Edge::Begin => Ok(day.into()),
            Edge::End => day.tomorrow().map(Date::into),
        },
        _ => text.parse::<DateTime>(),
    };
    let instant = local.and_then(|local: DateTime| local.to_zoned(zone.clone()));
    instant.map(|instant| instant.timestamp()).map_err(|_| {
        Refusal::Input(format!(
            "{text:?} is no time: write it like 2026-12-24T20:00, or a day like 2026-12-24"
        ))
    })
}

pub(super) fn read_text(path: &Path) -> Result<String, Refusal> {
    let bytes = read_file(path, editor::MOST_TEXT * 4)?;
    String::from_utf8(bytes).map_err(|_| Refusal::Input(format!("{} is not UTF-8", path.display())))
}

pub(super) fn read_picture(path: &Path) -> Result<crate::model::Picture, Refusal> {
    let bytes = read_file(path, picture::MOST_SOURCE_BYTES)?;
    picture::shrink(&bytes).map_err(|problem| Refusal::Picture {
        path: path.to_owned(),
        problem,
    })
}

/// A file, no more of it than can be used.
fn read_file(path: &Path, most: usize) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::Input(format!("{}: {error}", path.display()));
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, limit), &mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        let message = format!("{} is too large: at most {most} bytes", path.display());
        return Err(Refusal::Input(message));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Edge, color, instant};
    use crate::model::{NoticeColor, TimeZone};

    #[test]
    fn times_are_the_comune_s() {
        let zone = TimeZone::rome();
        let edge = |text: &str, edge| instant(text, &zone, edge).map(|instant| instant.to_string());
        let at = |text: &str| edge(text, Edge::End);
        assert_eq!(edge("2026-12-24", Edge::Begin).unwrap(), "2026-12-23T23:00:00Z");
        assert_eq!(at("2026-12-24T20:00").unwrap(), "2026-12-24T19:00:00Z");
        assert_eq!(at("2026-08-24 20:00").unwrap(), "2026-08-24T18:00:00Z");
        assert_eq!(at("2026-12-24").unwrap(), "2026-12-24T23:00:00Z");
        assert_eq!(at("2026-12-24T20:00+00:00").unwrap(), "2026-12-24T20:00:00Z");
        for bad in ["", "tomorrow", "24/12/2026", "2026-13-01", "2026-12-24T25:00"] {
            let error = at(bad).unwrap_err().to_string();
            assert!(error.contains("2026-12-24T20:00"), "{error}");
        }
    }

    #[test]
    fn colours_have_names() {
        assert_eq!(color("red"), Ok(NoticeColor::Red));
        assert!(color("Rosso").unwrap_err().contains("purple"));
    }
}
