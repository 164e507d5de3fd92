//! The way back to former settings: the file, then daemon and helper, and only then is the note of the change removed.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::sleep;

use super::file::{self, FileError};
use super::pending::Note;
use super::{Inner, LONGEST_PAUSE, PAUSE, action, portico};
use crate::dashboard::{Audit, Waiting};

/// What a note that was left behind came to at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftBehind {
    /// There was none.
    Nothing,
    /// The former file is back, or was: the helper may still have the other one. The note stays until
    /// [`FileKeeper::settle`](super::FileKeeper::settle) is done.
    PutBack,
    /// The file is another one than the change had left: it stays.
    Kept,
}

/// What is in the file when the former text was to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Back {
    /// The former text.
    Former,
    /// Neither that nor the changed one: it is left alone.
    ByHand,
}

/// Puts the text from before a change back.
pub(super) fn put_back(file: &Path, change: &Waiting) -> Result<Back, FileError> {
    let now = file::read(file)?;
    if now == change.former {
        return Ok(Back::Former);
    }
    if now != change.new {
        return Ok(Back::ByHand);
    }
    file::replace(file, &change.former)?;
    Ok(Back::Former)
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
    match put_back(file, &change)? {
        Back::Former => Ok(LeftBehind::PutBack),
        Back::ByHand => {
            let why = Some("the service ended");
            if let Err(error) = audit(&action(&portico(), "settings-left", &change.places, why)) {
                tracing::error!(%error, "changed settings were left without a line of it");
            }
            note.remove()?;
            Ok(LeftBehind::Kept)
        }
    }
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

    /// Tries until the former settings are in force, or the file is somebody's own.
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
        let back = put_back(&self.parts.file, &change).map_err(|error| error.to_string())?;
        let did = match back {
            Back::Former => {
                (self.parts.reload)().await?;
                "settings-undone"
            }
            Back::ByHand => "settings-left",
        };
        self.note.remove().map_err(|error| error.to_string())?;
        self.write_down(&portico(), did, &change.places, Some(why)).await;
        Ok(())
    }
}
