//! The way back to former settings: the file, then daemon and helper, and only then is the note of the change removed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::file::{self, FileError};
use super::in_force::means_the_same;
use super::pending::Note;
use super::{Inner, LONGEST_PAUSE, PAUSE, action, by_hand, portico};
use crate::config::{Config, DEFAULT_STATE_DIR};
use crate::dashboard::{Audit, Waiting};
use crate::model::audit::Action;

/// What the audit log calls a text by hand that is kept aside.
const HAND_KEPT: &str = "settings-hand-kept";

/// What a note that was left behind came to at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBehind {
    /// There was none.
    Nothing,
    /// The former file is back, or was: the helper may still have the other one. The note stays until
    /// [`FileKeeper::settle`](super::FileKeeper::settle) is done.
    PutBack,
}

/// Puts the text from before a change back: nobody has confirmed what is there now, whoever has written in it since.
/// A text by hand is kept aside, and its place is what comes back; one that means what was before the change stays. So
/// it is where somebody has removed the file.
pub(super) fn put_back(
    file: &Path,
    state_dir: &Path,
    change: &Waiting,
) -> Result<Option<PathBuf>, FileError> {
    let Some(now) = file::read_any(file)? else {
        tracing::warn!(file = %file.display(), "the file was removed while changed settings waited for their confirmation");
        file::write_readable(file, change.former.as_bytes())?;
        return Ok(None);
    };
    let is_former = str::from_utf8(&now)
        .is_ok_and(|now| means_the_same(now, &change.former, &file.display().to_string()));
    if is_former {
        return Ok(None);
    }
    let kept = if now == change.new.as_bytes() {
        None
    } else {
        let kept = by_hand::keep(state_dir, &now)?;
        tracing::warn!(
            kept = %kept.display(),
            "the file was changed by hand while changed settings waited for their confirmation: that text is kept"
        );
        Some(kept)
    };
    file::replace(file, &change.former)?;
    Ok(kept)
}

/// At the start, before anything reads the file: the file from before a change that nobody had confirmed when the
/// service ended.
///
/// # Errors
/// The former file cannot be put back; the note stays.
pub fn undo_left_behind(file: &Path, state_dir: &Path, audit: &Audit) -> Result<LeftBehind, FileError> {
    let note = Note::of(state_dir);
    let Some(change) = note.read() else {
        return Ok(LeftBehind::Nothing);
    };
    tracing::warn!("the service ended before changed settings were confirmed");
    if let Some(kept) = put_back(file, state_dir, &change)?
        && let Err(error) = audit(&kept_aside(&change, &kept))
    {
        tracing::error!(%error, "a file changed by hand was kept aside without a line of it");
    }
    Ok(LeftBehind::PutBack)
}

/// Where the state directory is, for a file that cannot be read: as its line says, or the default. `None` where no
/// change is noted there that was made to a file with that directory.
#[must_use]
pub fn state_dir_of_unread(file: &Path) -> Option<PathBuf> {
    let bytes = file::read_any(file).ok()?.unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let told = text.lines().find_map(|line| {
        let table: toml::Table = line
            .trim()
            .starts_with("state_dir")
            .then(|| toml::from_str(line).ok())??;
        Some(PathBuf::from(table.get("state_dir")?.as_str()?))
    });
    let state_dir = told.unwrap_or_else(|| DEFAULT_STATE_DIR.into());
    let change = Note::of(&state_dir).read()?;
    let former = Config::parse(&change.former, &file.display().to_string()).ok()?;
    (former.gateway.state_dir == state_dir).then_some(state_dir)
}

fn kept_aside(change: &Waiting, kept: &Path) -> Action {
    let why = kept.display().to_string();
    action(&portico(), HAND_KEPT, &change.places, Some(&why))
}

impl Inner {
    pub(super) fn is_settling(&self) -> bool {
        self.is_settling.load(Ordering::Acquire)
    }

    /// Goes on beside everything else.
    pub(super) fn settle_later(self: &Arc<Self>, reason: &str) {
        tracing::error!(
            reason,
            "the former settings are not in force yet; it is tried until they are"
        );
        self.is_settling.store(true, Ordering::Release);
        let inner = Arc::clone(self);
        tokio::spawn(async move {
            sleep(PAUSE).await;
            inner.settle("taken at last").await;
        });
    }

    /// Tries until the former settings are in force.
    pub(super) async fn settle(self: Arc<Self>, why: &str) {
        let mut pause = PAUSE;
        while self.is_settling() {
            match self.try_to_settle(why).await {
                Ok(()) => self.is_settling.store(false, Ordering::Release),
                Err(reason) => {
                    tracing::warn!(reason, "the former settings are not in force yet");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn try_to_settle(&self, why: &str) -> Result<(), String> {
        let _turn = self.turn.lock().await;
        let Some(change) = self.note.read() else {
            return Ok(());
        };
        self.put_back(&change).await.map_err(|error| error.to_string())?;
        (self.parts.reload)().await?;
        self.note.remove().map_err(|error| error.to_string())?;
        self.write_down(&portico(), "settings-undone", &change.places, Some(why))
            .await;
        Ok(())
    }

    /// See [`put_back`]; what is kept aside is written down.
    pub(super) async fn put_back(&self, change: &Waiting) -> Result<(), FileError> {
        if let Some(kept) = put_back(&self.parts.file, &self.parts.state_dir, change)? {
            let why = kept.display().to_string();
            self.write_down(&portico(), HAND_KEPT, &change.places, Some(&why))
                .await;
        }
        Ok(())
    }
}
