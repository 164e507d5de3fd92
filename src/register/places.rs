//! Directories that the register has been kept in: a changed `dir` leaves days of it behind, and their time ends all the
//! same. Noted in the state directory as long as there are any.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::RegisterError;

/// Its name.
const FILE: &str = "register-places.json";

/// The note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(PathBuf);

impl Places {
    /// That of a state directory.
    #[must_use]
    pub fn of(state_dir: &Path) -> Self {
        Self(state_dir.join(FILE))
    }

    /// Every directory that may have days: the one of the configuration first. What of the note cannot be read is
    /// passed over.
    #[must_use]
    pub fn all(&self, current: &Path) -> Vec<PathBuf> {
        let former = self.noted().into_iter().filter(|dir| dir != current);
        std::iter::once(current.to_owned()).chain(former).collect()
    }

    /// Notes one that is written into.
    ///
    /// # Errors
    /// [`RegisterError::File`].
    pub fn note(&self, dir: &Path) -> Result<(), RegisterError> {
        let mut noted = self.noted();
        if noted.iter().any(|known| known == dir) {
            return Ok(());
        }
        noted.push(dir.to_owned());
        self.write(&noted)
    }

    /// Forgets one that has no days any more.
    ///
    /// # Errors
    /// [`RegisterError::File`].
    pub fn forget(&self, dir: &Path) -> Result<(), RegisterError> {
        let mut noted = self.noted();
        noted.retain(|known| known != dir);
        self.write(&noted)
    }

    fn noted(&self) -> Vec<PathBuf> {
        let text = fs::read(&self.0).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn write(&self, noted: &[PathBuf]) -> Result<(), RegisterError> {
        let draft = self.0.with_extension("draft");
        let write = || -> io::Result<()> {
            let mut options = OpenOptions::new();
            let options = options.write(true).create(true).truncate(true).mode(0o600);
            let mut file = options.open(&draft)?;
            file.write_all(&serde_json::to_vec(noted)?)?;
            file.sync_all()?;
            fs::rename(&draft, &self.0)
        };
        write().map_err(|error| RegisterError::at(&self.0, error))
    }
}
