//! The way back to former settings: the file, then daemon and helper, and only then is the note of the change removed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::sleep;

use super::file::{self, FileError};
use super::in_force::means_the_same;
use super::pending::Note;
use super::{Inner, LONGEST_PAUSE, PAUSE, action, by_hand, portico};
use crate::config::DEFAULT_STATE_DIR;
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
/// A text by hand is kept aside, and its place is what comes back; one that means what was before the change stays.
pub(super) fn put_back(
    file: &Path,
    state_dir: &Path,
    change: &Waiting,
) -> Result<Option<PathBuf>, FileError> {
    let Some(now) = file::read_any(file)? else {
        tracing::warn!("the file was removed while changed settings waited for their confirmation");
        file::restore(file, &change.former)?;
        return Ok(None);
    };
    let name = file.display().to_string();
    if str::from_utf8(&now).is_ok_and(|now| means_the_same(now, &change.former, &name)) {
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

/// At the start, where the file is gone or makes no settings: a hand may have been at it while a change waited, and
/// the settings from before the change are still those that nobody has taken back. Where the note of it is says the
/// file itself at best; so it is looked for in every state directory that may be meant, and has to be about this file.
/// Returns whether there was one.
///
/// # Errors
/// The former file cannot be put back; the note stays.
pub fn undo_over_spoilt(file: &Path, audit: impl Fn(&Path) -> Audit) -> Result<bool, FileError> {
    let spoilt = file::read_any(file)?.unwrap_or_default();
    let of_unit = std::env::var_os("STATE_DIRECTORY").unwrap_or_default();
    let noted = state_dirs(&String::from_utf8_lossy(&spoilt), &of_unit)
        .into_iter()
        .find(|state_dir| Note::of(state_dir).is_of(file));
    let Some(state_dir) = noted else {
        return Ok(false);
    };
    undo_left_behind(file, &state_dir, &audit(&state_dir))?;
    Ok(true)
}

/// Where the state directory may be, of a text that makes no settings; systemd tells a service where its own is.
fn state_dirs(spoilt: &str, of_unit: &OsStr) -> Vec<PathBuf> {
    const QUOTES: [char; 2] = ['"', '\''];
    let named = spoilt.lines().filter_map(|line| {
        let (key, value) = line.split_once('=')?;
        let value = value.trim_start().strip_prefix(QUOTES)?;
        let path = value.split(QUOTES).next().map(PathBuf::from)?;
        (key.trim() == "state_dir" && path.is_absolute()).then_some(path)
    });
    let of_unit = std::env::split_paths(of_unit).filter(|path| path.is_absolute());
    named
        .chain(of_unit)
        .chain([PathBuf::from(DEFAULT_STATE_DIR)])
        .collect()
}

fn kept_aside(change: &Waiting, kept: &Path) -> Action {
    let why = kept.display().to_string();
    action(&portico(), HAND_KEPT, &change.places, Some(&why))
}

/// What is tried again until it works: at longer and longer pauses, and with a line of the log for each new reason.
pub(super) struct Again {
    pause: Duration,
    told: String,
}

impl Default for Again {
    fn default() -> Self {
        Self {
            pause: PAUSE,
            told: String::new(),
        }
    }
}

impl Again {
    /// Waits after it did not work.
    pub(super) async fn after(&mut self, reason: &str) {
        if self.told != reason {
            tracing::error!(
                reason,
                "the former settings are not back yet; it is tried until they are"
            );
            reason.clone_into(&mut self.told);
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
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

    /// Tries until the former settings are in force.
    pub(super) async fn settle(self: Arc<Self>, why: &str) {
        let mut again = Again::default();
        while self.is_settling() {
            match self.try_to_settle(why).await {
                Ok(()) => self.is_settling.store(false, Ordering::Release),
                Err(reason) => again.after(&reason).await,
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

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use jiff::Timestamp;

    use super::{Note, state_dirs, undo_over_spoilt};
    use crate::dashboard::Waiting;

    #[test]
    fn a_state_directory_is_found_in_what_is_left_of_a_text() {
        let spoilt =
            "[gateway\n state_dir= '/a' # ours\nstate_dir = \"b\"\n#state_dir = \"/c\"\nstate_dir = \"/d\"\n";
        let found = state_dirs(spoilt, OsStr::new("/e:relative"));
        assert_eq!(found, ["/a", "/d", "/e", "/var/lib/portico"].map(Path::new));
    }

    #[test]
    fn only_a_note_about_this_very_file_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, other) = (
            folder.path().join("portico.toml"),
            folder.path().join("other.toml"),
        );
        let spoilt = format!("state_dir = \"{}\"\n[", folder.path().display());
        fs::write(&file, &spoilt).unwrap();
        fs::write(&other, &spoilt).unwrap();
        let waiting = Waiting {
            id: "a".to_owned(),
            who: "anna".to_owned(),
            since: Timestamp::UNIX_EPOCH,
            until: Timestamp::UNIX_EPOCH,
            places: Vec::new(),
            of_page: false,
            former: "former".to_owned(),
            new: "new".to_owned(),
        };
        Note::of(folder.path()).write(&waiting, &file).unwrap();
        let undo = |file: &Path| undo_over_spoilt(file, |_| Arc::new(|_| Ok(()))).unwrap();
        assert!(!undo(&other));
        assert_eq!(fs::read_to_string(&other).unwrap(), spoilt);
        assert!(undo(&file));
        assert_eq!(fs::read_to_string(&file).unwrap(), "former");
        let kept = folder.path().join("settings-by-hand.toml");
        assert_eq!(fs::read_to_string(kept).unwrap(), spoilt);
    }
}
