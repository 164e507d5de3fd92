//! A change that nobody has confirmed yet, in a file of the state directory: so it is undone also when the service
//! ends, or the machine, before anybody has.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::file::{self, FileError};
use crate::dashboard::Waiting;

/// Its name.
const FILE: &str = "settings-pending.json";

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: String,
    who: String,
    since: Timestamp,
    until: Timestamp,
    places: Vec<String>,
    #[serde(default)]
    of_page: bool,
    former: String,
    new: String,
}

/// Where it is kept.
#[derive(Debug, Clone)]
pub(super) struct Note(PathBuf);

impl Note {
    pub(super) fn of(state_dir: &Path) -> Self {
        Self(state_dir.join(FILE))
    }

    pub(super) fn write(&self, waiting: &Waiting) -> Result<(), FileError> {
        let waiting = waiting.clone();
        let kept = Kept {
            id: waiting.id,
            who: waiting.who,
            since: waiting.since,
            until: waiting.until,
            places: waiting.places,
            of_page: waiting.of_page,
            former: waiting.former,
            new: waiting.new,
        };
        let text = serde_json::to_string(&kept).map_err(|error| FileError::Write {
            path: self.0.clone(),
            source: error.into(),
        })?;
        file::write_private(&self.0, text.as_bytes())
    }

    /// `None` where there is none, or none that can be read: it is written whole or not at all.
    pub(super) fn read(&self) -> Option<Waiting> {
        let text = match std::fs::read_to_string(&self.0) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::error!(%error, file = %self.0.display(), "cannot be read");
                }
                return None;
            }
        };
        let kept: Kept = serde_json::from_str(&text)
            .inspect_err(|error| tracing::error!(%error, file = %self.0.display(), "cannot be read"))
            .ok()?;
        Some(Waiting {
            id: kept.id,
            who: kept.who,
            since: kept.since,
            until: kept.until,
            places: kept.places,
            of_page: kept.of_page,
            former: kept.former,
            new: kept.new,
        })
    }

    pub(super) fn remove(&self) -> Result<(), FileError> {
        file::remove(&self.0)
    }
}
