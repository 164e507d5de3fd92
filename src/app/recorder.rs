//! Writes every event and timer with its time as JSON lines, so that a field bug can be replayed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

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
        let file = options
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
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
