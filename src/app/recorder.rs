//! Writes every event and timer with its time as JSON lines, so that a field bug can be replayed.

use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use crate::core::Event;
use crate::core::replay::Recorded;
use crate::model::Now;

/// An open recording. It holds MAC and IP addresses, and no key: made only on an administrator's explicit wish,
/// readable by its owner alone.
#[derive(Debug)]
pub(super) struct Recorder {
    file: BufWriter<File>,
}

impl Recorder {
    pub(super) fn create(path: &Path) -> std::io::Result<Self> {
        let mut options = File::options();
        let nofollow = i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default();
        let file = options
            .write(true)
            .create(true)
            .mode(0o600)
            .custom_flags(nofollow)
            .open(path)?;
        // One that was there may be everybody's: it is this one's owner's before anything stands in it.
        file.set_permissions(Permissions::from_mode(0o600))?;
        file.set_len(0)?;
        Ok(Self {
            file: BufWriter::new(file),
        })
    }

    /// Adds one event, or a timer (`None`); handed to the system when it returns, since the crash is
    /// what one wants to see.
    pub(super) fn write(&mut self, event: Option<&Event>, now: Now) -> std::io::Result<()> {
        let line = Recorded {
            now,
            event: event.cloned(),
            commands: None,
        };
        serde_json::to_writer(&mut self.file, &line)?;
        self.file.write_all(b"\n")?;
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::Recorder;

    #[test]
    fn a_recording_is_its_owner_s_alone_also_over_a_file_that_was_everybody_s() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recording");
        fs::write(&file, "before").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        drop(Recorder::create(&file).unwrap());
        let found = fs::metadata(&file).unwrap();
        assert_eq!((found.permissions().mode() & 0o777, found.len()), (0o600, 0));
        let link = folder.path().join("link");
        symlink(&file, &link).unwrap();
        assert!(Recorder::create(&link).is_err(), "a link leads elsewhere");
    }
}
